"""relate: numbered revisions, in the order in which the pages were fetched."""

from collections.abc import Iterator
from dataclasses import fields, replace

import orjson
import pytest

from pipeline.codec import decode
from pipeline.edges.store import open_store
from pipeline.enrichment.revisions import fingerprint as fingerprint_of
from pipeline.enrichment.revisions import with_reservations
from pipeline.errors import Drop, Reason, Unchanged
from pipeline.memory import Decision, Memory
from pipeline.records import (
    AnnotatedArticle,
    Author,
    Change,
    Claim,
    Date,
    EnrichedArticle,
    Language,
    Paywall,
    Permission,
    Precision,
    Provenance,
    Removed,
    Revision,
    Rights,
    Withdrawal,
)
from pipeline.stages.relate import _instant, content_of_article, decide, record_id, relate, state_of
from tests.articles import annotated, ordered, take

MONDAY, TUESDAY, WEDNESDAY = (f"2026-03-0{day}T08:00:00Z" for day in (2, 3, 4))
OLD, NEW = "The storm is coming.", "The storm has come."


@pytest.fixture
def memory() -> Iterator[Memory]:
    store = open_store(":memory:", cluster_id=None)
    with store.transaction(now=MONDAY) as memory:
        yield memory
    store.close()


def brief(verdict: Revision | Unchanged | Drop) -> object:
    if isinstance(verdict, Revision):
        return verdict.number, verdict.change
    return verdict.reason if isinstance(verdict, Drop) else "unchanged"


FIRST, UPDATED = (1, Change.NEW), (2, Change.UPDATED)

FREE = Rights(text_mining=Permission.UNDECLARED, ai_training=Permission.UNDECLARED)
UNTOLD = Rights(text_mining=Permission.UNKNOWN, ai_training=Permission.UNKNOWN)
NOAI = Rights(text_mining=Permission.UNDECLARED, ai_training=Permission.RESERVED)

