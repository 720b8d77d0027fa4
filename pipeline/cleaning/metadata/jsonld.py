"""JSON-LD: read leniently, walk with bounds, and tell the page's own article from those it merely lists.

Real pages wrap it in comments or CDATA, leave trailing commas and raw line breaks, and list other articles beside
their own. What cannot be read is skipped: broken markup is no reason to lose the page.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import unescape
from typing import TypeAlias
from urllib.parse import unquote, urlsplit

from pipeline.cleaning.metadata.strings import likeness, tidy

MAX_DEPTH = 16
MAX_NODES = 3000
MAX_ITEMS = 200
MAX_SCRIPT_LENGTH = 4_000_000

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"

_WRAPPING = re.compile(
    r"^\s*(?:<!--|//\s*<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/|<!\[CDATA\[)|(?://\s*\]\]>|/\*\s*\]\]>\s*\*/|\]\]>|-->)\s*$"
)
_STRING_OR_COMMA = re.compile(r'"(?:[^"\\]|\\.)*"|,(?=\s*[}\]])|(?<=[\[{,])\s*,', re.DOTALL)
_BAD_ESCAPE = re.compile(r'\\(?!["\\/bfnrt]|u[0-9a-fA-F]{4})')


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


ARTICLE_TYPES = _words(
    """
    Article NewsArticle AnalysisNewsArticle AskPublicNewsArticle BackgroundNewsArticle OpinionNewsArticle
    ReportageNewsArticle ReviewNewsArticle AdvertiserContentArticle SatiricalArticle ScholarlyArticle TechArticle
    BlogPosting LiveBlogPosting SocialMediaPosting DiscussionForumPosting Report Review CriticReview MedicalWebPage
    ClaimReview Recipe HowTo
    """
)
WEAK_ARTICLE_TYPES = frozenset({"Review", "CriticReview", "MedicalWebPage", "ClaimReview", "Recipe", "HowTo"})
PAGE_TYPES = frozenset(
    {"WebPage", "ItemPage", "AboutPage", "FAQPage", "QAPage", "CreativeWork", "VideoObject", "WebContent"}
)

_ASIDE_KEYS = _words(
    """
    itemListElement mentions isPartOf hasPart relatedLink citation about isBasedOn subjectOf blogPost blogPosts
    comment comments review reviews author publisher creator editor contributor image video breadcrumb
    potentialAction itemReviewed recommendations related liveBlogUpdate knowsAbout suggestedAnswer acceptedAnswer
    """
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One object of a page's JSON-LD. `aside` is set when it stands inside a list or as a part of another thing."""

    data: dict[str, Json]
    types: tuple[str, ...]
    aside: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonLd:
    """All objects of the page in document order, and those that have a name of their own by their @id."""

    nodes: tuple[Node, ...]
    by_id: dict[str, dict[str, Json]]

    def resolve(self, value: Json) -> Json:
        """A reference `{"@id": …}` becomes the object of that name; anything else stays."""
        if isinstance(value, dict) and len(value) <= 2 and isinstance(name := value.get("@id"), str):
            return self.by_id.get(name, value)
        return value

    def each(self, value: Json) -> Iterator[Json]:
        """The items of a value that may be single or a list, resolved."""
        for item in value[:MAX_ITEMS] if isinstance(value, list) else (value,):
            yield self.resolve(item)

    def text(self, value: Json, limit: int = 1000) -> str:
        """The first readable string of a value: itself, its @value or its name."""
        for item in self.each(value):
            if isinstance(item, dict):
                item = item.get("@value") or item.get("name")
                item = item[0] if isinstance(item, list) and item else item
            if text := tidy(item, limit):
                return text
        return ""

    def link(self, value: Json) -> str:
        """The first URL of a value: itself, its url, contentUrl or @id."""
        for item in self.each(value):
            if isinstance(item, dict):
                item = next(
                    (item[k] for k in ("url", "contentUrl", "@id") if isinstance(item.get(k), (str, list))), None
                )
                item = item[0] if isinstance(item, list) and item else item
            if isinstance(item, str) and item.strip():
                return item.strip()
        return ""


def read_jsonld(scripts: Iterable[str]) -> JsonLd:
    """All objects of all scripts, breadth bounded; never raises."""
    nodes: list[Node] = []
    by_id: dict[str, dict[str, Json]] = {}
    for script in scripts:
        for value in parse_leniently(script):
            for node in _walk(value, MAX_NODES - len(nodes)):
                nodes.append(node)
                name = node.data.get("@id")
                if isinstance(name, str) and len(node.data) > len(by_id.get(name, ())):
                    by_id[name] = node.data
    return JsonLd(nodes=tuple(nodes), by_id=by_id)


