"""The article of flattened text: the story's stretch of lines, and the same line rules as for HTML.

A by-line or a date counts as declared where it stands under the headline; the date above it is that of the visit.
"""

from collections.abc import Iterator

from pipeline.cleaning import refusal
from pipeline.cleaning.article import Article, apply_rules, make_article
from pipeline.cleaning.blocks import Line
from pipeline.cleaning.bylines import names_in_byline, starts_like_byline
from pipeline.cleaning.engine import Cuts, folded_names, make_view
from pipeline.cleaning.flattened import Story, find_story, text_lines
from pipeline.cleaning.lookup import phrases_at_start
from pipeline.cleaning.matchers import MEDIUM, is_date
from pipeline.cleaning.metadata import Metadata
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
    metadata = _metadata(story)
    headline = story.lines[story.headline_at] if story.headline_at >= 0 else None
    view = make_view(
        story.lines,
        kept=frozenset(range(story.first, story.last + 1)),
        headlines=(headline.folded,) if headline else (),
        headline_at=story.headline_at,
        authors=folded_names(author.name for author in metadata.authors),
        first=story.first,
        last=story.last,
    )
    cleaned = apply_rules(view, host, Cuts())
    if drop := refusal.too_short(view, cleaned.kept, sum(refusal.words_of(view, cleaned.kept))):
        return drop
    return make_article(story.lines, cleaned, metadata, CANDIDATE)


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
        for line in story.lines[story.headline_at + 1 : min(story.first + HEAD_LINES, story.last + 1)]:
            if len(line.text) <= MEDIUM and not ends_sentence(line.text):
                yield line


def _states_date(line: Line) -> bool:
    """Whether a line is a date, or begins as by-lines and time stamps do and holds one."""
    marked = starts_like_byline(line.text) or "updated" in phrases_at_start(line.folded)
    return (is_date(line) or marked) and parse_time(line.text) is not None


def _source(line: Line) -> Provenance:
    return Provenance(source=f"line {line.number}")
