"""Tells systemd, or whoever else set NOTIFY_SOCKET, that the process is ready, lives, and stops."""

import os
import socket
import threading
from collections.abc import Mapping
from contextlib import suppress

from pipeline.edges.health import Health

VARIABLES = ("NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID")
"""What the service manager sets, for this process alone: its children must not inherit it."""

LOOK_SECONDS = 1.0


class Notifier:
    """Sends READY=1 once the process is ready, WATCHDOG=1 while it is live, STOPPING=1 at the first `stopping`.

    From a thread of its own. What cannot be sent is left out: a service manager that is gone stops nobody.
    """

    def __init__(self, health: Health, environment: Mapping[str, str] = os.environ) -> None:
        self._health = health
        self._address = _address(environment.get("NOTIFY_SOCKET", ""))
        self._interval = _watchdog_seconds(environment)
        self._ended = threading.Event()
        self._is_ready = self._is_stopping = False
        self._said = ""
        self._lock = threading.Lock()

    def start(self) -> None:
        """Look after it from now on."""
        if self._address:
            threading.Thread(target=self._watch, name="notify", daemon=True).start()

    def stopping(self) -> None:
        """The process has begun to stop. May be called twice, and from any thread."""
        with self._lock:
            if not self._is_stopping:
                self._is_stopping = True
                self._send("STOPPING=1")

    def end(self) -> None:
        """Say nothing more."""
        self.stopping()
        self._ended.set()

    def _watch(self) -> None:
        pause = min(LOOK_SECONDS, self._interval / 3) if self._interval else LOOK_SECONDS
        while True:
            self._look()
            if self._ended.wait(pause):
                return

    def _look(self) -> None:
        problem = self._health.live()
        if self._interval and problem is None:
            self._send("WATCHDOG=1")
        with self._lock:
            if not self._is_ready and not self._is_stopping and self._health.ready() is None:
                self._is_ready = True
                self._send("READY=1")
        status = f"not live: {problem}" if problem else "live" if self._is_ready else "starting"
        if status != self._said:
            self._said = status
            self._send(f"STATUS={status}")

    def _send(self, state: str) -> None:
        if not self._address:
            return
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
            manager.setblocking(False)  # a manager that reads nothing must not hold up the process
            manager.sendto(state.encode(), self._address)


def _address(name: str) -> str:
    """A path, or "@name" for one in Linux's abstract namespace."""
    return f"\0{name[1:]}" if name.startswith("@") else name if name.startswith("/") else ""


def _watchdog_seconds(environment: Mapping[str, str]) -> float:
    """Within which time WATCHDOG=1 is expected; 0 when it is not, or from another process."""
    text, pid = environment.get("WATCHDOG_USEC", ""), environment.get("WATCHDOG_PID", "")
    if not text.isdigit() or pid not in ("", str(os.getpid())):
        return 0.0
    return int(text) / 1_000_000
