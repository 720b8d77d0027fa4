"""The core extractor: which text of a tree is the article, by trafilatura, and by what the page declares itself.

Only the choice is trafilatura's. The text is taken from the page's own lines (`alignment`), and metadata is read
elsewhere, so it is called without. `deduplicate` stays off: it remembers earlier pages.
"""

from lxml.etree import _Element

from pipeline.cleaning.extraction.compiled import FORUM, article_text
from pipeline.cleaning.metadata.scan import Scan
from pipeline.libraries import version_of
from pipeline.text import squeeze

ENGINE = "trafilatura"
ENGINE_VERSION = version_of("trafilatura")
CUT_MARK = "data-newsflow-cut"
"""Attribute of the elements that node rules cut: they are left out of the copies that trafilatura works on."""
MAX_ELEMENTS = 20_000
"""Elements of the largest page that is given to trafilatura. The most of 1,856 gold pages is 10,106."""


def extract(page: Scan, enough: float) -> str:
    """The article's text, squeezed; "" when nothing is found.

    From `enough` characters on trafilatura's fallbacks are not asked, which cost as much again. A page of very many
    elements is not given to it at all: it takes quadratic time on rows of cells, and an article has no such number.
    """
    if len(page.elements) > MAX_ELEMENTS + 1:  # and the root
        return ""
    is_forum = any(FORUM in text for text in page.json_scripts)
    found = None if is_forum else article_text(page.root, CUT_MARK)
    if found is not None and found.length >= enough and found.has_paragraph:
        return found.text
    from pipeline.cleaning.extraction.cascade import Extraction  # here: it imports trafilatura, in 0.1 s

    extraction = Extraction(page, CUT_MARK)
    body = None if found is not None else extraction.run(fast=True)
    if body is None or len(text := _text(body)) < enough or not _has_paragraph(body):
        body = extraction.run(fast=False)
        text = "" if body is None else _text(body)
    return squeeze(text)


def warm_for_many() -> None:
    """Import trafilatura: one page of sixteen needs its fallbacks."""
    import pipeline.cleaning.extraction.cascade  # noqa: F401


def _text(body: _Element) -> str:
    return "".join(map(str, body.itertext()))


def _has_paragraph(body: _Element) -> bool:
    return any((element.text or "").strip() for element in body.iter("p"))
