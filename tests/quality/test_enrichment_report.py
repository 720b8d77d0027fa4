"""The report on the enrichment: its figures, its goals, and the fit of the quality score."""

import random
from pathlib import Path

import numpy as np
import pytest

from pipeline.enrichment.quality import JUDGED, expected_f1
from pipeline.records import QualityParts
from tests.quality.enrichment_report import Figure, page_kinds
from tests.quality.gold_pages import GoldPage
from tests.quality.quality_curve import FOLDS, Point, curve, fit, fold_judge, rank_correlation, with_weights


def points(*pairs: tuple[float, float]) -> list[Point]:
    return [Point(set="articles", score=score, f1=f1) for score, f1 in pairs]


def parts(boilerplate: float, left_out: float) -> QualityParts:
    return QualityParts(
        text_share=0.5,
        agreement=0.9,
        boilerplate_left=boilerplate,
        text_left_out=left_out,
        doubt=0.1,
        metadata=1.0,
        truncation=0.0,
        encoding_damage=0.0,
    )


def page(name: str, kind: str, outcome: str, record: dict | None = None) -> GoldPage:
    return GoldPage(set=name, id="1", kind=kind, outcome=outcome, reason="index_page", record=record, f1=None)


ARTICLE = {"page_kind": {"kind": "article"}}


def test_rank_correlation_asks_for_the_order_alone() -> None:
    assert rank_correlation(points((0.1, 0.5), (0.2, 0.9), (0.9, 0.91))) == pytest.approx(1.0)
    assert rank_correlation(points((0.1, 0.9), (0.2, 0.8), (0.9, 0.1))) == pytest.approx(-1.0)


def test_equal_values_share_their_rank() -> None:
    assert rank_correlation(points((0.1, 0.5), (0.1, 0.5), (0.2, 0.9), (0.2, 0.9))) == pytest.approx(1.0)
    assert rank_correlation(points((1, 1), (2, 2), (3, 2), (4, 3))) == pytest.approx(np.sqrt(0.9))


def test_the_fit_finds_the_weights_that_made_the_truth() -> None:
    chance = random.Random(3)
    made = [parts(chance.random() / 2, chance.random() / 2) for _ in range(400)]
    known = (-1.0, {"doubt": 0.0, "boilerplate_left": 1.0, "text_left_out": 0.5})
    truth = [Point(set="articles", score=0.0, f1=expected_f1(each, known), parts=each) for each in made]
    start, slopes = fit(truth)
    assert start == pytest.approx(known[0], abs=0.1)
    assert slopes["boilerplate_left"] == pytest.approx(1.0, abs=0.05)
    assert slopes["text_left_out"] == pytest.approx(0.5, abs=0.05)


def test_a_page_without_a_judge_keeps_its_score() -> None:
    point = Point(set="articles", score=0.7, f1=0.9)
    assert with_weights(point, JUDGED) == point


def test_there_is_a_judge_for_every_fold_that_asks_what_the_committed_one_does() -> None:
    from pipeline.cleaning.judging.judge import model

    assert {fold_judge(number).names for number in range(FOLDS)} == {model().names}


def test_the_curve_has_every_page_of_the_sets_with_a_text_in_one_part() -> None:
    lines = list(curve(points(*((at / 50, at / 50) for at in range(50)))))
    assert sum(int(line.split()[3]) for line in lines[1:11]) == 50


@pytest.mark.parametrize(
    ("figure", "missed"),
    [
        (Figure(name="a", value=0.49, least=0.5), True),
        (Figure(name="a", value=0.5, least=0.5), False),
        (Figure(name="a", value=0.006, most=0.005), True),
        (Figure(name="a", value=0.0), False),
    ],
)
def test_a_goal_is_missed_below_its_least_and_above_its_most(figure: Figure, missed: bool) -> None:
    assert figure.missed is missed
    assert ("MISSED" in figure.line()) is missed


def test_refused_is_a_page_that_was_dropped_or_leaves_under_another_kind() -> None:
    forum = {"page_kind": {"kind": "forum"}}
    pages = [
        page("articles", "article", "enriched", ARTICLE),
        page("articles", "article", "dropped"),
        page("kinds", "forum", "enriched", ARTICLE),
        page("kinds", "forum", "enriched", forum),
        page("kinds", "forum", "dropped"),
        page("kinds", "forum", "dead"),
    ]
    figures = {each.name: each for each in page_kinds(pages, Path()) if isinstance(each, Figure)}
    assert figures["refused of articles"].value == 0.5
    assert figures["no articles: forum"].value == 0.5
