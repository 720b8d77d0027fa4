"""`python -m tests.bench.memory trafilatura|clean GOLD`: the most MiB that one pass over the pages holds."""

import resource
import sys
from pathlib import Path

from pipeline.stages.clean import clean
from tests.bench.pages import by_trafilatura, read_pages

WORK = {"trafilatura": by_trafilatura, "clean": clean}
MIB = 2**20 if sys.platform == "darwin" else 2**10
"""Of the unit in which the system counts resident memory."""

if __name__ == "__main__":
    for page in read_pages(Path(sys.argv[2])):
        WORK[sys.argv[1]](page)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MIB)
