"""One walk over the page that collects all that speaks of the article: metas, scripts, microdata, h1s, dates, by-lines.

Later modules choose among what stands here and never walk the whole tree again. `Spot.at` is the place in document
order, so that "near the headline" is a subtraction.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from ctypes import c_int32, py_object
from dataclasses import dataclass
from functools import lru_cache
from itertools import takewhile

from lxml.html import HtmlElement

from pipeline.cleaning.elements import NO_ELEMENT, Columns, Elements
from pipeline.cleaning.metadata.strings import tidy
from pipeline.native.library import memo
from pipeline.native.trees import tree_function

MAX_NAMES_LENGTH = 1_000_000
"""Characters of different class names and ids that are taken apart; the most of 815 real pages is less than 207,000. By
what stands beyond them no node is cut."""

MAX_META_LENGTH = 4000
MAX_PROPERTIES = 1000
MAX_STEPS = 4000
"""Tags looked at for the text of one element, so that a page of empty elements ends."""

_BYLINE_NAMES = (
    "author", "byline", "by-line", "by_line", "by-_line", "autor", "auteur", "writer", "verfasser", "redacteur",
    "skribent", "forfatter", "reporter", "journalist", "penulis", "yazar", "posted-by", "credit__name", "contributor",
    "firma", "signature", "kontributor",
)  # fmt: skip
_BYLINE_CLASS = re.compile("|".join(_BYLINE_NAMES).replace("firma", r"firma\b"))
_DATE_CLASS = re.compile(
    r"date|time|publish|posted|datum|fecha|stamp|meta|hora|tarih|dato\b|pubdat|updated|entry-info|byline"
)
_SILENT_TAGS = frozenset({"script", "style", "noscript", "template", "svg", "button", "select", "textarea", "iframe"})
_BREAKING_TAGS = frozenset(
    {"p", "div", "li", "br", "h1", "h2", "h3", "h4", "h5", "h6", "section", "td", "dd", "dt", "ul", "time"}
)
WRAPPERS = frozenset({"html", "body", "main", "article"})
_SAY_NOTHING = WRAPPERS | {"script", "style", "path", "br", "source", "option"}
"""None of them says who wrote the page or when, whatever its class says."""


def _speaks_of_author(names: str) -> bool:
    """Whether a class or id attribute speaks of who wrote the page."""
    return _BYLINE_CLASS.search(names.lower()) is not None


_BYLINES = memo(_speaks_of_author)


def _tell(tag: str) -> int:
    """What a tag tells of the text in it, by the bits of `visible.c`."""
    return (tag in _SILENT_TAGS) | (tag in _BREAKING_TAGS) << 1


_visible_text = tree_function("visible_text", py_object, py_object, c_int32, py_object, c_int32, py_object)
_TAGS_TELL = memo(_tell)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A place in document order."""

    at: int
    page: Elements

    @property
    def element(self) -> HtmlElement:
        """The element that stands there."""
        return self.page[self.at]


@dataclass(frozen=True, slots=True, kw_only=True)
class Property:
    """One microdata or RDFa property: its name, the types of the things around it, innermost first, and its place."""

    name: str
    scopes: tuple[str, ...]
    spot: Spot


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """What one walk over the page found."""

    elements: Elements
    """The first of them, in document order."""
    parents: list[int]
    """The number of the element above each; above the root stands `NO_ELEMENT`."""
    tags: list[str]
    places: Mapping[str, list[int]]
    """The numbers of the elements of each tag."""
    classes: list[str | None]
    ids: list[str | None]
    """The attributes of each element."""
    names: frozenset[str]
    """All of these that say something."""
    words: Mapping[str, int]
    """The single class names and ids, those of classes first, and how often each stands there."""
    item_types: frozenset[str]
    """Every `itemtype` of the page."""
    hrefs: list[str | None]
    rels: list[str | None]
    """The attributes of each `a` element."""
    metas: dict[str, list[str]]
    """By lower-case name, property or itemprop, in document order."""
    links: dict[str, list[str]]
    """`href` by lower-case `rel` word, of link elements."""
    titles: list[str]
    json_scripts: list[str]
    properties: list[Property]
    headings: list[Spot]
    """The h1 elements."""
    subheadings: list[Spot]
    """The h2 and h3 elements."""
    times: list[Spot]
    bylines: list[Spot]
    author_links: list[Spot]
    datetimes: Mapping[int, str]
    """The `datetime` of each element that has one, by number."""

    @property
    def root(self) -> HtmlElement:
        """The page itself."""
        return self.elements.root

    def meta(self, *names: str) -> Iterator[tuple[str, str]]:
        """(name, content) of the metas of these names, in the order of the names."""
        metas = self.metas
        return ((name, content) for name in names if name in metas for content in metas[name])

    def tagged(self, *tags: str) -> list[HtmlElement]:
        """The elements of these tags, in document order."""
        return self.elements.of(_merged(self.places, tags))

    def within(self, holder: int, *tags: str) -> Sequence[int]:
        """The elements of these tags below an element, in document order."""
        found = _merged(self.places, tags)
        return found[bisect_right(found, holder) : bisect_left(found, self.elements.ends[holder])]

    def count(self, tag: str) -> int:
        """How many elements of this tag there are."""
        return len(self.places.get(tag, ()))


