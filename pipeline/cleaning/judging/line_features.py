"""What the learned judge asks of each line: one matrix for a page, a row for each line, no word of any language in it.

Everything is counted for all lines at once: the same features, line by line in Python, took 35-50 ms a page. What a
column is for says its name: `settled` is what stays after the rules, `extracted` what trafilatura took, `prose`
long sentences without links, `near_` a class or id of the line's element or the one above it, `page_` the whole page.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.cleaning.blocks import HEADING_TAGS, Line
from pipeline.cleaning.judging.branches import branch_rows, find_branches, find_holder
from pipeline.cleaning.judging.characters import MARK, SPACE, STOP, UPPER, Characters
from pipeline.cleaning.judging.columns import FAR, Columns, flags_of, lines_since, mean_around, shift
from pipeline.cleaning.judging.places import NAMES, Numbers, Places
from pipeline.cleaning.judging.vocabulary import read_vocabulary
from pipeline.cleaning.metadata.reader import Metadata
from pipeline.cleaning.metadata.scan import Scan
from pipeline.cleaning.rules.engine import View
from pipeline.records import BlockKind
from pipeline.text import fold

_KIND_NUMBERS = {kind: number for number, kind in enumerate(BlockKind)}
PROSE_LENGTH, PROSE_LINKED = 80, 0.3
MIN_AGREEING, MAX_AGREEING = 40, 60
"""Letters from which a line that begins as the description does is its like, and those that are compared."""
MIN_SITE_NAME = 4
"""Letters of the shortest name of a site that is looked for in a line."""
HOLDERS = (("most", 0.8), ("half", 0.5))
"""The story's holder is the deepest element with this part of its prose; two are asked, for stories stand in parts."""
LEVELS = 4
"""How many elements above a line, from its own on, are asked what they hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What is known of a page's lines before they are judged."""

    page: Scan
    view: View
    cut: Mapping[int, str]
    """The lines that rules cut."""
    extracted: Collection[int]
    """The lines that trafilatura takes for the article."""
    settled: Sequence[int]
    """The lines that stay after extraction, recovery, rules and trimming."""
    description: str
    """The page's description, folded."""
    metadata: Metadata
    host: str


def features(lines: Sequence[Line], evidence: Evidence) -> Columns:
    """The columns of the lines of one page; there must be at least one line."""
    columns = Columns()
    size = len(lines)
    columns.add("length", [len(line.text) for line in lines])
    columns.add("link", [line.link_share for line in lines])
    columns.add("extracted", flags_of(size, evidence.extracted))
    columns.add("settled", flags_of(size, evidence.settled))
    columns.add("cut", flags_of(size, evidence.cut))
    _wording(columns, lines)
    columns.add("kind", [_KIND_NUMBERS[line.kind] for line in lines])
    columns.add("heading", [line.tag in HEADING_TAGS for line in lines])
    columns.add("italic", [line.italic_share for line in lines])
    _places(columns, Places(lines, evidence.page))
    _neighbours(columns)
    _position(columns, evidence.view.headline_at)
    _meaning(columns, lines, evidence)
    _page(columns, evidence)
    return columns


def _wording(columns: Columns, lines: Sequence[Line]) -> None:
    length = columns["length"]
    characters = Characters(lines, length)
    words = characters.count_of(SPACE) + 1
    columns.add("words", words)
    columns.add("capital_share", characters.count((characters.before == SPACE) & (characters.classes == UPPER)) / words)
    columns.add("upper_share", characters.count_of(UPPER) / length)
    columns.add("mark_share", characters.count_of(MARK) / length)
    columns.add("sentence", characters.last == STOP)
    is_long = (length > PROSE_LENGTH) & (columns["link"] < PROSE_LINKED)
    columns.add("prose", is_long & (characters.last == STOP))


def _places(columns: Columns, places: Places) -> None:
    at, length = places.of_line, columns["length"]
    columns.add("in_list", places.in_list[at])
    near = places.near >> np.arange(len(NAMES))[:, None] & 1
    columns.add_all([f"near_{name}" for name in NAMES], near.astype(float))
    counted = {
        "lines": np.ones(len(length)),
        "length": length,
        "linked": np.rint(length * columns["link"]),
        "extracted": length * columns["extracted"],
        "settled": length * columns["settled"],
        "prose": columns["prose"],
        "story": next((each for each in _stories(columns) if each.any()), np.zeros(len(length))),
    }
    sums = dict(zip(counted, places.sums(np.array(list(counted.values()))), strict=True))
    _levels(columns, places, sums)
    rows_of: dict[int, dict[str, Numbers]] = {}  # most pages have one holder
    for name, share in HOLDERS:
        holder = find_holder(places, sums["story"], share)
        rows = rows_of.get(holder) or branch_rows(columns, places, find_branches(places, holder), sums)
        rows_of[holder] = rows
        columns.add_all([f"{name}_{each}" for each in rows], rows.values())
    _kin(columns, places)


def _stories(columns: Columns) -> tuple[Numbers, ...]:
    """What counts for the story, in characters: prose that stays; without any, what stays; without that, prose."""
    prose, settled = columns["prose"], columns["settled"]
    return tuple(columns["length"] * each for each in (prose * settled, settled, prose))


def _levels(columns: Columns, places: Places, sums: Mapping[str, Numbers]) -> None:
    """What stands in the line's element and those above it."""
    length, held = columns["length"], [places.of_line]
    for _ in range(LEVELS - 1):
        held.append(places.parent[held[-1]])
    above = np.array(held)
    size = np.maximum(sums["length"][above], 1)
    rest = size - length  # the line itself does not count for what was taken around it
    values = {"link": sums["linked"][above] / size}
    for name in ("extracted", "settled"):
        taken = (sums[name][above] - length * columns[name]) / np.maximum(rest, 1)
        values[name] = np.where(rest > 0, taken, -1)
    values["lines"] = sums["lines"][above]
    values["prose"] = sums["prose"][above]
    values["mean_length"] = sums["length"][above] / np.maximum(values["lines"], 1)
    for level in range(LEVELS):
        columns.add_all([f"{name}_{level}" for name in values], [rows[level] for rows in values.values()])


