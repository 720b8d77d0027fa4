"""What the declarations on a page's rights come to, by which precedence, and what nobody knows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.crawl.rights import Policy, RightsSeen, judge
from pipeline.enrichment.rights import MAX_REASON, MAX_REASONS, rights
from pipeline.records import Claim, Permission, Rights, RightsAtFetch
from pipeline.reservations import AI_TRAINING, ANY_MINING
from tests.enrichment.articles import article

ALLOWED, RESERVED, UNDECLARED, UNKNOWN = (
    Permission.ALLOWED,
    Permission.RESERVED,
    Permission.UNDECLARED,
    Permission.UNKNOWN,
)
READ = "allowed (read): Allow: /"
NOWHERE = "neither robots.txt, headers, page nor tdmrep.json says anything of text_mining and ai_training"
UNTOLD = "robots.txt, response headers and tdmrep.json are unknown: the raw page does not tell of them"


def told(*, page: dict[str, str] | None = None, **at_fetch: str | None) -> Rights:
    """What comes of the claims of a page's metas, and of what the fetch told; without the latter nothing was told."""
    claims = tuple(Claim(source=f"meta:{name}", value=value) for name, value in (page or {}).items())
    fetched = RightsAtFetch(**at_fetch) if at_fetch else None
    return rights(article(rights=Rights(claims=claims, at_fetch=fetched)), "en")


AT_FETCH = [
    ({}, UNDECLARED, UNDECLARED, NOWHERE),
    ({"robots_tag": "noindex, noarchive"}, UNDECLARED, UNDECLARED, NOWHERE),
    ({"robots_tag": "noimageai"}, UNDECLARED, UNDECLARED, NOWHERE),
    ({"robots_tag": "noai"}, UNDECLARED, RESERVED, "noai (X-Robots-Tag) reserves ai_training"),
    ({"robots_tag": "noindex, noml"}, UNDECLARED, RESERVED, "noml (X-Robots-Tag) reserves ai_training"),
    (
        {"tdm_reservation": "1"},
        RESERVED,
        RESERVED,
        "tdm-reservation=1 (TDMRep, as fetched) reserves text_mining and ai_training",
    ),
    (
        {"tdm_reservation": "0"},
        ALLOWED,
        ALLOWED,
        "tdm-reservation=0 (TDMRep, as fetched) allows text_mining and ai_training",
    ),
    (
        {"tdm_reservation": "unknown"},
        UNKNOWN,
        UNKNOWN,
        "tdmrep.json is unknown: it could not be had when the page was fetched",
    ),
    ({"content_usage": "search=n"}, UNDECLARED, UNDECLARED, NOWHERE),
    (
        {"content_usage": "train-ai=n"},
        UNDECLARED,
        RESERVED,
        "train-ai=n (Content-Usage, as fetched) reserves ai_training",
    ),
    ({"content_usage": "train-ai=y"}, UNDECLARED, ALLOWED, "train-ai=y (Content-Usage, as fetched) allows ai_training"),
    (
        {"content_usage": "bots=n"},
        RESERVED,
        RESERVED,
        "bots=n (Content-Usage, as fetched) reserves text_mining and ai_training",
    ),
    (
        {"content_usage": "bots=n, train-ai=y"},
        RESERVED,
        ALLOWED,
        "bots=n (Content-Usage, as fetched) reserves text_mining",
    ),
    (
        {"rights_reserved": "by contract"},
        RESERVED,
        RESERVED,
        "by contract (rights_reserved) reserves text_mining and ai_training",
    ),
    ({"rights_reserved": "noai"}, UNDECLARED, RESERVED, "noai (rights_reserved) reserves ai_training"),
]


@pytest.mark.parametrize(("at_fetch", "mining", "training", "reason"), AT_FETCH)
def test_what_the_fetch_told(at_fetch: dict[str, str], mining: Permission, training: Permission, reason: str) -> None:
    result = told(robots=READ, **at_fetch)
    assert (result.text_mining, result.ai_training) == (mining, training)
    assert reason in result.reasons


