"""Replay in, subscription out, on the real broker: what is counted, what is filtered, and what is committed when."""

import asyncio
import time
from contextlib import aclosing
from dataclasses import replace
from datetime import UTC, datetime

import orjson
import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.producer import message_accumulator as accumulator
from aiokafka.producer import producer
from aiokafka.record import default_records

import pipeline
from pipeline.codec import Message, decode, raw_message
from pipeline.edges.clients import producing
from pipeline.edges.connection import Connection
from pipeline.edges.follow import Account, follow
from pipeline.edges.inputs import Input
from pipeline.edges.replay import replay
from pipeline.edges.store import open_store
from pipeline.edges.subscriber import Skipped, Wish, deliver
from pipeline.edges.topics import create_topics
from pipeline.errors import Failure
from pipeline.handle import handle
from pipeline.records import EnrichedArticle, PageOutcome, RawPage
from pipeline.topology import ENRICHED, MAX_BODY_BYTES, OUTCOMES, RAW
from tests.articles import annotated
from tests.edges.test_kafka import BadName
from tests.test_handle import RELATE, handle_annotated

NOW = "2026-05-03T10:00:00.000Z"


def page(number: int, body: bytes | None = None) -> Input:
    raw = RawPage(url=f"https://news.example/{number}", body=body or f"story {number}".encode())
    return Input(name=f"page-{number}", message=raw_message(raw))


async def send(connection: Connection, *messages: Message) -> None:
    async with producing(connection) as producer:
        for message in messages:
            await producer.send_and_wait(
                connection.topic(message.topic), key=message.key, value=message.value, headers=list(message.headers)
            )


def enriched(number: int, **headers: str) -> Message:
    """A record as relate writes it, with headers of the test's choice."""
    store = open_store(":memory:", cluster_id=None)
    article = annotated(f"story {number}", url=f"https://news.example/{number}")
    with store.transaction(now=NOW) as memory:
        message = handle(RELATE, handle_annotated(article), now=NOW, memory=memory).messages[0]
    store.close()
    others = tuple(pair for pair in message.headers if pair[0] not in headers)
    chosen = tuple((name, value.encode()) for name, value in headers.items())
    return Message(topic=message.topic, key=message.key, value=message.value, headers=others + chosen)


async def read(connection: Connection, count: int, **options: object) -> list[str]:
    """The bodies of the next `count` records."""
    bodies: list[str] = []
    async with asyncio.timeout(20):
        async with aclosing(pipeline.subscribe(connection=connection, **options)) as articles:
            async for article in articles:
                assert isinstance(article, EnrichedArticle)
                bodies.append(article.article_body or "")
                if len(bodies) == count:
                    break
    return bodies


async def test_replay_counts_what_the_broker_acknowledged_and_names_what_it_refused(connection: Connection) -> None:
    await create_topics(connection, [RAW])
    big = page(2, b"\0" * (MAX_BODY_BYTES + 1))
    progress: list[int] = []
    done = await replay([page(1), big, page(3), page(3)], connection, progress=progress.append)
    assert done.acknowledged == 3
    assert progress[-1] == 3
    assert list(done.trace_ids.values()) == ["page-1", "page-3"], "an equal fetch of a page counts once"
    assert done.refused == [f"page-2: larger than the {MAX_BODY_BYTES} bytes that a page may have"]


