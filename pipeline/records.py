"""The records on the wire, in the order of the flow. The one source of `schemas/`.

Words are schema.org's, in snake_case. A field that is not known is absent, not null. Offsets and lengths count
Unicode code points. The same input gives the same bytes: no clock, no duration, no random value stands in a record.
Dataclasses do not check the constraints in their annotations: `pipeline.codec` reads back all it writes.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated, Any, ClassVar

from msgspec import Meta

Id = Annotated[str, Meta(pattern=r"^[0-9a-f]{32}\Z", description="128-bit hash, lower-case hexadecimal")]
Url = Annotated[str, Meta(pattern=r"^https?://", max_length=8192, description="absolute http or https URL")]
_DATE = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
_MINUTE = "[0-9]{2}:[0-9]{2}"
_SECOND = r":[0-9]{2}(\.[0-9]{1,9})?"
_OFFSET = "(Z|[+-][0-9]{2}:[0-9]{2})"

Instant = Annotated[
    str, Meta(pattern=rf"^{_DATE}T{_MINUTE}{_SECOND}{_OFFSET}\Z", description="RFC 3339 date-time with its offset")
]
Stated = Annotated[
    str,
    Meta(
        pattern=rf"^{_DATE}(T{_MINUTE}({_SECOND})?{_OFFSET}?)?\Z",
        description="a date or date-time as the page states it: with the page's offset, or without if it gives none",
    ),
]
Share = Annotated[float, Meta(ge=0, le=1, description="0..1")]
Count = Annotated[int, Meta(ge=0)]
Text = Annotated[str, Meta(min_length=1)]


class BlockKind(StrEnum):
    """What a piece of the article body is."""

    PARAGRAPH = "paragraph"
    HEADING = "heading"
    QUOTE = "quote"
    LIST_ITEM = "list_item"
    CAPTION = "caption"
    TABLE = "table"


class Precision(StrEnum):
    """How exactly a date is stated."""

    SECOND = "second"
    MINUTE = "minute"
    DAY = "day"


class ZoneBasis(StrEnum):
    """How the offset of a date is known: stated as a number, or looked up for a zone's name such as "CET"."""

    OFFSET = "offset"
    NAME = "name"


class DateDoubt(StrEnum):
    """What does not fit in the dates of a page. They stand in the record as the page states them."""

    MODIFIED_BEFORE_PUBLISHED = "modified_before_published"
    PUBLISHED_AFTER_FETCH = "published_after_fetch"
    MODIFIED_AFTER_FETCH = "modified_after_fetch"


class MentionType(StrEnum):
    """What is mentioned; `unknown` when the text alone does not tell."""

    PERSON = "person"
    PLACE = "place"
    ORGANIZATION = "organization"
    EVENT = "event"
    WORK = "work"
    PRODUCT = "product"
    UNKNOWN = "unknown"


class MentionMethod(StrEnum):
    """How a mention was recognised, the surest first."""

    GAZETTEER = "gazetteer"
    DECLARED = "declared"
    DATELINE = "dateline"
    BYLINE = "byline"
    CAPITALISATION = "capitalisation"


class DescriptionDoubt(StrEnum):
    """Why a declared description is hardly one of the article."""

    BOILERPLATE = "boilerplate"
    ELSEWHERE = "elsewhere"


class Permission(StrEnum):
    """What was declared of a use. It tells what was read, and is no legal advice.

    `allowed`: expressly, and nothing reserves it. `reserved`: by one declaration at least. `undeclared`: every place
    was looked at when the page was fetched, and none says anything. `unknown`: not every place could be looked at.
    """

    ALLOWED = "allowed"
    RESERVED = "reserved"
    UNDECLARED = "undeclared"
    UNKNOWN = "unknown"


class CreditEvidence(StrEnum):
    """Where an agency is credited with a text, the surest first."""

    DATELINE = "dateline"
    BY_LINE = "by_line"
    CLOSING = "closing"
    DECLARED = "declared"


class QualityReason(StrEnum):
    """What lowers a quality score."""

    BOILERPLATE_LEFT = "boilerplate_left"
    TEXT_LEFT_OUT = "text_left_out"
    DOUBT = "doubt"
    DISAGREEMENT = "disagreement"
    METADATA = "metadata"
    TRUNCATION = "truncation"
    ENCODING_DAMAGE = "encoding_damage"


