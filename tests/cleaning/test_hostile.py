"""No page takes more than its time: work grows with a page's length, not with the square of it.

Each of these pages took a minute or more, at twice its size, when something in its way was quadratic: trafilatura on a
row of cells, libxml2 uniting two sets of nodes, a rule that looks at the whole rest of the page.
"""

import time

import pytest

from pipeline.records import RawPage
from pipeline.stages.clean import clean

SIZE = 1024 * 1024
SECONDS = 5
"""Of processor time: a page of this size takes 2 on the machine where this was written, quadratic work 15 and more."""
UNITS = {
    "cells of one row": "<td>some cell text</td>",
    "rows": "<tr><td>a b</td><td>c d</td></tr>",
    "links": '<a href="/x/y">Link text here with words</a> ',
    "list of links": '<li><a href="/x/y">Link text here</a></li>',
    "line breaks": "word word<br>",
    "labels of boxes": "<h3>Comments</h3><p>x y z.</p>",
    "headlines with by-lines": "<h1>Head line of page</h1><p>By Ann Bee</p>",
    "paragraphs": "<p>This is a sentence of a story that goes on for a while.</p>",
    "tables in tables": "<table><tr><td>x y<table><tr><td>a</td></tr></table></td></tr></table>",
    "open elements": "<div>x ",
    "sections in the head": "<nav>x</nav>",
    "redirects": '<meta http-equiv="refresh" content="0; url=/x"><p>Words of a page that goes on.</p>',
    "class names": "price-of-goat-bell-",
}
STARTS = {
    "cells of one row": "<html><body><table><tr>",
    "rows": "<html><body><table><tr>",
    "sections in the head": "<html><head><title>Head line of page</title>",
    "class names": '<html><body><p class="',
}


@pytest.mark.parametrize("kind", UNITS)
def test_a_long_page_takes_its_time_and_no_more(kind: str) -> None:
    unit = UNITS[kind]
    start = STARTS.get(kind, "<html><body><h1>Head line of page</h1>")
    count = SIZE // len(unit)
    text = " ".join(f"{unit}{number}" for number in range(count)) if kind == "class names" else unit * count
    page = RawPage(
        url="https://news.example.org/long",
        body=(start + text).encode(),
        content_type="text/html; charset=utf-8",
    )
    before = time.process_time()
    clean(page)
    assert time.process_time() - before < SECONDS
