"""A host's turn: every request to a host goes through its one turn, so politeness is kept in one place.

A turn is a lease in the frontier, so no other crawler has the same host at the same time.
"""

import asyncio
import math
import os
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import partial

from pipeline.crawl.hosts import HostState, after_failure, after_success, is_host_trouble, retry_after
from pipeline.edges.clock import seconds_now
from pipeline.edges.crawling.frontier import Frontier
from pipeline.edges.crawling.frontier_rows import Host
from pipeline.edges.crawling.http import OF_THE_PAGE, Cause, Failed, Fetcher, Request, Response, Sink
from pipeline.edges.crawling.journal import patiently
from pipeline.edges.metrics import CRAWL_CIRCUITS_OPENED, CRAWL_HOSTS_LEASED

LEASE_SECONDS = 10.0
"""How long a dead crawler's hosts wait for another; a living one renews three times as often."""

RENEW_SECONDS = 3.0

HOSTS_PER_CONNECTION = 8
"""Most of its time a host waits for its delay: 8 hosts with 2 s between pages of 250 ms keep one connection busy."""

PATIENCE_SECONDS = 60.0
"""A host that asks for a longer pause is given back meanwhile; the longest Crawl-delay is waited for."""


class NotNowError(Exception):
    """The request has to wait for another turn; nothing was asked."""


@dataclass(slots=True, kw_only=True)
class Turn:
    """One host while it is leased to us. `ended` is set when the crawler stops or the lease is lost."""

    host: str
    state: HostState
    fetcher: Fetcher
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    leased_until: float = math.inf
    """Afterwards another crawler may have the host, whatever the store has been able to tell us."""
    least_delay: float = 0.0
    """What the source asks for that is visited now; it holds for the site's own files too."""
    crawl_delay: float = 0.0
    """What the host's robots.txt asks for, once it was read in this turn: it holds for whoever borrows the turn too."""
    asking: asyncio.Lock = field(default_factory=asyncio.Lock)
    """A site's file that was moved to this host is asked for in between its own visits."""

    async def ready(self) -> None:
        """Wait until the host may be asked. NotNowError when that is too far away, or the turn ends before."""
        while (pause := max(self.state.not_before, self.state.open_until or 0.0) - seconds_now()) > 0:
            if pause > PATIENCE_SECONDS:
                raise NotNowError
            with suppress(TimeoutError):
                await asyncio.wait_for(self.ended.wait(), pause)
            self._require_lease()
        self._require_lease()

    def _require_lease(self) -> None:
        if self.ended.is_set() or seconds_now() >= self.leased_until:
            raise NotNowError

    async def ask(self, request: Request, *, delay: float, sink: Sink | None = None) -> Response | Failed:
        """One request, when the host is ready; what it answered decides when the next one may go out."""
        async with self.asking:
            await self.ready()
            delay = max(delay, self.least_delay)
            try:
                answer = await self.fetcher.fetch(request, sink, before=self._require_lease)
            except asyncio.CancelledError:  # it has been asked all the same
                self.state = after_success(self.state, now=seconds_now(), delay=max(delay, self.crawl_delay))
                raise
            delay = max(delay, self.crawl_delay)  # perhaps it was learned meanwhile
            before, self.state = self.state, after(self.state, answer, host=self.host, delay=delay)
            if before.open_until is None and self.state.open_until is not None:
                CRAWL_CIRCUITS_OPENED.inc()
            return answer

    def postpone(self, delay: float) -> None:
        """The next request goes out no sooner, also one that waits already: a robots.txt that was just read asks so."""
        self.state = replace(self.state, not_before=max(self.state.not_before, seconds_now() + delay))


def after(state: HostState, answer: Response | Failed, *, host: str, delay: float) -> HostState:
    """How a host stands after an answer."""
    now = seconds_now()
    if isinstance(answer, Failed):
        if answer.cause is Cause.FORBIDDEN_URL:
            return state  # nobody was asked
        if answer.cause in OF_THE_PAGE:
            return after_success(state, now=now, delay=delay)
        return after_failure(state, host=host, now=now, delay=delay)
    wait = retry_after(answer.header("Retry-After"), now) if answer.status in (429, 503) else None
    if is_host_trouble(answer.status):
        return after_failure(state, host=host, now=now, delay=delay, asked_to_wait=wait)
    return after_success(state, now=now, delay=delay)


def new_owner() -> str:
    """The name under which this process leases hosts."""
    return f"{socket.gethostname()}-{os.getpid()}-{time.time_ns():x}"


@dataclass(slots=True, kw_only=True)
class Turns:
    """The turns that this crawler has."""

    frontier: Frontier
    fetcher: Fetcher
    owner: str = field(default_factory=new_owner)
    _held: dict[str, Turn] = field(default_factory=dict)

    async def claim(self) -> list[Turn]:
        """The turns of hosts that have something due, as many as this crawler may have at once."""
        free = self.fetcher.limits.connections * HOSTS_PER_CONNECTION - len(self._held)
        if free <= 0:
            return []
        now = seconds_now()
        hosts = await patiently(
            partial(self.frontier.claim, self.owner, now=now, until=now + LEASE_SECONDS, count=free)
        )
        turns = []
        for host in hosts:
            held = self._held.get(host.host)
            if held is None:
                turns.append(self._hold(host, now + LEASE_SECONDS))
            else:  # its lease ran out unseen and is ours again: a second turn would ask beside the first
                held.leased_until = now + LEASE_SECONDS
                held.postpone(host.state.not_before - now)
        return turns

    @asynccontextmanager
    async def borrow(self, name: str) -> AsyncIterator[Turn]:
        """The turn of one more host, for one request: ours, if we have it. NotNowError when another crawler does."""
        held = self._held.get(name)
        if held is not None:
            yield held
            return
        now = seconds_now()
        host = await patiently(partial(self.frontier.borrow, name, self.owner, now=now, until=now + LEASE_SECONDS))
        if host is None:
            raise NotNowError
        turn = self._hold(host, now + LEASE_SECONDS)
        try:
            yield turn
        finally:
            await self.release(turn)

    def _hold(self, host: Host, until: float) -> Turn:
        turn = Turn(host=host.host, state=host.state, fetcher=self.fetcher, leased_until=until)
        self._held[host.host] = turn
        CRAWL_HOSTS_LEASED.set(len(self._held))
        return turn

    async def release(self, turn: Turn) -> None:
        """Give it back, with the instant from which its host may be asked again."""
        async with turn.asking:  # who has borrowed it may be in the middle of a request; whoever comes later is late
            turn.ended.set()
            if self._held.get(turn.host) is turn:
                del self._held[turn.host]
                CRAWL_HOSTS_LEASED.set(len(self._held))
        host = Host(host=turn.host, state=turn.state)
        await asyncio.shield(patiently(partial(self.frontier.release, self.owner, [host])))

    async def keep(self) -> None:
        """Renew the leases until cancelled; a turn whose lease is lost ends before its next request."""
        while True:
            await asyncio.sleep(RENEW_SECONDS)
            turns, now = dict(self._held), seconds_now()
            if turns:
                until = now + LEASE_SECONDS
                held = await patiently(partial(self.frontier.renew, self.owner, [*turns], now=now, until=until))
                for name, turn in turns.items():
                    if name in held:
                        turn.leased_until = until
                    else:
                        turn.ended.set()

    def end(self) -> None:
        """No request goes out any more."""
        for turn in self._held.values():
            turn.ended.set()
