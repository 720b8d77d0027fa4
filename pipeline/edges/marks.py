"""Marks of the work in hand, in the store: what a worker that died had taken, so that the page that killed it is found.

A turn leaves one mark per partition: the offsets it holds. Whoever is assigned a partition and meets such a mark takes
the messages in it one at a time, so that the next death names one page and its neighbours pass. A page that has ended
its worker `DEATHS` times becomes a dead letter without another try, also when its dead letter is written and the next
such page ends the worker before that is committed. A worker that ends itself for a reason that lies outside of its
pages takes its marks away; marks of committed messages do no harm, for Kafka gives those no more. A mark has an owner:
who lives has not died with what it is given again, and takes nothing away that is another's now.
"""

import json
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from threading import Lock, Thread
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Engine, Row
from sqlalchemy.exc import SQLAlchemyError

from pipeline.codec import Message
from pipeline.edges.database import connect, explained, place_of, spelled
from pipeline.edges.store_tables import MARKS
from pipeline.errors import Unavailable

DEATHS = 3
"""How many workers a page may end. The batch that it was taken in counts as the first."""

RELEASE_SECONDS = 2.0

COMMIT_SECONDS = 60.0
"""How long a page that was put aside stays marked: far longer than it takes Faust to commit it."""

Lane = tuple[str, int]
"""A topic and the number of one of its partitions."""

_PUT = (
    f"INSERT INTO {MARKS.name} (group_id, topic, partition, owner, first, last, deaths, suspects) "  # noqa: S608 - ours
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (group_id, topic, partition) DO UPDATE SET owner = excluded.owner, "
    "first = excluded.first, last = excluded.last, deaths = excluded.deaths, suspects = excluded.suspects"
)
_OURS = "group_id = ? AND topic = ? AND partition = ? AND owner = ?"
_LEAVE = f"UPDATE {MARKS.name} SET first = ?, last = ?, deaths = ?, suspects = ? WHERE {_OURS}"  # noqa: S608
_DELETE = f"DELETE FROM {MARKS.name} WHERE {_OURS}"  # noqa: S608
"""By hand, as what finds marks: SQLAlchemy takes longer to put them together than SQLite for the whole transaction."""


@cache
def _find(count: int) -> str:
    """What finds the marks of so many partitions of a topic."""
    these = ", ".join("?" * count)
    return f"SELECT * FROM {MARKS.name} WHERE group_id = ? AND topic = ? AND partition IN ({these})"  # noqa: S608


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """Messages to take together; `deaths` is how many workers have ended with the only one of them in hand."""

    messages: tuple[Message, ...]
    deaths: int = 0

    @property
    def deadly(self) -> bool:
        """Whether its message must not be tried again."""
        return self.deaths >= DEATHS


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What somebody has in hand of a partition, `first` to `last`, and how many have ended with it before.

    `suspects` are others, as (first, last, deaths): behind it those that were in hand at a death and wait for their
    turn, before it those that were put aside and may not be committed yet.
    """

    first: int
    last: int
    deaths: int
    suspects: tuple[tuple[int, int, int], ...] = ()

    def deaths_with(self, offset: int) -> int:
        """How many workers have ended with this message in hand, if this mark's owner has ended."""
        return next((deaths for first, last, deaths in self._ranges() if first <= offset <= last), 0)

    def behind(self, offset: int) -> tuple[tuple[int, int, int], ...]:
        """The suspects behind that offset, if this mark's owner has ended."""
        clipped = ((max(first, offset + 1), last, deaths) for first, last, deaths in self._ranges())
        return tuple((first, last, deaths) for first, last, deaths in clipped if first <= last)

    def _ranges(self) -> tuple[tuple[int, int, int], ...]:
        return (self.first, self.last, self.deaths + 1), *self.suspects


