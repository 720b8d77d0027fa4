"""`newsflow rules`: each cleaning rule with its hits, and on gold pages the story that it cut with the boilerplate."""

import multiprocessing
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

from pipeline.cleaning.judging.judge import LEARNED
from pipeline.cleaning.rules.engine import OUTSIDE_ARTICLE
from pipeline.cleaning.rules.table import RULES
from pipeline.edges.gold import TRUTH_NAME, GoldSet, open_gold
from pipeline.edges.inputs import Input, open_inputs
from pipeline.edges.line_fates import line_fates
from pipeline.edges.progress import progress
from pipeline.errors import Failure, UsageError
from pipeline.scoring import Passages
from pipeline.text import excerpt

MIN_PRECISION = 0.5
"""Below it a rule cuts more story than boilerplate."""
MIN_JUDGED = 200
"""Characters from which on a precision says something: a rule that cut one by-line is not judged by it."""
EXCERPT_CHARACTERS = 100
CHUNK = 8
LEFT_OUT = "what the extraction left out, without a rule"
JUDGED = "what the learned judge took out of the body; each entry of the ledger has its score and reasons"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """Neighbouring lines that one rule cut on one page."""

    rule: str
    length: int
    story: int
    """Characters of it that stand in the truth and are lost with it."""
    body: int
    """Characters of it that the extraction had taken for the article."""
    body_story: int
    """Characters that are both."""
    page: str
    """Name of the page."""
    excerpt: str
    """Its line with the most story."""


