"""The quality score: what lowers it, and what the parts tell."""

from dataclasses import replace
from typing import Any

import pytest

from pipeline.enrichment.quality import TRUNCATION_COST, quality
from pipeline.records import Author, Certainty, CleanArticle, Image, Quality, QualityReason, Removed, Rights, Signals
from tests.enrichment.articles import FERRY, article

SURE = Certainty(agreement=0.95, boilerplate=0.004, left_out=0.003, doubt=0.0)
AUTHORS = (Author(name="Nora Ellingwood"),)
COMPLETE: dict[str, Any] = {
    "authors": AUTHORS,
    "declared_language": "en",
    "description": "The council keeps the ferry.",
}


def told(body: str = FERRY, certainty: Certainty | None = SURE, **fields: Any) -> Quality:
    found = quality(page(body, certainty, **fields))
    assert found is not None
    return found


def page(body: str = FERRY, certainty: Certainty | None = SURE, **fields: Any) -> CleanArticle:
    signals = Signals(text_share=0.6, certainty=certainty)
    return article(body, signals=signals, **{**COMPLETE, **fields})


def test_a_text_of_which_all_is_certain_scores_near_one() -> None:
    assert told().score > 0.97


@pytest.mark.parametrize(
    ("part", "reason"),
    [
        ("boilerplate", QualityReason.BOILERPLATE_LEFT),
        ("left_out", QualityReason.TEXT_LEFT_OUT),
        ("doubt", QualityReason.DOUBT),
    ],
)
def test_the_worse_a_part_the_lower_the_score(part: str, reason: QualityReason) -> None:
    scores = [told(certainty=replace(SURE, **{part: value})).score for value in (0.01, 0.1, 0.4, 1.0)]
    assert scores == sorted(scores, reverse=True)
    assert scores[0] > scores[-1]
    poor = Certainty(agreement=0.5, boilerplate=0.2, left_out=0.2, doubt=0.4)
    assert reason in told(certainty=replace(poor, **{part: 1.0})).reasons


def test_agreement_weighs_where_no_judge_was_asked() -> None:
    one, other = (told(certainty=Certainty(agreement=value)) for value in (1.0, 0.3))
    assert one.score > other.score
    assert other.reasons[0] is QualityReason.DISAGREEMENT
    assert other.parts.boilerplate_left is None


def test_agreement_does_not_weigh_where_a_judge_was_asked() -> None:
    assert told().score == told(certainty=replace(SURE, agreement=0.2)).score


def test_of_a_declared_body_that_the_page_does_not_show_no_disagreement_is_told() -> None:
    """Its lines are no lines of the page, so no other way can have taken them."""
    extraction = replace(article().extraction, candidate="json_ld")
    found = told(certainty=Certainty(agreement=0.0), extraction=extraction)
    assert found.expected_f1 == pytest.approx(0.9, abs=1e-3)
    assert found.reasons == ()


@pytest.mark.parametrize("end", ["and then it …", "and then it...", "and then […]"])
def test_an_ellipsis_at_the_end_is_a_text_cut_short(end: str) -> None:
    found = told(f"{FERRY}\n\nThe board waited for a year {end}")
    assert found.parts.truncation == 1.0
    assert found.reasons[0] is QualityReason.TRUNCATION
    assert found.score == pytest.approx(told().score * (1 - TRUNCATION_COST), abs=2e-4)


@pytest.mark.parametrize(
    "body", [FERRY.replace("the vote.", "the vote…", 1), f"{FERRY}\n\n“And then …”"], ids=["amid the text", "quoted"]
)
def test_an_ellipsis_elsewhere_is_none(body: str) -> None:
    assert told(body).parts.truncation == 0.0


@pytest.mark.parametrize(
    "sign",
    [
        {"rights": Rights(is_accessible_for_free=False)},
        {"removed": (Removed(rule="paywall_notice", excerpt="Subscribe", length=9, place="/html/body/p[4]"),)},
    ],
    ids=["declared", "by its notice"],
)
def test_a_short_text_behind_a_paywall_is_cut_short_and_a_long_one_is_not(sign: dict[str, Any]) -> None:
    assert told(**sign).parts.truncation == 0.7
    assert told("\n\n".join([FERRY] * 3), **sign).parts.truncation == 0.0
    assert told(rights=Rights(), removed=()).parts.truncation == 0.0


@pytest.mark.parametrize(
    "broken",
    ["caf\ufffd", "itâ€™s", "cafÃ©", "naÃ¯ve", "ï¿½", "Ð¿Ñ€Ð¸Ð²ÐµÑ‚"],
)
def test_words_in_a_wrong_charset_are_damage(broken: str) -> None:
    found = told(f"{FERRY} {broken}")
    assert found.parts.encoding_damage > 0
    assert found.score < told().score


@pytest.mark.parametrize(
    "text", ["NÃO É SÃO JOÃO", "Âge tendre, Âme", "Ñandú y Ñoño", "ÐÓRÐUR", "Привет, Россия", "naïve café, “quoted”"]
)
def test_words_of_other_languages_are_no_damage(text: str) -> None:
    assert told(f"{FERRY} {text}").parts.encoding_damage == 0.0


def test_metadata_counts_what_the_page_declares() -> None:
    bare = {"headline": None, "published": (), "publisher": None, "main_image": None, "description": None}
    assert told(**bare, authors=(), declared_language=None).parts.metadata == 0.0
    full = told(main_image=Image(url="https://www.example.org/ferry.jpg"))
    assert full.parts.metadata == 1.0


def test_without_the_cleanings_certainty_there_is_no_quality() -> None:
    """Clean articles of version 1.1 do not tell it."""
    assert quality(page(certainty=None)) is None


def test_a_good_article_has_no_reasons() -> None:
    best = Certainty(agreement=1.0, boilerplate=0.0, left_out=0.0, doubt=0.0)
    assert told(certainty=best).reasons == ()
