"""Whether the pipeline keeps its size and speed for long: `python -m tests.bench.soak [GOLD] [--pages N]`.

Varied copies of the gold pages, none like another, go through all stages as `newsflow run` serves them, on an embedded
broker. A line for each stretch: processor milliseconds a page that ended in it, of all processes of newsflow together
and of each stage, and of this bench, whose work is the same for every page: so a machine that slows down, and with it
everything, is told from a stage that does. And the resident MiB of the largest process in each role, looked at while
they work. At the end: pages without an outcome, which there must not be. Linux only.
"""

import argparse
import asyncio
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import cycle, islice
from pathlib import Path
from time import process_time

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from pipeline.codec import decode, raw_message
from pipeline.edges.broker import embedded_broker
from pipeline.edges.clients import consuming, producing
from pipeline.edges.connection import Connection
from pipeline.edges.logs import quiet_libraries
from pipeline.edges.topics import create_topics
from pipeline.identity import trace_id
from pipeline.records import PageOutcome, RawPage
from pipeline.topology import OUTCOMES, RAW, TOPOLOGY
from tests.bench.family import members, spent, told, used
from tests.bench.growth import vary
from tests.bench.pages import SEEDS, read_pages
from tests.bench.whole import service

PAGES, STRETCHES = 100_000, 20
AHEAD = 500
"""Pages on their way at the most: a backlog, so that every stage has whole batches, which the broker's disk holds."""
PATIENCE = 300.0
"""Seconds without any outcome after which the pages on their way count as lost."""
UPDATES = 0.1
"""Share of pages that have the address of the page before: updates."""


def main(arguments: list[str]) -> int:
    """Print the table; 1 when a page has ended nowhere."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.soak", description=__doc__.splitlines()[0])
    parser.add_argument("gold", type=Path, nargs="?", default=SEEDS, metavar="GOLD", help="folder of the gold sets")
    parser.add_argument("--pages", type=int, default=PAGES)
    options = parser.parse_args(arguments)
    quiet_libraries()
    with tempfile.TemporaryDirectory() as name:
        lost = asyncio.run(soak(options.gold, options.pages, Path(name)))
    print(f"{options.pages} pages, {lost} lost")
    return int(lost > 0)


async def soak(gold: Path, pages: int, folder: Path) -> int:
    """Print the table; the number of pages that ended nowhere."""
    with embedded_broker(folder / "broker") as broker:
        connection = Connection(bootstrap=broker.bootstrap)
        await create_topics(connection, TOPOLOGY.topics)
        with service(connection, folder) as process:
            async with producing(connection) as producer, consuming(connection) as consumer:
                consumer.subscribe([connection.topic(OUTCOMES.name)])
                copies, ends = copies_of(gold), _Ends(consumer=consumer)
                stretch = max(1, pages // STRETCHES)
                before = _Look(own=process_time())
                for published in range(stretch, pages + 1, stretch):
                    if not await _feed(copies, stretch, producer, connection.topic(RAW.name), ends):
                        break
                    now = _look(process.pid, published, ends.outcomes.total())
                    if now.ended > before.ended:  # the first pages of a short soak count in the line after
                        print(_line(before, now), flush=True)
                        before = now
                await ends.fall_to(0)
                print(", ".join(f"{outcome} {count}" for outcome, count in ends.outcomes.most_common()))
                return len(ends.awaited)


async def _feed(copies: Iterator[RawPage], pages: int, producer: AIOKafkaProducer, topic: str, ends: "_Ends") -> bool:
    """Publish the next pages as fast as others end; False when none ends any more."""
    for page in islice(copies, pages):
        message = raw_message(page)
        ends.awaited.add(trace_id(page.url, page.fetched_at, page.body))
        await producer.send(topic, message.value, key=message.key, headers=list(message.headers))
        if not await ends.fall_to(AHEAD):
            return False
    return True


def copies_of(gold: Path) -> Iterator[RawPage]:
    """Varied copies of the gold pages without end."""
    chance, address = random.Random(1), ""
    for original in cycle(list(read_pages(gold))):
        page = vary(original, chance)
        if address and chance.random() < UPDATES:
            page = replace(page, url=address)
        address = page.url
        yield page


@dataclass(slots=True, kw_only=True)
class _Ends:
    """Where pages end, as it arrives."""

    consumer: AIOKafkaConsumer
    awaited: set[str] = field(default_factory=set)
    """Trace ids of the pages on their way."""
    outcomes: Counter[str] = field(default_factory=Counter)

    async def fall_to(self, number: int) -> bool:
        """Read outcomes until no more than so many pages are on their way; False when none comes any more."""
        while len(self.awaited) > number:
            batches = await self.consumer.getmany(timeout_ms=int(PATIENCE * 1000))
            if not batches:
                return False
            for record in (record for records in batches.values() for record in records):
                outcome = decode(PageOutcome, record.value)
                if outcome.trace_id in self.awaited:
                    self.awaited.remove(outcome.trace_id)
                    self.outcomes[outcome.outcome] += 1
                else:
                    self.outcomes["told again"] += 1
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """What was seen at the end of a stretch; all of it counts from the beginning, but for the sizes."""

    published: int = 0
    ended: int = 0
    own: float = 0.0
    """Processor seconds of this bench."""
    seconds: dict[str, float] = field(default_factory=dict)
    """Processor seconds by stage, of all its processes and of ended ones."""
    sizes: dict[str, float] = field(default_factory=dict)
    """Resident MiB of the largest process in each role."""


def _look(top: int, published: int, ended: int) -> _Look:
    seconds, sizes = {"run": spent(top)}, dict[str, float]()
    for pid, role in members(top):
        with suppress(OSError):
            stage = role.split()[-1]
            seconds[stage] = seconds.get(stage, 0.0) + spent(pid)
            sizes[role] = max(sizes.get(role, 0.0), used(pid)[1])
    return _Look(published=published, ended=ended, own=process_time(), seconds=seconds, sizes=sizes)


def _line(before: _Look, now: _Look) -> str:
    """What lies between two looks. The stages' work is that on pages that ended, not on those still waiting."""
    ended, published = now.ended - before.ended, now.published - before.published
    each = {stage: 1e3 * (taken - before.seconds.get(stage, 0.0)) / ended for stage, taken in now.seconds.items()}
    own = 1e3 * (now.own - before.own) / published
    return (
        f"{now.published:8d} pages {sum(each.values()):6.1f} ms a page: {told(each, 1)}; bench {own:.1f} | "
        f"{told(now.sizes, 0)}"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
