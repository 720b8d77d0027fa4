"""The store: what relate decided and how every page stands, in SQLite (embedded) or PostgreSQL (several machines).

SQLAlchemy Core, so that both run the same statements; `pipeline.edges.database` holds what differs. Decisions are
committed before anything is sent. Every error is one of ours: `Unavailable` (not now) or `Failure` (a person must act).
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Lock
from typing import Any, TypeVar

import msgspec
import orjson
from sqlalchemy import Connection, Engine, Row, Select, Table, bindparam, delete, insert, inspect, select
from sqlalchemy.exc import SQLAlchemyError

from pipeline.codec import to_plain
from pipeline.edges.database import LOCK_SECONDS, connect, explained, is_there, place_of, remove_file, serialise
from pipeline.edges.store_tables import DECISIONS, META, PAGES, TABLES
from pipeline.edges.texts import Texts, prune_texts
from pipeline.errors import Drop, Failure, NewsflowError, Reason, Unavailable, Unchanged
from pipeline.memory import Decision, Memory, Neighbour, PageState, TextState
from pipeline.records import Change, Difference, NearDuplicate, Outcome, Revision

SCHEMA_VERSION = 2
"""Raised with every change of the tables that an older newsflow could not live with."""

DECISION_DAYS = 30
"""Decisions outlive the 7 days of raw pages, so that even the latest possible repeat finds its own.

So long, too, the store keeps what pages said: articles are compared with those of that time.
"""

PRUNE_ROWS = 5000
"""Decisions forgotten per transaction: some 10 ms on SQLite, so that the stage's batches get in between."""

T = TypeVar("T")

_DECISIONS_OF = select(DECISIONS).where(DECISIONS.c.message_id.in_(bindparam("keys", expanding=True)))
_PAGES_OF = select(PAGES).where(PAGES.c.page_id.in_(bindparam("keys", expanding=True)))

_Rows = dict[str, Row[Any] | None]
"""Rows by their keys, as earlier transactions left them; None where there is none."""


def open_store(url: str, *, cluster_id: str | None) -> "Store":
    """Open or create the store of a Kafka cluster; without a `cluster_id` it is taken as it is.

    `url` is "sqlite:///path/to/file", ":memory:", or "postgresql://…". Raises Failure when the store belongs to
    another cluster, was written by a newer newsflow, or is corrupt; Unavailable when it cannot be reached now.
    """
    store = Store(connect(url))
    try:
        store.claim(cluster_id)
    except BaseException:
        store.close()
        raise
    return store


def cluster_of(url: str) -> str | None:
    """The cluster that a store belongs to; None when there is no such store yet. Nothing is created."""
    return meta_of(url).get("cluster_id")


def meta_of(url: str) -> dict[str, str]:
    """What a store says of itself, `schema_version` and `cluster_id`; empty when there is no such store yet."""
    if not has_table(url, META):
        return {}
    engine = connect(url)
    try:
        with Store(engine).begin() as connection:
            return {row.key: row.value for row in connection.execute(select(META))}
    finally:
        engine.dispose()


def has_table(url: str, table: Table) -> bool:
    """Whether there is a store, and this in it. Nothing is created, not even the store's folder."""
    if not is_there(url):
        return False
    engine = connect(url)
    try:
        with Store(engine).begin() as connection:
            return inspect(connection).has_table(table.name)
    finally:
        engine.dispose()


def clear_store(url: str) -> None:
    """Forget everything: for `--fresh`. Raises Failure while another newsflow has the SQLite file open."""
    from pipeline.edges.frontier_tables import FRONTIER_TABLES  # here: it brings both dialects, and a worker needs one

    engine = connect(url)
    try:
        if engine.dialect.name == "sqlite":
            remove_file(engine)
            return
        store = Store(engine)
        with store.begin() as connection:
            TABLES.drop_all(connection)
            FRONTIER_TABLES.drop_all(connection)
    finally:
        engine.dispose()


