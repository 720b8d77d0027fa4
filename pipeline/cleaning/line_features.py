"""What the learned judge asks of each line: one matrix for a page, a row for each line, no word of any language in it.

Everything is counted for all lines at once: the same features, line by line in Python, took 35-50 ms a page.
"""

import sys
import unicodedata
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from pipeline.cleaning.blocks import HEADING_TAGS, Line
from pipeline.cleaning.engine import View
from pipeline.cleaning.places import NAMES, TAGS, Numbers, Places
from pipeline.cleaning.prose import BOILERPLATE
from pipeline.records import BlockKind

KINDS = tuple(BlockKind)
HIT_KINDS = (*sorted(BOILERPLATE), "author_bio", "updated")
MIN_AGREEING = 40
"""Letters from which a line that begins as the description does is its like."""
FAR = 200
"""Lines: what is further away is as good as not there."""
_CLASSES = 65536
LETTER, UPPER, DIGIT, MARK, COMMA, STOP, SPACE = range(7)
"""What a character may be."""
_STOPS = frozenset(".!?…。！？｡।॥؟۔։჻๏ฯ")
_COMMAS = frozenset(",;、，،؛")
_CLOSING = frozenset("\"'»”’“‘›」』）)]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What is known of a page's lines before they are judged."""

    view: View
    cut: Mapping[int, str]
    """The lines that rules cut."""
    extracted: Collection[int]
    """The lines that trafilatura takes for the article."""
    declared: Collection[int]
    """The lines that stand in the body that the page declares."""
    settled: Sequence[int]
    """The lines that stay after extraction, recovery, rules and trimming."""
    description: str
    """The page's description, folded."""


@cache
def _classes() -> NDArray[np.uint8]:
    """What each character of the basic plane is."""
    table = np.full(_CLASSES, MARK, dtype=np.uint8)
    for code in range(_CLASSES):
        character = chr(code)
        category = unicodedata.category(character)
        if category == "Lu":
            table[code] = UPPER
        elif category[0] in "LM":
            table[code] = LETTER
        elif category[0] == "N":
            table[code] = DIGIT
        elif character in _STOPS:
            table[code] = STOP
        elif character in _COMMAS:
            table[code] = COMMA
        elif category[0] == "Z":
            table[code] = SPACE
    return table


def warm() -> None:
    """Compute the table of characters."""
    _classes()


class Columns:
    """Named columns of one matrix."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.values: list[Numbers] = []

    def add(self, name: str, values: object) -> None:
        self.names.append(name)
        self.values.append(values)  # type: ignore[arg-type]

    def matrix(self) -> NDArray[np.float32]:
        return np.array(self.values, dtype=np.float32).T.copy()


def features(lines: Sequence[Line], evidence: Evidence) -> Columns:
    """The columns of the lines of one page; there must be at least one line."""
    columns = Columns()
    size = len(lines)
    length = np.array([len(line.text) for line in lines], dtype=float)
    link = np.array([line.link_share for line in lines])
    hidden = np.array([line.hidden for line in lines], dtype=float)
    cut = flags_of(size, evidence.cut)
    extracted = flags_of(size, evidence.extracted)
    declared = flags_of(size, evidence.declared)
    settled = flags_of(size, evidence.settled)
    sentence = count_characters(columns, lines, length)
    columns.add("link_share", link)
    columns.add("hidden", hidden)
    columns.add("chrome", np.array([line.chrome for line in lines], dtype=float))
    columns.add("joined", np.array([line.joined for line in lines], dtype=float))
    tags = [line.tag for line in lines]
    heading = np.array([int(tag[1]) if tag in HEADING_TAGS else 0 for tag in tags], dtype=float)
    columns.add("heading", heading)
    columns.add("is_p", np.array([tag == "p" for tag in tags], dtype=float))
    columns.add("is_div", np.array([tag == "div" for tag in tags], dtype=float))
    columns.add("kind", np.array([KINDS.index(line.kind) for line in lines], dtype=float))
    columns.add("extracted", extracted)
    columns.add("declared", declared)
    columns.add("settled", settled)
    prose = (length > 80) & sentence.astype(bool) & (link < 0.3)
    columns.add("prose", prose)
    _place(columns, lines, length, link, extracted, settled, prose)
    _neighbours(
        columns,
        {
            "extracted": extracted,
            "settled": settled,
            "length": length,
            "link": link,
            "sentence": sentence,
            "cut": cut,
            "heading": heading,
            "prose": prose,
        },
    )
    _position(
        columns,
        evidence,
        length,
        {"extracted": extracted, "settled": settled, "declared": declared, "prose": prose},
        heading,
    )
    _meaning(columns, lines, evidence, extracted)
    _page(columns, evidence, length, extracted, settled, declared, prose)
    return columns


def flags_of(size: int, indices: Collection[int]) -> Numbers:
    flags = np.zeros(size)
    flags[list(indices)] = 1
    return flags


def character_classes(text: str) -> NDArray[np.uint8]:
    """What each character is. Beyond the basic plane everything is a mark."""
    encoding = "utf-32-" + ("le" if sys.byteorder == "little" else "be")
    codes = np.frombuffer(text.encode(encoding, "replace"), dtype=np.uint32)
    return _classes()[np.minimum(codes, _CLASSES - 1)]


def count_characters(columns: Columns, lines: Sequence[Line], length: Numbers) -> Numbers:
    """Counts of characters by what they are."""
    size = len(lines)
    classes = character_classes("".join([line.text for line in lines]))
    ends = np.cumsum(length).astype(np.intp)
    starts = ends - length.astype(np.intp)
    counts = np.zeros((7, size))
    for each in range(7):
        running = np.concatenate(([0], np.cumsum(classes == each)))
        counts[each] = running[ends] - running[starts]
    columns.add("length", length)
    words = counts[SPACE] + 1
    columns.add("words", words)
    columns.add("word_length", length / words)
    for name, each in (("upper", UPPER), ("digit", DIGIT), ("mark", MARK)):
        columns.add(f"{name}_share", counts[each] / length)
    columns.add("commas", counts[COMMA])
    columns.add("stops", counts[STOP])
    columns.add("first_class", classes[starts].astype(float))
    last = classes[ends - 1]
    closed = np.array([line.text[-1] in _CLOSING for line in lines]) & (length > 1)
    last = np.where(closed, classes[np.maximum(ends - 2, 0)], last)
    sentence: Numbers = (last == STOP).astype(float)
    columns.add("sentence", sentence)
    columns.add("colon", np.array([line.text[-1] in ":：" for line in lines], dtype=float))
    return sentence


def _place(
    columns: Columns,
    lines: Sequence[Line],
    length: Numbers,
    link: Numbers,
    extracted: Numbers,
    settled: Numbers,
    prose: Numbers,
) -> None:
    places = Places(lines)
    at = places.of_line
    tags = np.array(places.tags)[at]
    for number, tag in enumerate(TAGS):
        columns.add(f"in_{tag}", tags >> number & 1)
    names, own = np.array(places.names), np.array(places.own_names)
    above = names[at]
    near = (own | own[places.parent])[at]
    for number, name in enumerate(NAMES):
        columns.add(f"near_{name}", near >> number & 1)
        columns.add(f"amid_{name}", above >> number & 1)
    columns.add("depth", np.array(places.depths)[at])
    ones = np.ones(len(lines))
    counts = places.sums(ones)
    total = places.sums(length)
    linked = places.sums(length * link)
    taken = places.sums(length * extracted)
    stays = places.sums(length * settled)
    proses = places.sums(prose.astype(float))
    ancestor = at
    for level in range(4):
        size = np.maximum(total[ancestor], 1)
        columns.add(f"link_share_{level}", linked[ancestor] / size)
        # the line itself does not count: what was taken around it
        rest = size - length
        columns.add(
            f"extracted_{level}", np.where(rest > 0, (taken[ancestor] - length * extracted) / np.maximum(rest, 1), -1)
        )
        columns.add(
            f"settled_{level}", np.where(rest > 0, (stays[ancestor] - length * settled) / np.maximum(rest, 1), -1)
        )
        columns.add(f"lines_{level}", counts[ancestor])
        columns.add(f"prose_{level}", proses[ancestor])
        columns.add(f"mean_length_{level}", total[ancestor] / np.maximum(counts[ancestor], 1))
        ancestor = places.parent[ancestor]
    signature = np.array(places.signatures)[at]
    path = np.array(places.paths)[at]
    parent_signature = np.array(places.signatures)[places.parent[at]] * 10007 + signature
    _, parent_signature = np.unique(parent_signature, return_inverse=True)
    for name, group in (("signature", signature), ("path", path), ("parent_signature", parent_signature)):
        members = np.bincount(group)[group]
        size = np.bincount(group, weights=length)[group]
        kept = np.bincount(group, weights=settled)[group] - settled
        columns.add(f"same_{name}", members)
        columns.add(f"same_{name}_settled", np.where(members > 1, kept / np.maximum(members - 1, 1), -1))
        columns.add(f"same_{name}_length", size / members)


def shift(values: Numbers, by: int) -> Numbers:
    """The value of the line so many lines further on; -1 beyond the page's ends."""
    shifted = np.full(len(values), -1.0)
    if abs(by) < len(values):
        if by > 0:
            shifted[:-by] = values[by:]
        else:
            shifted[-by:] = values[:by]
    return shifted


def _neighbours(columns: Columns, about: Mapping[str, Numbers]) -> None:
    for by in (-3, -2, -1, 1, 2, 3):
        columns.add(f"extracted_at_{by}", shift(about["extracted"], by))
        columns.add(f"settled_at_{by}", shift(about["settled"], by))
        columns.add(f"length_at_{by}", shift(about["length"], by))
        columns.add(f"link_at_{by}", shift(about["link"], by))
    for by in (-1, 1):
        for name in ("sentence", "cut", "heading"):
            columns.add(f"{name}_at_{by}", shift(about[name], by))
    for reach in (5, 15):
        for name in ("extracted", "settled", "prose", "link"):
            columns.add(f"{name}_within_{reach}", mean_around(about[name].astype(float), reach))


def mean_around(values: Numbers, reach: int) -> Numbers:
    running = np.concatenate(([0.0], np.cumsum(values)))
    at = np.arange(len(values))
    low, high = np.maximum(at - reach, 0), np.minimum(at + reach + 1, len(values))
    around: Numbers = (running[high] - running[low] - values) / np.maximum(high - low - 1, 1)
    return around


def _position(
    columns: Columns, evidence: Evidence, length: Numbers, found_by: Mapping[str, Numbers], heading: Numbers
) -> None:
    size = len(length)
    at = np.arange(size)
    columns.add("at_line", at)
    columns.add("at_share", at / size)
    columns.add("from_end", size - at)
    for name, flags in found_by.items():
        found = np.flatnonzero(flags)
        first, last = (found[0], found[-1]) if len(found) else (-FAR, -FAR)
        columns.add(f"after_first_{name}", np.clip(at - first, -FAR, FAR))
        columns.add(f"after_last_{name}", np.clip(at - last, -FAR, FAR))
        columns.add(f"since_{name}", lines_since(flags))
        columns.add(f"until_{name}", lines_since(flags[::-1])[::-1])
        weight = flags * length
        running = np.cumsum(weight)
        columns.add(f"{name}_before", (running - weight) / max(running[-1], 1))
    headline_at = evidence.view.headline_at
    columns.add(
        "after_headline", np.clip(at - headline_at, -FAR, FAR) if headline_at >= 0 else np.full(size, 2.0 * FAR)
    )
    columns.add("since_heading", lines_since((heading > 0).astype(float)))
    columns.add("since_cut", lines_since(flags_of(size, evidence.cut)))


def lines_since(flags: Numbers) -> Numbers:
    """Lines since the last flagged line before this one; `FAR` when there is none."""
    at = np.arange(len(flags))
    last = np.maximum.accumulate(np.where(flags > 0, at, -FAR))
    before = np.concatenate(([-FAR], last[:-1]))
    return np.minimum(at - before, FAR)


def _meaning(columns: Columns, lines: Sequence[Line], evidence: Evidence, extracted: Numbers) -> None:
    copies = Counter(line.squeezed for line in lines)
    seen: set[str] = set()
    repeats = []
    for line in lines:
        repeats.append(line.squeezed in seen)
        seen.add(line.squeezed)
    columns.add("copies", np.array([copies[line.squeezed] for line in lines], dtype=float))
    columns.add("repeat", np.array(repeats, dtype=float))
    taken = {lines[index].squeezed for index in evidence.extracted}
    columns.add("copy_extracted", np.array([line.squeezed in taken for line in lines]) & (extracted == 0))
    columns.add("description", np.array([_agreeing(line.folded, evidence.description) for line in lines], dtype=float))
    headline = set(evidence.view.headlines[0].split()) if evidence.view.headlines else set()
    columns.add("headline_words", np.array([common_words(line.folded, headline) for line in lines]))
    hits = evidence.view.hits[: len(lines)]
    for kind in HIT_KINDS:
        columns.add(f"says_{kind}", np.array([kind in hit for hit in hits], dtype=float))
    columns.add("says_any", np.array([bool(hit) for hit in hits], dtype=float))


def _agreeing(folded: str, description: str) -> int:
    """Whether line and description begin alike, 2; one holds the other, 1."""
    size = min(len(folded), len(description), 60)
    if size < MIN_AGREEING // 2:
        return 0
    if folded[:size] == description[:size]:
        return 2
    return int(len(folded) >= MIN_AGREEING and folded in description)


def common_words(folded: str, headline: set[str]) -> float:
    if not headline or len(folded) > 250:
        return 0.0
    words = set(folded.split())
    return len(words & headline) / max(len(words), len(headline))


def _page(
    columns: Columns,
    evidence: Evidence,
    length: Numbers,
    extracted: Numbers,
    settled: Numbers,
    declared: Numbers,
    prose: Numbers,
) -> None:
    size = len(length)
    total = max(length.sum(), 1)
    long = max(float((length * prose).sum()), 1)
    for name, value in (
        ("page_lines", size),
        ("page_length", total),
        ("page_news", evidence.view.is_news),
        ("page_extracted", float((extracted * length).sum())),
        ("page_settled", float((settled * length).sum())),
        ("page_extracted_share", float((extracted * length).sum()) / total),
        ("page_extracted_prose", float((extracted * length * prose).sum()) / long),
        ("page_declared_share", float((declared * length).sum()) / total),
        ("page_prose_share", long / total),
        ("page_authors", len(evidence.view.authors)),
    ):
        columns.add(name, np.full(size, float(value)))
