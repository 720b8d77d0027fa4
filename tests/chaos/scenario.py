"""One chaos run: a broker, two workers a stage under the real supervisor, pages, faults, and the judgement."""

import asyncio
import sys
import tempfile
import threading
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from pipeline.edges.broker import start_broker
from pipeline.edges.broker_keeper import BrokerKeeper
from pipeline.edges.connection import Connection
from pipeline.edges.offsets import committed_offsets, end_offsets
from pipeline.edges.supervisor import Supervisor
from pipeline.edges.topics import create_topics
from pipeline.settings import Settings
from tests.chaos.expected import Ended
from tests.chaos.injection import SILENT, Fault, Injector, Progress, plan
from tests.chaos.judge import Judgement, judge
from tests.chaos.pages import Page
from tests.chaos.stages import TOPOLOGY
from tests.edges.workers import produce

WORKERS = 2
PAGE_SECONDS = 4.0
"""Long enough for eight ordinary pages on a loaded machine (0.1 s on a quiet one), short enough for those that hang."""

PAUSE_SECONDS = 2.0
"""The supervisor's longest pause, 30 s, would be most of the run: here workers die all the time."""

STALL_SECONDS = 150.0
"""A run in which nothing is committed for so long has failed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What is to be run."""

    seed: int
    pages: Sequence[Page]
    expected: Mapping[str, Ended]
    faults: int
    say: Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What was done and what came of it. `seconds` pass from the first page published to the last offset committed."""

    seed: int
    pages: int
    seconds: float
    faults: Sequence[Fault]
    deaths: int
    judgement: Judgement

    def row(self) -> dict[str, str]:
        """The report as a line of a table."""
        kinds = sorted({fault.kind for fault in self.faults})
        recoveries = sorted(fault.recovered for fault in self.faults if fault.recovered is not None)
        return {
            "seed": str(self.seed),
            "pages": str(self.pages),
            "faults": ", ".join(f"{sum(fault.kind == kind for fault in self.faults)} {kind}" for kind in kinds),
            "deaths": str(self.deaths),
            "repeats": str(sum(self.judgement.repeats.values())),
            "other order": str(self.judgement.other_order),
            "recovery s": f"{median(recoveries):.1f} / {recoveries[-1]:.1f}" if recoveries else "-",
            "pages/s": f"{self.pages / self.seconds:.0f}",
            "seconds": f"{self.seconds:.0f}",
            "problems": str(len(self.judgement.problems)),
        }


async def run_chaos(run: Run, folder: Path) -> Report:
    """Publish the pages, inject the faults, wait until all is done, stop the workers, judge what lies in Kafka."""
    deaths: list[str] = []

    def said(line: str) -> None:
        deaths.append(line)
        run.say(line)

    async with _kept(folder, run.say) as keeper:
        connection = Connection(bootstrap=keeper.broker.bootstrap)
        await create_topics(connection, TOPOLOGY.topics)
        settings = Settings(
            topology="tests.chaos.stages",
            data=folder,
            page_seconds=PAGE_SECONDS,
            log_level="warning",
            log_format="json",
        )
        faults = plan(run.seed, run.faults, tuple(stage.name for stage in TOPOLOGY.stages))
        async with Supervisor(
            topology=TOPOLOGY,
            connection=connection,
            settings=settings,
            say=said,
            workers=WORKERS,
            longest_pause=PAUSE_SECONDS,
            unclean_exits=sys.maxsize,  # they die because we kill them
        ) as supervisor:
            await supervisor.ready()
            progress = Progress(connection=connection, topology=TOPOLOGY, total=len(run.pages))
            injector = Injector(supervisor=supervisor, keeper=keeper, progress=progress, say=run.say)
            seconds = await _work(run, connection, injector, faults)
        judgement = await judge(connection, run.pages, run.expected)
    return Report(
        seed=run.seed,
        pages=len(run.pages),
        seconds=seconds,
        faults=faults,
        deaths=sum(" ended " in line for line in deaths),
        judgement=judgement,
    )


@asynccontextmanager
async def _kept(folder: Path, say: Callable[[str], None]) -> AsyncIterator[BrokerKeeper]:
    process = await asyncio.to_thread(start_broker, folder)
    keeper = BrokerKeeper(folder=folder, process=process, stop=threading.Event(), say=say)
    thread = threading.Thread(target=keeper.keep, daemon=True)
    thread.start()
    try:
        yield keeper
    finally:
        keeper.leave()
        await asyncio.to_thread(thread.join)
        await asyncio.to_thread(keeper.process.stop)
    assert keeper.failure is None, keeper.failure


async def _work(run: Run, connection: Connection, injector: Injector, faults: list[Fault]) -> float:
    """The seconds from the first page to the last commit."""
    began = time.monotonic()
    watching = asyncio.create_task(injector.progress.watch())
    injecting = asyncio.create_task(injector.run(faults))
    try:
        await produce(connection, [page.message for page in run.pages])
        run.say(f"{len(run.pages)} pages published after {time.monotonic() - began:.0f} s")
        while not (injecting.done() and await _is_done(connection)):
            if injecting.done():
                injecting.result()
            still = time.monotonic() - injector.progress.moved_at
            assert still < STALL_SECONDS, f"nothing was committed for {still:.0f} s: {injector.progress.committed}"
            await asyncio.sleep(0.5)
        return time.monotonic() - began
    finally:
        for task in (watching, injecting):
            task.cancel()
        await asyncio.gather(watching, injecting, return_exceptions=True)


async def _is_done(connection: Connection) -> bool:
    """Whether every stage, the first one first, has committed all there is for it. Not while the broker is away."""
    with suppress(*SILENT):
        for stage in TOPOLOGY.stages:
            ends = await end_offsets(connection, stage.source.name)
            committed = await committed_offsets(connection, connection.prefix + stage.group, stage.source.name)
            if sum(committed.values()) < sum(ends.values()):
                return False
        return True
    return False


@asynccontextmanager
async def data_folder() -> AsyncIterator[Path]:
    """A folder for the broker and the store, gone at the end."""
    with tempfile.TemporaryDirectory(prefix="chaos-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)
