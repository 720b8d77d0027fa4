"""The rows of the frontier: what was found, what stands there, what a visit made of it.

Instants are seconds since 1970.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from pipeline.crawl.hosts import HostState
from pipeline.crawl.polling import AGE_PRIORITIES, OLD_PRIORITY, POLL_PRIORITY, History
from pipeline.identity import page_id

PRIORITIES = (POLL_PRIORITY, *(place for _, place in AGE_PRIORITIES), OLD_PRIORITY)
"""All that `pipeline.crawl.polling.priority` gives, the most urgent first."""


OVER_LIMIT = "over_limit"
"""What there was no room for, as it is counted: each time that a listing names it, until it is taken."""


class Kind(StrEnum):
    """What an entry is read as. A document is asked again and again, a page once."""

    PAGE = "page"
    FEED = "feed"
    SITEMAP = "sitemap"
    SECTION = "section"


class State(StrEnum):
    """Where an entry stands."""

    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"
    RETIRED = "retired"


def document_key(url: str) -> str:
    """The key of a feed, sitemap or section page: it may also be a page to publish, which has a key of its own."""
    return f"document:{page_id(url)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A URL to be fetched, with what led to it. `due` is in seconds since 1970, as every instant here."""

    kind: Kind
    url: str
    source: str
    priority: int
    due: float
    discovered_at: str
    published: str | None = None
    chain: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.priority not in PRIORITIES:  # nobody would ever look for it there
            raise ValueError(f"priority {self.priority}: must be one of {PRIORITIES}")

    @property
    def key(self) -> str:
        """One page, or one document."""
        return page_id(self.url) if self.kind is Kind.PAGE else document_key(self.url)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A row of the frontier."""

    key: str
    kind: Kind
    url: str
    host: str
    source: str
    state: State
    priority: int
    due: float | None
    discovered_at: str
    published: str | None = None
    visits: int = 0
    attempts: int = 0
    poll: History = field(default_factory=History)
    first_at: float | None = None
    last_at: float | None = None
    status: int | None = None
    outcome: str | None = None
    detail: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    chain: tuple[str, ...] = ()
    history: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """What became of an entry: `entry` as it is from now on, `outcome` counted once for its source, `found` added."""

    entry: Entry
    found: tuple[Found, ...] = ()
    new: int = 0
    """URLs that it brought and that were added before."""
    troubles: Mapping[str, int] = field(default_factory=dict)
    """Of a document: what was wrong with it, and which of its links are not wanted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """A host and how it stands. `next_at` is its next turn, or the end of its lease while it has an `owner`."""

    host: str
    state: HostState = field(default_factory=HostState)
    next_at: float | None = None
    owner: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteFile:
    """A file of a site's root as it was last fetched; `status` None: not reachable."""

    url: str
    status: int | None
    body: bytes
    fetched_at: float
