"""Trafilatura's cleaning and its pruning of a page's sections: the same result with fewer walks."""

from collections.abc import Container
from functools import cached_property

from lxml.etree import XPath, _Element, strip_tags
from lxml.html import HtmlElement
from trafilatura.htmlprocessing import (
    _handle_forms,
    is_paragraph_listing,
    link_density_test_tables,
    prune_html,
    recover_math,
)
from trafilatura.settings import MANUALLY_CLEANED, MANUALLY_STRIPPED, Extractor
from trafilatura.utils import LINK_FARM_RATIO
from trafilatura.xml import delete_element

from pipeline.cleaning.extraction.selectors import unwanted

GUARDED_PART = 7
"""Nothing is discarded where less than the seventh part of the text would be left. All numbers are trafilatura's."""
MIN_CHILDREN, SHORT = 3, 100
"""A short block with links goes when it has so many children and less text than this."""
BLOCK_SHARE, FARM_SHARE = 0.8, LINK_FARM_RATIO
MANY_LINKS, LONG_LINK, SHORT_LINK = 4, 100, 10
LONG = 300
"""Characters from which no block is short, whatever follows it."""
FIRST_PART = 4
"""Only the start of a text is counted where that answers the question: so many times the characters in question."""
_DELETED = [tag for tag in MANUALLY_CLEANED if tag != "form"]
_BLOCKS = ("div", "list", "p")
_CELLS = ("item", "td", "th")
_TEXT = XPath("string()", smart_strings=False)


def clean_tree(tree: HtmlElement, tags: Container[str]) -> HtmlElement:
    """`tree_cleaning` in balanced mode, of a tree that has no other tags than these."""
    if "math" in tags:
        recover_math(tree)
    for element in tree.iter("figure", "table"):
        if (
            element.find(".//table") is not None
            if element.tag == "figure"
            else element.get("role") in ("presentation", "none")
        ):
            element.tag = "div"
    strip_tags(tree, *(tag for tag in MANUALLY_STRIPPED if tag in tags))
    for tag in _DELETED:
        if tag in tags:
            for element in tree.iter(tag):
                delete_element(element)
    if "form" in tags:
        _handle_forms(tree)
    return prune_html(tree)


def prune_sections(
    tree: HtmlElement, potential_tags: set[str], options: Extractor, keep_teasers: bool = False
) -> HtmlElement:
    """`prune_unwanted_sections` without images and precision mode, of which nothing here makes use."""
    discarded, captions, teasers = unwanted(tree)
    if discarded:
        _discard(tree, discarded)
    without_teasers = options.focus != "recall" and not keep_teasers
    for element in [*captions, *teasers] if without_teasers else captions:
        delete_element(element)
    _delete_link_blocks(tree)
    if "table" in potential_tags:
        for table in [table for table in tree.iter("table") if link_density_test_tables(table)]:
            delete_element(table, keep_tail=False)
    strip_tags(tree, "span", "ref")
    return tree


def _discard(tree: HtmlElement, elements: list[HtmlElement]) -> None:
    """Delete elements unless they hold nearly all of the text: `prune_unwanted_nodes` with its guard."""
    found = set(elements)
    outer = [element for element in elements if found.isdisjoint(element.iterancestors())]
    length = len(_TEXT(tree))
    if length - sum(len(_TEXT(element)) for element in outer) > length / GUARDED_PART:
        for element in outer:
            delete_element(element)


def _delete_link_blocks(tree: HtmlElement) -> None:
    """Delete the blocks that are mostly links, in two rounds; only those that hold links are looked at."""
    links: _Links | None = None
    changed: set[_Element] = set()
    for number, tag in enumerate(_BLOCKS * 2):
        is_second = number >= len(_BLOCKS)
        if is_second and not changed:
            return
        # a second look may end otherwise only at what the first has changed
        blocks = [element for element in tree.iter(tag) if not is_second or element in changed]
        if not blocks:
            continue
        links = links or _Links(tree)
        blocks = [element for element in blocks if element in links.spans]
        blocks.reverse()  # a block is long if one inside of it is
        deletions = [
            element
            for element in blocks
            if links.make_block(element)
            and not (tag == "p" and (parent := element.getparent()) is not None and parent.tag in _CELLS)
        ]  # of a paragraph in a cell the list is looked at as a whole
        for element in reversed(deletions):
            _note_change(element, changed)
            delete_element(element)
        if deletions:
            links = None