class Store:
    """An open store. Its methods may be called from any thread; transactions of one store follow one another."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.place = place_of(engine.url)
        self.is_new = False
        self._turn = Lock()

    @contextmanager
    def transaction(
        self, *, now: str, decisions: Collection[str] = (), pages: Collection[str] = ()
    ) -> Iterator[Memory]:
        """One serialised transaction: committed at the end of the block, rolled back on any exception.

        `now` is the instant that its decisions are kept under. Commit before you send. `decisions` and `pages` are ids
        that will be asked for, and are looked up together; any other one may be asked for as well.
        """
        decided_at = utc(now)
        with self.begin() as connection:
            memory = _Batch(connection, self.place)
            memory.look_up(decisions, pages)
            yield memory
            memory.write(decided_at)

    def prune(self, *, before: str) -> int:
        """Forget the decisions made before that instant, and the texts kept before; the pages' states stay.

        Returns how many decisions.
        """
        instant = utc(before)
        texts = True
        while texts:
            with self.begin() as connection:
                texts = prune_texts(connection, before=instant) > 0
        forgotten = 0
        old = select(DECISIONS.c.message_id).where(DECISIONS.c.decided_at < instant).limit(PRUNE_ROWS)
        while True:
            with self.begin() as connection:
                rows = connection.execute(delete(DECISIONS).where(DECISIONS.c.message_id.in_(old))).rowcount
            forgotten += rows
            if rows < PRUNE_ROWS:
                return forgotten

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()

    def claim(self, cluster_id: str | None) -> None:
        """Create what is missing and make sure that the store is ours and this cluster's."""
        with self.begin() as connection:
            META.create(connection, checkfirst=True)
            known: dict[str, str] = {row.key: row.value for row in connection.execute(select(META))}
            self._check_version(known.get("schema_version"))
            self._check_cluster(known.get("cluster_id"), cluster_id)
            TABLES.create_all(connection)
            wanted = {"schema_version": str(SCHEMA_VERSION), "cluster_id": cluster_id}
            new = [{"key": key, "value": value} for key, value in wanted.items() if value and key not in known]
            self.is_new = not known
            if new:
                connection.execute(insert(META), new)

    def _check_version(self, version: str | None) -> None:
        if version is not None and version != str(SCHEMA_VERSION):
            raise Failure(
                f"the store {self.place} has schema version {version}, and this newsflow knows version "
                f"{SCHEMA_VERSION}: use the newsflow that wrote it, or start again with --fresh"
            )

    def _check_cluster(self, known: str | None, cluster_id: str | None) -> None:
        if known and cluster_id and known != cluster_id:
            raise Failure(
                f"the store {self.place} belongs to the Kafka cluster {known}, and this is the cluster {cluster_id}: "
                f"connect to {known}, or start again with --fresh, which forgets all revisions"
            )

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """A transaction that no other one overlaps, in this process or another."""
        # SQLite in memory is one connection, which two threads may not share; for the others this only saves waiting
        if not self._turn.acquire(timeout=LOCK_SECONDS):
            raise Unavailable(f"the store {self.place} is busy: a transaction has not ended in {LOCK_SECONDS:g} s")
        try:
            with self.engine.connect() as connection, connection.begin():
                serialise(connection)
                yield connection
        except SQLAlchemyError as error:
            raise explained(error, self.place) from error
        finally:
            self._turn.release()


