"""What a page shows, as lines in reading order: the one view of it that extraction, rules and ledger share.

A line is what stands between two block boundaries of the HTML, or one line of flattened text. Every decision of the
cleaning is a decision about lines, so that nothing can leave a page without a trace.
"""

from collections.abc import Sequence
from functools import cache
from itertools import islice

from lxml.etree import XPath, _Element
from msgspec import Struct

from pipeline.records import BlockKind
from pipeline.text import collapse, fold, squeeze

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
_KNOWN_TAGS = (
    INLINE_TAGS
    | INVISIBLE_TAGS
    | CHROME_TAGS
    | _KIND_OF_TAG.keys()
    | _KIND_RESETS
    | _words("p div ul ol dl header figure table thead tbody tr label address pre center html")
)
"""What they make of the texts in them is remembered for all pages; of the others a page may have any number."""
_ENDS_NO_LINE = INLINE_TAGS | INVISIBLE_TAGS | {"br"}
_BREAKS = frozenset(("br", "hr"))
_CODE_TAGS = frozenset(("script", "style"))
_STYLES, _HIDDEN = XPath("descendant::*/@style"), XPath("descendant::*/@hidden")
"""To ask every element for its attributes takes thrice as long."""


class Line(Struct, frozen=True, kw_only=True, gc=False):
    """One visible line: its text, what it is, and where it stands.

    `element` is the block that holds it (None in flattened text, where `number` counts the lines of the file).
    `joined` lines follow the one before within one block, after a single line break. `squeezed` and `folded` are
    `text.squeeze` and `text.fold` of the text: nearly every question about a line needs one of them. `parts` are its
    texts as they stand in the page, where it has several. `link_share` and `italic_share` are of its characters.
    Nothing that a line holds leads back to it, so the garbage collector need not follow lines.
    """

    text: str
    squeezed: str
    folded: str
    kind: BlockKind = BlockKind.PARAGRAPH
    tag: str = ""
    number: int = 0
    element: _Element | None = None
    parts: tuple[str, ...] = ()
    link_share: float = 0.0
    italic_share: float = 0.0
    hidden: bool = False
    chrome: bool = False
    joined: bool = False


def text_line(text: str, number: int) -> Line:
    """A line of flattened text, or of a declared body; `text` is collapsed already."""
    return Line(text=text, squeezed=squeeze(text), folded=fold(text[:FOLD_LENGTH]), number=number)


class _State(dict[str, "_State"]):
    """What the tags and attributes above a text say of it; by tag, the state of the text in an element below.

    There are few of them, and they are shared by all pages: a walk only looks them up.
    """

    __slots__ = ("chrome", "counted", "gone", "hidden", "italic", "kind", "link")

    def __init__(self, kind: BlockKind, gone: bool, hidden: bool, chrome: bool, link: bool, italic: bool) -> None:
        self.kind, self.gone, self.hidden, self.chrome = kind, gone, hidden, chrome
        self.link, self.italic = link, italic
        self.counted = link or italic
        """Whether the characters of its texts are a part of a share."""

    def __missing__(self, tag: object) -> "_State":
        if self.gone:
            return self  # nothing in it is ever shown
        state = self._below(tag if isinstance(tag, str) else "script")
        if tag in _KNOWN_TAGS:
            self[tag] = state
        return state

    def _below(self, tag: str) -> "_State":
        kind = BlockKind.PARAGRAPH if tag in _KIND_RESETS else _KIND_OF_TAG.get(tag, self.kind)
        if kind is BlockKind.TABLE and tag in ("p", "div"):
            kind = BlockKind.PARAGRAPH  # old pages are laid out with tables
        return _state(
            kind,
            tag in INVISIBLE_TAGS,
            self.hidden,
            self.chrome or tag in CHROME_TAGS,
            self.link or tag == "a",
            tag in _ITALIC_TAGS or (self.italic and tag in INLINE_TAGS),
        )

    def hiding(self) -> "_State":
        """The same, hidden."""
        return _state(self.kind, self.gone, True, self.chrome, self.link, self.italic)


_state = cache(_State)  # of six kinds and five flags there are at most 192
_START = _state(BlockKind.PARAGRAPH, False, False, False, False, False)


