"""py3langid's classifier on whole arrays: the answers of its `classify`, bit for bit, in a third of the time.

Its automaton is read byte by byte there, in Python; here by the compiled library.

Its model is in the package in another form, which `tests/quality/language_model.py` makes of the library's: of the
automaton the tree of the features, of the probabilities those that are not a label's least. 8.5 MB that are read
in 5 ms, where the library's file takes 400 ms to decompress to 68 MB.
"""

import ctypes
import unicodedata
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from math import sqrt
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.native.library import function

MODEL = Path(__file__).with_name("languages.npz")
VALUES = Path(__file__).with_name("language_weights.npy")
"""Read where they are asked for, and shared by all processes: they are two thirds of the model."""
BREAK = b"\xff"
"""Stands in no UTF-8; from every state it leads back to the first one. So texts are read in one go."""
FEW_ROWS = 4096
"""Features that a page or two has."""


_find_features = function("features", ctypes.c_int, ctypes.py_object, *[ctypes.c_void_p] * 7)


class Weights:
    """Logarithms of the probabilities, by feature and label. Four in five are the label's least: only others are kept.

    A feature's row is made when it is first asked for: to make them all takes longer than to read the file.
    """

    def __init__(
        self,
        least: NDArray[np.float16],
        others: NDArray[np.uint8],
        counts: NDArray[np.uint8],
        values: NDArray[np.float16],
    ) -> None:
        """By label the least one; by feature a bit for each label that has another, and how many; and all those."""
        self._least = least
        self._others = others
        self._starts = np.concatenate(([0], counts.cumsum(dtype=np.intp)))
        self._values = values
        # as 32 bits: to widen 16 for each text takes longer than to add
        self._rows = np.empty((FEW_ROWS, len(least)), dtype=np.float32)
        self._made = 0
        self._places = np.full(len(others), -1, dtype=np.intp)

    def of(self, features: NDArray[np.intp]) -> NDArray[np.float32]:
        """The rows of these features, each of which is there once."""
        new = features[self._places.take(features) < 0]
        if len(new):
            self._make(new)
        return self._rows.take(self._places.take(features), axis=0)

    def _make(self, features: NDArray[np.intp]) -> None:
        """Side by side, in the order in which they are asked for: spread over all, they would take 56 MB at once."""
        made = self._made + len(features)
        if made > len(self._rows):
            rows = np.empty((min(2 * made, len(self._others)), len(self._least)), dtype=np.float32)
            rows[: self._made] = self._rows[: self._made]
            self._rows = rows
        rows = self._rows[self._made : made]
        rows[:] = self._least
        others = np.unpackbits(self._others.take(features, axis=0), axis=1, count=len(self._least)).view(np.bool_)
        starts = self._starts.take(features)
        counts = self._starts.take(features + 1) - starts
        ends = counts.cumsum()
        rows[others] = self._values.take(np.arange(ends[-1]) + np.repeat(starts - ends + counts, counts))
        self._places[features] = np.arange(self._made, made)
        self._made = made


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Detector:
    """A naive Bayes classifier over the byte strings that its automaton finds.

    The automaton is the tree of those strings. A state is one of their beginnings; behind each byte of a text it is
    the longest that ends there.
    """

    rows: NDArray[np.uint16]
    """By state: the row of its edges, or, where the tree does not go on, that of the longest end that has one."""
    likes: NDArray[np.uint16]
    """By row: the row of the longest end of its string, where the search for an edge goes on."""
    starts: NDArray[np.uint32]
    """By row: where its edges begin, which are in the order of their bytes, the codes."""
    codes: NDArray[np.uint8]
    to: NDArray[np.uint32]
    """By edge: the next state."""
    features: NDArray[np.int32]
    """The feature that ends with each state; less than 0 for none."""
    weights: Weights
    priors: NDArray[np.float32]
    labels: tuple[str, ...]
    aliases: tuple[tuple[int, int], ...]
    """Columns of one label: the first and each other one."""

    def classify(self, *texts: str) -> list[tuple[str, float]]:
        """The likeliest language of each text and its probability."""
        encoded = [_encoded(text) for text in texts]
        features = self._features(BREAK.join(encoded))
        ends = [0]
        for text in encoded:
            ends.append(ends[-1] + len(text) + len(BREAK))
        return [
            self._likeliest(features[start : end - len(BREAK)], end - start - len(BREAK))
            for start, end in pairwise(ends)
        ]

    def _features(self, text: bytes) -> NDArray[np.int32]:
        """The feature behind each byte."""
        found = np.empty(len(text), dtype=np.int32)
        arrays = (self.rows, self.likes, self.starts, self.codes, self.to, self.features, found)
        _find_features(text, *(array.ctypes.data for array in arrays))
        return found

    def _likeliest(self, features: NDArray[np.int32], length: int) -> tuple[str, float]:
        counts = Counter(features[features >= 0].tolist())
        if counts:  # in the order of their first occurrence, as there: the sums are rounded alike
            kinds = np.fromiter(counts.keys(), dtype=np.intp, count=len(counts))
            often = np.fromiter(counts.values(), dtype=np.float32, count=len(counts))
            scores = np.log1p(often) @ self.weights.of(kinds) + self.priors
        else:
            scores = np.zeros(len(self.labels), dtype=np.float32)
        scores *= 1.0 / sqrt(length or 1)
        np.exp(scores - scores.max(), out=scores)
        scores /= scores.sum()
        for first, other in self.aliases:
            scores[first] += scores[other]
            scores[other] = 0.0
        best = int(scores.argmax())
        return self.labels[best], float(scores[best])


def _encoded(text: str) -> bytes:
    text = text.lower() if text.isupper() else text
    return unicodedata.normalize("NFC", text).encode("utf-8", "surrogatepass")


@cache
def detector() -> Detector:
    """The detector with the committed model."""
    values = np.load(VALUES, mmap_mode="r", allow_pickle=False)
    with np.load(MODEL, allow_pickle=False) as data:
        return _read(data, values)


def _read(data: Mapping[str, NDArray[Any]], values: NDArray[np.float16]) -> Detector:
    labels = tuple(str(data["labels"]).split())
    return Detector(
        rows=data["rows"],
        likes=data["likes"],
        starts=np.concatenate(([0], data["edges"].cumsum())).astype(np.uint32),
        codes=data["bytes"],
        to=data["to"],
        features=data["features"],
        weights=Weights(data["least"], data["others"], data["counts"], values),
        priors=data["priors"],
        labels=labels,
        aliases=tuple((labels.index(label), at) for at, label in enumerate(labels) if labels.index(label) < at),
    )


def warm() -> None:
    """Load the model now, for a process that will need it."""
    detector()
