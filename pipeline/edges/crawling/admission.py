"""How much one source may add to the frontier: pages up to its limit, and the newest of the sitemaps it names.

What is over a limit is not kept anywhere: the listing that names it is read again, whole, until all of it was taken.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from sqlalchemy import Connection, func, select

from pipeline.edges.crawling.frontier_rows import Entry, Found
from pipeline.edges.frontier_tables import DOCUMENT, ENTRIES, UNREAD_PAGE, WAITING

MAX_CHILDREN = 2_000
"""Sitemaps named by indexes that are polled for one source. A sitemap a day for five years; each is asked daily."""


OVER_LIMIT = "over_limit"
"""What there was no room for, as it is counted: each time that a listing names it, until it is taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Admitted:
    """How many of the URLs that a listing names are new in the frontier, and how many there was no room for."""

    new: int = 0
    over_limit: int = 0

    @property
    def unknown(self) -> int:
        """How many the frontier did not know, taken or not."""
        return self.new + self.over_limit

    def __add__(self, other: "Admitted") -> "Admitted":
        return Admitted(new=self.new + other.new, over_limit=self.over_limit + other.over_limit)


@dataclass(frozen=True, slots=True, kw_only=True)
class Children:
    """What becomes of the sitemaps that an index names: those to add, by key, and the keys of those asked no more."""

    added: Mapping[str, Found]
    dropped: tuple[str, ...]
    over_limit: int


def room(connection: Connection, source: str, limit: int) -> int:
    """How many pages more may wait to be read for the first time."""
    waiting = select(ENTRIES.c.source).where(ENTRIES.c.source == source, UNREAD_PAGE).limit(limit).subquery()
    return limit - connection.execute(select(func.count()).select_from(waiting)).scalar_one()


def polled_children(connection: Connection, source: str) -> dict[str, str]:
    """The sitemaps of a source that are asked because an index named them: key and chain."""
    polled = (ENTRIES.c.source == source) & DOCUMENT & WAITING & (ENTRIES.c.chain != "")
    return {row.key: row.chain for row in connection.execute(select(ENTRIES.c.key, ENTRIES.c.chain).where(polled))}


def choose_children(
    named: Mapping[str, Found], polled: Mapping[str, str], index: Entry, *, whole: bool, limit: int = MAX_CHILDREN
) -> Children:
    """Of the sitemaps that an index names, the first ones, as many as the source has places for.

    `polled` are those of the source that are asked now. An index keeps the places that its sitemaps have, so a new one
    takes the place of the last; those that it names no more leave, unless it could not be read as a `whole`.
    """
    chain = "\n".join((*index.chain, index.url))
    own = {key for key, came_by in polled.items() if came_by == chain}
    unnamed = own - named.keys()
    elsewhere = polled.keys() - own
    kept = own & named.keys()
    places = max(limit - len(elsewhere) - (0 if whole else len(unnamed)), len(kept))
    candidates = [key for key in named if key not in elsewhere]
    chosen = set(islice(candidates, places))
    return Children(
        added={key: named[key] for key in candidates if key in chosen and key not in own},
        dropped=tuple((kept - chosen) | (unnamed if whole else set())),
        over_limit=len(candidates) - len(chosen),
    )


def up_to(items: Mapping[str, Found], count: int) -> dict[str, Found]:
    """The first of them."""
    first: Iterator[tuple[str, Found]] = islice(items.items(), max(0, count))
    return dict(first)
