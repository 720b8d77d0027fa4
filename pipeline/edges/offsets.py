"""Where a topic begins and ends, and how far a consumer group has come: what lag and the audit are made of.

All are answers of this moment, partition by partition; lag is `end - committed`, or `end - beginning` for a
partition of which the group has committed nothing yet.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import (
    CoordinatorLoadInProgressError,
    CoordinatorNotAvailableError,
    NotCoordinatorError,
)

from pipeline.edges.clients import stop_client
from pipeline.edges.connection import DEADLINE_S, Connection, admin_client
from pipeline.edges.topics import partition_leaders
from pipeline.errors import Failure

COORDINATOR_MOVES = (CoordinatorNotAvailableError, CoordinatorLoadInProgressError, NotCoordinatorError)
"""What a cluster answers in its first second, when it has not yet made the topic that holds the offsets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OffsetClient:
    """Asks a cluster for offsets: as often as one likes with two connections. Every answer is by partition."""

    connection: Connection
    admin: AIOKafkaAdminClient
    consumer: AIOKafkaConsumer

    async def end(self, topic: str) -> dict[int, int]:
        """The offset that the next message will get. Raises Failure, also when there is no such topic."""
        return _by_number(await self.consumer.end_offsets(await self._partitions(topic)))

    async def beginning(self, topic: str) -> dict[int, int]:
        """The offset of the oldest message still kept. Raises Failure, also when there is no such topic."""
        return _by_number(await self.consumer.beginning_offsets(await self._partitions(topic)))

    async def since(self, topic: str, instant: int | None) -> dict[int, int]:
        """The first offset whose message is of `instant` (ms since 1970) or later, or the end; None: the beginning.

        Raises Failure.
        """
        if instant is None:
            return await self.beginning(topic)
        partitions = await self._partitions(topic)
        ends = await self.consumer.end_offsets(partitions)
        found = await self.consumer.offsets_for_times(dict.fromkeys(partitions, instant))
        return _by_number({p: found[p].offset if found[p] else ends[p] for p in partitions})

    async def committed(self, group: str, topic: str) -> dict[int, int]:
        """The offset the group goes on from; partitions it never committed are left out.

        An unknown group gives an empty dict: for Kafka a group exists once it commits. Raises Failure.
        """
        for _ in range(int(DEADLINE_S / 0.2)):
            try:
                offsets = await self.admin.list_consumer_group_offsets(group)
            except COORDINATOR_MOVES:
                await asyncio.sleep(0.2)
            else:
                break
        else:
            raise Failure(f"Kafka at {self.connection.bootstrap} has no coordinator for consumer group {group}")
        name = self.connection.topic(topic)
        return {
            partition.partition: committed.offset
            for partition, committed in sorted(offsets.items())
            if partition.topic == name and committed.offset >= 0
        }

    async def _partitions(self, topic: str) -> list[TopicPartition]:
        name = self.connection.topic(topic)
        numbers = (await partition_leaders(self.admin)).get(name)
        if numbers is None:
            raise Failure(f"there is no topic {name} at {self.connection.bootstrap}: run `newsflow topics create`")
        return [TopicPartition(name, number) for number in sorted(numbers)]


def _by_number(offsets: dict[TopicPartition, int]) -> dict[int, int]:
    return {partition.partition: offset for partition, offset in sorted(offsets.items())}


@asynccontextmanager
async def offset_client(connection: Connection) -> AsyncIterator[OffsetClient]:
    """A client for offsets, for the length of a block; Failure when the cluster cannot be reached."""
    async with admin_client(connection) as admin:
        options = connection.aiokafka_options()
        consumer = AIOKafkaConsumer(**options, request_timeout_ms=int(DEADLINE_S * 1000), enable_auto_commit=False)
        try:
            await consumer.start()
            yield OffsetClient(connection=connection, admin=admin, consumer=consumer)
        finally:
            await stop_client(consumer)


async def end_offsets(connection: Connection, topic: str) -> dict[int, int]:
    """As `OffsetClient.end`, for one question."""
    async with offset_client(connection) as client:
        return await client.end(topic)


async def committed_offsets(connection: Connection, group: str, topic: str) -> dict[int, int]:
    """As `OffsetClient.committed`, for one question."""
    async with offset_client(connection) as client:
        return await client.committed(group, topic)
