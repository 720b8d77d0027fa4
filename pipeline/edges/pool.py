"""Processes that may be killed: each page runs where a hang, a crash or a full memory costs only that page.

One pipe per process, nothing shared: pebble, which does the same with one pipe and one lock for all its processes,
fails as a whole when one of its idle processes is killed (5.2.3).
"""

import asyncio
import queue
import signal
import socket
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import pairwise
from types import TracebackType
from typing import Any, Protocol, Self

from pipeline.codec import Message
from pipeline.edges import fork_server
from pipeline.edges.own_enrichment import NOTHING, OwnEnrichment
from pipeline.edges.page_pipe import PagePipe
from pipeline.edges.page_process import MEMORY_EXIT, Setup
from pipeline.errors import Code, Failure, NoProcess
from pipeline.records import StageTime
from pipeline.settings import STAGE_CHUNK
from pipeline.topology import Stage
from pipeline.verdicts import Handled, dead, error_report

START_SECONDS = 60.0
"""How long a child may take to be ready, once the fork server has loaded its stage."""

START_TRIES = 3

END_SECONDS = 5.0
"""How long a child may take to end that was killed."""

TICK_SECONDS = 0.25
"""How often a page's time is looked at."""

TASKS_PER_CHILD = 500
"""Then a child is replaced: 4,000 pages, a minute of work, before whatever leaks in C libraries adds up."""

MIB = 1024 * 1024


class Observer(Protocol):
    """Who is told what a pool does, in whichever of its threads does it."""

    def started(self, processes: int) -> None:
        """All of its processes are ready."""

    def waiting(self, chunks: int) -> None:
        """So many more chunks wait for a process, or less."""

    def busy(self, processes: int, seconds: float = 0.0) -> None:
        """So many more processes have pages, or less; these had theirs for so long."""

    def lost(self, code: Code) -> None:
        """A process with pages was killed, or died."""


class Nobody:
    """An observer whom nothing interests: the metrics take 30 ms to load, which a command need not wait for."""

    def started(self, processes: int) -> None: ...
    def waiting(self, chunks: int) -> None: ...
    def busy(self, processes: int, seconds: float = 0.0) -> None: ...
    def lost(self, code: Code) -> None: ...


NOBODY = Nobody()


