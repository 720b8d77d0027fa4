"""JSON-LD as pages write it, and whose article it describes."""

import json

import pytest

from pipeline.cleaning.metadata.jsonld import parse_leniently
from tests.cleaning.pages import HEADLINE, URL, names, news, read, script

BODY = "The council voted on Tuesday to keep the ferry. It was built long ago.\n" * 3
ARTICLE = json.dumps(news(author={"@type": "Person", "name": "Nora Reed"}))

WRITTEN = [
    ARTICLE,
    f"<!-- {ARTICLE} -->",
    f"//<![CDATA[\n{ARTICLE}\n//]]>",
    f"/* <![CDATA[ */ {ARTICLE} /* ]]> */",
    f"{ARTICLE};",
    f"\ufeff{ARTICLE}",
    ARTICLE.replace("}}", "},}"),
    ARTICLE.replace(HEADLINE, f"{HEADLINE}\n"),
    ARTICLE.replace(HEADLINE, HEADLINE + r" \'tis"),
    ARTICLE.replace('"', "&quot;"),
    f"[{ARTICLE}]",
    json.dumps({"@context": "https://schema.org", "@graph": [{"@type": "WebSite", "name": "x"}, json.loads(ARTICLE)]}),
    json.dumps({"@type": "WebPage", "mainEntity": json.loads(ARTICLE)}),
    json.dumps(json.loads(ARTICLE) | {"@type": ["NewsArticle", "ReportageNewsArticle"]}),
    json.dumps(json.loads(ARTICLE) | {"@type": "https://schema.org/NewsArticle"}),
    f"{ARTICLE}\n{json.dumps({'@type': 'BreadcrumbList'})}",
]


@pytest.mark.parametrize("text", WRITTEN)
def test_json_ld_is_read_however_it_is_written(text: str) -> None:
    metadata = read(script(text))
    assert names(metadata) == ["Nora Reed"]
    assert metadata.headline is not None
    assert metadata.headline.startswith(HEADLINE)


@pytest.mark.parametrize(
    "text", ["", "null", "{", '{"@type":', "[]", "var x = 1", "NaN", '"text"', "1" * 5000, "{" * 100_000]
)
def test_broken_json_is_skipped(text: str) -> None:
    metadata = read(script(text) + script(ARTICLE))
    assert names(metadata) == ["Nora Reed"]


def test_a_comma_inside_a_string_stays() -> None:
    assert parse_leniently('{"a": "one ,} two,]",}') == [{"a": "one ,} two,]"}]


def test_a_related_article_in_a_list_does_not_win() -> None:
    related = news(
        headline="Bridge closes",
        url="https://www.news.example.org/bridge",
        author="Ann Other",
        datePublished="2020-01-01",
    )
    listing = {"@type": "ItemList", "itemListElement": [{"@type": "ListItem", "item": related}]}
    own = news(url=URL, author="Nora Reed", datePublished="2026-05-03")
    metadata = read(script(listing) + script(own), f"<h1>{HEADLINE}</h1>")
    assert names(metadata) == ["Nora Reed"]
    assert metadata.published[0].value == "2026-05-03"


def test_the_article_with_the_pages_address_wins_over_its_neighbour() -> None:
    other = news(
        headline="Council of another town", mainEntityOfPage="https://www.news.example.org/other", author="Ann Other"
    )
    own = news(mainEntityOfPage={"@type": "WebPage", "@id": URL + "/"}, author="Nora Reed")
    assert names(read(script([other, own]))) == ["Nora Reed"]


def test_the_posts_of_a_live_blog_are_not_the_page() -> None:
    post = {
        "@type": "BlogPosting",
        "headline": "07:50",
        "url": f"{URL}#1",
        "articleBody": BODY,
        "datePublished": "2020-01-01",
    }
    live = news(author="Nora Reed", datePublished="2026-05-03", liveBlogUpdate=[post]) | {"@type": "LiveBlogPosting"}
    metadata = read(script(live), f"<h1>{HEADLINE}</h1>")
    assert [claim.value for claim in metadata.published] == ["2026-05-03"]
    assert metadata.article_bodies == ()


def test_a_reference_leads_to_the_object_of_that_name() -> None:
    graph = [
        news(author={"@id": "#nora"}, publisher={"@id": "#ledger"}),
        {"@type": "Person", "@id": "#nora", "name": "Nora Reed", "url": "/authors/nora"},
        {"@type": "Organization", "@id": "#ledger", "name": "The Ledger"},
    ]
    metadata = read(script({"@graph": graph}))
    assert metadata.authors[0].url == "https://www.news.example.org/authors/nora"
    assert metadata.publisher is not None
    assert metadata.publisher.name == "The Ledger"


def test_references_in_a_circle_end() -> None:
    read(script({"@graph": [{"@id": "#a", "@type": "NewsArticle", "author": {"@id": "#a"}}]}))


def test_a_declared_body_loses_its_tags_and_keeps_its_paragraphs() -> None:
    body = (
        "<p>The council voted &amp;quot;yes&amp;quot;.</p><p>It was <b>late</b>.<br>And cold.</p>"
        + "<p>More of it.</p>" * 8
    )
    bodies = read(script(news(articleBody=body))).article_bodies
    assert bodies[0].split("\n")[:3] == ['The council voted "yes".', "It was late.", "And cold."]


def test_a_short_declared_body_is_a_teaser() -> None:
    assert read(script(news(articleBody="Read on."))).article_bodies == ()


def test_lone_surrogates_and_controls_do_not_reach_the_record() -> None:
    metadata = read(script('{"@type": "NewsArticle", "headline": "Ferry\\ud800 stays\\u0000 on\\u202e"}'))
    assert metadata.headline == "Ferry stays on"
