"""Applies the rule table to a page's lines, and writes the ledger of what was cut.

A rule sees lines and says which ones it takes; the engine does the rest: the order of the table, hosts, and the
guard that no rule takes more than its share of the page.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from lxml.html import HtmlElement

from pipeline.cleaning.blocks import Line, line_place, visible_length
from pipeline.cleaning.metadata.scan import Scan
from pipeline.cleaning.rules.signs import Signs
from pipeline.records import Removed
from pipeline.text import excerpt, fold

OUTSIDE_ARTICLE = "outside_article"
"""What the ledger calls a line that no rule cut and the extractor left out."""
MAX_EXCERPT = 200
MAX_ENTRIES = 400
"""Ledger entries of one page; one more then sums up the rest of it. The most of 815 real pages was 254."""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What a rule may look at: the page's lines, and what is known of the page already."""

    lines: Sequence[Line]
    hits: Sequence[Mapping[str, str]]
    """For each line, the phrases it begins with, by kind."""
    kept: frozenset[int] = frozenset()
    """The lines that the extractor takes for the article."""
    headlines: tuple[str, ...] = ()
    """The headline and its variants, folded."""
    headline_at: int = -1
    """The line that is the page's headline; -1 when none is."""
    authors: tuple[str, ...] = ()
    """Names of the authors, folded."""
    is_news: bool = False
    """The page declares itself a NewsArticle."""
    standfirst_at: int = -1
    """The line that is the standfirst, when the page's description proves it; -1 when none is."""
    first: int = 0
    last: int = -1
    """The first and the last line of the article, as far as it is known."""
    kept_length: int = 0
    """Characters of the lines that the extractor takes."""
    signs: Signs


Match = Callable[[View, int], int]
"""How many lines a rule takes, beginning with this one; 0 when it does not match."""

Detail = Callable[[View, int], str | None]
"""What a rule found out from the line it takes: it stands in the ledger, and the stage may use it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One row of the rule table. It matches elements by their names, or lines by `match`, or both."""

    name: str
    why: str
    classes: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    """Of the elements that it takes whole."""
    match: Match | None = None
    detail: Detail | None = None
    phrases: frozenset[str] = frozenset()
    """Kinds of phrases with one of which its lines begin."""
    among: Callable[[View], Iterable[int]] | None = None
    """Where no phrase tells them, among which lines of a page its lines stand; without either it is asked of all."""
    hosts: tuple[str, ...] = ()
    """Hosts, with their subdomains, to which the rule is confined; empty: everywhere."""
    max_share: float = 0.2
    """The largest part of the page's visible text that one run of the rule may take."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cuts:
    """Which rule took which line, and what rules found out on the way."""

    by_line: dict[int, str] = field(default_factory=dict)
    details: dict[int, str] = field(default_factory=dict)


def make_view(lines: Sequence[Line], kept: frozenset[int], **known: object) -> View:
    """A view of the lines, with the phrases looked up once for all rules."""
    signs = Signs(lines)
    length = sum(map(signs.lengths.__getitem__, kept))
    return View(lines=lines, hits=signs.hits, signs=signs, kept=kept, kept_length=length, **known)  # type: ignore[arg-type]


def applies(rule: Rule, host: str) -> bool:
    """Whether the rule holds for pages of this host."""
    return not rule.hosts or any(host == each or host.endswith("." + each) for each in rule.hosts)


def cut_nodes(rules: Iterable[Rule], scan: Scan, lines: Sequence[Line], host: str) -> tuple[Cuts, list[HtmlElement]]:
    """The lines that node rules cut, and the elements around them."""
    owners: dict[int, Rule] = {}
    for rule in rules:
        # few pages have any of the names: only there every element is asked
        if any(name in scan.words for name in (*rule.classes, *rule.ids)) and applies(rule, host):
            for at in _named(scan, rule):
                owners.setdefault(at, rule)
    if not owners:
        return Cuts(), []
    below: dict[int, list[int]] = {}
    for index, line in enumerate(lines):
        owner = next((at for at in scan.elements.above(line.at) if at in owners), None)
        if owner is not None:
            below.setdefault(owner, []).append(index)
    cuts, cut, total = Cuts(), [], visible_length(lines)
    for owner, indices in below.items():
        if sum(len(lines[index].text) for index in indices) <= owners[owner].max_share * total:
            cut.append(owner)
            cuts.by_line.update(dict.fromkeys(indices, owners[owner].name))
    return cuts, scan.elements.of(cut)


def _named(scan: Scan, rule: Rule) -> list[int]:
    """The elements with one of the rule's classes or ids."""
    ids, classes = frozenset(rule.ids), frozenset(rule.classes)
    named = {names for names in scan.names if not classes.isdisjoint(names.split())} if classes else frozenset()
    stated = enumerate(zip(scan.classes, scan.ids, strict=True))
    return [at for at, (names, identity) in stated if identity in ids or names in named]


