"""How the sources of a crawl stand in the store: for the table in a terminal, the lines at the end, and the metrics."""

from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.crawl.sources import POLLED, Source, Sources
from pipeline.edges.clock import instant_of, seconds_now
from pipeline.edges.crawling.frontier import Frontier
from pipeline.edges.crawling.frontier_rows import LEFT_OUT, Entry, document_key
from pipeline.edges.crawling.visit_outcomes import WELL, Outcome
from pipeline.text import shortened

DUE_LIMIT = 10_000
SHOWN_FAILURES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRow:
    """How a source stands. The counts are those since the frontier exists."""

    name: str
    due: int
    fetched: int
    new: int
    unchanged: int
    errors: dict[str, int]
    left_out: dict[str, int]
    """What its documents named and what was not taken, each time that one was read: off_site, url_too_long, …

    What is `over_limit` is taken at a later poll.
    """
    next_at: float | None
    documents: tuple[Entry, ...]
    """The feeds, sitemaps and sections that the file names, as they were last met."""

    @property
    def failing(self) -> tuple[Entry, ...]:
        """Those of its documents that could not be had or read the last time, the longest first."""
        return tuple(sorted((each for each in self.documents if each.attempts), key=lambda each: -each.attempts))

    @property
    def read_at(self) -> float | None:
        """When one of its documents could last be read; None: not in any visit that is remembered."""
        read = (Outcome.READ, Outcome.UNCHANGED)
        return max((v["at"] for each in self.documents for v in each.history if v["outcome"] in read), default=None)


def source_rows(frontier: Frontier, sources: Sources) -> list[SourceRow]:
    """One row per source of the file, in its order."""
    counts, now = frontier.counts(), seconds_now()
    rows = []
    for source in sources.sources:
        counted = counts.get(source.name, {})
        due, next_at = frontier.waiting(source.name, now=now, limit=DUE_LIMIT)
        rows.append(
            SourceRow(
                name=source.name,
                due=due,
                fetched=counted.get(Outcome.FETCHED, 0) + counted.get(Outcome.UPDATED, 0),
                new=counted.get("new", 0),
                unchanged=counted.get(Outcome.UNCHANGED, 0),
                errors={what: number for what, number in counted.items() if _is_error(what)},
                left_out={what[len(LEFT_OUT) :]: n for what, n in counted.items() if what.startswith(LEFT_OUT)},
                next_at=next_at,
                documents=_documents(frontier, source),
            )
        )
    return rows


def _is_error(what: str) -> bool:
    return what not in WELL and what != "new" and not what.startswith(LEFT_OUT)


def _documents(frontier: Frontier, source: Source) -> tuple[Entry, ...]:
    if source.kind not in POLLED:
        return ()
    return tuple(frontier.entries([document_key(url) for url in source.urls]))


def summary(frontier: Frontier, sources: Sources) -> list[str]:
    """The source report as lines: what was counted, what cannot be read now, what has moved, what failed for good."""
    lines = []
    for row in source_rows(frontier, sources):
        errors = ", ".join(f"{number} {what}" for what, number in sorted(row.errors.items())) or "no errors"
        lines.append(
            f"{row.name}: {row.fetched} fetched, {row.new} new, {row.unchanged} unchanged, {row.due} due; {errors}"
        )
        if row.left_out:
            left_out = ", ".join(f"{number} {what}" for what, number in sorted(row.left_out.items()))
            lines.append(f"  left out, each time it was named: {left_out}")
        lines += _complaints(row)
        failed = frontier.failed(row.name, SHOWN_FAILURES)
        lines += [f"  failed: {shortened(entry.url)}: {_words(entry)}" for entry in failed]
    return lines


def _complaints(row: SourceRow) -> Iterator[str]:
    for entry in row.failing:
        next_at = "never" if entry.due is None else instant_of(entry.due)
        again = f"{entry.attempts} in a row, asked again {next_at}"
        yield f"  cannot be read: {shortened(entry.url)}: {_words(entry)}; {again}"
    for entry in row.documents:
        if entry.outcome == Outcome.REDIRECTED:
            yield f"  has moved: {entry.url} is now {shortened(entry.detail or '')}: change it in the sources file"


def _words(entry: Entry) -> str:
    return f"{entry.outcome}: {shortened(entry.detail)}" if entry.detail else str(entry.outcome)
