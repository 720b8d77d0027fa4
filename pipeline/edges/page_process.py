"""The life of a child of the pool: it takes pages through stages until its parent goes.

A module of its own, with few imports: the fork server loads it, and who runs the pool needs much that a child does not.
"""

import ctypes
import os
import platform
import resource
import signal
import threading
import time

from pipeline.edges import fork_server
from pipeline.edges.own_enrichment import OwnEnrichment, configure
from pipeline.edges.page_pipe import PagePipe
from pipeline.handle import handle, load

MEMORY_EXIT = 12
"""A child's exit code when it has no memory for the page's message itself."""

PR_SET_PDEATHSIG = 1
LOOK_SECONDS = 1.0
"""How often a child looks whether its parent is still there, where the system does not tell."""
LINUX = platform.system() == "Linux"


Setup = tuple[int, tuple[str, ...], OwnEnrichment]
"""What a child is told first: how many bytes of memory it may have, the stages' functions, and the operator's part."""


def serve(pipe: PagePipe) -> None:
    """The life of a child: say that it is ready, then answer each task until the pipe ends."""
    # The parent decides when to stop: Ctrl-C and service managers signal whole groups.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    _die_with_parent()
    try:
        memory, functions, own = pipe.receive()
        try:
            if fork_server.annotates(functions):
                configure(own)
            load(functions)
        except Exception as error:
            pipe.send(f"{type(error).__name__}: {error}")
            return
        if LINUX:
            resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        pipe.send(None)
        while True:
            stage, chunk, now = pipe.receive()
            pipe.send([handle(stage, message, now=now, clock=time.perf_counter) for message in chunk])
    except MemoryError:
        os._exit(MEMORY_EXIT)
    except (EOFError, BrokenPipeError, ConnectionResetError):
        return


def _die_with_parent() -> None:
    """The fork server ends with the pool's process, even by SIGKILL; this ends us with the fork server.

    The only child, which was the fork server, ends with the thread of the pool's process that has started it.
    """
    if LINUX:
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        return
    parent = os.getppid()

    def follow() -> None:
        while os.getppid() == parent:
            time.sleep(LOOK_SECONDS)
        os._exit(1)

    threading.Thread(target=follow, daemon=True).start()
