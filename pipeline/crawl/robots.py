"""robots.txt by RFC 9309: what a fetch of it means for a site, and what it allows.

The groups are picked here, for Protego takes a group for `news` as ours; Protego matches the paths.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import urlsplit

from protego import Protego

from pipeline.crawl.listing import absolute
from pipeline.reservations import PRODUCT_TOKEN
from pipeline.urls import host_of

MAX_BYTES = 500 * 1024
"""What the RFC asks to read at least. The caller may stop reading here."""

MAX_REDIRECTS = 5
MAX_AGE = 24 * 3600.0
RETRY_SECONDS = 900.0
"""How soon an unreachable robots.txt is asked for again."""

KEPT_SECONDS = 30 * 24 * 3600.0
"""For so long the copy of an unreachable robots.txt holds; after it nothing is allowed."""

MAX_CRAWL_DELAY = 60.0
MAX_SITEMAPS = 1000
TOO_MANY_REQUESTS = 429

_PORTS = {"http": 80, "https": 443}

_LINE_END = re.compile(r"\r\n|\r|\n")
_FIELD = re.compile(
    r"""(?P<agent>user[-\s]?agent)|(?P<allow>allow)|(?P<disallow>dissallow|dissalow|disalow|diasllow|disallaw|disallow)
    |(?P<delay>crawl[-\s]?delay)|(?P<sitemap>site-?maps?)|(?P<usage>content-usage)|(?P<signal>content-signal)""",
    re.IGNORECASE | re.VERBOSE,
)
_LITERAL = re.compile(r"[!-~]*?(?=[*$%?;\s]|[^!-~]|$)")
_TOKEN = re.compile(r"[A-Za-z_-]+|\*")


class RobotsState(StrEnum):
    """What the last fetch of robots.txt came to."""

    READ = "read"
    ABSENT = "absent"
    """4xx, or redirects without end: everything is allowed."""
    UNREACHABLE = "unreachable"
    """5xx, 429 or no answer: nothing is allowed. The RFC counts 429 as 4xx; a host in distress is no invitation."""
    KEPT = "kept"
    """Unreachable, and the copy from before still holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One Allow or Disallow line of the group that is ours."""

    allow: bool
    pattern: str
    line: int

    def __str__(self) -> str:
        return f"{'Allow' if self.allow else 'Disallow'}: {self.pattern} (line {self.line})"


@dataclass(frozen=True, slots=True, kw_only=True)
class RobotsVerdict:
    """Whether a URL may be fetched, and why: "Disallow: /private (line 7)"."""

    allowed: bool
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RobotsRules:
    """What one origin's robots.txt says to us. `from_response` builds it again from what was stored of the fetch."""

    state: RobotsState
    fetched_at: float
    """When the copy that holds was fetched."""
    expires_at: float
    rules: tuple[Rule, ...] = ()
    crawl_delay: float | None = None
    sitemaps: tuple[str, ...] = ()
    usage: tuple[tuple[str, str], ...] = ()
    """Path and preferences of each Content-Usage and Content-Signal line: for `pipeline.crawl.rights`."""
    matcher: Protego = field(default_factory=Protego, repr=False, compare=False)

    @classmethod
    def from_response(
        cls,
        status: int | None,
        body: bytes,
        *,
        url: str,
        now: float,
        previous: "RobotsRules | None" = None,
    ) -> "RobotsRules":
        """What a fetch means. `status` is the last one after at most 5 redirects (3xx: they did not end), or None when

        there was no answer (DNS, TLS, time limit, an address that the guard refused).
        Slow for large bodies (0.3 s for 500 KiB): call it off the event loop.
        """
        if status is None or status >= 500 or status == TOO_MANY_REQUESTS:
            return _unreachable(now, previous)
        if not 200 <= status < 300:
            return cls(state=RobotsState.ABSENT, fetched_at=now, expires_at=now + MAX_AGE)
        return _read(body, url=url, fetched_at=now, expires_at=now + MAX_AGE)

    def allows(self, url: str) -> bool:
        """Whether we may fetch the URL."""
        if self.state is RobotsState.UNREACHABLE:
            return False
        return not self.rules or bool(self.matcher.can_fetch(url, PRODUCT_TOKEN))

    def explain(self, url: str) -> RobotsVerdict:
        """Whether, and by which line. Off the event loop: of a file of 500 KiB it takes some milliseconds."""
        allowed = self.allows(url)
        if self.state is RobotsState.UNREACHABLE:
            return RobotsVerdict(allowed=False, reason="robots.txt is unreachable, so nothing is allowed")
        if self.state is RobotsState.ABSENT:
            return RobotsVerdict(allowed=True, reason="the site has no robots.txt")
        path = path_of(url)
        candidates = (rule for rule in self.rules if rule.allow == allowed and may_match(rule.pattern, path))
        matching = [rule for rule in candidates if matches_path(rule.pattern, url)]
        if not matching:
            return RobotsVerdict(allowed=allowed, reason="no line of robots.txt is about it")
        return RobotsVerdict(allowed=allowed, reason=str(max(matching, key=lambda rule: len(rule.pattern))))


