"""Trafilatura's cascade for the one way in which it is used here: balanced, without comments, images and links.

The steps and their order are `bare_extraction` and `trafilatura_sequence` of 2.3.1; what they prepare for steps that
are not taken is left out, and what two runs over one page have in common is computed once.
"""

from collections.abc import Callable
from copy import copy
from functools import cache, cached_property

from lxml.etree import XPath, _Element
from lxml.html import HtmlElement
from trafilatura import core
from trafilatura.htmlprocessing import convert_tags, prune_unwanted_nodes, tree_cleaning
from trafilatura.settings import Extractor
from trafilatura.xml import delete_element

from pipeline.cleaning.extraction import borrowed
from pipeline.cleaning.extraction.content import Found, extract_content, extract_frame, has_paragraphs
from pipeline.cleaning.extraction.frame import find_frame
from pipeline.cleaning.extraction.selectors import following

_JSON_LD = "application/ld+json"
_FORUM = "DiscussionForumPosting"
_LINK_CONTAINERS = ("div", "li", "p", "table")
"""Trafilatura tells links apart only in these."""
_TEXTS = XPath("descendant::text()[not(parent::script or parent::style)]", smart_strings=False)


def _options(*, fast: bool, recall: bool = False) -> Extractor:
    return Extractor(fast=fast, recall=recall, comments=False, output_format="python")


_BALANCED = {fast: _options(fast=fast) for fast in (True, False)}
_RECALL = {fast: _options(fast=fast, recall=True) for fast in (True, False)}


@cache
def _marked_by(attribute: str) -> XPath:
    return XPath(f"descendant::*[@{attribute}]")


class Extraction:
    """One page, and what trafilatura finds on it. The tree stays as it is; what has a mark is left out."""

    def __init__(self, tree: HtmlElement, mark: str) -> None:
        self._tree = tree
        self._mark = mark
        self._marked = _marked_by(mark)

    def run(self, *, fast: bool) -> _Element | None:
        """The article's body by trafilatura; without its fallbacks when `fast`; None when it finds nothing."""
        try:
            body, text = self._cascade(fast=fast)
        except (TypeError, ValueError):  # as `bare_extraction` does
            return None
        return body if text else None

    @cached_property
    def _is_forum(self) -> bool:
        scripts = [script for script in self._tree.iter("script") if script.get("type") == _JSON_LD]
        if not any(_FORUM in (script.text or "") for script in scripts):
            return False
        return core._forum_thread_page(prune_unwanted_nodes(copy(self._tree), [self._marked]))

    def _pruned(self, part: HtmlElement | None = None) -> HtmlElement:
        """A copy of the page, or a part, without what is marked, appended articles and comments: for one use."""
        tree = prune_unwanted_nodes(copy(self._tree if part is None else part), [self._marked])
        appended, comments = following(tree)
        for element in appended if self._is_forum else [*appended, *comments]:
            delete_element(element)
        return tree

    @cached_property
    def _baseline(self) -> Found:
        body, text, _ = borrowed.baseline.baseline(self._pruned())
        return body, text

    def _covers_little(self, text: str) -> bool:
        """Whether a text is a small part of what the page shows, which is measured only where it may be."""
        share = core.ESCALATION_PAGE_SHARE
        return len(text) < share * self._all_length and len(text) < share * self._page_length

    @cached_property
    def _all_length(self) -> int:
        """Characters of all texts of the page: never less than `_page_length`, and known at once."""
        return len(" ".join(" ".join(_TEXTS(self._tree)).split()))

    @cached_property
    def _page_length(self) -> int:
        """Characters of all that the page shows: `html2txt`, on a tree of which nobody needs a copy."""
        tree = self._pruned()
        body = tree.find(".//body")
        return len(borrowed.baseline._spaced_text(borrowed.baseline.basic_cleaning(tree if body is None else body)))

    def _cascade(self, *, fast: bool) -> Found:
        options = _BALANCED[fast]
        body, text = self._extracted(options)
        if len(text) < options.min_extracted_size and len(self._baseline[1]) > len(text):
            body, text = self._baseline
        is_short = 0 < len(text) < core.ESCALATION_MAX_LENGTH
        if is_short and self._covers_little(text):
            return self._escalated(body, text, fast=fast)
        return body, text

    def _extracted(self, options: Extractor) -> Found:
        """The main extractor, then the comparison with others unless in fast mode."""
        body, text = self._content(options)
        if not options.fast:
            cleaned = tree_cleaning(self._pruned(), options)
            body, text = borrowed.external.compare_extraction(cleaned, self._pruned(), body, text, options)
        return body, text

    def _content(self, options: Extractor) -> Found:
        """The main extractor: on the frame of the article alone, or else on the whole page."""
        if options.focus == "balanced" and (found := self._framed):
            return found
        return extract_content(convert_tags(tree_cleaning(self._pruned(), options), options), options)

    @cached_property
    def _framed(self) -> Found | None:
        """What the main extractor finds in the frame that it comes to first, when that is enough for it to stop there.

        In a frame whose paragraphs are that long nothing depends on what stands around it.
        """
        options = _BALANCED[True]
        frame = find_frame(self._tree, self._mark, with_comments=self._is_forum)
        if frame is None or not has_paragraphs(frame, options):
            return None
        part = self._pruned(frame)
        forms = list(part.iter("form"))
        part = tree_cleaning(part, options)
        if any(form.tag != "form" for form in forms):
            return None  # one that is most of the frame may not be most of the page
        if frame.tag in _LINK_CONTAINERS or next(frame.iterancestors(*_LINK_CONTAINERS), None) is not None:
            for link in part.iter("a"):
                link.tag = "ref"
        return extract_frame(convert_tags(part, options), options)

    def _escalated(self, body: _Element, text: str, *, fast: bool) -> Found:
        """A short text that covers little of the page, against recall mode and jusText."""
        options = _RECALL[fast]
        recalled = _attempt(lambda: self._extracted(options))
        rescued = None if fast else _attempt(lambda: borrowed.external.justext_rescue(self._pruned(), options))
        r_length, j_length = (len(found[1]) if found else 0 for found in (recalled, rescued))
        if rescued and j_length > r_length and j_length > core.ESCALATION_JUSTEXT_RATIO * len(text):
            return rescued
        if recalled and r_length >= options.min_extracted_size and r_length > core.ESCALATION_ACCEPT_RATIO * len(text):
            return recalled
        return body, text


def _attempt(step: Callable[[], Found]) -> Found | None:
    try:
        return step()
    except Exception:  # as trafilatura does: what fails here leaves what was found before
        return None
