"""The first run, the second run, and the ways to stop: the command as an operator starts it."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from pipeline.edges.broker import kept_cluster_id
from pipeline.edges.connection import Connection
from pipeline.edges.run import _clear
from pipeline.edges.store import cluster_of, open_store
from pipeline.settings import Settings
from tests.edges.test_local import ROOT

NEWSFLOW = (sys.executable, "-m", "pipeline.cli")


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    variables = {name: value for name, value in os.environ.items() if not name.startswith(("KAFKA_", "NEWSFLOW_"))}
    return variables | {"NEWSFLOW_DATA": str(tmp_path / "data"), "PYTHONPATH": str(ROOT)}


def start(environment: dict[str, str], *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*NEWSFLOW, *arguments], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def line_with(process: subprocess.Popen[str], words: str) -> str:
    """The next line on stderr that holds these words."""
    assert process.stderr is not None
    for line in process.stderr:
        if words in line:
            return line
    raise AssertionError(f"the process ended with {process.wait()} and never said {words!r}")


def test_a_run_replays_the_seeds_shows_the_account_and_leaves_nothing_behind(environment: dict[str, str]) -> None:
    process = start(environment, "run", "--fresh", "--replay", str(ROOT / "seeds" / "articles"))
    out, err = process.communicate(timeout=110)
    assert process.returncode == 0, err
    table = dict(re.findall(r"│ +([\w ]+?) +│ +(\d+) +│", out))
    assert table["inputs"] == "37"
    assert table["lost"] == "0"
    assert table["dead"] == "0"
    assert int(table["enriched"]) + int(table["unchanged"]) + int(table["dropped"]) == 37
    assert out.count("  cut: ") == int(table["enriched"])
    assert "Traceback" not in err
    time.sleep(0.5)
    assert environment["NEWSFLOW_DATA"] not in processes()


def ports(count: int) -> int:
    """The first of so many ports in a row that nobody has."""
    for first in range(20_000 + os.getpid() % 9000, 60_000, count):
        with ExitStack() as stack:
            try:
                for number in range(count):
                    held = stack.enter_context(socket.socket())
                    held.bind(("127.0.0.1", first + number))
            except OSError:
                continue
            return first
    raise AssertionError("no port is free")


@pytest.mark.chaos
def test_a_worker_that_cannot_go_on_stops_the_run_which_says_why(
    environment: dict[str, str], connection: Connection
) -> None:
    """Somebody has the port of the only worker, which ends with exit code 2 again and again."""
    external = {"KAFKA_BOOTSTRAP_SERVERS": connection.bootstrap, "NEWSFLOW_TOPIC_PREFIX": connection.prefix}
    first = ports(2)
    with socket.socket() as other:
        other.bind(("127.0.0.1", first + 1))
        other.listen()
        settings = {"NEWSFLOW_METRICS": str(first), "NEWSFLOW_TOPOLOGY": "tests.one_stage"}
        process = start(environment | external | settings, "run")
        _, err = process.communicate(timeout=110)
    assert process.returncode == 1
    assert err.count(f"NEWSFLOW_METRICS: cannot listen at 127.0.0.1, port {first + 1}: Address already in use") == 5
    assert err.splitlines()[-1] == (
        "newsflow: worker relate ended 5 times within 5 minutes (its settings are wrong: its last line says why): "
        "mend the cause and start again; nothing is lost"
    )
    assert "Traceback" not in err


def processes() -> str:
    return subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout


def test_a_run_refuses_the_store_of_another_cluster(environment: dict[str, str]) -> None:
    """As after the broker's folder was lost."""
    folder = Path(environment["NEWSFLOW_DATA"])
    folder.mkdir()
    open_store(f"sqlite:///{folder / 'store.sqlite'}", cluster_id="another-cluster").close()
    again = start(environment, "run")
    _, err = again.communicate(timeout=60)
    assert again.returncode == 1
    assert "--fresh" in err.splitlines()[-1]
    assert "Traceback" not in err


def test_a_run_on_a_cluster_of_one_s_own_uses_it_and_leaves_it_alone(
    environment: dict[str, str], connection: Connection, tmp_path: Path
) -> None:
    page = tmp_path / "story.html"
    page.write_text((ROOT / "seeds" / "articles" / "publisher-jsonld-en.html").read_text())
    external = environment | {
        "KAFKA_BOOTSTRAP_SERVERS": connection.bootstrap,
        "NEWSFLOW_TOPIC_PREFIX": connection.prefix,
    }
    process = start(external, "run", "--fresh", "--replay", str(page))
    out, err = process.communicate(timeout=90)
    assert process.returncode == 0, err
    assert f"using Kafka at {connection.bootstrap}" in err
    assert "this cluster and its store stay as they are" in err
    assert re.search(r"enriched +│ +1 ", out)


