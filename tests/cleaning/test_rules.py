"""Every rule has its golden page, every golden page its rule, and each page gives what is written beside it.

After a change that is meant, `REGENERATE=1 pytest tests/cleaning/test_rules.py` writes the expectations anew; read the
difference before you commit it.
"""

import json
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.cleaning import flattened_article, html_article
from pipeline.cleaning.decoding.document import Document, read_document
from pipeline.cleaning.flattened import find_story, text_lines
from pipeline.cleaning.metadata.scan import scan_page
from pipeline.cleaning.rules.engine import OUTSIDE_ARTICLE, Rule, View
from pipeline.cleaning.rules.table import RULES
from pipeline.records import CleanArticle, RawPage
from pipeline.stages.clean import clean

GOLDEN = Path(__file__).parents[1] / "golden" / "rules"
NAMES = sorted(path.name for path in GOLDEN.iterdir() if path.is_dir())


def golden_page(name: str) -> CleanArticle:
    page = next((GOLDEN / name).glob("page.*"))
    content_type = "text/plain; charset=utf-8" if page.suffix == ".txt" else "text/html; charset=utf-8"
    article = clean(RawPage(url=f"https://news.example.org/{name}", body=page.read_bytes(), content_type=content_type))
    assert isinstance(article, CleanArticle), article
    return article


def test_every_rule_has_a_golden_page_and_every_page_a_rule() -> None:
    assert sorted(rule.name for rule in RULES) == NAMES


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_rule_says_why_and_matches_something(rule: Rule) -> None:
    assert rule.why
    assert rule.classes or rule.ids or rule.match is not None
    assert 0 < rule.max_share <= 1


@pytest.mark.parametrize("name", NAMES)
def test_golden_page(name: str) -> None:
    article = golden_page(name)
    found = {
        "headline": article.headline,
        "article_section": article.article_section,
        "visit_date": article.signals.visit_date,
        "article_body": article.article_body.split("\n\n"),
        "removed": [[entry.rule, entry.excerpt] for entry in article.removed],
    }
    path = GOLDEN / name / "expected.json"
    if os.environ.get("REGENERATE"):
        path.write_text(json.dumps(found, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    assert found == json.loads(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", NAMES)
def test_the_rule_of_a_golden_page_is_in_its_ledger(name: str) -> None:
    rules = {entry.rule for entry in golden_page(name).removed}
    assert name in rules
    assert rules <= {rule.name for rule in RULES} | {OUTSIDE_ARTICLE}


def golden_views() -> Iterator[View]:
    """What rules see of the golden pages, and what they would see if the page declared otherwise."""
    for path in sorted(GOLDEN.glob("*/page.*")):
        if path.suffix == ".txt":
            view, _ = flattened_article.settle(find_story(text_lines(path.read_text(encoding="utf-8"))))
        else:
            document = read_document(path.read_bytes(), "text/html; charset=utf-8")
            assert isinstance(document, Document)
            assert document.tree is not None
            view = html_article.settle(scan_page(document.tree), "https://news.example.org/a").view
        yield view
        yield replace(view, is_news=not view.is_news, authors=())
        yield replace(view, headline_at=-1, kept=frozenset(range(len(view.lines))), first=0, last=len(view.lines) - 1)


def test_a_rule_takes_no_line_but_those_among_which_it_is_asked() -> None:
    """`among` saves asking about every line, and must leave none out that the rule takes."""
    rules = [(rule, rule.match, rule.among) for rule in RULES if rule.match is not None and rule.among is not None]
    taking = set()
    for view in golden_views():
        for rule, match, among in rules:
            taken = {index for index in range(len(view.lines)) if match(view, index)}
            assert taken <= set(among(view)), rule.name
            taking |= {rule.name} if taken else set()
    assert taking == {rule.name for rule, _, _ in rules}


def test_a_rule_says_by_a_phrase_or_by_a_sign_which_lines_it_is_asked_about() -> None:
    assert all(rule.match is None or bool(rule.phrases) != (rule.among is not None) for rule in RULES)
