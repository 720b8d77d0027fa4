"""The floors in `floors.json`: figures that may not fall, which only rise.

A row has `floor`, `stock` (trafilatura 2.3.1 with its default options; no floor is below it), and `best` and `by`: what
the best public extractor reaches there. A row without a floor is shown only. A set's name followed by " flattened" is
the same set as flattened text, where every public extractor gives nothing; `of_html` is its shingle F1 as a share of
that of the HTML. It has a goal and no floor: it would fall whenever the HTML's figure rises.
"""

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pipeline.edges.gold import ScoredSet

FLAT = " flattened"
PATH = Path(__file__).with_name("floors.json")
DIGITS = 4

Floors = dict[str, dict[str, dict[str, Any]]]
Figures = Mapping[str, Mapping[str, float]]


def read_floors(path: Path = PATH) -> Floors:
    """The floors by set and figure."""
    return json.loads(path.read_text())


def write_floors(floors: Floors, path: Path = PATH) -> None:
    """Write the floors, a figure a line, so that a change shows as a change of that figure."""
    sets = []
    for name, rows in floors.items():
        lines = ",\n".join(f"    {json.dumps(figure)}: {json.dumps(row)}" for figure, row in rows.items())
        sets.append(f"  {json.dumps(name)}: {{\n{lines}\n  }}")
    path.write_text("{\n" + ",\n".join(sets) + "\n}\n")


def figures_of(scored: Mapping[str, ScoredSet]) -> dict[str, dict[str, float]]:
    """The figures of all sets; for flattened text also what part of the HTML's figure it reaches."""
    found = {name: dict(each.figures) for name, each in scored.items()}
    for name, figures in found.items():
        html = found.get(name.removesuffix(FLAT), {}).get("shingle_f1")
        if name.endswith(FLAT) and html:
            figures["of_html"] = figures["shingle_f1"] / html
    return found


def below(floors: Floors, figures: Figures) -> list[str]:
    """The figures that are below their floors, or are no longer there, one line each."""
    found = []
    for name, now in figures.items():
        for figure, row in floors.get(name, {}).items():
            value = now.get(figure, 0.0)
            if "floor" in row and round(value, DIGITS) < row["floor"]:
                found.append(f"{name}: {figure} is {value:.4f}, below its floor {row['floor']:.4f}")
    return found


def raised(floors: Floors, figures: Figures) -> Floors:
    """The floors, those that have been exceeded at what was reached; never lower than before."""
    return {
        name: {
            figure: row | {"floor": max(row["floor"], _rounded_down(figures.get(name, {}).get(figure, 0.0)))}
            if "floor" in row
            else row
            for figure, row in rows.items()
        }
        for name, rows in floors.items()
    }


def _rounded_down(value: float) -> float:
    return math.floor(value * 10**DIGITS) / 10**DIGITS