def test_a_broker_that_dies_is_started_again_and_the_run_serves_until_sigterm_and_keeps_its_data(
    environment: dict[str, str],
) -> None:
    first = ports(4)
    process = start(environment | {"NEWSFLOW_METRICS": str(first)}, "run")
    line = line_with(process, "Kafka answers at 127.0.0.1:")
    bootstrap = line.split(" at ")[1].split()[0]
    for number, name in enumerate(("this process", "clean", "annotate", "relate")):
        assert f"http://127.0.0.1:{first + number}" in line_with(process, f"{name}: ")
    line_with(process, "ready")
    for port in range(first, first + 4):
        health = [*NEWSFLOW, "health", "--ready", "--url", f"http://127.0.0.1:{port}"]
        answer = subprocess.run(health, capture_output=True, text=True, timeout=60, check=False)
        assert answer.stdout == "ready\n", answer.stderr
    os.kill(java_of(process), signal.SIGKILL)
    line_with(process, "Kafka died")
    assert bootstrap in line_with(process, "Kafka answers at"), "clients find it where it was"
    replay = subprocess.run(
        [*NEWSFLOW, "replay", "--bootstrap", bootstrap, str(ROOT / "seeds" / "articles")],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert replay.stderr == "37 pages acknowledged by the broker\n"
    subscribe = [*NEWSFLOW, "subscribe", "--bootstrap", bootstrap, "--from", "beginning", "--count", "20"]
    read = subprocess.run(subscribe, env=environment, capture_output=True, text=True, timeout=60, check=True)
    assert read.stdout.count("\n") == 20
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    folder = Path(environment["NEWSFLOW_DATA"])
    assert (folder / "store.sqlite").exists()
    assert kept_cluster_id(folder) == cluster_of(f"sqlite:///{folder / 'store.sqlite'}")


def test_a_second_signal_ends_a_run_at_once_and_leaves_no_process(environment: dict[str, str], tmp_path: Path) -> None:
    """A page hangs, so the first signal alone would wait for the worker's bound of 25 s."""
    page = tmp_path / "page.html"
    page.write_text("hang on page")
    slow = {"NEWSFLOW_TOPOLOGY": "tests.faults", "NEWSFLOW_PAGE_SECONDS": "18", "NEWSFLOW_BATCH_SIZE": "2"}
    process = start(environment | slow, "run")
    bootstrap = line_with(process, "Kafka answers at 127.0.0.1:").split(" at ")[1].split()[0]
    line_with(process, "ready")
    replay = [*NEWSFLOW, "replay", "--bootstrap", bootstrap, str(page)]
    subprocess.run(replay, env=environment, capture_output=True, timeout=60, check=True)
    time.sleep(2)
    below = descendants(process.pid)
    assert len(below) >= 7, "a broker, three workers, and the processes for pages"
    process.send_signal(signal.SIGTERM)
    time.sleep(1.5)
    assert process.poll() is None
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=60)
    assert time.monotonic() - began < 10
    assert process.returncode == 130
    assert "Traceback" not in err
    gone_by = time.monotonic() + 10
    while time.monotonic() < gone_by and any(Path(f"/proc/{pid}/cmdline").exists() for pid in below):
        time.sleep(0.2)
    assert [pid for pid in below if Path(f"/proc/{pid}/cmdline").exists()] == []


def descendants(pid: int) -> list[int]:
    """All processes below one."""
    listing = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    parents = [tuple(map(int, line.split())) for line in listing.splitlines()]
    found = [pid]
    for parent in found:
        found += [child for child, above in parents if above == parent]
    return found[1:]


def java_of(process: subprocess.Popen[str]) -> int:
    """The broker's process id."""
    children = subprocess.run(["ps", "-o", "pid=,comm=", "--ppid", str(process.pid)], capture_output=True, text=True)
    (pid,) = [line.split()[0] for line in children.stdout.splitlines() if line.split()[1] == "java"]
    return int(pid)


def test_a_fresh_start_does_not_clear_the_store_of_another_cluster(
    environment: dict[str, str], connection: Connection, tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path / 'other.sqlite'}"
    open_store(url, cluster_id="another-cluster").close()
    result = subprocess.run(
        [*NEWSFLOW, "run", "--fresh"],
        env=environment | {"NEWSFLOW_STORE": url},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert result.returncode == 1
    assert "NEWSFLOW_STORE belongs to the Kafka cluster another-cluster" in result.stderr
    assert cluster_of(url) == "another-cluster"


def test_the_broker_alone_says_how_to_use_it_and_stops_on_ctrl_c(environment: dict[str, str]) -> None:
    process = start(environment, "broker")
    line = line_with(process, "export KAFKA_BOOTSTRAP_SERVERS=127.0.0.1:")
    check = subprocess.run(
        [*NEWSFLOW, "topics", "check", "--bootstrap", line.split("=")[1].strip()],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert check.returncode == 1
    assert "news.raw.v1: topic is missing, should be present" in check.stdout
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=30) == 0
    if process.stderr is not None and process.stdout is not None:
        process.stderr.close()
        process.stdout.close()


def test_fresh_clears_a_damaged_store(tmp_path: Path) -> None:
    (tmp_path / "store.sqlite").write_bytes(b"this is no database " * 500)
    _clear(Settings(data=tmp_path))
    assert not (tmp_path / "store.sqlite").exists()
