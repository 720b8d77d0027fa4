"""What there is to fetch, and whose turn each host has; in the store, so that a crawler may die at any moment.

An entry stays due until `finish` says what became of it, which happens after the broker acknowledged its page: a crash
repeats what was in flight and loses nothing. A host is leased to one crawler at a time, so entries need no marks.
Every transaction is serialised, as the store's are; each does a bounded piece of work by index.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, replace
from typing import Any, TypeVar

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from pipeline.edges.crawling.admission import Admitted, choose_children, polled_children, room, up_to
from pipeline.edges.crawling.frontier_columns import entry_row, host_row, new_row, plan_row, read_entry, read_host
from pipeline.edges.crawling.frontier_rows import (
    LEFT_OUT,
    PRIORITIES,
    Entry,
    Found,
    Host,
    Kind,
    SiteFailure,
    SiteFile,
    State,
    Visit,
)
from pipeline.edges.crawling.host_turns import ready_at, tell_hosts, turn_of
from pipeline.edges.frontier_tables import (
    COUNTS,
    DOCUMENT,
    ENTRIES,
    FAILED,
    FRONTIER_TABLES,
    HOSTS,
    SITE_FAILURES,
    SITE_FILES,
    WAITING,
)
from pipeline.edges.store import Store
from pipeline.urls import host_of

HISTORY = 10
"""Visits that an entry remembers."""

ROWS = 500
"""Rows per statement and transaction: some milliseconds, so that the stages get in between."""

T = TypeVar("T")


class Frontier:
    """The frontier in an open store. Its methods block: call them from a thread."""

    def __init__(self, store: Store) -> None:
        self._store = store
        with store.begin() as connection:
            FRONTIER_TABLES.create_all(connection)
            for table in FRONTIER_TABLES.tables.values():  # a table that was there may lack an index of today
                for index in table.indexes:
                    index.create(connection, checkfirst=True)

    def begin(self) -> AbstractContextManager[Connection]:
        """A transaction, for who reports on the tables."""
        return self._store.begin()

    # ---- what there is

    def add(self, found: Iterable[Found]) -> int:
        """Add what is not known yet; how many that were. What is known keeps its turn."""
        new = 0
        for rows in map(_by_key, _batches(list(found))):
            with self._store.begin() as connection:
                new += _add(connection, rows)
        return new

    def admit(self, pages: Sequence[Found], *, source: str, limit: int) -> Admitted:
        """Add the pages that a listing of this source names, the most urgent first, until `limit` wait to be read."""
        total = Admitted()
        for rows in map(_by_key, _batches(sorted(pages, key=lambda page: page.priority))):
            with self._store.begin() as connection:
                states = _states(connection, rows)
                missing = {key: page for key, page in rows.items() if states.get(key, State.RETIRED) is State.RETIRED}
                admitted = up_to(missing, room(connection, source, limit) if missing else 0)
                new = _add(connection, admitted)
            total += Admitted(new=new, over_limit=len(missing) - len(admitted))
        return total

    def admit_children(self, children: Sequence[Found], index: Entry, *, whole: bool) -> Admitted:
        """Poll the sitemaps that an index names, the newest first, as many as a source may have, and no others of it.

        One that was forgotten stays so. With `whole` false the index could not be read to its end.
        """
        named = _by_key(children)
        with self._store.begin() as connection:
            for keys in _batches(list(named)):
                for key, state in _states(connection, keys).items():
                    if state is State.FAILED:
                        del named[key]
            chosen = choose_children(named, polled_children(connection, index.source), index, whole=whole)
            for keys in _batches(chosen.dropped):
                dropped = update(ENTRIES).where(ENTRIES.c.key.in_(keys))
                connection.execute(dropped.values(state=State.RETIRED.value, due=None))
        return Admitted(new=self.add(chosen.added.values()), over_limit=chosen.over_limit)

    def documents(self) -> list[Entry]:
        """The feeds, sitemaps and sections that wait for their turn."""
        with self._store.begin() as connection:
            return [read_entry(row._mapping) for row in connection.execute(select(ENTRIES).where(DOCUMENT, WAITING))]

    def replan(self, plans: Sequence[tuple[Entry, Entry]]) -> None:
        """Give documents another source, turn or validators, as they were and as they shall be; one that was visited
        meanwhile stays as it is.
        """
        for some in _batches(plans):
            with self._store.begin() as connection:
                for before, after in some:
                    same = (ENTRIES.c.key == before.key) & (ENTRIES.c.due == before.due)
                    connection.execute(update(ENTRIES).where(same).values(plan_row(after)))
                tell_hosts(connection, [(each.host, each.due, each.priority) for _, each in some])

    def rename(self, old: str, new: str) -> None:
        """The pages that wait belong to a source that has another name now."""
        some = select(ENTRIES.c.key).where(ENTRIES.c.source == old, ENTRIES.c.due.is_not(None)).limit(ROWS)
        moved = ROWS
        while moved == ROWS:
            with self._store.begin() as connection:
                keys = [row.key for row in connection.execute(some)]
                connection.execute(update(ENTRIES).where(ENTRIES.c.key.in_(keys)).values(source=new))
            moved = len(keys)

    def entry(self, key: str) -> Entry | None:
        """One row."""
        return next(iter(self.entries([key])), None)

    def entries(self, keys: Sequence[str]) -> list[Entry]:
        """The rows of these keys that are there, in the keys' order."""
        found: dict[str, Entry] = {}
        for some in _batches(keys):
            with self._store.begin() as connection:
                rows = connection.execute(select(ENTRIES).where(ENTRIES.c.key.in_(some)))
                found |= {row.key: read_entry(row._mapping) for row in rows}
        return [found[key] for key in keys if key in found]

    def failed(self, source: str, limit: int) -> list[Entry]:
        """Some entries of a source that failed for good."""
        query = select(ENTRIES).where(ENTRIES.c.source == source, FAILED)
        with self._store.begin() as connection:
            return [read_entry(row._mapping) for row in connection.execute(query.limit(limit))]

    def retry(self, failed: Mapping[str, str], *, now: float) -> Counter[str]:
        """Make these entries due, with all their attempts before them; how many by cause. Their hosts come up."""
        causes: Counter[str] = Counter()
        for keys in _batches(list(failed)):
            with self._store.begin() as connection:
                meant = ENTRIES.c.key.in_(keys) & FAILED
                still = connection.execute(select(ENTRIES).where(meant)).all()
                values = {"state": State.WAITING.value, "due": now, "attempts": 0}
                connection.execute(update(ENTRIES).where(meant).values(values))
                tell_hosts(connection, [(row.host, now, row.priority) for row in still])
            causes.update(failed[row.key] for row in still)
        return causes

    # ---- turns

    def claim(self, owner: str, *, now: float, until: float, count: int) -> list[Host]:
        """Lease up to `count` hosts that have something due, those with fresh news first. An expired lease is free."""
        hosts: list[Host] = []
        with self._store.begin() as connection:
            for rank in PRIORITIES:
                query = (
                    select(HOSTS)
                    .where(HOSTS.c.rank == rank, HOSTS.c.next_at <= now)
                    .order_by(HOSTS.c.next_at)
                    .limit(count - len(hosts))
                )
                if len(hosts) < count:
                    hosts += [replace(read_host(row._mapping), owner=owner) for row in connection.execute(query)]
            if hosts:
                ours = HOSTS.c.host.in_([host.host for host in hosts])
                connection.execute(update(HOSTS).where(ours).values(owner=owner, next_at=until))
        return hosts

    def borrow(self, host: str, owner: str, *, now: float, until: float) -> Host | None:
        """Lease this host if nobody has it, due or not; None otherwise. Its turn waits until it is ready."""
        with self._store.begin() as connection:
            row = connection.execute(select(HOSTS).where(HOSTS.c.host == host)).one_or_none()
            if row is None:
                connection.execute(insert(HOSTS), [host_row(host, rank=PRIORITIES[-1], next_at=until, owner=owner)])
                return Host(host=host, owner=owner)
            if row.owner is not None and row.next_at > now:
                return None
            connection.execute(update(HOSTS).where(HOSTS.c.host == host).values(owner=owner, next_at=until))
            return replace(read_host(row._mapping), owner=owner)

    def renew(self, owner: str, hosts: Sequence[str], *, now: float, until: float) -> set[str]:
        """Extend these leases; the hosts that are still ours."""
        held: set[str] = set()
        with self._store.begin() as connection:
            for names in _batches(hosts):
                ours = (HOSTS.c.owner == owner) & (HOSTS.c.next_at > now) & HOSTS.c.host.in_(names)
                kept = [row.host for row in connection.execute(select(HOSTS.c.host).where(ours))]
                connection.execute(update(HOSTS).where(HOSTS.c.host.in_(kept)).values(next_at=until))
                held |= set(kept)
        return held

    def take(self, host: str, *, now: float, count: int) -> list[Entry]:
        """What is due at a host, by priority; only for who has its lease."""
        entries: list[Entry] = []
        with self._store.begin() as connection:
            for priority in PRIORITIES:
                if len(entries) == count:
                    break
                query = (
                    select(ENTRIES)
                    .where(ENTRIES.c.host == host, ENTRIES.c.priority == priority, ENTRIES.c.due <= now)
                    .order_by(ENTRIES.c.due)
                    .limit(count - len(entries))
                )
                entries += [read_entry(row._mapping) for row in connection.execute(query)]
        return entries

    def release(self, owner: str, hosts: Sequence[Host]) -> None:
        """Give turns back, with the instant from which each host may be asked again."""
        with self._store.begin() as connection:
            for host in hosts:
                rank, next_at = turn_of(connection, host.host, ready_at(host.state))
                ours = (HOSTS.c.host == host.host) & (HOSTS.c.owner == owner)
                turn = {"owner": None, "rank": rank, "next_at": next_at}
                connection.execute(update(HOSTS).where(ours).values(turn | asdict(host.state)))

    # ---- what became of it

    def finish(self, visits: Sequence[Visit], hosts: Sequence[Host] = ()) -> None:
        """Write what became of entries, what was found on them and how their hosts stand, in one transaction.

        A crawler that has lost its lease without knowing changes nothing that another one has written since: neither a
        host that it does not own, nor an entry that was visited meanwhile. What was retired meanwhile stays so: a
        sitemap that its index dropped may have been taken in one go with it.
        """
        found = [(visit.entry.source, _by_key(some)) for visit in visits for some in _batches(visit.found)]
        with self._store.begin() as connection:
            counts: Counter[tuple[str, str]] = Counter()
            rows = []
            for visit in visits:
                entry = _with_twin(connection, visit.entry)
                counts[entry.source, entry.outcome or ""] += 1
                counts[entry.source, "new"] += visit.new
                counts.update({(entry.source, LEFT_OUT + what): number for what, number in visit.troubles.items()})
                rows.append(entry_row(entry))
            if rows:
                changed: dict[str, Any] = {name: bindparam(f"new_{name}") for name in rows[0] if name != "key"}
                renamed = [{f"new_{name}": value for name, value in row.items()} for row in rows]
                same = (ENTRIES.c.key == bindparam("new_key")) & (ENTRIES.c.visits == bindparam("new_visits") - 1)
                connection.execute(update(ENTRIES).where(same, WAITING).values(changed), renamed)
            for source, by_key in found:
                # where a redirect leads; a feed that is sent there again may be there again
                counts[source, "new"] += _add(connection, by_key, remembered=True)
            for host in hosts:
                ours = (HOSTS.c.host == host.host) & (HOSTS.c.owner == host.owner)
                connection.execute(update(HOSTS).where(ours).values(asdict(host.state)))
            _count(connection, counts)

    def count_new(self, source: str, number: int) -> None:
        """So many URLs of a source were new."""
        with self._store.begin() as connection:
            _count(connection, Counter({(source, "new"): number}))

    def counts(self) -> dict[str, dict[str, int]]:
        """Per source: what was counted since the frontier exists."""
        table: dict[str, dict[str, int]] = {}
        with self._store.begin() as connection:
            for row in connection.execute(select(COUNTS).order_by(COUNTS.c.source, COUNTS.c.what)):
                table.setdefault(row.source, {})[row.what] = row.number
        return table

    def waiting(self, source: str, *, now: float, limit: int = 10_000) -> tuple[int, float | None]:
        """How many entries of a source are due (counted up to `limit`), and the earliest due time of all."""
        of_source = (ENTRIES.c.source == source) & ENTRIES.c.due.is_not(None)
        due = select(ENTRIES.c.due).where(of_source, ENTRIES.c.due <= now).limit(limit).subquery()
        with self._store.begin() as connection:
            number = connection.execute(select(func.count()).select_from(due)).scalar_one()
            return number, connection.execute(select(func.min(ENTRIES.c.due)).where(of_source)).scalar()

    def next_turn(self) -> float | None:
        """When the next host may be claimed; None when nothing waits."""
        with self._store.begin() as connection:
            times = [
                connection.execute(select(func.min(HOSTS.c.next_at)).where(HOSTS.c.rank == rank)).scalar()
                for rank in PRIORITIES
            ]
        return min((time for time in times if time is not None), default=None)

    def host(self, host: str) -> Host | None:
        """How a host stands, for `explain`."""
        with self._store.begin() as connection:
            row = connection.execute(select(HOSTS).where(HOSTS.c.host == host)).one_or_none()
        return None if row is None else read_host(row._mapping)

    # ---- robots.txt and the like

    def site_file(self, url: str) -> SiteFile | None:
        """The file as it was last fetched, by any crawler."""
        with self._store.begin() as connection:
            row = connection.execute(select(SITE_FILES).where(SITE_FILES.c.url == url)).one_or_none()
        return None if row is None else SiteFile(**row._mapping)

    def keep_site_file(self, file: SiteFile) -> None:
        """Replace it; what failed before is over."""
        with self._store.begin() as connection:
            connection.execute(delete(SITE_FAILURES).where(SITE_FAILURES.c.url == file.url))
            connection.execute(delete(SITE_FILES).where(SITE_FILES.c.url == file.url))
            connection.execute(
                insert(SITE_FILES),
                [{"url": file.url, "status": file.status, "body": file.body, "fetched_at": file.fetched_at}],
            )

    def site_failure(self, url: str) -> SiteFailure | None:
        """How often the file could not be had since it last could."""
        with self._store.begin() as connection:
            row = connection.execute(select(SITE_FAILURES).where(SITE_FAILURES.c.url == url)).one_or_none()
        return None if row is None else SiteFailure(**row._mapping)

    def keep_site_failure(self, failure: SiteFailure) -> None:
        """Replace it; the file of before stays."""
        with self._store.begin() as connection:
            connection.execute(delete(SITE_FAILURES).where(SITE_FAILURES.c.url == failure.url))
            connection.execute(insert(SITE_FAILURES), [asdict(failure)])