def scan_page(tree: HtmlElement) -> Scan:
    """Collect everything that speaks of the article in one walk."""
    elements = Elements(tree)
    found = elements.columns(_BYLINE_NAMES, _BYLINES, MAX_NAMES_LENGTH)
    tags = elements.tags

    def spots(numbers: Iterable[int]) -> list[Spot]:
        return [Spot(at=at, page=elements) for at in numbers]

    return Scan(
        elements=elements,
        parents=elements.parents,
        tags=tags,
        places=found.places,
        classes=found.classes,
        ids=found.ids,
        names=frozenset(found.names),
        words=found.words,
        item_types=frozenset(found.item_types),
        hrefs=found.hrefs,
        rels=found.rels,
        metas=_metas(found.metas),
        links=_links(found.links),
        titles=[title for text in found.titles if (title := tidy(text, MAX_META_LENGTH))],
        json_scripts=found.json_scripts,
        properties=_properties(elements, found),
        headings=spots(_merged(found.places, ("h1",))),
        subheadings=spots(_merged(found.places, ("h2", "h3"))),
        times=spots(_merged(found.places, ("time", "relative-time"))),
        bylines=spots(at for at in found.bylines if tags[at] not in _SAY_NOTHING),
        author_links=spots(found.author_links),
        datetimes=dict(found.datetimes),
    )


def _merged(places: Mapping[str, Sequence[int]], tags: Sequence[str]) -> Sequence[int]:
    """The places of all these tags, in document order."""
    found = [places[tag] for tag in tags if tag in places]
    return found[0] if len(found) == 1 else sorted(at for each in found for at in each)


def _metas(stated: Iterable[Sequence[str | None]]) -> dict[str, list[str]]:
    metas: dict[str, list[str]] = {}
    for value, *names in stated:
        if content := tidy(value, MAX_META_LENGTH):
            for name in dict.fromkeys(names):
                if name:
                    metas.setdefault(name.strip().lower(), []).append(content)
    return metas


def _links(stated: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    links: dict[str, list[str]] = {}
    for value, rels in stated:
        if href := value.strip():
            for rel in rels.lower().split():
                links.setdefault(rel, []).append(href)
    return links


def _properties(elements: Elements, found: Columns) -> list[Property]:
    """The microdata and RDFa properties; a meta's `property` is none."""
    types = {at: kind.rstrip("/").rpartition("/")[2].rpartition(":")[2] for at, kind in found.scopes}
    scopes: dict[int, tuple[str, ...]] = {NO_ELEMENT: ()}
    """The schema.org types of the things that an element is a part of, innermost first."""
    properties: list[Property] = []
    for at, names in found.properties:
        if elements.tags[at] in _SAY_NOTHING:
            continue
        if len(properties) >= MAX_PROPERTIES:
            break
        way = list(takewhile(lambda each: each not in scopes, elements.above(elements.parents[at])))
        for each in reversed(way):
            around = scopes[elements.parents[each]]
            scopes[each] = (types[each], *around) if each in types else around
        spot = Spot(at=at, page=elements)
        around = scopes[elements.parents[at]]
        properties += [Property(name=name.rpartition(":")[2], scopes=around, spot=spot) for name in names.split()]
    return properties


@lru_cache(maxsize=4096)
def looks_like_date(names: str | None) -> bool:
    """Whether a class or id attribute speaks of a date."""
    return bool(names and _DATE_CLASS.search(names.lower()))


def visible_text(element: HtmlElement, limit: int = 1000, breaks: str = " ") -> str:
    """The element's text without scripts and buttons, block elements apart by `breaks`, cut at `limit` characters."""
    text: str = _visible_text(element, limit, breaks, MAX_STEPS, _TAGS_TELL)
    return text[: limit + 1].strip()
