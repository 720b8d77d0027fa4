"""The Kafka shell on a real broker: nothing is lost, whatever kills a worker, a page or a broker's patience."""

import asyncio
import random
import signal
import time
from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest
from aiokafka.errors import CorruptRecordException
from aiokafka.producer import message_accumulator as accumulator
from aiokafka.producer import producer
from aiokafka.record import default_records, memory_records
from hypothesis import given
from hypothesis import strategies as st

from pipeline.codec import Message
from pipeline.edges import kafka
from pipeline.edges.connection import Connection
from pipeline.edges.faust_app import HARD_EXIT, SAME_SIGNAL_SECONDS, make_app
from pipeline.edges.header_names import TolerantRecords
from pipeline.edges.offsets import committed_offsets
from pipeline.edges.safety import SAFE, check_bounds, has_time, turn_seconds, worst_batch_seconds
from pipeline.edges.topics import create_topics
from pipeline.edges.watchdog import ZOMBIE_EXIT
from pipeline.errors import Code, Failure, UsageError
from pipeline.handle import handle
from pipeline.settings import Settings
from pipeline.topology import CLEAN, DEAD, ENRICHED, MAX_BODY_BYTES, OUTCOMES, RAW
from tests.edges.workers import consume, header, kill, mourn, page, produce, stop, worker
from tests.faults import TOPOLOGY

NOW = "2026-01-02T03:04:05Z"


@pytest.fixture
async def topics(connection: Connection) -> Connection:
    """A connection with all topics."""
    await create_topics(connection, TOPOLOGY.topics)
    return connection


def trace_ids(messages: list[Message]) -> set[str]:
    return {header_of(message, "ce_id") for message in messages}


def header_of(message: Message, name: str) -> str:
    return (message.header(name) or b"").decode()


# ---- a worker dies


async def test_a_worker_killed_in_the_middle_loses_no_page(topics: Connection, tmp_path: Path) -> None:
    pages = [page(f"sleep 0.004 #{number}", f"https://h{number % 13}.org/{number}") for number in range(400)]
    await produce(topics, pages)
    with worker(topics, "clean", tmp_path) as first:
        await consume(topics, CLEAN.name, lambda found: len(found) >= 100)
        await kill(topics, "clean", first)
    with worker(topics, "clean", tmp_path) as second:
        await consume(topics, CLEAN.name, lambda found: {header(r, "trace_id") for r in found} == trace_ids(pages))
        assert await stop(second) == 0


async def test_a_worker_that_cannot_send_ends_before_it_acknowledges(topics: Connection, tmp_path: Path) -> None:
    pages = [page("fine", f"https://h.org/{number}") for number in range(20)]
    await produce(topics, pages)
    with worker(topics, "clean", tmp_path, die_at="refuse") as first:
        assert await mourn(topics, "clean", first) == kafka.BATCH_EXIT
    assert await committed_offsets(topics, f"{topics.prefix}newsflow.clean", RAW.name) == {}


@pytest.mark.parametrize("moment", ["send", "commit"])
async def test_relate_repeats_the_same_bytes(topics: Connection, tmp_path: Path, moment: str) -> None:
    """Killed after the store has decided: before anything is sent, or after all is sent and before the commit."""
    annotated = []
    for number in range(12):  # three fetches of each of four pages: the decisions differ
        raw = page(f"text {number % 3}", f"https://h.org/{number % 4}")
        clean = handle(TOPOLOGY.stage("clean"), raw, now=NOW).messages[0]
        annotated += handle(TOPOLOGY.stage("annotate"), clean, now=NOW).messages
    await produce(topics, annotated)
    with worker(topics, "relate", tmp_path, die_at=moment) as first:
        assert await mourn(topics, "relate", first) == -9
    with worker(topics, "relate", tmp_path) as second:
        copies = 2 if moment == "commit" else 1
        found = await consume(topics, ENRICHED.name, lambda found: len(found) >= 12 * copies)
        assert await stop(second) == 0
    values = defaultdict(list)
    for record in found:
        values[header(record, "ce_id")].append(record.value)
    assert len(values) == 12
    assert all(len(group) == copies and len(set(group)) == 1 for group in values.values())
    revisions = sorted(msgspec.json.decode(group[0])["revision"]["number"] for group in values.values())
    assert revisions == [1] * 4 + [2] * 4 + [3] * 4


