"""Spans for OpenTelemetry, made of what a shell measured: a batch costs nothing more where no collector is set.

A span's ids are those in the `traceparent` headers, which are computed; the SDK's tracer would draw others.
"""

import threading
from typing import TYPE_CHECKING, Any, Protocol

from pipeline.codec import Message
from pipeline.errors import UsageError
from pipeline.traces import Span
from pipeline.verdicts import STEPS, Handled, sent_by, span_at
from pipeline.version import VERSION

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import SpanProcessor

NANOSECONDS = 1_000_000_000
EXPORT_SECONDS = 5.0
"""At the end of a process: how long a collector is waited for."""


class Tracer(Protocol):
    """Takes what was done, when it is done. Times in seconds since 1970."""

    def message(self, message: Message, handled: Handled, *, start: float, end: float) -> None:
        """A stage's work on one message, from the batch that it was taken in to the acknowledgement."""
        ...

    def published(self, message: Message, *, start: float, end: float) -> None:
        """A raw page that was sent."""
        ...

    def close(self) -> None:
        """Send what waits."""
        ...


def open_tracer(endpoint: str | None) -> Tracer | None:
    """A tracer that sends to a collector by OTLP over HTTP; None when none is set. UsageError without the extra."""
    if endpoint is None:
        return None
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError as error:
        raise UsageError(f"NEWSFLOW_OTLP needs OpenTelemetry ({error}): pip install 'newsflow[otel]'") from error
    exporter = OTLPSpanExporter(endpoint=endpoint, timeout=EXPORT_SECONDS)
    return SpanTracer(BatchSpanProcessor(exporter))


class SpanTracer:
    """Hands finished spans to one of the SDK's processors."""

    def __init__(self, processor: "SpanProcessor") -> None:
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.util.instrumentation import InstrumentationScope

        self._processor = processor
        self._resource = Resource.create({"service.name": "newsflow", "service.version": VERSION})
        self._scope = InstrumentationScope("newsflow", VERSION)

    def message(self, message: Message, handled: Handled, *, start: float, end: float) -> None:
        """As `Tracer` says; its attributes tell place, verdict and the time of each step."""
        verdict, place = handled.verdict, message.place
        attributes: dict[str, Any] = {
            "messaging.system": "kafka",
            "messaging.operation.type": "process",
            "messaging.destination.name": message.topic,
            "messaging.destination.partition.id": None if place is None else str(place.partition),
            "messaging.kafka.offset": None if place is None else place.offset,
            "newsflow.trace_id": verdict.trace_id,
            "newsflow.page_id": verdict.page_id,
            "newsflow.verdict": str(verdict.outcome or "passed"),
            "newsflow.reason": None if verdict.reason is None else str(verdict.reason),
            "error.type": None if verdict.error is None else str(verdict.error.code),
        }
        for step, seconds in zip(STEPS, handled.measures.seconds, strict=False):
            attributes[f"newsflow.{step}_ms"] = round(1000 * seconds, 3)
        span = span_at(verdict.stage, message, verdict.trace_id)
        error = None if verdict.error is None else verdict.error.message
        self._end(f"{verdict.stage} {message.topic}", span, attributes, (start, end), error)

    def published(self, message: Message, *, start: float, end: float) -> None:
        """As `Tracer` says."""
        span = sent_by(message)
        if span is not None:
            attributes = {
                "messaging.system": "kafka",
                "messaging.operation.type": "send",
                "messaging.destination.name": message.topic,
                "server.address": (message.key or b"").decode("ascii", "replace"),
            }
            self._end(f"publish {message.topic}", span, attributes, (start, end), None)

    def close(self) -> None:
        """As `Tracer` says; within `EXPORT_SECONDS`, which the SDK's own methods do not keep to."""
        flush = threading.Thread(target=self._flush, name="tracing", daemon=True)
        flush.start()
        flush.join(EXPORT_SECONDS)

    def _flush(self) -> None:
        self._processor.force_flush(int(1000 * EXPORT_SECONDS))
        self._processor.shutdown()

    def _end(
        self, name: str, span: Span, attributes: dict[str, Any], times: tuple[float, float], error: str | None
    ) -> None:
        from opentelemetry.sdk.trace import ReadableSpan
        from opentelemetry.trace import SpanContext, SpanKind, Status, StatusCode, TraceFlags

        def context(span_id: str, *, is_remote: bool) -> SpanContext:
            flags = TraceFlags(int(span.flags, 16))
            return SpanContext(int(span.trace_id, 16), int(span_id, 16), is_remote=is_remote, trace_flags=flags)

        finished = ReadableSpan(
            name=name,
            context=context(span.span_id, is_remote=False),
            parent=None if span.parent_id is None else context(span.parent_id, is_remote=True),
            resource=self._resource,
            attributes={key: value for key, value in attributes.items() if value is not None},
            kind=SpanKind.PRODUCER if name.startswith("publish ") else SpanKind.CONSUMER,
            status=Status(StatusCode.ERROR, error) if error is not None else Status(StatusCode.UNSET),
            start_time=int(times[0] * NANOSECONDS),
            end_time=int(times[1] * NANOSECONDS),
            instrumentation_scope=self._scope,
        )
        self._processor.on_end(finished)
