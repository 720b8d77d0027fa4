"""The entries of a feed whose syntax is beyond mending, found as text: one entry after another, field by field.

An XML parser takes a stray `</p>` for the end of the entry, and the link after it is lost. Here only strings are
searched, in linear time.
"""

import re
from collections.abc import Mapping
from html import unescape
from itertools import pairwise

MAX_FIELD = 16 * 1024
MAX_TAG = 2048

_ENTRY_START = re.compile(r"<(?:item|entry)(?=[\s>])", re.IGNORECASE)
_HREF = re.compile(r"\bhref\s*=\s*[\"']?([^\"'\s<>]+)", re.IGNORECASE)
_OTHER_RELATION = re.compile(r"\brel\s*=\s*[\"']?(?!alternate\b)\w", re.IGNORECASE)
_NO_PERMALINK = re.compile(r"\bispermalink\s*=\s*[\"']?false", re.IGNORECASE)
_PREFIXES = ("", "dc:", "atom:", "feedburner:")


def salvage(text: str, names: Mapping[str, str], limit: int) -> list[dict[str, str]]:
    """The fields of at most `limit` entries. `names` says what each element is called here: "pubdate": "published"."""
    bounds = [*(match.start() for match in _ENTRY_START.finditer(text)), len(text)]
    return [_fields(text[start:end], names) for start, end in pairwise(bounds[: limit + 1])]


def _fields(entry: str, names: Mapping[str, str]) -> dict[str, str]:
    lower = entry.lower() if entry.isascii() else entry.translate(_LOWER)  # of the same length, for the offsets
    fields: dict[str, str] = {}
    for element, name in names.items():
        for prefix in _PREFIXES:
            if value := _value(entry, lower, prefix + element):
                fields.setdefault(name, value)
    return fields


def _value(entry: str, lower: str, element: str) -> str | None:
    start = lower.find(f"<{element}")
    after = start + len(element) + 1
    close = lower.find(">", start)
    if start < 0 or close < 0 or lower[after] not in " \t\r\n>/":
        return None
    tag = entry[start : min(close, start + MAX_TAG)]
    if _NO_PERMALINK.search(tag):
        return None
    if href := _HREF.search(tag):
        return None if _OTHER_RELATION.search(tag) else unescape(href[1])
    end = lower.find(f"</{element}", close)
    value = entry[close + 1 : end if end >= 0 else lower.find("<", close)][:MAX_FIELD].strip()
    return value.removeprefix("<![CDATA[").removesuffix("]]>").strip() or None


_LOWER = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}
