"""A page that ends its worker's process is found and put aside, and its neighbours never are."""

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.codec import Message
from pipeline.edges.connection import Connection
from pipeline.edges.kafka import BATCH_EXIT
from pipeline.edges.marks import DEATHS, Mark, Marks, turns_of
from pipeline.edges.store import open_store
from pipeline.edges.topics import create_topics
from pipeline.errors import Code, Unavailable
from pipeline.handle import handle
from pipeline.records import Place
from pipeline.topology import CLEAN, DEAD, ENRICHED, OUTCOMES, RAW
from tests.edges.workers import consume, header, mourn, page, produce, stop, worker
from tests.faults import TOPOLOGY

NOW = "2026-01-02T03:04:05Z"


NewMarks = Callable[[str], Marks]


@pytest.fixture
def marks_of(url: str) -> Iterator[NewMarks]:
    """What makes the marks of one more worker in a group; one that died does nothing any more."""
    open_store(url, cluster_id="one").close()
    made = []

    def make(group: str) -> Marks:
        made.append(Marks(url, group))
        return made[-1]

    yield make
    for marks in made:
        marks.close()


def batch(*offsets: int, partition: int = 0) -> list[Message]:
    places = [Place(topic="news.raw.v1", partition=partition, offset=offset) for offset in offsets]
    return [Message(topic=place.topic, key=b"k", value=b"v", place=place) for place in places]


def shape(marks: Marks, messages: list[Message]) -> list[tuple[list[int], int]]:
    """The turns of a batch: their offsets, and the deaths that they have seen."""
    turns = marks.begin(messages)
    return [([m.place.offset for m in turn.messages if m.place], turn.deaths) for turn in turns]


def test_a_batch_that_nobody_died_with_is_one_turn(marks_of: NewMarks) -> None:
    first, second = marks_of("g"), marks_of("g")
    assert shape(first, batch(0, 1, 2)) == [([0, 1, 2], 0)]
    assert shape(first, batch(3, 4)) == [([3, 4], 0)]
    assert shape(second, batch(5, 6)) == [([5, 6], 0)]


def test_what_was_in_hand_at_a_death_is_taken_one_by_one_until_the_page_is_named(marks_of: NewMarks) -> None:
    """Offset 4 ends every worker. It is tried three times, its neighbours are never suspected twice."""
    seen = []
    for _ in range(4):
        marks = marks_of("g")
        turns = marks.begin(batch(*range(2, 8)) + batch(40, partition=1))
        for number, turn in enumerate(turns):
            if number:
                marks.mark(turn)
            offsets = [m.place.offset for m in turn.messages if m.place]
            if 4 in offsets:
                seen.append((offsets, turn.deaths, turn.deadly))
                if not turn.deadly:
                    break
            assert turn.deaths <= 1 or offsets == [4]
    assert seen == [([2, 3, 4, 5, 6, 7, 40], 0, False), ([4], 1, False), ([4], 2, False), ([4], 3, True)]


@pytest.mark.parametrize("size", [8, 4, 1])
@pytest.mark.parametrize("lanes", [1, 2])
def test_several_pages_that_end_their_worker_are_tried_three_times_each(
    marks_of: NewMarks, size: int, lanes: int
) -> None:
    """Though nothing is committed between: what was put aside comes again at the next death, and is not tried again."""
    killers = {1, 3, 4, 6}
    messages = [message for offset in range(8) for message in batch(offset, partition=offset % lanes)]
    tries: Counter[int] = Counter()
    put_aside: set[int] = set()
    while not put_aside >= killers:
        marks = marks_of("g")
        for start in range(0, len(messages), size):
            if ended := meet_killer(marks, messages[start : start + size], killers, put_aside):
                tries.update([ended])
                break
        assert tries.total() <= DEATHS * len(killers)
    assert put_aside == killers
    assert max(tries.values()) <= DEATHS


def meet_killer(marks: Marks, messages: list[Message], killers: set[int], put_aside: set[int]) -> int | None:
    """Work through a batch; the offset that ended the worker, None when it came to the batch's end."""
    for number, turn in enumerate(marks.begin(messages)):
        if number:
            marks.mark(turn)
        offsets = {m.place.offset for m in turn.messages if m.place}
        if turn.deadly:
            put_aside |= offsets
        elif offsets & killers:
            return min(offsets & killers)
    return None


