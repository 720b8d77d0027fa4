"""The crawler against a server of many sites and a real broker: nothing missing, nobody bothered."""

import asyncio
import os
import signal
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

from aiohttp import web
from sqlalchemy import update

from pipeline.codec import Message, read_raw_page
from pipeline.edges.connection import Connection, connection_environment
from pipeline.edges.crawling.crawl import explain_known
from pipeline.edges.crawling.frontier import Frontier
from pipeline.edges.crawling.http import Response
from pipeline.edges.crawling.warc import Archive
from pipeline.edges.frontier_tables import ENTRIES, HOSTS
from pipeline.edges.store import clear_store, open_store
from pipeline.edges.supervisor import settings_environment
from pipeline.identity import page_id
from pipeline.records import Withdrawal
from pipeline.settings import Settings
from pipeline.stages.clean import clean
from tests.crawling import (
    DELAY,
    ROOT,
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
from tests.site_server import Newspaper, SiteServer, answering, page


async def test_five_hundred_pages_of_twenty_hosts_arrive_although_the_crawler_is_killed(
    server: SiteServer, raw: Connection, tmp_path: Path
) -> None:
    await crawl_and_kill(server, raw, tmp_path, hosts=20, articles=25, kills=1)


async def crawl_and_kill(
    server: SiteServer, raw: Connection, folder: Path, *, hosts: int, articles: int, kills: int
) -> None:
    """Crawl everything with some SIGKILLs on the way: nothing is missing, only what was in flight is repeated."""
    papers, settings = serve_papers(server, folder, hosts=hosts, articles=articles)
    for number in range(kills):
        worker = await start_worker(settings, raw)
        await stories_asked_for(server, hosts * articles * (number + 1) // (kills + 2), worker)
        worker.send_signal(signal.SIGKILL)
        await worker.wait()
    last = await start_worker(settings, raw)
    assert await last.wait() == 0
    assert_all_arrived(await messages(raw), papers, server, repeats=hosts * kills)


def assert_all_arrived(found: list[Message], papers: list[Newspaper], server: SiteServer, *, repeats: int) -> None:
    urls = Counter(header(message, "url") for message in found)
    wanted = {server.url(paper.name, paper.path(number)) for paper in papers for number in range(paper.articles)}
    assert set(urls) == wanted, "none missing, none invented"
    forbidden = {hit.host for hit in server.hits if hit.path.startswith("/private/")}
    assert forbidden <= {paper.name for paper in papers if paper.robots is None}, "robots.txt was violated"
    print(f"{len(urls)} pages, {sum(urls.values()) - len(urls)} repeats, {len(server.hits)} requests")
    assert sum(urls.values()) - len(urls) <= repeats, "only what was in flight may repeat: one page per host"
    assert server.impolite(DELAY) == []
    assert all(message.key == header(message, "url").split("/")[2].split(":")[0].encode() for message in found)


async def test_what_has_not_changed_is_asked_for_conditionally_and_published_once(
    server: SiteServer, raw: Connection, tmp_path: Path
) -> None:
    paper = Newspaper(name="daily.test", articles=3)
    server.sites["daily.test"] = paper
    settings = settings_for(
        tmp_path, server, "sources:\n" + source("daily", "feed", server.url("daily.test", "/feed.xml"))
    )
    for articles, counted in ((3, {"read": 1}), (3, {"read": 1, "unchanged": 1}), (5, {"read": 2, "unchanged": 1})):
        paper.articles = articles
        make_due(settings)
        await crawled(settings, raw)
        store = open_store(settings.store_url, cluster_id=None)
        counts = Frontier(store).counts()["daily"]
        store.close()
        assert {name: counts.get(name) for name in counted} == counted
        assert len(await messages(raw)) == articles
    feeds = [hit for hit in server.hits if hit.path == "/feed.xml"]
    assert [hit.status for hit in feeds] == [200, 304, 200]
    assert feeds[1].headers["If-None-Match"] == '"3"'
    assert max(Counter(path for path in server.paths("daily.test") if "/2026/" in path).values()) == 1
    text = "\n".join(explain_known(server.url("daily.test", "/private/secret-story-that-robots-forbid"), settings))
    assert "disallowed: Disallow: /private/ (line 2)" in text
    assert "failed" in text


def make_due(settings: Settings) -> None:
    """As if the interval of every document had passed."""
    store = open_store(settings.store_url, cluster_id=None)
    Frontier(store)
    with store.begin() as connection:
        polled = (ENTRIES.c.kind != "page") & ENTRIES.c.due.is_not(None)
        connection.execute(update(ENTRIES).where(polled).values(due=0.0))
        connection.execute(update(HOSTS).values(next_at=0.0, rank=0))
    store.close()


async def test_a_stop_ends_at_once_and_gives_its_hosts_back(
    server: SiteServer, raw: Connection, tmp_path: Path
) -> None:
    server.sites["paper.test"] = Newspaper(name="paper.test", articles=300)
    settings = settings_for(
        tmp_path, server, "sources:\n" + source("paper", "feed", server.url("paper.test", "/feed.xml"))
    )
    worker = await start_worker(settings, raw)
    while len(server.hits) < 20:  # noqa: ASYNC110
        await asyncio.sleep(0.02)
    worker.send_signal(signal.SIGTERM)
    assert await asyncio.wait_for(worker.wait(), 10) == 0
    fetched = sum(1 for path in server.paths("paper.test") if "/2026/" in path)
    assert len(await messages(raw)) == fetched, "what was in flight was finished"
    store = open_store(settings.store_url, cluster_id=None)
    host = Frontier(store).host("paper.test")
    store.close()
    assert host is not None
    assert host.owner is None


async def test_two_crawlers_share_one_postgresql_and_no_host(
    server: SiteServer,
    raw: Connection,
    tmp_path: Path,
    postgres: str,
) -> None:
    clear_store(postgres)
    papers, settings = serve_papers(server, tmp_path, hosts=12, articles=20)
    settings = replace(settings, store=postgres, crawl_connections=1)
    workers = [await start_worker(settings, raw) for _ in range(2)]
    assert await asyncio.gather(*(worker.wait() for worker in workers)) == [0, 0]
    assert_all_arrived(await messages(raw), papers, server, repeats=0)


async def test_run_starts_the_crawler_when_it_is_set_up_and_says_so_when_not(
    server: SiteServer, raw: Connection, tmp_path: Path
) -> None:
    server.sites["127.0.0.1"] = Newspaper(name="here.test", articles=3)
    settings = settings_for(
        tmp_path, server, "sources:\n" + source("here", "feed", server.url("127.0.0.1", "/feed.xml"))
    )
    for chosen, words in (
        (settings, b"crawling 1 sources"),
        (replace(settings, contact=None), b"nothing is crawled: "),
    ):
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "pipeline.cli", "run"),
            cwd=ROOT,
            env={**os.environ, **connection_environment(raw), **settings_environment(chosen)},
            stderr=asyncio.subprocess.PIPE,
        )
        assert process.stderr is not None
        heard = b""
        while words not in heard:
            heard += await asyncio.wait_for(process.stderr.readline(), 60)
        while chosen.contact and len(server.paths("127.0.0.1")) < 6:  # noqa: ASYNC110 - robots, tdmrep, feed, 3 pages
            await asyncio.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        heard += await process.stderr.read()
        assert await process.wait() == 0
        assert words in heard
    assert len([path for path in server.paths("127.0.0.1") if "/2026/" in path]) == 3


