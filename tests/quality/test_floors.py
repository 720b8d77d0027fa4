"""Floors only rise, and none is below what stock trafilatura reaches."""

from collections import Counter
from pathlib import Path

import pytest

from pipeline.edges.gold import ScoredSet
from tests.edges.golds import write_gold
from tests.quality.__main__ import main
from tests.quality.floors import below, figures_of, raised, read_floors, write_floors

FLOORS = {
    "one": {
        "shingle_f1": {"floor": 0.9, "stock": 0.88, "best": 0.95, "by": "other"},
        "headline": {"floor": 0.7},
        "segment_p": {"best": 0.9, "by": "other"},
    },
    "two": {"date": {"floor": 0.8}},
}


def test_a_floor_rises_to_what_was_reached_and_never_falls() -> None:
    found = raised(FLOORS, {"one": {"shingle_f1": 0.93219, "headline": 0.6, "segment_p": 0.99}})
    assert found["one"]["shingle_f1"] == {"floor": 0.9321, "stock": 0.88, "best": 0.95, "by": "other"}
    assert found["one"]["headline"] == {"floor": 0.7}
    assert found["one"]["segment_p"] == {"best": 0.9, "by": "other"}, "a figure without a floor gets none"
    assert found["two"] == FLOORS["two"], "a set that was not scored keeps its floors"


def test_a_raised_floor_holds_for_the_figures_it_was_raised_to() -> None:
    figures = {"one": {"shingle_f1": 0.932199999, "headline": 0.75, "segment_p": 0.1}}
    assert below(raised(FLOORS, figures), figures) == []


def test_a_figure_below_its_floor_and_a_figure_that_is_gone_are_named() -> None:
    assert below(FLOORS, {"one": {"shingle_f1": 0.8999}}) == [
        "one: shingle_f1 is 0.8999, below its floor 0.9000",
        "one: headline is 0.0000, below its floor 0.7000",
    ]
    assert below(FLOORS, {"one": {"shingle_f1": 0.9, "headline": 0.7}}) == []


def test_floors_are_written_as_they_are_read(tmp_path: Path) -> None:
    write_floors(FLOORS, tmp_path / "floors.json")
    assert read_floors(tmp_path / "floors.json") == FLOORS
    committed = read_floors()
    write_floors(committed, tmp_path / "again.json")
    assert read_floors(tmp_path / "again.json") == committed


def test_no_floor_is_below_stock() -> None:
    rows = [row for rows in read_floors().values() for row in rows.values() if "stock" in row]
    assert rows
    assert all(row["floor"] >= row["stock"] for row in rows)


def test_flattened_text_is_measured_against_the_html() -> None:
    def scored(figure: float) -> ScoredSet:
        return ScoredSet(name="one", pages=(), figures={"shingle_f1": figure}, outcomes=Counter())

    found = figures_of({"one": scored(0.8), "one flattened": scored(0.72)})
    assert found["one flattened"]["of_html"] == pytest.approx(0.9)
    assert "of_html" not in found["one"]


def test_a_run_fails_below_a_floor_and_raises_it_when_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_gold(tmp_path / "sets" / "one")
    floors = {"one": {"shingle_f1": {"floor": 0.5, "best": 0.4, "by": "other"}, "headline": {"floor": 1.0}}}
    for name, value in (("reached", floors), ("missed", {"one": {"shingle_f1": {"floor": 0.99}}})):
        write_floors(value, tmp_path / name)
    monkeypatch.setattr("tests.quality.__main__.read_floors", lambda: read_floors(tmp_path / "reached"))
    monkeypatch.setattr("tests.quality.__main__.write_floors", lambda found: write_floors(found, tmp_path / "raised"))
    assert main(["--raise", str(tmp_path / "sets")]) == 0
    assert "2 pages: enriched 2" in capsys.readouterr().out
    assert 0.5 < read_floors(tmp_path / "raised")["one"]["shingle_f1"]["floor"] < 1.0
    monkeypatch.setattr("tests.quality.__main__.read_floors", lambda: read_floors(tmp_path / "missed"))
    assert main([str(tmp_path / "sets")]) == 1
    assert "below its floor 0.9900" in capsys.readouterr().err
    assert main([str(tmp_path / "gone")]) == 2
