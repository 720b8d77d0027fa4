"""Words and characters: the few helpers that every stage shares, for all scripts.

"Squeezed" text has neither white space nor invisible characters: the form in which two renderings of one text agree.
"Folded" text has only letters and digits, in lower case: the form in which two wordings of one headline agree.
"""

import re
import unicodedata
from collections.abc import Callable
from functools import cache, partial

_ON_DEMAND: list[Callable[[], re.Pattern[str]]] = []


def on_demand(pattern: str, flags: int = 0) -> Callable[[], re.Pattern[str]]:
    """A function that gives the pattern, compiled when it is first asked for: for patterns that few pages need.

    A range of Chinese characters alone takes 1 ms to compile, all patterns of the package a tenth of the time that the
    command for one page takes.
    """
    compiled = cache(partial(re.compile, pattern, flags))
    _ON_DEMAND.append(compiled)
    return compiled


def warm_for_many() -> None:
    """Compile them all, for processes that take pages of all kinds."""
    for compiled in _ON_DEMAND:
        compiled()


_WORD = re.compile(r"\w+")
_UNSPACED = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_RUN_ON = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
_UNSPACED_WORD = on_demand(f"[{_UNSPACED}]")
_RUN_ON_WORD = on_demand(f"[{_RUN_ON}]+")
_OTHER_WORD = re.compile(f"[{_UNSPACED}{_RUN_ON}]")
MARKS = (
    "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u07a6-\u07b0"
    "\u0900-\u0963\u0966-\u0dff\u1350-\u135f\u200c\u200d"
)
"""What stands inside words beside Python's `\\w`, for a character class: accents, vowel signs of Hebrew, Arabic and the
scripts of India, and the joiners of Persian. Python takes none of them for a part of a word."""
_MARKED_WORD = re.compile(rf"\w[\w{MARKS}]*")
_OTHER_OR_MARK = re.compile(f"[{_UNSPACED}{_RUN_ON}{MARKS}]")
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\uffff]"
)
_TURKISH = {0x307: None, 0x131: "i"}
_IN_WORD = re.compile(r"\w")
_FOLDED = bytes(
    code if code > 127 else ord(chr(code).lower()) if _IN_WORD.match(chr(code)) else 32 for code in range(256)
)
"""What each byte of UTF-8 folds to: `fold` without regular expressions, in a third of the time."""
_OUTLINE = bytes(32 if code == 32 else 120 for code in _FOLDED)
"""Words as runs of x."""
_ASCII = bytes(range(128))
LONG, MOSTLY_ASCII = 200, 4
"""A text of so many characters, of which one in so many is no ASCII, is worth a look at those alone."""
MAX_SIGNS = 100
"""Different signs beyond ASCII; a page in English has quotes, dashes and a few more, a hostile one all of Unicode's."""
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_NOISE = bytes({*range(32), 127} - {*b"\t\n\r"})
_SENTENCE_END = re.compile(r"[.!?…。！？｡।॥؟۔։჻๏ฯ:][\"'»”’“‘›」』）)\]]*$")
MAX_SENTENCE_END = 12
"""Characters at a text's end among which its last full stop and the quotes and brackets after it stand."""
RUN_ON_WORD_LENGTH = 4
"""Letters per word in Thai, Lao, Burmese and Khmer, which write no spaces between words: a rough mean."""


def collapse(text: str) -> str:
    """The text with every run of white space as one space, without control and invisible characters."""
    if text.isprintable():  # then its only white space are spaces
        if "  " not in text:
            return text.strip(" ")
    else:
        text = _CONTROL.sub("", _INVISIBLE.sub("", text))
    return " ".join(text.split())


def printable(text: str) -> str:
    """One line for a terminal: what is no visible character or space, which may be a command to it, is escaped."""
    return text if text.isprintable() else "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


def squeeze(text: str) -> str:
    """The text without white space and invisible characters."""
    return "".join(collapse(text).split())


def fold(text: str) -> str:
    """Letters and digits alone, in lower case, words separated by one space; Turkish i's with and without dot agree."""
    if text.isascii():
        return b" ".join(text.encode().translate(_FOLDED).split()).decode()
    lower = _lower(text)
    plain = _plain(lower)
    return " ".join(_WORD.findall(lower)) if plain is None else b" ".join(plain.translate(_FOLDED).split()).decode()


