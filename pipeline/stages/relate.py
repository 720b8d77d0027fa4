"""annotated article -> enriched article: what this page was before, as a numbered revision, and who else has it.

`decide` makes the one decision that depends on the past, `relate` builds the record from article and decision. Kept
apart, so that a repeat is answered with the same bytes whatever has happened to the page since.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from pipeline.enrichment.near_duplicates import bands, join_cluster, shingles, sketch
from pipeline.enrichment.revisions import (
    Content,
    content_of,
    correction_note,
    difference,
    fingerprint,
    pack,
    reserved_uses,
    unknown_uses,
    unpack,
    with_reservations,
)
from pipeline.errors import Drop, Reason, Unchanged
from pipeline.identity import message_id
from pipeline.memory import Decision, Memory, PageState, TextState
from pipeline.records import (
    AnnotatedArticle,
    Change,
    Claim,
    Date,
    EnrichedArticle,
    Language,
    Permission,
    Precision,
    Provenance,
    Revision,
    Rights,
    Withdrawal,
    WithdrawalKind,
    Withdrawn,
)
from pipeline.times import Moment, language_of_dates, parse_time, readings

VERSION = "4"
"""Part of every record's id: a new one makes new records of the same articles."""

_LENGTHS = {
    Precision.DAY: len("2026-01-31"),
    Precision.MINUTE: len("2026-01-31T09:00"),
    Precision.SECOND: len("2026-01-31T09:00:00"),
}
"""Characters of a date-time up to each precision, the coarsest first."""

_EPOCH = datetime(1970, 1, 1)  # naive on purpose: the offset is subtracted by hand


def decide(record: AnnotatedArticle | Withdrawal, memory: Memory) -> Decision:
    """What this is to its page: a new revision, nothing new, older than what is known, or of a withdrawn page."""
    before = memory.page(record.page_id)
    if before is not None and before.record_id == record_id(record.id):
        return Decision(verdict=Unchanged(since=before.record_id))  # a repeat so late that its decision is forgotten
    if isinstance(record, Withdrawal):
        return _ordered(record, before)
    return _fetched(record, before, memory)


def relate(record: AnnotatedArticle | Withdrawal, decision: Decision) -> EnrichedArticle | Unchanged | Drop:
    """The record that subscribers read, or the verdict that there is none. The same arguments give the same bytes."""
    if not isinstance(decision.verdict, Revision):
        return decision.verdict
    if isinstance(record, Withdrawal):
        return _withdrawn(record, decision.verdict)
    return _enriched(record, decision)


def record_id(parent: str) -> str:
    """Id of the enriched record that this stage makes of the record of that id."""
    return message_id(parent, "relate", EnrichedArticle.SCHEMA, VERSION)


# ---- decisions


def _fetched(article: AnnotatedArticle, before: PageState | None, memory: Memory) -> Decision:
    """The decision on a fetch of the page."""
    content = content_of_article(article)
    if before is None:
        return _revision(article, content, None, Change.NEW, memory)
    fetched_at = article.article.fetched_at
    reprocessed = before.trace_id == article.trace_id
    if not reprocessed and _is_older(fetched_at, before.fetched_at):
        return _superseded(fetched_at, before)
    if before.withdrawn is not None:
        evidence = f"withdrawn as of {before.fetched_at}: {before.withdrawn}"
        return Decision(verdict=Drop(reason=Reason.WITHDRAWN, evidence=evidence))
    unknown = unknown_uses(article.rights)
    if unknown and before.fingerprint != fingerprint(content):  # else nothing was reserved that this fetch lacks
        known = memory.text(article.page_id)
        earlier = unpack(known.content) if known is not None else None
        content = with_reservations(content, unknown, earlier, before.fingerprint)
    if reprocessed:  # even with equal content: the newer version's record replaces the old one
        return _revision(article, content, before, Change.REPROCESSED, memory)
    if before.fingerprint == fingerprint(content):
        page = replace(before, trace_id=article.trace_id, fetched_at=latest_fetch(fetched_at, before.fetched_at))
        return Decision(verdict=Unchanged(since=before.record_id), page=page)
    return _revision(article, content, before, Change.UPDATED if before.number else Change.NEW, memory)


