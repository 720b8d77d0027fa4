"""What the compiled library reads of a page's elements, against what lxml says of the same tree."""

import random
import re
import sys
from collections import Counter
from itertools import chain

import pytest
from lxml.etree import SubElement
from lxml.html import HtmlElement, document_fromstring

from pipeline.cleaning.blocks import html_lines
from pipeline.cleaning.elements import MAX_ELEMENTS, NO_ELEMENT, Elements, is_author_url
from pipeline.cleaning.metadata.scan import MAX_STEPS, visible_text
from pipeline.native.library import native
from tests.cleaning.test_lines import random_page

SPEAKS = native.newsflow_memo(lambda name: re.search(r"firma\b|byline", name.lower()) is not None)
SILENT = {"script", "style", "noscript", "template", "svg", "button", "select", "textarea", "iframe"}
BREAKING = {"p", "div", "li", "br", "h1", "h2", "h3", "h4", "h5", "h6", "section", "td", "dd", "dt", "ul", "time"}
HEAD = (
    '<title>One</title><svg><title>Picture</title></svg><script type="application/LD+json">{"a": 1}</script>'
    '<script>no()</script><meta name="A" content="x"><meta itemprop="p q" content="y"><meta content="">'
    '<meta property="og:z" content="é"><link rel="canonical" href="/a"><link rel="icon"><link href="/b">'
)
STATING = (
    '<a href="/author/x" rel="me">A</a><a class="b\u2003c b" id="b">B</a><a rel="AUTHOR">C</a><i id="" class="">D</i>'
    '<div itemscope itemtype="http://schema.org/News/"><b itemprop="name headline">E</b><b property="a:b">F</b></div>'
    '<p typeof="T"><time datetime="2020-01-02">G</time></p><div class="Byline firma">H</div><div class="firmament">I'
)


def seen(text: str | None) -> str:
    return "" if text is None or text.isspace() else text


def page_of(seed: int) -> HtmlElement:
    body = random_page(seed).replace("<q>", "<br>").replace("<b>", "<!-- between -->\u00a0<?and so?><b>")
    return document_fromstring(f"<html><head>{HEAD}</head><body>{STATING}{body}</body></html>")


@pytest.mark.parametrize("seed", range(20))
def test_numbers_are_those_of_the_tree(seed: int) -> None:
    tree = page_of(seed)
    elements, expected = Elements(tree), list(tree.iter("*"))
    number_of = {element: number for number, element in enumerate(expected)}
    assert list(elements) == elements[:] == expected
    assert all(one is other for one, other in zip(elements, expected, strict=True))
    assert elements[-1] is expected[-1]
    assert elements.tags == [element.tag for element in expected]
    assert elements.parents == [number_of.get(element.getparent(), NO_ELEMENT) for element in expected]
    assert elements.ends == [at + len(list(element.iter("*"))) for at, element in enumerate(expected)]
    assert elements.texts(range(len(elements))) == [(seen(each.text), seen(each.tail)) for each in expected]
    for at, element in enumerate(expected):
        assert elements.path(at) == element.getroottree().getpath(element)
        assert list(elements.above(at)) == [at, *map(number_of.__getitem__, element.iterancestors())]
        div = next(element.iterancestors("div", "section"), None)
        assert elements.around(at, "section", "div") == number_of.get(div, NO_ELEMENT)