async def test_the_largest_page_passes_and_comes_back_byte_for_byte(connection: Connection) -> None:
    await create_topics(connection, [RAW])
    body = bytes(range(256)) * (MAX_BODY_BYTES // 256)
    await replay([page(1, body)], connection)
    consumer = AIOKafkaConsumer(
        connection.topic(RAW.name), **connection.aiokafka_options(), auto_offset_reset="earliest"
    )
    await consumer.start()
    record = await asyncio.wait_for(consumer.getone(), 20)
    await consumer.stop()
    assert record.value == body
    assert record.key == b"news.example"
    assert dict(record.headers)["url"] == b"https://news.example/1"


async def test_replay_keeps_to_its_rate(connection: Connection) -> None:
    await create_topics(connection, [RAW])
    start = time.monotonic()
    await replay([page(number) for number in range(5)], connection, rate=10)
    assert time.monotonic() - start >= 0.4, "five pages, the last one due after 4/10 s"


async def test_a_missing_topic_is_named_with_the_command_that_makes_it(connection: Connection) -> None:
    with pytest.raises(Failure, match=r"news\.raw\.v1 is missing at .*: run `newsflow topics create`"):
        await replay([page(1)], connection)
    with pytest.raises(Failure, match=r"news\.enriched\.v1 is missing"):
        await read(connection, 1)


async def test_subscribe_reads_from_the_beginning_and_filters_by_header(connection: Connection) -> None:
    await create_topics(connection, [ENRICHED])
    await send(connection, enriched(1, lang="de"), enriched(2, lang="fr"), enriched(3, lang="de", host="other.example"))
    assert sorted(await read(connection, 3, start="beginning")) == ["story 1", "story 2", "story 3"]
    assert await read(connection, 1, start="beginning", lang=["fr"]) == ["story 2"]
    assert await read(connection, 1, start="beginning", lang=["de"], host=["other.example"]) == ["story 3"]


async def test_subscribe_reads_from_an_instant_on(connection: Connection) -> None:
    await create_topics(connection, [ENRICHED])
    await send(connection, enriched(1))
    await asyncio.sleep(0.05)
    instant = datetime.now(UTC).isoformat()
    await asyncio.sleep(0.05)
    await send(connection, enriched(2))
    assert await read(connection, 1, start=instant) == ["story 2"]
    assert await read(connection, 1, start=instant, group=connection.prefix + "readers") == ["story 2"]


async def test_subscribe_at_the_end_sees_only_what_comes_later(connection: Connection) -> None:
    await create_topics(connection, [ENRICHED])
    await send(connection, enriched(1))
    reader = asyncio.create_task(read(connection, 1))
    for _ in range(40):  # the reader needs a moment to take its place; what it then sees must not be the first record
        if reader.done():
            break
        await send(connection, enriched(2))
        await asyncio.sleep(0.1)
    assert await reader == ["story 2"]


async def test_a_record_is_committed_only_when_the_next_one_is_requested(connection: Connection) -> None:
    await create_topics(connection, [ENRICHED])
    group = connection.prefix + "readers"
    same_page = [enriched(7) for _ in range(3)]
    await send(connection, *same_page)
    await read(connection, 2, start="beginning", group=group)  # it held the second when it stopped
    assert await committed(connection, group) == 1
    await read(connection, 2, start="beginning", group=group)
    assert await committed(connection, group) == 2


async def test_a_group_that_began_at_the_end_misses_nothing_over_a_restart(connection: Connection) -> None:
    await create_topics(connection, [ENRICHED])
    group = connection.prefix + "readers"
    await send(connection, *(enriched(number) for number in range(3)))
    first = asyncio.create_task(read(connection, 1, group=group))
    async with asyncio.timeout(20):
        while await committed(connection, group) < 3:  # noqa: ASYNC110 - it has taken its place, at the end
            await asyncio.sleep(0.1)
    await send(connection, enriched(3))
    assert await first == ["story 3"]
    await send(connection, *(enriched(number) for number in range(10, 30)))
    again = await read(connection, 21, group=group)
    assert sorted(again) == sorted(["story 3", *(f"story {number}" for number in range(10, 30))])


async def test_a_count_finishes_its_last_record(connection: Connection) -> None:
    await create_topics(connection, [ENRICHED])
    await send(connection, *(enriched(7) for _ in range(3)))
    wish = Wish(start="beginning", group=connection.prefix + "readers", count=1)
    seen = [delivery.message.place for _ in range(3) async for delivery in deliver(connection, wish)]
    assert len({place.offset for place in seen if place is not None}) == 3


async def test_a_header_name_that_is_not_utf_8_stops_no_reader(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (accumulator, producer):  # aiokafka's own writer makes header names UTF-8
        monkeypatch.setattr(module, "DefaultRecordBatchBuilder", default_records._DefaultRecordBatchBuilderPy)
    await create_topics(connection, [ENRICHED])
    good = enriched(1)
    good = replace(good, headers=(*good.headers, (BadName("x-bad"), b"1")))
    await send(connection, good)
    assert await read(connection, 1, start="beginning") == ["story 1"]


async def committed(connection: Connection, group: str) -> int:
    """The sum of a group's committed offsets."""
    consumer = AIOKafkaConsumer(**connection.aiokafka_options(), group_id=group, enable_auto_commit=False)
    await consumer.start()
    try:
        offsets = [
            await consumer.committed(TopicPartition(connection.topic(ENRICHED.name), partition))
            for partition in range(ENRICHED.partitions)
        ]
    finally:
        await consumer.stop()
    return sum(offset or 0 for offset in offsets)


async def test_what_is_no_record_is_counted_and_a_newer_major_version_stops_the_reader(connection: Connection) -> None:
    await create_topics(connection, [ENRICHED])
    good = enriched(1)
    junk = Message(topic=ENRICHED.name, key=good.key, value=b"\x00junk")
    await send(connection, junk, good)
    skipped = Skipped()
    async with aclosing(deliver(connection, Wish(start="beginning"), skipped)) as deliveries:
        delivery = await asyncio.wait_for(anext(deliveries), 20)
    assert delivery.article.article_body == "story 1"
    assert skipped.count == 1
    assert "not JSON" in skipped.last
    newer = orjson.loads(good.value or b"") | {"schema": "enriched_article/2.0"}
    await send(connection, Message(topic=ENRICHED.name, key=good.key, value=orjson.dumps(newer)))
    with pytest.raises(Failure, match="install a newer newsflow"):
        await read(connection, 2, start="beginning")


async def test_following_starts_at_the_end_and_sees_outcomes_and_records(connection: Connection) -> None:
    await create_topics(connection, [ENRICHED, OUTCOMES])
    await send(connection, enriched(1))
    async with follow(connection) as arrivals:
        await send(connection, enriched(2))
        outcome = handle_dead()
        await send(connection, outcome)
        seen = [await asyncio.wait_for(anext(arrivals), 20) for _ in range(2)]
    assert {type(item) for item in seen} == {EnrichedArticle, PageOutcome}
    assert "story 2" in {getattr(item, "article_body", None) for item in seen}


def handle_dead() -> Message:
    handled = handle(RELATE, Message(topic="t", key=None, value=b"{"), now=NOW)
    return handled.messages[1]


def test_an_account_counts_each_page_once_and_the_highest_attempt() -> None:
    outcome = decode(PageOutcome, handle_dead().value)
    account = Account()
    account.add(outcome)
    account.add(outcome)
    assert account.missing([outcome.trace_id, "f" * 32]) == ["f" * 32]
    rows = dict(account.rows([outcome.trace_id, "f" * 32]))
    assert rows == {
        "inputs": 2,
        "enriched": 0,
        "unchanged": 0,
        "dropped": 0,
        "dead": 1,
        "  relate: bad_json": 1,
        "lost": 1,
    }
