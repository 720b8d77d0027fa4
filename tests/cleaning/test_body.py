"""How kept lines become text: tables keep their rows, and a table that lays out the page is none."""

from lxml import html

from pipeline.cleaning.blocks import html_lines
from pipeline.cleaning.body import Body, assemble
from pipeline.cleaning.elements import Elements
from pipeline.records import BlockKind

PARAGRAPH = (
    "The ferry will sail again from Monday, the harbor office said, and it will stop at the old pier as well. " * 3
)


def body(page: str) -> Body:
    lines = html_lines(Elements(html.document_fromstring(page)))
    return assemble(lines, range(len(lines)))


def test_a_table_is_one_block_with_a_line_for_each_row() -> None:
    found = body("<table><tr><th>Year</th><th>Boats</th></tr><tr><td>2025</td><td>7</td></tr></table>")
    assert found.text == "Year | Boats\n2025 | 7"
    assert [block.kind for block in found.blocks] == [BlockKind.TABLE]


def test_a_story_in_the_cells_of_a_layout_table_is_paragraphs() -> None:
    found = body(f"<table><tr><td>{PARAGRAPH}</td><td>{PARAGRAPH}</td></tr></table>")
    assert found.text == "\n\n".join([PARAGRAPH.strip()] * 2)
    assert {block.kind for block in found.blocks} == {BlockKind.PARAGRAPH}


def test_an_element_without_text_ends_a_line() -> None:
    assert body("<div><span>Advertisement</span><div></div>The ferry sails.</div>").text == (
        "Advertisement\n\nThe ferry sails."
    )
