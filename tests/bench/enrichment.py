"""`python -m tests.bench.enrichment [GOLD]`: milliseconds per article of each enricher, and of annotate as a whole.

Processor time on one core, article by article. What enrichers share (language, sentences, words) stands in a row of its
own and is paid once. Without GOLD the seed articles are timed.
"""

import argparse
import statistics
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from pipeline.codec import read_raw_page
from pipeline.edges.inputs import open_inputs
from pipeline.edges.warm import warm_all
from pipeline.enrichment.reading import read
from pipeline.errors import Reject
from pipeline.records import CleanArticle
from pipeline.stages.annotate import ENRICHERS, annotate
from pipeline.stages.clean import clean
from tests.bench.pages import SEEDS, cpu_seconds

EVERY = 3
"""Of the gold pages every third: 270 articles."""
SETS = ("publishers", "articles")
USUAL_WORDS = (450, 750)
"""A news story's length; the median of these stands in the last column."""
BUDGET_MS = 6.0
"""Of the median article, for annotate and relate together."""


def main(arguments: list[str]) -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.enrichment", description=__doc__.splitlines()[0])
    parser.add_argument("gold", type=Path, nargs="?", default=SEEDS, metavar="GOLD", help="folder of the gold sets")
    gold = parser.parse_args(arguments).gold
    articles = list(read_articles(gold))
    warm_all()
    annotate(articles[0])
    times = measure(articles)
    print(f"{len(articles)} articles, {statistics.median(len(each.article_body) for each in articles):.0f} characters")
    usual = [
        at for at, each in enumerate(articles) if USUAL_WORDS[0] <= len(each.article_body.split()) <= USUAL_WORDS[1]
    ]
    print(f"{'':<14}{'median ms':>12}{'mean ms':>12}{'p99 ms':>12}{'600 words':>12}")
    for name, row in times.items():
        p99 = statistics.quantiles(row, n=100)[98]
        figures = (statistics.median(row), statistics.mean(row), p99, statistics.median(row[at] for at in usual))
        print(f"{name:<14}" + "".join(f"{figure * 1e3:>12.3f}" for figure in figures))
    print(f"budget of annotate and relate together: {BUDGET_MS:g} ms per median article")
    return 0


def read_articles(gold: Path) -> Iterator[CleanArticle]:
    """The articles of the gold sets that are there, else of the folder itself."""
    sets = [gold / name for name in SETS if (gold / name).is_dir()]
    for number, item in enumerate(open_inputs(sets or [gold], say=print)):
        if sets and number % EVERY:
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


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
