"""What a stage made of one message, and the messages that say so: outcomes, dead letters, and the times on the way.

Durations and instants travel in headers named `time.<stage>`, never in a record: the same input gives the same bytes.
"""

import re
from dataclasses import dataclass, field
from typing import Any

from pipeline.codec import (
    ATTEMPTS,
    Headers,
    Message,
    attempts_of,
    encode,
    header_id,
    one_line,
    record_headers,
    without_headers,
)
from pipeline.identity import letter_trace_id, message_id, trace_id
from pipeline.records import ErrorReport, Outcome, PageOutcome, RawPage, StageTime
from pipeline.topology import DEAD, OUTCOMES, RAW, Stage
from pipeline.traces import TRACEPARENT, Span, read_span, span_of
from pipeline.version import VERSION

MAX_ERROR_BYTES = 2048
"""An error's text in a header: enough for a reason, too little for a page."""

TIMES = "time."
"""Prefix of the headers that say when a stage took the page, and how many milliseconds it worked on it."""

MAX_TIMES = 16
"""Stages whose times are passed on: an outcome must fit its topic, whatever headers a page comes with."""

STEPS = ("decode", "process", "encode")
"""What `handle` does with a message, in this order."""

_TIME_NAME = re.compile(re.escape(TIMES) + r"([\w-]{1,64})", re.ASCII)
_TIME = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z)(?: (\d{1,9}(?:\.\d{1,3})?))?", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a stage made of one message. `outcome` is None when the page went on to the next stage."""

    stage: str
    trace_id: str
    page_id: str | None = None
    url: str | None = None
    fetched_at: str | None = None
    record_id: str | None = None
    outcome: Outcome | None = None
    reason: str | None = None
    evidence: str | None = None
    error: ErrorReport | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """What a shell counts of one message beside its verdict. None of it stands in a record."""

    seconds: tuple[float, ...] = ()
    """Time of each of the `STEPS`, as far as the message came; none when its process was killed."""
    source: str | None = None
    discovered_at: str | None = None
    published_at: str | None = None
    """Of a page's first record: when it was published, if that is stated with time and offset."""
    rules: tuple[tuple[str, int], ...] = ()
    """How many cuts each rule made, for the stage that cuts."""
    is_reprocessed: bool = False
    """Whether the result is of a page that was known before: how old that is says nothing of this pipeline."""


NOTHING_MEASURED = Measures()


@dataclass(frozen=True, slots=True, kw_only=True)
class Handled:
    """One message's verdict and the messages to send because of it, in this order."""

    verdict: Verdict
    messages: tuple[Message, ...]
    measures: Measures = field(default=NOTHING_MEASURED, compare=False)


def about(stage: Stage, message: Message, record: Any) -> dict[str, Any]:
    """Whose page it is, as fields of a verdict; `record` is None when the message could not be read."""
    if isinstance(record, RawPage):
        trace = trace_id(record.url, record.fetched_at, record.body)
        return {"trace_id": trace, "url": record.url, "fetched_at": record.fetched_at}
    if record is not None:
        article = getattr(record, "article", record)
        who = {"trace_id": record.trace_id, "page_id": record.page_id}
        return {**who, "url": record.url, "fetched_at": article.fetched_at}
    return {"trace_id": trace_id_of(message, stage.source.record), "url": _header_text(message, "url")}


def trace_id_of(message: Message, record: str) -> str:
    """The trace_id of a message in a topic of such records, read or not: as the stages name it in their outcomes."""
    if record != "raw_page":
        return header_id(message, "trace_id") or letter_trace_id(message.key, message.value)
    url, fetched_at = message.header("url"), message.header("fetched_at")
    if url is None or message.value is None:
        return letter_trace_id(message.key, message.value)
    when = None if fetched_at is None else fetched_at.decode("utf-8", "replace")
    return trace_id(url.decode("utf-8", "replace"), when, message.value)


def _header_text(message: Message, name: str) -> str | None:
    value = message.header(name)
    return None if value is None else one_line(value.decode("utf-8", "replace"), MAX_ERROR_BYTES)


# ---- times and traces


def span_at(stage: str, message: Message, trace: str) -> Span:
    """The span of a stage's work on a message of that trace_id; another attempt is another span."""
    return span_of(message.header(TRACEPARENT), trace, stage, str(attempts_of(message)))


