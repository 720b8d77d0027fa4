"""The elements of a page by number: one walk, compiled, numbers them in document order and reads what they state.

Most questions about where something stands are answered by numbers: what is above an element, what is below it. An
lxml element is made for those alone that somebody asks for: to make and forget all of a page takes as long as the walk.
"""

from collections.abc import Iterable, Iterator, Sequence
from ctypes import c_int, c_int32, py_object
from typing import NamedTuple, overload

from lxml import etree
from lxml.html import HtmlElement

from pipeline.native.trees import tree_function

MAX_ELEMENTS = 60_000
"""Elements looked at. The largest of 815 real pages had 4,975; a hostile page may have millions: what stands beyond the
first of them declares nothing, is cut by no node rule and counts for no signal."""
NO_ELEMENT = -1

_FACTORY = etree.__pyx_capi__["elementFactory"]
_page = tree_function("page", py_object, py_object, c_int32)
_elements = tree_function("elements", py_object, *[py_object] * 4)
_element = tree_function("element", py_object, py_object, py_object, py_object, c_int32)
_texts = tree_function("texts", py_object, py_object, c_int32, c_int32)
_path = tree_function("path", py_object, py_object, c_int32)
_columns = tree_function("columns", py_object, *[py_object] * 5, c_int32)
_leads_to_author = tree_function("leads_to_author", c_int, py_object)


class Elements(Sequence[HtmlElement]):
    """The first elements of a tree, in document order; an element's number is its place here.

    The tree may get attributes meanwhile, but no element may be taken out of it or moved.
    """

    __slots__ = ("_numbers", "ends", "page", "parents", "root", "tags")

    def __init__(self, root: HtmlElement) -> None:
        self.root = root
        self.page, self._numbers, self.parents, self.ends, self.tags = _page(root, MAX_ELEMENTS)

    parents: list[int]
    """The number of the element above each; above the root stands `NO_ELEMENT`."""
    ends: list[int]
    """The number after that of the last element below each."""
    tags: list[str]

    def __len__(self) -> int:
        return len(self.tags)

    @overload
    def __getitem__(self, at: int) -> HtmlElement: ...
    @overload
    def __getitem__(self, at: slice) -> list[HtmlElement]: ...
    def __getitem__(self, at: int | slice) -> HtmlElement | list[HtmlElement]:
        if isinstance(at, slice):
            return self.of(range(len(self.tags))[at])
        number = range(len(self.tags))[at]
        element: HtmlElement = _element(self.page, _FACTORY, self.root, number)
        return element

    def __iter__(self) -> Iterator[HtmlElement]:
        return map(self.__getitem__, range(len(self.tags)))

    def of(self, numbers: Iterable[int]) -> list[HtmlElement]:
        """The elements of these numbers."""
        elements: list[HtmlElement] = _elements(self.page, _FACTORY, self.root, list(numbers))
        return elements

    def texts(self, numbers: range) -> list[tuple[str, str]]:
        """The text of each of these elements, up to the first element in it, and the text that follows it.

        "" where there is none or white space alone.
        """
        texts: list[tuple[str, str]] = _texts(self.page, numbers.start, numbers.stop)
        return texts

    def path(self, at: int) -> str:
        """Where an element stands in its document: the tags above it, with their places where there are several."""
        path: str = _path(self.page, at)
        return path

    def holds(self, holder: int, at: int) -> bool:
        """Whether an element is another or stands below it."""
        return holder <= at < self.ends[holder]

    def above(self, at: int) -> Iterator[int]:
        """The numbers of an element and of those above it, innermost first."""
        parents = self.parents
        while at != NO_ELEMENT:
            yield at
            at = parents[at]

    def around(self, at: int, *tags: str) -> int:
        """The number of the innermost element of these tags that stands above another; `NO_ELEMENT` without one."""
        parents, tag_of = self.parents, self.tags
        at = parents[at]
        while at != NO_ELEMENT and tag_of[at] not in tags:
            at = parents[at]
        return at

    def columns(self, of_author: tuple[str, ...], bylines: object, most: int) -> "Columns":
        """What all of them state; names that hold one of `of_author` are by-lines where the memo `bylines` says so.

        So many characters of different class names and ids are taken apart.
        """
        return Columns(*_columns(self.page, self.tags, self._numbers, of_author, bylines, most))


class Columns(NamedTuple):
    """What a page's elements state, in document order; equal attributes are one string mostly."""

    places: dict[str, list[int]]
    """The numbers of the elements of each tag."""
    classes: list[str | None]
    ids: list[str | None]
    """Of each element."""
    names: list[str]
    """All of these that say something, those of classes first."""
    words: dict[str, int]
    """The single class names and ids in them, and how often each stands there."""
    bylines: list[int]
    """The elements whose class or id speaks of who wrote the page."""
    hrefs: list[str | None]
    rels: list[str | None]
    """Of each `a` element."""
    author_links: list[int]
    """The `a` elements that lead to an author's page, or say so."""
    metas: list[tuple[str, str | None, str | None, str | None, str | None]]
    """Content, name, property, itemprop and http-equiv of the metas with content."""
    links: list[tuple[str, str]]
    """`href` and `rel` of the link elements with both."""
    titles: list[str]
    """The texts of the titles, those of pictures aside."""
    json_scripts: list[str]
    item_types: list[str]
    properties: list[tuple[int, str]]
    """The elements with an `itemprop`, or a `property` that are no metas, with its value."""
    scopes: list[tuple[int, str]]
    """The elements with an `itemtype` or `typeof`, with its value."""
    datetimes: list[tuple[int, str]]
    """The elements with a `datetime`, with its value."""


def is_author_url(href: str | None) -> bool:
    """Whether a link's target is an author's page: it stands in a folder for them."""
    return bool(href) and _leads_to_author(href) == 1
