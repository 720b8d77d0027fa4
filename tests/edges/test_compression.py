"""Batches compressed with a kept context: aiokafka's builders use it, and read what it wrote."""

import random
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NoReturn

import pytest
from aiokafka.codec import zstd_decode, zstd_encode
from aiokafka.record import default_records, memory_records

from pipeline.edges.compression import LEVEL, compress, keep_contexts

ZSTD = 4
"""Its number in a batch's attributes."""


def batch(values: list[bytes]) -> bytes:
    builder = default_records.DefaultRecordBatchBuilder(2, ZSTD, 0, -1, -1, -1, 1 << 20)
    for offset, value in enumerate(values):
        builder.append(offset, 1, b"key", value, [])
    return bytes(builder.build())


def texts(seed: int, count: int) -> list[bytes]:
    draw = random.Random(seed)
    words = [draw.randbytes(draw.randint(1, 6)) for _ in range(500)]
    return [b" ".join(draw.choices(words, k=draw.randint(0, 4000))) for _ in range(count)]


def test_aiokafka_calls_what_stands_under_the_name_that_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else nothing would be replaced, and nobody would notice."""

    def refuse(_payload: Any) -> NoReturn:
        raise ZeroDivisionError

    module = default_records.DefaultRecordBatchBuilder.__module__
    monkeypatch.setattr(sys.modules[module], "zstd_encode", refuse)
    with pytest.raises(ZeroDivisionError):
        batch([b"value" * 100])
    keep_contexts()
    assert batch([b"value" * 100])


def test_aiokafka_reads_what_is_written_so_and_it_is_no_larger() -> None:
    values = texts(1, 6)
    keep_contexts()
    records = memory_records.MemoryRecords(batch(values)).next_batch()
    assert records.validate_crc()
    assert [record.value for record in records] == values
    for value in values:
        assert len(compress(value)) <= 1.01 * len(zstd_encode(value, LEVEL))


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_each_payload_is_a_frame_of_its_own_whatever_was_compressed_before(kind: type) -> None:
    for value in [b"", b"x", *texts(2, 4), bytes(3_000_000)]:
        frame = compress(kind(value))
        assert zstd_decode(frame) == value
        assert frame == compress(value)


def test_threads_do_not_mix_their_payloads() -> None:
    values = texts(3, 40)
    with ThreadPoolExecutor(4) as threads:
        frames = list(threads.map(compress, values * 5))
    assert [zstd_decode(frame) for frame in frames] == values * 5


def test_after_a_payload_that_cannot_be_compressed_the_next_one_is_whole() -> None:
    value = b"value" * 1000
    with pytest.raises(TypeError):
        compress("no bytes")
    assert zstd_decode(compress(value)) == value
