"""What a page shows, as lines in reading order: the one view of it that extraction, rules and ledger share.

A line is what stands between two block boundaries of the HTML, or one line of flattened text. Every decision of the
cleaning is a decision about lines, so that nothing can leave a page without a trace.
"""

from collections.abc import Sequence
from ctypes import py_object
from itertools import starmap

from lxml.html import HtmlElement
from msgspec import Struct

from pipeline.cleaning.elements import NO_ELEMENT, Elements
from pipeline.native.library import function, memo
from pipeline.native.trees import tree_function
from pipeline.records import BlockKind
from pipeline.text import fold, letters, squeeze

FOLD_LENGTH = 400
"""Folding is for comparing headlines and phrases: longer texts need not be folded to their end."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


INVISIBLE_TAGS = _words(
    "script style noscript template head svg iframe object select datalist textarea math canvas audio video"
)
INLINE_TAGS = _words(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i img ins kbd label mark nobr output q rp rt ruby s "
    "samp small span strike strong sub sup time tt u var wbr picture source svg input amp-img"
)
HEADING_TAGS = _words("h1 h2 h3 h4 h5 h6")
CHROME_TAGS = _words("nav aside footer button form menu dialog")
_KIND_OF_TAG = {
    **dict.fromkeys(HEADING_TAGS, BlockKind.HEADING),
    **dict.fromkeys(("blockquote", "q"), BlockKind.QUOTE),
    **dict.fromkeys(("li", "dd", "dt"), BlockKind.LIST_ITEM),
    **dict.fromkeys(("figcaption", "caption"), BlockKind.CAPTION),
    **dict.fromkeys(("td", "th"), BlockKind.TABLE),
}
_KIND_RESETS = frozenset(("article", "main", "body", "section"))
_ITALIC_TAGS = _words("em i cite")
_TOLD = (
    (8, _KIND_RESETS),
    (16, INVISIBLE_TAGS),
    (32, INLINE_TAGS),
    (64, CHROME_TAGS),
    (128, _ITALIC_TAGS),
    (256, frozenset(("a",))),
    (512, frozenset(("p", "div"))),
    (1024, INLINE_TAGS | INVISIBLE_TAGS | {"br"}),
    (2048, frozenset(("br", "hr"))),
    (4096, frozenset(("br",))),
    (8192, frozenset(("script", "style"))),
)
"""What tags tell, each by the bit by which `lines.c` knows it."""
_KINDS = tuple(BlockKind)
"""The first is a paragraph and the last a cell of a table."""


def _tell(tag: str) -> int:
    """What a tag tells of the texts in it, for the compiled library: a kind of block, counted from 1, and the bits."""
    kind = _KINDS.index(_KIND_OF_TAG[tag]) + 1 if tag in _KIND_OF_TAG else 0
    return kind | sum(bit for bit, tags in _TOLD if tag in tags)


_lines = tree_function("lines", py_object, *[py_object] * 7)
_TAGS_TELL, _LETTERS = memo(_tell), function("letters", py_object, py_object)(letters)


class Line(Struct, frozen=True, gc=False):
    """One visible line: its text, what it is, and where it stands.

    `at` is the number of the block that holds it among the elements of its `page` (`NO_ELEMENT` in flattened text and
    beyond the elements that are looked at), `number` the line's own, in a file or a page, from 1 on. `joined` lines
    follow the one before within one block, after a single line break. `squeezed` and `folded` are `text.squeeze` and
    `text.fold` of the text: nearly every question about a line needs one of them. `parts` are its texts as they stand
    in the page, where it has several. `link_share` and `italic_share` are of its characters.
    Nothing that a line holds leads back to it, so the garbage collector need not follow lines.
    """

    text: str
    squeezed: str
    folded: str
    kind: BlockKind = BlockKind.PARAGRAPH
    tag: str = ""
    number: int = 0
    page: Elements | None = None
    at: int = NO_ELEMENT
    parts: tuple[str, ...] = ()
    link_share: float = 0.0
    italic_share: float = 0.0
    hidden: bool = False
    chrome: bool = False
    joined: bool = False

    @property
    def element(self) -> HtmlElement | None:
        """The block that holds it."""
        return None if self.page is None or self.at == NO_ELEMENT else self.page[self.at]

    @property
    def above(self) -> int:
        """The number of the element above that block."""
        return NO_ELEMENT if self.page is None or self.at == NO_ELEMENT else self.page.parents[self.at]


def text_line(text: str, number: int) -> Line:
    """A line of flattened text, or of a declared body; `text` is collapsed already."""
    return Line(text=text, squeezed=squeeze(text), folded=fold(text[:FOLD_LENGTH]), number=number)


def html_lines(elements: Elements) -> list[Line]:
    """The lines of a tree, hidden ones included: pages hide their own story often (dropping those cost 0.010 of F1).

    One walk in document order, compiled: a text belongs to the innermost block around it, and a line ends where a block
    begins or ends, or where the page breaks it.
    """
    found = _lines(elements.page, elements, elements.tags, _TAGS_TELL, _LETTERS, _KINDS, fold)
    return list(starmap(Line, found))


def visible_length(lines: Sequence[Line]) -> int:
    """Characters of the lines that are not hidden."""
    return sum([len(line.text) for line in lines if not line.hidden])


def line_place(line: Line) -> str:
    """Where a line stands: its element's path in the page, or its number in flattened text."""
    return f"line {line.number}" if line.page is None or line.at == NO_ELEMENT else line.page.path(line.at)
