"""How lines stand to the element that holds the story: in it or beside it, and in which of its branches.

A branch is the child of such an element in which a line stands: a paragraph, a box of links, an embedded post. What a
branch is made of, and how many like it there are, tells a story's own lines from what was put among them.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from pipeline.cleaning.judging.columns import Columns
from pipeline.cleaning.judging.places import Flags, Indices, Numbers, Places


@dataclass(frozen=True, slots=True, kw_only=True)
class Branches:
    """By element: `fork` is the lowest element that it shares with the story's holder, `branch` the child of it."""

    holder: int
    fork: Indices
    branch: Indices
    on_way: Flags
    """Whether it holds the story's holder, or is it."""


def find_holder(places: Places, story: Numbers, share: float) -> int:
    """The deepest element with so much of the story; `story` is its text by element, in characters."""
    wide = np.flatnonzero(story >= share * story[0])
    return int(wide[np.argmax(places.depth[wide])]) if story[0] > 0 else 0


def find_branches(places: Places, holder: int) -> Branches:
    """The branches of the holder and of all that holds it."""
    on_way = np.zeros(len(places.parent), dtype=bool)
    element = holder
    while not on_way[element]:
        on_way[element] = True
        element = int(places.parent[element])
    # what is below a branch follows it, before the next branch or element on the way
    at = np.arange(len(on_way))
    branch = np.maximum.accumulate(np.where(on_way | on_way[places.parent], at, 0))
    return Branches(holder=holder, fork=np.where(on_way, at, places.parent[branch]), branch=branch, on_way=on_way)


def branch_rows(columns: Columns, places: Places, found: Branches, sums: Mapping[str, Numbers]) -> dict[str, Numbers]:
    """Columns about each line's branch; `sums` are by element: lines, length, linked, settled, prose."""
    at = places.of_line
    fork, branch = found.fork[at], found.branch[at]
    size = np.maximum(sums["length"][branch], 1)
    rest = size - columns["length"]
    settled = (sums["settled"][branch] - columns["length"] * columns["settled"]) / np.maximum(rest, 1)
    twins = _twins(places, found, sums)
    of_branch = {
        "lines": sums["lines"][branch],
        "share": size / max(sums["length"][found.holder], 1),
        "link": sums["linked"][branch] / size,
        "prose": sums["prose"][branch],
        "settled": np.where(rest > 0, settled, -1),
        "mean": size / np.maximum(sums["lines"][branch], 1),
        "tag": places.tag[branch],
        "twins": twins[0][branch],
        "twins_settled": twins[1][branch],
        "twins_length": twins[2][branch],
    }
    rows = np.array(list(of_branch.values()))
    rows[:, found.on_way[branch]] = -1  # the line stands in no branch, but in the holder itself
    return {
        "in": (fork == found.holder).astype(float),
        "up": (places.depth[found.holder] - places.depth[fork]).astype(float),
        "down": (places.depth[at] - places.depth[fork]).astype(float),
        **dict(zip(of_branch, rows, strict=True)),
    }


def _twins(places: Places, found: Branches, sums: Mapping[str, Numbers]) -> tuple[Numbers, Numbers, Numbers]:
    """For each branch, those of the same fork, tag and class: their number, how much of the others is kept, length."""
    size = len(places.parent)
    tops = np.flatnonzero((found.branch == np.arange(size)) & ~found.on_way)
    kinds = found.fork[tops] * (places.signature.max() + 1) + places.signature[tops]
    _, group = np.unique(kinds, return_inverse=True)
    number, settled, length = np.zeros(size), np.full(size, -1.0), np.zeros(size)
    count = np.bincount(group)[group]
    kept, total = sums["settled"][tops], sums["length"][tops]
    others = np.bincount(group, weights=total)[group] - total
    kept_others = np.bincount(group, weights=kept)[group] - kept
    number[tops] = count
    settled[tops] = np.where(count > 1, kept_others / np.maximum(others, 1), -1)
    length[tops] = np.where(count > 1, (others + total) / count, 0)
    return number, settled, length
