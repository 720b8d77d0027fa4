"""One reading of an article that its enrichers share: its language, sentences and words."""

import re
from collections import Counter
from dataclasses import dataclass
from itertools import chain

from pipeline.enrichment.language import detect_language
from pipeline.enrichment.once import once
from pipeline.enrichment.sentences import Span, all_spans
from pipeline.records import BlockKind, CleanArticle, Language
from pipeline.text import MARKS, count_words, on_demand

MAX_CHARACTERS = 8000
"""Of the body that is read for keywords, mentions and summary: what a story is about stands before."""

_LETTERS = rf"[^\W_](?:[^\W_]|[{MARKS}])*"
_BREAKS = r"[,;:()\[\]—–\"“”„«»/|!?…]"
_TOKEN = re.compile(rf"[^\W_]+(?:[.'’\-][^\W_]+)*|{_BREAKS}")
_MARKED_TOKEN = on_demand(rf"{_LETTERS}(?:[.'’\-]{_LETTERS})*|{_BREAKS}")
_MARK = re.compile(rf"[{MARKS}]")
_PROSE = (BlockKind.PARAGRAPH, BlockKind.QUOTE, BlockKind.LIST_ITEM)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)  # by identity: there is one for each article
class Reading:
    """The body with its prose in sentences, and each of those in words. Headings, captions and tables are no prose."""

    headline: str
    body: str
    language: Language
    tag: str
    """The language without script and region."""
    paragraphs: tuple[Span, ...]
    sentences: tuple[Span, ...]
    units: tuple[Span, ...]
    """The sentences, or paragraphs where those are not marked, among the first `MAX_CHARACTERS`."""
    tokens: tuple[list[str], ...]
    """Words of each unit, and the punctuation that no phrase reaches across."""
    counts: Counter[str]
    """How often each of those stands, in the order in which they first do."""


@once
def read(article: CleanArticle) -> Reading:
    """The reading of an article; asked for again by the next enricher, it is the same."""
    headline, body = article.headline or "", article.article_body
    language = detect_language(headline, body, article.declared_language)
    tag = language.tag.partition("-")[0]
    paragraphs = tuple((block.start, block.end) for block in article.blocks if block.kind in _PROSE) or (
        (0, len(body)),
    )
    sentences = tuple(all_spans(body, paragraphs, tag))
    units = tuple(span for span in sentences or paragraphs if span[1] <= MAX_CHARACTERS)
    token = _MARKED_TOKEN() if _MARK.search(body[:MAX_CHARACTERS]) else _TOKEN  # the one is twice as fast
    tokens = tuple([token.findall(body, *span) for span in units])
    return Reading(
        headline=headline,
        body=body,
        language=language,
        tag=tag,
        paragraphs=paragraphs,
        sentences=sentences,
        units=units,
        tokens=tokens,
        counts=Counter(chain.from_iterable(tokens)),
    )


@once
def word_count(article: CleanArticle) -> int:
    """Words of the body."""
    return count_words(article.article_body)


def places_of(text: str, name: str) -> list[int]:
    """Where a name stands in the text as words of its own."""
    found: list[int] = []
    at = text.find(name)
    while at >= 0:
        end = at + len(name)
        if not (text[at - 1 : at].isalnum() or text[end : end + 1].isalnum()):
            found.append(at)
        at = text.find(name, end)
    return found
