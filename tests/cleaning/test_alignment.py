"""Which lines a text consists of: found in the library, against the same search written down plainly."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Sequence

from hypothesis import given
from hypothesis import strategies as st

from pipeline.cleaning.blocks import Line, text_line
from pipeline.cleaning.extraction.alignment import ANCHOR_LENGTH, aligned
from pipeline.text import squeeze

PIECES = (
    "The bakers have lit the oven again.",
    "Sie haben den Ofen wieder geheizt: schön.",
    "面包师们又点燃了村里的烤炉，六十二年后的第一次。",
    "It took three winters 🔥 to mend the vault \ud83d.",
    "Share",
    "62 years later",
    "swallows swallows swallows swallows",
    "swallows swallows swallows",
)
TEXTS = st.lists(st.sampled_from(PIECES), min_size=1, max_size=3).map(" ".join)


def anchors(lines: Sequence[Line], extracted: str, cut: Collection[int]) -> list[int]:
    """Long lines that the page has once, which stand in the text in the order of the page."""
    copies = Counter(line.squeezed for line in lines)
    found, end = [], 0
    for index, line in enumerate(lines):
        if len(line.squeezed) >= ANCHOR_LENGTH and copies[line.squeezed] == 1 and index not in cut:
            at = end if extracted.startswith(line.squeezed, end) else extracted.find(line.squeezed)
            if at >= 0:
                found.append((at, index))
                end = at + len(line.squeezed)
    runs: list[list[int]] = []
    places: list[int] = []
    for at, index in found:  # of all rising runs of one length, the one that ends lowest
        size = bisect_left(places, at)
        run = [*(runs[size - 1] if size else []), index]
        places[size : size + 1], runs[size : size + 1] = [at], [run]
    return runs[-1] if runs else []


@given(st.lists(TEXTS, max_size=9), st.lists(TEXTS, max_size=9), st.sets(st.integers(0, 8), max_size=2))
def test_long_lines_are_found_in_order(page: list[str], text: list[str], cut: set[int]) -> None:
    lines = [text_line(" ".join(each.split()), number) for number, each in enumerate(page)]
    extracted = "".join(map(squeeze, text))
    kept = aligned(lines, extracted, cut)
    assert kept.isdisjoint(cut)
    assert kept.issuperset(anchors(lines, extracted, cut))
    assert all(lines[index].squeezed in extracted for index in kept)


def test_what_stands_between_two_anchors_is_looked_for_there() -> None:
    texts = [PIECES[0], "Share", PIECES[2], "Share", PIECES[1], "62 years later"]
    lines = [text_line(text, number) for number, text in enumerate(texts)]
    assert aligned(lines, squeeze(f"{PIECES[0]} {PIECES[2]} Share {PIECES[1]}")) == {0, 2, 3, 4}
    assert aligned(lines, squeeze(f"{PIECES[2]} {PIECES[1]} 62 years later"), {5}) == {2, 4}
    assert aligned(lines, "") == set()


def test_text_that_an_extractor_appended_late_moves_no_other_line() -> None:
    texts = [f"Paragraph number {number} of a long story." for number in range(9)]
    lines = [text_line(text, number) for number, text in enumerate(texts)]
    assert aligned(lines, squeeze("".join([*texts[3:], *texts[:2]]))) == set(range(3, 9))
