"""How the crawler's tasks share the store: visits are written in common, and a busy store is waited for."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

import structlog

from pipeline.edges.crawling.frontier import Frontier
from pipeline.edges.crawling.frontier_rows import Host, Visit
from pipeline.edges.metrics import STORE_UNAVAILABLE
from pipeline.errors import Unavailable

STORE_SECONDS = 60.0
"""Patience with a store that cannot serve now."""

T = TypeVar("T")


@dataclass(slots=True, kw_only=True)
class Journal:
    """Writes visits to the frontier, those of all hosts that ended meanwhile in one transaction."""

    frontier: Frontier
    _waiting: list[tuple[Visit, Host, asyncio.Future[None]]] = field(default_factory=list)
    _more: asyncio.Event = field(default_factory=asyncio.Event)

    async def write(self, visit: Visit, host: Host) -> None:
        """Return when it is committed."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((visit, host, done))
        self._more.set()
        await done

    async def run(self) -> None:
        """Commit what comes, until cancelled. Raises what the store raises, after telling all who wait."""
        while True:
            await self._more.wait()
            self._more.clear()
            batch, self._waiting = self._waiting, []
            try:
                await patiently(partial(self.frontier.finish, [row[0] for row in batch], [row[1] for row in batch]))
            except Exception as error:
                for _, _, done in batch:
                    if not done.done():
                        done.set_exception(error)
                raise
            for _, _, done in batch:
                if not done.done():
                    done.set_result(None)


async def patiently(work: Callable[[], T]) -> T:
    """A store's transaction in a thread, tried again while the store cannot serve."""
    deadline, pause = time.monotonic() + STORE_SECONDS, 0.5
    while True:
        try:
            return await asyncio.to_thread(work)
        except Unavailable as error:
            if time.monotonic() + pause > deadline:
                raise
            STORE_UNAVAILABLE.inc()
            structlog.get_logger().warning("not now", reason=str(error), retry_seconds=pause)
        await asyncio.sleep(pause)
        pause = min(2 * pause, 8.0)
