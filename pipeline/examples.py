"""One invented story through all stages: the examples that lie beside the schemas, and records for tests.

Made of the dataclasses themselves, so that an example can be neither outdated nor invalid.
"""

from dataclasses import replace
from typing import Any

from pipeline.codec import Message, raw_message, to_plain
from pipeline.identity import message_id, page_id, trace_id
from pipeline.records import (
    AgencyCredit,
    AnnotatedArticle,
    Author,
    Block,
    BlockKind,
    Certainty,
    Change,
    Claim,
    CleanArticle,
    CreditEvidence,
    Date,
    DateDoubt,
    DeclaredMention,
    DescriptionDoubt,
    Difference,
    Edit,
    EditedSentence,
    EnrichedArticle,
    Enrichment,
    ErrorReport,
    Extraction,
    Image,
    Keyword,
    Language,
    LinkedDomain,
    Mention,
    MentionMethod,
    MentionType,
    NearDuplicate,
    Outcome,
    PageKind,
    PageOutcome,
    Paywall,
    Permission,
    Place,
    Precision,
    Provenance,
    Publisher,
    Quality,
    QualityParts,
    QualityReason,
    RawPage,
    Readability,
    Removed,
    Revision,
    Rights,
    RightsAtFetch,
    ScriptShare,
    Sentence,
    Signals,
    StageTime,
    Summary,
    TextFacts,
    Withdrawal,
    WithdrawalKind,
    Withdrawn,
    ZoneBasis,
)

_URL = "https://www.harbour-herald.example/local/ferry-line-reopens?utm_source=feed"
_CANONICAL = "https://www.harbour-herald.example/local/ferry-line-reopens"
_PARTS = (
    (BlockKind.PARAGRAPH, "The ferry between Eastmouth and Grey Island will sail again from Monday, the city said."),
    (BlockKind.HEADING, "Eleven months of repairs"),
    (
        BlockKind.PARAGRAPH,
        "The pier was closed after a storm in February. Repairs cost 4.2 million and took 11 months.",
    ),
    (BlockKind.QUOTE, "“We missed the bell more than we thought,” said harbour master Ines Oduya."),
    (BlockKind.PARAGRAPH, "With files from The Associated Press"),
)
_BODY = "\n\n".join(text for _, text in _PARTS)
_VERSION = "0.1.0"  # a literal: an example must not change with every release
_PUBLISHED = "2026-01-09T17:30:00+01:00"
_PUBLISHED_UTC = "2026-01-09T16:30:00Z"


def _blocks() -> tuple[Block, ...]:
    blocks = []
    start = 0
    for kind, text in _PARTS:
        blocks.append(Block(kind=kind, start=start, end=start + len(text)))
        start += len(text) + 2
    return tuple(blocks)


RAW_PAGE = RawPage(
    url=_URL,
    body=f"<html><title>Ferry line reopens</title><article><p>{_PARTS[0][1]}</p></article></html>".encode(),
    fetched_at="2026-01-09T16:41:07Z",
    discovered_at="2026-01-09T16:40:12Z",
    content_type="text/html; charset=utf-8",
    status=200,
    source="harbour-herald",
    published="2026-01-09T16:38:00Z",
    robots="allowed (read)",
    robots_tag="noai",
    tdm_reservation="0",
    tdm_policy="https://www.harbour-herald.example/tdm-policy.json",
    content_usage="train-ai=n",
    rights_reserved="noai, train-ai=n",
)

_TRACE = trace_id(RAW_PAGE.url, RAW_PAGE.fetched_at, RAW_PAGE.body)

