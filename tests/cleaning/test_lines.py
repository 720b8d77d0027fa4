"""Lines and numbers of elements, against what the tree itself says: both are read in one walk, from columns."""

import random
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml.html import HtmlElement, document_fromstring, fragment_fromstring

from pipeline.cleaning.blocks import CHROME_TAGS, FOLD_LENGTH, INLINE_TAGS, INVISIBLE_TAGS, Line, html_lines
from pipeline.cleaning.decoding.document import _NOT_XML, Document, read_document
from pipeline.cleaning.elements import MAX_ELEMENTS, NO_ELEMENT, Elements
from pipeline.cleaning.metadata.scan import scan_page
from pipeline.records import BlockKind
from pipeline.text import collapse, fold

SEED = Path(__file__).parents[1] / "golden" / "judge" / "page.html"
CHARACTERS = (
    "aB1_ .,-\t\n\xa0\x85\xad\u200b\u2003\u2028\ufeff\ufffd\ufffc\u115f\u180b\u017f\u0130\u0131\u0307"
    "e\u0301\xe9\xdf\u0149\u0390\ufb01\u1100\u1161\ud55c"
    "\u4e2d\u3099\u0915\u093f\u0e01\u0e34\u09be\u212a\u2019\U00020000\U0001f600\U000e0001"
)
"""Letters, marks, spaces and signs of all sorts, some of which change beside others."""
TAGS = ("div", "p", "span", "a", "em", "b", "h2", "li", "td", "nav", "section", "noscript", "blockquote", "x-card", "q")
ATTRIBUTES = ("", "", "", "", " hidden", ' style="Display: none"', ' style="color: red"', ' class="share-box"')


def random_page(seed: int, size: int = 150) -> str:
    """Nested elements with a word of its own in each text."""
    some, parts, opened = random.Random(seed), [], []
    for number in range(size):
        if opened and some.random() < 0.45:
            parts.append(f"</{opened.pop()}>")
        else:
            opened.append(some.choice(TAGS))
            parts.append(f"<{opened[-1]}{some.choice(ATTRIBUTES)}>")
        if some.random() < 0.6:
            parts.append(some.choice(("word{}", "word{} ", " word{}")).format(number))
    return "".join(parts)


def text_holders(tree: HtmlElement) -> Iterator[tuple[str, HtmlElement]]:
    """Each word of the page with the element in which it stands."""
    for text in tree.xpath("//text()"):
        parent = text.getparent()
        yield text.strip(), parent.getparent() if text.is_tail else parent


def says(line: Line) -> dict[str, object]:
    """What is told of a line of one word by the elements around it."""
    return {
        "element": line.element,
        "hidden": line.hidden,
        "chrome": line.chrome,
        "linked": line.link_share > 0,
        "italic": line.italic_share > 0,
        "table": line.kind is BlockKind.TABLE,
    }


def told_by_tree(holder: HtmlElement) -> dict[str, object]:
    around = [holder, *holder.iterancestors()]
    block = next(each for each in around if each.tag not in INLINE_TAGS)
    inline = around[: around.index(block) + 1]
    kinds = (each.tag for each in around if each.tag in ("h2", "li", "td", "section", "blockquote", "q", "body"))
    first = next(kinds)
    cell = next((at for at, each in enumerate(around) if each.tag == "td"), None)
    laid_out = cell is not None and any(each.tag in ("p", "div") for each in around[:cell])
    return {
        "element": block,
        "hidden": any(each.get("hidden") is not None or "none" in each.get("style", "") for each in around),
        "chrome": any(each.tag in CHROME_TAGS for each in around),
        "linked": any(each.tag == "a" for each in around),
        "italic": any(each.tag == "em" for each in inline),
        "table": first == "td" and not laid_out,
    }


@pytest.mark.parametrize("seed", range(40))
def test_a_line_is_what_the_elements_around_its_text_make_of_it(seed: int) -> None:
    tree = document_fromstring(f"<html><body>{random_page(seed)}</body></html>")
    lines = html_lines(Elements(tree))
    by_word = {line.text: line for line in lines}
    shown = [
        (word, holder)
        for word, holder in text_holders(tree)
        if not any(each.tag in INVISIBLE_TAGS for each in (holder, *holder.iterancestors()))
    ]
    assert "".join(line.squeezed for line in lines) == "".join("".join(words.split()) for words, _ in shown)
    alone = [(by_word[word], holder) for word, holder in shown if word in by_word]
    assert alone
    for line, holder in alone:
        assert says(line) == told_by_tree(holder)


def test_the_numbers_of_a_page_are_those_of_its_tree() -> None:
    document = read_document(SEED.read_bytes(), "text/html")
    assert isinstance(document, Document)
    assert document.tree is not None
    page = scan_page(document.tree)
    for at, element in enumerate(page.elements):
        above = page.parents[at]
        assert (None if above == NO_ELEMENT else page.elements[above]) is element.getparent()
        assert page.tags[at] == element.tag
        assert [page.elements[each] for each in page.within(at, "p", "a")] == list(element.iterdescendants("p", "a"))


def test_elements_beyond_the_bound_have_lines_but_no_number() -> None:
    tree = document_fromstring(f"<html><body><ul><li>One{'<i></i>' * MAX_ELEMENTS}<p>Two</ul><div><p>Three</div>")
    page = scan_page(tree)
    lines = html_lines(page.elements)
    assert [line.text for line in lines] == ["One", "Two", "Three"]
    assert len(page.elements) == MAX_ELEMENTS
    assert len(page.within(0, "i")) == MAX_ELEMENTS - 4
    assert [line.at for line in lines] == [3, NO_ELEMENT, NO_ELEMENT]


@given(
    text=st.text(st.sampled_from(CHARACTERS), max_size=60), before=st.text(st.characters(codec="utf-8"), max_size=450)
)
def test_a_line_is_the_collapsed_text_and_its_foldings(text: str, before: str) -> None:
    for shown in (text, _NOT_XML.sub("", before) + text, text * 20):
        tree = document_fromstring("<p>x<br></p>")
        tree.find(".//br").tail = shown
        lines = html_lines(Elements(tree))[1:]
        found = collapse(shown)
        assert [line.text for line in lines] == ([found] if found and not shown.isspace() else [])
        for line in lines:
            assert line.squeezed == found.replace(" ", "")
            assert line.folded == fold(found[:FOLD_LENGTH])


def test_texts_are_joined_as_lxml_joins_them() -> None:
    """Comments and instructions stand between texts; a text of white space alone is a space."""
    tree = fragment_fromstring(
        "<div>One<b> two</b>\n<i>three</i> four<!-- five -->six <?seven?> eight<br>\t<u>nine</u></div>"
    )
    lines = html_lines(Elements(tree))
    assert [line.text for line in lines] == ["One two three four", "six", "eight", "nine"]
    assert [line.parts for line in lines] == [("One", " two", " ", "three", " four"), (), (), (" ", "nine")]
    assert [line.joined for line in lines] == [False, False, False, True]


def test_what_letters_fold_to_does_not_depend_on_their_neighbours() -> None:
    """Only marks and the letters of Korean are joined with what stands before them: no other is a second half."""
    halves = (unicodedata.decomposition(chr(code)).split() for code in range(sys.maxunicode + 1))
    second = {int(code, 16) for half in halves if half and half[0][0] != "<" for code in half[1:]}
    assert all(unicodedata.category(chr(code))[0] == "M" for code in second)
    syllable = unicodedata.normalize("NFD", "\ud55c")
    assert all(0x1100 <= ord(letter) < 0x1200 for letter in syllable)
