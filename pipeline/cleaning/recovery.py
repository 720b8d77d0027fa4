"""What the extractor lost and other evidence brings back: the standfirst, and paragraphs amid the story.

Conventions differ: publishers count the standfirst as text and have link boxes between paragraphs; other pages have
lists and quotes there that belong to the text. `NewsArticle` in the page tells the two apart.
"""

from dataclasses import replace

from pipeline.cleaning.blocks import Line
from pipeline.cleaning.elements import NO_ELEMENT
from pipeline.cleaning.rules.engine import Cuts, View

MIN_STANDFIRST = 40
STANDFIRST_WINDOW = 14
"""Lines between headline and story among which a standfirst is looked for."""
PREFIX = 60
"""Letters in which line and description must agree: one of them is often cut short."""


def recover(view: View, description: str, cuts: Cuts) -> View:
    """The view with the lines that evidence adds."""
    if not view.kept:
        return view
    if not view.is_news:
        return replace(view, kept=view.kept | (_gaps(view) - cuts.by_line.keys()))
    standfirst_at = _standfirst_at(view, description)
    if standfirst_at < 0 or standfirst_at in cuts.by_line:
        return view
    kept = view.kept | {standfirst_at}
    return replace(view, kept=kept, first=min(kept), standfirst_at=standfirst_at)


def _standfirst_at(view: View, description: str) -> int:
    """The line at the head of the story that says what the page's description says; -1 when none does."""
    if len(description) < MIN_STANDFIRST:
        return -1
    for index in range(max(view.headline_at + 1, view.first - STANDFIRST_WINDOW, 0), min(view.first + 3, view.last)):
        line = view.lines[index]
        if len(line.text) >= MIN_STANDFIRST and not line.hidden and _agree(line.folded, description):
            return index
    return -1


def _agree(one: str, other: str) -> bool:
    size = min(len(one), len(other), PREFIX)
    return size >= MIN_STANDFIRST // 2 and one[:size] == other[:size]


def _gaps(view: View) -> set[int]:
    """Lines between kept lines that are siblings of one and of the same kind."""
    kept_parents = {view.lines[index].above: view.lines[index].tag for index in view.kept}
    return {
        index
        for index in range(view.first, view.last)
        if index not in view.kept and _fills(view.lines[index], kept_parents)
    }


def _fills(line: Line, kept_parents: dict[int, str]) -> bool:
    if line.hidden or line.chrome or line.link_share > 0.5 or line.at == NO_ELEMENT:
        return False
    return kept_parents.get(line.above) == line.tag and len(line.text) > MIN_STANDFIRST