def _hiding_elements(root: _Element) -> set[_Element]:
    """The elements below the root that hide what stands in them."""
    found = {value.getparent() for value in _STYLES(root) if _hides(value)}
    found.update(value.getparent() for value in _HIDDEN(root))
    return found


def _hides(style: str) -> bool:
    style = "".join(style.split()).lower()
    return "display:none" in style or "visibility:hidden" in style


def html_lines(root: _Element) -> list[Line]:
    """The lines of a tree, hidden ones included: pages hide their own story often (dropping those cost 0.010 of F1).

    One walk in document order, without recursion: pages nest deeper than Python does. An element's tail comes when
    the walk has left it.
    """
    reader = _Reader(root)
    read, end_line, parts = reader.read, reader.end_line, reader.parts
    hiding = _hiding_elements(root)
    state, block, left = _START, root, len(root)  # `left`: how many children of the element the walk has not left
    if (text := root.text) and not text.isspace():
        read(text, state, block)
    above: list[tuple[_Element, _State, _Element, int]] = []
    for element in islice(root.iter(), 1, None):
        tag, text, size = element.tag, element.text, len(element)
        if tag in _BREAKS:
            end_line()
            reader.breaks += 1 if tag == "br" else 2
        if text or size:
            below = state[tag]
            if element in hiding:
                below = below.hiding()
            own = block if tag in INLINE_TAGS else element
            if text and tag not in _CODE_TAGS:
                if text.isspace():
                    parts.append(" ")
                elif not below.gone:
                    read(text, below, own)
            if size:
                above.append((element, state, block, left))
                state, block, left = below, own, size
                continue
        while True:
            if text := element.tail:
                if text.isspace():
                    parts.append(" ")
                else:
                    if element.tag not in _ENDS_NO_LINE:
                        end_line()  # a block ends a line even when it has no text of its own
                    if not state.gone:
                        read(text, state, block)
            left -= 1
            if left or not above:
                break
            element, state, block, left = above.pop()
    end_line()
    return reader.lines


class _Reader:
    """The line that is being put together, and the lines before it."""

    __slots__ = ("_block", "_italic", "_last_block", "_linked", "_root", "_state", "breaks", "lines", "parts")

    def __init__(self, root: _Element) -> None:
        self.lines: list[Line] = []
        self.parts: list[str] = []
        """The texts of the line; each run of white space between two elements as one space."""
        self.breaks = 0
        """Since the last line."""
        self._state: _State | None = None
        self._root = self._block = root
        self._last_block: _Element | None = None
        self._linked = self._italic = 0

    def read(self, text: str, state: _State, block: _Element) -> None:
        """Take in a text that stands directly in this block or in inline elements of it."""
        if self._block is not block:
            if self._state is not None:
                self.end_line()
            self._block = block
        self._state = state
        self.parts.append(text)
        if state.counted:
            length = len(text.strip())
            self._linked += state.link * length
            self._italic += state.italic * length

    def end_line(self) -> None:
        """Make a line of the texts so far, if they show anything."""
        state, parts = self._state, self.parts
        if state is None:
            parts.clear()
            return
        several = len(parts) > 1
        text = collapse("".join(parts) if several else parts[0])
        if text:
            block = self._block
            self.lines.append(
                Line(
                    text=text,
                    squeezed=text.replace(" ", ""),
                    folded=fold(text[:FOLD_LENGTH]),
                    kind=state.kind,
                    tag="body" if block is self._root else block.tag,
                    element=block,
                    parts=tuple(parts) if several else (),
                    link_share=min(1.0, self._linked / len(text)) if self._linked else 0.0,
                    italic_share=min(1.0, self._italic / len(text)) if self._italic else 0.0,
                    hidden=state.hidden,
                    chrome=state.chrome,
                    joined=self.breaks == 1 and self._last_block is block,
                )
            )
            self._last_block, self.breaks = block, 0
        parts.clear()
        self._state, self._linked, self._italic = None, 0, 0


def visible_length(lines: Sequence[Line]) -> int:
    """Characters of the lines that are not hidden."""
    return sum([len(line.text) for line in lines if not line.hidden])


def line_place(line: Line) -> str:
    """Where a line stands: its element's path in the page, or its number in flattened text."""
    if line.element is None:
        return f"line {line.number}"
    path: str = line.element.getroottree().getpath(line.element)
    return path
