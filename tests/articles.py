"""Annotated articles for the tests of relate and the store: one fetch of one page, made from what matters there."""

from typing import Any

from pipeline.codec import encode
from pipeline.identity import message_id, page_id, trace_id
from pipeline.memory import Decision, Memory
from pipeline.records import (
    AnnotatedArticle,
    CleanArticle,
    EnrichedArticle,
    Extraction,
    PageKind,
    Signals,
    Withdrawal,
    WithdrawalKind,
)
from pipeline.stages.relate import decide, record_id, relate

URL = "https://news.example/storm"


def annotated(
    body: str = "The storm came.", fetched_at: str | None = None, version: str = "1", **clean: Any
) -> AnnotatedArticle:
    """What annotate makes of one fetch; `version` is that of the stages before. Fields of `CleanArticle` as keywords,
    and `published` and `modified` as (date, claims). `found` are the rights with what they come to."""
    annotations = {name: clean.pop(name) for name in ("published", "modified") if name in clean}
    found = clean.pop("found", None)
    url = clean.pop("url", URL)
    trace = trace_id(url, fetched_at, body.encode())
    clean_id = message_id(trace, "clean", CleanArticle.SCHEMA, version)
    article = CleanArticle(
        id=clean_id,
        trace_id=trace,
        page_id=page_id(url),
        url=url,
        host="news.example",
        fetched_at=fetched_at,
        article_body=body,
        blocks=(),
        extraction=Extraction(engine="test", version="1", rules_version="1"),
        signals=Signals(),
        **clean,
        **{name: claims for name, (_, claims) in annotations.items()},
    )
    return AnnotatedArticle(
        id=message_id(clean_id, "annotate", AnnotatedArticle.SCHEMA, "1"),
        trace_id=trace,
        page_id=article.page_id,
        url=url,
        article=article,
        word_count=len(body.split()),
        page_kind=PageKind(kind="article"),
        rights=found,
        **{name: date for name, (date, _) in annotations.items()},
    )


def ordered(kind: str, at: str, *, url: str = URL, reason: str = "taken back") -> Withdrawal:
    """An order about the page; `gone` as the clean stage makes it."""
    trace = trace_id(url, at, kind.encode())
    return Withdrawal(
        id=message_id(trace, "test", Withdrawal.SCHEMA, "1"),
        trace_id=trace,
        page_id=page_id(url),
        url=url,
        host="news.example",
        fetched_at=at if kind == "gone" else None,
        kind=WithdrawalKind(kind),
        at=at,
        reason="http_404" if kind == "gone" else reason,
    )


def take(article: AnnotatedArticle | Withdrawal, memory: Memory) -> tuple[Decision, bytes | None]:
    """One message as `handle` takes it: the decision, and the record's bytes if there is a record."""
    known = memory.decision(record_id(article.id))
    decision = known or decide(article, memory)
    result = relate(article, decision)
    sent = encode(result) if isinstance(result, EnrichedArticle) else None
    if known is None:
        memory.keep(record_id(article.id), decision)
    return decision, sent
