"""How much memory a worker takes while its stage is slow and pages are large: `python -m tests.bench.backpressure`.

Pages of 4 MiB, hardly compressible and all different, wait in every partition of `news.raw.v1`; the stage takes 2 s for
each. Prints the resident memory of the worker and its children over time, and the maximum.
"""

import argparse
import asyncio
import random
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.codec import Message
from pipeline.edges.broker import embedded_broker
from pipeline.edges.connection import Connection
from pipeline.edges.offsets import committed_offsets
from pipeline.edges.topics import create_topics
from pipeline.topology import MAX_BODY_BYTES, MIB, RAW
from tests.edges.workers import page, produce, stop, worker
from tests.faults import TOPOLOGY

PAGE_SECONDS = 2
BACKLOG = 120
"""Pages that wait: more than a worker may hold, and not so many that they fill the disk."""

SAMPLE_SECONDS = 0.5


@dataclass(slots=True, kw_only=True)
class Measured:
    """Samples as (seconds, MiB resident, pages done)."""

    samples: list[tuple[float, int, int]] = field(default_factory=list)

    @property
    def maximum(self) -> int:
        """In MiB."""
        return max(resident for _, resident, _ in self.samples)

    @property
    def done(self) -> int:
        """Pages acknowledged."""
        return self.samples[-1][2]


def resident_mib(pid: int) -> int:
    """What a process and all below it have in memory; what they share counts for each."""
    listing = subprocess.run(["ps", "-eo", "pid=,ppid=,rss="], capture_output=True, text=True, check=True).stdout
    rows = [tuple(map(int, line.split())) for line in listing.splitlines()]
    family = [pid]
    for member in family:
        family += [child for child, parent, _ in rows if parent == member]
    return sum(kib for process, _, kib in rows if process in family) // 1024


async def measure(connection: Connection, data: Path, seconds: float) -> Measured:
    """Keep a worker of the slow stage busy for so long, and until it has done a batch."""
    await create_topics(connection, TOPOLOGY.topics)
    measured, published, done = Measured(), 0, 0
    source = random.Random(1)
    began = time.monotonic()
    with worker(connection, "clean", data, NEWSFLOW_PAGE_SECONDS="10") as process:
        while (passed := time.monotonic() - began) < seconds or not done:
            offsets = await committed_offsets(connection, f"{connection.prefix}newsflow.clean", RAW.name)
            done = sum(offsets.values())
            while published - done < BACKLOG:
                await produce(connection, [large_page(source, published + number) for number in range(10)])
                published += 10
            resident = await asyncio.to_thread(resident_mib, process.pid)
            measured.samples.append((passed, resident, done))
            await asyncio.sleep(SAMPLE_SECONDS)
        assert process.poll() is None, "the worker has ended"
        assert await stop(process) == 0
    return measured


def large_page(source: random.Random, number: int) -> Message:
    """A page as large as one may be: three quarters noise, the rest text."""
    body = f"sleep {PAGE_SECONDS} #{number} ".encode() + source.randbytes(3 * MIB)
    return page((body + b"All work and no play. " * (MIB // 20))[:MAX_BODY_BYTES], f"https://h{number}.org/")


def table(measured: Measured, rows: int = 20) -> list[str]:
    """About so many lines of the samples, and the maximum."""
    step = max(len(measured.samples) // rows, 1)
    lines = ["   s   MiB  pages"]
    lines += [f"{seconds:4.0f}  {resident:4d}  {done:5d}" for seconds, resident, done in measured.samples[::step]]
    return [*lines, f"at most {measured.maximum} MiB, {measured.done} pages of 4 MiB"]


def main() -> None:
    """Run it and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition(":")[0])
    parser.add_argument("--minutes", type=float, default=10.0)
    minutes = parser.parse_args().minutes
    with tempfile.TemporaryDirectory() as folder, embedded_broker(Path(folder) / "broker") as broker:
        connection = Connection(bootstrap=broker.bootstrap)
        measured = asyncio.run(measure(connection, Path(folder), 60 * minutes))
    print("\n".join(table(measured)))


if __name__ == "__main__":
    main()