class Marks:
    """The marks of one worker in one consumer group. Its methods may be called from any thread.

    `begin` and `mark` raise Unavailable when the store cannot serve now, Failure when it is broken.
    """

    def __init__(self, url: str, group: str) -> None:
        # the death of a process takes no mark away; a power loss may, and no page has caused that
        self._engine: Engine = connect(url, durable=False)
        self._group = group
        self._owner = uuid4().hex
        self._lock = Lock()
        self._ending = False
        self._known: dict[Lane, Mark] = {}
        self._held: set[Lane] = set()
        self._turn: Turn | None = None
        self._put_aside: dict[tuple[Lane, int], float] = {}
        self.in_hand = False
        """Whether a batch is in work."""

    def begin(self, messages: Sequence[Message]) -> list[Turn]:
        """Share a batch out into turns, in its order, and mark the first of them."""
        lanes = set(_spans(messages))
        with self._transaction() as connection:
            self._note_put_aside()
            rows = {(row.topic, row.partition): row for row in self._found(connection, lanes)}
            self._held -= lanes - {lane for lane, row in rows.items() if row.owner == self._owner}
            held = {lane: self._known[lane] for lane in self._held - lanes}
            self._known = {**held, **{lane: self._mark(row) for lane, row in rows.items()}}
            turns = turns_of(messages, self._known)
            marks = self._marks(turns[0])
            given_up = self._given_up(marks)
            self._replace(connection, marks, given_up)
        self._keep(turns[0], marks, given_up)
        self.in_hand = True
        return turns

    def mark(self, turn: Turn) -> None:
        """Mark a later turn of the batch; the one before it is acknowledged."""
        self._note_put_aside()
        marks = self._marks(turn)
        given_up = self._given_up(marks)
        with self._transaction() as connection:
            self._replace(connection, marks, given_up)
        self._keep(turn, marks, given_up)

    def finish(self) -> None:
        """The batch is acknowledged. Its marks stay in the store until the next one, or until `release`."""
        self.in_hand = False

    def release(self) -> None:
        """Take the marks away: the worker ends, and not because of a page. Never raises; takes 2 s at the most.

        From then on nothing is marked any more: a batch may be in work still.
        """
        self._ending = True
        releasing = Thread(target=self._release, name="release", daemon=True)
        releasing.start()
        releasing.join(RELEASE_SECONDS)

    def close(self) -> None:
        """Give the connection back."""
        self._engine.dispose()

    def _release(self) -> None:
        with self._lock, suppress(SQLAlchemyError), self._engine.begin() as connection:
            self._replace(connection, {}, self._given_up({}))

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        with self._lock:
            if self._ending:
                raise Unavailable("the worker ends and marks nothing any more")
            try:
                with self._engine.begin() as connection:
                    yield connection
            except SQLAlchemyError as error:
                raise explained(error, place_of(self._engine.url)) from error

    def _note_put_aside(self) -> None:
        """The turn before is acknowledged: if its page was put aside, that is not yet committed."""
        now = time.monotonic()
        self._put_aside = {place: at for place, at in self._put_aside.items() if now - at < COMMIT_SECONDS}
        if self._turn is not None and self._turn.deadly:
            self._put_aside |= {(lane, last): now for lane, (_, last) in _spans(self._turn.messages).items()}

    def _mark(self, row: Row[Any]) -> Mark:
        mark = Mark(first=row.first, last=row.last, deaths=row.deaths, suspects=_ranges(row.suspects))
        return self._with_none_in_hand((row.topic, row.partition), mark) if row.owner == self._owner else mark

    def _marks(self, turn: Turn) -> dict[Lane, Mark]:
        marks = {}
        for lane, (first, last) in _spans(turn.messages).items():
            known = self._known.get(lane)
            suspects = self._aside(lane) + (known.behind(last) if known else ())
            marks[lane] = Mark(first=first, last=last, deaths=turn.deaths, suspects=suspects)
        return marks

    def _with_none_in_hand(self, lane: Lane, mark: Mark) -> Mark:
        suspects = tuple(dict.fromkeys(self._aside(lane) + mark.suspects))
        return Mark(first=mark.last + 1, last=mark.last, deaths=0, suspects=suspects)

    def _aside(self, lane: Lane) -> tuple[tuple[int, int, int], ...]:
        return tuple((offset, offset, DEATHS) for of, offset in self._put_aside if of == lane)

    def _given_up(self, marks: Mapping[Lane, Mark]) -> dict[Lane, Mark]:
        """What remains of the marks that are held now, where these are not among them: suspects, with none in hand."""
        return {lane: self._with_none_in_hand(lane, self._known[lane]) for lane in sorted(self._held - set(marks))}

    def _replace(self, connection: Connection, marks: Mapping[Lane, Mark], given_up: Mapping[Lane, Mark]) -> None:
        """Hold these marks instead of those held, as far as these are still ours."""
        ours = [(mark, (self._group, *lane, self._owner)) for lane, mark in given_up.items()]
        new = [(self._group, *lane, self._owner, *_values(marks[lane])) for lane in sorted(marks)]
        _execute(connection, _LEAVE, [(*_values(mark), *where) for mark, where in ours if mark.suspects])
        _execute(connection, _DELETE, [where for mark, where in ours if not mark.suspects])
        _execute(connection, _PUT, new)

    def _keep(self, turn: Turn, marks: Mapping[Lane, Mark], given_up: Mapping[Lane, Mark]) -> None:
        """Remember what `_replace` wrote, now that it is committed."""
        self._known = {**self._known, **given_up, **marks}
        self._held = set(marks)
        self._turn = turn

    def _found(self, connection: Connection, lanes: set[Lane]) -> Iterator[Row[Any]]:
        """The marks of these lanes, topic by topic, and a worker has one."""
        numbers: defaultdict[str, list[int]] = defaultdict(list)
        for topic, partition in lanes:
            numbers[topic].append(partition)
        for topic, partitions in numbers.items():
            find = spelled(_find(len(partitions)), connection.dialect.name)
            yield from connection.exec_driver_sql(find, (self._group, topic, *partitions))


