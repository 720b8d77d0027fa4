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
    if functions is None or functions:
        with _lock:
            _running(functions, is_for_many=is_for_many)


def fork(functions: Sequence[str], pipe: int, *, is_for_many: bool, is_only: bool = False) -> "ForkedChild | OnlyChild":
    """A child with these functions loaded, which serves one end of a pipe; OSError when there can be none now.

    `is_only`: no other is needed beside it. For a few pages the server itself becomes it: to fork, and to copy what the
    child touches, takes 20 ms. The next child then begins with a new server.
    """
    global _server, _has_forked
    with _lock:
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
    except BaseException:
        _end()  # else the next request would get the answer to this one
        raise
    if len(answer) < ANSWER.size:
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
        self._status: int | None = status
        self._code: int | None = None
        self._lock = threading.Lock()

    def kill(self) -> None:
        """SIGKILL, unless it has ended: its id may be another's by now. For any thread."""
        with self._lock:
            if self._status is not None and not _readable(self._status, 0):
                with suppress(ProcessLookupError):
                    os.kill(self.pid, signal.SIGKILL)

    def wait(self, seconds: float) -> int | None:
        """Its exit code, less than zero for a signal; None when it does not end in time, or nobody knows."""
        if self._status is not None and _readable(self._status, seconds):
            with self._lock:
                told = os.read(self._status, ANSWER.size)
                os.close(self._status)
                self._status = None
            self._code = ANSWER.unpack(told)[0] if len(told) == ANSWER.size else None
        return self._code


def _readable(descriptor: int, seconds: float) -> bool:
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    return bool(poll.poll(1000 * seconds))


_lock = threading.Lock()
_server: tuple["subprocess.Popen[bytes]", socket.socket] | None = None
"""The process and our end of its socket. It ends when this is closed, and be it because we were killed."""
_has_forked = False
"""Whether there are children that end with it."""


def _running(functions: Sequence[str] | None, *, is_for_many: bool) -> socket.socket:
    global _server, _has_forked
    if _server is None or _server[0].poll() is not None:
        if _server is not None:
            _server[1].close()
        for name, value in ENVIRONMENT.items():
            os.environ.setdefault(name, value)
        ours, theirs = socket.socketpair()
        with theirs:
            arguments = theirs.fileno(), None if functions is None else tuple(functions), is_for_many
            # Ctrl-C is the parent's; and with its path, for what it loads must be what we would load
            code = (
                "import signal, sys; signal.signal(signal.SIGINT, signal.SIG_IGN)\n"
                f"sys.path[:] = {sys.path}; from pipeline.edges.forking import main; main(*{arguments})"
            )
            flags = subprocess._args_from_interpreter_flags()  # type: ignore[attr-defined]
            process = subprocess.Popen(
                [sys.executable, *flags, "-c", code],
                stdin=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
            )
        _server, _has_forked = (process, ours), False
    return _server[1]


@atexit.register
def _end() -> None:
    """At once, whatever it is still loading: who reads a command's output through a pipe waits for its end too."""
    if _server is not None:
        process, control = _server
        process.kill()
        process.wait()
        control.close()