HISTORIES = {
    "a new reservation is an update": (
        [annotated(OLD, MONDAY, found=FREE), annotated(OLD, TUESDAY, found=NOAI)],
        [FIRST, UPDATED],
    ),
    "the end of a reservation too": (
        [annotated(OLD, MONDAY, found=NOAI), annotated(OLD, TUESDAY, found=FREE)],
        [FIRST, UPDATED],
    ),
    "another licence, a wall or an agency is none": (
        [
            annotated(OLD, MONDAY, found=FREE),
            annotated(OLD, TUESDAY, found=replace(FREE, license="CC BY 4.0", paywall=Paywall(declared=True))),
        ],
        [FIRST, "unchanged"],
    ),
    "a fetch that could not look for reservations ends none": (
        [
            annotated(OLD, MONDAY, found=NOAI),
            annotated(OLD, TUESDAY, found=UNTOLD),
            annotated(OLD, WEDNESDAY, found=NOAI),
        ],
        [FIRST, "unchanged", "unchanged"],
    ),
    "nor does one with other words": (
        [
            annotated(OLD, MONDAY, found=NOAI),
            annotated(NEW, TUESDAY, found=UNTOLD),
            annotated(NEW, WEDNESDAY, found=NOAI),
        ],
        [FIRST, UPDATED, "unchanged"],
    ),
    "a first sight is revision 1": ([annotated(OLD, MONDAY)], [FIRST]),
    "a first sight without a fetch time too": ([annotated(OLD)], [FIRST]),
    "other words are an update": ([annotated(OLD, MONDAY), annotated(NEW, TUESDAY)], [FIRST, UPDATED]),
    "the same words are unchanged": ([annotated(OLD, MONDAY), annotated(OLD, TUESDAY)], [FIRST, "unchanged"]),
    "a late arrival of an older fetch is superseded": (
        [annotated(NEW, TUESDAY), annotated(OLD, MONDAY)],
        [FIRST, Reason.SUPERSEDED],
    ),
    "even when its words are the same": (
        [annotated(OLD, TUESDAY), annotated(OLD, MONDAY)],
        [FIRST, Reason.SUPERSEDED],
    ),
    "an unchanged fetch moves the page's time on": (
        [annotated(OLD, MONDAY), annotated(OLD, WEDNESDAY), annotated(NEW, TUESDAY)],
        [FIRST, "unchanged", Reason.SUPERSEDED],
    ),
    "without a fetch time the arrival counts": ([annotated(OLD, TUESDAY), annotated(NEW)], [FIRST, UPDATED]),
    "also when the known one has none": ([annotated(OLD), annotated(NEW, MONDAY)], [FIRST, UPDATED]),
    "a fetch without a time leaves the known time": (
        [annotated(OLD, TUESDAY), annotated(NEW), annotated("Third.", MONDAY)],
        [FIRST, UPDATED, Reason.SUPERSEDED],
    ),
    "two fetches of one second count as they arrive": (
        [annotated(OLD, MONDAY), annotated(NEW, "2026-03-02T09:00:00+01:00")],
        [FIRST, UPDATED],
    ),
    "a newer version's record replaces the old one, though the words are the same": (
        [annotated(OLD, MONDAY), annotated(OLD, MONDAY, version="2")],
        [FIRST, (2, Change.REPROCESSED)],
    ),
    "reprocessing of an unchanged fetch replaces the record that stood for it": (
        [annotated(OLD, MONDAY), annotated(OLD, TUESDAY), annotated(OLD, TUESDAY, version="2")],
        [FIRST, "unchanged", (2, Change.REPROCESSED)],
    ),
    "a replay by a newer version makes one revision, of the newest fetch": (
        [*(annotated(text, day, v) for v in "12" for text, day in ((OLD, MONDAY), (NEW, TUESDAY)))],
        [FIRST, UPDATED, Reason.SUPERSEDED, (3, Change.REPROCESSED)],
    ),
    "a repeat is what it was": (
        [annotated(OLD, MONDAY), annotated(NEW, TUESDAY), annotated(OLD, MONDAY)],
        [FIRST, UPDATED, FIRST],
    ),
    "an order withdraws, and later copies stay withdrawn": (
        [annotated(OLD, MONDAY), ordered("withdraw", TUESDAY), annotated(NEW, WEDNESDAY), annotated(NEW)],
        [FIRST, UPDATED, Reason.WITHDRAWN, Reason.WITHDRAWN],
    ),
    "also a page that was never seen": (
        [ordered("withdraw", MONDAY), annotated(OLD, TUESDAY)],
        [FIRST, Reason.WITHDRAWN],
    ),
    "a withdrawn page is withdrawn once": (
        [annotated(OLD, MONDAY), ordered("withdraw", TUESDAY), ordered("gone", WEDNESDAY)],
        [FIRST, UPDATED, "unchanged"],
    ),
    "a published page that is gone is withdrawn": (
        [annotated(OLD, MONDAY), ordered("gone", TUESDAY)],
        [FIRST, UPDATED],
    ),
    "a page that was never published and is gone is an error": (
        [ordered("gone", MONDAY), ordered("reinstate", TUESDAY), ordered("gone", WEDNESDAY)],
        [Reason.HTTP_ERROR, "unchanged", Reason.HTTP_ERROR],
    ),
    "a page found gone before its latest fetch is not": (
        [annotated(OLD, TUESDAY), ordered("gone", MONDAY)],
        [FIRST, Reason.SUPERSEDED],
    ),
    "a reinstated page's next fetch is its next revision, with the same words too": (
        [
            annotated(OLD, MONDAY),
            ordered("withdraw", "2026-03-02T09:00:00Z"),
            ordered("reinstate", TUESDAY),
            annotated(OLD, WEDNESDAY),
        ],
        [FIRST, UPDATED, "unchanged", (3, Change.UPDATED)],
    ),
    "an older withdrawal does not undo a reinstatement": (
        [annotated(OLD, MONDAY), ordered("reinstate", WEDNESDAY), ordered("withdraw", TUESDAY)],
        [FIRST, "unchanged", Reason.SUPERSEDED],
    ),
    "also of a page that was never seen, whose first record is new": (
        [ordered("reinstate", TUESDAY), ordered("withdraw", MONDAY), annotated(OLD, WEDNESDAY)],
        ["unchanged", Reason.SUPERSEDED, FIRST],
    ),
    "a reinstatement of what is not withdrawn leaves its reprocessing": (
        [annotated(OLD, MONDAY), ordered("reinstate", TUESDAY), annotated(OLD, MONDAY, version="2")],
        [FIRST, "unchanged", (2, Change.REPROCESSED)],
    ),
    "a newer version does not bring a withdrawn page back": (
        [annotated(OLD, MONDAY), ordered("withdraw", TUESDAY), annotated(OLD, MONDAY, version="2")],
        [FIRST, UPDATED, Reason.SUPERSEDED],
    ),
    "a time stamp, a counter and white space are no update": (
        [annotated(OLD, MONDAY), annotated(f"Updated 14:05\n\n{OLD}  \n17 comments", TUESDAY)],
        [FIRST, "unchanged"],
    ),
    "pages do not touch each other": (
        [annotated(OLD, TUESDAY), annotated(OLD, MONDAY, url="https://news.example/sun")],
        [FIRST, FIRST],
    ),
}


