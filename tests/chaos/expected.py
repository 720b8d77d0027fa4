"""What every page must become: the run without a broker, in which nothing can go wrong, and the table of poison."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import orjson

from pipeline.edges.inputs import Input
from pipeline.edges.local import Processed, process
from pipeline.edges.pool import Pool
from pipeline.records import Outcome
from tests.chaos.pages import DEADLY, PROCESS_KILLERS, Page
from tests.chaos.stages import TOPOLOGY

PROCESSES = 2
ARRIVAL = ("revision", "near_duplicate")
"""Fields of a record that depend on what arrived before it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """Where a page ended: outcome, cause (reason or error code), and the digest of its record without `ARRIVAL`."""

    outcome: str
    cause: str = ""
    record: str = ""
    revision: int = 0


def digest(record: dict[str, Any]) -> str:
    """Of all that does not depend on arrival."""
    rest = {name: value for name, value in record.items() if name not in ARRIVAL}
    return blake2b(orjson.dumps(rest), digest_size=16).hexdigest()


async def expected_ends(pages: Sequence[Page]) -> dict[str, Ended]:
    """By trace_id, where each page must end; AssertionError when the run without a broker contradicts the table."""
    ends = {page.trace_id: Ended(outcome="dead", cause=DEADLY[page.kind]) for page in pages if page.kind in DEADLY}
    rest = [page for page in pages if page.kind not in PROCESS_KILLERS]
    inputs = [Input(name=page.trace_id, message=page.message) for page in rest]
    with Pool(processes=PROCESSES, page_seconds=60, page_memory_mib=1024, stages=TOPOLOGY.stages) as pool:
        async for item in process(inputs, topology=TOPOLOGY, pool=pool, processes=PROCESSES):
            end = _end(item)
            known = ends.setdefault(item.name, end)
            assert (known.outcome, known.cause) == (end.outcome, end.cause), item
    return ends


def _end(item: Processed) -> Ended:
    verdict = item.verdict
    cause = verdict.error.code if verdict.error else verdict.reason or ""
    if verdict.outcome != Outcome.ENRICHED or item.output is None:
        return Ended(outcome=str(verdict.outcome), cause=str(cause))
    record = orjson.loads(item.output.value or b"")
    return Ended(outcome="enriched", record=digest(record), revision=record["revision"]["number"])
