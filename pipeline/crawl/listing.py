"""What a fetched feed, sitemap, section page or URL list offers: the one result type of all its readers."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import urldefrag, urljoin

from pipeline.errors import Reject
from pipeline.text import collapse, excerpt
from pipeline.urls import MAX_URL_LENGTH, check_url

MAX_TITLE = 300
MAX_STATED = 100
"""Of a date or language as stated."""


class Trouble(StrEnum):
    """What was wrong with a listing, or with single entries of it. A closed set: these are metric labels."""

    NOT_A_LISTING = "not_a_listing"
    """The body is no feed, sitemap or page at all."""
    MALFORMED = "malformed"
    """Broken syntax; what was readable is in the listing."""
    TOO_LARGE = "too_large"
    TOO_MANY_ENTRIES = "too_many_entries"
    ENTITIES = "entities"
    """It declares XML entities and is refused as a whole."""
    BOMB = "bomb"
    """It unpacks, or nests, to more than any honest one."""
    NO_URL = "no_url"
    BAD_URL = "bad_url"
    URL_TOO_LONG = "url_too_long"
    REPEATED = "repeated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One link to a page. Dates are as stated, unparsed: `pipeline.times.parse_time` reads them."""

    url: str
    title: str | None = None
    published: str | None = None
    updated: str | None = None
    language: str | None = None
    """As the listing states it for this entry (`news:language`)."""
    score: int = 0
    """Of a section page's link: how much it looks like an article."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What could be read, and how often what could not. A dead source is an empty listing with a trouble."""

    entries: tuple[Entry, ...] = ()
    children: tuple[Entry, ...] = ()
    """Of a sitemap index: the sitemaps it names; `updated` is their lastmod."""
    next_page: str | None = None
    """Where a feed goes on (`rel="next"`, JSON Feed's `next_url`)."""
    troubles: Mapping[Trouble, int] = field(default_factory=dict)


def link_trouble(*hrefs: str | None) -> Trouble:
    """Why none of these links leads anywhere."""
    stated = [href for href in hrefs if href]
    if any(len(href) > MAX_URL_LENGTH for href in stated):
        return Trouble.URL_TOO_LONG
    return Trouble.BAD_URL if stated else Trouble.NO_URL


def absolute(base: str, href: object) -> str | None:
    """The absolute http or https URL of a link, without fragment; None when it is none."""
    if not isinstance(href, str) or not href.strip():
        return None
    try:
        return check_url(urldefrag(urljoin(base, href.strip().replace(" ", "%20"))).url)
    except (Reject, ValueError):
        return None


def short(text: object, limit: int = MAX_TITLE) -> str | None:
    """A text on one line, cut to a length; None when there is nothing to read."""
    return excerpt(collapse(text), limit) or None if isinstance(text, str) else None


def gather(entries: Iterable[Entry | Trouble], limit: int, troubles: dict[Trouble, int]) -> tuple[Entry, ...]:
    """Each URL once, at most `limit`; what is left out is counted in `troubles`."""
    found: dict[str, Entry] = {}
    for entry in entries:
        if isinstance(entry, Trouble):
            count(troubles, entry)
        elif entry.url in found:
            count(troubles, Trouble.REPEATED)
        elif len(found) >= limit:
            count(troubles, Trouble.TOO_MANY_ENTRIES)
        else:
            found[entry.url] = entry
    return tuple(found.values())


def count(troubles: dict[Trouble, int], trouble: Trouble) -> None:
    """One more of them."""
    troubles[trouble] = troubles.get(trouble, 0) + 1
