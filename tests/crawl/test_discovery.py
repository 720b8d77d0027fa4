"""A site's feeds and sitemaps."""

from hypothesis import given
from hypothesis import strategies as st

from pipeline.crawl.discovery import Found, as_yaml, discover, guesses
from pipeline.crawl.sources import Kind, read_sources

URL = "https://www.news.example/"
PAGE = b"""<html><head><link rel="alternate" type="application/rss+xml; charset=utf-8" title='All "news"' href="/feed">
<link rel="alternate" type="application/atom+xml" href="https://news.example/atom.xml">
<link rel="alternate" type="application/rss+xml" href="/post/comments/feed">
<link rel="alternate" hreflang="fr" href="/fr">
<link rel="sitemap" href="/map.xml"><link rel="stylesheet" href="/feed.css"></head><body>
<a href="/rss/sport.xml">Sport</a> <a href="/feed">Feed</a> <a href="https://other.example/rss">x</a>
<a href="/about">y</a>
<a href="/sitemap-news.xml.gz">Map</a> <a href="/feedback.html">z</a></body></html>"""


def test_what_robots_and_front_page_name() -> None:
    found = discover(PAGE, URL, ("https://www.news.example/sitemap.xml",))
    assert [(each.kind, each.url) for each in found] == [
        (Kind.SITEMAP, "https://www.news.example/sitemap.xml"),
        (Kind.FEED, "https://www.news.example/feed"),
        (Kind.FEED, "https://news.example/atom.xml"),
        (Kind.SITEMAP, "https://www.news.example/map.xml"),
        (Kind.FEED, "https://www.news.example/rss/sport.xml"),
        (Kind.SITEMAP, "https://www.news.example/sitemap-news.xml.gz"),
    ]
    assert found[1].title == 'All "news"'


def test_the_rows_can_be_pasted_into_a_sources_file() -> None:
    found = (
        *discover(PAGE, URL, ("https://www.news.example/sitemap.xml",)),
        Found(kind=Kind.FEED, url="https://[::1]/f?a=1&b='2'", title="Line\u2028\x85: break", evidence="robots.txt"),
    )
    sources = read_sources(as_yaml(found).encode(), "sources.yaml").sources
    assert [source.urls[0] for source in sources] == [each.url for each in found]
    assert len({source.name for source in sources}) == len(found)


def test_guesses_are_of_the_same_site() -> None:
    assert "https://www.news.example/rss.xml" in guesses("https://www.news.example/world/")


@given(st.binary(max_size=200))
def test_nothing_escapes(body: bytes) -> None:
    discover(body, URL)
    discover(b"<link rel=alternate type=application/rss+xml href='" + body + b"'>", URL)
