"""The sources file into the frontier: what an operator changes in it holds from the next start on."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.crawl.polling import POLL_PRIORITY, History
from pipeline.crawl.sources import Kind as SourceKind
from pipeline.crawl.sources import Source, Sources
from pipeline.edges.crawling.frontier import Frontier
from pipeline.edges.crawling.frontier_rows import Entry, Found, Kind, State, Visit, document_key
from pipeline.edges.crawling.sync import replan
from pipeline.edges.store import open_store

NOW = 1_800_000_000.0
FEED = "http://a.test/feed"
INDEX = "http://a.test/index"


@pytest.fixture
def frontier(tmp_path: Path) -> Iterator[Frontier]:
    store = open_store(f"sqlite:///{tmp_path / 'store.sqlite'}", cluster_id=None)
    yield Frontier(store)
    store.close()


def found(url: str, kind: Kind = Kind.FEED, chain: tuple[str, ...] = ()) -> Found:
    place = 10 if kind is Kind.PAGE else POLL_PRIORITY
    return Found(
        kind=kind, url=url, source="news", priority=place, due=NOW, discovered_at="2026-03-01T00:00:00Z", chain=chain
    )


def named(name: str = "news", url: str = FEED, **more: object) -> Sources:
    kind = SourceKind.FEED if url == FEED else SourceKind.SITEMAP
    return Sources(sources=(Source(name=name, kind=kind, urls=(url,), **more),))  # type: ignore[arg-type]


def read(frontier: Frontier, url: str, **more: object) -> Entry:
    """As if the document had been read just now and were due in a day."""
    entry = frontier.entry(document_key(url))
    assert entry is not None
    values = {"last_at": NOW, "due": NOW + 86_400, "outcome": "read", "etag": '"1"', "body_hash": "aa", **more}
    entry = replace(entry, **values)  # type: ignore[arg-type]
    frontier.finish([Visit(entry=entry)])
    frontier.claim("a", now=NOW, until=NOW + 10, count=9)
    host = frontier.host("a.test")
    assert host is not None
    frontier.release("a", [host])
    return entry


def document(frontier: Frontier, url: str = FEED) -> Entry:
    entry = frontier.entry(document_key(url))
    assert entry is not None
    return entry


def test_a_shorter_interval_holds_at_the_next_start(frontier: Frontier) -> None:
    frontier.add([found(FEED)])
    read(frontier, FEED)
    replan(frontier, named(interval=600.0), now=NOW + 60)
    due = document(frontier).due
    assert due is not None
    assert NOW + 600 <= due <= NOW + 630
    host = frontier.host("a.test")
    assert host is not None
    assert host.next_at == due, "its host's turn comes up with it"
    replan(frontier, named(interval=7200.0), now=NOW + 60)
    assert document(frontier).due == due, "a longer one holds from the next poll on"


def test_an_interval_taken_out_gives_way_to_the_learned_one(frontier: Frontier) -> None:
    frontier.add([found(FEED)])
    read(frontier, FEED, poll=History(interval=1200.0, polls=3, changes=3))
    replan(frontier, named(), now=NOW + 60)
    assert NOW + 1200 <= (document(frontier).due or 0) <= NOW + 1260


@pytest.mark.parametrize("state", [{"attempts": 3, "outcome": "http_500"}, {"outcome": "redirected"}])
def test_a_document_that_fails_or_has_moved_keeps_its_turn(frontier: Frontier, state: dict[str, object]) -> None:
    frontier.add([found(FEED)])
    before = read(frontier, FEED, **state)
    replan(frontier, named(interval=600.0), now=NOW + 60)
    assert document(frontier).due == before.due


def test_other_patterns_have_the_list_read_anew_and_the_same_ones_do_not(frontier: Frontier) -> None:
    frontier.add([found(FEED)])
    replan(frontier, named(), now=NOW)
    read(frontier, FEED)
    replan(frontier, named(interval=86_400.0), now=NOW + 60)
    assert document(frontier).etag == '"1"'
    replan(frontier, named(include=(re.compile("/2026/"),)), now=NOW + 60)
    entry = document(frontier)
    assert (entry.etag, entry.body_hash, entry.due) == (None, None, NOW + 60)


def test_a_new_name_holds_for_documents_and_for_the_pages_that_wait(frontier: Frontier) -> None:
    pages = [found(f"http://b.test/{number}", Kind.PAGE) for number in range(1200)]
    frontier.add([found(FEED), *pages])
    replan(frontier, named("other"), now=NOW)
    assert document(frontier).source == "other"
    assert frontier.waiting("news", now=NOW)[0] == 0
    assert frontier.waiting("other", now=NOW)[0] == 1201


def test_a_document_that_no_source_names_is_asked_no_more_and_is_read_anew_when_it_comes_back(
    frontier: Frontier,
) -> None:
    child = "http://a.test/child"
    frontier.add(
        [found(INDEX, Kind.SITEMAP), found(child, Kind.SITEMAP, (INDEX,)), found("http://a.test/1", Kind.PAGE)]
    )
    read(frontier, INDEX)
    replan(frontier, named(url=INDEX), now=NOW)
    assert {document(frontier, url).state for url in (INDEX, child)} == {State.WAITING}
    replan(frontier, named(), now=NOW)
    assert {document(frontier, url).state for url in (INDEX, child)} == {State.RETIRED}
    waiting = [entry.url for entry in frontier.take("a.test", now=NOW, count=9)]
    assert waiting == ["http://a.test/1"], "pages are still fetched"
    frontier.add([found(INDEX, Kind.SITEMAP)])
    back = document(frontier, INDEX)
    assert (back.state, back.due, back.etag, back.body_hash) == (State.WAITING, NOW, None, None)
