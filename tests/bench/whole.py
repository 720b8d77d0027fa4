"""The whole way over Kafka, and how long one page takes on it.

Cost: processor seconds of a page from replay to enriched, of all processes of newsflow and not of the broker, against
those of `newsflow process --workers 2` on the same pages. What starting costs is taken off both: each is run with few
pages and with many, and the difference counts. Latency: pages one at a time through a pipeline that has nothing else to
do, from the publisher's write to the enriched record in a subscriber's hands.
"""

import asyncio
import html
import os
import random
import signal
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from pipeline.codec import raw_message, read_raw_page
from pipeline.edges.broker import embedded_broker
from pipeline.edges.connection import Connection, connection_environment
from pipeline.edges.inputs import open_inputs
from pipeline.edges.logs import quiet_libraries
from pipeline.edges.topics import create_topics
from pipeline.records import RawPage
from pipeline.topology import ENRICHED, RAW, TOPOLOGY
from tests.bench.family import POOL_CHILD, Costs, costs_of, newsflow, told
from tests.bench.pages import folders
from tests.stories import Writer, text_of

FEW, PAGES = 20, 820
ROUNDS = 3
SINGLES = 200
PAUSE = (0.2, 0.8)
"""Seconds between two single pages."""
WARM_UP = 10
PATIENCE = 30.0


def measure(gold: Path) -> dict[str, float]:
    """Print both; the ratio of the costs, the latency in seconds, the MiB of the largest process of a stage."""
    quiet_libraries()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ratio, resident = cost(gold, folder)
        with embedded_broker(folder / "latency") as broker:
            seconds = asyncio.run(latency(Connection(bootstrap=broker.bootstrap), folder))
    centiles = statistics.quantiles(seconds, n=100)
    print(f"{len(seconds)} single pages: p50 {centiles[49] * 1e3:.0f} ms, p99 {centiles[98] * 1e3:.0f} ms")
    return {"kafka": ratio, "resident": resident, "latency_p50": centiles[49], "latency_p99": centiles[98]}


def cost(gold: Path, folder: Path) -> tuple[float, float]:
    """Over Kafka against in one process, the median of some rounds; and the MiB of the largest process of a stage."""
    few, many = (write_pages(gold, count, folder / f"pages{count}") for count in (FEW, PAGES))
    ratios, largest = list[float](), list[float]()
    for number in range(ROUNDS):
        kafka, local = [], []
        for paths in (few, many):
            kafka.append(_over_kafka(paths, folder / f"{number}-{paths.name}"))
            local.append(costs_of(newsflow("process", "--workers", "2", str(paths))))
        over, inside = ((after.cpu - before.cpu) / (PAGES - FEW) for before, after in (kafka, local))
        print(
            f"{PAGES} pages: {over * 1e3:.1f} ms of processor time a page over Kafka, {inside * 1e3:.1f} in one process"
        )
        print(f"over Kafka is {over / inside:.2f}x (starting left out: {kafka[0].cpu:.1f} s and {local[0].cpu:.1f} s)")
        for name, (before, after) in (("over Kafka", kafka), ("in one process", local)):
            print(f"ms a page, {name}: {told(_ms_a_page(before, after), 2)}")
            print(f"most MiB resident, {name}: {told(after.peaks, 0)}", flush=True)
        ratios.append(over / inside)
        largest += [mib for role, mib in kafka[1].peaks.items() if POOL_CHILD in role or role.startswith("stage")]
    print(f"over Kafka, median: {statistics.median(ratios):.2f}x ({min(ratios):.2f} to {max(ratios):.2f})")
    return statistics.median(ratios), max(largest)


def _over_kafka(paths: Path, folder: Path) -> Costs:
    with embedded_broker(folder / "broker") as broker:
        variables = {
            **connection_environment(Connection(bootstrap=broker.bootstrap)),
            "NEWSFLOW_DATA": str(folder / "data"),
        }
        return costs_of(newsflow("run", "--replay", str(paths)), **variables)


def _ms_a_page(few: Costs, many: Costs) -> dict[str, float]:
    """Processor time by role, without that of starting; `not seen` is what processes took after the last look."""
    taken = {role: many.cpu_of.get(role, 0.0) - few.cpu_of.get(role, 0.0) for role in {*few.cpu_of, *many.cpu_of}}
    taken["not seen"] = many.cpu - few.cpu - sum(taken.values())
    return {role: 1e3 * seconds / (PAGES - FEW) for role, seconds in taken.items()}


def write_pages(gold: Path, count: int, folder: Path) -> Path:
    """So many pages as files, in an order that mixes the sets; each has its own host."""
    folder.mkdir()
    bodies = [read_raw_page(item.message).body for item in open_inputs(folders(gold), say=print)]
    random.Random(1).shuffle(bodies)
    for number in range(count):
        (folder / f"{number:06d}.html").write_bytes(bodies[number % len(bodies)])
    return folder


async def latency(connection: Connection, folder: Path) -> list[float]:
    """Seconds from write to read, page by page."""
    await create_topics(connection, TOPOLOGY.topics)
    writer = Writer(7)
    producer = AIOKafkaProducer(**connection.aiokafka_options(), compression_type="zstd", acks="all")
    consumer = AIOKafkaConsumer(
        connection.topic(ENRICHED.name), **connection.aiokafka_options(), auto_offset_reset="earliest"
    )
    seconds: list[float] = []
    with service(connection, folder):
        async with producer, consumer:
            for number in range(WARM_UP + SINGLES):
                message = raw_message(RawPage(url=f"https://h{number}.example.org/a/{number}", body=_page(writer)))
                began = time.monotonic()
                await producer.send_and_wait(
                    connection.topic(RAW.name), message.value, key=message.key, headers=list(message.headers)
                )
                await asyncio.wait_for(consumer.getone(), PATIENCE if number else 3 * PATIENCE)
                if number >= WARM_UP:
                    seconds.append(time.monotonic() - began)
                await asyncio.sleep(random.uniform(*PAUSE))
    return seconds


def _page(writer: Writer) -> bytes:
    headline, *paragraphs = text_of(writer.story(12)).split("\n\n")
    body = "".join(f"<p>{html.escape(paragraph)}</p>" for paragraph in paragraphs)
    title = html.escape(headline[:100])
    return f"<html><title>{title}</title><article><h1>{title}</h1>{body}</article></html>".encode()


@contextmanager
def service(connection: Connection, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """All stages of newsflow, as `newsflow run` serves them."""
    variables = {**os.environ, **connection_environment(connection), "NEWSFLOW_DATA": str(folder / "service")}
    with (folder / "service.log").open("wb") as log:
        process = subprocess.Popen(newsflow("run"), env=variables, stdout=log, stderr=log)
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(PATIENCE)
