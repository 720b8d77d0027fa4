"""`python -m tests.bench.memory trafilatura|clean GOLD`: the most MiB that one pass over the pages holds."""

import resource
import sys
from pathlib import Path

from pipeline.stages.clean import clean
from tests.bench.pages import by_trafilatura, read_pages

WORK = {"trafilatura": by_trafilatura, "clean": clean}
STATUS = Path("/proc/self/status")


def peak() -> float:
    """MiB. Linux's `ru_maxrss` begins with what the parent had when it started us, so it is not asked there."""
    if STATUS.exists():
        return next(int(line.split()[1]) / 2**10 for line in STATUS.read_text().splitlines() if "VmHWM" in line)
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


if __name__ == "__main__":
    for page in read_pages(Path(sys.argv[2])):
        WORK[sys.argv[1]](page)
    print(peak())
