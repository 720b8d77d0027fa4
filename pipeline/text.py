"""Words and characters: the few helpers that every stage shares, for all scripts.

"Squeezed" text has neither white space nor invisible characters: the form in which two renderings of one text agree.
"Folded" text has only letters and digits, in lower case: the form in which two wordings of one headline agree.
"""

import re
import unicodedata

_WORD = re.compile(r"\w+")
_UNSPACED_WORD = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_RUN_ON_WORD = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]+")
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\uffff]"
)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_SENTENCE_END = re.compile(r"[.!?…。！？｡।॥؟۔։჻๏ฯ:][\"'»”’“‘›」』）)\]]*$")
RUN_ON_WORD_LENGTH = 4
"""Letters per word in Thai, Lao, Burmese and Khmer, which write no spaces between words: a rough mean."""


def collapse(text: str) -> str:
    """The text with every run of white space as one space, without control and invisible characters."""
    if not text.isprintable():
        text = _CONTROL.sub("", _INVISIBLE.sub("", text))
    return " ".join(text.split())


def squeeze(text: str) -> str:
    """The text without white space and invisible characters."""
    return "".join(collapse(text).split())


def fold(text: str) -> str:
    """Letters and digits alone, in lower case, words separated by one space."""
    return " ".join(_WORD.findall(unicodedata.normalize("NFKC", text).casefold()))


def count_words(text: str) -> int:
    """Words in any script: a Chinese character or Japanese kana is one, Thai and its like are counted by length."""
    unspaced = len(_UNSPACED_WORD.findall(text))
    run_on = sum(-(-len(run) // RUN_ON_WORD_LENGTH) for run in _RUN_ON_WORD.findall(text))
    rest = _RUN_ON_WORD.sub(" ", _UNSPACED_WORD.sub(" ", text))
    return unspaced + run_on + len(_WORD.findall(rest))


def ends_sentence(text: str) -> bool:
    """Whether the text ends as sentences end, in any script."""
    return _SENTENCE_END.search(text) is not None


def control_share(text: str) -> float:
    """Share of characters that no text holds: controls, and replacements of undecodable bytes."""
    if not text:
        return 0.0
    return (len(_CONTROL.findall(text)) + text.count("\ufffd")) / len(text)


def excerpt(text: str, limit: int = 200) -> str:
    """The beginning of a text, in at most `limit` characters."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"
