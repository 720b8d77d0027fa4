"""The annotate stage."""

from dataclasses import replace
from typing import Any

import msgspec

from pipeline.codec import encode
from pipeline.identity import message_id, page_id, trace_id
from pipeline.records import AnnotatedArticle, Claim, CleanArticle, Extraction, PageKind, Signals
from pipeline.stages.annotate import ENRICHERS, VERSION, Enricher, annotate

URL = "https://news.example.org/ferry"
BODY = "The council voted on Tuesday to keep the old chain ferry running through the winter."


def article(**fields: Any) -> CleanArticle:
    trace = trace_id(URL, None, b"page")
    plain = CleanArticle(
        id=message_id(trace, "clean", CleanArticle.SCHEMA, "1"),
        trace_id=trace,
        page_id=page_id(URL),
        url=URL,
        host="news.example.org",
        headline="Council keeps the ferry",
        article_body=BODY,
        blocks=(),
        published=(Claim(source="meta:article:published_time", value="2026-05-03T14:20:00+02:00"),),
        modified=(Claim(source="time", value="3 May 2026, 16:45"),),
        declared_language="en-GB",
        extraction=Extraction(engine="test", version="1", rules_version="1"),
        signals=Signals(declared_types=("NewsArticle", "BreadcrumbList", "og:article")),
    )
    return replace(plain, **fields)


def annotated(**fields: Any) -> AnnotatedArticle:
    result = annotate(article(**fields))
    assert isinstance(result, AnnotatedArticle)
    return result


def test_every_enricher_adds_what_it_found() -> None:
    result = annotated()
    assert result.language is not None
    assert result.language.tag == "en"
    assert result.published is not None
    assert result.published.utc == "2026-05-03T12:20:00Z"
    assert result.modified is not None
    assert result.modified.value == "2026-05-03T16:45"
    assert result.word_count == 15
    assert result.page_kind == PageKind(kind="article", evidence=("declares NewsArticle", "declares og:article"))
    assert [(run.name, run.status) for run in result.enrichments] == [(row.name, "ok") for row in ENRICHERS]


def test_the_id_names_the_article_and_the_version_of_the_stage() -> None:
    clean = article()
    result = annotate(clean)
    assert isinstance(result, AnnotatedArticle)
    assert result.id == message_id(clean.id, "annotate", AnnotatedArticle.SCHEMA, VERSION)
    assert (result.trace_id, result.page_id, result.url, result.article) == (
        clean.trace_id,
        clean.page_id,
        clean.url,
        clean,
    )


def test_a_failing_enricher_is_recorded_and_the_others_go_on() -> None:
    def fails(_: CleanArticle) -> dict[str, Any]:
        raise ValueError("no such\nmonth")

    rows = (Enricher(name="dates", version="7", run=fails), *(row for row in ENRICHERS if row.name != "dates"))
    result = annotate(article(), rows)
    assert isinstance(result, AnnotatedArticle)
    assert result.published is None
    assert result.language is not None
    first = result.enrichments[0]
    assert (first.name, first.version, first.status, first.error) == (
        "dates",
        "7",
        "failed",
        "ValueError: no such month",
    )


def test_a_record_with_every_enricher_failed_is_still_valid() -> None:
    def fails(_: CleanArticle) -> dict[str, Any]:
        raise RuntimeError

    rows = tuple(Enricher(name=row.name, version=row.version, run=fails) for row in ENRICHERS)
    result = annotate(article(), rows)
    assert isinstance(result, AnnotatedArticle)
    assert msgspec.json.decode(encode(result), type=AnnotatedArticle) == result


def test_the_same_article_gives_the_same_bytes() -> None:
    assert encode(annotated()) == encode(annotated())
