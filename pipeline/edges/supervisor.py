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
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Self

from aiokafka.admin import AIOKafkaAdminClient

from pipeline.edges.broker import LAUNCHER
from pipeline.edges.connection import Connection, admin_client, connection_environment
from pipeline.edges.membership import client_id, describe_group, evict
from pipeline.edges.metrics import WORKER_EXITS, WORKERS
from pipeline.edges.notify import VARIABLES as NOTIFY_VARIABLES
from pipeline.errors import Failure, UsageError
from pipeline.settings import VARIABLES, Settings, address_text, read_address
from pipeline.topology import Stage, Topology

COMMAND = (sys.executable, "-m", "pipeline.main", "stage")
"""What starts a worker; the name of its stage follows."""

CRAWL_COMMAND = (sys.executable, "-m", "pipeline.main", "crawl", "--no-view")
CRAWL = "crawl"
"""The crawler's name beside those of the stages. It is in no consumer group, so nobody waits for it to join one."""

FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 30.0
HEALTHY_SECONDS = 60.0
"""A worker that lived so long may be restarted at once when it dies: its death has nothing to do with its start."""

STOP_SECONDS = 30.0
READY_SECONDS = 90.0
EVICT_SECONDS = 5.0

UNCLEAN_EXITS = 5
UNCLEAN_SECONDS = 300.0
"""A worker that ends so often within this time does not get better by itself: a person, or whoever supervises us, must

know. A broker that is away for more than four minutes does that too: a worker waits a minute for it.
"""

MAX_PORT = 65535

EXITS = {
    0: ("stopped", "it was told to stop"),
    1: ("failed", "it could not go on: its last line says why"),
    2: ("wrong_settings", "its settings are wrong: its last line says why"),
    70: ("batch_failed", "a batch failed and is repeated: its last line says why"),
    71: ("lost_group", "it lost its consumer group: its last line says why"),
    130: ("interrupted", "it was interrupted"),
    143: ("second_signal", "a second signal ended it"),
}
"""Exit code -> name in metrics, and in words. `killed` is any signal, `other` any other code."""

Place = tuple[str, int]
"""A worker's stage, and its number among those of the stage."""


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
    unclean_exits: int = UNCLEAN_EXITS
    """How many unclean ends of one worker within `UNCLEAN_SECONDS` are too many."""
    give_up: Callable[[], None] = lambda: None
    """Called when there are too many; `failure` then says so."""
    failure: str | None = None
    addresses: dict[Place, str] = field(default_factory=dict)
    """Where each worker serves its metrics and health, when the settings name a port: the ones after it."""
    _running: dict[Place, asyncio.subprocess.Process] = field(default_factory=dict)
    _keepers: list[asyncio.Task[None]] = field(default_factory=list)
    _stopping: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        """Raises UsageError when the workers need more ports than there are."""
        self.addresses = _addresses(self.settings, self._places())

    def _places(self) -> list[Place]:
        places = [(stage.name, number) for stage in self.topology.stages for number in range(self.workers)]
        return places if self.crawl_command is None else [*places, (CRAWL, 0)]

    async def __aenter__(self) -> Self:
        stages = {stage.name: stage for stage in self.topology.stages}
        for place in self._places():
            stage = stages.get(place[0])
            command = [*self.command, stage.name] if stage else self.crawl_command or ()
            self._keepers.append(asyncio.create_task(self._keep(place, command, stage)))
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

    @property
    def missing(self) -> list[str]:
        """The stages of the workers that do not live now."""
        return [place[0] for place in self._places() if place not in self._running]

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

    async def _keep(self, place: Place, command: Sequence[str], stage: Stage | None) -> None:
        """One worker's place: start it, wait for its end, start the next; give up when it ends again and again."""
        name = place[0]
        pause = FIRST_PAUSE_SECONDS
        unclean: list[float] = []
        while not self._stopping.is_set():
            began = time.monotonic()
            try:
                process = await self._start(command, self.addresses.get(place))
            except OSError as error:  # no memory, or too many processes: that may pass
                self.say(f"worker {name} cannot be started ({error.strerror}); it is tried again in {pause:g} s")
                pause = await self._pause(pause)
                continue
            self._running[place] = process
            WORKERS.labels(name).inc()
            if self._stopping.is_set():  # it was not there yet when the others got their signal
                process.send_signal(signal.SIGTERM)
            code = await process.wait()
            del self._running[place]
            WORKERS.labels(name).dec()
            if self._stopping.is_set():
                return
            WORKER_EXITS.labels(name, _exit(code)[0]).inc()
            unclean = [at for at in unclean if time.monotonic() - at < UNCLEAN_SECONDS]
            if code != 0:
                unclean.append(time.monotonic())
            if len(unclean) >= self.unclean_exits:
                self._fail(name, len(unclean), code)
                return
            if time.monotonic() - began > HEALTHY_SECONDS:
                pause = FIRST_PAUSE_SECONDS
            self.say(f"worker {name} ended ({_exit(code)[1]}); it starts again in {pause:g} s")
            if stage is not None:
                await self._evict(stage, process.pid)
            pause = await self._pause(pause)

    def _fail(self, name: str, times: int, code: int) -> None:
        """Only the first worker's end is told: the others go down with it."""
        if self.failure is None:
            self.failure = (
                f"worker {name} ended {times} times within {UNCLEAN_SECONDS / 60:g} minutes ({_exit(code)[1]}): "
                "mend the cause and start again; nothing is lost"
            )
            self.give_up()

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

    async def _start(self, command: Sequence[str], address: str | None) -> asyncio.subprocess.Process:
        settings = replace(self.settings, metrics=address)
        launcher = [sys.executable, "-I", "-S", "-c", LAUNCHER, str(os.getpid())] if sys.platform == "linux" else []
        return await asyncio.create_subprocess_exec(
            *launcher,
            *command,
            env={**_environment(), **connection_environment(self.connection), **settings_environment(settings)},
            stdin=asyncio.subprocess.DEVNULL,
            start_new_session=True,
        )


def settings_environment(settings: Settings) -> dict[str, str]:
    """The variables that `read_settings` makes the same settings from."""
    values = {variable: getattr(settings, name) for name, variable in VARIABLES.items()}
    return {variable: str(value) for variable, value in values.items() if value is not None}


def _environment() -> dict[str, str]:
    """Ours, without what our service manager said to us alone, and without our own port."""
    ours = (*NOTIFY_VARIABLES, VARIABLES["metrics"])
    return {name: value for name, value in os.environ.items() if name not in ours}


def _addresses(settings: Settings, places: Sequence[Place]) -> dict[Place, str]:
    if settings.metrics is None:
        return {}
    host, port = read_address(settings.metrics)
    if port + len(places) > MAX_PORT:
        raise UsageError(f"NEWSFLOW_METRICS={settings.metrics}: {len(places)} workers need the ports after it")
    return {place: address_text(host, port + number) for number, place in enumerate(places, start=1)}


def _exit(code: int) -> tuple[str, str]:
    """Why a worker ended: as metrics name it, and in words."""
    if code < 0:
        name = signal.Signals(-code).name if -code in set(signal.Signals) else f"signal {-code}"
        return "killed", f"killed by {name}"
    return EXITS.get(code, ("other", f"exit code {code}"))
