"""The article of flattened text: the story's stretch of lines, and the same line rules as for HTML.

A by-line or a date counts as declared where it stands under the headline; the date above it is that of the visit.
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from pipeline.cleaning import refusal
from pipeline.cleaning.article import Article, Cleaned, apply_rules, length_of, make_article
from pipeline.cleaning.blocks import Line
from pipeline.cleaning.flattened import Story, find_story, text_lines
from pipeline.cleaning.judging.flat_context import context_features
from pipeline.cleaning.judging.flat_judge import KEEP_ABOVE, explained, models
from pipeline.cleaning.judging.judge import LEARNED
from pipeline.cleaning.judging.places import Numbers
from pipeline.cleaning.metadata.bylines import names_in_byline, starts_like_byline
from pipeline.cleaning.metadata.reader import Metadata
from pipeline.cleaning.rules.engine import Cuts, View, folded_names, make_view
from pipeline.cleaning.rules.lookup import phrases_at_start
from pipeline.cleaning.rules.matchers import is_date
from pipeline.cleaning.rules.signs import MEDIUM
from pipeline.errors import Drop
from pipeline.records import Author, Claim, Provenance
from pipeline.text import ends_sentence
from pipeline.times import parse_time

CANDIDATE = "flattened"
HEAD_LINES = 2
"""Lines of the story among which its by-line and date may stand yet."""


def read_flattened(text: str, host: str) -> Article | Drop:
    """The article of a page without tags; a Drop when it holds none."""
    story = find_story(text_lines(text))
    view, metadata = settle(story)
    settled = cleaned = apply_rules(view, host, Cuts())
    if story.page is not None and story.scores is not None:
        rows = context_features(story.page, story.scores, story.headline_at, cleaned.cuts.by_line).matrix()
        scores = models().second.scores(rows)
        cleaned = decide(story, view, host, settled, scores)
        if cleaned is not settled:
            cleaned = _explained(story, cleaned, rows, scores)
        cleaned = replace(cleaned, scores=scores)
    if drop := refusal.nothing_left(view, cleaned.kept):
        return drop
    choices = (story.rough, story.taken, settled.kept)
    return make_article(story.lines, cleaned, metadata, CANDIDATE, choices=choices)


def settle(story: Story) -> tuple[View, Metadata]:
    """What rules may look at, and what the head of the story says of it."""
    metadata = _metadata(story)
    headline = story.lines[story.headline_at] if story.headline_at >= 0 else None
    view = make_view(
        story.lines,
        kept=frozenset(story.taken),
        headlines=(headline.folded,) if headline else (),
        headline_at=story.headline_at,
        authors=folded_names(author.name for author in metadata.authors),
        first=min(story.taken, default=0),
        last=max(story.taken, default=-1),
    )
    return view, metadata


def decide(story: Story, view: View, host: str, ruled: Cleaned, scores: Numbers) -> Cleaned:
    """What the second scores leave of a page. Named rules come first, and are asked about what is rescued too."""
    likely = {*np.flatnonzero(scores > KEEP_ABOVE).tolist(), *story.certain}
    taken = sorted(likely.difference(ruled.cuts.by_line))
    if not taken:
        return ruled
    length = length_of(view.lines, taken)
    view = replace(view, kept=frozenset(taken), first=taken[0], last=taken[-1], kept_length=length)
    cleaned = apply_rules(view, host, ruled.cuts)
    return ruled if refusal.nothing_left(view, cleaned.kept) else cleaned


def _explained(story: Story, cleaned: Cleaned, rows: NDArray[np.float32], scores: Numbers) -> Cleaned:
    """With the lines amid prose that the judge cut, and why: of each run of them the first one's score and reasons."""
    by_line = cleaned.cuts.by_line
    cut = [index for index in story.rough if index not in cleaned.extracted and index not in by_line]
    details = explained(rows, scores, cleaned.kept, cut)
    cuts = Cuts(by_line=by_line | dict.fromkeys(cut, LEARNED), details={**cleaned.cuts.details, **details})
    return replace(cleaned, cuts=cuts)


def _metadata(story: Story) -> Metadata:
    provenance: dict[str, Provenance] = {}
    headline: Line | None = None
    authors: tuple[Author, ...] = ()
    if story.headline_at >= 0:
        headline = story.lines[story.headline_at]
        provenance["headline"] = _source(headline)
    for line in _head(story):
        if not authors and starts_like_byline(line.text) and (names := names_in_byline(line.text)):
            authors = tuple(Author(name=name) for name in names)
            provenance["authors"] = _source(line)
    return Metadata(
        headline=headline.text if headline else None,
        authors=authors,
        published=tuple(
            Claim(source=f"line {line.number}", value=line.text) for line in _head(story) if _states_date(line)
        ),
        provenance=provenance,
    )


def _head(story: Story) -> Iterator[Line]:
    """The short lines between the headline and the story, and the first ones of the story."""
    if story.headline_at >= 0:
        first, last = min(story.taken, default=0), max(story.taken, default=-1)
        for line in story.lines[story.headline_at + 1 : min(first + HEAD_LINES, last + 1)]:
            if len(line.text) <= MEDIUM and not ends_sentence(line.text):
                yield line


def _states_date(line: Line) -> bool:
    """Whether a line is a date, or begins as by-lines and time stamps do and holds one."""
    marked = starts_like_byline(line.text) or "updated" in phrases_at_start(line.folded)
    return (is_date(line) or marked) and parse_time(line.text) is not None


def _source(line: Line) -> Provenance:
    return Provenance(source=f"line {line.number}")
