"""jusText's paragraphs in one walk in C, each with its text computed once.

Its own maker walks by SAX events, writes two paths for every element, and joins a paragraph's text anew for each
question: 36 ms for a page, and the pages that need it are the slowest. What it decides is its own.
"""

import ctypes
from dataclasses import dataclass
from functools import cache

from justext.core import classify_paragraphs, revise_paragraph_classification
from justext.utils import get_stoplist, get_stoplists
from lxml.etree import Element, SubElement, _Element

from pipeline.native.trees import tree_function

LENGTHS = (50, 150)
STOPWORD_SHARES = (0.1, 0.2)
MAX_LINK_SHARE = 0.25
HEADING_DISTANCE = 150
"""As trafilatura has them."""
_HEADING, _SELECTION = 1, 2

_paragraphs = tree_function("paragraphs", ctypes.py_object, ctypes.py_object)


@dataclass(slots=True)
class Paragraph:
    """What jusText's classification asks of a paragraph, and what it says of it."""

    text: str
    chars_count_in_links: int
    is_heading: bool
    dom_path: str
    """Of which is only asked whether there is a `select` in it."""
    heading: bool = False
    cf_class: str = ""
    class_type: str = ""

    def __len__(self) -> int:
        return len(self.text)

    def stopwords_density(self, stopwords: frozenset[str]) -> float:
        words = self.text.split()
        return sum(word.lower() in stopwords for word in words) / len(words) if words else 0

    def links_density(self) -> float:
        return self.chars_count_in_links / len(self.text) if self.text else 0


@cache
def stopwords() -> frozenset[str]:
    """The frequent words of all languages. Read when a page asks: 0.1 s, and 39 pages of 40 do not."""
    return frozenset(word for language in get_stoplists() for word in get_stoplist(language))


def body_of_paragraphs(tree: _Element, url: str | None, language: str | None) -> _Element:
    """`try_justext` for a page of any language."""
    paragraphs = paragraphs_of(tree)
    classify_paragraphs(paragraphs, stopwords(), *LENGTHS, *STOPWORD_SHARES, MAX_LINK_SHARE, True)
    revise_paragraph_classification(paragraphs, HEADING_DISTANCE)
    body = Element("body")
    for paragraph in paragraphs:
        if paragraph.class_type == "good":
            SubElement(body, "p").text = paragraph.text
    return body


def paragraphs_of(root: _Element) -> list[Paragraph]:
    """The paragraphs of a tree that have text, in order."""
    return [
        Paragraph(text, in_links, is_heading=bool(says & _HEADING), dom_path="select" if says & _SELECTION else "")
        for text, in_links, says in _paragraphs(root)
    ]
