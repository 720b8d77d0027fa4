"""Where lines stand in the tree: each element that holds text, with its ancestors, looked at once.

What is asked of an element for every line below it (its names, how much of it is link, how much was kept) is computed
here once per element, and for all elements of one depth at a time, for the judge can afford 3 ms a page.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from lxml.etree import _Element
from numpy.typing import NDArray

from pipeline.cleaning.blocks import Line

Numbers = NDArray[np.float64]
Indices = NDArray[np.intp]
Flags = NDArray[np.bool_]

NAMES = {
    "caption": r"caption|credit|photo|image|media|figure|gallery|legend",
    "share": r"share|social|follow|button|btn|toolbar|subscri|newsletter|sign-?up|cta|banner|\bads?\b|advert|sponsor",
    "comment": r"comment|reply|respond|discussion|disqus",
    "frame": r"nav|menu|footer|header|sidebar|side-bar|widget|breadcrumb|modal|popup|cookie|consent|login|search",
}
"""Parts of class names and ids that tell something. As a rule they cost 6 points of F1; as one feature among others
they are weighed against what else the page shows."""
_NAME_PATTERNS = tuple(re.compile(pattern) for pattern in NAMES.values())
MAX_REMEMBERED = 100
ROOT_TAGS = frozenset(("html", "body"))
_TAG_NUMBERS = {
    tag: number
    for number, tags in enumerate(
        (
            "p", "div", "section main article", "h1 h2 h3 h4 h5 h6", "ul ol dl", "li dd dt", "table tr td th",
            "blockquote", "figure figcaption", "form", "header", "aside", "footer nav",
        ),
        1,
    )
    for tag in tags.split()
}  # fmt: skip
"""From what stories consist of to what stands beside them; 0 is any other."""


def _named(names: str) -> int:
    """What class names and an id tell. No pattern spans a space, so each name is asked once for all pages."""
    named = 0
    for name in names.split():
        named |= _told_by(name) if len(name) <= MAX_REMEMBERED else _told_by.__wrapped__(name)
    return named


@lru_cache(maxsize=32768)
def _told_by(name: str) -> int:
    name = name.lower()
    return sum(1 << number for number, pattern in enumerate(_NAME_PATTERNS) if pattern.search(name))


class Places:
    """The elements that hold lines and their ancestors, each with a number; an element stands after its parent.

    Number 0 stands for what has no element: lines of a declared body.
    """

    def __init__(self, lines: Sequence[Line]) -> None:
        self._numbers: dict[_Element | None, int] = {None: 0}
        self._parents, self._depths, self._tags, self._names = [0], [0], [0], [0]
        self._signatures, self._paths, self._lists = [0], [0], [False]
        self._signature_numbers: dict[object, int] = {}
        self._path_numbers: dict[object, int] = {}
        self.of_line: Indices = np.array([self._number(line.element) for line in lines], dtype=np.intp)
        """The element of each line; all that follows is by element."""
        self.parent: Indices = np.array(self._parents, dtype=np.intp)
        self.depth: Indices = np.array(self._depths, dtype=np.intp)
        self.tag: Indices = np.array(self._tags, dtype=np.intp)
        self.names: Indices = np.array(self._names, dtype=np.intp)
        """Which of `NAMES` its class and id have, a bit each."""
        self.signature: Indices = np.array(self._signatures, dtype=np.intp)
        """Equal for elements of the same tag and class."""
        self.path: Indices = np.array(self._paths, dtype=np.intp)
        """Equal for elements with the same tags above them."""
        self.in_list: Flags = np.array(self._lists)
        order = np.argsort(self.depth, kind="stable")
        self.by_depth: list[Indices] = np.split(order, np.cumsum(np.bincount(self.depth))[:-1])
        """The elements of each depth, from the root down."""

    def _number(self, element: _Element | None) -> int:
        pending = []
        while element not in self._numbers:
            assert element is not None  # noqa: S101 - None has a number
            pending.append(element)
            element = element.getparent()
        number = self._numbers[element]
        for node in reversed(pending):
            number = self._add(node, number)
        return number

    def _add(self, element: _Element, above: int) -> int:
        tag = element.tag
        classes, identity = element.get("class") or "", element.get("id") or ""
        named = _named(f"{classes} {identity}") if (classes or identity) and tag not in ROOT_TAGS else 0
        number = len(self._parents)
        self._numbers[element] = number
        self._parents.append(above)
        self._depths.append(self._depths[above] + 1)
        self._tags.append(_TAG_NUMBERS.get(tag, 0))
        self._names.append(named)
        self._lists.append(self._lists[above] or tag == "ul")
        self._signatures.append(self._signature_numbers.setdefault((tag, classes), len(self._signature_numbers)))
        self._paths.append(self._path_numbers.setdefault((self._paths[above], tag), len(self._path_numbers) + 1))
        return number

    def sums(self, *values: Numbers) -> list[Numbers]:
        """For each element, the sums of values over the lines in it and below it."""
        totals = np.stack([np.bincount(self.of_line, weights=each, minlength=len(self.parent)) for each in values], 1)
        for elements in self.by_depth[:0:-1]:
            np.add.at(totals, self.parent[elements], totals[elements])
        return list(totals.T)
