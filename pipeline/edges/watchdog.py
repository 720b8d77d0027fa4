"""Ends a worker that only looks alive, so that its supervisor starts another.

Faust reads past aiokafka's error channel: after a fatal group error the process lives on and consumes nothing. A
thread looks, not the loop, which may be the thing that hangs.
"""

import faulthandler
import gc
import os
import signal
import sys
import threading
import time
from dataclasses import dataclass, field
from typing import Any, NoReturn

import structlog

from pipeline.edges.marks import Marks
from pipeline.edges.refusals import not_consumed

ZOMBIE_EXIT = 71
LOOK_SECONDS = 2.0

STANDSTILL_SECONDS = 10.0
"""Less than the session timeout: whoever stood still (SIGSTOP, a frozen container) no longer than this lost nothing."""


@dataclass(slots=True, kw_only=True)
class Watchdog:
    """Watches one Faust app. `patience` is how long work may wait without any being committed."""

    app: Any
    patience: float
    marks: Marks
    """Taken away before the process ends, unless a page in hand may be to blame."""
    _stopping: threading.Event = field(default_factory=threading.Event)
    _committed: dict[Any, Any] = field(default_factory=dict)
    _progress_at: float = field(default_factory=time.monotonic)
    _looked_at: float = field(default_factory=time.monotonic)
    _stood_still: bool = False

    @property
    def stood_still(self) -> bool:
        """Whether others may have taken over what this process has in hand: to send it now would be out of order."""
        late = time.monotonic() - self._looked_at > STANDSTILL_SECONDS
        return not self._stopping.is_set() and (self._stood_still or late)

    @property
    def is_stopping(self) -> bool:
        """Whether the worker was told to stop."""
        return self._stopping.is_set()

    @property
    def partitions(self) -> frozenset[Any] | None:
        """What is assigned to the worker, as pairs of topic and number; None while nothing was shared out."""
        client = self._client()
        assignment = None if client is None else assignment_of(client)
        return None if assignment is None else frozenset(assignment.tps)

    @property
    def in_hand(self) -> int:
        """Messages that were fetched and are not acknowledged."""
        consumer = self.app._consumer
        return 0 if consumer is None else len(consumer._unacked_messages)

    def lag(self) -> dict[int, int]:
        """By partition, how many messages are not committed; without those that nothing was fetched from yet."""
        client = self._client()
        assignment = None if client is None else assignment_of(client)
        if assignment is None:
            return {}
        consumer = self.app.consumer
        committed = dict(consumer._committed_offset)
        found = {}
        for partition in assignment.tps:
            state = assignment.state_value(partition)
            if state.highwater is not None and state.has_valid_position:
                begun = consumer.first_offsets.get(partition, state._position)
                done = committed.get(partition) or begun  # nothing is committed yet: all that was taken is behind
                found[partition.partition] = max(0, state.highwater - done)
        return found

    def trouble(self, patience: float) -> str | None:
        """Why this worker gets nothing done, as whoever asks /livez is told; None when it is well or stopping."""
        if self.is_stopping:
            return None
        if self.stood_still:
            return f"it stood still for more than {STANDSTILL_SECONDS:g} s"
        client = self._client()
        if client is None:
            return None
        lost = zombie(client)
        if lost is not None:
            return f"it has lost its consumer group: {lost!r}"
        idle = time.monotonic() - self._progress_at
        return f"work waits, and none has been committed for {idle:.0f} s" if idle > patience else None

    def start(self) -> None:
        """Look from now on, until the process ends."""
        threading.Thread(target=self._watch, name="watchdog", daemon=True).start()

    def stop(self) -> None:
        """The worker is stopping: a coordinator that ends is no zombie now."""
        self._stopping.set()

    def _watch(self) -> None:
        while not self._stopping.wait(LOOK_SECONDS):
            if self.stood_still:
                self._stood_still = True  # before the next look, so that nothing is sent meanwhile
                self._leave(f"it stood still for more than {STANDSTILL_SECONDS:g} s")
            self._looked_at = time.monotonic()
            client = self._client()
            if client is None:
                continue
            lost = zombie(client)
            if lost is not None and not self._stopping.is_set():
                # Faust's thread has often seen the error that was the cause
                self._leave(not_consumed(self.app.conf.id, self.app.consumer._thread.crash_reason or lost))
            if self._stuck(client):
                gc.collect()  # messages of partitions that were taken away may only seem to be in work
                if self._stuck(client):
                    self._kill()

    def _leave(self, reason: str) -> NoReturn:
        structlog.get_logger().error("worker left its consumer group", reason=reason, exit=ZOMBIE_EXIT)
        self.marks.release()
        os._exit(ZOMBIE_EXIT)

    def _client(self) -> Any:
        """aiokafka's consumer, None before it is there."""
        thread = getattr(self.app._consumer, "_thread", None)  # `app.consumer` would make one, in whatever thread asks
        return getattr(thread, "_consumer", None)

    def _stuck(self, client: Any) -> bool:
        now = time.monotonic()
        committed = dict(self.app.consumer._committed_offset)
        if committed != self._committed or not waiting(self.app.consumer, client):
            self._committed = committed
            self._progress_at = now
        return now - self._progress_at > self.patience

    def _kill(self) -> None:
        structlog.get_logger().error("work waits and none is committed: the worker ends itself", patience=self.patience)
        faulthandler.dump_traceback(file=sys.stderr, all_threads=True)
        if not self.marks.in_hand:
            self.marks.release()
        os.kill(os.getpid(), signal.SIGKILL)


def zombie(client: Any) -> BaseException | None:
    """Why this consumer will never get a message again; None when it is well."""
    coordinator = client._coordinator
    error: BaseException | None = getattr(coordinator, "_pending_exception", None)
    if error is not None:
        return error
    task = getattr(coordinator, "_coordination_task", None)
    return RuntimeError("its coordination task has ended") if task is not None and task.done() else None


def assignment_of(client: Any) -> Any:
    """The partitions of aiokafka's consumer with their states; None while its group has shared out none."""
    subscription = client._subscription.subscription
    return subscription.assignment if subscription is not None else None


def waiting(consumer: Any, client: Any) -> bool:
    """Whether there is work: messages taken and not acknowledged, or messages in Kafka that were not fetched."""
    if len(consumer._unacked_messages):
        return True
    assignment = assignment_of(client)
    if assignment is None:
        return False
    for partition in assignment.tps:
        state = assignment.state_value(partition)
        highwater = state.highwater
        if highwater is not None and state.has_valid_position and highwater > state._position:
            return True
    return False
