"""`python -m tests.chaos [--seeds N] [--pages N] [--faults N] [--first SEED]`: one chaos run per seed, as a table.

Exit code 3 when anything was lost, doubled or changed in any of them.
"""

import argparse
import asyncio
import random
import sys
import time
from dataclasses import replace

from rich.console import Console
from rich.table import Table

from tests.chaos.expected import expected_ends
from tests.chaos.pages import make_pages
from tests.chaos.scenario import Report, Run, data_folder, run_chaos


def main() -> int:
    """Run, print, and say by the exit code whether all held."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--seeds", type=int, default=1, help="how many runs")
    parser.add_argument("--first", type=int, default=None, help="seed of the first one; those after it count on")
    parser.add_argument("--pages", type=int, default=10_000)
    parser.add_argument("--faults", type=int, default=20)
    arguments = parser.parse_args()
    first = random.randrange(1_000_000) if arguments.first is None else arguments.first
    reports = asyncio.run(_runs(range(first, first + arguments.seeds), arguments.pages, arguments.faults))
    Console(width=180).print(table(reports))
    return 3 if any(report.judgement.problems for report in reports) else 0


async def _runs(seeds: range, count: int, faults: int) -> list[Report]:
    pages = make_pages(count)
    began = time.monotonic()
    expected = await expected_ends(pages)
    say(f"{len(expected)} different pages without faults after {time.monotonic() - began:.0f} s")
    run = Run(seed=0, pages=pages, expected=expected, faults=faults, say=say)
    reports = []
    for seed in seeds:
        say(f"---- seed {seed}")
        async with data_folder() as folder:
            reports.append(await run_chaos(replace(run, seed=seed), folder))
        tell(reports[-1])
    return reports


def say(line: str) -> None:
    """A line with its time."""
    print(f"{time.strftime('%H:%M:%S')} {line}", flush=True)


def tell(report: Report) -> None:
    """What one run gave."""
    for fault in report.faults:
        recovered = "-" if fault.recovered is None else f"{fault.recovered:.1f} s"
        say(f"{fault.kind} {fault.stage} at {fault.after:.0%}: recovered after {recovered}")
    say(f"repeats: {report.judgement.repeats}")
    for problem in report.judgement.problems[:20]:
        say(f"PROBLEM {problem}")
    say(str(report.row()))


def table(reports: list[Report]) -> Table:
    """A row for each run."""
    shown = Table(title="Chaos runs")
    for name in reports[0].row() if reports else ():
        shown.add_column(name)
    for report in reports:
        shown.add_row(*report.row().values())
    return shown


if __name__ == "__main__":
    sys.exit(main())
