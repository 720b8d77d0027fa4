"""The address guard: whatever way a forbidden address is written or wrapped, it is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.crawl.address import Refusal, refused_address, refused_url
from pipeline.settings import read_networks

FORBIDDEN_ADDRESSES = [
    "127.0.0.1", "127.255.255.254", "0.0.0.0", "0.1.2.3",
    "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1", "100.100.100.200",
    "169.254.169.254", "192.0.0.192", "192.0.2.1", "198.18.0.1", "198.51.100.7", "203.0.113.9", "240.0.0.1",
    "255.255.255.255", "224.0.0.1", "239.255.255.250", "168.63.129.16", "192.88.99.1",
    "::", "::1", "fe80::1", "fe80::1%eth0", "fec0::1", "fc00::1", "fd00:ec2::254", "ff02::1", "ff0e::1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:a9fe:a9fe", "::ffff:0:127.0.0.1",
    "::127.0.0.1", "::7f00:1", "::a00:1",
    "64:ff9b::7f00:1", "64:ff9b::10.0.0.1", "64:ff9b::a9fe:a9fe", "64:ff9b::e000:1", "64:ff9b:1::7f00:1",
    "2002:7f00:1::", "2002:7f00:1::1", "2002:a00:1::", "2002:c0a8:101::1", "2002:a9fe:a9fe::",
    "2001:0:7f00:1::", "2001:0:4136:e378:8000:63bf:80ff:fffe", "2001::1",
    "2001:db8::1", "3fff::1", "100::1", "5f00::1", "4000::1",
    "2606:4700::5efe:127.0.0.1", "2606:4700::200:5efe:10.0.0.1",
]  # fmt: skip

FORBIDDEN_URLS = [
    ("http://127.0.0.1/", Refusal.NOT_GLOBAL),
    ("http://127.1/", Refusal.HOST),
    ("http://0x7f.1/", Refusal.HOST),
    ("http://0x7f000001/", Refusal.HOST),
    ("http://0X7F.0.0.0X1/", Refusal.HOST),
    ("http://0177.0.0.1/", Refusal.HOST),
    ("http://017700000001/", Refusal.HOST),
    ("http://2130706433/", Refusal.HOST),
    ("http://127.0.0.01/", Refusal.HOST),
    ("http://127.0.0.1./", Refusal.NOT_GLOBAL),
    ("http://0/", Refusal.HOST),
    ("http://0x/", Refusal.HOST),
    ("http://10.1/", Refusal.HOST),
    ("http://192.168.257/", Refusal.HOST),
    ("http://1.2.3.4.5/", Refusal.HOST),
    ("http://256.256.256.256/", Refusal.HOST),
    ("http://news.example.0x7f/", Refusal.HOST),
    ("http://１２７.0.0.1/", Refusal.NOT_GLOBAL),
    ("http://①②⑦.⓪.⓪.①/", Refusal.NOT_GLOBAL),
    ("http://127。0。0。1/", Refusal.NOT_GLOBAL),
    ("http://127．0．0．1/", Refusal.NOT_GLOBAL),
    ("http://%31%32%37.0.0.1/", Refusal.HOST),
    ("http://127.0.0.1%2f.news.example/", Refusal.HOST),
    ("http://[::1]/", Refusal.NOT_GLOBAL),
    ("http://[::]/", Refusal.NOT_GLOBAL),
    ("http://[::ffff:127.0.0.1]/", Refusal.NOT_GLOBAL),
    ("http://[::ffff:7f00:1]/", Refusal.NOT_GLOBAL),
    ("http://[0:0:0:0:0:ffff:127.0.0.1]/", Refusal.NOT_GLOBAL),
    ("http://[64:ff9b::7f00:1]/", Refusal.NOT_GLOBAL),
    ("http://[2002:7f00:1::]/", Refusal.NOT_GLOBAL),
    ("http://[fe80::1%25eth0]/", Refusal.HOST),
    ("http://169.254.169.254/latest/meta-data/", Refusal.NOT_GLOBAL),
    ("http://224.0.0.1/", Refusal.MULTICAST),
    ("http://user@news.example/", Refusal.CREDENTIALS),
    ("http://news.example@127.0.0.1/", Refusal.CREDENTIALS),
    ("http://news.example:80@127.0.0.1/", Refusal.CREDENTIALS),
    ("http://:@news.example/", Refusal.CREDENTIALS),
    ("http://@news.example/", Refusal.CREDENTIALS),
    ("http://news.example:22/", Refusal.PORT),
    ("http://news.example:0/", Refusal.PORT),
    ("http://news.example:8080/", Refusal.PORT),
    ("http://news.example:99999/", Refusal.BAD_URL),
    ("ftp://news.example/", Refusal.SCHEME),
    ("file:///etc/passwd", Refusal.SCHEME),
    ("gopher://127.0.0.1:6379/", Refusal.SCHEME),
    ("javascript:alert(1)", Refusal.SCHEME),
    ("http://127.0.0.1\\@news.example/", Refusal.BAD_URL),
    ("http://news.example\t/", Refusal.BAD_URL),
    ("http://127.0.0.1\n.news.example/", Refusal.BAD_URL),
    ("http:///etc/passwd", Refusal.BAD_URL),
    ("//127.0.0.1/", Refusal.BAD_URL),
    ("", Refusal.BAD_URL),
]


@pytest.mark.parametrize("address", FORBIDDEN_ADDRESSES)
def test_forbidden_address_is_refused(address: str) -> None:
    assert refused_address(address) is not None


@pytest.mark.parametrize(("url", "refusal"), FORBIDDEN_URLS)
def test_forbidden_url_is_refused(url: str, refusal: Refusal) -> None:
    assert refused_url(url) is refusal


@pytest.mark.parametrize(
    "address",
    ["8.8.8.8", "1.1.1.1", "::ffff:8.8.8.8", "2606:4700::1111", "2a00:1450::e", "64:ff9b::808:808", "2002:808:808::1"],
)
def test_public_address_is_allowed(address: str) -> None:
    assert refused_address(address) is None


@pytest.mark.parametrize(
    "url",
    [
        "https://news.example/2026/05/03/story?id=1#top",
        "http://news.example:80/",
        "https://news.example:443/",
        "https://news.example./",
        "https://8.8.8.8/",
        "https://[2606:4700::1111]/",
        "https://bücher.example/a@b",
        "https://123.example/",
        "https://0x7f.example/",
        "https://localhost/",  # a name: what it resolves to is checked
    ],
)
def test_ordinary_url_is_allowed(url: str) -> None:
    assert refused_url(url) is None


@pytest.mark.parametrize("text", ["", "news.example", "1.2.3", "127.0.0.1:80", "::g", "1.2.3.4/8"])
def test_what_is_no_address_is_refused(text: str) -> None:
    assert refused_address(text) is Refusal.NOT_AN_ADDRESS


def test_explicit_networks_are_allowed() -> None:
    networks = read_networks("127.0.0.0/8, fd00::/8 10.1.2.3")
    assert refused_address("127.0.0.1", networks) is None
    assert refused_address("::ffff:127.0.0.1", networks) is None
    assert refused_address("fd12::1", networks) is None
    assert refused_address("10.1.2.3", networks) is None
    assert refused_address("10.1.2.4", networks) is Refusal.NOT_GLOBAL
    assert refused_address("::1", networks) is Refusal.NOT_GLOBAL
    assert refused_url("http://127.0.0.1:8080/", networks, frozenset({8080})) is None


def test_explicit_networks_are_not_reached_through_tunnels() -> None:
    networks = read_networks("127.0.0.0/8")
    for address in ("64:ff9b::7f00:1", "2002:7f00:1::", "::7f00:1", "2606:4700::5efe:127.0.0.1"):
        assert refused_address(address, networks) is Refusal.NOT_GLOBAL


@pytest.mark.parametrize("text", ["10.0.0.1/8", "10.0.0.0/33", "intranet", "10.0.0.0/8;::1"])
def test_wrong_network_is_named(text: str) -> None:
    with pytest.raises(ValueError, match="is no network in CIDR notation"):
        read_networks(text)


@given(st.ip_addresses())
def test_every_address_is_answered_and_private_ones_refused(address: object) -> None:
    refusal = refused_address(str(address))
    if address.is_private or address.is_loopback or address.is_multicast or address.is_link_local:  # type: ignore[attr-defined]
        inner = getattr(address, "ipv4_mapped", None)
        assert refusal is not None or (inner is not None and inner.is_global)


@given(st.text(max_size=60))
def test_no_url_escapes(text: str) -> None:
    refused_url(text)
    refused_url(f"http://{text}/")
    refused_address(text)
