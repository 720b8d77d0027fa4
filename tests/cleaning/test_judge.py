"""The learned judge: what it may never do, and what it must always say."""

import random

import pytest

from pipeline.cleaning import judge
from pipeline.errors import Drop
from pipeline.records import CleanArticle, RawPage
from pipeline.stages.clean import clean

WORDS = [
    "bridge",
    "river",
    "council",
    "autumn",
    "mayor",
    "workers",
    "budget",
    "vote",
    "people",
    "street",
    "school",
    "market",
    "harbour",
    "train",
]


def story(paragraphs: int) -> list[str]:
    """A story of plain paragraphs."""
    chance = random.Random(paragraphs)
    sentence = lambda: " ".join(chance.choices(WORDS, k=chance.randint(8, 18))).capitalize() + "."  # noqa: E731
    return [" ".join(sentence() for _ in range(chance.randint(2, 5))) for _ in range(paragraphs)]


def cleaned(paragraphs: list[str], after: str = "") -> CleanArticle:
    body = "".join(f"<p>{text}</p>" for text in paragraphs)
    html = f"<html><body><article><h1>The bridge opens at last</h1>{body}</article>{after}</body></html>"
    page = RawPage(url="https://news.example/a", body=html.encode(), content_type="text/html; charset=utf-8")
    article = clean(page)
    assert not isinstance(article, Drop)
    return article


@pytest.mark.parametrize("paragraphs", [5, 20, 50, 80, 110, 121, 200, 1000])
def test_a_long_story_is_kept_whole(paragraphs: int) -> None:
    """Trees that learned from short pages take what stands far down for a footer."""
    texts = story(paragraphs)
    assert cleaned(texts).article_body == "\n\n".join(texts)


def test_the_model_is_small_and_answers_the_same_every_time() -> None:
    model = judge.model()
    again = judge.model.__wrapped__()
    assert model.names == again.names
    assert (model.leaves == again.leaves).all()
    assert model.questions.max() < len(model.names)
    assert model.leaves.nbytes + model.questions.nbytes + model.borders.nbytes < 100_000
