"""Shingles, bands and sketches: the same on every machine, and near to what is counted."""

import hashlib
import sys
from collections.abc import Iterable
from typing import Literal
from zlib import crc32

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.enrichment.near_duplicates import (
    BANDS,
    HASH_BYTES,
    MIN_SHINGLES,
    ROWS,
    SKETCH_SIZE,
    WORDS_PER_SHINGLE,
    bands,
    join_cluster,
    shingles,
    similarity,
    sketch,
)
from pipeline.memory import Neighbour, TextState
from pipeline.records import NearDuplicate
from tests.stories import Writer, text_of, true_similarity

FERRY = "The ferry between Eastmouth and Grey Island will sail again from Monday, the city said on Friday. " * 3
FERRY += "Repairs of the pier took eleven months and cost four million, twice as much as the council had planned for."


def test_what_the_store_keeps_never_changes() -> None:
    """Another value makes all texts in the stores out there strangers."""
    hashes = shingles(FERRY)
    kept = hashlib.sha256(sketch(hashes) + repr(bands(hashes)).encode()).hexdigest()
    assert (len(hashes) // HASH_BYTES, kept[:32]) == (37, "04f5aceac00fa444f79365511022b52f")


# ---- what is compiled, against its definition in whole numbers


def mixed(value: int) -> int:
    """splitmix64's finaliser."""
    value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9 % 2**64
    value = (value ^ value >> 27) * 0x94D049BB133111EB % 2**64
    return value ^ value >> 31


def constant(number: int) -> int:
    return mixed(number * 0x9E3779B97F4A7C15 % 2**64)


def folded(values: Iterable[int], start: int) -> int:
    for value in values:
        start = mixed((start * 0x9E3779B97F4A7C15 + value) % 2**64)
    return start


def defined_shingles(text: str) -> list[int]:
    sums = [crc32(word.encode()) for word in text.split()]
    places = range(len(sums) - WORDS_PER_SHINGLE + 1)
    return sorted({folded(sums[at : at + WORDS_PER_SHINGLE], WORDS_PER_SHINGLE) for at in places})


def defined_band(hashes: list[int], band: int) -> int:
    rows = range(band * ROWS, (band + 1) * ROWS)
    pairs = [((constant(1 + row) | 1) % 2**32, constant(1001 + row) % 2**32) for row in rows]
    key = folded(
        [min((each * factor + offset) % 2**32 for each in hashes) for factor, offset in pairs], constant(2001 + band)
    )
    return key - 2**64 if key >= 2**63 else key


def numbers(kept: bytes, size: int) -> list[int]:
    order: Literal["little", "big"] = sys.byteorder if size == HASH_BYTES else "little"
    return [int.from_bytes(kept[at : at + size], order) for at in range(0, len(kept), size)]


WORD_LISTS = st.tuples(st.integers(1, 1500), st.integers(0, 900), st.randoms(use_true_random=False)).map(
    lambda drawn: " ".join(f"word{drawn[2].randrange(drawn[0])}" for _ in range(drawn[1]))
)


@settings(max_examples=60)
@given(WORD_LISTS)
def test_shingles_bands_and_sketch_are_what_they_are_said_to_be(text: str) -> None:
    hashes, defined = shingles(text), defined_shingles(text)
    assert numbers(hashes, HASH_BYTES) == defined
    if len(defined) >= MIN_SHINGLES:
        assert bands(hashes) == tuple(defined_band(defined, band) for band in range(BANDS))
        assert numbers(sketch(hashes), 4) == sorted({each >> 32 for each in defined})[:SKETCH_SIZE]


SKETCHES = st.sets(st.integers(0, 2**32 - 1) | st.integers(0, 900), max_size=SKETCH_SIZE + 300).map(
    lambda drawn: sorted(drawn)[:SKETCH_SIZE]
)


@given(SKETCHES, SKETCHES)
def test_similarity_is_the_shared_part_of_what_both_sketches_cover(one: list[int], other: list[int]) -> None:
    limit = min([each[-1] for each in (one, other) if len(each) == SKETCH_SIZE], default=2**32)
    first, second = ({each for each in kept if each <= limit} for kept in (one, other))
    packed = (b"".join(each.to_bytes(4, "little") for each in kept) for kept in (one, other))
    assert similarity(*packed) == len(first & second) / max(len(first | second), 1)


def test_what_is_no_sketch_is_refused() -> None:
    with pytest.raises(TypeError, match="bytes"):
        similarity(SKETCH, None)  # type: ignore[arg-type]


def test_a_sketch_of_a_short_text_is_exact_and_of_a_long_one_near() -> None:
    writer = Writer(5)
    for paragraphs, tolerance in ((4, 1e-6), (12, 0.04), (60, 0.07)):
        story = writer.story(paragraphs)
        one, other = text_of(story), text_of(writer.replaced(story, 0.05))
        estimated = similarity(sketch(shingles(one)), sketch(shingles(other)))
        assert estimated == pytest.approx(true_similarity(one, other), abs=tolerance)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            "市議会は金曜日、渡し船の運航を月曜日から再開すると発表した。修理には十一か月かかった。",
            "記者会見で市長が述べた。",
        ),
        ("สภาเมืองประกาศเมื่อวันศุกร์ว่าเรือข้ามฟากจะกลับมาให้บริการในวันจันทร์หลังซ่อมแซมนานสิบเอ็ดเดือน", "นายกเทศมนตรีกล่าว"),
    ],
    ids=["Japanese", "Thai"],
)
def test_scripts_without_spaces_are_compared_by_characters(one: str, other: str) -> None:
    copy = similarity(sketch(shingles(one)), sketch(shingles(one + other)))
    assert 0.6 < copy < 1
    assert similarity(sketch(shingles(one)), sketch(shingles(other * 6))) == 0


