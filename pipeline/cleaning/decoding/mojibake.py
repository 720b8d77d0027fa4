"""Text that was read in a wrong charset: how to tell, and how to mend the one kind that can be mended.

Some servers and crawlers read UTF-8 as Latin-1 and write the result as UTF-8 again: 25 of 1,856 gold pages hold "â€™"
or its like instead of an apostrophe. That is undone exactly.
"""

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from itertools import pairwise

from pipeline.text import on_demand

SAMPLE_LENGTH = 400_000
MIN_WORDS = 3
"""Suspicious words below which there is no suspicion: brands and formulas are odd, too."""

CAPITALS_LENGTH, MAX_CAPITALS = 4, 0.4
"""KOI8-R read as windows-1251 is all capitals: the share of the words that may be."""

MIN_COMMON, UNLIKELY = 0.6, 0.4
"""Share of a Chinese or Korean text that is the charset's common characters; a quarter of it is the kana of a Japanese
one. What has less is taken only where nothing else fits."""

MIN_SEQUENCES, MIN_COVERAGE = 3, 0.9
"""How many letter pairs that could be UTF-8, and what share of the Latin-1 letters they must be, to be mended."""

_WINDOWS = "€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ"
_BYTE = f"[\x80-\xbf{_WINDOWS}]"
_SEQUENCE = re.compile(f"[\xc2-\xdf]{_BYTE}|[\xe0-\xef]{_BYTE}{{2}}|[\xf0-\xf4]{_BYTE}{{3}}")
_FROM_FIRST = re.compile(rb"\xc3[\x80-\xff]+")
"""In UTF-8, what no ASCII interrupts, from the first character on with which a sequence may begin. All such characters
begin with one byte, which is found at once; to look for the sequences themselves in a page took 6 ms."""
_BLANKED = bytes(32 if code < 128 else code for code in range(256))
_CERTAIN = re.compile("[\x80-\x9f]|^â€")
_UPPER_HALF = re.compile(f"[\x80-\xff{_WINDOWS}]")
_MARKUP = re.compile(r"<[^<>]*>")
_WORD = re.compile(r"[^\W\d_]+")
_SYMBOL_IN_WORD = re.compile(r"[^\W\d_][¡-©«-\xac®-´¶¸-¹»-¿×÷†‡‰‹›¤€ƒ][^\W\d_]|[^\W\d_][±¶¼¾¿¡¤¦¬¢¥]|[\x80-\x9f]")
_EAST_ASIAN = on_demand(
    "[\u3040-\u30ff\u3130-\u318f\u3400-\u9fff\uac00-\ud7a3\uf900-\ufaff\uff61-\uff9f\U00020000-\U0002ffff]"
)
_KANA = re.compile("[\u3040-\u30ff]")
_HALF_KANA = re.compile("[\uff61-\uff9f]")
_LATIN_RUN = re.compile("[\xc0-\u024f]{4}")


def mend(text: str) -> str:
    """The text with doubly encoded characters undone; any other text as it is."""
    data = text.encode("utf-8", "surrogatepass")
    # all that is asked of a text is asked of its characters beyond ASCII alone
    others = b" ".join(data.translate(_BLANKED).split()).decode("utf-8", "surrogatepass")
    found = _SEQUENCE.findall(others)
    certain = sum(1 for sequence in found if _CERTAIN.search(sequence))
    covered = sum(map(len, found)) / max(1, len(_UPPER_HALF.findall(others)))
    if len(found) >= MIN_SEQUENCES and (covered >= MIN_COVERAGE or (certain and covered >= MIN_COVERAGE / 2)):
        return _undone(data, _decoded)
    if certain:
        return _undone(data, lambda match: _decoded(match) if _CERTAIN.search(match[0]) else match[0])
    return text


def _undone(data: bytes, sequence: Callable[[re.Match[str]], str]) -> str:
    """A text in UTF-8 with each of its sequences replaced."""

    def replaced(run: re.Match[bytes]) -> bytes:
        return _SEQUENCE.sub(sequence, run[0].decode("utf-8", "surrogatepass")).encode("utf-8", "surrogatepass")

    return _FROM_FIRST.sub(replaced, data).decode("utf-8", "surrogatepass")


def _decoded(match: re.Match[str]) -> str:
    try:
        return b"".join(_byte(character) for character in match[0]).decode("utf-8")
    except UnicodeDecodeError:
        return match[0]


def _byte(character: str) -> bytes:
    return character.encode("latin-1" if character < "\u0100" else "cp1252")


def suspicion(text: str) -> float:
    """Share of the words with letters beyond ASCII, 0..1, that no language writes so."""
    visible = _MARKUP.sub(" ", text[:SAMPLE_LENGTH])
    words = [word for word in _WORD.findall(visible) if not word.isascii()]
    odd = sum(_is_odd(word) for word in words) + len(_SYMBOL_IN_WORD.findall(visible))
    capitals = [word for word in words if len(word) >= CAPITALS_LENGTH and word.isupper()]
    if len(capitals) > MAX_CAPITALS * len(words):
        odd += len(capitals)
    share = min(1.0, odd / len(words)) if words else 0.0
    return share * min(1.0, odd / MIN_WORDS)


def suspicion_of_han(text: str, encoding: str) -> float:
    """0 when a text in one of East Asia's charsets has the letters that its texts mostly have, else `UNLIKELY`."""
    visible = _MARKUP.sub(" ", text[:SAMPLE_LENGTH])
    count = len(_EAST_ASIAN().findall(visible)) or 1
    if encoding == "cp949":
        common = sum(
            1 for c in _EAST_ASIAN().findall(visible) if len(c.encode("euc_kr", "ignore")) == 2 and c >= "\uac00"
        )
    elif encoding in ("cp932", "euc_jp"):
        common = len(_KANA.findall(visible)) * 4 * (len(_HALF_KANA.findall(visible)) < count * MIN_COMMON / 4)
    else:
        common = len(_common_han(visible, encoding)) * (len(_KANA.findall(visible)) < count * MIN_COMMON / 4)
    return 0.0 if common >= MIN_COMMON * count else UNLIKELY


def _common_han(text: str, encoding: str) -> list[str]:
    """The characters of the common half of a Chinese charset."""
    if encoding == "gb18030":
        return [c for c in _EAST_ASIAN().findall(text) if len(c.encode("gb2312", "ignore")) == 2]
    return [c for c in _EAST_ASIAN().findall(text) if b"\xa4" <= c.encode("big5hkscs", "ignore")[:1] <= b"\xc6"]


@lru_cache(maxsize=8192)
def _is_odd(word: str) -> bool:
    """Letters of two scripts, four accented Latin letters in a row, or a capital beyond ASCII after a small letter."""
    scripts = {script for character in word if (script := _script(character))}
    if len(scripts) > 1 or _LATIN_RUN.search(word):
        return True
    return any(b > "\x7f" and b.isupper() and a.islower() for a, b in pairwise(word))


@lru_cache(maxsize=4096)
def _script(character: str) -> str:
    """The script of a letter, of those that do not mix within a word; "" for the others."""
    name = unicodedata.name(character, "").partition(" ")[0]
    return name if name in ("LATIN", "CYRILLIC", "GREEK", "HEBREW", "ARABIC", "THAI") else ""
