"""What pages declare about their use, and what the policy makes of it."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.crawl.rights import Policy, RightsSeen, RightsVerdict, TdmRule, judge, read_tdmrep, rights_of

URL = "https://news.example/archive/2026/bridge"


def headers(*pairs: tuple[str, str], **more: object) -> RightsSeen:
    return rights_of(pairs, url=URL, **more)  # type: ignore[arg-type]


def test_nothing_declared_is_nothing() -> None:
    seen = headers(("Content-Type", "text/html"), html=b"<p>Text</p>")
    assert seen == RightsSeen()
    assert seen.headers() == {}
    assert judge(seen, Policy.SKIP) == RightsVerdict(publish=True)


def test_tdmrep_headers() -> None:
    seen = headers(("TDM-Reservation", " 1 "), ("tdm-policy", "https://news.example/policy.json"))
    assert (seen.tdm_reservation, seen.tdm_policy) == (True, "https://news.example/policy.json")
    assert seen.headers() == {"tdm_reservation": "1", "tdm_policy": "https://news.example/policy.json"}
    assert seen.evidence == ("tdm-reservation=1: header", "tdm-policy: header")


@pytest.mark.parametrize("value", ["", "2", "yes", "true"])
def test_a_reservation_that_cannot_be_read_counts_as_none(value: str) -> None:
    assert headers(("tdm-reservation", value)).tdm_reservation is None


TAGS = [
    ([("X-Robots-Tag", "noai, NoImageAI")], ("noai", "noimageai")),
    ([("X-Robots-Tag", "noindex"), ("x-robots-tag", "noai")], ("noindex", "noai")),
    ([("X-Robots-Tag", "otherbot: noai, noindex")], ()),
    ([("X-Robots-Tag", "newsflow: noai")], ("noai",)),
    ([("X-Robots-Tag", "otherbot: noindex, newsflow: noai, nofollow")], ("noai", "nofollow")),
    ([("X-Robots-Tag", "*: noai")], ("noai",)),
    ([("X-Robots-Tag", "unavailable_after: 25 Jun 2030, noai")], ("unavailable_after: 25 jun 2030", "noai")),
    ([("X-Robots-Tag", "max-snippet:-1, max-image-preview:large")], ("max-snippet:-1", "max-image-preview:large")),
    ([("X-Robots-Tag", ", ,")], ()),
]  # fmt: skip


@pytest.mark.parametrize(("pairs", "tags"), TAGS)
def test_robots_tags(pairs: list[tuple[str, str]], tags: tuple[str, ...]) -> None:
    assert headers(*pairs).robots_tags == tags


def test_a_site_file_that_could_not_be_had_is_unknown_unless_the_page_says_it_itself() -> None:
    seen = headers(tdm_rules=None)
    assert seen.headers() == {"tdm_reservation": "unknown"}
    assert judge(seen, Policy.SKIP) == RightsVerdict(publish=True)
    assert headers(("tdm-reservation", "0"), tdm_rules=None).headers() == {"tdm_reservation": "0"}


def test_meta_elements() -> None:
    html = b"""<html><head><META NAME="Robots" content="noindex, noai"><meta name="otherbot" content="nosnippet">
    <meta name="newsflow" content="noarchive"><meta name="tdm-reservation" content="1">
    <meta name="tdm-policy" content="https://news.example/p"></head>"""
    seen = headers(html=html)
    assert seen.robots_tags == ("noindex", "noai", "noarchive")
    assert (seen.tdm_reservation, seen.tdm_policy) == (True, "https://news.example/p")


def test_the_nearest_to_the_page_wins() -> None:
    rules = (TdmRule(location="/", reservation=True),)
    assert headers(tdm_rules=rules).tdm_reservation is True
    assert headers(("tdm-reservation", "0"), tdm_rules=rules).tdm_reservation is False
    meta = b'<meta name="tdm-reservation" content="1">'
    seen = headers(("tdm-reservation", "0"), html=meta, tdm_rules=rules)
    assert seen.tdm_reservation is True
    assert len([each for each in seen.evidence if each.startswith("tdm-reservation")]) == 3


def test_the_file_is_read_by_path() -> None:
    body = json.dumps(
        [
            {"location": "/", "tdm-reservation": 0},
            {"location": "/archive/*", "tdm-reservation": 1, "tdm-policy": "https://news.example/p"},
            {"location": "/archive/free/", "tdm-reservation": "0"},
            {"location": "no-path", "tdm-reservation": 1},
            {"tdm-reservation": 1},
            "text",
        ]
    ).encode()
    rules = read_tdmrep(body)
    assert len(rules) == 3
    assert headers(tdm_rules=rules).tdm_reservation is True
    assert rights_of((), url="https://news.example/archive/free/a", tdm_rules=rules).tdm_reservation is False
    assert rights_of((), url="https://news.example/sport", tdm_rules=rules).tdm_reservation is False


@pytest.mark.parametrize("body", [b"", b"<html>", b"5", b"null", b"[" * 100_000, b"\xff", b'{"location": "/"}'])
def test_what_is_no_tdmrep_file_has_no_rules(body: bytes) -> None:
    assert read_tdmrep(body) == ()


def test_content_usage_of_header_and_robots() -> None:
    usage = (("/", "train-ai=y, search=y"), ("/archive/", "train-ai=n"), ("/sport/", "tdm=n"))
    assert headers(usage_rules=usage).content_usage == (("train-ai", "n"), ("search", "y"))
    seen = headers(("Content-Usage", 'train-ai="n";x=1, search=?'), usage_rules=(("/", "ai-train=no"),))
    assert seen.content_usage == (("train-ai", "n"), ("ai-train", "n"))
    assert seen.headers() == {"content_usage": "train-ai=n, ai-train=n"}


JUDGED = [
    (RightsSeen(tdm_reservation=True), "tdm-reservation=1"),
    (RightsSeen(tdm_reservation=False), None),
    (RightsSeen(robots_tags=("noai", "noindex")), "noai"),
    (RightsSeen(robots_tags=("noimageai", "noindex", "noarchive")), None),
    (RightsSeen(content_usage=(("train-ai", "n"),)), "train-ai=n"),
    (RightsSeen(content_usage=(("train-ai", "y"), ("search", "n"))), None),
    (RightsSeen(tdm_reservation=True, robots_tags=("noai",)), "tdm-reservation=1, noai"),
]


@pytest.mark.parametrize(("seen", "reason"), JUDGED)
def test_policies(seen: RightsSeen, reason: str | None) -> None:
    reserved = reason is not None
    assert judge(seen, Policy.IGNORE) == RightsVerdict(publish=True, tagged=False, reason=reason)
    assert judge(seen, Policy.TAG) == RightsVerdict(publish=True, tagged=reserved, reason=reason)
    assert judge(seen, Policy.SKIP) == RightsVerdict(publish=not reserved, tagged=False, reason=reason)


@given(st.text(max_size=80), st.binary(max_size=120), st.text(max_size=30))
def test_nothing_escapes(value: str, body: bytes, url: str) -> None:
    names = ("x-robots-tag", "tdm-reservation", "tdm-policy", "content-usage")
    seen = rights_of(
        [(name, value) for name in names],
        url=url,
        html=b'<meta name="robots" content="' + body + b'">',
        tdm_rules=(TdmRule(location=f"/{value}", reservation=True), *read_tdmrep(body)),
        usage_rules=((value, value),),
    )
    assert all(seen.headers().values())
    judge(seen, Policy.SKIP)
