"""A store that was lost or damaged comes back from the topics, and relate goes on as if nothing had happened."""

import asyncio
import sqlite3
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from pipeline.codec import Message, encode, record_headers
from pipeline.edges.clients import consuming
from pipeline.edges.connection import Connection
from pipeline.edges.rebuild import rebuild_store
from pipeline.edges.store import clear_store, open_store
from pipeline.edges.store_tables import BANDS, DECISIONS, PAGES, TEXTS
from pipeline.edges.topics import create_topics, require_topics
from pipeline.enrichment.revisions import fingerprint
from pipeline.errors import Damaged, Failure
from pipeline.identity import message_id, page_id, trace_id
from pipeline.memory import Decision
from pipeline.records import (
    AnnotatedArticle,
    Author,
    Change,
    Date,
    EnrichedArticle,
    Precision,
    Revision,
    Withdrawal,
    WithdrawalKind,
)
from pipeline.settings import Settings
from pipeline.stages.relate import content_of_article, record_id, relate, state_of
from pipeline.topology import ANNOTATED, ENRICHED, OUTCOMES, TOPOLOGY
from tests.articles import annotated
from tests.edges.workers import consume, header, produce, stop, worker

DAYS = [f"2026-03-0{day}T08:00:00Z" for day in range(1, 10)]


def message(record: AnnotatedArticle | Withdrawal) -> Message:
    """An annotated article, or an order about one, as it comes to relate."""
    headers = record_headers(record, stage="annotate", trace=record.trace_id, subject=record.page_id, time=None)
    return Message(topic=ANNOTATED.name, key=record.page_id.encode(), value=encode(record), headers=headers)


def fetches(url: str) -> list[AnnotatedArticle]:
    """A page's way through every decision that there is."""
    return [
        annotated("One.", DAYS[0], url=url),
        annotated("Two.", DAYS[2], url=url),
        annotated("One.", DAYS[1], url=url),  # superseded
        annotated("Two.", DAYS[3], url=url),  # unchanged
        annotated("Two.", DAYS[3], "2", url=url),  # reprocessed
        annotated("Two.", DAYS[4], "2", url=url),  # unchanged, and again
        annotated("Two.", DAYS[5], "2", url=url),
        annotated("Two.", None, "2", url=url),  # unchanged, by a fetch of unknown time
    ]


def withdrawal(url: str, at: str) -> Withdrawal:
    """An order to withdraw a page."""
    trace = trace_id(url, at, b"")
    return Withdrawal(
        id=message_id(trace, "order", Withdrawal.SCHEMA, "1"),
        trace_id=trace,
        page_id=page_id(url),
        url=url,
        host="news.example",
        kind=WithdrawalKind.WITHDRAW,
        at=at,
        reason="asked by the publisher",
    )


REPORT = " ".join(
    f"The {n} harbour masters of the bay met on pier {n} and agreed to repair crane {n}." for n in range(40)
)

HISTORY = [
    *fetches("https://news.example/one"),
    *fetches("https://news.example/two")[:4],
    *fetches("https://news.example/three")[:3],
    annotated("Timeless.", None, url="https://news.example/four"),
    annotated("Timed.", DAYS[2], url="https://news.example/five"),
    annotated("Then timeless.", None, url="https://news.example/five"),
    annotated(REPORT, DAYS[2], url="https://news.example/six"),
    withdrawal("https://news.example/three", DAYS[6]),
    annotated("One.", DAYS[7], url="https://news.example/three"),  # withdrawn
]
COPY = annotated(REPORT + " Others report it too.", DAYS[3], url="https://other.example/six")


