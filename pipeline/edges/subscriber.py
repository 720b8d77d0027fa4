"""Enriched records from any Kafka: `newsflow subscribe` and `pipeline.subscribe(...)`.

At least once: a record is committed only when the next one is requested, so a reader that dies with a record in its
hands is given it again. Duplicates have the same id; order holds for each `page_id`.
"""

import time
from collections.abc import AsyncIterator, Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError

from pipeline.codec import Message, decode
from pipeline.edges.connection import Connection, read_connection
from pipeline.edges.topics import require_topics
from pipeline.errors import Code, Failure, Reject, UsageError
from pipeline.records import EnrichedArticle, Place
from pipeline.topology import ENRICHED, MAX_RECORD_BYTES

COMMIT_SECONDS = 1.0
"""Commits are at least so far apart; one for each record would cost a round trip a record."""

POLL_MS = 250


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One enriched record and the message that carried it."""

    article: EnrichedArticle
    message: Message


async def subscribe(
    *,
    bootstrap: str | None = None,
    connection: Connection | None = None,
    start: str = "end",
    lang: Collection[str] = (),
    host: Collection[str] = (),
    group: str | None = None,
) -> AsyncIterator[EnrichedArticle]:
    """Enriched records as they come, as typed records, for ever.

    `bootstrap` is "HOST:PORT,…"; without it and without `connection` the KAFKA_* variables count. `start` is
    "beginning", "end" or an RFC 3339 instant; a `group` that has committed before goes on from there instead. `lang`
    and `host` keep only records with one of these values. A record is committed only when the next is requested.

    Raises UsageError for a wrong `start`; Failure when the cluster cannot be reached, the topic is missing, or a
    record has a newer major version than this package reads.
    """
    deliveries = deliver(
        connection or read_connection(bootstrap=bootstrap), start=start, lang=lang, host=host, group=group
    )
    try:
        async for delivery in deliveries:
            yield delivery.article
    finally:
        await deliveries.aclose()  # type: ignore[attr-defined]


async def deliver(
    connection: Connection,
    *,
    start: str = "end",
    lang: Collection[str] = (),
    host: Collection[str] = (),
    group: str | None = None,
    skipped: "Skipped | None" = None,
) -> AsyncIterator[Delivery]:
    """As `subscribe`, with each record's message. What is no enriched record is counted and named in `skipped`."""
    since = parse_start(start)
    partitions = await require_topics(connection, [ENRICHED])
    consumer = AIOKafkaConsumer(
        **connection.aiokafka_options(),
        group_id=group,
        enable_auto_commit=False,
        auto_offset_reset="earliest",  # a safety net: every start is sought for, and reading again loses nothing
        max_partition_fetch_bytes=MAX_RECORD_BYTES,
    )
    try:
        await consumer.start()
        await _begin(consumer, partitions, start, since, group)
        wanted = _Filter(lang=frozenset(lang), host=frozenset(host))
        async for delivery in _deliveries(consumer, wanted, group, skipped):
            yield delivery
    except KafkaError as error:
        raise Failure(f"Kafka at {connection.bootstrap} stopped answering: {error}") from error
    finally:
        await consumer.stop()


def parse_start(start: str) -> int | None:
    """Milliseconds since the epoch of an RFC 3339 instant; None for "beginning" and "end"; else UsageError."""
    if start in ("beginning", "end"):
        return None
    try:
        moment = datetime.fromisoformat(start)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise UsageError(f"{start!r}: must be beginning, end or an instant such as 2026-05-03T14:00:00Z")
    return int(moment.timestamp() * 1000)


@dataclass(slots=True, kw_only=True)
class Skipped:
    """Messages of the topic that are no enriched records: how many, and the last one with its reason."""

    count: int = 0
    last: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Filter:
    """Decides by headers alone, so that what nobody asked for is never decoded."""

    lang: frozenset[str]
    host: frozenset[str]

    def __call__(self, message: Message) -> bool:
        return all(
            not wanted or (message.header(name) or b"").decode("utf-8", "replace") in wanted
            for name, wanted in (("lang", self.lang), ("host", self.host))
        )


