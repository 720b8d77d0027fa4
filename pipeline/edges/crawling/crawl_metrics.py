"""What the crawler counts: each visit as it ends, and when somebody asks, how the sources stand in the store."""

from datetime import datetime

import structlog

from pipeline.crawl.sources import Sources
from pipeline.edges.clock import seconds_now
from pipeline.edges.crawling.crawl_report import source_rows
from pipeline.edges.crawling.frontier import Frontier
from pipeline.edges.crawling.frontier_rows import Entry, Visit
from pipeline.edges.crawling.visit_outcomes import Outcome, label_of
from pipeline.edges.metrics import (
    CRAWL_DISCOVERED_TO_FETCHED,
    CRAWL_DUE_ENTRIES,
    CRAWL_LISTING_TROUBLES,
    CRAWL_OVERDUE_SECONDS,
    CRAWL_PUBLISHED_TO_FETCHED,
    CRAWL_SOURCE_FAILURES,
    CRAWL_SOURCE_READ,
    CRAWL_URLS_FOUND,
    CRAWL_VISITS,
)
from pipeline.errors import NewsflowError
from pipeline.times import parse_time


def count(visit: Visit) -> None:
    """Count one visit that ended."""
    entry = visit.entry
    CRAWL_VISITS.labels(entry.source, label_of(entry.outcome or "")).inc()
    CRAWL_URLS_FOUND.labels(entry.source).inc(visit.new)
    for trouble, number in visit.troubles.items():
        CRAWL_LISTING_TROUBLES.labels(entry.source, trouble).inc(number)
    if entry.outcome == Outcome.FETCHED and entry.last_at is not None:
        found = datetime.fromisoformat(entry.discovered_at).timestamp()
        CRAWL_DISCOVERED_TO_FETCHED.labels(entry.source).observe(max(0.0, entry.last_at - found))
        published = _published(entry)
        if published is not None:
            CRAWL_PUBLISHED_TO_FETCHED.labels(entry.source).observe(max(0.0, entry.last_at - published))


def _published(entry: Entry) -> float | None:
    """When the source says that the page was published; None for a bare date, or a time without its zone."""
    moment = parse_time(entry.published) if entry.published else None
    return datetime.fromisoformat(moment.utc).timestamp() if moment and moment.utc else None


def refresh(frontier: Frontier, sources: Sources) -> None:
    """Set the gauges that tell of the store; none of them while it cannot be read, for old ones would be lies."""
    for gauge in (CRAWL_DUE_ENTRIES, CRAWL_OVERDUE_SECONDS, CRAWL_SOURCE_FAILURES, CRAWL_SOURCE_READ):
        gauge.clear()
    now = seconds_now()
    try:
        rows = source_rows(frontier, sources)
    except NewsflowError as error:
        structlog.get_logger().warning("the store's metrics are left out", reason=str(error))
        return
    for row in rows:
        CRAWL_DUE_ENTRIES.labels(row.name).set(row.due)
        CRAWL_OVERDUE_SECONDS.labels(row.name).set(max(0.0, now - row.next_at) if row.next_at is not None else 0.0)
        CRAWL_SOURCE_FAILURES.labels(row.name).set(max((entry.attempts for entry in row.documents), default=0))
        if row.read_at is not None:
            CRAWL_SOURCE_READ.labels(row.name).set(row.read_at)
