"""The state protocol: whatever the order and repetition of fetches, numbers have no gap and the newest text wins."""

from itertools import pairwise

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.codec import Message, encode
from pipeline.edges.store import open_store
from pipeline.errors import Drop, Reason, Reject
from pipeline.handle import handle
from pipeline.memory import Decision
from pipeline.records import AnnotatedArticle, Place, Withdrawal, WithdrawalKind
from pipeline.topology import ANNOTATED, ENRICHED, OUTCOMES, TOPOLOGY
from tests.articles import annotated, ordered, take

RELATE = TOPOLOGY.stage("relate")
NOW = "2026-03-31T00:00:00Z"
DAYS = [f"2026-03-0{day}T08:00:00Z" for day in range(1, 7)]
TEXTS = ["The storm is coming.", "The storm has come.", "The storm has gone."]


@st.composite
def arrivals(draw: st.DrawFn) -> list[list[AnnotatedArticle]]:
    """Batches of messages: every fetch of a page once or more, in any order, cut anywhere."""
    texts = draw(st.lists(st.sampled_from(TEXTS), min_size=1, max_size=len(DAYS)))
    versions = draw(st.sampled_from(["1", "12"]))
    fetches = [annotated(text, day, version) for text, day in zip(texts, DAYS, strict=False) for version in versions]
    repeats = draw(st.lists(st.sampled_from(fetches), max_size=6))
    order = draw(st.permutations(fetches + repeats))
    cuts = sorted(draw(st.sets(st.integers(0, len(order)), max_size=3)) | {0, len(order)})
    return [list(order[start:end]) for start, end in pairwise(cuts)]


@given(arrivals())
def test_any_order_and_repetition(batches: list[list[AnnotatedArticle]]) -> None:
    store = open_store(":memory:", cluster_id=None)
    answers: dict[str, tuple[Decision, bytes | None]] = {}
    for batch in batches:
        with store.transaction(now=NOW) as memory:
            for article in batch:
                answer = take(article, memory)
                assert answers.setdefault(article.id, answer) == answer, "a repeat was answered differently"
    store.close()
    articles = [article for batch in batches for article in batch]
    records = [orjson.loads(sent) for _, sent in answers.values() if sent]
    newest = max(articles, key=lambda article: article.article.fetched_at or "")
    assert [record["revision"]["number"] for record in records] == list(range(1, len(records) + 1))
    assert [r["revision"].get("previous_id") for r in records] == [None, *(record["id"] for record in records[:-1])]
    assert len({record["id"] for record in records}) == len(records)
    assert records[-1]["article_body"] == newest.article.article_body


def test_swapped_arrival_ends_with_the_newest_text() -> None:
    store = open_store(":memory:", cluster_id=None)
    with store.transaction(now=NOW) as memory:
        sent = [take(annotated(TEXTS[day], DAYS[day]), memory)[1] for day in (1, 0)]
    store.close()
    assert [orjson.loads(record)["article_body"] for record in sent if record] == [TEXTS[1]]


def test_a_message_that_fails_consumes_no_revision_number() -> None:
    store = open_store(":memory:", cluster_id=None)
    broken = annotated("x", DAYS[1], headline="\ud800")
    with store.transaction(now=NOW) as memory:
        take(annotated(TEXTS[0], DAYS[0]), memory)
        with pytest.raises(Reject):
            take(broken, memory)
        _, sent = take(annotated(TEXTS[2], DAYS[2]), memory)
    store.close()
    assert orjson.loads(sent or b"")["revision"]["number"] == 2


# ---- fetches, withdrawals and reinstatements


Told = AnnotatedArticle | Withdrawal


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[Told], list[list[Told]]]:
    """What happened to a page in its order, and the batches in which it arrives, repeated and in any order."""
    kinds = draw(st.lists(st.sampled_from(["fetch", "withdraw", "gone", "reinstate"]), min_size=1, max_size=len(DAYS)))
    happened: list[Told] = [
        annotated(draw(st.sampled_from(TEXTS)), day) if kind == "fetch" else ordered(kind, day)
        for kind, day in zip(kinds, DAYS, strict=False)
    ]
    repeats = draw(st.lists(st.sampled_from(happened), max_size=4))
    order = draw(st.one_of(st.just(happened), st.permutations(happened + repeats)))
    cuts = sorted(draw(st.sets(st.integers(0, len(order)), max_size=3)) | {0, len(order)})
    return happened, [list(order[start:end]) for start, end in pairwise(cuts)]


def time_of(told: Told) -> str:
    return told.at if isinstance(told, Withdrawal) else told.article.fetched_at or ""


