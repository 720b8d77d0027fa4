"""Pages that are no article: walls and their like by what they say, lists, products and forums by learned judges."""

import pytest

from pipeline.errors import Drop, Reason
from pipeline.records import CleanArticle, RawPage
from pipeline.stages.clean import clean
from tests.cleaning.walls import ROWS, page

SENTENCES = (
    "The goats of the island came down to the harbour on Tuesday morning and stayed until the ferry left.",
    "Nobody had called them, said Ida Brandvik, who has kept the landing for nineteen years.",
    "She counted forty-one animals, among them the old billy that the children call the mayor.",
    "By noon the square was theirs, and the baker sold bread through the window.",
    "The council will discuss a fence in October, although most of its members doubt that a fence will do.",
)
STORY = "".join(f"<p>{' '.join(SENTENCES[at:] + SENTENCES[:at])}</p>" for at in (0, 1, 2, 3, 4, 2, 0))


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


def test_a_list_of_stories_is_an_index() -> None:
    teasers = "".join(
        f'<article class="teaser"><h2><a href="/n/{n}">Title number {n} of the news of the island</a></h2>'
        f'<time>{n}:00</time><p>Teaser {n}.</p><a class="more" href="/n/{n}">Read more</a></article>'
        for n in range(25)
    )
    found = cleaned(
        f'<main class="archive category">{teasers}<nav class="pagination"><a href="/page/2">2</a></nav></main>',
        "https://news.example.org/category/island/",
    )
    assert isinstance(found, Drop)
    assert found.reason is Reason.INDEX_PAGE


def test_a_thread_of_answers_is_a_forum_page() -> None:
    posts = "".join(
        f'<div class="post postbit"><div class="username">Keeper{n}</div><div class="postcount">Posts: {n}12</div>'
        f"<div class='joined'>Joined: May 2019</div><div class='post-body'>{SENTENCES[n % 5]} "
        f"{SENTENCES[(n + 1) % 5]}</div>"
        f'<a href="/reply?p={n}">Quote</a> <a href="/reply?p={n}">Reply</a></div>'
        for n in range(12)
    )
    found = cleaned(
        "<title>How do I keep goats off the landing? - Harbour Forum</title>"
        "<h1>How do I keep goats off the landing?</h1>"
        f'<div class="thread topic">{posts}</div><a href="/forum/viewtopic.php?t=81&start=10">Next</a>',
        "https://www.example.org/forum/viewtopic.php?t=81",
    )
    assert isinstance(found, Drop)
    assert found.reason is Reason.FORUM
    assert "forum" in (found.evidence or "")


def test_a_thing_for_sale_is_a_product_page() -> None:
    offer = '{"@type": "Product", "name": "Goat bell", "offers": {"@type": "Offer", "price": "24.90"}}'
    others = "".join(
        f'<li class="product"><a href="/product/strap-{n}">Strap {n}</a><span class="price">€ {n}.00</span></li>'
        for n in range(4)
    )
    found = cleaned(
        f'<script type="application/ld+json">{offer}</script><h1 class="product-title">Goat bell, brass</h1>'
        '<div class="product-gallery"><img src="/bell.jpg"></div><p class="product-price">€ 24.90</p><p>In stock</p>'
        '<form class="product-form cart"><label>Quantity</label><input type="number" name="quantity"><button '
        'class="add-to-cart">Add to cart</button></form><p class="sku">SKU: 4471</p><h2>Description</h2><p>A bell of '
        "brass with a leather strap, made on the island, loud enough for fog.</p><h2>Reviews</h2><p>Free shipping from "
        f'€ 50</p><h2>Related products</h2><ul class="products">{others}</ul>',
        "https://shop.example.org/products/goat-bell-brass",
    )
    assert isinstance(found, Drop)
    assert found.reason is Reason.PRODUCT


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
