"""Tells pages that are no article from those that are: lists, collections, products, forums.

Two judges that know nothing of each other are asked and their mean counts: trees over the page's layout, and the words
of its URL, title and markup, each with a weight for each kind. `tests/quality/train_kinds.py` trains both. A page that
declares itself a NewsArticle and shows a story is not asked: of 313 real pages of the refused kinds none does.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.cleaning.judging.judge import Model, read_model
from pipeline.cleaning.judging.line_features import PROSE_LENGTH, Evidence
from pipeline.cleaning.kinds.layout import TYPES, layout_of
from pipeline.cleaning.kinds.marks import marks_of
from pipeline.cleaning.kinds.sight import see
from pipeline.cleaning.metadata.scan import Scan
from pipeline.errors import Drop, Reason
from pipeline.text import excerpt

MODEL = Path(__file__).with_name("kinds.npz")
ARTICLE = "article"
REASONS = {
    "listing": Reason.LISTING,
    "collection": Reason.COLLECTION,
    "product": Reason.PRODUCT,
    "forum": Reason.FORUM,
}
REFUSE_ABOVE = 0.46
"""Mean of the two; calibrated out of fold: 5 of 1286 real articles are refused, and 85 % of the refused kinds; over
seven divisions into folds 6.3 and 85 %. At 0.40 it would be 87 %, and 8 articles."""
MIN_REFUSED = 0.05
"""Where its words make less of the refused kinds, the page's layout is not asked, which would have to be surer than it
is of any such page: out of fold and on the gold pages the same ones are refused without it."""
MIN_LINES = 10
"""Lines of a page that shows enough of its kind to be refused for it: bare documents were learned from nowhere."""
MIN_NEWS_PROSE = 600
"""Characters of prose that stays, from which a declared NewsArticle is believed."""
MIN_TITLES = 15
"""Linked titles of a list that is an index of stories."""
MIN_SHARE = 0.1
"""Likeness that is told to later stages."""
MAX_MARKS = 3
_SIGHTS = {
    "listing": (("titles", "linked titles"), ("cards", "lines of one make")),
    "collection": (("prices", "prices"), ("cards", "lines of one make")),
    "product": (("prices", "prices"), ("says_product", "lines of a shop")),
    "forum": (("says_forum", "lines of a forum"), ("cards", "lines of one make")),
}
"""Numbers of the layout that stand in the evidence of each kind."""
_NEWS_TYPES = frozenset(TYPES["news"].split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What each mark weighs for each kind: rows of `weights` by mark, columns by kind, in `1 / scale`."""

    vocabulary: Mapping[str, int]
    kinds: tuple[str, ...]
    weights: NDArray[np.int16]
    biases: NDArray[np.int32]
    scale: int

    def shares(self, marks: Sequence[int]) -> NDArray[np.float64]:
        """The probability of each kind."""
        raw = self.weights.take(marks, axis=0).sum(axis=0, dtype=np.int64) + self.biases
        powers = np.exp((raw - raw.max()) / self.scale)
        shares: NDArray[np.float64] = powers / powers.sum()
        return shares


@dataclass(frozen=True, slots=True, kw_only=True)
class KindModel:
    """Both judges, and the trees that tell the refused kinds apart."""

    trees: Model
    names: Mapping[str, Model]
    words: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class KindJudgement:
    """What the judges say: how like each kind the words of the page are, and the Drop of a refused one."""

    shares: Mapping[str, float]
    drop: Drop | None = None


