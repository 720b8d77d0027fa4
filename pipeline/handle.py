"""One message through one stage: decode, process, encode. Both shells call this, and nothing else decides on errors.

Pure: no I/O, no clock, no randomness; the time and the memory are arguments. Whatever goes wrong becomes one dead
letter that says in which step it happened, except `Unavailable`: then nothing was decided and the message waits.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from importlib import import_module
from typing import Any

from pipeline.codec import (
    ATTEMPTS,
    RECORD_TYPES,
    Headers,
    Message,
    attempts_of,
    decode,
    encode,
    header_id,
    one_line,
    read_raw_page,
    record_headers,
    without_headers,
)
from pipeline.errors import Code, Drop, Failure, Outdated, Reject, Unavailable, Unchanged
from pipeline.identity import letter_trace_id, message_id, trace_id
from pipeline.memory import Decision, Memory, PageState
from pipeline.records import EnrichedArticle, ErrorReport, Outcome, PageOutcome, Place, RawPage, Revision
from pipeline.topology import DEAD, OUTCOMES, Stage
from pipeline.version import VERSION

MAX_ERROR_BYTES = 2048
"""An error's text in a header: enough for a reason, too little for a page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a stage made of one message. `outcome` is None when the page went on to the next stage."""

    stage: str
    trace_id: str
    page_id: str | None = None
    url: str | None = None
    outcome: Outcome | None = None
    reason: str | None = None
    evidence: str | None = None
    error: ErrorReport | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Handled:
    """One message's verdict and the messages to send because of it, in this order."""

    verdict: Verdict
    messages: tuple[Message, ...]


def handle(stage: Stage, message: Message, *, now: str, memory: Memory | None = None) -> Handled:
    """Take one message through one stage. `now` is an RFC 3339 instant for outcomes and dead letters.

    A stage that decides (`stage.decide`) needs `memory`, inside a transaction that the caller commits before sending.
    Raises Unavailable when the memory cannot serve now, Failure when it is broken, and nothing else.
    """
    step = "decode"
    record: Any = None
    try:
        record = _read(stage, message)
        step = "process"
        if stage.decide is None:
            result, keep = _function(stage.function)(record), None
        else:
            result, keep = _decided(stage, record, message.place, memory)
        step = "encode"
        handled = _handled(stage, message, record, result, now)
        if keep is not None:
            keep()  # last: a message that cannot be encoded leaves no trace in the memory
    except (Unavailable, Failure):
        raise
    except Reject as error:
        return dead(stage, message, step=step, code=error.code, text=str(error), now=now)
    except MemoryError:
        text = "the page needs more memory than a page may take"
        return dead(stage, message, step=step, code=Code.MEMORY_LIMIT, text=text, now=now)
    except Exception as error:  # whatever else happens is our bug, and must cost only this message
        text = f"{type(error).__name__}: {error}"
        return dead(stage, message, step=step, code=Code.STAGE_FAILED, text=text, now=now)
    return handled


def _decided(
    stage: Stage, record: Any, place: Place | None, memory: Memory | None
) -> tuple[Any, Callable[[], None] | None]:
    """The result of a stage with memory, and how to keep its decision if it is a new one."""
    if memory is None or stage.decide is None or stage.result_id is None:
        raise Reject(
            Code.STAGE_FAILED, f"stage {stage.name} decides, and lacks a memory or the name of its result's id"
        )
    key = _function(stage.result_id)(record)
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


def _read(stage: Stage, message: Message) -> Any:
    if stage.source.record == "raw_page":
        return read_raw_page(message)
    return decode(RECORD_TYPES[stage.source.record], message.value)


@cache
def _function(name: str) -> Callable[..., Any]:
    module, _, attribute = name.partition(":")
    function: Callable[..., Any] = getattr(import_module(module), attribute)
    return function


def _handled(stage: Stage, message: Message, record: Any, result: Any, now: str) -> Handled:
    about = _about(stage, message, record)
    if isinstance(result, Drop):
        verdict = Verdict(
            stage=stage.name, outcome=Outcome.DROPPED, reason=result.reason, evidence=result.evidence, **about
        )
        return Handled(verdict=verdict, messages=(_outcome_message(verdict, message, now),))
    if isinstance(result, Unchanged):
        verdict = Verdict(stage=stage.name, outcome=Outcome.UNCHANGED, evidence=result.since, **about)
        return Handled(verdict=verdict, messages=(_outcome_message(verdict, message, now),))
    if isinstance(result, Outdated):
        repeat = f"a repeat of a page whose record {result.since} stands"
        verdict = Verdict(stage=stage.name, outcome=Outcome.ENRICHED, evidence=repeat, **about)
        return Handled(verdict=verdict, messages=(_outcome_message(verdict, message, now),))
    output = _output(stage, message, result)
    about = _about(stage, message, result)
    if not isinstance(result, EnrichedArticle):
        return Handled(verdict=Verdict(stage=stage.name, **about), messages=(output,))
    verdict = Verdict(stage=stage.name, outcome=Outcome.ENRICHED, **about)
    return Handled(verdict=verdict, messages=(output, _outcome_message(verdict, message, now)))


