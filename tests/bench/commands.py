"""What whole commands take.

`newsflow process` on one page against the command of stock trafilatura on the same page, in turn; `newsflow --help`.
"""

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.bench.family import newsflow
from tests.bench.pages import read_pages

RUNS = 7


def measure(gold: Path) -> dict[str, float]:
    """Print the times; the ratios, and the seconds of `--help`."""
    pages = list(read_pages(gold))
    return whole_commands(sorted(pages, key=lambda page: len(page.body))[len(pages) // 2].body)


def whole_commands(body: bytes) -> dict[str, float]:
    """The commands on the page of median size."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "page.html"
        path.write_bytes(body)
        stock = [str(Path(sys.executable).parent / "trafilatura"), "--json", "--with-metadata", "--no-comments"]
        times: dict[str, list[float]] = {"trafilatura": [], "newsflow process": [], "newsflow --help": []}
        _run(newsflow("process", str(path)))  # what is not yet compiled is now
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


def seconds(work: Callable[[], object]) -> float:
    """On the wall clock."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
