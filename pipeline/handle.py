"""One message through one stage: decode, process, encode. Both shells call this, and nothing else decides on errors.

Pure: no I/O, no clock, no randomness; the time and the memory are arguments. Whatever goes wrong becomes one dead
letter that says in which step it happened, except `Unavailable`: then nothing was decided and the message waits.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import import_module
from itertools import pairwise
from typing import Any

from pipeline.codec import Message, decode_any, encode, header_id, read_raw_page, record_headers
from pipeline.errors import Code, Drop, Failure, Outdated, Reject, Unavailable, Unchanged
from pipeline.memory import Decision, Memory, PageState
from pipeline.records import Change, CleanArticle, EnrichedArticle, Outcome, Place, Revision, StageTime
from pipeline.topology import Stage
from pipeline.traces import TRACEPARENT
from pipeline.verdicts import (
    NOTHING_MEASURED,
    STEPS,
    Handled,
    Measures,
    Verdict,
    about,
    attempts_header,
    dead,
    error_report,
    outcome_message,
    span_at,
    time_headers,
    times_of,
)

Clock = Callable[[], float]
"""Seconds from some moment on, such as `time.perf_counter`."""


def standing_still() -> float:
    """The clock of a shell that measures nothing: its work takes no time."""
    return 0.0


def handle(
    stage: Stage, message: Message, *, now: str, memory: Memory | None = None, clock: Clock = standing_still
) -> Handled:
    """Take one message through one stage. `now` is an RFC 3339 instant for outcomes and dead letters.

    A stage that decides (`stage.decide`) needs `memory`, inside a transaction that the caller commits before sending.
    Raises Unavailable when the memory cannot serve now, Failure when it is broken, and nothing else.
    """
    turn = Turn(stage=stage, message=message, now=now, memory=memory, clock=clock, began=clock())
    try:
        handled, keep = turn.take()
        if keep is not None:
            keep()  # last: a message that cannot be encoded leaves no trace in the memory
    except (Unavailable, Failure):
        raise
    except Reject as error:
        return turn.dead(error.code, str(error))
    except MemoryError:
        return turn.dead(Code.MEMORY_LIMIT, "the page needs more memory than a page may take")
    except Exception as error:  # whatever else happens is our bug, and must cost only this message
        return turn.dead(Code.STAGE_FAILED, f"{type(error).__name__}: {error}")
    return handled


def announced(stage: Stage, messages: Sequence[Message]) -> tuple[set[str], set[str]]:
    """The ids of results and of pages that a batch will ask the memory for, as far as its headers tell."""
    if stage.result_id is None:
        return set(), set()
    parents = (header_id(message, "ce_id") for message in messages)
    pages = (header_id(message, "ce_subject") for message in messages)
    return {_function(stage.result_id)(parent) for parent in parents if parent}, {page for page in pages if page}


@dataclass(slots=True, kw_only=True)
class Turn:
    """One message's turn at one stage. `step` is what it is at: it says where an error happened."""

    stage: Stage
    message: Message
    now: str
    memory: Memory | None = None
    clock: Clock = standing_still
    began: float = 0.0
    step: str = STEPS[0]
    ended: list[float] = field(default_factory=list)
    """When each step before this one ended."""
    measures: Measures = NOTHING_MEASURED

    def take(self) -> tuple[Handled, Callable[[], None] | None]:
        """What became of the message, and how to keep the decision if a new one was made. Raises whatever happens."""
        record = _read(self.stage, self.message)
        self.measures = _measures(record)
        self._next_step()
        result, keep = self._result(record)
        self._next_step()
        self.measures = _measures_of_result(self.measures, record, result)
        return self._measured(self._handled(record, result)), keep

    def _next_step(self) -> None:
        self.ended.append(self.clock())
        self.step = STEPS[len(self.ended)]

    def _measured(self, handled: Handled) -> Handled:
        seconds = tuple(end - start for start, end in pairwise((self.began, *self.ended, self.clock())))
        return replace(handled, measures=replace(self.measures, seconds=seconds))

    def took(self) -> StageTime:
        """The time until now."""
        ms = round(1000 * (self.clock() - self.began), 3)
        return StageTime(stage=self.stage.name, at=self.now, ms=max(ms, 0.0))

    def dead(self, code: Code, text: str) -> Handled:
        """The dead letter of this message, for an error in the present step."""
        return self._measured(dead(self.stage, self.message, error_report(self.step, code, text), self.took()))

    def _result(self, record: Any) -> tuple[Any, Callable[[], None] | None]:
        if self.stage.decide is None:
            return _function(self.stage.function)(record), None
        return _decided(self.stage, record, self.message.place, self.memory)

    def _handled(self, record: Any, result: Any) -> Handled:
        if isinstance(result, Drop):
            verdict = self._verdict(record, record)
            return self._ended(
                replace(verdict, outcome=Outcome.DROPPED, reason=result.reason, evidence=result.evidence)
            )
        if isinstance(result, Unchanged):
            return self._ended(replace(self._verdict(record, record), outcome=Outcome.UNCHANGED, evidence=result.since))
        if isinstance(result, Outdated):
            repeat = f"a repeat of a page whose record {result.since} stands"
            return self._ended(replace(self._verdict(record, record), outcome=Outcome.ENRICHED, evidence=repeat))
        output = self._output(result)
        verdict = self._verdict(record, result)  # a result names its page without hashing its body once more
        if not isinstance(result, EnrichedArticle):
            return Handled(verdict=verdict, messages=(output,))
        return self._ended(replace(verdict, outcome=Outcome.ENRICHED), output)

    def _verdict(self, record: Any, of: Any) -> Verdict:
        """The verdict that says no more than whose page it is; `of` is the record or what was made of it."""
        named = None if self.stage.result_id is None else _function(self.stage.result_id)(record.id)
        return Verdict(stage=self.stage.name, record_id=named, **about(self.stage, self.message, of))

    def _ended(self, verdict: Verdict, *outputs: Message) -> Handled:
        return Handled(verdict=verdict, messages=(*outputs, outcome_message(verdict, self.message, self.took())))

    def _output(self, result: Any) -> Message:
        target = self.stage.target
        article = getattr(result, "article", result)
        value = encode(result)
        headers = record_headers(
            result, stage=self.stage.name, trace=result.trace_id, subject=result.page_id, time=article.fetched_at
        )
        times = time_headers((*times_of(self.message), self.took()))
        span = span_at(self.stage.name, self.message, result.trace_id)
        output = Message(
            topic=target.name,
            key=result.page_id.encode(),
            value=value,
            headers=(*headers, *attempts_header(self.message), *times, (TRACEPARENT, span.traceparent)),
        )
        if output.size() > target.max_bytes:
            raise Reject(
                Code.OUTPUT_TOO_LARGE, f"{output.size()} bytes; {target.name} takes at most {target.max_bytes}"
            )
        return output


