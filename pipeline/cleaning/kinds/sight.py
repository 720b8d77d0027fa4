"""What is seen of a page before its kind is judged: its lines, its URL, and the words of its markup, looked up once."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from urllib.parse import SplitResult, unquote, urlsplit

from pipeline.cleaning.blocks import Line
from pipeline.cleaning.judging.line_features import Evidence
from pipeline.cleaning.kinds.page_words import told_by_names
from pipeline.cleaning.metadata.scan import Scan
from pipeline.text import collapse

MAX_LINES = 5000
"""Lines that are looked at; a forum's longest page has some hundreds."""
MAX_LINKS = 3000
MAX_HEAD = 500
"""Names of metas, and of links, that are looked at."""
MAX_NAMES = 8000
"""Classes and ids that are looked at."""
TAGS = (
    "article", "blockquote", "button", "code", "em", "figcaption", "figure", "form", "h1", "h2", "h3", "iframe", "img",
    "input", "li", "p", "pre", "section", "select", "strong", "table", "textarea", "time", "ul", "video",
)  # fmt: skip
"""Tags that are counted."""


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
    names: Mapping[str, int]
    """Class names and ids, and how often each stands there."""
    told: list[tuple[int, tuple[str, ...]]]
    """What each of them tells, see `told_by_names`."""
    tags: dict[str, int]
    hrefs: list[str]
    rels: frozenset[str]
    inputs: tuple[tuple[str, str], ...]
    """Type and name of each."""
    metas: frozenset[str]
    """Names and properties, in lower case."""
    links: frozenset[str]
    """The `rel` words of link elements."""
    types: frozenset[str]
    """schema.org and Open Graph types, of JSON-LD, microdata and metas."""
    evidence: Evidence


def see(scan: Scan, url: str, evidence: Evidence) -> Sight:
    """Look at a page once."""
    view = evidence.view
    settled, extracted = frozenset(evidence.settled), frozenset(evidence.extracted)
    shown = [index for index, line in enumerate(view.lines) if not line.hidden][:MAX_LINES]
    parts, names = urlsplit(url), scan.words
    if len(names) > MAX_NAMES:
        names = dict(islice(names.items(), MAX_NAMES))
    return Sight(
        url=parts,
        path=unquote(parts.path),
        title=title_of(scan),
        frame=_frame(scan),
        lines=[view.lines[index] for index in shown],
        settled=[index in settled for index in shown],
        extracted=[index in extracted for index in shown],
        headline_at=shown.index(view.headline_at) if view.headline_at in shown else -1,
        names=names,
        told=told_by_names(names),
        tags={tag: scan.count(tag) for tag in TAGS},
        hrefs=[href for href in scan.hrefs if href is not None][:MAX_LINKS],
        rels=frozenset(word for rel in set(scan.rels[:MAX_LINKS]) if rel for word in rel.lower().split()),
        inputs=tuple(
            ((each.get("type") or "").lower(), (each.get("name") or "").lower())
            for each in scan.tagged("input")[:MAX_LINKS]
        ),
        metas=frozenset(islice(scan.metas, MAX_HEAD)),
        links=frozenset(islice(scan.links, MAX_HEAD)),
        types=_types(scan, evidence),
        evidence=evidence,
    )


def title_of(scan: Scan) -> str:
    """The page's title: the first that says something; "" without one."""
    return next((text for each in scan.tagged("title") if (text := collapse(each.text or ""))), "")


def _frame(scan: Scan) -> str:
    elements = [scan.root, *scan.tagged("body")[:1]]
    return " ".join(value for each in elements for key in ("class", "id") if (value := each.get(key)))


def _types(scan: Scan, evidence: Evidence) -> frozenset[str]:
    of_items = {each.rstrip("/").rpartition("/")[2] for each in scan.item_types}
    return frozenset(evidence.metadata.declared_types) | of_items
