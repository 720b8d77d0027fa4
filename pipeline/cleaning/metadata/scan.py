"""One walk over the page that collects all that speaks of the article: metas, scripts, microdata, h1s, dates, by-lines.

Later modules choose among what stands here and never walk the whole tree again. `Spot.at` is the place in document
order, so that "near the headline" is a subtraction.
"""

import re
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, compress, count, islice, pairwise

from lxml import etree
from lxml.etree import XPath
from lxml.html import HtmlElement

from pipeline.cleaning.metadata.strings import tidy

MAX_ELEMENTS = 60_000
"""Elements looked at. The largest of 815 real pages had 4,975; a hostile page may have millions: what stands beyond the
first of them declares nothing, is cut by no node rule and counts for no signal."""

MAX_NAMES_LENGTH = 1_000_000
"""Characters of different class names and ids that are taken apart; the most of 815 real pages is less than 207,000. By
what stands beyond them no node is cut, and no by-line is found."""
NO_ELEMENT = -1

MAX_META_LENGTH = 4000
MAX_PROPERTIES = 1000
MAX_STEPS = 4000
"""Tags looked at for the text of one element, so that a page of empty elements ends."""

_BYLINE_NAMES = (
    "author", "byline", "by-line", "by_line", "by-_line", "autor", "auteur", "writer", "verfasser", "redacteur",
    "skribent", "forfatter", "reporter", "journalist", "penulis", "yazar", "posted-by", "credit__name", "contributor",
    "firma", "signature", "kontributor",
)  # fmt: skip
_BYLINE_CLASS = re.compile("|".join(_BYLINE_NAMES).replace("firma", r"firma\b"))
_DATE_CLASS = re.compile(
    r"date|time|publish|posted|datum|fecha|stamp|meta|hora|tarih|dato\b|pubdat|updated|entry-info|byline"
)
_AUTHOR_FOLDERS = frozenset(
    (
        "author", "authors", "autor", "autores", "autoren", "autori", "auteur", "auteurs", "profile", "profiles",
        "journalist", "journalists", "by", "team", "people", "producers", "staff", "contributor", "contributors",
        "writer", "writers", "expert", "experts", "person", "persons", "personen", "redaktion", "penulis", "yazarlar",
        "profil", "forfatter", "firmas",
    )
)  # fmt: skip
_SILENT_TAGS = frozenset({"script", "style", "noscript", "template", "svg", "button", "select", "textarea", "iframe"})
_BREAKING_TAGS = frozenset(
    {"p", "div", "li", "br", "h1", "h2", "h3", "h4", "h5", "h6", "section", "td", "dd", "dt", "ul", "time"}
)
WRAPPERS = frozenset({"html", "body", "main", "article"})
_SAY_NOTHING = WRAPPERS | {"script", "style", "path", "br", "source", "option"}
"""None of them says who wrote the page or when, whatever its class says."""
_ITEM_TYPE, _ITEMPROP, _PROPERTY = (
    XPath(f"descendant-or-self::*/@{name}") for name in ("itemtype", "itemprop", "property")
)
"""Few elements have such an attribute: to ask each for it takes thrice as long."""

Numbers = Mapping[HtmlElement | None, int]
"""The number of each element of a page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """An element and its place in document order."""

    at: int
    element: HtmlElement


@dataclass(frozen=True, slots=True, kw_only=True)
class Property:
    """One microdata or RDFa property: its name, the types of the things around it, innermost first, and its place."""

    name: str
    scopes: tuple[str, ...]
    spot: Spot


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """What one walk over the page found."""

    elements: list[HtmlElement]
    """The first of them, in document order: an element's number is its place here."""
    numbers: Numbers
    """The number of each element."""
    parents: list[int]
    """The number of the element above each; above the root stands `NO_ELEMENT`."""
    tags: list[str]
    places: Mapping[str, list[int]]
    """The numbers of the elements of each tag."""
    classes: list[str | None]
    ids: list[str | None]
    """The attributes of each element."""
    names: frozenset[str]
    """All of these that say something."""
    words: Mapping[str, int]
    """The single class names and ids, those of classes first, and how often each stands there."""
    item_types: frozenset[str]
    """Every `itemtype` of the page."""
    hrefs: list[str | None]
    rels: list[str | None]
    """The attributes of each `a` element."""
    metas: dict[str, list[str]]
    """By lower-case name, property or itemprop, in document order."""
    links: dict[str, list[str]]
    """`href` by lower-case `rel` word, of link elements."""
    titles: list[str]
    json_scripts: list[str]
    properties: list[Property]
    headings: list[Spot]
    """The h1 elements."""
    subheadings: list[Spot]
    """The h2 and h3 elements."""
    times: list[Spot]
    bylines: list[Spot]
    author_links: list[Spot]

    @property
    def root(self) -> HtmlElement:
        """The page itself."""
        return self.elements[0]

    def meta(self, *names: str) -> Iterator[tuple[str, str]]:
        """(name, content) of the metas of these names, in the order of the names."""
        metas = self.metas
        return ((name, content) for name in names if name in metas for content in metas[name])

    def tagged(self, *tags: str) -> list[HtmlElement]:
        """The elements of these tags, in document order."""
        return [self.elements[at] for at in _merged(self.places, tags)]

    def within(self, holder: HtmlElement, *tags: str) -> list[HtmlElement]:
        """The elements of these tags below an element, in document order."""
        at = self.numbers.get(holder)
        if at is None:  # beyond the bound
            return list(holder.iterdescendants(*tags))
        found = _merged(self.places, tags)
        below = found[bisect_right(found, at) : bisect_left(found, self._end_of(holder))]
        return [self.elements[each] for each in below]

    def _end_of(self, holder: HtmlElement) -> int:
        """The number after that of the last element below this one."""
        element, after = holder, None
        while element is not self.root and (after := next(element.itersiblings("*"), None)) is None:
            element = element.getparent()
        return len(self.elements) if after is None else self.numbers.get(after, len(self.elements))

    def count(self, tag: str) -> int:
        """How many elements of this tag there are."""
        return len(self.places.get(tag, ()))


