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


@cache
def character_classes() -> NDArray[np.uint8]:
    """What each character of the basic plane is; beyond it every one is a mark."""
    table = np.full(_CLASSES, MARK, dtype=np.uint8)
    for code in range(_CLASSES):
        character = chr(code)
        category = unicodedata.category(character)
        if category == "Lu":
            table[code] = UPPER
        elif category[0] in "LM":
            table[code] = LETTER
        elif category[0] == "N":
            table[code] = DIGIT
        elif character in _STOPS:
            table[code] = STOP
        elif character in _COMMAS:
            table[code] = COMMA
        elif category[0] == "Z":
            table[code] = SPACE
        if character in _CLOSING:
            table[code] += _CLOSES
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
