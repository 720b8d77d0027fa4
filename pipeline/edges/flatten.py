"""HTML as flattened text: what a page is when its tags are gone, as some feeds and archives deliver it.

All visible text, in document order, one line per block. Inline elements are joined without a space, so a breadcrumb
runs into the headline after it. A blank line follows a paragraph, a heading, a list. Written apart from
`cleaning.blocks` on purpose: a yardstick that shared its code would share its mistakes.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from lxml import etree
from lxml.html import HtmlElement

from pipeline.cleaning.decoding.document import read_document
from pipeline.codec import raw_message, read_raw_page
from pipeline.edges.inputs import Input
from pipeline.errors import Drop, Reject

PLAIN = "text/plain; charset=utf-8"


def _tags(names: str) -> frozenset[str]:
    return frozenset(names.split())


UNSEEN = _tags(
    "head script style noscript template svg math iframe object select datalist option textarea audio video canvas"
)
BLOCKS = _tags(
    "address article aside blockquote body button caption center dd details dialog dir div dl dt fieldset figcaption "
    "figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr html label legend li main menu nav ol p pre search section "
    "summary table tbody td tfoot th thead tr ul br"
)
"""Elements that begin a line of their own, as browsers show them."""
SPACED = _tags("p h1 h2 h3 h4 h5 h6 ul ol dl table blockquote figure form pre")
"""Those after which a blank line stands."""


def flattened(inputs: Iterable[Input]) -> Iterator[Input]:
    """The same pages as flattened text. What is no HTML goes on as it is."""
    for item in inputs:
        try:
            page = read_raw_page(item.message)
            document = read_document(page.body, page.content_type)
        except Reject:
            yield item
            continue
        if isinstance(document, Drop) or document.tree is None:
            yield item
            continue
        page = replace(page, body=flatten(document.tree).encode(), content_type=PLAIN)
        yield Input(name=item.name, message=raw_message(page))


def flatten(tree: HtmlElement) -> str:
    """The visible text of a tree, one block a line."""
    lines: list[str] = []
    line: list[str] = []

    def finish(*, blank: bool) -> None:
        text = " ".join("".join(line).split())
        line.clear()
        if text:
            lines.append(text)
        if blank and lines and lines[-1]:
            lines.append("")

    walk = etree.iterwalk(tree, events=("start", "end"))
    for event, element in walk:
        seen, block = not _is_unseen(element), element.tag in BLOCKS
        if event == "start":
            if not seen:
                walk.skip_subtree()
                continue
            if block:
                finish(blank=False)
            line.append(element.text or "")
        else:
            if seen and block:
                finish(blank=element.tag in SPACED)
            line.append(element.tail or "")
    finish(blank=False)
    return "\n".join(lines).strip() + "\n"


def _is_unseen(element: HtmlElement) -> bool:
    if not isinstance(element.tag, str) or element.tag in UNSEEN or element.get("hidden") is not None:
        return True
    style = "".join((element.get("style") or "").split()).lower()
    return "display:none" in style or "visibility:hidden" in style