CLEAN_ARTICLE = CleanArticle(
    id=message_id(_TRACE, "clean", CleanArticle.SCHEMA, "1"),
    trace_id=_TRACE,
    page_id=page_id(_URL),
    url=_URL,
    canonical_url=_CANONICAL,
    host="www.harbour-herald.example",
    source="harbour-herald",
    fetched_at=RAW_PAGE.fetched_at,
    discovered_at=RAW_PAGE.discovered_at,
    headline="Ferry line to Grey Island reopens",
    alternative_headline="Ferry back on Monday",
    description="Eleven months after the storm, the pier is repaired.",
    article_body=_BODY,
    blocks=_blocks(),
    authors=(Author(name="Mara Lindqvist", url="https://www.harbour-herald.example/staff/mara-lindqvist"),),
    publisher=Publisher(name="The Harbour Herald", domain="harbour-herald.example"),
    published=(Claim(source="json_ld", value=_PUBLISHED), Claim(source="date_line", value="9 January 2026")),
    modified=(Claim(source="json_ld", value="2026-01-09"),),
    declared_language="en",
    article_section="Local",
    keywords=("ferry", "Grey Island", "harbour"),
    main_image=Image(
        url="https://www.harbour-herald.example/img/ferry.jpg", caption="The ferry Aurora at the new pier"
    ),
    rights=Rights(
        is_accessible_for_free=True,
        license="https://creativecommons.org/licenses/by/4.0/",
        copyright_holder="The Harbour Herald",
        copyright_notice="© 2026 The Harbour Herald",
        credit_text="Mara Lindqvist, The Harbour Herald",
        usage_info="https://www.harbour-herald.example/terms",
        claims=(
            Claim(source="json_ld:isAccessibleForFree", value="true"),
            Claim(source="json_ld:license", value="https://creativecommons.org/licenses/by/4.0/"),
            Claim(source="json_ld:copyrightNotice", value="© 2026 The Harbour Herald"),
            Claim(source="json_ld:copyrightHolder", value="The Harbour Herald"),
            Claim(source="json_ld:creditText", value="Mara Lindqvist, The Harbour Herald"),
            Claim(source="json_ld:usageInfo", value="https://www.harbour-herald.example/terms"),
        ),
        at_fetch=RightsAtFetch(
            robots=RAW_PAGE.robots,
            robots_tag=RAW_PAGE.robots_tag,
            tdm_reservation=RAW_PAGE.tdm_reservation,
            tdm_policy=RAW_PAGE.tdm_policy,
            content_usage=RAW_PAGE.content_usage,
            rights_reserved=RAW_PAGE.rights_reserved,
        ),
    ),
    removed=(
        Removed(
            rule="weather_widget",
            excerpt="Eastmouth 3 °C, light rain",
            length=26,
            place="/html/body/aside[1]",
            detail="outside the article",
        ),
    ),
    provenance={
        "headline": Provenance(source="json_ld", dissent=(Claim(source="title", value="Ferry line reopens"),)),
        "article_body": Provenance(source="extractor"),
    },
    extraction=Extraction(engine="trafilatura", version="2.3.1", rules_version="1", candidate="article"),
    signals=Signals(
        declared_types=("NewsArticle",),
        link_share=0.12,
        text_share=0.63,
        forms=1,
        visit_date="Friday, January 9, 2026",
        links_out=1,
        linked_domains=(LinkedDomain(domain="port-authority.example", count=1),),
        images=(Image(url="https://www.harbour-herald.example/img/pier.jpg", caption="The pier on Thursday"),),
        declared_mentions=(
            DeclaredMention(
                name="Grey Island", type="Place", id="https://gazetteer.example/grey-island", source="json_ld:about"
            ),
        ),
        certainty=Certainty(agreement=0.91, boilerplate=0.034, left_out=0.012, doubt=0.057),
    ),
)

_CLEAN = CLEAN_ARTICLE

