"""The process from which the pool's children are forked: it loads and warms the stages once, and has no threads.

Here is its parent's side; `forking.py` is what runs in it. Python's own fork server begins to load later: it
needs another process beside it, a socket in a folder, and what finds these; and each of its children imports its
parent's main script. Imports next to nothing, so that a command can start it first and load its own modules meanwhile.
"""

import atexit
import os
import select
import signal
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.topology import Stage

ANSWER = struct.Struct("i")
"""To a request: the child's process id, or an error's number below zero. When the child has ended: its exit code."""
MANY, ONLY = "many", "only"
"""First words of requests: for a child of many pages, which has what only some pages need; for the only child."""
STOPS = (signal.SIGINT, signal.SIGTERM)
"""They are for its parent, whoever sends them to the whole group."""
LOAD_SECONDS = 60.0
"""How long loading may take: 1-2 s alone, 10 s on a machine that starts all its services at once."""

ENVIRONMENT = {
    "OPENBLAS_NUM_THREADS": "1",  # each thread counts 64 MiB and more against a page's memory
    # glibc keeps 7 freed pieces of a size for the next page's nodes, and merges thousands to split them again. Without
    # the bounds it would hoard: what `calloc` and `realloc` take is never taken from there. These are 9 MiB at the most
    "GLIBC_TUNABLES": "glibc.malloc.tcache_count=16384:glibc.malloc.tcache_max=128",
}
"""Of the fork server and so of the children, where the operator has not set them: libraries read it as they start."""


def functions_of(stages: "Sequence[Stage]") -> tuple[str, ...]:
    """The functions that run in children: those of the stages without memory."""
    return tuple(stage.function for stage in stages if stage.decide is None)


def annotates(functions: Sequence[str]) -> bool:
    """Whether the stage is among them that knows languages, and an operator's own enrichers."""
    return any("annotate" in function for function in functions)


def start(functions: Sequence[str] | None = None, *, is_for_many: bool) -> None:
    """Start it if it does not run yet, and return at once: a child then costs 5 ms, not a second.

    It begins to load these functions; unless any are named, those of the topology that its settings name.
    `is_for_many`: and what only some pages need. The first of a few pages need not wait for that.
    """
    global _is_wanted
    if functions is None or functions:
        with _lock:
            _is_wanted = True
            _running(functions, is_for_many=is_for_many)


def fork(functions: Sequence[str], pipe: int, *, is_for_many: bool, is_only: bool = False) -> "ForkedChild | OnlyChild":
    """A child with these functions loaded, which serves one end of a pipe.

    OSError when there can be none now; of these a ConnectionError when the server has died, and the next call starts
    another.

    `is_only`: no other is needed beside it. For a few pages the server itself becomes it: to fork, and to copy what the
    child touches, takes 20 ms. The next child then begins with a new server.
    """
    global _server, _has_forked
    with _lock:
        if not _is_wanted:
            raise ConnectionError("the fork server was told to end")
        control = _running(functions, is_for_many=is_for_many)
        if is_only and not is_for_many and not _has_forked and _server is not None:
            process, _server = _server[0], None
            with control:
                socket.send_fds(control, [" ".join([ONLY, *functions]).encode() + b"\n"], [pipe])
            return OnlyChild(process)
        _has_forked = True
        status, theirs = os.pipe()
        try:
            pid = _asked(control, " ".join([*([MANY] if is_for_many else []), *functions]), pipe, theirs)
        except BaseException:
            os.close(status)
            raise
        finally:
            os.close(theirs)
    return ForkedChild(pid, status)


def _asked(control: socket.socket, request: str, *descriptors: int) -> int:
    try:
        socket.send_fds(control, [request.encode() + b"\n"], descriptors)
        answer = control.recv(ANSWER.size, socket.MSG_WAITALL)
    except BaseException as error:
        _kill()  # else the next request would get the answer to this one
        if isinstance(error, TimeoutError):
            raise TimeoutError(f"the stages did not load in {LOAD_SECONDS:.0f} s") from None
        raise
    if len(answer) < ANSWER.size:
        _kill()
        raise ConnectionError("the fork server has ended")
    pid: int = ANSWER.unpack(answer)[0]
    if pid < 0:
        raise OSError(-pid, os.strerror(-pid))
    return pid


