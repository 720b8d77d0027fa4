"""`newsflow withdraw` and `newsflow reinstate`: orders through the topics, so that relate takes them in turn."""

import asyncio
from pathlib import Path

import orjson
import pytest
from click.testing import CliRunner

from pipeline.cli import cli
from pipeline.codec import Message, decode_any, encode
from pipeline.edges.connection import Connection, connection_environment
from pipeline.edges.topics import create_topics
from pipeline.edges.withdraw import order, order_message
from pipeline.errors import UsageError
from pipeline.records import WithdrawalKind
from pipeline.topology import ANNOTATED, ENRICHED, OUTCOMES, TOPOLOGY
from tests.articles import annotated
from tests.edges.workers import consume, header, produce, stop, worker

NOW = "2026-01-02T03:04:05Z"
URL = "https://news.example/storm?utm_source=feed"
STORM = "text storm: the ferry stays in the harbour until Monday"


async def test_a_page_is_withdrawn_and_comes_back_only_when_it_is_reinstated(
    connection: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await create_topics(connection, TOPOLOGY.topics)
    for name, value in connection_environment(connection).items():
        monkeypatch.setenv(name, value)
    arrived = 0
    with worker(connection, "relate", tmp_path) as running:
        for step in (STORM, "withdraw", STORM + " or later", "reinstate", STORM + " or Tuesday"):
            if step in ("withdraw", "reinstate"):
                await command(step, URL, "--reason", "the publisher asked")
            else:
                await produce(connection, [fetch(step)])
            arrived += 1
            outcomes = await consume(connection, OUTCOMES.name, lambda found, wanted=arrived: len(found) >= wanted)
        assert await stop(running) == 0
    told = [orjson.loads(record.value) for record in sorted(outcomes, key=lambda record: record.timestamp)]
    assert [(outcome["outcome"], outcome.get("reason")) for outcome in told] == [
        ("enriched", None),
        ("enriched", None),
        ("dropped", "withdrawn"),
        ("unchanged", None),
        ("enriched", None),
    ]
    assert told[2]["evidence"].endswith(": the publisher asked")
    records = await consume(connection, ENRICHED.name, lambda found: len(found) >= 3)
    first, withdrawn, back = (orjson.loads(record.value) for record in records)
    assert withdrawn["withdrawn"]["reason"] == "the publisher asked"
    assert not {"article_body", "headline", "near_duplicate"} & withdrawn.keys()
    assert [header(record, "revision") for record in records] == ["1", "2", "3"]
    assert back["revision"]["previous_id"] == withdrawn["id"]
    assert "difference" not in back["revision"]
    assert len({record.partition for record in records}) == 1
    assert first["page_id"] == withdrawn["page_id"]
    assert first["article_body"] == STORM


async def command(*arguments: str) -> None:
    """The command, in a thread, for it runs a loop of its own."""
    result = await asyncio.to_thread(CliRunner().invoke, cli, [*arguments])
    assert result.exit_code == 0, result.output
    assert "ordered" in result.output


def fetch(body: str) -> Message:
    article = annotated(body, url=URL)
    return Message(topic=ANNOTATED.name, key=article.page_id.encode(), value=encode(article))


def test_an_order_is_keyed_as_the_fetches_of_its_page_are_whatever_the_spelling_of_its_url() -> None:
    wanted = order("HTTPS://news.example:443/storm#top", WithdrawalKind.WITHDRAW, reason=" a\n b ", now=NOW)
    message = order_message(wanted)
    assert message.key == annotated(url=URL).page_id.encode()
    assert decode_any(ANNOTATED.records, message.value) == wanted
    assert (wanted.reason, wanted.at, wanted.fetched_at) == ("a b", NOW, None)


@pytest.mark.parametrize(
    ("url", "reason"), [("news.example/storm", "why"), ("ftp://news.example/", "why"), (URL, " "), (URL, "x" * 201)]
)
def test_an_order_that_cannot_be_carried_out_is_refused_in_words(url: str, reason: str) -> None:
    with pytest.raises(UsageError):
        order(url, WithdrawalKind.WITHDRAW, reason=reason, now=NOW)
