"""From claims to one date."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from pipeline.enrichment.dates import choose_date
from pipeline.records import Claim, Date, Precision


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
