"""One page, one URL. The table is frozen, for the normal form is hashed into the Kafka key of three topics."""

from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tld import get_fld
from url_normalize import url_normalize

from pipeline import urls
from pipeline.crawl.rights import tdmrep_url
from pipeline.crawl.robots import robots_url
from pipeline.errors import Code, Reject
from pipeline.identity import page_id
from pipeline.urls import (
    MAX_URL_LENGTH,
    absolute_url,
    check_url,
    host_of,
    is_plain_url,
    normalize_url,
    registrable_domain,
)

FROZEN = [
    ("https://news.example", "https://news.example/"),
    ("https://news.example/", "https://news.example/"),
    ("HTTPS://News.Example/Story", "https://news.example/Story"),
    ("http://news.example:80/a", "http://news.example/a"),
    ("https://news.example:443/a", "https://news.example/a"),
    ("https://news.example:8443/a", "https://news.example:8443/a"),
    ("http://news.example:443/a", "http://news.example:443/a"),
    ("https://news.example:/a", "https://news.example/a"),
    ("https://news.example./a", "https://news.example/a"),
    ("https://news.example/a/", "https://news.example/a/"),
    ("https://news.example/a/./b/../c", "https://news.example/a/c"),
    ("https://news.example/../../a", "https://news.example/a"),
    ("https://news.example//a///b", "https://news.example/a/b"),
    ("https://news.example/a#comments", "https://news.example/a"),
    ("https://news.example/#!story/1", "https://news.example/"),
    ("https://news.example/a?", "https://news.example/a"),
    ("https://news.example/a?&&", "https://news.example/a"),
    ("https://news.example/a?b=2&a=1", "https://news.example/a?a=1&b=2"),
    ("https://news.example/a?a=2&a=1", "https://news.example/a?a=1&a=2"),
    ("https://news.example/a?a=1&a=1", "https://news.example/a?a=1"),
    ("https://news.example/a?utm_source=x&utm_medium=y&id=7", "https://news.example/a?id=7"),
    ("https://news.example/a?UTM_Source=x", "https://news.example/a"),
    ("https://news.example/a?fbclid=abc", "https://news.example/a"),
    ("https://news.example/a?gclid=1&ref=home&id=2", "https://news.example/a?id=2"),
    ("https://news.example/a?referrer=x&affiliate_id=2&sessionid=3", "https://news.example/a"),
    ("https://news.example/a?campaign_id=4&page=2", "https://news.example/a?page=2"),
    ("https://news.example/a?xtor=RSS-1", "https://news.example/a"),
    (
        "https://news.example/a?gallery=3&global=1&refresh=2&keywords=x",
        "https://news.example/a?gallery=3&global=1&keywords=x&refresh=2",
    ),
    ("https://news.example/view.php?uid=12345&cid=1&eid=2", "https://news.example/view.php?cid=1&eid=2&uid=12345"),
    ("https://news.example/news.php?12345", "https://news.example/news.php?12345="),
    ("https://news.example/a?print", "https://news.example/a?print="),
    ("https://news.example/a?id=", "https://news.example/a?id="),
    ("https://news.example/a?q=a+b%20c", "https://news.example/a?q=a+b+c"),
    ("https://news.example/a?q=%e4%bd%a0", "https://news.example/a?q=%E4%BD%A0"),
    ("https://news.example/a?q=%EF%F0%E8", "https://news.example/a?q=%EF%F0%E8"),
    ("https://news.example/a?q=a%26b", "https://news.example/a?q=a%26b"),
    ("https://news.example/a?u=https://other.example/b", "https://news.example/a?u=https%3A%2F%2Fother.example%2Fb"),
    ("https://news.example/https://other.example/b", "https://news.example/https:/other.example/b"),
    ("https://news.example/%7euser/%41%2fb", "https://news.example/~user/A%2Fb"),
    ("https://news.example/stra%c3%9fe", "https://news.example/stra%C3%9Fe"),
    ("https://news.example/straße", "https://news.example/stra%C3%9Fe"),
    ("https://news.example/cafe\u0301", "https://news.example/caf%C3%A9"),
    ("https://news.example/a;v=1,2", "https://news.example/a;v=1,2"),
    ("https://news.example/a%zz", "https://news.example/a%25zz"),
    ("https://news.example/a?a=1;b=2", "https://news.example/a?a=1%3Bb%3D2"),
    ("https://bücher.example/a", "https://xn--bcher-kva.example/a"),
    ("https://xn--bcher-kva.example/a", "https://xn--bcher-kva.example/a"),
    ("https://BÜCHER.example/a", "https://xn--bcher-kva.example/a"),
    ("https://faß.example/a", "https://xn--fa-hia.example/a"),
    ("https://例え.テスト/記事", "https://xn--r8jz45g.xn--zckzah/%E8%A8%98%E4%BA%8B"),
    ("https://my_blog.news.example/a", "https://my_blog.news.example/a"),
    ("https://user:pw@news.example/a", "https://user:pw@news.example/a"),
    ("https://[2001:DB8::1]:443/a", "https://[2001:db8::1]/a"),
    ("https://192.0.2.1/a", "https://192.0.2.1/a"),
]

