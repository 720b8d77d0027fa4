"""Flattened text: a page whose tags are gone, one line per block. Where in it the story stands, and its headline.

Nothing but the lines themselves tells. The best stretch of prose says whether there is a story; learned models say
which lines are like it and which one is its headline. A page too long for them has that stretch alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from msgspec import structs

from pipeline.cleaning.blocks import Line, text_line
from pipeline.cleaning.judging.flat_features import FlatPage, read_flat_page
from pipeline.cleaning.judging.flat_judge import first_scores, headline_at, taken_lines
from pipeline.cleaning.judging.places import Numbers
from pipeline.cleaning.rules.lookup import phrases_at_start
from pipeline.cleaning.rules.prose import best_stretch, credit, long_prose
from pipeline.cleaning.rules.signs import MEDIUM
from pipeline.records import BlockKind
from pipeline.text import collapse, ends_sentence

MAX_JUDGED_LINES = 10_000
"""As of HTML: a page of more lines is not judged; a news page has some hundreds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """Where the story stands in flattened text, before rules and the second judge."""

    lines: tuple[Line, ...]
    rough: range
    """The best stretch of prose; empty when there is none."""
    taken: tuple[int, ...]
    """The lines that are taken for the story at first."""
    certain: tuple[int, ...] = ()
    """The lines of prose so long that no judge may cut it: of 500 paragraphs it would leave the first 50."""
    headline_at: int = -1
    page: FlatPage | None = None
    """What was counted for the judge; None on a page that is not judged."""
    scores: Numbers | None = None
    """The score that it gave to each line at first."""


def text_lines(text: str) -> list[Line]:
    """The lines of flattened text that are not empty, numbered from 1 as an editor numbers them."""
    lines = ((number, collapse(raw)) for number, raw in enumerate(text.splitlines(), 1))
    return [text_line(line, number) for number, line in lines if line]


def find_story(lines: Sequence[Line]) -> Story:
    """The lines that are taken for the story at first, and the line that is its headline (-1: none found)."""
    story = rough_story(lines)
    if story.page is None:
        return story
    scores = first_scores(story.page)
    return replace(scored(story, scores), headline_at=headline_at(story.page, scores))


def scored(story: Story, scores: Numbers) -> Story:
    """The story with the lines that score well instead of the best stretch."""
    taken = tuple(sorted({*taken_lines(scores), *story.certain})) or story.taken
    return replace(story, taken=taken, scores=scores)


def rough_story(lines: Sequence[Line]) -> Story:
    """The best stretch of prose, and what is counted for the judge."""
    credited = [credit(line) for line in lines]
    first, last = best_stretch(credited)
    rough = range(first, last + 1)
    judged = rough and len(lines) <= MAX_JUDGED_LINES
    hits = [phrases_at_start(line.folded) for line in lines] if judged else []
    return Story(
        lines=_with_headings(lines, credited),
        rough=rough,
        taken=tuple(rough),
        certain=long_prose(credited) if judged else (),
        page=read_flat_page(lines, hits, credited) if judged else None,
    )


def _with_headings(lines: Sequence[Line], credited: Sequence[int]) -> tuple[Line, ...]:
    """The lines, those marked as headings that are short, end with a letter, and have prose under them."""
    return tuple(
        structs.replace(line, kind=BlockKind.HEADING)
        if below > 0 and len(line.text) <= MEDIUM and line.text[-1].isalnum() and not ends_sentence(line.text)
        else line
        for line, below in zip(lines, (*credited[1:], 0), strict=False)
    )
