"""Trains the judge of flattened lines (`pipeline/cleaning/judging/flat_judge.py`) from a gold folder, and scores it.

    python -m tests.quality.train_flattened GOLD [--write]

Gold pages are flattened, their lines labelled and weighed as in `train`. Of `segments` a person says only what a few
lines are: the others are labelled by what cleaning makes of the HTML, at half their weight. Every figure is out of
fold, and each model is trained with the scores that the one before it gave to pages of other domains.
"""

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from tld import get_fld

from pipeline.cleaning.article import Article, apply_rules
from pipeline.cleaning.decoding.document import Document, read_document
from pipeline.cleaning.flattened import Story, rough_story, scored, text_lines
from pipeline.cleaning.flattened_article import decide, settle
from pipeline.cleaning.html_article import read_html
from pipeline.cleaning.judging import flat_judge as judging
from pipeline.cleaning.judging.flat_context import context_features
from pipeline.cleaning.judging.flat_features import FlatPage
from pipeline.cleaning.judging.flat_headline import headline_features, headline_lines
from pipeline.cleaning.rules.engine import Cuts
from pipeline.edges.flatten import flatten
from pipeline.text import fold
from pipeline.urls import host_of
from tests.quality.train import (
    FAR,
    FOLDS,
    SHARE_OF_FAR,
    TREES,
    WEIGHT_OF_SET,
    arrays,
    fold_of,
    label_segments,
    label_text,
    read_all,
    report,
    save,
)

OPTIONS = TREES | {"learning_rate": 0.12}
FIRST, HEADLINE, SECOND = (
    {"iterations": 150, "depth": 5},
    {"iterations": 80, "depth": 4},
    {"iterations": 150, "depth": 5},
)
WEIGHT_OF_CLEANED = 0.5
"""What a line weighs that cleaning labelled."""
BARE, WEIGHT_OF_BARE, MIN_BARE_LINES = "bare", 0.3, 3


@dataclass(slots=True, kw_only=True)
class Page:
    """One gold page, ready to train with and to score; `rows` are those of the model asked last."""

    set: str
    domain: str
    host: str
    truth: dict
    story: Story
    labels: np.ndarray
    weights: np.ndarray
    rows: np.ndarray = field(default_factory=lambda: np.zeros(0))

    @property
    def texts(self) -> list[str]:
        return [line.text for line in self.story.lines]

    @property
    def counted(self) -> FlatPage:
        assert self.story.page is not None
        return self.story.page


def main(arguments: list[str]) -> int:
    """Train and score; write when asked to."""
    if not arguments or not Path(arguments[0]).is_dir():
        print("usage: python -m tests.quality.train_flattened GOLD [--write]")
        return 2
    pages = list(read_gold(Path(arguments[0])))
    print(f"{len(pages)} flattened pages, out of fold:", flush=True)
    report("prose alone", pages, [apply_rules(settle(page.story)[0], page.host, Cuts()).kept for page in pages])
    models = train(pages)
    if "--write" in arguments:
        save(judging.MODELS, models)
    return 0


def read_gold(gold: Path) -> Iterator[Page]:
    """The pages of all sets."""
    for page in read_all(gold, WEIGHT_OF_SET, read_page):
        yield page
        if (bare := bare_copy(page)) is not None:
            yield bare


def read_page(name: str, body: bytes, url: str, truth: dict) -> Page | None:
    """A flattened page with the truth of its lines; None when there is no prose on it."""
    document = read_document(body, "text/html")
    if not isinstance(document, Document) or document.tree is None:
        return None
    lines = text_lines(flatten(document.tree))
    story = rough_story(lines)
    if story.page is None:
        return None
    if "text" in truth:
        labels, weights = label_text(lines, truth["text"])
        words = story.page.column("words")
        # where the truth is far shorter than the prose on the page, it is cut short
        weights = weights * min(1.0, (words @ labels + 50) / (words[story.rough].sum() + 50))
    else:
        labels, weights = label_segments(lines, truth)
        article = read_html(document.tree, url)
        if isinstance(article, Article):
            found, weighed = label_text(lines, article.body.text)
            labels = np.where(weights > 0, labels, found)
            weights = weights + WEIGHT_OF_CLEANED * weighed
    return Page(
        set=name,
        domain=get_fld(url, fail_silently=True) or url,
        host=host_of(url),
        truth=truth,
        story=story,
        labels=labels,
        weights=weights * WEIGHT_OF_SET[name] * sampled(story.page, labels),
    )


def bare_copy(page: Page) -> Page | None:
    """The story alone, as feeds deliver it, with blank lines or without; None where no person says what it is."""
    lines = [page.story.lines[index] for index in np.flatnonzero(page.labels)]
    if "text" not in page.truth or len(lines) < MIN_BARE_LINES:
        return None
    headline = page.truth.get("headline") or ""
    blank = "\n\n" if len(lines) % 2 else "\n"
    story = rough_story(text_lines(blank.join([headline, *(line.text for line in lines)])))
    if story.page is None or len(story.lines) != len(lines) + bool(headline):
        return None
    above = [0.0] * bool(headline)
    return replace(
        page,
        set=BARE,
        story=story,
        labels=np.array([*above, *np.ones(len(lines))]),
        weights=np.array([*above, *(WEIGHT_OF_BARE * page.weights[page.labels > 0])]),
    )


