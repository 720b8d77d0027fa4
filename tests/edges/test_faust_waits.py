"""Faust's waits, replaced: a worker with nothing to do sleeps, and one with much to do is not kept waiting."""

import asyncio
import hashlib
import inspect
import time
from functools import partial
from importlib import import_module
from pathlib import Path

import pytest
from mode.services import Service
from mode.utils.locks import Event

from pipeline.edges.connection import Connection
from pipeline.edges.faust_waits import Consumer
from pipeline.edges.topics import create_topics
from pipeline.topology import CLEAN
from tests.edges.workers import consume, page, produce, worker
from tests.faults import TOPOLOGY

REPLACED = {
    "faust.app.base.App.on_init_dependencies": "7621a70a9b01",
    "faust.app.base.App._new_transport": "42db531312dd",
    "faust.streams.Stream.take_events": "607d48aead11",
    "faust.streams.Stream.ack": "32d7171a89b0",
    "faust.transport.consumer.Consumer.getmany": "4b168d84882a",
    "faust.transport.consumer.Consumer._drain_messages": "44a2500309e8",
    "mode.services.Service.wait_first": "feade6a31f8a",
    "mode.utils.queues.FlowControlQueue.put": "0ba84eb5e357",
    "faust.transport.conductor.ConductorCompiler.build": "837cf521368c",
    "faust.transport.consumer.Consumer._wait_next_records": "6218e1969a63",
    "faust.transport.consumer.Consumer.on_buffer_full": "c8961679e0bc",
    "faust.transport.consumer.Consumer.on_buffer_drop": "4b57e8a418d5",
    "faust.transport.consumer.Consumer.resume_partitions": "afe6b7c02a41",
    "faust.transport.consumer.Consumer._commit_offsets": "1a6979904118",
    "faust.transport.consumer.Consumer.verify_all_partitions_active": "4e0e46f5c297",
    "faust.transport.consumer.ThreadDelegateConsumer._getmany": "f9d47aa9010b",
    "faust.transport.drivers.aiokafka.AIOKafkaConsumerThread._fetch_records": "39a2c6c79fc1",
    "faust.transport.drivers.aiokafka.AIOKafkaConsumerThread.verify_event_path": "b983e7735f64",
    "aiokafka.consumer.fetcher.Fetcher.fetched_records": "be4348896b9b",
    "aiokafka.consumer.fetcher.Fetcher._get_actions_per_node": "1dab2cf937d1",
}
"""What is replaced, called in another rhythm or relied on, and a hash of its source."""

WAKES_A_SECOND = 40
"""Of all threads of an idle worker: some 15 now, 270 when Faust looks by itself."""

LONE_PAGES = 300
"""In one partition: 23 times its buffer falls to where Faust fetches again."""


@pytest.fixture
async def topics(connection: Connection) -> Connection:
    """A connection with all topics."""
    await create_topics(connection, TOPOLOGY.topics)
    return connection


def fingerprint(name: str) -> str:
    """A short hash of a function's source; `module.Class.function`."""
    path, owner, function = name.rsplit(".", 2)
    source = inspect.getsource(getattr(getattr(import_module(path), owner), function))
    return hashlib.sha256(source.encode()).hexdigest()[:12]


def test_an_upgrade_that_changes_what_is_replaced_is_noticed() -> None:
    """Compare the new functions with `pipeline.edges.faust_waits`, then write their hashes here."""
    assert {name: fingerprint(name) for name in REPLACED} == REPLACED


@pytest.fixture
async def consumer() -> Consumer:
    """Faust's consumer as it is before it starts; it waits for nothing but what it is given."""
    waiting: Consumer = object.__new__(Consumer)
    waiting._stopped, waiting._crashed, waiting.loop = Event(), Event(), asyncio.get_running_loop()
    return waiting


async def number(value: int, *pauses: float) -> int:
    for pause in pauses:
        await asyncio.sleep(pause)
    return value


async def failure(*pauses: float) -> None:
    raise ValueError(await number(1, *pauses))


@pytest.mark.parametrize("pauses", [(), (0,), (0, 0.01, 0)], ids=["at once", "in a turn of the loop", "later"])
async def test_a_wait_gives_what_fausts_gives(consumer: Consumer, pauses: tuple[float, ...]) -> None:
    for wait in (consumer.wait_first, partial(Service.wait_first, consumer)):
        never = asyncio.Event()
        ended = await wait(number(7, *pauses), never.wait())
        assert (ended.results, ended.stopped) == ([7], False)
        with pytest.raises(ValueError, match="1"):
            await wait(failure(*pauses), never.wait())


async def test_what_waits_is_cancelled_when_the_other_ends_first(consumer: Consumer) -> None:
    ends: list[str] = []

    async def waits() -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            ends.append("cancelled")
            raise

    for wait in (consumer.wait_first, partial(Service.wait_first, consumer)):
        ended = await wait(waits(), number(3, 0.01))
        await asyncio.sleep(0)
        assert (ended.results, ends.pop()) == ([3], "cancelled")


async def test_a_stop_ends_a_wait(consumer: Consumer) -> None:
    for wait in (consumer.wait_first, partial(Service.wait_first, consumer)):
        consumer._stopped.clear()
        asyncio.get_running_loop().call_later(0.01, consumer._stopped.set)
        assert (await wait(number(1, 60), asyncio.Event().wait())).stopped
        assert (await wait(number(1), asyncio.Event().wait())).stopped, "also when it was stopped before"


def wakes(pid: int) -> int:
    """How often the threads of a process went to sleep and were woken."""
    texts = [(task / "status").read_text() for task in Path(f"/proc/{pid}/task").iterdir()]
    return sum(int(text.partition("\nvoluntary_ctxt_switches:")[2].split()[0]) for text in texts)


async def test_an_idle_worker_sleeps_and_still_takes_a_page_at_once(topics: Connection, tmp_path: Path) -> None:
    with worker(topics, "clean", tmp_path) as process:
        await produce(topics, [page("first", "https://h0.org/0")])
        await consume(topics, CLEAN.name, lambda found: len(found) == 1)
        await asyncio.sleep(1)
        before, seconds = wakes(process.pid), 4
        await asyncio.sleep(seconds)
        assert wakes(process.pid) - before < WAKES_A_SECOND * seconds
        began = time.monotonic()
        await produce(topics, [page("second", "https://h1.org/1")])
        await consume(topics, CLEAN.name, lambda found: len(found) == 2)
        assert time.monotonic() - began < 4
    assert "warning" not in (tmp_path / "clean.log").read_text()


async def test_a_backlog_of_one_partition_flows(topics: Connection, tmp_path: Path) -> None:
    await produce(topics, [page(f"page {number}", f"https://h.org/{number}") for number in range(LONE_PAGES)])
    with worker(topics, "clean", tmp_path):
        await consume(topics, CLEAN.name, lambda found: len(found) >= 20)
        began = time.monotonic()
        await consume(topics, CLEAN.name, lambda found: len(found) == LONE_PAGES)
        assert time.monotonic() - began < 10  # with Faust's second for each look, 20