def _by_key(found: Sequence[Found]) -> dict[str, Found]:
    """What was found by its key, the first of several. Outside a transaction, of which it would take most of the time:

    a key costs 0.1 ms, for the URL has to be normalised.
    """
    by_key: dict[str, Found] = {}
    for item in found:
        by_key.setdefault(item.key, item)
    return by_key


def _states(connection: Connection, keys: Iterable[str]) -> dict[str, State]:
    query = select(ENTRIES.c.key, ENTRIES.c.state).where(ENTRIES.c.key.in_(list(keys)))
    return {row.key: State(row.state) for row in connection.execute(query)}


def _add(connection: Connection, by_key: Mapping[str, Found], *, remembered: bool = False) -> int:
    """Insert what is new; how much that was. What was retired is due again: taken out of the file, or excluded there,

    and put back. A forgotten document is only when it is `remembered`.
    """
    states = _states(connection, by_key)
    new = {key: item for key, item in by_key.items() if key not in states}
    if new:
        connection.execute(insert(ENTRIES), [new_row(key, item) for key, item in new.items()])
    again = {
        key: by_key[key]
        for key, state in states.items()
        if state is State.RETIRED or (remembered and state is State.FAILED and by_key[key].kind is not Kind.PAGE)
    }
    for key, item in again.items():
        values = {"due": item.due, "state": State.WAITING.value, "source": item.source}
        if item.kind is not Kind.PAGE:  # an index has to name its sitemaps again
            values |= {"etag": None, "last_modified": None, "body_hash": None}
        connection.execute(update(ENTRIES).where(ENTRIES.c.key == key).values(values))
    tell_hosts(connection, [(host_of(item.url), item.due, item.priority) for item in (*new.values(), *again.values())])
    return len(new)


