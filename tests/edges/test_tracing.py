"""Spans: one for each stage's work on a page, joined by the ids in the headers, sent to a collector by OTLP."""

import builtins
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from itertools import count
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from pipeline.codec import Message, raw_message
from pipeline.edges import tracing
from pipeline.edges.batches import Teller
from pipeline.edges.stage_metrics import Meter
from pipeline.edges.store import open_store
from pipeline.edges.tracing import SpanTracer, open_tracer
from pipeline.errors import UsageError
from pipeline.handle import handle
from pipeline.records import Place, RawPage
from pipeline.settings import LOOPBACK, read_settings
from pipeline.traces import TRACEPARENT
from pipeline.verdicts import Handled, trace_id_of
from tests import faults

NOW = "2026-05-03T10:00:00.000Z"
SECRET = "hunter2"


def raw(body: str = f"fine {SECRET}") -> Message:
    url = f"https://news.example/storm?token={SECRET}"
    page = raw_message(RawPage(url=url, body=body.encode(), source="feed", fetched_at=NOW))
    return replace(page, place=Place(topic=page.topic, partition=3, offset=41))


def way(message: Message) -> list[tuple[str, Message, Handled]]:
    """A page through all stages, each with a clock that ticks 1/4 s."""
    ticks = count()
    store = open_store(":memory:", cluster_id=None)
    done = []
    with store.transaction(now=NOW) as memory:
        for stage in faults.TOPOLOGY.stages:
            handled = handle(stage, message, now=NOW, memory=memory, clock=lambda: next(ticks) / 4)
            done.append((stage.name, message, handled))
            message = handled.messages[0]
    store.close()
    return done


@pytest.fixture
def exporter() -> InMemorySpanExporter:
    return InMemorySpanExporter()


@pytest.fixture
def spans(exporter: InMemorySpanExporter) -> list[ReadableSpan]:
    """The spans of a page's way, from its publisher to the enriched record."""
    tracer = SpanTracer(SimpleSpanProcessor(exporter))
    page = raw()
    tracer.published(page, start=1_000.0, end=1_000.5)
    for number, (name, message, handled) in enumerate(way(page)):
        teller = Teller(meter=Meter(name), tracer=tracer)
        teller.done([message], [handled], seconds=0.5 + number, send_seconds=0.1)
    tracer.close()
    return list(exporter.get_finished_spans())


def attributes(span: ReadableSpan) -> dict[str, Any]:
    return dict(span.attributes or {})


def test_each_stage_s_work_is_a_span_below_the_one_that_sent_its_message(spans: list[ReadableSpan]) -> None:
    names = ["publish news.raw.v1", "clean news.raw.v1", "annotate news.clean.v1", "relate news.annotated.v1"]
    assert [span.name for span in spans] == names
    assert {f"{span.context.trace_id:032x}" for span in spans} == {trace_id_of(raw(), "raw_page")}
    assert [span.parent and span.parent.span_id for span in spans] == [None, *(s.context.span_id for s in spans[:-1])]
    assert [span.kind for span in spans] == [SpanKind.PRODUCER] + 3 * [SpanKind.CONSUMER]


def test_a_span_has_the_id_that_the_sent_header_names(spans: list[ReadableSpan]) -> None:
    sent = [(handled.messages[0].header(TRACEPARENT) or b"").decode().split("-")[2] for _, _, handled in way(raw())]
    assert [f"{span.context.span_id:016x}" for span in spans[1:]] == sent


def test_it_tells_the_place_the_verdict_and_the_time_of_each_step(spans: list[ReadableSpan]) -> None:
    _, clean, _, relate = spans
    told = attributes(clean)
    place = ("messaging.destination.name", "messaging.destination.partition.id", "messaging.kafka.offset")
    assert [told[name] for name in place] == ["news.raw.v1", "3", 41]
    assert told["newsflow.verdict"] == "passed"
    assert told["newsflow.decode_ms"] == 250.0
    assert told["newsflow.process_ms"] == 250.0
    assert told["newsflow.encode_ms"] >= 250.0
    assert ((clean.end_time or 0) - (clean.start_time or 0)) / 1e9 == pytest.approx(0.5, abs=0.001)
    assert attributes(relate)["newsflow.verdict"] == "enriched"


