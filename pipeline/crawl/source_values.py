"""The values of a sources file: each reader takes a YAML node and gives the value, or says what is wrong with it."""

import math
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import yaml

from pipeline.crawl.source import Kind, Updates
from pipeline.errors import Reject
from pipeline.urls import dns_name, normalize_url

MAX_SECONDS = 366 * 24 * 3600.0
MAX_LIMIT = 10_000_000
UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 7 * 86400.0}

_DURATION = re.compile(r"(?:\d+(?:\.\d+)?(?:ms|[smhdw]))+")
_DURATION_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|[smhdw])")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*")
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,79}")
_HOST = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*")


class Wrong(Exception):
    """What is wrong with one value, and where."""

    def __init__(self, node: yaml.Node, reason: str) -> None:
        super().__init__(reason)
        self.line = node.start_mark.line + 1
        self.reason = reason


def _text(node: yaml.Node) -> str:
    if not isinstance(node, yaml.ScalarNode) or node.tag != "tag:yaml.org,2002:str" or not node.value.strip():
        raise Wrong(node, "must be a text (in quotes if it looks like a number, a date or yes and no)")
    return str(node.value).strip()


def _texts(node: yaml.Node) -> tuple[tuple[yaml.Node, str], ...]:
    nodes = node.value if isinstance(node, yaml.SequenceNode) else [node]
    return tuple((each, _text(each)) for each in nodes)


def _name(node: yaml.Node) -> str:
    text = _text(node)
    if not _NAME.fullmatch(text):
        raise Wrong(node, f"is {text!r}: lower-case letters, digits, '.', '_' and '-', at most 80 of them")
    return text


def _kind(node: yaml.Node) -> Kind:
    text = _text(node)
    if text not in list(Kind):
        raise Wrong(node, f"is {text!r}: must be one of {', '.join(Kind)}")
    return Kind(text)


def _urls(node: yaml.Node) -> tuple[str, ...]:
    urls = []
    for each, text in _texts(node):
        try:
            normalize_url(text)  # its normal form is its key
            urls.append(text)
        except Reject as reject:
            raise Wrong(each, f"is wrong: {reject}") from reject
        if "@" in urlsplit(text).netloc:
            raise Wrong(each, "has a user name or password, which would be sent to whoever asks")
    return tuple(urls)


def _language(node: yaml.Node) -> str:
    if isinstance(node, yaml.ScalarNode) and node.value == "no":  # YAML 1.1 reads Norwegian as false
        return "no"
    text = _text(node)
    if not _LANGUAGE.fullmatch(text):
        raise Wrong(node, f"is {text!r}: must be a language tag such as en or pt-BR")
    return text


def _patterns(node: yaml.Node) -> tuple[re.Pattern[str], ...]:
    patterns = []
    for each, text in _texts(node):
        try:
            patterns.append(re.compile(text))
        except (re.error, RecursionError, OverflowError) as error:
            raise Wrong(each, f"has a wrong regular expression {text!r}: {error}") from error
    return tuple(patterns)


def _hosts(node: yaml.Node) -> tuple[str, ...]:
    hosts = []
    for each, text in _texts(node):
        host = dns_name(text)
        if not _HOST.fullmatch(host):
            raise Wrong(each, f"has {text!r}: must be a host name such as news.example")
        hosts.append(host)
    return tuple(hosts)


def _number(node: yaml.Node, text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise Wrong(node, f"is {text[:60]!r}: must be a number")
    return number


def _duration(node: yaml.Node) -> float:
    text = str(node.value).strip() if isinstance(node, yaml.ScalarNode) else ""
    if _DURATION.fullmatch(text):
        seconds = sum(float(number) * UNITS[unit] for number, unit in _DURATION_PART.findall(text))
    elif re.fullmatch(r"\d+(\.\d+)?", text):
        seconds = float(text)
    else:
        raise Wrong(node, f"is {text[:60]!r}: must be seconds, or a time such as 90s, 15m, 2h or 1d")
    if not 0 < seconds <= MAX_SECONDS:
        raise Wrong(node, f"is {text[:60]!r}: must be more than nothing and at most a year")
    return seconds


def _limit(node: yaml.Node) -> int:
    text = str(node.value).strip() if isinstance(node, yaml.ScalarNode) else ""
    if not (text.isascii() and text.isdigit() and 0 < int(text[:10]) <= MAX_LIMIT):
        raise Wrong(node, f"is {text[:60]!r}: must be a whole number of pages from 1 to {MAX_LIMIT}")
    return int(text)


def _growth(node: yaml.Node) -> float:
    growth = _number(node, str(node.value))
    if not 1 <= growth <= 100:
        raise Wrong(node, f"is {node.value!r}: must be a number from 1 to 100")
    return growth


def _updates(node: yaml.Node) -> Updates:
    if not isinstance(node, yaml.MappingNode):
        return Updates(window=_duration(node))
    readers = {"window": _duration, "first": _duration, "growth": _growth}
    values: dict[str, float] = {}
    for key, value in node.value:
        if key.value not in readers:
            raise Wrong(key, f"has no key {str(key.value)[:60]!r}; it may have: {', '.join(readers)}")
        values[key.value] = readers[key.value](value)
    if "window" not in values:
        raise Wrong(node, "needs 'window': how long after its first fetch an article is looked at again")
    return Updates(**values)


DEFAULTS: dict[str, Callable[[yaml.Node], Any]] = {
    "language": _language,
    "interval": _duration,
    "include": _patterns,
    "exclude": _patterns,
    "delay": _duration,
    "updates": _updates,
    "limit": _limit,
}
"""What may stand under `defaults`, for all sources that do not state it themselves."""

FIELDS: dict[str, Callable[[yaml.Node], Any]] = {
    "name": _name,
    "kind": _kind,
    "url": _urls,
    "urls": _urls,
    "path": _text,
    "hosts": _hosts,
    **DEFAULTS,
}
