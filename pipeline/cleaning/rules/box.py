"""Boxes: which element of the page holds the story, and which one a label heads.

Both are read from where lines stand in the tree, never from class names.
"""

from collections import Counter
from collections.abc import Iterable, Sequence

from lxml.etree import _Element

from pipeline.cleaning.blocks import Line

BOX_SHARE = 0.8
"""Part of the story's prose that its box holds: at 0.7 parts of stories are lost, at 0.9 the frame is in the box."""
MAX_BOX_LINES = 400
MAX_LEVELS = 3
"""How many elements above its label a box is looked for."""
_NO_BOXES = frozenset(("html", "body", "main", "article"))


def story_box(prose: Iterable[Line]) -> _Element | None:
    """The innermost element that holds most of the prose; None where there is none."""
    lengths: Counter[_Element] = Counter()
    for line in prose:
        if line.element is not None:
            lengths[line.element] += len(line.text)
    parents = {element: element.getparent() for element in lengths}
    sums, below, depths = Counter(lengths), Counter[_Element](), dict[_Element | None, int]({None: -1})
    for element, parent in parents.items():
        if parent is not None:
            below[parent] += lengths[element]
    for parent, length in below.items():  # few: most paragraphs stand in one element
        for depth, each in enumerate(reversed([parent, *parent.iterancestors()])):
            sums[each] += length
            depths[each] = depth
    for element, parent in parents.items():
        depths[element] = depths[parent] + 1
    wide = [element for element, length in sums.items() if length >= BOX_SHARE * lengths.total()]
    return max(wide, key=depths.__getitem__, default=None)


def inside(line: Line, box: _Element) -> bool:
    """Whether a line stands in an element."""
    element = line.element
    while element is not None and element is not box:
        element = element.getparent()
    return element is not None


def which_inside(lines: Iterable[Line], box: _Element) -> list[bool]:
    """Which lines stand in an element."""
    known: dict[_Element | None, bool] = {None: False, box: True}
    found = []
    for line in lines:
        element, way = line.element, []
        while element not in known:
            way.append(element)
            element = element.getparent()  # type: ignore[union-attr]  # None is known
        found.append(known[element])
        known.update(dict.fromkeys(way, known[element]))
    return found


def headed_box(lines: Sequence[Line], index: int) -> int:
    """How many lines stand in the box that this line heads, with it; 1 when it is the first line of no box."""
    box = lines[index].element
    for _ in range(MAX_LEVELS):
        if box is None or box.tag in _NO_BOXES or (index > 0 and inside(lines[index - 1], box)):
            break
        end = index + 1
        while end < len(lines) and end - index < MAX_BOX_LINES and inside(lines[end], box):
            end += 1
        if end > index + 1:
            return end - index
        box = box.getparent()
    return 1