@pytest.mark.parametrize(("articles", "expected"), HISTORIES.values(), ids=HISTORIES)
def test_histories(memory: Memory, articles: list[AnnotatedArticle | Withdrawal], expected: list[object]) -> None:
    assert [brief(take(article, memory)[0].verdict) for article in articles] == expected


def test_a_reservation_that_a_fetch_could_not_look_for_stays_in_the_record(memory: Memory) -> None:
    """And a store that is rebuilt from the record decides the next fetch alike."""
    take(annotated(OLD, MONDAY, found=NOAI), memory)
    article = annotated(NEW, TUESDAY, found=UNTOLD)
    _, sent = take(article, memory)
    record = decode(EnrichedArticle, sent or b"")
    assert record.revision.still_reserved == ("ai_training",)
    assert record.rights is not None
    assert record.rights.ai_training is Permission.RESERVED
    assert record.rights.text_mining is Permission.UNKNOWN
    assert "an earlier fetch found ai_training reserved" in record.rights.reasons[-1]
    page = memory.page(article.page_id)
    assert page is not None
    assert state_of(record)[0].fingerprint == page.fingerprint
    assert take(article, memory)[1] == sent, "a repeat has the same bytes"


def test_a_reservation_outlives_the_text_that_the_store_keeps() -> None:
    before = content_of_article(annotated(OLD, MONDAY, found=NOAI))
    now = content_of_article(annotated(OLD, TUESDAY, found=UNTOLD))
    found = with_reservations(now, frozenset(("text_mining", "ai_training")), None, fingerprint_of(before))
    assert found == before


def test_a_withdrawal_is_a_record_without_text_that_says_when_and_why(memory: Memory) -> None:
    take(annotated(OLD, MONDAY), memory)
    order = ordered("withdraw", TUESDAY, reason="the source asked")
    decision, sent = take(order, memory)
    record = orjson.loads(sent or b"")
    assert record["withdrawn"] == {"at": TUESDAY, "reason": "the source asked"}
    assert record["revision"] == {"number": 2, "previous_id": record_id(annotated(OLD, MONDAY).id), "change": "updated"}
    assert not {"article_body", "headline", "word_count", "extraction", "fetched_at"} & record.keys()
    assert memory.text(order.page_id) is None
    evidence = f"withdrawn as of {TUESDAY}: the source asked"
    assert take(annotated(NEW, WEDNESDAY), memory)[0].verdict == Drop(reason=Reason.WITHDRAWN, evidence=evidence)
    assert take(order, memory) == (decision, sent)


def test_an_update_says_what_changed_and_every_record_the_note_on_a_correction(memory: Memory) -> None:
    note = "Correction: The storm came on Monday."
    first = orjson.loads(take(annotated(f"{OLD}\n\n{note}", MONDAY, headline="Storm"), memory)[1] or b"")
    assert first["revision"] == {"number": 1, "change": "new", "correction": note}
    second = orjson.loads(take(annotated(f"{NEW}\n\n{note}", TUESDAY, headline="Storm!"), memory)[1] or b"")
    assert second["revision"]["difference"]["headline_before"] == "Storm"
    assert second["revision"]["difference"]["headline_after"] == "Storm!"
    assert second["revision"]["difference"]["sentences"] == [{"edit": "altered", "before": OLD, "after": NEW}]
    assert second["revision"]["correction"] == note


def test_reprocessing_is_no_change_of_the_publishers(memory: Memory) -> None:
    take(annotated(OLD, MONDAY), memory)
    _, sent = take(annotated(OLD, MONDAY, version="2", description="Found by a newer cleaner"), memory)
    assert "difference" not in orjson.loads(sent or b"")["revision"]


@pytest.mark.parametrize("long", [True, False], ids=["compared with others", "too short for that"])
def test_a_lost_store_is_rebuilt_from_the_records(memory: Memory, long: bool) -> None:
    body = " ".join(f"word{number}" for number in range(60)) if long else OLD
    for record in (annotated(body, MONDAY, headline="Storm"), ordered("withdraw", TUESDAY)):
        decision, sent = take(record, memory)
        page, text = state_of(decode(EnrichedArticle, sent))
        assert page == decision.page
        assert text == decision.text


