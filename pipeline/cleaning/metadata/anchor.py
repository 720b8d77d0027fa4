"""Where the headline stands on the page: by-lines and dates near it are the article's, those in widgets are not."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from lxml.html import HtmlElement

from pipeline.cleaning.metadata.scan import WRAPPERS, Scan, Spot, visible_text
from pipeline.cleaning.metadata.strings import same_words

ELEMENTS_BEFORE, ELEMENTS_AFTER = 40, 160
"""How far from the headline its by-line and date may stand, in elements."""

_NOISE = re.compile(
    r"comment|related|recommend|most-?_?(?:read|popular|viewed)|sidebar|(?<!elementor-)\bwidget\b(?!-)|newsletter|weather"
    r"|\btoday\b|current-?_?(?:date|time)|clock|masthead|top-?(?:bar|strip)|breaking|ticker|teaser|\bcards?\b|popular"
    r"|trending|site-?header|navbar|read-?more|also-?read|footer|popup|modal|promo|carousel|outbrain|taboola"
)
_NOISE_TAGS = frozenset({"nav", "footer", "aside", "figcaption"})
_TITLE_TAGS = ("h1", "h2", "h3", "p", "div", "span", "legend", "b", "strong", "font", "td", "dt")


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """The headline's place in document order, if it was found, and the elements that hold it."""

    at: int | None = None
    around: frozenset[HtmlElement] = frozenset()
    is_in_article: bool = False

    def is_near(self, at: int) -> bool:
        """Whether a place is near the headline; without one every place is."""
        return self.at is None or -ELEMENTS_BEFORE <= at - self.at <= ELEMENTS_AFTER

    def distance(self, at: int) -> int:
        """Elements between a place and the headline; what stands before the headline counts four times."""
        if self.at is None:
            return at
        return at - self.at if at >= self.at else 4 * (self.at - at)

    def is_amid_noise(self, element: HtmlElement) -> bool:
        """Whether the element stands in a widget, a list of other articles, comments or the frame of the site.

        What holds the headline too is none of these, whatever its class says.
        """
        if self.is_in_another_article(element):
            return True
        node: HtmlElement | None = element
        while node is not None and node.tag not in WRAPPERS and node not in self.around:
            if node.tag in _NOISE_TAGS and not (node.tag == "footer" and self._shares_article(node)):
                return True
            names = f"{node.get('class') or ''} {node.get('id') or ''}"
            if names != " " and _is_noise(names):
                return True
            node = node.getparent()
        return False

    def is_in_another_article(self, element: HtmlElement) -> bool:
        """Whether the element stands in an `<article>` of its own while the headline stands in one too: a teaser."""
        article = next(element.iterancestors("article"), None) if self.is_in_article else None
        return article is not None and article not in self.around

    def _shares_article(self, footer: HtmlElement) -> bool:
        """Whether a footer is that of the article which holds the headline."""
        return next(footer.iterancestors("article"), None) in self.around

    def window(
        self, scan: Scan, after: int = ELEMENTS_AFTER, before: int = ELEMENTS_BEFORE
    ) -> Iterator[tuple[int, HtmlElement]]:
        """The elements near the headline with their places, in document order; none without a headline."""
        if self.at is None:
            return iter(())
        start = max(0, self.at - before)
        return enumerate(scan.elements[start : self.at + after], start)


def find_anchor(scan: Scan, heading: Spot | None, headline: str | None) -> Anchor:
    """The h1 that was chosen, else the first element with the headline's words, else the page's only h1."""
    spot = heading or (_with_text(scan, headline) if headline else None)
    if spot is None and len(scan.headings) == 1:
        spot = scan.headings[0]
    if spot is None:
        return Anchor()
    around = frozenset(spot.element.iterancestors())
    return Anchor(at=spot.at, around=around, is_in_article=any(element.tag == "article" for element in around))


def _with_text(scan: Scan, headline: str) -> Spot | None:
    for at, element in enumerate(scan.elements):
        text = element.text
        if element.tag not in _TITLE_TAGS or not text or text.isspace() or len(text) < len(headline) // 2:
            continue
        if same_words(visible_text(element, 2 * len(headline)), headline):
            return Spot(at=at, page=scan.elements)
    return None


@lru_cache(maxsize=4096)
def _is_noise(names: str) -> bool:
    return bool(_NOISE.search(names.lower()))
