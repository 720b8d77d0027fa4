"""From the lines that are kept to the article's text and its blocks."""

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.cleaning.blocks import Line
from pipeline.cleaning.elements import NO_ELEMENT
from pipeline.records import Block, BlockKind

PARAGRAPH_BREAK = "\n\n"
LINE_BREAK = "\n"
CELL_BREAK = " | "
MAX_CELL = 200
"""Characters of the longest cell of a table; what is longer is a paragraph, and the table lays out the page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """The article's text, and the kinds of its stretches."""

    text: str
    blocks: tuple[Block, ...]


def assemble(lines: Sequence[Line], kept: Sequence[int]) -> Body:
    """Join the kept lines: a blank line between blocks, a line break where the page has one, a bar between cells."""
    kinds: list[BlockKind] = []
    pieces: list[list[str]] = []
    before = -1
    for index in kept:
        line = lines[index]
        may_join = before >= 0 and (line.joined or line.kind is BlockKind.TABLE)
        glue = _glue(lines[before], line, index - before) if may_join else PARAGRAPH_BREAK
        if glue == PARAGRAPH_BREAK:
            # a cell alone is no table: old pages are laid out with them
            kinds.append(BlockKind.PARAGRAPH if line.kind is BlockKind.TABLE else line.kind)
            pieces.append([line.text])
        else:
            if _in_other_cell(lines[before], line):
                kinds[-1] = BlockKind.TABLE
            pieces[-1] += (glue, line.text)
        before = index
    texts = ["".join(piece) for piece in pieces]
    blocks, start = [], 0
    for kind, text in zip(kinds, texts, strict=True):
        blocks.append(Block(kind=kind, start=start, end=start + len(text)))
        start += len(text) + len(PARAGRAPH_BREAK)
    return Body(text=PARAGRAPH_BREAK.join(texts), blocks=tuple(blocks))


def _glue(before: Line, line: Line, distance: int) -> str:
    if _in_other_cell(before, line):
        row, row_before = _holder(line, "tr"), _holder(before, "tr")
        if row != NO_ELEMENT and row == row_before:
            return CELL_BREAK
        if NO_ELEMENT not in (row, row_before) and _holder(line, "tr", "table") == _holder(before, "tr", "table"):
            return LINE_BREAK
    return LINE_BREAK if line.joined and distance == 1 else PARAGRAPH_BREAK


def _in_other_cell(before: Line, line: Line) -> bool:
    both = line.kind is BlockKind.TABLE and before.kind is BlockKind.TABLE
    short = max(len(line.text), len(before.text)) <= MAX_CELL
    return both and short and line.at != before.at


def _holder(line: Line, *tags: str) -> int:
    """The number of the innermost element of the last tag around one of the tag before it, and so on to the line."""
    holder, page = line.at, line.page
    for tag in tags:
        while page is not None and holder != NO_ELEMENT and page.tags[holder] != tag:
            holder = page.parents[holder]
    return holder
