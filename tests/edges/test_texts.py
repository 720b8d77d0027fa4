"""Near-duplicates and what pages said, through relate's own decisions and the store: SQLite and PostgreSQL."""

import os
from collections.abc import Iterator
from itertools import pairwise

import pytest
from sqlalchemy import func, insert, select

from pipeline.edges import texts
from pipeline.edges.store import Store, open_store
from pipeline.edges.store_tables import BANDS, MERGES, TEXTS
from pipeline.enrichment.near_duplicates import BANDS as BANDS_OF_TEXT
from pipeline.enrichment.near_duplicates import bands, shingles
from pipeline.memory import BUCKET_TEXTS, Decision, TextState
from pipeline.records import Change, NearDuplicate, Revision
from pipeline.stages.relate import record_id
from tests.articles import annotated, take
from tests.quality.near_duplicates import measure
from tests.stories import Writer, text_of

NOW, LATER, LATEST = "2026-03-01T00:00:00Z", "2026-04-01T00:00:00Z", "2026-05-01T00:00:00Z"
MONDAY, TUESDAY = "2026-03-02T08:00:00Z", "2026-03-03T08:00:00Z"
WRITER = Writer(11)
STORY = WRITER.story(12)
AGENCY = text_of(STORY)
COPY = text_of(WRITER.led_anew(STORY, 1))
OTHER_COPY = text_of([*STORY, *WRITER.story(1)])
STRANGER = text_of(WRITER.story(12))


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    store = open_store(url, cluster_id="one")
    yield store
    store.close()


def told(store: Store, body: str, host: str, fetched_at: str | None = None, *, now: str = NOW) -> Decision:
    with store.transaction(now=now) as memory:
        return take(annotated(body, fetched_at, url=f"https://{host}.example/story"), memory)[0]


def near(store: Store, body: str, host: str, fetched_at: str | None = None, *, now: str = NOW) -> NearDuplicate:
    found = told(store, body, host, fetched_at, now=now).near_duplicate
    assert found is not None
    return found


def kept(store: Store) -> tuple[int, int]:
    """Texts and rows of bands in the store."""
    with store.begin() as connection:
        counts = (connection.execute(select(func.count()).select_from(table)).scalar_one() for table in (TEXTS, BANDS))
        return tuple(counts)  # type: ignore[return-value]


def page(host: str, body: str = AGENCY, fetched_at: str | None = None) -> str:
    return annotated(body, fetched_at, url=f"https://{host}.example/story").page_id


def test_texts_of_one_batch_have_their_own_numbers(store: Store) -> None:
    """A page that comes twice too: of equal numbers, two texts would count as one."""
    with store.transaction(now=NOW) as memory:
        for body, host, fetched_at in ((AGENCY, "a", MONDAY), (COPY, "b", MONDAY), (OTHER_COPY, "a", TUESDAY)):
            take(annotated(body, fetched_at, url=f"https://{host}.example/story"), memory)
        found = memory.neighbours(bands(shingles(AGENCY)), page_id=page("c"))
        assert [each.page_id for each in sorted(found, key=lambda each: each.number)] == [page("b"), page("a")]
        assert len({each.number for each in found}) == 2


def first_record(host: str, body: str, fetched_at: str | None = None) -> str:
    return record_id(annotated(body, fetched_at, url=f"https://{host}.example/story").id)


def test_copies_of_a_wire_story_are_one_cluster_and_others_are_not(store: Store) -> None:
    first = near(store, AGENCY, "agency")
    assert first == NearDuplicate(cluster_id=first_record("agency", AGENCY), is_first=True)
    copy = near(store, COPY, "daily")
    assert (copy.cluster_id, copy.is_first, copy.of) == (first.cluster_id, False, page("agency"))
    assert 0.7 <= (copy.similarity or 0) < 1
    assert near(store, STRANGER, "weekly").cluster_id == first_record("weekly", STRANGER)


def test_copies_in_one_batch_see_each_other(store: Store) -> None:
    with store.transaction(now=NOW) as memory:
        found = [
            take(annotated(body, url=f"https://{host}.example/story"), memory)[0].near_duplicate
            for host, body in (("agency", AGENCY), ("daily", COPY), ("weekly", STRANGER), ("evening", OTHER_COPY))
        ]
    assert [each.is_first for each in found if each] == [True, False, True, False]
    assert len({each.cluster_id for each in found if each}) == 2


def test_a_story_told_anew_or_translated_is_no_copy(store: Store) -> None:
    """It is said in the record's description: found are shared runs of words."""
    near(store, AGENCY, "agency")
    retold = " ".join(sorted(AGENCY.split()))
    assert near(store, retold, "retold").is_first
    assert near(store, text_of(WRITER.led_anew(STORY, 9)), "mostly-own").is_first


def test_a_pages_own_revisions_are_no_copies_of_it_and_stay_in_their_cluster(store: Store) -> None:
    first = near(store, AGENCY, "agency", MONDAY)
    again = near(store, OTHER_COPY, "agency", TUESDAY)
    assert again == first
    assert kept(store) == (1, BANDS_OF_TEXT)
    assert near(store, COPY, "daily").cluster_id == first.cluster_id


def test_a_text_between_two_clusters_merges_them_for_all(store: Store) -> None:
    whole = [[WRITER.sentence(20)] for _ in range(40)]
    left, right = whole[:31], whole[9:]
    one, other = near(store, text_of(left), "one"), near(store, text_of(right), "other")
    assert one.cluster_id != other.cluster_id
    both = near(store, text_of(whole), "both")
    assert (both.cluster_id, both.is_first, both.merged) == (one.cluster_id, False, (other.cluster_id,))
    later = told(store, text_of(right) + " And one more.", "other", TUESDAY)
    assert later.near_duplicate is not None
    assert (later.near_duplicate.cluster_id, later.near_duplicate.is_first) == (one.cluster_id, False)
    assert near(store, text_of(right), "late").cluster_id == one.cluster_id


