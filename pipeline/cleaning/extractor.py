"""The core extractor: which text of a tree is the article, by trafilatura, and by what the page declares itself.

Only the choice is trafilatura's. The text is taken from the page's own lines (`alignment`), and metadata is read
elsewhere, so it is called without. `deduplicate` stays off: it remembers earlier pages.
"""

from importlib.metadata import version

from lxml.etree import XPath, _Element
from lxml.html import HtmlElement
from trafilatura import bare_extraction

from pipeline.text import squeeze

ENGINE = "trafilatura"
ENGINE_VERSION = version("trafilatura")
CUT_MARK = "data-newsflow-cut"
"""Attribute of the elements that node rules cut. trafilatura removes them from its own copy of the tree."""
MAX_ELEMENTS = 20_000
"""Elements of the largest page that is given to trafilatura. The most of 1,856 gold pages is 10,106."""
_COUNT = XPath("count(descendant::*)")


def extract(tree: HtmlElement, url: str, enough: float) -> str:
    """The article's text, squeezed; "" when nothing is found.

    From `enough` characters on trafilatura's fallbacks are not asked, which cost as much again. A page of very many
    elements is not given to it at all: it takes quadratic time on rows of cells, and an article has no such number.
    """
    if _COUNT(tree) > MAX_ELEMENTS:
        return ""
    body = _run(tree, url, fast=True)
    if body is None or len(text := _text(body)) < enough or not _has_paragraph(body):
        body = _run(tree, url, fast=False)
        text = "" if body is None else _text(body)
    return squeeze(text)


def _run(tree: HtmlElement, url: str, *, fast: bool) -> _Element | None:
    found = bare_extraction(
        tree,
        url=url,
        fast=fast,
        include_comments=False,
        with_metadata=False,
        prune_xpath=f".//*[@{CUT_MARK}]" if tree.find(f".//*[@{CUT_MARK}]") is not None else None,
    )
    if found is None or isinstance(found, dict):
        return None
    body: _Element | None = found.body
    return body


def _text(body: _Element) -> str:
    return "".join(str(part) for part in body.itertext())


def _has_paragraph(body: _Element) -> bool:
    return any((element.text or "").strip() for element in body.iter("p"))
