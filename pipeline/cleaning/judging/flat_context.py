"""What the second judge of flattened lines asks: the first one's scores of the lines around, headline, rules' cuts.

A line that is well written in bad company is no story, and a poor one in good company is: that needs every line's
score first.
"""

from collections.abc import Collection, Sequence

import numpy as np

from pipeline.cleaning.blocks import Line
from pipeline.cleaning.judging.columns import FAR, Columns, flags_of, lines_since, mean_around, shift
from pipeline.cleaning.judging.flat_features import (
    FlatPage,
    add_distance,
    add_likeness,
    add_runs,
    best_sum,
    sum_before,
)
from pipeline.cleaning.judging.places import Numbers

LIKELY, SURE = 0.5, 0.8
"""Scores of a line that is taken for the story, and of one that the others are compared with."""
BARS = (0.35, 0.5, 0.65)
"""Scores above which a line counts for a stretch."""
MAX_LENGTH = 400
"""Characters that one line counts for a stretch at most."""


def context_features(page: FlatPage, scores: Numbers, headline_at: int, cut: Collection[int]) -> Columns:
    """The columns of the first model and those that build on its scores."""
    columns = Columns(page.columns)
    size = len(scores)
    gone = flags_of(size, cut)
    scores = np.where(gone > 0, 0.0, scores)
    columns.add("score", scores)
    _around(columns, page.length, scores)
    _stretches(columns, page.length, scores)
    add_runs(columns, "taken", scores > LIKELY, page.length)
    sure = (scores > SURE).astype(float)
    columns.add("since_sure", lines_since(sure))
    columns.add("until_sure", lines_since(sure[::-1])[::-1])
    columns.add("since_cut", lines_since(gone))
    columns.add("until_cut", lines_since(gone[::-1])[::-1])
    add_likeness(columns, "sure", page, sure)
    _headline(columns, page.lines, headline_at)
    taken = scores > LIKELY
    weight = page.length * scores
    running = np.cumsum(weight)
    columns.add("taken_before", (running - weight) / max(running[-1], 1))
    for name, value in (
        ("taken_share", (taken * page.length).sum() / max(page.length.sum(), 1)),
        ("taken_lines", taken.sum()),
        ("taken_length", (taken * page.length).sum()),
        ("taken_score", scores[taken].mean() if taken.any() else 0.0),
        ("best_score", scores.max()),
    ):
        columns.add(f"page_{name}", np.full(size, float(value)))
    return columns


def _around(columns: Columns, length: Numbers, scores: Numbers) -> None:
    for by in (-3, -2, -1, 1, 2, 3):
        columns.add(f"score_at_{by}", shift(scores, by))
    for reach in (2, 5, 12, 30):
        columns.add(f"score_within_{reach}", mean_around(scores, reach))
        weighed = mean_around(scores * length, reach) / np.maximum(mean_around(length, reach), 1)
        columns.add(f"weight_within_{reach}", weighed)
    for reach in (5, 15):
        columns.add(f"score_last_{reach}", sum_before(scores, reach))
        columns.add(f"score_next_{reach}", sum_before(scores[::-1], reach)[::-1])


def _stretches(columns: Columns, length: Numbers, scores: Numbers) -> None:
    size = len(scores)
    for bar in BARS:
        first, last = best_sum((scores - bar) * np.minimum(length, MAX_LENGTH))
        add_distance(columns, f"likely_{bar}", first, last, size)
    add_distance(columns, "likely", *best_sum(scores - LIKELY), size)


def _headline(columns: Columns, lines: Sequence[Line], headline_at: int) -> None:
    size = len(lines)
    at = np.arange(size)
    known = headline_at >= 0
    columns.add("after_headline", np.clip(at - headline_at, -FAR, FAR) if known else np.full(size, 2.0 * FAR))
    words = set(lines[headline_at].folded.split()) if known else set()
    columns.add("headline_words", np.array([_common_words(line.folded, words) for line in lines]))


def _common_words(folded: str, headline: set[str]) -> float:
    """The share of words that a line and a headline have in common."""
    if not headline or len(folded) > 250:
        return 0.0
    words = set(folded.split())
    return len(words & headline) / max(len(words), len(headline))
