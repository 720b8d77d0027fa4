"""The crawler against sites of every kind: each gets what it asks for, each page its verdict."""

import gzip
import itertools
from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp import web

from pipeline.codec import Message
from pipeline.crawl import hosts
from pipeline.crawl.hosts import HostState
from pipeline.edges.clock import seconds_now
from pipeline.edges.connection import Connection
from pipeline.edges.crawling import site_files
from pipeline.edges.crawling.crawl import CrawlOptions, explain_known, fetching, run_crawl
from pipeline.edges.crawling.discover import discover_site
from pipeline.edges.crawling.frontier import Frontier
from pipeline.edges.crawling.frontier_rows import SiteFile
from pipeline.edges.crawling.site_files import SiteFiles
from pipeline.edges.crawling.turn import Turn, Turns
from pipeline.edges.inputs import open_inputs
from pipeline.edges.metrics import REGISTRY
from pipeline.edges.run import RunOptions, run_pipeline
from pipeline.edges.store import open_store
from pipeline.errors import UsageError
from pipeline.settings import Settings
from tests.crawling import DELAY, crawled, entry, header, messages, settings_for, source
from tests.site_server import LoopbackResolver, Newspaper, Site, SiteServer, answering, page, redirect, serving

LISTED = (
    ("loop.test", "/a"),
    ("chain.test", "/0"),
    ("moved.test", "/old-story"),
    ("forbidden-target.test", "/story"),
    ("guarded.test", "/story"),
    ("pdf.test", "/report"),
    ("huge.test", "/story"),
    ("bomb.test", "/story"),
    ("busy.test", "/story"),
    ("down.test", "/story"),
    ("noai.test", "/story"),
    ("tdm.test", "/story"),
    ("twin.test", "/story"),
    ("twin.test", "/copy"),
    ("robots-moved.test", "/story"),
    ("robots-moved.test", "/no/story"),
)
FIRST_STORY = ("broken.test", "/2026/03/first-story-of-a-broken-feed")
VERDICTS = {
    ("loop.test", "/b"): "redirect_loop",
    ("chain.test", "/5"): "too_many_redirects",
    ("moved.test", "/old-story"): "redirected",
    ("moved-here.test", "/new-story"): "fetched",
    ("forbidden-target.test", "/story"): "redirected",
    ("127.0.0.2", "/secret"): "forbidden_url",
    ("guarded.test", "/story"): "redirected",
    ("shut.test", "/private/story"): "robots",
    ("pdf.test", "/report"): "content_type",
    ("huge.test", "/story"): "too_large",
    ("bomb.test", "/story"): "bomb",
    ("busy.test", "/story"): "http_429",
    ("down.test", "/story"): "robots_unreachable",
    ("noai.test", "/story"): "fetched",
    ("robots-moved.test", "/story"): "fetched",
    ("robots-moved.test", "/no/story"): "robots",
    FIRST_STORY: "fetched",
}


async def test_each_site_gets_what_it_asks_for_and_each_page_its_verdict(
    server: SiteServer, raw: Connection, tmp_path: Path
) -> None:
    """One crawl over sites of every kind; then what the frontier, the log and the topic say of each."""
    server.sites |= redirecting_sites(server) | refusing_sites() | reserved_sites() | odd_lists(server)
    settings = settings_of_odd_sites(server, tmp_path)
    async with serving("127.0.0.2", server.port) as forbidden:
        said = "\n".join(await crawled(settings, raw, warc=tmp_path / "warc"))
        assert forbidden.hits == []
    found = {header(message, "url"): message for message in await messages(raw)}
    verdicts = {server.url(*place): verdict for place, verdict in VERDICTS.items()}
    assert {url: entry(settings, url).outcome for url in verdicts} == verdicts
    assert {url for url, verdict in verdicts.items() if verdict == "fetched"} <= set(found)
    twins = [server.url("twin.test", path) for path in ("/story", "/copy")]
    assert {entry(settings, url).detail for url in twins} in ({None, f"same body as {url}"} for url in twins)
    assert_headers(found, server)
    assert server.paths("down.test") == ["/robots.txt"]
    assert "/private/story" not in server.paths("shut.test")
    assert server.paths("busy.test").count("/story") == 1
    assert "dead: 0 fetched" in said
    assert "http_404" in said
    assert server.impolite(DELAY) == []
    assert_archive_replays(tmp_path / "warc", found)


