"""`python -m tests.bench.enrichment [GOLD]`: milliseconds per article of each enricher, and of both stages as a whole.

Processor time on one core, article by article. What enrichers share (language, sentences, words) stands in a row of its
own and is paid once. The stages' rows are all that `handle` does with a message; relate takes 16 in a transaction, on a
store in SQLite. Without GOLD the seed articles are timed.
"""

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from pipeline.codec import Message, encode, read_raw_page
from pipeline.edges.clock import utc_now
from pipeline.edges.inputs import open_inputs
from pipeline.edges.store import open_store
from pipeline.edges.warm import warm_up
from pipeline.enrichment.reading import read
from pipeline.errors import Reject
from pipeline.records import CleanArticle
from pipeline.stages.annotate import ENRICHERS, annotate
from pipeline.stages.clean import clean
from pipeline.topology import CLEAN
from tests.bench.pages import SEEDS, cpu_seconds
from tests.bench.stages import RELATED_TOGETHER, annotate_all, relate_all

EVERY = 3
"""Of the gold pages every third: 270 articles."""
SETS = ("publishers", "articles")
USUAL_WORDS = (450, 750)
"""A news story's length."""
BUDGET_MS = 6.0
"""Of the median article of publishers, for annotate and relate together."""
BOTH = "both stages"


def main(arguments: list[str]) -> int:
    """Print the table; 1 when both stages take more than their budget for the median article of publishers."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.enrichment", description=__doc__.splitlines()[0])
    parser.add_argument("gold", type=Path, nargs="?", default=SEEDS, metavar="GOLD", help="folder of the gold sets")
    gold = parser.parse_args(arguments).gold
    groups = {folder.name: list(read_articles(folder)) for folder in _folders(gold)}
    articles = [article for group in groups.values() for article in group]
    warm_up(is_for_many=True)
    annotate(articles[0])
    stages_of(articles)  # what is loaded and compiled at the first message
    times = measure(articles) | stages_of(articles)
    chosen = _columns(groups)
    print(f"{'':<16}" + "".join(f"{name:>16}" for name in chosen) + f"{'mean':>10}{'p99':>10}")
    lengths = [len(article.article_body) for article in articles]
    print(f"{'characters':<16}" + "".join(f"{_median(lengths, places):>16.0f}" for places in chosen.values()))
    for name, row in times.items():
        medians = "".join(f"{_median(row, places) * 1e3:>16.3f}" for places in chosen.values())
        print(
            f"{name:<16}{medians}{statistics.mean(row) * 1e3:>10.3f}{statistics.quantiles(row, n=100)[98] * 1e3:>10.3f}"
        )
    first, places = next(iter(chosen.items()))
    found = _median(times[BOTH], places) * 1e3
    print(f"both stages, median article of {first}: {found:.2f} ms; the budget is {BUDGET_MS:g} ms")
    return int(found > BUDGET_MS)


def _folders(gold: Path) -> list[Path]:
    return [gold / name for name in SETS if (gold / name).is_dir()] or [gold]


def _columns(groups: Mapping[str, Sequence[CleanArticle]]) -> dict[str, list[int]]:
    """The places of the articles in each column: each group, all, and those of a usual length."""
    articles = [article for group in groups.values() for article in group]
    columns: dict[str, list[int]] = {}
    start = 0
    for name, group in groups.items():
        columns[name] = list(range(start, start + len(group)))
        start += len(group)
    columns["all"] = list(range(start))
    words = [len(article.article_body.split()) for article in articles]
    columns["450-750 words"] = [at for at, count in enumerate(words) if USUAL_WORDS[0] <= count <= USUAL_WORDS[1]]
    return columns


def _median(values: Sequence[float], places: Iterable[int]) -> float:
    return statistics.median([values[at] for at in places])


def read_articles(folder: Path) -> Iterator[CleanArticle]:
    """The articles of a folder, of gold pages every third."""
    for number, item in enumerate(open_inputs([folder], say=print)):
        if folder.name in SETS and number % EVERY:
            continue
        try:
            article = clean(read_raw_page(item.message))
        except Reject:
            continue
        if isinstance(article, CleanArticle):
            yield article


def measure(articles: Iterable[CleanArticle]) -> dict[str, list[float]]:
    """Processor seconds of each article, by enricher; `annotate` is all of them with what they share."""
    steps: dict[str, Callable[[CleanArticle], object]] = {"shared": read}
    steps |= {row.name: row.run for row in ENRICHERS}
    times: dict[str, list[float]] = {name: [] for name in (*steps, "annotate")}
    for article in articles:
        for name, step in steps.items():
            times[name].append(cpu_seconds(step, article))
        times["annotate"].append(sum(times[name][-1] for name in steps))
    return times


def stages_of(articles: Sequence[CleanArticle]) -> dict[str, list[float]]:
    """Processor seconds of each article in both stages, message in to messages out; a transaction is shared by all."""
    now = utc_now()
    messages = (Message(topic=CLEAN.name, key=each.page_id.encode(), value=encode(each)) for each in articles)
    annotated, annotate_seconds = annotate_all(messages, now)
    relate_seconds = list[float]()
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(f"sqlite:///{folder}/store.sqlite", cluster_id=None)
        for first in range(0, len(annotated), RELATED_TOGETHER):
            batch = annotated[first : first + RELATED_TOGETHER]
            start = time.process_time()
            own = relate_all(store, batch, now)
            shared = (time.process_time() - start - sum(own)) / len(batch)
            relate_seconds += [seconds + shared for seconds in own]
        store.close()
    both = [one + other for one, other in zip(annotate_seconds, relate_seconds, strict=True)]
    return {"annotate stage": annotate_seconds, "relate stage": relate_seconds, BOTH: both}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
