"""The learned judge: what it may never do, and what it must always say.

`REGENERATE=1 pytest tests/cleaning/test_judge.py` writes the golden page's expectation anew, for a model that is meant
to change it.
"""

import json
import os
import random
import re
from pathlib import Path

import pytest

from pipeline.cleaning.decoding.document import Document, read_document
from pipeline.cleaning.html_article import settle
from pipeline.cleaning.judging import judge
from pipeline.cleaning.judging.line_features import features
from pipeline.cleaning.metadata.scan import scan_page
from pipeline.errors import Drop
from pipeline.records import CleanArticle, RawPage
from pipeline.stages.clean import clean

GOLDEN = Path(__file__).parents[1] / "golden" / "judge"
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


def test_the_golden_page_loses_what_no_rule_names() -> None:
    """A card amid the story: what is cut stands in the ledger with its score and reasons."""
    page = RawPage(
        url="https://news.example.org/clock",
        body=(GOLDEN / "page.html").read_bytes(),
        content_type="text/html; charset=utf-8",
    )
    article = clean(page)
    assert isinstance(article, CleanArticle)
    found = {
        "article_body": article.article_body.split("\n\n"),
        "removed": [[entry.rule, entry.excerpt] for entry in article.removed],
    }
    path = GOLDEN / "expected.json"
    if os.environ.get("REGENERATE"):
        path.write_text(json.dumps(found, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    assert found == json.loads(path.read_text(encoding="utf-8"))
    learned = [entry for entry in article.removed if entry.rule == judge.LEARNED]
    assert learned
    assert all(re.fullmatch(r"0\.\d\d: [a-z ,]+", entry.detail or "") for entry in learned)


def test_the_model_asks_for_the_columns_there_are() -> None:
    document = read_document((GOLDEN / "page.html").read_bytes(), "text/html")
    assert isinstance(document, Document)
    assert document.tree is not None
    page = settle(scan_page(document.tree), "https://news.example.org/clock")
    assert tuple(features(page.view.lines, page.evidence).names) == judge.model().names


def test_who_said_a_quote_is_never_cut_from_it() -> None:
    texts = story(8)
    quote = "<blockquote><p>The river was here before the bridge was.</p>Oda Ferrand, ferrywoman</blockquote>"
    html = "".join(f"<p>{text}</p>" for text in texts[:5]) + quote + "".join(f"<p>{text}</p>" for text in texts[5:])
    page = RawPage(
        url="https://news.example/a",
        body=f"<html><body><article><h1>The bridge opens at last</h1>{html}</article></body></html>".encode(),
        content_type="text/html; charset=utf-8",
    )
    article = clean(page)
    assert isinstance(article, CleanArticle)
    assert "The river was here before the bridge was.\n\nOda Ferrand, ferrywoman" in article.article_body


def test_a_hidden_copy_of_the_story_in_one_piece_is_not_printed_again() -> None:
    texts = story(12)
    declared = json.dumps({"@type": "NewsArticle", "articleBody": " ".join(texts)})
    html = f'<script type="application/ld+json">{declared}</script><article><h1>The bridge opens at last</h1>'
    html += "".join(f"<p>{text}</p>" for text in texts) + f"<div hidden>{' '.join(texts[2:])}</div></article>"
    page = RawPage(
        url="https://news.example/a", body=f"<html><body>{html}</body></html>".encode(), content_type="text/html"
    )
    article = clean(page)
    assert isinstance(article, CleanArticle)
    assert article.article_body == "\n\n".join(texts)
