"""What must hold after a chaos run, each as a line for every page for which it does not: no line, nothing lost."""

import re
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

import orjson

from pipeline.codec import Message, decode
from pipeline.edges.connection import Connection
from pipeline.edges.offsets import end_offsets
from pipeline.edges.operations.audit import Audited, Period, audit
from pipeline.edges.operations.ledger import open_ledger
from pipeline.edges.operations.letters import Letter, Selection, original_of, read_letters, read_place
from pipeline.edges.operations.spans import Span, Stored, read_span
from pipeline.records import PageOutcome
from pipeline.topology import ANNOTATED, CLEAN, DEAD, ENRICHED, OUTCOMES, RAW
from tests.chaos.expected import Ended, digest
from tests.chaos.pages import Page
from tests.chaos.stages import TOPOLOGY

MARK = re.compile(r"Nr (\d+)v(\d+)\.")
"""What `tests.chaos.pages` writes into every text: the number of the page and that of the text."""


@dataclass(slots=True, kw_only=True)
class Judgement:
    """The problems found; and how many messages were written again, by topic."""

    problems: list[str] = field(default_factory=list)
    repeats: dict[str, int] = field(default_factory=dict)
    other_order: int = 0
    """Pages whose fetches were decided on otherwise than in the run without faults."""


@dataclass(slots=True, kw_only=True)
class Revisions:
    """The records of one page by id, as (number, previous_id); the newest in the topic; the text of each."""

    records: dict[str, tuple[int, str | None]] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    last: str = ""


async def judge(connection: Connection, pages: Sequence[Page], expected: Mapping[str, Ended]) -> Judgement:
    """Read everything there is in the topics and compare it with what must be there."""
    judgement = Judgement()
    judgement.problems += await _audit(connection, len(expected))
    for topic in (CLEAN, ANNOTATED):
        await _check_repeats(connection, topic.name, judgement)
    judgement.problems += await _check_letters(connection, pages, expected, judgement)
    ends = await _check_outcomes(connection, expected, judgement)
    await _check_records(connection, pages, expected, ends, judgement)
    return judgement


async def _read(connection: Connection, topic: str) -> AsyncIterator[Stored]:
    span = Span(topic=topic, start={}, end=await end_offsets(connection, topic))
    async for batch in read_span(connection, span):
        for stored in batch:
            yield stored


# ---- the account


async def _audit(connection: Connection, inputs: int) -> list[str]:
    with open_ledger(RAW.name, OUTCOMES.name) as ledger:
        audited = await audit(connection, TOPOLOGY, ledger, Period())
        problems = [f"missing: {missing}" for missing in ledger.missing(5)]
        problems += [f"doubled: {doubled}" for doubled in ledger.doubled(5)]
    return problems + _account(audited, inputs)


def _account(audited: Audited, inputs: int) -> list[str]:
    ended = sum(count for *_, count in audited.ended)
    if audited.holds and audited.at_rest and audited.inputs == ended == inputs and not audited.unreadable:
        return []
    return [f"the audit does not hold, or not of {inputs} inputs: {audited}"]


# ---- repeats


@dataclass(slots=True, kw_only=True)
class Repeats:
    """Counts the messages of a topic whose id was there before; their bytes must be the same."""

    topic: str
    judgement: Judgement
    seen: dict[str, bytes] = field(default_factory=dict)

    def take(self, message: Message) -> None:
        """Look at the next message."""
        name = (message.header("ce_id") or b"").decode()
        value = blake2b(message.value or b"", digest_size=16).digest()
        if name in self.seen:
            self.judgement.repeats[self.topic] += 1
        if self.seen.setdefault(name, value) != value:
            self.judgement.problems.append(f"{self.topic}: two different messages of the id {name}")


def _repeats(topic: str, judgement: Judgement) -> Repeats:
    judgement.repeats[topic] = 0
    return Repeats(topic=topic, judgement=judgement)


async def _check_repeats(connection: Connection, topic: str, judgement: Judgement) -> None:
    repeats = _repeats(topic, judgement)
    async for stored in _read(connection, topic):
        repeats.take(stored.message)


# ---- dead letters


async def _check_letters(
    connection: Connection, pages: Sequence[Page], expected: Mapping[str, Ended], judgement: Judgement
) -> list[str]:
    """Of each page that must die one letter is open, of no other any, and each holds its message as it was."""
    letters = {letter.trace_id: letter for letter in await read_letters(connection, Selection(every=True))}
    wanted = {trace for trace, end in expected.items() if end.outcome == "dead"}
    problems = [f"no dead letter of {trace}, {expected[trace]}" for trace in wanted - set(letters)]
    problems += [f"an innocent page is a dead letter: {letters[trace]}" for trace in set(letters) - wanted]
    problems += [f"not open: {letter}" for letter in letters.values() if not letter.is_open]
    sent = {page.trace_id: page.message for page in pages}
    copies: Counter[str] = Counter()
    async for stored in _read(connection, DEAD.name):
        message = stored.message
        trace = (message.header("dlq.trace_id") or b"").decode()
        copies[trace] += 1
        if trace in wanted:
            problems += await _compare(connection, letters[trace], original_of(message), sent.get(trace))
    judgement.repeats[DEAD.name] = copies.total() - len(copies)
    return problems


