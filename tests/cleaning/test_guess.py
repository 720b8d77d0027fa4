"""The guess at a page's date says what `htmldate.find_date` says; an upgrade that changes it is noticed."""

import inspect
import re
from pathlib import Path

import pytest
from htmldate import find_date
from htmldate.core import TIMESTAMP_LOOSE_PATTERN, TIMESTAMP_PATTERN
from htmldate.extractors import DATE_CORE_PATTERN
from hypothesis import given
from hypothesis import strategies as st
from lxml.html import HtmlElement

from pipeline.cleaning.decoding.document import read_document
from pipeline.cleaning.metadata.guess import _DAY, _NUMBERS, LATEST, guess_date
from tests.cleaning.pages import tree

SEEDS = sorted((Path(__file__).parents[2] / "seeds" / "articles").glob("*.html"))
BODIES = {
    "a canonical URL": '<link rel="canonical" href="https://example.org/2024/05/06/ferry">',
    "a meta": '<meta name="date" content="2024-05-06">',
    "JSON-LD": '<script type="application/ld+json">{"datePublished": "2024-05-06T08:00:00Z"}</script>',
    "an abbr": '<abbr class="published" title="2024-05-06">Monday</abbr>',
    "a class": '<div class="post-date">6 May 2024</div>',
    "a class of many": '<p class="lead">Ferry</p><p class="meta" id="x">6 May 2024</p><p class="meta">7 May 2024</p>',
    "an id before a class": '<p id="info" class="date">6 May 2024</p><p class="date" id="info">7 May 2024</p>',
    "an itemprop": '<p itemprop="datePublished">6 May 2024</p>',
    "a footer": "<footer>6 May 2024</footer>",
    "a title": "<h1>Ferry 2024-05-06</h1>",
    "a time": '<time datetime="2024-05-06">Monday</time>',
    "a time in an attribute": '<p data-at="2024-05-06T08:00:00">Ferry</p>',
    "a picture": '<meta property="og:image" content="https://example.org/2024/05/06/ferry.jpg">',
    "an expression": "<p><b>Updated: 6.5.2024</b></p>",
    "numbers": "<p>of 6/5/2024</p>",
    "a day in the text": "<b>2024-05-06</b>",
    "a day in an attribute": '<b title="2024-05-06">Ferry</b>',
    "a day in a script": "<script>2024-05-06</script><b>Ferry</b>",
    "a day in a label": "<label>2024-05-06</label><b>Ferry</b>",
    "a year too late": "<b>2039-05-06 2139-05-06</b>",
    "nothing": "<p>Ferry</p>",
}


def found(page: HtmlElement) -> str | None:
    return find_date(page, original_date=True, extensive_search=False, max_date=LATEST, outputformat="%Y-%m-%d")


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_it_is_the_date_that_htmldate_finds(body: str) -> None:
    page = tree("", body)
    assert guess_date(page) == found(page)


@pytest.mark.parametrize("path", SEEDS, ids=lambda path: path.stem)
def test_so_it_is_on_pages_that_declare_none(path: Path) -> None:
    page = read_document(path.read_bytes(), "text/html").tree
    assert page is not None
    assert guess_date(page) == found(page)
    for element in page.iter("meta", "time", "abbr", "script", "link"):
        element.attrib.clear()
        element.text = None
    assert guess_date(page) == found(page)


_PIECES = st.sampled_from(("2024", "1999", "19", "20", "5", "06", "31", "-", "/", ".", "T", "12:00:00", " ", "a"))


@given(st.lists(_PIECES, max_size=10).map("".join))
def test_what_its_patterns_find_has_the_signs_that_are_looked_for(text: str) -> None:
    if TIMESTAMP_LOOSE_PATTERN.search(text) or TIMESTAMP_PATTERN.search(text):
        assert _DAY.search(text)
    if DATE_CORE_PATTERN.search(text):
        assert any(pattern.search(text) for pattern in _NUMBERS)


def test_its_steps_are_those_of_htmldate() -> None:
    source = inspect.getsource(find_date)
    steps = re.findall(
        r"\b(extract_url_date|examine_\w+|json_search|discard_unwanted|clean_html|date_candidates|img_search"
        r"|pattern_search|idiosyncrasies_search|search_page)\(",
        source,
    )
    assert steps == [
        "extract_url_date", "examine_header", "json_search", "examine_abbr_elements", "discard_unwanted", "clean_html",
        "examine_elements", "date_candidates", "examine_elements", "examine_time_elements", "pattern_search",
        "img_search", "idiosyncrasies_search", "clean_html", "pattern_search", "search_page",
    ]  # fmt: skip
