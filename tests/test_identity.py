"""Ids are Kafka keys and the memory of years: these values are frozen. A change loses every page's past."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import Code, Reject
from pipeline.identity import letter_trace_id, message_id, page_id, trace_id

STORY = "https://news.example/story"

FROZEN = [
    (page_id(STORY), "72d4857f28e22b422bd8f523a20a933c"),
    (page_id("https://bücher.example/straße?b=2&a=1"), "90de94e6f72acf34d495c6a1c7b017c9"),
    (trace_id(STORY, "2026-01-09T16:41:07Z", b"<p>body</p>"), "4b7096e6c6d111c847b51504727fabea"),
    (trace_id(STORY, None, b"<p>body</p>"), "9ba98fcb771616eaab1f41e4141d5d01"),
    (trace_id(STORY, None, b""), "d45e1be589fff05ab5bca389edece14f"),
    (message_id("0" * 32, "clean", "clean_article/1.0", "1"), "9f06f469bb4acd3bcf35159b9a721b33"),
    (message_id("0" * 32, "annotate", "annotated_article/1.0", "1"), "320398bf2b1e3c6524113e302beaa30b"),
    (letter_trace_id(b"key", b"value"), "7051b84bcaf21b771cc9a7d46718e270"),
    (letter_trace_id(None, None), "2f6ea6bd1ce20d6a679ff5c0903c967c"),
]


@pytest.mark.parametrize(("computed", "expected"), FROZEN)
def test_ids_never_change(computed: str, expected: str) -> None:
    assert computed == expected


@given(st.text(st.characters(exclude_categories=["Cs"])), st.none() | st.just("2026-01-09T16:41:07Z"), st.binary())
def test_an_id_is_128_bits_in_hexadecimal(url: str, fetched_at: str | None, body: bytes) -> None:
    assert re.fullmatch("[0-9a-f]{32}", trace_id(url, fetched_at, body))


def test_spellings_of_one_url_are_one_page() -> None:
    assert page_id("HTTPS://News.Example:443/./story?utm_source=x#comments") == page_id(STORY)


def test_two_pages_have_two_ids() -> None:
    assert page_id(STORY) != page_id(STORY + "?page=2")


def test_each_part_of_a_fetch_counts() -> None:
    fetch = (STORY, "2026-01-09T16:41:07Z", b"body")
    others = [(STORY + "2", *fetch[1:]), (STORY, None, b"body"), (*fetch[:2], b"body2")]
    assert trace_id(*fetch) not in {trace_id(*other) for other in others}


def test_parts_are_not_run_together() -> None:
    assert message_id("ab", "c", "s", "1") != message_id("a", "bc", "s", "1")
    assert letter_trace_id(b"ab", b"c") != letter_trace_id(b"a", b"bc")


def test_a_newer_cleaner_gives_new_ids_all_the_way_down() -> None:
    def enriched(clean_version: str) -> str:
        clean = message_id("0" * 32, "clean", "clean_article/1.0", clean_version)
        return message_id(clean, "annotate", "annotated_article/1.0", "1")

    assert enriched("1") != enriched("2")


def test_what_is_no_url_has_no_page_id() -> None:
    with pytest.raises(Reject) as caught:
        page_id("not a url")
    assert caught.value.code is Code.BAD_URL
