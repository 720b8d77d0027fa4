"""py3langid's classifier on whole arrays: the answers of its `classify`, bit for bit, in a third of the time.

Its automaton is read byte by byte there, in Python. But its state depends on the last six bytes alone, for no feature
is longer: so the states behind all bytes are found at once, in six steps for a text of any length.

Its model is in the package in another form, which `tests/quality/language_model.py` makes of the library's: of the
automaton what tells its rows apart, of the probabilities those that are not a label's least. 8.5 MB that are read
in 40 ms, where the library's file takes 400 ms to decompress to 68 MB.
"""

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

MODEL = Path(__file__).with_name("languages.npz")
VALUES = Path(__file__).with_name("language_weights.npy")
"""Read where they are asked for, and shared by all processes: they are two thirds of the model."""
DEPTH = 6
"""Bytes of the longest feature."""
BREAK = b"\xff"
"""Stands in no UTF-8; from every state it leads back to the first one. So texts are read in one go."""
CODES = 256
FEW_ROWS = 4096
"""Features that a page or two has."""


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
    """A naive Bayes classifier over the byte strings that its automaton finds."""

    pairs: NDArray[np.uint32]
    """The state behind each two bytes."""
    moves: NDArray[np.uint32]
    """The next state, by the place of the state's row and the byte."""
    rows: NDArray[np.intp]
    """Where the row of each state begins."""
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
        codes = np.frombuffer(BREAK * (DEPTH - 1) + text, dtype=np.uint8).astype(np.intp)
        states = self.pairs.take((codes[: len(text)] << 8) + codes[1 : len(text) + 1])
        for step in range(2, DEPTH):
            states = self.moves.take(self.rows.take(states) + codes[step : step + len(text)])
        return self.features.take(states)

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
    moves, rows = _moves(data), data["rows"].astype(np.intp) << 8
    labels = tuple(str(data["labels"]).split())
    codes = np.arange(CODES)
    return Detector(
        pairs=moves[rows[moves[rows[0] + codes]][:, None] + codes].ravel(),
        moves=moves,
        rows=rows,
        features=data["features"],
        weights=Weights(data["least"], data["others"], data["counts"], values),
        priors=data["priors"],
        labels=labels,
        aliases=tuple((labels.index(label), at) for at, label in enumerate(labels) if labels.index(label) < at),
    )


def _moves(data: Mapping[str, NDArray[Any]]) -> NDArray[np.uint32]:
    """All rows. A state moves as the one for its string without the first byte does, but for moves of its own."""
    likes, edges, to = data["likes"], data["edges"], data["to"]
    places = np.repeat(np.arange(len(edges)) << 8, edges) + data["bytes"]
    ends = np.concatenate(([0], edges.cumsum(dtype=np.intp)))
    moves = np.zeros((len(edges), CODES), dtype=np.uint32)
    every = moves.reshape(-1)
    for start, end in pairwise(data["levels"].tolist()):  # by the strings' length: the shorter ones are made before
        moves.take(likes[start:end], axis=0, out=moves[start:end], mode="clip")
        every[places[ends[start] : ends[end]]] = to[ends[start] : ends[end]]
    return every


def warm() -> None:
    """Load the model now, for a process that will need it."""
    detector()
