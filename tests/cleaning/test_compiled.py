"""The main extractor in C: what it leaves to Python, and that no page takes it long or down."""

import subprocess
import sys
import time
from copy import deepcopy
from itertools import cycle, islice

import pytest
from hypothesis import given
from hypothesis import strategies as st
from justext.core import ParagraphMaker
from lxml.etree import SubElement, strip_tags
from lxml.html import HtmlElement
from trafilatura.baseline import html2txt

from pipeline.cleaning.extraction.cascade import Extraction
from pipeline.cleaning.extraction.compiled import article_body, article_text, shown_length
from pipeline.cleaning.extraction.paragraphs import paragraphs_of
from pipeline.cleaning.metadata.scan import scan_page
from pipeline.text import squeeze
from tests.cleaning.pages import tree

MARK = "data-left-out"
SENTENCE = "The ferry that links both banks will go on after the clocks go back, the council said on Monday."
STORY = f"<p>{SENTENCE}</p>"
ARTICLE = f"<article>{STORY * 12}{{}}</article>"
SECONDS = 3
"""What any page may take; what takes longer is left to Python after less."""
MANY = 20_000


def in_article(html: str) -> HtmlElement:
    return tree(body=ARTICLE.format(html))


def test_the_text_of_an_article_is_squeezed() -> None:
    found = article_text(in_article("<p>One\u00ad two\u200b</p><aside>Three</aside>"), MARK)
    assert found is not None
    assert found.text == squeeze(SENTENCE) + "Onetwo", "what repeats the paragraph before it is dropped"
    assert found.has_paragraph
    assert found.length > len(found.text)


@pytest.mark.parametrize("sign", ["\u034f", "\u115f", "\ufffd", "\u180b"])
@pytest.mark.parametrize("other", ["", "\u00a0", "\n"])
def test_text_with_invisible_characters_that_count_as_printable_is_squeezed_as_elsewhere(sign: str, other: str) -> None:
    page = in_article(f"<p>One{sign}two{other}three</p>")
    found = article_text(page, MARK)
    body = article_body(page, MARK, recall=False, keep_teasers=True, with_comments=False)
    assert found is not None
    assert body is not None
    assert found.text == squeeze("".join(map(str, body[0].itertext())))


@pytest.mark.parametrize(
    "html",
    ["<math></math>", "<p>a&#1;b</p>", "<graphic></graphic>", "<ul><li>One" * 100, "<p>a<done>b</done></p>"],
    ids=["MathML", "characters that lxml refuses", "images", "nesting", "trafilatura's own tags"],
)
def test_what_is_rare_is_left_to_python(html: str) -> None:
    assert article_text(in_article(html), MARK) is None


def test_a_text_that_others_may_find_more_of_is_not_told() -> None:
    assert article_text(tree(body=f"<article>{STORY}</article>"), MARK) is None
    assert article_text(tree(body=f"<article>{STORY * 4}</article><div>{STORY * 60}</div>"), MARK) is None
    assert article_text(tree(body=f"<article>{STORY * 4}</article>"), MARK) is not None


def test_a_comment_or_an_instruction_in_the_tree_is_left_to_python() -> None:
    assert article_text(in_article("<!-- a comment -->"), MARK) is None


@given(st.text(min_size=1, max_size=12), st.sampled_from(("p", "span", "footer", "h1", "br", "aside")))
def test_what_a_page_shows_is_counted_as_trafilatura_counts_it(text: str, tag: str) -> None:
    page = tree(body="<div>One<p class='a'>two<i>three</i></p><div id='onetwo' class='page-footer'>four</div></div>")
    for element in list(page[-1].iter("*")):
        added = SubElement(element, tag)
        try:
            added.text = added.tail = text
        except ValueError:  # no text for lxml
            return
    expected = len(html2txt(page))
    assert shown_length(page, MARK, with_comments=False) in (expected, None)
    assert not text.isascii() or shown_length(page, MARK, with_comments=False) == expected


TAGS = "div p a br h2 h1-x span select option td ul li b sh1"
TREES = st.lists(
    st.tuples(st.integers(0, 9), st.sampled_from(TAGS.split()), st.text("ab \n\r\t\u00a0\u2028é", max_size=5)),
    max_size=30,
)