def test_every_revision_names_the_record_before_it(memory: Memory) -> None:
    records = [
        orjson.loads(take(annotated(text, day), memory)[1] or b"") for text, day in ((OLD, MONDAY), (NEW, TUESDAY))
    ]
    assert "previous_id" not in records[0]["revision"]
    assert records[1]["revision"]["previous_id"] == records[0]["id"]


def test_unchanged_names_the_record_that_still_holds(memory: Memory) -> None:
    take(annotated(OLD, MONDAY), memory)
    decision, _ = take(annotated(OLD, TUESDAY), memory)
    assert decision.verdict == Unchanged(since=record_id(annotated(OLD, MONDAY).id))


def test_superseded_says_by_what(memory: Memory) -> None:
    take(annotated(NEW, TUESDAY), memory)
    evidence = f"fetched {MONDAY}, but revision 1 stands as of {TUESDAY}"
    assert take(annotated(OLD, MONDAY), memory)[0].verdict == Drop(reason=Reason.SUPERSEDED, evidence=evidence)


def test_a_repeat_gives_the_same_decision_and_bytes_whatever_came_between(memory: Memory) -> None:
    first = take(annotated(OLD, MONDAY), memory)
    take(annotated(NEW, TUESDAY), memory)
    assert take(annotated(OLD, MONDAY), memory) == first


def test_a_repeat_whose_decision_is_forgotten_makes_no_second_record_of_one_id(memory: Memory) -> None:
    _, sent = take(annotated(OLD, MONDAY), memory)
    decision = decide(annotated(OLD, MONDAY), memory)
    assert decision.verdict == Unchanged(since=orjson.loads(sent or b"")["id"])
    assert decision.page is None


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ("2026-03-02T08:00:00Z", "2026-03-02T08:00:00.000000001Z"),
        ("2026-03-02T08:00:00.5Z", "2026-03-02T08:00:00.50001Z"),
        ("2026-03-02T09:00:00.7+01:00", "2026-03-02T08:00:00.75Z"),
        ("2026-03-02T10:00:00+05:30", "2026-03-02T08:00:00Z"),
        ("2026-03-02T08:00:00.9Z", "2026-03-01T23:00:01-09:00"),
    ],
)
def test_instants_are_compared_as_instants(earlier: str, later: str) -> None:
    first, second = _instant(earlier), _instant(later)
    assert first is not None
    assert second is not None
    assert first < second


def test_one_instant_in_three_notations() -> None:
    assert (
        _instant("2026-03-02T08:00:00Z")
        == _instant("2026-03-02T10:00:00.000+02:00")
        == _instant("2026-03-02T04:00:00.0-04:00")
    )


@pytest.mark.parametrize("impossible", [None, "2026-02-30T08:00:00Z", "2026-06-30T23:59:60Z", "0000-01-01T00:00:00Z"])
def test_an_impossible_instant_counts_as_unknown_and_is_not_kept(memory: Memory, impossible: str | None) -> None:
    take(annotated(OLD, TUESDAY), memory)
    assert brief(take(annotated(NEW, impossible), memory)[0].verdict) == UPDATED
    assert brief(take(annotated("Third.", MONDAY), memory)[0].verdict) is Reason.SUPERSEDED


def fingerprint(article: AnnotatedArticle) -> str:
    return fingerprint_of(content_of_article(article))


def date(value: str, *, raw: str | None = None, precision: Precision = Precision.SECOND) -> Date:
    return Date(value=value, precision=precision, raw=raw or value, utc=None, source="jsonld")


@pytest.mark.parametrize(
    "other",
    [
        annotated("Te\u0301l  e\n\ne"),
        annotated(fetched_at=MONDAY, version="2"),
        annotated(modified=(date("2026-03-02"), ())),
        annotated(removed=(Removed(rule="date_line", excerpt="Monday", length=6, place="line 1"),)),
        annotated(keywords=("storm",), source="feed"),
    ],
)
def test_the_fingerprint_ignores(other: AnnotatedArticle) -> None:
    same = annotated("T\u00e9l e e") if other.article.article_body.startswith("Te") else annotated()
    assert fingerprint(other) == fingerprint(same)


