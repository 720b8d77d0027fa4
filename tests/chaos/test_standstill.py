"""A worker that stands still with a decision in hand, and goes on when another has long taken over."""

import asyncio
import os
import signal
from pathlib import Path

import msgspec
import pytest

from pipeline.codec import Message, encode
from pipeline.edges.connection import Connection
from pipeline.edges.kafka import BATCH_EXIT
from pipeline.edges.topics import create_topics
from pipeline.edges.watchdog import ZOMBIE_EXIT
from pipeline.topology import ANNOTATED, ENRICHED, OUTCOMES, TOPOLOGY
from tests.articles import annotated
from tests.edges.workers import consume, produce, stop, worker


def message(text: str, minute: int) -> Message:
    article = annotated(text, f"2026-03-01T08:{minute:02}:00Z")
    return Message(topic=ANNOTATED.name, key=article.page_id.encode(), value=encode(article))


@pytest.mark.chaos
async def test_what_it_had_decided_does_not_follow_newer_records(connection: Connection, tmp_path: Path) -> None:
    """A compacted topic keeps what was written last, so that must be the newest."""
    await create_topics(connection, TOPOLOGY.topics)
    await produce(connection, [message("first", 1)])
    with worker(connection, "relate", tmp_path, die_at="stop") as first:
        await asyncio.to_thread(os.waitpid, first.pid, os.WUNTRACED)
        with worker(connection, "relate", tmp_path) as second:
            await consume(connection, ENRICHED.name, lambda found: len(found) == 1)  # after the session timeout
            await produce(connection, [message("second", 2)])
            await consume(connection, ENRICHED.name, lambda found: len(found) == 2)
            os.kill(first.pid, signal.SIGCONT)
            assert await asyncio.to_thread(first.wait, 30) in (BATCH_EXIT, ZOMBIE_EXIT)
            await produce(connection, [message("second", 3)])
            await consume(connection, OUTCOMES.name, lambda found: len(found) >= 3)
            records = await consume(connection, ENRICHED.name, lambda found: len(found) >= 2)
            assert await stop(second) == 0
    assert [msgspec.json.decode(record.value)["revision"]["number"] for record in records] == [1, 2]
