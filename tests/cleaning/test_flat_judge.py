"""The learned judge of flattened lines: what it finds, what it may never do, and what it must always say."""

import random
import time

import numpy as np
import pytest

from pipeline.cleaning.judging import flat_judge
from pipeline.errors import Drop, Reason
from pipeline.records import CleanArticle, RawPage
from pipeline.stages.clean import clean
from tests.cleaning.test_judge import WORDS

SECONDS = 10
"""Of processor time, for a page of the largest size that comes in."""
MENU = "Home\nNews\nSport\nWeather\nSearch\nSubscribe\n"
HEADLINE = "Marrowby bakers reopen the oven of 1871"
STORY = [
    "The bakers of Marrowby have lit the village oven again, 62 years after the last loaf came out of it, and on"
    " Saturday morning the queue reached from the chapel to the well.",
    "The oven was built in 1871 by the quarry, which paid its people partly in bread. When the quarry closed, swallows"
    " moved in, and nobody had the heart to drive them out, said Agnes Tolliver, who chairs the bakers' society.",
    "It took the society three winters to mend the vault. The bricks came from a brewery that was being pulled down,"
    " and the iron door from a farmer who had used it to close his hen house.",
    "“The first forty loaves were black outside and raw inside,” said the baker, Piers Lomax. “The next forty were"
    " eaten on the spot, by people who had come to look at the first.”",
    "The oven will be lit on the first Saturday of each month. The society asks those who want to bake in it to bring"
    " their own wood, and to leave the swallows alone.",
]
TEASERS = (
    "Ferry to Gull Island delayed again\nTwo hurt as hay wagon overturns\nWhy the choir sings in Latin this year\n"
    "Mill pond to be drained in May\n"
)
FOOTER = "About us\nContact\nPrivacy policy\nTerms of use\n© 2026 The Marrowby Post. All rights reserved.\n"


def flattened(text: str) -> CleanArticle | Drop:
    return clean(RawPage(url="https://news.example/a", body=text.encode(), content_type="text/plain; charset=utf-8"))


def story(paragraphs: int) -> list[str]:
    """A story of plain paragraphs."""
    chance = random.Random(paragraphs)
    sentence = lambda: " ".join(chance.choices(WORDS, k=chance.randint(8, 18))).capitalize() + "."  # noqa: E731
    return [" ".join(sentence() for _ in range(chance.randint(2, 5))) for _ in range(paragraphs)]


def page(*, between: str = "") -> str:
    top = f"{MENU}\n{HEADLINE}\n\nBy Corin Wade\nMay 9, 2026\n"
    middle = "\n\n".join([*STORY[:3], *([between.strip()] if between else []), *STORY[3:]])
    return f"{top}\n{middle}\n\nMore from the Post\n{TEASERS}\n{FOOTER}"


def test_the_story_comes_out_of_its_page_and_nothing_else() -> None:
    article = flattened(page())
    assert isinstance(article, CleanArticle)
    assert article.headline == HEADLINE
    assert article.article_body.split("\n\n") == STORY
    assert [author.name for author in article.authors] == ["Corin Wade"]


def test_teasers_amid_the_story_are_cut_and_the_ledger_says_by_whom() -> None:
    article = flattened(page(between=TEASERS))
    assert isinstance(article, CleanArticle)
    assert article.article_body.split("\n\n") == STORY
    (entry,) = [entry for entry in article.removed if "hay wagon" in entry.excerpt and entry.rule == "learned"]
    score, _, reasons = (entry.detail or "").partition(": ")
    assert 0 <= float(score) < flat_judge.KEEP_ABOVE
    assert reasons


@pytest.mark.parametrize("paragraphs", [5, 20, 50, 80, 121, 200, 1000])
@pytest.mark.parametrize("blank", ["\n\n", "\n"], ids=["spaced", "dense"])
def test_a_story_with_nothing_around_it_is_kept_whole(paragraphs: int, blank: str) -> None:
    """As feeds deliver it: the trees learned from pages that have a menu and a footer."""
    texts = story(paragraphs)
    article = flattened(blank.join(["The bridge opens at last", *texts]))
    assert isinstance(article, CleanArticle)
    assert article.article_body.split("\n\n")[-paragraphs:] == texts


@pytest.mark.parametrize("text", ["", " ", "\n" * 100_000, "\n \t\n"])
def test_a_page_of_blank_lines_is_empty(text: str) -> None:
    result = flattened(text)
    assert isinstance(result, Drop)
    assert result.reason is Reason.EMPTY


@pytest.mark.parametrize(
    "text",
    [
        "a word and another one, " * 170_000,
        "x" * 4_000_000,
        "Short line\n" * 200_000,
        "This is a sentence of a story that goes on.\n" * 90_000,
        "This is a sentence of a story that goes on for a while, until it ends.\n" * 9_000,
        "\n".join(str(number) for number in range(200_000)),
        "\U0001f600 \u0301\ud7ff" * 300_000,
    ],
    ids=["one line", "one word", "labels", "sentences", "judged sentences", "numbers", "marks"],
)
def test_a_hostile_page_takes_its_time_and_no_more(text: str) -> None:
    before = time.process_time()
    flattened(text)
    assert time.process_time() - before < SECONDS


def test_the_models_are_small_and_answer_the_same_every_time() -> None:
    models, again = flat_judge.models(), flat_judge.models.__wrapped__()
    for model, other in zip(
        (models.first, models.headline, models.second), (again.first, again.headline, again.second), strict=True
    ):
        assert (model.leaves == other.leaves).all()
        assert model.questions.max() < len(model.names)
        assert model.leaves.dtype == np.int16
