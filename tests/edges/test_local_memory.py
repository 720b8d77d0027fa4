"""The memory of a run without a broker answers as the store does, whatever it is told and asked."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.edges.local_memory import LocalMemory
from pipeline.edges.store import Store, open_store
from pipeline.errors import Drop, Reason, Unchanged
from pipeline.memory import BUCKET_TEXTS, MAX_NEIGHBOURS, Decision, Memory, PageState, TextState
from pipeline.records import Change, NearDuplicate, Revision
from tests.articles import annotated, ordered, take
from tests.stories import Writer, text_of
from tests.test_state_protocol import Told, histories

NOW = "2026-03-31T00:00:00Z"
PAGES = [f"{number:032x}" for number in range(MAX_NEIGHBOURS + BUCKET_TEXTS)]


class Both:
    """A local memory and a store that are told the same; what they answer must be the same."""

    def __init__(self, store: Store) -> None:
        self._memories: tuple[LocalMemory, Store] = (LocalMemory(), store)
        self.local: Memory
        self.stored: Memory

    def transaction(self) -> ExitStack:
        stack = ExitStack()
        self.local, self.stored = (stack.enter_context(each.transaction(now=NOW)) for each in self._memories)
        return stack

    def take(self, told: Told) -> Decision:
        """One message, as `handle` takes it."""
        answer = take(told, self.local)
        assert answer == take(told, self.stored)
        return answer[0]

    def keep(self, key: str, decision: Decision) -> None:
        """A decision, before which the page's text was asked for, as `decide` does."""
        for memory in (self.local, self.stored):
            if decision.text is not None:
                memory.text(decision.text.page_id)
            memory.keep(key, decision)

    def compare(self, bands: tuple[int, ...]) -> None:
        for page_id in PAGES:
            assert self.local.page(page_id) == self.stored.page(page_id)
            assert self.local.text(page_id) == self.stored.text(page_id)
            assert self.local.decision(page_id) == self.stored.decision(page_id)
        for page_id in ("other", PAGES[-1]):
            found, other = (
                [
                    (each.page_id, each.cluster_id, each.sketch)
                    for each in sorted(memory.neighbours(bands, page_id=page_id), key=lambda each: each.number)
                ]
                for memory in (self.local, self.stored)
            )
            assert found == other


@pytest.fixture
def both() -> Iterator[Both]:
    store = open_store(":memory:", cluster_id=None)
    yield Both(store)
    store.close()


@given(histories())
def test_any_history_of_a_page_is_decided_alike(history: tuple[list[Told], list[list[Told]]]) -> None:
    store = open_store(":memory:", cluster_id=None)
    both = Both(store)
    for batch in history[1]:
        with both.transaction():
            for told in batch:
                both.take(told)
    store.close()


def test_copies_updates_and_merges_are_decided_alike(both: Both) -> None:
    """Copies of stories under many addresses, updates, texts that join two clusters, and a withdrawal."""
    writer = Writer(5)
    stories = [[writer.sentence(20) for _ in range(20)] for _ in range(6)]
    told: list[Told] = []
    for day, sentences in enumerate((10, 14, 20), start=1):
        for number in range(36):
            story = stories[number % len(stories)]
            body = " ".join([*story[: sentences - number % 3], text_of([[writer.sentence(9)]])])
            url = f"https://h{number % 24}.example/story"
            told.append(annotated(body, f"2026-03-0{day}T{number % 24:02}:00:00Z", url=url))
    for number in range(3):
        whole = [[writer.sentence(20)] for _ in range(40)]
        parts = {"left": whole[:31], "right": whole[9:], "both": whole}
        told += [annotated(text_of(part), url=f"https://{name}{number}.example/story") for name, part in parts.items()]
        told.append(annotated(text_of(whole[8:]), "2026-03-08T00:00:00Z", url=f"https://right{number}.example/story"))
    told += [ordered("withdraw", "2026-03-09T00:00:00Z"), annotated("Late.", "2026-03-10T00:00:00Z")]
    decisions = []
    for start in range(0, len(told), 7):
        with both.transaction():
            decisions += [both.take(each) for each in told[start : start + 7]]
    found = [decision.near_duplicate for decision in decisions if decision.near_duplicate]
    assert sum(not each.is_first for each in found) > 20
    assert any(each.merged for each in found)
    assert any(isinstance(decision.verdict, Drop) for decision in decisions)


