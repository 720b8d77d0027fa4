"""Whether a process gets on, and whether it is at its work: told by threads, for its event loop may be what hangs."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

Check = Callable[[], str | None]
"""Why something is not so; None when it is."""

BEAT_SECONDS = 1.0

LOOP_SECONDS = 10.0
"""An event loop that has not run anything for so long is blocked: what it does takes milliseconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """What a process says of itself. Both checks are for any thread and answer at once."""

    live: Check
    ready: Check


class Beat:
    """An event loop's pulse, which other threads feel."""

    def __init__(self) -> None:
        self._at: float | None = None

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Beat from the loop's next turn on."""
        loop.call_soon(self._beat, loop)

    def _beat(self, loop: asyncio.AbstractEventLoop) -> None:
        self._at = time.monotonic()
        loop.call_later(BEAT_SECONDS, self._beat, loop)

    @property
    def has_begun(self) -> bool:
        """Whether the loop has run."""
        return self._at is not None

    def stalled(self) -> str | None:
        """How long the loop has not run; None when it runs, or has not begun."""
        late = 0.0 if self._at is None else time.monotonic() - self._at
        return f"the event loop has stood still for {late:.0f} s" if late > LOOP_SECONDS else None
