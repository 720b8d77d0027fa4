"""The words of lines, so that it can be counted how much a line shares with others: no word of any language in it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.cleaning.judging.places import Numbers

MIN_WORD = 4
"""Letters of the shortest word that says what a text is about."""
RUN_ON = 15
"""Letters per word from which a text has no spaces between words: its pairs of letters are compared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """The words of each text, once each: `line[i]` has `word[i]`."""

    line: NDArray[np.intp]
    word: NDArray[np.intp]
    sizes: Numbers

    def shared(self, chosen: Numbers) -> Numbers:
        """The share of each text's words that another of the chosen texts has; -1 for a text without words."""
        size = len(self.sizes)
        if not len(self.word):
            return np.full(size, -1.0)
        own = chosen[self.line]
        elsewhere = np.bincount(self.word, weights=own)[self.word] - own > 0
        found = np.bincount(self.line, weights=elsewhere.astype(float), minlength=size) / np.maximum(self.sizes, 1)
        return np.where(self.sizes > 0, found, -1.0)


def read_vocabulary(folded: Sequence[str]) -> Vocabulary:
    """The words of folded texts; in scripts without spaces their pairs of letters."""
    known: dict[str, int] = {}
    sizes, words = [], []
    for text in folded:
        parts = text.split()
        if len(text) > RUN_ON * len(parts):
            bag = {text[at : at + 2] for at in range(len(text) - 1)}
        else:
            bag = {part for part in parts if len(part) >= MIN_WORD}
        sizes.append(len(bag))
        words += [known.setdefault(word, len(known)) for word in bag]
    return Vocabulary(
        line=np.repeat(np.arange(len(folded)), sizes),
        word=np.array(words, dtype=np.intp),
        sizes=np.array(sizes, dtype=float),
    )
