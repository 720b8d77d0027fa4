"""Flattened text: a page whose tags are gone, one line per block. Where in it the story stands, and its headline.

Nothing but the lines themselves tells: prose counts for the story, labels and titles count against it, and the story
is the stretch with the highest sum.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline.cleaning.blocks import Line, text_line
from pipeline.cleaning.matchers import MEDIUM, MIN_HEADLINE, is_date
from pipeline.cleaning.phrases import HOME_WORDS, phrases_at_start
from pipeline.records import BlockKind
from pipeline.text import collapse, count_words, ends_sentence

MIN_PROSE_WORDS, MIN_SENTENCE_WORDS, LONG_PROSE_WORDS = 12, 5, 30
"""Words of a line that is prose if it ends like a sentence; of a short sentence; of prose whatever its end."""
MAX_CREDIT = 60
"""What one line counts at most: a single very long line must not make up for twenty labels."""
SENTENCE_CREDIT, LABEL_DEBIT = 3, 6
MAX_HEADLINE = 250
HEAD_LINES = 30
"""How far above the story its headline is looked for."""
MIN_HEADLINE_WORDS = 3
BOILERPLATE = frozenset(
    ("comment_form", "most_popular", "newsletter", "cookie", "share", "paywall", "advertisement", "read_more", "follow", "related", "photo_credit")
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """Where the story stands in flattened text: `last` is -1 when there is none."""

    lines: tuple[Line, ...]
    first: int
    last: int
    headline_at: int


def text_lines(text: str) -> list[Line]:
    """The lines of flattened text that are not empty, numbered from 1 as an editor numbers them."""
    lines = ((number, collapse(raw)) for number, raw in enumerate(text.splitlines(), 1))
    return [text_line(line, number) for number, line in lines if line]


def find_story(lines: Sequence[Line]) -> Story:
    """The stretch of lines that is the story, and the line that is its headline (-1: none found)."""
    first, last = _best_stretch([_credit(line) for line in lines])
    marked = tuple(
        replace(line, kind=BlockKind.HEADING) if first < index < last and _is_heading(lines, index) else line
        for index, line in enumerate(lines)
    )
    return Story(lines=marked, first=first, last=last, headline_at=_headline_at(lines, first) if last >= 0 else -1)


def _credit(line: Line) -> int:
    words = count_words(line.text)
    if BOILERPLATE.intersection(phrases_at_start(line.folded)) and words < LONG_PROSE_WORDS:
        return -LABEL_DEBIT
    if words >= LONG_PROSE_WORDS or (words >= MIN_PROSE_WORDS and ends_sentence(line.text)):
        return min(words, MAX_CREDIT)
    return SENTENCE_CREDIT if words >= MIN_SENTENCE_WORDS and ends_sentence(line.text) else -LABEL_DEBIT


def _best_stretch(credits: Sequence[int]) -> tuple[int, int]:
    """The stretch with the highest sum (Kadane); (0, -1) when no line counts for a story."""
    best, first, last = 0, 0, -1
    total = start = 0
    for index, credit in enumerate(credits):
        if total <= 0:
            total, start = 0, index
        total += credit
        if total > best:
            best, first, last = total, start, index
    return first, last


def _is_heading(lines: Sequence[Line], index: int) -> bool:
    text = lines[index].text
    return len(text) <= MEDIUM and not ends_sentence(text) and text[-1].isalnum() and _credit(lines[index + 1]) > 0


def _headline_at(lines: Sequence[Line], first: int) -> int:
    """A line above the story that stands there twice, or ends a glued breadcrumb, else the nearest that may be one."""
    head = [index for index in range(max(0, first - HEAD_LINES), first) if _may_be_headline(lines[index])]
    folded = [lines[index].folded for index in head]
    for index in head:
        if folded.count(lines[index].folded) > 1:
            return index
    above = [line.folded.replace(" ", "") for line in lines[:first] if line.text.casefold().startswith(HOME_WORDS)]
    for index in head:
        glued = lines[index].folded.replace(" ", "")
        if any(each.endswith(glued) and each != glued for each in above):
            return index
    return head[-1] if head else -1


def _may_be_headline(line: Line) -> bool:
    return (
        MIN_HEADLINE <= len(line.text) <= MAX_HEADLINE
        and count_words(line.text) >= MIN_HEADLINE_WORDS
        and not is_date(line)
        and not BOILERPLATE.intersection(phrases_at_start(line.folded))
    )
