"""Trafilatura's main extractor for one use: without images, links and formatting, of which only the text is wanted.

It reads the few pages that the compiled one does not tell. The order of steps is that of `extract_content` and
`_extract`; what becomes of an element is decided by trafilatura.
"""

from copy import deepcopy
from dataclasses import dataclass
from itertools import compress

from lxml.etree import Element, XPath, _Element, strip_elements, strip_tags
from lxml.html import HtmlElement
from trafilatura.settings import INLINE_FORMATTABLE, MIN_DUPLICATE_LENGTH, TAG_CATALOG, Extractor
from trafilatura.utils import text_chars_test, trim
from trafilatura.xml import delete_element

from pipeline.cleaning.extraction import borrowed
from pipeline.cleaning.extraction.selectors import bodies

PARAGRAPHS_FACTOR = 3
"""So many times the least text of an extraction must a page's paragraphs hold; else divisions count as paragraphs."""
_TAGS = frozenset((*TAG_CATALOG, "table", "td", "th", "tr"))
_INLINE = frozenset((*INLINE_FORMATTABLE, "lb"))
_READ = ("code", "del", "div", "head", "hi", "lb", "list", "p", "quote", "ref", "table")
"""The tags of the elements that can make a part of the text; others are only looked at from within these."""
CODE_CLASS = "w3-code"
"""The class of divisions that are code."""
_PARAGRAPHS = XPath("descendant::p//text()", smart_strings=False)

_main = borrowed.main
Found = tuple[_Element, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What the frames of a tree hold."""

    body: _Element
    text: str
    tags: set[str]
    """Those that count as text."""
    consumed: list[bool]
    """Of each element of the tree; of those at its end nothing need be said."""


def read_tree(tree: HtmlElement, options: Extractor) -> Reading:
    """Read the frames of a cleaned and converted tree, until one is enough; the tree stays as it is."""
    tree = deepcopy(tree)
    order = list(tree.iter())  # before elements are moved
    body = Element("body")
    tags = set(_TAGS)
    for frame in bodies(tree):
        if read_frame(frame, body, tags, options):
            break
    text = text_of(body)
    is_enough = len(text) >= options.min_extracted_size
    if is_enough:
        tidy(body)
    consumed = [] if is_enough else [element.tag == "done" for element in order]
    return Reading(body=body, text=text, tags=tags, consumed=consumed)


def found_by(reading: Reading, tree: HtmlElement, options: Extractor) -> Found:
    """The article of a tree by the reading of its frames, or also by what stands elsewhere if that is too short."""
    if len(reading.text) >= options.min_extracted_size:
        return reading.body, reading.text
    rest = deepcopy(tree)
    consumed = set(compress(rest.iter(), reading.consumed))
    body = _main.recover_wild_text(rest, deepcopy(reading.body), options, reading.tags, consumed)
    text = text_of(body)
    tidy(body)
    return body, text


def has_paragraphs(tree: HtmlElement, options: Extractor) -> bool:
    """Whether the paragraphs in an element are so long that divisions do not count as such."""
    least = options.min_extracted_size * PARAGRAPHS_FACTOR
    length = 0
    for paragraph in tree.iterdescendants("p"):  # mostly their first texts are enough
        length += len(paragraph.text or "")
        if length >= least:
            return True
    return sum(map(len, _PARAGRAPHS(tree))) >= least


def text_of(body: _Element) -> str:
    """The text by which extractions are measured."""
    return " ".join(body.itertext()).strip()


def read_frame(frame: HtmlElement, body: _Element, tags: set[str], options: Extractor) -> bool:
    """Move the text of a frame, the element that holds the article, to the body; whether it is enough to stop there."""
    frame = _main.prune_unwanted_sections(frame, tags, options)
    if len(frame) == 0:
        return False
    if not has_paragraphs(frame.getroottree().getroot(), options):
        tags.add("div")
    start = len(body)
    lead = None
    if _is_run(frame, tags):
        elements = [frame]
    else:
        elements = list(frame.iterdescendants(*_READ))
        if text_chars_test(frame.text):
            lead = Element("p")
            lead.text = frame.text
            lead = _main.process_node(lead, options)
    _read(elements, body, tags, options)
    while len(body) > 0 and body[-1].tag in _main.NOT_AT_THE_END:
        delete_element(body[-1], keep_tail=False)
    if len(body) <= 1:
        return False
    if lead is not None:
        body.insert(start, lead)
    return True


def _is_run(frame: HtmlElement, tags: set[str]) -> bool:
    """Whether a frame is one run of text, with line breaks and inline elements only."""
    inside = {element.tag for element in frame.iterdescendants("*")}
    return inside == {"lb"} or (frame.tag == "div" and "div" in tags and inside <= _INLINE)


def _read(elements: list[HtmlElement], body: _Element, tags: set[str], options: Extractor) -> None:
    moved: set[_Element] = set()
    for element in elements:
        tag = element.tag
        if tag == "done" or element in moved:
            continue
        if tag == "div" and "div" not in tags and CODE_CLASS not in (element.get("class") or ""):
            continue
        tail = element.tail
        processed = _main.handle_textelem(element, tags, options)
        if processed is not None:
            body.append(processed)
            if processed is element or element.getparent() is processed:
                moved.update(element.iterdescendants())  # it is there with all that it holds
            else:
                element.tag = "done"
        # text right after a rebuilt block is a paragraph of its own
        if tag in _main.REBUILT_BLOCKS and text_chars_test(tail) and (processed is None or processed.tail is None):
            paragraph = Element("p")
            paragraph.text = tail
            if _main.process_node(paragraph, options) is not None:
                body.append(paragraph)


def tidy(body: _Element) -> None:
    """Drop what repeats the element before it, and what is of no use to a reader of the body."""
    previous = ""
    for element in list(body):
        current = "".join(map(str, element.itertext())) if len(element) else element.text or ""
        if len(current) > MIN_DUPLICATE_LENGTH and _is_repeated(current, previous):
            delete_element(element, keep_tail=False)
        else:
            previous = current
    strip_elements(body, "done")
    strip_tags(body, "div")
    for linebreak in body.iter("lb"):
        if (
            linebreak.tail
            and not text_chars_test(linebreak.tail)
            and next(linebreak.iterancestors(*_main.SPACING_PROTECTED), None) is None
        ):
            linebreak.tail = None


def _is_repeated(text: str, previous: str) -> bool:
    if text.split(None, 1)[:1] != previous.split(None, 1)[:1]:
        return False  # as nearly always
    text = trim(text)
    return len(text) > MIN_DUPLICATE_LENGTH and text == trim(previous)
