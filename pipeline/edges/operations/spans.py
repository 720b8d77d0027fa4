"""Reads a stretch of a topic, from some offsets up to others, and ends there."""

import asyncio
import time
from collections.abc import AsyncGenerator
from dataclasses import dataclass

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition

from pipeline.codec import Message
from pipeline.edges.clients import consuming
from pipeline.edges.connection import Connection
from pipeline.errors import Failure
from pipeline.records import Place

Offsets = dict[int, int]
"""Partition -> offset."""

POLL_MS = 250

RECORDS_AT_ONCE = 32
"""Bounds the memory: so many pages of 4 MiB are 128 MiB."""

STALL_SECONDS = 30.0
"""A reader that gets nothing for so long, though there are messages, has lost its broker."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A stretch of a topic: in each partition of `end`, from `start` (inclusive; 0 where absent) to `end`."""

    topic: str
    start: Offsets
    end: Offsets

    def __len__(self) -> int:
        """How many offsets it has; compaction and retention may have left fewer messages."""
        return sum(max(0, end - self.start.get(partition, 0)) for partition, end in self.end.items())


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A message and its timestamp, in milliseconds since 1970."""

    message: Message
    timestamp: int

    @property
    def place(self) -> Place:
        """Where it lies."""
        assert self.message.place is not None  # noqa: S101 - it was read there
        return self.message.place


async def read_span(
    connection: Connection, span: Span, *, at_once: int = RECORDS_AT_ONCE
) -> AsyncGenerator[list[Stored], None]:
    """The messages of a span, at most so many at a time, in order within each partition.

    Raises Failure when the cluster cannot be reached or stops answering.
    """
    name = connection.topic(span.topic)
    left = {TopicPartition(name, p): end for p, end in span.end.items() if span.start.get(p, 0) < end}
    if not left:
        return
    async with consuming(connection) as consumer:
        consumer.assign(list(left))
        for partition in left:
            consumer.seek(partition, span.start.get(partition.partition, 0))
        moved = time.monotonic()
        while left:
            found = await _poll(consumer, left, connection, at_once)
            stored = [_stored(record, span.topic) for record in found]
            if stored:
                moved = time.monotonic()
                yield stored
            elif time.monotonic() - moved > STALL_SECONDS:
                raise _stalled(connection, span.topic)


async def _poll(
    consumer: AIOKafkaConsumer, left: dict[TopicPartition, int], connection: Connection, at_once: int
) -> list[ConsumerRecord]:
    """What comes next within the span; partitions that are read to their end leave `left`."""
    try:
        async with asyncio.timeout(STALL_SECONDS):
            found = await consumer.getmany(*left, timeout_ms=POLL_MS, max_records=at_once)
            records = [r for partition, some in found.items() for r in some if r.offset < left[partition]]
            # not by the last record: what compaction or a transaction took from the end is never delivered
            for partition in found or tuple(left):
                if await consumer.position(partition) >= left[partition]:
                    del left[partition]
                    consumer.pause(partition)
    except TimeoutError:
        raise _stalled(connection, next(iter(left)).topic) from None
    return records


def _stalled(connection: Connection, topic: str) -> Failure:
    return Failure(
        f"Kafka at {connection.bootstrap} gave nothing of {topic} for {STALL_SECONDS:g} s, though it has more"
    )


def _stored(record: ConsumerRecord, topic: str) -> Stored:
    message = Message(
        topic=topic,
        key=record.key,
        value=record.value,
        headers=tuple(record.headers),
        place=Place(topic=topic, partition=record.partition, offset=record.offset),
    )
    return Stored(message=message, timestamp=record.timestamp)
