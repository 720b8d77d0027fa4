"""What relate remembers: the decision on every message and the state of every page. Types only; the store is an edge.

A decision is made once and stored before anything is sent, so that a repeat is answered with the same bytes.
"""

from dataclasses import dataclass, field
from typing import Protocol

from pipeline.errors import Drop, Unchanged
from pipeline.records import Revision


@dataclass(frozen=True, slots=True, kw_only=True)
class PageState:
    """A page as its latest revision left it."""

    page_id: str
    number: int
    record_id: str
    """Id of the enriched record of that revision."""
    trace_id: str
    """The latest fetch taken in. It moves on with an unchanged one, whose later reprocessing is then recognised."""
    fetched_at: str | None
    """The latest fetch time known; a fetch without a time does not erase it."""
    fingerprint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What one message became: a revision, nothing new, or a drop."""

    verdict: Revision | Unchanged | Drop
    page: PageState | None = field(default=None, compare=False)
    """The page's state from now on; None when it stays, so always in a decision that was read back."""
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

    def keep(self, message_id: str, decision: Decision) -> None:
        """Remember a new decision, with the page's state that comes with it."""
        ...
