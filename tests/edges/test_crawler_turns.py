"""Turns at their edges: delays longer than anybody waits, hosts that others lead to, leases that were lost unseen."""

import asyncio
import itertools
import os
import signal
import statistics
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp import web

from pipeline.crawl import polling
from pipeline.crawl.hosts import HostState
from pipeline.edges.clock import seconds_now
from pipeline.edges.connection import Connection
from pipeline.edges.crawling import crawler, turn
from pipeline.edges.crawling.crawl import CrawlOptions, crawl, fetching
from pipeline.edges.crawling.frontier import Frontier
from pipeline.edges.crawling.frontier_rows import Found, Kind, SiteFile
from pipeline.edges.crawling.http import Request
from pipeline.edges.crawling.turn import NotNowError, Turn, Turns
from pipeline.edges.store import clear_store, open_store
from tests.crawling import (
    DELAY,
    crawled,
    entry,
    header,
    messages,
    serve_papers,
    settings_for,
    source,
    start_worker,
    stories_asked_for,
)
from tests.edges.test_crawler import assert_all_arrived, make_due
from tests.site_server import LoopbackResolver, Newspaper, Site, SiteServer, answering, page, redirect


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
    moved = {"/robots.txt": redirect(server.url("www.test", "/common.txt"), 301), "/story": lambda _: page("Story")}
    server.sites |= {"www.test": busy, "bare.test": answering(moved)}
    (tmp_path / "urls.txt").write_text(server.url("bare.test", "/story"), encoding="utf-8")
    rows = source("www", "feed", server.url("www.test", "/feed.xml"))
    rows += "  - name: list\n    kind: urls\n    path: urls.txt\n"
    await crawled(settings_for(tmp_path, server, f"sources:\n{rows}"), raw)
    assert server.paths("bare.test").count("/robots.txt") == 1
    assert server.paths("www.test").count("/common.txt") == 1
    assert len(await messages(raw)) == 21
    since = server.paths("www.test").index("/robots.txt")
    hits = [hit for hit in server.hits if hit.host == "www.test"][since:]
    early = [
        (before.path, after.path, round(after.began - before.ended, 4))
        for before, after in itertools.pairwise(hits)
        if after.began - before.ended < 0.1
    ]
    assert early == []
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


