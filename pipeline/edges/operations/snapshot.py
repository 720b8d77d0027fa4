"""Offsets of one moment: what each stage has still to do, and where the outcomes end.

A page on its way is never taken for missing, because of the order of looking: raw's end first; then, stage by stage,
what the group has committed of its source, and after that the end of its target. A worker commits only what it has
written, so each page before the commit has its next message before that end, or its outcome, and those are noted last.
"""

from dataclasses import dataclass, field

from pipeline.edges.offsets import OffsetClient
from pipeline.edges.operations.spans import Offsets, Span
from pipeline.topology import OUTCOMES, Stage, Topology


@dataclass(frozen=True, slots=True, kw_only=True)
class Deleted:
    """Messages that retention took from a partition before the stage did; `committed` is None if it never committed."""

    stage: str
    topic: str
    partition: int
    committed: int | None
    beginning: int

    @property
    def count(self) -> int:
        """How many at the most: a compacted or transactional topic has offsets without a message."""
        return self.beginning - (self.committed or 0)


@dataclass(slots=True, kw_only=True)
class Snapshot:
    """`waiting` is what each stage, by name, has not acknowledged; `outcomes` is the end of that topic."""

    waiting: dict[str, Span] = field(default_factory=dict)
    deleted: list[Deleted] = field(default_factory=list)
    outcomes: Offsets = field(default_factory=dict)


async def take_snapshot(client: OffsetClient, topology: Topology, raw: Offsets) -> Snapshot:
    """The offsets now, as far as raw's end that was noted before. Raises Failure."""
    snapshot = Snapshot()
    ends = {topology.stages[0].source.name: raw}
    for stage in topology.stages:
        source, target = stage.source.name, stage.target.name
        committed = await client.committed(client.connection.prefix + stage.group, source)
        beginning = await client.beginning(source)
        start = {number: max(committed.get(number, 0), first) for number, first in beginning.items()}
        snapshot.waiting[stage.name] = Span(topic=source, start=start, end=ends[source])
        snapshot.deleted += _deleted(stage, committed, beginning)
        ends[target] = await client.end(target)
    snapshot.outcomes = await client.end(OUTCOMES.name)
    return snapshot


def _deleted(stage: Stage, committed: Offsets, beginning: Offsets) -> list[Deleted]:
    return [
        Deleted(
            stage=stage.name,
            topic=stage.source.name,
            partition=number,
            committed=committed.get(number),
            beginning=first,
        )
        for number, first in beginning.items()
        if committed.get(number, 0) < first
    ]
