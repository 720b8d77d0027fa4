"""The authors of a page from all places that name them, in the order of their reliability (see `bylines`)."""

from collections.abc import Iterator
from functools import cache

from lxml.html import HtmlElement

from pipeline.cleaning.metadata.anchor import Anchor
from pipeline.cleaning.metadata.byline_places import (
    from_bylines,
    from_elsewhere,
    from_lines,
    from_links,
    from_marks,
    from_name_lines,
    from_named_twice,
)
from pipeline.cleaning.metadata.bylines import (
    MAX_BYLINE_LENGTH,
    Named,
    Rank,
    Source,
    choose_authors,
    clean_declared,
    distinct,
    is_by_label,
    looks_like_person,
    names_in_byline,
)
from pipeline.cleaning.metadata.headline import dissent
from pipeline.cleaning.metadata.jsonld import Json, JsonLd
from pipeline.cleaning.metadata.page import Page
from pipeline.cleaning.metadata.scan import Scan, visible_text
from pipeline.records import Author, Claim, Provenance

AUTHOR_METAS = (
    "author", "article:author", "article:author_name", "parsely-author", "sailthru.author", "dc.creator",
    "dcterms.creator", "byl", "cxenseparse:author", "article.author", "citation_author", "authors",
    "og:article:author", "dc.creator.personalname", "article_author",
)  # fmt: skip
MAX_PROPERTIES = 50

_ORGANISATION_TYPES = ("Organization", "Corporation", "NewsMediaOrganization", "OrganizationRole", "Brand")


def read_authors(page: Page, anchor: Anchor, site_names: list[str]) -> tuple[tuple[Author, ...], Provenance] | None:
    """The authors and where they are named; what the other declared sources and the marked by-line say is the dissent.

    By-lines without a mark are read only where they are needed: they cost a search of the page. What is read for its
    dissent too is read once.
    """
    scan = page.scan
    bylines = cache(lambda: from_bylines(scan, anchor))
    declared = [
        Source(name="json_ld:author", read=cache(lambda: _from_jsonld(page))),
        Source(name="meta:author", read=cache(lambda: _from_metas(scan))),
        Source(name="meta:twitter:data", read=cache(lambda: _from_labels(scan))),
        Source(name="microdata:author", read=cache(lambda: _from_microdata(scan, anchor))),
    ]
    visible = [
        Source(name="byline", read=bylines),
        Source(name="by", read=lambda: from_lines(scan, anchor)),
        Source(name="author_link", read=lambda: from_links(scan, anchor)),
        Source(name="name_line", read=lambda: from_name_lines(scan, anchor), at_most=Rank.ORGANISATION),
        Source(name="credit_mark", read=lambda: from_marks(scan, anchor), at_most=Rank.NOBODY),
        Source(name="named_twice", read=lambda: from_named_twice(scan, anchor), at_most=Rank.NOBODY),
        Source(name="byline_elsewhere", read=lambda: from_elsewhere(scan, anchor), at_most=Rank.NOBODY),
    ]
    chosen = choose_authors([*declared, *visible], site_names)
    if chosen is None:
        return None
    source, names = chosen
    said = [Claim(source=s.name, value=_wording(s.read())) for s in declared if s.name != source]
    shown = [] if source == "byline" else [n for n in distinct(bylines()) if looks_like_person(n.name)]
    said.append(Claim(source="byline", value=_wording(shown)))
    others = dissent(_wording(names), (claim for claim in said if claim.value))
    authors = tuple(Author(name=named.name, url=page.absolute(named.url)) for named in names)
    return authors, Provenance(source=source, dissent=others)


def _wording(names: list[Named]) -> str:
    return "; ".join(named.name for named in names)


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


def _from_labels(scan: Scan) -> list[Named]:
    """The author among the labelled values that a page gives for previews of links to it: "Written by", "Nora Reed"."""
    for number in ("1", "2"):
        for (_, label), (_, value) in zip(
            scan.meta(f"twitter:label{number}"), scan.meta(f"twitter:data{number}"), strict=False
        ):
            if is_by_label(label):
                return [Named(name=name) for name in clean_declared(value, split=True)]
    return []


def _from_microdata(scan: Scan, anchor: Anchor) -> list[Named]:
    names: list[Named] = []
    for item in [item for item in scan.properties if item.name == "author"][:MAX_PROPERTIES]:
        element = item.spot.element
        if not anchor.is_amid_noise(item.spot.at):
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
