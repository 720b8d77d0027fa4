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
from pipeline.edges.store import DECISIONS, PAGES, clear_store, open_store
from pipeline.edges.topics import create_topics, require_topics
from pipeline.errors import Damaged, Failure
from pipeline.memory import Decision
from pipeline.records import AnnotatedArticle, Author, Change, Date, EnrichedArticle, Precision, Revision
from pipeline.settings import Settings
from pipeline.stages.relate import fingerprint, fingerprint_of_record, relate
from pipeline.topology import ANNOTATED, ENRICHED, OUTCOMES, TOPOLOGY
from tests.articles import annotated
from tests.edges.workers import consume, header, produce, stop, worker

DAYS = [f"2026-03-0{day}T08:00:00Z" for day in range(1, 10)]


def message(article: AnnotatedArticle) -> Message:
    """An annotated article as its stage sends it."""
    headers = record_headers(
        article, stage="annotate", trace=article.trace_id, subject=article.page_id, time=article.article.fetched_at
    )
    return Message(topic=ANNOTATED.name, key=article.page_id.encode(), value=encode(article), headers=headers)


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


HISTORY = [
    *fetches("https://news.example/one"),
    *fetches("https://news.example/two")[:4],
    *fetches("https://news.example/three")[:3],
    annotated("Timeless.", None, url="https://news.example/four"),
    annotated("Timed.", DAYS[2], url="https://news.example/five"),
    annotated("Then timeless.", None, url="https://news.example/five"),
]


def rows(url: str) -> dict[str, list[Any]]:
    """All decisions and page states."""
    store = open_store(url, cluster_id=None)
    with store.begin() as connection:
        found = {
            table.name: [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key))]
            for table in (DECISIONS, PAGES)
        }
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


async def test_a_store_comes_back_and_repeats_get_the_same_bytes(
    connection: Connection, url: str, tmp_path: Path
) -> None:
    await create_topics(connection, TOPOLOGY.topics)
    await produce(connection, [message(article) for article in HISTORY])
    await relate_all(connection, url, tmp_path, len(HISTORY))
    before = rows(url)
    assert {row[1] for row in before[DECISIONS.name]} == {"enriched", "unchanged", "dropped"}
    damage(url)
    said: list[str] = []
    settings = Settings(data=tmp_path, store=url)
    await rebuild_store(connection, settings, replace=False, say=said.append)
    assert rows(url) == before, "every column, also the places and the instants"
    assert "restored: 5 pages and 18 decisions of the last 30 days (10 revisions, 5 unchanged, 3 superseded)" in said
    if "sqlite" in url:
        assert "the store is damaged: it was moved to " in said[0]
        assert Path(said[0].partition(" moved to ")[2]) in set(tmp_path.rglob("*.damaged-*"))  # noqa: ASYNC240
    with pytest.raises(Failure, match="holds 5 pages: `--replace`"):
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
        with pytest.raises(Failure, match="1 workers of relate are at work: stop newsflow first"):
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
    assert fingerprint_of_record(record) == fingerprint(article)
    assert fingerprint_of_record(msgspec.json.decode(encode(record), type=EnrichedArticle)) == fingerprint(article)


def test_damage_inside_the_file_is_told_with_the_command_that_mends_it(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    path.write_bytes(b"this is no database " * 500)
    with pytest.raises(Damaged, match="newsflow store rebuild"):
        open_store(f"sqlite:///{path}", cluster_id=None)
    assert path.read_bytes().startswith(b"this is no database")
    with pytest.raises(sqlite3.DatabaseError):
        sqlite3.connect(path).execute("SELECT 1 FROM sqlite_master")
