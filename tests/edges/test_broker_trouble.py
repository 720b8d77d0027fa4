"""A broker that is away, forbids, or is configured wrongly: workers say so, come back, and lose nothing."""

import asyncio
import time
import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest

from pipeline.edges import kafka
from pipeline.edges.connection import Connection
from pipeline.edges.offsets import committed_offsets
from pipeline.edges.supervisor import Supervisor
from pipeline.edges.topics import create_topics
from pipeline.edges.watchdog import ZOMBIE_EXIT
from pipeline.settings import Settings
from pipeline.topology import CLEAN, RAW
from tests.edges.brokers import ALLOW, DENY, GROUP, TOPIC, Breakable, breakable_broker, configure, forget_rules, rule
from tests.edges.workers import FAULTS, consume, mourn, page, produce, stop, worker
from tests.faults import TOPOLOGY

ONE_STAGE = replace(TOPOLOGY, stages=TOPOLOGY.stages[:1])
OUTAGE_SECONDS = 5.0
"""Its start takes as long again."""

LINES_PER_SECOND = 5.0
"""What all workers together may say while the broker is away."""


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Breakable]:
    with breakable_broker(tmp_path_factory.mktemp("own")) as broker:
        yield broker


@pytest.fixture
async def topics(own: Breakable) -> Connection:
    """A connection to this module's broker, with all topics."""
    connection = Connection(bootstrap=own.bootstrap, prefix=f"t{uuid.uuid4().hex[:8]}-")
    await create_topics(connection, TOPOLOGY.topics)
    return connection


def pages(count: int, body: str = "fine") -> list[Any]:
    return [page(f"{body} {number}", f"https://h{number}.org/") for number in range(count)]


def events(text: str, event: str) -> list[dict[str, Any]]:
    """The lines of a log that tell of such an event. Every line is one of ours: JSON, and no traceback."""
    lines = [orjson.loads(line) for line in text.splitlines()]
    assert not any("Traceback" in str(line) for line in lines)
    return [line for line in lines if line["event"] == event]


async def all_arrive(connection: Connection, count: int) -> None:
    """Every page is in the next topic."""
    await consume(connection, CLEAN.name, lambda found: len({record.key for record in found}) >= count)


async def nothing_committed(connection: Connection) -> bool:
    return await committed_offsets(connection, f"{connection.prefix}newsflow.clean", RAW.name) == {}


# ---- it forbids


@pytest.mark.parametrize(
    ("kind", "name", "denied", "code", "said"),
    [
        (
            TOPIC,
            "news.clean.v1",
            "WRITE",
            kafka.BATCH_EXIT,
            "to write to {}: allow DESCRIBE and WRITE",
        ),
        pytest.param(
            *(TOPIC, "news.raw.v1", "READ", ZOMBIE_EXIT, "to read {}: allow DESCRIBE and READ"),
            marks=pytest.mark.chaos,
        ),
        pytest.param(
            *(GROUP, "newsflow.clean", "READ", ZOMBIE_EXIT, "the consumer group {}: allow DESCRIBE and READ"),
            marks=pytest.mark.chaos,
        ),
    ],
)
async def test_what_is_forbidden_is_named_and_nothing_is_acknowledged_until_it_is_allowed(
    topics: Connection, tmp_path: Path, kind: int, name: str, denied: str, code: int, said: str
) -> None:
    await produce(topics, pages(10))
    await rule(topics, kind, name, DESCRIBE=ALLOW, **{denied: DENY})
    with worker(topics, "clean", tmp_path) as process:
        assert await mourn(topics, "clean", process) == code
    log = (tmp_path / "clean.log").read_text()
    last = log.splitlines()[-1]
    assert f"the broker forbids this user {said.format(topics.prefix + name)}" in last
    assert not events(log, "batch")
    if denied == "WRITE":  # one stands for all: it goes on once it may
        assert await nothing_committed(topics)
        await forget_rules(topics, kind, name)
        with worker(topics, "clean", tmp_path) as process:
            await all_arrive(topics, 10)
            assert await stop(process) == 0


# ---- it is configured wrongly


