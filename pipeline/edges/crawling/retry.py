"""`newsflow crawl retry`: what failed for good is due again, when the reason may have gone.

Nothing is fetched here. The crawler asks again by the rules of today: the source's, robots.txt's and the guard's.
"""

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select, true

from pipeline.edges.clock import seconds_now
from pipeline.edges.crawling.frontier import Frontier
from pipeline.edges.crawling.frontier_rows import document_key
from pipeline.edges.database import parse, place_of
from pipeline.edges.frontier_tables import ENTRIES, FAILED
from pipeline.edges.store import has_table, open_store
from pipeline.errors import Reject, UsageError
from pipeline.identity import page_id
from pipeline.settings import Settings
from pipeline.urls import dns_name


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which of the failed entries are meant: those for which all of it is true. `cause` is the word of the report."""

    url: str | None = None
    source: str | None = None
    host: str | None = None
    cause: str | None = None
    everything: bool = False
    limit: int | None = None

    def condition(self) -> ColumnElement[bool]:
        """For the frontier. Reject when `url` is none."""
        wanted: ColumnElement[bool] = true()
        if self.url is not None:
            wanted &= ENTRIES.c.key.in_([page_id(self.url), document_key(self.url)])
        if self.source is not None:
            wanted &= ENTRIES.c.source == self.source
        if self.host is not None:
            wanted &= ENTRIES.c.host == dns_name(self.host)
        if self.cause is not None:
            wanted &= ENTRIES.c.outcome == self.cause
        return wanted


def retry_failed(selection: Selection, settings: Settings, *, dry_run: bool) -> list[str]:
    """Make the selected entries due; the lines that say how many, by cause. UsageError when nothing is selected."""
    named = (selection.url, selection.source, selection.host, selection.cause)
    if selection.everything == any(each is not None for each in named):
        raise UsageError("say which failures to retry: --url, --source, --host or --cause, or --all for every one")
    if not has_table(settings.store_url, ENTRIES):
        return [f"nothing has been crawled with the store {place_of(parse(settings.store_url))} yet"]
    store = open_store(settings.store_url, cluster_id=None)
    try:
        frontier = Frontier(store)
        keys = _failed(frontier, selection)
        causes = Counter(keys.values())
        if not keys:
            return [f"nothing that failed is meant; failed for good: {_listed(_causes(frontier))}"]
        if not dry_run:
            causes = frontier.retry(keys, now=seconds_now())
        return [f"{'would be ' if dry_run else ''}due again: {_listed(causes)}"]
    except Reject as error:
        raise UsageError(str(error)) from error
    finally:
        store.close()


def _failed(frontier: Frontier, selection: Selection) -> dict[str, str]:
    """Key and cause of what is selected, what failed longest ago first."""
    query = select(ENTRIES.c.key, ENTRIES.c.outcome).where(FAILED, selection.condition())
    with frontier.begin() as connection:
        rows = connection.execute(query.order_by(ENTRIES.c.last_at, ENTRIES.c.key).limit(selection.limit))
        return {row.key: row.outcome for row in rows}


def _causes(frontier: Frontier) -> Counter[str]:
    """How many entries failed for good, by cause."""
    query = select(ENTRIES.c.outcome, func.count()).where(FAILED).group_by(ENTRIES.c.outcome)
    with frontier.begin() as connection:
        return Counter({row[0]: row[1] for row in connection.execute(query)})


def _listed(causes: Counter[str]) -> str:
    by_cause = ", ".join(f"{number} {cause}" for cause, number in sorted(causes.items()))
    return f"{causes.total()} ({by_cause})" if causes else "nothing"
