"""What the page says of when it was published and changed: claims, best source first, unparsed.

Order measured on 815 gold pages: JSON-LD of the article, meta, microdata, any JSON-LD, `<time>` near the headline, a
visible date near it, the URL, htmldate. The date line of the visit and the copyright year are never claims.
"""

import re
from collections.abc import Iterable, Iterator

from lxml.html import HtmlElement

from pipeline.cleaning.jsonld import JsonLd, Node
from pipeline.cleaning.scan import Scan, Spot, is_amid_noise, looks_like_date, visible_text
from pipeline.cleaning.strings import tidy
from pipeline.records import Claim

MAX_CLAIMS = 8
MAX_DATE_LENGTH = 120
"""A visible date line with its by-line; longer texts are prose that mentions a date."""

ELEMENTS_BEFORE, ELEMENTS_AFTER = 40, 160
"""How far from the h1 a date may stand, in elements."""

PUBLISHED_METAS = (
    "article:published_time", "article:published", "og:article:published_time", "og:published_time", "article.published",
    "parsely-pub-date", "sailthru.date", "cxenseparse:recs:publishtime", "cxenseparse:publishtime", "cxenseparse:articlepublishtime",
    "datepublished", "date.published", "published-date", "publish-date", "publish_date", "publication_date", "publicationdate", "pubdate",
    "publishdate", "published_time", "published_date", "article_date_original", "originalpublicationdate", "dc.date.issued", "dcterms.issued",
    "dcterms.date", "dc.date", "dc.date.created", "dcterms.created", "citation_publication_date", "citation_date", "article.created",
    "date", "datecreated", "rnews:datepublished", "bt:pubdate", "ptime", "timestamp", "displaydate", "analyticsattributes.articledate",
    "release_date", "article:create_time", "creationdatetime", "pdate", "iso-8601-publish-date", "created", "dcsext.articlefirstpublished",
    "og:pubdate",
)  # fmt: skip
MODIFIED_METAS = (
    "article:modified_time", "og:updated_time", "article:modified", "datemodified", "last-modified", "lastmod", "dcterms.modified",
    "dc.date.modified", "revised", "modified_date", "last-updated", "updated_time", "article:updated_time", "utime", "moddate",
)  # fmt: skip

_PUBLISHED_PROPERTIES = ("datePublished", "datepublished", "pubdate", "dateCreated", "uploadDate")
_HAS_DATE = re.compile(r"(?:19|20|25)\d\d|\b\d{1,2}[./\-]\s?\d{1,2}[./\-]\s?\d\d\b|[۱१١٢২][۰-۹०-९٠-٩০-৯]{3}")
_MANY_NUMBERS = re.compile(r"\d+\D+\d+|[^\x00-\x7f]")
_COPYRIGHT = re.compile(r"©|\(c\)|copyright|all rights|alle rechte|todos los derechos|tous droits", re.IGNORECASE)
_UPDATED = re.compile(
    r"updat|modifi|aktualis|aktualiz|actuali[sz]|atualiz|aggiorn|oppdater|opdater|uppdater|bijgewerkt|päivit|güncel|обновл|оновл|"
    r"更新|수정|diperbarui|ενημ|תאריך עדכון|עודכן|تحديث|cập nhật|frissít|last edited|reviewed",
    re.IGNORECASE,
)
_URL_DATE = re.compile(r"[/\-_.](?P<y>(?:19|20)\d\d)(?P<s>[/\-_.]?)(?P<m>0?[1-9]|1[0-2])(?P=s)(?P<d>0?[1-9]|[12]\d|3[01])(?=\D|$)")


def published_claims(scan: Scan, jsonld: JsonLd, own: list[Node], anchor: int | None, url: str) -> tuple[Claim, ...]:
    """All claims of the publication date but htmldate's guess, which is the caller's last resort."""
    return _distinct(_published(scan, jsonld, own, anchor, url))


def modified_claims(scan: Scan, jsonld: JsonLd, own: list[Node]) -> tuple[Claim, ...]:
    """All claims of the time of the last change."""
    return _distinct(_modified(scan, jsonld, own))


def _published(scan: Scan, jsonld: JsonLd, own: list[Node], anchor: int | None, url: str) -> Iterator[tuple[str, str]]:
    for node in own:
        yield "json_ld:datePublished", jsonld.text(node.data.get("datePublished"))
    yield from ((f"meta:{name}", value) for name, value in scan.meta(*PUBLISHED_METAS))
    yield from _microdata(scan, _PUBLISHED_PROPERTIES)
    for node in jsonld.nodes:
        if not node.aside:
            yield "json_ld:datePublished", jsonld.text(node.data.get("datePublished"))
    for node in (*own, *(node for node in jsonld.nodes if not node.aside)):
        yield "json_ld:dateCreated", jsonld.text(node.data.get("dateCreated") or node.data.get("uploadDate"))
    yield from _times(scan, anchor)
    yield from _visible(scan, anchor)
    if match := _URL_DATE.search(url):
        yield "url", f"{match['y']}-{int(match['m']):02}-{int(match['d']):02}"