def _note_change(element: HtmlElement, changed: set[_Element]) -> None:
    """Remember what is another block without this element: those around it, and the one before it may be a last one."""
    before = element.getprevious()
    if before is not None:
        changed.add(before)
    node = element.getparent()
    while node is not None and node not in changed:
        changed.add(node)
        node = node.getparent()


class _Links:
    """The links of a tree as it is, and what they say of the blocks that hold them."""

    def __init__(self, tree: HtmlElement) -> None:
        self._tree = tree
        self._links = list(tree.iter("ref"))
        self._long: set[_Element] = set()
        self.spans: dict[_Element, slice] = {}
        """The elements that hold links, and which these are: those inside of an element follow each other."""
        path: list[tuple[_Element, int]] = []
        inside: set[_Element] = set()
        for number, link in enumerate(self._links):
            entered = []
            node = link.getparent()
            while node is not None and node not in inside:
                entered.append((node, number))
                node = node.getparent()
            while path and path[-1][0] is not node:
                self._leave(*path.pop(), number)
            path.extend(reversed(entered))
            inside.update(element for element, _ in entered)
        for element, first in path:
            self._leave(element, first, len(self._links))

    def _leave(self, element: _Element, first: int, end: int) -> None:
        self.spans[element] = slice(first, end)

    @cached_property
    def _lengths(self) -> list[int]:
        return [_length(_TEXT(link) if len(link) else link.text or "") for link in self._links]

    @cached_property
    def _has_graphic(self) -> bool:
        return next(self._tree.iter("graphic"), None) is not None

    def make_block(self, element: HtmlElement) -> bool:
        """Whether a block is to go for its links: `link_density_test` and what `delete_by_link_density` adds to it.

        Of nested blocks the inner ones must be asked first.
        """
        if self._has_graphic and next(element.iterdescendants("graphic"), None) is not None:
            return False
        span = self.spans[element]
        count = span.stop - span.start
        is_linked = count == 1 and self._lengths[span.start] > LONG_LINK
        is_long = element in self._long
        if is_long and count <= MANY_LINKS and not is_linked:
            return False
        text = _TEXT(element)
        if is_linked and self._lengths[span.start] > _length(text) * FARM_SHARE:
            return True
        if not is_long:
            limit = _limit(element)
            first = text[: limit * FIRST_PART]
            length = _length(first)
            if length < limit and len(first) < len(text):
                length = _length(text)
            if length < limit:
                return self._make_short_block(element, span, length)
            self._count_as_long(element, length)
        return count > MANY_LINKS and self._make_farm(span, text)

    def _count_as_long(self, element: _Element | None, length: int) -> None:
        """Remember the element and those around it, if its text is that long."""
        if length >= LONG:
            while element is not None and element not in self._long:
                self._long.add(element)
                element = element.getparent()

    def _make_short_block(self, element: HtmlElement, span: slice, length: int) -> bool:
        linked = [found for found in self._lengths[span] if found]
        if not linked or sum(linked) > length * BLOCK_SHARE:
            return True
        if len(linked) > 1 and sum(found < SHORT_LINK for found in linked) / len(linked) > BLOCK_SHARE:
            return True
        return element.tag == "div" and len(element) >= MIN_CHILDREN and length < SHORT

    def _make_farm(self, span: slice, text: str) -> bool:
        linked = [found for found in self._lengths[span] if found]
        length = sum(linked)
        if length >= LONG_LINK * len(linked) or length <= _length(text[: length * FIRST_PART]) * FARM_SHARE:
            return False
        return length > _length(text) * FARM_SHARE and not is_paragraph_listing(self._links[span])


def _length(text: str) -> int:
    return len(" ".join(text.split()))


def _limit(element: HtmlElement) -> int:
    """Characters of text from which a block is not short, by whether something follows it."""
    is_last = element.getnext() is None
    if element.tag == "p":
        return 60 if is_last else 30
    return 300 if is_last else 100
