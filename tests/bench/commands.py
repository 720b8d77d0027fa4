"""`python -m tests.bench.commands [GOLD]`: what whole commands take, and what a pool of two gains over one process.

`newsflow process` on one page against the command of stock trafilatura on the same page, in turn; `newsflow --help`;
the clean stage in a pool of two processes against the same pages in this process, in turn.
"""

import argparse
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
from tests.bench.pages import SEEDS, read_pages

RUNS = 7
POOL_ROUNDS = 3
CLEAN = TOPOLOGY.stage("clean")


def main(arguments: list[str]) -> int:
    """Print all of it."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.commands", description=__doc__.splitlines()[0])
    parser.add_argument("gold", type=Path, nargs="?", default=SEEDS, metavar="GOLD", help="folder of the gold sets")
    pages = list(read_pages(parser.parse_args(arguments).gold))
    whole_commands(sorted(pages, key=lambda page: len(page.body))[len(pages) // 2].body)
    pool_gain([raw_message(page) for page in pages])
    return 0


def whole_commands(body: bytes) -> None:
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
    print(f"newsflow process is {medians['newsflow process'] / medians['trafilatura']:.2f}x trafilatura's command")


def _run(command: Sequence[str], given: bytes = b"") -> None:
    subprocess.run(command, input=given, check=True, capture_output=True)


def pool_gain(messages: list[Message]) -> None:
    """Wall time of two processes against one."""
    gains = []
    with Pool(processes=2, page_seconds=30, page_memory_mib=1024, stages=(CLEAN,)) as pool:
        asyncio.run(_pooled(pool, messages))
        for _ in range(POOL_ROUNDS):
            inline = seconds(lambda: [handle(CLEAN, message, now=utc_now()) for message in messages])
            gains.append(inline / seconds(lambda: asyncio.run(_pooled(pool, messages))))
    print(f"a pool of two is {statistics.median(gains):.2f}x one process ({min(gains):.2f} to {max(gains):.2f})")


async def _pooled(pool: Pool, messages: list[Message]) -> None:
    await pool.run(CLEAN, messages, now=utc_now())


def seconds(work: Callable[[], object]) -> float:
    """On the wall clock."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