def judge_kind(scan: Scan, url: str, evidence: Evidence) -> KindJudgement:
    """Judge a page. A list, a collection, a product or a forum is dropped; all that may be an article is not."""
    if shows_news(evidence):
        return KindJudgement(shares={})
    page = see(scan, url, evidence)
    if not page.lines:
        return KindJudgement(shares={})
    learned = model()
    found = learned.words.vocabulary.keys() & marks_of(page)
    marks = list(map(learned.words.vocabulary.__getitem__, found))
    shares = dict(zip(learned.words.kinds, learned.words.shares(marks).tolist(), strict=True))
    told = {kind: round(share, 2) for kind, share in sorted(shares.items()) if share >= MIN_SHARE}
    if refused_share(shares) < MIN_REFUSED or len(page.lines) < MIN_LINES:
        return KindJudgement(shares=told)
    numbers = layout_of(page)
    row = np.array([list(numbers.values())], dtype=np.float32)
    score = score_of(float(learned.trees.scores(row)[0]), shares)
    if score <= REFUSE_ABOVE:
        return KindJudgement(shares=told)
    kind = kind_named(learned, row, shares)
    reason = Reason.INDEX_PAGE if kind == "listing" and numbers["titles"] >= MIN_TITLES else REASONS[kind]
    signs = [*_seen(kind, numbers), *_telling(kind, found, learned.words)]
    drop = Drop(reason=reason, evidence=excerpt(f"{score:.2f} for {kind}: {'; '.join(signs) or 'its layout'}"))
    return KindJudgement(shares=told, drop=drop)


def shows_news(evidence: Evidence) -> bool:
    """Whether the page declares itself news and shows it."""
    if _NEWS_TYPES.isdisjoint(evidence.metadata.declared_types):
        return False
    lines = evidence.view.lines
    return sum(size for at in evidence.settled if (size := len(lines[at].text)) > PROSE_LENGTH) >= MIN_NEWS_PROSE


def score_of(of_layout: float, shares: Mapping[str, float]) -> float:
    """How likely it is that the page is of a refused kind."""
    return (of_layout + refused_share(shares)) / 2


def refused_share(shares: Mapping[str, float]) -> float:
    """How likely it is by the page's words that it is of a refused kind, and no article."""
    refused = sum(shares[kind] for kind in REASONS)
    return refused / max(refused + shares[ARTICLE], 1e-9)


def kind_named(learned: KindModel, row: NDArray[np.float32], shares: Mapping[str, float]) -> str:
    """Which of the refused kinds a page is, once it is one of them: by its layout and its words alike."""
    of_layout = {kind: float(learned.names[kind].scores(row)[0]) for kind in REASONS}
    total, refused = sum(of_layout.values()), sum(shares[kind] for kind in REASONS)
    return max(REASONS, key=lambda kind: of_layout[kind] / max(total, 1e-9) + shares[kind] / max(refused, 1e-9))


def _seen(kind: str, numbers: Mapping[str, float]) -> list[str]:
    """What of the layout a reader would see at once."""
    return [f"{numbers[name]:.0f} {words}" for name, words in _SIGHTS[kind] if numbers[name] > 1]


def _telling(kind: str, found: Iterable[str], words: Words) -> list[str]:
    """The marks that speak most for the kind and against an article."""
    for_kind, for_article = words.kinds.index(kind), words.kinds.index(ARTICLE)
    gains = {
        mark: int(words.weights[at, for_kind]) - int(words.weights[at, for_article])
        for mark in found
        for at in (words.vocabulary[mark],)
    }
    best = sorted(gains, key=lambda mark: (-gains[mark], mark))[:MAX_MARKS]
    return [mark for mark in best if gains[mark] > 0]


@cache
def model() -> KindModel:
    """The committed model."""
    with np.load(MODEL, allow_pickle=False) as data:
        return read_kinds(data)


def warm() -> None:
    """Load the model."""
    model()


def read_kinds(data: Mapping[str, NDArray[Any]]) -> KindModel:
    """Both judges, from their arrays."""
    names = {kind: read_model(data, f"{kind}_") for kind in REASONS}
    return KindModel(trees=read_model(data, "layout_"), names=names, words=_read_words(data))


def _read_words(data: Mapping[str, NDArray[Any]]) -> Words:
    return Words(
        vocabulary={mark: number for number, mark in enumerate(str(data["marks"]).split("\n"))},
        kinds=tuple(str(data["kinds"]).split()),
        weights=data["weights"],
        biases=data["biases"],
        scale=int(data["words_scale"]),
    )
