"""What relate's records and outcomes tell about decisions and pages, written into an empty store.

The records come first, in the order of their partitions, then the outcomes in any order. Only a batch of either is in
memory: what a later one must know of an earlier one is read back from the transaction.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import BigInteger, Column, Connection, MetaData, Table, Text, bindparam, delete, insert, select, update

from pipeline.edges.store import decision_row, page_row, utc
from pipeline.edges.store_tables import BANDS, DECISIONS, MERGES, PAGES, TEXTS
from pipeline.edges.texts import Texts
from pipeline.errors import Drop, Reason, Unchanged
from pipeline.memory import Decision, PageState
from pipeline.records import EnrichedArticle, Outcome, PageOutcome
from pipeline.stages.relate import latest_fetch, state_of

_MOVES = Table(
    "newsflow_moves",
    MetaData(),
    Column("page_id", Text, primary_key=True),
    Column("trace_offset", BigInteger, nullable=False),
    Column("fetched_offset", BigInteger, nullable=False),
    prefixes=["TEMPORARY"],
)
"""From which message a page's trace_id and fetched_at are. Messages of a page share a partition, so offsets order them;

outcomes of a page do not.
"""


_OF_RELATE = frozenset((Reason.SUPERSEDED, Reason.WITHDRAWN, Reason.HTTP_ERROR))
"""Why relate drops pages; a discarded dead letter is no decision of its own."""


@dataclass(slots=True, kw_only=True)
class Tally:
    """How much was restored, and what could not be."""

    pages: int = 0
    revisions: int = 0
    unchanged: int = 0
    dropped: int = 0
    nameless: int = 0
    """Outcomes of a newsflow that did not yet name the record in them."""
    compacted: int = 0
    """Outcomes of revisions whose records are no longer in their topic."""
    unreadable: int = 0


@dataclass(slots=True, kw_only=True)
class Restorer:
    """Fills the tables inside one transaction. Decisions made before `oldest` would be pruned and are left out."""

    connection: Connection
    oldest: str
    tally: Tally = field(default_factory=Tally)

    def begin(self) -> None:
        """Forget decisions, pages and texts."""
        for table in (DECISIONS, PAGES, TEXTS, BANDS, MERGES):
            self.connection.execute(delete(table))
        _MOVES.create(self.connection)

    def end(self) -> None:
        """Leave nothing but the store's own tables."""
        _MOVES.drop(self.connection)

    def take_records(self, records: Sequence[tuple[EnrichedArticle, str]]) -> None:
        """A batch of enriched records, each with the instant at which Kafka got it."""
        pages = self._pages(record.page_id for record, _ in records)
        known = set(self._rows(DECISIONS, DECISIONS.c.message_id, (record.id for record, _ in records)))
        newest, decisions, texts = dict[str, PageState](), [], Texts(connection=self.connection)
        for record, at in records:
            before = pages.get(record.page_id)
            if before is None or record.revision.number > before.number:
                self.tally.pages += before is None
                page, text = state_of(record, before=before)
                newest[record.page_id] = pages[record.page_id] = page
                if text is None:
                    texts.forget(record.page_id)
                elif utc(at) >= self.oldest:
                    texts.keep(text)
            if record.id not in known and utc(at) >= self.oldest:
                known.add(record.id)
                near = record.near_duplicate
                if near is not None and near.merged:
                    texts.merge(near.merged, near.cluster_id)
                decision = Decision(verdict=record.revision, near_duplicate=near)
                decisions.append(decision_row(record.id, decision, utc(at)))
        self.tally.revisions += len(decisions)
        self._insert(DECISIONS, decisions)
        self._replace(PAGES, PAGES.c.page_id, [page_row(page) for page in newest.values()])
        if records:
            texts.write(utc(records[-1][1]))

    def take_outcomes(self, outcomes: Sequence[PageOutcome]) -> None:
        """A batch of relate's outcomes. The first of each record counts: what follows are repeats."""
        decided = [outcome for outcome in outcomes if _tells_decision(outcome) and utc(outcome.at) >= self.oldest]
        named = [outcome for outcome in decided if outcome.record_id is not None]
        self.tally.nameless += len(decided) - len(named)
        known = self._rows(DECISIONS, DECISIONS.c.message_id, (o.record_id or "" for o in named))
        placed, decisions, moving = [], [], []
        for outcome in named:
            key, place = outcome.record_id or "", _place(outcome)
            if outcome.outcome is Outcome.ENRICHED:
                if key not in known:
                    self.tally.compacted += 1
                elif known[key]["outcome"] == Outcome.ENRICHED.value and known[key]["place"] is None:
                    known[key]["place"] = place
                    placed.append({"key": key, "lies": place, "at": utc(outcome.at)})
            elif key not in known and (verdict := _verdict(outcome)) is not None:
                row = decision_row(key, Decision(verdict=verdict, place=place), utc(outcome.at))
                known[key] = row
                decisions.append(row)
                moving += [outcome] if isinstance(verdict, Unchanged) else []
        self.tally.unchanged += len(moving)
        self.tally.dropped += len(decisions) - len(moving)
        self._insert(DECISIONS, decisions)
        if placed:
            statement = update(DECISIONS).where(DECISIONS.c.message_id == bindparam("key"))
            self.connection.execute(statement.values(place=bindparam("lies"), decided_at=bindparam("at")), placed)
        self._move(moving)

    def _move(self, outcomes: Sequence[PageOutcome]) -> None:
        """Pages that were fetched again and unchanged stand as of that fetch."""
        pages = self._pages(outcome.page_id or "" for outcome in outcomes)
        moves = self._rows(_MOVES, _MOVES.c.page_id, pages)
        moved = dict[str, dict[str, Any]]()
        for outcome in outcomes:
            page = pages.get(outcome.page_id or "")
            if page is None or outcome.input is None:
                continue
            if outcome.evidence != page.record_id or outcome.evidence == outcome.record_id:
                continue  # of an earlier revision, or a repeat of the record itself: neither changed what stands
            move = moves.get(page.page_id, {"page_id": page.page_id, "trace_offset": -1, "fetched_offset": -1})
            row, offset = page_row(page), outcome.input.offset
            if offset > move["trace_offset"]:
                row, move = row | {"trace_id": outcome.trace_id}, move | {"trace_offset": offset}
            fetched_at = latest_fetch(outcome.fetched_at, None)
            if fetched_at is not None and offset > move["fetched_offset"]:
                row, move = row | {"fetched_at": fetched_at}, move | {"fetched_offset": offset}
            pages[page.page_id], moves[page.page_id], moved[page.page_id] = PageState(**row), move, row  # type: ignore[arg-type]
        self._replace(PAGES, PAGES.c.page_id, list(moved.values()))
        self._replace(_MOVES, _MOVES.c.page_id, [moves[page_id] for page_id in moved])

    def _pages(self, page_ids: Iterable[str]) -> dict[str, PageState]:
        return {key: PageState(**row) for key, row in self._rows(PAGES, PAGES.c.page_id, page_ids).items()}

    def _rows(self, table: Table, key: Column[str], keys: Iterable[str]) -> dict[str, dict[str, Any]]:
        found = self.connection.execute(select(table).where(key.in_(set(keys))))
        return {row._mapping[key]: dict(row._mapping) for row in found}

    def _insert(self, table: Table, rows: Sequence[dict[str, Any]]) -> None:
        if rows:
            self.connection.execute(insert(table), rows)

    def _replace(self, table: Table, key: Column[str], rows: Sequence[dict[str, Any]]) -> None:
        self.connection.execute(delete(table).where(key.in_([row[key.name] for row in rows])))
        self._insert(table, rows)


def _tells_decision(outcome: PageOutcome) -> bool:
    """Whether relate decided something: not on a dead letter, nor on a repeat of a page that had been replaced."""
    if outcome.outcome is Outcome.ENRICHED:
        return outcome.evidence is None
    return _verdict(outcome) is not None


def _verdict(outcome: PageOutcome) -> Unchanged | Drop | None:
    """What relate decided; None for outcomes that are no decision of its own."""
    if outcome.outcome is Outcome.UNCHANGED:
        return Unchanged(since=outcome.evidence)
    if outcome.outcome is Outcome.DROPPED and outcome.reason in _OF_RELATE:
        return Drop(reason=Reason(outcome.reason), evidence=outcome.evidence)
    return None


def _place(outcome: PageOutcome) -> str | None:
    place = outcome.input
    return f"{place.topic}/{place.partition}/{place.offset}" if place else None