def test_case_punctuation_and_markup_do_not_matter() -> None:
    assert sketch(shingles(FERRY)) == sketch(shingles(FERRY.upper().replace(",", " —")))


@pytest.mark.parametrize("text", ["", "Photo: Mara Lindqvist", " ".join(map(str, range(MIN_SHINGLES + 2)))])
def test_a_text_too_short_to_tell_has_no_bands_and_no_cluster(text: str) -> None:
    assert bands(shingles(text)) == ()
    assert join_cluster(sketch(shingles(text)), record_id="r", own=None, neighbours=()) is None


def test_a_very_long_text_takes_bounded_time() -> None:
    assert len(bands(shingles("abc def " * 1_000_000))) == 0


# ---- clusters

SKETCH = sketch(shingles(FERRY))
STRANGER = sketch(shingles(text_of(Writer(1).story(3))))


def neighbour(number: int, cluster: str, kept: bytes = SKETCH) -> Neighbour:
    return Neighbour(page_id=f"page {number}", number=number, cluster_id=cluster, sketch=kept)


def own(cluster: str, kept: bytes = SKETCH, *, is_first: bool = True) -> TextState:
    return TextState(page_id="own", cluster_id=cluster, is_first=is_first, bands=(), sketch=kept, content=b"")


@pytest.mark.parametrize(
    ("before", "neighbours", "expected"),
    [
        (None, [], NearDuplicate(cluster_id="mine", is_first=True)),
        (None, [neighbour(1, "a", STRANGER)], NearDuplicate(cluster_id="mine", is_first=True)),
        (None, [neighbour(1, "a")], NearDuplicate(cluster_id="a", is_first=False, similarity=1, of="page 1")),
        (
            None,
            [neighbour(9, "b"), neighbour(2, "a"), neighbour(5, "b")],
            NearDuplicate(cluster_id="a", is_first=False, similarity=1, of="page 2", merged=("b",)),
        ),
        (own("a"), [], NearDuplicate(cluster_id="a", is_first=True)),
        (own("a", is_first=False), [], NearDuplicate(cluster_id="a", is_first=False)),
        (
            own("a"),
            [neighbour(1, "b"), neighbour(2, "a")],
            NearDuplicate(cluster_id="a", is_first=True, similarity=1, of="page 1", merged=("b",)),
        ),
        (own("a", STRANGER), [], NearDuplicate(cluster_id="mine", is_first=True)),
        (
            own("a", STRANGER),
            [neighbour(1, "b")],
            NearDuplicate(cluster_id="b", is_first=False, similarity=1, of="page 1"),
        ),
    ],
    ids=[
        "nothing like it",
        "a shared band alone is nothing",
        "a copy",
        "a copy of two clusters merges them into that of the oldest",
        "a revision stays, as the first",
        "a revision stays",
        "a revision keeps its cluster and merges others into it",
        "a page that tells another story leaves",
        "and may join another",
    ],
)
def test_clusters(before: TextState | None, neighbours: list[Neighbour], expected: NearDuplicate) -> None:
    assert join_cluster(SKETCH, record_id="mine", own=before, neighbours=neighbours) == expected
