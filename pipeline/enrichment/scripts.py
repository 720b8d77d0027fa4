"""Which writing systems a text is in, by ISO 15924 code. Python's `unicodedata` does not tell a character's script."""

from bisect import bisect_right
from collections import Counter
from functools import lru_cache

from pipeline.records import ScriptShare
from pipeline.text import beyond_ascii

MIN_SHARE = 0.01
"""Of the letters. Less is a foreign name or a formula."""

_RANGES = (
    (0x41, 0x5A, "Latn"), (0x61, 0x7A, "Latn"), (0xAA, 0xAA, "Latn"), (0xBA, 0xBA, "Latn"), (0xC0, 0x2B8, "Latn"),
    (0x370, 0x3E1, "Grek"), (0x3E2, 0x3EF, "Copt"), (0x3F0, 0x3FF, "Grek"), (0x400, 0x52F, "Cyrl"),
    (0x531, 0x58F, "Armn"), (0x591, 0x5F4, "Hebr"), (0x600, 0x6FF, "Arab"), (0x700, 0x74F, "Syrc"),
    (0x750, 0x77F, "Arab"), (0x780, 0x7BF, "Thaa"), (0x7C0, 0x7FF, "Nkoo"), (0x860, 0x86F, "Syrc"),
    (0x870, 0x8FF, "Arab"), (0x900, 0x963, "Deva"), (0x966, 0x97F, "Deva"), (0x980, 0x9FF, "Beng"),
    (0xA00, 0xA7F, "Guru"), (0xA80, 0xAFF, "Gujr"), (0xB00, 0xB7F, "Orya"), (0xB80, 0xBFF, "Taml"),
    (0xC00, 0xC7F, "Telu"), (0xC80, 0xCFF, "Knda"), (0xD00, 0xD7F, "Mlym"), (0xD80, 0xDFF, "Sinh"),
    (0xE00, 0xE7F, "Thai"), (0xE80, 0xEFF, "Laoo"), (0xF00, 0xFFF, "Tibt"), (0x1000, 0x109F, "Mymr"),
    (0x10A0, 0x10FF, "Geor"), (0x1100, 0x11FF, "Hang"), (0x1200, 0x139F, "Ethi"), (0x13A0, 0x13FF, "Cher"),
    (0x1400, 0x167F, "Cans"), (0x1780, 0x17FF, "Khmr"), (0x1800, 0x18AF, "Mong"), (0x18B0, 0x18FF, "Cans"),
    (0x1C50, 0x1C7F, "Olck"), (0x1C80, 0x1C8F, "Cyrl"), (0x1C90, 0x1CBF, "Geor"), (0x1D00, 0x1DBF, "Latn"),
    (0x1E00, 0x1EFF, "Latn"), (0x1F00, 0x1FFF, "Grek"), (0x2C60, 0x2C7F, "Latn"), (0x2D00, 0x2D2F, "Geor"),
    (0x2D30, 0x2D7F, "Tfng"), (0x2D80, 0x2DDF, "Ethi"), (0x2DE0, 0x2DFF, "Cyrl"), (0x3005, 0x3007, "Hani"),
    (0x3041, 0x309F, "Hira"), (0x30A1, 0x30FF, "Kana"), (0x3105, 0x312F, "Bopo"), (0x3131, 0x318E, "Hang"),
    (0x31F0, 0x31FF, "Kana"), (0x3400, 0x4DBF, "Hani"), (0x4E00, 0x9FFF, "Hani"), (0xA640, 0xA69F, "Cyrl"),
    (0xA720, 0xA7FF, "Latn"), (0xA8E0, 0xA8FF, "Deva"), (0xA960, 0xA97F, "Hang"), (0xAA60, 0xAA7F, "Mymr"),
    (0xAB30, 0xAB6F, "Latn"), (0xAC00, 0xD7FF, "Hang"), (0xF900, 0xFAFF, "Hani"), (0xFB00, 0xFB06, "Latn"),
    (0xFB13, 0xFB17, "Armn"), (0xFB1D, 0xFB4F, "Hebr"), (0xFB50, 0xFDFF, "Arab"), (0xFE70, 0xFEFC, "Arab"),
    (0xFF21, 0xFF3A, "Latn"), (0xFF41, 0xFF5A, "Latn"), (0xFF66, 0xFF9D, "Kana"), (0xFFA0, 0xFFDC, "Hang"),
    (0x1E900, 0x1E95F, "Adlm"), (0x20000, 0x3FFFF, "Hani"),
)  # fmt: skip
"""First and last code point of the blocks in use today, and their script."""
_NO_LATIN_LETTERS = bytes(code for code in range(256) if not (code < 128 and chr(code).isalpha()))
_STARTS = tuple(first for first, _, _ in _RANGES)


@lru_cache(maxsize=8192)
def script_of(character: str) -> str | None:
    """The script of a letter; None for digits, punctuation, and scripts no newspaper is printed in."""
    code = ord(character)
    at = bisect_right(_STARTS, code) - 1
    if at < 0 or code > _RANGES[at][1] or not (character.isalpha() or character.isidentifier()):
        return None
    return _RANGES[at][2]


def script_shares(text: str) -> tuple[ScriptShare, ...]:
    """The scripts of the text's letters, the largest first."""
    counts: Counter[str] = Counter()
    if latin := len(text.encode("utf-8", "ignore").translate(None, _NO_LATIN_LETTERS)):
        counts["Latn"] = latin
    for character, count in Counter(beyond_ascii(text)).items():
        if script := script_of(character):
            counts[script] += count
    total = counts.total()
    shares = ((script, count / total) for script, count in counts.items())
    kept = sorted((pair for pair in shares if pair[1] >= MIN_SHARE), key=lambda pair: (-pair[1], pair[0]))
    return tuple(ScriptShare(script=script, share=round(share, 4)) for script, share in kept)
