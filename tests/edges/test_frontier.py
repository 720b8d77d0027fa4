"""The frontier, the same claims for SQLite and for a real PostgreSQL."""

import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

from sqlalchemy import inspect, select

from pipeline.crawl.hosts import HostState
from pipeline.crawl.polling import OLD_PRIORITY, POLL_PRIORITY
from pipeline.edges.crawling.frontier import Frontier
from pipeline.edges.crawling.frontier_rows import Entry, Found, Host, Kind, SiteFile, State, Visit
from pipeline.edges.frontier_tables import ENTRIES, FAILED
from pipeline.edges.store import open_store

ROOT = Path(__file__).parents[2]
NOW = 1_800_000_000.0
LATER = NOW + 60


def found(address: str, *, priority: int = 30, due: float = NOW, kind: Kind = Kind.PAGE, **fields: object) -> Found:
    row = Found(kind=kind, url=address, source="s", priority=priority, due=due, discovered_at="2026-03-01T00:00:00Z")
    return replace(row, **fields)  # type: ignore[arg-type]


def claim(frontier: Frontier, owner: str = "a", now: float = NOW, count: int = 10) -> list[str]:
    return [host.host for host in frontier.claim(owner, now=now, until=now + 10, count=count)]


def done(entry: Entry, outcome: str = "fetched", **fields: object) -> Visit:
    finished = replace(entry, state=State.DONE, due=None, outcome=outcome, status=200, last_at=NOW)
    return Visit(entry=replace(finished, **fields))  # type: ignore[arg-type]


def urls(entries: list[Entry]) -> list[str]:
    return [entry.url for entry in entries]


def test_a_url_is_added_once_under_whatever_spelling(frontier: Frontier) -> None:
    assert (
        frontier.add(
            [found("http://a.test/1"), found("http://a.test/1?utm_source=x"), found("http://a.test/2", due=NOW + 1)]
        )
        == 2
    )
    assert frontier.add([found("http://A.test:80/1#top")]) == 0
    claim(frontier)
    assert urls(frontier.take("a.test", now=NOW + 1, count=9)) == ["http://a.test/1", "http://a.test/2"]


def test_what_was_fetched_is_never_due_again(frontier: Frontier) -> None:
    frontier.add([found("http://a.test/1")])
    claim(frontier)
    frontier.finish([done(entry) for entry in frontier.take("a.test", now=NOW, count=9)])
    frontier.release("a", [Host(host="a.test")])
    assert frontier.add([found("http://a.test/1", due=LATER)]) == 0
    assert claim(frontier, now=LATER + 1000) == []
    assert frontier.next_turn() is None


def test_a_host_has_one_crawler_at_a_time_until_its_lease_ends(frontier: Frontier) -> None:
    frontier.add([found("http://a.test/1", due=NOW - 1), found("http://b.test/1")])
    assert claim(frontier, "a", count=1) == ["a.test"]
    assert claim(frontier, "b") == ["b.test"]
    assert claim(frontier, "c") == []
    assert frontier.renew("a", ["a.test", "b.test"], now=NOW + 5, until=NOW + 20) == {"a.test"}
    assert claim(frontier, "c", now=NOW + 15) == ["b.test"], "its crawler has died"
    assert frontier.renew("b", ["b.test"], now=NOW + 16, until=NOW + 30) == set(), "and learns so if it has not"
    frontier.release("b", [Host(host="b.test")])
    assert claim(frontier, "d", now=NOW + 16) == [], "nor can it give away what is no longer its own"


def test_what_comes_in_while_a_host_is_leased_is_there_when_it_is_given_back(frontier: Frontier) -> None:
    frontier.add([found("http://a.test/1")])
    claim(frontier)
    frontier.finish([done(entry) for entry in frontier.take("a.test", now=NOW, count=9)])
    frontier.add([found("http://a.test/2", due=NOW)])
    assert claim(frontier, "b") == []
    frontier.release("a", [Host(host="a.test", state=HostState(not_before=NOW + 3))])
    assert frontier.next_turn() == NOW + 3
    assert claim(frontier, "b") == []
    assert claim(frontier, "b", now=NOW + 3) == ["a.test"]
    assert urls(frontier.take("a.test", now=NOW + 3, count=9)) == ["http://a.test/2"]


