"""What trafilatura selects by XPath with regular expressions, selected by a loop over the elements of the same tags.

libxml2 calls back into Python for every `re:test` of every element, a third of trafilatura's time. Here each attribute
value is asked once, for pages have few of them. The patterns are trafilatura's own.
"""

import re
from collections.abc import Callable
from functools import lru_cache

from lxml.html import HtmlElement
from trafilatura import settings, xpaths

MAX_REMEMBERED = 300
"""Characters of the longest attribute value whose answer is remembered: a hostile page must not fill the memory."""
VALUES = 8192
"""Answers remembered for each question."""

Selector = Callable[[HtmlElement], list[HtmlElement]]
Test = Callable[[HtmlElement], bool]


def _found(pattern: str, flags: int = 0) -> Callable[[str | None], bool]:
    """Whether an attribute's value, if there is one, holds the pattern."""
    search = re.compile(pattern, flags).search
    remembered = lru_cache(maxsize=VALUES)(lambda value: search(value) is not None)

    def found(value: str | None) -> bool:
        if not value:
            return False
        return remembered(value) if len(value) <= MAX_REMEMBERED else search(value) is not None

    return found


def _any(*groups: tuple[str, ...]) -> str:
    return "|".join(token for group in groups for token in group)


_BODY_TAGS = ("article", "div", "main", "section")
_SECTION_TAGS = frozenset(("div", "item", "list", "p", "section", "span"))
_COMMENT_TAGS = ("div", "list", "section", "details", "ol", "ul")
_SCROLL_TAGS = ("div", "section", "aside")
_CLEANED_TAGS = frozenset(("aside", "fencedframe", "footer", "script", "style", "svg", "template"))

_scrolls = _found("mvp-post-add-(?:box|wrap)|infinite-?scroll")
_appends = _found("mvp-post-add-(?:box|wrap)")
_comment_id = _found(f"^(?:{xpaths._COMMENTS_ID}|disqus_thread|dsq-comments)")
_comment_list_id = _found(f"^(?:{xpaths._COMMENTS_ID})")
_comment_class = _found(xpaths._COMMENTS_CLASS)
_cookie = _found(_any(xpaths._CONSENT_ID_CLASS_TOKENS))
_discarded_id = _found(_any(xpaths._OVERALL_DISCARD_BOTH_TOKENS, xpaths._OVERALL_DISCARD_ID_TOKENS))
_discarded_class = _found(_any(xpaths._OVERALL_DISCARD_BOTH_TOKENS, xpaths._OVERALL_DISCARD_CLASS_TOKENS))
_hidden_id = _found("reader-comments|akismet")
_hidden_class = _found(
    "^hide-|comments-title|nocomments|-reply-|message|akismet|suggest-links|-hide-|hide-print| hidden| hide|noprint"
    "|notloaded"
)
_content_id = _found(_any(xpaths._ARTICLE_CONTENT_ID_TOKENS))
_content_class = _found(_any(xpaths._ARTICLE_CONTENT_CLASS_TOKENS))
_story_id = _found(_any(xpaths._STORY_ID_TOKENS))
_story_class = _found(_any(xpaths._STORY_CLASS_TOKENS))
_full_text = _found("fulltext", re.IGNORECASE)
_main_id = _found(_any(xpaths._MAIN_CONTENT_ID_TOKENS))
_main_class = _found(_any(xpaths._MAIN_CONTENT_CLASS_TOKENS))
_consent = _found(settings._COOKIE_CONSENT_RE, re.IGNORECASE)
_STORY_CLASSES = frozenset(("postarea", "art-postcontent", "text", "cell", "story"))


def _first_of(element: HtmlElement, *names: str) -> str:
    """What XPath's string() of a union of attributes is: the one that stands first in the source."""
    return next((str(value) for name, value in element.items() if name in names), "")


def _is_appended(element: HtmlElement) -> bool:
    classes, identity = element.get("class"), element.get("id")
    if _scrolls(identity) or _scrolls(classes):
        without_headline = next(element.iterdescendants("h1"), None) is None
        if without_headline or _appends(identity) or _appends(classes):
            return True
    return classes is not None and "elementor-share-buttons" in classes


def _is_comments(element: HtmlElement) -> bool:
    classes, identity = element.get("class"), element.get("id")
    if _comment_class(classes):
        return True
    return _comment_id(identity) and (element.tag not in ("ol", "ul") or _comment_list_id(identity))


