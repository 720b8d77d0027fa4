"""The state protocol: whatever the order and repetition of fetches, numbers have no gap and the newest text wins."""

from itertools import pairwise

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.edges.store import open_store
from pipeline.errors import Reject
from pipeline.memory import Decision
from pipeline.records import AnnotatedArticle
from tests.articles import annotated, take

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
