"""The words of lines, so that it can be counted how much a line shares with others: no word of any language in it."""

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.cleaning.judging.places import Numbers
from pipeline.native.library import function

_vocabulary = function("vocabulary", ctypes.py_object, ctypes.py_object, ctypes.c_void_p)
_shared = function("shared", ctypes.c_int, ctypes.py_object, ctypes.c_void_p, ctypes.c_void_p)


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """The words of each text, and how many they are. `words` is the library's."""

    words: object
    sizes: Numbers

    def shared(self, chosen: Numbers) -> Numbers:
        """The share of each text's words that another of the chosen texts has; -1 for a text without words."""
        chosen = np.ascontiguousarray(chosen, dtype=float)
        if chosen.shape != self.sizes.shape:
            raise ValueError(f"{len(self.sizes)} texts, and {chosen.shape} are chosen from")
        shared = np.empty(len(self.sizes))
        _shared(self.words, chosen.ctypes.data, shared.ctypes.data)
        return shared


def read_vocabulary(folded: Sequence[str]) -> Vocabulary:
    """The words of folded texts, those of four letters and more; in scripts without spaces their pairs of letters."""
    sizes = np.empty(len(folded))
    return Vocabulary(words=_vocabulary(list(folded), sizes.ctypes.data), sizes=sizes)
