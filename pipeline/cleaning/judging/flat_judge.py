"""The learned judge of flattened lines: which of them are the story, and which one is its headline.

Three models, asked one after the other: the first scores each line by itself and what stands around it; the second
finds the headline by what it shares with the lines that score well; the third scores each line again with the scores
of all others, the headline and the rules' cuts before it. All are oblivious trees as in `judge`, trained by
`tests/quality/train_flattened.py`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.cleaning.judging.flat_context import LIKELY
from pipeline.cleaning.judging.flat_features import FlatPage
from pipeline.cleaning.judging.flat_headline import headline_features, headline_lines
from pipeline.cleaning.judging.judge import Model, read_model, reasons, usual_line
from pipeline.cleaning.judging.places import Numbers
from pipeline.cleaning.rules.lookup import HOME_WORDS

MODELS = Path(__file__).with_name("flat_judge.npz")
FIRST, HEADLINE, SECOND = "first_", "headline_", "second_"
"""How the arrays of each model begin in the file."""
KEEP_ABOVE = 0.45
"""Score; calibrated out of fold."""
MIN_HEADLINE_SCORE = 0.1
"""Below it no line is the headline."""
NEAR = 10
"""Lines between two copies of the headline, or between it and the breadcrumb that runs into it."""
MAX_EXPLAINED = 20
"""Runs of cut lines of which the ledger tells the reasons; the others have their score."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FlatModels:
    """The three models of the committed file."""

    first: Model
    headline: Model
    second: Model


@cache
def models() -> FlatModels:
    """The committed models."""
    with np.load(MODELS, allow_pickle=False) as data:
        return FlatModels(
            first=read_model(data, FIRST),
            headline=read_model(data, HEADLINE),
            second=read_model(data, SECOND),
        )


def warm_for_many() -> None:
    """Load the models, for pages without tags."""
    models()


def first_scores(page: FlatPage) -> Numbers:
    """The score of each line by itself and what stands around it."""
    return models().first.scores(page.columns.matrix())


def headline_at(page: FlatPage, scores: Numbers) -> int:
    """The line that is the headline of the lines that score well; -1 when none looks like it."""
    at = headline_lines(page, scores)
    if not len(at):
        return -1
    return best_headline(page, at, models().headline.scores(headline_features(page, scores, at).matrix()))


def best_headline(page: FlatPage, at: NDArray[np.intp], scores: Numbers) -> int:
    """The line with the highest score, if that is high enough: its first copy, and not the breadcrumb glued to it."""
    best = int(np.argmax(scores)) if len(at) else -1
    if best < 0 or scores[best] < MIN_HEADLINE_SCORE:
        return -1
    found = page.lines[at[best]]
    near = [int(each) for each in at if abs(each - at[best]) <= NEAR]
    if found.text.casefold().startswith(HOME_WORDS):
        glued = found.folded.replace(" ", "")
        ends = [each for each in near if glued.endswith(page.lines[each].folded.replace(" ", ""))]
        found = min((page.lines[each] for each in ends), key=lambda line: len(line.folded), default=found)
    return next(each for each in near if page.lines[each].folded == found.folded)


def taken_lines(scores: Numbers) -> tuple[int, ...]:
    """The lines that the first model takes for the story."""
    return tuple(np.flatnonzero(scores > LIKELY).tolist())


def explained(rows: NDArray[np.float32], scores: Numbers, kept: Sequence[int], cut: Sequence[int]) -> Mapping[int, str]:
    """Why lines were cut: of each run of them the first one's score and reasons."""
    usual = usual_line(rows, kept)
    starts = [index for index in cut if index - 1 not in cut]
    details = {index: f"{scores[index]:.2f}" for index in starts}
    if told := starts[:MAX_EXPLAINED]:
        for index, why in zip(told, reasons(models().second, rows[told], usual), strict=True):
            details[index] += f": {why}"
    return details
