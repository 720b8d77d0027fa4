"""py3langid's classifier on whole arrays: the answers of its `classify`, bit for bit, in a third of the time.

Its automaton is read byte by byte there, in Python. But its state depends on the last six bytes alone, for no feature
is longer: so the states behind all bytes are found at once, in six steps for a text of any length.
"""

import lzma
import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from itertools import pairwise
from math import sqrt

import numpy as np
from numpy.typing import NDArray

DEPTH = 6
"""Bytes of the longest feature."""
BREAK = b"\xff"
"""Stands in no UTF-8; from every state it leads back to the first one. So texts are read in one go."""


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
    weights: NDArray[np.float32]
    """Logarithms of the probabilities, by feature and label. As 32 bits: to widen 16 takes longer than to add."""
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
            scores = np.log1p(often) @ self.weights.take(kinds, axis=0) + self.priors
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
    """The detector with py3langid's model. Loaded here: it takes half a second, of no use to `newsflow --help`.

    Decompressed in one call, which leaves Python's lock to other threads all the while; py3langid's own reader takes
    it back a thousand times.
    """
    from py3langid.langid import MODEL_DIR, MODEL_FILE

    with np.load(BytesIO(lzma.decompress((MODEL_DIR / MODEL_FILE).read_bytes())), allow_pickle=False) as model:
        moves = model["nextmove"].astype(np.uint32)
        rows = model["nextmove_row"].astype(np.intp) << 8
        labels = tuple(map(str, model["classes"]))
        features, weights, priors = (model[name] for name in ("out_feat", "ptc", "pc"))
    codes = np.arange(256)
    return Detector(
        pairs=moves[rows[moves[rows[0] + codes]][:, None] + codes].ravel(),
        moves=moves,
        rows=rows,
        features=features.astype(np.int32),
        weights=weights.astype(np.float32),
        priors=priors.astype(np.float32),
        labels=labels,
        aliases=tuple((labels.index(label), at) for at, label in enumerate(labels) if labels.index(label) < at),
    )


def warm() -> None:
    """Load the model now, for a process that will need it."""
    detector()
