"""The audit's ledger: what came in, where it ended, what is on its way.

A temporary SQLite file, so that the memory stays bounded. Rows are appended without an index and sorted once: for
millions of random ids that is far faster than keeping an index meanwhile. A trace_id is 16 bytes here.
"""

import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import Failure, Reason
from pipeline.records import PageOutcome, Place

CACHE_KIB = 64 * 1024
MAX_URL = 500

ATTEMPT_SHIFT = 42
MAX_ATTEMPT = (1 << 20) - 1
"""The highest attempt counts, and of equal attempts the last one: attempt (20 bits) and offset as one number."""

SCHEMA = """
CREATE TABLE pages (trace BLOB, partition INTEGER, offset INTEGER, url TEXT);
CREATE TABLE flying (trace BLOB, stage INTEGER);
CREATE TABLE ends (trace BLOB, attempt INTEGER, version TEXT, stage TEXT, outcome TEXT, cause TEXT,
                   partition INTEGER, offset INTEGER);
"""

SORT = """
CREATE INDEX IF NOT EXISTS pages_by_trace ON pages (trace);
CREATE INDEX IF NOT EXISTS flying_by_trace ON flying (trace);
CREATE INDEX IF NOT EXISTS ends_by_trace ON ends (trace);
"""

INPUTS = "(SELECT DISTINCT trace FROM pages)"
ENDED = "EXISTS (SELECT 1 FROM ends WHERE ends.trace = page.trace)"
FLYING = "EXISTS (SELECT 1 FROM flying WHERE flying.trace = page.trace)"

LATEST = f"""
SELECT outcome, stage, cause, count(*) FROM (
  SELECT outcome, stage, cause, max((attempt << {ATTEMPT_SHIFT}) + offset)
  FROM ends WHERE trace IN (SELECT trace FROM pages) GROUP BY trace
) GROUP BY outcome, stage, cause ORDER BY count(*) DESC, outcome, stage, cause
"""  # noqa: S608 - constants of this file

IN_FLIGHT = f"""
SELECT stage, ended, count(*) FROM (
  SELECT max(stage) AS stage, {ENDED} AS ended FROM flying AS page
  WHERE trace IN (SELECT trace FROM pages) GROUP BY trace
) GROUP BY stage, ended ORDER BY stage
"""  # noqa: S608

MISSING = f"FROM {INPUTS} AS page WHERE NOT {ENDED} AND NOT {FLYING}"

DECIDED = f"cause <> '{Reason.DISCARDED}'"
"""By a stage. An operator may give up a letter whose page is on its way again: the later of the two outcomes holds."""

DOUBLED = f"""
FROM (SELECT trace, attempt, version FROM ends WHERE {DECIDED} AND trace IN (SELECT trace FROM pages)
      GROUP BY trace, attempt, version HAVING count(DISTINCT outcome || ' ' || cause) > 1)
"""  # noqa: S608

OUTCOMES = f"""
SELECT stage, outcome, cause, partition, min(offset) FROM ends
WHERE {DECIDED} AND trace = ? AND attempt = ? AND version = ? GROUP BY outcome, cause ORDER BY min(offset)
"""  # noqa: S608


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """One outcome, and where it lies; `cause` is its reason or its error's code."""

    stage: str
    outcome: str
    cause: str
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """A page that is neither ended nor on its way, and where its first raw message lies."""

    trace_id: str
    url: str | None
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubled:
    """A page with differing outcomes of one attempt and version."""

    trace_id: str
    url: str | None
    attempt: int
    version: str
    outcomes: tuple[Ended, ...]


