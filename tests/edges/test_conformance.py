"""Both shells and both stores give the same: one run of each takes all scenarios, and is asked about each of them."""

import asyncio
import uuid
from collections import defaultdict
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import orjson
import pytest

from pipeline.edges.broker import Broker
from pipeline.edges.connection import Connection
from pipeline.edges.inputs import Input
from pipeline.edges.local import process
from pipeline.edges.pool import Pool
from pipeline.edges.store import clear_store, open_store
from pipeline.edges.topics import create_topics
from pipeline.errors import Code, Reason
from pipeline.topology import CLEAN, DEAD, ENRICHED, OUTCOMES, RAW
from tests.chaos.stages import TOPOLOGY
from tests.edges.scenarios import SCENARIOS, Scenario, trace_of
from tests.edges.workers import consume, mourn, produce, stop, worker

PAGE_SECONDS = 3.0
ARRIVALS = [arrival for scenario in SCENARIOS for arrival in scenario.arrivals]


@dataclass(slots=True, kw_only=True)
class Ran:
    """What a shell has made of the scenarios: by trace_id all ends, and by record id all values that were sent."""

    ends: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    values: dict[str, set[bytes]] = field(default_factory=lambda: defaultdict(set))
    revisions: dict[tuple[str, str], str] = field(default_factory=dict)

    def record(self, value: bytes) -> None:
        """Take in an enriched record."""
        record = orjson.loads(value)
        self.values[record["id"]].add(value)
        revision = record["revision"]
        self.revisions[record["trace_id"], record["id"]] = f"{revision['number']} {revision['change']}"

    def end(self, trace: str, outcome: str, cause: str | None, record: str | None) -> None:
        """Take in an outcome; that of a record comes after it."""
        what = self.revisions[trace, record or ""] if outcome == "enriched" else cause
        self.ends[trace].add(f"{outcome} {what}" if what else outcome)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path_factory.mktemp('store') / 'store.sqlite'}"
    address: str = request.getfixturevalue("postgres")
    return address


@pytest.fixture(scope="module", params=["local", "kafka"])
def ran(
    request: pytest.FixtureRequest, broker: Broker, store_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Ran:
    """All scenarios in one shell on one store, some or all of it twice."""
    clear_store(store_url)
    if request.param == "local":
        return asyncio.run(run_local(store_url))
    connection = Connection(bootstrap=broker.bootstrap, prefix=f"t{uuid.uuid4().hex[:8]}-")
    return asyncio.run(run_kafka(connection, store_url, tmp_path_factory.mktemp("data")))


async def run_local(store_url: str) -> Ran:
    """Twice, on one store: all of the second time are repeats. What died is not remembered, so once is enough."""
    ran = Ran()
    store = open_store(store_url, cluster_id=None)
    with Pool(processes=2, page_seconds=PAGE_SECONDS, page_memory_mib=1024, stages=TOPOLOGY.stages) as pool:
        for arrivals in (ARRIVALS, [arrival for arrival in ARRIVALS if not arrival[1].startswith("dead")]):
            for first, topic in enumerate((RAW.name, CLEAN.name)):
                inputs = [Input(name=trace_of(m), message=m) for m, _ in arrivals if m.topic == topic]
                stages = replace(TOPOLOGY, stages=TOPOLOGY.stages[first:])
                async for item in process(inputs, topology=stages, pool=pool, processes=2, memories=store):
                    if item.output and item.output.value:
                        ran.record(item.output.value)
                    verdict = item.verdict
                    cause = verdict.error.code if verdict.error else verdict.reason
                    ran.end(item.name, str(verdict.outcome), cause, verdict.record_id)
    store.close()
    return ran


async def run_kafka(connection: Connection, store_url: str, data: Path) -> Ran:
    """The first worker of relate dies before its first commit: what it has sent is redelivered."""
    ran = Ran()
    await create_topics(connection, TOPOLOGY.topics)
    settings: dict[str, str] = {
        "NEWSFLOW_TOPOLOGY": "tests.chaos.stages",
        "NEWSFLOW_STORE": store_url,
        "NEWSFLOW_PAGE_SECONDS": str(PAGE_SECONDS),
    }
    await produce(connection, [message for message, _ in ARRIVALS])
    with (
        worker(connection, "clean", data, **settings) as clean,
        worker(connection, "annotate", data, **settings) as annotate,
        worker(connection, "relate", data, die_at="commit", **settings) as dying,
    ):
        assert await mourn(connection, "relate", dying) == -9
        with worker(connection, "relate", data, **settings) as relate:
            outcomes = await consume(connection, OUTCOMES.name, _all_ended)
            assert [await stop(process) for process in (clean, annotate, relate)] == [0, 0, 0]
    for record in await consume(connection, ENRICHED.name, lambda found: len(found) >= _records()):
        ran.record(record.value)
    for message in outcomes:
        outcome = orjson.loads(message.value)
        cause = outcome["error"]["code"] if "error" in outcome else outcome.get("reason")
        ran.end(outcome["trace_id"], outcome["outcome"], cause, outcome.get("record_id"))
    await _check_letters(connection)
    return ran


def _all_ended(found: list[Any]) -> bool:
    """Every arrival has its outcome; those that come twice have two."""
    return len(found) >= len(ARRIVALS) and {orjson.loads(message.value)["trace_id"] for message in found} >= _traces()


def _traces() -> set[str]:
    return {trace_of(message) for message, _ in ARRIVALS}


def _records() -> int:
    """How many different records there must be."""
    return len({(trace_of(message), end) for message, end in ARRIVALS if end.startswith("enriched")})


async def _check_letters(connection: Connection) -> None:
    """A message that died lies in the dead letters as it was."""
    dead = {trace_of(message): message for message, end in ARRIVALS if end.startswith("dead")}
    for letter in await consume(connection, DEAD.name, lambda found: len(found) >= len(dead)):
        message = dead[dict(letter.headers)["dlq.trace_id"].decode()]
        kept = tuple(pair for pair in letter.headers if not pair[0].startswith("dlq."))
        assert (letter.key, letter.value, kept) == (message.key, message.value, message.headers)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
class TestConformance:
    """Each scenario, in each shell, on each store."""

    def test_ends_as_it_must(self, ran: Ran, scenario: Scenario) -> None:
        expected: dict[str, set[str]] = defaultdict(set)
        for message, end in scenario.arrivals:
            expected[trace_of(message)].add(end)
        assert {trace: ran.ends[trace] for trace in expected} == expected


def test_a_record_that_is_sent_twice_has_the_same_bytes(ran: Ran) -> None:
    assert len(ran.values) >= _records()
    assert all(len(values) == 1 for values in ran.values.values())


def test_the_scenarios_show_every_way_to_end() -> None:
    """But those that end the shell's own process, and the page that is no article, of which no seed is one."""
    shown = {end.split()[1] for _, end in ARRIVALS if end.startswith(("dead", "dropped"))}
    assert {*Code, *Reason} - shown == {Code.STAGE_DIED, Reason.NO_ARTICLE, Reason.DISCARDED}
