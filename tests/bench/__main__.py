"""All benchmarks against their goals: `python -m tests.bench [GOLD] [--only SECTION…] [--write]`.

Every figure is a ratio from one interleaved run, but for a few that people feel: latency, resident memory, `--help`.
Only ratios are compared with the committed `baseline.json`: a machine's times say nothing of another's. `--write` makes
the figures the new baseline.
"""

import argparse
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import orjson

from tests.bench import as_child, commands, whole
from tests.bench.pages import SEEDS, has_gold

BASELINE = Path(__file__).parent / "baseline.json"
RESULT = Path("newsflow-data") / "bench.json"
TOLERANCE = 0.1
"""Share by which a ratio may be worse than the baseline: rounds of one run differ by up to half of it."""
SECTIONS: dict[str, Callable[[Path], dict[str, float]]] = {
    "speed": partial(as_child.measure, "speed"),
    "pool": partial(as_child.measure, "pool"),
    "commands": commands.measure,
    "whole": whole.measure,
    "growth": partial(as_child.measure, "growth"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A row of the table. `goal` is the least that is wanted where `is_floor`, else the most."""

    name: str
    what: str
    goal: float | None = None
    is_floor: bool = False
    is_ratio: bool = True


FIGURES = (
    Figure(name="speed", what="clean, pages per second against stock trafilatura", goal=3.0, is_floor=True),
    Figure(name="median", what="clean, median page against stock's"),
    Figure(name="p99", what="clean, p99 against stock's", goal=0.45),
    Figure(name="memory", what="clean, peak memory against stock's"),
    Figure(name="enrichment", what="annotate + relate, median article against stock on its page", goal=0.25),
    Figure(name="counting", what="a message counted for the metrics, against stock on its page", goal=0.00075),
    Figure(name="pool", what="pool of two processes against one inline", goal=1.75, is_floor=True),
    Figure(name="process", what="`newsflow process` on a page against stock's command", goal=1.5),
    Figure(name="help", what="`newsflow --help`, seconds", goal=0.3, is_ratio=False),
    Figure(name="kafka", what="processor time a page over Kafka against in one process", goal=1.2),
    Figure(name="latency_p50", what="single pages on an idle pipeline, p50, seconds", goal=0.3, is_ratio=False),
    Figure(name="latency_p99", what="single pages on an idle pipeline, p99, seconds", goal=1.0, is_ratio=False),
    Figure(name="resident", what="largest process of a stage, MiB resident", goal=200, is_ratio=False),
    Figure(name="growth", what="a page after many others against one before them", goal=1.05),
)


def main(arguments: list[str]) -> int:
    """Print the table, write it, compare it; 1 when a ratio is worse than the baseline."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__.splitlines()[0])
    parser.add_argument("gold", type=Path, nargs="?", default=SEEDS, metavar="GOLD", help="folder of the gold sets")
    parser.add_argument("--only", choices=SECTIONS, action="append", help="this section (repeatable)")
    parser.add_argument("--write", action="store_true", help="make the ratios the new baseline")
    options = parser.parse_args(arguments)
    # else each process of ours compiles the package anew, and stock's is compiled
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    found: dict[str, float] = {}
    for section in options.only or SECTIONS:
        print(f"-- {section}", flush=True)
        found |= SECTIONS[section](options.gold)
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_bytes(orjson.dumps(found, option=orjson.OPT_INDENT_2))
    kind = "gold" if has_gold(options.gold) else "seeds"
    baselines = orjson.loads(BASELINE.read_bytes())
    worse = show(found, baselines.get(kind, {}))
    print(f"written to {RESULT}")
    if options.write:
        ratios = {
            figure.name: float(f"{found[figure.name]:.4g}")
            for figure in FIGURES
            if figure.is_ratio and figure.name in found
        }
        baselines[kind] = baselines.get(kind, {}) | ratios
        BASELINE.write_bytes(orjson.dumps(baselines, option=orjson.OPT_INDENT_2) + b"\n")
    return int(worse and not options.write)


def show(found: dict[str, float], baseline: dict[str, float]) -> bool:
    """The table; whether a ratio is worse than the baseline by more than the tolerance."""
    print(f"\n{'':62}{'now':>8}{'goal':>11}{'baseline':>10}")
    any_worse = False
    for figure in FIGURES:
        if figure.name not in found:
            continue
        value, known = found[figure.name], baseline.get(figure.name)
        goal = "" if figure.goal is None else f"{'>=' if figure.is_floor else '<='} {figure.goal:g}"
        is_met = figure.goal is None or (value >= figure.goal if figure.is_floor else value <= figure.goal)
        change = 0.0 if known is None else value / known - 1
        is_worse = (-change if figure.is_floor else change) > TOLERANCE
        any_worse |= is_worse
        print(
            f"{figure.what:<62}{value:8.4g}{goal:>11}{'' if known is None else f'{known:.4g}':>10}"
            f"{'' if is_met else '  missed'}{'  WORSE' if is_worse else ''}"
        )
    return any_worse


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
