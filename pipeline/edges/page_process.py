"""The life of a child of the pool: it takes pages through stages until its parent goes.

A module of its own, with few imports: the fork server loads it, and who runs the pool needs much that a child does not.
"""

import ctypes
import multiprocessing
import os
import platform
import resource
import signal
import sys
import threading
import time
from collections.abc import Callable
from multiprocessing import forkserver
from multiprocessing.connection import Connection as Pipe
from typing import Any

from pipeline.edges import fork_server
from pipeline.edges.own_enrichment import OwnEnrichment, configure
from pipeline.handle import handle, load

MEMORY_EXIT = 12
"""A child's exit code when it has no memory for the page's message itself."""

PR_SET_PDEATHSIG = 1
LINUX = platform.system() == "Linux"


def serve(pipe: "Pipe[Any, Any]", memory: int, functions: tuple[str, ...], own: OwnEnrichment) -> None:
    """The life of a child: say that it is ready, then answer each task until the pipe ends."""
    # The parent decides when to stop: Ctrl-C and service managers signal whole groups.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    _let_fork_server_go()
    _die_with_parent()
    try:
        _load(functions, own)
    except Exception as error:
        pipe.send(f"{type(error).__name__}: {error}")
        return
    if LINUX:
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    pipe.send(None)
    try:
        while True:
            stage, chunk, now = pipe.recv()
            pipe.send([handle(stage, message, now=now, clock=time.perf_counter) for message in chunk])
    except MemoryError:
        os._exit(MEMORY_EXIT)
    except (EOFError, BrokenPipeError, ConnectionResetError):
        return


def _load(functions: tuple[str, ...], own: OwnEnrichment) -> None:
    from pipeline.edges.warm import warm_all

    if fork_server.annotates(functions):
        configure(own)
    loaded = len(sys.modules)
    load(functions)
    if len(sys.modules) > loaded:  # stages that the fork server was not told of
        warm_all()


def _let_fork_server_go() -> None:
    """Close the pipe by which the fork server knows that somebody needs it. Every child holds it too, to start more:

    one that hangs would keep the fork server alive after our parent's death, and with it itself, for ever.
    """
    server = forkserver._forkserver
    alive = getattr(server, "_forkserver_alive_fd", None)
    if alive is not None:
        os.close(alive)
        server._forkserver_alive_fd = None  # type: ignore[attr-defined]


def _die_with_parent() -> None:
    """The fork server ends with our parent, even by SIGKILL; this ends us with the fork server."""
    if LINUX:
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        return
    parent = multiprocessing.parent_process()
    assert parent is not None  # noqa: S101 - this runs in a child only
    wait: Callable[[], None] = parent.join

    def follow() -> None:
        wait()
        os._exit(1)

    threading.Thread(target=follow, daemon=True).start()