def test_suspects_stay_suspects_when_others_come_between(marks_of: NewMarks) -> None:
    """A redelivered message before them, a partition left for another, and a smaller batch."""
    first = marks_of("g")
    first.begin(batch(5, 6, 7, 8))
    second = marks_of("g")
    assert shape(second, batch(4, 5)) == [([4], 0), ([5], 1)]
    third = marks_of("g")  # the second died with 4 in hand
    assert shape(third, batch(4)) == [([4], 1)]
    assert shape(third, batch(9, partition=1)) == [([9], 0)]
    assert shape(third, batch(5, 6)) == [([5], 1), ([6], 1)]
    fourth = marks_of("g")  # the third died with 5 in hand
    assert shape(fourth, batch(5, 6, 7, 8, 9)) == [([5], 2), ([6], 1), ([7], 1), ([8], 1), ([9], 0)]


def test_a_worker_that_ends_for_another_reason_leaves_nobody_suspected(marks_of: NewMarks) -> None:
    first = marks_of("g")
    first.begin(batch(0, 1, 2))
    first.release()
    assert shape(marks_of("g"), batch(0, 1, 2)) == [([0, 1, 2], 0)]


def test_a_partition_that_another_worker_has_taken_over_is_left_to_it(marks_of: NewMarks) -> None:
    first, second = marks_of("g"), marks_of("g")
    first.begin(batch(0))
    second.begin(batch(1, 2))
    assert shape(first, batch(9, partition=1)) == [([9], 0)]
    third = marks_of("g")  # the second died
    assert shape(third, batch(1, 2)) == [([1], 1), ([2], 1)]
    third.release()
    first.begin(batch(7, partition=1))
    second.release()
    assert shape(first, batch(8, partition=1)) == [([8], 0)]


def test_a_worker_that_ends_takes_only_its_own_marks_away(marks_of: NewMarks) -> None:
    first, second = marks_of("g"), marks_of("g")
    first.begin(batch(0))
    second.begin(batch(0, 1))
    first.release()
    assert shape(marks_of("g"), batch(0, 1)) == [([0], 2), ([1], 0)]


def test_a_mark_that_somebody_has_removed_ends_nobody(marks_of: NewMarks) -> None:
    first, second = marks_of("g"), marks_of("g")
    first.begin(batch(0))
    second.begin(batch(1))
    second.release()
    assert shape(first, batch(9, partition=1)) == [([9], 0)]


def test_who_lives_has_not_died_with_what_it_is_given_again(marks_of: NewMarks) -> None:
    """After a rebalance in which the offsets could not be committed."""
    marks = marks_of("g")
    for _ in range(DEATHS + 1):
        assert shape(marks, batch(0, 1, 2)) == [([0, 1, 2], 0)]
    marks_of("g").begin(batch(0, 1, 2))  # it has to believe that the first has died, and dies with 0 alone in hand
    assert shape(marks, batch(0, 1, 2)) == [([0], 2), ([1], 1), ([2], 1)]
    assert shape(marks, batch(0, 1, 2)) == [([0], 0), ([1], 1), ([2], 1)], "the others have not had their turns"


def test_a_worker_takes_no_mark_away_that_is_anothers_by_now(marks_of: NewMarks) -> None:
    """The first stood still, the second was given its partitions and died with a page in hand."""
    for ends in (Marks.release, lambda marks: marks.begin(batch(9, partition=1))):
        first, group = marks_of(repr(ends)), repr(ends)
        first.begin(batch(0, 1, 2))
        second = marks_of(group)
        second.mark(second.begin(batch(0, 1, 2))[1])
        ends(first)
        assert shape(marks_of(group), batch(0, 1, 2)) == [([0], 0), ([1], 2), ([2], 1)]


def test_a_worker_that_ends_marks_nothing_any_more(marks_of: NewMarks) -> None:
    """Its batch may be in work still, in another thread."""
    first = marks_of("g")
    turns = first.begin(batch(0, 1))
    first.release()
    with pytest.raises(Unavailable):
        first.mark(turns[0])
    with pytest.raises(Unavailable):
        first.begin(batch(0, 1))
    assert shape(marks_of("g"), batch(0, 1)) == [([0, 1], 0)]


