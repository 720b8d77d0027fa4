"""Turns at their edges: delays longer than anybody waits, hosts that others lead to, leases that were lost unseen."""

import asyncio
import itertools
from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp import web

from pipeline.crawl.hosts import HostState
from pipeline.edges.clock import seconds_now
from pipeline.edges.connection import Connection
from pipeline.edges.crawling import crawler, turn
from pipeline.edges.crawling.crawl import fetching
from pipeline.edges.crawling.frontier import Frontier
from pipeline.edges.crawling.http import Request
from pipeline.edges.crawling.turn import NotNowError, Turn, Turns
from pipeline.edges.store import open_store
from tests.crawling import DELAY, crawled, messages, settings_for, source
from tests.edges.test_crawler import make_due
from tests.site_server import LoopbackResolver, Newspaper, SiteServer, answering, page, redirect


async def test_a_delay_that_is_longer_than_a_turn_costs_no_page_a_second_request(
    server: SiteServer, raw: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turn, "PATIENCE_SECONDS", 0.1)
    server.sites["slow.test"] = Newspaper(name="slow.test", articles=2)
    row = source("slow", "feed", server.url("slow.test", "/feed.xml"), "    delay: 300ms\n")
    await crawled(settings_for(tmp_path, server, f"sources:\n{row}"), raw)
    paths = server.paths("slow.test")
    assert len(paths) == len(set(paths))
    assert len(await messages(raw)) == 2


async def test_a_robots_txt_that_was_moved_to_a_busy_host_is_asked_once_and_in_between(
    server: SiteServer, raw: Connection, tmp_path: Path
) -> None:
    busy = Newspaper(name="www.test", articles=20, robots="User-agent: *\nCrawl-delay: 0.1\n")
    moved = {"/robots.txt": redirect(server.url("www.test", "/robots.txt"), 301), "/story": lambda _: page("Story")}
    server.sites |= {"www.test": busy, "bare.test": answering(moved)}
    (tmp_path / "urls.txt").write_text(server.url("bare.test", "/story"), encoding="utf-8")
    rows = source("www", "feed", server.url("www.test", "/feed.xml"))
    rows += "  - name: list\n    kind: urls\n    path: urls.txt\n"
    await crawled(settings_for(tmp_path, server, f"sources:\n{rows}"), raw)
    assert server.paths("bare.test").count("/robots.txt") == 1
    assert len(await messages(raw)) == 21
    hits = [hit for hit in server.hits if hit.host == "www.test" and hit.path != "/robots.txt"]
    assert all(after.began - before.ended >= 0.1 for before, after in itertools.pairwise(hits))
    assert server.impolite(DELAY) == []


async def test_once_serves_a_host_to_its_end_however_long_it_makes_us_wait(
    server: SiteServer, raw: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The times are the crawler's own, a hundredth as long."""
    monkeypatch.setattr(crawler, "SLICE_SECONDS", 0.6)
    monkeypatch.setattr(crawler, "ONCE_SECONDS", 0.15)
    server.sites["slow.test"] = Newspaper(name="slow.test", articles=8, robots="User-agent: *\nCrawl-delay: 0.3\n")
    settings = settings_for(
        tmp_path, server, "sources:\n" + source("slow", "feed", server.url("slow.test", "/feed.xml"))
    )
    await crawled(settings, raw)
    assert len(await messages(raw)) == 8


async def test_a_feed_whose_url_was_replaced_in_its_source_is_asked_no_more(
    server: SiteServer, raw: Connection, tmp_path: Path
) -> None:
    for name in ("old.test", "new.test"):
        server.sites[name] = Newspaper(name=name, articles=1)
        settings = settings_for(tmp_path, server, "sources:\n" + source("one", "feed", server.url(name, "/feed.xml")))
        make_due(settings)
        await crawled(settings, raw)
    assert server.paths("old.test").count("/feed.xml") == 1
    assert server.paths("new.test").count("/feed.xml") == 1


async def test_nobody_is_asked_when_the_lease_has_ended_while_we_slept(server: SiteServer, tmp_path: Path) -> None:
    """A suspended machine, or a store that only this crawler cannot reach: the renewal has not been able to tell."""
    settings = replace(settings_for(tmp_path, server, ""), crawl_connections=1)
    async with fetching(settings, LoopbackResolver()) as fetcher:
        late = Turn(host="a.test", state=HostState(), fetcher=fetcher, leased_until=seconds_now() - 1)
        with pytest.raises(NotNowError):
            await late.ask(Request(url=server.url("a.test"), max_bytes=1000), delay=DELAY)
    assert server.hits == []


async def test_a_turn_is_not_given_back_in_the_middle_of_a_request_of_who_borrowed_it(
    server: SiteServer, tmp_path: Path
) -> None:
    async def slow(_request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(0.2)
        return page("Slow")

    server.sites["a.test"] = slow
    store = open_store(f"sqlite:///{tmp_path / 'store.sqlite'}", cluster_id=None)
    async with fetching(settings_for(tmp_path, server, ""), LoopbackResolver()) as fetcher:
        turns = Turns(frontier=Frontier(store), fetcher=fetcher)
        request = Request(url=server.url("a.test"), max_bytes=10_000)
        async with turns.borrow("a.test") as own, turns.borrow("a.test") as lent:
            asking = asyncio.create_task(lent.ask(request, delay=DELAY))
            await asyncio.sleep(0.05)
        assert asking.done(), "it was waited for"
        with pytest.raises(NotNowError):
            await own.ask(request, delay=DELAY)
    store.close()
