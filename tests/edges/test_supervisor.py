"""The supervisor: workers are there, come back when they die, and stop together."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path
from unittest.mock import patch

import pytest

from pipeline.edges import metrics
from pipeline.edges import supervisor as supervising
from pipeline.edges.connection import Connection, connection_environment
from pipeline.edges.supervisor import Supervisor, settings_environment
from pipeline.edges.topics import create_topics
from pipeline.errors import UsageError
from pipeline.settings import Settings, read_settings
from pipeline.topology import CLEAN
from tests.edges.workers import FAULTS, consume, page, produce
from tests.faults import TOPOLOGY

ONE_STAGE = replace(TOPOLOGY, stages=TOPOLOGY.stages[:1])


@dataclass
class Running:
    """A supervisor at work and what it said."""

    supervisor: Supervisor
    said: list[str]


@pytest.fixture
async def running(connection: Connection, tmp_path: Path) -> AsyncIterator[Running]:
    await create_topics(connection, TOPOLOGY.topics)
    said: list[str] = []
    settings = Settings(topology=FAULTS, data=tmp_path)
    async with Supervisor(
        topology=ONE_STAGE, connection=connection, settings=settings, say=said.append, workers=2
    ) as supervisor:
        await supervisor.ready()
        yield Running(supervisor, said)


async def test_a_killed_worker_is_replaced_no_page_is_lost_and_the_stop_ends_all_within_the_bound(
    running: Running, connection: Connection
) -> None:
    assert len(running.supervisor.pids["clean"]) == 2
    killed = running.supervisor.pids["clean"][0]
    os.kill(killed, signal.SIGKILL)
    await produce(connection, [page("fine", f"https://h{number}.org/") for number in range(50)])
    await consume(connection, CLEAN.name, lambda found: len({record.key for record in found}) == 50)
    await running.supervisor.ready()
    pids = running.supervisor.pids["clean"]
    assert len(pids) == 2
    assert killed not in pids
    said = ["worker clean ended (killed by SIGKILL); it starts again in 0.5 s"]
    assert running.said == said
    began = time.monotonic()
    await running.supervisor.stop()
    assert time.monotonic() - began < 20
    assert running.said == said
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


async def test_a_worker_that_cannot_start_is_tried_again_with_growing_pauses(
    connection: Connection, tmp_path: Path
) -> None:
    said: list[str] = []
    settings = Settings(topology="no.such.module", data=tmp_path)
    async with Supervisor(topology=ONE_STAGE, connection=connection, settings=settings, say=said.append):
        async with asyncio.timeout(30):
            while len(said) < 3:  # noqa: ASYNC110 - the supervisor says lines, it sets no events
                await asyncio.sleep(0.05)
    assert said == [
        f"worker clean ended (its settings are wrong: its last line says why); it starts again in {pause} s"
        for pause in ("0.5", "1", "2")
    ]


async def test_a_worker_that_ends_five_times_within_five_minutes_is_given_up(
    connection: Connection, tmp_path: Path
) -> None:
    said, given_up = [], asyncio.Event()
    starts = tmp_path / "starts"
    dies = f"import os; open({str(starts)!r}, 'a').write('x'); os.abort()"
    supervisor = Supervisor(
        topology=ONE_STAGE,
        connection=connection,
        settings=Settings(data=tmp_path),
        say=said.append,
        command=[sys.executable, "-c", dies],
        longest_pause=0.1,
        give_up=given_up.set,
    )
    name = "newsflow_run_worker_exits_total"
    before = metrics.REGISTRY.get_sample_value(name, {"stage": "clean", "cause": "killed"}) or 0
    async with supervisor, asyncio.timeout(60):
        await given_up.wait()
        await asyncio.sleep(0.5)
        assert starts.read_text() == "xxxxx", "it is not started again"
    assert len(said) == 4
    assert supervisor.failure == (
        "worker clean ended 5 times within 5 minutes (killed by SIGABRT): "
        "mend the cause and start again; nothing is lost"
    )
    assert metrics.REGISTRY.get_sample_value(name, {"stage": "clean", "cause": "killed"}) == before + 5


async def test_ends_that_lie_further_apart_and_clean_ones_are_not_given_up(
    connection: Connection, tmp_path: Path
) -> None:
    said: list[str] = []
    for code, seconds in ((0, 300.0), (1, 0.05)):
        with patch.object(supervising, "UNCLEAN_SECONDS", seconds):
            supervisor = Supervisor(
                topology=replace(TOPOLOGY, stages=()),
                connection=connection,
                settings=Settings(data=tmp_path),
                say=said.append,
                crawl_command=[sys.executable, "-c", f"raise SystemExit({code})"],
                longest_pause=0.1,
            )
            async with supervisor, asyncio.timeout(60):
                while len(said) < 7:  # noqa: ASYNC110 - as above
                    await asyncio.sleep(0.05)
        assert supervisor.failure is None
        said.clear()


def test_each_worker_has_the_next_port_and_only_its_own_settings(connection: Connection, tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, metrics="[::1]:9464")
    supervisor = Supervisor(
        topology=ONE_STAGE, connection=connection, settings=settings, say=print, workers=2, crawl_command=["crawl"]
    )
    assert supervisor.addresses == {
        ("clean", 0): "[::1]:9465",
        ("clean", 1): "[::1]:9466",
        ("crawl", 0): "[::1]:9467",
    }
    with pytest.raises(UsageError, match="NEWSFLOW_METRICS=65534: 2 workers need the ports after it"):
        Supervisor(
            topology=ONE_STAGE,
            connection=connection,
            settings=replace(settings, metrics="65534"),
            say=print,
            workers=2,
        )


async def test_a_process_that_the_machine_cannot_start_is_tried_again(connection: Connection, tmp_path: Path) -> None:
    said: list[str] = []
    gone = tmp_path / "gone"
    supervisor = Supervisor(
        topology=replace(TOPOLOGY, stages=()),
        connection=connection,
        settings=Settings(data=tmp_path),
        say=said.append,
        crawl_command=[str(gone)],
    )
    with patch.object(sys, "executable", str(gone)):  # the launcher, too
        async with supervisor, asyncio.timeout(30):
            while len(said) < 2:  # noqa: ASYNC110 - as above
                await asyncio.sleep(0.05)
    assert said == [
        f"worker crawl cannot be started (No such file or directory); it is tried again in {pause} s"
        for pause in ("0.5", "1")
    ]


PARENT = """
import asyncio, sys
from pathlib import Path
from pipeline.edges.connection import read_connection
from pipeline.edges.supervisor import Supervisor
from pipeline.settings import read_settings
from tests.faults import TOPOLOGY

async def main():
    settings = read_settings()
    async with Supervisor(topology=TOPOLOGY, connection=read_connection(), settings=settings, say=print) as supervisor:
        await asyncio.sleep(1)
        print(*(pid for pids in supervisor.pids.values() for pid in pids), flush=True)
        await asyncio.sleep(60)

asyncio.run(main())
"""


def test_no_worker_survives_a_supervisor_that_is_killed(connection: Connection, tmp_path: Path) -> None:
    settings = settings_environment(Settings(topology=FAULTS, data=tmp_path))
    environment = {**os.environ, **connection_environment(connection), **settings}
    parent = subprocess.Popen([sys.executable, "-c", PARENT], env=environment, stdout=subprocess.PIPE, text=True)
    assert parent.stdout
    pids = [int(pid) for pid in parent.stdout.readline().split()]
    assert len(pids) == 3
    parent.kill()
    parent.wait()
    parent.stdout.close()
    deadline = time.monotonic() + 5
    while (left := [pid for pid in pids if _alive(pid)]) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert left == []


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_settings_travel_by_environment(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, store="sqlite:///x", batch_size=8, page_seconds=2.5, log_format="json")
    assert read_settings(settings_environment(settings)) == settings
