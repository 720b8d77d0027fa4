"""What the judge of flattened lines asks of each: nothing but the lines themselves tells.

One matrix for a page, a row for each line, no word of any language in it; all lines at once. Blank lines count: one
stands after a paragraph, a heading or a list, so a story's lines stand apart and a menu's do not.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.cleaning.blocks import Line
from pipeline.cleaning.judging.characters import (
    CAPITALS,
    COMMA,
    DIGIT,
    FIRST,
    GLUED,
    INNER_STOPS,
    LAST,
    LENGTH,
    MARK,
    SPACE,
    STOP,
    UPPER,
    count_characters,
)
from pipeline.cleaning.judging.columns import FAR, Columns, lines_since, mean_around, shift
from pipeline.cleaning.judging.places import Numbers
from pipeline.cleaning.judging.vocabulary import Vocabulary, read_vocabulary
from pipeline.cleaning.rules.lookup import phrase_words, picture_words
from pipeline.cleaning.rules.matchers import is_date
from pipeline.cleaning.rules.prose import LONG_PROSE_WORDS, MIN_PROSE_WORDS

DEBITS = (2, 6, 15, 40)
"""What a label counts against a stretch of prose: the higher, the less of them it bridges."""
CORE_DEBIT = 15
SAID_NEAR = ("comment_form", "cookie", "most_popular", "newsletter", "read_more", "related", "share")
"""Kinds of phrases to which the distance counts."""
START, END = 12, 10
"""Letters at a line's start and end by which lines are of one make."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FlatPage:
    """What is counted of a page's lines once, for every model that asks."""

    lines: Sequence[Line]
    columns: Columns
    """What the first model is asked; the second one too."""
    length: Numbers
    credited: Numbers
    gap_before: Numbers
    gap_after: Numbers
    copies: Numbers
    hit: Numbers
    vocabulary: Vocabulary

    def column(self, name: str) -> Numbers:
        return self.columns[name]


def read_flat_page(lines: Sequence[Line], hits: Sequence[Mapping[str, str]], credited: Sequence[int]) -> FlatPage:
    """Count a page's lines; there must be at least one."""
    columns = Columns()
    counts = count_characters([line.text for line in lines])
    length = counts[LENGTH]
    _characters(columns, lines, counts)
    number = np.array([line.number for line in lines])
    gap_after = np.append(np.diff(number) > 1, True).astype(float)
    page = FlatPage(
        lines=lines,
        columns=columns,
        length=length,
        credited=np.array(credited, dtype=float),
        gap_before=np.append(1.0, gap_after[:-1]),
        gap_after=gap_after,
        copies=_copies([line.folded for line in lines]),
        hit=np.array([bool(each) for each in hits], dtype=float),
        vocabulary=read_vocabulary([line.folded for line in lines]),
    )
    _wording(page, counts)
    _groups(page)
    _runs(page)
    _neighbours(page)
    _position(page, hits)
    _stretches(page)
    _page(page)
    return page


def _copies(texts: Sequence[str]) -> Numbers:
    counts = Counter(texts)
    return np.array([counts[text] for text in texts], dtype=float)


def _wording(page: FlatPage, counts: Numbers) -> None:
    columns, lines = page.columns, page.lines
    # where two links met a capital is glued to a small letter
    columns.add("glued", counts[GLUED])
    columns.add("capital_share", counts[CAPITALS] / page.column("words"))
    columns.add("inner_stops", counts[INNER_STOPS])
    columns.add("credit", page.credited)
    columns.add("date", np.array([is_date(line) for line in lines], dtype=float))
    columns.add("copies", page.copies)
    columns.add("same_start", _copies([line.folded[:START] for line in lines]))
    columns.add("same_end", _copies([line.folded[-END:] for line in lines]))
    columns.add("picture_words", np.array([picture_words(line.text) for line in lines], dtype=float))
    columns.add("phrase_words", np.array([phrase_words(line.folded) for line in lines]))


def _characters(columns: Columns, lines: Sequence[Line], counts: Numbers) -> None:
    """Counts of characters by what they are."""
    length, words = counts[LENGTH], counts[SPACE] + 1
    columns.add("length", length)
    columns.add("words", words)
    columns.add("word_length", length / words)
    for name, each in (("upper", UPPER), ("digit", DIGIT), ("mark", MARK)):
        columns.add(f"{name}_share", counts[each] / length)
    columns.add("commas", counts[COMMA])
    columns.add("stops", counts[STOP])
    columns.add("first_class", counts[FIRST])
    columns.add("sentence", counts[LAST] == STOP)
    columns.add("colon", [line.text[-1] in ":：" for line in lines])


