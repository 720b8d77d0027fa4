"""One message through one stage: whatever comes in, exactly one verdict comes out, and its bytes are not lost."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain, repeat
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.codec import ATTEMPTS, Message, decode, encode, raw_message
from pipeline.edges.store import open_store
from pipeline.errors import Code, Unavailable
from pipeline.handle import announced, handle
from pipeline.identity import trace_id
from pipeline.memory import Decision, Memory, PageState
from pipeline.records import AnnotatedArticle, Change, EnrichedArticle, Outcome, PageOutcome, Place, RawPage
from pipeline.stages.relate import record_id
from pipeline.topology import DEAD, MAX_BODY_BYTES, OUTCOMES, TOPOLOGY, Stage
from pipeline.verdicts import Handled, times_of
from tests import faults
from tests.articles import annotated

NOW = "2026-05-03T10:00:00.000Z"
URL = "https://news.example/storm"
CLEAN, ANNOTATE, RELATE = faults.TOPOLOGY.stages


@pytest.fixture
def memory() -> Iterator[Memory]:
    store = open_store(":memory:", cluster_id=None)
    with store.transaction(now=NOW) as memory:
        yield memory
    store.close()


def raw(body: bytes, **fields: Any) -> Message:
    return raw_message(RawPage(url=URL, body=body, **fields))


def outcome_of(handled: Handled) -> PageOutcome:
    (message,) = [message for message in handled.messages if message.topic == OUTCOMES.name]
    return decode(PageOutcome, message.value)


def letter_of(handled: Handled) -> Message:
    (message,) = [message for message in handled.messages if message.topic == DEAD.name]
    return message


def test_a_page_that_passes_goes_on_and_has_no_outcome_yet() -> None:
    handled = handle(CLEAN, raw(b"fine"), now=NOW)
    (message,) = handled.messages
    assert handled.verdict.outcome is None
    assert message.topic == "news.clean.v1"
    assert message.key == orjson.loads(message.value or b"")["page_id"].encode()
    assert message.header("trace_id") == handled.verdict.trace_id.encode()
    assert message.header("ce_id") == orjson.loads(message.value or b"")["id"].encode()


def test_a_page_that_ends_enriched_is_sent_with_its_outcome(memory: Memory) -> None:
    message = handle(ANNOTATE, handle(CLEAN, raw(b"fine"), now=NOW).messages[0], now=NOW).messages[0]
    handled = handle(RELATE, message, now=NOW, memory=memory)
    assert [sent.topic for sent in handled.messages] == ["news.enriched.v1", "news.outcomes.v1"]
    assert handled.messages[0].header("revision") == b"1"
    outcome = outcome_of(handled)
    assert outcome.outcome == Outcome.ENRICHED
    assert outcome.trace_id == trace_id(URL, None, b"fine")


def test_the_headers_announce_what_the_memory_will_be_asked_for() -> None:
    message = handle(ANNOTATE, handle(CLEAN, raw(b"fine"), now=NOW).messages[0], now=NOW).messages[0]
    record = orjson.loads(message.value or b"")
    nameless = replace(message, headers=())
    assert announced(RELATE, [message, nameless]) == ({record_id(record["id"])}, {record["page_id"]})
    assert announced(ANNOTATE, [message]) == (set(), set()), "it asks no memory"


def test_the_outcome_knows_the_times_of_every_stage_and_the_id_of_the_record(memory: Memory) -> None:
    message = raw(b"fine", fetched_at=NOW)
    for second, stage in enumerate(faults.TOPOLOGY.stages):
        ticks = chain([5.0], repeat(5.25))
        handled = handle(
            stage, message, now=f"2026-05-03T10:00:0{second}Z", memory=memory, clock=lambda ticks=ticks: next(ticks)
        )
        message = handled.messages[0]
    outcome = outcome_of(handled)
    assert [(time.stage, time.at[17:], time.ms) for time in outcome.times] == [
        ("clean", "00Z", 250.0),
        ("annotate", "01Z", 250.0),
        ("relate", "02Z", 250.0),
    ]
    assert outcome.record_id == decode(EnrichedArticle, message.value).id
    assert outcome.fetched_at == NOW


@pytest.mark.parametrize(
    "value", [b"", b"yesterday", b"2026-05-03T10:00:00Z nan", "٢٠٢٦-01-09T16:41:07Z".encode(), None]
)
def test_times_that_somebody_else_wrote_are_passed_over(value: bytes | None) -> None:
    headers = (("time.clean", value), ("time.", NOW.encode()), ("time." + "x" * 65, NOW.encode()))
    assert times_of(replace(raw(b""), topic="news.clean.v1", headers=headers)) == ()


def test_no_header_of_a_publisher_makes_an_outcome_too_large() -> None:
    """It could never be sent, and would stop its partition for good."""
    hostile = [("time." + "x" * OUTCOMES.max_bytes, NOW.encode()), *[(f"time.{n}", NOW.encode()) for n in range(9999)]]
    first = handle(CLEAN, replace(raw(b"raise"), headers=(*raw(b"").headers, *hostile)), now=NOW)
    assert [time.stage for time in outcome_of(first).times] == ["clean"]
    (passed,) = handle(CLEAN, raw(b"fine"), now=NOW).messages
    later = handle(ANNOTATE, replace(passed, value=b"", headers=(*passed.headers, *hostile)), now=NOW)
    assert outcome_of(later).times[-1].stage == "annotate"
    for handled in (first, later):
        assert all(
            message.size() < OUTCOMES.max_bytes for message in handled.messages if message.topic == OUTCOMES.name
        )


@pytest.mark.parametrize(("word", "code"), [(b"raise", Code.STAGE_FAILED), (b"grow", Code.OUTPUT_TOO_LARGE)])
def test_a_page_that_fails_is_one_dead_letter_with_its_bytes_and_one_outcome(word: bytes, code: Code) -> None:
    message = replace(raw(word, fetched_at=NOW), place=Place(topic="news.raw.v1", partition=3, offset=17))
    handled = handle(CLEAN, message, now=NOW)
    letter = letter_of(handled)
    assert (letter.key, letter.value) == (message.key, message.value)
    assert letter.headers[: len(message.headers)] == message.headers
    assert letter.header("dlq.stage") == b"clean"
    assert letter.header("dlq.error.type") == code.encode()
    assert letter.header("dlq.source.offset") == b"17"
    assert letter.header(ATTEMPTS) == b"1"
    outcome = outcome_of(handled)
    assert outcome.trace_id == trace_id(URL, NOW, word)
    assert outcome.error is not None
    assert outcome.error.code == code
    assert outcome.input == message.place


def test_a_retried_page_counts_its_attempts_to_the_end(memory: Memory) -> None:
    """The highest attempt of a trace_id is the one that counts, so it must reach the outcome of the last stage."""
    first = letter_of(handle(CLEAN, raw(b"raise"), now=NOW))
    again = Message(topic="news.raw.v1", key=first.key, value=first.value, headers=first.headers)
    second = handle(CLEAN, again, now=NOW)
    assert letter_of(second).header(ATTEMPTS) == b"2"
    assert sum(name == "dlq.stage" for name, _ in letter_of(second).headers) == 1
    mended = replace(again, value=b"fine")
    passed = handle(ANNOTATE, handle(CLEAN, mended, now=NOW).messages[0], now=NOW).messages[0]
    assert outcome_of(handle(RELATE, passed, now=NOW, memory=memory)).attempt == 2


def test_a_body_over_the_limit_is_refused_before_it_is_read() -> None:
    handled = handle(CLEAN, raw(b"x" * (MAX_BODY_BYTES + 1)), now=NOW)
    assert outcome_of(handled).error is not None
    assert letter_of(handled).header("dlq.error.type") == b"input_too_large"


def test_a_letter_that_would_not_fit_its_topic_says_where_the_bytes_lie() -> None:
    """A letter that cannot be sent would stop its partition for good."""
    message = replace(raw(b"x" * (DEAD.max_bytes + 1)), place=Place(topic="news.raw.v1", partition=0, offset=5))
    letter = letter_of(handle(CLEAN, message, now=NOW))
    assert letter.size() <= DEAD.max_bytes
    assert letter.value is None
    assert letter.header("dlq.value_omitted") == str(DEAD.max_bytes + 1).encode()
    assert letter.header("dlq.source.offset") == b"5"


def test_a_message_that_cannot_be_encoded_leaves_no_trace_in_the_memory(memory: Memory) -> None:
    """Else its revision number would be missing for ever."""
    article = annotated(body="y" * 1000)
    message = handle_annotated(article)
    small = replace(RELATE, target=replace(RELATE.target, max_bytes=500))
    assert handle(small, message, now=NOW, memory=memory).verdict.outcome == Outcome.DEAD
    assert memory.decision(record_id(article.id)) is None
    assert memory.page(article.page_id) is None
    handled = handle(RELATE, message, now=NOW, memory=memory)
    assert decode(EnrichedArticle, handled.messages[0].value).revision.number == 1


def handle_annotated(article: AnnotatedArticle) -> Message:
    return Message(topic="news.annotated.v1", key=article.page_id.encode(), value=encode(article))


def test_a_newer_relate_makes_a_new_revision_of_what_an_older_one_has_sent(
    memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The decision is kept under the result's id, which names the version: a reprocessing is no repeat."""
    message = handle_annotated(annotated())
    first = decode(EnrichedArticle, handle(RELATE, message, now=NOW, memory=memory).messages[0].value)
    monkeypatch.setattr("pipeline.stages.relate.VERSION", "next")
    second = decode(EnrichedArticle, handle(RELATE, message, now=NOW, memory=memory).messages[0].value)
    assert first.id != second.id
    assert (second.revision.number, second.revision.change) == (2, Change.REPROCESSED)