@pytest.mark.parametrize(
    ("page", "mining", "training"),
    [
        ({}, UNKNOWN, UNKNOWN),
        ({"robots": "noai, noimageai"}, UNKNOWN, RESERVED),
        ({"newsflow": "noai"}, UNKNOWN, RESERVED),
        ({"tdm-reservation": "1"}, RESERVED, RESERVED),
        ({"tdm-reservation": "0"}, UNKNOWN, UNKNOWN),
        ({"tdm-reservation": "yes"}, UNKNOWN, UNKNOWN),
        ({"content-usage": "train-ai=n"}, UNKNOWN, RESERVED),
        ({"content-usage": "train-ai=y"}, UNKNOWN, UNKNOWN),
    ],
)
def test_a_page_of_unknown_fetch_may_be_reserved_and_is_never_allowed(
    page: dict[str, str], mining: Permission, training: Permission
) -> None:
    result = told(page=page)
    assert (result.text_mining, result.ai_training) == (mining, training)
    assert UNTOLD in result.reasons


def test_headers_without_the_word_of_robots_txt_are_not_every_place() -> None:
    result = told(tdm_reservation="0")
    assert (result.text_mining, UNTOLD in result.reasons) == (UNKNOWN, True)


def test_one_reservation_reserves_whatever_else_allows() -> None:
    result = told(robots=READ, tdm_reservation="0", robots_tag="noai")
    assert (result.text_mining, result.ai_training) == (ALLOWED, RESERVED)


def test_the_nearest_to_the_page_counts_of_one_kind_of_declaration() -> None:
    assert told(page={"tdm-reservation": "0"}, robots=READ, tdm_reservation="1").text_mining is ALLOWED
    assert told(page={"tdm-reservation": "1"}, robots=READ, tdm_reservation="0").text_mining is RESERVED
    assert told(page={"content-usage": "train-ai=y"}, robots=READ, content_usage="train-ai=n").ai_training is ALLOWED


def test_a_page_that_robots_txt_forbids_is_reserved() -> None:
    result = told(robots="disallowed: line 3, Disallow: /archive")
    assert (result.text_mining, result.ai_training) == (RESERVED, RESERVED)


def test_the_crawlers_summary_does_not_repeat_what_was_read() -> None:
    result = told(robots=READ, robots_tag="noai", content_usage="train-ai=n", rights_reserved="noai, train-ai=n")
    assert result.reasons[:2] == (
        "noai (X-Robots-Tag) reserves ai_training",
        "train-ai=n (Content-Usage, as fetched) reserves ai_training",
    )
    assert not any("rights_reserved" in reason for reason in result.reasons)


def test_declared_fields_are_kept_as_they_are() -> None:
    declared = Rights(license="CC BY 4.0", copyright_holder="The Ledger", closed_parts=(".more",))
    result = rights(article(rights=declared), "en")
    assert (result.license, result.copyright_holder, result.closed_parts) == ("CC BY 4.0", "The Ledger", (".more",))


USES = st.sampled_from(sorted(AI_TRAINING | ANY_MINING | {"search", "ai-input"}))
SEEN = st.builds(
    RightsSeen,
    tdm_reservation=st.sampled_from([None, True, False]),
    robots_tags=st.lists(st.sampled_from(["noai", "noml", "noindex", "noimageai"]), max_size=3).map(tuple),
    content_usage=st.dictionaries(USES, st.sampled_from("yn"), max_size=4).map(lambda uses: tuple(uses.items())),
    tdm_unknown=st.booleans(),
)


@given(SEEN)
def test_what_the_crawler_counts_as_reserved_is_reserved_here(seen: RightsSeen) -> None:
    verdict = judge(seen, Policy.TAG)
    result = told(robots=READ, **seen.headers(), rights_reserved=verdict.reason)
    assert (RESERVED in (result.text_mining, result.ai_training)) is (verdict.reason is not None)


@given(st.lists(st.text(max_size=400), min_size=6, max_size=6))
def test_any_header_gives_bounded_reasons(texts: list[str]) -> None:
    names = ("robots", "robots_tag", "tdm_reservation", "tdm_policy", "content_usage", "rights_reserved")
    result = told(page={"robots": texts[0], "content-usage": texts[1]}, **dict(zip(names, texts, strict=True)))
    assert len(result.reasons) <= MAX_REASONS
    assert all(len(reason) <= MAX_REASON for reason in result.reasons)
