"""Gold sets: folders of pages with what a person says stands on them, taken through the pipeline and scored."""

from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from pipeline import scoring
from pipeline.edges.flatten import flattened
from pipeline.edges.inputs import MANIFEST_NAME, Inputs, open_inputs
from pipeline.edges.local import Processed, process
from pipeline.edges.own_enrichment import own_enrichment
from pipeline.edges.pool import Pool
from pipeline.edges.progress import progress
from pipeline.errors import Failure, UsageError
from pipeline.scoring import Answer, PageScore, Truth
from pipeline.settings import Settings
from pipeline.topology import load_topology

TRUTH_NAME = "truth.jsonl"


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldSet:
    """A folder of pages and their truths."""

    name: str
    truths: tuple[Truth, ...]
    inputs: Inputs


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoredPage:
    """One page: what stands on it, where it ended, what was read of it, and how well."""

    truth: Truth
    outcome: str
    """`enriched`, or what it became instead and why; "no outcome" when it got none."""
    answer: Answer
    score: PageScore


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoredSet:
    """A set's pages and their figures."""

    name: str
    pages: tuple[ScoredPage, ...]
    figures: dict[str, float]
    outcomes: Counter[str]
    """Pages by outcome; "none" counts those that got none."""

    def worst(self, count: int) -> list[ScoredPage]:
        """The pages that were read worst, the worst first."""
        return sorted(self.pages, key=lambda page: (page.score.figure, page.truth.id))[:count]


def open_gold(folder: Path) -> GoldSet:
    """A gold set; UsageError says what is missing or broken in it."""
    if not folder.is_dir():
        raise UsageError(f"{folder}: no such folder; a gold set is a folder with {TRUTH_NAME} and {MANIFEST_NAME}")
    for name in (TRUTH_NAME, MANIFEST_NAME):
        if not (folder / name).is_file():
            raise UsageError(f"{folder}: no {name} in it, so it is no gold set")
    truths = tuple(_truths(folder / TRUTH_NAME))
    if not truths:
        raise UsageError(f"{folder / TRUTH_NAME}: the file has no line")
    return GoldSet(name=folder.resolve().name, truths=truths, inputs=open_inputs([folder / MANIFEST_NAME], say=_ignore))


def _ignore(_message: str) -> None:
    """A manifest passes nothing over."""


def _truths(path: Path) -> Iterator[Truth]:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise Failure(f"cannot read {path}: {error.strerror}") from error
    for number, line in enumerate(raw.split(b"\n"), start=1):
        if line.strip():
            try:
                yield _truth(orjson.loads(line))
            except (orjson.JSONDecodeError, ValueError, AttributeError) as error:
                raise UsageError(f"{path}, line {number}: no truth of a page ({error})") from error


def _truth(line: dict[str, Any]) -> Truth:
    for name in ("id", "url", "text", "headline", "date"):
        if not isinstance(line.get(name) or "", str):
            raise ValueError(f"{name!r} must be a string")
    for name in ("authors", "with", "without"):
        if any(not isinstance(each, str) for each in line.get(name) or ()):
            raise ValueError(f"{name!r} must hold strings")
    if not line.get("id"):
        raise ValueError("'id' is missing")
    return Truth(
        id=line["id"],
        url=line.get("url"),
        text=line.get("text"),
        headline=line.get("headline"),
        authors=tuple(line.get("authors") or ()),
        date=line.get("date"),
        required=tuple(line.get("with") or ()),
        forbidden=tuple(line.get("without") or ()),
    )


async def score_sets(jobs: Sequence[tuple[GoldSet, bool]], settings: Settings) -> AsyncIterator[ScoredSet]:
    """Process and score sets one after the other on one pool; those with True beside them as flattened text.

    Each set has a store of its own: the same page in two sets, or in both forms, is no update of itself.
    """
    topology = load_topology(settings.topology)
    processes = settings.pool_processes
    with Pool(
        processes=processes,
        page_seconds=settings.page_seconds,
        page_memory_mib=settings.page_memory_mib,
        stages=topology.stages,
        own=own_enrichment(settings),
    ) as pool:
        for gold, flat in jobs:
            inputs = flattened(gold.inputs) if flat else gold.inputs
            ends: dict[str, Processed] = {}
            with progress(f"{gold.name}{' flattened' if flat else ''}", gold.inputs.total) as advance:
                async for item in process(inputs, topology=topology, pool=pool, processes=processes):
                    ends[item.name] = item
                    advance(len(ends))
            yield scored_set(gold, ends)


def scored_set(gold: GoldSet, ends: dict[str, Processed]) -> ScoredSet:
    """Score where the pages of a set ended."""
    pages = []
    for truth in gold.truths:
        end = ends.get(truth.id)
        answer = _answer(end)
        pages.append(
            ScoredPage(truth=truth, outcome=_outcome(end), answer=answer, score=scoring.score_page(truth, answer))
        )
    outcomes = Counter(str(end.verdict.outcome) if end else "none" for end in map(ends.get, _ids(gold)))
    figures = scoring.figures(page.score for page in pages)
    return ScoredSet(name=gold.name, pages=tuple(pages), figures=figures, outcomes=outcomes)


def _ids(gold: GoldSet) -> list[str]:
    return [truth.id for truth in gold.truths]


def _outcome(end: Processed | None) -> str:
    if end is None:
        return "no outcome"
    line = end.line()
    reason = line.get("reason") or line.get("error", {}).get("code")
    said = f"{line['outcome']}: {reason}" if reason else str(line["outcome"])
    return f"{said} ({line['evidence']})" if line.get("evidence") else said


def _answer(end: Processed | None) -> Answer:
    if end is None or end.output is None or end.output.value is None:
        return Answer()
    article = orjson.loads(end.output.value)
    return Answer(
        text=article.get("article_body", ""),
        headline=article.get("headline"),
        authors=tuple(author["name"] for author in article.get("authors", ())),
        date=article.get("date_published"),
    )