@pytest.mark.parametrize(
    "other",
    [
        annotated("The storm came!"),
        annotated(headline="Storm"),
        annotated(description="Storm"),
        annotated(authors=(Author(name="Ada"),)),
        annotated(published=(date("2026-03-02"), ())),
        annotated(canonical_url="https://news.example/the-storm"),
    ],
)
def test_the_fingerprint_sees(other: AnnotatedArticle) -> None:
    assert fingerprint(other) != fingerprint(annotated())


def test_a_word_that_moves_from_headline_to_description_is_a_change() -> None:
    assert fingerprint(annotated(headline="Storm")) != fingerprint(annotated(description="Storm"))


def enriched(article: AnnotatedArticle, memory: Memory) -> EnrichedArticle:
    result = relate(article, decide(article, memory))
    assert isinstance(result, EnrichedArticle)
    return result


def test_every_field_of_the_clean_article_that_subscribers_know_by_the_same_name_is_carried(memory: Memory) -> None:
    clean = {"alternative_headline": "A", "description": "D", "declared_language": "en", "article_section": "Weather"}
    article = annotated(OLD, MONDAY, headline="H", discovered_at=MONDAY, source="feed", keywords=("storm",), **clean)
    record = enriched(article, memory)
    shared = {f.name for f in fields(EnrichedArticle)} & {f.name for f in fields(article.article)} - {
        "schema",
        "id",
        "provenance",
    }
    assert {name: getattr(record, name) for name in shared} == {name: getattr(article.article, name) for name in shared}


def test_language_dates_and_kind_are_flattened(memory: Memory) -> None:
    stated = Date(
        value="2026-03-02T09:00+01:00", precision=Precision.MINUTE, raw="2 March, 9:00", utc=MONDAY, source="meta"
    )
    article = annotated(published=(stated, ()))
    article = type(article)(
        **{f.name: getattr(article, f.name) for f in fields(article) if f.name != "language"},
        language=Language(tag="en", confidence=0.9),
    )
    record = enriched(article, memory)
    assert (record.in_language, record.in_language_confidence) == ("en", 0.9)
    assert (record.date_published, record.date_published_precision) == ("2026-03-02T09:00+01:00", Precision.MINUTE)
    assert (record.date_published_raw, record.date_published_utc) == ("2 March, 9:00", MONDAY)
    assert record.date_modified is None
    assert record.page_kind == article.page_kind


def test_a_date_says_where_it_was_taken_from_and_which_places_say_another(memory: Memory) -> None:
    claims = (
        Claim(source="jsonld", value="2026-03-02T09:00:00+01:00"),
        Claim(source="open_graph", value="2026-03-02T08:00:00Z"),
        Claim(source="meta", value="2026-03-02"),
        Claim(source="time", value="2026-03-01T09:00:00+01:00"),
        Claim(source="text", value="last Monday"),
    )
    headline = {"headline": Provenance(source="h1")}
    record = enriched(annotated(published=(date("2026-03-02T09:00:00+01:00"), claims), provenance=headline), memory)
    assert record.provenance == headline | {"date_published": Provenance(source="jsonld", dissent=claims[3:])}


def test_a_date_that_was_not_understood_has_no_provenance(memory: Memory) -> None:
    stated = (None, (Claim(source="text", value="last Monday"),))
    assert enriched(annotated(modified=stated), memory).provenance == {}


def test_the_record_has_the_rights_with_what_they_come_to() -> None:
    article = annotated(OLD, MONDAY, rights=Rights(license="CC BY 4.0"), found=replace(NOAI, license="CC BY 4.0"))
    record = relate(article, Decision(verdict=Revision(number=1, change=Change.NEW)))
    assert isinstance(record, EnrichedArticle)
    assert record.rights == replace(NOAI, license="CC BY 4.0")


def test_the_record_has_the_declared_rights_when_nothing_more_was_found() -> None:
    article = annotated(OLD, MONDAY, rights=Rights(license="CC BY 4.0"))
    record = relate(article, Decision(verdict=Revision(number=1, change=Change.NEW)))
    assert isinstance(record, EnrichedArticle)
    assert record.rights == Rights(license="CC BY 4.0")


def test_an_update_of_the_rights_alone_says_so(memory: Memory) -> None:
    take(annotated(OLD, MONDAY, found=FREE), memory)
    decision, _ = take(annotated(OLD, TUESDAY, found=NOAI), memory)
    assert isinstance(decision.verdict, Revision)
    assert decision.verdict.difference is not None
    assert decision.verdict.difference.fields == ("rights",)
