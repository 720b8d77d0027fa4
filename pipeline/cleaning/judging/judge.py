"""The learned judge: what rules leave open, trees over one pass of line features decide.

It sees trafilatura's choice and what rules and recovery made of them, and may cut a line that
stayed or rescue one that was lost. Named rules come first: what they cut it never sees again. `tests/quality/train.py`
trains it; the trees are oblivious (each level asks one question), so that a page takes three numpy steps, and their
values are integers, so that every machine adds them up alike.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.cleaning.blocks import Line
from pipeline.cleaning.judging.line_features import Evidence, features
from pipeline.records import BlockKind

LEARNED = "learned"
"""What the ledger calls a line that the judge cut."""
MODEL = "judge.npz"
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
        trees, levels = self.questions.shape
        # a feature at a time, and a tree's answers as the bits of a byte: four times as fast as a line at a time
        columns = np.ascontiguousarray(rows.T)
        answers = columns.take(self.questions.ravel(), axis=0) > self.borders.reshape(-1, 1)
        bits = answers.view(np.uint8).reshape(trees, levels, len(rows))
        leaf = bits[:, 0].copy()
        for level in range(1, levels):
            leaf |= bits[:, level] << level
        starts = np.arange(trees)[:, None] * self.leaves.shape[1]
        raw = self.leaves.ravel().take(starts + leaf).sum(axis=0, dtype=np.int64) + self.bias
        scores: NDArray[np.float64] = 1.0 / (1.0 + np.exp(-raw / self.scale))
        return scores


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
    with (files("pipeline.cleaning.judging") / MODEL).open("rb") as file, np.load(file, allow_pickle=False) as data:
        return read_model(data)


def read_model(data: Mapping[str, NDArray[Any]], prefix: str = "") -> Model:
    """The model whose arrays have names that begin so."""
    return Model(
        names=tuple(str(data[f"{prefix}names"]).split()),
        questions=data[f"{prefix}questions"],
        borders=data[f"{prefix}borders"],
        leaves=data[f"{prefix}leaves"],
        bias=int(data[f"{prefix}bias"]),
        scale=int(data[f"{prefix}scale"]),
    )


def warm() -> None:
    """Load the model."""
    model()


def judge(lines: Sequence[Line], evidence: Evidence, trees: Model | None = None) -> Judgement:
    """Judge every line of a page that no rule cut; by the committed model when no other is given."""
    settled = tuple(evidence.settled)
    columns = features(lines, evidence)
    rows = columns.matrix()
    trees = trees or model()
    every = np.zeros(len(lines))
    open_lines = np.array([index for index in range(len(lines)) if index not in evidence.cut], dtype=np.intp)
    if not len(open_lines):
        return Judgement(kept=settled, cut={}, rescued=(), scores=every)
    every[open_lines] = trees.scores(rows[open_lines])
    scores = dict(zip(open_lines.tolist(), every[open_lines].tolist(), strict=True))
    stays = set(settled)
    barred = barred_lines(lines, evidence)
    lengths = [len(line.text) for line in lines]
    tied = tied_lines(lines)
    doubtful = [index for index in settled if index in scores and scores[index] < CUT_BELOW and not tied[index]]
    cut = cuttable(lengths, settled, doubtful)
    rescued = [
        index for index, score in scores.items() if score > RESCUE_ABOVE and index not in stays and not barred[index]
    ]
    kept = tuple(sorted(stays.difference(cut).union(rescued)))
    if not kept:
        return Judgement(kept=settled, cut={}, rescued=(), scores=every)
    usual = np.median(rows[list(kept)], axis=0) if cut else rows[0]
    details = {index: f"{scores[index]:.2f}: {reasons(trees, rows[index], usual)}" for index in cut}
    return Judgement(kept=kept, cut=details, rescued=tuple(rescued), scores=every)


def cuttable(lengths: Sequence[int], settled: Sequence[int], cut: Sequence[int]) -> Sequence[int]:
    """The cuts, or none of them when they would take too much, or the story is longer than those learned from."""
    length = sum(lengths[index] for index in settled)
    taken = sum(lengths[index] for index in cut)
    return () if len(settled) > MAX_CUT_LINES or taken > MAX_CUT_SHARE * length else cut


def tied_lines(lines: Sequence[Line]) -> list[bool]:
    """Whether a line goes on with the quote of the line before it: who said it stands there, and is never cut alone."""
    return [
        index > 0 and line.kind is BlockKind.QUOTE and lines[index - 1].kind is BlockKind.QUOTE
        for index, line in enumerate(lines)
    ]


def barred_lines(lines: Sequence[Line], evidence: Evidence) -> list[bool]:
    """Whether a line is never rescued: above the headline, with a phrase that rules look for, or said already.

    Out of fold this costs nothing on the gold pages, and it keeps weather and captions out of pages unlike them.
    """
    copies = Counter(line.squeezed for line in lines)
    hits, headline_at = evidence.view.hits, evidence.view.headline_at
    story = [lines[index].squeezed for index in evidence.settled if index < len(lines)]
    return [
        index < headline_at or bool(hits[index]) or copies[line.squeezed] > MAX_COPIES or _is_said(line, story)
        for index, line in enumerate(lines)
    ]


def _is_said(line: Line, story: Sequence[str]) -> bool:
    """Whether a long line holds much of the story again: pages keep a hidden copy of it in one piece."""
    if len(line.squeezed) < MIN_COPY:
        return False
    return sum(len(text) for text in story if text in line.squeezed) > COPY_SHARE * len(line.squeezed)


def reasons(trees: Model, row: NDArray[np.float32], usual: NDArray[np.float32]) -> str:
    """What speaks most against a line: the groups of features that, as they are in a usual line, would raise it."""
    groups = _groups(trees.names)
    variants = np.tile(row, (len(groups) + 1, 1))
    for number, columns in enumerate(groups.values(), 1):
        variants[number, columns] = usual[columns]
    scores = trees.scores(variants)
    gains = sorted(zip((scores[0] - scores[1:]).tolist(), groups, strict=True))
    return ", ".join(name for gain, name in gains[:REASONS] if gain < 0) or "everything together"


@cache
def _groups(names: tuple[str, ...]) -> dict[str, list[int]]:
    groups: dict[str, list[int]] = {}
    for number, name in enumerate(names):
        reason = next((word for prefix, word in _REASON_OF_PREFIX if name.startswith(prefix)), "wording")
        if reason:
            groups.setdefault(reason, []).append(number)
    return groups
