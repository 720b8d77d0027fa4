"""Which lines of an HTML page are the article: what the extractor found, weighed against the declared body.

A declared `articleBody` exists on a quarter of publishers' pages and is right nearly always, but often cut short; so
it adds lines to the extractor's, replaces them only where it holds far more, and stands alone where the page shows
no such text.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from pipeline.cleaning.blocks import Line, text_line
from pipeline.cleaning.extraction.alignment import aligned
from pipeline.cleaning.extraction.extractor import extract
from pipeline.cleaning.metadata.reader import Metadata
from pipeline.cleaning.metadata.scan import Scan
from pipeline.cleaning.rules.prose import best_stretch, html_credit
from pipeline.text import collapse, squeeze

MIN_DECLARED_LENGTH = 250
"""Squeezed characters: a shorter declared body is a teaser."""
SHOWN_SHARE = 0.6
"""Part of the declared body from which it counts as shown on the page."""
ENOUGH_LENGTH = 1500
"""Characters of trafilatura's own text from which a NewsArticle needs none of its fallbacks: there they lose more."""
ENOUGH_SHARE = 0.5
"""On other pages it must be this part of the page's prose too: else the fallbacks find what it missed."""
PROSE_LENGTH = 80
FAR_MORE = 1.5
"""A declared body that the page does not show wins when it has so many times the extractor's text."""

LOST_RATIO = 5
"""The page's prose wins when it is so many times as long as what was extracted: then the story was missed."""

EXTRACTED, PROSE, DECLARED, BOTH = "trafilatura", "prose", "json_ld", "trafilatura+json_ld"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The lines of the article among `lines`, at whose end stand those of a declared body that the page lacks."""

    lines: Sequence[Line]
    kept: set[int]
    candidate: str
    extracted: set[int]
    """The lines that trafilatura found, or the page's prose where that is far more."""


def choose(page: Scan, lines: Sequence[Line], cut: Collection[int], metadata: Metadata) -> Choice:
    """The lines of the article, by extraction and declaration."""
    extracted = extract(page, _enough(lines, metadata))
    kept = aligned(lines, extracted, cut)
    found = EXTRACTED
    if prose := _far_more_prose(lines, kept, cut):
        kept, found = prose, PROSE
    body = max(metadata.article_bodies, key=len, default="")
    declared = squeeze(body)
    extracted_lines = set(kept)
    if len(declared) < MIN_DECLARED_LENGTH:
        return Choice(lines=lines, kept=kept, candidate=found, extracted=extracted_lines)
    shown = aligned(lines, declared, cut)
    if _length(lines, shown) >= SHOWN_SHARE * len(declared):
        return Choice(lines=lines, kept=kept | shown, candidate=BOTH, extracted=extracted_lines)
    if len(declared) > FAR_MORE * _length(lines, kept):
        added = [text_line(text, 0) for part in body.splitlines() if (text := collapse(part))]
        own = set(range(len(lines), len(lines) + len(added)))
        return Choice(lines=[*lines, *added], kept=own, candidate=DECLARED, extracted=extracted_lines)
    return Choice(lines=lines, kept=kept, candidate=found, extracted=extracted_lines)


def _far_more_prose(lines: Sequence[Line], kept: set[int], cut: Collection[int]) -> set[int]:
    """The stretch of the page with the most prose, without labels and links, if it is far more than what is kept."""
    visible = [index for index, line in enumerate(lines) if not line.hidden and not line.chrome and index not in cut]
    enough = _length(lines, kept) * LOST_RATIO
    if enough >= _length(lines, visible):
        return set()  # on most pages: so their lines need not be counted
    first, last = best_stretch([html_credit(lines[index]) for index in visible])
    prose = {index for index in visible[first : last + 1] if html_credit(lines[index]) >= 0}
    return prose if enough < _length(lines, prose) else set()


def _length(lines: Sequence[Line], indices: Collection[int]) -> int:
    return sum(len(lines[index].squeezed) for index in indices)


def _enough(lines: Sequence[Line], metadata: Metadata) -> float:
    if "NewsArticle" in metadata.declared_types:
        return ENOUGH_LENGTH
    prose = (line for line in lines if len(line.text) > PROSE_LENGTH and line.link_share < 0.5 and not line.hidden)
    return max(ENOUGH_LENGTH, ENOUGH_SHARE * sum(len(line.text) for line in prose))
