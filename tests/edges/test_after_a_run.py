"""One run of real workers on a real broker: what the audit says before, while and after it, and what trace says."""

import asyncio
import re
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipeline.codec import Message
from pipeline.edges.broker import Broker
from pipeline.edges.connection import Connection
from pipeline.edges.operations.audit import Audited, Period, audit
from pipeline.edges.operations.audit_report import rows
from pipeline.edges.operations.ledger import open_ledger
from pipeline.edges.topics import create_topics
from pipeline.topology import OUTCOMES, RAW
from tests.edges.workers import newsflow, page, produce, stop, worker
from tests.faults import TOPOLOGY

URL = "https://h.example/story"
FIRST, SECOND = page("one", URL), page("two", URL + "?utm_source=feed")
FINE = [page(f"fine {number}", f"https://h{number}.example/{number}") for number in range(20)]
OTHERS = [page("fine", f"https://h.example/{number}") for number in range(5)]
SLOW = [page(f"sleep 0.02 {number}", f"https://h{number}.example/") for number in range(200)]
BAD = [
    page("raise it", "https://bad.example/"),
    page("segfault it", "https://worse.example/"),
    Message(topic=RAW.name, key=None, value=b"\xff\x00", headers=(("x", b"\xff"),)),
    Message(topic=RAW.name, key=b"k", value=None),
]
REPEATS = FINE[:5]
GOOD = [*FINE, FIRST, *OTHERS, SECOND, *SLOW]
MESSAGES = [*FINE, *BAD, *REPEATS, FIRST, *OTHERS, SECOND, *SLOW]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """The audits: before there are workers, while they work, one after the other, and one that waits for the end."""

    connection: Connection
    before: Audited
    during: Sequence[Audited]
    awaited: Audited


@pytest.fixture(scope="module")
def ran(broker: Broker, tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """Pages good, bad and repeated through all stages."""
    connection = Connection(bootstrap=broker.bootstrap, prefix=f"t{uuid.uuid4().hex[:8]}-")
    return asyncio.run(run(connection, tmp_path_factory.mktemp("data")))


async def run(connection: Connection, data: Path) -> Ran:
    await create_topics(connection, TOPOLOGY.topics)
    await produce(connection, MESSAGES)
    before = await look(connection, wait=1.5)
    with worker(connection, "clean", data) as clean:
        first = await looks(connection, in_motion)  # however slow the machine: the good pages cannot end yet
        with worker(connection, "annotate", data) as annotate, worker(connection, "relate", data) as relate:
            awaited, others = await asyncio.gather(look(connection, wait=60), looks(connection, at_rest))
            assert await asyncio.gather(*map(stop, (clean, annotate, relate))) == [0, 0, 0]
    return Ran(connection=connection, before=before, during=[*first, *others], awaited=awaited)


async def look(connection: Connection, wait: float = 0.0) -> Audited:
    with open_ledger(RAW.name, OUTCOMES.name) as ledger:
        return await audit(connection, TOPOLOGY, ledger, Period(), wait=wait)


async def looks(connection: Connection, until: Callable[[Audited], bool]) -> list[Audited]:
    """One after the other, up to the first of which that holds."""
    found: list[Audited] = []
    async with asyncio.timeout(120):
        while not (found and until(found[-1])):
            found.append(await look(connection))
    return found


def in_motion(audited: Audited) -> bool:
    return 0 < sum(audited.in_flight.values()) < audited.inputs


def at_rest(audited: Audited) -> bool:
    return audited.at_rest


def trace_of(message: Message) -> str:
    return (message.header("ce_id") or b"").decode()


def test_of_pages_good_bad_and_repeated_each_is_one_outcome(ran: Ran) -> None:
    last = ran.during[-1]
    assert last.holds
    table = dict(rows(last))
    inputs = len(GOOD) + len(BAD)
    assert (table["raw messages"], table["  repeats"], table["inputs"]) == (len(MESSAGES), len(REPEATS), inputs)
    assert (table["enriched"], table["dead"], table["missing"], table["doubled"]) == (len(GOOD), len(BAD), 0, 0)
    assert table["  clean: worker_died"] == table["  clean: stage_failed"] == 1


def test_an_audit_that_waits_gives_up_after_its_time_and_ends_when_nothing_is_in_flight(ran: Ran) -> None:
    assert ran.before.in_flight == {"clean": len(GOOD) + len(BAD)}
    assert ran.awaited.at_rest
    assert ran.awaited.ended == ran.during[-1].ended


def test_what_is_in_motion_is_never_missing(ran: Ran) -> None:
    assert [audited.missing for audited in ran.during] == [0] * len(ran.during)
    assert any(map(in_motion, ran.during)), "no look while they were in motion"


async def test_trace_shows_of_a_url_all_fetches_and_of_a_trace_id_one(ran: Ran) -> None:
    whole = await newsflow(ran.connection, "trace", URL)
    assert whole.returncode == 0, whole.stderr
    assert re.findall(r"fetch +(\w+)", whole.stdout) == [trace_of(FIRST), trace_of(SECOND)]
    assert re.findall(r"revision +(\d \(\w+\))", whole.stdout) == ["1 (new)", "2 (updated)"]
    alone = await newsflow(ran.connection, "trace", trace_of(SECOND))
    pattern = r"""https://h\.example/story\?utm_source=feed
  fetch     \w{32}
  raw       news\.raw\.v1/\d+/\d+ at \S+Z
  clean     took it at \S+Z, after \d+\.\d{3} s of waiting; worked \d+\.\d ms
  annotate  took it at \S+Z, after \d+\.\d{3} s of waiting; worked \d+\.\d ms
  relate    took it at \S+Z, after \d+\.\d{3} s of waiting; worked \d+\.\d ms
  outcome   enriched by relate at \S+Z, attempt 1, newsflow \S+ \(news\.outcomes\.v1/\d+/\d+\)
  revision  2 \(updated\), record \w{32} \(news\.enriched\.v1/\d+/\d+\)
"""
    assert re.fullmatch(pattern, alone.stdout), alone.stdout
