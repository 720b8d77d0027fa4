"""`newsflow audit`: every page that came in has ended or is on its way; whatever has not is named."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

from pipeline.codec import decode
from pipeline.edges.connection import Connection
from pipeline.edges.offsets import OffsetClient, offset_client
from pipeline.edges.operations.ledger import Ledger
from pipeline.edges.operations.snapshot import Deleted, Snapshot, take_snapshot
from pipeline.edges.operations.spans import Offsets, Span, Stored, read_span
from pipeline.edges.progress import progress
from pipeline.errors import Reject
from pipeline.records import PageOutcome, Place
from pipeline.topology import OUTCOMES, Stage, Topology
from pipeline.verdicts import trace_id_of

LOOK_SECONDS = 1.0
"""Between two looks of an audit that waits."""

CLOCKS_MS = 24 * 60 * 60 * 1000
"""How far the clock of a publisher may be ahead of the workers': outcomes are read from so long before `since`."""

Put = Callable[[list[Stored]], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Which raw messages are asked for, by timestamp in milliseconds since 1970: from `since` to before `until`."""

    since: int | None = None
    until: int | None = None

    def holds(self, timestamp: int) -> bool:
        """Whether a message of that time is asked for."""
        return (self.since is None or timestamp >= self.since) and (self.until is None or timestamp < self.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Audited:
    """What an audit found. Lists of the missing and the doubled are in the ledger; here is how many they are."""

    messages: int
    inputs: int
    ended: tuple[tuple[str, str, str, int], ...]
    """Outcome, stage, cause (reason or error code), number of pages."""
    in_flight: dict[str, int]
    """Stage -> pages without an outcome that wait for it or are in work there."""
    again: dict[str, int]
    """The same of pages that have an outcome already: repeats, and retries of dead letters."""
    missing: int
    doubled: int
    deleted: tuple[Deleted, ...]
    unreadable: int
    """Messages of the topic of outcomes that are none."""

    @property
    def holds(self) -> bool:
        """Whether inputs are the sum of outcomes and pages in flight, each counted once, and nothing is gone."""
        return not (self.missing or self.doubled or self.deleted)

    @property
    def at_rest(self) -> bool:
        """Whether nothing is on its way."""
        return not (self.in_flight or self.again)


async def audit(
    connection: Connection, topology: Topology, ledger: Ledger, period: Period, *, wait: float = 0.0
) -> Audited:
    """Compare what came in with where it ended; with `wait`, look again until nothing is in flight or time is over.

    What comes in after the first look does not count. Raises Failure when the cluster cannot be reached or a topic is
    missing.
    """
    deadline = time.monotonic() + wait
    async with offset_client(connection) as client:
        auditor = await _begin(client, topology, ledger, period)
        while True:
            audited = await auditor.look()
            pause = min(LOOK_SECONDS, deadline - time.monotonic())
            if audited.at_rest or pause <= 0:
                return audited
            await asyncio.sleep(pause)


async def _begin(client: OffsetClient, topology: Topology, ledger: Ledger, period: Period) -> "_Auditor":
    source = topology.stages[0].source.name
    ends = await client.end(source)
    outcomes_since = None if period.since is None else max(0, period.since - CLOCKS_MS)
    return _Auditor(
        client=client,
        topology=topology,
        ledger=ledger,
        period=period,
        raw=Span(topic=source, start=await client.since(source, period.since), end=ends),
        outcomes=await client.since(OUTCOMES.name, outcomes_since),
    )


@dataclass(slots=True, kw_only=True)
class _Auditor:
    """An audit between its looks. `raw` is read once; `outcomes` says from where on they are still to be read."""

    client: OffsetClient
    topology: Topology
    ledger: Ledger
    period: Period
    raw: Span
    outcomes: Offsets
    first: bool = True
    unreadable: int = 0

    async def look(self) -> Audited:
        """Note the offsets, read up to them, count."""
        snapshot = await take_snapshot(self.client, self.topology, self.raw.end)
        self.ledger.forget_flying()
        if self.first:
            await self._read(self.raw, self._put_raw)
            self.first = False
        for number, stage in enumerate(self.topology.stages):
            await self._read(snapshot.waiting[stage.name], self._putting_flying(number, stage))
        await self._read(Span(topic=OUTCOMES.name, start=self.outcomes, end=snapshot.outcomes), self._put_outcomes)
        self.outcomes = snapshot.outcomes
        return self._count(snapshot)

    async def _read(self, span: Span, put: Put) -> None:
        done = 0
        with progress(f"reading {span.topic}", len(span)) as advance:
            async for batch in read_span(self.client.connection, span):
                put(batch)
                done += len(batch)
                advance(done)

    def _put_raw(self, batch: list[Stored]) -> None:
        record = self.topology.stages[0].source.record
        self.ledger.add_pages(
            (trace_id_of(stored.message, record), stored.place, _url(stored))
            for stored in batch
            if self.period.holds(stored.timestamp)
        )

    def _putting_flying(self, number: int, stage: Stage) -> Put:
        def put(batch: list[Stored]) -> None:
            self.ledger.add_flying(number, [trace_id_of(stored.message, stage.source.record) for stored in batch])

        return put

    def _put_outcomes(self, batch: list[Stored]) -> None:
        outcomes: list[tuple[PageOutcome, Place]] = []
        for stored in batch:
            try:
                outcomes.append((decode(PageOutcome, stored.message.value), stored.place))
            except Reject:
                self.unreadable += 1  # somebody else's message, or a newer version's: said, and its page is missing
        self.ledger.add_outcomes(outcomes)

    def _count(self, snapshot: Snapshot) -> Audited:
        self.ledger.sort()
        flying = self.ledger.flying()
        names = [stage.name for stage in self.topology.stages]
        return Audited(
            messages=self.ledger.messages(),
            inputs=self.ledger.inputs(),
            ended=tuple(self.ledger.ended()),
            in_flight={names[number]: count for number, ended, count in flying if not ended},
            again={names[number]: count for number, ended, count in flying if ended},
            missing=self.ledger.missing_count(),
            doubled=self.ledger.doubled_count(),
            deleted=tuple(snapshot.deleted),
            unreadable=self.unreadable,
        )


def _url(stored: Stored) -> str | None:
    value = stored.message.header("url")
    return None if value is None else value.decode("utf-8", "replace")