def sampled(page: FlatPage, labels: np.ndarray) -> np.ndarray:
    """What each line weighs by where it stands: some of those far from any prose stand for all of them."""
    near = np.convolve((page.credited > 0) | (labels > 0), np.ones(2 * FAR + 1))[FAR:-FAR] > 0
    chosen = np.random.default_rng(len(labels)).random(len(labels)) < SHARE_OF_FAR
    return np.where(near, 1.0, np.where(chosen, 1 / SHARE_OF_FAR, 0.0))


def train(pages: Sequence[Page]) -> dict[str, np.ndarray]:
    """The arrays of the three models, each trained with the answers that the one before it gave out of fold."""
    for page in pages:
        page.rows = page.counted.columns.matrix()
    models = named(judging.FIRST, fit_lines(pages, FIRST), pages[0].counted.columns.names)
    for page, scores in zip(pages, out_of_fold(pages, FIRST), strict=True):
        page.story = scored(page.story, scores)
    models |= train_headline(pages)
    rules = [apply_rules(settle(page.story)[0], page.host, Cuts()) for page in pages]
    report("first judge", pages, [cleaned.kept for cleaned in rules])
    for page, cleaned in zip(pages, rules, strict=True):
        columns = context_features(page.counted, page.story.scores, page.story.headline_at, cleaned.cuts.by_line)
        page.rows = columns.matrix()
        page.weights[list(cleaned.cuts.by_line)] = 0
    models |= named(judging.SECOND, fit_lines(pages, SECOND), columns.names)
    kept = [
        decide(page.story, settle(page.story)[0], page.host, cleaned, scores).kept
        for page, cleaned, scores in zip(pages, rules, out_of_fold(pages, SECOND), strict=True)
    ]
    report("second judge", pages, kept)
    return models


def train_headline(pages: Sequence[Page]) -> dict[str, np.ndarray]:
    """The arrays of the model that finds the headline; every page gets the one found out of fold."""
    rows, labels = [], []
    for page in pages:
        at = headline_lines(page.counted, page.story.scores)
        columns = headline_features(page.counted, page.story.scores, at)
        rows.append(columns.matrix())
        wanted = fold(page.truth.get("headline") or "")
        labels.append(np.array([page.story.lines[each].folded == wanted for each in at], dtype=float))
    known = [number for number, page in enumerate(pages) if page.truth.get("headline") and len(labels[number])]
    right = Counter[str]()
    for number, scores in enumerate(_headline_scores(pages, rows, labels, known)):
        page = pages[number]
        best = judging.best_headline(page.counted, headline_lines(page.counted, page.story.scores), scores)
        page.story = replace(page.story, headline_at=best)
        wanted = fold(page.truth.get("headline") or "")
        right[page.set] += best >= 0 and page.story.lines[best].folded == wanted
    print("headlines right: " + ", ".join(f"{name} {count}" for name, count in right.items()), flush=True)
    trees = fit(np.concatenate([rows[each] for each in known]), np.concatenate([labels[each] for each in known]))
    return named(judging.HEADLINE, trees, columns.names)


def _headline_scores(
    pages: Sequence[Page], rows: Sequence[np.ndarray], labels: Sequence[np.ndarray], known: Sequence[int]
) -> list[np.ndarray]:
    scores = [np.zeros(0)] * len(pages)
    for number in range(FOLDS):
        chosen = [each for each in known if fold_of(pages[each].domain) != number]
        trees = fit(np.concatenate([rows[each] for each in chosen]), np.concatenate([labels[each] for each in chosen]))
        for each, page in enumerate(pages):
            if fold_of(page.domain) == number and len(rows[each]):
                scores[each] = trees.predict_proba(rows[each])[:, 1]
    return scores


def out_of_fold(pages: Sequence[Page], size: dict[str, int]) -> list[np.ndarray]:
    """The scores of every page's lines, by trees that saw no page of its domain."""
    scores = [np.zeros(0)] * len(pages)
    for number in range(FOLDS):
        trees = fit_lines([page for page in pages if fold_of(page.domain) != number], size)
        for each, page in enumerate(pages):
            if fold_of(page.domain) == number:
                scores[each] = trees.predict_proba(page.rows)[:, 1]
    return scores


def fit_lines(pages: Sequence[Page], size: dict[str, int]) -> object:
    """The trees for the lines of these pages."""
    masks = [page.weights > 0 for page in pages]
    rows = np.concatenate([page.rows[mask] for page, mask in zip(pages, masks, strict=True)])
    labels = np.concatenate([page.labels[mask] for page, mask in zip(pages, masks, strict=True)])
    weights = np.concatenate([page.weights[mask] for page, mask in zip(pages, masks, strict=True)])
    return fit(rows, labels, weights / weights.mean(), size)


def fit(
    rows: np.ndarray, labels: np.ndarray, weights: np.ndarray | None = None, size: dict[str, int] = HEADLINE
) -> object:
    """Trees for rows and their labels."""
    from catboost import CatBoostClassifier

    return CatBoostClassifier(**OPTIONS, **size).fit(rows, labels, sample_weight=weights)


def named(prefix: str, trees: object, names: Sequence[str]) -> dict[str, np.ndarray]:
    """A model's arrays, as they are called in the file."""
    return {prefix + name: array for name, array in arrays(trees, names).items()}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
