"""The element that holds a page's article, found on the tree as it is, so that only that is copied and cleaned.

Trafilatura cleans the whole page first: of 1,100 elements a page, 150 are left in the frame that it then reads. Here
the frame is looked for among the elements that will be left; where that cannot be told, there is no answer.
"""

from lxml.html import HtmlElement
from trafilatura.settings import MANUALLY_CLEANED

from pipeline.cleaning.extraction.selectors import BODY_TAGS, FOLLOWING_TAGS, body_kinds, is_following
from pipeline.cleaning.metadata.scan import Scan

_ORDER = {tag: number for number, tag in enumerate(MANUALLY_CLEANED)}
"""When the elements of a tag are deleted."""
_MAY_STAY = ("figure", "form")
"""A figure stays if it holds a table, and a form if it is most of the page."""
_NESTING = sorted(_ORDER.keys() - {"form", "head", "iframe", "input", "link", "script", "style"})
_BECOME_DIVISIONS = ("details", "figure", "form", "table")
_CHANGE_WHAT_THEY_HOLD = ("details", "dl", "ol", "pre", "ul")
_WALKED = {**dict.fromkeys(_NESTING, 2), **dict.fromkeys((*BODY_TAGS, *_BECOME_DIVISIONS), 1)}
"""The tags that are walked over, and how many there must be to make any difference."""


class Untold(Exception):
    """Which element is the frame depends on more than can be told from the tree."""


def find_frame(page: Scan, mark: str, *, with_comments: bool) -> HtmlElement | None:
    """The frame of a page without what is marked by that attribute: the first element of the first kind that is left.

    None when there is none; raises `Untold`.
    """
    left_out = {page.root: False}
    best, frame = -1, None
    is_lost = False
    walked = [tag for tag, least in _WALKED.items() if page.count(tag) >= least]
    for element in page.root.iterdescendants(*walked) if walked else ():
        tag = element.tag
        if tag in _ORDER and tag != "form":
            is_lost = is_lost or _is_lost(element, tag)
            if tag != "figure":
                continue
        kinds = body_kinds(element) & best
        if not kinds:
            continue
        if is_lost:
            raise Untold
        if _is_left_out(element, left_out, mark, with_comments=with_comments):
            continue
        if tag in _BECOME_DIVISIONS:
            raise Untold
        frame, best = element, (kinds & -kinds) - 1
        if not best:
            break
    return frame


def _is_left_out(element: HtmlElement, left_out: dict[HtmlElement, bool], mark: str, *, with_comments: bool) -> bool:
    """Whether an element goes with the marked, the appended, the comments, or those that are deleted by their tag."""
    path = []
    node = element
    while node not in left_out:
        path.append(node)
        parent = node.getparent()
        if parent is None:
            raise Untold
        node = parent
    found = left_out[node]
    for node in reversed(path):
        found = left_out[node] = found or _goes(node, mark, with_comments=with_comments)
    return found


def _goes(element: HtmlElement, mark: str, *, with_comments: bool) -> bool:
    tag = element.tag
    if element.get(mark) is not None or (tag in _ORDER and tag not in _MAY_STAY):
        return True
    if tag in _CHANGE_WHAT_THEY_HOLD or tag == "form":
        raise Untold
    if tag == "figure":
        if next(element.iterdescendants("table"), None) is not None:
            raise Untold
        return True
    if tag not in FOLLOWING_TAGS:
        return False
    appended, comments = is_following(element)
    if appended is None:
        raise Untold
    return appended or (comments and not with_comments)


def _is_lost(element: HtmlElement, tag: str) -> bool:
    """Whether an element stands in one of its own tag when they are deleted.

    There trafilatura's walk over the tag goes on inside of what it has just deleted, and all that follow are left.
    """
    if next(element.iterancestors(tag), None) is None:
        return False
    order = _ORDER[tag]
    return not any(
        above.tag not in _MAY_STAY and _ORDER.get(above.tag, order) < order for above in element.iterancestors()
    )
