"""What can be counted in an article: sentences, reading time, readability, quotations."""

import re

from pipeline.enrichment.readability import readability
from pipeline.enrichment.reading import Reading, word_count
from pipeline.enrichment.sentences import UNMARKED
from pipeline.records import BlockKind, CleanArticle, TextFacts
from pipeline.text import count_words

WORDS_PER_MINUTE = 238
"""Silent reading of non-fiction in English: Brysbaert's mean of 190 studies (2019)."""
CHARACTERS_PER_MINUTE = {"zh": 255, "yue": 255, "ja": 357}
"""Trauzettel-Klosinski and Dietz (2012), where a word is a character."""
MIN_QUOTED_WORDS = 3
"""Between quotation marks; less is a term or a title."""
MAX_QUOTED = 1500
"""Characters: a mark that is never closed quotes nothing."""

_MARKS = {"“": "”", "„": "“”", "«": "»", "»": "«", "「": "」", "『": "』", '"': '"', "”": "”"}
"""Opening mark and what closes it. Of French and of inverted German marks, and of Swedish ones, the text has either."""
_QUOTED = {
    mark: re.compile(rf"{mark}(?<!\w{mark})([^{mark}{ends}\n]{{1,{MAX_QUOTED}}})[{ends}]")
    for mark, ends in _MARKS.items()
}


def text_facts(article: CleanArticle, reading: Reading) -> TextFacts:
    """The facts of the text, beside the links and pictures that the page has in it."""
    words = word_count(article)
    return TextFacts(
        sentences=None if reading.tag in UNMARKED else len(reading.sentences),
        reading_seconds=round(60 * words / CHARACTERS_PER_MINUTE.get(reading.tag, WORDS_PER_MINUTE)),
        readability=readability(_prose(reading), len(reading.sentences), reading.tag),
        quotations=count_quotations(article),
        links_out=article.signals.links_out,
        linked_domains=article.signals.linked_domains,
        images=article.signals.images,
    )


def _prose(reading: Reading) -> str:
    return "\n".join([reading.body[start:end] for start, end in reading.paragraphs])


def count_quotations(article: CleanArticle) -> int:
    """Quoted passages: in quotation marks, or set apart as a block without them."""
    body = article.article_body
    marked = _marked(body)
    blocks = [block for block in article.blocks if block.kind is BlockKind.QUOTE]
    apart = [block for block in blocks if not any(block.start <= start < block.end for start in marked)]
    return len(marked) + len(apart)


def _marked(body: str) -> list[int]:
    """Where the passages in quotation marks begin. A stretch between two of them is none, though it looks like one."""
    found: list[tuple[int, int]] = []
    for mark, pattern in _QUOTED.items():
        if mark in body:
            for match in pattern.finditer(body):
                inside = any(start < match.end() and match.start() < end for start, end in found)
                if not inside and _is_quotation(match[1]):
                    found.append(match.span())
    return [start for start, _ in found]


def _is_quotation(text: str) -> bool:
    return text.count(" ") + 1 >= MIN_QUOTED_WORDS or (not text.isascii() and count_words(text) >= 2 * MIN_QUOTED_WORDS)
