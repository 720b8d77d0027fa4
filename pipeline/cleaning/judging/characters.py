"""What the characters of lines are, in any script, counted for all lines of a page at once."""

import ctypes
import unicodedata
from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from pipeline.cleaning.judging.places import Numbers
from pipeline.native.library import function

_CLASSES = 65536
LETTER, UPPER, DIGIT, MARK, COMMA, STOP, SPACE = range(7)
"""What a character may be; and the number of a row of `count_characters`, that of letters aside."""
CAPITALS, GLUED, INNER_STOPS, FIRST, LAST, LENGTH = range(7, 13)
"""The other rows: capitals after a space and after a letter, stops before a space, what the first and the last
character is (but for one closing quote or bracket), and how many there are."""
_CLOSES = 8
_STOPS = frozenset(".!?…。！？｡।॥؟۔።჻๏ฯ")
_COMMAS = frozenset(",;、，،؛")
_CLOSING = frozenset("\"'»”’“‘›」』）)]")


_OF_CATEGORY = {
    **dict.fromkeys(("Ll", "Lm", "Lo", "Lt", "Mc", "Me", "Mn"), LETTER),
    "Lu": UPPER,
    **dict.fromkeys(("Nd", "Nl", "No"), DIGIT),
    **dict.fromkeys(("Zl", "Zp", "Zs"), SPACE),
    **dict.fromkeys(("Cc", "Cf", "Cn", "Co", "Cs", "Pc", "Pd", "Pe", "Pf", "Pi", "Po", "Ps"), MARK),
    **dict.fromkeys(("Sc", "Sk", "Sm", "So"), MARK),
}
"""By Unicode's general category."""


@cache
def character_classes() -> NDArray[np.uint8]:
    """What each character of the basic plane is; beyond it every one is a mark."""
    categories = map(unicodedata.category, map(chr, range(_CLASSES)))
    table = np.frombuffer(bytearray(map(_OF_CATEGORY.__getitem__, categories)), dtype=np.uint8)
    for characters, told in ((_STOPS, STOP), (_COMMAS, COMMA)):
        table[[code for code in map(ord, characters) if table[code] == MARK]] = told
    table[list(map(ord, _CLOSING))] += _CLOSES
    return table


def warm() -> None:
    """Compute the table of characters."""
    character_classes()


_characters = function("characters", ctypes.c_int, ctypes.py_object, ctypes.c_void_p, ctypes.c_void_p)


def count_characters(texts: Sequence[str]) -> Numbers:
    """How many characters of each class each text has, and what else the rows above name."""
    rows = np.empty((LENGTH + 1, len(texts)))
    _characters(list(texts), character_classes().ctypes.data, rows.ctypes.data)
    return rows
