"""What the page says of when it was published and changed: claims, best source first, unparsed.

Order measured on 815 gold pages: JSON-LD of the article, meta, microdata, any JSON-LD, `<time>` near the headline, a
visible date near it, the URL, htmldate. The date line of the visit and the copyright year are never claims.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice

from lxml.html import HtmlElement

from pipeline.cleaning.elements import NO_ELEMENT, Elements
from pipeline.cleaning.metadata.anchor import Anchor
from pipeline.cleaning.metadata.page import Page
from pipeline.cleaning.metadata.scan import Spot, looks_like_date, visible_text
from pipeline.cleaning.metadata.strings import tidy, tokens
from pipeline.records import Claim
from pipeline.times import parse_time

MAX_CLAIMS = 8
MAX_TIMES = 100
MAX_DATES = 200
MAX_LABEL_LENGTH = 40
MIN_TITLE_WORDS = 4
"""Words of a link beside a date from which it is a title; shorter ones are authors, sections and buttons."""
MAX_DATE_LENGTH = 120
"""A visible date line with its by-line; longer texts are prose that mentions a date."""

PUBLISHED_METAS = (
    "article:published_time", "article:published", "og:article:published_time", "og:published_time",
    "article.published", "parsely-pub-date", "sailthru.date", "cxenseparse:recs:publishtime",
    "cxenseparse:publishtime", "cxenseparse:articlepublishtime", "datepublished", "date.published",
    "published-date", "publish-date", "publish_date", "publication_date", "publicationdate", "pubdate",
    "publishdate", "published_time", "published_date", "published", "article_date_original", "originalpublicationdate",
    "dc.date.issued", "dcterms.issued", "dcterms.date", "dc.date", "dc.date.created", "dcterms.created",
    "citation_publication_date", "citation_date", "article.created", "date", "datecreated", "rnews:datepublished",
    "bt:pubdate", "ptime", "timestamp", "displaydate", "analyticsattributes.articledate", "release_date",
    "article:create_time", "creationdatetime", "pdate", "iso-8601-publish-date", "created",
    "dcsext.articlefirstpublished", "og:pubdate",
)  # fmt: skip
MODIFIED_METAS = (
    "article:modified_time", "og:updated_time", "article:modified", "datemodified", "last-modified", "lastmod",
    "dcterms.modified", "dc.date.modified", "revised", "modified_date", "last-updated", "updated_time",
    "article:updated_time", "utime", "moddate",
)  # fmt: skip

MAX_WORDS, MAX_WORDS_UNMARKED = 16, 8
"""How long a line with a date may be in an element that is marked as one by its class, and in any other."""

NO_TIME, A_DAY = timedelta(0), timedelta(days=1)

_DECLARED = ("json_ld", "meta", "microdata")
_NO_DATELINE = frozenset({"script", "style", "title", "h1", "option", "figcaption", "textarea"})
_MODIFIED_PROPERTIES = ("dateModified", "datemodified")
_PUBLISHED_PROPERTIES = ("datePublished", "datepublished", "pubdate", "dateCreated", "uploadDate")
_HAS_DATE = re.compile(r"(?:19|20|25)\d\d|\b\d{1,2}[./\-]\s?\d{1,2}[./\-]\s?\d\d\b|[۱१١٢২][۰-۹०-९٠-٩০-৯]{3}")
_TWO_DIGITS = re.compile(r"\d\d")
"""Every date that `_HAS_DATE` finds has them."""
_MANY_NUMBERS = re.compile(r"\d+\D+\d+|[^\x00-\x7f]")
_DIGIT = re.compile(r"\d")
_COPYRIGHT = re.compile(r"©|\(c\)|copyright|all rights|alle rechte|todos los derechos|tous droits", re.IGNORECASE)
_UPDATED = re.compile(
    r"updat|modifi|aktualis|aktualiz|actuali[sz]|atualiz|aggiorn|oppdater|opdater|uppdater|bijgewerkt|päivit|güncel|обновл|оновл|"
    r"更新|수정|diperbarui|ενημ|תאריך עדכון|עודכן|تحديث|cập nhật|frissít|last edited|reviewed",
    re.IGNORECASE,
)
_PUBLISHED = re.compile(
    r"publish|posted|veröffentlich|publi[éc]|pubblicat|gepubliceerd|publiser|publicer|opublikow|julkaist|yayın|опублик",
    re.IGNORECASE,
)
_URL_DATE = re.compile(
    r"[/\-_.](?P<y>(?:19|20)\d\d)(?P<s>[/\-_.]?)(?P<m>0?[1-9]|1[0-2])(?P=s)(?P<d>0?[1-9]|[12]\d|3[01])(?=\D|$)"
)
_URL_MONTH = re.compile(r"/(?P<y>(?:19|20)\d\d)/(?P<m>[a-z]{3,9})/(?P<d>[0-3]?\d)/")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A date that a reader sees near the headline, and whether it says of itself that it is that of a change."""

    source: str
    value: str
    is_update: bool


