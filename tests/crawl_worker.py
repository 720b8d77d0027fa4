"""A crawler in a process of its own, for the tests that kill or measure one: `newsflow crawl --once` with the tests'

names. It ends with a line that says how many MiB it had in memory at the most. An argument is the seconds of a lease.
"""

import asyncio
import re
import sys
from pathlib import Path

from pipeline.edges.connection import read_connection
from pipeline.edges.crawling import turn
from pipeline.edges.crawling.crawl import CrawlOptions, crawl
from pipeline.edges.logs import configure_logs
from pipeline.settings import read_settings
from tests.site_server import LoopbackResolver

if __name__ == "__main__":
    if len(sys.argv) > 1:
        turn.LEASE_SECONDS = float(sys.argv[1])
        turn.RENEW_SECONDS = turn.LEASE_SECONDS / 3
    settings = read_settings()
    configure_logs(settings.log_format, level=settings.log_level)
    asyncio.run(
        crawl(
            CrawlOptions(once=True),
            settings,
            read_connection(),
            say=lambda line: print(line, file=sys.stderr, flush=True),
            resolver=LoopbackResolver(),
        )
    )
    # not getrusage: what that calls our largest memory is that of the process which started us, if it is larger
    peak = re.search(r"VmHWM:\s*(\d+) kB", Path("/proc/self/status").read_text())
    print(int(peak[1]) // 1024 if peak else 0, flush=True)