async def test_an_article_is_asked_again_only_in_its_window_and_published_only_when_it_has_changed(
    server: SiteServer, raw: Connection, tmp_path: Path
) -> None:
    texts = iter(["First version", "First version", "Second version"])
    story = answering({"/story": lambda _: page(next(texts))})
    server.sites["daily.test"] = story
    rows = (
        f"  - name: watched\n    kind: urls\n    url: {server.url('daily.test', '/story')}\n"
        "    updates: {window: 3s, first: 500ms, growth: 2}\n"
    )
    settings = settings_for(tmp_path, server, "sources:\n" + rows)
    await crawled(settings, raw)
    bodies = [message.value or b"" for message in await messages(raw)]
    assert [b"First" in body for body in bodies] == [True, False]
    assert server.paths("daily.test").count("/story") == 3
    known = entry(settings, server.url("daily.test", "/story"))
    assert [visit["outcome"] for visit in known.history] == ["fetched", "unchanged", "updated"]
    assert known.due is None


async def test_a_page_that_was_published_and_is_gone_is_published_as_gone_and_no_other(
    server: SiteServer, raw: Connection, tmp_path: Path
) -> None:
    answers = iter([page("First version"), web.Response(status=410, text="taken down")])
    server.sites["daily.test"] = answering({"/story": lambda _: next(answers)})
    rows = "".join(
        f"  - name: {name}\n    kind: urls\n    url: {server.url('daily.test', path)}\n"
        "    updates: {window: 3s, first: 500ms, growth: 2}\n"
        for name, path in (("watched", "/story"), ("never", "/never-there"))
    )
    settings = settings_for(tmp_path, server, "sources:\n" + rows)
    await crawled(settings, raw)
    first, gone = await messages(raw)
    assert header(first, "status") == "200"
    assert (header(gone, "status"), gone.value, header(gone, "url")) == ("410", b"", header(first, "url"))
    assert entry(settings, server.url("daily.test", "/story")).due is None
    withdrawal = clean(read_raw_page(gone))
    assert isinstance(withdrawal, Withdrawal)
    assert withdrawal.page_id == page_id(header(first, "url"))


async def test_a_warc_file_among_the_sources_is_published_once(
    server: SiteServer, raw: Connection, tmp_path: Path
) -> None:
    archive = Archive(folder=tmp_path / "old")
    answer = Response(
        url="http://old.test/story", status=200, headers=(("Content-Type", "text/html"), ("Content-Encoding", "br")),
        body=b"<p>Old", fetched_at="2026-03-01T00:00:00.000Z", wire_bytes=9,
    )  # fmt: skip
    await archive.write(answer)
    archive.close()
    (file,) = (tmp_path / "old").iterdir()
    settings = settings_for(tmp_path, server, f"sources:\n  - name: old\n    kind: warc\n    path: old/{file.name}\n")
    for _ in range(2):
        await crawled(settings, raw)
        assert [message.value for message in await messages(raw)] == [b"<p>Old"]
