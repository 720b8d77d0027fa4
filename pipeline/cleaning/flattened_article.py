"""The article of flattened text: the story's stretch of lines, and the same line rules as for HTML."""

from pipeline.cleaning import refusal
from pipeline.cleaning.article import Article, apply_rules, make_article
from pipeline.cleaning.engine import Cuts, make_view
from pipeline.cleaning.flattened import find_story, text_lines
from pipeline.cleaning.metadata import Metadata
from pipeline.errors import Drop
from pipeline.records import Provenance

CANDIDATE = "flattened"


def read_flattened(text: str, host: str) -> Article | Drop:
    """The article of a page without tags; a Drop when it holds none."""
    story = find_story(text_lines(text))
    headline = story.lines[story.headline_at] if story.headline_at >= 0 else None
    view = make_view(
        story.lines,
        kept=frozenset(range(story.first, story.last + 1)),
        headlines=(headline.folded,) if headline else (),
        headline_at=story.headline_at,
        first=story.first,
        last=story.last,
    )
    cleaned = apply_rules(view, host, Cuts())
    if drop := refusal.too_short(view, cleaned.kept):
        return drop
    metadata = Metadata(
        headline=headline.text if headline else None,
        provenance={"headline": Provenance(source=f"line {headline.number}")} if headline else {},
    )
    return make_article(story.lines, cleaned, metadata, CANDIDATE)
