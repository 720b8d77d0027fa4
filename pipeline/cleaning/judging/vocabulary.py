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
_BASE = 0x9E3779B97F4A7C15
"""By this factor more than the letter before it a letter counts for the hash of a word."""


def _powers(base: int, size: int) -> NDArray[np.uint64]:
    factors = np.full(size, base, dtype=np.uint64)
    factors[0] = 1
    powers: NDArray[np.uint64] = np.multiply.accumulate(factors)
    return powers


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

    All texts at once, each word by a hash of 50 bits: to look up 2000 words in a dictionary took nearly thrice as long.
    """
    codes = codes_of("\n".join([*folded, ""]))
    ends = np.flatnonzero(codes == _END)
    length = np.diff(ends, prepend=-1) - 1
    is_letter = np.append(False, codes > _SPACE)
    edges = np.flatnonzero(is_letter[1:] != is_letter[:-1])  # the last text's end is no letter
    starts, sizes = edges[::2], edges[1::2] - edges[::2]
    line = np.searchsorted(ends, starts)
    run_on = length > RUN_ON * np.bincount(line, minlength=len(folded))
    telling = np.flatnonzero((sizes >= MIN_WORD) & ~run_on[line])
    line, starts, sizes = line[telling], starts[telling], sizes[telling]
    word = _hashes(codes, starts, sizes)
    if run_on.any():
        first = np.flatnonzero(np.repeat(run_on, length + 1)[:-1] & (codes[:-1] != _END) & (codes[1:] != _END))
        line = np.append(line, np.searchsorted(ends, first))
        word = np.append(word, _hashes(codes, first, 2))
    # the line in the last bits of a word's hash: sorted once, both are together
    bits = np.uint64(len(folded).bit_length())
    both = np.sort(word >> bits << bits | line.astype(np.uint64))
    both = both[np.append(True, both[1:] != both[:-1])[: len(both)]]
    word, line = both >> bits, (both & ((np.uint64(1) << bits) - np.uint64(1))).astype(np.intp)
    number = np.cumsum(np.append(False, word[1:] != word[:-1])[: len(word)])
    return Vocabulary(line=line, word=number, sizes=np.bincount(line, minlength=len(folded)).astype(float))


_REACH = 65536
_POWERS, _INVERSES = _powers(_BASE, _REACH + 1), _powers(pow(_BASE, -1, 2**64), _REACH)
"""For texts of so many letters in all; tables for longer ones are made when they come."""


def _hashes(codes: NDArray[np.uint32], starts: NDArray[np.intp], sizes: NDArray[np.intp] | int) -> NDArray[np.uint64]:
    """A hash of each word: what running sums of the letters, each with its factor, differ by between its two ends.

    A word's first letter counts the same wherever it stands: the factor before it is divided out again.
    """
    size = len(codes)
    powers, inverses = _POWERS, _INVERSES
    if size > _REACH:
        powers, inverses = _powers(_BASE, size + 1), _powers(pow(_BASE, -1, 2**64), size)
    sums = np.zeros(size + 1, dtype=np.uint64)
    np.cumsum(codes * powers[1 : size + 1], out=sums[1:])
    hashes: NDArray[np.uint64] = (sums[starts + sizes] - sums[starts]) * inverses[starts]
    return hashes
