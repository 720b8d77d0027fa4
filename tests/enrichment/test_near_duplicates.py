"""Shingles, bands and sketches: the same on every machine, and near to what is counted."""

import hashlib

import pytest

from pipeline.enrichment.near_duplicates import MIN_SHINGLES, bands, join_cluster, shingles, similarity, sketch
from pipeline.memory import Neighbour, TextState
from pipeline.records import NearDuplicate
from tests.stories import Writer, text_of, true_similarity

FERRY = "The ferry between Eastmouth and Grey Island will sail again from Monday, the city said on Friday. " * 3
FERRY += "Repairs of the pier took eleven months and cost four million, twice as much as the council had planned for."


def test_what_the_store_keeps_never_changes() -> None:
    """Another value makes all texts in the stores out there strangers."""
    hashes = shingles(FERRY)
    kept = hashlib.sha256(sketch(hashes) + repr(bands(hashes)).encode()).hexdigest()
    assert (len(hashes), kept[:32]) == (37, "04f5aceac00fa444f79365511022b52f")


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
