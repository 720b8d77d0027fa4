"""What pages said in the last weeks, in the store: how relate finds near-duplicates and what an update changed.

A text lies in as many buckets as it has bands. A bucket of any length costs the same: only its newest texts are read.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import count
from struct import pack, unpack
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, func, insert, select

from pipeline.edges.database import spelled
from pipeline.edges.store_tables import BANDS, MERGES, TEXTS
from pipeline.memory import BUCKET_TEXTS, MAX_NEIGHBOURS, Neighbour, TextState

MAX_TEXTS = 1_000_000
"""Texts kept at the most, 5 kB each, beside the window of time: the oldest are forgotten first."""

PRUNE_TEXTS = 250
"""Texts forgotten per transaction, with their 20 bands each: some 30 ms on SQLite."""

_UNWRITTEN = 2**62
"""Where the numbers of texts begin that are not yet written: after all that are."""

_TEXT_OF = select(TEXTS).where(TEXTS.c.page_id == bindparam("key"))
_TEXTS_AT = select(TEXTS.c.number, TEXTS.c.page_id, TEXTS.c.cluster_id, TEXTS.c.sketch).where(
    TEXTS.c.number.in_(bindparam("numbers", expanding=True))
)
_PLACES_OF = select(TEXTS.c.number, TEXTS.c.bands).where(TEXTS.c.page_id.in_(bindparam("keys", expanding=True)))
_OLDEST = select(TEXTS.c.number, TEXTS.c.bands, TEXTS.c.kept_at).order_by(TEXTS.c.number).limit(PRUNE_TEXTS)
_MERGES_OF = select(MERGES.c.cluster_id, MERGES.c.into_id).where(
    MERGES.c.cluster_id.in_(bindparam("keys", expanding=True))
)


@cache
def _buckets(count: int) -> str:
    """The newest texts of each of so many bands. By hand: SQLAlchemy takes longer to put it together than to ask it."""
    one = (
        f"SELECT band, number FROM (SELECT band, number FROM {BANDS.name} WHERE band = ? "  # noqa: S608 - our names
        "ORDER BY number DESC LIMIT ?) AS t"
    )
    return " UNION ALL ".join(f"{one}{number}" for number in range(count))


@dataclass(slots=True, kw_only=True)
class Texts:
    """The texts in one transaction. What is kept is seen at once and written at the end.

    Raises SQLAlchemyError; the store explains it.
    """

    connection: Connection
    _kept: dict[str, TextState] = field(default_factory=dict)
    _numbers: dict[str, int] = field(default_factory=dict)
    _next: Iterator[int] = field(default_factory=lambda: count(_UNWRITTEN))
    _forgotten: set[str] = field(default_factory=set)
    _written: dict[str, int] = field(default_factory=dict)
    """Numbers in the store, of pages that were asked for."""
    _gone: set[int] = field(default_factory=set)
    """Those of them that this transaction forgets."""
    _merges: dict[str, str] = field(default_factory=dict)

    def get(self, page_id: str) -> TextState | None:
        """What the page said last."""
        state = self._kept.get(page_id)
        if state is None and page_id not in self._forgotten:
            row = self.connection.execute(_TEXT_OF, {"key": page_id}).one_or_none()
            if row is not None:
                state, self._written[page_id] = _state(row), row.number
        if state is None or state.cluster_id is None:
            return state
        now = self._merged([state.cluster_id]).get(state.cluster_id, state.cluster_id)
        return state if now == state.cluster_id else replace(state, cluster_id=now, is_first=False)

    def neighbours(self, bands: Sequence[int], page_id: str) -> list[Neighbour]:
        """Texts of other pages that share a band."""
        shared = Counter(number for bucket in self._read(bands).values() for number in bucket)
        wanted = sorted(shared, key=lambda number: (-shared[number], -number))[:MAX_NEIGHBOURS]
        found = [neighbour for neighbour in self._at(wanted) if neighbour.page_id != page_id]
        now = self._merged({neighbour.cluster_id for neighbour in found})
        return [replace(each, cluster_id=now.get(each.cluster_id, each.cluster_id)) for each in found]

    def keep(self, state: TextState) -> None:
        """Take the place of what the page said before, which whoever decided on this has asked for."""
        self._drop(state.page_id)
        self._kept[state.page_id] = state
        self._numbers[state.page_id] = next(self._next)

    def forget(self, page_id: str) -> None:
        """Forget what the page said."""
        self.get(page_id)  # its number
        self._drop(page_id)

    def _drop(self, page_id: str) -> None:
        if page_id in self._written:
            self._gone.add(self._written[page_id])
        self._kept.pop(page_id, None)
        self._numbers.pop(page_id, None)
        self._forgotten.add(page_id)

    def merge(self, clusters: Iterable[str], into: str) -> None:
        """From now on these clusters are that one."""
        self._merges |= dict.fromkeys(clusters, into)

    def write(self, kept_at: str) -> None:
        """Write what was kept and forgotten, in a few statements for the whole batch."""
        if self._forgotten:
            rows = self.connection.execute(_PLACES_OF, {"keys": list(self._forgotten)}).all()
            _delete(self.connection, rows)
        if self._merges:
            merges = [{"cluster_id": old, "into_id": new, "merged_at": kept_at} for old, new in self._merges.items()]
            self.connection.execute(insert(MERGES), merges)
        if not self._kept:
            return
        last = self.connection.execute(select(func.max(TEXTS.c.number))).scalar_one() or 0
        numbered = list(enumerate(self._kept.values(), start=last + 1))
        self.connection.execute(insert(TEXTS), [_row(number, state, kept_at) for number, state in numbered])
        _change_bands(_ADD, self.connection, [(band, number) for number, state in numbered for band in state.bands])

    def _read(self, bands: Sequence[int]) -> dict[int, list[int]]:
        """The numbers in each bucket, the newest first."""
        buckets: dict[int, list[int]] = {band: [] for band in bands}
        for page_id in reversed(self._kept):
            for band in self._kept[page_id].bands:
                if band in buckets and len(buckets[band]) < BUCKET_TEXTS:
                    buckets[band].append(self._numbers[page_id])
        query = spelled(_buckets(len(bands)), self.connection.dialect.name)
        asked = tuple(value for band in bands for value in (band, BUCKET_TEXTS + len(self._gone)))
        for band, number in self.connection.exec_driver_sql(query, asked):
            if len(buckets[band]) < BUCKET_TEXTS and number not in self._gone:
                buckets[band].append(number)
        return buckets

    def _at(self, numbers: Collection[int]) -> list[Neighbour]:
        found = [
            Neighbour(page_id=page_id, number=number, cluster_id=state.cluster_id or "", sketch=state.sketch)
            for page_id, number in self._numbers.items()
            if number in numbers
            for state in (self._kept[page_id],)
        ]
        written = [number for number in numbers if number < _UNWRITTEN]
        if written:
            rows = self.connection.execute(_TEXTS_AT, {"numbers": written})
            found += [Neighbour(**row._mapping) for row in rows if row.page_id not in self._forgotten]
        return found

    def _merged(self, clusters: Collection[str]) -> Mapping[str, str]:
        """What has become of clusters that were merged into others, however often."""
        now = dict(zip(clusters, clusters, strict=True))
        while asked := set(now.values()):
            rows = self.connection.execute(_MERGES_OF, {"keys": list(asked)}).all()
            steps = {row.cluster_id: row.into_id for row in rows}
            steps |= {cluster: self._merges[cluster] for cluster in asked if cluster in self._merges}
            if not steps:
                break
            now = {cluster: steps.get(current, current) for cluster, current in now.items()}
        return now


def prune_texts(connection: Connection, *, before: str, keep: int = MAX_TEXTS) -> int:
    """Forget some of the texts that were kept before that instant or are more than `keep`; 0 when there are none left.

    `before` is in the store's notation.
    """
    last = connection.execute(select(func.max(TEXTS.c.number))).scalar_one() or 0
    rows = [row for row in connection.execute(_OLDEST) if row.kept_at < before or row.number <= last - keep]
    _delete(connection, rows)
    connection.execute(delete(MERGES).where(MERGES.c.merged_at < before))
    return len(rows)


def _delete(connection: Connection, rows: Sequence[Any]) -> None:
    """Delete texts, by their numbers and bands."""
    _change_bands(_REMOVE, connection, [(band, row.number) for row in rows for band in _unpacked(row.bands)])
    if rows:
        connection.execute(delete(TEXTS).where(TEXTS.c.number.in_([row.number for row in rows])))


_ADD = {
    "sqlite": f"INSERT INTO {BANDS.name} (band, number) VALUES (?, ?)",  # noqa: S608 - our names
    "postgresql": f"INSERT INTO {BANDS.name} (band, number) SELECT * FROM unnest(%s::bigint[], %s::bigint[])",  # noqa: S608
}
_REMOVE = {
    "sqlite": f"DELETE FROM {BANDS.name} WHERE band = ? AND number = ?",  # noqa: S608
    "postgresql": f"DELETE FROM {BANDS.name} AS t USING unnest(%s::bigint[], %s::bigint[]) AS gone (band, number) "  # noqa: S608
    "WHERE t.band = gone.band AND t.number = gone.number",
}


def _change_bands(statement: Mapping[str, str], connection: Connection, pairs: Sequence[tuple[int, int]]) -> None:
    """Add or remove (band, number), all at once in the order of the index.

    By hand: of a batch's 320 SQLAlchemy makes as many dicts and lists, and PostgreSQL as many statements.
    """
    if not pairs:
        return
    dialect, ordered = connection.dialect.name, sorted(pairs)
    columns = tuple(map(list, zip(*ordered, strict=True)))
    connection.exec_driver_sql(statement[dialect], ordered if dialect == "sqlite" else columns)


def _row(number: int, state: TextState, kept_at: str) -> dict[str, Any]:
    return {
        "number": number,
        "page_id": state.page_id,
        "cluster_id": state.cluster_id,
        "is_first": state.is_first,
        "kept_at": kept_at,
        "sketch": state.sketch,
        "bands": pack(f"<{len(state.bands)}q", *state.bands),
        "content": state.content,
    }


def _state(row: Row[Any]) -> TextState:
    return TextState(
        page_id=row.page_id,
        cluster_id=row.cluster_id,
        is_first=row.is_first,
        bands=_unpacked(row.bands),
        sketch=row.sketch,
        content=row.content,
    )


def _unpacked(bands: bytes) -> tuple[int, ...]:
    return unpack(f"<{len(bands) // 8}q", bands)
