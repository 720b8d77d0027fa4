"""Where the headline stands on the page: by-lines and dates near it are the article's, those in widgets are not."""

import re
from dataclasses import dataclass
from functools import lru_cache

from pipeline.cleaning.elements import NO_ELEMENT
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
    """The headline's place in document order, if it was found, and the elements that hold it, by number."""

    scan: Scan
    at: int | None = None
    around: frozenset[int] = frozenset()
    is_in_article: bool = False

    def is_near(self, at: int) -> bool:
        """Whether a place is near the headline; without one every place is."""
        return self.at is None or -ELEMENTS_BEFORE <= at - self.at <= ELEMENTS_AFTER

    def distance(self, at: int) -> int:
        """Elements between a place and the headline; what stands before the headline counts four times."""
        if self.at is None:
            return at
        return at - self.at if at >= self.at else 4 * (self.at - at)

    def is_amid_noise(self, at: int) -> bool:
        """Whether the element stands in a widget, a list of other articles, comments or the frame of the site.

        What holds the headline too is none of these, whatever its class says.
        """
        if self.is_in_another_article(at):
            return True
        scan = self.scan
        for each in scan.elements.above(at):
            tag = scan.tags[each]
            if tag in WRAPPERS or each in self.around:
                return False
            if tag in _NOISE_TAGS and not (tag == "footer" and self._shares_article(each)):
                return True
            classes, identity = scan.classes[each], scan.ids[each]
            if (classes or identity) and _is_noise(f"{classes or ''} {identity or ''}"):
                return True
        return False

    def is_in_another_article(self, at: int) -> bool:
        """Whether the element stands in an `<article>` of its own while the headline stands in one too: a teaser."""
        article = self.scan.elements.around(at, "article") if self.is_in_article else NO_ELEMENT
        return article != NO_ELEMENT and article not in self.around

    def _shares_article(self, footer: int) -> bool:
        """Whether a footer is that of the article which holds the headline."""
        return self.scan.elements.around(footer, "article") in self.around

    def window(self, after: int = ELEMENTS_AFTER, before: int = ELEMENTS_BEFORE) -> range:
        """The elements near the headline; none without a headline."""
        if self.at is None:
            return range(0)
        return range(max(0, self.at - before), min(self.at + after, len(self.scan.elements)))


def find_anchor(scan: Scan, heading: Spot | None, headline: str | None) -> Anchor:
    """The h1 that was chosen, else the first element with the headline's words, else the page's only h1."""
    at = heading.at if heading else _with_text(scan, headline) if headline else None
    if at is None and len(scan.headings) == 1:
        at = scan.headings[0].at
    if at is None:
        return Anchor(scan=scan)
    around = frozenset(scan.elements.above(scan.parents[at]))
    return Anchor(scan=scan, at=at, around=around, is_in_article=any(scan.tags[each] == "article" for each in around))


def _with_text(scan: Scan, headline: str) -> int | None:
    texts = scan.elements.texts(range(len(scan.elements)))
    for at, (tag, (text, _)) in enumerate(zip(scan.tags, texts, strict=True)):
        if tag not in _TITLE_TAGS or not text or len(text) < len(headline) // 2:
            continue
        if same_words(visible_text(scan.elements[at], 2 * len(headline)), headline):
            return at
    return None


@lru_cache(maxsize=4096)
def _is_noise(names: str) -> bool:
    return bool(_NOISE.search(names.lower()))
