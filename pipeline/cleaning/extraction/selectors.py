"""What trafilatura selects by XPath with regular expressions, selected by a loop over the elements of the same tags.

libxml2 calls back into Python for every `re:test` of every element, a third of trafilatura's time. Here each value of
an attribute is asked once, for pages have few of them; its answers to all questions of one purpose are the bits of a
number, and as most values interest nobody, most elements cost two look-ups. The patterns are trafilatura's own.
"""

import re
from collections.abc import Callable, Collection, Iterator

from lxml.html import HtmlElement

from pipeline.cleaning.extraction import tokens

MAX_REMEMBERED = 300
"""Characters of the longest attribute value whose answers are remembered: a hostile page must not fill the memory."""
VALUES = 8192
"""Values of an attribute whose answers are remembered."""

Question = Callable[[str], object]


class _Answers(dict[str | None, int]):
    """The bits of the questions to which the values of an attribute say yes; no value says yes to none."""

    def __init__(self, questions: dict[int, Question]) -> None:
        super().__init__({None: 0})
        self._questions = questions

    def ask(self, value: str) -> int:
        """The answer, which is not remembered here."""
        bits = 0
        for bit, question in self._questions.items():
            if question(value):
                bits |= bit
        return bits

    def __missing__(self, value: str) -> int:
        bits = self.ask(value)
        if len(value) <= MAX_REMEMBERED:
            if len(self) > VALUES:
                self.clear()
                self[None] = 0
            self[value] = bits
        return bits


def _found(*groups: tuple[str, ...], flags: int = 0) -> Question:
    return re.compile("|".join(token for group in groups for token in group), flags).search


def _main_content(value: str) -> bool:
    return "main-content" in value.replace("C", "c").replace("M", "m")


def _page_content(value: str) -> bool:
    return "page-content" in value.replace("C", "c").replace("P", "p")


_BODY_TAGS = ("article", "div", "main", "section")
_SECTION_TAGS = frozenset(("div", "item", "list", "p", "section", "span"))
_COMMENT_TAGS = ("div", "list", "section", "details", "ol", "ul")
_SCROLL_TAGS = ("div", "section", "aside")
_FOLLOWING_TAGS = frozenset((*_COMMENT_TAGS, *_SCROLL_TAGS))
_CLEANED_TAGS = frozenset(("aside", "fencedframe", "footer", "script", "style", "svg", "template"))

_SCROLL, _APPEND, _SHARE, _COMMENT, _COMMENT_LIST = (1 << number for number in range(5))
_FOLLOWS = _SCROLL | _APPEND | _SHARE
_HIDDEN, _HIDES, _REPLY, _DISCARD, _COOKIE, _CAPTION, _TEASER = (1 << number for number in range(7))
_CONTENT, _ARTICLE, _STORY, _MAIN_CONTENT, _MAIN = (1 << number for number in range(5))
_CONSENT, _FOOTER = (1 << number for number in range(2))
_MAY_DISCARD = _HIDDEN | _HIDES | _REPLY | _DISCARD | _COOKIE

_appends = _found(("mvp-post-add-(?:box|wrap)",))
_scrolls = _found(("mvp-post-add-(?:box|wrap)|infinite-?scroll",))
_comment_class = _found((tokens.COMMENTS_CLASS,))
_NAMES: dict[int, Question] = {
    _APPEND: lambda value: "mvp-post-add" in value and _appends(value),
    _SCROLL: lambda value: ("mvp-post-add" in value or "infinite" in value) and _scrolls(value),
}
_FOLLOWING_CLASSES = _Answers(
    {
        **_NAMES,
        _SHARE: lambda value: "elementor-share-buttons" in value,
        _COMMENT | _COMMENT_LIST: lambda value: "omment" in value and _comment_class(value),
    }
)
_FOLLOWING_IDENTITIES = _Answers(
    {
        **_NAMES,
        _COMMENT: _found((f"^(?:{tokens.COMMENTS_ID}|disqus_thread|dsq-comments)",)),
        _COMMENT_LIST: _found((f"^(?:{tokens.COMMENTS_ID})",)),
    }
)

_FOLLOWING_PARTS = ("mvp-post-add", "infinite", "elementor-share-buttons", "omment", "comol", "disqus_thread")
"""All names that are asked for hold one of these."""

