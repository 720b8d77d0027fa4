"""The authors of a page from all places that name them, in the order of their reliability (see `bylines`)."""

import re
from collections.abc import Callable, Iterator
from typing import TypeAlias

from lxml.html import HtmlElement

from pipeline.cleaning.anchor import Anchor
from pipeline.cleaning.bylines import (
    MAX_BYLINE_LENGTH,
    Named,
    choose_authors,
    clean_declared,
    looks_like_person,
    names_in_byline,
    starts_like_byline,
)
from pipeline.cleaning.headline import dissent
from pipeline.cleaning.jsonld import Json, JsonLd
from pipeline.cleaning.page import Page
from pipeline.cleaning.scan import Scan, is_author_url, visible_text
from pipeline.cleaning.strings import tidy
from pipeline.records import Author, Claim, Provenance

AUTHOR_METAS = (
    "author", "article:author", "article:author_name", "parsely-author", "sailthru.author", "dc.creator",
    "dcterms.creator", "byl", "cxenseparse:author", "article.author", "citation_author", "authors",
    "og:article:author", "dc.creator.personalname", "article_author",
)  # fmt: skip
LINKS_TOGETHER = 12
"""Elements between two links to authors of one by-line."""
MAX_LINE_LENGTH = 150
MAX_BYLINES = 50
NAME_LINE_WINDOW = 60
LONG_PARAGRAPH = 80
"""Characters from which a paragraph is the story's own."""

_ORGANISATION_TYPES = ("Organization", "Corporation", "NewsMediaOrganization", "OrganizationRole", "Brand")
_PARTS = re.compile(r"\s*[|•·]\s*")
_LINE_TAGS = frozenset(
    ("p", "div", "span", "li", "address", "small", "strong", "b", "em", "i",
     "a", "cite", "h2", "h3", "h4", "h5", "td", "font")
)  # fmt: skip


Source: TypeAlias = tuple[str, Callable[[], list[Named]]]


def read_authors(page: Page, anchor: Anchor, site_names: list[str]) -> tuple[tuple[Author, ...], Provenance] | None:
    """The authors and where they are named; what the other declared sources say is the dissent."""
    declared: list[Source] = [
        ("json_ld:author", lambda: _from_jsonld(page)),
        ("meta:author", lambda: _from_metas(page.scan)),
        ("microdata:author", lambda: _from_microdata(page.scan, anchor)),
    ]
    visible: list[Source] = [
        ("byline", lambda: _from_bylines(page.scan, anchor)),
        ("by", lambda: _from_lines(page.scan, anchor)),
        ("author_link", lambda: _from_links(page.scan, anchor)),
        ("name_line", lambda: _from_name_lines(page.scan, anchor)),
    ]
    chosen = choose_authors([*declared, *visible], site_names)
    if chosen is None:
        return None
    source, names = chosen
    said = (Claim(source=name, value="; ".join(n.name for n in read())) for name, read in declared if name != source)
    others = dissent("; ".join(named.name for named in names), (claim for claim in said if claim.value))
    authors = tuple(Author(name=named.name, url=page.absolute(named.url)) for named in names)
    return authors, Provenance(source=source, dissent=others)


def _from_jsonld(page: Page) -> list[Named]:
    """The article's authors; else those of the page that holds it, for some sites name them only there."""
    values = [node.data.get(name) for node in page.own for name in ("author", "creator")]
    values += [node.data.get("author") for node in page.main_nodes()]
    for value in values:
        if names := list(_jsonld_names(page.jsonld, value)):
            return names
    return []


def _jsonld_names(jsonld: JsonLd, value: Json) -> Iterator[Named]:
    items = list(jsonld.each(value))
    if len(items) == 1 and isinstance(items[0], dict) and isinstance(listed := items[0].get("name"), list):
        items = listed
    for item in items:
        link: str | None = None
        kinds: list[Json] = []
        if isinstance(item, dict):
            stated = item.get("@type")
            link, kinds = jsonld.link(item) or None, stated if isinstance(stated, list) else [stated]
        for name in clean_declared(jsonld.text(item), split=len(items) == 1):
            yield Named(name=name, url=link, is_organisation=any(kind in _ORGANISATION_TYPES for kind in kinds))


def _from_metas(scan: Scan) -> list[Named]:
    for meta in AUTHOR_METAS:
        values = [value for value in scan.metas.get(meta, ()) if "://" not in value and not value.startswith("/")]
        names = [name for value in values for name in clean_declared(value, split=len(values) == 1)]
        if names:
            return [Named(name=name) for name in names]
    return []