class Pool:
    """Runs stateless stages in `processes` children, each page with its own limits of time and memory.

    A context manager: entering starts the children and raises Failure when a stage in `stages` cannot be loaded.
    """

    def __init__(
        self,
        *,
        processes: int,
        page_seconds: float,
        page_memory_mib: int,
        stages: Sequence[Stage] = (),
        own: OwnEnrichment = NOTHING,
        is_for_many: bool = True,
        observer: Observer = NOBODY,
    ) -> None:
        """`is_for_many`: children have loaded what only some pages need. The first of a few need not wait for that."""
        self._page_seconds = page_seconds
        self._processes = processes
        self._setup: Setup = (page_memory_mib * MIB, fork_server.functions_of(stages), own)
        self._is_for_many = is_for_many
        self._observer = observer
        self._idle: queue.SimpleQueue[_Child | None] = queue.SimpleQueue()
        self._threads = ThreadPoolExecutor(processes, thread_name_prefix="pool")
        self._children: set[_Child] = set()
        self._closed = threading.Event()

    def __enter__(self) -> Self:
        fork_server.start(self._setup[1], is_for_many=self._is_for_many)
        starts = [self._threads.submit(self._start) for _ in range(self._processes)]
        try:
            for start in starts:
                self._idle.put(start.result())
        except BaseException as error:
            if not isinstance(error, Exception):  # Ctrl-C: whatever still loads, nobody waits for it
                self._closed.set()
                fork_server.end()
            self.__exit__(None, None, None)
            raise
        self._observer.started(self._processes)
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._closed.set()
        for child in tuple(self._children):
            child.kill()  # a thread that waits for its answer reads the end of the pipe
        self._threads.shutdown(wait=True, cancel_futures=True)
        for child in tuple(self._children):
            self._bury(child)

    @property
    def pids(self) -> tuple[int, ...]:
        """The children's process ids."""
        return tuple(child.pid for child in tuple(self._children))

    async def run(self, stage: Stage, messages: Sequence[Message], *, now: str) -> list[Handled]:
        """One Handled for each message, in their order. No page makes it raise; NoProcess: no child can be started.

        Pages travel in chunks. A chunk that exceeds one page's time, or loses its process, is repeated page by page,
        so that only the page that did it becomes a dead letter. One that was alone has for its second try, since
        somebody else may have killed its process, what the first one left of its time.
        """
        chunks = spread(messages, self._processes)
        results = await asyncio.gather(*(self._chunk(stage, chunk, now) for chunk in chunks))
        return [handled for result in results for handled in result]

    async def _chunk(self, stage: Stage, chunk: Sequence[Message], now: str) -> list[Handled]:
        try:
            return await self._submit(stage, chunk, now, self._page_seconds)
        except _LostError as lost:
            if len(chunk) == 1 and lost.seconds_left <= 0:
                return [_died(stage, chunk[0], lost, now)]
            seconds = lost.seconds_left if len(chunk) == 1 else self._page_seconds
            return list(await asyncio.gather(*(self._page(stage, message, now, seconds) for message in chunk)))

    async def _page(self, stage: Stage, message: Message, now: str, seconds: float) -> Handled:
        try:
            return (await self._submit(stage, (message,), now, seconds))[0]
        except _LostError as lost:
            return _died(stage, message, lost, now)

    async def _submit(self, stage: Stage, chunk: Sequence[Message], now: str, seconds: float) -> list[Handled]:
        loop = asyncio.get_running_loop()
        self._observer.waiting(1)
        return await loop.run_in_executor(self._threads, self._call, (stage, tuple(chunk), now), seconds)

    def _call(self, task: "_Task", seconds: float) -> list[Handled]:
        """In a thread of the pool; there are as many as children, so one of them is idle, or its place is empty."""
        child = self._idle.get()
        self._observer.waiting(-1)
        self._observer.busy(1)
        began = time.monotonic()
        try:
            if child is not None and child.worn:
                self._bury(child)
                child = None
            child = child or self._start()
            return child.call(task, seconds)
        except _LostError as lost:
            self._observer.lost(lost.code)
            raise
        except Failure as error:
            raise NoProcess(str(error)) from error
        finally:
            self._observer.busy(-1, time.monotonic() - began)
            self._idle.put(child)

    def _start(self) -> "_Child":
        """A child that is ready. One that dies at its start died of something else than a page: another is tried."""
        reason = "the pool is closed"
        for _ in range(START_TRIES):
            if self._closed.is_set():
                break
            try:
                child = _Child(self._setup, is_for_many=self._is_for_many, is_only=self._processes == 1)
            except ConnectionError as error:
                reason = f"a process for pages did not start: {error}"
                continue
            self._children.add(child)
            if self._closed.is_set():  # it was not there yet when the others were killed
                child.kill()
            try:
                problem = child.await_ready()
            except _LostError as lost:
                self._bury(child)
                reason = f"a process for pages did not start: {lost}"
                continue
            if problem is None:
                return child
            self._bury(child)
            raise Failure(f"the stage cannot be loaded: {problem}")
        raise Failure(reason)

    def _bury(self, child: "_Child") -> None:
        child.end()
        self._children.discard(child)


_Task = tuple[Stage, tuple[Message, ...], str]
"""A stage, the messages that it is to take, and the present instant."""


class _LostError(Exception):
    """The child ended before it answered: killed for its time, or dead by itself with some of it left."""

    def __init__(self, code: Code, text: str, seconds_left: float = 0.0) -> None:
        super().__init__(text)
        self.code = code
        self.seconds_left = seconds_left


def _died(stage: Stage, message: Message, lost: _LostError, now: str) -> Handled:
    return dead(stage, message, error_report("process", lost.code, str(lost)), StageTime(stage=stage.name, at=now))


