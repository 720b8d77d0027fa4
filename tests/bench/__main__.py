"""Times the clean stage against stock trafilatura on the same pages in one process, page by page in turn.

    python -m tests.bench [GOLD]

Prints the ratio stock / clean of the total times (above 1: clean is faster), and both medians. Pages: the gold
articles and publishers where GOLD is there (every seventh), else the seeds.
"""

import statistics
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from trafilatura import bare_extraction

from pipeline.codec import read_raw_page
from pipeline.edges.inputs import open_inputs
from pipeline.records import RawPage
from pipeline.stages.clean import clean

SEEDS = Path(__file__).parents[2] / "seeds" / "articles"
EVERY = 7


def main(arguments: list[str]) -> int:
    """Run both on every page, in turn, once unmeasured and then three times."""
    pages = list(read_pages(Path(arguments[0]) if arguments else SEEDS))
    stock, ours = [], []
    for round_number in range(4):
        for page in pages:
            seconds = timed(page)
            if round_number:
                stock.append(seconds[0])
                ours.append(seconds[1])
    print(f"{len(pages)} pages, 3 rounds, interleaved")
    print(f"{'':<12}{'median ms':>12}{'p99 ms':>10}{'pages/s':>10}")
    for name, times in (("trafilatura", stock), ("clean", ours)):
        p99 = statistics.quantiles(times, n=100)[98]
        print(f"{name:<12}{statistics.median(times) * 1e3:>12.1f}{p99 * 1e3:>10.1f}{len(times) / sum(times):>10.1f}")
    print(f"clean is {sum(stock) / sum(ours):.2f}x as fast as stock trafilatura")
    return 0


def read_pages(gold: Path) -> Iterator[RawPage]:
    """The pages to time; those that have text to extract."""
    folders = [gold / name for name in ("articles", "publishers")]
    paths = folders if all(folder.is_dir() for folder in folders) else [SEEDS]
    every = EVERY if paths is folders else 1
    for number, item in enumerate(open_inputs(paths, say=print)):
        if number % every == 0:
            page = read_raw_page(item.message)
            if "plain" not in (page.content_type or ""):
                yield page


def timed(page: RawPage) -> tuple[float, float]:
    """Seconds for stock trafilatura and for the clean stage."""
    start = time.perf_counter()
    bare_extraction(page.body, url=page.url, with_metadata=True, include_comments=False)
    middle = time.perf_counter()
    clean(page)
    return middle - start, time.perf_counter() - middle


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
