"""What an operator sees of a crawl: a table in a terminal, lines in a log."""

import asyncio
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import ExitStack, asynccontextmanager, suppress

import structlog
from rich.console import Console
from rich.live import Live
from rich.table import Table

from pipeline.crawl.sources import Sources
from pipeline.edges.clock import instant_of, seconds_now
from pipeline.edges.crawling.crawl_report import DUE_LIMIT, SourceRow, source_rows
from pipeline.edges.crawling.frontier import Frontier

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
            next_at = None if row.next_at is None else instant_of(row.next_at)
            more = {"left_out": row.left_out, "now": _now(row), "next": next_at}
            structlog.get_logger().info("source", source=row.name, **counted, errors=row.errors, **more)


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
