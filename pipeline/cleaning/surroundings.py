"""What stands in the story besides its text: links to other sites, and pictures with their captions."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import islice
from urllib.parse import urljoin

from lxml.html import HtmlElement

from pipeline.cleaning.blocks import CHROME_TAGS, INLINE_TAGS, Line
from pipeline.cleaning.elements import NO_ELEMENT
from pipeline.cleaning.metadata.declared import STAND_IN
from pipeline.cleaning.metadata.scan import Scan, visible_text
from pipeline.cleaning.metadata.strings import tidy
from pipeline.errors import Reject
from pipeline.records import Image, LinkedDomain
from pipeline.urls import absolute_url, path_of, registrable_domain

MAX_LINKS = 2000
"""Links of a page that are looked at; a news page has some hundreds."""
MAX_DOMAINS = 50
MAX_PICTURES = 300
"""Pictures that are looked at."""
MAX_IMAGES = 30
MAX_CAPTION = 500
MAX_DEPTH = 200
MIN_SIDE = 100
"""Pixels, where the page states them: what is smaller is an icon or a face beside a by-line."""

MAX_REMEMBERED = 100
"""Characters of the longest class name or id of which is remembered what it tells."""

_OTHER, _FIGURE = 1, 2
_SOURCES = ("data-src", "data-original", "data-lazy-src", "src")
_PICTURE_FILE = re.compile(r"\.(?:jpe?g|png|webp|avif|gif)(?:$|[?#])", re.IGNORECASE)
_CAPTION_CLASS = re.compile(r"caption|bildunterschrift|legende|didascalia|pie-?(?:de-)?foto", re.IGNORECASE)
_OTHER_PART = re.compile(
    r"related|recommend|teaser|promo|newsletter|author|avatar|byline|sidebar|share|social|most-?read", re.I
)


def linked_domains(scan: Scan, url: str, kept: Sequence[Line]) -> tuple[int, tuple[LinkedDomain, ...]]:
    """How many links of the story lead to other sites, and where to, the most frequent first."""
    blocks = {line.at for line in kept if line.link_share} - {NO_ELEMENT}
    own = registrable_domain(url)
    counts: Counter[str] = Counter()
    known: dict[str, str] = {}
    for at, stated in islice(zip(scan.places.get("a", ()), scan.hrefs, strict=True), MAX_LINKS) if blocks else ():
        href = (stated or "").strip()
        if href[:4].lower() == "http" or href[:2] == "//":
            if _block_of(scan, at) not in blocks:
                continue
            scheme, slashes, rest = href.partition("//")
            site = scheme + slashes + rest.partition("/")[0]
            if site not in known:
                known[site] = _domain_of(site, url)
            if domain := known[site]:
                counts[domain] += domain != own
    found = sorted(((domain, count) for domain, count in counts.items() if count), key=lambda pair: (-pair[1], pair[0]))
    domains = tuple(LinkedDomain(domain=domain, count=count) for domain, count in found[:MAX_DOMAINS])
    return counts.total(), domains


def _block_of(scan: Scan, at: int) -> int:
    """The number of the block in which an element stands."""
    while at != NO_ELEMENT and scan.tags[at] in INLINE_TAGS:
        at = scan.parents[at]
    return at


def _domain_of(site: str, url: str) -> str:
    """The registrable domain of a link to another host; "" when the link is none, such as "http://[a"."""
    try:
        return registrable_domain(urljoin(url, site) if site[0] == "/" else site)
    except ValueError:
        return ""


def story_images(scan: Scan, url: str, kept: Sequence[Line], headline: Line | None) -> tuple[Image, ...]:
    """The pictures in the element that holds the story and its headline, without those that lead to other pages."""
    held = [line.at for line in kept if line.at != NO_ELEMENT]
    if not held:
        return ()
    ends = [held[0], held[-1]]
    if headline is not None and headline.at != NO_ELEMENT:
        ends.append(headline.at)
    holder = _common_holder(scan, ends)
    found: dict[str, Image] = {}
    known: dict[int, int] = {}
    for at in scan.within(holder, "img", "amp-img")[:MAX_PICTURES] if holder != NO_ELEMENT else ():
        figure = _figure(scan, at, holder, known) if len(found) < MAX_IMAGES else NO_ELEMENT
        source = _source(scan.elements[at], url) if figure != NO_ELEMENT else None
        if source and source not in found:
            found[source] = Image(url=source, caption=_caption(scan.elements[figure]) or None)
    return tuple(found.values())


def _common_holder(scan: Scan, held: Sequence[int]) -> int:
    """The innermost element that stands above all of them; none stands above the root."""
    holder = scan.parents[held[0]]
    while holder != NO_ELEMENT and not all(at != holder and scan.elements.holds(holder, at) for at in held):
        holder = scan.parents[holder]
    return holder


def _source(picture: HtmlElement, url: str) -> str | None:
    for side in ("width", "height"):
        stated = picture.get(side) or ""
        if stated.isdecimal() and int(stated[:6]) < MIN_SIDE:
            return None
    for name in _SOURCES:
        source = (picture.get(name) or "").strip()
        if source and not source.startswith("data:"):
            try:
                found = absolute_url(url, source)
            except (ValueError, Reject):
                continue
            path = path_of(found)
            return None if path.endswith(".svg") or STAND_IN.search(path) else found
    return None


def _figure(scan: Scan, picture: int, holder: int, known: dict[int, int]) -> int:
    """The picture's figure, or what stands for one; none when the picture belongs to something else.

    `known` remembers what the elements around are: many pictures stand in the same ones.
    """
    figure = picture
    for at in islice(scan.elements.above(scan.parents[picture]), MAX_DEPTH):
        if at == holder:
            break
        if at not in known:
            known[at] = _told_by(scan, at)
        if known[at] & _OTHER:
            return NO_ELEMENT
        if known[at] & _FIGURE and figure == picture:
            figure = at
    return figure


def _told_by(scan: Scan, at: int) -> int:
    """Whether an element is a figure, or makes what stands in it a part of something else: of the frame, or a link."""
    tag = scan.tags[at]
    told = _FIGURE if tag == "figure" else _OTHER if tag in CHROME_TAGS else 0
    for name in f"{scan.classes[at] or ''} {scan.ids[at] or ''}".split():
        told |= _told_by_name(name) if len(name) <= MAX_REMEMBERED else _told_by_name.__wrapped__(name)
    if tag == "a" and not _PICTURE_FILE.search(scan.elements[at].get("href") or ""):
        told |= _OTHER
    return told


@lru_cache(maxsize=8192)
def _told_by_name(name: str) -> int:
    """No pattern spans a space, so each name is asked once for all pages."""
    return _OTHER * (_OTHER_PART.search(name) is not None) | _FIGURE * (_CAPTION_CLASS.search(name) is not None)


def _caption(figure: HtmlElement) -> str:
    return next(
        (text for each in _captions(figure) if (text := tidy(visible_text(each, MAX_CAPTION), MAX_CAPTION))), ""
    )


def _captions(figure: HtmlElement) -> Iterator[HtmlElement]:
    yield from figure.iter("figcaption")
    if figure.tag != "figure":
        yield from (each for each in figure.iter("p", "div", "span") if _CAPTION_CLASS.search(each.get("class") or ""))
