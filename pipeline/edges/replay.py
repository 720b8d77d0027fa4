"""Pages into `news.raw.v1`: the same inputs as `newsflow process`, each counted once the broker has acknowledged it."""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from aiokafka import AIOKafkaProducer

from pipeline.codec import Message, header_id
from pipeline.edges.clients import SEND_SECONDS, producing
from pipeline.edges.connection import Connection
from pipeline.edges.inputs import Input
from pipeline.edges.topics import require_topics
from pipeline.errors import Failure
from pipeline.topology import MAX_BODY_BYTES, MIB, RAW

IN_FLIGHT_BYTES = 32 * 1024 * 1024
"""Bytes sent and not yet acknowledged: bounds the memory of a replay of large pages."""

RAW_BATCH_BYTES = MIB
"""Some five pages, a thirteenth of what the topic takes. In batches of a page or two, each request had 1.4 pages."""

Said = Callable[[int], None]


@dataclass(slots=True, kw_only=True)
class Replayed:
    """What a replay has published so far."""

    started: bool = False
    acknowledged: int = 0
    trace_ids: dict[str, str] = field(default_factory=dict)
    """trace_id -> name of the input; equal fetches of one page count once."""
    refused: list[str] = field(default_factory=list)
    """Inputs too large to be a raw page, as lines for a person."""


async def replay(
    inputs: Iterable[Input],
    connection: Connection,
    *,
    rate: float | None = None,
    progress: Said | None = None,
    done: Replayed | None = None,
) -> Replayed:
    """Publish pages in order, `rate` a second at the most, and wait for every acknowledgement.

    `done`, when given, is filled as the replay goes on. Raises Failure when the topic is missing, the broker is gone
    or a page is not acknowledged in time; what was acknowledged until then is in `done`.
    """
    replayed = done if done is not None else Replayed()
    await require_topics(connection, [RAW])
    flight: deque[tuple[Input, asyncio.Future[object], int]] = deque()
    flying = 0
    start = time.monotonic()
    async with producing(connection, batch_bytes=RAW_BATCH_BYTES) as producer:
        replayed.started = True
        for number, item in enumerate(inputs):
            if rate:
                await asyncio.sleep(start + number / rate - time.monotonic())
            if len(item.message.value or b"") > MAX_BODY_BYTES:
                replayed.refused.append(f"{item.name}: larger than the {MAX_BODY_BYTES} bytes that a page may have")
                continue
            future = await _send(producer, connection, item.message)
            flight.append((item, future, item.message.size()))
            flying += item.message.size()
            while flight and (flying > IN_FLIGHT_BYTES or flight[0][1].done()):
                flying -= await _acknowledged(flight, replayed, progress)
        while flight:
            await _acknowledged(flight, replayed, progress)
    return replayed


async def _send(producer: AIOKafkaProducer, connection: Connection, message: Message) -> asyncio.Future[object]:
    future: asyncio.Future[object] = await producer.send(
        connection.topic(message.topic),
        key=message.key,
        value=message.value,
        headers=[(name, value or b"") for name, value in message.headers],
    )
    return future


async def _acknowledged(
    flight: deque[tuple[Input, asyncio.Future[object], int]], replayed: Replayed, progress: Said | None
) -> int:
    """Wait for the oldest page in flight; its size in bytes."""
    item, future, size = flight.popleft()
    try:
        async with asyncio.timeout(SEND_SECONDS):
            await future
    except TimeoutError:
        raise Failure(f"{item.name}: the broker did not acknowledge it within {SEND_SECONDS:g} s") from None
    replayed.acknowledged += 1
    trace = header_id(item.message, "ce_id")
    if trace:
        replayed.trace_ids.setdefault(trace, item.name)
    if progress:
        progress(replayed.acknowledged)
    return size
