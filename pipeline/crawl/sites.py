"""Which hosts are one site: those with the same registrable domain."""

from urllib.parse import urlsplit

import tld


def site_of(url: str) -> str:
    """The domain that someone registered: "example.co.uk" of "https://a.example.co.uk/b"; an address stays itself."""
    host = (urlsplit(url).hostname or "").rstrip(".")
    known = tld.get_fld(url, fail_silently=True)
    if known or ":" in host or host.rpartition(".")[2].isdigit():
        return known or host
    return ".".join(host.split(".")[-2:])  # the list's own rule for a top-level domain it does not know


def same_site(url: str, other: str) -> bool:
    """Whether both URLs are of one site."""
    return site_of(url) == site_of(other)
