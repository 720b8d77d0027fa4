"""What an operator sees of a crawl: a table in a terminal, lines at its end, and why a URL is where it is."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager, suppress
from dataclasses import dataclass

import structlog
from rich.console import Console
from rich.live import Live
from rich.table import Table

from pipeline.crawl.address import read_networks, refused_url
from pipeline.crawl.robots import RobotsRules, robots_url
from pipeline.crawl.sources import Sources
from pipeline.edges.clock import instant_of, seconds_now
from pipeline.edges.frontier import Frontier
from pipeline.edges.frontier_rows import Entry, Host
from pipeline.identity import page_id
from pipeline.settings import Settings, read_ports
from pipeline.urls import host_of

REFRESH_SECONDS = 2.0
LOG_SECONDS = 60.0
DUE_LIMIT = 10_000
SHOWN_FAILURES = 3

WELL = ("new", "fetched", "updated", "unchanged", "read", "redirected", "reserved")
"""What is counted and is no error."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRow:
    """How a source stands."""

    name: str
    due: int
    fetched: int
    new: int
    unchanged: int
    errors: dict[str, int]
    next_at: float | None


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
                fetched=counted.get("fetched", 0) + counted.get("updated", 0),
                new=counted.get("new", 0),
                unchanged=counted.get("unchanged", 0),
                errors={what: number for what, number in counted.items() if what not in WELL},
                next_at=next_at,
            )
        )
    return rows


def summary(frontier: Frontier, sources: Sources) -> list[str]:
    """The source report as lines: what was counted since the frontier exists, and what failed for good."""
    lines = []
    for row in source_rows(frontier, sources):
        errors = ", ".join(f"{number} {what}" for what, number in sorted(row.errors.items())) or "no errors"
        lines.append(
            f"{row.name}: {row.fetched} fetched, {row.new} new, {row.unchanged} unchanged, {row.due} due; {errors}"
        )
        failed = frontier.failed(row.name, SHOWN_FAILURES)
        lines += [f"  failed: {entry.url}: {entry.outcome} {entry.detail or ''}".rstrip() for entry in failed]
    return lines


@asynccontextmanager
async def watching(frontier: Frontier, sources: Sources) -> AsyncIterator[None]:
    """A table on stderr that is kept up to date, when stderr is a terminal; otherwise a line per source and minute."""
    with ExitStack() as stack:
        if sys.stderr.isatty():
            live = stack.enter_context(Live(console=Console(stderr=True), auto_refresh=False, transient=True))
            task = asyncio.create_task(_refresh(live, frontier, sources))
        else:
            task = asyncio.create_task(_log(frontier, sources))
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


async def _log(frontier: Frontier, sources: Sources) -> None:
    while True:
        await asyncio.sleep(LOG_SECONDS)
        for row in await asyncio.to_thread(source_rows, frontier, sources):
            counted = {"due": row.due, "fetched": row.fetched, "new": row.new, "unchanged": row.unchanged}
            structlog.get_logger().info("source", source=row.name, **counted, errors=row.errors, next=row.next_at)


async def _refresh(live: Live, frontier: Frontier, sources: Sources) -> None:
    while True:
        live.update(_table(await asyncio.to_thread(source_rows, frontier, sources)), refresh=True)
        await asyncio.sleep(REFRESH_SECONDS)


def _table(rows: list[SourceRow]) -> Table:
    table = Table()
    for name in ("source", "due", "fetched", "new", "errors", "next"):
        table.add_column(name, justify="left" if name == "source" else "right")
    for row in rows:
        wait = "" if row.next_at is None else f"{max(0.0, row.next_at - seconds_now()):.0f} s"
        due = f"{row.due}+" if row.due == DUE_LIMIT else str(row.due)
        table.add_row(row.name, due, str(row.fetched), str(row.new), str(sum(row.errors.values())), wait)
    return table


# ---- why a URL is where it is


def explain(url: str, frontier: Frontier, sources: Sources | None, settings: Settings) -> list[str]:
    """What would happen to a URL and why, from what is known: nothing is fetched. Reject when it is no URL."""
    host = host_of(url)
    key = page_id(url)
    refusal = refused_url(url, read_networks(settings.crawl_networks), read_ports(settings.crawl_ports))
    entries = [entry for entry in map(frontier.entry, (key, f"document:{key}")) if entry is not None]
    guard = f"refused: {refusal.value}" if refusal else "the URL may be asked; its address is checked when connecting"
    lines = [f"url      {url}", f"page_id  {key}", f"guard    {guard}"]
    lines.append(f"robots   {_robots(frontier, url)}")
    lines.append(f"host     {_host(frontier.host(host))}")
    if not entries:
        lines.append("frontier not known: no source has named it yet")
        lines += _wanted(url, sources)
    for entry in entries:
        lines += _entry_lines(entry, sources)
    return lines


def _robots(frontier: Frontier, url: str) -> str:
    where = robots_url(url)
    file = frontier.site_file(where)
    if file is None:
        return f"{where} has not been fetched yet; it will be, first"
    rules = RobotsRules.from_response(file.status, file.body, url=where, now=file.fetched_at)
    verdict = rules.explain(url)
    word = "allowed" if verdict.allowed else "disallowed"
    return f"{word}: {verdict.reason} (fetched {instant_of(file.fetched_at)}, status {file.status})"


def _host(host: Host | None) -> str:
    if host is None:
        return "never asked"
    words = [f"{host.state.failures} failures in a row"]
    if host.owner is not None:
        words.append(f"leased to {host.owner} until {_when(host.next_at)}")
    elif host.next_at is not None:
        words.append(f"next turn {_when(host.next_at)}")
    if host.state.open_until is not None:
        words.append(f"circuit open until {_when(host.state.open_until)}")
    elif host.state.not_before > seconds_now():
        words.append(f"not before {_when(host.state.not_before)}")
    return ", ".join(words)


def _wanted(url: str, sources: Sources | None) -> list[str]:
    if sources is None:
        return []
    verdicts = {source.name: source.unwanted(url) for source in sources.sources}
    return [f"source   {name}: {why.value if why else 'would take it'}" for name, why in verdicts.items()]


def _entry_lines(entry: Entry, sources: Sources | None) -> list[str]:
    source = sources.named(entry.source) if sources else None
    unwanted = source.unwanted(entry.url) if source else None
    lines = [
        f"frontier {entry.kind.value} of source {entry.source}, {entry.state.value}, priority {entry.priority}"
        f", discovered {entry.discovered_at}" + (f", unwanted now: {unwanted.value}" if unwanted else ""),
        f"next     {_when(entry.due) if entry.due is not None else 'nothing is planned'}",
        f"last     {entry.outcome or 'never asked'}"
        + (f", status {entry.status}" if entry.status else "")
        + (f": {entry.detail}" if entry.detail else ""),
    ]
    lines += [f"came by  {via}" for via in entry.chain]
    for visit in entry.history:
        words = " ".join(str(visit[name]) for name in ("outcome", "status", "detail") if name in visit)
        lines.append(f"history  {instant_of(visit['at'])} {words}")
    return lines


def _when(instant: float | None) -> str:
    if instant is None:
        return "never"
    wait = instant - seconds_now()
    return f"{instant_of(instant)} ({'now' if wait <= 0 else f'in {wait:.0f} s'})"
