"""One process per stage on this machine: started, watched, restarted when one dies, and stopped together.

Workers get their connection and settings by environment, never by arguments, which everybody on the machine can read.
They have process groups of their own, so that Ctrl-C reaches only us, and die with us, even by SIGKILL.
"""

import asyncio
import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from aiokafka.admin import AIOKafkaAdminClient

from pipeline.edges.broker import LAUNCHER
from pipeline.edges.connection import Connection, admin_client, connection_environment
from pipeline.edges.membership import client_id, describe_group, evict
from pipeline.errors import Failure
from pipeline.settings import VARIABLES, Settings
from pipeline.topology import Stage, Topology

COMMAND = (sys.executable, "-m", "pipeline.cli", "stage")
"""What starts a worker; the name of its stage follows."""

CRAWL_COMMAND = (sys.executable, "-m", "pipeline.cli", "crawl", "--no-view")
CRAWL = "crawl"
"""The crawler's name beside those of the stages. It is in no consumer group, so nobody waits for it to join one."""

FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 30.0
HEALTHY_SECONDS = 60.0
"""A worker that lived so long may be restarted at once when it dies: its death has nothing to do with its start."""

STOP_SECONDS = 30.0
READY_SECONDS = 90.0
EVICT_SECONDS = 5.0

EXITS = {
    1: "it could not go on: its last line says why",
    2: "its settings are wrong: its last line says why",
    70: "a batch failed and is repeated: its last line says why",
    71: "it lost its consumer group: its last line says why",
    130: "it was interrupted",
    143: "a second signal ended it",
}


