"""Trafilatura's cascade for the one way in which it is used here: balanced, without comments, images and links.

The steps and their order are `bare_extraction` and `trafilatura_sequence` of 2.3.1; what they prepare for steps that
are not taken is left out, and what two runs over one page have in common is computed once.
"""

from collections.abc import Callable
from copy import copy
from functools import cached_property

from lxml.etree import XPath, _Element
from lxml.html import HtmlElement
from trafilatura import core
from trafilatura.htmlprocessing import convert_tags, prune_unwanted_nodes, tree_cleaning
from trafilatura.settings import Extractor

from pipeline.cleaning.extraction import borrowed
from pipeline.cleaning.extraction.selectors import APPENDED, COMMENTS

_TEXTS = XPath("descendant::text()[not(parent::script or parent::style)]", smart_strings=False)

Found = tuple[_Element, str]


def _options(*, fast: bool, recall: bool = False) -> Extractor:
    return Extractor(fast=fast, recall=recall, comments=False, output_format="python")


_BALANCED = {fast: _options(fast=fast) for fast in (True, False)}
_RECALL = {fast: _options(fast=fast, recall=True) for fast in (True, False)}


class Extraction:
    """One page, and what trafilatura finds on it. The tree stays as it is; `marked` selects what is left out."""

    def __init__(self, tree: HtmlElement, marked: XPath) -> None:
        self._tree = tree
        self._marked = marked
        self._is_forum: bool | None = None

    def run(self, *, fast: bool) -> _Element | None:
        """The article's body by trafilatura; without its fallbacks when `fast`; None when it finds nothing."""
        try:
            body, text = self._cascade(fast=fast)
        except (TypeError, ValueError):  # as `bare_extraction` does
            return None
        return body if text else None

    def _pruned(self) -> HtmlElement:
        """A copy of the page without what is marked, without appended articles and comments: for one use."""
        tree = prune_unwanted_nodes(copy(self._tree), [self._marked])
        if self._is_forum is None:
            self._is_forum = core._forum_thread_page(tree)
        return prune_unwanted_nodes(tree, [APPENDED] if self._is_forum else [APPENDED, COMMENTS])

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
        cleaned = tree_cleaning(self._pruned(), options)
        backup = None if options.fast else copy(cleaned)
        body, text = borrowed.main.extract_content(convert_tags(cleaned, options), options)
        if backup is not None:
            body, text = borrowed.external.compare_extraction(backup, self._pruned(), body, text, options)
        return body, text

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
