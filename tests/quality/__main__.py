"""Runs `newsflow process` over the gold sets, scores its records and compares each figure with its floor.

    python -m tests.quality GOLD [SET …]

GOLD holds the sets, and beside it stands `tools/score.py`. Floors are in `floors.json` and only ever rise. Exit 1
when a figure is below its floor, when a page is dead, or when a page has no outcome.
"""

import json
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

FLOORS = Path(__file__).with_name("floors.json")


def main(arguments: list[str]) -> int:
    """Score each set; the number of problems decides the exit code."""
    if not arguments or not Path(arguments[0]).is_dir():
        print("usage: python -m tests.quality GOLD [SET …], where GOLD is the folder of the gold sets")
        return 2
    gold = Path(arguments[0])
    floors = json.loads(FLOORS.read_text())
    problems = 0
    print(f"{'set':<12}{'figure':<14}{'now':>9}{'floor':>9}{'stock':>9}")
    for name in arguments[1:] or list(floors):
        problems += score_set(gold, name, floors[name])
    return 1 if problems else 0


def score_set(gold: Path, name: str, floors: dict[str, dict[str, float]]) -> int:
    """Print the set's table; the number of figures under their floor, and of dead or missing pages."""
    with tempfile.TemporaryDirectory() as folder:
        lines = process(gold / name, Path(folder) / "out.jsonl")
        predictions = Path(folder) / "predictions.jsonl"
        predictions.write_text("".join(json.dumps(prediction(line)) + "\n" for line in lines))
        score = [sys.executable, gold.parent / "tools" / "score.py", gold / name / "truth.jsonl", predictions, "--json"]
        figures = json.loads(subprocess.run(score, check=True, capture_output=True, text=True).stdout)
    problems = 0
    for figure, row in floors["figures"].items():
        low = round(figures[figure], 4) < row["floor"]
        problems += low
        flag = "  below its floor" if low else ""
        print(f"{name:<12}{figure:<14}{figures[figure]:>9.4f}{row['floor']:>9.4f}{row['stock']:>9.4f}{flag}")
    outcomes = Counter(line["outcome"] for line in lines)
    print(f"{name:<12}outcomes      {', '.join(f'{kind} {count}' for kind, count in outcomes.most_common())}")
    if outcomes["dead"] or len(lines) != figures["pages"]:
        print(f"{name:<12}{outcomes['dead']} pages are dead, {figures['pages'] - len(lines)} have no outcome")
        problems += 1
    return problems


def process(folder: Path, output: Path) -> list[dict]:
    """The lines of `newsflow process` for a set."""
    command = [sys.executable, "-m", "pipeline.cli", "process", folder / "manifest.jsonl", "--output", output]
    subprocess.run(command, check=True)
    return [json.loads(line) for line in output.read_text().splitlines()]


def prediction(line: dict) -> dict:
    """What the scorer reads of one record."""
    article = line.get("article", {})
    return {
        "id": line["input"],
        "text": article.get("article_body", ""),
        "headline": article.get("headline"),
        "authors": [author["name"] for author in article.get("authors", ())],
        "date": article.get("date_published"),
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
