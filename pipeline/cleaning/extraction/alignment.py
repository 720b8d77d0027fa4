"""Which lines of a page an extracted text consists of.

The extractor decides what is kept; the text itself is always taken from the page's own lines, so that every line is
either in the body or in the ledger. The match works like a patience diff: long lines that the page has once
are the anchors, and between two anchors the rest is matched in order.
"""

from collections import Counter
from collections.abc import Container, Sequence
from itertools import pairwise

from pipeline.cleaning.blocks import Line
from pipeline.text import squeeze

ANCHOR_LENGTH = 16
"""Squeezed characters from which a line cannot stand in the text by accident."""
REACH = 20_000
"""How far ahead a short line is looked for: without a bound, a page of many short lines takes quadratic time."""
PART_SHARE = 0.6
"""A line of which the extractor kept only this much is kept as a whole: it drops buttons and icons inside lines."""


def aligned(lines: Sequence[Line], extracted: str, cut: Container[int] = ()) -> set[int]:
    """Indices of the lines that the squeezed text `extracted` consists of; never one of those in `cut`."""
    anchors = _anchors(lines, extracted, cut)
    kept = {index for index, _ in anchors}
    starts = [(-1, 0), *((index, at + len(lines[index].squeezed)) for index, at in anchors)]
    ends = [*anchors, (len(lines), len(extracted))]
    for number, ((before, start), (after, end)) in enumerate(zip(starts, ends, strict=True)):
        if start < end and before + 1 < after:
            # before the first anchor the nearest match is the right one: a headline stands in the menu bar too
            between = [index for index in range(before + 1, after) if index not in cut]
            kept.update(_between(lines, between, extracted[start:end], backwards=number == 0))
    return kept


def _anchors(lines: Sequence[Line], extracted: str, cut: Container[int]) -> list[tuple[int, int]]:
    """Lines that stand once on the page and also in the text, with their place there, both rising."""
    long = [(index, text) for index, line in enumerate(lines) if len(text := line.squeezed) >= ANCHOR_LENGTH]
    copies = Counter([text for _, text in long])
    found = []
    end = 0
    for index, text in long:
        if copies[text] == 1 and index not in cut:
            # mostly it follows the line before; searching from the start each time is quadratic on long pages
            at = end if extracted.startswith(text, end) else extracted.find(text)
            if at >= 0:
                found.append((index, at))
                end = at + len(text)
    return _rising(found)


def _rising(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest run of pairs whose second numbers rise: an extractor's second pass may append earlier text late."""
    if all(first[1] < second[1] for first, second in pairwise(pairs)):
        return pairs  # as on nearly all pages
    tails: list[int] = []
    before: list[int] = []
    for index, (_, at) in enumerate(pairs):
        low, high = 0, len(tails)
        while low < high:
            middle = (low + high) // 2
            if pairs[tails[middle]][1] < at:
                low = middle + 1
            else:
                high = middle
        before.append(tails[low - 1] if low else -1)
        tails[low : low + 1] = [index]
    run = []
    index = tails[-1] if tails else -1
    while index >= 0:
        run.append(pairs[index])
        index = before[index]
    return run[::-1]


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
