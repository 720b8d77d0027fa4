"""Which lines of a page an extracted text consists of.

The extractor decides what is kept; the text itself is always taken from the page's own lines, so that every line is
either in the body or in the ledger. The match works like a patience diff: long lines that the page has once
are the anchors, and between two anchors the rest is matched in order.
"""

import ctypes
from collections.abc import Collection, Sequence

from pipeline.cleaning.blocks import Line
from pipeline.native.library import function
from pipeline.text import squeeze

ANCHOR_LENGTH = 16
"""Squeezed characters from which a line cannot stand in the text by accident."""
REACH = 20_000
"""How far ahead a short line is looked for: without a bound, a page of many short lines takes quadratic time."""
PART_SHARE = 0.6
"""A line of which the extractor kept only this much is kept as a whole: it drops buttons and icons inside lines."""


_anchors = function("anchors", ctypes.py_object, *[ctypes.py_object] * 3, ctypes.c_size_t)


def aligned(lines: Sequence[Line], extracted: str, cut: Collection[int] = ()) -> set[int]:
    """Indices of the lines that the squeezed text `extracted` consists of; never one of those in `cut`."""
    anchors = _anchors(list(lines), extracted, list(cut), ANCHOR_LENGTH)
    found, places, ends = anchors[::3], anchors[1::3], anchors[2::3]
    kept = set(found)
    gaps = zip((-1, *found), (*found, len(lines)), (0, *ends), (*places, len(extracted)), strict=True)
    for number, (before, after, start, end) in enumerate(gaps):
        if start < end and before + 1 < after:
            # before the first anchor the nearest match is the right one: a headline stands in the menu bar too
            between = [index for index in range(before + 1, after) if index not in cut]
            kept.update(_between(lines, between, extracted[start:end], backwards=number == 0))
    return kept


def _between(lines: Sequence[Line], indices: list[int], window: str, *, backwards: bool) -> set[int]:
    """The lines among `indices` that the window of text holds, in order."""
    kept = set()
    low, high = 0, len(window)
    for index in reversed(indices) if backwards else indices:
        line = lines[index]
        if low >= high:
            break
        if backwards:
            at = window.rfind(line.squeezed, max(low, high - REACH), high)
        else:
            at = window.find(line.squeezed, low, min(high, low + REACH))
        if at >= 0:
            kept.add(index)
            low, high = (low, at) if backwards else (at + len(line.squeezed), high)
        elif line.parts and _part_share(line, window) >= PART_SHARE:
            kept.add(index)
    return kept


def _part_share(line: Line, window: str) -> float:
    return sum(len(part) for part in map(squeeze, line.parts) if part in window) / len(line.squeezed)
