"""The links of a section page that look like articles, by their form alone: no word of any language is needed.

A news site's own addresses tell: articles have a date, a number or a long slug in their path and a whole sentence as
their text; tags, authors, logins and further pages are short, or have a path that programs made.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urlsplit

from lxml import etree, html

from pipeline.crawl.listing import Entry, Listing, Trouble, absolute, gather, short
from pipeline.text import count_words
from pipeline.urls import registrable_domain

MAX_BYTES = 8 * 1024 * 1024
MAX_ANCHORS = 20_000
MAX_LINKS = 500
THRESHOLD = 4
"""A long slug (3) with a sentence as text (2) passes, and so does a number (3) with a sentence; neither does alone."""

SLUG_WORDS = 4
TITLE_WORDS = 4
LONG_TITLE_WORDS = 7

_SKIPPED_SEGMENTS = frozenset({
    "tag", "tags", "topic", "topics", "author", "authors", "auteur", "auteurs", "autor", "autores", "category",
    "categories", "login", "signin", "sign-in", "signup", "register", "account", "subscribe", "subscription",
    "newsletter", "newsletters", "search", "feed", "feeds", "rss", "comments", "comment", "share", "print", "privacy",
    "terms", "cookies", "contact", "about", "impressum", "wp-login.php", "wp-admin", "wp-content", "wp-json",
    "cdn-cgi", "cart", "shop", "advertise", "sitemap", "user", "users", "profile", "profiles",
})  # fmt: skip
"""Segments that content management systems and their templates write into paths, whatever the site's language."""

