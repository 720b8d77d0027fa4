"""The declared fields around the story, and that their conflicts are visible."""

import pytest

from pipeline.records import Claim, Image
from tests.cleaning.pages import HEADLINE, URL, meta, news, read, script

LEDGER = {"@type": "Organization", "name": "The Ledger"}


def test_every_field_names_its_source_and_who_contradicts() -> None:
    head = (
        script(news(publisher=LEDGER, image="/a.jpg", articleSection="Region", inLanguage="de"))
        + meta(og__site_name="Ledger Online", og__image="/b.jpg", article__section="Transport", og__locale="en_GB")
        + f'<link rel="canonical" href="{URL}"><meta property="og:url" content="https://elsewhere.example.com/a">'
    )
    provenance = read(head, f"<h1>{HEADLINE}</h1>").provenance
    site = "https://www.news.example.org"
    expected = {
        "publisher": ("json_ld:publisher", [("meta:og:site_name", "Ledger Online")]),
        "main_image": ("json_ld:image", [("meta:og:image", f"{site}/b.jpg")]),
        "article_section": ("json_ld:articleSection", [("meta:article:section", "Transport")]),
        "declared_language": ("html:lang", [("json_ld:inLanguage", "de")]),
        "canonical_url": ("link:canonical", [("meta:og:url", "https://elsewhere.example.com/a")]),
    }
    for name, (source, others) in expected.items():
        assert provenance[name].source == source
        assert provenance[name].dissent == tuple(Claim(source=s, value=value) for s, value in others)


def test_another_region_of_the_same_language_is_no_conflict() -> None:
    assert read(meta(og__locale="en_GB")).provenance["declared_language"].dissent == ()


def _breadcrumb(*steps: tuple[str, str]) -> str:
    items = [{"@type": "ListItem", "item": {"@id": link, "name": name}} for name, link in steps]
    return script({"@type": "BreadcrumbList", "itemListElement": items})


def test_the_breadcrumb_is_the_section_where_none_is_declared() -> None:
    steps = (("Home", "/"), ("Region", "/region"), ("Transport", "/region/transport"), (HEADLINE, URL))
    metadata = read(_breadcrumb(*steps), f"<h1>{HEADLINE}</h1>")
    assert metadata.article_section == "Region > Transport"
    assert metadata.provenance["article_section"].source == "json_ld:breadcrumb"
    assert read(_breadcrumb(*steps) + meta(article__section="Travel")).article_section == "Travel"


def test_a_breadcrumb_marked_in_the_page_is_the_section_too() -> None:
    steps = (("/", "Home"), ("/region", "Region"), ("/region/transport", "Transport"), (URL, HEADLINE))
    items = "".join(
        '<li itemprop="itemListElement" itemscope itemtype="https://schema.org/ListItem">'
        f'<a itemprop="item" href="{link}"><span itemprop="name">{name}</span></a></li>'
        for link, name in steps
    )
    crumbs = f'<ol itemscope itemtype="https://schema.org/BreadcrumbList">{items}</ol>'
    metadata = read("", f"{crumbs}<h1>{HEADLINE}</h1>")
    assert metadata.article_section == "Region > Transport"
    assert metadata.provenance["article_section"].source == "microdata:breadcrumb"


@pytest.mark.parametrize(
    ("head", "is_free"),
    [
        (meta(article__content_tier="free"), True),
        (meta(article__content_tier="locked"), False),
        (meta(article__content_tier="metered"), False),
        (meta(article__content_tier="gold"), None),
        (script(news(isAccessibleForFree=True)) + meta(article__content_tier="locked"), True),
        ("", None),
    ],
)
def test_whether_the_article_is_free_to_read(head: str, is_free: bool | None) -> None:
    assert read(head).rights.is_accessible_for_free is is_free


def test_the_description_is_the_pages_own_and_names_who_says_something_else() -> None:
    head = meta(og__description="The ferry stays.") + '<meta name="description" content="Ferry news">'
    metadata = read(head + script(news(description="THE FERRY STAYS")))
    assert metadata.description == "The ferry stays."
    assert metadata.provenance["description"].source == "meta:og:description"
    assert [claim.value for claim in metadata.provenance["description"].dissent] == ["Ferry news"]


@pytest.mark.parametrize("steps", [[], [("Home", "/")], [(HEADLINE, URL)], [(f"Menu {n}", f"/{n}") for n in range(9)]])
def test_a_breadcrumb_of_no_section_or_of_a_menu_is_none(steps: list[tuple[str, str]]) -> None:
    assert read(_breadcrumb(*steps), f"<h1>{HEADLINE}</h1>").article_section is None


def test_the_section_of_what_was_put_into_none_is_none() -> None:
    assert read(meta(article__section="Uncategorized")).article_section is None


def test_a_logo_or_a_placeholder_is_not_the_articles_picture() -> None:
    head = meta(og__image="/static/site-logo.png", twitter__image="/ferry.jpg")
    assert read(head).main_image == Image(url="https://www.news.example.org/ferry.jpg")
    assert read(meta(og__image="/img/logo.svg")).main_image is None
    assert read(meta(og__image="/2026/logos-of-the-ferry/boat.jpg")).main_image is not None


def test_the_ids_of_a_site_are_no_keywords() -> None:
    assert read(meta(keywords="ferry, 2026, 100312362, 5G")).keywords == ("ferry", "2026", "5G")