class _Batch:
    """The memory of one transaction. It looks up what was announced together, and writes what it keeps at its end.

    Written one by one, 16 messages took twice as long (SQLite 5.5 ms instead of 3.1, PostgreSQL 18 instead of 8.5).
    """

    def __init__(self, connection: Connection, place: str) -> None:
        self._connection = connection
        self._place = place
        self._decisions: dict[str, Decision] = {}
        self._pages: dict[str, PageState] = {}
        self._decision_rows: _Rows = {}
        self._page_rows: _Rows = {}
        self._texts = Texts(connection=connection)
        self._error: NewsflowError | None = None

    def decision(self, message_id: str) -> Decision | None:
        if message_id in self._decisions:
            return self._decisions[message_id]
        row = self._row(_DECISIONS_OF, self._decision_rows, message_id)
        return None if row is None else _decision(row)

    def page(self, page_id: str) -> PageState | None:
        if page_id in self._pages:
            return self._pages[page_id]
        row = self._row(_PAGES_OF, self._page_rows, page_id)
        return None if row is None else PageState(**row._mapping)

    def look_up(self, decisions: Collection[str], pages: Collection[str]) -> None:
        """Read what earlier transactions decided for these ids, and how they left these pages."""
        self._read(_DECISIONS_OF, self._decision_rows, decisions)
        self._read(_PAGES_OF, self._page_rows, pages)

    def text(self, page_id: str) -> TextState | None:
        return self._ask(lambda: self._texts.get(page_id))

    def neighbours(self, bands: Sequence[int], *, page_id: str) -> Sequence[Neighbour]:
        return self._ask(lambda: self._texts.neighbours(bands, page_id))

    def keep(self, message_id: str, decision: Decision) -> None:
        self._decisions[message_id] = decision
        if decision.page is not None:
            self._pages[decision.page.page_id] = decision.page
            if decision.page.withdrawn is not None:
                self._texts.forget(decision.page.page_id)
        if decision.text is not None:
            self._texts.keep(decision.text)
        if decision.near_duplicate is not None and decision.near_duplicate.merged:
            self._texts.merge(decision.near_duplicate.merged, decision.near_duplicate.cluster_id)

    def write(self, decided_at: str) -> None:
        """Write what was kept. Refuses after an error in this transaction, even one that somebody swallowed:

        PostgreSQL answers the commit of a broken transaction with a rollback and no error.
        """
        if self._error is not None:
            raise self._error
        if self._decisions:
            rows = [decision_row(key, decision, decided_at) for key, decision in self._decisions.items()]
            self._connection.execute(insert(DECISIONS), rows)
        if self._pages:  # the dialects spell an upsert differently; this they both know
            self._connection.execute(delete(PAGES).where(PAGES.c.page_id.in_(list(self._pages))))
            self._connection.execute(insert(PAGES), [page_row(page) for page in self._pages.values()])
        self._texts.write(decided_at)

    def _row(self, query: Select[Any], known: _Rows, key: str) -> Row[Any] | None:
        if key not in known:
            self._read(query, known, (key,))
        return known[key]

    def _read(self, query: Select[Any], known: _Rows, keys: Collection[str]) -> None:
        """Add the rows of these keys, which stand in their first column, to those that are known."""
        if keys:
            rows = self._ask(lambda: self._connection.execute(query, {"keys": list(keys)}).all())
            known |= dict.fromkeys(keys) | {row[0]: row for row in rows}

    def _ask(self, query: Callable[[], T]) -> T:
        if self._error is not None:  # the first error tells the cause; what follows it are its consequences
            raise self._error
        try:
            return query()
        except SQLAlchemyError as error:
            self._error = explained(error, self._place)
            raise self._error from error


_VERDICT_COLUMNS = ("outcome", "reason", "evidence", "number", "change", "previous_id", "since", "details")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Details:
    """What a revision's row holds as JSON."""

    difference: Difference | None = None
    near_duplicate: NearDuplicate | None = None
    still_reserved: tuple[str, ...] | None = None


_DETAILS = msgspec.json.Decoder(_Details)


def decision_row(message_id: str, decision: Decision, decided_at: str) -> dict[str, str | int | None]:
    """A row of `DECISIONS`."""
    verdict = decision.verdict
    row: dict[str, str | int | None] = dict.fromkeys(_VERDICT_COLUMNS)
    if isinstance(verdict, Revision):
        row |= {"outcome": Outcome.ENRICHED.value, "number": verdict.number, "change": verdict.change.value}
        row |= {"previous_id": verdict.previous_id}
        details = _Details(
            difference=verdict.difference,
            near_duplicate=decision.near_duplicate,
            still_reserved=verdict.still_reserved,
        )
        row["details"] = orjson.dumps(to_plain(details)).decode() if details != _Details() else None
    elif isinstance(verdict, Unchanged):
        row |= {"outcome": Outcome.UNCHANGED.value, "since": verdict.since}
    else:
        row |= {"outcome": Outcome.DROPPED.value, "reason": verdict.reason.value, "evidence": verdict.evidence}
    return {"message_id": message_id, "decided_at": decided_at, "place": decision.place, **row}


def _decision(row: Row[Any]) -> Decision:
    verdict: Revision | Unchanged | Drop
    details = _DETAILS.decode(row.details) if row.details else _Details()
    if row.outcome == Outcome.ENRICHED:
        verdict = Revision(
            number=row.number,
            previous_id=row.previous_id,
            change=Change(row.change),
            difference=details.difference,
            still_reserved=details.still_reserved,
        )
    elif row.outcome == Outcome.UNCHANGED:
        verdict = Unchanged(since=row.since)
    else:
        verdict = Drop(reason=Reason(row.reason), evidence=row.evidence)
    return Decision(verdict=verdict, near_duplicate=details.near_duplicate, place=row.place)


def page_row(page: PageState) -> dict[str, str | int | None]:
    """A row of `PAGES`."""
    return {column.name: getattr(page, column.name) for column in PAGES.columns}


def utc(instant: str) -> str:
    """An instant as the store writes it: UTC in one notation, so that text sorts as time."""
    return datetime.fromisoformat(instant).astimezone(UTC).isoformat(timespec="microseconds")
