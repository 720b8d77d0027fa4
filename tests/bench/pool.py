"""What a pool of two processes gains over one: the clean stage on the same pages in either, in turn."""

import asyncio
import statistics
from pathlib import Path

from pipeline.codec import Message, raw_message
from pipeline.edges.clock import utc_now
from pipeline.edges.pool import Pool
from pipeline.handle import handle
from tests.bench.commands import seconds
from tests.bench.pages import read_pages
from tests.bench.stages import CLEAN

ROUNDS = 3


def measure(gold: Path) -> dict[str, float]:
    """Print how many times as fast two processes are as one, on the wall clock."""
    messages, gains = [raw_message(page) for page in read_pages(gold)], list[float]()
    with Pool(processes=2, page_seconds=30, page_memory_mib=1024, stages=(CLEAN,)) as pool:
        asyncio.run(_pooled(pool, messages))
        for _ in range(ROUNDS):
            inline = seconds(lambda: [handle(CLEAN, message, now=utc_now()) for message in messages])
            gains.append(inline / seconds(lambda: asyncio.run(_pooled(pool, messages))))
    print(f"a pool of two is {statistics.median(gains):.2f}x one process ({min(gains):.2f} to {max(gains):.2f})")
    return {"pool": statistics.median(gains)}


async def _pooled(pool: Pool, messages: list[Message]) -> None:
    await pool.run(CLEAN, messages, now=utc_now())
