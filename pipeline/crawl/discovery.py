"""A site's feeds and sitemaps, from its robots.txt and front page: for `newsflow sources discover`."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from lxml import html

from pipeline.crawl.links import base_of, parse_page
from pipeline.crawl.listing import absolute, short
from pipeline.crawl.source import Kind
from pipeline.urls import registrable_domain

MAX_FOUND = 200
GUESSES = (
    "/feed", "/rss", "/rss.xml", "/feed.xml", "/atom.xml", "/index.xml", "/feeds/all", "/feed.json",
    "/sitemap.xml", "/sitemap_index.xml", "/news-sitemap.xml", "/sitemap-news.xml",
)  # fmt: skip
"""Where many sites have a feed or sitemap without saying so."""

_FEED_TYPES = frozenset({"application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml"})
_FEED_PATH = re.compile(r"(?:^|[/._-])(?:rss|feeds?|atom)(?:[/._-]|$)|\.rdf$", re.IGNORECASE)
_NOT_IN_NAMES = re.compile(r"[^a-z0-9._-]+")
_SITEMAP_PATH = re.compile(r"sitemap[^/]*\.xml(?:\.gz)?$", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A feed or sitemap that a site names, and where it does."""

    kind: Kind
    url: str
    title: str | None = None
    evidence: str


def discover(front_page: bytes, url: str, sitemaps: tuple[str, ...] = ()) -> tuple[Found, ...]:
    """What robots.txt (`RobotsRules.sitemaps`) and the front page fetched from `url` name, each once. Never raises."""
    found: dict[str, Found] = {}
    for sitemap in sitemaps:
        found.setdefault(sitemap, Found(kind=Kind.SITEMAP, url=sitemap, evidence="robots.txt"))
    root = parse_page(front_page)
    if root is not None:
        base = base_of(root, url)
        for each in (*_declared(root, base), *_linked(root, base)):
            found.setdefault(each.url, each)
    return tuple(found.values())[:MAX_FOUND]


def guesses(url: str) -> tuple[str, ...]:
    """Addresses to try when a site names nothing; whoever fetches them sees what they are."""
    return tuple(urljoin(url, path) for path in GUESSES)


def as_yaml(found: tuple[Found, ...]) -> str:
    """Rows for the sources file, with names of their own."""
    lines = ["sources:"]
    taken: set[str] = set()
    for each in found:
        host = (urlsplit(each.url).hostname or "").removeprefix("www.")
        name = stem = f"{_NOT_IN_NAMES.sub('-', host).strip('.-_')[:60] or 'site'}-{each.kind}"
        number = 1
        while name in taken:
            number += 1
            name = f"{stem}-{number}"
        taken.add(name)
        comment = f"{json.dumps(each.title)} ({each.evidence})" if each.title else each.evidence
        lines += [f"  # {comment}", f"  - name: {name}", f"    kind: {each.kind}", f"    url: {json.dumps(each.url)}"]
    return "\n".join(lines) + "\n"


def _declared(root: html.HtmlElement, base: str) -> Iterator[Found]:
    for element in root.iter("link"):
        relations = (element.get("rel") or "").lower().split()
        kind = (element.get("type") or "").partition(";")[0].strip().lower()
        href = absolute(base, element.get("href"))
        if href and "alternate" in relations and kind in _FEED_TYPES and "/comments/" not in href:
            yield Found(kind=Kind.FEED, url=href, title=short(element.get("title")), evidence="link rel=alternate")
        elif href and "sitemap" in relations:
            yield Found(kind=Kind.SITEMAP, url=href, evidence="link rel=sitemap")


def _linked(root: html.HtmlElement, base: str) -> Iterator[Found]:
    for element in root.iter("a"):
        href = absolute(base, element.get("href"))
        if href is None or registrable_domain(href) != registrable_domain(base):
            continue
        path = urlsplit(href).path
        if _SITEMAP_PATH.search(path):
            yield Found(kind=Kind.SITEMAP, url=href, evidence="a link on the page")
        elif _FEED_PATH.search(path) and not path.lower().endswith((".html", ".htm")):
            yield Found(
                kind=Kind.FEED, url=href, title=short(" ".join(element.itertext())), evidence="a link on the page"
            )
