"""The figures that say how well pages were read, all 0..1, and where an answer differs from the truth.

A word is a run of letters, digits and underscores (`\\w+`). A shingle is four words in a row; a text of fewer words is
one shingle. Shingles are counted with repetition, so a paragraph that stands there twice counts twice.

    shingle_p    mean over pages of |answer ∩ truth| / |answer|, of the pages with an answer
    shingle_r    mean over pages of |answer ∩ truth| / |truth|, of the pages with a text
    shingle_f1   harmonic mean of these two means
    word_f1      mean over pages of the F1 of the words, in lower case
    segment_p    segments required and found / all segments found
    segment_r    segments required and found / all segments required, both over all pages at once
    segment_f1   harmonic mean of these two
    headline     share of pages whose headline has the same words, in lower case
    authors      mean over pages of 2 |answer ∩ truth| / (|answer| + |truth|) of the names, compared like headlines
    date         share of pages with the same calendar day

A page counts for a figure only when its truth says something on it.
"""

import re
from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from statistics import fmean

SHINGLE_WORDS = 4
CONTEXT_WORDS = 5
DAY_LENGTH = len("2026-05-03")

_WORD = re.compile(r"\w+")

Shingle = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """What a person says stands on a page; None and empty: nothing is said."""

    id: str
    url: str | None = None
    text: str | None = None
    headline: str | None = None
    authors: tuple[str, ...] = ()
    date: str | None = None
    required: tuple[str, ...] = ()
    """Strings that must be in the text."""
    forbidden: tuple[str, ...] = ()
    """Strings that must not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What was read of a page."""

    text: str = ""
    headline: str | None = None
    authors: tuple[str, ...] = ()
    date: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlap:
    """How many things answer and truth share, and how many only one of them has."""

    common: int
    surplus: int
    lost: int

    @property
    def precision(self) -> float | None:
        """Share of the answer that is right; None for an empty one."""
        return self.common / (self.common + self.surplus) if self.common + self.surplus else None

    @property
    def recall(self) -> float | None:
        """Share of the truth that was found; None for an empty one."""
        return self.common / (self.common + self.lost) if self.common + self.lost else None

    @property
    def f1(self) -> float:
        """Their harmonic mean; nothing found where nothing is to be found is right."""
        total = 2 * self.common + self.surplus + self.lost
        return 2 * self.common / total if total else 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PageScore:
    """One page's part in the figures; None where its truth says nothing."""

    shingles: Overlap | None
    words: Overlap | None
    segments: Overlap | None
    """`surplus`: forbidden ones that were found."""
    headline: bool | None
    authors: float | None
    date: bool | None

    @property
    def figure(self) -> float:
        """By what pages are ranked: the shingles' F1 of this page, where it has no text that of its segments."""
        ranking = self.shingles or self.segments
        return ranking.f1 if ranking else 1.0


def score_page(truth: Truth, answer: Answer) -> PageScore:
    """Compare what was read of a page with what stands on it."""
    text = truth.text
    return PageScore(
        shingles=None if text is None else _overlap(shingles(answer.text), shingles(text)),
        words=None if text is None else _overlap(words(answer.text.lower()), words(text.lower())),
        segments=_segments(truth, answer.text) if truth.required or truth.forbidden else None,
        headline=_folded(answer.headline or "") == _folded(truth.headline) if truth.headline else None,
        authors=_overlap(_names(answer.authors), _names(truth.authors)).f1 if truth.authors else None,
        date=(answer.date or "")[:DAY_LENGTH] == truth.date[:DAY_LENGTH] if truth.date else None,
    )


def figures(pages: Iterable[PageScore]) -> dict[str, float]:
    """The figures of a set, by name; those on which no truth says anything are absent."""
    pages = list(pages)
    found: dict[str, float | None] = {}
    overlaps = [page.shingles for page in pages if page.shingles]
    if overlaps:
        precision = _mean(overlap.precision for overlap in overlaps) or 0.0
        recall = _mean(overlap.recall for overlap in overlaps) or 0.0
        found |= {"shingle_p": precision, "shingle_r": recall, "shingle_f1": harmonic(precision, recall)}
    found["word_f1"] = _mean(page.words.f1 for page in pages if page.words)
    segments = [page.segments for page in pages if page.segments]
    if segments:
        total = Overlap(
            common=sum(each.common for each in segments),
            surplus=sum(each.surplus for each in segments),
            lost=sum(each.lost for each in segments),
        )
        precision, recall = total.precision or 0.0, total.recall or 0.0
        found |= {"segment_p": precision, "segment_r": recall, "segment_f1": harmonic(precision, recall)}
    found["headline"] = _mean(page.headline for page in pages)
    found["authors"] = _mean(page.authors for page in pages)
    found["date"] = _mean(page.date for page in pages)
    return {name: value for name, value in found.items() if value is not None}


