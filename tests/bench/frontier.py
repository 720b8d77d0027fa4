"""`python -m tests.bench.frontier [STORE] [URLS…]`: what an operation of the frontier costs with so many URLs in it."""

import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from pipeline.edges.crawling.frontier import Frontier
from pipeline.edges.crawling.frontier_rows import PRIORITIES, Entry, Found, Kind, State, Visit
from pipeline.edges.store import open_store

NOW = 1e9
ROUNDS = 30
URLS_PER_HOST = 100
SIZES = (1_000, 10_000, 100_000, 1_000_000)

T = TypeVar("T")


def row(number: int, hosts: int) -> Found:
    """The URL of that number: hosts, priorities and due times are mixed."""
    return Found(
        kind=Kind.PAGE,
        url=f"https://h{number % hosts}.example/{number}",
        source="s",
        priority=PRIORITIES[1 + number % (len(PRIORITIES) - 1)],
        due=NOW + (number * 7919) % 1000,
        discovered_at="2026-01-01T00:00:00Z",
    )


def finished(entry: Entry) -> Visit:
    """A page that was fetched."""
    done = replace(entry, state=State.DONE, due=None, outcome="fetched", status=200, last_at=NOW, body_hash=entry.key)
    return Visit(entry=done)


def measure(frontier: Frontier, known: int, size: int) -> None:
    """Fill it up to `size` URLs and print the median and the longest time of each operation, in milliseconds."""
    times: dict[str, list[float]] = defaultdict(list)

    def timed(name: str, work: Callable[[], T]) -> T:
        began = time.perf_counter()
        result = work()
        times[name].append(1000 * (time.perf_counter() - began))
        return result

    hosts = max(20, size // URLS_PER_HOST)
    for start in range(known, size, 500):
        rows = [row(number, hosts) for number in range(start, min(size, start + 500))]
        timed("add 500", lambda rows=rows: frontier.add(rows))
    now = NOW + 2000
    for _ in range(ROUNDS):
        claimed = timed("claim 8", lambda: frontier.claim("me", now=now, until=now + 60, count=8))
        names = [host.host for host in claimed]
        timed("renew 8", lambda names=names: frontier.renew("me", names, now=now, until=now + 60))
        for host in claimed[:2]:
            entries = timed("take 8", lambda host=host: frontier.take(host.host, now=now, count=8))
            visits = [finished(entry) for entry in entries]
            timed("finish 8", lambda visits=visits, host=host: frontier.finish(visits, [host]))
        timed("release 8", lambda claimed=claimed: frontier.release("me", claimed))
    timed("failed", lambda: frontier.failed("s", 3))
    timed("waiting", lambda: frontier.waiting("s", now=now))
    columns = (f"{name} {statistics.median(each):6.2f} ({max(each):6.1f})" for name, each in times.items())
    print(f"{size:8d} URLs, {hosts:5d} hosts | {' | '.join(columns)}", flush=True)


if __name__ == "__main__":
    url = sys.argv[1] if len(sys.argv) > 1 else f"sqlite:///{tempfile.mkdtemp()}/store.sqlite"
    store = open_store(url, cluster_id=None)
    before = 0
    for wanted in [int(argument) for argument in sys.argv[2:]] or SIZES:
        measure(Frontier(store), before, wanted)
        before = wanted
    store.close()
