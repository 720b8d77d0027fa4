"""What a worker tells of a batch that is done: metrics, one canonical line for each message and batch, spans.

A key, ids and numbers are logged, and an error's code: never a body, a URL's query or a header's value.
"""

import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from pipeline.codec import Message, one_line
from pipeline.edges.clock import seconds_now
from pipeline.edges.stage_metrics import PASSED, Meter
from pipeline.edges.tracing import Tracer
from pipeline.verdicts import Handled

MAX_KEY_BYTES = 64
"""Of a key in a log line: a host or an id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Teller:
    """Tells of the batches of one stage. It never raises: what was acknowledged must not be repeated for a log line."""

    meter: Meter
    tracer: Tracer | None = None

    def done(
        self, messages: Sequence[Message], handled: Sequence[Handled], *, seconds: float, send_seconds: float
    ) -> None:
        """A batch that was taken `seconds` ago and is acknowledged now."""
        try:
            now = seconds_now()
            self.meter.count(handled, seconds=seconds, send_seconds=send_seconds, now=now)
            log_batch(messages, handled, seconds)
            if self.tracer is not None:
                for message, result in zip(messages, handled, strict=True):
                    self.tracer.message(message, result, start=now - seconds, end=now)
        except Exception as error:
            structlog.get_logger().error("a batch is done and could not be told of", reason=repr(error)[:500])


def log_batch(messages: Sequence[Message], handled: Sequence[Handled], seconds: float) -> None:
    """One line for each message, one for the batch. `ms` is a page's own time; a batch's until it is acknowledged."""
    log = structlog.get_logger()
    if log.is_enabled_for(logging.DEBUG):
        for message, result in zip(messages, handled, strict=True):
            place, verdict = message.place, result.verdict
            log.debug(
                "message",
                topic=message.topic,
                partition=place.partition if place else None,
                offset=place.offset if place else None,
                key=_readable(message.key),
                trace_id=verdict.trace_id,
                verdict=verdict.outcome or PASSED,
                cause=verdict.reason or (verdict.error.code if verdict.error else None),
                ms=round(1000 * sum(result.measures.seconds), 1),
            )
    verdicts = Counter(str(result.verdict.outcome or PASSED) for result in handled)
    partitions = sorted({message.place.partition for message in messages if message.place})
    log.info(
        "batch",
        topic=messages[0].topic,
        partitions=partitions,
        messages=len(messages),
        ms=round(1000 * seconds, 1),
        **verdicts,
    )


def _readable(key: bytes | None) -> str | None:
    return None if key is None else one_line(key[:MAX_KEY_BYTES].decode("utf-8", "replace"), MAX_KEY_BYTES)
