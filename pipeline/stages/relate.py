"""annotated article -> enriched article: what this page was before, as a numbered revision.

`decide` makes the one decision that depends on the past, `relate` builds the record from article and decision. Kept
apart, so that a repeat is answered with the same bytes whatever has happened to the page since.
"""

import json
import unicodedata
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any

from pipeline.errors import Drop, Reason, Unchanged
from pipeline.identity import ID_BYTES, message_id
from pipeline.memory import Decision, Memory, PageState
from pipeline.records import (
    AnnotatedArticle,
    Change,
    Claim,
    CleanArticle,
    Date,
    EnrichedArticle,
    Precision,
    Provenance,
    Revision,
)
from pipeline.times import Moment, language_of_dates, parse_time, readings

VERSION = "2"
"""Part of every record's id: a new one makes new records of the same articles."""

_LENGTHS = {
    Precision.DAY: len("2026-01-31"),
    Precision.MINUTE: len("2026-01-31T09:00"),
    Precision.SECOND: len("2026-01-31T09:00:00"),
}
"""Characters of a date-time up to each precision, the coarsest first."""

_EPOCH = datetime(1970, 1, 1)  # naive on purpose: the offset is subtracted by hand


def decide(article: AnnotatedArticle, memory: Memory) -> Decision:
    """What this article is to its page: a new revision, nothing new, or older than what is known."""
    before = memory.page(article.page_id)
    if before is None:
        return _revision(article, None, Change.NEW)
    if before.record_id == record_id(article):  # a repeat so late that its decision is forgotten
        return Decision(verdict=Unchanged(since=before.record_id))
    if before.trace_id == article.trace_id:  # even with equal content: the newer version's record replaces the old one
        return _revision(article, before, Change.REPROCESSED)
    fetched_at = article.article.fetched_at
    if _is_older(fetched_at, before.fetched_at):
        evidence = f"fetched {fetched_at}, but revision {before.number} stands as of {before.fetched_at}"
        return Decision(verdict=Drop(reason=Reason.SUPERSEDED, evidence=evidence))
    if before.fingerprint == fingerprint(article):
        page = replace(before, trace_id=article.trace_id, fetched_at=latest_fetch(fetched_at, before.fetched_at))
        return Decision(verdict=Unchanged(since=before.record_id), page=page)
    return _revision(article, before, Change.UPDATED)


def relate(article: AnnotatedArticle, decision: Decision) -> EnrichedArticle | Unchanged | Drop:
    """The record that subscribers read, or the verdict that there is none. The same arguments give the same bytes."""
    if isinstance(decision.verdict, Revision):
        return _enriched(article, decision.verdict)
    return decision.verdict


def record_id(article: AnnotatedArticle) -> str:
    """Id of the enriched record that this stage makes of the article."""
    return message_id(article.id, "relate", EnrichedArticle.SCHEMA, VERSION)


def fingerprint(article: AnnotatedArticle) -> str:
    """Hash of what a reader would call the article.

    Not of its modification date, which many publishers renew on every visit, nor of anything that newsflow added.
    """
    return _fingerprint(article.article, article.published.value if article.published else None)


def fingerprint_of_record(record: EnrichedArticle) -> str:
    """The same hash from the record that was made of the article: a store is rebuilt from the records."""
    return _fingerprint(record, record.date_published)


def _fingerprint(content: CleanArticle | EnrichedArticle, date_published: str | None) -> str:
    parts = [
        _plain(content.headline),
        _plain(content.description),
        _plain(content.article_body),
        [_plain(author.name) for author in content.authors],
        date_published,
        content.canonical_url,
    ]
    return blake2b(json.dumps(parts).encode(), digest_size=ID_BYTES).hexdigest()


def latest_fetch(fetched_at: str | None, known: str | None) -> str | None:
    """A page's fetch time after one more fetch that is not older; one of unknown time does not erase what is known."""
    return known if _instant(fetched_at) is None else fetched_at