def settings_of_odd_sites(server: SiteServer, folder: Path) -> Settings:
    urls = [server.url(host, path) for host, path in LISTED]
    (folder / "urls.txt").write_text("\n".join(urls), encoding="utf-8")
    rows = [
        "  - name: list\n    kind: urls\n    path: urls.txt\n",
        source("broken", "feed", server.url("broken.test", "/feed.xml")),
        source("dead", "feed", server.url("dead.test", "/feed.xml")),
        source("entities", "sitemap", server.url("entities.test", "/sitemap.xml")),
    ]
    return settings_for(folder, server, "sources:\n" + "".join(rows))


def assert_headers(found: dict[str, Message], server: SiteServer) -> None:
    """What sites have said of their pages stands in the raw headers."""
    hosts = ("noai.test", "tdm.test", "robots-moved.test")
    noai, tdm, moved = (found[server.url(host, "/story")] for host in hosts)
    assert (header(noai, "robots_tag"), header(noai, "rights_reserved")) == ("noai", "noai")
    assert header(tdm, "tdm_reservation") == "1"
    assert header(noai, "robots") == "allowed (absent): the site has no robots.txt"
    assert header(moved, "robots").endswith("no line of robots.txt is about it")
    assert header(found[server.url(*FIRST_STORY)], "published").startswith("2026-03-01")


def redirecting_sites(server: SiteServer) -> dict[str, Site]:
    """Redirects in circles, without end, to forbidden places, and of a robots.txt."""
    at = server.url
    rules = "User-agent: *\nDisallow: /no/\nCrawl-delay: 0.1\n"
    return {
        "loop.test": answering({"/a": redirect("/b"), "/b": redirect("/a")}),
        "chain.test": answering({f"/{number}": redirect(f"/{number + 1}") for number in range(9)}),
        "moved.test": answering({"/old-story": redirect(at("moved-here.test", "/new-story"), 301)}),
        "moved-here.test": answering({"/new-story": lambda _: page("Moved")}),
        "forbidden-target.test": answering({"/story": redirect(at("127.0.0.2", "/secret"))}),
        "guarded.test": answering({"/story": redirect(at("shut.test", "/private/story"))}),
        "robots-moved.test": answering(
            {
                "/robots.txt": redirect(at("robots-home.test", "/robots.txt"), 301),
                "/story": lambda _: page("Story"),
                "/no/story": lambda _: page("No story"),
            }
        ),
        "robots-home.test": answering({"/robots.txt": lambda _: web.Response(text=rules)}),
    }


def refusing_sites() -> dict[str, Site]:
    """Sites that forbid, are busy or down, and pages that are none."""
    rules = "User-agent: newsflow\nDisallow: /private\n"
    return {
        "shut.test": answering(
            {"/robots.txt": lambda _: web.Response(text=rules), "/private/story": lambda _: page("Private")}
        ),
        "pdf.test": answering({"/report": lambda _: web.Response(body=b"%PDF", content_type="application/pdf")}),
        "huge.test": answering({"/story": lambda _: web.Response(body=bytes(range(256)) * 20_000)}),
        "bomb.test": answering({"/story": lambda _: packed_bomb()}),
        "busy.test": answering({"/story": lambda _: web.Response(status=429, headers={"Retry-After": "7200"})}),
        "down.test": answering({"/robots.txt": lambda _: web.Response(status=503), "/story": lambda _: page("Down")}),
    }


