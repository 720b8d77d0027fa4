"""A page's way as `newsflow trace` shows it: found by its keys, wherever it is."""

from dataclasses import replace

import pytest

from pipeline.codec import Message
from pipeline.edges.connection import Connection
from pipeline.edges.operations.page_way import Question, follow_page
from pipeline.edges.topics import create_topics
from pipeline.errors import Failure
from pipeline.handle import handle
from pipeline.topology import RAW
from tests.edges.workers import acknowledge, consume, newsflow, page, produce
from tests.faults import TOPOLOGY

NOW = "2026-01-02T03:04:05Z"
CLEAN_STAGE, ANNOTATE_STAGE, RELATE_STAGE = TOPOLOGY.stages


@pytest.fixture
async def topics(connection: Connection) -> Connection:
    """A connection with all topics."""
    await create_topics(connection, TOPOLOGY.topics)
    return connection


def trace_of(message: Message) -> str:
    return (message.header("ce_id") or b"").decode()


async def test_a_page_is_found_at_each_stage_it_waits_for(topics: Connection) -> None:
    url = "https://h.example/story"
    raw = page("text", url)
    clean = handle(CLEAN_STAGE, raw, now=NOW).messages[0]
    annotated = handle(ANNOTATE_STAGE, clean, now=NOW).messages[0]
    for message, stage in ((raw, CLEAN_STAGE), (clean, ANNOTATE_STAGE), (annotated, RELATE_STAGE)):
        await produce(topics, [message])
        for asked in (url, trace_of(raw)):
            (fetch,) = await follow_page(topics, TOPOLOGY, Question(page=asked))
            assert [waiting.stage for waiting in fetch.waiting] == [stage.name], asked
        await acknowledge(topics, stage)
    (fetch,) = await follow_page(topics, TOPOLOGY, Question(page=url))
    assert not fetch.waiting
    assert "  missing   " in (await newsflow(topics, "trace", url)).stdout


async def test_a_dead_letter_is_found_whatever_its_key(topics: Connection) -> None:
    for number, key in enumerate((b"h.example", b"another", None)):
        url = f"https://h.example/{number}"
        raw = replace(page("raise it", url), key=key)
        await produce(topics, [raw, *handle(CLEAN_STAGE, raw, now=NOW).messages])
        (fetch,) = await follow_page(topics, TOPOLOGY, Question(page=trace_of(raw)))
        assert [letter.code for letter in fetch.letters] == ["stage_failed"]
        (fetch,) = await follow_page(topics, TOPOLOGY, Question(page=url, everywhere=True))
        assert (len(fetch.raw), len(fetch.outcomes), len(fetch.letters)) == (1, 1, 1)
    shown = await newsflow(topics, "trace", "https://h.example/0")
    assert "stage_failed in process: RuntimeError: the stage has a bug" in shown.stdout
    assert "newsflow dead show" in shown.stdout


async def test_a_page_of_which_nothing_is_known_ends_with_1(topics: Connection) -> None:
    await produce(topics, [page("text", "https://h.example/other")])
    for asked in ("https://h.example/story", "0" * 32):
        with pytest.raises(Failure, match="nothing is known of"):
            await follow_page(topics, TOPOLOGY, Question(page=asked))
    unknown = await newsflow(topics, "trace", "https://h.example/story")
    assert (unknown.returncode, unknown.stderr.count("\n")) == (1, 1)
    assert (await newsflow(topics, "trace", "story")).returncode == 2


async def test_from_leaves_out_what_came_in_before(topics: Connection) -> None:
    await produce(topics, [page("text", "https://h.example/story")])
    (record,) = await consume(topics, RAW.name, lambda found: len(found) == 1)
    await acknowledge(topics, CLEAN_STAGE)
    question = Question(page="https://h.example/story", since=record.timestamp)
    assert len(await follow_page(topics, TOPOLOGY, question)) == 1
    with pytest.raises(Failure, match="nothing is known"):
        await follow_page(topics, TOPOLOGY, replace(question, since=record.timestamp + 1))
