"""Java starts a broker in half the processor time (1.7 s, not 3.3) when it finds Kafka's classes loaded and linked.

The cache is made once for each virtual environment, beside the first tests that need a broker. A Java that finds none,
or one that is not its own, starts without it: nothing but time depends on it.
"""

import fcntl
import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from unittest.mock import patch

from pipeline.edges import broker
from pipeline.edges.jars import CHECKSUMS, installed

OPTIONS = "JDK_JAVA_OPTIONS"
"""The variable by which every Java that a test starts, through whatever command, is told of the cache."""

SILENT = "-Xlog:aot*=off"
NO_CODE = "-XX:+UnlockDiagnosticVMOptions -XX:-AOTAdapterCaching -XX:-AOTStubCaching"
"""The first compiler's adapters do not fit those of the cache (Java 25.0.2), and it warns of each."""

STOP_SECONDS = 300.0
"""At its end Java writes the cache: 5 s alone, more beside the tests."""


def cache_file() -> Path:
    """Where the cache of this Java and these jars lies."""
    java, _ = installed()
    release = (java.parents[1] / "release").read_bytes()
    return Path(sys.prefix) / f"kafka-{hashlib.sha256(CHECKSUMS.read_bytes() + release).hexdigest()[:12]}.aot"


def use_cache() -> None:
    """From now on, in this process and those that it starts."""
    os.environ.setdefault(OPTIONS, f'"-XX:AOTCache={cache_file()}" {NO_CODE} {SILENT}')


@contextmanager
def making_cache(folder: Path) -> Iterator[None]:
    """Make it meanwhile, unless it is there, in a process of its own that works in this folder."""
    if cache_file().exists():
        yield
        return
    maker = subprocess.Popen([sys.executable, "-m", "tests.edges.java_cache", str(folder)])
    try:
        yield
    finally:
        maker.terminate()
        maker.wait()


def make_cache(folder: Path) -> None:
    """Start a broker and stop it: what Java has loaded until then goes into the cache. Of two makers the first does."""
    target = cache_file()
    partial = target.with_suffix(".partial")
    spawn, plain = broker._spawn, broker.JVM_OPTIONS

    def watched(launch: Any, arguments: list[str]) -> "subprocess.Popen[bytes]":
        training = (*NO_CODE.split(), f"-XX:AOTCacheOutput={partial}") if arguments[0] == "kafka.Kafka" else ()
        with patch.object(broker, "JVM_OPTIONS", (*plain, *training)):
            return spawn(launch, arguments)

    os.environ.pop(OPTIONS, None)
    with (
        target.with_suffix(".lock").open("w") as lock,
        patch.object(broker, "_spawn", watched),
        patch.object(broker, "STOP_PATIENCE_S", STOP_SECONDS),
        suppress(BlockingIOError),
    ):
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        broker.start_broker(folder).stop()
        partial.replace(target)


if __name__ == "__main__":
    make_cache(Path(sys.argv[1]))