def reserved_sites() -> dict[str, Site]:
    """Pages whose rights are reserved, and two that are one."""
    reservation = [{"location": "/*", "tdm-reservation": 1}]
    return {
        "noai.test": answering({"/story": lambda _: page("No AI", **{"X-Robots-Tag": "noai"})}),
        "tdm.test": answering(
            {
                "/.well-known/tdmrep.json": lambda _: web.json_response(reservation),
                "/story": lambda _: page("Reserved"),
            }
        ),
        "twin.test": answering({"/story": lambda _: page("Twin"), "/copy": lambda _: page("Twin")}),
    }


def odd_lists(server: SiteServer) -> dict[str, Site]:
    """A feed that breaks off, and a sitemap with entities."""
    host, path = FIRST_STORY
    feed = (
        f'<rss version="2.0"><channel><item><link>{server.url(host, path)}</link>'
        "<pubDate>Sun, 01 Mar 2026 08:00:00 GMT</pubDate></item><item><link>no url & no end"
    )
    entities = '<!DOCTYPE u [<!ENTITY a "b"><!ENTITY c "&a;&a;">]><urlset><url><loc>&c;</loc></url></urlset>'
    return {
        host: answering({"/feed.xml": lambda _: web.Response(text=feed), path: lambda _: page("First")}),
        "entities.test": answering({"/sitemap.xml": lambda _: web.Response(text=entities)}),
    }


def packed_bomb() -> web.Response:
    return web.Response(
        body=gzip.compress(bytes(64 * 1024 * 1024)), headers={"Content-Encoding": "gzip", "Content-Type": "text/html"}
    )


def assert_archive_replays(folder: Path, found: dict[str, Message]) -> None:
    """What was published comes out of the archive byte for byte, as the same fetch."""
    replayed = {header(item.message, "url"): item.message for item in open_inputs([folder], say=print)}
    assert set(replayed) == set(found)
    for url, message in found.items():
        assert replayed[url].value == message.value
        assert header(replayed[url], "ce_id") == header(message, "ce_id")


async def test_without_a_contact_or_with_a_wrong_file_nothing_starts(server: SiteServer, tmp_path: Path) -> None:
    settings = settings_for(tmp_path, server, "sources:\n  - name: a\n    kind: wrong\n    url: http://a.test/\n")
    connection = Connection(bootstrap="127.0.0.1:9")
    for changed, words in (
        (replace(settings, contact=None), "NEWSFLOW_CONTACT is not set"),
        (replace(settings, sources=None), "NEWSFLOW_SOURCES is not set"),
    ):
        with pytest.raises(UsageError, match=words):
            run_crawl(CrawlOptions(), changed, connection, say=print)
    with pytest.raises(UsageError, match=r"sources\.yaml:3: "):
        await crawled(settings, connection)
    said: list[str] = []
    with pytest.raises(UsageError, match=r"sources\.yaml:3: "):
        run_pipeline(RunOptions(), settings, say=said.append)
    assert said == [], "not even a broker was started"


async def test_discover_names_what_robots_and_the_front_page_name(server: SiteServer, tmp_path: Path) -> None:
    link = '<link rel="alternate" type="application/rss+xml" href="/feed.xml" title="News">'
    server.sites["site.test"] = answering(
        {
            "/robots.txt": lambda request: web.Response(text=f"Sitemap: http://{request.host}/sitemap.xml\n"),
            "/": lambda _: web.Response(text=f"<html><head>{link}</head></html>", content_type="text/html"),
        }
    )
    settings = settings_for(tmp_path, server, "")
    text = await discover_site(server.url("site.test"), settings, say=print, resolver=LoopbackResolver())
    assert server.url("site.test", "/sitemap.xml") in text
    assert server.url("site.test", "/feed.xml") in text
    assert server.impolite(DELAY) == []


