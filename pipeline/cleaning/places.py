"""Where lines stand in the tree: each element that holds text, with its ancestors, looked at once.

What is asked of an element for every line below it (its names, how much of it is link, how much was kept) is computed
here once per element, for the judge can afford 3 ms a page.
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

TAGS = ("article", "main", "aside", "footer", "header", "nav", "ul", "ol", "figure", "blockquote", "table", "form")
"""Ancestors that say what a line is."""
_BIT_OF_TAG = {tag: 1 << number for number, tag in enumerate(TAGS)}
NAMES = {
    "caption": r"caption|credit|photo|image|media|figure|gallery|legend",
    "related": r"related|recommend|read-?more|also|more-|promo|teaser|trending|popular|latest|next|card|list-?item",
    "share": r"share|social|follow|button|btn|toolbar|subscri|newsletter|sign-?up|cta|banner|\bads?\b|advert|sponsor",
    "author": r"author|byline|by-line|\bbio\b|contributor|writer|profile|autor",
    "comment": r"comment|reply|respond|discussion|disqus",
    "frame": r"nav|menu|footer|header|sidebar|side-bar|widget|breadcrumb|modal|popup|cookie|consent|login|search",
    "lead": r"lead|intro|standfirst|summary|subtitle|sub-?head|deck|\bdek\b|excerpt|sapo|chapeau|perex|abstract|kicker",
    "body": r"body|content|article-?text|entry|post-?text|story|paragraph|richtext|rich-text|prose|wysiwyg|markdown",
    "meta": r"date|time|meta|publish|updated|stamp|categor|\btags?\b|topic|label|info",
}
"""Parts of class names and ids that tell something. As a rule they cost 6 points of F1; as one feature among others
they are weighed against what else the page shows."""
_NAME_PATTERNS = tuple(re.compile(pattern, re.IGNORECASE) for pattern in NAMES.values())
ROOT_TAGS = frozenset(("html", "body"))


@lru_cache(maxsize=8192)
def _named(names: str) -> int:
    return sum(1 << number for number, pattern in enumerate(_NAME_PATTERNS) if pattern.search(names))


class Places:
    """The elements that hold lines and their ancestors, each with a number; an element stands after its parent.

    Number 0 stands for what has no element: lines of a declared body.
    """

    def __init__(self, lines: Sequence[Line]) -> None:
        self._numbers: dict[_Element | None, int] = {None: 0}
        self.parents, self.tags, self.names, self.own_names, self.depths = [0], [0], [0], [0], [0]
        self.signatures: list[int] = [0]
        self.paths: list[int] = [0]
        self._signature_numbers: dict[object, int] = {}
        self._path_numbers: dict[object, int] = {}
        self.of_line: Indices = np.array([self._number(line.element) for line in lines], dtype=np.intp)
        self.parent: Indices = np.array(self.parents, dtype=np.intp)

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
        named = _named(f"{classes} {identity}") if classes or identity else 0
        if tag in ROOT_TAGS:
            named = 0
        number = len(self.parents)
        self._numbers[element] = number
        self.parents.append(above)
        self.tags.append(self.tags[above] | _BIT_OF_TAG.get(tag, 0))
        self.names.append(self.names[above] | named)
        self.own_names.append(named)
        self.depths.append(self.depths[above] + 1)
        self.signatures.append(self._signature_numbers.setdefault((tag, classes), len(self._signature_numbers)))
        self.paths.append(self._path_numbers.setdefault((self.paths[above], tag), len(self._path_numbers) + 1))
        return number

    def sums(self, values: Numbers) -> Numbers:
        """For each element, the sum of a value over the lines in it and below it."""
        totals = np.bincount(self.of_line, weights=values, minlength=len(self.parents)).tolist()
        parents = self.parents
        for number in range(len(parents) - 1, 0, -1):
            totals[parents[number]] += totals[number]
        return np.array(totals)