def _superseded(at: str | None, before: PageState) -> Decision:
    evidence = f"fetched {at}, but revision {before.number} stands as of {before.fetched_at}"
    return Decision(verdict=Drop(reason=Reason.SUPERSEDED, evidence=evidence))


def _revision(
    article: AnnotatedArticle, content: Content, before: PageState | None, change: Change, memory: Memory
) -> Decision:
    known = memory.text(article.page_id) if before else None
    hashes = shingles(content.article_body)
    keys, kept = bands(hashes), sketch(hashes)
    near = join_cluster(
        kept,
        record_id=record_id(article.id),
        own=known,
        neighbours=memory.neighbours(keys, page_id=article.page_id) if keys else (),
    )
    updated = known is not None and change is Change.UPDATED
    own = reserved_uses(article.rights)
    revision = Revision(
        number=before.number + 1 if before else 1,
        previous_id=before.record_id if before else None,
        change=change,
        difference=difference(unpack(known.content), content) if known is not None and updated else None,
        still_reserved=tuple(use for use in content.reserved if use not in own) or None,
    )
    page = PageState(
        page_id=article.page_id,
        number=revision.number,
        record_id=record_id(article.id),
        trace_id=article.trace_id,
        fetched_at=latest_fetch(article.article.fetched_at, before.fetched_at if before else None),
        fingerprint=fingerprint(content),
    )
    text = TextState(
        page_id=article.page_id,
        cluster_id=near.cluster_id if near else None,
        is_first=near is not None and near.is_first,
        bands=keys,
        sketch=kept,
        content=pack(content),
    )
    return Decision(verdict=revision, near_duplicate=near, page=page, text=text)


def _ordered(order: Withdrawal, before: PageState | None) -> Decision:
    """The decision on a withdrawal or reinstatement. Both move the page's time on, so that older orders are none."""
    unpublished = before is None or before.number == 0
    if order.kind is WithdrawalKind.GONE and unpublished:
        return Decision(verdict=Drop(reason=Reason.HTTP_ERROR, evidence=order.reason))
    if before is not None and _is_older(order.at, before.fetched_at):
        return _superseded(order.at, before)
    page = PageState(
        page_id=order.page_id,
        number=before.number if before else 0,
        record_id=before.record_id if before else None,
        trace_id=before.trace_id if before else order.trace_id,
        fetched_at=latest_fetch(order.at, before.fetched_at if before else None),
        fingerprint=before.fingerprint if before else "",
        withdrawn=before.withdrawn if before else None,
    )
    since = before.record_id if before else None
    if order.kind is WithdrawalKind.REINSTATE:  # the next fetch of the page makes its record
        return Decision(verdict=Unchanged(since=since), page=replace(page, withdrawn=None))
    if before is not None and before.withdrawn is not None:
        return Decision(verdict=Unchanged(since=since), page=page)
    change = Change.NEW if unpublished else Change.UPDATED
    revision = Revision(number=page.number + 1, previous_id=since, change=change)
    withdrawn = replace(
        page,
        number=revision.number,
        record_id=record_id(order.id),
        trace_id=order.trace_id,
        fingerprint="",
        withdrawn=order.reason,
    )
    return Decision(verdict=revision, page=withdrawn)


def content_of_article(article: AnnotatedArticle) -> Content:
    """What a reader would call the article, and the uses of it that are reserved.

    Not its modification date, which many publishers renew on every visit, nor anything that newsflow added.
    """
    clean = article.article
    return content_of(
        headline=clean.headline,
        description=clean.description,
        article_body=clean.article_body,
        authors=clean.authors,
        date_published=article.published.value if article.published else None,
        canonical_url=clean.canonical_url,
        rights=article.rights,
    )


