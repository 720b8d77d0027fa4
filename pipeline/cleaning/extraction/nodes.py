"""What trafilatura does to an element hundreds of times a page: the same in less time."""

from typing import TYPE_CHECKING

from lxml.etree import _Element

from pipeline.cleaning.extraction.tokens import FILTERED

if TYPE_CHECKING:
    from trafilatura.settings import Extractor

MAX_FILTERED = 24
"""Characters of the longest line that is filtered, if it starts with a letter: "More on this" and some more."""


def process_node(element: _Element, options: "Extractor") -> _Element | None:
    """Trim an element's text and tail; None when it has neither, or one that is filtered."""
    if element.tag == "done":
        return None
    old_text, old_tail = element.text, element.tail
    is_leaf = len(element) == 0
    if is_leaf and not old_text and not old_tail:
        return None
    text = " ".join(old_text.split()) or None if old_text else None
    tail = " ".join(old_tail.split()) or None if old_tail else None
    if tail and not text and is_leaf and element.tag != "lb":
        text, tail = tail, None
    if text != old_text:
        element.text = text
    if tail != old_tail:
        element.tail = tail
    return None if (text or tail) and is_filtered(text or tail or "") else element


def textfilter(element: _Element) -> bool:
    """Whether the text of an element, or else its tail, is empty or names a button."""
    text = element.tail if element.text is None else element.text
    return not text or text.isspace() or any(map(is_filtered, text.splitlines()))


def is_filtered(line: str) -> bool:
    """Whether a line is the name of a button."""
    if len(line) > MAX_FILTERED and line[0].isalnum():
        return False
    return FILTERED.match(line) is not None


def is_text_element(element: _Element | None) -> bool:
    """Whether an element holds text."""
    if element is None:
        return False
    text = element.text
    if text and not text.isspace():
        return True
    return any(part and not part.isspace() for part in element.itertext())


def log_nothing(message: str, tag: object, text: object) -> None:
    """In place of a log of what is discarded, the text of which is trimmed for it."""
