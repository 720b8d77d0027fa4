"""The numbers that the learned judge is asked with, against what the lines and their tree say one by one."""

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml.html import HtmlElement, document_fromstring

from pipeline.cleaning.blocks import HEADING_TAGS, Line
from pipeline.cleaning.elements import MAX_ELEMENTS
from pipeline.cleaning.html_article import settle
from pipeline.cleaning.judging import characters
from pipeline.cleaning.judging.characters import count_characters
from pipeline.cleaning.judging.line_features import NAMES, PROSE_LENGTH, PROSE_LINKED, Evidence, features
from pipeline.cleaning.judging.places import NAMES as PLACE_NAMES
from pipeline.cleaning.metadata.scan import scan_page
from pipeline.records import BlockKind
from tests.cleaning.test_lines import random_page

URL = "https://www.marrowby-post.example/a"
PARTED = "<div>One<span><h2>Two</h2>Three<h3>Four</h3></span></div><p>Five<table><tr><td>Six</table>Seven"
PROSE = "The bakers of Marrowby have lit the village oven again, 62 years after the last loaf came out of it. "
STORY = f"""<html><head><title>An oven</title><meta name="description" content="{PROSE}And more than that.">
<meta property="og:site_name" content="Marrowby Post"></head><body class="comment"><nav><ul><li><a href="/">Home</a>
<li><a href="/news">News of Marrowby Post</a></ul></nav><article><h1>An oven is lit</h1><p>{PROSE}<p>{PROSE * 2}
<p class="photo">The oven, in 1871<h2>By the quarry</h2><p><em>It</em> took <a href="/w">three winters</a> to mend.
<div class="teaser"><p>{PROSE}</div><div class="teaser"><p>Ferry</div><p>{PROSE * 3}</article><p>Ferry</body></html>"""
EDGES = "".join(f"<p>{'a' * (PROSE_LENGTH + more)}." for more in range(-2, 3)) + "".join(
    f"<p><a href='/'>{'b' * linked}</a>{'c' * (99 - linked)}." for linked in range(round(100 * PROSE_LINKED) - 1, 33)
)
"""Lines that are just prose, and some that just are not."""
Column = Callable[[str], list[float]]
FAR = 200


def asked(html: str) -> tuple[Sequence[Line], Evidence, Column]:
    page = settle(scan_page(document_fromstring(html)), URL)
    return given_lines(page.view.lines, page.evidence)


def given_lines(lines: Sequence[Line], evidence: Evidence) -> tuple[Sequence[Line], Evidence, Column]:
    rows = features(lines, evidence)
    assert rows.shape == (len(lines), len(NAMES))
    return lines, evidence, lambda name: rows[:, NAMES.index(name)].tolist()


def around(line: Line) -> list[HtmlElement]:
    """The line's element and those above it."""
    return [] if line.element is None else [line.element, *line.element.iterancestors()]


def single(values: Sequence[float]) -> list[float]:
    return np.array(values, dtype=np.float32).tolist()


@pytest.mark.parametrize("html", [PARTED, STORY, *map(random_page, range(10))])
def test_places_are_those_of_the_tree(html: str) -> None:
    """Also of lines that are parted: a text directly in the `span` is a line of the `div`, amid those below it."""
    lines, evidence, column = asked(f"<html><body>{html}</body></html>" if "<body" not in html else html)
    above = [around(line) for line in lines]
    assert column("in_list") == [any(each.tag == "ul" for each in each_above) for each_above in above]
    for level in range(4):
        for index, line in enumerate(lines):
            held = [at for at in range(len(lines)) if len(above[index]) <= level or above[index][level] in above[at]]
            size = sum(len(lines[at].text) for at in held)
            rest = size - len(line.text)
            kept = sum(len(lines[at].text) for at in held if at in evidence.settled and at != index)
            linked = sum(np.rint(len(lines[at].text) * lines[at].link_share) for at in held)
            assert column(f"lines_{level}")[index] == len(held)
            assert column(f"mean_length_{level}")[index] == np.float32(size / len(held))
            assert column(f"link_{level}")[index] == np.float32(linked / size)
            assert column(f"settled_{level}")[index] == (np.float32(kept / rest) if rest else -1)
    tags = [tuple(each.tag for each in each_above) for each_above in above]
    makes = [tuple((each.tag, each.get("class") or "") for each in each_above[:2]) for each_above in above]
    assert column("same_path") == list(map(tags.count, tags))
    assert column("same_both") == list(map(makes.count, makes))
    assert column("same_make") == [sum(make[0] == other[0] for other in makes) for make in makes]
    names = [
        " ".join(each.get("class", "") for each in each_above[:2] if each.tag not in ("html", "body"))
        for each_above in above
    ]
    assert column("near_share") == ["share" in each for each in names]
    assert column("near_caption") == ["photo" in each for each in names]
    assert not any(column("near_comment"))