def _from_microdata(scan: Scan, anchor: Anchor) -> list[Named]:
    names: list[Named] = []
    for item in [item for item in scan.properties if item.name == "author"][:MAX_BYLINES]:
        element = item.spot.element
        if not anchor.is_amid_noise(element):
            link = element.get("href") or next((a.get("href") for a in element.iter("a")), None)
            names += [Named(name=name, url=link) for name in names_in_byline(_microdata_name(scan, element))]
    return names


def _microdata_name(scan: Scan, author: HtmlElement) -> str:
    """The name property inside the author, else all its text."""
    for item in scan.properties if author.get("itemscope") is not None else ():
        element = item.spot.element
        if item.name == "name" and author in element.iterancestors():
            return element.get("content") or visible_text(element, MAX_BYLINE_LENGTH)
    return author.get("content") or visible_text(author, MAX_BYLINE_LENGTH, breaks="\n")


def _from_bylines(scan: Scan, anchor: Anchor) -> list[Named]:
    """Names in elements whose class speaks of the author, those after the headline first, innermost first."""
    spots = [spot for spot in scan.bylines if anchor.is_near(spot.at) and not anchor.is_amid_noise(spot.element)]
    spots.sort(key=lambda spot: (anchor.at is not None and spot.at < anchor.at, spot.at))
    for spot in spots[:MAX_BYLINES]:
        if names := _names_in(spot.element):
            return names
    return []


def _names_in(element: HtmlElement) -> list[Named]:
    links = [a for a in element.iter("a") if "author" in (a.get("rel") or "") or is_author_url(a.get("href"))]
    linked = [Named(name=name, url=a.get("href")) for a in links for name in names_in_byline(visible_text(a, 120))]
    if linked:
        return linked
    text = visible_text(element, MAX_BYLINE_LENGTH, breaks="\n")
    if len(text) > MAX_BYLINE_LENGTH:
        return []
    lines = [line for line in text.split("\n") if line.strip()]
    for line in (" ".join(lines[:2]), *lines) if lines and len(lines[0].split()) == 1 else lines:
        if names := names_in_byline(line):
            return [Named(name=name) for name in names]
    return []


def _from_lines(scan: Scan, anchor: Anchor) -> list[Named]:
    """Names in an unmarked line near the headline, or a part of one, that begins with "By", "Von", "Por" …"""
    for _, element in anchor.window(scan, before=20):
        lines = [element.tail] if _holds_byline(element.tail) else []
        if element.tag in _LINE_TAGS and _holds_byline(element.text):
            lines.insert(0, visible_text(element, MAX_BYLINE_LENGTH))
        for part in (part for line in lines if len(tidy(line)) <= MAX_LINE_LENGTH for part in _PARTS.split(tidy(line))):
            names = names_in_byline(part) if starts_like_byline(part) else []
            if names and not anchor.is_amid_noise(element):
                return [Named(name=name) for name in names]
    return []


def _holds_byline(text: str | None) -> bool:
    """Whether a text has a part that begins as by-lines do; the name may stand in the next element."""
    if not text or len(text) > MAX_LINE_LENGTH or text.isspace():
        return False
    return any(starts_like_byline(part.strip() + " ") for part in _PARTS.split(text))


def _from_links(scan: Scan, anchor: Anchor) -> list[Named]:
    """Names of the first links to authors' pages, as long as they stand together."""
    names: list[Named] = []
    last: int | None = None
    for spot in scan.author_links:
        if not anchor.is_near(spot.at) or anchor.is_amid_noise(spot.element):
            continue
        if last is not None and spot.at - last > LINKS_TOGETHER:
            break
        found = names_in_byline(visible_text(spot.element, 120))
        names += [Named(name=name, url=spot.element.get("href")) for name in found]
        last = spot.at if names else None
    return names


def _from_name_lines(scan: Scan, anchor: Anchor) -> list[Named]:
    """A person's name alone in bold above the first paragraph, as newspapers without a by-line field put it.

    A name beside the date, or in bold anywhere, was tried too: 5 of 27 on 711 pages were the author's.
    """
    for _, element in anchor.window(scan, after=NAME_LINE_WINDOW, before=0):
        if element.tag == "p" and len(visible_text(element, LONG_PARAGRAPH)) >= LONG_PARAGRAPH:
            break
        text = tidy(element.text, 200)
        parent = element.getparent()
        if element.tag in ("strong", "b") and parent is not None and parent.tag == "p" and text:
            alone = tidy(visible_text(parent, 200)) == text
            names = [name for name in text.split("/") if looks_like_person(name.strip())]
            if alone and len(names) == text.count("/") + 1 and not anchor.is_amid_noise(element):
                return [Named(name=name.strip()) for name in names]
    return []
