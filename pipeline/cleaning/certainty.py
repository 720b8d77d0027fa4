"""How sure the cleaning is of the text that it chose: numbers from which annotate tells the article's quality.

The learned judge's scores are probabilities, so they say what to expect of the lines: how much of the body is none of
the story, and how much of the story is not in the body.
"""

from collections.abc import Collection, Sequence

import numpy as np

from pipeline.cleaning.blocks import Line
from pipeline.cleaning.judging.places import Numbers
from pipeline.records import Certainty

UNDECIDED = 0.15
"""Scores between this and its complement are doubt. Out of fold the rank correlation of doubt with the true F1 is
-.60; -.57 with 0.05 and -.58 with 0.2."""
DIGITS = 4


def certainty(
    lines: Sequence[Line],
    kept: Collection[int],
    scores: Numbers | None,
    choices: Sequence[Collection[int]],
    cut: Collection[int],
) -> Certainty:
    """What is to be told of a page with this body; `choices` are the lines that each way of finding the story took.

    A way that found nothing has no opinion. A line that a named rule cut is decided, whatever its score.
    """
    length = np.array([len(line.text) for line in lines], dtype=float)
    taken = [set(each) for each in (*choices, kept) if each]
    common, either = set.intersection(*taken), set.union(*taken)
    agreement = _share(length[list(common)].sum(), length[list(either)].sum())
    if scores is None or len(scores) != len(lines):
        return Certainty(agreement=agreement)
    body = list(kept)
    scores = scores.copy()
    scores[[index for index in cut if index not in taken[-1]]] = 0.0
    story = length * scores
    found, size, whole = story[body].sum(), length[body].sum(), story.sum()
    doubt = length[(scores > UNDECIDED) & (scores < 1 - UNDECIDED)].sum()
    return Certainty(
        agreement=agreement,
        boilerplate=_share(size - found, size),
        left_out=_share(whole - found, whole),
        doubt=_share(doubt, size),
    )


def _share(part: float, whole: float) -> float:
    return round(min(1.0, max(0.0, float(part / whole))), DIGITS) if whole > 0 else 0.0