def robots_url(url: str) -> str:
    """Where the robots.txt of a URL's origin is: scheme, host and port of one are another's affair."""
    host, parts = host_of(url), urlsplit(url)
    port = parts.port
    name = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{name}{'' if port in (None, _PORTS[parts.scheme]) else f':{port}'}/robots.txt"


def _unreachable(now: float, previous: RobotsRules | None) -> RobotsRules:
    if previous is None or previous.state is RobotsState.UNREACHABLE or now > previous.fetched_at + KEPT_SECONDS:
        return RobotsRules(state=RobotsState.UNREACHABLE, fetched_at=now, expires_at=now + RETRY_SECONDS)
    return RobotsRules(
        state=RobotsState.KEPT,
        fetched_at=previous.fetched_at,
        expires_at=now + RETRY_SECONDS,
        rules=previous.rules,
        crawl_delay=previous.crawl_delay,
        sitemaps=previous.sitemaps,
        usage=previous.usage,
        matcher=previous.matcher,
    )


@dataclass(slots=True)
class _Group:
    """What is said to one group of crawlers."""

    rules: list[Rule] = field(default_factory=list)
    delays: list[float] = field(default_factory=list)
    usage: list[tuple[str, str]] = field(default_factory=list)


def _read(body: bytes, *, url: str, fetched_at: float, expires_at: float) -> RobotsRules:
    text = body[:MAX_BYTES].decode("utf-8-sig", "replace").replace("\0", "")
    if len(body) > MAX_BYTES:  # half a path would stand for more than the whole
        text = text.rpartition("\n")[0]
    groups: dict[str, _Group] = {}
    sitemaps: dict[str, None] = {}
    _collect(text, url, groups, sitemaps)
    group = groups.get(PRODUCT_TOKEN) or groups.get("*") or _Group()
    lines = [f"{'Allow' if rule.allow else 'Disallow'}: {rule.pattern}" for rule in group.rules]
    return RobotsRules(
        state=RobotsState.READ,
        fetched_at=fetched_at,
        expires_at=expires_at,
        rules=tuple(group.rules),
        crawl_delay=min(MAX_CRAWL_DELAY, max(group.delays)) if group.delays else None,
        sitemaps=tuple(sitemaps)[:MAX_SITEMAPS],
        usage=tuple(group.usage),
        matcher=Protego.parse("\n".join(["User-agent: *", *lines])),
    )


def _collect(text: str, url: str, groups: dict[str, _Group], sitemaps: dict[str, None]) -> None:
    """Sort the lines into groups, of which there may be several for one name, and one for several names."""
    current: list[_Group] = []
    naming = False
    for number, name, value in _fields(text):
        if name == "agent":
            current = current if naming else []
            naming = True
            token = _TOKEN.match(value)
            if token and token[0].lower() in (PRODUCT_TOKEN, "*"):
                current = [*current, groups.setdefault(token[0].lower(), _Group())]
        elif name == "sitemap":
            if sitemap := absolute(url, value):
                sitemaps[sitemap] = None
        else:
            naming = False
            for group in current:
                _add(group, number, name, value)


def _fields(text: str) -> Iterator[tuple[int, str, str]]:
    for number, line in enumerate(_LINE_END.split(text), start=1):
        name, colon, value = line.partition("#")[0].partition(":")
        match = _FIELD.fullmatch(name.strip())
        if colon and match and match.lastgroup:
            yield number, match.lastgroup, value.strip()


def _add(group: _Group, number: int, name: str, value: str) -> None:
    if not value:  # "Disallow:" allows, by saying nothing
        return
    if name in ("allow", "disallow"):
        group.rules.append(Rule(allow=name == "allow", pattern=value, line=number))
    elif name == "delay":
        try:
            delay = float(value.replace(",", "."))
        except ValueError:
            return
        if math.isfinite(delay) and delay >= 0:
            group.delays.append(delay)
    else:
        path, _, preferences = value.partition(" ") if value.startswith("/") else ("/", "", value)
        group.usage.append((path, preferences.strip()))


def path_of(url: str) -> str:
    """What the patterns are about: path and query of a URL."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "/"
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def may_match(pattern: str, path: str) -> bool:
    """False when pattern and path begin differently: cheap, where each question to Protego costs 20 µs."""
    if "%" in path or not path.isascii():  # one character may be written in several ways
        return True
    return not pattern.startswith("/") or path.startswith(_LITERAL.match(pattern)[0])  # type: ignore[index]


ANY_HOST = "host.invalid"


def matches_path(pattern: str, url: str) -> bool:
    """Whether a pattern as in robots.txt (`*`, `$`) matches a URL or its path. TDMRep's file uses the same ones."""
    line = " ".join(pattern.split())  # one line, whatever a file says
    if url.startswith("/"):
        url = f"https://{ANY_HOST}{url}"  # a path that begins with two slashes would be read as a host
    return not Protego.parse(f"User-agent: *\nDisallow: {line}").can_fetch(url, PRODUCT_TOKEN)