def test_a_repeat_has_the_cluster_of_its_decision_whatever_came_between(store: Store) -> None:
    with store.transaction(now=NOW) as memory:
        before = take(annotated(COPY, url="https://daily.example/story"), memory)
    near(store, AGENCY, "agency")
    near(store, COPY + " More.", "daily", TUESDAY)
    with store.transaction(now=NOW) as memory:
        assert take(annotated(COPY, url="https://daily.example/story"), memory) == before


def test_old_texts_are_forgotten_with_their_bands_and_merges_and_pages_stay(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(texts, "PRUNE_TEXTS", 2)
    for number in range(5):
        near(store, text_of(WRITER.story(6)), f"old{number}")
    with store.transaction(now=NOW) as memory:
        memory.keep("m", Decision(verdict=told_revision(), near_duplicate=merged()))
    near(store, AGENCY, "agency", now=LATER)
    store.prune(before="2026-03-15T00:00:00Z")
    assert kept(store) == (1, BANDS_OF_TEXT)
    with store.begin() as connection:
        assert connection.execute(select(func.count()).select_from(MERGES)).scalar_one() == 0
    assert not near(store, COPY, "daily", now=LATEST).is_first
    again = told(store, AGENCY, "old1", TUESDAY, now=LATEST)
    assert isinstance(again.verdict, Revision)
    assert (again.verdict.number, again.verdict.difference) == (2, None)


def told_revision() -> Revision:
    return Revision(number=1, change=Change.NEW)


def merged() -> NearDuplicate:
    return NearDuplicate(cluster_id="a" * 32, is_first=False, merged=("b" * 32,))


def test_a_store_never_keeps_more_texts_than_its_bound(store: Store) -> None:
    for number in range(6):
        near(store, text_of(WRITER.story(5)), f"host{number}")
    with store.begin() as connection:
        assert texts.prune_texts(connection, before="2026-01-01", keep=4) == 2
    assert kept(store) == (4, 4 * BANDS_OF_TEXT)


def test_a_band_that_thousands_share_is_read_no_further_than_its_newest_texts(store: Store) -> None:
    hot = bands(shingles(AGENCY))[0]
    rows = [
        {
            "number": number,
            "page_id": f"{number:032x}",
            "cluster_id": f"{number:032x}",
            "is_first": True,
            "kept_at": NOW,
            "sketch": os.urandom(2048),
            "bands": b"",
            "content": b"",
        }
        for number in range(1, 3001)
    ]
    with store.begin() as connection:
        connection.execute(insert(TEXTS), rows)
        connection.execute(insert(BANDS), [{"band": hot, "number": row["number"]} for row in rows])
    with store.transaction(now=NOW) as memory:
        found = memory.neighbours(bands(shingles(AGENCY)), page_id="mine")
    assert sorted(each.number for each in found) == list(range(3001 - BUCKET_TEXTS, 3001))
    near(store, AGENCY, "agency")
    assert not near(store, COPY, "daily").is_first


def test_more_neighbours_than_can_be_compared_are_those_that_share_the_most(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(texts, "MAX_NEIGHBOURS", 2)
    own = tuple(range(BANDS_OF_TEXT))
    with store.transaction(now=NOW) as memory:
        for number, shared in enumerate((1, 7, 3, 5)):
            state = TextState(
                page_id=f"p{number}",
                cluster_id=f"c{number}",
                is_first=True,
                bands=(*own[:shared], *(1000 * (number + 1) + band for band in own[shared:])),
                sketch=b"",
                content=b"",
            )
            memory.keep(f"m{number}", Decision(verdict=told_revision(), text=state))
        assert {each.page_id for each in memory.neighbours(own, page_id="mine")} == {"p1", "p3"}
    with store.transaction(now=NOW) as memory:
        assert {each.page_id for each in memory.neighbours(own, page_id="mine")} == {"p1", "p3"}


def test_what_an_update_changed_is_said_and_kept(store: Store) -> None:
    told(store, AGENCY, "agency", MONDAY)
    updated = told(store, AGENCY + " And one more sentence.", "agency", TUESDAY)
    assert isinstance(updated.verdict, Revision)
    assert updated.verdict.difference is not None
    assert updated.verdict.difference.sentences_added == 1
    with store.transaction(now=NOW) as memory:
        assert memory.decision(first_record("agency", AGENCY + " And one more sentence.", TUESDAY)) == updated


def test_a_decision_is_small(store: Store) -> None:
    """Even when nothing stayed of a long story."""
    bodies = [text_of(WRITER.story(30)) for _ in range(2)]
    told(store, bodies[0], "agency", MONDAY)
    updated = told(store, bodies[1], "agency", TUESDAY)
    assert len(repr(updated.verdict)) < 4000


def test_numbers_rise_and_are_never_given_twice(store: Store) -> None:
    for number in range(4):
        near(store, text_of(WRITER.story(5)), f"host{number % 2}", f"2026-03-0{number + 1}T00:00:00Z")
    with store.begin() as connection:
        numbers = connection.execute(select(TEXTS.c.number).order_by(TEXTS.c.number)).scalars().all()
    assert len(numbers) == 2
    assert all(one < other for one, other in pairwise(numbers))


def test_edited_copies_are_found_and_hardly_any_other(tmp_path: object) -> None:
    """A small form of `python -m tests.quality.near_duplicates`, with the same floors."""
    figures = measure(160, url=f"sqlite:///{tmp_path}/store.sqlite")
    assert figures.similar >= 40
    assert figures.precision >= 0.98
    assert figures.recall >= 0.95
    assert figures.error < 0.01
