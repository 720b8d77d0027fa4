"""Where lines stand in the tree: each element that holds text, with its ancestors, looked at once.

What is asked of an element for every line below it (its names, how much of it is link, how much was kept) is computed
here once for elements of one make, or for all elements at once.
"""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import count

import numpy as np
from numpy.typing import NDArray

from pipeline.cleaning.blocks import Line
from pipeline.cleaning.metadata.scan import NO_ELEMENT, Scan

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
    """The elements that hold lines and their ancestors, each with a number; number 0 has the lines without an element.

    Their numbers are not those of the page, most elements of which hold no line.

    Lines come in the order of the page, so an element stands after its parent, and what is below it right after it.
    Lines do not: text in a `span` with blocks is a line of the element around it, between those of the blocks.
    """

    def __init__(self, lines: Sequence[Line], page: Scan) -> None:
        own = [page.numbers.get(line.element, NO_ELEMENT) for line in lines]
        held = _with_ancestors(own, page.parents)
        number_of = dict(zip(held, count()))
        of_line = list(map(number_of.__getitem__, own))
        _, *elements = held
        parents = [0, *[number_of[page.parents[at]] for at in elements]]
        tags = [page.tags[at] for at in elements]
        makes, paths = _Makes(), _Paths()
        made = zip(tags, [page.classes[at] for at in elements], [page.ids[at] for at in elements], strict=True)
        make_of = [0, *map(makes.__getitem__, made)]
        path_of = [0]
        for above, tag in zip(parents[1:], tags, strict=True):
            path_of.append(paths[path_of[above], tag])
        ends = list(range(1, len(parents) + 1))
        for number in range(len(parents) - 1, 0, -1):
            above = parents[number]
            if ends[above] < ends[number]:
                ends[above] = ends[number]
        self.of_line: Indices = np.array(of_line, dtype=np.intp)
        """The element of each line; all that follows is by element."""
        self._ends: Indices = np.array(ends, dtype=np.intp)
        self.parent: Indices = np.array(parents, dtype=np.intp)
        make: Indices = np.array(make_of, dtype=np.intp)
        self.tag: Indices = np.array(makes.tags, dtype=np.intp)[make]
        own_and_above = make[np.stack([self.of_line, self.parent[self.of_line]])]
        self.near: Indices = np.bitwise_or.reduce(makes.named(own_and_above))
        """Which of `NAMES` the class and id of a line's element have or of the one above it, a bit each."""
        self.signature: Indices = np.array(makes.signatures, dtype=np.intp)[make]
        """Equal for elements of the same tag and class."""
        self.path: Indices = np.array(path_of, dtype=np.intp)
        """Equal for elements with the same tags above them."""
        self.depth: Indices = np.array(paths.depths, dtype=np.intp)[self.path]
        self.in_list: Flags = np.array(paths.in_list)[self.path]

    def sums(self, values: Numbers) -> Numbers:
        """For each element, the sums over the lines in it and below it; a row for each row of values.

        The values are whole numbers, so that differences of running sums are exact.
        """
        own = [np.bincount(self.of_line, weights=row, minlength=len(self.parent)) for row in values]
        running = np.zeros((len(values), len(self.parent) + 1))
        np.cumsum(own, axis=1, out=running[:, 1:])
        sums: Numbers = running[:, self._ends] - running[:, :-1]
        return sums


def _with_ancestors(elements: Iterable[int], parents: Sequence[int]) -> list[int]:
    """These elements and those above them, in document order; before them `NO_ELEMENT`, which stands above the root."""
    held = {NO_ELEMENT}
    for at in elements:
        while at not in held:
            held.add(at)
            at = parents[at]
    return sorted(held)


class _Makes(dict[tuple[str, str | None, str | None], int]):
    """The makes of a page's elements, each with a number: tag, class and id, and what they tell."""

    def __init__(self) -> None:
        self.tags, self.signatures = [0], [0]
        self._names = [""]
        self._signatures: dict[tuple[str, str], int] = {}

    def __missing__(self, make: tuple[str, str | None, str | None]) -> int:
        tag, classes, identity = make[0], make[1] or "", make[2] or ""
        number = self[make] = len(self.tags)
        self.tags.append(_TAG_NUMBERS.get(tag, 0))
        self._names.append(f"{classes} {identity}" if tag not in ROOT_TAGS else "")
        self.signatures.append(self._signatures.setdefault((tag, classes), len(self._signatures)))
        return number

    def named(self, makes: Indices) -> Indices:
        """Which of `NAMES` the makes have, a bit each; only these are asked."""
        told = np.zeros(len(self._names), dtype=np.intp)
        for make in np.flatnonzero(np.bincount(makes.ravel())).tolist():
            told[make] = _named(self._names[make])
        return told[makes]


class _Paths(dict[tuple[int, str], int]):
    """The ways of tags from the root down, each with a number: by that of the way to the parent, and the tag."""

    def __init__(self) -> None:
        self.depths, self.in_list = [0], [False]

    def __missing__(self, path: tuple[int, str]) -> int:
        above, tag = path
        number = self[path] = len(self.depths)
        self.depths.append(self.depths[above] + 1)
        self.in_list.append(self.in_list[above] or tag == "ul")
        return number