def _revision(article: AnnotatedArticle, before: PageState | None, change: Change) -> Decision:
    number = before.number + 1 if before else 1
    page = PageState(
        page_id=article.page_id,
        number=number,
        record_id=record_id(article),
        trace_id=article.trace_id,
        fetched_at=latest_fetch(article.article.fetched_at, before.fetched_at if before else None),
        fingerprint=fingerprint(article),
    )
    previous = before.record_id if before else None
    return Decision(verdict=Revision(number=number, previous_id=previous, change=change), page=page)


def _plain(text: str | None) -> str:
    return " ".join(unicodedata.normalize("NFC", text or "").split())


def _is_older(fetched_at: str | None, known: str | None) -> bool:
    this, that = _instant(fetched_at), _instant(known)
    return this is not None and that is not None and this < that


def _instant(text: str | None) -> tuple[timedelta, str] | None:
    """Whole seconds since 1970 and nine digits of fraction, so that instants compare whatever their notation.

    `datetime` alone cuts the fraction at six digits. None for what the pattern of a record lets pass and no calendar
    knows (a 30th of February, a leap second): such a fetch counts as one of unknown time.
    """
    if text is None:
        return None
    fraction = text[20:].rstrip("Z").partition("+")[0].partition("-")[0] if text[19:20] == "." else ""
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError:
        return None
    whole = parsed.replace(microsecond=0, tzinfo=None) - _EPOCH - (parsed.utcoffset() or timedelta())
    return whole, fraction.ljust(9, "0")


def _enriched(article: AnnotatedArticle, revision: Revision) -> EnrichedArticle:
    clean = article.article
    return EnrichedArticle(
        id=record_id(article),
        trace_id=article.trace_id,
        page_id=article.page_id,
        url=article.url,
        canonical_url=clean.canonical_url,
        host=clean.host,
        source=clean.source,
        fetched_at=clean.fetched_at,
        discovered_at=clean.discovered_at,
        headline=clean.headline,
        alternative_headline=clean.alternative_headline,
        description=clean.description,
        article_body=clean.article_body,
        blocks=clean.blocks,
        word_count=article.word_count,
        authors=clean.authors,
        publisher=clean.publisher,
        **_date("date_published", article.published),
        **_date("date_modified", article.modified),
        in_language=article.language.tag if article.language else None,
        in_language_confidence=article.language.confidence if article.language else None,
        declared_language=clean.declared_language,
        article_section=clean.article_section,
        keywords=clean.keywords,
        main_image=clean.main_image,
        page_kind=article.page_kind,
        rights=clean.rights,
        revision=revision,
        removed=clean.removed,
        provenance=_provenance(article),
        extraction=clean.extraction,
        enrichments=article.enrichments,
    )


def _date(name: str, date: Date | None) -> dict[str, Any]:
    if date is None:
        return {}
    return {name: date.value, f"{name}_precision": date.precision, f"{name}_raw": date.raw, f"{name}_utc": date.utc}


def _provenance(article: AnnotatedArticle) -> dict[str, Provenance]:
    """The clean article's, and for each date the place it was taken from and the places that say another one."""
    clean = article.article
    found = dict(clean.provenance)
    for name, date, claims in (
        ("date_published", article.published, clean.published),
        ("date_modified", article.modified, clean.modified),
    ):
        if date is not None:
            language = language_of_dates(clean.declared_language, clean.host)
            dissent = tuple(claim for claim in claims if not _agrees(claim, date, language))
            found[name] = Provenance(source=date.source, dissent=dissent)
    return found


def _agrees(claim: Claim, date: Date, language: str | None) -> bool:
    """Whether a claim names the same date, as exactly as both of them do. One that cannot be read does not."""
    if claim.value.strip() == date.raw.strip():
        return True
    chosen = parse_time(date.value)
    return chosen is not None and any(_is_same(said, chosen) for said in readings(claim.value, language))


def _is_same(said: Moment, chosen: Moment) -> bool:
    coarsest = next(precision for precision in _LENGTHS if precision in (said.precision, chosen.precision))
    length = _LENGTHS[coarsest]
    if coarsest is not Precision.DAY and said.utc and chosen.utc:
        return said.utc[:length] == chosen.utc[:length]
    return said.value[:length] == chosen.value[:length]  # one of them gives no offset: compare what the clocks show
