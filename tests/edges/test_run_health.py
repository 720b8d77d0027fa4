"""The health of `newsflow run` is that of its workers: asked over HTTP, in bounded time, twice before it counts."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from pipeline.edges import run_health
from pipeline.edges.connection import Connection
from pipeline.edges.health import Health
from pipeline.edges.health_check import ask
from pipeline.edges.metrics_server import serving_metrics
from pipeline.edges.run_health import RunHealth
from pipeline.edges.supervisor import Supervisor
from pipeline.errors import Failure
from pipeline.settings import LOOPBACK, Settings
from pipeline.topology import TOPOLOGY


@pytest.fixture(autouse=True)
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_health, "ASK_EVERY_SECONDS", 0.1)
    monkeypatch.setattr(run_health, "ANSWER_SECONDS", 0.3)


@contextmanager
def asked(addresses: dict[str, str], tmp_path: Path) -> Iterator[RunHealth]:
    connection = Connection(bootstrap="127.0.0.1:9")
    supervisor = Supervisor(topology=TOPOLOGY, connection=connection, settings=Settings(data=tmp_path), say=print)
    supervisor.addresses = {(name, 0): address for name, address in addresses.items()}
    health = RunHealth(supervisor=supervisor, is_ready=True)
    with health.asking():
        yield health


def until(check: Any, expected: object) -> None:
    deadline = time.monotonic() + 20
    while (found := check()) != expected:
        assert time.monotonic() < deadline, found
        time.sleep(0.02)


def test_a_worker_that_gets_nothing_done_is_named_until_it_does(tmp_path: Path) -> None:
    trouble: list[str] = []
    worker = Health(live=lambda: trouble[-1] if trouble else None, ready=lambda: None)
    with (
        serving_metrics((LOOPBACK, 0), worker, lambda: None) as url,
        asked({"clean": url.removeprefix("http://")}, tmp_path) as health,
    ):
        until(health.live, None)
        trouble.append("it has lost its consumer group")
        until(health.live, "worker clean: it has lost its consumer group")
        trouble.clear()
        until(health.live, None)
        health.is_stopping = True
        assert health.ready() == "stopping: the workers finish their batches"


def test_a_worker_that_does_not_answer_is_told_and_one_that_is_starting_is_not(tmp_path: Path) -> None:
    with socket.socket() as silent, socket.socket() as closed:
        silent.bind((LOOPBACK, 0))
        silent.listen()  # connections are taken by the system, and nobody answers, as in a process that was stopped
        closed.bind((LOOPBACK, 0))
        addresses = {
            "clean": f"{LOOPBACK}:{silent.getsockname()[1]}",
            "relate": f"{LOOPBACK}:{closed.getsockname()[1]}",
        }
        with asked(addresses, tmp_path) as health:
            words = f"worker clean: http://{addresses['clean']} does not answer within 0.3 s: its process stands still"
            until(health.live, words)


def test_a_worker_that_hangs_in_the_middle_of_its_answer_does_not_answer() -> None:
    with socket.socket() as server:
        server.bind((LOOPBACK, 0))
        server.listen()

        def begin() -> None:
            connection, _ = server.accept()
            with connection:
                connection.sendall(b"HTTP/1.0 503 Service Unavailable\r\nContent-Length: 100\r\n\r\nnot")
                connection.recv(4096)
                ended.wait(20)

        ended = threading.Event()
        thread = threading.Thread(target=begin)
        thread.start()
        try:
            with pytest.raises(Failure, match=r"does not answer within 0\.2 s"):
                ask(f"http://{LOOPBACK}:{server.getsockname()[1]}", "/livez", seconds=0.2)
        finally:
            ended.set()
            thread.join()


def test_an_address_that_cannot_be_asked_ends_nothing(tmp_path: Path) -> None:
    with asked({"clean": f"{64 * 'a'}.example:9"}, tmp_path) as health:
        until(lambda: "worker clean: it cannot be asked" in (health.live() or "") or None, True)


def test_it_is_not_ready_while_a_worker_is_missing(tmp_path: Path) -> None:
    with asked({}, tmp_path) as health:
        assert health.ready() == "started again just now: clean, annotate, relate"
        health.is_ready = False
        assert health.ready() == "starting: the workers have not joined their groups"
