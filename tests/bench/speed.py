"""The clean stage, and annotate with relate, against stock trafilatura: the same pages in one process, in turn.

Processor time, so that what else runs on the machine counts little. Pages: the gold articles and publishers where they
are there (every seventh), else the seeds.
"""

import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.codec import raw_message
from pipeline.edges.clock import utc_now
from pipeline.edges.stage_metrics import Meter
from pipeline.edges.store import Store, open_store
from pipeline.handle import handle
from pipeline.records import RawPage
from pipeline.stages.clean import clean
from pipeline.verdicts import Handled
from tests.bench.pages import by_trafilatura, cpu_seconds, read_pages
from tests.bench.stages import CLEAN, RELATED_TOGETHER, annotate_all, relate_all

ROUNDS = 3
COUNTED_TOGETHER = 64
COUNTED_AT = 1.9e9
"""Seconds since the epoch."""


@dataclass(slots=True)
class Times:
    """Seconds by page: stock, clean; of pages that became articles: stock, annotate, relate; and to count a message."""

    stock: list[float] = field(default_factory=list)
    clean: list[float] = field(default_factory=list)
    stock_of_articles: list[float] = field(default_factory=list)
    annotate: list[float] = field(default_factory=list)
    relate: list[float] = field(default_factory=list)
    counting: list[float] = field(default_factory=list)


def measure(gold: Path) -> dict[str, float]:
    """Print the times; the ratios, `speed` above 1 when clean is the faster one."""
    pages = list(read_pages(gold))
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(f"sqlite:///{folder}/store.sqlite", cluster_id=None)
        rounds = [one_round(pages, store, number) for number in range(ROUNDS + 1)][1:]
        store.close()
    memory = {name: peak_memory(name, gold) for name in ("trafilatura", "clean")}
    stock, ours = [time for each in rounds for time in each.stock], [time for each in rounds for time in each.clean]
    show("trafilatura", stock, memory["trafilatura"])
    show("clean", ours, memory["clean"])
    speeds = [sum(each.stock) / sum(each.clean) for each in rounds]
    speed = sum(stock) / sum(ours)
    print(f"clean is {speed:.2f}x as fast as stock trafilatura ({min(speeds):.2f} to {max(speeds):.2f})")
    of_articles, annotate, relate, counting = (
        statistics.median([time for each in rounds for time in getattr(each, name)])
        for name in ("stock_of_articles", "annotate", "relate", "counting")
    )
    print(
        f"median article: annotate {annotate * 1e3:.2f} ms, relate {relate * 1e3:.2f} ms; "
        f"its message counted in {counting * 1e6:.1f} us"
    )
    return {
        "speed": speed,
        "median": statistics.median(ours) / statistics.median(stock),
        "p99": percentile_99(ours) / percentile_99(stock),
        "memory": memory["clean"] / memory["trafilatura"],
        "enrichment": (annotate + relate) / of_articles,
        "counting": counting / of_articles,
    }


def one_round(pages: list[RawPage], store: Store, number: int) -> Times:
    """Stock and clean page by page in turn, then counting, annotate, relate, each as a worker of its own has them.

    Relate knows none of the pages, for each round has hosts of its own.
    """
    times, done, now, meter = Times(), list[Handled](), utc_now(), Meter("clean")
    for at, page in enumerate(pages):
        times.stock.append(cpu_seconds(by_trafilatura, page))
        times.clean.append(cpu_seconds(clean, page))
        message = raw_message(RawPage(url=f"https://h{at}.r{number}.example/{at}", body=page.body))
        handled = handle(CLEAN, message, now=now)
        if handled.verdict.outcome is None:
            times.stock_of_articles.append(times.stock[-1])
            done.append(handled)
    for first in range(0, len(done), COUNTED_TOGETHER):
        counted = done[first : first + COUNTED_TOGETHER]
        took = cpu_seconds(meter.count, counted, seconds=0.5, send_seconds=0.1, now=COUNTED_AT)
        times.counting += [took / len(counted)] * len(counted)
    cleaned = [message for handled in done for message in handled.messages[:1]]
    annotated, times.annotate = annotate_all(cleaned, now)
    for first in range(0, len(annotated), RELATED_TOGETHER):
        batch = annotated[first : first + RELATED_TOGETHER]
        took = cpu_seconds(relate_all, store, batch, now)
        times.relate += [took / len(batch)] * len(batch)
    return times


def peak_memory(name: str, gold: Path) -> float:
    """MiB that a process of its own holds at most in one pass over the pages."""
    command = [sys.executable, "-m", "tests.bench.memory", name, str(gold)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def percentile_99(times: list[float]) -> float:
    return statistics.quantiles(times, n=100)[98]


def show(name: str, times: list[float], memory: float) -> None:
    """A line for people."""
    print(
        f"{name:<12} median {statistics.median(times) * 1e3:6.1f} ms, p99 {percentile_99(times) * 1e3:6.1f} ms, "
        f"{len(times) / sum(times):6.1f} pages/s, peak {memory:.0f} MiB"
    )
