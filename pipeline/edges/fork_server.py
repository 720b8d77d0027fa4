"""The process from which the pool's children are forked: it loads and warms the stages once, and has no threads.

Imports next to nothing, so that a command can start it first and load its own modules meanwhile.
"""

import multiprocessing
import os
from collections.abc import Sequence
from multiprocessing import forkserver
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.topology import Stage

FIRST = "pipeline.edges.uncollected"
CONFIGURED = "pipeline.edges.configured_stages"
"""Loaded in the stages' place by a fork server that must find out by itself which they are."""
LAST = ("pipeline.edges.page_process", "pipeline.edges.warm")
"""Loaded before and after the stages."""
FOR_MANY = "pipeline.edges.warm_for_many"
"""What only some pages need: loaded last, unless only a few pages come."""
FEW = 3
"""Pages."""
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


def start(functions: Sequence[str]) -> None:
    """Start it if it does not run yet, and return at once: a child then costs 5 ms, not a second.

    What it loads is settled by the first call of a process; children of later pools load what is missing themselves.
    """
    if functions:
        _start([*(function.partition(":")[0] for function in functions)], is_for_many=True)


def start_for(words: Sequence[str]) -> None:
    """Start it for a command line that names pages, which nobody has read yet: every stage may be needed.

    The first of a few pages need not wait for what perhaps none of them needs. When none of the words is a file, an
    error is what follows, or a help text, and nobody waits for a server.
    """
    inputs = [word for word in words if os.path.exists(word)]  # noqa: PTH110 - pathlib takes as long as the rest
    if inputs:
        _start([CONFIGURED], is_for_many=len(inputs) > FEW or any(map(os.path.isdir, inputs)))


def _start(stages: Sequence[str], *, is_for_many: bool) -> None:
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # each thread counts 64 MiB and more against a page's memory
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([FIRST, *stages, *LAST, *((FOR_MANY,) if is_for_many else ())])
    forkserver.ensure_running()
