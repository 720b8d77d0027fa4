"""Where a topic begins and ends, and how far a consumer group has come: what lag and the audit are made of.

All are answers of this moment, partition by partition; lag is `end - committed`, or `end - beginning` for a
partition of which the group has committed nothing yet.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import (
    CoordinatorLoadInProgressError,
    CoordinatorNotAvailableError,
    NotCoordinatorError,
)

from pipeline.edges.connection import DEADLINE_S, Connection, admin_client
from pipeline.edges.topics import partition_leaders
from pipeline.errors import Failure

COORDINATOR_MOVES = (CoordinatorNotAvailableError, CoordinatorLoadInProgressError, NotCoordinatorError)
"""What a cluster answers in its first second, when it has not yet made the topic that holds the offsets."""


async def end_offsets(connection: Connection, topic: str) -> dict[int, int]:
    """By partition, the offset that the next message will get. Raises Failure, also when there is no such topic."""
    async with _partitions(connection, topic) as (consumer, partitions):
        offsets = await consumer.end_offsets(partitions)
    return {partition.partition: offset for partition, offset in sorted(offsets.items())}


async def beginning_offsets(connection: Connection, topic: str) -> dict[int, int]:
    """By partition, the offset of the oldest message still kept. Raises Failure, also when there is no such topic."""
    async with _partitions(connection, topic) as (consumer, partitions):
        offsets = await consumer.beginning_offsets(partitions)
    return {partition.partition: offset for partition, offset in sorted(offsets.items())}


async def offsets_since(connection: Connection, topic: str, instant: int) -> dict[int, int]:
    """By partition, the first offset with a timestamp from `instant` on (ms since 1970), or the end. Raises Failure."""
    async with _partitions(connection, topic) as (consumer, partitions):
        ends = await consumer.end_offsets(partitions)
        found = await consumer.offsets_for_times(dict.fromkeys(partitions, instant))
    return {
        partition.partition: found[partition].offset if found[partition] else ends[partition]
        for partition in sorted(partitions)
    }


async def committed_offsets(connection: Connection, group: str, topic: str) -> dict[int, int]:
    """By partition, the offset the group goes on from; partitions it never committed are left out.

    An unknown group gives an empty dict: for Kafka a group exists once it commits. Raises Failure.
    """
    async with admin_client(connection) as admin:
        for _ in range(int(DEADLINE_S / 0.2)):
            try:
                offsets = await admin.list_consumer_group_offsets(group)
            except COORDINATOR_MOVES:
                await asyncio.sleep(0.2)
            else:
                break
        else:
            raise Failure(f"Kafka at {connection.bootstrap} has no coordinator for consumer group {group}")
    return {
        partition.partition: committed.offset
        for partition, committed in sorted(offsets.items())
        if partition.topic == connection.topic(topic) and committed.offset >= 0
    }


@asynccontextmanager
async def _partitions(
    connection: Connection, topic: str
) -> AsyncIterator[tuple[AIOKafkaConsumer, list[TopicPartition]]]:
    name = connection.topic(topic)
    async with admin_client(connection) as admin:
        numbers = (await partition_leaders(admin)).get(name)
        if numbers is None:
            raise Failure(f"there is no topic {name} at {connection.bootstrap}: create the topics first")
        options = connection.aiokafka_options()
        consumer = AIOKafkaConsumer(**options, request_timeout_ms=int(DEADLINE_S * 1000), enable_auto_commit=False)
        try:
            await consumer.start()
            yield consumer, [TopicPartition(name, number) for number in sorted(numbers)]
        finally:
            await consumer.stop()