@pytest.mark.parametrize(("moment", "code"), [("zombie", ZOMBIE_EXIT), ("block", -9)])
async def test_a_worker_that_only_looks_alive_ends_itself(
    topics: Connection, tmp_path: Path, moment: str, code: int
) -> None:
    """Its consumer has lost the group, or its event loop stands still while pages wait."""
    await produce(topics, [page("fine", "https://h.org/")])
    with worker(topics, "clean", tmp_path, die_at=moment) as process:
        assert await mourn(topics, "clean", process) == code


# ---- a page is bad


BAD = {
    "segfault": Code.WORKER_DIED,
    "hang": Code.TIME_LIMIT,
    "raise": Code.STAGE_FAILED,
    "grow": Code.OUTPUT_TOO_LARGE,
}


async def test_bad_pages_become_dead_letters_and_the_rest_flows(
    topics: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Untouched bytes, key and headers. The pages with a tombstone, no key and a wrong header name are among them."""
    # aiokafka's Cython writer makes header names UTF-8 itself, the pure one asks the string
    for module in (accumulator, producer):
        monkeypatch.setattr(module, "DefaultRecordBatchBuilder", default_records._DefaultRecordBatchBuilderPy)
    bad = {code: page(f"{word} on page", f"https://{word}.org/") for word, code in BAD.items()}
    bad[Code.UNDECODABLE] = replace(page("", "https://tombstone.org/"), value=None)
    bad[Code.BAD_HEADERS] = replace(page("nothing", "https://nothing.org/"), headers=(("url", b"\xff"),))
    fine = [page(f"fine {number}", f"https://h.org/{number}") for number in range(40)]
    fine += [replace(page("no key", "https://nokey.org/"), key=None)]
    fine += [page(random.Random(1).randbytes(MAX_BODY_BYTES), "https://large.org/")]
    odd = page("odd header", "https://odd.org/")
    fine += [replace(odd, headers=(*odd.headers, (BadName("x-bad"), b"1")))]
    messages = [*fine[:20], *bad.values(), *fine[20:]]
    await produce(topics, messages)
    with worker(topics, "clean", tmp_path) as process:
        letters = await consume(topics, DEAD.name, lambda found: len(found) == len(bad))
        outcomes = await consume(topics, OUTCOMES.name, lambda found: len(found) == len(bad))
        cleaned = await consume(topics, CLEAN.name, lambda found: len(found) == len(fine))
        assert await stop(process) == 0
    assert {header(record, "trace_id") for record in cleaned} == trace_ids(fine)
    assert {msgspec.json.decode(record.value)["outcome"] for record in outcomes} == {"dead"}
    for letter in letters:
        original = bad[Code(header(letter, "dlq.error.type"))]
        assert (letter.key, letter.value) == (original.key, original.value)
        kept = tuple(pair for pair in letter.headers if not pair[0].startswith("dlq."))
        assert kept == original.headers


class BadName(str):
    """A header name as another client may write it."""

    def encode(self, *_arguments: str) -> bytes:  # type: ignore[override]
        return b"x-bad-\xff\xe4"


def test_header_names_that_are_no_utf8_are_mended_and_all_else_stays() -> None:
    builder = default_records._DefaultRecordBatchBuilderPy(2, 4, 0, -1, -1, -1, 1 << 20)
    for offset in range(3):
        name = BadName("x") if offset == 1 else "höher"
        builder.append(offset, 1, b"key", b"value \xff", [(name, b"\xfe"), ("next", None)])
    batch = TolerantRecords(bytes(builder.build())).next_batch()
    assert batch.validate_crc()
    records = list(batch)
    assert [record.headers[0] for record in records] == [("höher", b"\xfe"), ("x-bad-??", b"\xfe"), ("höher", b"\xfe")]
    assert [(r.offset, r.key, r.value, r.headers[1]) for r in records] == [
        (offset, b"key", b"value \xff", ("next", None)) for offset in range(3)
    ]


def test_a_batch_in_good_order_is_read_as_aiokafka_reads_it() -> None:
    """By the same parser, so as fast; and a broken batch raises the same."""
    builder = default_records.DefaultRecordBatchBuilder(2, 4, 0, -1, -1, -1, 1 << 20)
    for offset in range(3):
        builder.append(offset, 1, b"key", None if offset else b"value", [("name", b"\xfe"), ("höher", None)])
    data = bytes(builder.build())

    def read(records: Any) -> list[Any]:
        batch = records.next_batch()
        assert batch.validate_crc()
        told = (batch.base_offset, batch.next_offset, batch.producer_id, batch.is_control_batch, batch.is_transactional)
        return [told, *((each.offset, each.timestamp, each.key, each.value, each.headers) for each in batch)]

    assert read(TolerantRecords(data)) == read(memory_records.MemoryRecords(data))
    plain = default_records.DefaultRecordBatchBuilder(2, 0, 0, -1, -1, -1, 1 << 20)
    plain.append(0, 1, b"key", b"value", [])
    broken = bytes(plain.build())[:-1] + b"\x7f"  # the number of its headers
    with pytest.raises(CorruptRecordException):
        list(TolerantRecords(broken).next_batch())


# ---- order and stop


async def test_results_of_a_partition_are_sent_in_offset_order(topics: Connection, tmp_path: Path) -> None:
    delays = random.Random(2)
    pages = [page(f"sleep {delays.random() / 50} #{n}", "https://h.org/one") for n in range(120)]
    await produce(topics, pages)
    with worker(topics, "clean", tmp_path, NEWSFLOW_POOL_PROCESSES="4"):
        found = await consume(topics, CLEAN.name, lambda found: len(found) >= 120)
    numbers = [int(msgspec.json.decode(record.value)["article_body"].partition("#")[2]) for record in found]
    assert numbers == list(range(120))


async def test_sigterm_finishes_the_batch_and_repeats_nothing(topics: Connection, tmp_path: Path) -> None:
    pages = [page(f"sleep 0.05 #{number}", f"https://h{number}.org/") for number in range(120)]
    await produce(topics, pages)
    with worker(topics, "clean", tmp_path) as first:
        await consume(topics, CLEAN.name, lambda found: len(found) >= 16)
        began = time.monotonic()
        assert await stop(first) == 0
        assert time.monotonic() - began < 15
    with worker(topics, "clean", tmp_path) as second:
        await consume(topics, CLEAN.name, lambda found: {header(r, "trace_id") for r in found} == trace_ids(pages))
        assert await stop(second) == 0
    found = await consume(topics, CLEAN.name, lambda found: len(found) >= 120)
    assert len(found) == 120


@pytest.mark.parametrize("signals", [pytest.param(1, marks=pytest.mark.chaos), 2])
async def test_a_batch_that_hangs_at_the_stop_is_left_and_done_again(
    topics: Connection, tmp_path: Path, signals: int
) -> None:
    """By the bound of a stop, here 2.5 s, or at once by a second signal."""
    pages = [page("hang on page", "https://h.org/hang"), *(page("fine", f"https://h.org/{n}") for n in range(8))]
    await produce(topics, pages)
    long = {"NEWSFLOW_PAGE_SECONDS": "18", "NEWSFLOW_BATCH_SIZE": "2"}
    with worker(topics, "clean", tmp_path, die_at="hurry", **long) as first:
        await until_logged(tmp_path / "clean.log", "worker started")
        await asyncio.sleep(3)  # it has joined and taken the batch
        began = time.monotonic()
        first.send_signal(signal.SIGTERM)
        if signals == 2:
            await asyncio.sleep(SAME_SIGNAL_SECONDS + 0.2)
            first.send_signal(signal.SIGTERM)
        code = await mourn(topics, "clean", first)
        assert code == (HARD_EXIT if signals == 2 else 0)
        assert time.monotonic() - began < (2.2 if signals == 2 else 5)
    assert await committed_offsets(topics, f"{topics.prefix}newsflow.clean", RAW.name) == {}
    with worker(topics, "clean", tmp_path) as second:
        await consume(topics, CLEAN.name, lambda found: {header(r, "trace_id") for r in found} == trace_ids(pages[1:]))
        (letter,) = await consume(topics, DEAD.name, lambda found: len(found) == 1)
        assert await stop(second) == 0
    assert letter.value == pages[0].value


async def until_logged(log: Path, words: str) -> None:
    async with asyncio.timeout(30):
        while words not in await asyncio.to_thread(log.read_text):  # noqa: ASYNC110 - a file sets no event
            await asyncio.sleep(0.05)


async def test_sigterm_while_the_broker_is_awaited_is_an_end_like_any_other(tmp_path: Path) -> None:
    nowhere = Connection(bootstrap="127.0.0.1:1")
    with worker(nowhere, "clean", tmp_path) as process:
        await until_logged(tmp_path / "clean.log", "waiting for Kafka")
        assert await stop(process) == 0


# ---- what is refused


async def test_a_missing_topic_is_named(connection: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kafka, "BROKER_SECONDS", 0.1)
    with pytest.raises(Failure, match=r"news\.raw\.v1 is missing: run `newsflow topics create`"):
        await kafka._await_topics(TOPOLOGY.stage("clean"), connection)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("STREAM_WAIT_EMPTY", "0"),
        ("PROCESSING_GUARANTEE", "exactly_once"),
        ("PRODUCER_ACKS", "0"),
    ],
)
def test_the_environment_cannot_make_faust_unsafe(
    connection: Connection, monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)
    loop = asyncio.new_event_loop()
    try:
        with pytest.raises(UsageError, match=variable.lower()):
            make_app("group", connection, loop)
    finally:
        loop.close()


def test_the_environment_cannot_send_faust_elsewhere(connection: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BROKER_URL", "kafka://elsewhere:9092")
    loop = asyncio.new_event_loop()
    try:
        with pytest.raises(Failure, match="BROKER_URL"):
            make_app("group", connection, loop)
    finally:
        loop.close()


def test_every_safe_setting_says_why() -> None:
    assert all(safe.why for safe in SAFE)
    assert len({safe.setting for safe in SAFE}) == len(SAFE)


def test_the_default_settings_are_within_bounds() -> None:
    check_bounds(Settings())
    assert worst_batch_seconds(Settings()) == 110


@given(st.integers(1, 64), st.integers(1, 8), st.sampled_from([1.0, 2.5, 10.0]))
def test_within_the_bounds_there_is_time_for_one_suspect_after_the_pages_before_it(
    batch_size: int, processes: int, seconds: float
) -> None:
    settings = Settings(batch_size=batch_size, pool_processes=processes, page_seconds=seconds)
    try:
        check_bounds(settings)
    except UsageError:
        return
    before = turn_seconds(batch_size - 1, settings) if batch_size > 1 else 0.0
    assert has_time(before, 1, settings)


@pytest.mark.parametrize("change", [{"batch_size": 64}, {"page_seconds": 30.0}, {"pool_processes": 1}])
def test_a_batch_that_may_outlive_the_rebalance_is_refused(change: dict[str, float]) -> None:
    with pytest.raises(UsageError, match="NEWSFLOW_BATCH_SIZE"):
        check_bounds(replace(Settings(), **change))  # type: ignore[arg-type]


def test_more_processes_allow_larger_batches() -> None:
    check_bounds(replace(Settings(), batch_size=32, pool_processes=4))
