"""Batches are compressed with a zstd context that is kept.

aiokafka 0.14 makes a new one for each batch, a megabyte or so. In a worker whose heap gives such pieces back (see
`pipeline.edges.heap`), to get them again takes as long as the compressing.
"""

import sys
import threading
from typing import Any

from aiokafka.record import default_records

from pipeline.edges.zstd import zstd

LEVEL = 3
"""As aiokafka's, and Kafka's own."""


class _Contexts(threading.local):
    """One for each thread: it is in use as long as a batch is compressed."""

    def __init__(self) -> None:
        self.compressor = zstd.ZstdCompressor(level=LEVEL)


_CONTEXTS = _Contexts()


def keep_contexts() -> None:
    """Let the producers of this process use `compress`. May be called twice."""
    builder: Any = sys.modules[default_records.DefaultRecordBatchBuilder.__module__]  # compiled, or in Python
    builder.zstd_encode = compress


def compress(payload: Any) -> bytes:
    """A payload, any buffer of bytes, as one zstd frame."""
    return _CONTEXTS.compressor.compress(payload, zstd.ZstdCompressor.FLUSH_FRAME)