def test_news_go_before_the_archive_within_a_host_and_among_hosts(frontier: Frontier) -> None:
    frontier.add([found("http://old.test/1", priority=OLD_PRIORITY, due=NOW - 500)])
    frontier.add(
        [found("http://a.test/old", priority=OLD_PRIORITY, due=NOW - 900), found("http://a.test/new", priority=10)]
    )
    frontier.add([found("http://a.test/feed", kind=Kind.FEED, priority=POLL_PRIORITY)])
    assert claim(frontier, count=1) == ["a.test"]
    expected = ["http://a.test/feed", "http://a.test/new", "http://a.test/old"]
    assert urls(frontier.take("a.test", now=NOW, count=9)) == expected
    assert urls(frontier.take("a.test", now=NOW, count=2)) == expected[:2]


def test_an_open_circuit_keeps_a_host_away_whatever_is_found_for_it(frontier: Frontier) -> None:
    frontier.add([found("http://a.test/1"), found("http://a.test/2")])
    claim(frontier)
    state = HostState(failures=5, not_before=NOW + 100, open_until=NOW + 100)
    frontier.release("a", [Host(host="a.test", state=state)])
    frontier.add([found("http://a.test/3", priority=POLL_PRIORITY)])
    assert claim(frontier, now=NOW + 99) == []
    assert claim(frontier, now=NOW + 100) == ["a.test"]
    host = frontier.host("a.test")
    assert host is not None
    assert host.state == state


def test_a_crawler_that_has_lost_its_lease_changes_nothing_that_another_one_has_written(frontier: Frontier) -> None:
    """It was asleep, or cut off from the store, and does not know."""
    frontier.add([found("http://a.test/1"), found("http://a.test/2")])
    claim(frontier, "a")
    (stale, untouched) = frontier.take("a.test", now=NOW, count=9)
    assert claim(frontier, "b", now=LATER) == ["a.test"]
    asked = Host(host="a.test", state=HostState(failures=1, not_before=LATER + 500), owner="b")
    frontier.finish([done(stale)], [asked])
    late = replace(stale, due=LATER, attempts=1, outcome="whole_time", last_at=LATER)
    lost = Host(host="a.test", state=HostState(not_before=NOW + 1), owner="a")
    frontier.finish([Visit(entry=late), done(untouched)], [lost])
    host, entry, second = frontier.host("a.test"), frontier.entry(stale.key), frontier.entry(untouched.key)
    assert host is not None
    assert (host.owner, host.state) == ("b", asked.state)
    assert entry is not None
    assert (entry.state, entry.due, entry.visits, entry.outcome) == (State.DONE, None, 1, "fetched")
    assert second is not None
    assert second.state is State.DONE, "nobody else was there: its page was published"
    frontier.release("a", [lost])
    assert frontier.host("a.test") == host


def test_a_visit_is_remembered_counted_and_brings_what_it_found(frontier: Frontier) -> None:
    frontier.add([found("http://a.test/1", published="2026-03-01"), found("http://b.test/1")])
    claim(frontier)
    (one,) = frontier.take("a.test", now=NOW, count=9)
    assert one.published == "2026-03-01"
    moved = found("http://c.test/1", chain=(one.url,))
    frontier.finish([replace(done(one, etag='"x"', body_hash="h"), found=(moved,), new=2)])
    (two,) = frontier.take("b.test", now=NOW, count=9)
    frontier.finish([done(two, body_hash="h")])
    assert frontier.counts() == {"s": {"fetched": 2, "new": 3}}
    kept, twin, target = (frontier.entry(row.key) for row in (one, two, moved))
    assert kept is not None
    assert (kept.etag, kept.visits, kept.history[0]["outcome"]) == ('"x"', 1, "fetched")
    assert twin is not None
    assert twin.detail == "same body as http://a.test/1"
    assert target is not None
    assert target.chain == ("http://a.test/1",)
    assert claim(frontier, "b") == ["c.test"]


def test_a_borrowed_host_is_free_or_refused(frontier: Frontier) -> None:
    assert frontier.borrow("a.test", "a", now=NOW, until=NOW + 10) is not None
    assert frontier.borrow("a.test", "b", now=NOW, until=NOW + 10) is None
    frontier.release("a", [Host(host="a.test", state=HostState(not_before=NOW + 2))])
    lent = frontier.borrow("a.test", "b", now=NOW + 1, until=NOW + 10)
    assert lent is not None
    assert lent.state.not_before == NOW + 2


