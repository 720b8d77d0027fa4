"""From the lines that are kept to the article's text and its blocks."""

from collections.abc import Sequence
from dataclasses import dataclass

from lxml.etree import _Element

from pipeline.cleaning.blocks import Line
from pipeline.records import Block, BlockKind

PARAGRAPH_BREAK = "\n\n"
LINE_BREAK = "\n"
CELL_BREAK = " | "


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """The article's text, and the kinds of its stretches."""

    text: str
    blocks: tuple[Block, ...]


def assemble(lines: Sequence[Line], kept: Sequence[int]) -> Body:
    """Join the kept lines: a blank line between blocks, a line break where the page has one, a bar between cells."""
    pieces: list[tuple[BlockKind, list[str]]] = []
    before = -1
    for index in kept:
        line = lines[index]
        glue = _glue(lines[before], line, index - before) if before >= 0 else PARAGRAPH_BREAK
        if glue == PARAGRAPH_BREAK:
            # a cell alone is no table: old pages are laid out with them
            pieces.append((BlockKind.PARAGRAPH if line.kind is BlockKind.TABLE else line.kind, [line.text]))
        else:
            kind = BlockKind.TABLE if _in_other_cell(lines[before], line) else pieces[-1][0]
            pieces[-1] = (kind, [*pieces[-1][1], glue, line.text])
        before = index
    text, blocks = "", []
    for kind, parts in pieces:
        if text:
            text += PARAGRAPH_BREAK
        start = len(text)
        text += "".join(parts)
        blocks.append(Block(kind=kind, start=start, end=len(text)))
    return Body(text=text, blocks=tuple(blocks))


def _glue(before: Line, line: Line, distance: int) -> str:
    if _in_other_cell(before, line):
        row, row_before = _holder(line.element, "tr"), _holder(before.element, "tr")
        if row is not None and row is row_before:
            return CELL_BREAK
        if row is not None and row_before is not None and _holder(row, "table") is _holder(row_before, "table"):
            return LINE_BREAK
    return LINE_BREAK if line.joined and distance == 1 else PARAGRAPH_BREAK


def _in_other_cell(before: Line, line: Line) -> bool:
    both = line.kind is BlockKind.TABLE and before.kind is BlockKind.TABLE
    return both and line.element is not before.element


def _holder(element: _Element | None, tag: str) -> _Element | None:
    while element is not None and element.tag != tag:
        element = element.getparent()
    return element
