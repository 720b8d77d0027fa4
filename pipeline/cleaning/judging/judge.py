"""The learned judge: what rules leave open, trees over one pass of line features decide.

It sees trafilatura's choice and what rules and recovery made of them, and may cut a line that
stayed or rescue one that was lost. Named rules come first: what they cut it never sees again. `tests/quality/train.py`
trains it; the trees are oblivious (each level asks one question), so that all lines are asked at once, and their
values are integers, so that every machine adds them up alike.
"""

import ctypes
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.cleaning.blocks import Line
from pipeline.cleaning.judging.line_features import NAMES, Evidence, features
from pipeline.native.library import function
from pipeline.records import BlockKind

LEARNED = "learned"
"""What the ledger calls a line that the judge cut."""
MODEL = Path(__file__).with_name("judge.npz")
_SETTLED, _CUT, COPIES = map(NAMES.index, ("settled", "cut", "copies"))
"""Columns."""
CUT_BELOW, RESCUE_ABOVE = 0.4, 0.5
"""Scores; calibrated out of fold, each alone, on pages with and without `NewsArticle`: no family wants its own."""
MAX_CUT_SHARE = 0.3
"""As of any rule: cuts that would take more of the text than this are not made, none of them."""
MAX_CUT_LINES = 120
"""A longer story is never cut: of 200 paragraphs the trees took all behind the 75th for what follows a story."""
MAX_COPIES = 2
"""A text that stands on a page more often is never rescued: notes on embedded media read like paragraphs."""
MIN_COPY, COPY_SHARE = 1000, 0.5
"""Characters of a line that may be a copy of the story, and the part of it that stands in other lines of the story."""
REASONS = 2
_REASON_OF_PREFIX = (
    ("page_", ""),
    ("near_", "place"),
    ("in_", "place"),
    ("most_", "place"),
    ("half_", "place"),
    ("lines_", "place"),
    ("mean_length_", "place"),
    ("same_", "kin"),
    ("extracted_before", "position"),
    ("settled_before", "position"),
    ("extracted_", "neighbours"),
    ("settled_", "neighbours"),
    ("prose_", "neighbours"),
    ("extracted", "choice"),
    ("settled", "choice"),
    ("link", "links"),
    ("copies", "repetition"),
    ("copy", "repetition"),
    ("description", "description"),
    ("head_words", "headline"),
    ("says_site", "publisher"),
    ("story_words", "likeness to the story"),
    ("since_", "position"),
    ("until_", "position"),
    ("after_", "position"),
    ("at", "position"),
    ("from_end", "position"),
    ("score", "neighbours"),
    ("weight_", "neighbours"),
    ("taken_", "neighbours"),
    ("likely", "neighbours"),
    ("run_", "neighbours"),
    ("group_", "neighbours"),
    ("sure_", "likeness to the story"),
    ("core_", "likeness to the story"),
    ("stretch_", "position"),
    ("gap_", "blank lines"),
    ("phrase_", "phrase"),
    ("hit", "phrase"),
    ("picture_", "picture"),
)
"""The word for a feature in a reason, by how its name begins; of the rest it is "wording"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """Oblivious trees: `questions` and `borders` by tree and level, `leaves` by tree and answers, in `1 / scale`."""

    names: tuple[str, ...]
    questions: NDArray[np.uint8]
    borders: NDArray[np.float32]
    leaves: NDArray[np.int16]
    bias: int
    scale: int

    def scores(self, rows: NDArray[np.float32]) -> NDArray[np.float64]:
        """The probability of each row that the line belongs to the article."""
        columns = np.ascontiguousarray(rows.T, dtype=np.float32)
        trees, levels = self.questions.shape
        sums = np.empty(columns.shape[1], dtype=np.int32)
        if not _tree_sums(
            columns.ctypes.data,
            *columns.shape,
            self.questions.ctypes.data,
            self.borders.ctypes.data,
            self.leaves.ctypes.data,
            trees,
            levels,
            sums.ctypes.data,
        ):
            raise ValueError(f"trees that ask for more than {len(columns)} columns, or too much: {self.names}")
        scores: NDArray[np.float64] = 1.0 / (1.0 + np.exp(-(sums + self.bias) / self.scale))
        return scores


_tree_sums = function(
    "tree_sums",
    ctypes.c_int,
    ctypes.c_void_p,
    *(ctypes.c_size_t, ctypes.c_size_t),
    *(ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p),
    *(ctypes.c_size_t, ctypes.c_size_t),
    ctypes.c_void_p,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """Which lines stay; why some were cut; which ones were rescued; and every line's score, of those rules cut 0."""

    kept: tuple[int, ...]
    cut: Mapping[int, str]
    rescued: tuple[int, ...]
    scores: NDArray[np.float64]


@cache
def model() -> Model:
    """The committed model."""
    with np.load(MODEL, allow_pickle=False) as data:
        return read_model(data)