async def _begin(
    consumer: AIOKafkaConsumer, partitions: list[TopicPartition], start: str, since: int | None, group: str | None
) -> None:
    """Take partitions and go to the start: with a group as Kafka assigns them, without one all of them."""
    if group is None:
        consumer.assign(partitions)
        await _seek(consumer, partitions, start, since)
    else:
        consumer.subscribe([partitions[0].topic], listener=_StartOfGroup(consumer, start, since))


async def _seek(consumer: AIOKafkaConsumer, partitions: list[TopicPartition], start: str, since: int | None) -> None:
    if not partitions:
        return
    if since is None:
        await (consumer.seek_to_beginning if start == "beginning" else consumer.seek_to_end)(*partitions)
        return
    ends = await consumer.end_offsets(partitions)
    found = await consumer.offsets_for_times(dict.fromkeys(partitions, since))
    for partition in partitions:
        consumer.seek(partition, found[partition].offset if found[partition] else ends[partition])


class _StartOfGroup(ConsumerRebalanceListener):  # type: ignore[misc]
    """Sends a group to its start on each partition for which it has committed nothing, whenever it gets one."""

    def __init__(self, consumer: AIOKafkaConsumer, start: str, since: int | None) -> None:
        self._consumer, self._start, self._since = consumer, start, since

    async def on_partitions_revoked(self, revoked: list[TopicPartition]) -> None:
        pass

    async def on_partitions_assigned(self, assigned: list[TopicPartition]) -> None:
        new = [partition for partition in assigned if await self._consumer.committed(partition) is None]
        await _seek(self._consumer, new, self._start, self._since)


async def _deliveries(
    consumer: AIOKafkaConsumer, wanted: _Filter, group: str | None, skipped: Skipped | None
) -> AsyncIterator[Delivery]:
    finished: dict[TopicPartition, int] = {}
    committed_at = time.monotonic()
    try:
        while True:
            batch = await consumer.getmany(timeout_ms=POLL_MS)
            for partition, records in batch.items():
                for record in records:
                    delivery = _delivery(record, wanted, skipped)
                    if delivery is not None:
                        yield delivery
                    finished[partition] = record.offset + 1  # only now: the next one was asked for
                    if group and time.monotonic() - committed_at > COMMIT_SECONDS:
                        committed_at = await _commit(consumer, finished)
            if group and finished:
                committed_at = await _commit(consumer, finished)
    finally:
        if group and finished:
            await _commit(consumer, finished)


async def _commit(consumer: AIOKafkaConsumer, finished: dict[TopicPartition, int]) -> float:
    """Commit what is finished, of the partitions that are still ours; the moment it was done."""
    mine = {partition: offset for partition, offset in finished.items() if partition in consumer.assignment()}
    if mine:
        with suppress(KafkaError):  # the group is rebalancing: its new owner reads these again
            await consumer.commit(mine)
    finished.clear()
    return time.monotonic()


def _delivery(record: ConsumerRecord, wanted: _Filter, skipped: Skipped | None) -> Delivery | None:
    message = Message(
        topic=ENRICHED.name,
        key=record.key,
        value=record.value,
        headers=tuple(record.headers),
        place=Place(topic=ENRICHED.name, partition=record.partition, offset=record.offset),
    )
    if not wanted(message):
        return None
    try:
        return Delivery(article=decode(EnrichedArticle, message.value), message=message)
    except Reject as error:
        where = f"{record.topic}, partition {record.partition}, offset {record.offset}"
        if error.code == Code.UNSUPPORTED_VERSION:
            raise Failure(f"{where}: {error}; install a newer newsflow") from error
        if skipped is not None:
            skipped.count += 1
            skipped.last = f"{where}: {error}"
        return None
