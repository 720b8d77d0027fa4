"""Pages that can be read and hold no article. Each refusal names its sign; without a strong one, a page passes.

A wrong refusal loses a whole article, a missed one costs a subscriber one filter: annotate still says what kind of
page it is.
"""

import re
from collections.abc import Sequence

from lxml.html import HtmlElement

from pipeline.cleaning.metadata.reader import Metadata
from pipeline.cleaning.rules.engine import View
from pipeline.cleaning.rules.lookup import phrases_at_start
from pipeline.errors import Drop, Reason
from pipeline.text import collapse, count_words, ends_sentence, excerpt, fold

MAX_REDIRECT_SECONDS = 10
MAX_STUB_WORDS = 80
"""Words of a page that only sends the browser on."""
MIN_ARTICLE_WORDS = 12
"""Words of the shortest article. Of 815 gold pages it refuses two, of which no text at all was found."""
MAX_WALL_WORDS = 500
"""Words of the longest consent or log-in page without its legal text."""
MIN_TITLES, MIN_TITLE_WORDS, MAX_TEASER_WORDS = 15, 4, 30
"""Linked titles of a page that lists stories, and the longest text under one of them."""
LINKED = 0.6
LONG_LABEL = 80
"""Characters from which a line counts as a sentence without its full stop."""
ARTICLE_TYPES = frozenset(
    ("NewsArticle", "Article", "BlogPosting", "ReportageNewsArticle", "LiveBlogPosting", "og:article")
)

_REFRESH = re.compile(r"\s*(\d+)(?:\.\d*)?\s*[;,]\s*url\s*=", re.IGNORECASE)


def redirect_stub(tree: HtmlElement) -> Drop | None:
    """A page that sends the browser on at once and says nothing else."""
    for meta in tree.iter("meta"):
        if (meta.get("http-equiv") or "").lower() == "refresh":
            match = _REFRESH.match(meta.get("content") or "")
            if match and int(match[1][:6]) <= MAX_REDIRECT_SECONDS and _words_shown(tree) < MAX_STUB_WORDS:
                return Drop(reason=Reason.REDIRECT_STUB, evidence=excerpt(f"meta refresh: {meta.get('content')}"))
    return None


def _words_shown(tree: HtmlElement) -> int:
    body = tree.find(".//body")
    if body is None:
        return 0
    return count_words(
        " ".join(body.xpath("descendant::text()[not(parent::script or parent::style or parent::noscript)]"))
    )


def no_article(tree: HtmlElement, view: View, kept: Sequence[int], metadata: Metadata) -> Drop | None:
    """A page whose text is no article: a wall, a log-in page, a list of titles, or nothing."""
    words = _words_of(view, kept)
    may_be_wall = sum(words) < MAX_WALL_WORDS and not metadata.article_bodies and not view.is_news
    if may_be_wall and (drop := _wall(tree, view)):
        return drop
    return _index_page(view, max(words, default=0), metadata) or _too_short(view, kept, sum(words))


def _words_of(view: View, kept: Sequence[int]) -> list[int]:
    """Words of each line."""
    return [count_words(view.lines[index].text) for index in kept]


def _index_page(view: View, longest: int, metadata: Metadata) -> Drop | None:
    """Many linked titles, no paragraph longer than a teaser, and no word of the page that it is an article."""
    if not ARTICLE_TYPES.isdisjoint(metadata.declared_types):
        return None
    if longest > MAX_TEASER_WORDS:
        return None
    titles = sum(line.link_share >= LINKED and count_words(line.text) >= MIN_TITLE_WORDS for line in view.lines)
    if titles < MIN_TITLES:
        return None
    return Drop(reason=Reason.INDEX_PAGE, evidence=f"{titles} linked titles, no paragraph of more than {longest} words")


def _wall(tree: HtmlElement, view: View) -> Drop | None:
    titles = [collapse(title.text or "") for title in tree.iter("title")][:1]
    # a page with a headline of its own has the wall's heading in a dialogue above or below its story
    headings = {tag: line.text for tag in ("h2", "h1") for line in reversed(view.lines) if line.tag == tag}
    titles += [headings[tag] for tag in ("h1", "h2") if tag in headings][:1]
    for title in titles:
        hits = phrases_at_start(fold(title))
        if "consent_wall" in hits and len(title) < 80 and _mentions_cookies(view):
            return Drop(reason=Reason.CONSENT_WALL, evidence=excerpt(title))
        if "login" in hits and len(title) < 80 and _asks_password(tree):
            return Drop(reason=Reason.LOGIN_PAGE, evidence=excerpt(title))
    return None


def _mentions_cookies(view: View) -> bool:
    return any("cookie" in line.folded for line in view.lines)


def _asks_password(tree: HtmlElement) -> bool:
    return any((each.get("type") or "").lower() == "password" for each in tree.iter("input"))


def _is_sentence(text: str) -> bool:
    return ends_sentence(text) or len(text) > LONG_LABEL


def nothing_left(view: View, kept: Sequence[int]) -> Drop | None:
    """A page on which no text is left, whose words are not counted yet."""
    return _too_short(view, kept, sum(_words_of(view, kept)))


def _too_short(view: View, kept: Sequence[int], words: int) -> Drop | None:
    """A page on which no text is left; a page of links is named as one."""
    if words >= MIN_ARTICLE_WORDS and any(_is_sentence(view.lines[index].text) for index in kept):
        return None
    linked = sum(line.link_share * len(line.text) for line in view.lines)
    shown = sum(len(line.text) for line in view.lines)
    if shown and linked > shown / 2:
        return Drop(reason=Reason.INDEX_PAGE, evidence=f"{linked / shown:.0%} of its text are links")
    return Drop(reason=Reason.NO_ARTICLE, evidence=f"{words} words are left of {len(view.lines)} lines")
