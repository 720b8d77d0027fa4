"""Whatever comes in, nearly right or not at all: one verdict, messages valid by their schemas, nothing raised."""

import json
import random
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.codec import Message, raw_message, without_headers
from pipeline.edges.store import open_store
from pipeline.errors import Code
from pipeline.handle import handle
from pipeline.records import Outcome, RawPage
from pipeline.topology import DEAD, OUTCOMES, TOPOLOGY, Stage
from pipeline.verdicts import Handled
from tests.validation import changed_at, problems

NOW = "2026-01-02T03:04:05Z"
SEEDS = Path(__file__).parents[1] / "seeds" / "articles"
PAGE = raw_message(
    RawPage(
        url="https://news.example/storm",
        body=(SEEDS / "update-first-en.html").read_bytes(),
        fetched_at="2026-01-02T03:04:05Z",
        content_type="text/html; charset=utf-8",
        source="https://news.example/feed",
    )
)
HEADER_NAMES = ["url", "fetched_at", "status", "content-type", "published", "robots_tag", "trace_id", "dlq.attempts"]
VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**70), 2**70), st.text(max_size=9), st.just([]), st.just({"a": [None]})
)
HEADERS = st.lists(
    st.tuples(st.sampled_from(HEADER_NAMES) | st.text(max_size=9), st.none() | st.binary(max_size=30)), max_size=3
)
KEYS = st.none() | st.binary(max_size=20)


@cache
def message_for(name: str) -> Message:
    """What the stage of that name gets when all goes well."""
    message = PAGE
    for stage in TOPOLOGY.stages:
        if stage.name == name:
            return message
        (message,) = handle(stage, message, now=NOW).messages
    raise AssertionError(name)


def check(stage: Stage, message: Message) -> Handled:
    """Take a message through a real stage and look at all that it gives."""
    store = open_store(":memory:", cluster_id=None)
    try:
        with store.transaction(now=NOW) as memory:
            handled = handle(stage, message, now=NOW, memory=memory)
    finally:
        store.close()
    outcome, topics = handled.verdict.outcome, [sent.topic for sent in handled.messages]
    expected = {
        None: [stage.target.name],
        Outcome.DEAD: [DEAD.name, OUTCOMES.name],
        Outcome.ENRICHED: [stage.target.name, OUTCOMES.name],
    }
    assert topics == expected.get(outcome, [OUTCOMES.name])
    assert outcome != Outcome.ENRICHED or stage.decide
    for sent in handled.messages:
        check_message(sent, handled)
    return handled


def check_message(sent: Message, handled: Handled) -> None:
    topic = next(topic for topic in TOPOLOGY.topics if topic.name == sent.topic)
    assert sent.size() <= topic.max_bytes
    assert all(isinstance(name, str) and isinstance(value, bytes | None) for name, value in sent.headers)
    if topic != DEAD:
        assert problems(topic.record, sent.value or b"") == []
        assert json.loads(sent.value or b"")["trace_id"] == handled.verdict.trace_id
        return
    assert handled.verdict.error is not None
    assert handled.verdict.error.code != Code.STAGE_FAILED, handled.verdict.error


def paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where something stands in a plain record."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(found for step, item in inner for found in paths(item, (*path, step)))]


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0), cuts=st.integers(0, 12), headers=HEADERS, key=KEYS)
def test_a_damaged_page(seed: int, cuts: int, headers: list[Any], key: bytes | None) -> None:
    """Pieces of its bytes are missing, doubled or replaced; headers are added to its own, and may overrule them."""
    rng = random.Random(seed)
    body = PAGE.value or b""
    for _ in range(cuts):
        place, length = rng.randrange(len(body) + 1), rng.randrange(400)
        put = rng.choice([b"", rng.randbytes(3), body[:length], b"<div>", b"</article>", b"\0", b'{"', b"<!--"])
        body = body[:place] + put + body[place + length :]
    message = replace(PAGE, key=key, value=body, headers=(*PAGE.headers, *headers))
    (stage, *_) = TOPOLOGY.stages
    handled = check(stage, message)
    if handled.verdict.outcome is None:
        (passed,) = handled.messages
        check(TOPOLOGY.stage("relate"), check(TOPOLOGY.stage("annotate"), passed).messages[0])


@pytest.mark.parametrize("name", ["annotate", "relate"])
@settings(max_examples=120, deadline=None)
@given(place=st.integers(0), change=VALUES | st.just(...), headers=HEADERS, key=KEYS)
def test_a_record_with_one_value_changed(name: str, place: int, change: Any, headers: list[Any], key: bytes) -> None:
    """Or taken away: the one before may have been a newer version's, or somebody else's."""
    message = message_for(name)
    plain = json.loads(message.value or b"")
    places = paths(plain)
    path = places[place % len(places)]
    value = {} if change is ... and not path else changed_at(plain, path, change)
    check(
        TOPOLOGY.stage(name),
        replace(message, key=key, value=json.dumps(value).encode(), headers=(*message.headers, *headers)),
    )


@pytest.mark.parametrize("name", ["annotate", "relate"])
@settings(max_examples=60, deadline=None)
@given(text=st.text(max_size=300), headline=st.none() | st.text(max_size=40))
def test_any_text_of_an_article(name: str, text: str, headline: str | None) -> None:
    message = message_for(name)
    plain = json.loads(message.value or b"")
    article = plain if name == "annotate" else plain["article"]
    article |= {"article_body": text, "blocks": [], "headline": headline}
    check(TOPOLOGY.stage(name), replace(message, value=orjson.dumps(plain)))


@settings(max_examples=60, deadline=None)
@given(url=st.text(max_size=60), declared=st.binary(max_size=40))
def test_any_url(url: str, declared: bytes) -> None:
    headers = (*without_headers(PAGE.headers, "url"), ("url", url.encode()), ("content-type", declared))
    check(TOPOLOGY.stage("clean"), replace(PAGE, value=b"<p>Short.</p>", headers=headers))