def _is_discarded(element: HtmlElement) -> bool:
    get = element.get
    classes, identity, style = get("class"), get("id"), get("style")
    if _hidden_class(classes) or _hidden_id(identity) or get("aria-hidden") == "true":
        return True
    if style and ("display:none" in style or "display: none" in style):
        return True
    may_hide = (style is not None and "hidden" in style) or (identity is not None and "hidden" in identity)
    if may_hide and "hidden" in _first_of(element, "id", "style"):
        return True
    may_reply = _starts_reply(classes) or _starts_reply(identity)
    if may_reply and _starts_reply(_first_of(element, "id", "class")):
        return True
    return element.tag in _SECTION_TAGS and _is_section_discarded(element, classes, identity)


def _starts_reply(value: str | None) -> bool:
    return value is not None and value.startswith("reply-")


def _is_section_discarded(element: HtmlElement, classes: str | None, identity: str | None) -> bool:
    if _discarded_class(classes) or _discarded_id(identity):
        return True
    if (_cookie(classes) or _cookie(identity)) and _cookie(_first_of(element, "id", "class")):
        return True
    role, component = element.get("role"), element.get("data-component")
    return (
        (role is not None and "nav" in role.replace("N", "n"))
        or (component is not None and "MostPopularStories" in component)
        or element.get("data-lp-replacement-content") is not None
    )


def _is_caption(element: HtmlElement) -> bool:
    return "caption" in (element.get("class") or "") or "caption" in (element.get("id") or "")


def _is_teaser(element: HtmlElement) -> bool:
    names = (element.get("class"), element.get("id"))
    return any(name is not None and "easer" in name and "teaser" in name.replace("T", "t") for name in names)


def _is_cleaned(element: HtmlElement) -> bool:
    if element.tag in _CLEANED_TAGS:
        return True
    classes, identity = element.get("class"), element.get("id")
    if _consent(classes) or _consent(identity):
        return True
    if element.tag != "div" or "footer" not in (classes or "") + (identity or ""):
        return False
    return "footer" in _first_of(element, "class", "id")


def _is_content(element: HtmlElement) -> bool:
    classes, identity = element.get("class"), element.get("id")
    return (
        classes in ("post", "entry")
        or identity == "articleContent"
        or _content_class(classes)
        or _content_id(identity)
        or element.get("itemprop") == "articleBody"
    )


def _is_story(element: HtmlElement) -> bool:
    classes, identity = element.get("class"), element.get("id")
    return (
        classes in _STORY_CLASSES
        or identity in ("article", "story")
        or _story_class(classes)
        or _story_id(identity)
        or _full_text(classes)
        or element.get("role") == "article"
    )


def _is_main_content(element: HtmlElement) -> bool:
    classes, identity = element.get("class"), element.get("id")
    if classes == "content" or identity == "content" or _main_class(classes) or _main_id(identity):
        return True
    folded = (classes or "").replace("C", "c")
    if "main-content" in folded.replace("M", "m") or "page-content" in folded.replace("P", "p"):
        return True
    return identity is not None and "main-content" in identity.replace("C", "c").replace("M", "m")


def _is_main(element: HtmlElement) -> bool:
    if element.tag == "main":
        return True
    names = (element.get("class"), element.get("id"), element.get("role"))
    return any(name is not None and name.startswith("main") for name in names)


def _all(test: Test, *tags: str) -> Selector:
    def select(tree: HtmlElement) -> list[HtmlElement]:
        return [element for element in tree.iterdescendants(*tags) if test(element)]

    return select


def _first(test: Test, *tags: str) -> Selector:
    def select(tree: HtmlElement) -> list[HtmlElement]:
        for element in tree.iterdescendants(*tags):
            if test(element):
                return [element]
        return []

    return select


APPENDED = _all(_is_appended, *_SCROLL_TAGS)
"""RAW_TREE_PRUNE_XPATH: articles that follow the story, share buttons."""
COMMENTS = _all(_is_comments, *_COMMENT_TAGS)
"""REMOVE_COMMENTS_AND_LISTS_XPATH."""
DISCARDED = _all(_is_discarded, "*")
"""OVERALL_DISCARD_XPATH."""
CAPTIONS = _all(_is_caption, *sorted(_SECTION_TAGS))
"""DISCARD_IMAGE_ELEMENTS."""
TEASERS = _all(_is_teaser, *sorted(_SECTION_TAGS))
"""TEASER_DISCARD_XPATH."""
CLEANED = _all(_is_cleaned, "*")
"""BASIC_CLEAN_XPATH."""
BODIES = (
    _first(_is_content, *_BODY_TAGS),
    _first(lambda element: True, "article"),
    _first(_is_story, *_BODY_TAGS),
    _first(_is_main_content, *_BODY_TAGS),
    _first(_is_main, *_BODY_TAGS),
)
"""BODY_XPATH, of each of which trafilatura takes the first element only."""
