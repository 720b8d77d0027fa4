"""The words of lines, so that it can be counted how much a line shares with others: no word of any language in it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.cleaning.judging.characters import codes_of
from pipeline.cleaning.judging.places import Numbers

MIN_WORD = 4
"""Letters of the shortest word that says what a text is about."""
RUN_ON = 15
"""Letters per word from which a text has no spaces between words: its pairs of letters are compared."""
_END, _SPACE = 10, 32
_WEIGHTS = np.random.default_rng(0).integers(2**64, size=1024, dtype=np.uint64)
"""By its place in a word, what a letter counts for the word's hash."""


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
    """The words of folded texts; in scripts without spaces their pairs of letters.

    All texts at once, each word by a hash of 64 bits: to look up 2000 words in a dictionary took nearly twice as long.
    """
    codes = codes_of("\n".join([*folded, ""]))
    ends = np.flatnonzero(codes == _END)
    length = np.diff(ends, prepend=-1) - 1
    is_letter = codes > _SPACE
    starts = np.flatnonzero(is_letter & ~np.append(False, is_letter[:-1]))
    sizes = np.flatnonzero(is_letter & ~np.append(is_letter[1:], False)) + 1 - starts
    line = np.searchsorted(ends, starts)
    run_on = length > RUN_ON * np.bincount(line, minlength=len(folded))
    telling = (sizes >= MIN_WORD) & ~run_on[line]
    line, starts, sizes = line[telling], starts[telling], sizes[telling]
    firsts = np.cumsum(sizes) - sizes
    within = np.arange(sizes.sum()) - np.repeat(firsts, sizes)
    letters = codes[np.repeat(starts, sizes) + within] * _WEIGHTS.take(within, mode="wrap")
    word = np.add.reduceat(letters, firsts) if len(firsts) else letters
    if run_on.any():
        first = np.flatnonzero(np.repeat(run_on, length + 1)[:-1] & (codes[:-1] != _END) & (codes[1:] != _END))
        line = np.append(line, np.searchsorted(ends, first))
        word = np.append(word, codes[first].astype(np.uint64) << np.uint64(32) | codes[first + 1])
    known, number = np.unique(word, return_inverse=True)
    both = np.sort(line * len(known) + number)
    once = both[np.diff(both, prepend=-1) > 0]
    line, word = np.divmod(once, max(len(known), 1))
    return Vocabulary(line=line, word=word, sizes=np.bincount(line, minlength=len(folded)).astype(float))
