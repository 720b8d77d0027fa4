"""The address guard: what a crawler may connect to, however the address is written or wrapped.

`refused_url` looks at a URL before anything is resolved, `refused_address` at every address that a connection is opened
to: only the second one holds against redirects, DNS rebinding and names that resolve to private addresses.
"""

import re
import unicodedata
from collections.abc import Sequence
from enum import StrEnum
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import SplitResult, urlsplit

from pipeline.errors import Reject
from pipeline.settings import Network
from pipeline.urls import check_url

Address = IPv4Address | IPv6Address

PORTS = frozenset({80, 443})

_GLOBAL_UNICAST = IPv6Network("2000::/3")
"""Outside it nothing is assigned for the internet; `ipaddress` calls ::7f00:1, which is 127.0.0.1, global."""

_NAT64 = IPv6Network("64:ff9b::/96")
_ISATAP = (0x00005EFE, 0x02005EFE)
_NEVER = (
    IPv4Network("192.0.0.0/24"),  # protocol assignments; ipaddress of Python 3.11 knows only its first eight
    IPv4Network("168.63.129.16/32"),  # Azure's host agent: a global address that only machines in Azure can reach
    IPv4Network("192.88.99.0/24"),  # 6to4 relays
    IPv6Network("3fff::/20"),  # documentation since 2024: ipaddress of Python 3.11 does not know it
)

_NUMBER = re.compile(r"0[xX][0-9a-fA-F]*|[0-9]+")
_DOTS = str.maketrans({"\u3002": ".", "\uff0e": ".", "\uff61": "."})


class Refusal(StrEnum):
    """Why an address or URL is not fetched."""

    NOT_AN_ADDRESS = "not_an_address"
    NOT_GLOBAL = "not_global"
    MULTICAST = "multicast"
    SCHEME = "scheme"
    CREDENTIALS = "credentials"
    PORT = "port"
    HOST = "host"
    """A number in odd notation, or characters that no host name has."""
    BAD_URL = "bad_url"

    @property
    def reason(self) -> str:
        """What an operator reads, with the setting that would allow it."""
        return _REASONS[self]


_REASONS = {
    Refusal.NOT_AN_ADDRESS: "it resolves to what is no address",
    Refusal.NOT_GLOBAL: "a private or reserved address, in none of NEWSFLOW_CRAWL_NETWORKS",
    Refusal.MULTICAST: "a multicast address, in none of NEWSFLOW_CRAWL_NETWORKS",
    Refusal.SCHEME: "neither http nor https",
    Refusal.CREDENTIALS: "a user name or password in the URL",
    Refusal.PORT: "its port is none of NEWSFLOW_CRAWL_PORTS",
    Refusal.HOST: "its host is a number in odd notation, or no host name",
    Refusal.BAD_URL: "no URL",
}


def refused_address(address: str | Address, networks: Sequence[Network] = ()) -> Refusal | None:
    """Why we may not connect to an address that a name was resolved to; None: we may.

    `networks` are the ones an operator allows explicitly. They are compared with the address that is really reached:
    10.0.0.0/8 allows ::ffff:10.0.0.1, but never 10.0.0.1 through a 6to4, NAT64, Teredo or ISATAP tunnel.
    """
    try:
        reached = _direct(ip_address(address))
    except ValueError:
        return Refusal.NOT_AN_ADDRESS
    if any(reached in network for network in networks):
        return None
    for each in (reached, *_tunnelled(reached)):
        if refusal := _not_public(each):
            return refusal
    return None


def refused_url(url: str, networks: Sequence[Network] = (), ports: frozenset[int] = PORTS) -> Refusal | None:
    """Why we may not fetch a URL, as far as the URL alone tells; None: resolve its host and check the address."""
    try:
        parts = urlsplit(check_url(url))
        port = parts.port
    except (Reject, ValueError):
        return Refusal.SCHEME if _foreign_scheme(url) else Refusal.BAD_URL
    if "@" in parts.netloc:
        return Refusal.CREDENTIALS
    if port is not None and port not in ports:
        return Refusal.PORT
    return _refused_host(parts, networks)


def _direct(ip: Address) -> Address:
    """The address itself: no interface, and IPv4 where IPv6 only carries it (the kernel connects by IPv4)."""
    if isinstance(ip, IPv4Address):
        return ip
    return ip.ipv4_mapped or IPv6Address(int(ip))


def _tunnelled(ip: Address) -> tuple[IPv4Address, ...]:
    """The IPv4 addresses that a tunnel or translator would send this one to."""
    if isinstance(ip, IPv4Address):
        return ()
    low = IPv4Address(int(ip) & 0xFFFF_FFFF)
    if ip in _NAT64 or (int(ip) >> 32) & 0xFFFF_FFFF in _ISATAP:
        return (low,)
    if ip.sixtofour:
        return (ip.sixtofour,)
    return ip.teredo or ()


def _not_public(ip: Address) -> Refusal | None:
    if ip.is_multicast:  # `ipaddress` calls 224.0.0.1 global
        return Refusal.MULTICAST
    if isinstance(ip, IPv6Address) and ip in _NAT64:
        return None  # what it translates to is checked
    strange = isinstance(ip, IPv6Address) and ip not in _GLOBAL_UNICAST
    if strange or not ip.is_global or any(ip in network for network in _NEVER):
        return Refusal.NOT_GLOBAL
    return None


def _refused_host(parts: SplitResult, networks: Sequence[Network]) -> Refusal | None:
    host = unicodedata.normalize("NFKC", (parts.hostname or "").translate(_DOTS)).rstrip(".")
    if not host or "%" in host or "/" in host or "@" in host:  # also what NFKC makes of look-alikes
        return Refusal.HOST
    if "[" in parts.netloc:
        return refused_address(host, networks)
    if not _NUMBER.fullmatch(host.rpartition(".")[2]):
        return None
    try:  # URLs take 0x7f.1, 0177.0.0.1 and 2130706433 for IPv4 addresses; here only the plain notation is one
        return refused_address(IPv4Address(host), networks)
    except ValueError:
        return Refusal.HOST


def _foreign_scheme(url: str) -> bool:
    match = re.match(r"([a-zA-Z][a-zA-Z0-9+.-]*):", url)
    return match is not None and match[1].lower() not in ("http", "https")
