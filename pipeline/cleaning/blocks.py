"""What a page shows, as lines in reading order: the one view of it that extraction, rules and ledger share.

A line is what stands between two block boundaries of the HTML, or one line of flattened text. Every decision of the
cleaning is a decision about lines, so that nothing can leave a page without a trace.
"""

from dataclasses import dataclass

from lxml.etree import _Element

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
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


@dataclass(slots=True)
class _Context:
    """What an element's place in the tree says of the text that stands directly in it."""

    block: _Element
    tag: str
    kind: BlockKind
    gone: bool
    hidden: bool
    chrome: bool
    link: bool
    italic: bool


def _below(above: _Context, element: _Element) -> _Context:
    tag = element.tag if isinstance(element.tag, str) else "script"
    inline = tag in INLINE_TAGS
    style = element.get("style")
    hidden = above.hidden or element.get("hidden") is not None or (style is not None and _hides(style))
    link = above.link or tag == "a"
    if tag in _CHANGES_NOTHING and hidden is above.hidden and link is above.link:
        return above
    kind = BlockKind.PARAGRAPH if tag in _KIND_RESETS else _KIND_OF_TAG.get(tag, above.kind)
    if kind is BlockKind.TABLE and tag in ("p", "div"):
        kind = BlockKind.PARAGRAPH  # old pages are laid out with tables
    return _Context(
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
    reader = _Reader(root)
    path = reader.path
    reader.read(root.text or "")
    for element in root.iterdescendants():
        parent = element.getparent()
        while path[-1] is not parent:
            reader.leave()
        tag = element.tag
        path.append(element)
        if tag in _BREAKS:
            reader.end_line()
            reader.breaks += 1 if tag == "br" else 2
        if (text := element.text) and tag not in _CODE_TAGS:
            reader.read(text)
    while len(path) > 1:
        reader.leave()
    reader.end_line()
    return reader.lines


class _Reader:
    """A walk over the page: the open elements, the line that is being put together, and the lines before it."""

    def __init__(self, root: _Element) -> None:
        self.lines: list[Line] = []
        self.path = [root]
        self.breaks = 0
        """Since the last line."""
        self._contexts = [_Context(root, "body", BlockKind.PARAGRAPH, False, False, False, False, False)]
        """Of the open elements, from the root on, as far as a text has needed them."""
        self._parts: list[str] = []
        self._context: _Context | None = None
        self._linked = self._italic = 0
        self._last_block: _Element | None = None

    def leave(self) -> None:
        """Close the innermost element and read what follows it."""
        path = self.path
        element = path.pop()
        del self._contexts[len(path) :]
        if tail := element.tail:
            if tail.isspace():
                self._parts.append(" ")
            else:
                if element.tag not in _ENDS_NO_LINE:
                    self.end_line()  # a block ends a line even when it has no text of its own
                self.read(tail)

    def read(self, text: str) -> None:
        """Take in a text that stands in the innermost element."""
        if text.isspace():
            self._parts.append(" ")
            return
        contexts, path = self._contexts, self.path
        while len(contexts) < len(path):
            contexts.append(_below(contexts[-1], path[len(contexts)]))
        context = contexts[-1]
        if context.gone or not text:
            return
        if self._context is not None and self._context.block is not context.block:
            self.end_line()
        self._context = context
        self._parts.append(text)
        if context.link or context.italic:
            length = len(text.strip())
            self._linked += context.link * length
            self._italic += context.italic * length

    def end_line(self) -> None:
        parts, context = self._parts, self._context
        if not parts:
            return
        if context is not None and (text := collapse("".join(parts))):
            joined = self.breaks == 1 and self._last_block is context.block
            shares = min(1.0, self._linked / len(text)), min(1.0, self._italic / len(text))
            self.lines.append(_html_line(text, parts, context, shares, joined))
            self._last_block, self.breaks = context.block, 0
        self._parts, self._context, self._linked, self._italic = [], None, 0, 0


def _html_line(text: str, parts: list[str], context: _Context, shares: tuple[float, float], joined: bool) -> Line:
    return Line(
        text=text,
        squeezed=text.replace(" ", ""),
        folded=fold(text[:FOLD_LENGTH]),
        kind=context.kind,
        tag=context.tag,
        element=context.block,
        parts=tuple(parts) if len(parts) > 1 else (),
        link_share=shares[0],
        italic_share=shares[1],
        hidden=context.hidden,
        chrome=context.chrome,
        joined=joined,
    )


def line_place(line: Line) -> str:
    """Where a line stands: its element's path in the page, or its number in flattened text."""
    if line.element is None:
        return f"line {line.number}"
    path: str = line.element.getroottree().getpath(line.element)
    return path
