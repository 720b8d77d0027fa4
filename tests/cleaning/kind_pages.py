"""Invented pages that are no article: an index, a listing, a collection, a product, a forum."""

from pipeline.errors import Reason

SENTENCES = (
    "The goats of the island came down to the harbour on Tuesday morning and stayed until the ferry left.",
    "Nobody had called them, said Ida Brandvik, who has kept the landing for nineteen years.",
    "She counted forty-one animals, among them the old billy that the children call the mayor.",
    "By noon the square was theirs, and the baker sold bread through the window.",
    "The council will discuss a fence in October, although most of its members doubt that a fence will do.",
)
STORY = "".join(f"<p>{' '.join(SENTENCES[at:] + SENTENCES[:at])}</p>" for at in (0, 1, 2, 3, 4, 2, 0))


def _page(title: str, body: str, frame: str = "") -> bytes:
    head = f'<meta charset="utf-8"><title>{title}</title><meta property="og:type" content="website">'
    return f"<!doctype html><html><head>{head}</head><body class='{frame}'>{body}</body></html>".encode()


def _index() -> bytes:
    teasers = "".join(
        f'<article class="teaser"><h2><a href="/n/{n}">Title number {n} of the news of the island</a></h2>'
        f'<time>{n}:00</time><p>Teaser {n}.</p><a class="more" href="/n/{n}">Read more</a></article>'
        for n in range(25)
    )
    pages = '<nav class="pagination"><a href="/page/2">2</a></nav>'
    return _page("Island news", f'<main class="archive category">{teasers}{pages}</main>', "archive category")


def _listing() -> bytes:
    rows = "".join(
        f'<li class="listing-item"><h3><a href="/jobs/{n}">Goatherd {n}</a></h3><span class="company">Farm {n}</span>'
        f'<span class="location">Landing {n}</span><span class="date">{n} days ago</span>'
        f'<a href="/jobs/{n}">Apply</a></li>'
        for n in range(1, 12)
    )
    filters = '<form class="filters"><label>Sort by</label><button>Search</button></form>'
    pages = '<nav class="pagination"><a href="/jobs?page=2">Next</a></nav>'
    body = f'<h1>Jobs</h1>{filters}<ul class="results">{rows}</ul>{pages}'
    return _page("Jobs - search results", body, "search results page-listing")


def _collection() -> bytes:
    cards = "".join(
        f'<li class="product-card grid__item"><a class="product-card__title" '
        f'href="/collections/bells/products/{n}">Goat bell {n}</a><span class="badge">New</span>'
        f'<span class="price__regular">€{n}.90</span><span class="price__sale">Sale</span>'
        f'<div class="rating">★★★★ ({n} reviews)</div><button class="quick-add">Quick add</button></li>'
        for n in range(1, 25)
    )
    header = (
        '<header class="header-wrap"><nav class="mini-menu"><a class="link" href="/collections/all">Shop</a><a '
        'class="account" href="/account">My account</a><a href="/cart" class="cart-count">'
        "<strong>0</strong></a></nav></header>"
        '<div class="hero-carousel slider"><button class="prev arrow"></button><a class="secondary">Shop now</a></div>'
        '<div class="facets sort"><button class="filter">Filter</button><label>Sort by</label></div>'
    )
    footer = '<div class="currency-panel"><span>EUR</span></div><p class="stock-notice">Free shipping from €50</p>'
    body = f'{header}<h1>Bells</h1><ul class="product-grid products collection">{cards}</ul>{footer}'
    return _page("Bells | Island Shop", body, "page no-js template-collection")


def _product() -> bytes:
    offer = '{"@type": "Product", "name": "Goat bell", "offers": {"@type": "Offer", "price": "24.90"}}'
    others = "".join(
        f'<li class="product"><a href="/product/strap-{n}">Strap {n}</a><span class="price">€ {n}.00</span></li>'
        for n in range(4)
    )
    body = (
        f'<script type="application/ld+json">{offer}</script><h1 class="product-title">Goat bell, brass</h1>'
        '<div class="product-gallery"><img src="/bell.jpg"></div><p class="product-price">€ 24.90</p><p>In stock</p>'
        '<form class="product-form cart"><label>Quantity</label><input type="number" name="quantity"><button '
        'class="add-to-cart">Add to cart</button></form><p class="sku">SKU: 4471</p><h2>Description</h2><p>A bell of '
        "brass with a leather strap, made on the island, loud enough for fog.</p><h2>Reviews</h2><p>Free shipping from "
        f'€ 50</p><h2>Related products</h2><ul class="products">{others}</ul>'
    )
    return _page("Goat bell, brass", body)


def _forum() -> bytes:
    posts = "".join(
        f'<div class="post postbit"><div class="username">Keeper{n}</div><div class="postcount">Posts: {n}12</div>'
        f'<div class="joined">Joined: May 2019</div><div class="post-body">{SENTENCES[n % 5]} {SENTENCES[(n + 1) % 5]}'
        f'</div><a href="/reply?p={n}">Quote</a> <a href="/reply?p={n}">Reply</a></div>'
        for n in range(12)
    )
    body = (
        f'<h1>How do I keep goats off the landing?</h1><div class="thread topic">{posts}</div>'
        '<a href="/forum/viewtopic.php?t=81&start=10">Next</a>'
    )
    return _page("How do I keep goats off the landing? - Harbour Forum", body)


KIND_PAGES = {
    Reason.INDEX_PAGE: ("https://news.example.org/category/island/", _index()),
    Reason.LISTING: ("https://jobs.example.org/jobs/search?q=goats", _listing()),
    Reason.COLLECTION: ("https://shop.example.org/collections/bells", _collection()),
    Reason.PRODUCT: ("https://shop.example.org/products/goat-bell-brass", _product()),
    Reason.FORUM: ("https://www.example.org/forum/viewtopic.php?t=81", _forum()),
}
"""URL and page, by the reason for which it is dropped."""
