"""Where pages ended: reads outcomes and enriched records as they arrive, and keeps the account of a replay."""

from collections import Counter
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiokafka import AIOKafkaConsumer

from pipeline.codec import decode
from pipeline.edges.clients import consuming
from pipeline.edges.connection import Connection
from pipeline.edges.topics import require_topics
from pipeline.errors import Reject
from pipeline.records import EnrichedArticle, Outcome, PageOutcome
from pipeline.topology import ENRICHED, OUTCOMES


@dataclass(slots=True, kw_only=True)
class Account:
    """What became of pages, by trace_id. The highest attempt counts; a repeat counts once."""

    outcomes: dict[str, PageOutcome] = field(default_factory=dict)

    def add(self, outcome: PageOutcome) -> None:
        """Take in one outcome."""
        known = self.outcomes.get(outcome.trace_id)
        if known is None or outcome.attempt >= known.attempt:
            self.outcomes[outcome.trace_id] = outcome

    def missing(self, trace_ids: Iterable[str]) -> list[str]:
        """The pages that have ended nowhere yet."""
        return [trace for trace in trace_ids if trace not in self.outcomes]

    def rows(self, trace_ids: Iterable[str]) -> list[tuple[str, int]]:
        """The final table: inputs, each outcome, dropped by reason, dead by error, lost."""
        traces = list(trace_ids)
        ended = [self.outcomes[trace] for trace in traces if trace in self.outcomes]
        by_outcome = Counter(outcome.outcome for outcome in ended)
        rows = [("inputs", len(traces))]
        for kind in Outcome:
            rows.append((str(kind), by_outcome[kind]))
            causes = Counter(_cause(outcome) for outcome in ended if outcome.outcome == kind)
            rows += [(f"  {cause}", count) for cause, count in causes.most_common() if cause]
        rows.append(("lost", len(traces) - len(ended)))
        return rows


def _cause(outcome: PageOutcome) -> str:
    if outcome.error is not None:
        return f"{outcome.stage}: {outcome.error.code}"
    return outcome.reason or ""


@asynccontextmanager
async def follow(connection: Connection) -> AsyncIterator[AsyncIterator[PageOutcome | EnrichedArticle]]:
    """Outcomes and enriched records from this moment on; entered only when it stands at the topics' ends."""
    partitions = await require_topics(connection, [OUTCOMES, ENRICHED])
    async with consuming(connection) as consumer:
        consumer.assign(partitions)
        await consumer.seek_to_end()
        for partition in partitions:
            await consumer.position(partition)  # until then the end is only promised, and a fast page would be missed
        yield _arrivals(consumer, connection)


async def _arrivals(consumer: AIOKafkaConsumer, connection: Connection) -> AsyncIterator[PageOutcome | EnrichedArticle]:
    outcomes = connection.topic(OUTCOMES.name)
    async for record in consumer:
        try:
            if record.topic == outcomes:
                yield decode(PageOutcome, record.value)
            else:
                yield decode(EnrichedArticle, record.value)
        except Reject:
            continue  # somebody else's message: no outcome of ours, and the account shows what is missing
