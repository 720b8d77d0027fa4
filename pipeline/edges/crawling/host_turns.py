"""When a host comes up: as soon as something is due there and it may be asked. SQL for the frontier's transactions."""

from collections.abc import Iterable

from sqlalchemy import Connection, func, insert, select, update

from pipeline.crawl.hosts import HostState
from pipeline.edges.crawling.frontier_columns import host_row
from pipeline.edges.crawling.frontier_rows import PRIORITIES
from pipeline.edges.frontier_tables import ENTRIES, HOSTS


def tell_hosts(connection: Connection, work: Iterable[tuple[str, float | None, int]]) -> None:
    """A host that gets something to do (host, due, priority) comes up no later; a leased one looks for itself."""
    soonest: dict[str, tuple[float, int]] = {}
    for host, due, rank in work:
        if due is not None:
            first, best = soonest.get(host, (due, rank))
            soonest[host] = min(first, due), min(best, rank)
    known = {row.host: row for row in connection.execute(select(HOSTS).where(HOSTS.c.host.in_(list(soonest))))}
    new = []
    for host, (due, rank) in soonest.items():
        row = known.get(host)
        if row is None:
            new.append(host_row(host, rank=rank, next_at=due, owner=None))
        elif row.owner is None:
            wanted = max(due, row.not_before, row.open_until or 0)
            if row.next_at is None or row.next_at > wanted or row.rank > rank:
                next_at = wanted if row.next_at is None else min(wanted, row.next_at)
                turn = {"next_at": next_at, "rank": min(rank, row.rank)}
                connection.execute(update(HOSTS).where(HOSTS.c.host == host).values(turn))
    if new:
        connection.execute(insert(HOSTS), new)


def ready_at(state: HostState) -> float:
    """From when on a host may be asked."""
    return max(state.not_before, state.open_until or 0.0)


def turn_of(connection: Connection, host: str, ready_at: float) -> tuple[int, float | None]:
    """The best priority of what is due at a host's next turn, and when that turn is."""
    due: dict[int, float] = {}
    for priority in PRIORITIES:
        query = select(func.min(ENTRIES.c.due)).where(
            ENTRIES.c.host == host, ENTRIES.c.priority == priority, ENTRIES.c.due.is_not(None)
        )
        first = connection.execute(query).scalar()
        if first is not None:
            due[priority] = first
    if not due:
        return PRIORITIES[-1], None
    next_at = max(min(due.values()), ready_at)
    return min(priority for priority, first in due.items() if first <= next_at), next_at