async def _compare(connection: Connection, letter: Letter, original: Message, sent: Message | None) -> list[str]:
    """With what was published; of a later stage, with what lies at its source."""
    if original.topic != RAW.name:
        sent = await read_place(connection, original.place) if original.place else None
    if sent is not None and _wire(sent) == _wire(original):
        return []
    return [f"a dead letter is not the message that it is about: {letter}"]


def _wire(message: Message) -> tuple[Any, ...]:
    return message.key, message.value, message.headers


# ---- outcomes


async def _check_outcomes(
    connection: Connection, expected: Mapping[str, Ended], judgement: Judgement
) -> dict[str, tuple[str, str]]:
    """By trace_id outcome and cause. Fetches of a page may be taken for older or newer ones than without faults."""
    ends: dict[str, tuple[str, str]] = {}
    repeats = 0
    async for stored in _read(connection, OUTCOMES.name):
        outcome = decode(PageOutcome, stored.message.value)
        repeats += outcome.trace_id in ends
        ends[outcome.trace_id] = (str(outcome.outcome), outcome.error.code if outcome.error else outcome.reason or "")
    judgement.repeats[OUTCOMES.name] = repeats
    by_arrival = {("enriched", ""), ("unchanged", ""), ("dropped", "superseded")}
    for trace, (outcome, cause) in ends.items():
        end = expected.get(trace)
        if end is None:
            judgement.problems.append(f"an outcome of a page that nobody published: {trace}")
        elif (outcome, cause) != (end.outcome, end.cause):
            if {(outcome, cause), (end.outcome, end.cause)} <= by_arrival:
                judgement.other_order += 1
            else:
                judgement.problems.append(f"{trace} is {outcome} {cause}, and must be {end.outcome} {end.cause}")
    return ends


# ---- records


async def _check_records(
    connection: Connection,
    pages: Sequence[Page],
    expected: Mapping[str, Ended],
    ends: Mapping[str, tuple[str, str]],
    judgement: Judgement,
) -> None:
    repeats = _repeats(ENRICHED.name, judgement)
    found: defaultdict[str, Revisions] = defaultdict(Revisions)
    enriched = set()
    async for stored in _read(connection, ENRICHED.name):
        repeats.take(stored.message)
        record = orjson.loads(stored.message.value or b"")
        enriched.add(record["trace_id"])
        _take(record, found[record["page_id"]])
        end = expected.get(record["trace_id"])
        if end is None or (end.outcome == "enriched" and end.record != digest(record)):
            judgement.problems.append(f"the record of {record['trace_id']} is not that of the run without faults")
    said = {trace for trace, (outcome, _) in ends.items() if outcome == "enriched"}
    judgement.problems += [f"enriched, and there is no record: {trace}" for trace in said - enriched]
    judgement.problems += [f"a record, and its page is not enriched: {trace}" for trace in enriched - said]
    for page, revisions in found.items():
        judgement.problems += _chain(page, revisions)
    judgement.problems += _newest(pages, found)


def _take(record: dict[str, Any], revisions: Revisions) -> None:
    revision = record["revision"]
    revisions.records[record["id"]] = revision["number"], revision.get("previous_id")
    revisions.texts[record["id"]] = f"{record.get('headline')} {record.get('article_body')}"
    revisions.last = record["id"]


def _chain(page: str, revisions: Revisions) -> list[str]:
    """Numbers from 1 on without a gap or a double, each naming the one before, and the last one stands last."""
    ordered = sorted(revisions.records.items(), key=lambda item: item[1][0])
    numbers = [number for _, (number, _) in ordered]
    before = [None, *(record for record, _ in ordered[:-1])]
    problems = []
    if numbers != list(range(1, len(ordered) + 1)):
        problems.append(f"page {page}: revisions {numbers}")
    elif [previous for _, (_, previous) in ordered] != before:
        problems.append(f"page {page}: the chain of previous_id is broken")
    if ordered[-1][0] != revisions.last:
        problems.append(f"page {page}: the last record in the topic is not the newest of {numbers}")
    return problems


def _newest(pages: Sequence[Page], found: Mapping[str, Revisions]) -> list[str]:
    """The record that stands has the text of the newest fetch and of no other."""
    newest: dict[str, tuple[int, str]] = {}
    for page in pages:
        for number, version in MARK.findall(page.mark):
            newest[number] = max(newest.get(number, (-1, "")), (page.fetched, version))
    problems = []
    for page_id, revisions in found.items():
        marks = set(MARK.findall(revisions.texts[revisions.last]))
        if not marks or any(newest[number][1] != version for number, version in marks):
            problems.append(f"page {page_id}: not the newest text stands, but {marks}")
    return problems