def times_of(message: Message) -> tuple[StageTime, ...]:
    """What the stages before say of their time, in their order. What is not ours is passed over.

    Before a raw page there was no stage: headers of that name are its publisher's.
    """
    found = []
    for name, value in message.headers if message.topic != RAW.name else ():
        stage, time = _TIME_NAME.fullmatch(name), _TIME.fullmatch((value or b"").decode("ascii", "replace"))
        if stage and time:
            at, ms = time.groups()
            found.append(StageTime(stage=stage[1], at=at, ms=None if ms is None else float(ms)))
    return tuple(found[-MAX_TIMES:])


def time_headers(times: tuple[StageTime, ...]) -> Headers:
    """The same as headers."""
    return tuple(
        (TIMES + time.stage, (time.at if time.ms is None else f"{time.at} {time.ms:.3f}").encode()) for time in times
    )


def sent_by(message: Message) -> Span | None:
    """The span that sent a message, as its header tells; None without a valid one."""
    return read_span(message.header(TRACEPARENT))


# ---- outcomes and dead letters


def attempts_header(message: Message) -> Headers:
    """How often the page has ended as a dead letter, when it has."""
    attempts = attempts_of(message)
    return ((ATTEMPTS, str(attempts).encode()),) if attempts else ()


def outcome_message(verdict: Verdict, message: Message, took: StageTime) -> Message:
    """The outcome of a terminal verdict on a message."""
    assert verdict.outcome is not None  # noqa: S101 - only terminal verdicts are outcomes
    attempt = attempts_of(message) + 1
    span = span_at(verdict.stage, message, verdict.trace_id)
    return outcome_of(
        PageOutcome(
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
            at=took.at,
            version=VERSION,
            record_id=verdict.record_id,
            fetched_at=verdict.fetched_at,
            times=(*times_of(message), took),
        ),
        traced=((TRACEPARENT, span.traceparent),),
    )


def outcome_of(outcome: PageOutcome, *, traced: Headers = ()) -> Message:
    """An outcome as the message that tells of it; `traced` is the trace that it belongs to, when it is of one."""
    headers = record_headers(
        outcome, stage=outcome.stage, trace=outcome.trace_id, subject=outcome.page_id, time=outcome.at
    )
    return Message(topic=OUTCOMES.name, key=outcome.trace_id.encode(), value=encode(outcome), headers=headers + traced)


def dead(stage: Stage, message: Message, error: ErrorReport, took: StageTime) -> Handled:
    """The dead letter of a message: its bytes, key and headers untouched, plus `dlq.*` headers, and its outcome.

    The shells call this too, for a message whose process hung, was killed or ran out of memory.
    """
    verdict = Verdict(stage=stage.name, outcome=Outcome.DEAD, error=error, **about(stage, message, None))
    headers = without_headers(message.headers, "dlq.") + _dlq_headers(message, verdict, error, took)
    key = message.key
    if key is None and message.value is None:  # Kafka takes such a message, and its Python client sends none
        key, headers = b"", (*headers, ("dlq.key_null", b"true"))
    letter = Message(topic=DEAD.name, key=key, value=message.value, headers=headers)
    if letter.size() > DEAD.max_bytes:
        letter = _letter_without_bytes(letter)
    return Handled(verdict=verdict, messages=(letter, outcome_message(verdict, message, took)))


def error_report(step: str, code: str, text: str) -> ErrorReport:
    """An error, its text short and on one line."""
    return ErrorReport(step=step, code=code, message=one_line(text, MAX_ERROR_BYTES))


def _dlq_headers(message: Message, verdict: Verdict, error: ErrorReport, took: StageTime) -> Headers:
    pairs = {
        "dlq.trace_id": verdict.trace_id,
        "dlq.stage": verdict.stage,
        "dlq.step": error.step,
        "dlq.error.type": error.code,
        "dlq.error.message": error.message,
        "dlq.source.topic": message.topic,
        "dlq.source.partition": str(message.place.partition) if message.place else None,
        "dlq.source.offset": str(message.place.offset) if message.place else None,
        ATTEMPTS: str(attempts_of(message) + 1),
        "dlq.failed_at": took.at,
        "dlq.version": VERSION,
        "dlq.traceparent": span_at(verdict.stage, message, verdict.trace_id).traceparent.decode(),
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