@dataclass(slots=True, kw_only=True)
class Tally:
    """A rule's cuts on all pages. `judged` counts the characters cut on pages that have a truth."""

    pages: int = 0
    cuts: int = 0
    length: int = 0
    body: int = 0
    judged: int = 0
    story: int = 0
    judged_body: int = 0
    body_story: int = 0
    wrong: list[Cut] = field(default_factory=list)
    """The cuts that took story."""

    @property
    def precision(self) -> float | None:
        """Share of the cut characters that are boilerplate; None where no page tells."""
        return 1 - self.story / self.judged if self.judged else None

    @property
    def is_harmful(self) -> bool:
        """Whether it cuts more story than boilerplate."""
        parts = ((self.judged, self.precision), (self.judged_body, self.body_precision))
        return any(part >= MIN_JUDGED and (precision or 0.0) < MIN_PRECISION for part, precision in parts)

    @property
    def body_precision(self) -> float | None:
        """The same of what the rule took from the body: of its cuts, those that changed the record's text."""
        return 1 - self.body_story / self.judged_body if self.judged_body else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The tallies of all rules, by name, and of how many pages they are."""

    pages: int
    without_article: int
    tallies: dict[str, Tally] = field(default_factory=dict)

    def harmful(self) -> list[str]:
        """The rules that cut more story than boilerplate, on the whole or of what the extraction had kept."""
        return [name for name, tally in self.tallies.items() if name != OUTSIDE_ARTICLE and tally.is_harmful]


Page = tuple[Input, str | None]
"""A raw page and its truth."""


def report_rules(folders: Sequence[Path], processes: int) -> Report:
    """Run the cleaning over gold sets, or folders of them, or over any pages; without a folder, over the seeds."""
    pages = [page for folder in folders or [seeds()] for page in _pages(folder)]
    report = Report(pages=len(pages), without_article=0, tallies={name: Tally() for name in names()})
    empty = 0
    for (_, truth), cuts in zip(pages, _cut_all(pages, processes), strict=True):
        if cuts is None:
            empty += 1
        else:
            _count(report.tallies, cuts, judged=truth is not None)
    return Report(pages=len(pages), without_article=empty, tallies=report.tallies)


def names() -> list[str]:
    """The rules in the order of their table, and what no rule cut."""
    return [*(rule.name for rule in RULES), OUTSIDE_ARTICLE]


def seeds() -> Path:
    """The seed articles, in a checkout or in the installed package."""
    package = Path(__file__).parents[1]
    return next((path for path in (package.parent / "seeds", package / "data/seeds") if path.is_dir()), package) / (
        "articles"
    )


def _pages(folder: Path) -> list[Page]:
    if (folder / TRUTH_NAME).is_file():
        return _gold_pages(open_gold(folder))
    if sets := [open_gold(path.parent) for path in sorted(folder.glob(f"*/{TRUTH_NAME}"))]:
        # of a folder of sets those that can tell story from boilerplate; the others only when they are named
        judging = [gold for gold in sets if any(truth.text for truth in gold.truths)]
        return [page for gold in judging or sets for page in _gold_pages(gold)]
    if not folder.is_dir():
        raise UsageError(f"{folder}: no such folder; name gold sets, or folders of pages")
    return [(item, None) for item in open_inputs([folder], say=lambda _: None)]


def _gold_pages(gold: GoldSet) -> list[Page]:
    texts = {truth.id: truth.text for truth in gold.truths}
    return [(item, texts.get(item.name)) for item in gold.inputs]


def _cut_all(pages: Sequence[Page], processes: int) -> Iterator[list[Cut] | None]:
    """The cuts on each page, in order, None where there is no article."""
    context = multiprocessing.get_context("spawn")
    try:
        with (
            ProcessPoolExecutor(min(processes, len(pages)), mp_context=context) as pool,
            progress("rules", len(pages)) as advance,
        ):
            for done, cuts in enumerate(pool.map(cuts_of, pages, chunksize=CHUNK), start=1):
                advance(done)
                yield cuts
    except BrokenProcessPool as error:
        raise Failure(
            "a process that cleaned a page died; `newsflow process` on the same folder names the page"
        ) from error


def cuts_of(page: Page) -> list[Cut] | None:
    """What the rules cut on a page, judged by its truth."""
    item, truth = page
    found = line_fates(item.message)
    if found is None:
        return None
    lost = Passages(truth, found.body) if truth is not None else None
    cuts = []
    for rule, group in groupby(found.fates, key=lambda fate: fate.rule):
        if rule is not None:
            fates = list(group)
            story = [lost.length_in(fate.text) if lost else 0 for fate in fates]
            worst = max(range(len(fates)), key=story.__getitem__)
            cuts.append(
                Cut(
                    rule=rule,
                    length=sum(len(fate.text) for fate in fates),
                    story=sum(story),
                    body=sum(len(fate.text) for fate in fates if fate.extracted),
                    body_story=sum(part for part, fate in zip(story, fates, strict=True) if fate.extracted),
                    page=item.name,
                    excerpt=excerpt(fates[worst].text, EXCERPT_CHARACTERS),
                )
            )
    return cuts


def _count(tallies: dict[str, Tally], cuts: Iterable[Cut], *, judged: bool) -> None:
    seen = set()
    for cut in cuts:
        tally = tallies.setdefault(cut.rule, Tally())
        tally.pages += cut.rule not in seen
        seen.add(cut.rule)
        tally.cuts += 1
        tally.length += cut.length
        tally.body += cut.body
        if judged:
            tally.judged += cut.length
            tally.story += cut.story
            tally.judged_body += cut.body
            tally.body_story += cut.body_story
        if cut.story:
            tally.wrong.append(cut)


def shown(report: Report, *, worst: int) -> Iterator[str]:
    """The report as a table, each rule with its reason, and with the `worst` cuts that took the most story.

    `of body`: what the extraction had taken for the article. `story`: what stands in the truth and is lost.
    """
    yield f"{report.pages} pages, {report.without_article} of them without an article"
    counts = f"{'pages':>7}{'cuts':>7}{'characters':>12}{'story':>9}{'precision':>11}"
    yield f"{'rule':<18}{counts}{'of body':>10}{'story':>9}{'precision':>11}  why"
    reasons = {LEARNED: JUDGED} | {rule.name: rule.why for rule in RULES}
    for name, tally in report.tallies.items():
        counts = f"{tally.pages:>7}{tally.cuts:>7}{tally.length:>12}{_judged(tally.story, tally.precision)}"
        body = f"{tally.body:>10}{_judged(tally.body_story, tally.body_precision)}"
        yield f"{name:<18}{counts}{body}  {reasons.get(name, LEFT_OUT)}"
        for cut in sorted(tally.wrong, key=lambda cut: -cut.story)[:worst]:
            yield f"{'':<18}  {cut.story} characters of story in {cut.page}: {cut.excerpt}"


def _judged(story: int, precision: float | None) -> str:
    return f"{'-':>9}{'-':>11}" if precision is None else f"{story:>9}{precision:>11.3f}"
