"""What a page shows, as lines in reading order: the one view of it that extraction, rules and ledger share.

A line is what stands between two block boundaries of the HTML, or one line of flattened text. Every decision of the
cleaning is a decision about lines, so that nothing can leave a page without a trace.
"""

from collections.abc import Iterator, Sequence

from lxml.etree import _Element
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
_CHANGES_NOTHING = INLINE_TAGS - _KIND_OF_TAG.keys() - INVISIBLE_TAGS - _ITALIC_TAGS
_ENDS_NO_LINE = INLINE_TAGS | INVISIBLE_TAGS | {"br"}
_BREAKS = frozenset(("br", "hr"))
_CODE_TAGS = frozenset(("script", "style"))


class Line(Struct, frozen=True, kw_only=True):
    """One visible line: its text, what it is, and where it stands.

    `element` is the block that holds it (None in flattened text, where `number` counts the lines of the file).
    `joined` lines follow the one before within one block, after a single line break. `squeezed` and `folded` are
    `text.squeeze` and `text.fold` of the text: nearly every question about a line needs one of them. `parts` are its
    texts as they stand in the page, where it has several. `link_share` and `italic_share` are of its characters.
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


class _Place(Struct):
    """What an element's place in the tree says of the text that stands directly in it."""

    block: _Element
    tag: str
    kind: BlockKind
    gone: bool = False
    hidden: bool = False
    chrome: bool = False
    link: bool = False
    italic: bool = False


def _below(above: _Place, element: _Element, tag: object) -> _Place:
    if above.gone:
        return above  # nothing in it is ever shown
    if not isinstance(tag, str):
        tag = "script"
    style = element.get("style")
    hidden = above.hidden or element.get("hidden") is not None or (style is not None and _hides(style))
    link = above.link or tag == "a"
    if tag in _CHANGES_NOTHING and hidden is above.hidden and link is above.link:
        return above
    inline = tag in INLINE_TAGS
    kind = BlockKind.PARAGRAPH if tag in _KIND_RESETS else _KIND_OF_TAG.get(tag, above.kind)
    if kind is BlockKind.TABLE and tag in ("p", "div"):
        kind = BlockKind.PARAGRAPH  # old pages are laid out with tables
    return _Place(
        above.block if inline else element,
        above.tag if inline else tag,
        kind,
        above.gone or tag in INVISIBLE_TAGS,
        hidden,
        above.chrome or tag in CHROME_TAGS,
        link,
        tag in _ITALIC_TAGS or (above.italic and inline),
    )


def _hides(style: str) -> bool:
    style = "".join(style.split()).lower()
    return "display:none" in style or "visibility:hidden" in style


def html_lines(root: _Element) -> list[Line]:
    """The lines of a tree, hidden ones included: pages hide their own story often (dropping those cost 0.010 of F1).

    One walk in document order, without recursion: pages nest deeper than Python does. An element's tail comes when
    the walk has left it.
    """
    reader = _Reader()
    read, end_line, parts = reader.read, reader.end_line, reader.parts
    place = _Place(root, "body", BlockKind.PARAGRAPH)
    if (text := root.text) and not text.isspace():
        read(text, place)
    above: list[tuple[_Element, Iterator[_Element], _Place]] = []
    children = iter(root)
    while True:
        for element in children:
            tag, text = element.tag, element.text
            if tag in _BREAKS:
                end_line()
                reader.breaks += 1 if tag == "br" else 2
            if not text or tag in _CODE_TAGS:
                below = None
            elif text.isspace():
                parts.append(" ")
                below = None
            else:
                below = _below(place, element, tag)
                read(text, below)
            if len(element):
                above.append((element, children, place))
                place, children = below or _below(place, element, tag), iter(element)
                break
            if not (text := element.tail):
                continue
            if text.isspace():
                parts.append(" ")
                continue
            if tag not in _ENDS_NO_LINE:
                end_line()  # a block ends a line even when it has no text of its own
            read(text, place)
        else:
            if not above:
                break
            element, children, place = above.pop()
            if text := element.tail:
                if text.isspace():
                    parts.append(" ")
                else:
                    if element.tag not in _ENDS_NO_LINE:
                        end_line()
                    read(text, place)
    end_line()
    return reader.lines


class _Reader:
    """The line that is being put together, and the lines before it."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.parts: list[str] = []
        """The texts of the line; each run of white space between two elements as one space."""
        self.breaks = 0
        """Since the last line."""
        self._place: _Place | None = None
        self._linked = self._italic = 0
        self._last_block: _Element | None = None

    def read(self, text: str, place: _Place) -> None:
        """Take in a text that stands at this place."""
        if place.gone:
            return
        if self._place is not place:
            if self._place is not None and self._place.block is not place.block:
                self.end_line()
            self._place = place
        self.parts.append(text)
        if place.link or place.italic:
            length = len(text.strip())
            self._linked += place.link * length
            self._italic += place.italic * length

    def end_line(self) -> None:
        """Make a line of the texts so far, if they show anything."""
        place = self._place
        if place is None:
            self.parts.clear()
            return
        parts = self.parts
        text = collapse("".join(parts) if len(parts) > 1 else parts[0])
        if text:
            self.lines.append(
                Line(
                    text=text,
                    squeezed=text.replace(" ", ""),
                    folded=fold(text[:FOLD_LENGTH]),
                    kind=place.kind,
                    tag=place.tag,
                    element=place.block,
                    parts=tuple(parts) if len(parts) > 1 else (),
                    link_share=min(1.0, self._linked / len(text)) if self._linked else 0.0,
                    italic_share=min(1.0, self._italic / len(text)) if self._italic else 0.0,
                    hidden=place.hidden,
                    chrome=place.chrome,
                    joined=self.breaks == 1 and self._last_block is place.block,
                )
            )
            self._last_block, self.breaks = place.block, 0
        parts.clear()
        self._place, self._linked, self._italic = None, 0, 0


def visible_length(lines: Sequence[Line]) -> int:
    """Characters of the lines that are not hidden."""
    return sum([len(line.text) for line in lines if not line.hidden])


def line_place(line: Line) -> str:
    """Where a line stands: its element's path in the page, or its number in flattened text."""
    if line.element is None:
        return f"line {line.number}"
    path: str = line.element.getroottree().getpath(line.element)
    return path
