"""The whole topology in one process, without a broker: `newsflow process`.

The same `handle`, the same bytes between the stages. Stages without memory run in the pool, in chunks; stages with
memory run here, in input order, with a memory that begins empty unless one is given. So the same input gives the same
bytes with any number of workers.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice, takewhile
from typing import Any

import orjson

from pipeline.codec import Message
from pipeline.edges.clock import utc_now
from pipeline.edges.inputs import Input
from pipeline.edges.local_memory import LocalMemory
from pipeline.edges.pool import Pool
from pipeline.handle import handle
from pipeline.memory import Memories
from pipeline.settings import STAGE_CHUNK
from pipeline.topology import Stage, Topology
from pipeline.verdicts import Handled, Verdict

CHUNKS_AHEAD = 2
"""Chunks waiting per pool process: enough to keep it busy, few enough to bound the memory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Processed:
    """Where one input ended, and its record when it was enriched."""

    name: str
    verdict: Verdict
    output: Message | None

    def line(self) -> dict[str, Any]:
        """The input's line in the output of `newsflow process`."""
        verdict = self.verdict
        line: dict[str, Any] = {"input": self.name, "outcome": verdict.outcome}
        if verdict.reason is not None:
            line["reason"] = verdict.reason
        if verdict.evidence is not None:
            line["evidence"] = verdict.evidence
        if verdict.error is not None:
            line["error"] = {
                "stage": verdict.stage,
                "step": verdict.error.step,
                "code": verdict.error.code,
                "message": verdict.error.message,
            }
        if self.output is not None and self.output.value is not None:
            line["article"] = orjson.Fragment(self.output.value)
        return line


async def process(
    inputs: Iterable[Input], *, topology: Topology, pool: Pool, processes: int, memories: Memories | None = None
) -> AsyncIterator[Processed]:
    """Take inputs through all stages, and yield where each ended, in input order."""
    pooled = tuple(takewhile(lambda stage: stage.decide is None, topology.stages))
    ordered = topology.stages[len(pooled) :]
    memories = memories or LocalMemory()
    waiting: deque[asyncio.Task[list[Processed]]] = deque()
    try:
        for chunk in _chunks(inputs, STAGE_CHUNK):
            waiting.append(asyncio.create_task(_through_pool(chunk, pooled, pool)))
            # a full queue is drained from its old end, so results keep the order of the inputs
            while len(waiting) > CHUNKS_AHEAD * processes:
                for item in _in_order(await waiting.popleft(), ordered, memories):
                    yield item
        while waiting:
            for item in _in_order(await waiting.popleft(), ordered, memories):
                yield item
    finally:
        for task in waiting:
            task.cancel()


def _chunks(inputs: Iterable[Input], size: int) -> Iterator[list[Input]]:
    iterator = iter(inputs)
    while chunk := list(islice(iterator, size)):
        yield chunk


async def _through_pool(chunk: list[Input], stages: tuple[Stage, ...], pool: Pool) -> list[Processed]:
    """Every input of a chunk, as far as the stages without memory take it."""
    done: list[Processed | None] = [None] * len(chunk)
    messages = {index: item.message for index, item in enumerate(chunk)}
    for stage in stages:
        results = await pool.run(stage, list(messages.values()), now=utc_now())
        for index, handled in zip(tuple(messages), results, strict=True):
            done[index] = _processed(chunk[index].name, handled, stage)
            if handled.verdict.outcome is None:
                messages[index] = handled.messages[0]
            else:
                del messages[index]
    return [item for item in done if item is not None]


def _in_order(chunk: list[Processed], stages: tuple[Stage, ...], memories: Memories) -> Iterator[Processed]:
    """The stages with memory, for the inputs that got so far; one transaction for a chunk."""
    now = utc_now()
    with memories.transaction(now=now) as memory:
        done = []
        for item in chunk:
            for stage in stages:
                if item.verdict.outcome is None and item.output is not None:
                    item = _processed(item.name, handle(stage, item.output, now=now, memory=memory), stage)
            done.append(item)
    yield from done


def _processed(name: str, handled: Handled, stage: Stage) -> Processed:
    first = handled.messages[0]
    output = first if first.topic == stage.target.name else None
    return Processed(name=name, verdict=handled.verdict, output=output)