def _decided(
    stage: Stage, record: Any, place: Place | None, memory: Memory | None
) -> tuple[Any, Callable[[], None] | None]:
    """The result of a stage with memory, and how to keep its decision if it is a new one."""
    if memory is None or stage.decide is None or stage.result_id is None:
        raise Reject(
            Code.STAGE_FAILED, f"stage {stage.name} decides, and lacks a memory or the name of its result's id"
        )
    key = _function(stage.result_id)(record.id)
    lies = f"{place.topic}/{place.partition}/{place.offset}" if place else None
    known = memory.decision(key)
    if known is not None:
        page = memory.page(record.page_id)
        if page is not None and not (lies and known.place == lies) and _replaced(known, page):
            return Outdated(since=page.record_id), None
        return _function(stage.function)(record, known), None
    decision = replace(_function(stage.decide)(record, memory), place=lies)
    return _function(stage.function)(record, decision), lambda: memory.keep(key, decision)


def _replaced(decision: Decision, page: PageState) -> bool:
    """Whether the page has a newer revision than the one decided on. That one was sent before, if not from this place:

    messages of a page come in their order, and each is sent before the next is acknowledged.
    """
    return isinstance(decision.verdict, Revision) and decision.verdict.number < page.number


def _measures(record: Any) -> Measures:
    article = getattr(record, "article", record)
    return Measures(source=article.source, discovered_at=getattr(article, "discovered_at", None))


def _measures_of_result(measures: Measures, record: Any, result: Any) -> Measures:
    if isinstance(result, CleanArticle):
        return replace(measures, rules=tuple(Counter(cut.rule for cut in result.removed).items()))
    if not isinstance(result, EnrichedArticle):
        return replace(measures, is_reprocessed=isinstance(result, Outdated))
    change = result.revision.change
    published = getattr(record, "published", None) if change == Change.NEW else None
    return replace(
        measures, published_at=published.utc if published else None, is_reprocessed=change == Change.REPROCESSED
    )


def _read(stage: Stage, message: Message) -> Any:
    if stage.source.record == "raw_page":
        return read_raw_page(message)
    return decode_any(stage.source.records, message.value)


def load(names: Iterable[str]) -> None:
    """Import the functions of stages, so that the first message need not wait for it."""
    for name in names:
        _function(name)


@cache
def _function(name: str) -> Callable[..., Any]:
    module, _, attribute = name.partition(":")
    function: Callable[..., Any] = getattr(import_module(module), attribute)
    return function
