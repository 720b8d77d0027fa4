"""Enriched records from any Kafka: `newsflow subscribe` and `pipeline.subscribe(...)`.

At least once: a record is committed only when the next one is requested, so a reader that dies with a record in its
hands is given it again. Duplicates have the same id; order holds for each `page_id`.
"""

import time
from collections.abc import AsyncGenerator, AsyncIterator, Collection
from contextlib import aclosing, suppress
from dataclasses import dataclass

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError

from pipeline.codec import Message, decode
from pipeline.edges.clients import consuming
from pipeline.edges.clock import milliseconds_of
from pipeline.edges.connection import Connection, read_connection
from pipeline.edges.topics import require_topics
from pipeline.errors import Code, Failure, Reject, UsageError
from pipeline.records import EnrichedArticle, Place
from pipeline.topology import ENRICHED

COMMIT_SECONDS = 1.0
"""Commits are at least so far apart; one for each record would cost a round trip a record."""

POLL_MS = 250


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Which records a subscriber wants: from where on, of which languages and hosts, how many, and as which group."""

    start: str = "end"
    lang: frozenset[str] = frozenset()
    host: frozenset[str] = frozenset()
    group: str | None = None
    count: int | None = None

    def wants(self, message: Message) -> bool:
        """By the headers alone, so that what nobody asked for is never decoded."""
        return all(
            not wanted or (message.header(name) or b"").decode("utf-8", "replace") in wanted
            for name, wanted in (("lang", self.lang), ("host", self.host))
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One enriched record and the message that carried it."""

    article: EnrichedArticle
    message: Message


@dataclass(slots=True, kw_only=True)
class Skipped:
    """Messages of the topic that are no enriched records: how many, and the last one with its reason."""

    count: int = 0
    last: str = ""


async def subscribe(
    *,
    bootstrap: str | None = None,
    connection: Connection | None = None,
    start: str = "end",
    lang: Collection[str] = (),
    host: Collection[str] = (),
    group: str | None = None,
) -> AsyncGenerator[EnrichedArticle, None]:
    """Enriched records as they come, as typed records, for ever.

    `bootstrap` is "HOST:PORT,…"; without it and without `connection` the KAFKA_* variables count. `start` is
    "beginning", "end" or an RFC 3339 instant; a `group` that was there before goes on where it stopped instead.
    `lang` and `host` keep only records with one of these values. A record is committed only when the next is requested.

    Raises UsageError for a wrong `start`; Failure when the cluster cannot be reached, the topic is missing, or a
    record has a newer major version than this package reads.
    """
    wish = Wish(start=start, lang=frozenset(lang), host=frozenset(host), group=group)
    async with aclosing(deliver(connection or read_connection(bootstrap=bootstrap), wish)) as deliveries:
        async for delivery in deliveries:
            yield delivery.article


async def deliver(connection: Connection, wish: Wish, skipped: Skipped | None = None) -> AsyncGenerator[Delivery, None]:
    """As `subscribe`, with each record's message; ends after `wish.count` records.

    What is no enriched record is counted and named in `skipped`.
    """
    since = parse_start(wish.start)
    partitions = await require_topics(connection, [ENRICHED])
    async with consuming(connection, group=wish.group) as consumer:
        if wish.group is None:
            consumer.assign(partitions)
            await _seek(consumer, partitions, wish.start, since)
        else:
            consumer.subscribe([partitions[0].topic], listener=_StartOfGroup(consumer, wish.start, since))
        async with aclosing(_deliveries(consumer, wish, skipped)) as deliveries:
            async for delivery in deliveries:
                yield delivery


def parse_start(start: str) -> int | None:
    """Milliseconds since the epoch of an RFC 3339 instant; None for "beginning" and "end"; else UsageError."""
    if start in ("beginning", "end"):
        return None
    try:
        return milliseconds_of(start)
    except UsageError:
        raise UsageError(f"{start!r}: must be beginning, end or an instant such as 2026-05-03T14:00:00Z") from None


async def _seek(consumer: AIOKafkaConsumer, partitions: list[TopicPartition], start: str, since: int | None) -> None:
    if not partitions:
        return
    if since is None:
        ask = consumer.beginning_offsets if start == "beginning" else consumer.end_offsets
        for partition, offset in (await ask(partitions)).items():
            consumer.seek(partition, offset)
        return
    ends = await consumer.end_offsets(partitions)
    found = await consumer.offsets_for_times(dict.fromkeys(partitions, since))
    for partition in partitions:
        consumer.seek(partition, found[partition].offset if found[partition] else ends[partition])


class _StartOfGroup(ConsumerRebalanceListener):  # type: ignore[misc]
    """Sends a group to its start on each partition for which it has committed nothing, whenever it gets one.

    The start is committed at once: else "end" would be another place after each restart, and what came between lost.
    """

    def __init__(self, consumer: AIOKafkaConsumer, start: str, since: int | None) -> None:
        self._consumer, self._start, self._since = consumer, start, since

    async def on_partitions_revoked(self, revoked: list[TopicPartition]) -> None:
        pass

    async def on_partitions_assigned(self, assigned: list[TopicPartition]) -> None:
        consumer = self._consumer
        new = [partition for partition in assigned if await consumer.committed(partition) is None]
        await _seek(consumer, new, self._start, self._since)
        if new:
            await consumer.commit({partition: await consumer.position(partition) for partition in new})


async def _deliveries(
    consumer: AIOKafkaConsumer, wish: Wish, skipped: Skipped | None
) -> AsyncGenerator[Delivery, None]:
    finished: dict[TopicPartition, int] = {}
    committed_at = time.monotonic()
    delivered = 0
    try:
        while delivered != wish.count:
            async for partition, record in _records(consumer):
                delivery = _delivery(record, wish, skipped)
                if delivery is not None:
                    yield delivery
                    delivered += 1
                finished[partition] = record.offset + 1  # only now: the next one was asked for
                if delivered == wish.count:
                    break
                if wish.group and time.monotonic() - committed_at > COMMIT_SECONDS:
                    committed_at = await _commit(consumer, finished)
            if wish.group and finished:
                committed_at = await _commit(consumer, finished)
    finally:
        if wish.group and finished:
            await _commit(consumer, finished)


async def _records(consumer: AIOKafkaConsumer) -> AsyncIterator[tuple[TopicPartition, ConsumerRecord]]:
    """What one poll brings, perhaps nothing."""
    for partition, records in (await consumer.getmany(timeout_ms=POLL_MS)).items():
        for record in records:
            yield partition, record


async def _commit(consumer: AIOKafkaConsumer, finished: dict[TopicPartition, int]) -> float:
    """Commit what is finished, of the partitions that are still ours; the moment it was done."""
    mine = {partition: offset for partition, offset in finished.items() if partition in consumer.assignment()}
    if mine:
        with suppress(KafkaError):  # the group is rebalancing: its new owner reads these again
            await consumer.commit(mine)
    finished.clear()
    return time.monotonic()


def _delivery(record: ConsumerRecord, wish: Wish, skipped: Skipped | None) -> Delivery | None:
    message = Message(
        topic=ENRICHED.name,
        key=record.key,
        value=record.value,
        headers=tuple(record.headers),
        place=Place(topic=ENRICHED.name, partition=record.partition, offset=record.offset),
    )
    if not wish.wants(message):
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
