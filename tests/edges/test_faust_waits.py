"""Faust's waits, replaced: a worker with nothing to do sleeps, and one with much to do is not kept waiting."""

import asyncio
import hashlib
import inspect
import time
from importlib import import_module
from pathlib import Path

import pytest

from pipeline.edges.connection import Connection
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
    "faust.transport.consumer.Consumer._wait_next_records": "6218e1969a63",
    "faust.transport.consumer.Consumer.on_buffer_full": "c8961679e0bc",
    "faust.transport.consumer.Consumer.on_buffer_drop": "4b57e8a418d5",
    "faust.transport.consumer.Consumer.resume_partitions": "afe6b7c02a41",
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
