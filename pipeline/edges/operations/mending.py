"""`newsflow dead retry` and `discard`: what ends an open dead letter.

A retry is the original message again, the same bytes, key and headers, with the number of its attempts. A discard is an
outcome of its own. Both leave the letter where it lies; the page's latest outcome says what holds.
"""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field

from pipeline.codec import Message, one_line
from pipeline.edges.clients import producing, send_acknowledged
from pipeline.edges.clock import utc_now
from pipeline.edges.connection import Connection
from pipeline.edges.offsets import OffsetClient, end_offsets, offset_client
from pipeline.edges.operations.letters import Letter, original_of, read_original, read_outcomes, with_attempts
from pipeline.edges.operations.spans import Offsets, Span, read_span
from pipeline.edges.topics import require_topics
from pipeline.errors import Failure, Reason
from pipeline.identity import message_id
from pipeline.records import Outcome, PageOutcome
from pipeline.topology import DEAD, OUTCOMES, Topology
from pipeline.verdicts import outcome_of
from pipeline.version import VERSION

LOOK_SECONDS = 0.5
MAX_REASON_BYTES = 200


@dataclass(slots=True, kw_only=True)
class Retried:
    """What a retry has sent, and how it ended so far."""

    sent: dict[str, int] = field(default_factory=dict)
    """trace_id -> the attempts that the page had when it was sent."""
    gone: list[Letter] = field(default_factory=list)
    """Letters whose bytes are nowhere any more."""
    ended: dict[str, PageOutcome] = field(default_factory=dict)

    def counts(self) -> list[tuple[str, int]]:
        """How many ended in which way; what has not ended is `still under way`."""
        counts = Counter(str(outcome.outcome) for outcome in self.ended.values())
        rows = [("dead again" if kind == Outcome.DEAD else str(kind), counts[kind]) for kind in Outcome if counts[kind]]
        waiting = len(self.sent) - len(self.ended)
        return [*rows, *([("still under way", waiting)] if waiting else [])]


async def retry_letters(
    connection: Connection,
    topology: Topology,
    letters: Sequence[Letter],
    *,
    rate: float | None,
    wait: float,
    done: Retried,
) -> None:
    """Send the originals again, `rate` a second at the most, then wait up to `wait` seconds for their outcomes.

    `done` is filled as it goes on. Raises Failure when the broker is gone or does not acknowledge in time.
    """
    sources = {stage.source.name: stage.source for stage in topology.stages}
    unknown = sorted({letter.stage for letter in letters} - {stage.name for stage in topology.stages})
    if unknown:
        raise Failure(
            f"no stage {unknown[0]!r} in this topology, in which letters failed: set NEWSFLOW_TOPOLOGY to theirs"
        )
    await require_topics(connection, list(sources.values()))
    outcomes = await end_offsets(connection, OUTCOMES.name)
    began = time.monotonic()
    async with producing(connection) as producer:
        async for letter, message in _originals(connection, topology, letters):
            if message is None:
                done.gone.append(letter)
                continue
            if rate:
                await asyncio.sleep(began + len(done.sent) / rate - time.monotonic())
            await send_acknowledged(producer, connection, with_attempts(message, letter.attempt))
            done.sent[letter.trace_id] = letter.attempt
    async with offset_client(connection) as client:
        await _await_outcomes(client, outcomes, wait, done)


async def _originals(
    connection: Connection, topology: Topology, letters: Sequence[Letter]
) -> AsyncIterator[tuple[Letter, Message | None]]:
    """Every letter with the message it was made of, in one pass over the topic; None when its bytes are gone."""
    wanted = {(letter.place.partition, letter.place.offset): letter for letter in letters}
    start: Offsets = {}
    end: Offsets = {}
    for partition, offset in wanted:
        start[partition] = min(offset, start.get(partition, offset))
        end[partition] = max(offset + 1, end.get(partition, 0))
    async for batch in read_span(connection, Span(topic=DEAD.name, start=start, end=end)):
        for stored in batch:
            letter = wanted.pop((stored.place.partition, stored.place.offset), None)
            if letter is None:
                continue
            if letter.bytes_omitted:
                yield letter, await read_original(connection, letter, topology)
            else:
                yield letter, original_of(stored.message)
    for letter in wanted.values():
        yield letter, None


async def _await_outcomes(client: OffsetClient, start: Offsets, wait: float, done: Retried) -> None:
    deadline = time.monotonic() + wait
    while len(done.ended) < len(done.sent) and time.monotonic() < deadline:
        end = await client.end(OUTCOMES.name)
        async for outcome in read_outcomes(client.connection, start, end):
            if outcome.attempt > done.sent.get(outcome.trace_id, outcome.attempt):
                done.ended[outcome.trace_id] = outcome
        start = end
        if len(done.ended) < len(done.sent):
            await asyncio.sleep(LOOK_SECONDS)


async def discard_letters(
    connection: Connection, letters: Sequence[Letter], *, reason: str, said: Callable[[int], None]
) -> None:
    """Write for each letter that its page is dropped, for this reason; `said` is told how many are. Raises Failure."""
    await require_topics(connection, [OUTCOMES])
    async with producing(connection) as producer:
        for number, letter in enumerate(letters, start=1):
            await send_acknowledged(producer, connection, outcome_of(discarded(letter, reason=reason, now=utc_now())))
            said(number)


def discarded(letter: Letter, *, reason: str, now: str) -> PageOutcome:
    """The outcome of a page whose dead letter is given up."""
    attempt, latest = letter.attempt + 1, letter.latest
    return PageOutcome(
        id=message_id(letter.trace_id, letter.stage, Outcome.DROPPED, str(attempt)),
        trace_id=letter.trace_id,
        page_id=latest.page_id if latest else None,
        url=latest.url if latest else None,
        stage=letter.stage,
        outcome=Outcome.DROPPED,
        reason=Reason.DISCARDED,
        evidence=one_line(reason, MAX_REASON_BYTES),
        attempt=attempt,
        input=letter.source,
        at=now,
        version=VERSION,
        fetched_at=latest.fetched_at if latest else None,
        times=latest.times if latest else (),
    )
