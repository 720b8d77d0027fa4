"""What a page declares about its use by machines, and what the operator's policy makes of it.

TDMRep (header, meta element, /.well-known/tdmrep.json), X-Robots-Tag and <meta name="robots"> with noai and noimageai,
AIPREF's Content-Usage (header and robots.txt). What cannot be read counts as not declared.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from urllib.parse import urljoin

from pipeline.crawl.links import parse_page
from pipeline.crawl.listing import short
from pipeline.crawl.robots import matches_path, path_of, robots_url
from pipeline.reservations import MINING_USES, NO_MINING, PRODUCT_TOKEN, UNKNOWN, preferences, robots_tags

MAX_FILE_BYTES = 500 * 1024
MAX_RULES = 1000
MAX_HEAD_BYTES = 256 * 1024
"""How much of a page is searched for meta elements."""

MAX_TAGS = 32
_WITH_VALUE = frozenset({"unavailable_after", "max-snippet", "max-image-preview", "max-video-preview"})
_AGENT = re.compile(r"^(\*|[A-Za-z][\w.*-]*)\s*:\s*(.*)$", re.DOTALL)
_META = re.compile(rb"<meta\b", re.IGNORECASE)


class Policy(StrEnum):
    """What a reservation leads to."""

    IGNORE = "ignore"
    TAG = "tag"
    """Published, with what was declared in its headers."""
    SKIP = "skip"


@dataclass(frozen=True, slots=True, kw_only=True)
class TdmRule:
    """One entry of a tdmrep.json: a path pattern as in robots.txt, and what holds there."""

    location: str
    reservation: bool
    policy: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RightsSeen:
    """What was declared, and where."""

    tdm_reservation: bool | None = None
    tdm_policy: str | None = None
    robots_tags: tuple[str, ...] = ()
    """Those that hold for us, in the order met: noindex, noarchive, noai, …"""
    content_usage: tuple[tuple[str, str], ...] = ()
    """AIPREF preferences: ("train-ai", "n")."""
    evidence: tuple[str, ...] = ()
    """Where each was said: "tdm-reservation: header"."""
    tdm_unknown: bool = False
    """The site's tdmrep.json could not be had, so `tdm_reservation` None is no answer."""

    def headers(self) -> Mapping[str, str]:
        """What was declared, for the raw message."""
        unsaid = UNKNOWN if self.tdm_unknown else None
        reservation = unsaid if self.tdm_reservation is None else str(int(self.tdm_reservation))
        stated = {
            "tdm_reservation": reservation,
            "tdm_policy": self.tdm_policy,
            "robots_tag": ", ".join(self.robots_tags),
            "content_usage": ", ".join(f"{use}={answer}" for use, answer in self.content_usage),
        }
        return {name: value for name, value in stated.items() if value}


@dataclass(frozen=True, slots=True, kw_only=True)
class RightsVerdict:
    """What is done with the page."""

    publish: bool
    tagged: bool = False
    """It is published, and its raw message says that its use is reserved."""
    reason: str | None = None
    """The reservations found, whatever the policy."""


def judge(seen: RightsSeen, policy: Policy) -> RightsVerdict:
    """What the policy makes of the declarations."""
    reasons = ["tdm-reservation=1"] if seen.tdm_reservation else []
    reasons += [tag for tag in seen.robots_tags if tag in NO_MINING]
    reasons += [f"{use}={answer}" for use, answer in seen.content_usage if use in MINING_USES and answer == "n"]
    publish = not reasons or policy is not Policy.SKIP
    tagged = bool(reasons) and policy is Policy.TAG
    return RightsVerdict(publish=publish, tagged=tagged, reason=", ".join(reasons) or None)


def tdmrep_url(url: str) -> str:
    """Where the tdmrep.json of a URL's origin is, as `robots_url`: every spelling of a host has one."""
    return urljoin(robots_url(url), "/.well-known/tdmrep.json")


def read_tdmrep(body: bytes) -> tuple[TdmRule, ...]:
    """The rules of a tdmrep.json; () when it is none. Never raises."""
    try:
        rows = json.loads(body[:MAX_FILE_BYTES])
    except (ValueError, RecursionError):
        return ()
    rules = (_tdm_rule(row) for row in (rows if isinstance(rows, list) else [rows])[:MAX_RULES])
    return tuple(rule for rule in rules if rule)