async def test_once_waits_for_a_delay_that_is_longer_than_a_turn(
    server: SiteServer, raw: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The times are the crawler's own, hundredths as long: a turn waits 0.1 s, `--once` 0.15 s, a delay is 0.3 s."""
    monkeypatch.setattr(turn, "PATIENCE_SECONDS", 0.1)
    monkeypatch.setattr(crawler, "ONCE_SECONDS", 0.15)
    server.sites["slow.test"] = Newspaper(name="slow.test", articles=3)
    row = source("slow", "feed", server.url("slow.test", "/feed.xml"), "    delay: 300ms\n")
    said = await crawled(settings_for(tmp_path, server, f"sources:\n{row}"), raw)
    assert len(await messages(raw)) == 3
    assert not [line for line in said if line.startswith("left due")]
    assert server.impolite(0.3) == []


async def test_once_says_what_it_leaves_due_and_why(
    server: SiteServer, raw: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crawler, "ONCE_DELAY_SECONDS", 100.0)
    busy = {f"/{number}": lambda _: web.Response(status=429, headers={"Retry-After": "7200"}) for number in range(3)}
    server.sites |= {"slow.test": Newspaper(name="slow.test", articles=3), "busy.test": answering(busy)}
    server.sites["slow.test"].robots = None
    (tmp_path / "urls.txt").write_text("\n".join(server.url("busy.test", path) for path in busy), encoding="utf-8")
    rows = source("slow", "feed", server.url("slow.test", "/feed.xml"), "    delay: 1h\n")
    rows += "  - name: list\n    kind: urls\n    path: urls.txt\n"
    said = await crawled(settings_for(tmp_path, server, f"sources:\n{rows}"), raw)
    left = sorted(line for line in said if line.startswith("left due"))
    assert [line.partition(", not before")[0] for line in left] == [
        "left due: 1 at slow.test",
        "left due: 2 at busy.test",
    ]
    assert left[0].endswith("by its delay")
    assert left[1].endswith("after 1 failures in a row")


async def test_a_robots_txt_that_was_moved_to_a_host_of_another_crawler_does_not_wait_for_it(
    server: SiteServer, raw: Connection, tmp_path: Path
) -> None:
    """Whoever has that host has read its robots.txt, and may be busy with it for hours."""
    moved = {"/robots.txt": redirect(server.url("b.test", "/robots.txt"), 301)}
    moved |= {path: lambda request: page(request.path) for path in ("/story", "/private/story")}
    server.sites |= {"a.test": answering(moved), "b.test": Newspaper(name="b.test", articles=1)}
    (tmp_path / "urls.txt").write_text(
        "\n".join(server.url("a.test", path) for path in ("/story", "/private/story")), encoding="utf-8"
    )
    settings = settings_for(tmp_path, server, "sources:\n  - name: list\n    kind: urls\n    path: urls.txt\n")
    store = open_store(settings.store_url, cluster_id=None)
    frontier = Frontier(store)
    assert frontier.borrow("b.test", "another", now=seconds_now(), until=seconds_now() + 3600) is not None
    text = b"User-agent: *\nDisallow: /private/\n"
    frontier.keep_site_file(
        SiteFile(url=server.url("b.test", "/robots.txt"), status=200, body=text, fetched_at=seconds_now() - 3600)
    )
    store.close()
    await crawled(settings, raw)
    assert [header(message, "url") for message in await messages(raw)] == [server.url("a.test", "/story")]
    assert entry(settings, server.url("a.test", "/private/story")).outcome == "robots"
    assert server.paths("b.test") == []


async def test_two_crawlers_serve_a_host_whose_robots_txt_is_at_a_busy_one(
    server: SiteServer,
    raw: Connection,
    tmp_path: Path,
    postgres: str,
) -> None:
    clear_store(postgres)
    moved = {"/robots.txt": redirect(server.url("b.test", "/robots.txt"), 301)}
    stories = [f"/story-{number}" for number in range(5)]
    moved |= {path: lambda request: page(request.path) for path in stories}
    paper = Newspaper(name="b.test", articles=20)

    async def slow(request: web.Request) -> web.StreamResponse:
        """Busy for as long as the other one is not done, or ten seconds for each page."""
        with suppress(TimeoutError):
            async with asyncio.timeout(10):
                while len(server.paths("b.test")) > 12 and not set(stories) <= set(server.paths("a.test")):  # noqa: ASYNC110
                    await asyncio.sleep(0.02)
        return await paper(request)

    server.sites |= {"a.test": answering(moved), "b.test": slow}
    busy = source("busy", "feed", server.url("b.test", "/feed.xml"), "    delay: 70ms\n")
    urls = "".join(f"      - {server.url('a.test', path)}\n" for path in stories)
    folders = [tmp_path / name for name in ("one", "two")]
    workers = []
    for folder, more in zip(folders, ("", f"  - name: list\n    kind: urls\n    urls:\n{urls}"), strict=True):
        folder.mkdir()
        settings = replace(settings_for(folder, server, f"sources:\n{busy}{more}"), store=postgres)
        workers.append(await start_worker(settings, raw))
        while len(server.paths("b.test")) < 10:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    assert await asyncio.gather(*(worker.wait() for worker in workers)) == [0, 0]
    assert len(await messages(raw)) == 25
    ended = {name: max(hit.ended for hit in server.hits if hit.host == name) for name in server.sites}
    assert ended["a.test"] < ended["b.test"]
    assert server.impolite(DELAY) == []


async def stop_outside_transactions(worker: asyncio.subprocess.Process, postgres: str) -> None:
    """Who is stopped within a transaction keeps the store from all others until the server ends it, a minute later."""
    store = open_store(postgres, cluster_id=None)
    held = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"
    while True:
        worker.send_signal(signal.SIGSTOP)
        await asyncio.sleep(0.1)  # the server ends what it is doing for it
        with store.engine.connect() as connection:
            if not connection.exec_driver_sql(held).scalar():
                break
        worker.send_signal(signal.SIGCONT)
        await asyncio.sleep(0.02)
    store.close()


async def test_a_crawler_that_was_stopped_in_its_sleep_loses_its_hosts_and_does_no_harm_when_it_wakes_up(
    server: SiteServer,
    raw: Connection,
    tmp_path: Path,
    postgres: str,
) -> None:
    """SIGSTOP: a suspended machine. Its leases end, another takes over, and then it goes on as if nothing had been."""
    clear_store(postgres)
    papers, settings = serve_papers(server, tmp_path, hosts=4, articles=60)
    settings = replace(settings, store=postgres)
    first = await start_worker(settings, raw, lease=1.5)
    await stories_asked_for(server, 40, first)
    await stop_outside_transactions(first, postgres)
    try:
        second = await start_worker(settings, raw, lease=1.5)
        await stories_asked_for(server, 120, second)
    finally:
        first.send_signal(signal.SIGCONT)
    assert await asyncio.gather(first.wait(), second.wait()) == [0, 0]
    assert_all_arrived(await messages(raw), papers, server, repeats=len(papers))
    store = open_store(postgres, cluster_id=None)
    counts = Frontier(store).counts()
    store.close()
    assert all(counts[paper.name].get("fetched", 0) >= 60 for paper in papers)


async def test_sources_of_one_host_share_its_one_turn(server: SiteServer, raw: Connection, tmp_path: Path) -> None:
    """A feed, a section, a list and a sitemap, one of them under another spelling of the host."""
    host, spelled = "xn--bcher-kva.test", "BÜCHER.test"
    stories = [f"/2026/03/story-number-{number}-of-the-day" for number in range(6)]
    rows = "".join(f"<item><link>http://{host}:{server.port}{story}</link></item>" for story in stories[:3])
    links = "".join(f'<h2><a href="{story}">A story of more than seven words stands here</a></h2>' for story in stories)
    urls = "".join(f"<url><loc>http://{spelled}:{server.port}{story}</loc></url>" for story in stories[2:])
    answers = {
        "/feed": lambda _: web.Response(text=f"<rss><channel>{rows}</channel></rss>", content_type="text/xml"),
        "/section": lambda _: web.Response(text=f"<html><body>{links}</body></html>", content_type="text/html"),
        "/map.xml": lambda _: web.Response(text=f"<urlset>{urls}</urlset>", content_type="text/xml"),
    }
    slow = {story: lambda request: page(request.path) for story in (*stories, "/listed")}
    server.sites[host] = answering(answers | slow)
    text = source("feed", "feed", server.url(spelled, "/feed")) + source("map", "sitemap", server.url(host, "/map.xml"))
    text += source("section", "section", server.url(host, "/section"), "    delay: 60ms\n")
    text += source("list", "urls", server.url(spelled, "/listed"))
    settings = settings_for(tmp_path, server, f"sources:\n{text}")
    await crawled(settings, raw)
    found = await messages(raw)
    assert {message.key for message in found} == {host.encode()}
    assert len(found) == len(stories) + 1
    paths = server.paths(host)
    assert len(paths) == len(set(paths)), "nothing was asked twice, whoever named it"
    assert {hit.host for hit in server.hits} == {host}
    assert server.impolite(DELAY) == []
    store = open_store(settings.store_url, cluster_id=None)
    counts = Frontier(store).counts()
    store.close()
    assert sum(counted.get("fetched", 0) for counted in counts.values()) == len(stories) + 1


async def test_a_feed_that_changes_often_is_asked_more_often_than_one_that_never_does(
    server: SiteServer, raw: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bounds of an interval are the crawler's own, a thousandth as long or less: 0.05 to 1.5 s."""
    monkeypatch.setattr(polling, "MIN_INTERVAL", 0.05)
    monkeypatch.setattr(polling, "MAX_INTERVAL", 1.5)
    monkeypatch.setattr(crawler, "IDLE_SECONDS", 0.05)
    quiet = Newspaper(name="quiet.test", articles=2)
    began = time.monotonic()
    server.sites["quiet.test"] = quiet

    async def busy(request: web.Request) -> web.StreamResponse:
        """Eight stories a second."""
        return await Newspaper(name="busy.test", articles=2 + int(8 * (time.monotonic() - began)))(request)

    server.sites["busy.test"] = busy
    rows = [source(name, "feed", server.url(f"{name}.test", "/feed.xml")) for name in ("busy", "quiet")]
    settings = settings_for(tmp_path, server, "sources:\n" + "".join(rows))
    options = CrawlOptions(view=False)
    crawling = asyncio.create_task(crawl(options, settings, raw, say=print, resolver=LoopbackResolver()))
    await asyncio.sleep(6)
    os.kill(os.getpid(), signal.SIGTERM)
    await crawling
    asked = {name: [hit.began for hit in server.hits if hit.host == name and hit.path == "/feed.xml"]
             for name in server.sites}  # fmt: skip
    gaps = {name: [after - before for before, after in itertools.pairwise(times)] for name, times in asked.items()}
    assert min(gaps["quiet.test"]) > 1.4, "the longest interval"
    assert statistics.median(gaps["busy.test"][-5:]) < 0.75, "it has learned"
    assert len(asked["busy.test"]) >= 2 * len(asked["quiet.test"])
    assert server.impolite(DELAY) == []


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


def slow_site() -> tuple[asyncio.Event, Site]:
    """A site that takes a fifth of a second, and the event that its first request sets."""
    begun = asyncio.Event()

    async def slow(_request: web.Request) -> web.StreamResponse:
        begun.set()
        await asyncio.sleep(0.2)
        return page("Slow")

    return begun, slow


async def test_a_turn_is_not_given_back_in_the_middle_of_a_request_of_who_borrowed_it(
    server: SiteServer, tmp_path: Path
) -> None:
    begun, server.sites["a.test"] = slow_site()
    store = open_store(f"sqlite:///{tmp_path / 'store.sqlite'}", cluster_id=None)
    async with fetching(settings_for(tmp_path, server, ""), LoopbackResolver()) as fetcher:
        turns = Turns(frontier=Frontier(store), fetcher=fetcher)
        request = Request(url=server.url("a.test"), max_bytes=10_000)
        async with turns.borrow("a.test") as own, turns.borrow("a.test") as lent:
            asking = asyncio.create_task(lent.ask(request, delay=DELAY))
            await begun.wait()
        assert asking.done(), "it was waited for"
        with pytest.raises(NotNowError):
            await own.ask(request, delay=DELAY)
    store.close()


async def test_a_lease_that_ended_while_a_request_waited_for_a_connection_keeps_it_back(
    server: SiteServer, tmp_path: Path
) -> None:
    begun, server.sites["slow.test"] = slow_site()
    settings = replace(settings_for(tmp_path, server, ""), crawl_connections=1)
    async with fetching(settings, LoopbackResolver()) as fetcher:
        first, second = (Turn(host=name, state=HostState(), fetcher=fetcher) for name in ("slow.test", "a.test"))
        urls = [server.url(each.host) for each in (first, second)]
        asking = asyncio.create_task(first.ask(Request(url=urls[0], max_bytes=10_000), delay=DELAY))
        await begun.wait()
        waiting = asyncio.create_task(second.ask(Request(url=urls[1], max_bytes=10_000), delay=DELAY))
        await asyncio.sleep(0.05)
        second.ended.set()
        await asking
        with pytest.raises(NotNowError):
            await waiting
    assert server.paths("a.test") == []


async def test_a_host_whose_lease_ran_out_unseen_gets_no_second_turn_beside_the_first(
    server: SiteServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that was suspended finds its own hosts free again when it goes on."""
    monkeypatch.setattr(turn, "LEASE_SECONDS", 0.05)
    store = open_store(f"sqlite:///{tmp_path / 'store.sqlite'}", cluster_id=None)
    frontier = Frontier(store)
    now = seconds_now()
    frontier.add([Found(kind=Kind.PAGE, url="http://a.test/", source="s", priority=30, due=now, discovered_at="")])
    async with fetching(settings_for(tmp_path, server, ""), LoopbackResolver()) as fetcher:
        turns = Turns(frontier=frontier, fetcher=fetcher)
        (held,) = await turns.claim()
        await asyncio.sleep(0.1)
        assert held.leased_until < seconds_now()
        monkeypatch.setattr(turn, "LEASE_SECONDS", 10.0)
        assert await turns.claim() == []
        assert held.leased_until > seconds_now(), "it is ours again"
    store.close()
