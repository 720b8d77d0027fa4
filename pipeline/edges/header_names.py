"""Reads records whose header names are not UTF-8.

Kafka lets a publisher write any bytes there. aiokafka 0.14 raises an error for the whole fetch, in its Cython parser as
in the pure one: the worker ends, and so does the next, for ever. Here such bytes become "?", and the page passes.
"""

from collections.abc import Iterator
from typing import Any

import aiokafka.consumer.fetcher
from aiokafka.errors import CorruptRecordException
from aiokafka.record import default_records, memory_records
from aiokafka.record.util import decode_varint

DEFAULT_BATCH_MAGIC = 2


def tolerate_header_names() -> None:
    """Let the consumers of this process use the tolerant parser."""
    fetcher: Any = aiokafka.consumer.fetcher
    fetcher.MemoryRecords = TolerantRecords


class TolerantRecords(memory_records._MemoryRecordsPy):  # type: ignore[misc]
    """The records of one fetch of one partition. The batches in it are read by aiokafka's parser, if it can."""

    def next_batch(self) -> Any:
        """As the parent's, with a tolerant batch for the format that has headers."""
        raw = self._next_slice
        batch = super().next_batch()
        if batch is None or raw[self.MAGIC_OFFSET] < DEFAULT_BATCH_MAGIC:
            return batch
        return TolerantBatch(batch, raw)


class TolerantBatch:
    """One batch; when its records cannot be read, they are read again with their header names mended."""

    def __init__(self, batch: Any, raw: memoryview) -> None:
        self._batch = batch
        self._raw = raw

    def __getattr__(self, name: str) -> Any:
        return getattr(self._batch, name)

    def __next__(self) -> Any:
        return next(self._batch)

    def __iter__(self) -> Iterator[Any]:
        try:
            return iter(list(self._batch))  # all, before any is delivered: none may come twice
        except (UnicodeDecodeError, CorruptRecordException):
            return iter(MendedBatch(self._raw))


class MendedBatch(default_records._DefaultRecordBatchPy):  # type: ignore[misc]
    """One batch in pure Python; its header names are mended in place, after its checksum was compared."""

    def _maybe_uncompress(self) -> None:
        fresh = not self._decompressed
        super()._maybe_uncompress()
        if fresh and not self.is_control_batch:
            mend_names(self._buffer, self._pos, self._num_records)


def mend_names(records: bytearray, position: int, count: int) -> None:
    """Replace every byte of a header's name that is not UTF-8 by "?", so that all lengths stay."""
    for _ in range(count):
        length, position = decode_varint(records, position)
        end = position + length
        for _ in range(3):  # attributes, timestamp, offset
            _, position = decode_varint(records, position)
        for _ in range(2):  # key, value
            length, position = decode_varint(records, position)
            position += max(length, 0)
        headers, position = decode_varint(records, position)
        for _ in range(headers):
            length, position = decode_varint(records, position)
            name = bytes(records[position : position + length])
            if not name.isascii():
                records[position : position + length] = _mended(name)
            position += length
            length, position = decode_varint(records, position)
            position += max(length, 0)
        position = end


def _mended(name: bytes) -> bytes:
    mended = bytearray(name)
    while True:
        try:
            mended.decode("utf-8")
        except UnicodeDecodeError as error:
            mended[error.start : error.end] = b"?" * (error.end - error.start)
        else:
            return bytes(mended)