def check(url: str, batches: list[list[Told]]) -> None:
    """No gap in the numbers, one record of one id, the same bytes for a repeat, nothing older after what is newer."""
    store = open_store(url, cluster_id=None)
    answers: dict[str, tuple[Decision, bytes | None]] = {}
    newest, withdrawn, latest = "", False, None
    for batch in batches:
        with store.transaction(now=NOW) as memory:
            for told in batch:
                answer = take(told, memory)
                known = answers.setdefault(told.id, answer)
                assert known == answer, "a repeat was answered differently"
                if known is not answer:
                    continue
                decision, sent = answer
                reason = decision.verdict.reason if isinstance(decision.verdict, Drop) else None
                if reason is not Reason.HTTP_ERROR:  # a page found gone that is not known: as if never asked for
                    assert (reason is Reason.SUPERSEDED) == (time_of(told) < newest)
                if reason not in (Reason.HTTP_ERROR, Reason.WITHDRAWN):
                    newest = max(newest, time_of(told))
                assert (reason is Reason.WITHDRAWN) <= withdrawn
                if reason is None and isinstance(told, Withdrawal):
                    withdrawn = told.kind is not WithdrawalKind.REINSTATE
                elif reason is None:
                    assert not withdrawn, "a copy of a withdrawn page went out"
                latest = orjson.loads(sent) if sent else latest
            text = memory.text(annotated().page_id)
            assert text is None or not withdrawn, "the text of a withdrawn page is still there"
    store.close()
    records = [orjson.loads(sent) for _, sent in answers.values() if sent]
    assert [record["revision"]["number"] for record in records] == list(range(1, len(records) + 1))
    ids = [record["id"] for record in records]
    assert [record["revision"].get("previous_id") for record in records] == [None, *ids][: len(ids)]
    assert len(set(ids)) == len(ids)
    assert all(("withdrawn" in record) != ("article_body" in record) for record in records)
    assert latest is None or not withdrawn or "withdrawn" in latest


@given(histories())
def test_any_order_and_repetition_of_fetches_withdrawals_and_reinstatements(
    history: tuple[list[Told], list[list[Told]]],
) -> None:
    check(":memory:", history[1])


@given(histories())
def test_what_arrives_in_its_order_is_never_superseded(history: tuple[list[Told], list[list[Told]]]) -> None:
    store = open_store(":memory:", cluster_id=None)
    with store.transaction(now=NOW) as memory:
        verdicts = [take(told, memory)[0].verdict for told in history[0]]
    store.close()
    assert all(not isinstance(verdict, Drop) or verdict.reason is not Reason.SUPERSEDED for verdict in verdicts)


# ---- through the stage, with places, as a partition and its workers' deaths give them


@st.composite
def partitions(draw: st.DrawFn) -> tuple[list[Message], list[tuple[int, int]]]:
    """A partition of `news.annotated.v1`: fetches in any order, some at several places; and lives of its workers.

    A life is the number of messages it takes and how many of its results it sends before it dies.
    """
    texts = draw(st.lists(st.sampled_from(TEXTS), min_size=2, max_size=4))
    fetches = [annotated(text, day) for text, day in zip(texts, DAYS, strict=False)]
    repeats = draw(st.lists(st.sampled_from(fetches), min_size=1, max_size=4))
    log = [placed(article, offset) for offset, article in enumerate(draw(st.permutations(fetches + repeats)))]
    lives = draw(st.lists(st.tuples(st.integers(1, len(log)), st.integers(0, len(log))), max_size=4))
    return log, lives


def placed(article: AnnotatedArticle, offset: int) -> Message:
    place = Place(topic=ANNOTATED.name, partition=0, offset=offset)
    return Message(topic=ANNOTATED.name, key=article.page_id.encode(), value=encode(article), place=place)


@settings(max_examples=200, deadline=None)
@given(partitions(), st.booleans())
def test_any_deaths_of_workers_and_repeats_from_other_places(
    partition: tuple[list[Message], list[tuple[int, int]]], committing: bool
) -> None:
    """A worker decides a batch, sends part of it, and dies; or sends all, and commits or dies before it can."""
    log, lives = partition
    store = open_store(":memory:", cluster_id=None)
    topic: list[Message] = []
    start = 0
    for size, sent in [*lives, *[(3, 3)] * len(log)]:
        batch = log[start : start + size]
        with store.transaction(now=NOW) as memory:
            results = [handle(RELATE, message, now=NOW, memory=memory) for message in batch]
        messages = [message for result in results for message in result.messages]
        topic += messages[: sent if sent < size else None]
        if sent >= size and (committing or (size, sent) == (3, 3)):
            start += size
    store.close()
    check_topic(log, topic)


def check_topic(log: list[Message], topic: list[Message]) -> None:
    records = [message for message in topic if message.topic == ENRICHED.name]
    values: dict[str, set[bytes]] = {}
    for record in records:
        values.setdefault((record.header("ce_id") or b"").decode(), set()).add(record.value or b"")
    assert all(len(different) == 1 for different in values.values()), "a repeat has the same bytes"
    revisions = {name: orjson.loads(min(value))["revision"] for name, value in values.items()}
    numbers = sorted(revision["number"] for revision in revisions.values())
    assert numbers == list(range(1, len(numbers) + 1))
    last = orjson.loads(records[-1].value or b"")
    assert last["revision"]["number"] == len(numbers), "what compaction keeps is the newest"
    articles = [orjson.loads(message.value or b"")["article"] for message in log]
    assert last["article_body"] == max(articles, key=lambda article: article["fetched_at"])["article_body"]
    outcomes = [orjson.loads(message.value or b"") for message in topic if message.topic == OUTCOMES.name]
    ends = {(outcome["trace_id"], outcome["outcome"], outcome.get("reason")) for outcome in outcomes}
    assert {trace for trace, *_ in ends} == {orjson.loads(message.value or b"")["trace_id"] for message in log}
    assert len(ends) == len({trace for trace, *_ in ends}), "one page, one outcome"
