"""The annotate stage: what can be found out from a clean article alone. One row per enricher.

An enricher that fails is recorded in `enrichments` and never blocks the article: its fields are then absent.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from pipeline.enrichment import extensions, gazetteer
from pipeline.enrichment.dates import choose_date, date_doubts
from pipeline.enrichment.facts import text_facts
from pipeline.enrichment.keywords import keywords
from pipeline.enrichment.mentions import mentions
from pipeline.enrichment.page_kind import ARTICLE, kind_of_page
from pipeline.enrichment.paywall import paywall
from pipeline.enrichment.quality import quality
from pipeline.enrichment.reading import read, word_count
from pipeline.enrichment.rights import rights
from pipeline.enrichment.summary import summarise
from pipeline.enrichment.time_limit import TimeLimitError, within
from pipeline.errors import Drop
from pipeline.identity import message_id
from pipeline.records import AnnotatedArticle, CleanArticle, Enrichment, PageKind, Withdrawal
from pipeline.times import language_of_dates

VERSION = "4"
"""Part of every id this stage gives: change it with whatever changes a record, and pages are processed again."""

MAX_ERROR_LENGTH = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Enricher:
    """One thing to find out: `run` gives fields of `AnnotatedArticle` by name."""

    name: str
    version: str
    run: Callable[[CleanArticle], dict[str, Any]]


def _language(article: CleanArticle) -> dict[str, Any]:
    return {"language": read(article).language}


def _dates(article: CleanArticle) -> dict[str, Any]:
    language = language_of_dates(article.declared_language, article.host)
    context = {"fetched_at": article.fetched_at, "language": language}
    published, modified = choose_date(article.published, **context), choose_date(article.modified, **context)
    doubts = date_doubts(published, modified, article.fetched_at)
    return {"published": published, "modified": modified, "date_doubts": doubts}


def _words(article: CleanArticle) -> dict[str, Any]:
    return {"word_count": word_count(article)}


def _page_kind(article: CleanArticle) -> dict[str, Any]:
    return {"page_kind": kind_of_page(article, paywall(article))}


def _facts(article: CleanArticle) -> dict[str, Any]:
    return {"facts": text_facts(article, read(article))}


def _keywords(article: CleanArticle) -> dict[str, Any]:
    return {"keywords": keywords(read(article))}


def _mentions(article: CleanArticle) -> dict[str, Any]:
    return {"mentions": mentions(article, read(article), gazetteer.installed())}


def _summary(article: CleanArticle) -> dict[str, Any]:
    reading = read(article)
    return {"summary": summarise(article, reading, keywords(reading))}


def _rights(article: CleanArticle) -> dict[str, Any]:
    return {"rights": rights(article, read(article).tag)}


def _quality(article: CleanArticle) -> dict[str, Any]:
    return {"quality": quality(article)}


ENRICHERS = (
    Enricher(name="language", version="1", run=_language),
    Enricher(name="dates", version="1", run=_dates),
    Enricher(name="words", version="1", run=_words),
    Enricher(name="facts", version="1", run=_facts),
    Enricher(name="keywords", version="1", run=_keywords),
    Enricher(name="mentions", version="1", run=_mentions),
    Enricher(name="summary", version="1", run=_summary),
    Enricher(name="quality", version="1", run=_quality),
    Enricher(name="page_kind", version="2", run=_page_kind),
    Enricher(name="rights", version="1", run=_rights),
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
    extended = {name: _extended(name, own, article) for name, own in extensions.installed().items()}
    runs += [run for run, _ in extended.values()]
    return AnnotatedArticle(
        id=message_id(article.id, "annotate", AnnotatedArticle.SCHEMA, _version()),
        trace_id=article.trace_id,
        page_id=article.page_id,
        url=article.url,
        article=article,
        extensions={name: value for name, (_, value) in extended.items() if value is not None},
        enrichments=tuple(runs),
        **found,
    )


def _version() -> str:
    """The stage's version with the operator's gazetteer and enrichers: others give other records of an article."""
    names = gazetteer.installed()
    parts = [VERSION, *([f"gazetteer {names.version}"] if names else [])]
    return "+".join([*parts, *(f"{name} {own.version}" for name, own in extensions.installed().items())])


def _extended(name: str, own: extensions.Enricher, article: CleanArticle) -> tuple[Enrichment, dict[str, Any] | None]:
    """The run of an operator's enricher, and what it found."""
    row = Enricher(name=name, version=own.version, run=lambda each: own.enrich(each, read(each).language.tag))
    try:
        found = extensions.as_json(within(own.seconds, lambda: row.run(article)))
    except Exception as error:
        return _failed(row, error), None
    return Enrichment(name=name, version=own.version, status="ok"), found


def _failed(enricher: Enricher, error: Exception) -> Enrichment:
    text = " ".join(f"{type(error).__name__}: {error}".split())[:MAX_ERROR_LENGTH]
    is_late = isinstance(error, TimeLimitError)
    return Enrichment(name=enricher.name, version=enricher.version, status="failed", error=text, is_timeout=is_late)