class Outcome(StrEnum):
    """What became of a page. Every page ends in exactly one of these."""

    ENRICHED = "enriched"
    UNCHANGED = "unchanged"
    DROPPED = "dropped"
    DEAD = "dead"


class Change(StrEnum):
    """What a revision is to the one before it. A withdrawal is an update."""

    NEW = "new"
    UPDATED = "updated"
    REPROCESSED = "reprocessed"


class Edit(StrEnum):
    """What became of a sentence."""

    ADDED = "added"
    REMOVED = "removed"
    ALTERED = "altered"


class WithdrawalKind(StrEnum):
    """What is to become of a page: `gone` withdraws it only if it was published before."""

    WITHDRAW = "withdraw"
    GONE = "gone"
    REINSTATE = "reinstate"


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A stretch of `article_body`: the text between `start` (inclusive) and `end` (exclusive)."""

    kind: BlockKind
    start: Count
    end: Count


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """A person, or the agency or newsroom that the by-line names."""

    name: Text
    url: Url | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Publisher:
    """Who published the page; `domain` is the registrable one."""

    name: Text
    domain: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """A picture of the article."""

    url: Url
    caption: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What one place of the page says of a field."""

    source: Text
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Where a field's value was taken from, and what other places of the page say against it."""

    source: Text
    dissent: tuple[Claim, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed:
    """One cut: which rule, how it began, how long it was (code points), and where it stood.

    `place` is an element's path in the page, or "line N" of flattened text. `detail` is what the rule has to add.
    """

    rule: Text
    excerpt: Annotated[str, Meta(max_length=200)]
    length: Count
    place: Text
    detail: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Extraction:
    """What made the text: the engine and its version, the version of the rule table, and the candidate that won."""

    engine: Text
    version: Text
    rules_version: Text
    candidate: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RightsAtFetch:
    """What the site said of the page's use when it was fetched, as the raw message's headers brought it."""

    robots: str | None = None
    """What robots.txt says of this URL, and by which line. Where it stands, a crawler has looked at every place."""
    robots_tag: str | None = None
    """Directives of X-Robots-Tag and `<meta name=robots>`: noindex, noai, …"""
    tdm_reservation: str | None = None
    """TDMRep: "1" when text and data mining is reserved; "unknown" when the site's file could not be had."""
    tdm_policy: str | None = None
    """Address of the policy by which rights to mine can be had."""
    content_usage: str | None = None
    """AIPREF preferences, of header or robots.txt: "train-ai=n"."""
    rights_reserved: str | None = None
    """Why the crawler counted the page as reserved."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paywall:
    """What speaks for or against a wall before the text."""

    declared: bool | None = None
    """Whether the page declares that not all of it is free to read; absent when it says nothing."""
    evidence: tuple[Claim, ...] = ()
    """What was declared, by which place of the page, and what was seen of a wall: what a rule cut, or where the text
    breaks off."""
    is_stub: bool = False
    """Whether the text looks like the beginning that a wall leaves to read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgencyCredit:
    """A news agency that the text, or the page, credits with it."""

    id: Annotated[str, Meta(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*\Z")]
    """Stable short name: "afp", "dpa", "keystone-sda"."""
    name: Text
    wikidata: Annotated[str, Meta(pattern=r"^Q[1-9][0-9]*\Z")] | None = None
    evidence: CreditEvidence
    source: Text
    """The place of the credit: `article_body`, `authors`, `removed:RULE`, or the place of the page that declares it."""
    excerpt: Annotated[str, Meta(max_length=120)]
    """The words of the credit."""
    start: Count | None = None
    """Offset of the excerpt into the body; absent where the credit stands elsewhere."""
    contributed: bool = False
    """Whether the credit only says that the agency gave some of the material: "with AFP"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rights:
    """What page and site say of the text's use as seen at the fetch, and what that comes to. No legal advice.

    From `text_mining` on the annotate stage adds the fields; the others are as declared.
    """

    is_accessible_for_free: bool | None = None
    license: str | None = None
    copyright_holder: str | None = None
    copyright_notice: str | None = None
    credit_text: str | None = None
    """How the publisher wants the text to be credited."""
    usage_info: str | None = None
    """Where the terms of use stand: schema.org's usageInfo, else acquireLicensePage."""
    closed_parts: tuple[str, ...] = ()
    """CSS selectors of the parts that the page declares not to be free to read."""
    claims: tuple[Claim, ...] = ()
    """Everything that the page itself declares of its rights, in its words and with the place that says so."""
    at_fetch: RightsAtFetch | None = None
    """Absent when the page came without such headers: from a file, or by another publisher."""
    text_mining: Permission | None = None
    """Mining of text and data of any kind."""
    ai_training: Permission | None = None
    """The training of models."""
    reasons: tuple[str, ...] = ()
    """What those two follow from, in words."""
    paywall: Paywall | None = None
    agencies: tuple[AgencyCredit, ...] = ()
    """Agencies that are credited with the text, the surest evidence first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedDomain:
    """A registrable domain that the story links to, and how often."""

    domain: Text
    count: Count


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredMention:
    """Somebody or something that the page declares to be about; `source` is the place of the page that says so."""

    name: Text
    type: str | None = None
    """A schema.org type, as declared."""
    id: str | None = None
    """URL that tells who or what is meant, such as Wikidata's."""
    source: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Certainty:
    """How sure the cleaning is of the text that it chose, in shares of characters."""

    agreement: Share
    """What every way of finding the story took, of what any of them took: extractor, rules, declared body, judge."""
    boilerplate: Share | None = None
    """What of the body is probably none of the story. Absent, as what follows, where no judge was asked."""
    left_out: Share | None = None
    """What of the page's story is probably not in the body."""
    doubt: Share | None = None
    """Lines of which the judge was in doubt, in the body or not, beside the body's length."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signals:
    """What later stages need to know of the HTML, which they never see."""

    declared_types: tuple[str, ...] = ()
    """schema.org and Open Graph types that the page claims to be."""
    link_share: Share = 0.0
    """Share of the page's visible characters that stand inside links."""
    text_share: Share = 0.0
    """Share of the page's visible characters that became the article body."""
    forms: Count = 0
    visit_date: str | None = None
    """The date line of the visit, as it stood on the page: not the date of the story."""
    links_out: Count = 0
    """Links of the story to other sites."""
    linked_domains: tuple[LinkedDomain, ...] = ()
    """Where they lead, the most frequent first; 50 at most."""
    images: tuple[Image, ...] = ()
    """Pictures that stand in the story, in their order, with their captions; 30 at most."""
    declared_mentions: tuple[DeclaredMention, ...] = ()
    kind_shares: dict[str, Share] = field(default_factory=dict)
    """How like the pages of each kind the words of its URL, title and markup are; empty where news declares itself."""
    certainty: Certainty | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RawPage:
    """One fetch of one page: the body as received, and this metadata in the message's headers.

    Content-encoding is undone, the charset is not decoded. Any publisher may write such messages; `url` is all that
    is required. `trace_id` is computed from url, fetched_at and body, never taken from the sender.
    """

    SCHEMA: ClassVar[str] = "raw_page/1.0"

    url: Url
    body: bytes
    fetched_at: Instant | None = None
    discovered_at: Instant | None = None
    content_type: str | None = None
    status: Annotated[int, Meta(ge=100, le=599)] | None = None
    source: str | None = None
    """Name of the feed, sitemap or list that led to the page."""
    published: Stated | None = None
    """When the page was published, as the feed or sitemap states it."""
    robots: str | None = None
    """What robots.txt says of this URL, and by which line."""
    robots_tag: str | None = None
    """Directives of X-Robots-Tag and `<meta name=robots>` that hold for newsflow: noindex, noai, …"""
    tdm_reservation: str | None = None
    """TDMRep, by header, page or the site's file: "1" when text and data mining is reserved."""
    tdm_policy: str | None = None
    content_usage: str | None = None
    """AIPREF preferences, of header or robots.txt: "train-ai=n"."""
    rights_reserved: str | None = None
    """Why the page counts as reserved; absent when nothing is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanArticle:
    """An article without its boilerplate, and what the page declares of it."""

    SCHEMA: ClassVar[str] = "clean_article/1.2"

    schema: Annotated[str, Meta(pattern=r"^clean_article/1\.[0-9]+\Z")] = SCHEMA
    id: Id
    trace_id: Id
    page_id: Id
    url: Url
    canonical_url: Url | None = None
    host: Text
    source: str | None = None
    fetched_at: Instant | None = None
    discovered_at: Instant | None = None
    headline: str | None = None
    alternative_headline: str | None = None
    description: str | None = None
    article_body: Text
    blocks: tuple[Block, ...]
    authors: tuple[Author, ...] = ()
    publisher: Publisher | None = None
    published: tuple[Claim, ...] = ()
    """What the page says of its publication, best source first, unparsed."""
    modified: tuple[Claim, ...] = ()
    declared_language: str | None = None
    article_section: str | None = None
    keywords: tuple[str, ...] = ()
    main_image: Image | None = None
    rights: Rights = field(default_factory=Rights)
    removed: tuple[Removed, ...] = ()
    provenance: dict[str, Provenance] = field(default_factory=dict)
    extraction: Extraction
    signals: Signals


@dataclass(frozen=True, slots=True, kw_only=True)
class PageKind:
    """What kind of page it is, and by what signs."""

    kind: Text
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Date:
    """A date as the page states it, how exactly, in what words, and as UTC for sorting where its offset is known."""

    value: Stated
    precision: Precision
    raw: str
    utc: Instant | None = None
    source: Text
    zone: ZoneBasis | None = None
    """What `utc` was computed with; absent as that is, where the page gives no offset: none is guessed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptShare:
    """A writing system, as ISO 15924 names it, and its share of the text's letters."""

    script: Annotated[str, Meta(pattern=r"^[A-Z][a-z]{3}\Z")]
    share: Share


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """BCP 47 tag ("und" when the text does not tell) with the detector's probability."""

    tag: Text
    confidence: Share
    conflict: bool = False
    """Whether the page declares another language than the text is in."""
    scripts: tuple[ScriptShare, ...] = ()
    """The largest first, without those below a hundredth."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Readability:
    """How hard the text is to read, by a published formula: what the number means is the formula's own matter."""

    formula: Text
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TextFacts:
    """What can be counted in the text. `sentences` is absent for scripts that mark no sentence's end."""

    sentences: Count | None = None
    reading_seconds: Count
    readability: Readability | None = None
    quotations: Count = 0
    links_out: Count = 0
    linked_domains: tuple[LinkedDomain, ...] = ()
    images: tuple[Image, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Keyword:
    """A word or phrase that the text is about, as it stands there; the best one's score is 1."""

    text: Text
    score: Share


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """Somebody or something that is named: how often in the body, where first, and how it was recognised."""

    name: Text
    type: MentionType
    count: Count
    first: Count | None = None
    """Offset into the body; absent where only the by-line or the page's own metadata name it."""
    method: MentionMethod
    id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A sentence of the article body, verbatim, from `start` (inclusive) to `end` (exclusive)."""

    text: Text
    start: Count
    end: Count


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """The sentences that say most, in the order of the text, and whether the declared description is of this text."""

    sentences: tuple[Sentence, ...] = ()
    description_share: Share | None = None
    """Share of the description's words that the text or its headline has."""
    description_doubt: DescriptionDoubt | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityParts:
    """What the quality score is made of, each 0..1. Of text share, agreement and metadata much is good."""

    text_share: Share
    """Share of the page's visible characters that became the body. It does not weigh: short news is news."""
    agreement: Share
    """Share of the characters that every way of finding the story took, of those that any of them took.

    It weighs only where the parts of the learned judge are absent, and the body is no declared one.
    """
    boilerplate_left: Share | None = None
    """Share of the body that is probably none of the story. Absent, as the next two, where no judge was asked."""
    text_left_out: Share | None = None
    """Share of the page's story that is probably not in the body."""
    doubt: Share | None = None
    """Characters of lines of which the judge was in doubt, beside those of the body."""
    metadata: Share
    """Share of these that the page declares: headline, authors, date, language, publisher, description, image."""
    truncation: Share
    """How likely the text is cut short: 1 when it ends in an ellipsis, 0.7 when it is short and behind a paywall."""
    encoding_damage: Share
    """Share of words that are broken by a wrong charset, times 20: 1 when every twentieth word is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """How good the text is: what to expect of it, less what truncation, damage and missing metadata cost."""

    score: Share
    """To filter by. The README shows what articles of each score are like."""
    expected_f1: Share
    """F1 of the text's words to be expected: precision lacks the boilerplate left, recall the text left out."""
    parts: QualityParts
    reasons: tuple[QualityReason, ...] = ()
    """What lowers the score noticeably, the costliest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrichment:
    """One enricher's run: `ok`, or `failed` with its reason. A failure never blocks the record."""

    name: Text
    version: Text
    status: Annotated[str, Meta(pattern=r"^(ok|failed)\Z")]
    error: str | None = None
    is_timeout: bool = False
    """Whether it failed by its time limit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnotatedArticle:
    """A clean article and what was found out about its text."""

    SCHEMA: ClassVar[str] = "annotated_article/1.2"

    schema: Annotated[str, Meta(pattern=r"^annotated_article/1\.[0-9]+\Z")] = SCHEMA
    id: Id
    trace_id: Id
    page_id: Id
    url: Url
    article: CleanArticle
    word_count: Count
    facts: TextFacts | None = None
    summary: Summary | None = None
    language: Language | None = None
    published: Date | None = None
    modified: Date | None = None
    date_doubts: tuple[DateDoubt, ...] = ()
    keywords: tuple[Keyword, ...] = ()
    mentions: tuple[Mention, ...] = ()
    quality: Quality | None = None
    page_kind: PageKind
    rights: Rights | None = None
    """The clean article's, with what its declarations come to."""
    extensions: dict[str, Any] = field(default_factory=dict)
    enrichments: tuple[Enrichment, ...] = ()


GONE = (404, 410)
"""HTTP statuses of a page that is no longer there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal:
    """An order on its way to relate: a page is withdrawn, because it is gone or somebody asked, or reinstated.

    Found gone is a page that answers 404 or 410; the clean stage makes this of it.
    """

    SCHEMA: ClassVar[str] = "withdrawal/1.0"

    schema: Annotated[str, Meta(pattern=r"^withdrawal/1\.[0-9]+\Z")] = SCHEMA
    id: Id
    trace_id: Id
    page_id: Id
    url: Url
    host: Text
    source: str | None = None
    fetched_at: Instant | None = None
    """When the page was found gone; absent in an order that somebody gave."""
    kind: WithdrawalKind
    at: Instant
    """When the page was found gone, or the order given. It orders withdrawals and fetches of a page."""
    reason: Annotated[str, Meta(min_length=1, max_length=200)]


@dataclass(frozen=True, slots=True, kw_only=True)
class EditedSentence:
    """One sentence that is not what it was, in at most 160 characters: its beginning, or where it differs."""

    edit: Edit
    before: Annotated[str, Meta(max_length=160)] | None = None
    after: Annotated[str, Meta(max_length=160)] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What an update changed. Time stamps, counters, white space and variants of punctuation are not looked at."""

    fields: tuple[str, ...]
    """Names of the fields that say something else than before; `rights` when a use of the text is newly reserved, or
    no longer."""
    headline_before: Annotated[str, Meta(max_length=300)] | None = None
    headline_after: Annotated[str, Meta(max_length=300)] | None = None
    sentences_added: Count = 0
    sentences_removed: Count = 0
    sentences_altered: Count = 0
    share: Share = 0.0
    """Share of the characters of both texts that stand in sentences added, removed or altered."""
    sentences: tuple[EditedSentence, ...] = ()
    """The first of them: altered, then added, then removed ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """Which state of the page this is. Keep the highest `number` of a `page_id`."""

    number: Annotated[int, Meta(ge=1)]
    previous_id: Id | None = None
    change: Change
    difference: Difference | None = None
    """Of an update: what changed; absent when the text before is no longer known."""
    correction: Annotated[str, Meta(max_length=300)] | None = None
    """The note in the text by which the publisher says that it was corrected."""
    still_reserved: tuple[str, ...] | None = None
    """Uses that an earlier fetch found reserved and for which this one could not look; `rights` has them as reserved.
    Absent when there are none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NearDuplicate:
    """The articles of the last weeks that say the same in almost the same words: wire copies, reprints.

    Found by shared runs of words: a translation, or a story told anew, is none.
    """

    cluster_id: Id
    """Id of the record that was the first of them."""
    is_first: bool
    """Whether this page was the first of them."""
    similarity: Share | None = None
    """Jaccard similarity to the most similar of them; absent when there was no other."""
    of: Id | None = None
    """page_id of the most similar one."""
    merged: tuple[Id, ...] = ()
    """Clusters that turn out to be this one: from now on they go by `cluster_id`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawn:
    """The publisher took the page back: delete your copy."""

    at: Instant
    reason: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrichedArticle:
    """What subscribers read: one state of one page, complete in itself. A withdrawn page has no text."""

    SCHEMA: ClassVar[str] = "enriched_article/1.2"

    schema: Annotated[str, Meta(pattern=r"^enriched_article/1\.[0-9]+\Z")] = SCHEMA
    id: Id
    trace_id: Id
    page_id: Id
    url: Url
    canonical_url: Url | None = None
    host: Text
    source: str | None = None
    fetched_at: Instant | None = None
    discovered_at: Instant | None = None
    headline: str | None = None
    alternative_headline: str | None = None
    description: str | None = None
    article_body: Text | None = None
    blocks: tuple[Block, ...] = ()
    word_count: Count | None = None
    facts: TextFacts | None = None
    summary: Summary | None = None
    authors: tuple[Author, ...] = ()
    publisher: Publisher | None = None
    date_published: Stated | None = None
    date_published_precision: Precision | None = None
    date_published_raw: str | None = None
    date_published_utc: Instant | None = None
    date_published_zone: ZoneBasis | None = None
    date_modified: Stated | None = None
    date_modified_precision: Precision | None = None
    date_modified_raw: str | None = None
    date_modified_utc: Instant | None = None
    date_modified_zone: ZoneBasis | None = None
    date_doubts: tuple[DateDoubt, ...] = ()
    in_language: str | None = None
    in_language_confidence: Share | None = None
    declared_language: str | None = None
    language_conflict: bool = False
    scripts: tuple[ScriptShare, ...] = ()
    article_section: str | None = None
    keywords: tuple[str, ...] = ()
    """As the page declares them."""
    extracted_keywords: tuple[Keyword, ...] = ()
    """As the text tells them, the best first."""
    mentions: tuple[Mention, ...] = ()
    main_image: Image | None = None
    page_kind: PageKind | None = None
    rights: Rights | None = None
    quality: Quality | None = None
    revision: Revision
    near_duplicate: NearDuplicate | None = None
    """Absent when the text is too short to tell."""
    removed: tuple[Removed, ...] = ()
    provenance: dict[str, Provenance] = field(default_factory=dict)
    extraction: Extraction | None = None
    extensions: dict[str, Any] = field(default_factory=dict)
    """What the operator's own enrichers found, by their names: JSON of their own making."""
    enrichments: tuple[Enrichment, ...] = ()
    withdrawn: Withdrawn | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a message lies."""

    topic: Text
    partition: Count
    offset: Count


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorReport:
    """What went wrong: in which step of the stage, of what kind, in which words."""

    step: Text
    code: Text
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StageTime:
    """When a stage took the page, and for how long it worked on it; without `ms` when its process was killed."""

    stage: Text
    at: Instant
    ms: Annotated[float, Meta(ge=0, description="milliseconds")] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PageOutcome:
    """Where one fetch of one page ended. Counted by distinct trace_id; the highest attempt counts."""

    SCHEMA: ClassVar[str] = "outcome/1.1"

    schema: Annotated[str, Meta(pattern=r"^outcome/1\.[0-9]+\Z")] = SCHEMA
    id: Id
    trace_id: Id
    page_id: Id | None = None
    url: str | None = None
    stage: Text
    outcome: Outcome
    reason: str | None = None
    evidence: str | None = None
    error: ErrorReport | None = None
    attempt: Annotated[int, Meta(ge=1)]
    input: Place | None = None
    """The message that the stage was working on."""
    at: Instant
    version: Text
    record_id: Id | None = None
    """Id of the enriched record that was made, or that would have been if the page had brought anything new."""
    fetched_at: Instant | None = None
    times: tuple[StageTime, ...] = ()
    """The page's way so far, a row for each stage."""


WIRE_RECORDS = (CleanArticle, AnnotatedArticle, Withdrawal, EnrichedArticle, PageOutcome)
"""The records that are a message's value. `RawPage` and dead letters are bytes with headers."""
