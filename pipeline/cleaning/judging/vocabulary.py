"""The words of lines, so that it can be counted how much a line shares with others: no word of any language in it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, count

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
    bags, run_on = [], []
    for index, text in enumerate(folded):
        parts = text.split()
        if len(text) > RUN_ON * len(parts):
            bags.append({text[at : at + 2] for at in range(len(text) - 1)})
            run_on.append(index)
        else:
            bags.append(set(parts))
    numbers: defaultdict[str, int] = defaultdict(count().__next__)
    word = np.fromiter(map(numbers.__getitem__, chain.from_iterable(bags)), dtype=np.intp)
    line = np.repeat(np.arange(len(folded)), list(map(len, bags)))
    # one look at each word of the page, and not at each word of a line
    telling = (np.fromiter(map(len, numbers), dtype=np.intp) >= MIN_WORD)[word]
    if run_on:
        telling |= np.isin(line, run_on)
    line = line[telling]
    return Vocabulary(
        line=line, word=word[telling], sizes=np.bincount(line, minlength=len(folded)).astype(float)
    )