def scan_page(tree: HtmlElement) -> Scan:
    """Collect everything that speaks of the article in one walk."""
    elements = list(islice(tree.iter("*"), MAX_ELEMENTS))
    numbers: Numbers = dict(zip(elements, count()))
    parents = [numbers.get(element.getparent(), NO_ELEMENT) for element in elements]
    tags = [element.tag for element in elements]
    places: defaultdict[str, list[int]] = defaultdict(list)
    for at, tag in enumerate(tags):
        places[tag].append(at)
    classes = [element.get("class") for element in elements]
    ids = [element.get("id") for element in elements]
    stated = Counter(filter(None, chain(classes, ids)))
    names, words = frozenset(stated), _words(stated)

    hrefs = [elements[at].get("href") for at in places.get("a", ())]
    rels = [elements[at].get("rel") for at in places.get("a", ())]

    def spots(found: Iterable[int]) -> list[Spot]:
        return [Spot(at=at, element=elements[at]) for at in found]

    def tagged(*tags: str) -> list[HtmlElement]:
        return [elements[at] for at in _merged(places, tags)]

    return Scan(
        elements=elements,
        numbers=numbers,
        parents=parents,
        tags=tags,
        places=places,
        classes=classes,
        ids=ids,
        names=names,
        words=words,
        item_types=frozenset(value for _, value in _stated(_ITEM_TYPE, elements, numbers)),
        hrefs=hrefs,
        rels=rels,
        metas=_metas(tagged("meta")),
        links=_links(tagged("link")),
        titles=_titles(tagged("title")),
        json_scripts=_json_scripts(tagged("script")),
        properties=_properties(elements, numbers),
        headings=spots(_merged(places, ("h1",))),
        subheadings=spots(_merged(places, ("h2", "h3"))),
        times=spots(_merged(places, ("time", "relative-time"))),
        bylines=spots(at for at in _bylines(names, words, classes, ids) if elements[at].tag not in _SAY_NOTHING),
        author_links=spots(
            at for at, href, rel in zip(places.get("a", ()), hrefs, rels, strict=True) if _leads_to_author(href, rel)
        ),
    )


def _merged(places: Mapping[str, Sequence[int]], tags: Sequence[str]) -> Sequence[int]:
    """The places of all these tags, in document order."""
    found = [places[tag] for tag in tags if tag in places]
    return found[0] if len(found) == 1 else sorted(at for each in found for at in each)


def _words(stated: Mapping[str, int]) -> Counter[str]:
    """The single names in these attributes, each of which stands so often."""
    words: Counter[str] = Counter()
    left = MAX_NAMES_LENGTH
    for value, often in stated.items():
        for word in value[:left].split():
            words[word] += often
        left = max(0, left - len(value))
    return words


def _metas(elements: Iterable[HtmlElement]) -> dict[str, list[str]]:
    metas: dict[str, list[str]] = {}
    for element in elements:
        get = element.get
        if content := tidy(get("content"), MAX_META_LENGTH):
            for name in dict.fromkeys((get("name"), get("property"), get("itemprop"), get("http-equiv"))):
                if name:
                    metas.setdefault(name.strip().lower(), []).append(content)
    return metas


def _links(elements: Iterable[HtmlElement]) -> dict[str, list[str]]:
    links: dict[str, list[str]] = {}
    for element in elements:
        if href := (element.get("href") or "").strip():
            for rel in (element.get("rel") or "").lower().split():
                links.setdefault(rel, []).append(href)
    return links


