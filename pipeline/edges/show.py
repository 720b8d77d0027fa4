"""Enriched records for a person or for another tool: pretty, JSON, schema.org JSON-LD, IPTC ninjs."""

import sys
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import aclosing

import orjson

from pipeline.edges.subscriber import Delivery
from pipeline.exports import to_jsonld, to_ninjs
from pipeline.records import EnrichedArticle, Removed
from pipeline.text import collapse, excerpt

EXCERPT_CHARACTERS = 160
READ_CHARACTERS = 4 * EXCERPT_CHARACTERS
"""Of a body, for its excerpt: paragraphs are split by two characters, and words by one."""


async def print_records(deliveries: AsyncGenerator[Delivery, None], *, form: str) -> None:
    """Write records to stdout, one a line (`pretty`: a paragraph), as long as they come."""
    async with aclosing(deliveries) as stream:
        async for delivery in stream:
            sys.stdout.buffer.write(_formatted(delivery, form))
            sys.stdout.buffer.flush()


def _formatted(delivery: Delivery, form: str) -> bytes:
    article = delivery.article
    if form == "pretty":
        return (pretty(article) + "\n\n").encode("utf-8", "replace")
    if form == "json":
        return (delivery.message.value or b"") + b"\n"
    plain = to_jsonld(article) if form == "jsonld" else to_ninjs(article)
    return orjson.dumps(plain, option=orjson.OPT_APPEND_NEWLINE)


def pretty(article: EnrichedArticle) -> str:
    """One record as a short paragraph: what it says, whence and when, and what was cut."""
    if article.withdrawn is not None:
        return f"withdrawn  {article.url}\n  {article.withdrawn.at}: {article.withdrawn.reason}"
    lines = [
        collapse(article.headline or "(no headline)"),
        f"  {article.host} · {_language(article)} · {article.date_published or 'no date'}"
        f" · {', '.join(author.name for author in article.authors) or 'no by-line'}",
        f"  revision {article.revision.number} ({article.revision.change}) · {article.word_count or 0} words",
        f"  cut: {cut_summary(article.removed)}",
    ]
    if article.article_body:
        lines.insert(1, "  " + excerpt(collapse(article.article_body[:READ_CHARACTERS]), EXCERPT_CHARACTERS))
    return "\n".join(lines)


def _language(article: EnrichedArticle) -> str:
    if article.in_language is None:
        return "language unknown"
    return f"{article.in_language} {article.in_language_confidence or 0:.2f}"


def cut_summary(removed: tuple[Removed, ...]) -> str:
    """How many characters were cut, and by which rules, the longest cuts first."""
    if not removed:
        return "nothing"
    by_rule: Counter[str] = Counter()
    for cut in removed:
        by_rule[cut.rule] += cut.length
    rules = ", ".join(f"{rule} {length}" for rule, length in by_rule.most_common())
    return f"{sum(by_rule.values())} characters ({rules})"