def _groups(page: FlatPage) -> None:
    """The lines between two blank ones."""
    columns, length = page.columns, page.length
    group = np.cumsum(page.gap_before).astype(np.intp) - 1
    count = np.bincount(group).astype(float)
    at = np.arange(len(length)) - np.searchsorted(group, group)
    columns.add("gap_before", page.gap_before)
    columns.add("gap_after", page.gap_after)
    columns.add("group_lines", count[group])
    columns.add("group_length", np.bincount(group, weights=length)[group])
    columns.add("group_left", count[group] - at)
    prose = (page.credited >= MIN_PROSE_WORDS).astype(float)
    for name, values in (
        ("prose", prose),
        ("sentence", page.column("sentence")),
        ("digit", page.column("digit_share")),
        ("hit", page.hit),
        ("picture", page.column("picture_words")),
    ):
        columns.add(f"group_{name}", (np.bincount(group, weights=values) / count)[group])


def _runs(page: FlatPage) -> None:
    """The lines of one sort that follow each other: labels, counted positive, or prose."""
    label = page.credited < 0
    add_runs(page.columns, "run", label, page.length)


def add_runs(columns: Columns, name: str, flags: NDArray[np.bool_], length: Numbers) -> None:
    """For each line the run of equal flags in which it stands, and the runs before and after that."""
    run = np.cumsum(np.append(False, flags[1:] != flags[:-1]))
    size = np.bincount(run).astype(float)
    text = np.bincount(run, weights=length)
    columns.add(f"{name}_size", np.where(flags, size[run], -size[run]))
    columns.add(f"{name}_length", text[run])
    for measure, values in (("size", size), ("length", text)):
        padded = np.concatenate(([0.0], values, [0.0]))
        columns.add(f"{name}_before_{measure}", padded[run])
        columns.add(f"{name}_after_{measure}", padded[run + 2])


def _neighbours(page: FlatPage) -> None:
    columns = page.columns
    about = {
        "length": page.length,
        "sentence": page.column("sentence"),
        "capital": page.column("capital_share"),
        "digit": page.column("digit_share"),
        "picture": page.column("picture_words"),
        "gap": page.gap_after,
        "hit": page.hit,
        "copies": np.minimum(page.copies, 4),
        "prose": (page.credited >= MIN_PROSE_WORDS).astype(float),
        "short": (page.credited < 0).astype(float),
    }
    for by in (-1, 1):
        for name in ("length", "capital", "digit", "picture"):
            columns.add(f"{name}_at_{by}", shift(about[name], by))
    for reach in (3, 8, 20):
        for name in ("length", "sentence", "capital", "copies"):
            columns.add(f"{name}_within_{reach}", mean_around(about[name], reach))
    for reach in (8, 20):
        for name in ("gap", "hit"):
            columns.add(f"{name}_within_{reach}", mean_around(about[name], reach))
    for reach in (3, 20):
        columns.add(f"prose_within_{reach}", mean_around(about["prose"], reach))
    columns.add("short_within_20", mean_around(about["short"], 20))
    for name, reach in (("length", 15), ("length", 40), ("prose", 40)):
        columns.add(f"{name}_last_{reach}", sum_before(about[name], reach))
        columns.add(f"{name}_next_{reach}", sum_before(about[name][::-1], reach)[::-1])


def sum_before(values: Numbers, reach: int) -> Numbers:
    """The sum of so many values before each."""
    running = np.concatenate(([0.0], np.cumsum(values)))
    at = np.arange(len(values))
    return running[at] - running[np.maximum(at - reach, 0)]