ANNOTATED_ARTICLE = AnnotatedArticle(
    id=message_id(_CLEAN.id, "annotate", AnnotatedArticle.SCHEMA, "1"),
    trace_id=_TRACE,
    page_id=_CLEAN.page_id,
    url=_URL,
    article=_CLEAN,
    word_count=len(_BODY.split()),
    facts=TextFacts(
        sentences=4,
        reading_seconds=11,
        readability=Readability(formula="Flesch reading ease (1948)", value=66.2),
        quotations=1,
        links_out=_CLEAN.signals.links_out,
        linked_domains=_CLEAN.signals.linked_domains,
        images=_CLEAN.signals.images,
    ),
    summary=Summary(sentences=(Sentence(text=_PARTS[0][1], start=0, end=len(_PARTS[0][1])),), description_share=0.875),
    language=Language(tag="en", confidence=0.998, scripts=(ScriptShare(script="Latn", share=1.0),)),
    published=Date(
        value=_PUBLISHED,
        precision=Precision.SECOND,
        raw=_PUBLISHED,
        utc=_PUBLISHED_UTC,
        source="json_ld",
        zone=ZoneBasis.OFFSET,
    ),
    modified=Date(value="2026-01-09", precision=Precision.DAY, raw="2026-01-09", source="json_ld"),
    keywords=(Keyword(text="ferry", score=1.0), Keyword(text="Grey Island", score=0.72)),
    mentions=(
        Mention(
            name="Grey Island",
            type=MentionType.PLACE,
            count=1,
            first=_BODY.index("Grey Island"),
            method=MentionMethod.DECLARED,
            id="https://gazetteer.example/grey-island",
        ),
        Mention(
            name="Ines Oduya",
            type=MentionType.PERSON,
            count=1,
            first=_BODY.index("Ines Oduya"),
            method=MentionMethod.CAPITALISATION,
        ),
    ),
    quality=Quality(
        score=0.9481,
        expected_f1=0.9481,
        parts=QualityParts(
            text_share=_CLEAN.signals.text_share,
            agreement=0.91,
            boilerplate_left=0.034,
            text_left_out=0.012,
            doubt=0.057,
            metadata=1.0,
            truncation=0.0,
            encoding_damage=0.0,
        ),
        reasons=(QualityReason.BOILERPLATE_LEFT, QualityReason.TEXT_LEFT_OUT),
    ),
    page_kind=PageKind(kind="article", evidence=("json_ld:NewsArticle",)),
    rights=replace(
        _CLEAN.rights,
        text_mining=Permission.ALLOWED,
        ai_training=Permission.RESERVED,
        reasons=(
            "noai (X-Robots-Tag) reserves ai_training",
            "tdm-reservation=0 (TDMRep, as fetched) allows text_mining and ai_training",
            "train-ai=n (Content-Usage, as fetched) reserves ai_training",
        ),
        paywall=Paywall(declared=False, evidence=(Claim(source="json_ld:isAccessibleForFree", value="true"),)),
        agencies=(
            AgencyCredit(
                id="ap",
                name="Associated Press",
                wikidata="Q40469",
                evidence=CreditEvidence.CLOSING,
                source="article_body",
                excerpt=_PARTS[-1][1],
                start=_BODY.index(_PARTS[-1][1]),
                contributed=True,
            ),
        ),
    ),
    extensions={"harbour_rules": {"entities": [{"text": "Eastmouth", "label": "PORT"}]}},
    enrichments=(
        Enrichment(name="language", version="1", status="ok"),
        Enrichment(name="dates", version="1", status="failed", error="no calendar for this region"),
    ),
)

WITHDRAWAL = Withdrawal(
    id=message_id("gone", "annotate", Withdrawal.SCHEMA, "1"),
    trace_id=trace_id(_URL, "2026-01-12T08:00:00Z", b""),
    page_id=_CLEAN.page_id,
    url=_URL,
    host=_CLEAN.host,
    source=_CLEAN.source,
    fetched_at="2026-01-12T08:00:00Z",
    kind=WithdrawalKind.GONE,
    at="2026-01-12T08:00:00Z",
    reason="http_410",
)