def rows(url: str) -> dict[str, list[Any]]:
    """All decisions and page states, and the texts but for their numbers and when they were kept."""
    store = open_store(url, cluster_id=None)
    text = (TEXTS.c.page_id, TEXTS.c.cluster_id, TEXTS.c.is_first, TEXTS.c.sketch, TEXTS.c.bands, TEXTS.c.content)
    with store.begin() as connection:
        found = {
            table.name: [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key))]
            for table in (DECISIONS, PAGES)
        }
        found[TEXTS.name] = [tuple(row) for row in connection.execute(select(*text).order_by(TEXTS.c.page_id))]
        found[BANDS.name] = [len(connection.execute(select(BANDS)).all())]
    store.close()
    return found


async def relate_all(connection: Connection, url: str, data: Path, ended: int) -> None:
    """A worker of relate from the group's offsets on, until the topic holds so many outcomes."""
    with worker(connection, "relate", data, NEWSFLOW_STORE=url) as process:
        await consume(connection, OUTCOMES.name, lambda found: len(found) >= ended)
        assert await stop(process) == 0


async def forget_offsets(connection: Connection) -> None:
    """Everything is redelivered."""
    group = connection.prefix + TOPOLOGY.stage("relate").group
    partitions = await require_topics(connection, [ANNOTATED])
    async with consuming(connection, group=group) as consumer:
        consumer.assign(partitions)
        await consumer.commit(dict.fromkeys(partitions, 0))


def damage(url: str) -> None:
    """Lose the store: an SQLite file is overwritten in its middle, PostgreSQL's tables are dropped."""
    if url.startswith("postgresql"):
        clear_store(url)
        return
    path = Path(url.removeprefix("sqlite:///"))
    data = bytearray(path.read_bytes())
    data[4096:] = b"\xff" * (len(data) - 4096)
    path.write_bytes(data)


@pytest.mark.parametrize("url", ["sqlite", pytest.param("postgresql", marks=pytest.mark.chaos)], indirect=True)
async def test_a_store_comes_back_and_repeats_get_the_same_bytes(
    connection: Connection, url: str, tmp_path: Path
) -> None:
    await create_topics(connection, TOPOLOGY.topics)
    await produce(connection, [message(article) for article in HISTORY])
    await relate_all(connection, url, tmp_path, len(HISTORY))
    await produce(connection, [message(COPY)])  # after the story that it is a copy of, which lies in another partition
    await relate_all(connection, url, tmp_path, len(HISTORY) + 1)
    before = rows(url)
    assert {row[1] for row in before[TEXTS.name] if row[1]} == {record_id(HISTORY[-3].id)}, "one cluster"
    assert {row[1] for row in before[DECISIONS.name]} == {"enriched", "unchanged", "dropped"}
    damage(url)
    said: list[str] = []
    settings = Settings(data=tmp_path, store=url)
    await rebuild_store(connection, settings, replace=False, say=said.append)
    assert rows(url) == before, "every column, also the places and the instants"
    assert "restored: 7 pages and 22 decisions of the last 30 days (13 revisions, 5 unchanged, 4 dropped)" in said
    if "sqlite" in url:
        assert "the store is damaged: it was moved to " in said[0]
        assert Path(said[0].partition(" moved to ")[2]) in set(tmp_path.rglob("*.damaged-*"))  # noqa: ASYNC240
    with pytest.raises(Failure, match="holds 7 pages: `--replace`"):
        await rebuild_store(connection, settings, replace=False, say=said.append)
    await rebuild_store(connection, settings, replace=True, say=said.append)
    assert rows(url) == before

    await forget_offsets(connection)
    news = annotated("Three.", DAYS[8], url="https://news.example/one")
    await produce(connection, [message(news)])
    await relate_all(connection, url, tmp_path, 2 * len(HISTORY) + 1)
    assert_repeats(await consume(connection, ENRICHED.name, lambda found: len(found) >= 21), news)
    await rebuild_store(connection, settings, replace=True, say=said.append)  # repeats in the topics change nothing
    again = rows(url)
    assert [row for row in again[DECISIONS.name] if row in before[DECISIONS.name]] == before[DECISIONS.name]


