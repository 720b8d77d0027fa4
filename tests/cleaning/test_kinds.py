"""Pages that are no article: walls and their like by what they say, lists, products and forums by learned judges."""

import pytest

from pipeline.errors import Drop, Reason
from pipeline.records import CleanArticle, RawPage
from pipeline.stages.clean import clean
from tests.cleaning.kind_pages import KIND_PAGES, STORY
from tests.cleaning.walls import ROWS, page


def cleaned(
    body: str | bytes, url: str = "https://news.example.org/2026/05/goats-at-the-harbour"
) -> CleanArticle | Drop:
    body = body if isinstance(body, bytes) else f"<!doctype html><html><body>{body}</body></html>".encode()
    found = clean(RawPage(url=url, body=body, content_type="text/html; charset=utf-8"))
    assert isinstance(found, CleanArticle | Drop)
    return found


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]}-{row[1]}-{row[2][:20]}")
def test_a_page_in_an_articles_place_is_named(row: tuple[str, ...]) -> None:
    found = cleaned(page(*row[1:]))
    assert isinstance(found, Drop)
    assert found.reason == row[0]
    assert found.evidence


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]}-{row[1]}-{row[2][:20]}")
def test_a_story_under_such_a_headline_is_an_article(row: tuple[str, ...]) -> None:
    found = cleaned(page(*row[1:], story=STORY))
    assert isinstance(found, CleanArticle), found


@pytest.mark.parametrize("reason", KIND_PAGES)
def test_a_page_of_another_kind_is_refused_by_its_name(reason: Reason) -> None:
    url, body = KIND_PAGES[reason]
    found = cleaned(body, url)
    assert isinstance(found, Drop)
    assert found.reason is reason
    assert found.evidence


def test_a_bare_document_is_not_refused_for_its_kind() -> None:
    found = cleaned(f"<h2>Goats</h2>{STORY}", "https://files.example.org/list/7")
    assert isinstance(found, CleanArticle)


def test_a_page_that_declares_news_and_shows_it_is_never_refused() -> None:
    declared = (
        '<script type="application/ld+json">{"@type": "NewsArticle", "headline": "Goats at the harbour"}</script>'
    )
    found = cleaned(
        f'{declared}<div class="forum thread">{STORY}</div>', "https://www.example.org/forum/viewtopic.php?t=81"
    )
    assert isinstance(found, CleanArticle)
    assert found.signals.kind_shares == {}


def test_what_may_be_an_article_says_what_it_is_like() -> None:
    found = cleaned(f"<h1>Goats at the harbour</h1>{STORY}")
    assert isinstance(found, CleanArticle)
    assert max(found.signals.kind_shares, key=found.signals.kind_shares.__getitem__) == "article"
