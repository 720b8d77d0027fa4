"""What the service manager is told, over a real datagram socket: ready, alive, stopping."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.edges.health import Health
from pipeline.edges.notify import Notifier
from tests.edges.test_local import ROOT


class Manager:
    """A service manager's socket. What is sent is read with a time limit."""

    def __init__(self, address: str) -> None:
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(address)
        self.socket.settimeout(20)

    def read(self) -> str:
        return self.socket.recv(4096).decode()

    def until(self, state: str) -> list[str]:
        """All that is sent, up to this."""
        states = [self.read()]
        while states[-1] != state:
            states.append(self.read())
        return states

    def rest(self, seconds: float) -> list[str]:
        """What is sent within that time from now."""
        time.sleep(seconds)
        states = []
        self.socket.setblocking(False)
        try:
            while True:
                states.append(self.read())
        except BlockingIOError:
            self.socket.settimeout(20)
            return states


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[Manager]:
    found = Manager(str(tmp_path / "notify"))
    yield found
    found.socket.close()


class Process:
    """A process whose health a test sets."""

    def __init__(self) -> None:
        self.trouble: str | None = None
        self.waits: str | None = "starting"

    @property
    def health(self) -> Health:
        return Health(live=lambda: self.trouble, ready=lambda: self.waits)


def environment(manager: Manager, **more: str) -> dict[str, str]:
    return {"NOTIFY_SOCKET": str(manager.socket.getsockname()), **more}


def test_it_is_ready_once_it_says_so_lives_while_it_does_and_stops_once(manager: Manager) -> None:
    process = Process()
    notifier = Notifier(process.health, environment(manager, WATCHDOG_USEC="300000", WATCHDOG_PID=str(os.getpid())))
    notifier.start()
    assert manager.until("STATUS=starting") == ["WATCHDOG=1", "STATUS=starting"]
    assert set(manager.rest(0.5)) == {"WATCHDOG=1"}, "it lives and is not ready"
    process.waits = None
    assert manager.until("STATUS=live")[-2:] == ["READY=1", "STATUS=live"]
    process.trouble = "the event loop has stood still for 11 s"
    manager.until("STATUS=not live: the event loop has stood still for 11 s")
    assert manager.rest(0.5) == [], "the manager's own watchdog ends it now"
    process.trouble = None
    manager.until("WATCHDOG=1")
    notifier.stopping()
    notifier.stopping()
    manager.until("STOPPING=1")
    notifier.end()
    assert set(manager.rest(0.3)) <= {"WATCHDOG=1", "STATUS=live"}, "stopping is said once"


def test_a_watchdog_of_another_process_is_not_ours(manager: Manager) -> None:
    process = Process()
    process.waits = None
    notifier = Notifier(process.health, environment(manager, WATCHDOG_USEC="300000", WATCHDOG_PID="1"))
    notifier.start()
    assert manager.until("STATUS=live") == ["READY=1", "STATUS=live"]
    notifier.end()
    assert manager.rest(0.2) == ["STOPPING=1"]


def test_an_abstract_socket_is_one_too() -> None:
    name = f"newsflow-test-{os.getpid()}"
    manager = Manager(f"\0{name}")
    notifier = Notifier(Process().health, {"NOTIFY_SOCKET": f"@{name}"})
    notifier.start()
    manager.until("STATUS=starting")
    notifier.end()
    manager.socket.close()


@pytest.mark.parametrize("variables", [{}, {"NOTIFY_SOCKET": "/nowhere/at/all"}, {"NOTIFY_SOCKET": "relative"}])
def test_without_a_manager_or_with_one_that_is_gone_nothing_happens(variables: dict[str, str]) -> None:
    notifier = Notifier(Process().health, variables)
    notifier.start()
    notifier.stopping()
    notifier.end()


def test_a_stage_that_waits_for_kafka_says_that_it_starts_and_that_it_stops(manager: Manager, tmp_path: Path) -> None:
    """The real command; a port that nobody listens at stands in for a broker that is away."""
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        variables = environment(manager, WATCHDOG_USEC="3000000", NEWSFLOW_DATA=str(tmp_path), PYTHONPATH=str(ROOT))
        bootstrap = f"127.0.0.1:{nobody.getsockname()[1]}"
        command = [sys.executable, "-m", "pipeline.cli", "stage", "relate", "--bootstrap", bootstrap]
        process = subprocess.Popen(command, env={**os.environ, **variables}, stderr=subprocess.DEVNULL)
        assert manager.until("STATUS=starting") == ["WATCHDOG=1", "STATUS=starting"]
        process.terminate()
        try:
            assert manager.until("STOPPING=1").count("READY=1") == 0
        finally:
            code = process.wait(20)
        assert code == 0
