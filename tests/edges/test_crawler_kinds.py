"""Every kind of source through the crawler to the topic, and what each rights policy lets through."""

import gzip
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp import web

from pipeline.edges.connection import Connection
from pipeline.edges.crawling.crawl import explain_known
from pipeline.edges.crawling.frontier import Frontier
from pipeline.edges.store import open_store
from pipeline.settings import Settings
from tests.crawling import DELAY, crawled, entry, header, messages, settings_for, source
from tests.site_server import Site, SiteServer, answering, html, page

ATOM = """<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:base="{base}/"><title>Atom</title>
<entry><title>One</title><link rel="alternate" href="2026/03/atom-story-one-of-the-day"/>
<published>2026-03-01T08:00:00+01:00</published></entry>
<entry><title>Two</title><link href="{base}/2026/03/atom-story-two-of-the-day"/><updated>2026-03-02T08:00:00Z</updated>
</entry></feed>"""

JSON_FEED = """{{"version": "https://jsonfeed.org/version/1.1", "title": "JSON", "items": [
{{"id": "1", "url": "{base}/2026/03/json-story-one-of-the-day", "date_published": "2026-03-01T09:00:00Z"}},
{{"id": "2", "external_url": "{base}/x", "url": "{base}/2026/03/json-story-two-of-the-day"}},
{{"id": "3"}}]}}"""

NEWS_SITEMAP = """<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><url><loc>{base}/2026/03/index-story-one</loc>
<news:news><news:publication_date>2026-03-01T10:00:00Z</news:publication_date></news:news></url>
<url><loc>{base}/video/2026/03/index-story-two</loc></url>
<url><loc>http://elsewhere.test/2026/03/index-story-three</loc></url></urlset>"""

SITEMAP_INDEX = """<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><sitemap><loc>{base}/deep.xml.gz</loc>
</sitemap></sitemapindex>"""

SECTION = """<html><body><nav><a href="/about-us-and-what-we-do-here">About us and what we do here</a></nav>
<main><h2><a href="/2026/03/section-story-one-of-the-day">The harbour bridge opens again after a long winter</a></h2>
<a href="/tag/harbour">harbour</a><a href="/section?page=2">2</a>
<h2><a href="/2026/03/section-story-two-of-the-day#comments">The council has voted for the ferry</a></h2></main>
</body></html>"""


def listing(text: str, content_type: str, *, packed: bool = False) -> Callable[[web.Request], web.StreamResponse]:
    def answer(request: web.Request) -> web.StreamResponse:
        body = text.format(base=f"http://{request.host}").encode()
        return web.Response(body=gzip.compress(body) if packed else body, content_type=content_type)

    return answer


def site(lists: dict[str, Callable[[web.Request], web.StreamResponse]]) -> Site:
    """A site of these lists; every other path is an article."""

    async def serve(request: web.Request) -> web.StreamResponse:
        if request.path in lists:
            return lists[request.path](request)
        if request.path in ("/robots.txt", "/.well-known/tdmrep.json"):
            return web.Response(status=404)
        return page(request.path)

    return serve


async def test_atom_json_feeds_gzip_sitemap_indexes_sections_and_lists_bring_their_pages(
    server: SiteServer, raw: Connection, tmp_path: Path
) -> None:
    at = server.url
    server.sites |= {
        "atom.test": site({"/atom.xml": listing(ATOM, "application/atom+xml")}),
        "json.test": site({"/feed.json": listing(JSON_FEED, "application/feed+json")}),
        "index.test": site(
            {
                "/index.xml": listing(SITEMAP_INDEX, "application/xml"),
                "/deep.xml.gz": listing(NEWS_SITEMAP, "application/gzip", packed=True),
            }
        ),
        "section.test": site({"/section": listing(SECTION, "text/html")}),
        "list.test": site({}),
    }
    (tmp_path / "list.txt").write_text(f"# pages\n{at('list.test', '/one')}\n\n{at('list.test', '/two')}\n")
    rows = [
        source("atom", "feed", at("atom.test", "/atom.xml")),
        source("json", "feed", at("json.test", "/feed.json")),
        source("index", "sitemap", at("index.test", "/index.xml"), "    exclude: ['/video/']\n"),
        source("section", "section", at("section.test", "/section")),
        "  - name: list\n    kind: urls\n    path: list.txt\n",
    ]
    settings = settings_for(tmp_path, server, "sources:\n" + "".join(rows))
    said = "\n".join(await crawled(settings, raw))
    found = {header(message, "url"): message for message in await messages(raw)}
    wanted = {
        at("atom.test", "/2026/03/atom-story-one-of-the-day"): ("atom", "2026-03-01T08:00:00+01:00"),
        at("atom.test", "/2026/03/atom-story-two-of-the-day"): ("atom", ""),
        at("json.test", "/2026/03/json-story-one-of-the-day"): ("json", "2026-03-01T09:00:00Z"),
        at("json.test", "/2026/03/json-story-two-of-the-day"): ("json", ""),
        at("index.test", "/2026/03/index-story-one"): ("index", "2026-03-01T10:00:00Z"),
        at("section.test", "/2026/03/section-story-one-of-the-day"): ("section", ""),
        at("section.test", "/2026/03/section-story-two-of-the-day"): ("section", ""),
        at("list.test", "/one"): ("list", ""),
        at("list.test", "/two"): ("list", ""),
    }
    seen = {url: (header(message, "source"), header(message, "published")) for url, message in found.items()}
    assert seen == wanted
    for message in found.values():
        assert header(message, "discovered_at") <= header(message, "fetched_at"), "both as instants in UTC"
    detail = entry_of_document(settings, at("index.test", "/deep.xml.gz"))
    assert "1 excluded" in detail
    assert "1 off_site" in detail
    assert "list: 2 fetched, 2 new" in said
    assert "index: 1 fetched, 2 new" in said, "the sitemap that the index names, and its page"
    assert server.impolite(DELAY) == []