def placed(message: Message, offset: int) -> Message:
    return replace(message, place=Place(topic="news.annotated.v1", partition=0, offset=offset))


def test_an_old_page_that_comes_again_does_not_undo_the_newer_one(memory: Memory) -> None:
    """In a compacted topic the last record of a page stays, so it must be the newest."""
    old, new = (handle_annotated(annotated(text, fetched_at=when)) for text, when in (("a", NOW), ("b", None)))
    first = handle(RELATE, placed(old, 1), now=NOW, memory=memory)
    handle(RELATE, placed(new, 2), now=NOW, memory=memory)
    again = handle(RELATE, placed(old, 3), now=NOW, memory=memory)
    assert again.verdict.outcome == Outcome.ENRICHED, "one page, one outcome"
    assert [message.topic for message in again.messages] == ["news.outcomes.v1"]
    redelivered = handle(RELATE, placed(old, 1), now=NOW, memory=memory)
    assert redelivered.messages[0] == first.messages[0], "from its own place it may be a record that was never sent"


@settings(max_examples=200)
@given(url=st.text(max_size=80), fetched_at=st.none() | st.text(max_size=30), body=st.binary(max_size=50))
def test_a_page_that_dies_has_the_trace_id_it_was_sent_under(url: str, fetched_at: str | None, body: bytes) -> None:
    """Else it would be dead and, in the account of its replay, lost as well."""
    message = raw_message(RawPage(url=url, body=body, fetched_at=fetched_at))
    handled = handle(replace(CLEAN, function="tests.test_handle:fail"), message, now=NOW)
    assert (message.header("ce_id") or b"").decode() == handled.verdict.trace_id


