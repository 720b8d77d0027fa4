"""The quality score against the true F1 of the gold pages, read by judges that have seen no page of their domain.

    python -m tests.quality.quality_curve GOLD

Prints the curve with the weights of `pipeline/enrichment/quality.py`, the same out of fold, and the weights that all
pages together give: these are what stands there.

The rank correlation has a goal on the sets whose truth is a text. A page of `segments` has six strings to be found or
not, and three of four have all of them right: such a figure of a page is too coarse to follow any score. On `articles`,
which have both truths, even the true F1 of the text has a rank correlation of only .19 with that of the strings.
"""

import multiprocessing
import sys
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np
from tld import get_fld

from pipeline.cleaning.judging.judge import Model, read_model
from pipeline.codec import read_raw_page
from pipeline.edges.gold import open_gold
from pipeline.edges.inputs import Input
from pipeline.enrichment.quality import JUDGED, SOFTENED, UNJUDGED, Weights, quality, score_of
from pipeline.errors import Reject
from pipeline.records import CleanArticle, QualityParts
from pipeline.scoring import Truth
from pipeline.stages.clean import clean
from tests.quality.gold_pages import TEXT_SETS, true_f1
from tests.quality.train import FOLD_MODELS, FOLDS, WEIGHT_OF_SET, fold_of

SETS = (*TEXT_SETS, "segments")
TEXTS = "both texts"
"""The name of both of them together."""
MIN_CORRELATION = 0.5
GOOD = 0.8
"""An F1 below it is a page that was read badly."""
BINS = 10
LIMITS = (0.9, 0.95, 0.97)
"""Scores by which a subscriber may filter."""
STEPS, RATE, RIDGE = 4000, 2.0, 1e-3
"""Of the fit: gradient ascent on a likelihood with three weights."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A page: its score and how well its text was read in truth."""

    set: str
    score: float
    f1: float
    fold: int = 0
    parts: QualityParts | None = None


def out_of_fold(gold: Path) -> list[Point]:
    """Every page with a record, read by the judge of its fold, and scored by weights fitted to the other folds."""
    return refitted(read_points(gold))


def refitted(points: Sequence[Point]) -> list[Point]:
    """The points, those of each fold scored by weights fitted to the others."""
    scored: list[Point] = []
    for number in range(FOLDS):
        weights = fit([point for point in points if point.fold != number])
        scored += [with_weights(point, weights) for point in points if point.fold == number]
    return scored


def with_weights(point: Point, weights: Weights) -> Point:
    """The point with the score that other weights of judged pages give."""
    is_judged = point.parts is not None and point.parts.doubt is not None
    return replace(point, score=score_of(point.parts, weights)) if is_judged and point.parts else point


def read_points(gold: Path) -> list[Point]:
    """Every page with a record, read by the judge of its fold, and scored by the weights as they are."""
    found: list[Point] = []
    with ProcessPoolExecutor(mp_context=multiprocessing.get_context("spawn")) as pool:
        for name in SETS:
            opened = open_gold(gold / name)
            truths = {truth.id: truth for truth in opened.truths}
            jobs = [(name, item, truths[item.name]) for item in opened.inputs]
            found += [point for point in pool.map(_point, jobs, chunksize=8) if point is not None]
    return found


def _point(job: tuple[str, Input, Truth]) -> Point | None:
    name, item, truth = job
    page = read_raw_page(item.message)
    fold = fold_of(get_fld(page.url.strip(), fail_silently=True) or page.url)
    try:
        article = clean(page, fold_judge(fold))
    except Reject:
        return None
    found = quality(article) if isinstance(article, CleanArticle) else None
    if found is None or not isinstance(article, CleanArticle):
        return None
    f1 = true_f1(name, truth, article.article_body)
    return None if f1 is None else Point(set=name, score=found.score, f1=f1, fold=fold, parts=found.parts)


@cache
def fold_judge(number: int) -> Model:
    """The judge that was trained without the domains of this fold."""
    with np.load(FOLD_MODELS, allow_pickle=False) as data:
        return read_model(data, f"{number}_")