def letters(block: int) -> bytes:
    """What the characters of a block of 256 are for `collapse` and `fold`, for the compiled library; 8 bytes for each.

    The first holds whether it is printable (1), whether `collapse` drops it (2), and whether what it folds to depends
    on its neighbours (4): of Korean's letters and of marks, and of what NFKC changes. Then the length of what it folds
    to, and this in UTF-8: a space for all that belongs to no word.
    """
    told = bytearray()
    for code in range(256 * block, 256 * block + 256):
        character = chr(code)
        is_dropped = _CONTROL.match(character) is not None or _INVISIBLE.match(character) is not None
        flags = character.isprintable() | is_dropped << 1
        alone = unicodedata.category(character)[0] not in "MC" and not 0x1100 <= code < 0x1200
        folded = b""
        if code < 128 or (alone and unicodedata.is_normalized("NFKC", character)):
            folded = b"".join([each.encode() if _IN_WORD.match(each) else b" " for each in _lower(character)])
        if not 0 < len(folded) <= 6:
            flags, folded = flags | 4, b""
        told += bytes((flags, len(folded))) + folded.ljust(6, b"\0")
    return bytes(told)


def _lower(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    if "\u0307" in folded or "\u0131" in folded:
        folded = folded.translate(_TURKISH)
    return folded


def beyond_ascii(text: str) -> str:
    """The characters that are no ASCII, lone surrogates aside, in their order."""
    return text.encode("utf-8", "ignore").translate(None, _ASCII).decode()


def without_signs(text: str, others: str, word: re.Pattern[str]) -> str | None:
    """The text with a space for each of the `others`, its characters beyond ASCII, that is no `word`.

    None for a text that is not mostly ASCII or has very many such signs, for each is looked for in all of it.
    """
    if len(others) * MOSTLY_ASCII > len(text):
        return None
    signs = [character for character in set(others) if not word.match(character)]
    if len(signs) > MAX_SIGNS:
        return None
    for sign in signs:
        text = text.replace(sign, " ")
    return text


def _plain(text: str) -> bytes | None:
    """A long text in UTF-8 with a space for all that is no ASCII and belongs to no word.

    None for a text that is short, not mostly ASCII, or of a script whose words do not end so simply.
    """
    if len(text) < LONG:
        return None
    others = beyond_ascii(text)
    plain = None if _OTHER_OR_MARK.search(others) else without_signs(text, others, _IN_WORD)
    return None if plain is None else plain.encode("utf-8", "replace")


def count_words(text: str) -> int:
    """Words in any script: a Chinese character or Japanese kana is one, Thai and its like are counted by length."""
    plain = text.encode("ascii") if text.isascii() else _plain(text)
    if plain is not None:
        return (b" " + plain.translate(_OUTLINE)).count(b" x")
    if _OTHER_WORD.search(text) is None:
        return len(_MARKED_WORD.findall(text))
    unspaced = len(_UNSPACED_WORD().findall(text))
    run_on = sum(-(-len(run) // RUN_ON_WORD_LENGTH) for run in _RUN_ON_WORD().findall(text))
    rest = _RUN_ON_WORD().sub(" ", _UNSPACED_WORD().sub(" ", text))
    return unspaced + run_on + len(_MARKED_WORD.findall(rest))


def split_words(text: str) -> tuple[list[bytes], int]:
    """The folded words of a text in UTF-8, and how many of them are single characters of a script without spaces.

    Chinese, Japanese, Thai, Lao, Burmese and Khmer are given character by character, for where their words end only a
    dictionary knows.
    """
    lower = text if text.isascii() else _lower(text)
    plain = lower.encode("ascii") if lower.isascii() else _plain(lower)
    if plain is not None:
        return plain.translate(_FOLDED).split(), 0
    folded = " ".join(_WORD.findall(lower))
    if _OTHER_WORD.search(folded) is None:
        return folded.encode("utf-8", "replace").split(), 0
    spaced, characters = _OTHER_WORD.subn(r" \g<0> ", folded)
    return spaced.encode("utf-8", "replace").split(), characters


def ends_sentence(text: str) -> bool:
    """Whether the text ends as sentences end, in any script."""
    return _SENTENCE_END.search(text, max(0, len(text) - MAX_SENTENCE_END)) is not None


def split_phrases(text: str) -> list[str]:
    """The phrases of a table of words, which stand there between semicolons and in lines."""
    return [phrase for part in text.replace("\n", ";").split(";") if (phrase := part.strip())]


def control_share(text: str) -> float:
    """Share of characters that no text holds: controls, and replacements of undecodable bytes.

    The controls from U+0080 on do not count: they are what is left of UTF-8 that was taken for Latin-1 once, in pages
    that are read well otherwise. Four of 711 flattened pages were dead for them.
    """
    data = text.encode("utf-8", "surrogatepass")  # a regular expression over the text takes ten times as long
    noise = len(data) - len(data.translate(None, _NOISE)) + text.count("\ufffd")
    return noise / len(text) if text else 0.0


def excerpt(text: str, limit: int = 200) -> str:
    """The beginning of a text, in at most `limit` characters."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def shortened(text: str, limit: int = 200) -> str:
    """Beginning and end of a text, in at most `limit` characters: of a long URL or path both tell something."""
    if len(text) <= limit:
        return text
    end = limit // 4
    return f"{text[: limit - end - 1]}…{text[-end:]}"
