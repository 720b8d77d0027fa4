"""What an operator sees of a crawl: a table in a terminal, lines in a log, and why a URL is where it is."""

import asyncio
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import ExitStack, asynccontextmanager, suppress

import structlog
from rich.console import Console
from rich.live import Live
from rich.table import Table

from pipeline.crawl.address import refused_url
from pipeline.crawl.robots import RobotsRules, robots_url
from pipeline.crawl.sources import Sources
from pipeline.edges.clock import instant_of, seconds_now
from pipeline.edges.crawling.crawl_report import DUE_LIMIT, SourceRow, source_rows
from pipeline.edges.crawling.frontier import Frontier
from pipeline.edges.crawling.frontier_rows import Entry, Host, document_key
from pipeline.identity import page_id
from pipeline.settings import Settings, read_networks, read_ports
from pipeline.urls import host_of

REFRESH_SECONDS = 2.0
LOG_SECONDS = 60.0

FRAME_LINES = 8
"""Lines of a terminal that are not for sources: the table's frame and sums, and some for what is logged meanwhile."""


@asynccontextmanager
async def watching(frontier: Frontier, sources: Sources, *, view: bool) -> AsyncIterator[None]:
    """With `view` a table on stderr that is kept up to date; otherwise a line per source and minute in the log."""
    with ExitStack() as stack:
        if view:
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


def wants_view(view: bool | None) -> bool:
    """Whether to draw the table: as asked for, else in a terminal."""
    return sys.stderr.isatty() if view is None else view


async def _log(frontier: Frontier, sources: Sources) -> None:
    while True:
        await asyncio.sleep(LOG_SECONDS)
        for row in await asyncio.to_thread(source_rows, frontier, sources):
            counted = {"due": row.due, "fetched": row.fetched, "new": row.new, "unchanged": row.unchanged}
            counted["over_limit"] = row.over_limit
            next_at = None if row.next_at is None else instant_of(row.next_at)
            now = _now(row)
            structlog.get_logger().info("source", source=row.name, **counted, errors=row.errors, now=now, next=next_at)


async def _refresh(live: Live, frontier: Frontier, sources: Sources) -> None:
    while True:
        rows = await asyncio.to_thread(source_rows, frontier, sources)
        live.update(source_table(rows, room=live.console.height - FRAME_LINES, now=seconds_now()), refresh=True)
        await asyncio.sleep(REFRESH_SECONDS)


def source_table(rows: Sequence[SourceRow], *, room: int, now: float) -> Table:
    """The sources as a table of at most `room` rows, those in need before others, and their sums."""
    shown = _most_in_need(rows, max(1, room))
    table = Table(show_footer=len(rows) > 1)
    left = len(rows) - len(shown)
    due = sum(row.due for row in rows)
    table.add_column("source", f"all {len(rows)}" + (f", {left} not shown" if left else ""))
    table.add_column("due", str(due), justify="right")
    table.add_column("fetched", str(sum(row.fetched for row in rows)), justify="right")
    table.add_column("new", str(sum(row.new for row in rows)), justify="right")
    table.add_column("errors", str(sum(sum(row.errors.values()) for row in rows)), justify="right")
    table.add_column("next", justify="right")
    table.add_column("now", f"{sum(bool(row.failing) for row in rows)} failing")
    for row in shown:
        wait = "" if row.next_at is None else _duration(max(0.0, row.next_at - now))
        due_now = f"{row.due}+" if row.due == DUE_LIMIT else str(row.due)
        counts = (due_now, str(row.fetched), str(row.new), str(sum(row.errors.values())))
        table.add_row(row.name, *counts, wait, _now(row))
    return table


def _most_in_need(rows: Sequence[SourceRow], room: int) -> list[SourceRow]:
    """All rows if they fit; else those that fail, then those with something due, in the order of the file."""
    order = sorted(range(len(rows)), key=lambda place: (not rows[place].failing, not rows[place].due))
    return [rows[place] for place in sorted(order[:room])]


def _now(row: SourceRow) -> str:
    """Whether the source's own feeds, sitemaps and sections can be read."""
    if row.failing:
        return f"{row.failing[0].outcome}, {row.failing[0].attempts} in a row"
    return "ok" if row.read_at is not None else ""


def _duration(seconds: float) -> str:
    for size, unit in ((86_400, "d"), (3600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s"


# ---- why a URL is where it is


def explain(url: str, frontier: Frontier, sources: Sources | None, settings: Settings) -> list[str]:
    """What would happen to a URL and why, from what is known: nothing is fetched. Reject when it is no URL."""
    host = host_of(url)
    key = page_id(url)
    refusal = refused_url(url, read_networks(settings.crawl_networks), read_ports(settings.crawl_ports))
    entries = frontier.entries([key, document_key(url)])
    guard = f"refused: {refusal.reason}" if refusal else "the URL may be asked; its address is checked when connecting"
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
