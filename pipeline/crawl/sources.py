"""The sources file: what the operator wants crawled, read and checked as a whole, each problem with its line."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from pipeline.crawl.source import Kind, Source, Unwanted, Updates
from pipeline.crawl.source_values import DEFAULTS, FIELDS, Wrong
from pipeline.errors import UsageError
from pipeline.urls import normalize_url

__all__ = [
    "Kind",
    "Problem",
    "Source",
    "Sources",
    "Unwanted",
    "Updates",
    "check_sources",
    "read_sources",
    "refuse",
]

MAX_BYTES = 4 * 1024 * 1024
POLLED = (Kind.FEED, Kind.SITEMAP, Kind.SECTION)
"""Kinds whose URLs are asked again and again; the other kinds are read once."""

MEANINGLESS = {Kind.URLS: {"interval", "limit"}, Kind.WARC: {"interval", "limit", "delay", "language", "updates"}}
"""What a source of a kind may not state itself; the file's defaults may, for the others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing wrong with a sources file."""

    file: str
    line: int
    reason: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.reason}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """All sources of a file, in its order."""

    sources: tuple[Source, ...] = ()

    def named(self, name: str) -> Source | None:
        """The source of that name."""
        return next((source for source in self.sources if source.name == name), None)


def check_sources(data: bytes, name: str) -> tuple[Sources, tuple[Problem, ...]]:
    """The sources that are right, and every problem of the file `name` in the order of its lines. Never raises."""
    if len(data) > MAX_BYTES:
        return Sources(), (Problem(file=name, line=1, reason=f"the file has more than {MAX_BYTES} bytes"),)
    try:
        root = yaml.compose(data.decode("utf-8-sig"), Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        return Sources(), (Problem(file=name, line=line, reason=f"no YAML: {error.problem or error.context}"),)
    except (yaml.YAMLError, UnicodeDecodeError, ValueError, RecursionError) as error:
        return Sources(), (Problem(file=name, line=1, reason=f"no YAML: {' '.join(str(error).split())[:200]}"),)
    reader = _Reader(name)
    reader.file(root)
    problems = sorted(reader.problems, key=lambda problem: problem.line)
    return Sources(sources=tuple(reader.sources)), tuple(problems)


def read_sources(data: bytes, name: str) -> Sources:
    """The sources of the file `name`; UsageError lists every problem with file, line and reason."""
    sources, problems = check_sources(data, name)
    refuse(problems)
    return sources


def refuse(problems: Sequence[Problem]) -> None:
    """UsageError with every problem, a line each, when there is one."""
    if problems:
        raise UsageError("\n".join(["the sources file is wrong:", *map(str, problems)]))


class _Reader:
    """Collects sources and problems."""

    def __init__(self, name: str) -> None:
        self.sources: list[Source] = []
        self.problems: list[Problem] = []
        self._file = name
        self._defaults: dict[str, Any] = {}
        self._names: dict[str, int] = {}
        self._polled: dict[str, int] = {}

    def problem(self, line: int, reason: str) -> None:
        self.problems.append(Problem(file=self._file, line=line, reason=reason))

    def file(self, root: yaml.Node | None) -> None:
        if not isinstance(root, yaml.MappingNode):
            self.problem(1, "the file must be a mapping with the key 'sources'")
            return
        keys = self._keys(root, ("sources", "defaults"), "the file")
        if "defaults" in keys:
            self._defaults = self._values(self._keys(keys["defaults"], tuple(DEFAULTS), "'defaults'"), DEFAULTS)
        rows = keys.get("sources")
        if not isinstance(rows, yaml.SequenceNode) or not rows.value:
            self.problem(rows.start_mark.line + 1 if rows else 1, "'sources' must be a list with at least one source")
            return
        for row in rows.value:
            self._row(row)

    def _row(self, row: yaml.Node) -> None:
        before, line = len(self.problems), row.start_mark.line + 1
        keys = self._keys(row, tuple(FIELDS), "a source")
        values = self._values(keys, FIELDS)
        if isinstance(row, yaml.MappingNode):
            for needed in ("name", "kind"):
                if needed not in keys:
                    self.problem(line, f"the source has no {needed!r}")
        values["urls"] = (*values.pop("url", ()), *values.get("urls", ()))
        self._check_name(values.get("name"), line)
        self._check_kind(keys, values, line)
        if len(self.problems) == before:
            self.sources.append(Source(**{**self._defaults, **values}, line=line))

    def _check_name(self, name: str | None, line: int) -> None:
        if name is None:
            return
        if name in self._names:
            self.problem(line, f"the name {name!r} is that of the source in line {self._names[name]}")
        self._names.setdefault(name, line)

    def _check_kind(self, keys: dict[str, yaml.Node], values: dict[str, Any], line: int) -> None:
        kind, urls, path = values.get("kind"), "url" in keys or "urls" in keys, "path" in keys
        if kind in POLLED and (path or not urls):
            self.problem(line, f"a source of kind '{kind}' needs 'url' or 'urls', and has no 'path'")
        if kind is Kind.URLS and path == urls:
            self.problem(line, "a source of kind 'urls' needs either 'urls' or 'path'")
        if kind is Kind.WARC and (urls or not path):
            self.problem(line, "a source of kind 'warc' needs 'path', and has no 'urls'")
        for key in keys.keys() & MEANINGLESS.get(kind, set()) if kind else ():
            self.problem(keys[key].start_mark.line + 1, f"{key!r} means nothing to a source of kind '{kind}'")
        for url in values["urls"] if kind in POLLED else ():
            known = self._polled.setdefault(normalize_url(url), line)
            if known != line:
                self.problem(line, f"{url} is already polled by the source in line {known}")

    def _values(self, keys: dict[str, yaml.Node], readers: dict[str, Callable[[yaml.Node], Any]]) -> dict[str, Any]:
        values = {}
        for key, node in keys.items():
            try:
                values[key] = readers[key](node)
            except Wrong as wrong:
                self.problem(wrong.line, f"{key!r} {wrong.reason}")
        return values

    def _keys(self, node: yaml.Node, known: tuple[str, ...], what: str) -> dict[str, yaml.Node]:
        found: dict[str, yaml.Node] = {}
        if not isinstance(node, yaml.MappingNode):
            self.problem(node.start_mark.line + 1, f"{what} must be a mapping of keys and values")
            return found
        for key, value in node.value:
            line, name = key.start_mark.line + 1, str(key.value)
            if not isinstance(key, yaml.ScalarNode) or name not in known:
                self.problem(line, f"{what} has no key {name[:60]!r}; it may have: {', '.join(known)}")
            elif name in found:
                self.problem(line, f"the key {name!r} stands twice")
            else:
                found[name] = value
        return found
