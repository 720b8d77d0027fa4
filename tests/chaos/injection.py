"""What goes wrong in a chaos run: which process is killed, ended or stopped, when, drawn from a seed.

When is said in shares of the work that is done, not in seconds: the same faults hit a fast and a slow machine.
"""

import asyncio
import os
import random
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from aiokafka.errors import KafkaError

from pipeline.edges.broker_keeper import BrokerKeeper
from pipeline.edges.connection import Connection
from pipeline.edges.offsets import committed_offsets
from pipeline.edges.supervisor import Supervisor
from pipeline.errors import Failure
from pipeline.topology import Topology

SHORT_STOP = (1.0, 5.0)
LONG_STOP = (17.0, 21.0)
"""Seconds; the session timeout, after which the group goes on without the worker, is 15 s."""

KINDS = ("SIGKILL", "broker", "long stop", "SIGTERM", "SIGKILL", "short stop")
FIRST, LAST = 0.03, 0.85
"""Shares of the work between which the faults lie."""

SILENT = (Failure, KafkaError, OSError, TimeoutError)
"""What a question to a broker that is away may raise."""

LOOK_SECONDS = 0.3
BROKER = "broker"


@dataclass(slots=True, kw_only=True)
class Fault:
    """One fault. `after` is the share of the work that is done before it; `seconds` how long a stop lasts."""

    kind: str
    stage: str
    number: int
    after: float
    seconds: float = 0.0
    at: float = 0.0
    base: int | None = None
    recovered: float | None = None
    """Seconds until the stage (for the broker: any stage) has committed something again."""


def plan(seed: int, count: int, stages: tuple[str, ...]) -> list[Fault]:
    """So many faults, of every kind in turn, in random order at random places."""
    rng = random.Random(seed)
    faults = []
    for number in range(count):
        kind = KINDS[number % len(KINDS)]
        low, high = {"short stop": SHORT_STOP, "long stop": LONG_STOP}.get(kind, (0.0, 0.0))
        faults.append(
            Fault(
                kind=kind,
                stage=BROKER if kind == BROKER else rng.choice(stages),
                number=rng.randrange(2),
                after=rng.uniform(FIRST, LAST),
                seconds=rng.uniform(low, high),
            )
        )
    return sorted(faults, key=lambda fault: fault.after)


@dataclass(slots=True, kw_only=True)
class Progress:
    """How much every stage has committed, as seen at the last look; and which faults wait for more."""

    connection: Connection
    topology: Topology
    total: int
    committed: dict[str, int] = field(default_factory=dict)
    moved_at: float = field(default_factory=time.monotonic)
    pending: list[Fault] = field(default_factory=list)

    @property
    def share(self) -> float:
        """Of the work, if every page went through every stage."""
        return sum(self.committed.values()) / (self.total * len(self.topology.stages))

    async def watch(self) -> None:
        """Look until cancelled. While the broker is down there is nothing to see."""
        while True:
            for stage in self.topology.stages:
                with suppress(*SILENT):
                    group = self.connection.prefix + stage.group
                    offsets = await committed_offsets(self.connection, group, stage.source.name)
                    self._take(stage.name, sum(offsets.values()))
            await asyncio.sleep(LOOK_SECONDS)

    def _take(self, stage: str, committed: int) -> None:
        now = time.monotonic()
        if committed > self.committed.get(stage, 0):
            self.moved_at = now
        self.committed[stage] = committed
        for fault in tuple(self.pending):
            if fault.stage not in (stage, BROKER):
                continue
            amount = sum(self.committed.values()) if fault.stage == BROKER else committed
            if fault.base is None:
                fault.base = amount
            elif amount > fault.base:
                fault.recovered = now - fault.at
                self.pending.remove(fault)


@dataclass(slots=True, kw_only=True)
class Injector:
    """Does what a plan says to the workers of a supervisor and to a kept broker."""

    supervisor: Supervisor
    keeper: BrokerKeeper
    progress: Progress
    say: Callable[[str], None]
    _stopped: list[asyncio.Task[None]] = field(default_factory=list)

    async def run(self, faults: list[Fault]) -> None:
        """Every fault at its time. Returns when the last one is over: whoever was stopped goes on."""
        for fault in faults:
            while self.progress.share < fault.after:  # noqa: ASYNC110 - as offsets are read, there is no event
                await asyncio.sleep(0.1)
            await self._inject(fault)
        for task in self._stopped:
            await task

    async def _inject(self, fault: Fault) -> None:
        pid = self.keeper.broker.pid if fault.kind == BROKER else await self._worker(fault)
        self.say(f"{fault.kind} {fault.stage} {pid} at {self.progress.share:.0%}")
        fault.at = time.monotonic()
        self.progress.pending.append(fault)
        if "stop" in fault.kind:
            _signal(pid, signal.SIGSTOP)
            self._stopped.append(asyncio.create_task(_go_on(pid, fault.seconds)))
        else:
            _signal(pid, signal.SIGTERM if fault.kind == "SIGTERM" else signal.SIGKILL)

    async def _worker(self, fault: Fault) -> int:
        """A living worker of the stage; waits for one while all of them are being restarted."""
        while not (pids := self.supervisor.pids[fault.stage]):  # noqa: ASYNC110 - the supervisor sets no event
            await asyncio.sleep(0.05)
        return pids[fault.number % len(pids)]


async def _go_on(pid: int, seconds: float) -> None:
    await asyncio.sleep(seconds)
    _signal(pid, signal.SIGCONT)


def _signal(pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, number)
