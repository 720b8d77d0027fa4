"""What whole commands take, and what a pool of two processes gains over one.

`newsflow process` on one page against the command of stock trafilatura on the same page, in turn; `newsflow --help`;
the clean stage in a pool of two processes against the same pages in this process, in turn.
"""

import asyncio
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from pipeline.codec import Message, raw_message
from pipeline.edges.clock import utc_now
from pipeline.edges.pool import Pool
from pipeline.handle import handle
from pipeline.topology import TOPOLOGY
from tests.bench.family import newsflow
from tests.bench.pages import read_pages

RUNS = 7
POOL_ROUNDS = 3
CLEAN = TOPOLOGY.stage("clean")


def measure(gold: Path) -> dict[str, float]:
    """Print the times; the ratios, and the seconds of `--help`."""
    pages = list(read_pages(gold))
    return {
        **whole_commands(sorted(pages, key=lambda page: len(page.body))[len(pages) // 2].body),
        "pool": pool_gain([raw_message(page) for page in pages]),
    }


def whole_commands(body: bytes) -> dict[str, float]:
    """The commands on the page of median size."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "page.html"
        path.write_bytes(body)
        stock = [str(Path(sys.executable).parent / "trafilatura"), "--json", "--with-metadata", "--no-comments"]
        times: dict[str, list[float]] = {"trafilatura": [], "newsflow process": [], "newsflow --help": []}
        for _ in range(RUNS):
            times["trafilatura"].append(seconds(lambda: _run(stock, body)))
            times["newsflow process"].append(seconds(lambda: _run(newsflow("process", str(path)))))
            times["newsflow --help"].append(seconds(lambda: _run(newsflow("--help"))))
    medians = {name: statistics.median(each) for name, each in times.items()}
    for name, each in times.items():
        print(f"{name:<18}{medians[name]:6.2f} s ({min(each):.2f} to {max(each):.2f})")
    return {
        "process": medians["newsflow process"] / medians["trafilatura"],
        "help": medians["newsflow --help"],
    }


def _run(command: Sequence[str], given: bytes = b"") -> None:
    subprocess.run(command, input=given, check=True, capture_output=True)


def pool_gain(messages: list[Message]) -> float:
    """How many times as fast two processes are as one, on the wall clock."""
    gains = []
    with Pool(processes=2, page_seconds=30, page_memory_mib=1024, stages=(CLEAN,)) as pool:
        asyncio.run(_pooled(pool, messages))
        for _ in range(POOL_ROUNDS):
            inline = seconds(lambda: [handle(CLEAN, message, now=utc_now()) for message in messages])
            gains.append(inline / seconds(lambda: asyncio.run(_pooled(pool, messages))))
    print(f"a pool of two is {statistics.median(gains):.2f}x one process ({min(gains):.2f} to {max(gains):.2f})")
    return statistics.median(gains)


async def _pooled(pool: Pool, messages: list[Message]) -> None:
    await pool.run(CLEAN, messages, now=utc_now())


def seconds(work: Callable[[], object]) -> float:
    """On the wall clock."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
