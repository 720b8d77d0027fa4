"""jusText's paragraphs in one walk, each with its text computed once.

Its own maker walks by SAX events, writes two paths for every element, and joins a paragraph's text anew for each
question: 36 ms for a page, where this takes 9, and the pages that need it are the slowest. What it decides is its own.
"""

import re
from dataclasses import dataclass, field
from functools import cache

from justext.core import PARAGRAPH_TAGS, classify_paragraphs, revise_paragraph_classification
from justext.paragraph import HEADINGS_PATTERN
from justext.utils import _replace_whitespace, get_stoplist, get_stoplists
from lxml.etree import Element, SubElement, _Element

LENGTHS = (50, 150)
STOPWORD_SHARES = (0.1, 0.2)
MAX_LINK_SHARE = 0.25
HEADING_DISTANCE = 150
"""As trafilatura has them."""
_SPACES = re.compile(r"\s{2,}|[^\S ]")
"""White space of which a single space or line break is made."""


@dataclass(slots=True)
class Paragraph:
    """What jusText's classification asks of a paragraph, and what it says of it."""

    dom_path: str
    parts: list[str] = field(default_factory=list)
    chars_count_in_links: int = 0
    text: str = ""
    heading: bool = False
    cf_class: str = ""
    class_type: str = ""

    def __len__(self) -> int:
        return len(self.text)

    @property
    def is_heading(self) -> bool:
        return HEADINGS_PATTERN.search(self.dom_path) is not None

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
    walk = _Walk()
    walk.enter(root)
    path = [root]
    for element in root.iterdescendants():
        parent = element.getparent()
        while path[-1] is not parent:
            walk.leave(path.pop())
        path.append(element)
        walk.enter(element)
    while path:
        walk.leave(path.pop())
    walk.start_paragraph()
    return walk.paragraphs


class _Walk:
    """jusText's `ParagraphMaker`, step by step."""

    def __init__(self) -> None:
        self.paragraphs: list[Paragraph] = []
        self._paths = [""]
        self._paragraph = Paragraph("")
        self._in_link = self._after_break = False

    def start_paragraph(self) -> None:
        """End the paragraph that is open, if it has text, and open another."""
        done = self._paragraph
        if done.parts and (text := _SPACES.sub(_replace_whitespace, "".join(done.parts).strip())):
            done.text = text
            self.paragraphs.append(done)
        self._paragraph = Paragraph(self._paths[-1])

    def enter(self, element: _Element) -> None:
        name = _local_name(element)
        above = self._paths[-1]
        self._paths.append(f"{above}.{name}" if above else name)
        if name in PARAGRAPH_TAGS or (name == "br" and self._after_break):
            self.start_paragraph()
        else:
            self._after_break = name == "br"
            if self._after_break:
                self._paragraph.parts.append(" ")
            elif name == "a":
                self._in_link = True
        self._read(element.text)

    def leave(self, element: _Element) -> None:
        name = _local_name(element)
        self._paths.pop()
        if name in PARAGRAPH_TAGS:
            self.start_paragraph()
        if name == "a":
            self._in_link = False
        self._read(element.tail)

    def _read(self, text: str | None) -> None:
        if not text or text.isspace():
            return
        text = _SPACES.sub(_replace_whitespace, text)
        self._paragraph.parts.append(text)
        if self._in_link:
            self._paragraph.chars_count_in_links += len(text)
        self._after_break = False


def _local_name(element: _Element) -> str:
    return str(element.tag).rpartition("}")[2]
