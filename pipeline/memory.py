"""What relate remembers: the decision on every message, the state of every page, and for some weeks what pages said.

Types only; the store is an edge. A decision is made once and stored before anything is sent, so that a repeat is
answered with the same bytes.
"""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Protocol

from pipeline.errors import Drop, Unchanged
from pipeline.records import NearDuplicate, Revision

BUCKET_TEXTS = 16
"""Texts read of one band, the newest. Boilerplate that 100,000 texts share costs no more than that."""

MAX_NEIGHBOURS = 24
"""Texts compared with a new one: those that share the most bands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageState:
    """A page as its latest revision left it."""

    page_id: str
    number: int
    """0 for a page that was only ever reinstated: it has no record yet."""
    record_id: str | None
    """Id of the enriched record of that revision."""
    trace_id: str
    """The latest fetch taken in. It moves on with an unchanged one, whose later reprocessing is then recognised."""
    fetched_at: str | None
    """The latest fetch time known; a fetch without a time does not erase it. Orders about the page move it on too."""
    fingerprint: str
    withdrawn: str | None = None
    """Why the page is withdrawn; None when it is not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextState:
    """What a page's latest revision said, in the forms in which it is compared with others. Kept for some weeks."""

    page_id: str
    cluster_id: str | None
    """The cluster of near-duplicates that the page is in; None for a text too short to tell."""
    is_first: bool
    bands: tuple[int, ...]
    sketch: bytes
    content: bytes
    """See `pipeline.enrichment.near_duplicates` for bands and sketch, `pipeline.enrichment.revisions` for content."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour:
    """A text that shares a band with another; `number` counts the texts in the order in which they came."""

    page_id: str
    number: int
    cluster_id: str
    sketch: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What one message became: a revision, nothing new, or a drop."""

    verdict: Revision | Unchanged | Drop
    near_duplicate: NearDuplicate | None = None
    """Of a revision: the cluster that it was found in, as it was then."""
    page: PageState | None = field(default=None, compare=False)
    """The page's state from now on; None when it stays, so always in a decision that was read back.

    With a page that is withdrawn, its text is forgotten.
    """
    text: TextState | None = field(default=None, compare=False)
    """What the page says from now on; None as `page`."""
    place: str | None = field(default=None, compare=False)
    """Where the message lay that was decided on. From there it is a redelivery, perhaps of a record never sent."""


class Memory(Protocol):
    """What a stage decides against, inside one serialised transaction. What was kept is seen by the next message."""

    def decision(self, message_id: str) -> Decision | None:
        """What was decided before for the result of this id, if its message is a repeat."""
        ...

    def page(self, page_id: str) -> PageState | None:
        """The page's state, or None at its first sight."""
        ...

    def text(self, page_id: str) -> TextState | None:
        """What the page said last, or None when that was too long ago. Its cluster is the one that it is in now."""
        ...

    def neighbours(self, bands: Sequence[int], *, page_id: str) -> Sequence[Neighbour]:
        """Texts of other pages that share a band: of too many the newest, then those that share the most."""
        ...

    def keep(self, message_id: str, decision: Decision) -> None:
        """Remember a new decision, with the states that come with it."""
        ...


class Memories(Protocol):
    """What opens the transactions."""

    def transaction(self, *, now: str) -> AbstractContextManager[Memory]:
        """One serialised transaction; `now` is the instant that its decisions are kept under."""
        ...
