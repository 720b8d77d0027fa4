"""What runs in the fork server: it loads stages and warms them, and forks a child for each request.

While it loads it collects no garbage: what it loads stays, and to look through that again and again takes a tenth of
its start.
"""

import errno
import gc
import os
import select
import signal
import socket
import sys
from collections.abc import Sequence
from contextlib import closing, suppress
from typing import NoReturn

from pipeline.edges.fork_server import ANSWER, MANY, ONLY, functions_of


def main(control: int, functions: Sequence[str] | None, is_for_many: bool) -> None:
    """The life of the fork server, until its parent has closed the other end of `control`."""
    gc.disable()
    parent = socket.socket(fileno=control)
    parent.set_inheritable(False)  # for what the stages start
    loaded = tuple(configured_functions() if functions is None else functions), is_for_many
    load(loaded[0], is_for_many=is_for_many)
    with suppress(ConnectionError):  # our parent has died in the middle of a request
        _Server(parent, loaded).run()
    os._exit(0)  # nothing is left to be written, and to take down all that it has loaded takes 30 ms


def configured_functions() -> Sequence[str]:
    """Those of the topology in the settings; none when these are wrong, which our parent finds too, and says."""
    from pipeline.settings import read_settings
    from pipeline.topology import load_topology

    with suppress(Exception):
        return functions_of(load_topology(read_settings().topology).stages)
    return ()


def load(functions: Sequence[str], *, is_for_many: bool) -> None:
    """Load and warm what is not loaded yet. What cannot be loaded is said by the child, whose parent can tell it."""
    from pipeline.edges import page_process  # noqa: F401 - what children run
    from pipeline.edges.warm import warm_up

    warm_up(functions, is_for_many=is_for_many)


class _Server:
    """Its socket, what is loaded (functions, and whether for many), and by a child's id where to write how it ended."""

    def __init__(self, control: socket.socket, loaded: tuple[tuple[str, ...], bool]) -> None:
        self._control = control
        self._statuses: dict[int, int] = {}
        self._loaded = {loaded}
        # a child's end interrupts `poll` by a byte in this pipe
        self._woken, self._wake = os.pipe()
        os.set_blocking(self._woken, False)
        os.set_blocking(self._wake, False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self._wake, warn_on_full_buffer=False)

    def run(self) -> None:
        """Until the other end of the socket is closed."""
        poll = select.poll()
        poll.register(self._control, select.POLLIN)
        poll.register(self._woken, select.POLLIN)
        while True:
            ready = {descriptor for descriptor, _ in poll.poll()}
            if self._woken in ready:
                os.read(self._woken, 4096)
                self._bury()
            if self._control.fileno() in ready and not self._serve():
                return

    def _serve(self) -> bool:
        """Answer a request; False when there will be none."""
        request, descriptors, _, _ = socket.recv_fds(self._control, 65536, 2)
        for descriptor in descriptors:
            os.set_inheritable(descriptor, False)  # what a page starts and leaves behind would keep its pipe open
        while not request.endswith(b"\n"):
            more = self._control.recv(65536)
            if not more:
                return False
            request += more
        words = request.decode().split()
        kind, functions = (words[0], words[1:]) if words[:1] in ([MANY], [ONLY]) else ("", words)
        wanted = tuple(functions), kind == MANY
        if wanted not in self._loaded:
            load(functions, is_for_many=kind == MANY)
            self._loaded.add(wanted)
        if len(descriptors) < (1 if kind == ONLY else 2):  # what we may not have is dropped on the way
            for descriptor in descriptors:
                os.close(descriptor)
            self._control.sendall(ANSWER.pack(-errno.EMFILE))
        elif kind == ONLY:
            self._become_child(*descriptors)
        else:
            self._answer(*descriptors)
        return True

    def _answer(self, pipe: int, status: int) -> None:
        try:
            pid = os.fork()
        except OSError as error:
            os.close(status)
            pid = -(error.errno or 1)
        else:
            if pid == 0:
                os.close(status)
                self._become_child(pipe)
            self._statuses[pid] = status
        os.close(pipe)
        self._control.sendall(ANSWER.pack(pid))

    def _bury(self) -> None:
        with suppress(ChildProcessError):
            while (found := os.waitpid(-1, os.WNOHANG))[0]:
                status = self._statuses.pop(found[0], None)
                if status is None:  # something that a stage has started
                    continue
                with suppress(BrokenPipeError):  # nobody wants to know
                    os.write(status, ANSWER.pack(os.waitstatus_to_exitcode(found[1])))
                os.close(status)

    def _become_child(self, pipe: int) -> NoReturn:
        """Serve the pipe and exit. Nothing of the server's is held: it must end when its parent does."""
        from pipeline.edges.page_pipe import PagePipe
        from pipeline.edges.page_process import serve

        code = 1
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            for descriptor in (self._woken, self._wake, *self._statuses.values()):
                os.close(descriptor)
            self._control.close()
            with closing(PagePipe(pipe)) as ours:
                serve(ours)
            code = 0
        except SystemExit as stop:
            code = stop.code if isinstance(stop.code, int) else 1
        except BaseException:
            sys.excepthook(*sys.exc_info())
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)
