"""Flattened text: a page whose tags are gone, one line per block. Where in it the story stands, and its headline.

Nothing but the lines themselves tells.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline.cleaning.blocks import Line, text_line
from pipeline.cleaning.bylines import names_in_byline, starts_like_byline
from pipeline.cleaning.lookup import HOME_WORDS
from pipeline.cleaning.matchers import MEDIUM, MIN_HEADLINE, is_date
from pipeline.cleaning.prose import begins_as_boilerplate, best_stretch, credit
from pipeline.records import BlockKind
from pipeline.text import collapse, count_words, ends_sentence

MAX_HEADLINE = 250
HEAD_LINES = 30
"""How far above the story its headline is looked for."""
MIN_HEADLINE_WORDS = 3


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
    first, last = best_stretch(lines, credit)
    marked = tuple(
        replace(line, kind=BlockKind.HEADING) if first < index < last and _is_heading(lines, index) else line
        for index, line in enumerate(lines)
    )
    return Story(lines=marked, first=first, last=last, headline_at=_headline_at(lines, first) if last >= 0 else -1)


def _is_heading(lines: Sequence[Line], index: int) -> bool:
    text = lines[index].text
    return len(text) <= MEDIUM and not ends_sentence(text) and text[-1].isalnum() and credit(lines[index + 1]) > 0


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
        and not begins_as_boilerplate(line)
        and not (starts_like_byline(line.text) and names_in_byline(line.text))
    )
