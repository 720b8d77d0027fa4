"""What `tests.dying_worker` changes in a worker: Faust's own step is replaced, a constant, or a pause added."""

import os
import signal
import time
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.errors import MessageSizeTooLargeError, UnknownMemberIdError

from pipeline.edges import database, faust_app, health, kafka, safety, store, watchdog
from pipeline.edges.faust_waits import Consumer


async def die(*_arguments: Any, **_options: Any) -> Any:
    os.kill(os.getpid(), signal.SIGKILL)


async def refuse(*_arguments: Any, **_options: Any) -> Any:
    raise MessageSizeTooLargeError("the broker takes no such message")


async def block(*_arguments: Any, **_options: Any) -> Any:
    time.sleep(3600)  # noqa: ASYNC251 - that it blocks is the point


decide_really = kafka._Deciding._decide


def decide_and_stop(deciding: Any, messages: Any) -> Any:
    handled = decide_really(deciding, messages)
    os.kill(os.getpid(), signal.SIGSTOP)
    return handled


async def lose_group(consumer: Any, *_arguments: Any, **_options: Any) -> Any:
    consumer._thread._consumer._coordinator._pending_exception = UnknownMemberIdError()


def observe() -> None:
    watchdogs: list[Any] = []
    start = watchdog.Watchdog.start

    def remember(self: Any) -> None:
        watchdogs.append(self)
        start(self)

    def lose(_number: int, _frame: object) -> None:
        watchdogs[0].app.consumer._thread._consumer._coordinator._pending_exception = UnknownMemberIdError()

    watchdog.Watchdog.start = remember  # type: ignore[method-assign]
    watchdog.Watchdog._leave = lambda _self, _reason: None  # type: ignore[method-assign, assignment, return-value]
    health.LOOP_SECONDS = 1.5
    watchdog.LOOK_SECONDS = 0.2
    kafka.slowest_batch_seconds = lambda _settings: 2.5
    signal.signal(signal.SIGUSR1, lose)
    signal.signal(signal.SIGUSR2, lambda _number, _frame: time.sleep(4))


def arrange(moment: str) -> None:
    """Let this process meet its end at that moment."""
    if moment == "send":
        AIOKafkaProducer.send = die
    elif moment == "refuse":
        AIOKafkaProducer.send = refuse
    elif moment == "block":
        AIOKafkaProducer.send = block
        kafka.WATCHDOG_SECONDS = 3.0
    elif moment == "stop":
        kafka._Deciding._decide = decide_and_stop  # type: ignore[method-assign]
    elif moment == "zombie":
        Consumer._commit_offsets = lose_group  # type: ignore[method-assign]
    elif moment == "commit":
        # called only when there is something to commit
        Consumer._commit_offsets = die  # type: ignore[method-assign]
        kafka.WITHIN_SECONDS = 2.0  # on a slow machine too, all there is comes in one batch, before the first commit
    elif moment == "hurry":
        database.LOCK_SECONDS = store.LOCK_SECONDS = 1.0
        kafka.UNAVAILABLE_SECONDS = 3.0
        faust_app.STOP_SECONDS = 2.5
    elif moment == "haste":
        safety.REBALANCE_SECONDS = safety.MARGIN_SECONDS + 5.0
    elif moment == "observed":
        observe()