def test_a_site_s_file_is_shared_and_replaced(frontier: Frontier) -> None:
    assert frontier.site_file("http://a.test/robots.txt") is None
    for status, body in ((None, b""), (200, bytes(range(256)))):
        file = SiteFile(url="http://a.test/robots.txt", status=status, body=body, fetched_at=NOW + 0.125)
        frontier.keep_site_file(file)
        assert frontier.site_file(file.url) == file


def test_the_source_report_says_what_is_due_and_what_failed(frontier: Frontier) -> None:
    frontier.add([found(f"http://a.test/{number}", due=NOW + number) for number in range(5)])
    assert frontier.waiting("s", now=NOW + 2) == (3, NOW)
    claim(frontier)
    (entry,) = frontier.take("a.test", now=NOW, count=1)
    frontier.finish([Visit(entry=replace(entry, state=State.FAILED, due=None, outcome="http_404", last_at=NOW))])
    assert frontier.waiting("s", now=NOW) == (0, NOW + 1)
    assert [(row.url, row.outcome) for row in frontier.failed("s", 9)] == [("http://a.test/0", "http_404")]


def test_a_store_from_before_gets_the_indexes_of_today(url: str, frontier: Frontier) -> None:
    store = open_store(url, cluster_id="one")
    with store.begin() as connection:
        connection.exec_driver_sql("DROP INDEX newsflow_frontier_failed")
    Frontier(store)
    with store.begin() as connection:
        names = {index["name"] for index in inspect(connection).get_indexes("newsflow_frontier")}
    store.close()
    assert "newsflow_frontier_failed" in names


def test_what_failed_is_found_without_reading_all_there_is(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'store.sqlite'}", cluster_id="one")
    Frontier(store)
    statement = select(ENTRIES).where(ENTRIES.c.source == "s", FAILED)
    text = str(statement.compile(store.engine, compile_kwargs={"literal_binds": True}))
    with store.begin() as connection:
        plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}")]
    store.close()
    assert "USING INDEX newsflow_frontier_failed" in plan[0]


WRITER = """
import sys
from dataclasses import replace
from pipeline.edges.crawling.frontier import Frontier
from pipeline.edges.crawling.frontier_rows import *
from pipeline.edges.store import open_store
frontier = Frontier(open_store(sys.argv[1], cluster_id="one"))
number = 0
while True:
    frontier.claim("w", now=2e9 + number * 20, until=2e9 + number * 20 + 10, count=1)
    for entry in frontier.take("a.test", now=2e9, count=3):
        new = Found(kind=Kind.PAGE, url=f"http://a.test/{entry.url.split('/')[-1]}0", source="s", priority=30, due=0.0,
                    discovered_at="2026-03-01T00:00:00Z")
        finished = replace(entry, state=State.DONE, due=None, outcome="fetched", last_at=0.0)
        frontier.finish([Visit(entry=finished, found=(new,))])
        print(entry.key, flush=True)
    frontier.release("w", [Host(host="a.test")])
    number += 1
"""


def test_sigkill_at_any_moment_loses_nothing(url: str, frontier: Frontier) -> None:
    """What was reported as finished is, and each finished entry has brought its successor, in one step."""
    frontier.add([found(f"http://a.test/{number}", due=0.0) for number in range(1, 9)])
    process = subprocess.Popen([sys.executable, "-c", WRITER, url], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    reported = [process.stdout.readline().strip()]
    time.sleep(0.1)
    process.send_signal(signal.SIGKILL)
    reported += process.stdout.read().split()
    process.wait()
    process.stdout.close()
    for key in reported:
        entry = frontier.entry(key)
        assert entry is not None
        assert entry.state is State.DONE
        successor = frontier.entry(found(f"{entry.url}0").key)
        assert successor is not None
    counted = frontier.counts()["s"]
    assert len(reported) <= counted["fetched"] == counted["new"] <= len(reported) + 1
    hosts = frontier.claim("next", now=3e9, until=3e9 + 10, count=9)
    assert [host.host for host in hosts] == ["a.test"]
    assert len(frontier.take("a.test", now=3e9, count=100)) == 8, "every finished one was replaced by one"
