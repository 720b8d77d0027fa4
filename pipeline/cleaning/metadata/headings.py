"""Which heading of the page stands over its story, and which part of that heading is the headline.

An h1 is not always the headline: on the gold pages it also was the last step of a breadcrumb (the headline then was an
h2), the site's name linked to its front page, or the teaser of another story. What it stands in and links to tells.
"""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from pipeline.cleaning.metadata.anchor import Anchor
from pipeline.cleaning.metadata.headline import MAX_HEADLINE_LENGTH, Names, cut_site_name, without_tail
from pipeline.cleaning.metadata.jsonld import page_key
from pipeline.cleaning.metadata.page import Page
from pipeline.cleaning.metadata.scan import Spot, visible_text
from pipeline.cleaning.metadata.strings import likeness, plain, same_words, tidy, tokens
from pipeline.records import Claim

MIN_LIKENESS = 0.3
"""Share of words an h1 must have in common with a declared title. Below it, h1s are mostly section or site names."""

MARGIN = 0.1
"""How much more like a declared title a later h1 must be: the first stands over the story, later ones over others."""

LONGEST_HEADLINE = 240
"""Longer h1s hold an introduction; the longest headline of 815 pages had 175 characters."""

MIN_COMMON_WORDS = 2
MIN_WORDS_ALONE = 5
"""Words of an h1 that is the headline though nothing declared is like it. Of 10 shorter ones, 6 named a section."""

MAX_HEADINGS = 20
MAX_LEVELS = 6
"""How many elements around a heading are asked whether they are a breadcrumb."""

_CRUMB = re.compile(r"crumb|brotkrum|ariane", re.IGNORECASE)
_KICKER = re.compile(
    r"kicker|over-?_?line|roof-?_?line|top-?_?line|eyebrow|pre-?_?title|super-?_?title|title-?_?header|dachzeile"
    r"|spitzmarke|antetitulo|volada|vignette|ankeiler|surtitre|occhiello",
    re.IGNORECASE,
)
_MARKS = ("class", "id", "data-testid", "itemtype", "aria-label", "typeof")
_ENDS = frozenset({"body", "main", "article", "header"})
_EDGES = " -–—:|•·/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """The heading over the story: its place, its words, and whether a declared title is like it."""

    spot: Spot
    text: str
    is_confirmed: bool = True


def find_heading(page: Page, declared: list[Claim], names: Names) -> Heading | None:
    """The h1 most like what the page declares, else an h2 that says just that, else the only h1 of the content."""
    own = [spot for spot in page.scan.headings[:MAX_HEADINGS] if not _is_link_elsewhere(page, spot.element)]
    titles = [spot for spot in own if not _is_last_crumb(page, spot.element)]
    if not declared:
        return next(iter(_in_content(page, titles)), None)
    found = (
        _most_like(titles, declared)
        or _same(page.scan.subheadings[:MAX_HEADINGS], declared)
        or _only(page, titles)
        or _within(page, titles, declared)
        or _most_like(own, declared)
    )
    return found and Heading(spot=found.spot, text=_without_parts(found.text, names), is_confirmed=found.is_confirmed)


def _without_parts(text: str, names: Names) -> str:
    """The heading without the names of site and section, and without what stands behind a bar."""
    text = cut_site_name(text, names)
    return text.partition(" | ")[0].strip() or text


def _most_like(spots: list[Spot], declared: list[Claim]) -> Heading | None:
    best: tuple[float, Heading] | None = None
    for spot in spots:
        text = _text(spot.element, declared)
        if 0 < len(text) <= LONGEST_HEADLINE:
            piece = None if _is_declared(text, declared) else _declared_piece(spot.element, declared)
            score = 1.0 if piece else max(_likeness(text, claim.value) for claim in declared)
            score += MARGIN * _stands_in(text, declared)
            if score > (best[0] + MARGIN if best else MIN_LIKENESS):
                best = (score, Heading(spot=spot, text=piece or text))
    return best and best[1]


def _same(spots: list[Spot], declared: list[Claim]) -> Heading | None:
    """The heading that says what a declared title does, or what that does without its last part."""
    titles = {tokens(title) for claim in declared for title in (claim.value, without_tail(claim.value))}
    for spot in spots:
        text = _text(spot.element, declared)
        said = text if tokens(text.replace("\xad", "")) in titles else _declared_piece(spot.element, declared)
        if said:
            return Heading(spot=spot, text=said)
    return None


def _only(page: Page, spots: list[Spot]) -> Heading | None:
    """The h1, where the page has just one wording of it in its content."""
    found = _in_content(page, spots)
    wordings = {tokens(heading.text) for heading in found}
    return found[0] if len(wordings) == 1 and len(wordings.pop()) >= MIN_WORDS_ALONE else None


def _within(page: Page, spots: list[Spot], declared: list[Claim]) -> Heading | None:
    """The first h1 of the content whose words all stand in a declared title, which says more around them."""
    for heading in _in_content(page, spots):
        if _stands_in(heading.text, declared):
            return heading
    return None


def _stands_in(text: str, declared: list[Claim]) -> bool:
    """Whether a declared title has all the words of a heading."""
    words = set(tokens(text))
    return len(words) >= MIN_COMMON_WORDS and any(words <= set(tokens(claim.value)) for claim in declared)


def _in_content(page: Page, spots: list[Spot]) -> list[Heading]:
    nowhere = Anchor(scan=page.scan)
    texts = [(spot, _text(spot.element, [])) for spot in spots if not nowhere.is_amid_noise(spot.at)]
    return [Heading(spot=s, text=text, is_confirmed=False) for s, text in texts if 0 < len(text) <= LONGEST_HEADLINE]


def _text(heading: HtmlElement, declared: list[Claim]) -> str:
    """The heading's words, without what is marked as a kicker unless the page declares just that whole."""
    whole = _words(heading)
    rest = _without_kicker(heading, whole)
    if rest != whole and _is_declared(whole, declared) and not _is_declared(rest, declared):
        return whole
    return rest


