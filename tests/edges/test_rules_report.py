"""`newsflow rules`: hits of each rule, and the story it cut."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from pipeline.cleaning.rules.engine import OUTSIDE_ARTICLE
from pipeline.cleaning.rules.table import RULES
from pipeline.cli import cli
from pipeline.edges.inputs import open_inputs
from pipeline.edges.rules_report import Cut, Report, Tally, cuts_of, names, report_rules, shown
from pipeline.errors import UsageError
from tests.edges.golds import HEADLINE, STORY, write_gold


def cuts(folder: Path, truth: str | None) -> dict[str, Cut]:
    item = next(iter(open_inputs([folder / "good.html"], say=print)))
    found = cuts_of((item, truth))
    assert found is not None
    return {cut.rule: cut for cut in found}


def test_a_cut_is_wrong_as_far_as_the_truth_has_it_and_the_body_does_not(tmp_path: Path) -> None:
    folder = write_gold(tmp_path / "gold")
    right = cuts(folder, "\n".join(STORY))
    assert {cut.story for cut in right.values()} == {0}
    assert right["comment_form"].length == len("Please enter your comment!Please enter your name here")
    wrong = cuts(folder, "\n".join((HEADLINE, *STORY)))
    assert wrong["headline"].story == wrong["headline"].length == len(HEADLINE)
    assert wrong["headline"].excerpt == HEADLINE
    assert {cut.story for cut in cuts(folder, None).values()} == {0}


def test_every_rule_has_its_line_in_the_order_of_the_table(tmp_path: Path) -> None:
    write_gold(tmp_path / "sets" / "one")
    report = report_rules([tmp_path / "sets"], processes=1)
    assert (report.pages, report.without_article) == (2, 0)
    lines = list(shown(report, worst=1))
    assert [line.split()[0] for line in lines[2:] if not line.startswith(" ")] == names()
    row = next(line for line in lines if line.startswith("comment_form"))
    assert row.split()[1:6] == ["2", "2", "106", "0", "1.000"]
    assert row.endswith(next(rule.why for rule in RULES if rule.name == "comment_form"))


def test_without_a_truth_hits_are_counted_and_no_precision_is_given(tmp_path: Path) -> None:
    folder = write_gold(tmp_path / "gold")
    (folder / "truth.jsonl").unlink()
    tally = report_rules([folder], processes=1).tallies["headline"]
    assert (tally.pages, tally.length, tally.precision) == (2, 2 * len(HEADLINE), None)


def tally(**counts: int) -> Tally:
    return Tally(**counts)


def test_a_rule_is_harmful_when_it_cuts_more_story_than_boilerplate_on_the_whole_or_of_the_body() -> None:
    report = Report(
        pages=1,
        without_article=0,
        tallies={
            "fine": tally(judged=1000, story=400, judged_body=500, body_story=200),
            "harmful": tally(judged=1000, story=600),
            "harmful_in_body": tally(judged=9000, story=300, judged_body=400, body_story=300),
            "too_little_to_say": tally(judged=100, story=100, judged_body=100, body_story=100),
            OUTSIDE_ARTICLE: tally(judged=1000, story=900),
        },
    )
    assert report.harmful() == ["harmful", "harmful_in_body"]


def test_a_wrong_folder_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such folder"):
        report_rules([tmp_path / "gone"], processes=1)


def test_the_command_checks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    report = Report(pages=1, without_article=0, tallies={"headline": tally(judged=1000, story=600)})
    monkeypatch.setattr("pipeline.edges.rules_report.report_rules", lambda folders, processes: report)
    assert CliRunner().invoke(cli, ["rules", str(tmp_path)]).exit_code == 0
    refused = CliRunner().invoke(cli, ["rules", str(tmp_path), "--check"])
    assert "these rules cut more story than boilerplate: headline" in str(refused.exception)
