"""The article of an HTML page: node rules, extraction, what is recovered by evidence, line rules, and the judge."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from lxml.html import HtmlElement

from pipeline.cleaning import refusal
from pipeline.cleaning.article import Article, Cleaned, apply_rules, make_article
from pipeline.cleaning.blocks import HEADING_TAGS, Line, html_lines
from pipeline.cleaning.extraction.candidates import DECLARED, Choice, choose
from pipeline.cleaning.extraction.extractor import CUT_MARK
from pipeline.cleaning.judging.judge import LEARNED, Model, judge
from pipeline.cleaning.judging.line_features import Evidence
from pipeline.cleaning.metadata.reader import Metadata, read_metadata
from pipeline.cleaning.metadata.scan import Scan, scan_page
from pipeline.cleaning.recovery import recover
from pipeline.cleaning.rules.engine import Cuts, View, cut_lines, cut_nodes, folded_names, make_view
from pipeline.cleaning.rules.prose import trim
from pipeline.cleaning.rules.table import RULES
from pipeline.cleaning.surroundings import linked_domains, story_images
from pipeline.errors import Drop
from pipeline.records import Signals
from pipeline.text import fold
from pipeline.urls import host_of

MAX_JUDGED_LINES = 10_000
"""A page of more lines is not judged: 60,000 cost 5 s and more; a news page has some hundreds."""
MIN_VARIANT = 12
"""Letters of the shortest wording of the headline that is looked for among the lines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """A page whose lines extraction, recovery, rules and trimming have settled: what is left is the judge's."""

    host: str
    metadata: Metadata
    choice: Choice
    view: View
    cleaned: Cleaned
    evidence: Evidence


def read_html(tree: HtmlElement, url: str, trees: Model | None = None) -> Article | Drop:
    """The article of a parsed page; a Drop when it holds none. The judge is the committed one unless one is given."""
    scan = scan_page(tree)
    if stub := refusal.redirect_stub(scan):
        return stub
    page = settle(scan, url)
    cleaned, candidate = judged(page, trees)
    found = refusal.no_article(scan, url, page.evidence, cleaned.kept)
    if isinstance(found, Drop):
        return found
    choices = (page.choice.extracted, page.choice.kept, page.evidence.settled)
    article = make_article(
        page.view.lines, cleaned, page.metadata, candidate, choices=choices, forms=scan.count("form")
    )
    signals = _with_surroundings(article, scan, url, page.view.headline_at)
    return replace(article, signals=replace(signals, kind_shares=dict(found)))


def _with_surroundings(article: Article, scan: Scan, url: str, headline_at: int) -> Signals:
    kept = [article.lines[index] for index in article.cleaned.kept]
    links_out, domains = linked_domains(scan, url, kept)
    images = story_images(scan, url, kept, article.lines[headline_at] if headline_at >= 0 else None)
    return replace(article.signals, links_out=links_out, linked_domains=domains, images=images)


def settle(scan: Scan, url: str) -> Settled:
    """What becomes of a page's lines without the learned judge, and the evidence for it."""
    host = host_of(url)
    metadata = read_metadata(scan, url)
    description = fold(metadata.description or "")
    lines = html_lines(scan.elements)
    cuts, elements = cut_nodes(RULES, scan, lines, host)
    for element in elements:
        element.set(CUT_MARK, "")
    choice = choose(scan, lines, cuts.by_line.keys(), metadata)
    view = recover(_view(choice.lines, choice.kept, metadata), description, cuts)
    cleaned = apply_rules(view, host, cuts)
    kept = trim(view.lines, cleaned.kept, is_news=view.is_news, standfirst_at=view.standfirst_at)
    evidence = Evidence(
        page=scan,
        view=view,
        cut=cleaned.cuts.by_line,
        extracted=choice.extracted,
        settled=kept,
        description=description,
        metadata=metadata,
        host=host,
    )
    return Settled(
        host=host,
        metadata=metadata,
        choice=choice,
        view=view,
        cleaned=replace(cleaned, kept=kept),
        evidence=evidence,
    )


def judged(page: Settled, trees: Model | None = None) -> tuple[Cleaned, str]:
    """What the learned judge leaves of a page, and the name of the candidate with its part in it.

    A declared body that the page does not show has no lines to judge.
    """
    if page.choice.candidate == DECLARED or not 0 < len(page.view.lines) <= MAX_JUDGED_LINES:
        return page.cleaned, page.choice.candidate
    found = judge(page.view.lines, page.evidence, trees)
    cuts = page.cleaned.cuts
    cuts = Cuts(
        by_line=cuts.by_line | dict.fromkeys(found.cut, LEARNED),
        details={**cuts.details, **found.cut},
    )
    if not found.rescued:
        return replace(page.cleaned, kept=found.kept, cuts=cuts, scores=found.scores), page.choice.candidate
    # named rules come first, so they are asked about what was rescued too
    rescued = replace(page.view, kept=frozenset(found.kept), first=found.kept[0], last=found.kept[-1])
    ruled = cut_lines(RULES, rescued, page.host, cuts)
    kept = tuple(index for index in found.kept if index not in ruled.by_line or index not in found.rescued)
    return replace(page.cleaned, kept=kept, cuts=ruled, scores=found.scores), f"{page.choice.candidate}+{LEARNED}"


def _view(lines: Sequence[Line], kept: set[int], metadata: Metadata) -> View:
    provenance = metadata.provenance.get("headline")
    dissent = [claim.value for claim in provenance.dissent] if provenance else []
    wordings = [metadata.headline, metadata.alternative_headline, *dissent]
    headlines = tuple(
        dict.fromkeys(text for wording in wordings if wording and len(text := fold(wording)) >= MIN_VARIANT)
    )
    return make_view(
        lines,
        kept=frozenset(kept),
        headlines=headlines,
        headline_at=_headline_at(lines, headlines),
        authors=folded_names(author.name for author in metadata.authors),
        is_news="NewsArticle" in metadata.declared_types,
        first=min(kept, default=0),
        last=max(kept, default=-1),
    )


def _headline_at(lines: Sequence[Line], headlines: tuple[str, ...]) -> int:
    """The line that is the headline: the h1 that says so, else any heading, else the only h1."""
    same = [index for index, line in enumerate(lines) if line.folded in headlines and not line.hidden]
    for tags in (("h1",), HEADING_TAGS):
        for index in same:
            if lines[index].tag in tags:
                return index
    h1s = [index for index, line in enumerate(lines) if line.tag == "h1" and not line.hidden]
    return h1s[0] if len(h1s) == 1 else -1