def _with_twin(connection: Connection, entry: Entry) -> Entry:
    """The entry, with a note when another URL has brought the very same body, and with this visit in its history."""
    if entry.body_hash and entry.kind is Kind.PAGE and entry.detail is None:
        query = select(ENTRIES.c.url).where(ENTRIES.c.body_hash == entry.body_hash, ENTRIES.c.key != entry.key)
        twin = connection.execute(query.limit(1)).scalar()
        if twin:
            entry = replace(entry, detail=f"same body as {twin}")
    visit = {"at": entry.last_at, "outcome": entry.outcome, "status": entry.status, "detail": entry.detail}
    seen = {name: value for name, value in visit.items() if value is not None}
    return replace(entry, visits=entry.visits + 1, history=(*entry.history, seen)[-HISTORY:])


def _count(connection: Connection, counts: Counter[tuple[str, str]]) -> None:
    for (source, what), number in counts.items():
        if not number:
            continue
        row = (COUNTS.c.source == source) & (COUNTS.c.what == what)
        more = connection.execute(update(COUNTS).where(row).values(number=COUNTS.c.number + number))
        if not more.rowcount:
            connection.execute(insert(COUNTS), [{"source": source, "what": what, "number": number}])


def _batches(items: Sequence[T]) -> Iterator[Sequence[T]]:
    return (items[start : start + ROWS] for start in range(0, len(items), ROWS))