def test_of_too_many_texts_that_share_a_band_the_same_are_found(both: Both) -> None:
    bands = tuple(range(20))
    for number, page_id in enumerate(PAGES):
        own = tuple(1000 * (number + 1) + band for band in bands[number % 20 :])
        with both.transaction():
            both.keep(page_id, decision_of(page_id, (*bands[: number % 20], *own)))
            both.compare(bands)


def decision_of(
    page_id: str, bands: tuple[int, ...], merged: tuple[str, ...] = (), withdrawn: str | None = None
) -> Decision:
    return Decision(
        verdict=Revision(number=1, change=Change.NEW),
        near_duplicate=NearDuplicate(cluster_id=page_id, is_first=True, merged=merged),
        place="t/0/1",
        page=PageState(
            page_id=page_id,
            number=1,
            record_id=None,
            trace_id="t",
            fetched_at=NOW,
            fingerprint="f",
            withdrawn=withdrawn,
        ),
        text=None
        if withdrawn
        else TextState(
            page_id=page_id, cluster_id=page_id, is_first=True, bands=bands, sketch=page_id.encode(), content=b"x"
        ),
    )


@pytest.mark.parametrize("verdict", [Unchanged(since="b" * 32), Drop(reason=Reason.SUPERSEDED, evidence="später")])
def test_what_changes_no_page_is_remembered_alike(both: Both, verdict: Unchanged | Drop) -> None:
    with both.transaction():
        both.keep(PAGES[0], Decision(verdict=verdict))
    with both.transaction():
        both.compare((1,))


def test_updates_of_one_batch_take_no_place_in_their_old_buckets(both: Both) -> None:
    with both.transaction():
        for page_id in PAGES[:MAX_NEIGHBOURS]:
            both.keep(page_id, decision_of(page_id, (1, 2)))
    with both.transaction():
        for page_id in PAGES[BUCKET_TEXTS:MAX_NEIGHBOURS]:
            both.keep(f"again {page_id}", decision_of(page_id, (3,)))
        both.compare((1, 2))
        assert len(both.stored.neighbours((1, 2), page_id="other")) == BUCKET_TEXTS


def test_a_bucket_that_one_batch_fills_is_read_no_further_than_others(both: Both) -> None:
    with both.transaction():
        for page_id in PAGES[: 2 * BUCKET_TEXTS]:
            both.keep(page_id, decision_of(page_id, (1,)))
        both.compare((1,))
        assert len(both.stored.neighbours((1,), page_id="other")) == BUCKET_TEXTS


KEPT = st.tuples(st.sampled_from(PAGES[:6]), st.sets(st.integers(0, 5), max_size=4), st.booleans())


@given(st.lists(st.lists(KEPT, max_size=5), max_size=6))
def test_whatever_is_kept_the_same_is_found(batches: list[list[tuple[str, set[int], bool]]]) -> None:
    """Pages that come again, share bands, and are withdrawn, some in one transaction."""
    store = open_store(":memory:", cluster_id=None)
    both = Both(store)
    for at, batch in enumerate(batches):
        with both.transaction():
            for number, (page_id, bands, gone) in enumerate(batch):
                decision = decision_of(page_id, tuple(sorted(bands)), withdrawn="why" if gone else None)
                both.keep(f"m{at}.{number}", decision)
                both.compare((0, 1, 2, 3))
        with both.transaction():
            both.compare((0, 1, 2, 3))
    store.close()