def _without_kicker(heading: HtmlElement, whole: str) -> str:
    for child in heading:
        if _is_marked(child, _KICKER):
            rest = whole.removeprefix(_words(child)).lstrip(_EDGES)
            if rest != whole and len(tokens(rest)) > 1:
                return rest
    return whole


def _is_marked(element: HtmlElement, pattern: re.Pattern[str]) -> bool:
    """Whether one of the element's names says so."""
    return any(pattern.search(value) for name in _MARKS if (value := element.get(name)))


def _is_declared(text: str, declared: list[Claim]) -> bool:
    return any(same_words(text, claim.value) for claim in declared)


def _words(element: HtmlElement) -> str:
    """The element's text on one line. What looks like a tag in it is what the reader sees."""
    return " ".join(plain(visible_text(element, MAX_HEADLINE_LENGTH)).split())[:MAX_HEADLINE_LENGTH].strip()


def _is_link_elsewhere(page: Page, heading: HtmlElement) -> bool:
    """Whether a heading is a link to another page: the site's name over its front page, or another story's teaser."""
    around = next(heading.iterancestors("a"), None)
    links = [around] if around is not None else list(heading.iter("a"))
    if len(links) != 1 or (around is None and tokens(_words(links[0])) != tokens(_words(heading))):
        return False
    target = page.absolute(links[0].get("href"))
    return target is not None and page_key(target) not in page.keys


def _is_last_crumb(page: Page, heading: HtmlElement) -> bool:
    """Whether a heading ends a breadcrumb: it stands in an element called so, or after links from the front page."""
    if heading.get("aria-current"):
        return True
    words = tokens(_words(heading))
    node, alone = heading, True
    for _ in range(MAX_LEVELS):
        if node.tag == "nav" or _is_marked(node, _CRUMB):
            return True
        alone = alone and tokens(visible_text(node, MAX_HEADLINE_LENGTH)) == words
        if alone and _follows_links(page, node):
            return True
        parent = node.getparent()
        if parent is None or parent.tag in _ENDS:
            return False
        node = parent
    return False


def _follows_links(page: Page, node: HtmlElement) -> bool:
    """Whether all that stands before an element in its parent is links, the first of them to the front page."""
    first: HtmlElement | None = None
    for sibling in node.itersiblings(preceding=True):
        text = tokens(visible_text(sibling)) if isinstance(sibling.tag, str) else ()
        linked = list(sibling.iter("a"))
        if text and (len(linked) != 1 or tokens(visible_text(linked[0])) != text):
            return False
        first = linked[0] if linked else first
    target = page.absolute(first.get("href")) if first is not None else None
    return target is not None and not urlsplit(target).path.strip("/")


def _declared_piece(heading: HtmlElement, declared: list[Claim]) -> str | None:
    """The part of a heading that is a declared title, where other parts hold a kicker, a date or a counter."""
    if not len(heading):
        return None
    for element in heading.iter():
        for text in (element.text, element.tail if element is not heading else None):
            if text and not text.isspace() and _is_declared(text, declared):
                return tidy(text)
    return None


def _likeness(heading: str, title: str) -> float:
    if same_words(heading, title):
        return 1.0
    common = set(tokens(heading)) & set(tokens(title))
    return likeness(heading, title) if len(common) >= MIN_COMMON_WORDS else 0.0
