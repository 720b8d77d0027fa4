"""The sources file: what is right is read, what is wrong is named with its line."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.crawl.sources import Kind, Source, Unwanted, Updates, check_sources, read_sources
from pipeline.errors import UsageError

EXAMPLE = Path(__file__).parents[2] / "seeds" / "sources.yaml"
ROW = "sources:\n  - name: a\n    kind: feed\n    url: https://news.example/feed\n"


def only(text: str) -> Source:
    (source,) = read_sources(text.encode(), "sources.yaml").sources
    return source


def problems(text: str | bytes) -> list[str]:
    data = text.encode() if isinstance(text, str) else text
    return [str(problem) for problem in check_sources(data, "sources.yaml")[1]]


def test_the_example_is_right_and_shows_every_kind_but_warc() -> None:
    sources = read_sources(EXAMPLE.read_bytes(), "sources.yaml")
    assert {source.kind for source in sources.sources} == set(Kind) - {Kind.WARC}
    live = sources.named("wire-live")
    assert live is not None
    assert live.updates == Updates(window=2 * 86400, first=3600, growth=2)
    assert live.interval == 120
    assert live.delay == 2  # of the defaults
    assert sources.named("nobody") is None
    assert all(host.endswith(".example") for source in sources.sources for host in source.hosts)


def test_a_minimal_source() -> None:
    assert only(ROW) == Source(name="a", kind=Kind.FEED, urls=("https://news.example/feed",), line=2)


def test_what_a_source_states_goes_before_the_defaults() -> None:
    source = only("defaults: {delay: 5s, language: de}\n" + ROW + "    delay: 1s\n")
    assert (source.delay, source.language) == (1, "de")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90", 90),
        ("90s", 90),
        ("15m", 900),
        ("2h", 7200),
        ("1d", 86400),
        ("1h30m", 5400),
        ("0.5s", 0.5),
        ("20ms", 0.02),
    ],
)
def test_durations(text: str, seconds: float) -> None:
    assert only(ROW + f"    interval: {text}\n").interval == pytest.approx(seconds)


WRONG = [
    ("", "sources.yaml:1: the file must be a mapping with the key 'sources'"),
    ("- a\n", "sources.yaml:1: the file must be a mapping with the key 'sources'"),
    ("sources:\n", "sources.yaml:1: 'sources' must be a list with at least one source"),
    ("sources: []\nextra: 1\n", "sources.yaml:2: the file has no key 'extra'"),
    ("sources:\n  - just text\n", "sources.yaml:2: a source must be a mapping of keys and values"),
    ("sources: [a, b\nx: 1", "sources.yaml:2: no YAML:"),
    ("sources:\n  - name: a\n\t kind: feed", "sources.yaml:3: no YAML:"),
    (ROW + "    intervall: 5m\n", "sources.yaml:5: a source has no key 'intervall'; it may have: name, kind, url"),
    (ROW + "    kind: feed\n", "sources.yaml:5: the key 'kind' stands twice"),
    (ROW + "    interval: soon\n", "sources.yaml:5: 'interval' is 'soon': must be seconds, or a time such as"),
    (ROW + "    interval: 0\n", "sources.yaml:5: 'interval' is '0': must be more than nothing"),
    (ROW + "    interval: -5\n", "sources.yaml:5: 'interval' is '-5'"),
    (ROW + "    interval: 5 m\n", "sources.yaml:5: 'interval' is '5 m'"),
    (ROW + "    interval: [5]\n", "sources.yaml:5: 'interval' is ''"),
    (ROW + "    limit: many\n", "sources.yaml:5: 'limit' is 'many': must be a whole number of pages from 1 to"),
    (ROW + "    limit: 0\n", "sources.yaml:5: 'limit' is '0': must be a whole"),
    (ROW + "    limit: 1.5\n", "sources.yaml:5: 'limit' is '1.5': must be a whole"),
    (ROW + "    limit: [5]\n", "sources.yaml:5: 'limit' is ''"),
    (ROW + "    limit: 99999999999\n", "sources.yaml:5: 'limit' is '99999999999'"),
    (ROW + "    delay: 9999d\n", "sources.yaml:5: 'delay' is '9999d'"),
    (ROW + "    include: '['\n", "sources.yaml:5: 'include' has a wrong regular expression '[': unterminated"),
    (
        ROW + "    exclude:\n      - /a/\n      - 'b('\n",
        "sources.yaml:7: 'exclude' has a wrong regular expression 'b('",
    ),
    (ROW + "    include: 5\n", "sources.yaml:5: 'include' must be a text"),
    (ROW + "    include: [[a]]\n", "sources.yaml:5: 'include' must be a text"),
    (ROW + "    language: english!\n", "sources.yaml:5: 'language' is 'english!': must be a language tag"),
    (ROW + "    hosts: [https://news.example]\n", "sources.yaml:5: 'hosts' has 'https://news.example'"),
    (ROW + "    updates: true\n", "sources.yaml:5: 'updates' is 'true'"),
    (ROW + "    updates: {first: 1h}\n", "sources.yaml:5: 'updates' needs 'window'"),
    (ROW + "    updates: {window: 1d, grow: 2}\n", "sources.yaml:5: 'updates' has no key 'grow'"),
    (ROW + "    updates: {window: 1d, growth: 0.5}\n", "sources.yaml:5: 'updates' is '0.5'"),
    (ROW.replace("https://news.example/feed", "news.example/feed"), "sources.yaml:4: 'url' is wrong: not an absolute"),
    (ROW.replace("https://", "https://me:secret@"), "sources.yaml:4: 'url' has a user name or password"),
    (ROW.replace("url: ", "url: file:///etc/passwd # "), "sources.yaml:4: 'url' is wrong"),
    (ROW.replace("kind: feed", "kind: rss"), "sources.yaml:3: 'kind' is 'rss': must be one of feed, sitemap, section"),
    (ROW.replace("name: a", "name: A b"), "sources.yaml:2: 'name' is 'A b'"),
    (ROW.replace("name: a", "name: 5"), "sources.yaml:2: 'name' must be a text"),
    (ROW.replace("    kind: feed\n", ""), "sources.yaml:2: the source has no 'kind'"),
    (ROW.replace("kind: feed", "kind: warc"), "sources.yaml:2: a source of kind 'warc' needs 'path'"),
    (ROW.replace("url: https://news.example/feed", "path: x"), "sources.yaml:2: a source of kind 'feed' needs 'url'"),
    (ROW.replace("kind: feed", "kind: urls") + "    path: x\n", "sources.yaml:2: a source of kind 'urls' needs either"),
    (ROW + ROW[9:], "sources.yaml:5: the name 'a' is that of the source in line 2"),
    (ROW + ROW[9:].replace("name: a", "name: b"), "sources.yaml:5: https://news.example/feed is already polled by"),
    (
        ROW + ROW[9:].replace("name: a", "name: b").replace("news.e", "NEWS.e"),
        "sources.yaml:5: https://NEWS.example/feed is",
    ),
    (
        ROW.replace("https://news.example/feed", "https://a%20b.example/"),
        "sources.yaml:4: 'url' is wrong: the host",
    ),
    (ROW.replace("kind: feed", "kind: urls") + "    interval: 5m\n", "sources.yaml:5: 'interval' means nothing to a"),
    (ROW.replace("kind: feed", "kind: urls") + "    limit: 5\n", "sources.yaml:5: 'limit' means nothing to a source"),
    (ROW + "defaults: {url: x}\n", "sources.yaml:5: 'defaults' has no key 'url'"),
    (ROW + "defaults: 5\n", "sources.yaml:5: 'defaults' must be a mapping"),
]


@pytest.mark.parametrize(("text", "problem"), WRONG)
def test_what_is_wrong_is_named_with_its_line(text: str, problem: str) -> None:
    assert any(each.startswith(problem) for each in problems(text)), problems(text)


def test_one_mistake_is_one_problem() -> None:
    for text, problem in WRONG:
        if text.startswith(ROW[:20]) and "line 2" not in problem:
            assert len(problems(text)) == 1, problems(text)


def test_all_problems_are_listed_in_the_order_of_lines_and_the_right_sources_are_kept() -> None:
    text = ROW + "  - name: b\n    kind: x\n    delay: y\n" + "  - {name: c, kind: warc, path: c.warc.gz}\n"
    sources, found = check_sources(text.encode(), "sources.yaml")
    assert [source.name for source in sources.sources] == ["a", "c"]
    assert [problem.line for problem in found] == [6, 7]
    with pytest.raises(UsageError, match=r"sources.yaml:6: .*\nsources.yaml:7: "):
        read_sources(text.encode(), "sources.yaml")


@pytest.mark.parametrize(
    "data",
    [
        b"\xff\xfe\x00",
        b"a: \x00",
        b"sources: " + b"[" * 5000,
        b"sources: " + b"{a: " * 5000,
        b"#" * 5_000_000,
        b"!!python/object:os.x {}",
    ],
)
def test_what_is_no_yaml_is_a_problem(data: bytes) -> None:
    assert problems(data)


def test_aliases_that_multiply_are_harmless() -> None:
    text = "defaults:\n  include: &a [x, x]\n" + ROW + "    include: [*a, *a, *a]\n"
    assert any("must be a text" in each for each in problems(text))


def test_norwegian_is_a_language() -> None:
    assert only(ROW + "    language: no\n").language == "no"


def source(kind: Kind, **more: object) -> Source:
    return Source(name="a", kind=kind, urls=("https://www.news.example/x",), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("row", "url", "unwanted"),
    [
        (source(Kind.FEED), "https://other.example/a", None),
        (source(Kind.SECTION), "https://other.example/a", Unwanted.OFF_SITE),
        (source(Kind.SITEMAP), "https://news.example/a", None),
        (source(Kind.SITEMAP), "https://m.news.example/a", None),
        (source(Kind.SITEMAP), "https://badnews.example/a", Unwanted.OFF_SITE),
        (source(Kind.SITEMAP, hosts=("other.example",)), "https://m.other.example/a", None),
        (source(Kind.SITEMAP, hosts=("other.example",)), "https://another.example/a", Unwanted.OFF_SITE),
        (source(Kind.FEED, hosts=("other.example",)), "https://third.example/a", Unwanted.OFF_SITE),
        (source(Kind.FEED, hosts=("other.example",)), "https://news.example/a", None),
    ],
)
def test_which_sites_a_source_leads_to(row: Source, url: str, unwanted: Unwanted | None) -> None:
    assert row.unwanted(url) is unwanted


@pytest.mark.parametrize(
    ("row", "url", "unwanted"),
    [
        (source(Kind.SITEMAP), "https://news.example/map.xml", None),
        (source(Kind.SITEMAP), "https://maps.news.example/map.xml", None),
        (source(Kind.SITEMAP), "https://other.example/map.xml", Unwanted.OFF_SITE),
        (source(Kind.SITEMAP, hosts=("other.example",)), "https://m.other.example/map.xml", None),
        (source(Kind.SITEMAP, include=(re.compile("/news/"),)), "https://cdn.example/news/map.xml", None),
        (source(Kind.SITEMAP, include=(re.compile("/news/"),)), "https://cdn.example/map.xml", Unwanted.OFF_SITE),
        (source(Kind.SITEMAP, include=(re.compile("/news/"),)), "https://news.example/map.xml", None),
    ],
)
def test_which_sitemaps_of_an_index_are_read(row: Source, url: str, unwanted: Unwanted | None) -> None:
    assert row.unwanted_child(url) is unwanted


def test_a_host_is_named_in_any_spelling() -> None:
    row = only(ROW.replace("feed", "sitemap") + "    hosts: [Bücher.example, XN--CAF-DMA.example.]\n")
    assert row.hosts == ("xn--bcher-kva.example", "xn--caf-dma.example")
    for host in ("bücher.example", "m.xn--bcher-kva.example", "café.example"):
        assert row.unwanted(f"https://{host}/a") is None


def test_the_limit_of_pages_waiting() -> None:
    assert only(ROW).limit == 50_000
    assert only("defaults: {limit: 100}\n" + ROW).limit == 100
    assert only("defaults: {limit: 100}\n" + ROW + "    limit: 7\n").limit == 7


def test_patterns() -> None:
    row = only(ROW + "    include: ['/news/', '/20\\d\\d/']\n    exclude: '/video/'\n")
    assert row.unwanted("https://news.example/2026/a") is None
    assert row.unwanted("https://news.example/news/video/a") is Unwanted.EXCLUDED
    assert row.unwanted("https://news.example/sport/a") is Unwanted.NOT_INCLUDED


@given(st.binary(max_size=400))
def test_no_bytes_escape(data: bytes) -> None:
    check_sources(data, "sources.yaml")


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=9),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    ["name", "kind", "url", "urls", "path", "interval", "updates", "sources", "include", "hosts"]
                ),
                inner,
                max_size=5,
            )
        ),
        max_leaves=12,
    )
)
def test_no_shape_escapes(value: object) -> None:
    import json

    check_sources(json.dumps({"sources": [value]}).encode(), "sources.yaml")
