"""The operator's own list of names: what of it a text mentions, word by word, the longest name first.

One automaton over all names (Aho-Corasick), so that a million of them cost no more per text than ten.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from typing import Any
from unicodedata import normalize

from pipeline.errors import UsageError
from pipeline.records import MentionType

MIN_NAME, MAX_NAME = 2, 200
"""Characters. A letter alone names nobody."""

COLUMNS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One name, what bears it, and by which identifier that is known, such as "Q64"."""

    name: str
    type: MentionType
    id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A name in a text, from `start` (inclusive) to `end` (exclusive)."""

    entry: Entry
    start: int
    end: int


class Gazetteer:
    """Entries with their automaton. Names are compared letter by letter, case included: "Turkey" is no bird."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        from ahocorasick_rs import AhoCorasick  # here: only who has a gazetteer needs it

        self._entries = tuple(entries)
        names = [entry.name for entry in self._entries]
        self._automaton: Any = AhoCorasick(names)
        self.version = blake2b(repr(self._entries).encode(), digest_size=4).hexdigest()

    def __len__(self) -> int:
        return len(self._entries)

    def find(self, text: str) -> list[Found]:
        """The names in a text, none inside a word; of overlapping ones the first, then the longest."""
        matches = self._automaton.find_matches_as_indexes(text, overlapping=True)
        bounded = [(start, -end, index) for index, start, end in matches if _is_bounded(text, start, end)]
        found: list[Found] = []
        at = 0
        for start, end, index in sorted(bounded):
            if start >= at:
                found.append(Found(entry=self._entries[index], start=start, end=-end))
                at = -end
        return found


def _is_bounded(text: str, start: int, end: int) -> bool:
    """Whether no word goes on across either end. Between characters of scripts without spaces it always is."""
    return not (_joins(text[start - 1 : start], text[start]) or _joins(text[end - 1], text[end : end + 1]))


def _joins(before: str, after: str) -> bool:
    return before.isalnum() and after.isalnum() and not (_stands_alone(before) or _stands_alone(after))


def _stands_alone(character: str) -> bool:
    """Whether it is of a script without spaces, or Korean, whose particles follow a name without one."""
    return _spaceless().match(character) is not None


@cache
def _spaceless() -> re.Pattern[str]:  # made when a gazetteer asks: such classes take Python 2 ms
    return re.compile(
        "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u9fff\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003ffff]"
    )


def read_entries(lines: Iterable[str], name: str) -> Iterator[Entry]:
    """The entries of a file: lines of "name TAB type [TAB id]", or JSON objects with these keys; # begins a comment.

    UsageError names file and line of what cannot be read.
    """
    seen: dict[str, tuple[int, Entry]] = {}
    for number, raw in enumerate(lines, 1):
        line = raw.strip("\r\n")
        if line.strip() and not line.startswith("#"):
            try:
                entry = _entry(*(_from_json(line) if line.startswith("{") else _from_tsv(line)))
            except ValueError as error:
                raise UsageError(f"{name}:{number}: {error}") from None
            before, known = seen.setdefault(entry.name, (number, entry))
            if known != entry:
                raise UsageError(f"{name}:{number}: {entry.name!r} stands in line {before} as something else")
            if before == number:
                yield entry


def _from_tsv(line: str) -> tuple[Any, Any, Any]:
    cells = [cell.strip() for cell in line.split("\t")]
    if not 2 <= len(cells) <= COLUMNS:
        raise ValueError(f"{len(cells)} columns; it needs name, type and perhaps id, with tabs between them")
    return cells[0], cells[1], cells[2] if len(cells) == COLUMNS else None


def _from_json(line: str) -> tuple[Any, Any, Any]:
    try:
        row = json.loads(line)
    except ValueError as error:
        raise ValueError(f"no JSON object: {error}") from None
    if unknown := sorted(row.keys() - {"name", "type", "id"}):
        raise ValueError(f"unknown keys: {', '.join(unknown)}; there are name, type and id")
    return row.get("name"), row.get("type"), row.get("id")


def _entry(name: Any, kind: Any, identifier: Any) -> Entry:
    if not isinstance(name, str) or not MIN_NAME <= len(name := normalize("NFC", name.strip())) <= MAX_NAME:
        raise ValueError(f"the name {name!r} must be a text of {MIN_NAME} to {MAX_NAME} characters")
    if kind not in list(MentionType):
        raise ValueError(f"the type {kind!r} must be one of {', '.join(MentionType)}")
    if identifier is not None and not isinstance(identifier, str):
        raise ValueError(f"the id {identifier!r} must be a text")
    return Entry(name=name, type=MentionType(kind), id=identifier or None)


_installed: Gazetteer | None = None


def install(gazetteer: Gazetteer | None) -> None:
    """Make it the one that this process annotates with; the shell calls this once, before the first page."""
    global _installed
    _installed = gazetteer


def installed() -> Gazetteer | None:
    """The gazetteer of this process."""
    return _installed