def cut_lines(rules: Iterable[Rule], view: View, host: str, before: Cuts) -> Cuts:
    """The lines that are cut already and those that line rules cut; the first rule of the table that matches wins."""
    by_line, details = dict(before.by_line), dict(before.details)
    asked: dict[int, list[tuple[Rule, Match]]] = {}
    for rule in rules:
        if rule.match is not None and applies(rule, host):
            for index in _may_take(rule, view):
                if index not in by_line:
                    asked.setdefault(index, []).append((rule, rule.match))
    total, lengths = view.signs.visible_length, view.signs.lengths
    spent: dict[str, int] = {}
    end = 0
    for index in sorted(asked):
        if index < end:
            continue
        for rule, match in asked[index]:
            taken = match(view, index)
            if not taken:
                continue
            length = sum(lengths[index : index + taken])
            if spent.get(rule.name, 0) + length <= rule.max_share * total:
                spent[rule.name] = spent.get(rule.name, 0) + length
                end = min(index + taken, len(lengths))
                for each in range(index, end):
                    by_line.setdefault(each, rule.name)
                if rule.detail is not None and (detail := rule.detail(view, index)):
                    details[index] = detail
                break
    return Cuts(by_line=by_line, details=details)


def _may_take(rule: Rule, view: View) -> Iterable[int]:
    if rule.phrases:
        return view.signs.with_phrase(*rule.phrases)
    return range(len(view.lines)) if rule.among is None else rule.among(view)


def write_ledger(lines: Sequence[Line], kept: Iterable[int], cuts: Cuts) -> tuple[Removed, ...]:
    """Every visible line that is not in the body, by the rule that took it.

    Neighbours of one rule are one entry, as long as its excerpt names them all; what the extractor left out is merged
    without that limit, for it is most of a page.
    """
    body = set(kept)
    groups: list[tuple[str, list[int]]] = []
    previous, room = -2, 0
    for index, line in enumerate(lines):
        if index in body or (line.hidden and index not in cuts.by_line):
            continue
        rule = cuts.by_line.get(index, OUTSIDE_ARTICLE)
        fits = rule == OUTSIDE_ARTICLE or (room >= len(line.text) and index not in cuts.details)
        if len(groups) >= MAX_ENTRIES:
            if len(groups) == MAX_ENTRIES:
                groups.append((OUTSIDE_ARTICLE, []))
            groups[-1][1].append(index)
        elif groups and groups[-1][0] == rule and fits and body.isdisjoint(range(previous + 1, index)):
            groups[-1][1].append(index)
            room -= len(line.text) + 1
        else:
            groups.append((rule, [index]))
            room = MAX_EXCERPT - len(line.text) - 1
        previous = index
    return tuple(_entry(lines, rule, indices, cuts) for rule, indices in groups)


def _entry(lines: Sequence[Line], rule: str, indices: list[int], cuts: Cuts) -> Removed:
    return Removed(
        rule=rule,
        excerpt=excerpt(" ".join([lines[index].text[:MAX_EXCERPT] for index in indices[:20]]), MAX_EXCERPT),
        length=sum([len(lines[index].text) for index in indices]),
        place=line_place(lines[indices[0]]),
        detail=cuts.details.get(indices[0]),
    )


def folded_names(names: Iterable[str]) -> tuple[str, ...]:
    """Names as `View` holds them."""
    return tuple(name for name in map(fold, names) if name)
