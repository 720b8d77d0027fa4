"""What is seen of a page before its kind is judged: its lines, its URL, and the words of its markup, looked up once."""

from collections import Counter
from dataclasses import dataclass
from itertools import islice
from urllib.parse import SplitResult, unquote, urlsplit

from lxml.etree import XPath
from lxml.html import HtmlElement

from pipeline.cleaning.blocks import Line
from pipeline.cleaning.judging.line_features import Evidence
from pipeline.text import collapse

MAX_LINES = 5000
"""Lines that are looked at; a forum's longest page has some hundreds."""
MAX_LINKS = 3000
MAX_NAMES = 8000
"""Classes and ids that are looked at, those of one element together."""
TAGS = (
    "article", "blockquote", "button", "code", "em", "figcaption", "figure", "form", "h1", "h2", "h3", "iframe", "img",
    "input", "li", "p", "pre", "section", "select", "strong", "table", "textarea", "time", "ul", "video",
)  # fmt: skip
"""Tags that are counted."""

_CLASSES = XPath("descendant-or-self::*/@class", smart_strings=False)
_IDS = XPath("descendant-or-self::*/@id", smart_strings=False)
_HREFS = XPath("descendant::a/@href", smart_strings=False)
_RELS = XPath("descendant::a/@rel", smart_strings=False)
_INPUTS = XPath("descendant::input")
_ITEM_TYPES = XPath("descendant-or-self::*/@itemtype", smart_strings=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """A page as its kind is judged. `lines` are the visible ones, `settled` those of them that are the story so far."""

    url: SplitResult
    path: str
    title: str
    frame: str
    """Classes and ids of html and body."""
    lines: list[Line]
    settled: list[bool]
    extracted: list[bool]
    headline_at: int
    """Among `lines`; -1 without one."""
    names: Counter[str]
    """Class names and ids."""
    tags: dict[str, int]
    hrefs: list[str]
    rels: frozenset[str]
    inputs: tuple[tuple[str, str], ...]
    """Type and name of each."""
    types: frozenset[str]
    """schema.org and Open Graph types, of JSON-LD, microdata and metas."""
    evidence: Evidence


def see(tree: HtmlElement, url: str, evidence: Evidence) -> Sight:
    """Look at a page once."""
    view = evidence.view
    settled, extracted = frozenset(evidence.settled), frozenset(evidence.extracted)
    shown = [index for index, line in enumerate(view.lines) if not line.hidden][:MAX_LINES]
    parts = urlsplit(url)
    return Sight(
        url=parts,
        path=unquote(parts.path),
        title=title_of(tree),
        frame=" ".join(value for each in _frame(tree) for key in ("class", "id") if (value := each.get(key))),
        lines=[view.lines[index] for index in shown],
        settled=[index in settled for index in shown],
        extracted=[index in extracted for index in shown],
        headline_at=shown.index(view.headline_at) if view.headline_at in shown else -1,
        names=_names(tree),
        tags={tag: sum(1 for _ in tree.iter(tag)) for tag in TAGS},
        hrefs=_HREFS(tree)[:MAX_LINKS],
        rels=frozenset(word for rel in _RELS(tree)[:MAX_LINKS] for word in rel.lower().split()),
        inputs=tuple(
            ((each.get("type") or "").lower(), (each.get("name") or "").lower())
            for each in islice(_INPUTS(tree), MAX_LINKS)
        ),
        types=_types(tree, evidence),
        evidence=evidence,
    )


def title_of(tree: HtmlElement) -> str:
    """The page's title: the first that says something; "" without one."""
    return next((text for each in tree.iter("title") if (text := collapse(each.text or ""))), "")


def _frame(tree: HtmlElement) -> list[HtmlElement]:
    return [tree, *islice(tree.iter("body"), 1)]


def _names(tree: HtmlElement) -> Counter[str]:
    counts: Counter[str] = Counter()
    for names, count in Counter([*_CLASSES(tree)[:MAX_NAMES], *_IDS(tree)[:MAX_NAMES]]).items():
        for name in names.split()[:MAX_NAMES]:
            counts[name] += count
        if len(counts) >= MAX_NAMES:
            break
    return counts


def _types(tree: HtmlElement, evidence: Evidence) -> frozenset[str]:
    of_items = {each.rstrip("/").rpartition("/")[2] for each in set(_ITEM_TYPES(tree))}
    return frozenset(evidence.metadata.declared_types) | of_items
