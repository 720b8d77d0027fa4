"""URLs: what counts as one, and the one form of it that identifies a page."""

import re
from functools import cache, lru_cache
from urllib.parse import parse_qsl, urldefrag, urlencode, urljoin, urlsplit, urlunsplit

from url_normalize import url_normalize
from url_normalize.normalize_host import normalize_host

from pipeline.errors import Code, Reject
from pipeline.libraries import file_of

MAX_URL_LENGTH = 8192
MAX_HOST_LENGTH = 253
"""Characters of the longest host name, whose domain is remembered."""
BARE_FILE_HOST = "input.invalid"
"""Host of pages that came as a file and name no URL of their own (RFC 2606 reserves `.invalid`)."""

_BAD_CHARACTERS = re.compile(r"[\x00-\x20\x7f<>\"{}|\\^`\ud800-\udfff]")

_PLAIN_URL = re.compile(
    r"https?://[a-zA-Z0-9.-]+(?:/[^\x00-\x20\x7f<>\"{}|\\^`\ud800-\udfff?#;]*)?"
    r"(?:\?[^\x00-\x20\x7f<>\"{}|\\^`\ud800-\udfff#]+)?"
)
"""What `check_url` allows and `urljoin` leaves as it stands: nearly every absolute URL on a page."""

_NORMAL_URL = re.compile(
    r"https?://(?=[^/]{1,63}/)(?:[a-z0-9]+(?:-[a-z0-9]+)*\.)+[a-z]+(?:/[a-zA-Z0-9_-]+(?:\.[a-zA-Z0-9_-]+)*)*/?"
)
"""What is in its normal form already: most addresses of news pages. To normalise one takes 0.2 ms."""

_PAGE_NUMBERS = frozenset({"cid", "eid", "uid"})
"""courlan drops these as trackers; on many news sites they are the number of the story ("view.php?uid=12345")."""

_LETTERS = re.compile(r"[a-z]+")
_WORD_ENDS = frozenset({"id", "i", "iliate", "erer", "errer"})
"""What may follow courlan's words: "session" + "id"; it finds "aff" and "ref" before "affiliate" and "referrer"."""

_HOST = re.compile(r"(^|@)([a-z0-9_-]+(\.[a-z0-9_-]+)*|\[[0-9a-f:.]+\])(:[0-9]*)?$")


def check_url(url: str) -> str:
    """The URL itself when it is an absolute http or https URL with a host; else Reject(BAD_URL) says what is wrong."""
    if len(url) > MAX_URL_LENGTH:
        raise Reject(Code.BAD_URL, f"the URL has {len(url)} characters; at most {MAX_URL_LENGTH} are allowed")
    if _BAD_CHARACTERS.search(url):
        raise Reject(Code.BAD_URL, f"the URL has a character that must be escaped: {url[:200]!r}")
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise Reject(Code.BAD_URL, f"{error}: {url[:200]!r}") from error
    if parts.scheme not in ("http", "https") or not host:
        raise Reject(Code.BAD_URL, f"not an absolute http or https URL: {url[:200]!r}")
    return url


def absolute_url(base: str, link: str) -> str:
    """A link of the page at `base` made absolute, as `check_url` wants it; ValueError or Reject when it is none."""
    return link if is_plain_url(link) else check_url(urljoin(base, link))


def is_plain_url(link: str) -> bool:
    """Whether a link is an absolute URL already, with nothing in it that joining would change or a check refuse."""
    return len(link) <= MAX_URL_LENGTH and _PLAIN_URL.fullmatch(link) is not None


def path_of(url: str) -> str:
    """The path of a URL that was checked: `urlsplit` takes ten times as long."""
    _, slash, path = url.partition("#")[0].partition("?")[0].partition("://")[2].partition("/")
    return slash + path


def host_of(url: str) -> str:
    """The DNS name of the URL's host, without port; Reject(BAD_URL) when it has none."""
    host = urlsplit(check_url(url)).hostname
    assert host  # noqa: S101 - check_url refuses a URL without one
    return dns_name(host)


