"""`newsflow score`: one gold set's figures, and for the worst pages what was lost and what is too much, and why."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import click
import orjson

from pipeline.codec import Message
from pipeline.edges.flatten import flattened
from pipeline.edges.gold import GoldSet, ScoredPage, ScoredSet, open_gold, score_sets
from pipeline.edges.line_fates import LineFates, line_fates
from pipeline.errors import UsageError
from pipeline.scoring import Difference, Passages, differences, stands_in
from pipeline.settings import Settings

DEFAULT_SHOWN = 3
LOST, SURPLUS, SOURCE = "red", "green", "cyan"
NAMES = {
    "shingle_f1": "shingle F1",
    "shingle_p": "  precision",
    "shingle_r": "  recall",
    "word_f1": "word F1",
    "segment_f1": "segment F1",
    "segment_p": "  precision",
    "segment_r": "  recall",
    "headline": "headline",
    "authors": "authors",
    "date": "date",
}
"""The figures in the order in which they are printed, with what they are called."""


def score(folder: Path, settings: Settings, *, worst: int, show: bool, as_json: bool, flat: bool) -> Iterator[str]:
    """Score a set; the lines to print. Raises UsageError for a folder that is no gold set, before any work."""
    gold = open_gold(folder)
    scored = asyncio.run(_score(gold, settings, flat))
    if not scored.figures:
        raise UsageError(f"{folder}: its truths say nothing that is scored: no text, no segments, no metadata")
    pages = scored.worst(worst)
    sources = _messages(gold, pages, flat) if show else {}
    if as_json:
        return iter((orjson.dumps(_plain(scored, pages, sources, flat), option=orjson.OPT_INDENT_2).decode(),))
    return _lines(scored, pages, sources, flat)


async def _score(gold: GoldSet, settings: Settings, flat: bool) -> ScoredSet:
    async for scored in score_sets([(gold, flat)], settings):
        return scored
    raise AssertionError("one set gives one score")


def _messages(gold: GoldSet, pages: Iterable[ScoredPage], flat: bool) -> dict[str, Message]:
    """The raw messages of some pages, read again: a set's pages do not fit into memory as well as its results do."""
    wanted = {page.truth.id for page in pages}
    items = [item for item in gold.inputs if item.name in wanted]
    return {item.name: item.message for item in (flattened(items) if flat else items)}


def _plain(scored: ScoredSet, pages: list[ScoredPage], sources: dict[str, Message], flat: bool) -> dict[str, Any]:
    return {
        "set": scored.name,
        "flattened": flat,
        "pages": len(scored.pages),
        "outcomes": dict(scored.outcomes),
        "figures": {name: round(value, 4) for name, value in scored.figures.items()},
        "worst": [_plain_page(page, sources.get(page.truth.id)) for page in pages],
    }


def _plain_page(page: ScoredPage, message: Message | None) -> dict[str, Any]:
    found: dict[str, Any] = {"id": page.truth.id, "url": page.truth.url, "outcome": page.outcome}
    found["figure"] = round(page.score.figure, 4)
    if message is not None:
        kinds: dict[str, list[dict[str, str]]] = {"lost": [], "surplus": []}
        for difference, source in explained(page, message):
            kinds["lost" if difference.lost else "surplus"].append({"text": difference.text, "by": source})
        found |= kinds
    return found


def _lines(scored: ScoredSet, pages: list[ScoredPage], sources: dict[str, Message], flat: bool) -> Iterator[str]:
    outcomes = ", ".join(f"{outcome} {count}" for outcome, count in scored.outcomes.most_common())
    yield f"{scored.name}{', flattened' if flat else ''}: {len(scored.pages)} pages ({outcomes})"
    for name, title in NAMES.items():
        if name in scored.figures:
            yield f"  {title:<12} {scored.figures[name]:.4f}"
    if pages:
        yield ""
    for page in pages:
        yield page_line(page)
        if message := sources.get(page.truth.id):
            for difference, source in explained(page, message):
                yield _shown(difference, source)


def page_line(page: ScoredPage) -> str:
    """A page in the list of the worst: its figure, id and URL, and its outcome when it is no article."""
    end = "" if page.outcome == "enriched" else f"  {page.outcome}"
    return f"{page.score.figure:.3f}  {page.truth.id}  {page.truth.url or ''}{end}"


def _shown(difference: Difference, source: str) -> str:
    context = "… " + " ".join(difference.context.split()) + " " if difference.context.strip() else ""
    sign, colour = ("-", LOST) if difference.lost else ("+", SURPLUS)
    text = click.style(" ".join(difference.text.split()), fg=colour)
    return f"  {sign} {click.style(context, dim=True)}{text}  {click.style(f'[{source}]', fg=SOURCE)}"


def explained(page: ScoredPage, message: Message) -> Iterator[tuple[Difference, str]]:
    """What differs on a page, each with the rule that cut it or the place whence it came."""
    truth, answer = page.truth, page.answer
    if not answer.text:
        if truth.text:
            yield Difference(lost=True, text=truth.text, context=""), page.outcome
        return
    found = line_fates(message)
    for difference in _differences(page):
        context = difference.context
        for line in filter(str.strip, difference.text.splitlines()):
            yield Difference(lost=difference.lost, text=line, context=context), _source(line, difference.lost, found)
            context = ""


def _differences(page: ScoredPage) -> list[Difference]:
    truth, answer = page.truth, page.answer
    if truth.text is not None:
        return differences(truth.text, answer.text)
    lost = [segment for segment in truth.required if not stands_in(segment, answer.text)]
    surplus = [segment for segment in truth.forbidden if stands_in(segment, answer.text)]
    return [
        *(Difference(lost=True, text=segment, context="") for segment in lost),
        *(Difference(lost=False, text=segment, context="") for segment in surplus),
    ]


def _source(text: str, lost: bool, found: LineFates | None) -> str:
    """The rule that cut most of a lost text, or the candidate that has a surplus one; and where it begins."""
    if found is None:
        return "unknown"
    passages = Passages(text)
    lengths: Counter[str] = Counter()
    places: dict[str, str] = {}
    for fate in found.fates:
        if (fate.rule is not None) == lost:
            length = passages.length_in(fate.text) or (len(text) if stands_in(text, fate.text) else 0)
            if length:
                name = fate.rule or found.candidate
                lengths[name] += length
                places.setdefault(name, fate.place)
    if not lengths:
        return "in no line of the page as it was read" if lost else found.candidate
    name = lengths.most_common(1)[0][0]
    return f"{name}, {places[name]}"
