"""HTML as flattened text: what a page is when its tags are gone, as some feeds and archives deliver it.

All visible text, in document order, one line per block. Inline elements are joined without a space, so a breadcrumb
runs into the headline after it. A blank line follows a paragraph, a heading, a list. Written apart from
`cleaning.blocks` on purpose: a yardstick that shared its code would share its mistakes.
"""

from collections.abc import Iterable, Iterator

from lxml import etree
from lxml.html import HtmlElement

from pipeline.cleaning.document import read_document
from pipeline.codec import raw_message, read_raw_page
from pipeline.edges.inputs import Input
from pipeline.errors import Drop, Reject
from pipeline.records import RawPage

UNSEEN = frozenset(
    "head script style noscript template svg math iframe object select datalist option textarea audio video canvas".split()
)
BLOCKS = frozenset(
    "address article aside blockquote body button caption center dd details dialog dir div dl dt fieldset figcaption "
    "figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr html label legend li main menu nav ol p pre search section "
    "summary table tbody td tfoot th thead tr ul br".split()
)
SPACED = frozenset("p h1 h2 h3 h4 h5 h6 ul ol dl table blockquote figure form pre".split())


def flattened(inputs: Iterable[Input]) -> Iterator[Input]:
    """The same pages as flattened text. What is no HTML goes on as it is."""
    for item in inputs:
        page = read_raw_page(item.message)
        text = flattened_body(page.body, page.content_type)
        if text is not None:
            page = RawPage(
                url=page.url, body=text.encode(), content_type="text/plain; charset=utf-8", fetched_at=page.fetched_at
            )
        yield Input(name=item.name, message=raw_message(page))


def flattened_body(body: bytes, content_type: str | None) -> str | None:
    """A page's body as flattened text; None when it is no HTML."""
    try:
        document = read_document(body, content_type)
    except Reject:
        return None
    return None if isinstance(document, Drop) or document.tree is None else flatten(document.tree)


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
    gone: HtmlElement | None = None
    for event, element in walk:
        if event == "start":
            if _is_unseen(element):
                gone = element
                walk.skip_subtree()
                continue
            if element.tag in BLOCKS:
                finish(blank=False)
            line.append(element.text or "")
            continue
        if element is gone:
            gone = None
        elif element.tag in BLOCKS:
            finish(blank=element.tag in SPACED)
        if element is not tree:
            line.append(element.tail or "")
    finish(blank=False)
    return "\n".join(lines).strip() + "\n"


def _is_unseen(element: HtmlElement) -> bool:
    if not isinstance(element.tag, str) or element.tag in UNSEEN or element.get("hidden") is not None:
        return True
    style = "".join((element.get("style") or "").split()).lower()
    return "display:none" in style or "visibility:hidden" in style