@given(TREES)
def test_paragraphs_are_those_of_justext(elements: list[tuple[int, str, str]]) -> None:
    page = tree()
    nodes = [page[-1]]
    for above, tag, text in elements:
        node = SubElement(nodes[above % len(nodes)], tag)
        node.text, node.tail = text, text[::-1]
        nodes.append(node)
    strip_tags(page, "b")  # it leaves more than one text in a row
    expected = ParagraphMaker.make_paragraphs(deepcopy(page))
    assert [
        (each.text, each.chars_count_in_links, each.is_heading, "select" in each.dom_path)
        for each in paragraphs_of(page)
    ] == [(each.text, each.chars_count_in_links, each.is_heading, "select" in each.dom_path) for each in expected]


HOSTILE = {
    "rows of paragraphs": "<p>a</p>b" * MANY,
    "rows of cells": "<table><tr>" + "<td>a</td>" * MANY,
    "rows of links": "<div>" + "<a href='/'>One</a>b" * MANY,
    "rows of items": "<ul>" + "<li>a<ul><li>b</li></ul>c</li>" * (MANY // 3),
    "rows of what is deleted": "<aside>a</aside>b" * MANY,
    "rows of what is stripped": "<p>" + "<b>a</b>b" * MANY,
    "rows of repeated texts": "<blockquote>The ferry that links both banks will go on after the clocks.</blockquote>"
    * MANY,
    "a very long text": "<p>" + "One two " * 500_000,
    "very many attributes": "<p " + " ".join(f"a{number}=''" for number in range(4000)) + ">a</p>",
    "a very long class": f"<div class='{'comment ' * 100_000}'>a</div>",
}


@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.parametrize("frame", ["{}", ARTICLE, f"<ul><li>{ARTICLE}</ul>"], ids=["bare", "in a frame", "in a list"])
def test_a_hostile_page_ends_soon(kind: str, frame: str) -> None:
    assert_ends_soon(tree(body=frame.format(HOSTILE[kind])))


GROWN = """
import resource
from pipeline.cleaning.extraction.compiled import article_text
from tests.cleaning.test_compiled import MARK, in_article
inner = "<p>" + f"<ins><p>{'One two ' * 8}</p></ins>" * 4000
page = in_article(inner)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
assert article_text(page, MARK)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def test_a_paragraph_of_many_paragraphs_takes_little_memory() -> None:
    """In a process of its own, whose peak is its own: as a new text for each of them it took 500 MB."""
    done = subprocess.run([sys.executable, "-c", GROWN], capture_output=True, text=True, check=True)
    assert int(done.stdout) < 32 * 1024 * (1 if sys.platform != "darwin" else 1024)


def assert_ends_soon(page: HtmlElement) -> None:
    start = time.process_time()
    article_text(page, MARK)
    for recall in (False, True):
        article_body(page, MARK, recall=recall, keep_teasers=not recall, with_comments=recall)
        shown_length(page, MARK, with_comments=recall)
    paragraphs_of(page)
    assert time.process_time() - start < SECONDS


@pytest.mark.parametrize(
    "tags",
    [
        "div",
        "div a",
        "table tr td",
        "blockquote",
        "ul li",
        "p del",
        "p span ins",
        "figure form",
        "aside",
        "pre",
        "q p",
        "section p",
    ],
)
@pytest.mark.parametrize("attributes", [{}, {"class": "comment-list infinite-scroll hidden teaser post-body"}])
def test_a_page_that_nests_without_end_ends_soon(tags: str, attributes: dict[str, str]) -> None:
    page = in_article("")
    element = page[-1][0]
    for tag in islice(cycle(tags.split()), 10_000):
        element = SubElement(element, tag, attributes)
        element.text = element.tail = "a"
    assert_ends_soon(page)


def test_a_page_that_is_left_to_python_gives_what_the_library_would_give() -> None:
    page = in_article("<h2>One</h2><ul><li>Two</li></ul><table><tr><th>Three</th><td>Four</td></tr></table>" + STORY)
    found = article_text(page, MARK)
    page[-1].append(page.makeelement("math"))
    body = Extraction(scan_page(page), MARK).run(fast=True)
    assert found is not None
    assert body is not None
    assert found.text == squeeze("".join(map(str, body.itertext())))