def fit(points: Sequence[Point], names: Iterable[str] = JUDGED[1]) -> Weights:
    """Weights by which the odds of the expected F1 follow the parts; none of them may speak for a text."""
    chosen = [point for point in points if point.set in TEXT_SETS and point.parts and point.parts.doubt is not None]
    names = tuple(names)
    rows = np.array([[np.log(_part(point, name) + SOFTENED[name]) for name in names] for point in chosen])
    truth = np.array([point.f1 for point in chosen])
    share = np.array([WEIGHT_OF_SET[point.set] for point in chosen])
    share /= share.sum()
    mean, spread = rows.mean(axis=0), rows.std(axis=0)
    columns = np.column_stack([np.ones(len(rows)), (mean - rows) / spread])
    weights = np.zeros(len(names) + 1)
    for _ in range(STEPS):
        expected = 1 / (1 + np.exp(-(columns @ weights)))
        weights += RATE * (columns.T @ (share * (truth - expected)) - RIDGE * np.concatenate(([0], weights[1:])))
        weights[1:] = np.maximum(weights[1:], 0)
    slopes = weights[1:] / spread
    start = float(weights[0] + slopes @ mean)
    return round(start, 3), dict(zip(names, np.round(slopes, 3).tolist(), strict=True))


def _part(point: Point, name: str) -> float:
    assert point.parts is not None
    return 1 - point.parts.agreement if name == "disagreement" else float(getattr(point.parts, name) or 0.0)


def correlations(points: Sequence[Point]) -> dict[str, float]:
    """Spearman's rank correlation of score and F1: of each set, and of those with a text together."""
    groups = {name: [point for point in points if point.set == name] for name in SETS}
    groups[TEXTS] = [point for point in points if point.set in TEXT_SETS]
    return {name: rank_correlation(group) for name, group in groups.items() if len(group) > 1}


def rank_correlation(points: Sequence[Point]) -> float:
    """Spearman's: the correlation of the ranks, equal values sharing theirs."""
    ranks = [_ranks([point.score for point in points]), _ranks([point.f1 for point in points])]
    return float(np.corrcoef(ranks)[0, 1])


def _ranks(values: Sequence[float]) -> np.ndarray:
    _, places, counts = np.unique(values, return_inverse=True, return_counts=True)
    return (np.cumsum(counts) - (counts - 1) / 2)[places]


def curve(points: Sequence[Point]) -> Iterator[str]:
    """The pages with a true text by their score, in ten equal parts, and what a subscriber gets who filters."""
    ordered = sorted((point for point in points if point.set in TEXT_SETS), key=lambda point: point.score)
    yield f"  {'score':<18}{'pages':>6}{'mean score':>12}{'mean F1':>9}{'median F1':>11}{f'below {GOOD}':>11}"
    for number in range(BINS):
        part = ordered[number * len(ordered) // BINS : (number + 1) * len(ordered) // BINS]
        if part:
            yield _line(f"{part[0].score:.3f} .. {part[-1].score:.3f}", part)
    for limit in LIMITS:
        part = [point for point in ordered if point.score >= limit]
        if part:
            yield _line(f"{limit} and above", part)


def _line(title: str, points: Sequence[Point]) -> str:
    scores, truths = [point.score for point in points], [point.f1 for point in points]
    below = sum(f1 < GOOD for f1 in truths) / len(truths)
    return (
        f"  {title:<18}{len(points):>6}{np.mean(scores):>12.4f}{np.mean(truths):>9.4f}{np.median(truths):>11.4f}"
        f"{below:>11.1%}"
    )


def main(arguments: list[str]) -> int:
    """Print curve and weights."""
    if len(arguments) != 1 or not Path(arguments[0]).is_dir():
        print("usage: python -m tests.quality.quality_curve GOLD")
        return 2
    points = read_points(Path(arguments[0]))
    print("weights as they are:", correlations(points), *curve(points), sep="\n")
    scored = refitted(points)
    print("out of fold:", correlations(scored), *curve(scored), sep="\n")
    print("JUDGED", fit(points), "now", JUDGED)
    print("UNJUDGED", fit(points, UNJUDGED[1]), "now", UNJUDGED)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
