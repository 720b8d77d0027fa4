"""Times the clean stage against stock trafilatura on the same pages in one process, page by page in turn.

    python -m tests.bench [GOLD] [--write]

Processor time, so that what else runs on the machine counts little. Pages: the gold articles and publishers where GOLD
is there (every seventh), else the seeds. Only ratios are compared with the committed `baseline.json`: a machine's times
say nothing of another's. `--write` makes the figures the new baseline.
"""

import argparse
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import orjson

from pipeline.records import RawPage
from pipeline.stages.clean import clean
from tests.bench.pages import SEEDS, by_trafilatura, has_gold, read_pages

BASELINE = Path(__file__).parent / "baseline.json"
RESULT = Path("newsflow-data") / "bench.json"
ROUNDS = 3
TOLERANCE = 0.1
"""Share by which a ratio may be worse than the baseline: rounds of one run differ by up to half of it."""


def main(arguments: list[str]) -> int:
    """Print the table, write it, compare it; 1 when a ratio is worse than the baseline."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__.splitlines()[0])
    parser.add_argument("gold", type=Path, nargs="?", default=SEEDS, metavar="GOLD", help="folder of the gold sets")
    parser.add_argument("--write", action="store_true", help="make the ratios the new baseline")
    options = parser.parse_args(arguments)
    pages = list(read_pages(options.gold))
    rounds = [[timed(page) for page in pages] for _ in range(ROUNDS + 1)][1:]
    figures = summary(rounds, {name: peak_memory(name, options.gold) for name in ("trafilatura", "clean")})
    show(figures, len(pages))
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_bytes(orjson.dumps(figures, option=orjson.OPT_INDENT_2))
    print(f"written to {RESULT}")
    kind = "gold" if has_gold(options.gold) else "seeds"
    baselines = orjson.loads(BASELINE.read_bytes()) if BASELINE.exists() else {}
    if options.write:
        baselines[kind] = figures["ratios"]
        BASELINE.write_bytes(orjson.dumps(baselines, option=orjson.OPT_INDENT_2) + b"\n")
    return compare(figures["ratios"], baselines.get(kind, {}))


def timed(page: RawPage) -> tuple[float, float]:
    """Processor seconds of stock trafilatura and of the clean stage."""
    start = time.process_time()
    by_trafilatura(page)
    middle = time.process_time()
    clean(page)
    return middle - start, time.process_time() - middle


def peak_memory(name: str, gold: Path) -> float:
    """MiB that a process of its own holds at most in one pass over the pages."""
    command = [sys.executable, "-m", "tests.bench.memory", name, str(gold)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def summary(rounds: list[list[tuple[float, float]]], memory: dict[str, float]) -> dict[str, Any]:
    """Times by name, and the ratios; `speed` above 1 means that clean is the faster one."""
    columns = {name: [pair[at] for each in rounds for pair in each] for at, name in enumerate(memory)}
    speeds = [sum(stock for stock, _ in each) / sum(ours for _, ours in each) for each in rounds]
    stock, ours = columns["trafilatura"], columns["clean"]
    return {
        "times": {name: measures(times, memory[name]) for name, times in columns.items()},
        "ratios": {
            "speed": round(sum(stock) / sum(ours), 3),
            "median": round(statistics.median(ours) / statistics.median(stock), 3),
            "p99": round(percentile_99(ours) / percentile_99(stock), 3),
            "memory": round(memory["clean"] / memory["trafilatura"], 3),
        },
        "speed_of_rounds": [round(min(speeds), 3), round(max(speeds), 3)],
    }


def measures(times: list[float], memory: float) -> dict[str, float]:
    return {
        "median_ms": round(statistics.median(times) * 1e3, 2),
        "p99_ms": round(percentile_99(times) * 1e3, 2),
        "pages_per_second": round(len(times) / sum(times), 2),
        "peak_mib": round(memory, 1),
    }


def percentile_99(times: list[float]) -> float:
    return statistics.quantiles(times, n=100)[98]


def show(figures: dict[str, Any], pages: int) -> None:
    """The table for people."""
    print(f"{pages} pages, {ROUNDS} rounds, interleaved, processor time")
    print(f"{'':<12}{'median ms':>12}{'p99 ms':>10}{'pages/s':>10}{'peak MiB':>10}")
    for name, found in figures["times"].items():
        print(
            f"{name:<12}{found['median_ms']:>12.1f}{found['p99_ms']:>10.1f}{found['pages_per_second']:>10.1f}"
            f"{found['peak_mib']:>10.0f}"
        )
    low, high = figures["speed_of_rounds"]
    speed = figures["ratios"]["speed"]
    print(f"clean is {speed:.2f}x as fast as stock trafilatura (rounds {low:.2f} to {high:.2f})")


def compare(ratios: dict[str, float], baseline: dict[str, float]) -> int:
    """Print each ratio beside the baseline's; 1 when one is worse by more than the tolerance."""
    worse = 0
    for name, known in baseline.items():
        change = ratios[name] / known - 1
        is_worse = (-change if name == "speed" else change) > TOLERANCE
        print(f"{name:<8}{ratios[name]:>8.3f}   baseline {known:.3f} ({change:+.1%}){'  WORSE' if is_worse else ''}")
        worse += is_worse
    return int(worse > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
