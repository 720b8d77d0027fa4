"""Trafilatura's pruning of a page's sections, for its balanced and recall modes: the same result with fewer walks."""

from lxml.etree import _Element, strip_tags
from lxml.html import HtmlElement
from trafilatura.htmlprocessing import link_density_test, link_density_test_tables, prune_unwanted_nodes
from trafilatura.settings import Extractor
from trafilatura.utils import trim
from trafilatura.xml import delete_element

from pipeline.cleaning.extraction.selectors import CAPTIONS, DISCARDED, TEASERS

MIN_CHILDREN, SHORT = 3, 100
"""A short block with links goes when it has so many children and less text than this: trafilatura's own thresholds."""
_CELLS = ("item", "td", "th")


def prune_sections(
    tree: HtmlElement, potential_tags: set[str], options: Extractor, keep_teasers: bool = False
) -> HtmlElement:
    """`prune_unwanted_sections` without images and precision mode, of which nothing here makes use."""
    tree = prune_unwanted_nodes(tree, [DISCARDED], with_backup=True)
    without_teasers = options.focus != "recall" and not keep_teasers
    tree = prune_unwanted_nodes(tree, [CAPTIONS, TEASERS] if without_teasers else [CAPTIONS])
    # a second round can find something only where the first changed the tree
    if _delete_link_blocks(tree):
        _delete_link_blocks(tree)
    if "table" in potential_tags:
        for table in [table for table in tree.iter("table") if link_density_test_tables(table)]:
            delete_element(table, keep_tail=False)
    strip_tags(tree, "span", "ref")
    return tree


def _delete_link_blocks(tree: HtmlElement) -> int:
    return sum(
        delete_by_link_density(tree, tag, backtracking=backtracking)
        for tag, backtracking in (("div", True), ("list", False), ("p", False))
    )


def delete_by_link_density(tree: HtmlElement, tag: str, *, backtracking: bool) -> int:
    """Delete the blocks that are mostly links, and say how many; only those that hold links are looked at."""
    linked = _holders(tree)
    if not linked:
        return 0
    deletions = []
    for element in tree.iter(tag):
        if element not in linked:
            continue
        is_farm, is_short = link_density_test(element)
        if is_farm or (
            backtracking and is_short and len(element) >= MIN_CHILDREN and len(trim(element.text_content())) < SHORT
        ):
            parent = element.getparent()
            if tag == "p" and parent is not None and parent.tag in _CELLS:
                continue  # its list is looked at as a whole
            deletions.append(element)
    for element in deletions:
        delete_element(element)
    return len(deletions)


def _holders(tree: HtmlElement) -> set[_Element]:
    """The elements that hold links."""
    holders: set[_Element] = set()
    for link in tree.iter("ref"):
        node = link.getparent()
        while node is not None and node not in holders:
            holders.add(node)
            node = node.getparent()
    return holders
