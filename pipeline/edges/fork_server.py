"""The process from which the pool's children are forked: it loads and warms the stages once, and has no threads.

Imports next to nothing, so that a command can start it first and load its own modules meanwhile.
"""

import multiprocessing
import os
from collections.abc import Sequence
from multiprocessing import forkserver

from pipeline.topology import Stage

FIRST = "pipeline.edges.uncollected"
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


def functions_of(stages: Sequence[Stage]) -> tuple[str, ...]:
    """The functions that run in children: those of the stages without memory."""
    return tuple(stage.function for stage in stages if stage.decide is None)


def annotates(functions: Sequence[str]) -> bool:
    """Whether the stage is among them that knows languages, and an operator's own enrichers."""
    return any("annotate" in function for function in functions)


def start(functions: Sequence[str], *, pages: int | None = None) -> None:
    """Start it if it does not run yet, and return at once: a child then costs 5 ms, not a second.

    `pages`, if known, is how many will come: the first of a few need not wait for what perhaps none of them needs.
    What it loads is settled by the first call of a process; children of later pools load what is missing themselves.
    """
    if not functions:
        return
    for name, value in ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    modules = [function.partition(":")[0] for function in functions]
    context = multiprocessing.get_context("forkserver")
    is_few = pages is not None and pages <= FEW
    context.set_forkserver_preload([FIRST, *modules, *LAST, *(() if is_few else (FOR_MANY,))])
    forkserver.ensure_running()
