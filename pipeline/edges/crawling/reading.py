"""Feeds, sitemaps and section pages as they arrive, and the frontier's rows that come of them."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import chain
from typing import Any

from pipeline.crawl.feeds import read_feed
from pipeline.crawl.links import read_section
from pipeline.crawl.listing import Entry as Listed
from pipeline.crawl.listing import Listing, Trouble
from pipeline.crawl.polling import POLL_PRIORITY, priority
from pipeline.crawl.sitemaps import MAX_DEPTH, SitemapReader
from pipeline.crawl.sources import Source, Unwanted
from pipeline.edges.clock import instant_of
from pipeline.edges.crawling.frontier_rows import Entry, Found, Kind
from pipeline.errors import Reject
from pipeline.urls import registrable_domain

MAX_FEED_PAGES = 10
MIB = 1024 * 1024
MAX_FEED_BYTES = 10 * MIB
MAX_SITEMAP_BYTES = 64 * MIB
"""As it arrives, so perhaps packed: the reader has its own limit for what it unpacks to."""


@dataclass(slots=True, kw_only=True)
class Reading:
    """One document on its way in. A sitemap is read piece by piece: 50 MB of it never stand in memory."""

    kind: Kind
    url: str
    max_bytes: int
    _sitemap: SitemapReader | None = None
    _body: bytearray = field(default_factory=bytearray)
    _entries: list[Listed] = field(default_factory=list)
    _hash: Any = field(default_factory=lambda: blake2b(digest_size=16))

    def take(self, piece: bytes) -> bool:
        """The next piece; False when no more is wanted."""
        self._hash.update(piece)
        if self._sitemap is None:
            self._body += piece
            return True
        self._entries += self._sitemap.feed(piece)
        return self._sitemap.refused is None

    def digest(self) -> str:
        """The hash of all that was taken."""
        return str(self._hash.hexdigest())

    def listing(self, content_type: str | None) -> Listing:
        """What the document offers. CPU-bound."""
        if self._sitemap is not None:
            self._entries += self._sitemap.close()
            troubles: dict[Trouble, int] = self._sitemap.troubles
            return Listing(entries=tuple(self._entries), children=tuple(self._sitemap.children), troubles=troubles)
        body = bytes(self._body)
        if self.kind in (Kind.FEED, Kind.FEED_PAGE):
            return read_feed(body, self.url, content_type)
        return read_section(body, self.url, content_type)

    def found(
        self, listing: Listing, entry: Entry, source: Source | None, *, now: float
    ) -> tuple[Sequence[Found], Counter[str]]:
        """What the frontier gets of a listing, and how many links the source does not want, by reason. CPU-bound.

        The sitemaps of an index come with the newest first.
        """
        found: list[Found] = []
        unwanted: Counter[str] = Counter()
        for row in chain(_pages(listing, entry, source, now), _children(listing, entry, source, now)):
            if isinstance(row, Unwanted):
                unwanted[row.value] += 1
            else:
                _keep(row, found, unwanted)
        return found, unwanted


def _pages(listing: Listing, entry: Entry, source: Source | None, now: float) -> Iterator[Found | Unwanted]:
    discovered_at = instant_of(now)
    language = source.language if source else None
    for item in listing.entries:
        unwanted = source.unwanted(item.url) if source else None
        yield unwanted or Found(
            kind=Kind.PAGE,
            url=item.url,
            source=entry.source,
            priority=priority(item.published or item.updated, discovered_at=now, language=language),
            due=now,
            discovered_at=discovered_at,
            published=item.published,
        )


def _children(listing: Listing, entry: Entry, source: Source | None, now: float) -> Iterator[Found | Unwanted]:
    if len(entry.chain) >= MAX_DEPTH:
        return
    discovered_at = instant_of(now)
    for item in sorted(listing.children, key=lambda child: priority(child.updated, discovered_at=now)):
        unwanted = source.unwanted_child(item.url) if source else None
        yield unwanted or Found(
            kind=Kind.SITEMAP,
            url=item.url,
            source=entry.source,
            priority=POLL_PRIORITY,
            due=now,
            discovered_at=discovered_at,
            chain=(*entry.chain, entry.url),
        )


def next_page(listing: Listing, entry: Entry, *, all_unknown: bool, now: float) -> Found | None:
    """Where a feed goes on (RFC 5005, JSON Feed), if it is worth reading: at the first time, or when nothing that it
    named was known, so that older entries may be unknown as well. It must be on the feed's own site, and at most the
    tenth page.
    """
    is_first = entry.kind is Kind.FEED and not entry.poll.polls
    if listing.next_page is None or not (all_unknown or is_first) or len(entry.chain) + 1 >= MAX_FEED_PAGES:
        return None
    page = Found(
        kind=Kind.FEED_PAGE,
        url=listing.next_page,
        source=entry.source,
        priority=POLL_PRIORITY,
        due=now,
        discovered_at=instant_of(now),
        chain=(*entry.chain, entry.url),
    )
    if registrable_domain(page.url) != registrable_domain(entry.url):
        return None
    found: list[Found] = []
    _keep(page, found, Counter())
    return found[0] if found else None


def read_as(entry: Entry | Found) -> Reading:
    """What takes the body of a document."""
    sitemap = SitemapReader(entry.url) if entry.kind is Kind.SITEMAP else None
    limit = MAX_SITEMAP_BYTES if sitemap else MAX_FEED_BYTES
    return Reading(kind=entry.kind, url=entry.url, max_bytes=limit, _sitemap=sitemap)


def _keep(row: Found, found: list[Found], unwanted: Counter[str]) -> None:
    try:
        row.key  # noqa: B018 - a URL that has none is no URL
    except Reject:
        unwanted["bad_url"] += 1
    else:
        found.append(row)
