"""Kafka clients for the length of a block, which end in bounded time even when the broker has gone."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.errors import KafkaError

from pipeline.codec import Message
from pipeline.edges.compression import keep_contexts
from pipeline.edges.connection import Connection, describe_cluster
from pipeline.edges.header_names import tolerate_header_names
from pipeline.errors import Failure
from pipeline.topology import BATCH_BYTES, MAX_RECORD_BYTES

MAX_REQUEST_BYTES = 64 * 1024 * 1024
"""The producer's own limit counts uncompressed bytes, the topic's the compressed batch, and that one is meant."""

SEND_SECONDS = 60.0
"""Patience for one acknowledgement. An idempotent producer would try for ever."""

STOP_SECONDS = 5.0
"""aiokafka's own stop waits for ever: it flushes a producer that retries, and leaves a group that does not answer."""

METADATA_MS = 5_000
"""How old a client's picture of the cluster may be. aiokafka's 5 minutes leave a reader idle after a restart."""


@asynccontextmanager
async def producing(connection: Connection, *, batch_bytes: int = BATCH_BYTES) -> AsyncIterator[AIOKafkaProducer]:
    """An idempotent zstd producer; Failure when the cluster cannot be reached or a send fails for good.

    `batch_bytes`, uncompressed, must be far below the limits of the topics that are written.
    """
    await describe_cluster(connection)  # says why, where aiokafka only says that it failed
    keep_contexts()
    producer = AIOKafkaProducer(
        **connection.aiokafka_options(),
        enable_idempotence=True,
        acks="all",
        compression_type="zstd",
        linger_ms=10,
        max_batch_size=batch_bytes,
        max_request_size=MAX_REQUEST_BYTES,
        metadata_max_age_ms=METADATA_MS,
    )
    try:
        await producer.start()
        yield producer
    except KafkaError as error:
        raise Failure(f"Kafka at {connection.bootstrap} did not take the message: {error}") from error
    finally:
        await stop_client(producer)


async def send_acknowledged(
    producer: AIOKafkaProducer, connection: Connection, message: Message, *, what: str = "a message"
) -> None:
    """Send a message as it is, and return when the broker has it; Failure, which names `what`, when not in time."""
    topic, headers = connection.topic(message.topic), list(message.headers)
    try:
        async with asyncio.timeout(SEND_SECONDS):
            if message.key is None and message.value is None:  # aiokafka's `send` refuses it, Kafka does not
                batch = producer.create_batch()
                batch.append(timestamp=None, key=None, value=None, headers=headers)
                partitions = await producer.partitions_for(topic)
                number = message.place.partition if message.place else 0
                future = await producer.send_batch(batch, topic, partition=number if number in partitions else 0)
            else:
                future = await producer.send(topic, key=message.key, value=message.value, headers=headers)
            await future
    except TimeoutError:
        reason = f"the broker did not acknowledge {what} to {topic} within {SEND_SECONDS:g} s"
        raise Failure(reason) from None


@asynccontextmanager
async def consuming(connection: Connection, *, group: str | None = None) -> AsyncIterator[AIOKafkaConsumer]:
    """A consumer that commits nothing by itself; Failure when the cluster stops answering."""
    tolerate_header_names()
    consumer = AIOKafkaConsumer(
        **connection.aiokafka_options(),
        group_id=group,
        enable_auto_commit=False,
        auto_offset_reset="earliest",  # a safety net: every start is sought for, and reading again loses nothing
        max_partition_fetch_bytes=MAX_RECORD_BYTES,
        metadata_max_age_ms=METADATA_MS,
    )
    try:
        await consumer.start()
        yield consumer
    except KafkaError as error:
        raise Failure(f"Kafka at {connection.bootstrap} stopped answering: {error}") from error
    finally:
        await stop_client(consumer)


async def stop_client(client: Any) -> None:
    """Stop, or leave it to the end of the process. In a task, because aiokafka cancels what stops it."""
    stopping = asyncio.ensure_future(client.stop())
    await asyncio.wait([stopping], timeout=STOP_SECONDS)
    if not stopping.done():
        stopping.cancel()
    with suppress(asyncio.CancelledError, KafkaError, OSError):
        await asyncio.gather(stopping, return_exceptions=True)
