"""The learned judge: what it may never do, and what it must always say.

`REGENERATE=1 pytest tests/cleaning/test_judge.py` writes the golden page's expectation anew, for a model that is meant
to change it.
"""

import json
import os
import random
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from pipeline.cleaning.decoding.document import Document, read_document
from pipeline.cleaning.html_article import settle
from pipeline.cleaning.judging import judge
from pipeline.cleaning.judging.line_features import NAMES, features
from pipeline.cleaning.judging.vocabulary import read_vocabulary
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
    assert judge.model().names == NAMES
    assert features(page.view.lines, page.evidence).shape == (len(page.view.lines), len(NAMES))


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


@pytest.mark.parametrize("size", [1, 9, 1100])
@pytest.mark.parametrize("trees", [1, 2, 600])
def test_the_trees_say_what_their_answers_sum_up_to(trees: int, size: int) -> None:
    model = judge.model()
    rows = np.random.default_rng(1).normal(scale=50, size=(size, len(model.names))).astype(np.float32)
    for levels in (4, 5):
        arrays = {
            "questions": model.questions[:trees, :levels],
            "borders": model.borders[:trees, :levels],
            "leaves": model.leaves[:trees, : 2**levels],
        }
        some = judge.read_model({"names": np.array("a"), "bias": np.array(5), "scale": np.array(2048), **arrays})
        answers = rows[:, arrays["questions"]] > arrays["borders"]
        leaf = (answers << np.arange(levels)).sum(axis=2)
        raw = arrays["leaves"][np.arange(trees), leaf].sum(axis=1, dtype=np.int64) + 5
        assert some.scores(rows).tolist() == (1.0 / (1.0 + np.exp(-raw / 2048))).tolist()


def test_trees_that_ask_for_columns_that_are_not_there_are_refused() -> None:
    with pytest.raises(ValueError, match="1 columns"):
        judge.model().scores(np.zeros((3, 1), dtype=np.float32))


MIN_WORD, RUN_ON = 4, 15
"""Letters of the shortest word that counts, and letters per word of a text without spaces between words."""
WORDY = [
    ["the harbour bridge opens", "bridge of the harbour", "", "a b c", "harbour harbour harbour"],
    ["", ""],
    ["module ngx_http_rewrite_module ", "the ngx_http_rewrite_module"],
    ["x" * 900, "x" * 901, "bridge " + "x" * 900],
    ["大桥今天重新开放市长出席了仪式河边的人们", "市长出席", "the 大桥 bridge", "大桥今天重新开放市长出席了仪式"],
]


@pytest.mark.parametrize("texts", WORDY)
def test_hashed_words_are_shared_as_words_are(texts: Sequence[str]) -> None:
    bags = [
        {text[at : at + 2] for at in range(len(text) - 1)}
        if len(text) > RUN_ON * len(text.split())
        else {word for word in text.split() if len(word) >= MIN_WORD}
        for text in texts
    ]
    vocabulary = read_vocabulary(texts)
    assert vocabulary.sizes.tolist() == [len(bag) for bag in bags]
    for chosen in range(len(texts)):
        others = [set().union(*(bags[at] for at in {chosen} - {index})) for index in range(len(texts))]
        shared = [len(bag & other) / len(bag) if bag else -1 for bag, other in zip(bags, others, strict=True)]
        found = vocabulary.shared(np.eye(len(texts))[chosen])
        assert found.tolist() == (shared if any(bags) else [-1.0] * len(texts))
