"""From claims to one date."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from pipeline.enrichment.dates import choose_date, date_doubts
from pipeline.records import Claim, Date, DateDoubt, Precision, ZoneBasis


def claims(*values: str) -> tuple[Claim, ...]:
    return tuple(Claim(source=f"place {number}", value=value) for number, value in enumerate(values))


def test_the_first_claim_that_can_be_read_wins() -> None:
    date = choose_date(claims("soon", "2026-05-03T14:20:00+09:00", "2026-05-04"), fetched_at=None, language=None)
    assert date == Date(
        value="2026-05-03T14:20:00+09:00",
        precision=Precision.SECOND,
        raw="2026-05-03T14:20:00+09:00",
        utc="2026-05-03T05:20:00Z",
        source="place 1",
        zone=ZoneBasis.OFFSET,
    )


def test_a_date_before_the_web_gives_way_to_the_next_claim() -> None:
    date = choose_date(claims("1970-01-01T00:00:00Z", "2026-05-03"), fetched_at=None, language=None)
    assert date is not None
    assert date.value == "2026-05-03"


def test_a_date_after_the_fetch_is_refused_but_tomorrows_paper_is_not() -> None:
    fetched = "2026-05-03T12:00:00Z"
    assert choose_date(claims("2026-05-06"), fetched_at=fetched, language=None) is None
    assert choose_date(claims("2026-05-04"), fetched_at=fetched, language=None) is not None


def test_without_a_fetch_time_only_another_century_is_refused() -> None:
    assert choose_date(claims("2031-05-06"), fetched_at=None, language=None) is not None
    assert choose_date(claims("2131-05-06"), fetched_at=None, language=None) is None


def test_numbers_are_read_in_the_order_that_another_claim_confirms() -> None:
    for said, confirmed in (("03/10/2026", "2026-10-03"), ("11/01/2026 12:43", "2026-11-01")):
        date = choose_date(claims(said, f"{confirmed}T12:00:00Z"), fetched_at=None, language="en")
        assert date is not None
        assert (date.raw, date.value[:10]) == (said, confirmed)
    alone = choose_date(claims("03/10/2026", "2026-07-03"), fetched_at=None, language="en")
    assert alone is not None
    assert alone.value == "2026-03-10"


def test_a_line_that_names_the_day_of_the_visit_gives_way_to_the_day_in_the_address() -> None:
    shown = Claim(source="visible", value="Sunday, May 3, 2026")
    address = Claim(source="url", value="2026-04-28")
    for fetched, value in (("2026-05-03T12:00:00Z", "2026-04-28"), ("2026-05-04T12:00:00Z", "2026-05-03")):
        date = choose_date((shown, address), fetched_at=fetched, language="en")
        assert date is not None
        assert date.value == value


def test_the_zone_says_whether_the_offset_is_stated_or_looked_up() -> None:
    for raw, value, zone in (
        ("2026-05-03T14:20:00+02:00", "2026-05-03T14:20:00+02:00", ZoneBasis.OFFSET),
        ("2026-05-03T14:20:00Z", "2026-05-03T14:20:00Z", ZoneBasis.OFFSET),
        ("May 3, 2026 14:20 GMT", "2026-05-03T14:20+00:00", ZoneBasis.OFFSET),
        ("May 3, 2026 14:20 CEST", "2026-05-03T14:20+02:00", ZoneBasis.NAME),
    ):
        date = one(raw)
        assert (date.value, date.zone) == (value, zone)


def test_without_an_offset_none_is_guessed() -> None:
    for raw in ("2026-05-03T14:20:00", "May 3, 2026 14:20", "May 3, 2026 14:20 IST", "2026-05-03"):
        date = one(raw)
        assert (date.utc, date.zone) == (None, None)


def one(raw: str) -> Date:
    date = choose_date(claims(raw), fetched_at=None, language="en")
    assert date is not None
    return date


def test_dates_that_do_not_fit_together_are_doubted() -> None:
    before, after = one("2026-05-03T10:00:00Z"), one("2026-05-03T13:00:00+02:00")
    assert date_doubts(before, after, None) == ()
    assert date_doubts(after, before, None) == (DateDoubt.MODIFIED_BEFORE_PUBLISHED,)
    assert date_doubts(before, None, "2026-05-03T09:50:00Z") == (DateDoubt.PUBLISHED_AFTER_FETCH,)
    assert date_doubts(None, after, "2026-05-03T10:50:00Z") == (DateDoubt.MODIFIED_AFTER_FETCH,)


def test_what_clocks_and_zones_explain_is_no_doubt() -> None:
    assert date_doubts(one("2026-05-03T10:00:40Z"), one("2026-05-03T10:00:00Z"), "2026-05-03T09:57:00Z") == ()
    assert date_doubts(one("2026-05-04T08:00"), one("2026-05-04"), "2026-05-03T19:00:00Z") == ()


def test_no_claim_is_no_date() -> None:
    assert choose_date((), fetched_at=None, language="en") is None


@given(
    st.lists(st.text(max_size=40), max_size=4),
    st.sampled_from([None, "2026-05-03T12:00:00Z", "2026-05-03T12:00:00.5+02:00"]),
)
def test_no_claim_raises_and_every_date_is_valid(values: list[str], fetched_at: str | None) -> None:
    date = choose_date(claims(*values), fetched_at=fetched_at, language="en")
    if date is not None:
        msgspec.json.decode(msgspec.json.encode(date), type=Date)
