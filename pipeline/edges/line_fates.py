"""What cleaning did to every line of a page, with its whole text: the ledger in a record has excerpts."""

from dataclasses import dataclass

from pipeline.cleaning.blocks import line_place
from pipeline.cleaning.rules.engine import OUTSIDE_ARTICLE
from pipeline.codec import Message, read_raw_page
from pipeline.errors import Drop, Reject
from pipeline.stages.clean import read_article


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """One line of a page, and the rule that cut it; `rule` is None for a line of the body."""

    text: str
    rule: str | None
    place: str
    extracted: bool
    """The extraction took it for the article; a rule that cut it changed the body."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineFates:
    """A page's body, the extraction candidate that it comes from, and what became of each of the page's lines."""

    body: str
    candidate: str
    fates: tuple[Fate, ...]


def line_fates(message: Message) -> LineFates | None:
    """The fates of a raw page's lines; None when there is no article on it. Hidden lines are left out, as there."""
    try:
        found = read_article(read_raw_page(message))
    except Reject:
        return None
    if isinstance(found, Drop):
        return None
    _, article = found
    kept, rules = set(article.cleaned.kept), article.cleaned.cuts.by_line
    fates = []
    for index, line in enumerate(article.lines):
        if index in kept or index in rules or not line.hidden:
            rule = None if index in kept else rules.get(index, OUTSIDE_ARTICLE)
            extracted = index in article.cleaned.extracted
            fates.append(Fate(text=line.text, rule=rule, place=line_place(line), extracted=extracted))
    return LineFates(body=article.body.text, candidate=article.candidate, fates=tuple(fates))
