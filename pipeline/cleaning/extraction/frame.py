"""The element that holds a page's article, found on the tree as it is, so that only that is copied and cleaned.

Trafilatura cleans the whole page first: of 1,100 elements a page, 150 are left in the frame that it then reads. Here
the frame is looked for among the elements that will be left; where that cannot be told, there is no answer.
"""

from lxml.html import HtmlElement
from trafilatura.settings import MANUALLY_CLEANED

from pipeline.cleaning.extraction.selectors import FOLLOWING_TAGS, body_kinds, is_following

_ORDER = {tag: number for number, tag in enumerate(MANUALLY_CLEANED) if tag not in ("figure", "form")}
"""When the elements of a tag are deleted. A figure may stay, if it holds a table, and a form, if it is the page."""
_NESTING = sorted(_ORDER.keys() - {"head", "iframe", "input", "link", "script", "style"})
_CANDIDATES = ("article", "details", "div", "figure", "form", "main", "section", "table")
_BECOME_DIVISIONS = ("details", "figure", "form", "table")


_Fates = dict[HtmlElement, bool]


class Untold(Exception):
    """Which element is the frame depends on more than can be told from the tree."""


def find_frame(tree: HtmlElement, mark: str, *, with_comments: bool) -> HtmlElement | None:
    """The frame of a page without what is marked by that attribute, if it can be told."""
    try:
        frame = _first(tree, {tree: False}, mark, with_comments=with_comments)
    except Untold:
        return None
    return None if frame is None or _loses_its_way(tree, frame) else frame


def _first(tree: HtmlElement, left_out: _Fates, mark: str, *, with_comments: bool) -> HtmlElement | None:
    """The first element of the first kind of which one will be left."""
    best, frame = -1, None
    for element in tree.iterdescendants(*_CANDIDATES):
        kinds = body_kinds(element) & best
        if not kinds or _is_left_out(element, left_out, mark, with_comments=with_comments):
            continue
        if element.tag in _BECOME_DIVISIONS:
            raise Untold
        frame, best = element, (kinds & -kinds) - 1
        if not best:
            break
    return frame


def _is_left_out(element: HtmlElement, left_out: _Fates, mark: str, *, with_comments: bool) -> bool:
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
    if tag in _ORDER or element.get(mark) is not None:
        return True
    if tag == "form":
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


def _loses_its_way(tree: HtmlElement, frame: HtmlElement) -> bool:
    """Whether an element before the frame is deleted that holds one of its own tag.

    There trafilatura's walk over the tag goes on inside of what it has just deleted, and all that follow are left.
    """
    for element in tree.iterdescendants(*_NESTING, str(frame.tag)):
        if element is frame:
            return False
        outer = next(element.iterancestors(element.tag), None)
        if outer is not None and element.tag in _ORDER:
            order = _ORDER[element.tag]
            if not any(_ORDER.get(above.tag, order) < order for above in element.iterancestors()):
                return True
    return False
