"""Boxes: which element of the page holds the story, and which one a label heads.

Both are read from where lines stand in the tree, never from class names.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import accumulate

from pipeline.cleaning.blocks import Line
from pipeline.cleaning.elements import NO_ELEMENT

BOX_SHARE = 0.8
"""Part of the story's prose that its box holds: at 0.7 parts of stories are lost, at 0.9 the frame is in the box."""
MAX_BOX_LINES = 400
MAX_LEVELS = 3
"""How many elements above its label a box is looked for."""
_NO_BOXES = frozenset(("html", "body", "main", "article"))


def story_box(prose: Iterable[Line]) -> int:
    """The number of the innermost element that holds most of the prose; `NO_ELEMENT` where there is none."""
    lengths: Counter[int] = Counter()
    page = None
    for line in prose:
        if line.at != NO_ELEMENT:
            lengths[line.at] += len(line.text)
            page = line.page
    if page is None:
        return NO_ELEMENT
    held = sorted(lengths)
    before = [0, *accumulate(lengths[at] for at in held)]
    total = before[-1]
    middle = held[bisect_left(before, total / 2) - 1]  # what holds more than half of it holds this one
    for box in page.above(middle):
        length = before[bisect_left(held, page.ends[box])] - before[bisect_left(held, box)]
        if length >= BOX_SHARE * total:
            return box
    return NO_ELEMENT


def inside(line: Line, box: int) -> bool:
    """Whether a line stands in the element of a number."""
    return line.page is not None and line.page.holds(box, line.at)


def headed_box(lines: Sequence[Line], index: int) -> int:
    """How many lines stand in the box that this line heads, with it; 1 when it is the first line of no box."""
    page, box = lines[index].page, lines[index].at
    for _ in range(MAX_LEVELS):
        if page is None or box == NO_ELEMENT or page.tags[box] in _NO_BOXES:
            break
        if index > 0 and inside(lines[index - 1], box):
            break
        end = index + 1
        while end < len(lines) and end - index < MAX_BOX_LINES and inside(lines[end], box):
            end += 1
        if end > index + 1:
            return end - index
        box = page.parents[box]
    return 1