def _modified(scan: Scan, jsonld: JsonLd, own: list[Node]) -> Iterator[tuple[str, str]]:
    for node in own:
        yield "json_ld:dateModified", jsonld.text(node.data.get("dateModified"))
    yield from ((f"meta:{name}", value) for name, value in scan.meta(*MODIFIED_METAS))
    yield from _microdata(scan, ("dateModified", "datemodified"))
    for node in jsonld.nodes:
        if not node.aside:
            yield "json_ld:dateModified", jsonld.text(node.data.get("dateModified"))


def _microdata(scan: Scan, names: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for item in scan.properties:
        if item.name in names and not is_amid_noise(item.spot.element):
            element = item.spot.element
            value = element.get("datetime") or element.get("content") or visible_text(element, MAX_DATE_LENGTH)
            yield f"microdata:{item.name}", value


def _times(scan: Scan, anchor: int | None) -> Iterator[tuple[str, str]]:
    """`<time>` elements, those near the headline first; without a headline those of the content."""
    spots = [spot for spot in scan.times if not is_amid_noise(spot.element)]
    near = sorted((spot for spot in spots if is_near(spot.at, anchor)), key=lambda spot: _distance(spot.at, anchor))
    stated = [spot for spot in near if not _is_update(spot.element)]
    for spot in (*stated, *(spot for spot in near if spot not in stated)):
        yield "time", spot.element.get("datetime") or visible_text(spot.element, MAX_DATE_LENGTH)


def is_near(at: int, anchor: int | None) -> bool:
    """Whether a place is near the headline; without one every place is."""
    return anchor is None or -ELEMENTS_BEFORE <= at - anchor <= ELEMENTS_AFTER


def _distance(at: int, anchor: int | None) -> int:
    """Elements between a place and the headline; what stands before the headline counts four times."""
    if anchor is None:
        return at
    return at - anchor if at >= anchor else 4 * (anchor - at)


def _is_update(element: HtmlElement) -> bool:
    """Whether a date says of itself that it is that of a change."""
    parent = element.getparent()
    around = visible_text(parent, 200) if parent is not None else ""
    label = f"{element.get('class') or ''} {element.get('itemprop') or ''} {element.get('title') or ''}"
    before = around.partition(visible_text(element, 100) or "\0")[0]
    return bool(_UPDATED.search(label) or _UPDATED.search(before[-40:]))


def _visible(scan: Scan, anchor: int | None) -> Iterator[tuple[str, str]]:
    """Short lines with a date near the headline: first those of elements marked as dates, then any."""
    if anchor is None:
        return
    window = scan.elements[max(0, anchor - ELEMENTS_BEFORE) : anchor + ELEMENTS_AFTER]
    start = max(0, anchor - ELEMENTS_BEFORE)
    lines: list[tuple[bool, int, str]] = []
    for at, element in enumerate(window, start):
        for text in (element.text, element.tail):
            if text and len(text) <= MAX_DATE_LENGTH and _HAS_DATE.search(text) and _is_dateline(text):
                owner = element if text is element.text else element.getparent()
                if owner is None or owner.tag in ("script", "style", "title", "h1", "option") or is_amid_noise(owner):
                    continue
                marked = looks_like_date(owner.get("class")) or looks_like_date(owner.get("id")) or looks_like_date(_parent_class(owner))
                lines.append((not marked, _distance(at, anchor), tidy(text)))
    lines.sort(key=lambda line: (bool(_UPDATED.search(line[2])), line[0], line[1]))
    for unmarked, _, text in lines:
        yield ("visible" if unmarked else "dateline"), text


def _parent_class(element: HtmlElement) -> str | None:
    parent = element.getparent()
    return parent.get("class") if parent is not None else None


def _is_dateline(text: str) -> bool:
    return bool(_MANY_NUMBERS.search(text)) and not _COPYRIGHT.search(text) and len(text.split()) <= 16


def _distinct(claims: Iterable[tuple[str, str]]) -> tuple[Claim, ...]:
    seen: set[str] = set()
    kept: list[Claim] = []
    for source, value in claims:
        text = tidy(value, MAX_DATE_LENGTH)
        if text and any(c.isdigit() for c in text) and text not in seen:
            seen.add(text)
            kept.append(Claim(source=source, value=text))
            if len(kept) == MAX_CLAIMS:
                break
    return tuple(kept)