def state_of(record: EnrichedArticle, *, before: PageState | None = None) -> tuple[PageState, TextState | None]:
    """What the store holds of a page after this record: a lost store is rebuilt from the records.

    `before` is the page's state after the record before it. The text is None for a withdrawn page. The clusters that
    were merged stand in the record's `near_duplicate`; what unchanged fetches moved on does not stand in records.
    """
    content = _content_of_record(record)
    page = PageState(
        page_id=record.page_id,
        number=record.revision.number,
        record_id=record.id,
        trace_id=record.trace_id,
        fetched_at=latest_fetch(
            record.withdrawn.at if record.withdrawn else record.fetched_at, before.fetched_at if before else None
        ),
        fingerprint="" if record.withdrawn else fingerprint(content),
        withdrawn=record.withdrawn.reason if record.withdrawn else None,
    )
    if record.withdrawn:
        return page, None
    hashes = shingles(content.article_body)
    near = record.near_duplicate
    text = TextState(
        page_id=record.page_id,
        cluster_id=near.cluster_id if near else None,
        is_first=near is not None and near.is_first,
        bands=bands(hashes) if near else (),
        sketch=sketch(hashes) if near else b"",
        content=pack(content),
    )
    return page, text


def _content_of_record(record: EnrichedArticle) -> Content:
    return content_of(
        headline=record.headline,
        description=record.description,
        article_body=record.article_body,
        authors=record.authors,
        date_published=record.date_published,
        canonical_url=record.canonical_url,
        rights=record.rights,
    )


# ---- time


def _is_older(fetched_at: str | None, known: str | None) -> bool:
    this, that = _instant(fetched_at), _instant(known)
    return this is not None and that is not None and this < that


def latest_fetch(fetched_at: str | None, known: str | None) -> str | None:
    """A page's fetch time after one more fetch that is not older; one of unknown time does not erase what is known."""
    return known if _instant(fetched_at) is None else fetched_at


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


# ---- records


def _withdrawn(order: Withdrawal, revision: Revision) -> EnrichedArticle:
    return EnrichedArticle(
        id=record_id(order.id),
        trace_id=order.trace_id,
        page_id=order.page_id,
        url=order.url,
        host=order.host,
        source=order.source,
        fetched_at=order.fetched_at,
        revision=revision,
        withdrawn=Withdrawn(at=order.at, reason=order.reason),
    )


def _enriched(article: AnnotatedArticle, decision: Decision) -> EnrichedArticle:
    assert isinstance(decision.verdict, Revision)  # noqa: S101 - the caller has looked
    clean = article.article
    return EnrichedArticle(
        id=record_id(article.id),
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
        facts=article.facts,
        summary=article.summary,
        authors=clean.authors,
        publisher=clean.publisher,
        **_date("date_published", article.published),
        **_date("date_modified", article.modified),
        date_doubts=article.date_doubts,
        **_language(article.language),
        declared_language=clean.declared_language,
        article_section=clean.article_section,
        keywords=clean.keywords,
        extracted_keywords=article.keywords,
        mentions=article.mentions,
        main_image=clean.main_image,
        page_kind=article.page_kind,
        rights=_with_reserved(article.rights or clean.rights, decision.verdict.still_reserved),
        quality=article.quality,
        revision=replace(decision.verdict, correction=correction_note(clean.article_body)),
        near_duplicate=decision.near_duplicate,
        removed=clean.removed,
        provenance=_provenance(article),
        extraction=clean.extraction,
        extensions=article.extensions,
        enrichments=article.enrichments,
    )


def _with_reserved(rights: Rights, uses: tuple[str, ...] | None) -> Rights:
    """The rights with the reservations that an earlier fetch found, where this one could not look."""
    if not uses:
        return rights
    reason = f"an earlier fetch found {' and '.join(uses)} reserved, and this one could not look"
    told: dict[str, Any] = dict.fromkeys(uses, Permission.RESERVED)
    return replace(rights, **told, reasons=(*rights.reasons, reason))


def _language(language: Language | None) -> dict[str, Any]:
    if language is None:
        return {}
    return {
        "in_language": language.tag,
        "in_language_confidence": language.confidence,
        "language_conflict": language.conflict,
        "scripts": language.scripts,
    }


def _date(name: str, date: Date | None) -> dict[str, Any]:
    if date is None:
        return {}
    return {
        name: date.value,
        f"{name}_precision": date.precision,
        f"{name}_raw": date.raw,
        f"{name}_utc": date.utc,
        f"{name}_zone": date.zone,
    }


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