@pytest.mark.parametrize("seed", range(5))
def test_columns_are_what_the_elements_state(seed: int) -> None:
    tree = page_of(seed)
    elements = Elements(tree)
    found = elements.columns(("byline", "firma"), SPEAKS, 10**6)
    classes, ids = ([element.get(name) for element in elements] for name in ("class", "id"))
    assert (found.classes, found.ids) == (classes, ids)
    stated = [value for value in chain(classes, ids) if value]
    assert found.names == list(dict.fromkeys(stated))
    assert found.words == Counter(word for value in stated for word in value.split())
    assert list(found.words)[:2] == ["b", "c"]
    assert found.places.keys() == set(elements.tags)
    assert all([elements.tags[at] for at in places] == [tag] * len(places) for tag, places in found.places.items())
    links = list(tree.iter("a"))
    assert (found.hrefs, found.rels) == ([a.get("href") for a in links], [a.get("rel") for a in links])
    assert [elements[at].text for at in found.author_links] == ["A", "C"]
    assert [elements[at].text for at in found.bylines] == ["H"]
    assert found.metas == [
        ("x", "A", None, None, None), ("y", None, None, "p q", None), ("é", None, "og:z", None, None)
    ]  # fmt: skip
    assert found.links == [("/a", "canonical")]
    assert (found.titles, found.json_scripts) == (["One"], ['{"a": 1}'])
    assert found.item_types == ["http://schema.org/News/"]
    assert [value for _, value in found.properties] == ["p q", "name headline", "a:b"]
    assert [value for _, value in found.scopes] == ["http://schema.org/News/", "T"]
    assert [(elements.tags[at], value) for at, value in found.datetimes] == [("time", "2020-01-02")]


def test_names_beyond_the_bound_are_not_taken_apart() -> None:
    tree = document_fromstring('<p class="one two"><p class="three">')
    assert Elements(tree).columns((), SPEAKS, 5).words == {"one": 1, "t": 1}


def test_elements_beyond_the_bound_have_no_number() -> None:
    tree = document_fromstring(f"<html><body><div>{'<i></i>' * MAX_ELEMENTS}</div><p>")
    elements = Elements(tree)
    assert len(elements) == MAX_ELEMENTS
    assert elements.ends[:4] == [MAX_ELEMENTS, MAX_ELEMENTS, MAX_ELEMENTS, 4]
    with pytest.raises(IndexError):
        elements[MAX_ELEMENTS]


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("/author/ann", True), ("https://a.org/PEOPLE/ann/", True), ("/redak\u212aion/ann", False),
        ("/reda\u212ation/ann", True), ("/author/", False), ("/author/?a", False), ("/author//ann", False),
        ("author/ann", False), ("/authority/ann", False), ("/autor/é", True), ("", False), (None, False),
    ],
)  # fmt: skip
def test_authors_pages_stand_in_their_folders(url: str | None, told: bool) -> None:
    assert is_author_url(url) is told


def test_one_letter_alone_beyond_ascii_is_an_ascii_letter_in_lower_case() -> None:
    found = [code for code in range(128, sys.maxunicode + 1) if chr(code).lower().isascii()]
    assert found == [0x212A]


def told_by_tree(element: HtmlElement, breaks: str) -> str:
    """All that is visible in an element, from one text to the next."""
    if element.tag in SILENT:
        return ""
    parts = [breaks if element.tag in BREAKING else "", element.text or ""]
    for child in element.iterchildren("*"):
        parts += [told_by_tree(child, breaks), breaks if child.tag in BREAKING else "", child.tail or ""]
    return "".join(parts)


@pytest.mark.parametrize("seed", range(20))
def test_visible_text_is_cut_and_without_what_is_silent(seed: int) -> None:
    tree, some = page_of(seed), random.Random(seed)
    for element in tree.iter("*"):
        limit, breaks = some.randrange(1, 60), some.choice((" ", "\n", "–"))
        whole = told_by_tree(element, breaks)
        assert visible_text(element, 10**6, breaks) == whole.strip()
        assert visible_text(element, limit, breaks) == whole[: limit + 1].strip()


def test_visible_text_ends_after_so_many_tags() -> None:
    tree = document_fromstring(f"<p>{'<i>a</i>' * MAX_STEPS}")
    assert visible_text(tree.find(".//p"), 10**6) == "a" * (MAX_STEPS // 2)


def test_what_is_shown_is_read_at_any_depth() -> None:
    root = deepest = HtmlElement()
    for _ in range(2_000):
        deepest = SubElement(deepest, "div")
    deepest.text = "Deep"
    elements = Elements(root)
    (line,) = html_lines(elements)
    assert (line.text, line.at) == ("Deep", 2_000)
    assert elements.path(line.at).count("/") == 2_001
