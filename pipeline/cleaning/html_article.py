"""The article of an HTML page: node rules, extraction, what is recovered by evidence, line rules."""

from collections.abc import Sequence
from dataclasses import replace

from lxml.html import HtmlElement

from pipeline.cleaning import refusal
from pipeline.cleaning.article import Article, apply_rules, make_article
from pipeline.cleaning.blocks import HEADING_TAGS, Line, html_lines
from pipeline.cleaning.candidates import choose
from pipeline.cleaning.engine import View, cut_nodes, folded_names, make_view
from pipeline.cleaning.extractor import CUT_MARK
from pipeline.cleaning.metadata import Metadata, read_metadata
from pipeline.cleaning.prose import trim
from pipeline.cleaning.recovery import recover
from pipeline.cleaning.rules import RULES
from pipeline.errors import Drop
from pipeline.text import fold
from pipeline.urls import host_of

MIN_VARIANT = 12
"""Letters of the shortest wording of the headline that is looked for among the lines."""


def read_html(tree: HtmlElement, url: str) -> Article | Drop:
    """The article of a parsed page; a Drop when it holds none."""
    if stub := refusal.redirect_stub(tree):
        return stub
    host = host_of(url)
    metadata = read_metadata(tree, url)
    lines = html_lines(tree)
    cuts, elements = cut_nodes(RULES, tree, lines, host)
    for element in elements:
        element.set(CUT_MARK, "")
    choice = choose(tree, url, lines, cuts.by_line.keys(), metadata)
    view = _view(choice.lines, choice.kept, metadata)
    view = recover(view, fold(metadata.description or ""), cuts)
    cleaned = apply_rules(view, host, cuts)
    kept = trim(view.lines, cleaned.kept, is_news=view.is_news, standfirst_at=view.standfirst_at)
    cleaned = replace(cleaned, kept=kept)
    if drop := refusal.no_article(tree, view, cleaned.kept, metadata):
        return drop
    return make_article(choice.lines, cleaned, metadata, choice.candidate, forms=sum(1 for _ in tree.iter("form")))


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