@dataclass(slots=True, kw_only=True)
class Supervisor:
    """Runs the workers of a topology for the time of an `async with`; at its end they finish their batches.

    `say` gets one line whenever a worker dies and is restarted. `workers` is the number of processes per stage.
    """

    topology: Topology
    connection: Connection
    settings: Settings
    say: Callable[[str], None]
    workers: int = 1
    command: Sequence[str] = COMMAND
    crawl_command: Sequence[str] | None = None
    """What starts the crawler; None: nothing is crawled."""
    longest_pause: float = LONGEST_PAUSE_SECONDS
    """Seconds before a worker that dies again and again is started again, at the most."""
    _running: dict[tuple[str, int], asyncio.subprocess.Process] = field(default_factory=dict)
    _keepers: list[asyncio.Task[None]] = field(default_factory=list)
    _stopping: asyncio.Event = field(default_factory=asyncio.Event)

    async def __aenter__(self) -> Self:
        for stage in self.topology.stages:
            for number in range(self.workers):
                command = [*self.command, stage.name]
                self._keepers.append(asyncio.create_task(self._keep(stage.name, number, command, stage)))
        if self.crawl_command is not None:
            self._keepers.append(asyncio.create_task(self._keep(CRAWL, 0, self.crawl_command, None)))
        return self

    async def __aexit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        await self.stop()

    @property
    def pids(self) -> dict[str, list[int]]:
        """The living workers' process ids by stage."""
        pids: dict[str, list[int]] = {stage.name: [] for stage in self.topology.stages}
        for (name, _), process in self._running.items():
            pids.setdefault(name, []).append(process.pid)
        return pids

    async def ready(self) -> None:
        """Return when every worker has joined its group and the group has shared out its partitions.

        Raises Failure after `READY_SECONDS`.
        """
        deadline = time.monotonic() + READY_SECONDS
        missing = [stage.name for stage in self.topology.stages]
        while missing:
            if time.monotonic() > deadline:
                raise Failure(f"not ready after {READY_SECONDS:g} s: {', '.join(missing)}; the logs above say why")
            await asyncio.sleep(0.2)
            async with admin_client(self.connection) as admin:
                missing = [stage.name for stage in self.topology.stages if not await self._has_joined(admin, stage)]

    async def _has_joined(self, admin: AIOKafkaAdminClient, stage: Stage) -> bool:
        """By process id, for the group may still hold members that are dead."""
        wanted = {client_id(pid) for pid in self.pids[stage.name]}
        if len(wanted) < self.workers:
            return False
        group = await describe_group(admin, self.connection.prefix + stage.group)
        return group.stable and wanted <= {client for _, client in group.members}

    async def stop(self) -> None:
        """SIGTERM to all; who has not ended after `STOP_SECONDS`, or when this is cancelled, gets SIGKILL.

        What was in work is then repeated by the next worker.
        """
        self._stopping.set()
        self._signal(signal.SIGTERM)
        try:
            waiting = [keeper for keeper in self._keepers if not keeper.done()]
            if waiting:
                _, late = await asyncio.wait(waiting, timeout=STOP_SECONDS)
                if late:
                    self.say(f"{len(late)} workers did not stop within {STOP_SECONDS:g} s and are killed")
                    self._signal(signal.SIGKILL)
                    await asyncio.wait(late)
        except asyncio.CancelledError:
            self._signal(signal.SIGKILL)
            raise
        self._keepers.clear()

    def _signal(self, number: signal.Signals) -> None:
        for process in tuple(self._running.values()):
            if process.returncode is None:
                process.send_signal(number)

    async def _keep(self, name: str, number: int, command: Sequence[str], stage: Stage | None) -> None:
        """One worker's place: start it, wait for its end, start the next."""
        pause = FIRST_PAUSE_SECONDS
        while not self._stopping.is_set():
            began = time.monotonic()
            try:
                process = await self._start(command)
            except OSError as error:  # no memory, or too many processes: that may pass
                self.say(f"worker {name} cannot be started ({error.strerror}); it is tried again in {pause:g} s")
                pause = await self._pause(pause)
                continue
            self._running[name, number] = process
            if self._stopping.is_set():  # it was not there yet when the others got their signal
                process.send_signal(signal.SIGTERM)
            code = await process.wait()
            del self._running[name, number]
            if self._stopping.is_set():
                return
            if time.monotonic() - began > HEALTHY_SECONDS:
                pause = FIRST_PAUSE_SECONDS
            self.say(f"worker {name} ended ({_reason(code)}); it starts again in {pause:g} s")
            if stage is not None:
                await self._evict(stage, process.pid)
            pause = await self._pause(pause)

    async def _pause(self, seconds: float) -> float:
        """Wait, or until all are to stop; how long to wait the next time."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), seconds)
        return min(2 * seconds, self.longest_pause)

    async def _evict(self, stage: Stage, pid: int) -> None:
        """Let the dead worker's partitions go at once: its group would wait for it for 15 s, and so would the next."""
        with suppress(Failure, TimeoutError):
            async with asyncio.timeout(EVICT_SECONDS), admin_client(self.connection) as admin:
                await evict(admin, self.connection.prefix + stage.group, client_id(pid))

    async def _start(self, command: Sequence[str]) -> asyncio.subprocess.Process:
        launcher = [sys.executable, "-I", "-S", "-c", LAUNCHER, str(os.getpid())] if sys.platform == "linux" else []
        return await asyncio.create_subprocess_exec(
            *launcher,
            *command,
            env={**os.environ, **connection_environment(self.connection), **settings_environment(self.settings)},
            stdin=asyncio.subprocess.DEVNULL,
            start_new_session=True,
        )


def settings_environment(settings: Settings) -> dict[str, str]:
    """The variables that `read_settings` makes the same settings from."""
    values = {variable: getattr(settings, name) for name, variable in VARIABLES.items()}
    return {variable: str(value) for variable, value in values.items() if value is not None}


def _reason(code: int) -> str:
    if code < 0:
        return f"killed by {signal.Signals(-code).name if -code in set(signal.Signals) else f'signal {-code}'}"
    return EXITS.get(code, f"exit code {code}")