ENRICHED_ARTICLE = EnrichedArticle(
    id=message_id(ANNOTATED_ARTICLE.id, "relate", EnrichedArticle.SCHEMA, "1"),
    trace_id=_TRACE,
    page_id=_CLEAN.page_id,
    url=_URL,
    canonical_url=_CLEAN.canonical_url,
    host=_CLEAN.host,
    source=_CLEAN.source,
    fetched_at=_CLEAN.fetched_at,
    discovered_at=_CLEAN.discovered_at,
    headline=_CLEAN.headline,
    alternative_headline=_CLEAN.alternative_headline,
    description=_CLEAN.description,
    article_body=_CLEAN.article_body,
    blocks=_CLEAN.blocks,
    word_count=ANNOTATED_ARTICLE.word_count,
    facts=ANNOTATED_ARTICLE.facts,
    summary=ANNOTATED_ARTICLE.summary,
    authors=_CLEAN.authors,
    publisher=_CLEAN.publisher,
    date_published=_PUBLISHED,
    date_published_precision=Precision.SECOND,
    date_published_raw=_PUBLISHED,
    date_published_utc=_PUBLISHED_UTC,
    date_published_zone=ZoneBasis.OFFSET,
    date_modified="2026-01-09",
    date_modified_precision=Precision.DAY,
    date_modified_raw="2026-01-09",
    in_language="en",
    in_language_confidence=0.998,
    declared_language=_CLEAN.declared_language,
    scripts=(ScriptShare(script="Latn", share=1.0),),
    article_section=_CLEAN.article_section,
    keywords=_CLEAN.keywords,
    extracted_keywords=ANNOTATED_ARTICLE.keywords,
    mentions=ANNOTATED_ARTICLE.mentions,
    main_image=_CLEAN.main_image,
    page_kind=ANNOTATED_ARTICLE.page_kind,
    rights=ANNOTATED_ARTICLE.rights,
    quality=ANNOTATED_ARTICLE.quality,
    revision=Revision(
        number=2,
        previous_id=message_id("an earlier fetch", "relate", EnrichedArticle.SCHEMA, "1"),
        change=Change.UPDATED,
        still_reserved=("text_mining",),
        difference=Difference(
            fields=("headline", "article_body"),
            headline_before="Ferry line to Grey Island may reopen",
            headline_after=_CLEAN.headline,
            sentences_added=1,
            sentences_altered=1,
            share=0.41,
            sentences=(
                EditedSentence(
                    edit=Edit.ALTERED,
                    before="Repairs cost 3.9 million and took 11 months.",
                    after="Repairs cost 4.2 million and took 11 months.",
                ),
                EditedSentence(edit=Edit.ADDED, after=_PARTS[3][1]),
            ),
        ),
        correction="An earlier version of this article named the wrong cost of the repairs.",
    ),
    near_duplicate=NearDuplicate(
        cluster_id=message_id("the agency's article", "relate", EnrichedArticle.SCHEMA, "1"),
        is_first=False,
        similarity=0.874,
        of=page_id("https://www.eastmouth-post.example/ferry-sails-again"),
        merged=(message_id("another one's article", "relate", EnrichedArticle.SCHEMA, "1"),),
    ),
    removed=_CLEAN.removed,
    provenance=_CLEAN.provenance,
    extraction=_CLEAN.extraction,
    extensions=ANNOTATED_ARTICLE.extensions,
    enrichments=ANNOTATED_ARTICLE.enrichments,
)

OTHER_ANNOTATED_ARTICLE = replace(
    ANNOTATED_ARTICLE,
    id=message_id("another", "annotate", AnnotatedArticle.SCHEMA, "1"),
    summary=Summary(description_share=0.1, description_doubt=DescriptionDoubt.ELSEWHERE),
    date_doubts=(DateDoubt.MODIFIED_BEFORE_PUBLISHED,),
)

WITHDRAWN_ARTICLE = EnrichedArticle(
    id=message_id("withdrawn", "relate", EnrichedArticle.SCHEMA, "1"),
    trace_id=WITHDRAWAL.trace_id,
    page_id=_CLEAN.page_id,
    url=_URL,
    host=_CLEAN.host,
    revision=Revision(number=3, previous_id=ENRICHED_ARTICLE.id, change=Change.UPDATED),
    withdrawn=Withdrawn(at=WITHDRAWAL.at, reason=WITHDRAWAL.reason),
)

