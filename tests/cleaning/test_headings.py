"""Which heading of a page is the headline: what an h1 stands in and links to, and what is cut from it."""

import pytest

from tests.cleaning.pages import HEADLINE, URL, meta, news, read, script

OG = meta(og__title=HEADLINE)
CRUMB = "Council to keep ferry running"
"""What a site writes into its breadcrumb, alike but not the headline."""

BREADCRUMBS = [
    f'<nav><a href="/">Home</a><h1>{CRUMB}</h1></nav>',
    f'<ol class="breadcrumbs"><li><a href="/">Home</a></li><li><h1>{CRUMB}</h1></li></ol>',
    f'<div><a href="/">Home</a><a href="/region/">Region</a><h1>{CRUMB}</h1></div>',
    f'<h1 aria-current="page">{CRUMB}</h1>',
]


@pytest.mark.parametrize("crumbs", BREADCRUMBS)
def test_the_last_step_of_a_breadcrumb_is_not_the_headline(crumbs: str) -> None:
    metadata = read(OG, f"<header>{crumbs}</header><article><h2>{HEADLINE}</h2><h2>{CRUMB}</h2></article>")
    assert metadata.headline == HEADLINE
    assert metadata.provenance["headline"].source == "h1"


def test_a_heading_in_a_breadcrumb_is_better_than_none() -> None:
    assert (
        read(meta(og__title=f"{CRUMB} | Ledger"), f'<nav class="breadcrumb"><h1>{CRUMB}</h1></nav>').headline == CRUMB
    )


@pytest.mark.parametrize(
    "heading",
    [
        '<h1><a href="/">Council keeps ferry: the Ledger</a></h1>',
        '<h1><a href="/region/other">Council keeps the chain store running</a></h1>',
        '<a href="https://other.example.com/x"><h1>Council keeps the chain store running</h1></a>',
    ],
)
def test_a_heading_that_links_to_another_page_is_not_the_headline(heading: str) -> None:
    assert read(OG, f"{heading}<h1>Ferry: council keeps the chain running</h1>").headline == (
        "Ferry: council keeps the chain running"
    )


def test_a_heading_that_links_to_its_own_page_or_holds_a_link_may_be_the_headline() -> None:
    assert read(OG, f'<h1><a href="{URL}#top">{HEADLINE}, again</a></h1>').headline == f"{HEADLINE}, again"
    assert read(OG, f'<h1>{HEADLINE} on <a href="/tag/late">late</a></h1>').headline == f"{HEADLINE} on late"


@pytest.mark.parametrize(
    ("heading", "headline"),
    [
        # marked as a kicker, and no declared title has it
        (f'<h1><span class="overline">Transport</span> – <span>{HEADLINE} on</span></h1>', f"{HEADLINE} on"),
        # the page declares it as part of the title
        (f'<h1><span class="kicker">Transport</span> <span>{HEADLINE}</span></h1>', f"Transport {HEADLINE}"),
    ],
)
def test_a_kicker_is_cut_unless_the_page_counts_it_in(heading: str, headline: str) -> None:
    declared = meta(og__title=f"Transport: {HEADLINE}") if headline.startswith("Transport") else OG
    assert read(declared, heading).headline == headline


def test_a_heading_that_the_page_declares_whole_is_not_cut_to_a_part_that_it_declares_too() -> None:
    head = meta(og__title=f"All of transport: {HEADLINE}", twitter__title=HEADLINE)
    heading = f"<h1><span>All of transport:</span> <span>{HEADLINE}</span></h1>"
    assert read(head, heading).headline == f"All of transport: {HEADLINE}"


def test_the_only_h1_is_the_headline_though_nothing_declared_is_like_it() -> None:
    declared = meta(og__title="Ferries: all you need to know")
    assert read(declared, f"<main><h1>{HEADLINE}</h1></main>").headline == HEADLINE
    assert read(declared, "<main><h1>Region</h1></main>").headline == "Ferries: all you need to know"


def test_three_agreeing_titles_do_not_outvote_an_h1_that_is_about_something_else() -> None:
    title = "Why ferries matter"
    head = script(news(headline=title)) + meta(og__title=title, twitter__title=title)
    assert read(head, f"<main><h1>{HEADLINE}</h1></main>").headline == HEADLINE


@pytest.mark.parametrize(
    "heading", [f"{HEADLINE} – The Ledger", f"{HEADLINE} | Analysis", f"{HEADLINE} - Region", f"The Ledger: {HEADLINE}"]
)
def test_site_section_and_what_follows_a_bar_are_cut(heading: str) -> None:
    head = meta(og__title=HEADLINE, og__site_name="The Ledger", article__section="Region")
    assert read(head, f"<h1>{heading}</h1>").headline in (HEADLINE, f"The Ledger: {HEADLINE}")


def test_a_dash_within_a_headline_stays() -> None:
    assert read(OG, f"<h1>{HEADLINE} – for now</h1>").headline == f"{HEADLINE} – for now"


def test_what_looks_like_a_tag_in_a_heading_stays() -> None:
    assert read("", "<h1>Thirty years of &lt;br&gt; tags</h1>").headline == "Thirty years of <br> tags"


def test_of_two_headings_alike_the_first_stands_over_the_story() -> None:
    first, second = "Council keeps ferry for the winter", "Council keeps bridge running for cars"
    assert read(OG, f"<h1>{first}</h1><h1>{second}</h1>").headline == first


def test_a_later_heading_that_the_title_holds_whole_is_the_headline() -> None:
    marked = f"{HEADLINE} Published by The Ledger in May"
    head = f"<title>{HEADLINE} - The Ledger of Brackwater</title>"
    assert read(head, f"<h1>{marked}</h1><h1>{HEADLINE}</h1>").headline == HEADLINE


def test_a_short_heading_whose_words_all_stand_in_the_title_is_the_headline() -> None:
    head = meta(og__title="All that you need to know of old chain ferries and where they still run in the region")
    assert read(head, "<main><h1>Chain ferries</h1></main>").headline == "Chain ferries"
    assert read(head, "<main><h1>Region News</h1></main>").headline != "Region News"


def test_an_introduction_set_as_a_heading_is_not_the_headline() -> None:
    assert read(OG, f"<h1>{f'{HEADLINE} through the winter. ' * 5}</h1>").headline == HEADLINE


def test_a_heading_of_any_level_that_says_what_the_page_declares_is_the_headline() -> None:
    metadata = read(OG, f"<h1>A word from our publisher, who has something to tell you</h1><h3>{HEADLINE}</h3>")
    assert metadata.provenance["headline"].source == "h1"
    assert metadata.headline == HEADLINE