def test_groups_do_not_see_each_others_marks(marks_of: NewMarks) -> None:
    marks_of("a").begin(batch(0, 1))
    assert shape(marks_of("b"), batch(0, 1)) == [([0, 1], 0)]


@given(st.lists(st.integers(0, 40), unique=True, min_size=1), st.integers(0, 40), st.integers(0, 9), st.integers(0, 3))
def test_turns_keep_every_message_once_in_order_and_suspects_alone(
    offsets: list[int], first: int, length: int, deaths: int
) -> None:
    last = first + length
    mark = Mark(first=first, last=last, deaths=deaths, suspects=((last + 1, last + 3, 1),))
    messages = batch(*offsets)
    turns = turns_of(messages, {("news.raw.v1", 0): mark})
    assert [message for turn in turns for message in turn.messages] == messages
    assert all(len(turn.messages) == 1 for turn in turns if turn.deaths)
    suspects = [offset for offset in offsets if first <= offset <= last + 3]
    assert [turn.messages[0].place.offset for turn in turns if turn.deaths and turn.messages[0].place] == suspects


# ---- on a real broker


@pytest.mark.parametrize(
    ("stage", "word"), [pytest.param("clean", "slay", marks=pytest.mark.chaos), ("relate", "end relate")]
)
async def test_a_page_that_kills_its_worker_three_times_becomes_a_dead_letter(
    connection: Connection, tmp_path: Path, stage: str, word: str
) -> None:
    await create_topics(connection, TOPOLOGY.topics)
    raws = [page(f"fine {number}", f"https://h.org/{number}") for number in range(12)]
    raws.insert(6, page(word, "https://h.org/killer"))
    messages, target = raws, CLEAN
    if stage == "relate":
        clean = [handle(TOPOLOGY.stage("clean"), raw, now=NOW).messages[0] for raw in raws]
        messages = [handle(TOPOLOGY.stage("annotate"), m, now=NOW).messages[0] for m in clean]
        target = ENRICHED
    await produce(connection, messages)
    for _ in range(DEATHS):
        with worker(connection, stage, tmp_path) as process:
            assert await mourn(connection, stage, process) == -9
    with worker(connection, stage, tmp_path) as process:
        (letter,) = await consume(connection, DEAD.name, lambda found: len(found) >= 1)
        await consume(connection, target.name, lambda found: len({header(r, "trace_id") for r in found}) == 12)
        assert await stop(process) == 0
    assert header(letter, "dlq.error.type") == Code.STAGE_DIED
    killer = messages[6]
    assert (letter.key, letter.value) == (killer.key, killer.value)
    outcomes = await consume(connection, OUTCOMES.name, lambda found: len(found) >= 1)
    dead = [record for record in outcomes if msgspec.json.decode(record.value)["outcome"] == "dead"]
    assert len(dead) == 1


@pytest.mark.chaos
async def test_slow_pages_that_are_taken_one_at_a_time_do_not_outlast_the_rebalance(
    connection: Connection, tmp_path: Path
) -> None:
    """Four that hang were in hand at a death. The next worker takes some of them and leaves the rest."""
    await create_topics(connection, TOPOLOGY.topics)
    await produce(connection, [page(f"hang {number}", "https://h.org/") for number in range(4)])
    marks = Marks(f"sqlite:///{tmp_path / 'store.sqlite'}", f"{connection.prefix}newsflow.clean")
    open_store(f"sqlite:///{tmp_path / 'store.sqlite'}", cluster_id=None).close()
    places = await consume(connection, RAW.name, lambda found: len(found) == 4)
    marks.begin(batch(*(record.offset for record in places), partition=places[0].partition))
    haste = {"die_at": "haste", "NEWSFLOW_BATCH_SIZE": "4"}
    with worker(connection, "clean", tmp_path, **haste) as process:
        assert await mourn(connection, "clean", process) == BATCH_EXIT
    assert len(await consume(connection, DEAD.name, lambda found: len(found) >= 1)) < 4
    with worker(connection, "clean", tmp_path, **haste) as process:
        letters = await consume(
            connection, DEAD.name, lambda found: len({header(r, "dlq.trace_id") for r in found}) == 4
        )
        assert await stop(process) == 0
    assert {header(letter, "dlq.error.type") for letter in letters} == {Code.TIME_LIMIT}