async def test_a_topic_that_takes_no_such_message_is_told_at_every_restart_until_it_is_mended(
    topics: Connection, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """The pages are sound and within the table's limit: they wait."""
    await configure(topics, CLEAN, max_message_bytes="500")
    await produce(topics, pages(10))
    said: list[str] = []
    settings = Settings(topology=FAULTS, data=tmp_path, log_format="json")
    async with Supervisor(topology=ONE_STAGE, connection=topics, settings=settings, say=said.append):
        async with asyncio.timeout(60):
            while len(said) < 2:  # noqa: ASYNC110 - the supervisor says lines, it sets no events
                await asyncio.sleep(0.05)
        assert said == [
            f"worker clean ended (a batch failed and is repeated: its last line says why); it starts again in {pause} s"
            for pause in ("0.5", "1")
        ]
        await configure(topics, CLEAN)
        await all_arrive(topics, 10)
    log = capfd.readouterr().err
    reasons = {line["reason"] for line in events(log, "the batch failed and will be repeated")}
    assert reasons == {
        f"the broker refuses a message for {topics.prefix}news.clean.v1 as too large: the topic's max.message.bytes "
        f"must be {CLEAN.max_bytes}; see `newsflow topics check`, and change it with Kafka's own tools"
    }
    (drift, *_) = events(log, "topic differs")
    assert (drift["what"], drift["found"], drift["expected"]) == ("max.message.bytes", "500", str(CLEAN.max_bytes))


async def test_fewer_partitions_are_told_at_the_start_and_work(own: Breakable, tmp_path: Path) -> None:
    few = Connection(bootstrap=own.bootstrap, prefix=f"t{uuid.uuid4().hex[:8]}-")
    await create_topics(few, [replace(topic, partitions=2) for topic in TOPOLOGY.topics])
    await produce(few, pages(20))
    with worker(few, "clean", tmp_path) as process:
        await all_arrive(few, 20)
        assert await stop(process) == 0
    log = (tmp_path / "clean.log").read_text()
    assert {(line["what"], line["found"], line["expected"]) for line in events(log, "topic differs")} == {
        ("partitions", "2", "12")
    }


# ---- it is away


async def outage(own: Breakable, topics: Connection, data: Path, seconds: float) -> float:
    """The broker dies under two workers with pages in work, stays away for so long, and comes back.

    The seconds from its death to the last page's arrival.
    """
    said: list[str] = []
    settings = Settings(topology=FAULTS, data=data, log_format="json")
    async with Supervisor(topology=ONE_STAGE, connection=topics, settings=settings, say=said.append, workers=2) as both:
        await both.ready()
        await produce(topics, pages(300, "sleep 0.01"))
        await consume(topics, CLEAN.name, lambda found: len(found) >= 30)
        died = time.monotonic()
        await own.kill()
        await asyncio.sleep(seconds)
        await own.start()
        began = time.monotonic()
        await all_arrive(topics, 300)
        print(
            f"after {seconds:g} s without a broker all pages were there {time.monotonic() - began:.1f} s later; {said}"
        )
        ended = time.monotonic()
        await both.ready()
    assert all("killed" not in line for line in said)
    return ended - died


@pytest.mark.chaos
async def test_a_broker_that_is_away_for_ten_seconds_costs_no_page_and_few_lines(
    own: Breakable, topics: Connection, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    seconds = await outage(own, topics, tmp_path, OUTAGE_SECONDS)
    log = capfd.readouterr().err
    assert events(log, "batch")
    others = [line for line in map(orjson.loads, log.splitlines()) if line["event"] != "batch"]
    assert len(others) < LINES_PER_SECOND * seconds, others


@pytest.mark.chaos
async def test_a_broker_that_is_away_for_a_minute_costs_no_page_and_few_lines(
    own: Breakable, topics: Connection, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """By then workers have given up and been started again."""
    seconds = await outage(own, topics, tmp_path, 65)
    log = capfd.readouterr().err
    assert len(log.splitlines()) - len(events(log, "batch")) < LINES_PER_SECOND * seconds
