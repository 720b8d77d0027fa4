"""Workers of two versions side by side: a newer minor version passes both, a newer major one waits as a dead letter."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest

from pipeline.codec import Message, raw_message
from pipeline.edges.connection import Connection, admin_client
from pipeline.edges.membership import describe_group
from pipeline.edges.operations.letters import Selection, read_letters
from pipeline.edges.operations.mending import Retried, retry_letters
from pipeline.edges.topics import create_topics
from pipeline.handle import handle
from pipeline.records import Outcome, RawPage
from pipeline.topology import ANNOTATED, CLEAN, ENRICHED, OUTCOMES, TOPOLOGY
from tests.edges.workers import PATIENCE, consume, header, produce, stop, worker
from tests.newer import MINOR

OLD, NEWER, NEWEST = "pipeline.topology", "tests.newer", "tests.newest"
NOW = "2026-03-01T12:00:00Z"
STORY = (Path(__file__).parents[2] / "seeds" / "articles" / "update-first-en.html").read_bytes()


@pytest.fixture
async def topics(connection: Connection) -> Connection:
    """A connection with all topics."""
    await create_topics(connection, TOPOLOGY.topics)
    return connection


def story(number: int) -> Message:
    body = STORY.replace(b"<p>", f"<p>Take {number}: ".encode())
    return raw_message(RawPage(url=f"https://h{number}.example/{number}", body=body, content_type="text/html"))


async def shared_out(connection: Connection, stages: tuple[str, ...]) -> None:
    """Return when two workers share the partitions of each of these stages."""
    for stage in stages:
        async with asyncio.timeout(PATIENCE), admin_client(connection) as admin:
            while True:
                group = await describe_group(admin, connection.prefix + TOPOLOGY.stage(stage).group)
                if group.stable and len(group.members) == 2:
                    break
                await asyncio.sleep(0.2)


@pytest.mark.chaos
async def test_workers_of_two_minor_versions_share_a_group_and_every_page_passes(
    topics: Connection, tmp_path: Path
) -> None:
    pages = [story(number) for number in range(60)]
    data = {version: tmp_path / version for version in (OLD, NEWER)}
    for folder in data.values():
        folder.mkdir()
    store = f"sqlite:///{tmp_path / 'store.sqlite'}"

    def started(stage: str, version: str) -> Any:
        return worker(
            topics, stage, data[version], NEWSFLOW_TOPOLOGY=version, NEWSFLOW_STORE=store, NEWSFLOW_PAGE_SECONDS="5"
        )

    with (
        started("clean", OLD),
        started("clean", NEWER),
        started("annotate", OLD),
        started("annotate", NEWER),
        started("relate", OLD) as relate,
    ):
        await shared_out(topics, ("clean", "annotate"))
        await produce(topics, pages)
        records = await consume(topics, ENRICHED.name, lambda found: len({r.key for r in found}) == len(pages))
        outcomes = await consume(topics, OUTCOMES.name, lambda found: len(found) >= len(pages))
        assert await stop(relate) == 0
    cleans = await consume(topics, CLEAN.name, lambda found: len({r.key for r in found}) == len(pages))
    annotated = await consume(topics, ANNOTATED.name, lambda found: len({r.key for r in found}) == len(pages))
    cleaned_by, annotated_by = is_newer(cleans), is_newer(annotated)
    ways = {(cleaned_by[key], annotated_by[key]) for key in cleaned_by}
    assert len(ways) == 4, "from old to old, old to new, new to old, new to new"
    assert {msgspec.json.decode(outcome.value)["outcome"] for outcome in outcomes} == {"enriched"}
    assert all(b"reading_minutes" not in record.value and b"tone" not in record.value for record in records)


def is_newer(records: list[Any]) -> dict[bytes, bool]:
    """By key, whether the newer version has made it."""
    return {record.key: header(record, "ce_dataschema").endswith(f":1.{MINOR}") for record in records}


@pytest.mark.chaos
async def test_a_newer_major_version_waits_for_a_worker_that_reads_it(topics: Connection, tmp_path: Path) -> None:
    (clean,) = handle(TOPOLOGY.stage("clean"), story(1), now=NOW).messages
    plain = msgspec.json.decode(clean.value or b"")
    plain |= {"schema": "clean_article/2.0", "title": plain.pop("headline")}
    newest = replace(clean, value=msgspec.json.encode(plain))
    (other,) = handle(TOPOLOGY.stage("clean"), story(2), now=NOW).messages
    await produce(topics, [newest, other])
    with worker(topics, "relate", tmp_path):
        with worker(topics, "annotate", tmp_path, NEWSFLOW_TOPOLOGY=OLD) as old:
            outcomes = await consume(topics, OUTCOMES.name, lambda found: len(found) == 2)
            assert await stop(old) == 0
        letters = await read_letters(topics, Selection(cause="unsupported_version"))
        assert [(letter.stage, letter.is_open) for letter in letters] == [("annotate", True)]
        done = Retried()
        with worker(topics, "annotate", tmp_path, NEWSFLOW_TOPOLOGY=NEWEST) as later:
            await retry_letters(topics, TOPOLOGY, letters, rate=None, wait=60, done=done)
            assert await stop(later) == 0
    ends = sorted(msgspec.json.decode(outcome.value)["outcome"] for outcome in outcomes)
    assert ends == ["dead", "enriched"]
    (outcome,) = done.ended.values()
    assert (outcome.outcome, outcome.attempt) == (Outcome.ENRICHED, 2)
    (closed,) = await read_letters(topics, Selection(every=True))
    assert not closed.is_open
    records = await consume(topics, ENRICHED.name, lambda found: len(found) == 2)
    (record,) = [r for r in records if header(r, "trace_id") == outcome.trace_id]
    assert msgspec.json.decode(record.value)["headline"] == plain["title"]