def parse_leniently(script: str) -> list[Json]:
    """The JSON values of a script: as it stands, else mended where that is safe, else none."""
    text = script[:MAX_SCRIPT_LENGTH]
    for mend in (_unwrap, _without_stray_commas, _with_escapes_mended, _unescaped):
        text = mend(text)
        values = _decode_all(text)
        if values:
            return values
    return []


def _unwrap(text: str) -> str:
    previous = ""
    while previous != text:
        previous, text = text, text.strip()
        if text.startswith(("<", "/")) or text.endswith((">", "/")):
            text = _WRAPPING.sub("", text).strip()
        text = text.strip("\ufeff;").strip()
    return text


def _without_stray_commas(text: str) -> str:
    return _STRING_OR_COMMA.sub(lambda m: m.group() if m.group()[0] == '"' else "", text)


def _with_escapes_mended(text: str) -> str:
    return _BAD_ESCAPE.sub(r"\\\\", text)


def _unescaped(text: str) -> str:
    return unescape(text) if text.startswith(("{&", "[{&", "[ {&", "{ &")) or "&quot;" in text[:200] else text


def _decode_all(text: str) -> list[Json]:
    """Every value of a text that may hold several, one after the other; the first error ends it."""
    decoder = json.JSONDecoder(strict=False)
    values: list[Json] = []
    at = 0
    try:
        while at < len(text) and len(values) < 50:
            value, at = decoder.raw_decode(text, at)
            values.append(value)
            while at < len(text) and text[at] in " \t\r\n,;":
                at += 1
    except (ValueError, RecursionError):
        pass
    return values


def _walk(value: Json, budget: int) -> Iterator[Node]:
    """The objects in a value that have a type or an @id, in document order."""
    stack: list[tuple[Json, int, bool]] = [(value, 0, False)]
    while stack and budget > 0:
        item, depth, aside = stack.pop()
        children: list[tuple[Json, int, bool]] = []
        if isinstance(item, dict):
            types = tuple(_types(item.get("@type")))
            if types or "@id" in item or "@graph" in item:
                budget -= 1
                yield Node(data=item, types=types, aside=aside)
            listing = aside or "ItemList" in types
            children = [
                (child, depth + 1, listing or key in _ASIDE_KEYS)
                for key, child in item.items()
                if isinstance(child, (dict, list))
            ]
        elif isinstance(item, list):
            children = [(child, depth + 1, aside) for child in item[:MAX_NODES] if isinstance(child, (dict, list))]
        if depth < MAX_DEPTH:
            stack.extend(reversed(children))


def _types(value: Json) -> Iterator[str]:
    for kind in value if isinstance(value, list) else (value,):
        if isinstance(kind, str) and (name := tidy(kind, 100)):
            yield name.rstrip("/").rpartition("/")[2].rpartition(":")[2]


def is_article(types: Iterable[str]) -> bool:
    """Whether one of the types is that of an article."""
    return any(kind in ARTICLE_TYPES for kind in types)


def own_articles(jsonld: JsonLd, urls: frozenset[str], titles: Iterable[str]) -> list[Node]:
    """The objects that describe this page's article, the surest first.

    `urls` are the addresses by which the page goes (see `page_key`), `titles` what it calls itself elsewhere. An
    article that stands in a list is another page's, unless its address or its headline says otherwise.
    """
    titles = list(titles)
    scored: list[tuple[float, Node]] = []
    for node in jsonld.nodes:
        if is_article(node.types):
            score = _ownership(jsonld, node, urls, titles)
            if score > 0:
                scored.append((score, node))
    scored.sort(key=lambda pair: -pair[0])
    return [node for _, node in scored]


def _ownership(jsonld: JsonLd, node: Node, urls: frozenset[str], titles: list[str]) -> float:
    data = node.data
    score = -4.0 if node.aside else 2.0
    links = [jsonld.link(data.get(name)) for name in ("url", "mainEntityOfPage", "@id")]
    # "…/live#post-7" is the page's own address only for its main thing, not for one of the parts of a live blog
    keys = {page_key(link) for link in links if not (node.aside and "#" in link)} - {""}
    if keys & urls:
        score += 8
    elif keys and node.aside:
        score -= 4
    headline = jsonld.text(data.get("headline")) or jsonld.text(data.get("name"))
    if headline and titles:
        score += 8 * max(likeness(headline, title) for title in titles) - 2
    score += 1.0 * ("datePublished" in data) + 1.0 * ("articleBody" in data)
    return score - 1.5 * (not any(kind in ARTICLE_TYPES - WEAK_ARTICLE_TYPES for kind in node.types))


def page_key(url: str) -> str:
    """A URL reduced to what tells pages apart: host without www, path without slash at its end; "" if it is none."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").removeprefix("www.").removeprefix("m.").removeprefix("amp.")
    except ValueError:
        return ""
    path = unquote(parts.path).rstrip("/").casefold()
    return f"{host}{path}?{parts.query}" if host and (path or parts.query) else ""