def date_claims(page: Page, anchor: Anchor) -> tuple[tuple[Claim, ...], tuple[Claim, ...]]:
    """All claims of the publication date but htmldate's guess, and all of the last change."""
    shown = [*_times(page, anchor), *_visible(page, anchor)]
    modified = _distinct(_modified(page, anchor, shown))
    published = _distinct(_published(page, anchor, shown))
    first = None if _is_news(page) else _shown_before(page, shown, published, modified)
    if first:
        published = (first, *(claim for claim in published if claim != first))
    return published, modified


def _published(page: Page, anchor: Anchor, shown: list[Shown]) -> Iterator[tuple[str, str]]:
    yield from page.own_values("datePublished")
    yield from page.metas(*PUBLISHED_METAS)
    yield from _microdata(page, anchor, _PUBLISHED_PROPERTIES)
    yield from _main_values(page, "datePublished")
    yield from page.own_values("dateCreated", "uploadDate")
    yield from _main_values(page, "dateCreated", "uploadDate")
    yield from ((date.source, date.value) for date in shown)
    if match := _URL_DATE.search(page.url):
        yield "url", f"{match['y']}-{int(match['m']):02}-{int(match['d']):02}"
    if match := _URL_MONTH.search(page.url):
        yield "url", f"{match['d']} {match['m']} {match['y']}"


def _modified(page: Page, anchor: Anchor, shown: list[Shown]) -> Iterator[tuple[str, str]]:
    yield from page.own_values("dateModified")
    yield from page.metas(*MODIFIED_METAS)
    yield from _microdata(page, anchor, _MODIFIED_PROPERTIES)
    yield from _main_values(page, "dateModified")
    yield from ((date.source, date.value) for date in shown if date.is_update)


def _is_news(page: Page) -> bool:
    return any("NewsArticle" in node.types for node in page.own)


def _shown_before(
    page: Page, shown: list[Shown], published: tuple[Claim, ...], modified: tuple[Claim, ...]
) -> Claim | None:
    """The date near the headline, where the declared one is later and not shown, or is that of the last change.

    Site builders and moves to another site renew `datePublished`: of the gold pages that declare so, 10 of 11 mean the
    date they show. A day's difference may be a time zone's, unless the declared date is that of the last change. News
    sites do not renew it: there the date shown was a neighbour's on 3 of 4.
    """
    moments = [(date, moment) for date in shown if (moment := parse_time(date.value, page.language))]
    date, seen = next(((date, moment) for date, moment in moments if not date.is_update), (None, None))
    declared = next((claim for claim in published if claim.source.startswith(_DECLARED)), None)
    stated = parse_time(declared.value, page.language) if declared else None
    if date is None or seen is None or stated is None:
        return None
    changes = (parse_time(claim.value, page.language) for claim in modified if claim.source.startswith(_DECLARED))
    changed = next(filter(None, changes), None)
    is_renewed = changed is not None and changed.day <= stated.day
    is_shown = any(moment.day == stated.day for _, moment in moments)
    may_be_other = date.source == "visible" or is_shown
    if stated.day - seen.day <= (NO_TIME if is_renewed else A_DAY) or (may_be_other and not is_renewed):
        return None
    return next((claim for claim in published if claim.value == tidy(date.value)), None)


def _main_values(page: Page, *names: str) -> Iterator[tuple[str, str]]:
    for name in names:
        for node in page.main_nodes():
            yield f"json_ld:{name}", page.jsonld.text(node.data.get(name))


