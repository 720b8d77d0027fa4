"""Where the clean stage's time goes: `python -m tests.bench.profile [GOLD] [--table]`.

Runs it over the pages of the benchmark, for a sampling profiler to look at (`make profile` has py-spy draw a flame
graph); with `--table` it profiles itself and prints the functions by their own time.
"""

import argparse
import cProfile
import pstats
import sys
from pathlib import Path

from pipeline.stages.clean import clean
from tests.bench.pages import SEEDS, read_pages

ROUNDS = 3
ROWS = 40


def main(arguments: list[str]) -> int:
    """Clean every page a few times."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.profile", description=__doc__.splitlines()[0])
    parser.add_argument("gold", type=Path, nargs="?", default=SEEDS, metavar="GOLD", help="folder of the gold sets")
    parser.add_argument("--table", action="store_true", help="print a table of functions")
    options = parser.parse_args(arguments)
    pages = list(read_pages(options.gold))
    profiler = cProfile.Profile()
    if options.table:
        profiler.enable()
    for _ in range(ROUNDS):
        for page in pages:
            clean(page)
    if options.table:
        profiler.disable()
        pstats.Stats(profiler).sort_stats("tottime").print_stats(ROWS)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
