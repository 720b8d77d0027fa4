"""What takes minutes: thousands of pages while the crawler, or the broker under it, is killed. `make chaos` runs it."""

import asyncio
import os
import signal
import threading
from pathlib import Path

import pytest

from pipeline.edges.broker_keeper import kept_broker
from pipeline.edges.connection import Connection
from pipeline.edges.topics import create_topics
from pipeline.topology import RAW
from tests.crawling import messages, serve_papers, start_worker, stories_asked_for
from tests.edges.test_crawler import assert_all_arrived, crawl_and_kill
from tests.site_server import SiteServer

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(900)]


async def test_five_thousand_pages_of_fifty_hosts_arrive_although_the_crawler_is_killed_twice(
    server: SiteServer, connection: Connection, tmp_path: Path
) -> None:
    await create_topics(connection, [RAW])
    await crawl_and_kill(server, connection, tmp_path, hosts=50, articles=100, kills=2)


async def test_two_thousand_pages_arrive_although_the_broker_is_killed_twice_under_the_crawler(
    server: SiteServer, tmp_path: Path
) -> None:
    """It comes back on its port; the crawler waits for it, and what it had not acknowledged is asked for again."""
    papers, settings = serve_papers(server, tmp_path, hosts=40, articles=50)
    stop, pids = threading.Event(), list[int]()

    def say(line: str) -> None:
        print(line, flush=True)

    with kept_broker(tmp_path / "kafka", port=0, stop=stop, say=say) as broker:
        connection = Connection(bootstrap=broker.bootstrap)
        await create_topics(connection, [RAW])
        worker = await start_worker(settings, connection)
        for enough in (500, 1200):
            await stories_asked_for(server, enough, worker)
            pid = await java_below(os.getpid())
            pids.append(pid)
            os.kill(pid, signal.SIGKILL)
        while await worker.wait() != 0:  # it gives up after a minute without acknowledgements; its supervisor starts it
            worker = await start_worker(settings, connection)
        assert len(set(pids)) == 2
        assert_all_arrived(await messages(connection), papers, server, repeats=2 * len(papers))


async def java_below(pid: int) -> int:
    """The process id of the embedded broker that this process has started last."""
    listing = await asyncio.create_subprocess_exec(
        "ps", "-o", "pid=,comm=", "--ppid", str(pid), stdout=asyncio.subprocess.PIPE
    )
    out, _ = await listing.communicate()
    return max(int(line.split()[0]) for line in out.decode().splitlines() if line.split()[1] == "java")
