"""Scores the gold sets, as HTML and as flattened text, and compares each figure with its floor.

    python -m tests.quality [--json] [--raise] GOLD [SET …]

Exit 1 when a figure is below its floor, when a page is dead, or when a page has no outcome. `--raise` writes the
figures that are above their floors into `floors.json`; nothing lowers a floor but a person who says why.
"""

import argparse
import asyncio
import json
import sys
from pathlib import Path

from pipeline.edges.gold import ScoredSet, open_gold, score_sets
from pipeline.edges.score import NAMES, page_line
from pipeline.errors import NewsflowError
from pipeline.settings import read_settings
from tests.quality.floors import FLAT, Floors, below, figures_of, raised, read_floors, write_floors

WORST = 3


def main(arguments: list[str]) -> int:
    """Score the sets that are named, or all that have floors; 1 when one of them is not as it should be."""
    options = read_options(arguments)
    floors = read_floors()
    known = [name for name in floors if not name.endswith(FLAT)]
    try:
        scored = asyncio.run(score_all(options.gold, options.sets or known, floors))
    except NewsflowError as error:
        print(f"quality: {error}", file=sys.stderr)
        return 2
    figures = figures_of(scored)
    if options.rise:
        floors = raised(floors, figures)
        write_floors(floors)
    found = problems(floors, figures, scored)
    if options.json:
        print(json.dumps(as_plain(floors, figures, scored, found), indent=2))
    else:
        print_table(floors, figures, scored)
    for problem in found:
        print(f"quality: {problem}", file=sys.stderr)
    return 1 if found else 0


def read_options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.quality", description="Score the gold sets.")
    parser.add_argument("gold", type=Path, metavar="GOLD", help="folder of the gold sets")
    parser.add_argument("sets", nargs="*", metavar="SET", help="only these")
    parser.add_argument("--raise", dest="rise", action="store_true", help="raise the floors to what was reached")
    parser.add_argument("--json", action="store_true", help="print JSON")
    return parser.parse_args(arguments)


async def score_all(gold: Path, names: list[str], floors: Floors) -> dict[str, ScoredSet]:
    """The scored sets, each followed by its flattened form where that has floors; all on one pool."""
    jobs = [(name, flat) for name in names for flat in (False, True) if not flat or name + FLAT in floors]
    sets = {name: open_gold(gold / name) for name in names}
    found: dict[str, ScoredSet] = {}
    titles = iter([name + FLAT if flat else name for name, flat in jobs])
    async for scored in score_sets([(sets[name], flat) for name, flat in jobs], read_settings()):
        found[next(titles)] = scored
    return found


def problems(floors: Floors, figures: dict[str, dict[str, float]], scored: dict[str, ScoredSet]) -> list[str]:
    """What is not as it should be, one line each."""
    found = below(floors, figures)
    for name, each in scored.items():
        for outcome, what in (("dead", "are dead"), ("none", "have no outcome")):
            if each.outcomes[outcome]:
                found.append(f"{name}: {each.outcomes[outcome]} pages {what}")
    return found


def as_plain(
    floors: Floors, figures: dict[str, dict[str, float]], scored: dict[str, ScoredSet], found: list[str]
) -> dict:
    """The table as plain values."""
    sets = {
        name: {
            "figures": {
                figure: {"now": round(value, 4)} | floors.get(name, {}).get(figure, {})
                for figure, value in figures[name].items()
            },
            "outcomes": dict(each.outcomes),
            "worst": [
                {"id": page.truth.id, "url": page.truth.url, "figure": round(page.score.figure, 4)}
                for page in each.worst(WORST)
            ],
        }
        for name, each in scored.items()
    }
    return {"sets": sets, "problems": found}


def print_table(floors: Floors, figures: dict[str, dict[str, float]], scored: dict[str, ScoredSet]) -> None:
    """Each figure with its floor and the best that a public extractor reaches; under each set its worst pages."""
    print(f"{'set':<22}{'figure':<14}{'now':>8}{'floor':>8}{'best':>8}  by")
    for name, each in scored.items():
        for figure, row in floors[name].items():
            cells = "".join(
                f"{value:>8.4f}" if value is not None else f"{'-':>8}"
                for value in (figures[name][figure], row.get("floor"), row.get("best"))
            )
            note = row.get("by", "") if "goal" not in row else f"goal {row['goal']:.4f}"
            print(f"{name:<22}{NAMES.get(figure, 'of HTML'):<14}{cells}  {note}".rstrip())
        outcomes = ", ".join(f"{outcome} {count}" for outcome, count in each.outcomes.most_common())
        print(f"{'':<22}{len(each.pages)} pages: {outcomes}; the worst:")
        for page in each.worst(WORST):
            print(f"{'':<22}{page_line(page)}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
