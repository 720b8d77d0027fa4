"""Trafilatura's main extractor in C: what it finds on a page, without its fallbacks.

It reads its own light copy of the tree, of which only the text is wanted: attributes and empty cells are left out. What
is rare is not told (MathML, nesting without end, characters that lxml refuses): there `content` reads the page.
"""

import ctypes
from dataclasses import dataclass

from lxml.etree import Element, SubElement, _Element
from lxml.html import HtmlElement

from pipeline.cleaning.extraction import selectors
from pipeline.cleaning.extraction.nodes import is_filtered
from pipeline.native.library import memo
from pipeline.native.trees import tree_function
from pipeline.text import squeeze

FORUM = "DiscussionForumPosting"
"""Stands in the data of a page whose comments may be what it is about."""
_RECALL, _KEEP_TEASERS, _WITH_COMMENTS, _AS_BODY = 1, 2, 4, 8
_HAS_PARAGRAPH, _NOT_SQUEEZED = 1, 2

_PAGE = (ctypes.py_object, ctypes.py_object, ctypes.c_char_p, ctypes.c_int)
_extract = tree_function("extract", ctypes.py_object, *_PAGE)
_shown_length = tree_function("shown_length", ctypes.py_object, *_PAGE)
_MEMOS = tuple(map(memo, (*selectors.QUESTIONS, is_filtered)))
"""In the order of `extract.h`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleText:
    """The text of an article."""

    text: str
    """Squeezed."""
    length: int
    """Characters before it was squeezed."""
    has_paragraph: bool


def article_text(page: HtmlElement, mark: str) -> ArticleText | None:
    """The text of the article of a page that is no forum, in fast mode, without the elements that have a mark.

    None where it is not told, and where it is so short that the baseline or the recall mode may find more.
    """
    found = _extract(_MEMOS, page, mark.encode(), _KEEP_TEASERS)
    if found is None:
        return None
    text, length, says = found
    if says & _NOT_SQUEEZED:
        text = squeeze(text)
    return ArticleText(text=text, length=length, has_paragraph=bool(says & _HAS_PARAGRAPH))


def article_body(
    page: HtmlElement, mark: str, *, recall: bool, keep_teasers: bool, with_comments: bool
) -> tuple[_Element, str] | None:
    """The article's body and its text by the main extractor; None where they are not told.

    Where frames hold too little, teasers are kept in fast mode and in recall mode.
    """
    asked = _AS_BODY | recall * _RECALL | keep_teasers * _KEEP_TEASERS | with_comments * _WITH_COMMENTS
    found = _extract(_MEMOS, page, mark.encode(), asked)
    if found is None:
        return None
    rows, text = found
    body = Element("body")
    path = [body]
    for depth, tag, own_text, tail in rows[1:]:
        del path[depth:]
        element = SubElement(path[-1], tag)
        element.text, element.tail = own_text, tail
        path.append(element)
    return body, text


def shown_length(page: HtmlElement, mark: str, *, with_comments: bool) -> int | None:
    """Characters of all that a page shows: `len(html2txt(page))`; None where it is not told."""
    length: int | None = _shown_length(_MEMOS, page, mark.encode(), with_comments * _WITH_COMMENTS)
    return length
