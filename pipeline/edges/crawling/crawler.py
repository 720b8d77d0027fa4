"""The crawler agent: takes the turns of hosts that have something due, visits, and writes down what came of it.

One task per host keeps its delay; many hosts go on at once. A visit ends in the frontier only after the broker has
acknowledged its page, so a crawler may die at any moment. Who stops it lets it finish the visits in flight.
"""

import asyncio
import time
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial

import structlog
from aiokafka.errors import KafkaError

from pipeline.edges.clock import instant_of, seconds_now
from pipeline.edges.crawling.crawl_metrics import count
from pipeline.edges.crawling.frontier import Frontier
from pipeline.edges.crawling.frontier_rows import Entry, Host, Visit
from pipeline.edges.crawling.held_back import held_back
from pipeline.edges.crawling.journal import Journal, patiently
from pipeline.edges.crawling.turn import LEASE_SECONDS, NotNowError, Turn, Turns
from pipeline.edges.crawling.visit import Visitor
from pipeline.errors import NewsflowError
from pipeline.text import shortened

TAKEN = 4
SLICE_SECONDS = 60.0
"""After so long a host goes back into the queue, where another one may be more urgent."""

IDLE_SECONDS = 1.0
ONCE_SECONDS = LEASE_SECONDS + 5
"""`--once` waits so long for what is nearly due: a dead crawler's hosts, a host that backs off; no feed is so soon."""

ONCE_DELAY_SECONDS = 900.0
"""`--once` waits so long for what is due already, where only the delay of a host that is well keeps it back."""

LOOK_SECONDS = 10.0
"""How often it looks meanwhile whether something else has come up."""

STOP_SECONDS = 15.0
"""A stop waits so long for visits in flight; then they are returned: they stay due."""


@dataclass(slots=True, kw_only=True)
class Crawler:
    """Runs until `stop` is set or, with `once`, until nothing is due."""

    frontier: Frontier
    turns: Turns
    visitor: Visitor
    stop: asyncio.Event
    once: bool = False
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _visited: float = field(default_factory=time.monotonic)
    _journal: Journal = field(init=False)

    def __post_init__(self) -> None:
        self._journal = Journal(frontier=self.frontier)

    async def run(self) -> None:
        """Crawl. Raises Failure when broker or store fail for good; what was in flight then stays due."""
        helpers = [asyncio.create_task(self._journal.run()), asyncio.create_task(self.turns.keep())]
        stopping = asyncio.create_task(self.stop.wait())
        try:
            while not self.stop.is_set():
                for turn in await self.turns.claim():
                    self._tasks.add(asyncio.create_task(self._serve(turn)))
                pause = await self._pause()
                if pause is None:
                    break
                tasks = [stopping, *helpers, *self._tasks]
                await asyncio.wait(tasks, timeout=pause, return_when=asyncio.FIRST_COMPLETED)
                self._check(helpers)
            await self._finish()
            self._check(helpers)
        finally:
            for task in (stopping, *helpers, *self._tasks):
                task.cancel()
            await asyncio.gather(stopping, *helpers, *self._tasks, return_exceptions=True)

    async def _pause(self) -> float | None:
        """How long there is nothing to claim; None: with `once`, all is done."""
        next_turn = await patiently(self.frontier.next_turn)
        wait = IDLE_SECONDS if next_turn is None else next_turn - seconds_now()
        if self.once and not self._tasks and (next_turn is None or wait > ONCE_SECONDS):
            return await self._delay()
        return min(max(wait, 0.01), IDLE_SECONDS)

    async def _delay(self) -> float | None:
        """How long to wait for hosts whose delay keeps back what is due; None: for none, or to no purpose."""
        now = seconds_now()
        hosts = await patiently(partial(held_back, self.frontier, now=now))
        waits = [each.ready_at - now for each in hosts if not each.failures]
        if not waits or max(waits[0], time.monotonic() - self._visited) > ONCE_DELAY_SECONDS:
            return None
        return min(max(waits[0], 0.01), LOOK_SECONDS)

    def _check(self, helpers: list[asyncio.Task[None]]) -> None:
        """Raise what any task has raised."""
        ended = [task for task in (*helpers, *self._tasks) if task.done()]
        self._tasks.difference_update(ended)
        for task in ended:
            if not task.cancelled():
                task.result()

    async def _finish(self) -> None:
        """Let the visits in flight end; those that take too long are given up, and stay due."""
        self.turns.end()
        for patience in (STOP_SECONDS, STOP_SECONDS):
            if self._tasks:
                _, late = await asyncio.wait([*self._tasks], timeout=patience)
                for task in late:
                    task.cancel()

    async def _serve(self, turn: Turn) -> None:
        """A host's turn: what is due there, one after the other, until nothing is or its time is over."""
        until = time.monotonic() + SLICE_SECONDS
        try:
            with suppress(NotNowError):
                while not turn.ended.is_set() and time.monotonic() < until:
                    entries = await patiently(partial(self.frontier.take, turn.host, now=seconds_now(), count=TAKEN))
                    if not entries:
                        break
                    for entry in entries:
                        visit = await self._visit(entry, turn)
                        self._visited = time.monotonic()
                        host = Host(host=turn.host, state=turn.state, owner=self.turns.owner)
                        await self._journal.write(visit, host)
                        count(visit)
                        _log(visit)
        finally:
            await self.turns.release(turn)

    async def _visit(self, entry: Entry, turn: Turn) -> Visit:
        """One visit; what is not foreseen costs this entry an attempt, and not the crawl."""
        try:
            return await self.visitor.visit(entry, turn)
        except (NotNowError, NewsflowError, KafkaError):
            raise
        except Exception as error:
            structlog.get_logger().exception("a visit failed", url=shortened(entry.url))
            return self.visitor.broken(entry, error)


def _log(visit: Visit) -> None:
    """One line for each visit."""
    entry = visit.entry
    structlog.get_logger().debug(
        "visit",
        source=entry.source,
        kind=entry.kind.value,
        url=shortened(entry.url),
        status=entry.status,
        outcome=entry.outcome,
        detail=shortened(entry.detail) if entry.detail else None,
        new=visit.new,
        next=None if entry.due is None else instant_of(entry.due),
    )