def fail(page: RawPage) -> None:
    raise RuntimeError(page.url)


class Gone:
    """A memory whose database has gone."""

    def decision(self, message_id: str) -> Decision | None:
        raise Unavailable("the store does not answer")

    def page(self, page_id: str) -> PageState | None:
        raise AssertionError

    def keep(self, message_id: str, decision: Decision) -> None:
        raise AssertionError


def test_a_store_that_is_gone_decides_nothing() -> None:
    with pytest.raises(Unavailable):
        handle(RELATE, handle_annotated(annotated()), now=NOW, memory=Gone())


def test_a_newer_major_version_is_a_dead_letter_and_a_newer_minor_one_is_read(memory: Memory) -> None:
    plain = orjson.loads(handle_annotated(annotated()).value or b"")
    newer = orjson.dumps(plain | {"schema": "annotated_article/1.7", "mood": "grave"})
    other = orjson.dumps(plain | {"schema": "annotated_article/2.0"})
    assert (
        handle(RELATE, Message(topic="t", key=None, value=newer), now=NOW, memory=memory).verdict.outcome == "enriched"
    )
    dead = handle(RELATE, Message(topic="t", key=None, value=other), now=NOW, memory=memory)
    assert letter_of(dead).header("dlq.error.type") == b"unsupported_version"


