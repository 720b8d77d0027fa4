"""The gold pages over a real Kafka with two workers a stage: every page ends, and its record is that of `process`.

    python -m tests.quality.over_kafka GOLD [SET …]

Prints the account of the replay and how many records differ; exit 1 when a page is lost or a record differs.
"""

import asyncio
import json
import subprocess
import sys
import tempfile
import threading
from contextlib import aclosing
from pathlib import Path

from pipeline.edges.broker import embedded_broker
from pipeline.edges.connection import Connection
from pipeline.edges.inputs import open_inputs
from pipeline.edges.run import replay_and_account
from pipeline.edges.subscriber import Wish, deliver
from pipeline.edges.supervisor import Supervisor
from pipeline.edges.topics import create_topics
from pipeline.settings import Settings
from pipeline.topology import TOPOLOGY

WORKERS = 2


def main(arguments: list[str]) -> int:
    """Replay the sets, read all enriched records back, and compare them with those of `newsflow process`."""
    gold = Path(arguments[0])
    manifests = [gold / name / "manifest.jsonl" for name in arguments[1:] or ("publishers", "articles")]
    expected = processed(manifests)
    with tempfile.TemporaryDirectory() as folder, embedded_broker(Path(folder), say=print) as broker:
        connection = Connection(bootstrap=broker.bootstrap)
        settings = Settings(data=Path(folder), log_level="warning")
        lost, found = asyncio.run(over_kafka(manifests, connection, settings, len(expected)))
    differing = [key for key in expected if found.get(key) != expected[key]]
    print(f"{len(expected)} records by `process`, {len(found)} over Kafka, {len(differing)} differ, {lost} pages lost")
    return 1 if lost or differing or len(found) != len(expected) else 0


def processed(manifests: list[Path]) -> dict[str, bytes]:
    """id -> bytes of the records that the broker-free run gives."""
    command = [sys.executable, "-m", "pipeline.cli", "process", "--articles", *manifests]
    output = subprocess.run(command, check=True, capture_output=True).stdout
    return {json.loads(line)["id"]: line for line in output.splitlines()}


async def over_kafka(
    manifests: list[Path], connection: Connection, settings: Settings, count: int
) -> tuple[int, dict[str, bytes]]:
    """How many pages were lost, and id -> bytes of the records on the enriched topic."""
    await create_topics(connection, TOPOLOGY.topics)
    async with Supervisor(
        topology=TOPOLOGY, connection=connection, settings=settings, say=print, workers=WORKERS
    ) as supervisor:
        await supervisor.ready()
        inputs = open_inputs(manifests, say=print)
        lost = await replay_and_account(inputs, connection, stop=threading.Event(), say=print, show=lambda _: None)
    found: dict[str, bytes] = {}
    async with aclosing(deliver(connection, Wish(start="beginning"))) as deliveries:
        while len(found) < count:
            delivery = await asyncio.wait_for(anext(deliveries), 20)
            found[delivery.article.id] = delivery.message.value or b""
    return lost, found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
