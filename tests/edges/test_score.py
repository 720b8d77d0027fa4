"""`newsflow score`: the figures of a gold set, and why its worst pages are bad."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.edges.gold import open_gold, scored_set
from pipeline.errors import UsageError
from tests.edges.golds import HEADLINE, STORY, SURPLUS, write_gold

ROOT = Path(__file__).parents[2]


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pipeline.cli", *map(str, arguments)]
    environment = {key: value for key, value in os.environ.items() if not key.startswith("NEWSFLOW_")}
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=environment, timeout=90, check=False)


def test_the_figures_and_the_worst_pages_with_what_is_lost_and_what_is_too_much(tmp_path: Path) -> None:
    result = run("score", write_gold(tmp_path / "gold"), "--worst", 1, "--show")
    assert result.returncode == 0, result.stderr
    lines = result.stdout.splitlines()
    assert lines[0] == "gold: 2 pages (enriched 2)"
    assert "  headline     1.0000" in lines
    assert "bad  https://news.example/bad" in result.stdout
    assert "good  https://" not in result.stdout, "one page was asked for"
    lost = next(line for line in lines if line.startswith("  - "))
    surplus = next(line for line in lines if line.startswith("  + "))
    assert "A crossing will be painted" in lost
    assert lost.endswith("[in no line of the page as it was read]")
    assert "new timetable for the mainland's second bus line" in surplus
    assert "/html/body/article/p[4]" in surplus
    assert "\x1b[" not in result.stdout, "colours are for terminals"


def test_json_has_the_same(tmp_path: Path) -> None:
    result = run("score", write_gold(tmp_path / "gold"), "--json", "--show", "--flattened")
    assert result.returncode == 0, result.stderr
    found = json.loads(result.stdout)
    assert (found["set"], found["flattened"], found["outcomes"]) == ("gold", True, {"enriched": 2})
    assert [page["id"] for page in found["worst"]] == ["bad", "good"]
    assert found["worst"][0]["surplus"][0]["by"].startswith("flattened, line ")
    best = found["worst"][1]
    assert (best["outcome"], best["figure"], best["lost"], best["surplus"]) == ("enriched", 1.0, [], [])


def test_lost_text_is_shown_with_the_rule_that_cut_it(tmp_path: Path) -> None:
    folder = write_gold(tmp_path / "gold")
    truth = {"id": "good", "text": "\n".join((HEADLINE, *STORY))}
    (folder / "truth.jsonl").write_text(json.dumps(truth) + "\n")
    result = run("score", folder, "--json", "--show")
    assert json.loads(result.stdout)["worst"][0]["lost"] == [
        {"text": HEADLINE, "by": "headline, /html/body/article/h1"}
    ]


@pytest.mark.parametrize(
    ("files", "complaint"),
    [
        (None, "no such folder"),
        ({}, "no truth.jsonl in it"),
        ({"truth.jsonl": "{}"}, "no manifest.jsonl in it"),
        ({"truth.jsonl": "\n", "manifest.jsonl": ""}, "the file has no line"),
        ({"truth.jsonl": "[]", "manifest.jsonl": ""}, "line 1: no truth of a page"),
        ({"truth.jsonl": '{"text": "a"}', "manifest.jsonl": ""}, "line 1: no truth of a page ('id' is missing)"),
        ({"truth.jsonl": '{"id": "a", "text": 1}', "manifest.jsonl": ""}, "'text' must be a string"),
        ({"truth.jsonl": '{"id": "a"}', "manifest.jsonl": "nonsense"}, "manifest.jsonl, line 1: not JSON"),
    ],
)
def test_a_folder_that_is_no_gold_set_is_a_usage_error(
    tmp_path: Path, files: dict[str, str] | None, complaint: str
) -> None:
    folder = tmp_path / "gold"
    if files is not None:
        folder.mkdir()
        for name, text in files.items():
            (folder / name).write_text(text)
    with pytest.raises(UsageError) as error:
        open_gold(folder)
    assert complaint in str(error.value)
    assert "\n" not in str(error.value)


def test_a_wrong_folder_is_one_line(tmp_path: Path) -> None:
    result = run("score", tmp_path / "gone")
    assert (result.returncode, result.stderr.count("\n"), result.stdout) == (2, 1, "")


def test_a_page_without_an_outcome_is_counted_as_one(tmp_path: Path) -> None:
    scored = scored_set(open_gold(write_gold(tmp_path / "gold")), {})
    assert scored.outcomes == {"none": 2}
    assert {page.outcome for page in scored.pages} == {"no outcome"}
    assert scored.figures["shingle_r"] == 0.0
    assert SURPLUS not in scored.pages[0].answer.text