_cookie = _found(tokens.CONSENT_ID_CLASS_TOKENS)
_UNWANTED_NAMES: dict[int, Question] = {
    _REPLY: lambda value: value.startswith("reply-"),
    _COOKIE: _cookie,
    _CAPTION: lambda value: "caption" in value,
    _TEASER: lambda value: "teaser" in value.replace("T", "t"),
}
_UNWANTED = {
    "class": _Answers(
        {
            **_UNWANTED_NAMES,
            _HIDDEN: _found(
                ("^hide-|comments-title|nocomments|-reply-|message|akismet|suggest-links|-hide-|hide-print",),
                (" hidden| hide|noprint|notloaded",),
            ),
            _DISCARD: _found(tokens.OVERALL_DISCARD_BOTH_TOKENS, tokens.OVERALL_DISCARD_CLASS_TOKENS),
        }
    ),
    "id": _Answers(
        {
            **_UNWANTED_NAMES,
            _HIDDEN: _found(("reader-comments|akismet",)),
            _HIDES: lambda value: "hidden" in value,
            _DISCARD: _found(tokens.OVERALL_DISCARD_BOTH_TOKENS, tokens.OVERALL_DISCARD_ID_TOKENS),
        }
    ),
    "style": _Answers(
        {
            _HIDDEN: lambda value: "display:none" in value or "display: none" in value,
            _HIDES: lambda value: "hidden" in value,
        }
    ),
    "role": _Answers({_DISCARD: lambda value: "nav" in value.replace("N", "n")}),
    "aria-hidden": _Answers({_HIDDEN: lambda value: value == "true"}),
    "data-component": _Answers({_DISCARD: lambda value: "MostPopularStories" in value}),
    "data-lp-replacement-content": _Answers({_DISCARD: lambda value: True}),
}
"""What is asked of all attributes of an element that may be unwanted."""

_content_class = _found(tokens.ARTICLE_CONTENT_CLASS_TOKENS)
_content_id = _found(tokens.ARTICLE_CONTENT_ID_TOKENS)
_story_class = _found(tokens.STORY_CLASS_TOKENS)
_story_id = _found(tokens.STORY_ID_TOKENS)
_main_class = _found(tokens.MAIN_CONTENT_CLASS_TOKENS)
_main_id = _found(tokens.MAIN_CONTENT_ID_TOKENS)
_STORY_CLASSES = frozenset(("postarea", "art-postcontent", "text", "cell", "story"))


_full_text = _found(("fulltext",), flags=re.IGNORECASE)
_BODY_CLASSES = _Answers(
    {
        _CONTENT: lambda value: value in ("post", "entry") or _content_class(value),
        _STORY: lambda value: value in _STORY_CLASSES or _story_class(value) or _full_text(value),
        _MAIN_CONTENT: lambda value: (
            value == "content" or _main_class(value) or _main_content(value) or _page_content(value)
        ),
        _MAIN: lambda value: value.startswith("main"),
    }
)
_BODY_IDENTITIES = _Answers(
    {
        _CONTENT: lambda value: value == "articleContent" or _content_id(value),
        _STORY: lambda value: value in ("article", "story") or _story_id(value),
        _MAIN_CONTENT: lambda value: value == "content" or _main_id(value) or _main_content(value),
        _MAIN: lambda value: value.startswith("main"),
    }
)
_BODY_ITEMS = _Answers({_CONTENT: lambda value: value == "articleBody"})
_BODY_KINDS = {"article": _ARTICLE, "main": _MAIN}
_BODY_ROLES = _Answers({_STORY: lambda value: value == "article", _MAIN: lambda value: value.startswith("main")})

_consent = _found((tokens.COOKIE_CONSENT,), flags=re.IGNORECASE)
_CLEANED_NAMES = _Answers({_CONSENT: _consent, _FOOTER: lambda value: "footer" in value})


def _first_of(element: HtmlElement, *names: str) -> str:
    """What XPath's string() of a union of attributes is: the one that stands first in the source."""
    return next((str(value) for name, value in element.items() if name in names), "")


def may_follow(names: Collection[str]) -> bool:
    """Whether `following` may find anything on a page of these classes and ids."""
    text = "\n".join(names)
    parts = [part for part in _FOLLOWING_PARTS if part in text]
    return any(
        _FOLLOWING_CLASSES[name] or _FOLLOWING_IDENTITIES[name] for part in parts for name in names if part in name
    )