def _microdata(page: Page, anchor: Anchor, names: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for item in page.scan.properties:
        element = item.spot.element
        if item.name in names and not anchor.is_amid_noise(item.spot.at):
            stated = element.get("datetime") or element.get("content") or visible_text(element, MAX_DATE_LENGTH)
            if parse_time(stated, page.language):
                yield f"microdata:{item.name}", stated


def _times(page: Page, anchor: Anchor) -> list[Shown]:
    """`<time>` elements near the headline, those first that do not say that they are of a change."""
    spots = [spot for spot in page.scan.times[:MAX_TIMES] if anchor.is_near(spot.at)]
    spots = [spot for spot in spots if not _is_elsewheres(spot.at, anchor)] or _labelled(page, anchor)
    dates: list[tuple[bool, int, str]] = []
    for spot in spots:
        stated = spot.element.get("datetime") or visible_text(spot.element, MAX_DATE_LENGTH)
        if parse_time(stated, page.language):
            dates.append((_is_update(spot.element, _label(spot.element)), anchor.distance(spot.at), stated))
    dates.sort(key=lambda date: date[:2])
    return [Shown(source="time", value=stated, is_update=is_update) for is_update, _, stated in dates]


def _labelled(page: Page, anchor: Anchor) -> list[Spot]:
    """The `<time>` that says of itself that it is that of publication, where the page has just one."""
    labelled = [spot for spot in page.scan.times[:MAX_TIMES] if _PUBLISHED.search(_label(spot.element))]
    own = [spot for spot in labelled if not _is_elsewheres(spot.at, anchor)]
    return own if len(own) == 1 else []


def days_of_others(page: Page, anchor: Anchor) -> frozenset[str]:
    """The days that stand only in the head of the site or in other stories' teasers, so that no guess takes one."""
    scan = page.scan
    texts = enumerate(scan.elements.texts(range(len(scan.elements))))
    stated = ((at, scan.datetimes.get(at) or text) for at, (text, _) in texts)
    dated = islice(((at, text) for at, text in stated if text and _may_be_dateline(text)), MAX_DATES)
    days: dict[bool, set[str]] = {True: set(), False: set()}
    for at, text in dated:
        if moment := parse_time(text, page.language):
            days[_is_sites(at, anchor) or _is_anothers(at, anchor)].add(moment.value[:10])
    return frozenset(days[True] - days[False])


def _is_update(element: HtmlElement, label: str) -> bool:
    """Whether a date says of itself that it is that of a change."""
    names = f"{element.get('class') or ''} {element.get('itemprop') or ''} {element.get('title') or ''}"
    return bool(_UPDATED.search(names) or _UPDATED.search(label))


def _label(element: HtmlElement) -> str:
    """What stands before a date in the element around it, from the date before on: that has a label of its own."""
    parent = element.getparent()
    around = visible_text(parent, 200) if parent is not None else ""
    before = around.partition(visible_text(element, 100) or "\0")[0]
    return _DIGIT.split(before)[-1][-MAX_LABEL_LENGTH:]


def _is_elsewheres(at: int, anchor: Anchor) -> bool:
    """Whether a date is the visit's or another story's."""
    return _is_sites(at, anchor) or anchor.is_amid_noise(at) or _is_anothers(at, anchor)


def _is_sites(at: int, anchor: Anchor) -> bool:
    """Whether a date stands in the head of the site: it then was that of the visit on 4 of 4 gold pages."""
    elements = anchor.scan.elements
    header = elements.around(at, "header")
    if header == NO_ELEMENT or header in anchor.around:
        return False
    return elements.around(header, "article") == NO_ELEMENT


def _is_anothers(at: int, anchor: Anchor) -> bool:
    """Whether a date stands in another story's teaser: in an article of its own, or beside a linked title in a list."""
    scan = anchor.scan
    item = scan.elements.around(at, "li", "tr")
    if item == NO_ELEMENT or item in anchor.around:
        return anchor.is_in_another_article(at)
    links = map(scan.elements.__getitem__, scan.within(item, "a"))
    return any(len(tokens(visible_text(link, MAX_DATE_LENGTH))) >= MIN_TITLE_WORDS for link in links)


def _visible(page: Page, anchor: Anchor) -> list[Shown]:
    """Short lines with a date near the headline: first those of elements marked as dates, then any."""
    lines: list[tuple[bool, bool, int, str]] = []
    scan = page.scan
    for at, owner, text, is_tail in _dated_texts(scan.elements, anchor.window()):
        if owner == NO_ELEMENT or scan.tags[owner] in _NO_DATELINE:
            continue
        above = scan.parents[owner]
        around = scan.classes[above] if above != NO_ELEMENT else None
        marked = any(looks_like_date(name) for name in (scan.classes[owner], scan.ids[owner], around))
        line = tidy(text)
        short = len(line.split()) <= (MAX_WORDS if marked else MAX_WORDS_UNMARKED)
        if short and not _is_elsewheres(owner, anchor) and parse_time(line, page.language):
            label = "" if is_tail else _label(scan.elements[owner])
            if _COPYRIGHT.search(label):
                continue
            is_update = bool(_UPDATED.search(line)) or (not is_tail and _is_update(scan.elements[owner], label))
            lines.append((is_update, not marked, anchor.distance(at), line))
    return [
        Shown(source="visible" if unmarked else "dateline", value=line, is_update=is_update)
        for is_update, unmarked, _, line in sorted(lines)
    ]


def _dated_texts(elements: Elements, window: range) -> Iterator[tuple[int, int, str, bool]]:
    """The texts that may be a line with a date, each with its place, its element, and whether it follows another."""
    for at, (text, tail) in zip(window, elements.texts(window), strict=True):
        if text and _may_be_dateline(text):
            yield at, at, text, False
        if tail and _may_be_dateline(tail):
            yield at, elements.parents[at], tail, True


def _may_be_dateline(text: str) -> bool:
    return (
        len(text) <= MAX_DATE_LENGTH
        and _TWO_DIGITS.search(text) is not None
        and bool(_HAS_DATE.search(text))
        and bool(_MANY_NUMBERS.search(text))
        and not _COPYRIGHT.search(text)
    )


def _distinct(claims: Iterable[tuple[str, str]]) -> tuple[Claim, ...]:
    seen: set[str] = set()
    kept: list[Claim] = []
    for source, value in claims:
        text = tidy(value, MAX_DATE_LENGTH)
        if text and text not in seen and any(map(str.isdigit, text)):
            seen.add(text)
            kept.append(Claim(source=source, value=text))
            if len(kept) == MAX_CLAIMS:
                break
    return tuple(kept)
