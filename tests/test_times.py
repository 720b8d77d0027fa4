"""Dates as pages write them, in many forms and languages."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.records import Precision
from pipeline.times import NAMES, calendar_words, language_of_dates, parse_time, readings

SECOND, MINUTE, DAY = Precision.SECOND, Precision.MINUTE, Precision.DAY

STATED = [
    # what machines write
    ("2026-05-03T14:20:00+09:00", None, "2026-05-03T14:20:00+09:00", SECOND, "2026-05-03T05:20:00Z"),
    ("2026-05-03T14:20:00+0200", None, "2026-05-03T14:20:00+02:00", SECOND, "2026-05-03T12:20:00Z"),
    ("2026-05-03T14:20:00-03", None, "2026-05-03T14:20:00-03:00", SECOND, "2026-05-03T17:20:00Z"),
    ("2026-05-03T14:20:00Z", None, "2026-05-03T14:20:00Z", SECOND, "2026-05-03T14:20:00Z"),
    ("2026-05-03T14:20:00.123Z", None, "2026-05-03T14:20:00.123Z", SECOND, "2026-05-03T14:20:00.123Z"),
    ("2026-05-03T14:20:00.000Z[UTC]", None, "2026-05-03T14:20:00Z", SECOND, "2026-05-03T14:20:00Z"),
    ("2026-05-03 14:20:00 UTC", None, "2026-05-03T14:20:00+00:00", SECOND, "2026-05-03T14:20:00Z"),
    ("2026-05-03 14:20", None, "2026-05-03T14:20", MINUTE, None),
    ("2026/05/03 14:20 JST", None, "2026-05-03T14:20+09:00", MINUTE, "2026-05-03T05:20:00Z"),
    ("20260503T142000Z", None, "2026-05-03T14:20:00Z", SECOND, "2026-05-03T14:20:00Z"),
    ("20260503142000", None, "2026-05-03T14:20:00", SECOND, None),
    ("20260503", None, "2026-05-03", DAY, None),
    ("2026-05-03", None, "2026-05-03", DAY, None),
    ("2026-05-03T00:00:00", None, "2026-05-03", DAY, None),
    ("2026-05-03T00:00:00+02:00", None, "2026-05-03T00:00:00+02:00", SECOND, "2026-05-02T22:00:00Z"),
    ("1777818000", None, "2026-05-03T14:20:00Z", SECOND, "2026-05-03T14:20:00Z"),
    ("1777818000000", None, "2026-05-03T14:20:00Z", SECOND, "2026-05-03T14:20:00Z"),
    ("Sun, 03 May 2026 14:20:00 +0200", None, "2026-05-03T14:20:00+02:00", SECOND, "2026-05-03T12:20:00Z"),
    ("Sun, 03 May 2026 14:20:00 GMT", None, "2026-05-03T14:20:00+00:00", SECOND, "2026-05-03T14:20:00Z"),
    # what people read
    ("Sunday 3 May 2026 14.20 BST", "en-GB", "2026-05-03T14:20+01:00", MINUTE, "2026-05-03T13:20:00Z"),
    ("May 3rd, 2026 at 2:20 p.m. EDT", "en", "2026-05-03T14:20-04:00", MINUTE, "2026-05-03T18:20:00Z"),
    ("12:05 am, May 3, 2026", "en", "2026-05-03T00:05", MINUTE, None),
    ("3. Mai 2026, 14:20 Uhr", "de", "2026-05-03T14:20", MINUTE, None),
    ("Publié le 3 mai 2026 à 14h20", "fr", "2026-05-03T14:20", MINUTE, None),
    ("3 de mayo de 2026", "es", "2026-05-03", DAY, None),
    ("9.ago.2026 às 6h00", "pt-BR", "2026-08-09T06:00", MINUTE, None),
    ("3 maggio 2026", "it", "2026-05-03", DAY, None),
    ("3 maja 2026", "pl", "2026-05-03", DAY, None),
    ("3. května 2026", "cs", "2026-05-03", DAY, None),
    ("2026. május 3. 14:20", "hu", "2026-05-03T14:20", MINUTE, None),
    ("2026 m. gegužės 3 d.", "lt", "2026-05-03", DAY, None),
    ("3. toukokuuta 2026 klo 14.20", "fi", "2026-05-03T14:20", MINUTE, None),
    ("3 Mayıs 2026 14:20", "tr", "2026-05-03T14:20", MINUTE, None),
    ("3 мая 2026, 14:20", "ru", "2026-05-03T14:20", MINUTE, None),
    ("22 серпня 2026, 07:30", "uk", "2026-08-22T07:30", MINUTE, None),
    ("27 Μαρτίου 2026, 08:05", "el", "2026-03-27T08:05", MINUTE, None),
    ("٣ مايو ٢٠٢٦", "ar", "2026-05-03", DAY, None),
    ("3 במאי 2026", "he", "2026-05-03", DAY, None),
    ("3 मई 2026", "hi", "2026-05-03", DAY, None),
    ("21 มิ.ย. 2569 เวลา 11:30 น.", "th", "2026-06-21T11:30", MINUTE, None),
    ("ngày 3 tháng 5, 2026", "vi", "2026-05-03", DAY, None),
    ("3 Mei 2026 14:20 WIB", "id", "2026-05-03T14:20+07:00", MINUTE, "2026-05-03T07:20:00Z"),
    ("2026年5月3日 14時20分", "ja", "2026-05-03T14:20", MINUTE, None),
    ("2026년 5월 3일 오후 2:20", "ko", "2026-05-03T14:20", MINUTE, None),
    # a month of a language that the page does not declare
    ("04-ago-2021", None, "2021-08-04", DAY, None),
    # numbers alone
    ("03/05/2026", "fr", "2026-05-03", DAY, None),
    ("05/03/2026", "en-US", "2026-05-03", DAY, None),
    ("05/13/2026", "fr", "2026-05-13", DAY, None),
    ("09.06.26, 17:22", "he", "2026-06-09T17:22", MINUTE, None),
    # a zone name that means several offsets states none
    ("3 May 2026 12:20 CST", "en", "2026-05-03T12:20", MINUTE, None),
]


@pytest.mark.parametrize(("raw", "language", "value", "precision", "utc"), STATED)
def test_a_date_keeps_its_own_offset_and_precision(
    raw: str, language: str | None, value: str, precision: Precision, utc: str | None
) -> None:
    moment = parse_time(raw, language)
    assert moment is not None
    assert (moment.value, moment.precision, moment.utc) == (value, precision, utc)


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "yesterday",
        "2 hours ago",
        "14:20",
        "May 3",
        "3. Mai, 14:20 Uhr",
        "2026",
        "May 2026",
        "2026-13-45",
        "2026-02-30",
        "2026-05-03T25:00:00Z",
        "0000-00-00T00:00:00",
        "The 10 best bridges of 2026",
        "1920 x 1080",
        "12345",
    ],
)
def test_what_is_no_complete_date_is_none(raw: str) -> None:
    assert parse_time(raw, "en") is None


def test_the_order_of_day_and_month_is_not_guessed_where_no_language_tells_it() -> None:
    assert parse_time("05/03/2026") is None
    assert parse_time("05/05/2026") is not None


def test_a_date_whose_numbers_leave_the_month_open_has_two_readings() -> None:
    assert [moment.value for moment in readings("05/03/2026", "en")] == ["2026-05-03", "2026-03-05"]
    assert [moment.value for moment in readings("05/03/2026", "fr")] == ["2026-03-05", "2026-05-03"]
    for sure in ("05/13/2026", "05/05/2026", "2026-05-03", "5 March 2026"):
        assert len(readings(sure, "en")) == 1
    assert readings("soon", "en") == ()


@pytest.mark.parametrize(
    ("declared", "host", "language"),
    [
        ("en", "news.example.co.uk", "en-GB"),
        (None, "news.example.ie", "en-GB"),
        ("en-US", "news.example.co.uk", "en-US"),
        ("fr", "news.example.eu", "fr"),
        ("en", "news.example.org", "en"),
        (None, "localhost", None),
    ],
)
def test_the_country_of_a_site_tells_which_english_its_dates_are_in(
    declared: str | None, host: str, language: str | None
) -> None:
    assert language_of_dates(declared, host) == language


@given(st.text(max_size=60), st.sampled_from([None, "", "en", "xx", "../..", "de-AT", "zh-Hant"]))
def test_no_text_raises(raw: str, language: str | None) -> None:
    parse_time(raw, language)


@given(
    st.from_regex(r"\d{1,4}[-/. ]\d{1,4}[-/. T]\d{1,5}([T ]\d{2}:\d{2}(:\d{2})?([+-]\d{2}:?\d{2}|Z)?)?", fullmatch=True)
)
def test_what_is_read_reads_back_as_itself(raw: str) -> None:
    moment = parse_time(raw, "de")
    if moment is not None:
        assert parse_time(moment.value, "de") == moment


def test_the_calendars_names_are_unicodes() -> None:
    """After an upgrade of babel: `python -m tests.calendar_names`, if the new names are better ones.

    In a process of its own: once babel has read Hebrew, it gives German months Hebrew names, too.
    """
    script = "import sys; from tests.calendar_names import text; sys.stdout.buffer.write(text().encode())"
    written = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True).stdout
    assert NAMES.read_bytes() == written
    assert {"sept", "posted", "montag", "février"} <= calendar_words()


def test_months_of_other_languages_are_read_too() -> None:
    moment = parse_time("3. siječnja 2026", "hr")
    assert moment is not None
    assert moment.value == "2026-01-03"
