"""Which lines of an HTML page are the article: what the extractor found, weighed against the declared body.

A declared `articleBody` exists on a quarter of publishers' pages and is right nearly always, but often cut short; so
it adds lines to the extractor's, replaces them only where it holds far more, and stands alone where the page shows
no such text.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from lxml.html import HtmlElement

from pipeline.cleaning.alignment import aligned
from pipeline.cleaning.blocks import Line, text_line
from pipeline.cleaning.extractor import extract
from pipeline.text import collapse, squeeze

MIN_DECLARED_LENGTH = 250
"""Squeezed characters: a shorter declared body is a teaser."""
SHOWN_SHARE = 0.6
"""Part of the declared body from which it counts as shown on the page."""
FAR_MORE = 1.5
"""A declared body that the page does not show wins when it has so many times the extractor's text."""

EXTRACTED, DECLARED, BOTH = "trafilatura", "json_ld", "trafilatura+json_ld"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The lines of the article among `lines`; those of a declared body are added at the end when the page lacks them."""

    lines: Sequence[Line]
    kept: set[int]
    candidate: str


def choose(
    tree: HtmlElement, url: str, lines: Sequence[Line], cut: Collection[int], declared_bodies: Sequence[str]
) -> Choice:
    """The lines of the article, by extraction and declaration."""
    extracted = extract(tree, url)
    kept = aligned(lines, extracted, cut)
    body = max(declared_bodies, key=len, default="")
    declared = squeeze(body)
    if len(declared) < MIN_DECLARED_LENGTH:
        return Choice(lines=lines, kept=kept, candidate=EXTRACTED)
    shown = aligned(lines, declared, cut)
    if sum(len(lines[index].squeezed) for index in shown) >= SHOWN_SHARE * len(declared):
        return Choice(lines=lines, kept=kept | shown, candidate=BOTH)
    if len(declared) > FAR_MORE * len(extracted):
        added = [text_line(text, 0) for part in body.splitlines() if (text := collapse(part))]
        return Choice(
            lines=[*lines, *added], kept=set(range(len(lines), len(lines) + len(added))), candidate=DECLARED
        )
    return Choice(lines=lines, kept=kept, candidate=EXTRACTED)
