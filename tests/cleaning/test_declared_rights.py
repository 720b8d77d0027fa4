"""What a page declares of its own use, and which of its places says so."""

import pytest

from pipeline.records import Claim
from tests.cleaning.pages import meta, news, read, script


def named(**contents: str) -> str:
    """Metas by name: `tdm_reservation="1"` becomes `<meta name="tdm-reservation" content="1">`."""
    return "".join(f'<meta name="{name.replace("_", "-")}" content="{text}">' for name, text in contents.items())


def test_a_page_that_declares_nothing_claims_nothing() -> None:
    rights = read().rights
    assert (rights.claims, rights.is_accessible_for_free, rights.license) == ((), None, None)


def test_json_ld_tells_owner_credit_and_terms() -> None:
    rights = read(
        script(
            news(
                copyrightHolder={"@type": "Organization", "name": "The Ledger"},
                copyrightNotice="© 2026 The Ledger",
                creditText="Mara Reed/The Ledger",
                usageInfo="/terms",
                acquireLicensePage="/licensing",
                sourceOrganization={"@type": "Organization", "name": "River News Agency"},
            )
        )
    ).rights
    assert (rights.copyright_holder, rights.copyright_notice) == ("The Ledger", "© 2026 The Ledger")
    assert (rights.credit_text, rights.usage_info) == (
        "Mara Reed/The Ledger",
        "https://www.news.example.org/terms",
    )
    assert Claim(source="json_ld:sourceOrganization", value="River News Agency") in rights.claims
    assert Claim(source="json_ld:acquireLicensePage", value="https://www.news.example.org/licensing") in rights.claims


def test_the_page_where_a_licence_is_had_tells_the_terms_where_nothing_else_does() -> None:
    assert read(script(news(acquireLicensePage="/licensing"))).rights.usage_info == (
        "https://www.news.example.org/licensing"
    )


def test_another_articles_rights_are_not_the_pages() -> None:
    listed = {"@type": "ItemList", "itemListElement": [news(headline="Another story", license="/other")]}
    assert read(script(listed) + meta(og__title="The ferry stays")).rights.claims == ()


@pytest.mark.parametrize(
    ("value", "is_free"),
    [
        (False, False),
        ("False", False),
        ("http://schema.org/False", False),
        ("https://schema.org/True", True),
        ("maybe", None),
        (None, None),
    ],
)
def test_the_ways_to_write_that_an_article_is_free(value: object, is_free: bool | None) -> None:
    assert read(script(news(isAccessibleForFree=value))).rights.is_accessible_for_free is is_free


def test_microdata_tells_it_too() -> None:
    assert read('<meta itemprop="isAccessibleForFree" content="false">').rights.is_accessible_for_free is False


def test_the_parts_that_are_not_free_are_named_by_their_selectors() -> None:
    parts = [
        {"@type": "WebPageElement", "isAccessibleForFree": "False", "cssSelector": [".more", "#rest"]},
        {"@type": "WebPageElement", "isAccessibleForFree": True, "cssSelector": ".lead"},
    ]
    rights = read(script(news(hasPart=parts))).rights
    assert rights.closed_parts == (".more", "#rest")
    assert [claim.source for claim in rights.claims] == ["json_ld:hasPart", "json_ld:hasPart"]


def test_tags_for_machines_are_kept_in_their_words() -> None:
    head = named(robots="Index, NOAI, noimageai, max-image-preview:large", tdm_reservation="1", content_usage="tdm=n")
    head += named(newsflow="noml", tdm_policy="https://news.example.org/policy.json", otherbot="noindex")
    assert read(head).rights.claims == (
        Claim(source="meta:tdm-reservation", value="1"),
        Claim(source="meta:tdm-policy", value="https://news.example.org/policy.json"),
        Claim(source="meta:content-usage", value="tdm=n"),
        Claim(source="meta:robots", value="noai, noimageai"),
        Claim(source="meta:newsflow", value="noml"),
    )


def test_robots_tags_that_forbid_nothing_are_no_claim() -> None:
    assert read(named(robots="index, follow, max-snippet:-1, max-image-preview:large")).rights.claims == ()


def test_what_is_declared_without_end_is_bounded() -> None:
    rights = read("".join(named(copyright=f"© {'x' * 2000} {number}") for number in range(500))).rights
    assert len(rights.claims) == 40
    assert all(len(claim.value) <= 500 for claim in rights.claims)