BAD = [
    "",
    "news.example/a",
    "//news.example/a",
    "/a",
    "ftp://news.example/a",
    "javascript:alert(1)",
    "mailto:desk@news.example",
    "https:///a",
    "https://",
    "https://?a=1",
    "https://news.example/a b",
    "https://news.example/a\nb",
    "https://news.example/\x00",
    'https://news.example/"',
    "https://news.example/<b>",
    "https://news.example/{id}",
    "https://news.example/a\\b",
    "https://news.example/\ud800",
    "https://news.example:port/a",
    "https://news.example:99999/a",
    "https://[2001:db8::1/a",
    "https://news.example/" + "a" * MAX_URL_LENGTH,
]

NO_HOST_NAME = ["https://。/a", "https://.../a", "https://\xa00/a", "https://a%20b/", "https://news.example,/"]

_pieces = st.text(st.sampled_from("abZ019.-_~/%:@!$&'()*+,;=?#[]éß한жa。％\u0301\xa0\ud800İ"), max_size=12)
_hosts = st.sampled_from(
    ["a.example", "B.Example:443", "bücher.example", "xn--bcher-kva.example:8080", "u:p@a.example"]
)
_anything = (
    st.text()
    | st.builds("https://{}/{}?{}#{}".format, _hosts | _pieces, _pieces, _pieces, _pieces)
    | st.text().map("http://".__add__)
    | st.text().map("http://a.example/?".__add__)
)


@pytest.mark.parametrize(("url", "normal"), FROZEN)
def test_the_normal_form_never_changes(url: str, normal: str) -> None:
    assert normalize_url(url) == normal


@pytest.mark.parametrize("url", BAD, ids=lambda url: url[:40].encode("ascii", "backslashreplace").decode())
def test_what_is_no_web_address_is_refused(url: str) -> None:
    for function in (check_url, host_of, normalize_url):
        with pytest.raises(Reject) as caught:
            function(url)
        assert caught.value.code is Code.BAD_URL


@pytest.mark.parametrize("url", NO_HOST_NAME)
def test_a_host_that_can_be_none_has_no_normal_form(url: str) -> None:
    with pytest.raises(Reject) as caught:
        normalize_url(url)
    assert caught.value.code is Code.BAD_URL


@given(_anything)
@example("HTTP://\xa00")
@example("https://a.example/%zz?%zz=%FF&%ff")
def test_normalizing_twice_changes_nothing_and_no_input_escapes(url: str) -> None:
    try:
        normal = normalize_url(url)
    except Reject:
        return
    assert normalize_url(normal) == normal
    assert check_url(normal) == normal


@given(st.permutations(["a=1", "b=2", "c", "d=", "a=2"]))
def test_the_order_of_the_query_does_not_matter(pairs: list[str]) -> None:
    assert normalize_url("https://a.example/?" + "&".join(pairs)) == "https://a.example/?a=1&a=2&b=2&c=&d="


def test_pages_whose_query_is_not_utf8_stay_apart() -> None:
    assert normalize_url("https://a.example/?q=%EF%F0") != normalize_url("https://a.example/?q=%EF%F1")


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://News.Example:8443/a", "news.example"),
        ("https://user:pw@news.example/a", "news.example"),
        ("https://news.example./a", "news.example"),
        ("https://[2001:DB8::1]/a", "2001:db8::1"),
        ("https://My_Blog.News.Example/a", "my_blog.news.example"),
        ("https://BÜCHER.example/a", "xn--bcher-kva.example"),
        ("https://XN--BCHER-KVA.example./a", "xn--bcher-kva.example"),
        ("https://bücher。example。/a", "xn--bcher-kva.example"),
        ("https://my_blog.bücher.example/a", "my_blog.xn--bcher-kva.example"),
        ("https://☃.example/a", "xn--n3h.example"),
        ("https://faß.example/a", "xn--fa-hia.example"),
        ("https://xn--Ü.example/a", "xn--ü.example"),
        (f"https://{'a' * 70}ü.example/a", f"{'a' * 70}ü.example"),
    ],
)
def test_the_host_is_its_bare_dns_name_or_text_where_it_can_be_none(url: str, host: str) -> None:
    assert host_of(url) == host


