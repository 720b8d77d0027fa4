"""Columns of numbers about the lines of a page, a value for each line, and what is counted along them."""

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from pipeline.cleaning.judging.places import Numbers

FAR = 200
"""Lines: what is further away is as good as not there."""


class Columns:
    """Named columns of one matrix."""

    def __init__(self, first: "Columns | None" = None) -> None:
        """Begin with these columns."""
        self._columns: dict[str, Numbers] = dict(first._columns) if first else {}

    @property
    def names(self) -> list[str]:
        return list(self._columns)

    def add(self, name: str, values: object) -> None:
        self._columns[name] = np.asarray(values, dtype=float)

    def __getitem__(self, name: str) -> Numbers:
        return self._columns[name]

    def matrix(self) -> NDArray[np.float32]:
        """A row for each line; in memory a column lies in one piece, as `Model.scores` reads it."""
        # from float64 in two steps: numpy converts a list of arrays one by one
        return np.array(list(self._columns.values())).astype(np.float32).T


def flags_of(size: int, indices: Collection[int]) -> Numbers:
    """1 for these lines, 0 for the others."""
    flags = np.zeros(size)
    flags[list(indices)] = 1
    return flags


def shift(values: Numbers, by: int) -> Numbers:
    """The value of the line so many lines further on; -1 beyond the page's ends."""
    shifted = np.full(len(values), -1.0)
    if abs(by) < len(values):
        if by > 0:
            shifted[:-by] = values[by:]
        else:
            shifted[-by:] = values[:by]
    return shifted


def mean_around(values: Numbers, reach: int) -> Numbers:
    """The mean of so many lines before and after each, without the line itself."""
    running = np.concatenate(([0.0], np.cumsum(values)))
    at = np.arange(len(values))
    low, high = np.maximum(at - reach, 0), np.minimum(at + reach + 1, len(values))
    around: Numbers = (running[high] - running[low] - values) / np.maximum(high - low - 1, 1)
    return around


def lines_since(flags: Numbers) -> Numbers:
    """Lines since the last flagged line before this one; `FAR` when there is none."""
    at = np.arange(len(flags), dtype=float)
    before = np.full(len(flags), -float(FAR))
    np.maximum.accumulate(np.where(flags > 0, at, -FAR)[:-1], out=before[1:])
    since: Numbers = np.minimum(at - before, FAR)
    return since
