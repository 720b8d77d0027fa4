"""What the benchmarks of the clean stage work on, and with what they compare it."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import ParamSpec

from trafilatura import bare_extraction

from pipeline.codec import read_raw_page
from pipeline.edges.inputs import open_inputs
from pipeline.records import RawPage

P = ParamSpec("P")
SEEDS = Path(__file__).parents[2] / "seeds" / "articles"
SETS = ("articles", "publishers")
EVERY = 7


def has_gold(gold: Path) -> bool:
    """Whether the gold sets that are timed are there."""
    return all((gold / name).is_dir() for name in SETS)


def folders(gold: Path) -> list[Path]:
    """Those of the gold sets, else that of the seeds."""
    return [gold / name for name in SETS] if has_gold(gold) else [SEEDS]


def cpu_seconds(work: Callable[P, object], *args: P.args, **kwargs: P.kwargs) -> float:
    """Processor time of a call."""
    start = time.process_time()
    work(*args, **kwargs)
    return time.process_time() - start


def read_pages(gold: Path, every: int = EVERY) -> Iterator[RawPage]:
    """The pages to time; those that have text to extract."""
    every = every if has_gold(gold) else 1
    for number, item in enumerate(open_inputs(folders(gold), say=print)):
        if number % every == 0:
            page = read_raw_page(item.message)
            if "plain" not in (page.content_type or ""):
                yield page


def by_trafilatura(page: RawPage) -> None:
    """Stock trafilatura, as the ratios' other side has it."""
    bare_extraction(page.body, url=page.url, with_metadata=True, include_comments=False)