@given(_anything)
@example("HTTP://0\xa0")
def test_a_page_has_one_host_however_it_is_spelled_and_no_input_escapes(url: str) -> None:
    try:
        normal = normalize_url(url)
    except Reject:
        return
    if urlsplit(url).hostname == host_of(url):  # an ASCII name is not looked into: "a..example" is nobody's
        return
    assert host_of(normal) == host_of(url)
    assert registrable_domain(normal) == registrable_domain(url)


@pytest.mark.parametrize(
    "spellings",
    [
        (
            "https://Bücher.example/Straße",
            "https://xn--bcher-kva.example./Straße",
            "https://BU\u0308CHER.example/Straße",
        ),
        ("https://☃.example/", "https://xn--n3h.example/"),
    ],
)
def test_the_spellings_of_an_international_name_are_one_host_and_one_page(spellings: tuple[str, ...]) -> None:
    for name in (host_of, page_id, robots_url, tdmrep_url, registrable_domain):
        assert len(set(map(name, spellings))) == 1, name


@pytest.mark.parametrize(
    ("url", "domain"),
    [
        ("https://news.bücher.example/", "xn--bcher-kva.example"),
        ("https://a.news.公司.cn/", "news.xn--55qx5d.cn"),
        ("https://a.news.xn--55qx5d.cn/", "news.xn--55qx5d.cn"),
        ("https://xn--/", "xn--"),
        ("https://a.xn--99999999.example/", "xn--99999999.example"),
    ],
)
def test_the_registrable_domain_of_an_international_name_is_its_dns_name(url: str, domain: str) -> None:
    assert registrable_domain(url) == domain


def test_public_suffixes_are_those_of_tld() -> None:
    """But of 21 names: they are in a wildcard, which it passes over when a longer rule goes on below the name."""
    rules = {line for line in urls._suffixes() if line and not line.startswith("//")}
    names = {rule.lstrip("!").replace("*", "any") for rule in rules}
    above = {name.partition(".")[2] for name in names} - {""}
    passed_over = {name for name in above if f"*.{name.partition('.')[2]}" in rules}
    assert len(names) > 9000
    for name in (names | above) - passed_over:
        for host in (name, f"www.{name}", f"a.www.{name}"):
            known = get_fld(f"http://{host}/", fail_silently=True)  # in readable characters
            labels = known.count(".") + 1 if known else min(2, host.count(".") + 1)
            assert registrable_domain(f"http://{host}/").count(".") + 1 == labels, host


LINKS = st.from_regex(
    r"(?:https?:)?(?://|/)?[a-zA-Z0-9.\-]{0,12}(?::[0-9]{0,3})?(?:/[\w.~%;,@+=\- ]{0,6}){0,4}/?"
    r"[?]?[\w=&;?/.]{0,8}[#]?[\w]{0,4}",
    fullmatch=True,
)
ANYTHING = st.text(alphabet="htps:/.-_aB09?#;&=%@[]ßı \t\n\\", max_size=40)


def _joined(base: str, link: str) -> str | None:
    try:
        return check_url(urljoin(base, link))
    except (ValueError, Reject):
        return None


@settings(max_examples=500)
@given(
    st.sampled_from(["https://news.example/a/b?c", "http://news.example"]),
    LINKS | ANYTHING | ANYTHING.map("https://".__add__),
)
@example("https://news.example/a", "https://other.example")
@example("https://news.example/a", "https://other.example/a/../b?x=1;2")
@example("https://news.example/a", "https://other.example/a?")
@example("https://news.example/a", "https://other.example/a;#")
@example("https://news.example/a", "HTTPS://other.example/a")
def test_a_plain_link_is_what_joining_and_checking_make_of_it(base: str, link: str) -> None:
    """So that few links need urljoin, which takes ten times as long: it fails where urljoin comes to change one."""
    if is_plain_url(link):
        assert _joined(base, link) == link
    try:
        assert absolute_url(base, link) == _joined(base, link)
    except (ValueError, Reject):
        assert _joined(base, link) is None


@settings(max_examples=500)
@given(LINKS | st.from_regex(r"https?://[a-z0-9.\-]{1,12}\.[a-z]{2,4}(?:/[a-zA-Z0-9_.\-/]{0,9}){1,4}", fullmatch=True))
@example("https://news.example/")
@example("https://news.example/a/b.html")
@example("https://news.example/a/../b/")
@example("https://a--b.example/a")
@example("https://xn--bcher-kva.example/a")
def test_what_is_taken_for_a_normal_form_is_one(url: str) -> None:
    """So that most addresses are not normalised, which takes 0.2 ms: it fails where url-normalize changes one."""
    if urls._NORMAL_URL.fullmatch(url):
        assert url_normalize(url) == url