def _output(stage: Stage, message: Message, result: Any) -> Message:
    article = getattr(result, "article", result)
    headers = record_headers(
        result, stage=stage.name, trace=result.trace_id, subject=result.page_id, time=article.fetched_at
    )
    output = Message(
        topic=stage.target.name,
        key=result.page_id.encode(),
        value=encode(result),
        headers=headers + _attempts_header(message),
    )
    if output.size() > stage.target.max_bytes:
        raise Reject(
            Code.OUTPUT_TOO_LARGE, f"{output.size()} bytes; {stage.target.name} takes at most {stage.target.max_bytes}"
        )
    return output


def _attempts_header(message: Message) -> Headers:
    attempts = attempts_of(message)
    return ((ATTEMPTS, str(attempts).encode()),) if attempts else ()


def _about(stage: Stage, message: Message, record: Any) -> dict[str, Any]:
    if isinstance(record, RawPage):
        return {"trace_id": trace_id(record.url, record.fetched_at, record.body), "url": record.url}
    if record is not None:
        return {"trace_id": record.trace_id, "page_id": record.page_id, "url": record.url}
    return {"trace_id": _trace_id_of(stage, message), "url": _header_text(message, "url")}


def _trace_id_of(stage: Stage, message: Message) -> str:
    """The trace_id of a message that could not be read as a record: as the stage before it would have named it."""
    if stage.source.record != "raw_page":
        return header_id(message, "trace_id") or letter_trace_id(message.key, message.value)
    url, fetched_at = message.header("url"), message.header("fetched_at")
    if url is None or message.value is None:
        return letter_trace_id(message.key, message.value)
    when = None if fetched_at is None else fetched_at.decode("utf-8", "replace")
    return trace_id(url.decode("utf-8", "replace"), when, message.value)


def _header_text(message: Message, name: str) -> str | None:
    value = message.header(name)
    return None if value is None else one_line(value.decode("utf-8", "replace"), MAX_ERROR_BYTES)


def dead(stage: Stage, message: Message, *, step: str, code: Code, text: str, now: str) -> Handled:
    """The dead letter of a message: its bytes, key and headers untouched, plus `dlq.*` headers, and its outcome.

    The shells call this too, for a message whose process hung, was killed or ran out of memory.
    """
    error = ErrorReport(step=step, code=code, message=one_line(text, MAX_ERROR_BYTES))
    verdict = Verdict(stage=stage.name, outcome=Outcome.DEAD, error=error, **_about(stage, message, None))
    headers = without_headers(message.headers, "dlq.") + _dlq_headers(stage, message, error, now)
    key = message.key
    if key is None and message.value is None:  # Kafka takes such a message, and its Python client sends none
        key, headers = b"", (*headers, ("dlq.key_null", b"true"))
    letter = Message(topic=DEAD.name, key=key, value=message.value, headers=headers)
    if letter.size() > DEAD.max_bytes:
        letter = _letter_without_bytes(letter)
    return Handled(verdict=verdict, messages=(letter, _outcome_message(verdict, message, now)))


def _dlq_headers(stage: Stage, message: Message, error: ErrorReport, now: str) -> Headers:
    pairs = {
        "dlq.stage": stage.name,
        "dlq.step": error.step,
        "dlq.error.type": error.code,
        "dlq.error.message": error.message,
        "dlq.source.topic": message.topic,
        "dlq.source.partition": str(message.place.partition) if message.place else None,
        "dlq.source.offset": str(message.place.offset) if message.place else None,
        ATTEMPTS: str(attempts_of(message) + 1),
        "dlq.failed_at": now,
        "dlq.version": VERSION,
    }
    return tuple((name, value.encode("utf-8", "replace")) for name, value in pairs.items() if value is not None)


def _letter_without_bytes(letter: Message) -> Message:
    """Only a foreign publisher's highly compressed message gets here: its bytes fit its topic but not this one.

    They stay where they lie; the letter says so and names the place, since a letter that cannot be sent would stop
    the partition for good.
    """
    size = (("dlq.value_omitted", str(len(letter.value or b"")).encode()),)
    dlq = tuple(pair for pair in letter.headers if pair[0].startswith("dlq."))
    return Message(topic=letter.topic, key=(letter.key or b"")[:1024], value=None, headers=dlq + size)


def _outcome_message(verdict: Verdict, message: Message, now: str) -> Message:
    assert verdict.outcome is not None  # noqa: S101 - only terminal verdicts are outcomes
    attempt = attempts_of(message) + 1
    outcome = PageOutcome(
        id=message_id(verdict.trace_id, verdict.stage, verdict.outcome, str(attempt)),
        trace_id=verdict.trace_id,
        page_id=verdict.page_id,
        url=verdict.url,
        stage=verdict.stage,
        outcome=verdict.outcome,
        reason=verdict.reason,
        evidence=verdict.evidence,
        error=verdict.error,
        attempt=attempt,
        input=message.place,
        at=now,
        version=VERSION,
    )
    headers = record_headers(outcome, stage=verdict.stage, trace=verdict.trace_id, subject=verdict.page_id, time=now)
    return Message(topic=OUTCOMES.name, key=verdict.trace_id.encode(), value=encode(outcome), headers=headers)
