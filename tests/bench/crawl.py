"""`python -m tests.bench.crawl [HOSTS] [ARTICLES]`: pages a second and per core against the local sites, and memory.

The crawler is a process of its own, so its processor time and memory are its own; sites and broker run beside it.
"""

import asyncio
import sys
import tempfile
import time
from pathlib import Path

from pipeline.edges.broker import embedded_broker
from pipeline.edges.connection import Connection
from pipeline.edges.topics import create_topics
from pipeline.topology import RAW
from tests.bench.family import used
from tests.crawling import newspapers, settings_for, sources_of, start_worker
from tests.site_server import serving


async def measure(connection: Connection, folder: Path, hosts: int, articles: int) -> None:
    """Crawl once, and print a line every two seconds."""
    await create_topics(connection, [RAW])
    async with serving() as server:
        papers = newspapers(hosts, articles)
        server.sites |= {paper.name: paper for paper in papers}
        settings = settings_for(folder, server, sources_of(papers, server))
        worker = await start_worker(
            settings, connection, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL
        )
        print("  second   pages  cpu s  MiB")
        began, first = time.monotonic(), 0.0
        while worker.returncode is None and len(server.hits) < hosts * (articles + 3):
            await asyncio.sleep(2)
            first = first or (server.hits[0].began if server.hits else 0.0)
            if worker.returncode is None:
                cpu, memory = used(worker.pid)
                print(f"{time.monotonic() - began:8.1f} {len(server.hits):7d} {cpu:6.1f} {memory:4.0f}", flush=True)
        seconds = max(hit.ended for hit in server.hits) - first
        print(f"{len(server.hits)} requests in {seconds:.1f} s: {len(server.hits) / seconds:.0f} a second", end="")
        print(f", {len(server.hits) / cpu:.0f} per processor second of the crawler")
        if worker.returncode is None:
            worker.terminate()
        await worker.wait()


if __name__ == "__main__":
    sizes = [int(argument) for argument in sys.argv[1:]] or [50, 200]
    with tempfile.TemporaryDirectory() as name, embedded_broker(Path(name) / "kafka") as broker:
        asyncio.run(measure(Connection(bootstrap=broker.bootstrap), Path(name), *sizes))
