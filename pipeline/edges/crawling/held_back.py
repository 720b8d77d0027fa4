"""Hosts that have something due and may not be asked yet: what `crawl --once` waits for, or leaves and says so."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import exists, func, select

from pipeline.edges.clock import instant_of
from pipeline.edges.crawling.frontier import Frontier
from pipeline.edges.crawling.frontier_columns import read_host
from pipeline.edges.frontier_tables import ENTRIES, HOSTS

SHOWN_HOSTS = 10
COUNTED = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldBack:
    """A host that nobody has leased, from when on it may be asked, and how many failures in a row made it so."""

    host: str
    ready_at: float
    failures: int

    @property
    def why(self) -> str:
        """In words."""
        return f"after {self.failures} failures in a row" if self.failures else "by its delay"


def held_back(frontier: Frontier, *, now: float) -> list[HeldBack]:
    """Those hosts, the soonest first. It reads all hosts that wait, so it is for when nothing else is to be done."""
    waits = (HOSTS.c.owner.is_(None)) & (HOSTS.c.next_at > now) & (HOSTS.c.not_before > now)
    due = exists().where(ENTRIES.c.host == HOSTS.c.host, ENTRIES.c.due <= now)
    with frontier.begin() as connection:
        hosts = [read_host(row._mapping) for row in connection.execute(select(HOSTS).where(waits, due))]
    found = [HeldBack(host=each.host, ready_at=each.next_at or 0.0, failures=each.state.failures) for each in hosts]
    return sorted(found, key=lambda each: each.ready_at)


def left_due(frontier: Frontier, *, now: float) -> list[str]:
    """The lines that say what is due and was left, where, why and until when."""
    hosts = held_back(frontier, now=now)
    lines = [_line(frontier, each, now) for each in hosts[:SHOWN_HOSTS]]
    more: Sequence[HeldBack] = hosts[SHOWN_HOSTS:]
    return [*lines, f"left due at {len(more)} more hosts"] if more else lines


def _line(frontier: Frontier, each: HeldBack, now: float) -> str:
    due = select(ENTRIES.c.host).where(ENTRIES.c.host == each.host, ENTRIES.c.due <= now).limit(COUNTED).subquery()
    with frontier.begin() as connection:
        number = connection.execute(select(func.count()).select_from(due)).scalar_one()
    count = f"{number}{'+' if number == COUNTED else ''}"
    return f"left due: {count} at {each.host}, not before {instant_of(each.ready_at)} {each.why}"