def assert_repeats(records: list[Any], news: AnnotatedArticle) -> None:
    """Of each id the same bytes twice, and once the new one with the next number."""
    values: dict[str, list[bytes]] = {}
    for record in records:
        values.setdefault(header(record, "ce_id"), []).append(record.value)
    (new,) = [group[0] for group in values.values() if len(group) == 1]
    assert all(len(set(group)) == 1 for group in values.values())
    article = msgspec.json.decode(new, type=EnrichedArticle)
    assert article.trace_id == news.trace_id
    assert article.revision.number == 4


async def test_it_refuses_while_relate_works_and_the_store_of_another_cluster(
    connection: Connection, tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path / 'store.sqlite'}"
    settings = Settings(data=tmp_path, store=url)
    await create_topics(connection, TOPOLOGY.topics)
    await produce(connection, [message(HISTORY[0])])
    with worker(connection, "relate", tmp_path, NEWSFLOW_STORE=url) as process:
        await consume(connection, OUTCOMES.name, lambda found: len(found) >= 1)
        before = rows(url)
        with pytest.raises(Failure, match="1 worker of relate at work: stop newsflow first"):
            await rebuild_store(connection, settings, replace=True, say=print)
        assert await stop(process) == 0
    assert rows(url) == before
    other = f"sqlite:///{tmp_path / 'other.sqlite'}"
    open_store(other, cluster_id="another").close()
    with pytest.raises(Failure, match="belongs to the Kafka cluster another"):
        await rebuild_store(connection, Settings(data=tmp_path, store=other), replace=True, say=print)


async def test_a_rebuild_that_stops_halfway_changes_nothing(
    connection: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{tmp_path / 'store.sqlite'}"
    await create_topics(connection, TOPOLOGY.topics)
    cluster = open_store(url, cluster_id=None)
    with cluster.transaction(now=DAYS[0]) as memory:
        memory.keep("a" * 32, Decision(verdict=Revision(number=1, change=Change.NEW)))
    cluster.close()
    before = rows(url)
    await produce(connection, [Message(topic=OUTCOMES.name, key=b"k", value=b"{}", headers=())])
    monkeypatch.setattr("pipeline.edges.rebuild._decoded", stop_here)
    with pytest.raises(asyncio.CancelledError):
        await rebuild_store(connection, Settings(data=tmp_path, store=url), replace=True, say=print)
    assert rows(url) == before


def stop_here(*_arguments: Any) -> Any:
    raise asyncio.CancelledError


@given(
    st.text(min_size=1, max_size=20),
    st.none() | st.text(max_size=20),
    st.lists(st.text(min_size=1, max_size=8).map(lambda name: Author(name=name)), max_size=2).map(tuple),
    st.booleans(),
    st.none() | st.just("https://news.example/canonical"),
)
def test_record_and_article_have_the_same_fingerprint(
    body: str, headline: str | None, authors: tuple[Author, ...], dated: bool, canonical_url: str | None
) -> None:
    """Also once the record has been written and read."""
    date = Date(value="2026-03-01", precision=Precision.DAY, raw="1 March 2026", source="meta")
    dates: dict[str, Any] = {"published": (date, ())} if dated else {}
    article = annotated(body, headline=headline, authors=authors, canonical_url=canonical_url, **dates)
    record = relate(article, Decision(verdict=Revision(number=1, change=Change.NEW)))
    assert isinstance(record, EnrichedArticle)
    expected = fingerprint(content_of_article(article))
    assert state_of(record)[0].fingerprint == expected
    assert state_of(msgspec.json.decode(encode(record), type=EnrichedArticle))[0].fingerprint == expected


def test_damage_inside_the_file_is_told_with_the_command_that_mends_it(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    path.write_bytes(b"this is no database " * 500)
    with pytest.raises(Damaged, match="newsflow store rebuild"):
        open_store(f"sqlite:///{path}", cluster_id=None)
    assert path.read_bytes().startswith(b"this is no database")
    with pytest.raises(sqlite3.DatabaseError):
        sqlite3.connect(path).execute("SELECT 1 FROM sqlite_master")
