"""What cleaning makes of a page, HTML or flattened text, before the stage puts ids on it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from pipeline.cleaning.blocks import HEADING_TAGS, Line, visible_length
from pipeline.cleaning.body import Body, assemble
from pipeline.cleaning.certainty import certainty
from pipeline.cleaning.elements import NO_ELEMENT
from pipeline.cleaning.judging.places import Numbers
from pipeline.cleaning.metadata.reader import Metadata
from pipeline.cleaning.rules.box import inside
from pipeline.cleaning.rules.engine import Cuts, View, cut_lines, write_ledger
from pipeline.cleaning.rules.table import RULES
from pipeline.records import Removed, Signals

LINKED = 0.5
MIN_PARAGRAPH = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleaned:
    """The lines that stay, and the rules that took the others."""

    kept: tuple[int, ...]
    cuts: Cuts
    extracted: frozenset[int] = frozenset()
    """What stayed before the rules."""
    scores: Numbers | None = None
    """The learned judge's score of every line; None where it was not asked."""


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
    lines: Sequence[Line]
    """All lines of the page, and beside them what became of each: not in the record, for reports on the rules."""
    cleaned: Cleaned


def apply_rules(view: View, host: str, before: Cuts) -> Cleaned:
    """Run the line rules over a view."""
    cuts = cut_lines(RULES, view, host, before)
    kept = view.kept - cuts.by_line.keys()
    kept |= lost_headings(view, kept, cuts.by_line)
    return Cleaned(kept=tuple(sorted(kept)), cuts=cuts, extracted=view.kept)


def lost_headings(view: View, kept: Collection[int], cut: Collection[int]) -> set[int]:
    """Headings amid the story whose paragraph is kept: extractors lose those that stand in elements of their own."""
    found: set[int] = set()
    below = -1
    for index in range(view.last, view.first, -1):
        line = view.lines[index]
        if index in kept:
            below = index
        elif line.hidden or index in cut:
            continue
        else:
            if below >= 0 and line.tag in HEADING_TAGS and _heads(line, view.lines[below]):
                found.add(index)
            below = -1
    above = view.first - 1
    if found and above >= 0 and above not in cut and view.lines[above].tag in {view.lines[at].tag for at in found}:
        found |= {above} if _heads(view.lines[above], view.lines[view.first]) else set()
    return found


def _heads(heading: Line, line: Line) -> bool:
    if heading.above == NO_ELEMENT or heading.chrome or heading.link_share > LINKED or line.tag in HEADING_TAGS:
        return False
    return len(line.text) >= MIN_PARAGRAPH and inside(line, heading.above)


def make_article(
    lines: Sequence[Line],
    cleaned: Cleaned,
    metadata: Metadata,
    candidate: str,
    *,
    choices: Sequence[Collection[int]],
    forms: int = 0,
) -> Article:
    """Put the article together from the lines that stay; `choices` are what each way of finding the story took."""
    body = assemble(lines, cleaned.kept)
    visible = visible_length(lines)
    linked = sum([line.link_share * len(line.text) for line in lines if line.link_share and not line.hidden])
    shown = length_of(lines, cleaned.kept)
    signals = Signals(
        declared_types=metadata.declared_types,
        link_share=_share(linked, visible),
        text_share=_share(shown, visible),
        forms=forms,
        visit_date=_first(lines, cleaned.cuts, "date_line"),
        declared_mentions=metadata.mentions,
        certainty=certainty(lines, cleaned.kept, cleaned.scores, choices, cleaned.cuts.by_line),
    )
    return Article(
        body=body,
        removed=write_ledger(lines, cleaned.kept, cleaned.cuts),
        metadata=metadata,
        signals=signals,
        candidate=candidate,
        section=_section(cleaned.cuts),
        lines=lines,
        cleaned=cleaned,
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
    return sum([len(lines[index].text) for index in indices])
