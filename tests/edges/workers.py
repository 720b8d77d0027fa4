"""What tests of the Kafka shell share: worker processes, messages in, messages out."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from pipeline.codec import Message, raw_message
from pipeline.edges.connection import Connection, admin_client, connection_environment
from pipeline.edges.membership import client_id, evict
from pipeline.edges.offsets import end_offsets
from pipeline.records import RawPage
from pipeline.topology import Stage

FAULTS = "tests.faults"
PATIENCE = 60.0


def page(body: str | bytes, url: str) -> Message:
    """A raw page as a publisher writes it."""
    return raw_message(RawPage(url=url, body=body if isinstance(body, bytes) else body.encode()))


async def produce(connection: Connection, messages: Sequence[Message]) -> list[tuple[int, int]]:
    """Write messages in their order; the partition and offset of each."""
    producer = AIOKafkaProducer(
        **connection.aiokafka_options(),
        compression_type="zstd",
        enable_idempotence=True,
        max_request_size=8 * 1024 * 1024,
    )
    async with producer:
        futures = [
            await producer.send(connection.topic(m.topic), m.value, key=m.key, headers=list(m.headers))
            for m in messages
        ]
        records = await asyncio.gather(*futures)
    return [(record.partition, record.offset) for record in records]


async def consume(connection: Connection, topic: str, enough: Callable[[list[Any]], bool]) -> list[Any]:
    """All records of a topic, once `enough` says so of them; AssertionError when it never does."""
    found: list[Any] = []
    consumer = AIOKafkaConsumer(
        connection.topic(topic),
        **connection.aiokafka_options(),
        auto_offset_reset="earliest",
        max_partition_fetch_bytes=8 * 1024 * 1024,
    )
    async with consumer:
        deadline = time.monotonic() + PATIENCE
        while not enough(found):
            assert time.monotonic() < deadline, f"{len(found)} messages in {topic} are not enough"
            for records in (await consumer.getmany(timeout_ms=200)).values():
                found += records
    return found


def header(record: Any, name: str) -> str:
    """A header's text."""
    return dict(record.headers)[name].decode()


@contextmanager
def worker(
    connection: Connection, stage: str, data: Path, *, die_at: str = "", **environment: str
) -> Iterator["subprocess.Popen[bytes]"]:
    """A worker process on the topology of `tests.faults`; killed at the end if it is still there."""
    command = [sys.executable, "-m", "tests.dying_worker", stage, die_at or "never"]
    variables = {
        **os.environ,
        **connection_environment(connection),
        "NEWSFLOW_TOPOLOGY": FAULTS,
        "NEWSFLOW_DATA": str(data),
        "NEWSFLOW_PAGE_SECONDS": "1",
        **environment,
    }
    log = (data / f"{stage}.log").open("ab")
    process = subprocess.Popen(command, env=variables, stderr=log, start_new_session=True)
    try:
        yield process
    finally:
        log.close()
        process.kill()
        process.wait()


async def kill(connection: Connection, stage: str, process: "subprocess.Popen[bytes]") -> None:
    """SIGKILL a worker; its group forgets it at once, as the supervisor would see to."""
    process.kill()
    await mourn(connection, stage, process)


async def mourn(connection: Connection, stage: str, process: "subprocess.Popen[bytes]") -> int:
    """Wait for a worker's end and take it out of its group; its exit code."""
    code = await asyncio.to_thread(process.wait, PATIENCE)
    async with admin_client(connection) as admin:
        await evict(admin, f"{connection.prefix}newsflow.{stage}", client_id(process.pid))
    return code


async def stop(process: "subprocess.Popen[bytes]") -> int:
    """SIGTERM and wait; the exit code."""
    process.send_signal(signal.SIGTERM)
    return await asyncio.to_thread(process.wait, PATIENCE)


async def acknowledge(connection: Connection, stage: Stage) -> None:
    """What the stage's workers would commit after all there is, whether or not they have done anything."""
    name = connection.topic(stage.source.name)
    ends = await end_offsets(connection, stage.source.name)
    group = connection.prefix + stage.group
    consumer = AIOKafkaConsumer(**connection.aiokafka_options(), group_id=group, enable_auto_commit=False)
    async with consumer:
        partitions = {TopicPartition(name, number): end for number, end in ends.items()}
        consumer.assign(list(partitions))
        await consumer.commit(partitions)


async def newsflow(connection: Connection, *arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """A command on the topology of `tests.faults`, as an operator starts it."""
    variables = {**os.environ, **connection_environment(connection), "NEWSFLOW_TOPOLOGY": FAULTS, **environment}
    command = [sys.executable, "-m", "pipeline.cli", *arguments]
    return await asyncio.to_thread(subprocess.run, command, env=variables, capture_output=True, text=True, check=False)
