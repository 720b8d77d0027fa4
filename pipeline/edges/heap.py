"""glibc's heap, set so that a process which holds messages for months stays as large as it was at first."""

import ctypes

LARGE_BYTES = 256 * 1024
"""From this size on, a piece of memory is the system's again once it is free. Asyncio reads from sockets by as much."""

_MMAP_THRESHOLD, _ARENA_MAX = -3, -8
"""Parameters of `mallopt`, from glibc's `malloc.h`."""


def bound_heap() -> None:
    """Give large pieces back, and use one heap. To be called before there are threads; does nothing without glibc.

    By itself glibc learns from the largest piece to keep others of that size, and gives threads heaps of their own:
    annotate's worker grew by 200 bytes a page, all of them free.
    """
    set_option = getattr(ctypes.CDLL(None), "mallopt", None)
    if set_option is not None:
        set_option(_MMAP_THRESHOLD, LARGE_BYTES)
        set_option(_ARENA_MAX, 1)
