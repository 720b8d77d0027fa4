"""A time limit for code that is not ours, inside the process that it runs in.

An interval timer interrupts the main thread, where pages are worked on. It stops Python code, and C code that returns
to the interpreter; what stays in C for good is ended by the page's own limit, with its process.
"""

import signal
import threading
from collections.abc import Callable
from types import FrameType
from typing import TypeVar

Result = TypeVar("Result")


class TimeLimitError(Exception):
    """The call did not return in time."""


class _Expired(BaseException):
    """Raised into the call; no `except Exception` of its own catches it."""


def within(seconds: float, call: Callable[[], Result]) -> Result:
    """The call's result; TimeLimitError when it takes longer. Outside a main thread there is no limit."""
    if threading.current_thread() is not threading.main_thread():
        return call()
    struck = False

    def strike(_signal: int, _frame: FrameType | None) -> None:
        nonlocal struck
        struck = True
        raise _Expired

    before = signal.signal(signal.SIGALRM, strike)
    try:
        try:
            signal.setitimer(signal.ITIMER_REAL, seconds)
            result = call()
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
    except _Expired:
        raise TimeLimitError(f"no result within {seconds:g} s") from None
    finally:
        signal.signal(signal.SIGALRM, before)
    if struck:  # the call has swallowed it
        raise TimeLimitError(f"no result within {seconds:g} s")
    return result