class _Child:
    """One process and our end of its pipe. It belongs to one thread at a time; only `kill` is for any."""

    def __init__(self, setup: Setup, *, is_for_many: bool, is_only: bool) -> None:
        """ConnectionError when the fork server has died, Failure when there can be no process now."""
        self._tasks = 0
        self._lost = False
        self._setup = setup
        ours, theirs = socket.socketpair()
        self._pipe = PagePipe(ours.detach())
        try:
            self._process = fork_server.fork(setup[1], theirs.fileno(), is_for_many=is_for_many, is_only=is_only)
        except OSError as error:
            self._pipe.close()
            if isinstance(error, ConnectionError):
                raise
            raise Failure(f"cannot start a process for pages: {error}") from error
        finally:
            theirs.close()
        self.pid = self._process.pid

    @property
    def worn(self) -> bool:
        """Whether it must be replaced before its next task. An idle child has nothing to say but its end."""
        return self._lost or self._tasks >= TASKS_PER_CHILD or self._pipe.has_news()

    def await_ready(self) -> str | None:
        """None when it has loaded its stages, else what is wrong with them; _LostError when it does not say."""
        problem: str | None = self._answer(self._setup, START_SECONDS)
        return problem

    def call(self, task: _Task, seconds: float) -> list[Handled]:
        """The child's answer; _LostError when there is none in time."""
        self._tasks += 1
        answer: list[Handled] = self._answer(task, seconds)
        return answer

    def _answer(self, task: Any, seconds: float) -> Any:
        """Send and receive under one clock: to kill the child is what ends a send or a receive that would block."""
        clock = _Clock(seconds, self.kill)
        clock.start()
        self._lost = True  # until the answer is here: half a message in the pipe would be taken for the next one's
        try:
            self._pipe.send(task)
            answer = self._pipe.receive()
        except (OSError, EOFError):
            clock.stop()
            exit_code = self.end()
            if clock.expired:
                raise _LostError(Code.TIME_LIMIT, f"no result within {seconds:g} s") from None
            if exit_code == MEMORY_EXIT:
                text = "the page needs more memory than a page may take"
                raise _LostError(Code.MEMORY_LIMIT, text, clock.left) from None
            text = f"its process died: {_cause_of(exit_code)}"
            raise _LostError(Code.WORKER_DIED, text, clock.left) from None
        finally:
            clock.stop()
        self._lost = clock.expired  # it may strike while the answer is read
        return answer

    def kill(self) -> None:
        """SIGKILL: its pipe then ends for whoever waits for it."""
        self._process.kill()

    def end(self) -> int | None:
        """Kill it if it lives, forget it, and give its exit code. May be called twice."""
        self.kill()
        exit_code = self._process.wait(END_SECONDS)
        self._pipe.close()
        return exit_code


class _Clock:
    """Calls `strike` once that many seconds have passed, in a thread of its own, unless it is stopped before.

    Time in which this process itself stood still (SIGSTOP, a suspended machine) is not counted: no page took it.
    """

    def __init__(self, seconds: float, strike: Callable[[], None]) -> None:
        self.expired = False
        self.left = seconds
        self._strike = strike
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._tick, daemon=True)

    def start(self) -> None:
        """Count from now on."""
        self._thread.start()

    def stop(self) -> None:
        """Count no longer; `expired` stays as it is from then on. May be called twice."""
        self._stopped.set()
        self._thread.join()

    def _tick(self) -> None:
        while self.left > 0:
            step = min(self.left, TICK_SECONDS)
            if self._stopped.wait(step):
                return
            self.left -= step  # not what has passed: a look that comes late finds that we stood still
        self.expired = True
        self._strike()


def spread(messages: Sequence[Message], processes: int) -> list[Sequence[Message]]:
    """Chunks of at most `STAGE_CHUNK`, in order, as equal as can be, and one per process if there is enough."""
    count = max(-(-len(messages) // STAGE_CHUNK), min(processes, len(messages)))
    ends = [round(number * len(messages) / count) for number in range(count + 1)] if count else []
    return [messages[start:end] for start, end in pairwise(ends)]


def _cause_of(code: int | None) -> str:
    if code is not None and code < 0:
        with suppress(ValueError):
            return signal.Signals(-code).name
    return f"exit code {code}"
