"""A source: where links to pages come from, and which of them are followed."""

import re
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from pipeline.urls import dns_name, registrable_domain


class Kind(StrEnum):
    """How a source names its pages."""

    FEED = "feed"
    SITEMAP = "sitemap"
    SECTION = "section"
    URLS = "urls"
    WARC = "warc"


class Unwanted(StrEnum):
    """Why a link that a source offers is not followed."""

    OFF_SITE = "off_site"
    EXCLUDED = "excluded"
    NOT_INCLUDED = "not_included"


DEFAULT_LIMIT = 50_000
"""Pages of a source that wait to be read: as many as one sitemap may name, a day's work at 2 s a page."""

ONE_SITE = (Kind.SITEMAP, Kind.SECTION)
"""Kinds whose links lead to their own site unless `hosts` names others. Feeds and lists may name any page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Updates:
    """When an article is fetched again: `first` seconds after its first fetch, then after intervals `growth` times

    longer each time, until `window` seconds after the first fetch.
    """

    window: float
    first: float = 3600.0
    growth: float = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One row of the sources file. Times are in seconds."""

    name: str
    kind: Kind
    urls: tuple[str, ...] = ()
    """The feeds, sitemaps or section pages to poll; of kind `urls`, the pages themselves."""
    path: str | None = None
    """Of kind `urls` or `warc`: a file, relative to the sources file."""
    language: str | None = None
    interval: float | None = None
    """Between polls; None: learned from the source's own history."""
    include: tuple[re.Pattern[str], ...] = ()
    """A link is followed if one of them is found in its URL; without any, every link is."""
    exclude: tuple[re.Pattern[str], ...] = ()
    """A link is not followed if one of them is found in its URL. Goes before `include`."""
    hosts: tuple[str, ...] = ()
    """The sites that its links may lead to, besides its own."""
    delay: float | None = None
    """Between two requests to one host, where this is longer than the floor and Crawl-delay."""
    updates: Updates | None = None
    """Articles are never fetched again without it."""
    limit: int = DEFAULT_LIMIT
    """Pages that its feeds, sitemaps and sections may have waiting; what is over it is looked at again later."""
    line: int = 0

    def unwanted(self, url: str) -> Unwanted | None:
        """Why a link is not followed; None: it is."""
        if not self._may_lead_to(url):
            return Unwanted.OFF_SITE
        if any(pattern.search(url) for pattern in self.exclude):
            return Unwanted.EXCLUDED
        if self.include and not any(pattern.search(url) for pattern in self.include):
            return Unwanted.NOT_INCLUDED
        return None

    def unwanted_child(self, url: str) -> Unwanted | None:
        """Why a sitemap that an index names is not read: it is of another site, and no `include` pattern allows it."""
        allowed = self._is_own(url) or any(pattern.search(url) for pattern in self.include)
        return None if allowed else Unwanted.OFF_SITE

    def _may_lead_to(self, url: str) -> bool:
        if self.kind not in ONE_SITE and not self.hosts:
            return True
        return self._is_own(url)

    def _is_own(self, url: str) -> bool:
        """Whether a URL is of the source's own site, or of one that `hosts` names."""
        host = dns_name(urlsplit(url).hostname or "")
        if any(host == each or host.endswith(f".{each}") for each in self.hosts):
            return True
        return registrable_domain(url) in {registrable_domain(each) for each in self.urls}