async def test_what_a_site_or_a_source_asks_for_holds_from_the_first_request_on(
    server: SiteServer, raw: Connection, tmp_path: Path
) -> None:
    """Crawl-delay and a source's own delay hold between robots.txt, tdmrep.json, the feed and the pages."""
    server.sites |= {
        "site.test": Newspaper(name="site.test", articles=2, robots="User-agent: *\nCrawl-delay: 0.3\n"),
        "source.test": Newspaper(name="source.test", articles=2, robots=None),
        "usual.test": Newspaper(name="usual.test", articles=2),
    }
    rows = [
        source("site", "feed", server.url("site.test", "/feed.xml")),
        source("source", "feed", server.url("source.test", "/feed.xml"), "    delay: 300ms\n"),
        source("usual", "feed", server.url("usual.test", "/feed.xml")),
    ]
    await crawled(settings_for(tmp_path, server, "sources:\n" + "".join(rows)), raw)
    gaps: dict[str, list[float]] = {}
    for name in server.sites:
        hits = [hit for hit in server.hits if hit.host == name]
        gaps[name] = [after.began - before.ended for before, after in itertools.pairwise(hits)]
    assert len(gaps["site.test"]) == len(gaps["source.test"]) == 5, "robots, feed, tdmrep, three pages"
    assert min(gaps["site.test"]) >= 0.3
    assert min(gaps["source.test"]) >= 0.3
    assert DELAY <= min(gaps["usual.test"]) < 0.3


async def test_a_host_that_fails_is_asked_ever_more_rarely_and_then_left_alone(
    server: SiteServer, raw: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The waits are the crawler's own, a two-hundredth as long, so that the test need not wait."""
    monkeypatch.setattr(hosts, "BASE_BACKOFF", 0.05)
    asked = itertools.count(1)

    def ill(_request: web.Request) -> web.StreamResponse:
        number = next(asked)
        return (
            page("Well")
            if number > 6
            else web.Response(status=503, headers={"Retry-After": "600"} if number == 6 else {})
        )

    urls = [server.url("ill.test", f"/{number}") for number in range(9)]
    server.sites["ill.test"] = answering({f"/{number}": ill for number in range(9)})
    (tmp_path / "urls.txt").write_text("\n".join(urls), encoding="utf-8")
    settings = settings_for(tmp_path, server, "sources:\n  - name: ill\n    kind: urls\n    path: urls.txt\n")
    opened = REGISTRY.get_sample_value("newsflow_crawl_circuits_opened_total") or 0.0
    await crawled(settings, raw)
    own_files = ("/robots.txt", "/.well-known/tdmrep.json")
    assert server.hits[-1].path not in own_files
    hits = [hit for hit in server.hits if hit.path not in own_files]
    assert len(hits) == 6, "nothing was asked after Retry-After"
    gaps = [after.began - before.ended for before, after in itertools.pairwise(hits)]
    assert all(gap >= 0.05 * 2**number for number, gap in enumerate(gaps))
    assert REGISTRY.get_sample_value("newsflow_crawl_circuits_opened_total") == opened + 1, "at the fifth failure"
    text = "\n".join(explain_known(urls[0], settings))
    assert "6 failures in a row, next turn" in text
    assert "circuit open until" in text


async def test_robots_rules_in_memory_are_bounded_however_large_the_files_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(site_files, "REMEMBERED_RULES", 1000)
    store = open_store(f"sqlite:///{tmp_path / 'store.sqlite'}", cluster_id=None)
    frontier = Frontier(store)
    for number in range(20):
        body = "User-agent: *\n" + "".join(f"Disallow: /{number}/{line}\n" for line in range(300))
        url = f"http://site{number}.test/robots.txt"
        frontier.keep_site_file(SiteFile(url=url, status=200, body=body.encode(), fetched_at=seconds_now()))
    settings = Settings(contact="https://a.test")
    async with fetching(settings, LoopbackResolver()) as fetcher:
        turns = Turns(frontier=frontier, fetcher=fetcher)
        sites = SiteFiles(frontier=frontier, floor=DELAY, borrow=turns.borrow)
        for number in (*range(20), 0):
            turn = Turn(host=f"site{number}.test", state=HostState(), fetcher=fetcher)
            rules = await sites.rules(f"http://site{number}.test/", turn)
            assert not rules.allows(f"http://site{number}.test/{number}/299")
            assert sum(len(each.rules) for each in sites._rules.values()) <= 1000
    store.close()
