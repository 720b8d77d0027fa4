"""Trafilatura's cascade for the one way in which it is used here: balanced, without comments, images and links.

The steps and their order are `bare_extraction` and `trafilatura_sequence` of 2.3.1; what they prepare for steps that
are not taken is left out, and what two runs over one page have in common is computed once.
"""

from collections.abc import Callable
from copy import copy, deepcopy
from functools import cache, cached_property

from lxml.etree import XPath, _Element
from lxml.html import HtmlElement
from trafilatura import core
from trafilatura.htmlprocessing import convert_tags, prune_unwanted_nodes, tree_cleaning
from trafilatura.settings import Extractor
from trafilatura.xml import delete_element

from pipeline.cleaning.extraction import borrowed
from pipeline.cleaning.extraction.compiled import FORUM, article_body, shown_length
from pipeline.cleaning.extraction.content import Found, Reading, found_by, read_tree
from pipeline.cleaning.extraction.pruning import clean_tree
from pipeline.cleaning.extraction.selectors import following, may_follow
from pipeline.cleaning.metadata.scan import Scan

_JSON_LD = "application/ld+json"


def _options(*, fast: bool, recall: bool = False) -> Extractor:
    return Extractor(fast=fast, recall=recall, comments=False, output_format="python")


_BALANCED = {fast: _options(fast=fast) for fast in (True, False)}
_RECALL = {fast: _options(fast=fast, recall=True) for fast in (True, False)}


@cache
def _marked_by(attribute: str) -> XPath:
    return XPath(f"descendant::*[@{attribute}]")


class Extraction:
    """One page, and what trafilatura finds on it. The tree stays as it is; what has a mark is left out."""

    def __init__(self, page: Scan, mark: str) -> None:
        self._page = page
        self._tree = page.root
        self._mark = mark
        self._readings: dict[str, Reading] = {}
        self._told: dict[tuple[bool, bool], Found | None] = {}
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
        scripts = [script for script in self._page.tagged("script") if script.get("type") == _JSON_LD]
        if not any(FORUM in (script.text or "") for script in scripts):
            return False
        return core._forum_thread_page(prune_unwanted_nodes(copy(self._tree), [self._marked]))

    def _pruned(self) -> HtmlElement:
        """A copy of the page without what is marked, appended articles and comments: for one use."""
        tree = prune_unwanted_nodes(copy(self._tree), [self._marked])
        if self._may_follow:
            appended, comments = following(tree)
            for element in appended if self._is_forum else [*appended, *comments]:
                delete_element(element)
        return tree

    @cached_property
    def _may_follow(self) -> bool:
        return may_follow(self._page.names)

    def _cleaned(self, options: Extractor) -> HtmlElement:
        """A copy without the tags of which no text is read: for one use."""
        tree = self._pruned()
        return clean_tree(tree, self._page.places) if options.focus == "balanced" else tree_cleaning(tree, options)

    @cached_property
    def _converted(self) -> HtmlElement:
        """The page for the main extractor: never to be changed."""
        options = _BALANCED[True]
        return convert_tags(self._cleaned(options), options)

    @cached_property
    def _recalled(self) -> HtmlElement:
        """The same in recall mode: that cleans otherwise only where no paragraph would be left."""
        if self._converted.find(".//p") is not None:
            return self._converted
        options = _RECALL[True]
        return convert_tags(self._cleaned(options), options)

    @cached_property
    def _summary(self) -> HtmlElement:
        """The article by readability: never to be changed."""
        return borrowed.external.try_readability(self._pruned())

    @cached_property
    def _rescued(self) -> Found:
        """The article by jusText."""
        options = _BALANCED[False]
        found: Found = borrowed.external.justext_rescue(self._cleaned(options), options)
        return found

    def _rescue(self, options: Extractor) -> Found:
        if options.focus == "balanced" or self._compiled(options) or self._recalled is self._converted:
            return self._rescued
        found: Found = borrowed.external.justext_rescue(self._cleaned(options), options)
        return found

    @cached_property
    def _baseline(self) -> Found:
        body, text, _ = borrowed.baseline.baseline(self._pruned())
        return body, text

    def _covers_little(self, text: str) -> bool:
        """Whether a text is a small part of what the page shows."""
        return len(text) < core.ESCALATION_PAGE_SHARE * self._page_length

    @cached_property
    def _page_length(self) -> int:
        """Characters of all that the page shows: `html2txt`, on a tree of which nobody needs a copy."""
        length = shown_length(self._tree, self._mark, with_comments=self._is_forum)
        if length is not None:
            return length
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
            body, text = borrowed.comparison.compare_extraction(
                lambda: self._rescue(options), lambda: deepcopy(self._summary), body, text, options
            )
        return body, text

    def _content(self, options: Extractor) -> Found:
        """The main extractor."""
        if found := self._compiled(options):
            return found
        tree = self._converted if options.focus == "balanced" else self._recalled
        if options.focus not in self._readings:
            self._readings[options.focus] = read_tree(tree, options)
        return found_by(self._readings[options.focus], tree, options)

    def _compiled(self, options: Extractor) -> Found | None:
        """The main extractor in C; None where it does not tell, and in recall mode where no paragraph is left."""
        is_recall = options.focus == "recall"
        keeps_teasers = options.fast or is_recall
        if (is_recall, keeps_teasers) not in self._told:
            self._told[is_recall, keeps_teasers] = article_body(
                self._tree, self._mark, recall=is_recall, keep_teasers=keeps_teasers, with_comments=self._is_forum
            )
        return self._told[is_recall, keeps_teasers]

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
