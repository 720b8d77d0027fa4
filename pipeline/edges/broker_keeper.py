"""Keeps an embedded broker running: one that died is started again on the same port and data, and it is said so.

One that dies again and again is given up, so that a service manager learns of it.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.edges.broker import Broker, BrokerProcess, start_broker
from pipeline.errors import Failure

LOOK_SECONDS = 0.5
MAX_DEATHS, WITHIN_SECONDS = 5, 300.0

Say = Callable[[str], None]


@dataclass(slots=True, kw_only=True)
class BrokerKeeper:
    """One embedded broker over its lives. It sets `stop` when it gives up; `failure` then says why."""

    folder: Path
    process: BrokerProcess
    stop: threading.Event
    say: Say
    failure: Failure | None = None
    _deaths: list[float] = field(default_factory=list)
    _leaving: threading.Event = field(default_factory=threading.Event)

    @property
    def broker(self) -> Broker:
        """The broker as it runs now; its address stays the same."""
        return self.process.broker

    def keep(self) -> None:
        """Look after the broker, in a thread of its own, until `leave` or until it is given up."""
        while not self._leaving.wait(LOOK_SECONDS):
            if self.process.running:
                continue
            try:
                self._revive()
            except Failure as failure:
                self.failure = failure
                self.stop.set()
                return

    def _revive(self) -> None:
        now = time.monotonic()
        self._deaths = [death for death in self._deaths if now - death < WITHIN_SECONDS] + [now]
        log = self.broker.log_file
        if len(self._deaths) >= MAX_DEATHS:
            raise Failure(f"Kafka died {MAX_DEATHS} times in {WITHIN_SECONDS:g} s; its log is {log}")
        self.say(f"Kafka died (its log is {log}); it starts again on the same port and data")
        self.process.kill()  # gives its folder free
        port = int(self.broker.bootstrap.rpartition(":")[2])
        self.process = start_broker(self.folder, port=port, say=self.say)

    def leave(self) -> None:
        """Stop looking, before the broker is stopped on purpose."""
        self._leaving.set()


@contextmanager
def kept_broker(folder: Path, *, port: int, stop: threading.Event, say: Say) -> Iterator[Broker]:
    """An embedded broker that is restarted when it dies.

    Raises Failure when it does not start, and at the end of the block when it was given up.
    """
    process = start_broker(folder, port=port, say=say)
    keeper = BrokerKeeper(folder=folder, process=process, stop=stop, say=say)
    thread = threading.Thread(target=keeper.keep, name="broker-keeper", daemon=True)
    thread.start()
    try:
        yield process.broker
    finally:
        keeper.leave()
        thread.join()
        keeper.process.stop()
    if keeper.failure is not None:
        raise keeper.failure