@contextmanager
def open_ledger(raw: str, outcomes: str) -> Iterator["Ledger"]:
    """An empty ledger, deleted at the end; `raw` and `outcomes` are the topics that its places speak of."""
    with tempfile.TemporaryDirectory(prefix="newsflow-audit-") as folder:
        connection = sqlite3.connect(Path(folder) / "ledger.sqlite", isolation_level=None)
        try:
            connection.execute("PRAGMA journal_mode = OFF")
            connection.execute("PRAGMA synchronous = OFF")
            connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
            connection.executescript(SCHEMA)
            yield Ledger(connection=connection, raw=raw, outcomes=outcomes)
        except sqlite3.Error as error:
            raise Failure(f"the audit's ledger in {folder}: {error}; TMPDIR names a folder with more room") from error
        finally:
            connection.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """Written by `add_…`, then asked; it may be written and asked again."""

    connection: sqlite3.Connection
    raw: str
    outcomes: str

    def add_pages(self, pages: Iterable[tuple[str, Place, str | None]]) -> None:
        """Raw messages: trace_id, place and URL. A trace_id that is there again is a repeat."""
        rows = (
            (bytes.fromhex(trace), place.partition, place.offset, (url or "")[:MAX_URL]) for trace, place, url in pages
        )
        self._insert("INSERT INTO pages VALUES (?, ?, ?, ?)", rows)

    def add_flying(self, stage: int, traces: Iterable[str]) -> None:
        """Pages that wait for a stage, by its number in the flow, or are in work there."""
        self._insert("INSERT INTO flying VALUES (?, ?)", ((bytes.fromhex(trace), stage) for trace in traces))

    def forget_flying(self) -> None:
        """Before another look."""
        self.connection.execute("DELETE FROM flying")

    def add_outcomes(self, outcomes: Iterable[tuple[PageOutcome, Place]]) -> None:
        """Outcomes, of whatever pages."""
        rows = (
            (
                bytes.fromhex(outcome.trace_id),
                min(outcome.attempt, MAX_ATTEMPT),  # an outcome that is none of ours may say anything
                outcome.version,
                outcome.stage,
                str(outcome.outcome),
                outcome.error.code if outcome.error else outcome.reason or "",
                place.partition,
                place.offset,
            )
            for outcome, place in outcomes
        )
        self._insert("INSERT INTO ends VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)

    def _insert(self, statement: str, rows: Iterable[tuple[object, ...]]) -> None:
        self.connection.execute("BEGIN")
        self.connection.executemany(statement, rows)
        self.connection.execute("COMMIT")

    # ---- questions

    def sort(self) -> None:
        """Once, before the questions."""
        self.connection.executescript(SORT)

    def messages(self) -> int:
        """Raw messages in the range."""
        return self._count("FROM pages")

    def inputs(self) -> int:
        """Distinct pages among them."""
        return self._count(f"FROM {INPUTS}")

    def ended(self) -> list[tuple[str, str, str, int]]:
        """Outcome, stage, cause and number of pages, the most frequent first; the highest attempt counts."""
        return list(self.connection.execute(LATEST))

    def flying(self) -> list[tuple[int, bool, int]]:
        """Stage, whether the page had ended before, and number of pages: each at the furthest stage it waits for."""
        return [(stage, bool(ended), count) for stage, ended, count in self.connection.execute(IN_FLIGHT)]

    def missing_count(self) -> int:
        """Pages that are neither ended nor on their way."""
        return self._count(MISSING)

    def missing(self, limit: int | None = None) -> Iterator[Missing]:
        """The same, named, all of them or the first ones."""
        rows = self.connection.execute(f"SELECT trace {MISSING} ORDER BY trace LIMIT ?", (_limit(limit),))
        for (trace,) in rows:
            url, place = self._page(trace)
            yield Missing(trace_id=trace.hex(), url=url, place=place)

    def doubled_count(self) -> int:
        """Pages with differing outcomes of one attempt and version."""
        return self._count(DOUBLED)

    def doubled(self, limit: int | None = None) -> Iterator[Doubled]:
        """The same, named, each with its different outcomes."""
        rows = self.connection.execute(
            f"SELECT trace, attempt, version {DOUBLED} ORDER BY trace LIMIT ?", (_limit(limit),)
        )
        for trace, attempt, version in rows:
            outcomes = self.connection.execute(OUTCOMES, (trace, attempt, version))
            yield Doubled(
                trace_id=trace.hex(),
                url=self._page(trace)[0],
                attempt=attempt,
                version=version,
                outcomes=tuple(
                    Ended(stage=stage, outcome=outcome, cause=cause, place=self._place(self.outcomes, part, offset))
                    for stage, outcome, cause, part, offset in outcomes
                ),
            )

    def _page(self, trace: bytes) -> tuple[str | None, Place]:
        url, partition, offset = self.connection.execute(
            "SELECT url, partition, offset FROM pages WHERE trace = ? ORDER BY partition, offset LIMIT 1", (trace,)
        ).fetchone()
        return url or None, self._place(self.raw, partition, offset)

    def _place(self, topic: str, partition: int, offset: int) -> Place:
        return Place(topic=topic, partition=partition, offset=offset)

    def _count(self, source: str) -> int:
        count: int = self.connection.execute(f"SELECT count(*) {source}").fetchone()[0]
        return count


def _limit(limit: int | None) -> int:
    return -1 if limit is None else limit