def _kin(columns: Columns, places: Places) -> None:
    """The lines in elements of the same make: tag and class, those with the same parent's, or tags from the root on."""
    at, length, settled = places.of_line, columns["length"], columns["settled"]
    signature = places.signature[at]
    both = places.signature[places.parent[at]] * (places.signature.max() + 1) + signature
    for name, kin in (
        ("make", signature),
        ("path", places.path[at]),
        ("both", np.unique(both, return_inverse=True)[1]),
    ):
        members = np.bincount(kin)[kin]
        others = np.bincount(kin, weights=settled)[kin] - settled
        columns.add(f"same_{name}", members)
        columns.add(f"same_{name}_settled", np.where(members > 1, others / np.maximum(members - 1, 1), -1))
        columns.add(f"same_{name}_length", np.bincount(kin, weights=length)[kin] / members)


def _neighbours(columns: Columns) -> None:
    for by in (-1, 1):
        columns.add(f"link_at_{by}", shift(columns["link"], by))
    for name, reach in (("link", 5), ("link", 15), ("extracted", 15)):
        columns.add(f"{name}_within_{reach}", mean_around(columns[name], reach))


def _position(columns: Columns, headline_at: int) -> None:
    length = columns["length"]
    size = len(length)
    at = np.arange(size)
    columns.add("from_end", size - at)
    columns.add(
        "after_headline", np.clip(at - headline_at, -FAR, FAR) if headline_at >= 0 else np.full(size, 2.0 * FAR)
    )
    names = ("extracted", "settled", "prose")
    flags = columns.rows(*names)
    found = flags > 0
    ends = np.array([found.argmax(axis=1), size - 1 - found[:, ::-1].argmax(axis=1)])
    ends[:, ~found.any(axis=1)] = -FAR
    after = np.clip(at - ends[..., None], -FAR, FAR).astype(float)
    weight = flags * length
    running = np.cumsum(weight, axis=1)
    before = (running - weight) / np.maximum(running[:, -1:], 1)
    for number, name in enumerate(names):
        rows = (after[0, number], after[1, number], before[number])
        columns.add_all((f"after_first_{name}", f"after_last_{name}", f"{name}_before"), rows)
    marks = ("extracted", "settled", "heading", "cut")
    flags = columns.rows(*marks)
    columns.add_all([f"since_{name}" for name in marks], lines_since(flags))
    columns.add_all([f"until_{name}" for name in marks[:2]], lines_since(flags[:2, ::-1])[:, ::-1])


def _meaning(columns: Columns, lines: Sequence[Line], evidence: Evidence) -> None:
    squeezed, folded = [line.squeezed for line in lines], [line.folded for line in lines]
    columns.add("copies", list(map(Counter(squeezed).__getitem__, squeezed)))
    columns.add("description", _agreeing(folded, evidence.description))
    headline = fold(evidence.metadata.headline or "")
    vocabulary = read_vocabulary([*folded, f"{headline} {evidence.description}"])
    size = len(lines)
    columns.add("story_words", vocabulary.shared(np.append(columns["settled"], 0.0))[:size])
    columns.add("head_words", vocabulary.shared(flags_of(size + 1, (size,)))[:size])
    publisher = evidence.metadata.publisher
    names = (fold(publisher.name) if publisher else "", evidence.host.removeprefix("www.").partition(".")[0])
    says_site = np.zeros(size, dtype=bool)
    glued = "\n".join(folded).replace(" ", "")
    for name in {name.replace(" ", "") for name in names if len(name) >= MIN_SITE_NAME}:
        if name in glued:
            says_site |= [name in text for text in glued.split("\n")]
    columns.add("says_site", says_site)


def _agreeing(folded: Sequence[str], description: str) -> list[int]:
    """Whether a line and the description begin alike, 2; one holds the other, 1."""
    opening = description[: MIN_AGREEING // 2]
    if len(opening) < MIN_AGREEING // 2:
        return [0] * len(folded)
    found, longest = [0] * len(folded), len(description)
    for index, text in enumerate(folded):
        if MIN_AGREEING <= len(text) <= longest and text in description:
            found[index] = 1
        if text.startswith(opening):
            size = min(len(text), longest, MAX_AGREEING)
            found[index] = 2 if text[:size] == description[:size] else found[index]
    return found


def _page(columns: Columns, evidence: Evidence) -> None:
    """What sort of page it is: its size, what was found so far, and what it declares."""
    length, prose, metadata = columns["length"], columns["prose"], evidence.metadata
    total, long = max(float(length.sum()), 1), max(float(length @ prose), 1)
    extracted = float(length @ columns["extracted"])
    values = {
        "length": total,
        "extracted": extracted,
        "settled": float(length @ columns["settled"]),
        "extracted_share": extracted / total,
        "extracted_prose": float((length * prose) @ columns["extracted"]) / long,
        "prose_share": long / total,
        "is_news": evidence.view.is_news,
        "is_article": "Article" in metadata.declared_types,
        "types": len(metadata.declared_types),
        "authors": len(metadata.authors),
        "dates": len(metadata.published),
        "has_section": metadata.article_section is not None,
        "description": len(metadata.description or ""),
    }
    rows = np.repeat(np.array([*values.values()], dtype=float)[:, None], len(length), axis=1)
    columns.add_all([f"page_{name}" for name in values], rows)
