"""What the characters of lines are, in any script, counted for all lines of a page at once."""

import sys
import unicodedata
from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from pipeline.cleaning.blocks import Line
from pipeline.cleaning.judging.places import Numbers

_CLASSES = 65536
_ENCODING = "utf-32-" + ("le" if sys.byteorder == "little" else "be")
LETTER, UPPER, DIGIT, MARK, COMMA, STOP, SPACE = range(7)
"""What a character may be."""
_STOPS = frozenset(".!?…。！？｡।॥؟۔።჻๏ฯ")
_COMMAS = frozenset(",;、，،؛")
_CLOSING = frozenset("\"'»”’“‘›」』）)]")


@cache
def _classes() -> NDArray[np.uint8]:
    """What each character of the basic plane is."""
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
    return table


def warm() -> None:
    """Compute the table of characters."""
    _classes()


def codes_of(text: str) -> NDArray[np.uint32]:
    """The code of each character."""
    return np.frombuffer(text.encode(_ENCODING, "replace"), dtype=np.uint32)


class Characters:
    """The characters of all lines: what each is, what stands before it, and where each line begins and ends."""

    def __init__(self, lines: Sequence[Line], length: Numbers) -> None:
        codes = codes_of("".join([line.text for line in lines]))
        self.classes = _classes().take(codes, mode="clip")  # beyond the basic plane everything is a mark
        self._ends = np.cumsum(length).astype(np.intp)
        self._starts = self._ends - length.astype(np.intp)
        self.before = np.concatenate(([SPACE], self.classes[:-1]))
        self.before[self._starts] = SPACE
        closed = np.array([line.text[-1] in _CLOSING for line in lines]) & (length > 1)
        self.first = self.classes[self._starts]
        self.last = np.where(closed, self.classes[np.maximum(self._ends - 2, 0)], self.classes[self._ends - 1])
        """The last character of each line, but for one closing quote or bracket."""

    def count(self, flags: NDArray[np.bool_]) -> Numbers:
        """How many flagged characters each line has."""
        return np.add.reduceat(flags, self._starts, dtype=np.intp).astype(float)

    def count_of(self, each: int) -> Numbers:
        """How many characters of one class each line has."""
        return self.count(self.classes == each)