def test_elements_beyond_the_bound_are_no_place() -> None:
    html = f"<html><body><ul><li>One{'<i></i>' * MAX_ELEMENTS}<p>Two</ul><div><p>Three</div>"
    _, _, column = asked(html)
    assert column("in_list") == [True, False, False]
    assert column("lines_0") == [1, 3, 3]


def test_branches_are_told_apart() -> None:
    """The story stands in the article; two teasers in it are twins, the menu and the footer are no part of it."""
    lines, _, column = asked(STORY)
    above = [around(line) for line in lines]
    assert column("most_in") == [any(each.tag == "article" for each in each_above) for each_above in above]
    assert column("most_up") == [1 - inside for inside in column("most_in")]
    teasers = [any(each.get("class") == "teaser" for each in each_above) for each_above in above]
    assert [twins for twins, is_teaser in zip(column("most_twins"), teasers, strict=True) if is_teaser] == [2, 2]
    assert [down for down, is_teaser in zip(column("most_down"), teasers, strict=True) if is_teaser] == [2, 2]
    assert {lines[at].text for at, twins in enumerate(column("most_twins")) if twins == 0} == set()


@pytest.mark.parametrize("html", [STORY, EDGES, *map(random_page, range(5))])
def test_neighbours_and_places_in_the_page(html: str) -> None:
    lines, evidence, _ = asked(html if "<body" in html else f"<html><body>{html}</body></html>")
    for headline_at in (-1, min(3, len(lines) - 1)):
        view = replace(evidence.view, headline_at=headline_at)
        check_neighbours(*given_lines(lines, replace(evidence, view=view)))


def check_neighbours(lines: Sequence[Line], evidence: Evidence, column: Column) -> None:
    size, length = len(lines), [len(line.text) for line in lines]
    share = [line.link_share for line in lines]
    prose = [
        each > PROSE_LENGTH and line.link_share < PROSE_LINKED and line.text.rstrip("”")[-1] in ".!?"
        for each, line in zip(length, lines, strict=True)
    ]
    flags = {
        "extracted": [at in evidence.extracted for at in range(size)],
        "settled": [at in evidence.settled for at in range(size)],
        "cut": [at in evidence.cut for at in range(size)],
        "heading": [line.tag in HEADING_TAGS for line in lines],
        "prose": prose,
    }
    for name, flagged in flags.items():
        assert column(name) == flagged
    assert column("length") == length
    assert column("kind") == [list(BlockKind).index(line.kind) for line in lines]
    assert column("link") == single(share)
    assert column("italic") == single([line.italic_share for line in lines])
    assert column("link_at_-1") == single([-1, *share[:-1]])
    assert column("link_at_1") == single([*share[1:], -1])
    assert column("from_end") == [size - at for at in range(size)]
    headline_at = evidence.view.headline_at
    assert column("after_headline") == [at - headline_at if headline_at >= 0 else 2 * FAR for at in range(size)]
    for at in range(size):
        near = [*share[max(0, at - 5) : at], *share[at + 1 : at + 6]]
        assert column("link_within_5")[at] == pytest.approx(sum(near) / max(len(near), 1), abs=1e-6)
        for name in ("extracted", "settled", "prose"):
            found = [index for index, flag in enumerate(flags[name]) if flag]
            first, last = (at - found[0], at - found[-1]) if found else (FAR, FAR)
            before = sum(length[index] for index in found if index < at)
            assert (column(f"after_first_{name}")[at], column(f"after_last_{name}")[at]) == (first, last)
            assert column(f"{name}_before")[at] == np.float32(before / max(sum(length[index] for index in found), 1))
        for name in ("extracted", "settled", "heading", "cut"):
            since = (at - index for index in range(at - 1, -1, -1) if flags[name][index])
            assert column(f"since_{name}")[at] == next(since, FAR)
        for name in ("extracted", "settled"):
            until = (index - at for index in range(at + 1, size) if flags[name][index])
            assert column(f"until_{name}")[at] == next(until, FAR)