def _values(mark: Mark) -> tuple[int | str, ...]:
    return mark.first, mark.last, mark.deaths, json.dumps(mark.suspects)


def _execute(connection: Connection, statement: str, rows: list[tuple[Any, ...]]) -> None:
    """For each of the rows, which are in the order of their lanes, so that no two workers wait for each other."""
    if rows:
        connection.exec_driver_sql(spelled(statement, connection.dialect.name), rows)


def turns_of(messages: Sequence[Message], marks: Mapping[Lane, Mark]) -> list[Turn]:
    """A batch as turns in its order: what was in hand at a death one by one, the others together."""
    turns: list[Turn] = []
    together: list[Message] = []
    for message in messages:
        deaths = _deaths(message, marks)
        if not deaths:
            together.append(message)
            continue
        if together:
            turns.append(Turn(messages=tuple(together)))
            together = []
        turns.append(Turn(messages=(message,), deaths=deaths))
    if together:
        turns.append(Turn(messages=tuple(together)))
    return turns


def _deaths(message: Message, marks: Mapping[Lane, Mark]) -> int:
    place = message.place
    mark = marks.get((place.topic, place.partition)) if place else None
    return mark.deaths_with(place.offset) if mark and place else 0


def _spans(messages: Sequence[Message]) -> dict[Lane, tuple[int, int]]:
    """By lane, the first and last offset among the messages."""
    spans: dict[Lane, tuple[int, int]] = {}
    for message in messages:
        if message.place is not None:
            lane, offset = (message.place.topic, message.place.partition), message.place.offset
            first, last = spans.get(lane, (offset, offset))
            spans[lane] = min(first, offset), max(last, offset)
    return spans


def _ranges(text: str) -> tuple[tuple[int, int, int], ...]:
    return tuple((first, last, deaths) for first, last, deaths in json.loads(text))