def _position(page: FlatPage, hits: Sequence[Mapping[str, str]]) -> None:
    columns, size = page.columns, len(page.length)
    at = np.arange(size)
    columns.add("at_line", at)
    columns.add("at_share", at / size)
    columns.add("from_end", size - at)
    prose = (page.credited >= MIN_PROSE_WORDS).astype(float)
    long = (page.credited >= LONG_PROSE_WORDS).astype(float)
    date = page.column("date")
    for name, flags in (("prose", prose), ("long", long), ("hit", page.hit), ("date", date)):
        columns.add(f"since_{name}", lines_since(flags))
        columns.add(f"until_{name}", lines_since(flags[::-1])[::-1])
        count = np.cumsum(flags)
        columns.add(f"{name}s_before", count - flags)
        columns.add(f"{name}s_after", count[-1] - count)
    for name, flags in (("prose", prose), ("long", long)):
        weight = flags * page.length
        running = np.cumsum(weight)
        columns.add(f"{name}_before", (running - weight) / max(running[-1], 1))
    for kind in SAID_NEAR:
        flags = np.array([kind in hit for hit in hits], dtype=float)
        columns.add(f"since_{kind}", lines_since(flags))
        columns.add(f"until_{kind}", lines_since(flags[::-1])[::-1])


def best_sum(values: Numbers) -> tuple[int, int]:
    """First and last of the run of values with the highest sum; a single one when none is positive."""
    running = np.concatenate(([0.0], np.cumsum(values)))
    last = int(np.argmax(running[1:] - np.minimum.accumulate(running[:-1])))
    return int(np.argmin(running[: last + 1])), last


def add_distance(columns: Columns, name: str, first: int, last: int, size: int) -> None:
    """Where each line stands to a stretch of lines."""
    at = np.arange(size)
    columns.add(f"{name}_first", np.clip(at - first, -FAR, FAR))
    columns.add(f"{name}_last", np.clip(at - last, -FAR, FAR))
    columns.add(f"{name}_in", (at >= first) & (at <= last))


def _stretches(page: FlatPage) -> None:
    """The best stretches of prose, and what stands between a line and the core of the story."""
    columns, length, size = page.columns, page.length, len(page.length)
    total = max(length.sum(), 1)
    core = (0, 0)
    for debit in DEBITS:
        first, last = best_sum(np.where(page.credited < 0, -debit, page.credited))
        core = (first, last) if debit == CORE_DEBIT else core
        add_distance(columns, f"stretch_{debit}", first, last, size)
        columns.add(f"stretch_{debit}_share", np.full(size, length[first : last + 1].sum() / total))
    first, last = core
    at = np.arange(size)
    inside = (at >= first) & (at <= last)
    for name, flags in (
        ("hit", page.hit),
        ("short", (page.credited < 0).astype(float)),
        ("date", page.column("date")),
        ("copy", (page.copies > 1).astype(float)),
        ("prose", (page.credited >= MIN_PROSE_WORDS).astype(float)),
    ):
        count = np.cumsum(flags)
        before = count - flags
        columns.add(
            f"{name}_from_core",
            np.where(at > last, before - count[last], np.where(at < first, before[first] - count, -1.0)),
        )
    core_prose = inside & (page.credited >= MIN_PROSE_WORDS)
    add_likeness(columns, "core", page, core_prose.astype(float))


def add_likeness(columns: Columns, name: str, page: FlatPage, story: Numbers) -> None:
    """How like each line is to the lines of the story: its words, its length, the blank lines around it."""
    shared = page.vocabulary.shared(story)
    columns.add(f"{name}_words", shared)
    for reach in (3, 8):
        columns.add(f"{name}_words_within_{reach}", mean_around(np.maximum(shared, 0), reach))
    pattern = (page.gap_before * 2 + page.gap_after).astype(np.intp)
    usual = np.bincount(pattern, weights=story, minlength=4)
    columns.add(f"{name}_gaps", (usual[pattern] - story) / max(usual.sum() - 1, 1))
    lengths = page.length[story > 0]
    columns.add(f"{name}_length", page.length / (np.median(lengths) if len(lengths) else page.length.max()))


def _page(page: FlatPage) -> None:
    size, total = len(page.length), max(page.length.sum(), 1)
    core = page.column("stretch_6_in") > 0
    length, credited = page.length[core], page.credited[core]
    for name, value in (
        ("lines", size),
        ("length", total),
        ("gaps", page.gap_after.mean()),
        ("prose", (page.credited >= MIN_PROSE_WORDS).sum()),
        ("word_length", total / page.column("words").sum()),
        ("core_lines", len(length)),
        ("core_length", length.sum()),
        ("core_long", (credited >= LONG_PROSE_WORDS).mean()),
        ("core_short", (credited < 0).mean()),
        ("core_sentences", page.column("sentence")[core].mean()),
    ):
        page.columns.add(f"page_{name}", np.full(size, float(value)))
