"""The trace of a page: from whoever published it through every stage to its outcome, the same at every repeat."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.codec import Message, raw_message
from pipeline.edges.store import open_store
from pipeline.handle import handle
from pipeline.records import RawPage
from pipeline.topology import DEAD
from pipeline.traces import TRACEPARENT, Span, span_of
from pipeline.verdicts import trace_id_of
from tests import faults

NOW = "2026-05-03T10:00:00.000Z"
GIVEN = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"
PAGE = raw_message(RawPage(url="https://news.example/storm", body=b"fine", fetched_at=NOW))
TRACE = trace_id_of(PAGE, "raw_page")


def way(message: Message) -> list[Message]:
    """The page's message, and the first one that each stage makes of it, with the outcome at its end."""
    store = open_store(":memory:", cluster_id=None)
    messages = [message]
    with store.transaction(now=NOW) as memory:
        for stage in faults.TOPOLOGY.stages:
            messages += handle(stage, messages[-1], now=NOW, memory=memory).messages
    store.close()
    return messages


def parts(message: Message) -> list[str]:
    return (message.header(TRACEPARENT) or b"").decode().split("-")


def test_every_message_of_a_page_is_in_one_trace_and_names_the_span_that_sent_it() -> None:
    messages = way(PAGE)
    assert [message.topic.split(".")[1] for message in messages] == [
        "raw",
        "clean",
        "annotated",
        "enriched",
        "outcomes",
    ]
    assert {(version, trace, flags) for version, trace, _, flags in map(parts, messages)} == {("00", TRACE, "01")}
    spans = [parts(message)[2] for message in messages]
    assert len(set(spans)) == 4
    assert spans[3] == spans[4], "record and outcome are sent by the same work"


def test_a_publisher_s_trace_goes_on_with_its_flags() -> None:
    message = replace(PAGE, headers=(*PAGE.headers, (TRACEPARENT, GIVEN.encode())))
    assert {(parts(each)[1], parts(each)[3]) for each in way(message)[1:]} == {(GIVEN.split("-")[1], "00")}


def test_a_repeat_gives_the_same_spans_and_another_attempt_gives_others() -> None:
    assert way(PAGE) == way(PAGE)
    again = replace(PAGE, headers=(*PAGE.headers, ("dlq.attempts", b"1")))
    assert parts(way(again)[1])[2] != parts(way(PAGE)[1])[2]


def test_a_dead_letter_keeps_the_header_and_names_the_span_that_failed() -> None:
    message = replace(PAGE, value=b"raise")
    (letter, outcome) = handle(faults.TOPOLOGY.stage("clean"), message, now=NOW).messages
    assert letter.topic == DEAD.name
    assert letter.header(TRACEPARENT) == PAGE.header(TRACEPARENT), "a retry is the same message"
    assert letter.header("dlq.traceparent") == outcome.header(TRACEPARENT) != PAGE.header(TRACEPARENT)


@pytest.mark.parametrize(
    "header",
    [
        None,
        b"",
        b"00-00000000000000000000000000000000-b7ad6b7169203331-01",
        b"00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
        b"00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
        b"ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        GIVEN.encode() + b"-more",
        GIVEN.encode() + b"\n",
    ],
)
def test_what_is_no_valid_header_begins_a_trace_with_the_page_s_own_id(header: bytes | None) -> None:
    span = span_of(header, TRACE, "clean", "0")
    assert (span.trace_id, span.parent_id, span.is_sampled) == (TRACE, None, True)


def test_a_later_version_of_the_header_is_read_as_far_as_it_is_known() -> None:
    assert span_of(b"01" + GIVEN[2:].encode() + b"-more", TRACE, "clean").parent_id == "b7ad6b7169203331"


@given(st.binary(max_size=80))
def test_whatever_the_header_holds_there_is_a_valid_span(header: bytes) -> None:
    span = span_of(header, TRACE, "clean")
    assert span_of(span.traceparent, TRACE, "annotate") == Span(
        trace_id=span.trace_id,
        span_id=span_of(span.traceparent, TRACE, "annotate").span_id,
        parent_id=span.span_id,
        flags=span.flags,
    )