class OnlyChild:
    """A child that was the fork server."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self.pid = process.pid
        self._process = process

    def kill(self) -> None:
        """SIGKILL, unless it has ended. For any thread."""
        self._process.kill()

    def wait(self, seconds: float) -> int | None:
        """As `ForkedChild.wait`."""
        with suppress(subprocess.TimeoutExpired):
            return self._process.wait(seconds)
        return None


class ForkedChild:
    """A child: the fork server's, so that only the server can wait for it, and tells of its end."""

    def __init__(self, pid: int, status: int) -> None:
        self.pid = pid
        self._status = status
        self._code: int | None = None
        self._is_known, self._is_closed = False, False
        self._lock = threading.Lock()

    def kill(self) -> None:
        """SIGKILL, unless it has ended: its id may be another's by now. For any thread."""
        with self._lock:
            self._look()
            if not self._is_known:
                self._signal()

    def wait(self, seconds: float) -> int | None:
        """Its exit code, less than zero for a signal; None when it does not end in time, or nobody knows.

        For the thread that has the child.
        """
        if not self._is_known:
            readable(self._status, seconds)
        with self._lock:
            self._look()
            if self._is_known and not self._is_closed:
                os.close(self._status)
                self._is_closed = True
        return self._code

    def _look(self) -> None:
        if not self._is_known and readable(self._status, 0):
            told = os.read(self._status, ANSWER.size)
            self._is_known = True
            if len(told) == ANSWER.size:
                self._code = ANSWER.unpack(told)[0]
            else:  # the server has died, and where the system does not end the child with it, nobody else will
                self._signal()

    def _signal(self) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)


def readable(descriptor: int, seconds: float) -> bool:
    """Whether there is something to read, or the other end is gone, within that time."""
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    return bool(poll.poll(1000 * seconds))


_lock = threading.Lock()
_server: tuple["subprocess.Popen[bytes]", socket.socket] | None = None
"""The process and our end of its socket. It ends when this is closed, and be it because we were killed."""
_is_wanted = False
_has_forked = False
"""Whether there are children that end with it."""


def _running(functions: Sequence[str] | None, *, is_for_many: bool) -> socket.socket:
    global _server, _has_forked
    if _server is None or _server[0].poll() is not None:
        if _server is not None:
            _server[1].close()
        ours, theirs = socket.socketpair()
        ours.settimeout(LOAD_SECONDS)
        with theirs:
            arguments = theirs.fileno(), None if functions is None else tuple(functions), is_for_many
            # first our path: what it loads must be what we would load, and nothing from the working folder
            code = (
                f"import sys; sys.path[:] = {sys.path}; import signal\n"
                f"for stop in {tuple(map(int, STOPS))}: signal.signal(stop, signal.SIG_IGN)\n"
                f"signal.pthread_sigmask(signal.SIG_UNBLOCK, {tuple(map(int, STOPS))})\n"
                f"from pipeline.edges.forking import main; main(*{arguments})"
            )
            flags = subprocess._args_from_interpreter_flags()  # type: ignore[attr-defined]
            mask = signal.pthread_sigmask(signal.SIG_BLOCK, STOPS)  # it inherits this, until it ignores them
            try:
                process = subprocess.Popen(
                    [sys.executable, *flags, "-c", code],
                    stdin=subprocess.DEVNULL,
                    env={**ENVIRONMENT, **os.environ},
                    pass_fds=[theirs.fileno()],
                )
            finally:
                signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        _server, _has_forked = (process, ours), False
    return _server[1]


@atexit.register
def end() -> None:
    """End it and its children at once, whatever it is still loading; `fork` starts no other until `start` is called.

    For a command's end, too: who reads its output through a pipe waits for the end of all that hold it.
    """
    global _is_wanted
    _is_wanted = False
    _kill()


def _kill() -> None:
    if _server is not None:
        process, control = _server
        process.kill()
        process.wait()
        control.close()