def harmonic(precision: float, recall: float) -> float:
    """F1: the harmonic mean, 0 when both are 0."""
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def words(text: str) -> list[str]:
    """The words of a text, in order."""
    return _WORD.findall(text)


def shingles(text: str, length: int = SHINGLE_WORDS) -> list[Shingle]:
    """The shingles of a text, in order."""
    return _shingles(words(text), length)


def _shingles(found: Sequence[str], length: int = SHINGLE_WORDS) -> list[Shingle]:
    if len(found) <= length:
        return [tuple(found)] if found else []
    return [tuple(found[start : start + length]) for start in range(len(found) - length + 1)]


def _overlap(answer: Iterable[Hashable], truth: Iterable[Hashable]) -> Overlap:
    found, wanted = Counter(answer), Counter(truth)
    common = (found & wanted).total()
    return Overlap(common=common, surplus=found.total() - common, lost=wanted.total() - common)


def _names(names: Iterable[str]) -> set[str]:
    return {_folded(name) for name in names}


def _folded(text: str) -> str:
    return " ".join(words(text.lower()))


def _mean(values: Iterable[float | None]) -> float | None:
    said = [float(value) for value in values if value is not None]
    return fmean(said) if said else None


def _lines(text: str) -> Counter[Shingle]:
    return Counter(tuple(words(line)) for line in text.splitlines())


def _segments(truth: Truth, text: str) -> Overlap:
    found = sum(stands_in(segment, text) for segment in truth.required)
    wrong = sum(stands_in(segment, text) for segment in truth.forbidden)
    return Overlap(common=found, surplus=wrong, lost=len(truth.required) - found)


def stands_in(segment: str, text: str) -> bool:
    """Whether a text holds a segment, however the white space of both runs."""
    return " ".join(segment.split()) in " ".join(text.split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A stretch of words in none of the shingles that answer and truth share."""

    lost: bool
    """It stands in the truth alone; else in the answer alone."""
    text: str
    context: str
    """The words before it."""


def differences(truth: str, answer: str) -> list[Difference]:
    """What of the truth is lost and what of the answer is too much, in the order of the truth."""
    first: dict[Shingle, int] = {}
    for position, shingle in enumerate(shingles(truth)):
        first.setdefault(shingle, position)
    placed = []
    for start, difference in uncovered(truth, answer, lost=True):
        placed.append((start, 0, difference))
    ends = _shingles(words(answer))
    for start, difference in uncovered(answer, truth, lost=False):
        # the last shingle before it that the truth has says where in the truth it would stand
        anchors = (first[ends[at]] for at in range(min(start, len(ends)) - 1, -1, -1) if ends[at] in first)
        placed.append((next(anchors, -SHINGLE_WORDS) + SHINGLE_WORDS, 1, difference))
    return [difference for _, _, difference in sorted(placed, key=lambda item: item[:2])]


def uncovered(text: str, other: str, *, lost: bool = True) -> list[tuple[int, Difference]]:
    """The stretches of a text that no shingle shared with the other text covers, each with its first word's number."""
    spans = [match.span() for match in _WORD.finditer(text)]
    left = Counter(shingles(other))
    covered = [False] * len(spans)
    for start, shingle in enumerate(_shingles([text[begin:end] for begin, end in spans])):
        if left[shingle] > 0:
            left[shingle] -= 1
            covered[start : start + len(shingle)] = [True] * len(shingle)
    found = []
    for is_covered, group in groupby(range(len(spans)), key=covered.__getitem__):
        if not is_covered:
            run = list(group)
            begin, end = spans[run[0]][0], spans[run[-1]][1]
            context = text[spans[max(0, run[0] - CONTEXT_WORDS)][0] : begin]
            found.append((run[0], Difference(lost=lost, text=text[begin:end], context=context)))
    return found


class Passages:
    """What stands in one text and not, or less often, in another; others are looked for in it by their shingles."""

    def __init__(self, text: str, other: str = "") -> None:
        self._lines = _lines(text) - _lines(other)
        self._shingles = Counter(shingles(text)) - Counter(shingles(other))

    def length_in(self, text: str) -> int:
        """How many of a text's characters stand in the passages; fewer than four words count as a line of their own."""
        found = words(text)
        if len(found) < SHINGLE_WORDS:
            return len(text) if tuple(found) in self._lines and found else 0
        inside: set[int] = set()
        for start, shingle in enumerate(_shingles(found)):
            if shingle in self._shingles:
                inside.update(range(start, start + SHINGLE_WORDS))
        return round(len(text) * len(inside) / len(found))
