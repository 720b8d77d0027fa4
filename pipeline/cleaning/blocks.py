"""What a page shows, as lines in reading order: the one view of it that extraction, rules and ledger share.

A line is what stands between two block boundaries of the HTML, or one line of flattened text. Every decision of the
cleaning is a decision about lines, so that nothing can leave a page without a trace.
"""

from dataclasses import dataclass, field

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
_BREAKS = frozenset(("br", "hr"))
_CODE_TAGS = frozenset(("script", "style"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One visible line: its text, what it is, and where it stands.

    `element` is the block that holds it (None in flattened text, where `number` counts the lines of the file).
    `joined` lines follow the one before within one block, after a single line break. `squeezed` and `folded` are
    `text.squeeze` and `text.fold` of the text: nearly every question about a line needs one of them.
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


def _below(above: _Context, element: _Element) -> _Context:
    tag = element.tag if isinstance(element.tag, str) else "script"
    inline = tag in INLINE_TAGS
    style = element.get("style")
    kind = BlockKind.PARAGRAPH if tag in _KIND_RESETS else _KIND_OF_TAG.get(tag, above.kind)
    if kind is BlockKind.TABLE and tag in ("p", "div"):
        kind = BlockKind.PARAGRAPH  # old pages are laid out with tables
    return _Context(
        above.block if inline else element,
        above.tag if inline else tag,
        kind,
        above.gone or tag in INVISIBLE_TAGS,
        above.hidden or element.get("hidden") is not None or (style is not None and _hides(style)),
        above.chrome or tag in CHROME_TAGS,
        above.link or tag == "a",
    )


def _hides(style: str) -> bool:
    style = "".join(style.split()).lower()
    return "display:none" in style or "visibility:hidden" in style


class _Path:
    """The open elements of a walk and their contexts, each computed when the first text needs it.

    Without recursion: pages nest deeper than Python does.
    """

    def __init__(self, root: _Element) -> None:
        self.elements = [root]
        self._contexts = [_Context(root, "body", BlockKind.PARAGRAPH, False, False, False, False)]

    def context(self) -> _Context:
        """Of the innermost open element."""
        contexts = self._contexts
        for element in self.elements[len(contexts) :]:
            contexts.append(_below(contexts[-1], element))
        return contexts[-1]

    def close(self) -> _Element:
        """Leave the innermost open element."""
        del self._contexts[len(self.elements) - 1 :]
        return self.elements.pop()


def html_lines(root: _Element) -> list[Line]:
    """The lines of a tree, hidden ones included: pages hide their own story often (dropping those cost 0.010 of F1).

    One walk in document order; an element's tail comes when the walk has left it.
    """
    path, pending = _Path(root), _Pending()
    lines: list[Line] = []
    _read(root.text, path, pending, lines)
    for element in root.iterdescendants():
        parent = element.getparent()
        while path.elements[-1] is not parent:
            _leave(path, pending, lines)
        tag = element.tag
        path.elements.append(element)
        if tag in _BREAKS:
            pending.finish(lines)
            pending.breaks += 1 if tag == "br" else 2
        if tag not in _CODE_TAGS and (text := element.text):
            _read(text, path, pending, lines)
    while len(path.elements) > 1:
        _leave(path, pending, lines)
    pending.finish(lines)
    return lines


def _leave(path: _Path, pending: "_Pending", lines: list[Line]) -> None:
    element = path.close()
    if tail := element.tail:
        tag = element.tag
        ends_line = tag not in INLINE_TAGS and tag not in INVISIBLE_TAGS and tag != "br"
        _read(tail, path, pending, lines, ends_line=ends_line)


def _read(text: str | None, path: _Path, pending: "_Pending", lines: list[Line], *, ends_line: bool = False) -> None:
    """Take a text in; a block before it ends a line even when it has no text of its own."""
    if not text:
        return
    if text.isspace():
        pending.parts.append(" ")
        return
    if ends_line:
        pending.finish(lines)
    context = path.context()
    if not context.gone:
        if pending.context is not None and pending.context.block is not context.block:
            pending.finish(lines)
        pending.add(text, context)


@dataclass(slots=True)
class _Pending:
    """The line that is being put together, and the breaks since the last one."""

    parts: list[str] = field(default_factory=list)
    context: _Context | None = None
    linked: int = 0
    breaks: int = 0
    last_block: _Element | None = None

    def add(self, text: str, context: _Context) -> None:
        self.context = context
        self.parts.append(text)
        if context.link:
            self.linked += len(text.strip())

    def finish(self, lines: list[Line]) -> None:
        text = collapse("".join(self.parts))
        context = self.context
        if text and context is not None:
            joined = self.breaks == 1 and self.last_block is context.block
            lines.append(_html_line(text, self.parts, context, self.linked, joined))
            self.last_block, self.breaks = context.block, 0
        self.parts, self.context, self.linked = [], None, 0


def _html_line(text: str, parts: list[str], context: _Context, linked: int, joined: bool) -> Line:
    return Line(
        text=text,
        squeezed="".join(text.split()),
        folded=fold(text[:FOLD_LENGTH]),
        kind=context.kind,
        tag=context.tag,
        element=context.block,
        parts=tuple(squeezed for part in parts if (squeezed := squeeze(part))) if len(parts) > 1 else (),
        link_share=min(1.0, linked / len(text)),
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