def test_a_dead_letter_s_span_is_an_error_with_its_cause(exporter: InMemorySpanExporter) -> None:
    tracer = SpanTracer(SimpleSpanProcessor(exporter))
    page = raw("raise")
    handled = handle(faults.TOPOLOGY.stage("clean"), page, now=NOW)
    tracer.message(page, handled, start=1.0, end=2.0)
    (span,) = exporter.get_finished_spans()
    assert span.status.status_code == StatusCode.ERROR
    assert attributes(span)["error.type"] == "stage_failed"
    header = (handled.messages[0].header("dlq.traceparent") or b"").decode()
    assert header.split("-")[2] == f"{span.context.span_id:016x}"


def test_neither_a_body_nor_a_url_s_query_is_told(spans: list[ReadableSpan]) -> None:
    assert SECRET not in "".join(span.to_json() for span in spans)


def test_a_trace_that_nobody_wants_is_not_collected() -> None:
    with collector() as (url, requests):
        tracer = open_tracer(url)
        assert tracer is not None
        unwanted = b"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"
        page = replace(raw(), headers=(*raw().headers, (TRACEPARENT, unwanted)))
        for message in (page, raw()):
            tracer.message(message, handle(faults.TOPOLOGY.stage("clean"), message, now=NOW), start=1.0, end=2.0)
        tracer.close()
    assert [span.trace_id.hex() for request in requests for span in spans_in(request)] == [
        trace_id_of(raw(), "raw_page")
    ]


def test_a_collector_that_is_away_costs_nothing_but_its_spans() -> None:
    tracer = open_tracer(f"http://{LOOPBACK}:9/v1/traces")
    assert tracer is not None
    tracer.message(raw(), handle(faults.TOPOLOGY.stage("clean"), raw(), now=NOW), start=1.0, end=2.0)
    tracer.close()


def test_a_collector_that_never_answers_holds_up_the_end_of_a_process_for_a_bounded_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with socket.socket() as silent:
        silent.bind((LOOPBACK, 0))
        silent.listen()
        tracer = open_tracer(f"http://{LOOPBACK}:{silent.getsockname()[1]}/v1/traces")
        assert tracer is not None
        tracer.message(raw(), handle(faults.TOPOLOGY.stage("clean"), raw(), now=NOW), start=1.0, end=2.0)
        monkeypatch.setattr(tracing, "EXPORT_SECONDS", 0.2)
        began = time.monotonic()
        tracer.close()
        assert time.monotonic() - began < 3, "the exporter itself waits for 5 s"


def spans_in(request: ExportTraceServiceRequest) -> Iterator[Any]:
    for resource in request.resource_spans:
        assert {"service.name"} <= {each.key for each in resource.resource.attributes}
        for scope in resource.scope_spans:
            yield from scope.spans


@contextmanager
def collector() -> Iterator[tuple[str, list[ExportTraceServiceRequest]]]:
    """An OTLP collector on loopback: its URL, and what it got."""
    requests: list[ExportTraceServiceRequest] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.headers.get("Content-Encoding") is None:
                requests.append(ExportTraceServiceRequest.FromString(body))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_arguments: object) -> None:
            return

    with HTTPServer((LOOPBACK, 0), Handler) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        yield f"http://{LOOPBACK}:{server.server_port}/v1/traces", requests
        server.shutdown()


def test_without_the_extra_the_setting_is_refused_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    really = builtins.__import__

    def without(name: str, *arguments: Any, **options: Any) -> Any:
        if name.startswith("opentelemetry"):
            raise ModuleNotFoundError(f"No module named {name!r}")
        return really(name, *arguments, **options)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(UsageError, match=r"pip install 'newsflow\[otel\]'"):
        open_tracer("http://127.0.0.1:4318/v1/traces")
    assert open_tracer(None) is None


def test_a_wrong_endpoint_is_refused_at_the_start_and_not_shown_for_it_may_hold_a_password() -> None:
    with pytest.raises(UsageError) as error:
        read_settings({"NEWSFLOW_OTLP": f"me:{SECRET}@localhost:4318"})
    assert str(error.value).startswith("NEWSFLOW_OTLP=(hidden): must be a URL such as http://")