def entry_of_document(settings: Settings, url: str) -> str:
    """What explain says of a feed or sitemap."""
    return "\n".join(explain_known(url, settings))


RESERVATIONS: dict[str, dict[str, Callable[[web.Request], web.StreamResponse]]] = {
    "header.test": {"/story": lambda _: page("Header", **{"tdm-reservation": "1", "tdm-policy": "https://p.test/"})},
    "tag.test": {"/story": lambda _: page("Tag", **{"X-Robots-Tag": "googlebot: noindex, newsflow: noai"})},
    "meta.test": {
        "/story": lambda _: web.Response(
            text=html("Meta").replace("<head>", '<head><meta name="robots" content="noai">'), content_type="text/html"
        )
    },
    "file.test": {
        "/.well-known/tdmrep.json": lambda _: web.json_response([{"location": "/st*", "tdm-reservation": 1}]),
        "/story": lambda _: page("File"),
    },
    "usage.test": {"/story": lambda _: page("Usage", **{"Content-Usage": "train-ai=n"})},
    "robots.test": {
        "/robots.txt": lambda _: web.Response(text="User-agent: *\nContent-Usage: train-ai=n\nAllow: /\n"),
        "/story": lambda _: page("Robots"),
    },
}
"""Each site says in its own way that its story is not for text and data mining."""

FREE: dict[str, dict[str, Callable[[web.Request], web.StreamResponse]]] = {
    "free.test": {"/story": lambda _: page("Free", **{"X-Robots-Tag": "noarchive", "tdm-reservation": "0"})},
}


@pytest.mark.parametrize("policy", ["skip", "tag", "ignore"])
async def test_a_rights_policy_holds_for_every_way_to_reserve_a_page(
    server: SiteServer, raw: Connection, tmp_path: Path, policy: str
) -> None:
    server.sites |= {name: answering(answers) for name, answers in (RESERVATIONS | FREE).items()}
    urls = {name: server.url(name, "/story") for name in server.sites}
    row = "  - name: list\n    kind: urls\n    urls:\n" + "".join(f"      - {url}\n" for url in urls.values())
    settings = replace(settings_for(tmp_path, server, "sources:\n" + row), rights=policy)
    await crawled(settings, raw)
    found = {header(message, "url"): message for message in await messages(raw)}
    reserved = {urls[name] for name in RESERVATIONS}
    if policy == "skip":
        assert set(found) == {urls["free.test"]}
        assert {entry(settings, url).outcome for url in reserved} == {"reserved"}
        assert all(entry(settings, url).due is None for url in reserved), "it is not asked again"
        assert "tdm-reservation=1" in entry_of_document(settings, urls["file.test"])
        store = open_store(settings.store_url, cluster_id=None)
        assert Frontier(store).counts()["list"] == {"new": len(urls), "fetched": 1, "reserved": len(RESERVATIONS)}
        store.close()
    else:
        assert set(found) == set(urls.values())
        tagged = {url for url, message in found.items() if header(message, "rights_reserved")}
        assert tagged == (reserved if policy == "tag" else set())
    asked = [hit for hit in server.hits if hit.path == "/.well-known/tdmrep.json"]
    assert len(asked) == (0 if policy == "ignore" else len(urls))
    assert all(header(message, "robots_tag") for url, message in found.items() if "tag.test" in url)
