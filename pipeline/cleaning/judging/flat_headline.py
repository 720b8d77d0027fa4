"""What the model that finds the headline of flattened text asks of each line that may be it."""

import numpy as np
from numpy.typing import NDArray

from pipeline.cleaning.judging.columns import Columns, shift
from pipeline.cleaning.judging.flat_context import LIKELY, SURE
from pipeline.cleaning.judging.flat_features import FlatPage
from pipeline.cleaning.judging.places import Numbers
from pipeline.text import ends_sentence

REACH_ABOVE, REACH_BELOW = 60, 1
"""Lines above and below the first sure line of the story among which its headline is looked for."""
MIN_LETTERS, MAX_LETTERS, MIN_WORDS = 8, 250, 2
LEAD_LINES = 5
"""Lines of the story that are nearest to what its headline says."""
OF_LINE = (
    "length",
    "words",
    "word_length",
    "capital_share",
    "digit_share",
    "mark_share",
    "glued",
    "sentence",
    "copies",
    "same_start",
    "same_end",
    "gap_before",
    "gap_after",
    "group_lines",
    "group_left",
    "phrase_words",
    "date",
    "at_line",
    "length_at_-1",
    "length_at_1",
    "digit_at_1",
)


def headline_lines(page: FlatPage, scores: Numbers) -> NDArray[np.intp]:
    """The lines that may be the headline."""
    start = _start(scores)
    near = range(max(0, start - REACH_ABOVE), min(len(scores), start + REACH_BELOW + 1))
    words = page.column("words")
    fit = [at for at in near if MIN_LETTERS <= page.length[at] <= MAX_LETTERS and words[at] >= 1]
    return np.array(fit, dtype=np.intp)


def _start(scores: Numbers) -> int:
    for bar in (SURE, LIKELY):
        found = np.flatnonzero(scores > bar)
        if len(found):
            return int(found[0])
    return int(np.argmax(scores))


def headline_features(page: FlatPage, scores: Numbers, at: NDArray[np.intp]) -> Columns:
    """The columns of those lines: of themselves, of what they share with the story, and how they rank in both."""
    columns = Columns()
    for name in OF_LINE:
        columns.add(name, np.asarray(page.column(name), dtype=float)[at])
    taken = (scores > LIKELY).astype(float)
    lead = taken * (np.cumsum(taken) <= LEAD_LINES)
    columns.add("score", scores[at])
    columns.add("score_before", shift(scores, -1)[at])
    columns.add("score_after", shift(scores, 1)[at])
    start = _start(scores)
    first = int(np.argmax(scores > LIKELY)) if taken.any() else start
    columns.add("above_start", start - at)
    columns.add("above_first", first - at)
    columns.add("is_sentence", np.array([ends_sentence(page.lines[each].text) for each in at], dtype=float))
    folded = [line.folded.replace(" ", "") for line in page.lines[: int(at[-1]) + 1]] if len(at) else []
    columns.add("ends_other", np.array([_ends_other(folded, int(each)) for each in at], dtype=float))
    sizes = page.vocabulary.sizes[at]
    for name, chosen in (("story", taken), ("lead", lead)):
        shared = page.vocabulary.shared(chosen)[at]
        count = np.maximum(shared, 0) * sizes
        columns.add(f"{name}_words", shared)
        columns.add(f"{name}_count", count)
        for measure, values in (("words", shared), ("count", count)):
            columns.add(f"{name}_{measure}_rank", values - values.max(initial=-1))
    for name in ("length", "copies"):
        values = np.asarray(page.column(name), dtype=float)[at]
        columns.add(f"{name}_rank", values - values.max(initial=0))
    return columns


def _ends_other(folded: list[str], index: int) -> bool:
    """Whether a line above ends with this one, as a glued breadcrumb does."""
    text = folded[index]
    return any(each.endswith(text) and each != text for each in folded[max(0, index - REACH_ABOVE) : index])
