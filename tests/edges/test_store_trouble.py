"""A store that is locked, damaged, full or away: relate acknowledges nothing, says why, and loses nothing."""

import asyncio
import sqlite3
import subprocess
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from resource import RLIM_INFINITY, RLIMIT_FSIZE, prlimit
from typing import Any

import msgspec
import orjson
import pytest

from pipeline.edges import kafka
from pipeline.edges.connection import Connection
from pipeline.edges.offsets import committed_offsets, end_offsets
from pipeline.edges.topics import create_topics
from pipeline.topology import ANNOTATED, ENRICHED
from tests.articles import annotated
from tests.edges.stores import postgres_server
from tests.edges.test_rebuild import message
from tests.edges.workers import consume, mourn, produce, stop, worker
from tests.faults import TOPOLOGY

PAGES = 8
GROUP = TOPOLOGY.stage("relate").group


@pytest.fixture
async def topics(connection: Connection) -> Connection:
    await create_topics(connection, TOPOLOGY.topics)
    return connection


async def fetch(connection: Connection, text: str) -> None:
    """One more fetch of every page, with that text."""
    await produce(connection, [message(annotated(text, url=f"https://news.example/{n}")) for n in range(PAGES)])


async def revisions(connection: Connection, count: int) -> list[int]:
    """The numbers of all records, once there are so many of them."""
    found = await consume(connection, ENRICHED.name, lambda found: len(found) >= count)
    return sorted(msgspec.json.decode(record.value)["revision"]["number"] for record in found)


async def committed(connection: Connection) -> int:
    return sum((await committed_offsets(connection, connection.prefix + GROUP, ANNOTATED.name)).values())


@asynccontextmanager
async def relating(connection: Connection, data: Path, **environment: str) -> AsyncIterator[subprocess.Popen[bytes]]:
    """A worker that has taken in the first fetch of every page and acknowledged it."""
    await fetch(connection, "One.")
    with worker(connection, "relate", data, die_at="hurry", **environment) as process:
        await revisions(connection, PAGES)
        async with asyncio.timeout(20):
            while await committed(connection) < PAGES:  # noqa: ASYNC110 - the broker sets no event
                await asyncio.sleep(0.1)
        yield process


async def said(data: Path, event: str) -> list[dict[str, Any]]:
    """The lines that tell of such an event; every line is one of ours."""
    text = await asyncio.to_thread((data / "relate.log").read_text)
    return [line for line in map(orjson.loads, text.splitlines()) if line["event"] == event]


async def until_said(data: Path, event: str) -> None:
    async with asyncio.timeout(30):
        while not await said(data, event):  # noqa: ASYNC110 - nor does a file
            await asyncio.sleep(0.05)


async def nothing_got_through(connection: Connection) -> None:
    """The second fetch is neither sent nor acknowledged."""
    assert await committed(connection) == PAGES
    assert sum((await end_offsets(connection, ENRICHED.name)).values()) == PAGES


@pytest.mark.chaos
async def test_a_locked_file_is_waited_for_and_then_given_up(topics: Connection, tmp_path: Path) -> None:
    async with relating(topics, tmp_path) as process:
        with closing(sqlite3.connect(tmp_path / "store.sqlite", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            await fetch(topics, "Two.")
            await until_said(tmp_path, "not now")
            await nothing_got_through(topics)
            other.execute("ROLLBACK")
            assert await revisions(topics, 2 * PAGES) == [1] * PAGES + [2] * PAGES, "a short one is outlasted"
            other.execute("BEGIN IMMEDIATE")
            await fetch(topics, "Three.")
            assert await mourn(topics, "relate", process) == kafka.BATCH_EXIT
    (line,) = await said(tmp_path, "the batch failed and will be repeated")
    assert line["reason"] == f"the store {tmp_path / 'store.sqlite'} cannot serve now: database is locked"
    with worker(topics, "relate", tmp_path) as process:
        assert (await revisions(topics, 3 * PAGES))[2 * PAGES :] == [3] * PAGES
        assert await stop(process) == 0


async def test_a_file_that_breaks_ends_the_worker_with_the_command_that_mends_it(
    topics: Connection, tmp_path: Path
) -> None:
    path = tmp_path / "store.sqlite"
    async with relating(topics, tmp_path) as process:
        await asyncio.to_thread(spoil, path)
        await fetch(topics, "Two.")
        assert await mourn(topics, "relate", process) == kafka.BATCH_EXIT
    (line,) = await said(tmp_path, "the batch failed and will be repeated")
    assert f"the store {path} is damaged" in line["reason"]
    assert "newsflow store rebuild" in line["reason"]
    await nothing_got_through(topics)


def spoil(path: Path) -> None:
    """Overwrite all pages but the first; the worker's cache no longer holds after somebody else's write."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("UPDATE newsflow_meta SET value = value")
        other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        with path.open("r+b") as file:
            size = file.seek(0, 2)
            file.seek(4096)
            file.write(b"\xff" * (size - 4096))


async def test_a_full_disk_is_waited_for(topics: Connection, tmp_path: Path) -> None:
    """No file of the worker may grow beyond the size that its store has: what a full disk is for it."""
    async with relating(topics, tmp_path) as process:
        size = (tmp_path / "store.sqlite-wal").stat().st_size
        prlimit(process.pid, RLIMIT_FSIZE, (size, RLIM_INFINITY))
        await fetch(topics, "Two.")
        await until_said(tmp_path, "not now")
        await nothing_got_through(topics)
        prlimit(process.pid, RLIMIT_FSIZE, (RLIM_INFINITY, RLIM_INFINITY))
        assert await revisions(topics, 2 * PAGES) == [1] * PAGES + [2] * PAGES
        assert await stop(process) == 0


async def test_postgresql_that_is_started_again_is_waited_for(topics: Connection, tmp_path: Path) -> None:
    with postgres_server() as server:
        async with relating(topics, tmp_path, NEWSFLOW_STORE=server.get_uri()) as process:
            await asyncio.to_thread(server.stop)
            await fetch(topics, "Two.")
            await until_said(tmp_path, "not now")
            await nothing_got_through(topics)
            await asyncio.to_thread(server.ensure_postgres_running)
            assert await revisions(topics, 2 * PAGES) == [1] * PAGES + [2] * PAGES
            assert await stop(process) == 0


async def test_a_store_that_is_away_at_the_start_is_one_line(topics: Connection, tmp_path: Path) -> None:
    began = time.monotonic()
    away = "postgresql://reader:hunter2@127.0.0.1:1/news"
    with worker(topics, "relate", tmp_path, die_at="hurry", NEWSFLOW_STORE=away) as process:
        assert await asyncio.to_thread(process.wait, 30) == 1
    (line,) = (await asyncio.to_thread((tmp_path / "relate.log").read_text)).splitlines()
    assert line.startswith("newsflow: the store postgresql+psycopg://reader:***@127.0.0.1:1/news cannot serve now")
    assert time.monotonic() - began < 20