PAGE_OUTCOME = PageOutcome(
    id=message_id(_TRACE, "clean", Outcome.DEAD, "1"),
    trace_id=_TRACE,
    url=_URL,
    stage="clean",
    outcome=Outcome.DEAD,
    error=ErrorReport(step="process", code="time_limit", message="the page took more than 10 s"),
    attempt=1,
    input=Place(topic="news.raw.v1", partition=3, offset=1842),
    at="2026-01-09T16:41:19Z",
    version=_VERSION,
    times=(StageTime(stage="clean", at="2026-01-09T16:41:19Z"),),
)

DROPPED_OUTCOME = PageOutcome(
    id=message_id(_TRACE, "clean", Outcome.DROPPED, "1"),
    trace_id=_TRACE,
    page_id=_CLEAN.page_id,
    url=_URL,
    stage="clean",
    outcome=Outcome.DROPPED,
    reason="consent_wall",
    evidence="form action /consent",
    attempt=1,
    input=Place(topic="news.raw.v1", partition=3, offset=1843),
    at="2026-01-09T16:41:20Z",
    version=_VERSION,
    fetched_at=_CLEAN.fetched_at,
    times=(StageTime(stage="clean", at="2026-01-09T16:41:20Z", ms=8.125),),
)

UNCHANGED_OUTCOME = PageOutcome(
    id=message_id(_TRACE, "relate", Outcome.UNCHANGED, "1"),
    trace_id=_TRACE,
    page_id=_CLEAN.page_id,
    url=_URL,
    stage="relate",
    outcome=Outcome.UNCHANGED,
    evidence=ENRICHED_ARTICLE.id,
    attempt=1,
    input=Place(topic="news.annotated.v1", partition=5, offset=1790),
    at="2026-01-09T16:41:21Z",
    version=_VERSION,
    record_id=ENRICHED_ARTICLE.id,
)

RAW_MESSAGE: Message = raw_message(RAW_PAGE)

_DEAD_LETTER_HEADERS = {
    "dlq.trace_id": _TRACE,
    "dlq.stage": "clean",
    "dlq.step": "process",
    "dlq.error.type": "time_limit",
    "dlq.error.message": "the page took more than 10 s",
    "dlq.source.topic": "news.raw.v1",
    "dlq.source.partition": "3",
    "dlq.source.offset": "1842",
    "dlq.attempts": "1",
    "dlq.failed_at": "2026-01-09T16:41:19Z",
    "dlq.version": _VERSION,
}

EXAMPLES: dict[str, dict[str, Any]] = {
    "raw_page": {name: (value or b"").decode() for name, value in RAW_MESSAGE.headers},
    "clean_article": to_plain(CLEAN_ARTICLE),
    "annotated_article": to_plain(ANNOTATED_ARTICLE),
    "withdrawal": to_plain(WITHDRAWAL),
    "enriched_article": to_plain(ENRICHED_ARTICLE),
    "outcome": to_plain(PAGE_OUTCOME),
    "dead_letter": {**{name: (value or b"").decode() for name, value in RAW_MESSAGE.headers}, **_DEAD_LETTER_HEADERS},
}
"""Record name -> its example: a message's value, or for raw pages and dead letters its headers as text."""

RECORDS = (
    CLEAN_ARTICLE,
    ANNOTATED_ARTICLE,
    WITHDRAWAL,
    ENRICHED_ARTICLE,
    OTHER_ANNOTATED_ARTICLE,
    WITHDRAWN_ARTICLE,
    PAGE_OUTCOME,
    DROPPED_OUTCOME,
    UNCHANGED_OUTCOME,
)
"""Every record that is a message's value; some more than once, for some fields exclude others."""