_OTHER_FILES = re.compile(
    r"\.(?:jpe?g|png|gif|webp|avif|svg|ico|pdf|docx?|xlsx?|pptx?|zip|gz|mp[34]|m4[av]|avi|mov|webm|ogg|wav|css|js|json"
    r"|xml|rss|atom|txt|ics|apk|exe|dmg)$",
    re.IGNORECASE,
)
_PAGE_FILE = re.compile(r"\.(?:s?html?|php\d?|aspx?|jsp|cms|ece)$", re.IGNORECASE)
_DATE = re.compile(
    r"(?<!\d)(?:19|20)\d\d[/._-]?(?:0?[1-9]|1[0-2]|[a-z]{3})(?:[/._-]?(?:0[1-9]|[12]\d|3[01]|[1-9]))?(?![\d])",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\d{5,}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
_ID_PARAMETERS = frozenset(
    {"id", "p", "aid", "article", "articleid", "article_id", "artid", "newsid", "news_id", "idx"}
)
_PAGING = re.compile(r"/(?:page|p|seite|pagina|strona|sayfa)[/-]?\d+/?$", re.IGNORECASE)
_PAGE_PARAMETERS = frozenset(
    {"page", "paged", "pg", "offset", "start", "sort", "order", "replytocom", "share", "print"}
)
_SLUG_BREAKS = re.compile(r"[-_+\s.,~]+")
_SKIPPED_RELATIONS = frozenset({"tag", "author", "license", "search", "prev", "next", "alternate", "sponsored"})
_FRAMES = frozenset({"nav", "footer"})
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "article"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Anchor:
    """One link as it stands in the page."""

    href: str
    text: str
    relations: frozenset[str]
    framed: bool
    heads: bool


def read_section(body: bytes, url: str, content_type: str | None = None) -> Listing:
    """The links of a page fetched from `url` that look like articles of its site, best first. Never raises."""
    root = parse_page(body, content_type)
    if root is None:
        return Listing(troubles={Trouble.NOT_A_LISTING: 1})
    base = base_of(root, url)
    best: dict[str, Entry] = {}
    for anchor in _anchors(root):
        entry = _entry(anchor, base, url)
        if entry and (entry.url not in best or entry.score > best[entry.url].score):
            best[entry.url] = entry
    found = sorted((entry for entry in best.values() if entry.score >= THRESHOLD), key=lambda entry: -entry.score)
    troubles: dict[Trouble, int] = {}
    return Listing(entries=gather(found, MAX_LINKS, troubles), troubles=troubles)


def parse_page(body: bytes, content_type: str | None = None) -> html.HtmlElement | None:
    """The tree of a page, None when there is nothing in it."""
    charset = re.search(r"charset\s*=\s*[\"']?([\w.:-]+)", content_type or "", re.IGNORECASE)
    for encoding in (charset[1] if charset else None, None):
        try:
            parser = html.HTMLParser(encoding=encoding, remove_comments=True, remove_pis=True, collect_ids=False)
            parser.feed(body[:MAX_BYTES])
            root = parser.close()
        except (LookupError, etree.LxmlError, ValueError, AssertionError):
            continue
        return root if isinstance(root, html.HtmlElement) else None
    return None


def base_of(root: html.HtmlElement, url: str) -> str:
    """What the page's links are relative to."""
    return next((base for each in root.iter("base") if (base := absolute(url, each.get("href")))), url)


def score_link(url: str, text: str = "") -> int:
    """How much a link looks like an article, by its address and text."""
    parts = urlsplit(url)
    path = unquote(parts.path)
    segments = [segment for segment in path.split("/") if segment]
    last = _PAGE_FILE.sub("", segments[-1]) if segments else ""
    slug_words = [word for word in _SLUG_BREAKS.split(last) if word and not word.isdigit()]
    words = max(len(slug_words), count_words(last) if not last.isascii() else 0)
    numbered = _NUMBER.search(path) or any(
        name.lower() in _ID_PARAMETERS and _is_number(value) for name, value in parse_qsl(parts.query)
    )
    title_words = count_words(text)
    score = 3 if _DATE.search(path) else 0
    score += 3 if words >= SLUG_WORDS else int(words >= SLUG_WORDS - 1)
    score += 3 if numbered else 0
    score += 1 if len(segments) > 1 or _PAGE_FILE.search(path) else 0
    return score + (2 if title_words >= LONG_TITLE_WORDS else int(title_words >= TITLE_WORDS))


def _is_number(value: str) -> bool:
    return len(value) >= 3 and value.isdigit()


def _anchors(root: html.HtmlElement) -> Iterator[_Anchor]:
    for number, element in enumerate(root.iter("a", "area")):
        if number >= MAX_ANCHORS:
            return
        href = element.get("href")
        if not href:
            continue
        above = {each.tag for each in element.iterancestors()}
        text = " ".join(element.itertext()) or element.get("title") or element.get("aria-label") or ""
        yield _Anchor(
            href=href,
            text=short(text) or "",
            relations=frozenset((element.get("rel") or "").lower().split()),
            framed=bool(above & _FRAMES),
            heads=bool(above & _HEADINGS) or any(each.tag in _HEADINGS for each in element.iterdescendants()),
        )


def _entry(anchor: _Anchor, base: str, page: str) -> Entry | None:
    url = absolute(base, anchor.href)
    if (
        url is None
        or anchor.relations & _SKIPPED_RELATIONS
        or _is_other(url, page)
        or registrable_domain(url) != registrable_domain(page)
    ):
        return None
    score = score_link(url, anchor.text) + anchor.heads - 3 * anchor.framed
    return Entry(url=url, title=anchor.text or None, score=score)


def _is_other(url: str, page: str) -> bool:
    """What no article is: the page itself and those above it, files, tags, authors, logins, and further pages."""
    parts = urlsplit(url)
    path = unquote(parts.path).lower()
    if path in ("", "/") and not parts.query:
        return True
    if not parts.query and unquote(urlsplit(page).path).lower().startswith(path.rstrip("/") + "/"):
        return True
    segments = [segment for segment in path.split("/") if segment]
    if _OTHER_FILES.search(path) or _PAGING.search(path) or _SKIPPED_SEGMENTS & set(segments):
        return True
    query: Mapping[str, str] = dict(parse_qsl(parts.query, keep_blank_values=True))
    return bool(_PAGE_PARAMETERS & {name.lower() for name in query}) or url == page
