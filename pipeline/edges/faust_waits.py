"""Faust's waits, made to wait for what happens instead of looking again and again.

A worker that stands in a backlog, or before an empty topic, looked 50 times a second whether its buffer had room and
whether a batch had begun, and kept statistics that nobody reads: half of its processor time. Nothing here changes what
is delivered, acknowledged or committed, nor in which order.
"""

import asyncio
from collections.abc import Generator, Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from inspect import iscoroutine
from typing import Any

import faust
from faust.transport.drivers import aiokafka as driver
from mode.services import WaitResults

FETCH_MS = 500
"""How long the broker may hold a fetch for which it has no messages. It answers at once when there are some."""

CROWDED_FETCH_MS = 200
"""The same while a partition waits for room: it is left out of the fetch under way, and must wait for its end."""

COMPANY_SECONDS = 0.1
"""How long a batch waits for company after one that had some: what comes from a busy stage comes in bursts."""


class App(faust.App):
    """Faust's app with these waits, and without its monitor, which follows every message and sums up every second."""

    def _new_transport(self) -> Any:
        return Transport(self.conf.broker_consumer, self)

    def on_init_dependencies(self) -> Iterable[Any]:
        """What starts with the app: as Faust has it, but for the monitor."""
        services: Iterable[Any] = super().on_init_dependencies()
        self.sensors.remove(self.monitor)
        return services

    def on_rebalance_start(self) -> None:
        """Faust warns of an error of its own where no sensor tells anything of a rebalance."""
        super().on_rebalance_start()
        self._rebalancing_sensor_state = {"none": {}}


class Consumer(driver.Consumer):
    """Waits for room in the buffer where Faust looks every second, and so lets a backlog flow at once."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._room: Any = asyncio.Event()
        self._asking = False
        self.first_offsets: dict[Any, int] = {}
        """By partition, the offset of the first message that was taken from it."""

    def _to_message(self, tp: Any, record: Any) -> Any:
        self.first_offsets.setdefault(tp, record.offset)
        return super()._to_message(tp, record)

    async def _wait_next_records(self, timeout: float) -> Any:  # noqa: ASYNC109 - Faust's signature
        active = self._get_active_partitions()
        if active or not self.flow_active:
            return await super()._wait_next_records(timeout)
        self._room.clear()
        await self.wait(self._room, timeout=timeout)
        return {}, active

    async def _getmany(self, active_partitions: Any, timeout: float) -> Any:  # noqa: ASYNC109 - Faust's signature
        if not self._buffered_partitions:
            self._hold_fetches(FETCH_MS)
        self._asking = True
        try:
            return await super()._getmany(active_partitions=active_partitions, timeout=timeout)
        finally:
            self._asking = False

    def on_buffer_full(self, tp: Any) -> None:
        """A partition has too much in the buffer."""
        super().on_buffer_full(tp)
        self._hold_fetches(CROWDED_FETCH_MS)

    def on_buffer_drop(self, tp: Any) -> None:
        """A partition has room in the buffer again."""
        super().on_buffer_drop(tp)
        self._ask_anew()

    def resume_partitions(self, tps: Iterable[Any]) -> None:
        """After a rebalance."""
        super().resume_partitions(tps)
        self._ask_anew()

    def _ask_anew(self) -> None:
        """Let the request under way see which partitions are active now: it was given the set itself, not a copy."""
        self._room.set()
        if self._asking:
            with suppress(RuntimeError):  # its loop is closed: the worker stops, and nobody waits any more
                self._thread.thread_loop.call_soon_threadsafe(_look_again, self._fetcher_of_records)

    def _hold_fetches(self, milliseconds: int) -> None:
        self._fetcher_of_records._fetch_max_wait_ms = milliseconds

    @property
    def _fetcher_of_records(self) -> Any:
        return self._thread._ensure_consumer()._fetcher

    async def wait_first(self, *waited: Any, timeout: Any = None) -> Any:  # noqa: ASYNC109 - Faust's signature
        """As Faust's, but for what ends at once: it needs no task, nor do the others, the stop and the crash.

        So a message is handed to its stream, nearly always: half of its 19 callbacks of the loop were for four tasks.
        What is waited for begins in the caller's task: it must not set a timeout of its own before it first waits.
        """
        first, *others = waited
        if not iscoroutine(first) or self._stopped.is_set() or self._crashed.is_set():
            return await super().wait_first(*waited, timeout=timeout)
        try:
            awaited = first.send(None)
        except BaseException as end:
            for other in filter(iscoroutine, others):
                other.close()
            if isinstance(end, StopIteration):
                return WaitResults([first], [end.value], False)
            raise
        return await super().wait_first(_Rest(first, awaited), *others, timeout=timeout)

    async def _commit_offsets(self, offsets: Any, start_new_transaction: bool = True) -> bool:
        """As Faust's, without what belongs to transactions and tables, of which there are none, and without its log.

        For that it draws a picture of each commit, which took a twentieth of a worker's processor time.
        """
        assigned = self.assignment()
        ours = {partition: offset for partition, offset in offsets.items() if partition in assigned}
        if len(ours) < len(offsets):
            revoked = {str(partition): offset for partition, offset in offsets.items() if partition not in assigned}
            self.log.info("not committed, for others have the partitions and will repeat it: %r", revoked)
        if not ours:
            return False
        await self.app.producer.flush()
        committed: bool = await self._commit(ours)
        self._committed_offset.update(ours)
        return committed

    async def verify_all_partitions_active(self) -> None:
        """Nothing: it only logs what seems slow, and our watchdog ends what is stuck."""


@dataclass(slots=True, eq=False)
class _Rest:
    """What is left of a coroutine that was begun and awaits something: it can be awaited."""

    begun: Any
    awaited: Any

    def __await__(self) -> Generator[Any, Any, Any]:
        while True:
            try:
                answer = yield self.awaited
            except BaseException as error:  # also a cancellation, and the end of a generator
                step = partial(self.begun.throw, error)
            else:
                step = partial(self.begun.send, answer)
            try:
                self.awaited = step()
            except StopIteration as end:
                return end.value


def _look_again(fetcher: Any) -> None:
    """In the consumer's thread: wake who waits for records, as a fetch that has ended does."""
    for waiter in tuple(fetcher._fetch_waiters):
        fetcher._notify(waiter)


class Transport(driver.Transport):
    """Faust's transport with our consumer."""

    Consumer = Consumer


class Stream(faust.Stream[Any]):
    """Waits for the first event of a batch, where `take_events` looks every `within` seconds if there is one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._in_hand: set[Any] = set()
        """Events that are taken from the channel and not acknowledged: in the batch, or waiting for the next."""
        self._arrival: Any = asyncio.Event()
        self._done = 0
        """Events of the batch before."""
        self.add_processor(self._note)

    def _note(self, value: Any) -> Any:
        self._in_hand.add(self.current_event)
        self._arrival.set()
        return value

    async def ack(self, event: Any) -> bool:
        """Acknowledge an event of a batch that is done."""
        self._in_hand.discard(event)
        self._done += 1
        is_last: bool = await super().ack(event)
        return is_last

    async def wait_for_stopped(self, *waited: Any, timeout: Any = None) -> bool:  # noqa: ASYNC109 - Faust's signature
        """Whether the stream was stopped while it waited. `take_events` alone gives a timeout."""
        if timeout is not None:
            if not self._in_hand:
                self._arrival.clear()
                if await super().wait_for_stopped(self._arrival):
                    return True
            timeout, self._done = COMPANY_SECONDS if self._done > 1 else timeout, 0
        stopped: bool = await super().wait_for_stopped(*waited, timeout=timeout)
        return stopped
