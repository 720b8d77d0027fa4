"""Messages through annotate and relate, as a worker of each has them, with what they cost."""

import time
from collections.abc import Iterable, Sequence

from pipeline.codec import Message
from pipeline.edges.store import Store
from pipeline.handle import handle
from pipeline.topology import TOPOLOGY
from tests.bench.pages import cpu_seconds

CLEAN, ANNOTATE, RELATE = TOPOLOGY.stages
RELATED_TOGETHER = 16
"""Messages that relate takes in one transaction."""


def annotate_all(messages: Iterable[Message], now: str) -> tuple[list[Message], list[float]]:
    """The annotated messages, and the processor seconds of each."""
    annotated, seconds = list[Message](), list[float]()
    for message in messages:
        start = time.process_time()
        annotated += handle(ANNOTATE, message, now=now).messages[:1]
        seconds.append(time.process_time() - start)
    return annotated, seconds


def relate_all(store: Store, batch: Sequence[Message], now: str) -> list[float]:
    """One transaction; the processor seconds of each message, without those of beginning and committing."""
    with store.transaction(now=now) as memory:
        return [cpu_seconds(handle, RELATE, message, now=now, memory=memory) for message in batch]