def dns_name(host: str) -> str:
    """A host name as DNS knows it: lower-case A-labels (UTS 46) without the last dot. An address stays itself.

    It is the host of the normal form and what is asked on the wire, so every spelling of a host is one host. A name
    that IDNA cannot encode is kept as lower-case text.
    """
    lower = host.strip().lower().rstrip(".")  # the normal form of a URL has no white space of any kind at its end
    if lower.isascii():
        return lower
    try:
        return normalize_host(lower) or lower
    except UnicodeError:
        return lower


def readable_host(name: str) -> str:
    """The characters that a DNS name stands for: "bücher.example" of "xn--bcher-kva.example"."""
    return ".".join(map(_readable_label, name.split("."))) if "xn--" in name else name


def _readable_label(label: str) -> str:
    try:
        return label.removeprefix("xn--").encode().decode("punycode") if label.startswith("xn--") else label
    except UnicodeError:
        return label


def normalize_url(url: str) -> str:
    """The one form in which a page is known: default port, dot segments, trackers and fragment gone, query sorted.

    This form is hashed into `page_id`, the Kafka key of three topics, so it is frozen by a table test. url-normalize
    resolves ports, dot segments and international names; courlan knows the trackers. Two pages taken for one lose a
    page (the enriched topic is compacted), one page taken for two costs a near-duplicate: so when in doubt, keep.
    """
    if len(url) <= MAX_URL_LENGTH and _NORMAL_URL.fullmatch(url):
        return url
    check_url(url)
    try:
        scheme, netloc, path, query, _ = urlsplit(url_normalize(urldefrag(url).url) or "")
    except (ValueError, UnicodeError) as error:
        raise Reject(Code.BAD_URL, f"{error}: {url[:200]!r}") from error
    if not _HOST.search(netloc):
        raise Reject(Code.BAD_URL, f"the host can be no host name: {url[:200]!r}")
    return urlunsplit((scheme, netloc, path, _normal_query(query), ""))


def _normal_query(query: str) -> str:
    # surrogateescape: queries in windows-1251 and the like are no UTF-8, and must not all become "?=\ufffd"
    pairs = set(parse_qsl(query, keep_blank_values=True, errors="surrogateescape"))
    kept = sorted(pair for pair in pairs if not _is_tracker(pair[0]))
    return urlencode(kept, errors="surrogateescape")


def _is_tracker(name: str) -> bool:
    """Whether courlan takes the parameter for a tracker, read by whole words: its "ga" also matches "gallery"."""
    from courlan.clean import TRACKERS_RE  # here: it brings an HTTP client, and few pages have parameters

    lower = name.lower()
    match = TRACKERS_RE.search(lower)
    if match is None or lower in _PAGE_NUMBERS:
        return False
    rest = _LETTERS.match(lower, match.end())
    return match[0].endswith("_") or rest is None or rest[0] in _WORD_ENDS


def registrable_domain(url: str) -> str:
    """The domain that someone registered, as DNS knows it: "example.co.uk" of "https://a.example.co.uk/b"; an address

    stays itself. Hosts of one registrable domain are one site.
    """
    host = urlsplit(url).hostname or ""
    return _registrable(host) if len(host) <= MAX_HOST_LENGTH else _registrable.__wrapped__(host)


@lru_cache(maxsize=4096)
def _registrable(host: str) -> str:
    host = dns_name(host)
    if ":" in host or host.rpartition(".")[2].isdigit():
        return host
    return ".".join(host.split(".")[-1 - _suffix_labels(readable_host(host)) :])


def _suffix_labels(name: str) -> int:
    """How many labels of a name are its public suffix, by the algorithm of publicsuffix.org: the longest rule counts.

    A top-level domain that the list does not know is one. `tld`, whose list it is, makes a tree of it first, in 25 ms.
    """
    rules, labels = _suffixes(), name.split(".")
    for start in range(len(labels)):
        count = len(labels) - start
        rest = ".".join(labels[start + 1 :])
        if f"!{labels[start]}.{rest}" in rules:
            return count - 1
        if f"*.{rest}" in rules or ".".join(labels[start:]) in rules:
            return count
    return 1


@cache
def _suffixes() -> frozenset[str]:
    """The list's lines, as they stand there: in readable characters. Its comments are no names."""
    return frozenset(file_of("tld", "res/effective_tld_names.dat.txt").read_text(encoding="utf-8").split("\n"))


def warm() -> None:
    """Read the list of public suffixes now, for a process whose children will ask about hosts."""
    registrable_domain("https://example.org/")