def rights_of(
    headers: Iterable[tuple[str, str]],
    *,
    url: str,
    html: bytes = b"",
    tdm_rules: tuple[TdmRule, ...] | None = (),
    usage_rules: tuple[tuple[str, str], ...] = (),
) -> RightsSeen:
    """What a page declares. The nearest to the page wins: its meta elements, its headers, the site's files.

    `headers` are the response's, repeats kept; `html` is the body when it is HTML; `tdm_rules` are the site's file
    (None: it could not be had), `usage_rules` those of robots.txt (`RobotsRules.usage`). Never raises.
    """
    found = _Found()
    pairs = [(name.strip().lower(), value) for name, value in headers]
    path = path_of(url)
    for name, value in _meta(html):
        found.take(name, value, "meta")
    for name, value in pairs:
        found.take(name, value, "header")
    for rule in sorted(tdm_rules or (), key=lambda rule: -len(rule.location)):
        if matches_path(rule.location, path):
            found.reserve(rule.reservation, "file")
            found.name_policy(rule.policy, "file")
            break
    for pattern, stated in sorted(usage_rules, key=lambda rule: -len(rule[0])):
        if matches_path(pattern, path):
            found.use(stated, "robots.txt")
    return replace(found.seen(), tdm_unknown=tdm_rules is None)


class _Found:
    """Collects declarations, the nearest first: later ones only fill what is still open."""

    def __init__(self) -> None:
        self._reservation: bool | None = None
        self._policy: str | None = None
        self._tags: dict[str, None] = {}
        self._usage: dict[str, str] = {}
        self._evidence: dict[str, None] = {}

    def take(self, name: str, value: str, place: str) -> None:
        """A header or meta element."""
        if name == "tdm-reservation" and value.strip() in ("0", "1"):
            self.reserve(value.strip() == "1", place)
        elif name == "tdm-policy":
            self.name_policy(value, place)
        elif name == "x-robots-tag":
            self.tag(_tags_for_us(value), place)
        elif name in ("robots", PRODUCT_TOKEN) and place == "meta":
            self.tag(robots_tags(value), place)
        elif name == "content-usage":
            self.use(value, place)

    def reserve(self, reserved: bool, place: str) -> None:
        """A TDMRep reservation."""
        self._evidence[f"tdm-reservation={int(reserved)}: {place}"] = None
        if self._reservation is None:
            self._reservation = reserved

    def name_policy(self, url: object, place: str) -> None:
        """A TDMRep policy, which is an address to read."""
        text = short(url, 2000)
        if text and re.match("https?://", text) and self._policy is None:
            self._policy = text
            self._evidence[f"tdm-policy: {place}"] = None

    def tag(self, tags: Iterable[str], place: str) -> None:
        """Robots tags: they add up."""
        for tag in tags:
            if len(self._tags) < MAX_TAGS:
                self._tags[tag] = None
                self._evidence[f"{tag}: {place}"] = None

    def use(self, stated: str, place: str) -> None:
        """AIPREF preferences."""
        for use, answer in preferences(stated):
            if len(self._usage) < MAX_TAGS and use not in self._usage:
                self._usage[use] = answer
                self._evidence[f"{use}={answer}: {place}"] = None

    def seen(self) -> RightsSeen:
        """All of it."""
        return RightsSeen(
            tdm_reservation=self._reservation,
            tdm_policy=self._policy,
            robots_tags=tuple(self._tags),
            content_usage=tuple(self._usage.items()),
            evidence=tuple(self._evidence),
        )


def _tags_for_us(value: str) -> Iterator[str]:
    """Of one X-Robots-Tag: "googlebot: noindex, nofollow" holds for another, from its name to the next name."""
    ours = True
    for part in value[:2000].split(","):
        match = _AGENT.match(part.strip())
        if match and match[1].lower() not in _WITH_VALUE:
            ours = match[1].lower() in (PRODUCT_TOKEN, "*")
            part = match[2]
        if ours:
            yield from robots_tags(part)


def _meta(body: bytes) -> Iterator[tuple[str, str]]:
    head = body[:MAX_HEAD_BYTES]
    if not _META.search(head):
        return
    root = parse_page(head)
    if root is None:
        return
    for element in root.iter("meta"):
        name, content = element.get("name"), element.get("content")
        if name and content:
            yield name.strip().lower(), content


def _tdm_rule(row: object) -> TdmRule | None:
    if not isinstance(row, dict):
        return None
    location, reservation = row.get("location"), row.get("tdm-reservation")
    if not isinstance(location, str) or not location.startswith("/") or str(reservation) not in ("0", "1"):
        return None
    policy = row.get("tdm-policy")
    named = policy if isinstance(policy, str) else None
    return TdmRule(location=location[:2000], reservation=str(reservation) == "1", policy=named)
