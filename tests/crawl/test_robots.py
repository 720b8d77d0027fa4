"""robots.txt by RFC 9309."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.crawl.robots import (
    KEPT_SECONDS,
    MAX_AGE,
    MAX_BYTES,
    RETRY_SECONDS,
    RobotsRules,
    RobotsState,
    matches_path,
    may_match,
    path_of,
    robots_url,
)

NOW = 1_777_818_000.0
SITE = "https://news.example"


def read(text: str | bytes, status: int | None = 200, **more: object) -> RobotsRules:
    body = text.encode() if isinstance(text, str) else text
    return RobotsRules.from_response(status, body, url=f"{SITE}/robots.txt", now=NOW, **more)  # type: ignore[arg-type]


ALLOWED = [
    ("", "/a", True),
    ("User-agent: *\nDisallow:", "/a", True),
    ("User-agent: *\nDisallow: /", "/a", False),
    ("User-agent: *\nDisallow: /", "/robots.txt", True),
    ("Disallow: /", "/a", True),  # stands in no group
    ("User-agent: *\nDisallow: /private\nAllow: /private/open", "/private/open/1", True),
    ("User-agent: *\nDisallow: /private\nAllow: /private/open", "/private/1", False),
    ("User-agent: *\nAllow: /a\nDisallow: /a", "/a", True),
    ("User-agent: *\nDisallow: /*.pdf$", "/a/b.pdf", False),
    ("User-agent: *\nDisallow: /*.pdf$", "/a/b.pdf?x=1", True),
    ("User-agent: *\nDisallow: /a*b*c", "/axxbxxc", False),
    ("User-agent: *\nDisallow: /caf%C3%A9", "/café", False),
    ("User-agent: *\nDisallow: /search?q=", "/search?q=x", False),
    # our group goes before everybody's, and is named by the whole token
    ("User-agent: *\nDisallow: /\n\nUser-agent: newsflow\nDisallow: /x", "/a", True),
    ("User-agent: newsflow\nDisallow: /x\n\nUser-agent: *\nDisallow: /", "/x", False),
    ("User-agent: NewsFlow/2.0\nDisallow: /", "/a", False),
    ("User-agent: news\nDisallow: /", "/a", True),
    ("User-agent: flow\nDisallow: /", "/a", True),
    ("User-agent: newsflow-images\nDisallow: /", "/a", True),
    ("User-agent: news\nAllow: /\nUser-agent: *\nDisallow: /", "/a", False),
    ("User-agent: newsflow\nDisallow: /a\nUser-agent: x\nDisallow: /\nUser-agent: newsflow\nDisallow: /b", "/b", False),
    ("User-agent: newsflow\nDisallow: /a\nUser-agent: x\nDisallow: /\nUser-agent: newsflow\nDisallow: /b", "/c", True),
    ("User-agent: x\nUser-agent: newsflow\n\n# why\nDisallow: /", "/a", False),
    ("User-agent: newsflow\nSitemap: https://news.example/s.xml\nDisallow: /", "/a", False),
    ("User-agent: *\nCrawl-delay: 5\nUser-agent: x\nDisallow: /", "/a", True),
    # as people write it
    ("\ufeffUser-agent: *\r\nDisallow: /a\r\n", "/a", False),
    ("user-agent:*\rdisallow:/a", "/a", False),
    ("USERAGENT: *\nDISALOW: /a # all of it", "/a", False),
    ("User-agent: *\nNoindex: /a\nDisallow /a", "/a", True),
    ("<html><body>Not found</body></html>", "/a", True),
]


@pytest.mark.parametrize(("text", "path", "allowed"), ALLOWED)
def test_what_is_allowed(text: str, path: str, allowed: bool) -> None:
    rules = read(text)
    assert rules.allows(SITE + path) is allowed
    assert rules.explain(SITE + path).allowed is allowed


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 451, 301, 302, 308])
def test_without_robots_txt_everything_is_allowed(status: int) -> None:
    rules = read("User-agent: *\nDisallow: /", status)
    assert rules.state is RobotsState.ABSENT
    assert rules.allows(f"{SITE}/a")


@pytest.mark.parametrize("status", [None, 500, 502, 503, 599, 429])
def test_while_robots_txt_is_unreachable_nothing_is_allowed(status: int | None) -> None:
    rules = read("", status)
    assert rules.state is RobotsState.UNREACHABLE
    assert not rules.allows(f"{SITE}/a")
    assert rules.expires_at == NOW + RETRY_SECONDS
    assert "unreachable" in rules.explain(f"{SITE}/a").reason


def test_a_copy_from_before_holds_while_robots_txt_is_unreachable() -> None:
    before = read("User-agent: *\nDisallow: /x\nCrawl-delay: 9\nSitemap: /s.xml")
    kept = RobotsRules.from_response(503, b"", url=f"{SITE}/robots.txt", now=NOW + MAX_AGE, previous=before)
    assert kept.state is RobotsState.KEPT
    assert (kept.allows(f"{SITE}/a"), kept.allows(f"{SITE}/x")) == (True, False)
    assert (kept.crawl_delay, kept.sitemaps, kept.fetched_at) == (9, (f"{SITE}/s.xml",), NOW)
    later = RobotsRules.from_response(None, b"", url=SITE, now=NOW + KEPT_SECONDS + 1, previous=kept)
    assert later.state is RobotsState.UNREACHABLE


def test_a_missing_file_is_kept_as_missing() -> None:
    kept = RobotsRules.from_response(None, b"", url=SITE, now=NOW + 60, previous=read("", 404))
    assert kept.state is RobotsState.KEPT
    assert kept.allows(f"{SITE}/a")
    unreachable = read("", 500)
    assert RobotsRules.from_response(500, b"", url=SITE, now=NOW, previous=unreachable).allows(f"{SITE}/a") is False


def test_it_holds_for_a_day() -> None:
    assert read("").expires_at == read("", 404).expires_at == NOW + MAX_AGE


@pytest.mark.parametrize(
    ("text", "delay"),
    [
        ("User-agent: *\nCrawl-delay: 5", 5),
        ("User-agent: *\nCrawl-delay: 2,5", 2.5),
        ("User-agent: *\nCrawl-delay: 86400", 60),
        ("User-agent: *\nCrawl-delay: 3\nCrawl-delay: 4", 4),
        ("User-agent: *\nCrawl-delay: 5\nUser-agent: newsflow\nDisallow: /x", None),
        ("User-agent: x\nCrawl-delay: 5", None),
        ("User-agent: *\nCrawl-delay: -1", None),
        ("User-agent: *\nCrawl-delay: nan", None),
        ("User-agent: *\nCrawl-delay: soon", None),
    ],
)
def test_crawl_delay(text: str, delay: float | None) -> None:
    assert read(text).crawl_delay == delay


def test_sitemaps_stand_in_any_group_and_are_made_absolute() -> None:
    text = (
        "Sitemap: https://news.example/a.xml\nUser-agent: x\nDisallow: /\nsitemap: /b.xml\nSitemap: ftp://x\nSitemap:"
    )
    assert read(text).sitemaps == (f"{SITE}/a.xml", f"{SITE}/b.xml")


def test_usage_preferences_of_our_group() -> None:
    text = "User-agent: *\nContent-Usage: train-ai=n\nContent-Usage: /open train-ai=y\nContent-Signal: ai-train=no\n"
    assert read(text).usage == (("/", "train-ai=n"), ("/open", "train-ai=y"), ("/", "ai-train=no"))


def test_the_line_that_decides_is_named() -> None:
    rules = read("User-agent: *\nDisallow: /a\nDisallow: /a/b*c\nAllow: /a/b/d")
    assert rules.explain(f"{SITE}/a/b/c").reason == "Disallow: /a/b*c (line 3)"
    assert rules.explain(f"{SITE}/a/b/d").reason == "Allow: /a/b/d (line 4)"
    assert rules.explain(f"{SITE}/z").reason == "no line of robots.txt is about it"


def test_no_more_than_500_kib_is_read_and_no_half_line() -> None:
    filler = b"#" + b"x" * (MAX_BYTES - 60) + b"\n"
    text = b"User-agent: *\n" + filler + b"Disallow: /first\nDisallow: /second-that-is-cut-somewhere-in-its-path\n"
    rules = read(text)
    assert not rules.allows(f"{SITE}/first")
    assert rules.allows(f"{SITE}/second")


def test_20000_rules_are_matched_at_once() -> None:
    rules = read("User-agent: *\n" + "".join(f"Disallow: /section-{i}/*/x\n" for i in range(12_000)))
    assert rules.allows(f"{SITE}/a")
    assert not rules.allows(f"{SITE}/section-7/b/x")


@pytest.mark.parametrize(
    ("url", "where"),
    [
        ("https://news.example/a?b#c", "https://news.example/robots.txt"),
        ("http://news.example:8080/a", "http://news.example:8080/robots.txt"),
        ("https://user:pw@news.example/", "https://news.example/robots.txt"),
        ("http://[::1]:80/a", "http://[::1]/robots.txt"),
        ("HTTPS://News.Example:443/a", "https://news.example/robots.txt"),
        ("http://news.example:443/a", "http://news.example:443/robots.txt"),
        ("http://[2001:DB8::1]:8080/a", "http://[2001:db8::1]:8080/robots.txt"),
    ],
)
def test_each_origin_has_its_own(url: str, where: str) -> None:
    assert robots_url(url) == where


@given(st.binary(), st.text())
@example(b"", "/[")
def test_no_body_and_no_path_escapes(body: bytes, path: str) -> None:
    rules = read(body)
    rules.allows(f"{SITE}/{path}")
    rules.explain(f"{SITE}/{path}")
    matches_path(path, f"/{path}")


@given(
    st.lists(
        st.sampled_from(
            ["User-agent: *", "User-agent: newsflow", "Disallow: /a", "Allow: /a/b", "", "#", "Crawl-delay: 3", "x"]
        )
    )
)
def test_explanation_and_decision_agree(lines: list[str]) -> None:
    rules = read("\n".join(lines))
    for path in ("/a", "/a/b", "/c"):
        assert rules.explain(SITE + path).allowed == rules.allows(SITE + path)


@given(st.text("/ab%*$~é7E;?=+", max_size=8), st.text("/ab%~7Eé?=;+*$", max_size=8))
def test_what_explain_passes_over_as_unlike_would_not_have_matched(pattern: str, path: str) -> None:
    url = f"{SITE}/{path}"
    if matches_path(f"/{pattern}", url):
        assert may_match(f"/{pattern}", path_of(url))