def _titles(elements: Iterable[HtmlElement]) -> list[str]:
    titles: list[str] = []
    for element in elements:
        parent = element.getparent()
        title = tidy(element.text, MAX_META_LENGTH)
        if title and (parent is None or parent.tag != "svg"):
            titles.append(title)
    return titles


def _json_scripts(elements: Iterable[HtmlElement]) -> list[str]:
    scripts = (element.text for element in elements if "ld+json" in (element.get("type") or "").lower())
    return [text for text in scripts if text]


def _bylines(
    names: Collection[str], words: Iterable[str], classes: Sequence[str | None], ids: Sequence[str | None]
) -> list[int]:
    """The places of elements whose class or id speaks of who wrote the page."""
    text = " ".join(words).lower()  # all are asked at once: most speak of nothing
    parts = [part for part in _BYLINE_NAMES if part in text]
    if not parts:
        return []
    lower_names = [(name, name.lower()) for name in names]
    marked = {name for part in parts for name, lower in lower_names if part in lower}
    if "firma" in parts:
        marked = {name for name in marked if _BYLINE_CLASS.search(name.lower())}
    places = (compress(count(), map(marked.__contains__, each)) for each in (classes, ids))
    return sorted(set(chain.from_iterable(places)))


def _leads_to_author(href: str | None, rel: str | None) -> bool:
    return is_author_url(href) or (rel is not None and "author" in rel.lower())


def _stated(attribute: XPath, elements: Sequence[HtmlElement], numbers: Numbers) -> Iterator[tuple[int, str]]:
    """The numbers of the elements that state an attribute, in document order, and what they state."""
    for value in attribute(elements[0]):
        at = numbers.get(value.getparent())
        if value and at is not None:
            yield at, str(value)


def _properties(elements: Sequence[HtmlElement], numbers: Numbers) -> list[Property]:
    """The microdata and RDFa properties; a meta's `property` is none."""
    stated = {at: names for at, names in _stated(_PROPERTY, elements, numbers) if elements[at].tag != "meta"}
    stated.update(_stated(_ITEMPROP, elements, numbers))
    properties: list[Property] = []
    for at in sorted(stated):
        element = elements[at]
        if element.tag in _SAY_NOTHING:
            continue
        if len(properties) >= MAX_PROPERTIES:
            break
        spot = Spot(at=at, element=element)
        scopes = tuple(_scopes(element))
        properties += [Property(name=name.rpartition(":")[2], scopes=scopes, spot=spot) for name in stated[at].split()]
    return properties


def _scopes(element: HtmlElement) -> Iterator[str]:
    """The schema.org types of the things this element is a property of, innermost first."""
    for ancestor in element.iterancestors():
        kind = ancestor.get("itemtype") or ancestor.get("typeof")
        if kind:
            yield kind.rstrip("/").rpartition("/")[2].rpartition(":")[2]


def is_author_url(href: str | None) -> bool:
    """Whether a link's target is an author's page: it stands in a folder for them."""
    if not href:
        return False
    parts = href.lower().split("/")
    if _AUTHOR_FOLDERS.isdisjoint(parts):
        return False
    return any(folder in _AUTHOR_FOLDERS and page and page[0] not in "?#" for folder, page in pairwise(parts[1:]))


@lru_cache(maxsize=4096)
def looks_like_date(names: str | None) -> bool:
    """Whether a class or id attribute speaks of a date."""
    return bool(names and _DATE_CLASS.search(names.lower()))


def visible_text(element: HtmlElement, limit: int = 1000, breaks: str = " ") -> str:
    """The element's text without scripts and buttons, block elements apart by `breaks`, cut at `limit` characters."""
    if next(iter(element), None) is None:
        before = breaks if element.tag in _BREAKING_TAGS else ""
        return "" if element.tag in _SILENT_TAGS else (before + (element.text or ""))[: limit + 1].strip()
    parts: list[str] = []
    length, skipped = 0, None
    for event, node in islice(etree.iterwalk(element, events=("start", "end")), MAX_STEPS):
        if event == "start":
            silent = node.tag in _SILENT_TAGS or not isinstance(node.tag, str)
            if skipped is None and silent:
                skipped = node
            elif skipped is None:
                parts.append(breaks if node.tag in _BREAKING_TAGS else "")
                parts.append(node.text or "")
                length += len(parts[-1])
        else:
            if skipped is node:
                skipped = None
            if skipped is None and node is not element:
                parts.append(breaks if node.tag in _BREAKING_TAGS else "")
                parts.append(node.tail or "")
                length += len(parts[-1])
        if length > limit:
            break
    return "".join(parts)[: limit + 1].strip()
