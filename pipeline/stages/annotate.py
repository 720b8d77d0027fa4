"""The annotate stage: what can be found out from a clean article alone. One row per enricher.

An enricher that fails is recorded in `enrichments` and never blocks the article: its fields are then absent.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from pipeline.enrichment.dates import choose_date
from pipeline.enrichment.language import detect_language
from pipeline.enrichment.page_kind import ARTICLE, kind_of_page
from pipeline.errors import Drop
from pipeline.identity import message_id
from pipeline.records import AnnotatedArticle, CleanArticle, Enrichment, PageKind, Withdrawal
from pipeline.text import count_words
from pipeline.times import language_of_dates

VERSION = "2"
"""Part of every id this stage gives: change it with whatever changes a record, and pages are processed again."""

MAX_ERROR_LENGTH = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Enricher:
    """One thing to find out: `run` gives fields of `AnnotatedArticle` by name."""

    name: str
    version: str
    run: Callable[[CleanArticle], dict[str, Any]]


def _language(article: CleanArticle) -> dict[str, Any]:
    return {"language": detect_language(article.headline, article.article_body)}


def _dates(article: CleanArticle) -> dict[str, Any]:
    language = language_of_dates(article.declared_language, article.host)
    context = {"fetched_at": article.fetched_at, "language": language}
    return {
        "published": choose_date(article.published, **context),
        "modified": choose_date(article.modified, **context),
    }


def _words(article: CleanArticle) -> dict[str, Any]:
    return {"word_count": count_words(article.article_body)}


def _page_kind(article: CleanArticle) -> dict[str, Any]:
    return {"page_kind": kind_of_page(article.signals.declared_types)}


ENRICHERS = (
    Enricher(name="language", version="1", run=_language),
    Enricher(name="dates", version="1", run=_dates),
    Enricher(name="words", version="1", run=_words),
    Enricher(name="page_kind", version="1", run=_page_kind),
)


def annotate(
    article: CleanArticle | Withdrawal, enrichers: tuple[Enricher, ...] = ENRICHERS
) -> AnnotatedArticle | Withdrawal | Drop:
    """The article with what every enricher found out about it. A withdrawal goes on to relate as it is."""
    if isinstance(article, Withdrawal):
        return replace(article, id=message_id(article.id, "annotate", Withdrawal.SCHEMA, VERSION))
    found: dict[str, Any] = {"word_count": 0, "page_kind": PageKind(kind=ARTICLE)}
    runs: list[Enrichment] = []
    for enricher in enrichers:
        try:
            found |= enricher.run(article)
        except Exception as error:
            runs.append(_failed(enricher, error))
        else:
            runs.append(Enrichment(name=enricher.name, version=enricher.version, status="ok"))
    return AnnotatedArticle(
        id=message_id(article.id, "annotate", AnnotatedArticle.SCHEMA, VERSION),
        trace_id=article.trace_id,
        page_id=article.page_id,
        url=article.url,
        article=article,
        enrichments=tuple(runs),
        **found,
    )


def _failed(enricher: Enricher, error: Exception) -> Enrichment:
    text = " ".join(f"{type(error).__name__}: {error}".split())[:MAX_ERROR_LENGTH]
    return Enrichment(name=enricher.name, version=enricher.version, status="failed", error=text)