def test_what_the_page_says_of_its_lines() -> None:
    lines, evidence, column = asked(STORY)
    texts = [line.text for line in lines]
    assert column("copies") == list(map(texts.count, texts))
    assert max(column("copies")) > 1
    assert column("says_site") == ["marrowby post" in line.folded for line in lines]
    alike = column("description")
    assert [texts[at] for at, value in enumerate(alike) if value == 2] == [
        text for text in texts if text.startswith(PROSE[:60])
    ]
    total = sum(map(len, texts))
    assert set(column("page_length")) == {total}
    assert set(column("page_extracted")) == {sum(len(texts[at]) for at in evidence.extracted)}
    assert set(column("page_description")) == {len(evidence.metadata.description or "")}


def test_names_of_places_and_of_columns_agree() -> None:
    assert [name for name in NAMES if name.startswith("near_")] == [f"near_{name}" for name in PLACE_NAMES]
    assert len(set(NAMES)) == len(NAMES)


def test_a_line_that_is_not_there_is_refused() -> None:
    lines, evidence, _ = asked(STORY)
    with pytest.raises(ValueError, match="number of a line"):
        features(lines, replace(evidence, settled=[len(lines)]))


@cache
def class_of(character: str) -> int:
    category = unicodedata.category(character)
    if ord(character) > 0xFFFF:
        return characters.MARK
    if category[0] in "LMN":
        return {"Lu": characters.UPPER}.get(category, characters.DIGIT if category[0] == "N" else characters.LETTER)
    others = {characters.STOP: ".!?…。！？｡।॥؟۔።჻๏ฯ", characters.COMMA: ",;、，،؛"}
    found = next((number for number, signs in others.items() if character in signs), None)
    return found if found is not None else characters.SPACE if category[0] == "Z" else characters.MARK


@given(st.lists(st.text(st.characters() | st.sampled_from("Aa.  ”)1,é漢")).filter(len), min_size=1, max_size=9))
def test_characters_are_counted_as_one_by_one(texts: list[str]) -> None:
    check_characters([text.encode("utf-8", "replace").decode() for text in texts])
    count_characters(texts)  # half a surrogate pair is a mark like another


def test_a_long_line_is_counted_like_others() -> None:
    check_characters(["A b.” " * 1000, "x" * 4000, "." * 128])


def check_characters(texts: Sequence[str]) -> None:
    counts = count_characters(texts)
    for text, found in zip(texts, counts.T.tolist(), strict=True):
        classes = [class_of(character) for character in text]
        pairs = list(zip([characters.SPACE, *classes], classes, strict=False))
        closed = len(text) > 1 and text[-1] in "\"'»”’“‘›」』）)]"
        for each in (characters.UPPER, characters.DIGIT, characters.MARK, characters.COMMA, characters.STOP):
            assert found[each] == classes.count(each)
        assert found[characters.SPACE] == classes.count(characters.SPACE)
        assert found[characters.CAPITALS] == pairs.count((characters.SPACE, characters.UPPER))
        assert found[characters.GLUED] == pairs.count((characters.LETTER, characters.UPPER))
        assert found[characters.INNER_STOPS] == pairs.count((characters.STOP, characters.SPACE))
        assert found[characters.FIRST] == classes[0]
        assert found[characters.LAST] == classes[-2 if closed else -1]
        assert found[characters.LENGTH] == len(text)
