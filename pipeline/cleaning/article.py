"""What cleaning makes of a page, HTML or flattened text, before the stage puts ids on it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from pipeline.cleaning.blocks import Line
from pipeline.cleaning.body import Body, assemble
from pipeline.cleaning.engine import Cuts, View, cut_lines, write_ledger
from pipeline.cleaning.metadata import Metadata
from pipeline.cleaning.rules import RULES
from pipeline.records import Removed, Signals


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """A page's article: its text, what was cut around it, and what the page declares."""

    body: Body
    removed: tuple[Removed, ...]
    metadata: Metadata
    signals: Signals
    candidate: str
    section: str | None = None
    """The section that a breadcrumb names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleaned:
    """The lines that stay, and the rules that took the others."""

    kept: tuple[int, ...]
    cuts: Cuts


def apply_rules(view: View, host: str, before: Cuts) -> Cleaned:
    """Run the line rules over a view."""
    cuts = cut_lines(RULES, view, host, before)
    return Cleaned(kept=tuple(sorted(view.kept - cuts.by_line.keys())), cuts=cuts)


def make_article(
    lines: Sequence[Line], cleaned: Cleaned, metadata: Metadata, candidate: str, forms: int = 0
) -> Article:
    """Put the article together from the lines that stay."""
    body = assemble(lines, cleaned.kept)
    visible = sum(len(line.text) for line in lines if not line.hidden)
    linked = sum(line.link_share * len(line.text) for line in lines if not line.hidden)
    shown = sum(len(lines[index].text) for index in cleaned.kept)
    signals = Signals(
        declared_types=metadata.declared_types,
        link_share=_share(linked, visible),
        text_share=_share(shown, visible),
        forms=forms,
        visit_date=_first(lines, cleaned.cuts, "date_line"),
    )
    return Article(
        body=body,
        removed=write_ledger(lines, cleaned.kept, cleaned.cuts),
        metadata=metadata,
        signals=signals,
        candidate=candidate,
        section=_section(cleaned.cuts),
    )


def _share(part: float, whole: int) -> float:
    return round(min(1.0, part / whole), 4) if whole else 0.0


def _first(lines: Sequence[Line], cuts: Cuts, rule: str) -> str | None:
    return next((lines[index].text for index in sorted(cuts.by_line) if cuts.by_line[index] == rule), None)


def _section(cuts: Cuts) -> str | None:
    found = (cuts.details[index] for index in sorted(cuts.details) if cuts.by_line[index] == "glued_breadcrumb")
    return next(found, None)


def length_of(lines: Sequence[Line], indices: Collection[int]) -> int:
    """Characters of these lines."""
    return sum(len(lines[index].text) for index in indices)
