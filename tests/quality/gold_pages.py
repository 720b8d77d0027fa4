"""The gold pages through the pipeline, with their records: what the report on the enrichment is made from."""

import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from pipeline.edges.gold import TRUTH_NAME, open_gold
from pipeline.edges.local import Processed, process
from pipeline.edges.own_enrichment import own_enrichment
from pipeline.edges.pool import Pool
from pipeline.edges.progress import progress
from pipeline.scoring import Answer, Truth, score_page
from pipeline.settings import Settings
from pipeline.topology import load_topology

TEXT_SETS = ("publishers", "articles")
"""The sets whose truth is a text."""
ARTICLES = "article"
"""The kind of every page of a set whose truth names none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldPage:
    """One page: its kind by the truth, where it ended, its enriched record, and how well its text was read."""

    set: str
    id: str
    kind: str
    outcome: str
    reason: str | None
    record: dict[str, Any] | None
    f1: float | None
    """As `true_f1`; None where there is no record."""


def true_f1(name: str, truth: Truth, text: str) -> float | None:
    """How well a page of this set was read: the shingles' F1 where the set's truth is a text, else the segments'."""
    score = score_page(truth, Answer(text=text))
    ranking = score.shingles if name in TEXT_SETS else score.segments
    return ranking.f1 if ranking else None


async def read_gold(gold: Path, names: Sequence[str], settings: Settings) -> list[GoldPage]:
    """Every page of these sets, each set on a store of its own."""
    topology = load_topology(settings.topology)
    pages: list[GoldPage] = []
    with Pool(
        processes=settings.pool_processes,
        page_seconds=settings.page_seconds,
        page_memory_mib=settings.page_memory_mib,
        stages=topology.stages,
        own=own_enrichment(settings),
    ) as pool:
        for name in names:
            pages += [page async for page in _read_set(gold / name, pool, settings)]
    return pages


async def _read_set(folder: Path, pool: Pool, settings: Settings) -> AsyncIterator[GoldPage]:
    gold = open_gold(folder)
    truths = {truth.id: truth for truth in gold.truths}
    lines = map(json.loads, (folder / TRUTH_NAME).open(encoding="utf-8"))
    kinds = {line["id"]: line.get("kind", ARTICLES) for line in lines}
    done = 0
    with progress(gold.name, gold.inputs.total) as advance:
        async for end in process(
            gold.inputs, topology=load_topology(settings.topology), pool=pool, processes=settings.pool_processes
        ):
            done += 1
            advance(done)
            yield _page(gold.name, kinds[end.name], truths[end.name], end)


def _page(name: str, kind: str, truth: Truth, end: Processed) -> GoldPage:
    record = orjson.loads(end.output.value) if end.output is not None and end.output.value is not None else None
    return GoldPage(
        set=name,
        id=end.name,
        kind=kind,
        outcome=str(end.verdict.outcome),
        reason=end.verdict.reason,
        record=record,
        f1=true_f1(name, truth, record["article_body"]) if record else None,
    )
