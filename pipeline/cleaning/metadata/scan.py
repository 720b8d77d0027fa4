"""One walk over the page that collects all that speaks of the article: metas, scripts, microdata, h1s, dates, by-lines.

Later modules choose among what stands here and never walk the whole tree again. `Spot.at` is the place in document
order, so that "near the headline" is a subtraction.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice

from lxml import etree
from lxml.html import HtmlElement

from pipeline.cleaning.metadata.strings import tidy

MAX_ELEMENTS = 60_000
"""Elements looked at. The largest of 815 real pages had 4,975; a hostile page may have millions."""

MAX_META_LENGTH = 4000
MAX_PROPERTIES = 1000
MAX_STEPS = 4000
"""Tags looked at for the text of one element, so that a page of empty elements ends."""

_BYLINE_CLASS = re.compile(
    r"author|by-?_?line|autor|auteur|writer|verfasser|redacteur|skribent|forfatter|reporter|journalist|penulis|yazar"
    r"|posted-by|credit__name|contributor|firma\b|signature|kontributor"
)
_DATE_CLASS = re.compile(
    r"date|time|publish|posted|datum|fecha|stamp|meta|hora|tarih|dato\b|pubdat|updated|entry-info|byline"
)
_AUTHOR_URL = re.compile(
    r"/(?:authors?|autor(?:es|en|i)?|auteurs?|profiles?|journalists?|by|team|people|producers|staff|contributors?|writers?"
    r"|experts?|person(?:s|en)?|redaktion|penulis|yazarlar|profil|forfatter|firmas)/[^/?#]"
)
_SILENT_TAGS = frozenset({"script", "style", "noscript", "template", "svg", "button", "select", "textarea", "iframe"})
_BREAKING_TAGS = frozenset(
    {"p", "div", "li", "br", "h1", "h2", "h3", "h4", "h5", "h6", "section", "td", "dd", "dt", "ul", "time"}
)
_HEAD_TAGS = frozenset({"script", "style", "path", "br", "source", "option"})
"""Many on every page, and none of them says who wrote it or when."""
WRAPPERS = frozenset({"html", "body", "main", "article"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """An element and its place in document order."""

    at: int
    element: HtmlElement


@dataclass(frozen=True, slots=True, kw_only=True)
class Property:
    """One microdata or RDFa property: its name, the types of the things around it, innermost first, and its place."""

    name: str
    scopes: tuple[str, ...]
    spot: Spot


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """What one walk over the page found."""

    elements: list[HtmlElement] = field(default_factory=list)
    metas: dict[str, list[str]] = field(default_factory=dict)
    """By lower-case name, property or itemprop, in document order."""
    links: dict[str, list[str]] = field(default_factory=dict)
    """`href` by lower-case `rel` word, of link elements."""
    titles: list[str] = field(default_factory=list)
    json_scripts: list[str] = field(default_factory=list)
    properties: list[Property] = field(default_factory=list)
    headings: list[Spot] = field(default_factory=list)
    """The h1 elements."""
    subheadings: list[Spot] = field(default_factory=list)
    """The h2 elements."""
    times: list[Spot] = field(default_factory=list)
    bylines: list[Spot] = field(default_factory=list)
    author_links: list[Spot] = field(default_factory=list)

    def meta(self, *names: str) -> Iterator[tuple[str, str]]:
        """(name, content) of the metas of these names, in the order of the names."""
        for name in names:
            for content in self.metas.get(name, ()):
                yield name, content


def scan_page(tree: HtmlElement) -> Scan:
    """Collect everything that speaks of the article in one walk."""
    scan = Scan(elements=list(islice(tree.iter("*"), MAX_ELEMENTS)))
    for at, element in enumerate(scan.elements):
        tag = element.tag
        if collect := _BY_TAG.get(tag):
            collect(scan, at, element)
        if tag in WRAPPERS or tag in _HEAD_TAGS:
            continue
        get = element.get
        if names := get("itemprop") or get("property"):
            _collect_property(scan, at, element, names)
        classes, identity = get("class"), get("id")
        if (classes and looks_like_byline(classes)) or (identity and looks_like_byline(identity)):
            scan.bylines.append(Spot(at=at, element=element))
    return scan


def _collect_meta(scan: Scan, at: int, element: HtmlElement) -> None:
    content = tidy(element.get("content"), MAX_META_LENGTH)
    for name in {element.get("name"), element.get("property"), element.get("itemprop"), element.get("http-equiv")}:
        if name and content:
            scan.metas.setdefault(name.strip().lower(), []).append(content)


def _collect_link(scan: Scan, at: int, element: HtmlElement) -> None:
    href = (element.get("href") or "").strip()
    for rel in (element.get("rel") or "").lower().split():
        if href:
            scan.links.setdefault(rel, []).append(href)


def _collect_title(scan: Scan, at: int, element: HtmlElement) -> None:
    parent = element.getparent()
    title = tidy(element.text, MAX_META_LENGTH)
    if title and (parent is None or parent.tag != "svg"):
        scan.titles.append(title)


def _collect_script(scan: Scan, at: int, element: HtmlElement) -> None:
    if "ld+json" in (element.get("type") or "").lower() and element.text:
        scan.json_scripts.append(element.text)


def _collect_heading(scan: Scan, at: int, element: HtmlElement) -> None:
    scan.headings.append(Spot(at=at, element=element))


def _collect_subheading(scan: Scan, at: int, element: HtmlElement) -> None:
    scan.subheadings.append(Spot(at=at, element=element))


def _collect_time(scan: Scan, at: int, element: HtmlElement) -> None:
    scan.times.append(Spot(at=at, element=element))


def _collect_anchor(scan: Scan, at: int, element: HtmlElement) -> None:
    if "author" in (element.get("rel") or "").lower() or is_author_url(element.get("href")):
        scan.author_links.append(Spot(at=at, element=element))


_BY_TAG = {
    "meta": _collect_meta,
    "link": _collect_link,
    "title": _collect_title,
    "script": _collect_script,
    "h1": _collect_heading,
    "h2": _collect_subheading,
    "h3": _collect_subheading,
    "time": _collect_time,
    "relative-time": _collect_time,
    "a": _collect_anchor,
}


def _collect_property(scan: Scan, at: int, element: HtmlElement, names: str) -> None:
    if len(scan.properties) >= MAX_PROPERTIES or (element.tag == "meta" and not element.get("itemprop")):
        return
    spot = Spot(at=at, element=element)
    scopes = tuple(_scopes(element))
    for name in names.split():
        scan.properties.append(Property(name=name.rpartition(":")[2], scopes=scopes, spot=spot))


def _scopes(element: HtmlElement) -> Iterator[str]:
    """The schema.org types of the things this element is a property of, innermost first."""
    for ancestor in element.iterancestors():
        kind = ancestor.get("itemtype") or ancestor.get("typeof")
        if kind:
            yield kind.rstrip("/").rpartition("/")[2].rpartition(":")[2]


@lru_cache(maxsize=4096)
def is_author_url(href: str | None) -> bool:
    """Whether a link's target is an author's page."""
    return bool(href and _AUTHOR_URL.search(href.lower()))


@lru_cache(maxsize=16384)
def looks_like_byline(names: str | None) -> bool:
    """Whether a class or id attribute speaks of who wrote the page."""
    return bool(names and _BYLINE_CLASS.search(names.lower()))


@lru_cache(maxsize=4096)
def looks_like_date(names: str | None) -> bool:
    """Whether a class or id attribute speaks of a date."""
    return bool(names and _DATE_CLASS.search(names.lower()))


def visible_text(element: HtmlElement, limit: int = 1000, breaks: str = " ") -> str:
    """The element's text without scripts and buttons, block elements apart by `breaks`, cut at `limit` characters."""
    parts: list[str] = []
    length, skipped = 0, None
    for event, node in islice(etree.iterwalk(element, events=("start", "end")), MAX_STEPS):
        if event == "start":
            silent = node.tag in _SILENT_TAGS or not isinstance(node.tag, str)
            if skipped is None and silent:
                skipped = node
            elif skipped is None:
                parts.append(breaks if node.tag in _BREAKING_TAGS else "")
                parts.append(node.text or "")
                length += len(parts[-1])
        else:
            if skipped is node:
                skipped = None
            if skipped is None and node is not element:
                parts.append(breaks if node.tag in _BREAKING_TAGS else "")
                parts.append(node.tail or "")
                length += len(parts[-1])
        if length > limit:
            break
    return "".join(parts)[: limit + 1].strip()