def read_model(data: Mapping[str, NDArray[Any]], prefix: str = "") -> Model:
    """The model whose arrays have names that begin so."""
    questions = np.ascontiguousarray(data[f"{prefix}questions"], dtype=np.uint8)
    borders = np.ascontiguousarray(data[f"{prefix}borders"], dtype=np.float32)
    leaves = np.ascontiguousarray(data[f"{prefix}leaves"], dtype=np.int16)
    if borders.shape != questions.shape or leaves.shape != (len(questions), 2 ** questions.shape[1]):
        raise ValueError("the arrays of the trees do not fit together")
    return Model(
        names=tuple(str(data[f"{prefix}names"]).split()),
        questions=questions,
        borders=borders,
        leaves=leaves,
        bias=int(data[f"{prefix}bias"]),
        scale=int(data[f"{prefix}scale"]),
    )


def warm() -> None:
    """Load the model."""
    model()


def judge(lines: Sequence[Line], evidence: Evidence, trees: Model | None = None) -> Judgement:
    """Judge every line of a page that no rule cut; by the committed model when no other is given."""
    settled = tuple(evidence.settled)
    rows = features(lines, evidence)
    trees = trees or model()
    is_settled, is_open = rows[:, _SETTLED] > 0, rows[:, _CUT] == 0
    if not is_open.any():
        return Judgement(kept=settled, cut={}, rescued=(), scores=np.zeros(len(lines)))
    every = trees.scores(rows) * is_open
    doubtful = np.flatnonzero(is_open & is_settled & (every < CUT_BELOW)).tolist()
    doubtful = [index for index in doubtful if not is_tied(lines, index)]
    cut = cuttable([len(line.text) for line in lines], settled, doubtful) if doubtful else ()
    likely = np.flatnonzero(~is_settled & (every > RESCUE_ABOVE)).tolist()
    barred = barred_lines(lines, evidence, rows[:, COPIES], likely)
    rescued = [index for index in likely if index not in barred]
    kept = tuple(sorted({*settled}.difference(cut).union(rescued)))
    if not kept:
        return Judgement(kept=settled, cut={}, rescued=(), scores=every)
    details: dict[int, str] = {}
    if cut:
        why = reasons(trees, rows[list(cut)], usual_line(rows, kept))
        details = {index: f"{every[index]:.2f}: {reason}" for index, reason in zip(cut, why, strict=True)}
    return Judgement(kept=kept, cut=details, rescued=tuple(rescued), scores=every)


def cuttable(lengths: Sequence[int], settled: Sequence[int], cut: Sequence[int]) -> Sequence[int]:
    """The cuts, or none of them when they would take too much, or the story is longer than those learned from."""
    length, taken = (sum(lengths[index] for index in indices) for indices in (settled, cut))
    return () if len(settled) > MAX_CUT_LINES or taken > MAX_CUT_SHARE * length else cut


def is_tied(lines: Sequence[Line], index: int) -> bool:
    """Whether a line goes on with the quote of the line before it: who said it stands there, and is never cut alone."""
    return index > 0 and lines[index].kind is BlockKind.QUOTE and lines[index - 1].kind is BlockKind.QUOTE


def barred_lines(
    lines: Sequence[Line], evidence: Evidence, copies: NDArray[np.float32], asked: Iterable[int]
) -> set[int]:
    """Those of the lines that are never rescued: above the headline, with a phrase that rules look for, said already.

    `copies` is that column. Out of fold this costs nothing on the gold pages, and it keeps weather and captions out of
    pages unlike them.
    """
    hits, headline_at = evidence.view.hits, evidence.view.headline_at
    return {
        index
        for index in asked
        if index < headline_at or hits[index] or copies[index] > MAX_COPIES or _is_said(lines, index, evidence.settled)
    }


def _is_said(lines: Sequence[Line], index: int, story: Sequence[int]) -> bool:
    """Whether a long line holds much of the story again: pages keep a hidden copy of it in one piece."""
    text = lines[index].squeezed
    if len(text) < MIN_COPY:
        return False
    said = (lines[at].squeezed for at in story if at < len(lines))
    return sum(len(each) for each in said if each in text) > COPY_SHARE * len(text)


def usual_line(rows: NDArray[np.float32], kept: Sequence[int]) -> NDArray[np.float32]:
    """The median of each column over the lines that are kept; as `np.median` has it, in half the time."""
    ordered = np.sort(rows.T[:, list(kept)], axis=1)
    usual: NDArray[np.float32] = (ordered[:, (len(kept) - 1) // 2] + ordered[:, len(kept) // 2]) / np.float32(2)
    return usual


def reasons(trees: Model, rows: NDArray[np.float32], usual: NDArray[np.float32]) -> list[str]:
    """What speaks most against each row: the groups of features that, as they are in a usual line, would raise it."""
    groups, changed = _groups(trees.names)
    variants = np.where(changed, usual, rows[:, None])
    scores = trees.scores(variants.reshape(-1, rows.shape[1])).reshape(len(rows), -1)
    found = []
    for gains in (scores[:, :1] - scores[:, 1:]).tolist():
        most = sorted(zip(gains, groups, strict=True))[:REASONS]
        found.append(", ".join(name for gain, name in most if gain < 0) or "everything together")
    return found


@cache
def _groups(names: tuple[str, ...]) -> tuple[tuple[str, ...], NDArray[np.bool_]]:
    """The groups of features, and for none and for each of them which columns it has."""
    of = [next((word for prefix, word in _REASON_OF_PREFIX if name.startswith(prefix)), "wording") for name in names]
    groups = tuple(dict.fromkeys(filter(None, of)))
    return groups, np.array([[False] * len(of), *([name == group for name in of] for group in groups)])