HEADERS = st.lists(st.tuples(st.text(max_size=12), st.none() | st.binary(max_size=40)), max_size=4)
URLS = st.lists(
    st.tuples(st.sampled_from(["url", "fetched_at", "status", "content-type"]), st.binary(max_size=40)), max_size=3
)


@pytest.mark.parametrize("stage", TOPOLOGY.stages, ids=lambda stage: stage.name)
@settings(max_examples=120)
@given(key=st.none() | st.binary(max_size=30), value=st.none() | st.binary(max_size=600), headers=HEADERS, urls=URLS)
def test_any_bytes_through_any_stage_end_in_exactly_one_verdict(
    stage: Stage, key: bytes | None, value: bytes | None, headers: list[Any], urls: list[Any]
) -> None:
    store = open_store(":memory:", cluster_id=None)
    message = Message(topic=stage.source.name, key=key, value=value, headers=tuple(headers + urls))
    with store.transaction(now=NOW) as memory:
        handled = handle(stage, message, now=NOW, memory=memory)
    store.close()
    assert handled.verdict.outcome in (Outcome.DEAD, Outcome.DROPPED)
    outcome = outcome_of(handled)
    assert outcome.outcome == handled.verdict.outcome
    if outcome.outcome == Outcome.DEAD:
        assert outcome.error is not None
        assert outcome.error.code != Code.STAGE_FAILED, outcome.error.message
        letter = letter_of(handled)
        assert letter.value == value
        assert letter.key == (b"" if key is None and value is None else key)
        kept = tuple(pair for pair in message.headers if not pair[0].startswith("dlq."))
        assert letter.headers[: len(kept)] == kept


@settings(max_examples=150)
@given(value=st.binary(max_size=3000))
def test_random_bytes_of_a_page_never_become_an_article(value: bytes) -> None:
    outcome = outcome_of(handle(TOPOLOGY.stage("clean"), raw(value), now=NOW))
    assert outcome.outcome in (Outcome.DEAD, Outcome.DROPPED)
    assert outcome.error is None or outcome.error.code == Code.UNDECODABLE


def test_a_published_page_that_is_gone_goes_through_every_stage_and_ends_as_a_withdrawal(memory: Memory) -> None:
    """And each of the messages in exactly one outcome."""
    ends = []
    for status, second in ((200, "0"), (404, "1"), (404, "2")):
        message = raw_message(RawPage(url=URL, body=b"fine", status=status, fetched_at=f"2026-05-03T10:00:0{second}Z"))
        stages = faults.TOPOLOGY.stages if status == 200 else TOPOLOGY.stages
        for stage in stages:
            handled = handle(stage, message, now=NOW, memory=memory)
            message = handled.messages[0]
        ends.append(handled)
    outcomes = [outcome_of(handled) for handled in ends]
    assert [outcome.outcome for outcome in outcomes] == ["enriched", "enriched", "unchanged"]
    assert len({outcome.trace_id for outcome in outcomes}) == 3
    withdrawn = ends[1].messages[0]
    record = decode(EnrichedArticle, withdrawn.value)
    assert (withdrawn.topic, withdrawn.key) == ("news.enriched.v1", record.page_id.encode())
    assert withdrawn.header("revision") == b"2"
    assert record.withdrawn is not None
    assert record.article_body is None
    assert outcomes[1].record_id == record.id


def test_a_page_that_was_never_published_and_is_gone_is_dropped_by_relate(memory: Memory) -> None:
    message = raw(b"", status=410, fetched_at=NOW)
    for stage in TOPOLOGY.stages:
        handled = handle(stage, message, now=NOW, memory=memory)
        message = handled.messages[0]
    assert (handled.verdict.outcome, handled.verdict.reason) == (Outcome.DROPPED, "http_error")
