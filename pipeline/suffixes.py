"""Public suffixes, under which names are registered ("co.uk"), as tld finds them with its copy of Mozilla's list.

tld takes 40 ms to read it, and an HTTP client to fetch a newer one; each process of the pool would wait for that.
"""

from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

PUNYCODE = "// xn--"
"""In the comment before a suffix in other scripts, its DNS name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The list. "*" stands for any label that is not listed beside it."""

    suffixes: frozenset[str]
    ends: frozenset[str]
    """The suffixes, and all that they end with."""
    exceptions: dict[str, str]
    """By end, the label that its "*" does not stand for."""


def suffix_labels(host: str) -> int:
    """How many labels of a host name, in readable characters, are its public suffix; 0 when no rule knows it."""
    rules, end, labels = _rules(), "", 0
    for count, label in enumerate(reversed(host.lower().split(".")), start=1):
        if rules.exceptions.get(end) == label:
            break
        beneath = f".{end}" if end else ""
        end = f"{label}{beneath}" if f"{label}{beneath}" in rules.ends else f"*{beneath}"
        if end not in rules.ends:
            break
        if end in rules.suffixes:
            labels = count
    return labels


@cache
def _rules() -> Rules:
    spec = find_spec("tld")
    assert spec is not None  # noqa: S101 - it is a dependency
    assert spec.origin is not None  # noqa: S101 - and a package with files
    text = (Path(spec.origin).parent / "res" / "effective_tld_names.dat.txt").read_text(encoding="utf-8")
    lines = (line.split()[1] if PUNYCODE in line else line.strip() for line in text.splitlines() if line)
    suffixes, ends, exceptions = set(), set(), {}
    for line in lines:
        if line.startswith("//"):
            continue
        end = line
        if line.startswith("!"):
            label, _, end = line[1:].partition(".")
            exceptions[end] = label
        suffixes.add(end)
        while end and end not in ends:
            ends.add(end)
            end = end.partition(".")[2]
    return Rules(suffixes=frozenset(suffixes), ends=frozenset(ends), exceptions=exceptions)


def warm() -> None:
    """Read the list now, for a process that will ask about hosts."""
    _rules()