def following(tree: HtmlElement) -> tuple[list[HtmlElement], list[HtmlElement]]:
    """RAW_TREE_PRUNE_XPATH, articles that follow the story and share buttons, and REMOVE_COMMENTS_AND_LISTS_XPATH."""
    classes, identities = _FOLLOWING_CLASSES, _FOLLOWING_IDENTITIES
    appended, comments = [], []
    for element in tree.iterdescendants(*_FOLLOWING_TAGS):
        if classes[element.get("class")] or identities[element.get("id")]:
            is_appended, is_comments = _is_following(element)
            if is_appended or (is_appended is None and next(element.iterdescendants("h1"), None) is None):
                appended.append(element)
            if is_comments:
                comments.append(element)
    return appended, comments


def _is_following(element: HtmlElement) -> tuple[bool | None, bool]:
    """Whether an element of such a tag is appended, where None is for "unless it holds a headline", or comments."""
    tag = element.tag
    bits = _FOLLOWING_CLASSES[element.get("class")] | _FOLLOWING_IDENTITIES[element.get("id")]
    is_comments = tag in _COMMENT_TAGS and bits & (_COMMENT_LIST if tag in ("ol", "ul") else _COMMENT) > 0
    if not bits & _FOLLOWS or tag not in _SCROLL_TAGS:
        return False, is_comments
    return True if bits & (_SHARE | _APPEND) else None, is_comments


def unwanted(tree: HtmlElement) -> tuple[list[HtmlElement], list[HtmlElement], list[HtmlElement]]:
    """OVERALL_DISCARD_XPATH, DISCARD_IMAGE_ELEMENTS (captions) and TEASER_DISCARD_XPATH, in one walk."""
    discarded, captions, teasers = [], [], []
    for element in tree.iterdescendants("*"):
        bits = 0
        for name, value in element.items():
            if name in _UNWANTED:
                bits |= _UNWANTED[name][value]
        if not bits:
            continue
        is_section = element.tag in _SECTION_TAGS
        if bits & _MAY_DISCARD and _is_discarded(element, bits, is_section=is_section):
            discarded.append(element)
        if bits & _CAPTION and is_section:
            captions.append(element)
        if bits & _TEASER and is_section:
            teasers.append(element)
    return discarded, captions, teasers


def _is_discarded(element: HtmlElement, bits: int, *, is_section: bool) -> bool:
    if bits & _HIDDEN or (is_section and bits & _DISCARD):
        return True
    if bits & _HIDES and "hidden" in _first_of(element, "id", "style"):
        return True
    named = _first_of(element, "id", "class")
    return (bits & _REPLY > 0 and named.startswith("reply-")) or (
        bits & _COOKIE > 0 and is_section and _cookie(named) is not None
    )


def _cleaned(tree: HtmlElement) -> list[HtmlElement]:
    return [element for element in tree.iterdescendants("*") if _is_cleaned(element)]


def _is_cleaned(element: HtmlElement) -> bool:
    if element.tag in _CLEANED_TAGS:
        return True
    bits = _CLEANED_NAMES[element.get("class")] | _CLEANED_NAMES[element.get("id")]
    if bits & _CONSENT:
        return True
    return bits & _FOOTER > 0 and element.tag == "div" and "footer" in _first_of(element, "class", "id")


def _body_kinds(element: HtmlElement) -> int:
    """The expressions of BODY_XPATH that an element of a body's tags fits, as bits: the first is the lowest."""
    get = element.get
    kinds = _BODY_CLASSES[get("class")] | _BODY_IDENTITIES[get("id")] | _BODY_ROLES[get("role")]
    return kinds | _BODY_ITEMS[get("itemprop")] | _BODY_KINDS.get(element.tag, 0)


def bodies(tree: HtmlElement) -> Iterator[HtmlElement]:
    """BODY_XPATH: of each expression the first element that the tree then has, for it may be changed in between."""
    found = [(element, kinds) for element in tree.iterdescendants(*_BODY_TAGS) if (kinds := _body_kinds(element))]
    for kind in (_CONTENT, _ARTICLE, _STORY, _MAIN_CONTENT, _MAIN):
        for element, kinds in found:
            if kinds & kind and element.tag in _BODY_TAGS and tree in element.iterancestors():
                yield element
                break


CLEANED = _cleaned
"""BASIC_CLEAN_XPATH."""
QUESTIONS = tuple(
    answers.ask
    for answers in (
        _FOLLOWING_CLASSES,
        _FOLLOWING_IDENTITIES,
        _UNWANTED["class"],
        _UNWANTED["id"],
        _BODY_CLASSES,
        _BODY_IDENTITIES,
        _CLEANED_NAMES,
    )
)
"""What the compiled library asks of classes and ids, and remembers itself: the bits of the answers."""
