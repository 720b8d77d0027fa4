"""Every worker is replaced, one by one, while pages come in: none is lost, and each stop is a clean one."""

import asyncio
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from pipeline.codec import Message, raw_message
from pipeline.edges.connection import Connection, admin_client
from pipeline.edges.membership import client_id, describe_group
from pipeline.edges.operations.audit import Audited, Period, audit
from pipeline.edges.operations.ledger import open_ledger
from pipeline.edges.topics import create_topics
from pipeline.records import RawPage
from pipeline.topology import OUTCOMES, RAW, TOPOLOGY
from tests.chaos.__main__ import say
from tests.edges.workers import produce, stop, worker

WORKERS = 2
PAUSE_SECONDS = 0.25
"""Between two pages: the load is steady, and there is always work in hand."""

JOIN_SECONDS = 120.0
DONE_SECONDS = 300.0
STORY = (Path(__file__).parents[2] / "seeds" / "articles" / "update-first-en.html").read_bytes()


def story(number: int) -> Message:
    body = STORY.replace(b"<p>", f"<p>Take {number}: ".encode())
    return raw_message(RawPage(url=f"https://h{number % 40}.example/{number}", body=body, content_type="text/html"))


class Fleet:
    """The workers of all stages, each of which can be replaced."""

    def __init__(self, connection: Connection, folder: Path, stack: ExitStack) -> None:
        self.connection, self.folder, self.stack = connection, folder, stack
        self.running: dict[tuple[str, int], subprocess.Popen[bytes]] = {}

    def places(self) -> Iterator[tuple[str, int]]:
        for stage in TOPOLOGY.stages:
            for number in range(WORKERS):
                yield stage.name, number

    def start(self, place: tuple[str, int]) -> None:
        options = {
            "NEWSFLOW_TOPOLOGY": "pipeline.topology",
            "NEWSFLOW_POOL_PROCESSES": "1",
            "NEWSFLOW_BATCH_SIZE": "8",
            "NEWSFLOW_PAGE_SECONDS": "5",
        }
        self.running[place] = self.stack.enter_context(worker(self.connection, place[0], self.folder, **options))

    async def joined(self, name: str) -> None:
        """Return when the stage's workers, and nobody else, share its partitions."""
        wanted = {client_id(process.pid) for place, process in self.running.items() if place[0] == name}
        group = self.connection.prefix + TOPOLOGY.stage(name).group
        async with asyncio.timeout(JOIN_SECONDS), admin_client(self.connection) as admin:
            while True:
                found = await describe_group(admin, group)
                if found.stable and {client for _, client in found.members} == wanted:
                    return
                await asyncio.sleep(0.2)

    async def replace(self, place: tuple[str, int]) -> int:
        """Stop a worker as the guide says, start another in its place; the exit code of the one that was stopped."""
        code = await stop(self.running[place])
        self.start(place)
        await self.joined(place[0])
        return code


async def publish(connection: Connection, done: list[int], enough: asyncio.Event) -> None:
    while not enough.is_set():
        await produce(connection, [story(len(done))])
        done.append(len(done))
        await asyncio.sleep(PAUSE_SECONDS)


@pytest.mark.chaos
@pytest.mark.timeout(900)
async def test_workers_are_replaced_one_by_one_under_load_and_no_page_is_lost(
    connection: Connection, tmp_path: Path
) -> None:
    await create_topics(connection, TOPOLOGY.topics)
    published: list[int] = []
    enough = asyncio.Event()
    with ExitStack() as stack:
        fleet = Fleet(connection, tmp_path, stack)
        for place in fleet.places():
            fleet.start(place)
        for stage in TOPOLOGY.stages:
            await fleet.joined(stage.name)
        publishing = asyncio.create_task(publish(connection, published, enough))
        for place in fleet.places():
            before = len(published)
            began = time.monotonic()
            assert await fleet.replace(place) == 0, f"{place} did not stop cleanly"
            say(f"{place} replaced in {time.monotonic() - began:.1f} s")
            assert len(published) > before, "pages came in meanwhile"
        enough.set()
        await publishing
        audited = await account(connection)
    say(f"{len(published)} pages: {audited.missing} missing, {audited.doubled} doubled")
    assert audited.holds, audited
    assert [(outcome, count) for outcome, *_, count in audited.ended] == [("enriched", len(published))]


async def account(connection: Connection) -> Audited:
    """What the audit says once nothing is in flight."""
    with open_ledger(RAW.name, OUTCOMES.name) as ledger:
        audited = await audit(connection, TOPOLOGY, ledger, Period(), wait=DONE_SECONDS)
    assert audited.at_rest, audited
    return audited
