"""The health of `newsflow run`: its own event loop, and what its workers answer."""

import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

import structlog

from pipeline.edges.health import Beat, Health
from pipeline.edges.health_check import NothingListens, ask
from pipeline.edges.supervisor import Place, Supervisor
from pipeline.errors import Failure

ASK_EVERY_SECONDS = 5.0
ANSWER_SECONDS = 2.0

TROUBLES = 2
"""Bad answers of a worker in a row before it counts: one may be of the moment in which it ends itself."""

AT_ONCE = 16


@dataclass(slots=True, kw_only=True)
class RunHealth:
    """Live while the loop runs and no worker says, by a bad answer or by none, that it gets nothing done.

    Workers are asked in the background, so that an answer about all of them takes no longer than one about us.
    """

    supervisor: Supervisor
    beat: Beat = field(default_factory=Beat)
    is_ready: bool = False
    is_stopping: bool = False
    _problems: dict[Place, tuple[int, str]] = field(default_factory=dict)

    @property
    def health(self) -> Health:
        """As others ask for it."""
        return Health(live=self.live, ready=self.ready)

    def live(self) -> str | None:
        """None while all gets on, starts or stops."""
        stalled = self.beat.stalled()
        if stalled or self.is_stopping:
            return stalled
        bad = [f"worker {name}: {text}" for (name, _), (times, text) in self._problems.items() if times >= TROUBLES]
        return "; ".join(bad) or None

    def ready(self) -> str | None:
        """None once every worker has joined its group, and while all of them are there."""
        if self.is_stopping:
            return "stopping: the workers finish their batches"
        if not self.is_ready:
            return "starting: the workers have not joined their groups"
        gone = self.supervisor.missing
        return f"started again just now: {', '.join(gone)}" if gone else self.live()

    @contextmanager
    def asking(self) -> Iterator[None]:
        """Ask the workers again and again, for the length of a block."""
        ended = threading.Event()
        thread = threading.Thread(target=self._ask_on, args=(ended.wait,), name="health", daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join(2 * ANSWER_SECONDS)

    def _ask_on(self, wait: Callable[[float], bool]) -> None:
        addresses = self.supervisor.addresses
        with ThreadPoolExecutor(max_workers=AT_ONCE, thread_name_prefix="health") as pool:
            while addresses and not wait(ASK_EVERY_SECONDS):
                try:
                    self._ask_all(addresses, pool)
                except Exception as error:  # without this thread nobody would hear of a worker that hangs
                    structlog.get_logger().error("workers not asked for their health", error=repr(error))

    def _ask_all(self, addresses: Mapping[Place, str], pool: ThreadPoolExecutor) -> None:
        problems = pool.map(_problem, addresses.values())
        self._problems = {
            place: (self._problems.get(place, (0, ""))[0] + 1, problem)
            for place, problem in zip(addresses, problems, strict=True)
            if problem is not None
        }


def _problem(address: str) -> str | None:
    """What is wrong with a worker; None also while it is started and does not listen yet."""
    try:
        ask(f"http://{address}", "/livez", seconds=ANSWER_SECONDS)
    except NothingListens:
        return None
    except Failure as failure:
        return str(failure).removeprefix("not live: ")
    except Exception as error:
        return f"it cannot be asked: {error!r}"
    return None
