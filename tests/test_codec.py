"""Records <-> messages: what is written can be read, what is not known is absent, and no bytes get through unnamed."""

from dataclasses import replace
from typing import Any

import msgspec
import orjson
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from pipeline.codec import (
    RECORD_TYPES,
    Message,
    attempts_of,
    decode,
    decode_any,
    encode,
    header_id,
    one_line,
    raw_message,
    read_raw_page,
    record_headers,
    to_plain,
    without_headers,
)
from pipeline.errors import Code, Reject
from pipeline.examples import (
    ANNOTATED_ARTICLE,
    CLEAN_ARTICLE,
    ENRICHED_ARTICLE,
    RAW_PAGE,
    RECORDS,
    WITHDRAWAL,
    WITHDRAWN_ARTICLE,
)
from pipeline.records import Author, CleanArticle, EnrichedArticle, Language, RawPage, Removed
from pipeline.topology import MAX_BODY_BYTES

_text = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40)
_articles = st.builds(
    replace,
    st.just(CLEAN_ARTICLE),
    headline=st.none() | _text,
    article_body=_text,
    authors=st.lists(st.builds(Author, name=_text)).map(tuple),
    keywords=st.lists(_text).map(tuple),
    removed=st.lists(
        st.builds(
            Removed, rule=_text, excerpt=_text, length=st.integers(0, 2**40), place=_text, detail=st.none() | _text
        )
    ).map(tuple),
    signals=st.builds(replace, st.just(CLEAN_ARTICLE.signals), link_share=st.floats(0, 1)),
)


def rejected(call: Any, *arguments: Any) -> Reject:
    """The Reject that a call must end in."""
    with pytest.raises(Reject) as caught:
        call(*arguments)
    return caught.value


def changed(**fields: Any) -> bytes:
    """The clean article's bytes with some fields changed; `...` takes one away."""
    plain = {**to_plain(CLEAN_ARTICLE), **fields}
    return orjson.dumps({name: value for name, value in plain.items() if value is not ...})


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: type(record).__name__)
def test_every_record_comes_back_as_it_was(record: Any) -> None:
    assert decode(type(record), encode(record)) == record


@given(_articles)
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_any_valid_article_comes_back_as_it_was(article: CleanArticle) -> None:
    assert decode(CleanArticle, encode(article)) == article


def test_what_is_not_known_is_absent_at_every_depth() -> None:
    article = replace(ENRICHED_ARTICLE, headline=None, authors=(Author(name="Mara Lindqvist"),))
    plain = orjson.loads(encode(article))
    assert "headline" not in plain
    assert plain["authors"] == [{"name": "Mara Lindqvist"}]
    assert b":null" not in encode(article)


def test_fields_stand_in_the_order_of_the_dataclass() -> None:
    assert list(to_plain(CLEAN_ARTICLE))[:4] == ["schema", "id", "trace_id", "page_id"]


def test_the_same_record_gives_the_same_bytes() -> None:
    assert encode(ENRICHED_ARTICLE) == encode(decode(EnrichedArticle, encode(ENRICHED_ARTICLE)))


def test_an_unknown_field_is_passed_over() -> None:
    assert decode(CleanArticle, changed(mood="cheerful")) == CLEAN_ARTICLE


def test_a_higher_minor_version_is_read() -> None:
    article = decode(CleanArticle, changed(schema="clean_article/1.7", mood="cheerful"))
    assert article.headline == CLEAN_ARTICLE.headline


@pytest.mark.parametrize("schema", ["clean_article/2.0", "clean_article/10.0", "outcome/1.0", "no version"])
def test_another_major_version_or_record_is_named_as_such(schema: str) -> None:
    error = rejected(decode, CleanArticle, changed(schema=schema))
    assert error.code is Code.UNSUPPORTED_VERSION
    assert schema in str(error)


def test_a_missing_field_is_named() -> None:
    error = rejected(decode, CleanArticle, changed(article_body=...))
    assert error.code is Code.BAD_RECORD
    assert "article_body" in str(error)


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (None, Code.BAD_JSON),
        (b"", Code.BAD_JSON),
        (b"{", Code.BAD_JSON),
        (b"\xff\xfe", Code.BAD_JSON),
        (b'{"schema":"\xff"}', Code.BAD_JSON),
        (b"<html>", Code.BAD_JSON),
        (b'{"word_count":NaN}', Code.BAD_JSON),
        (b"[]", Code.BAD_RECORD),
        (b"null", Code.BAD_RECORD),
        (b"{}", Code.BAD_RECORD),
    ],
)
def test_bytes_that_are_no_record_have_a_code(value: bytes | None, code: Code) -> None:
    assert rejected(decode, CleanArticle, value).code is code


@given(st.binary() | st.binary().map(lambda noise: b'{"schema":"clean_article/1.0","id":"' + noise))
@example(b'{"schema":5,"x":' + b"[" * 100_000 + b"]" * 100_000 + b"}")
@example(b'{"x":' + b"[" * 100_000 + b"]" * 100_000 + b"}")
@example(b'{"schema":"clean_article/2.0","id":"\xff"}')
def test_no_bytes_escape(value: bytes) -> None:
    rejected(decode, CleanArticle, value)


@pytest.mark.parametrize(
    "article",
    [
        replace(CLEAN_ARTICLE, headline="\ud800"),
        replace(CLEAN_ARTICLE, article_body=""),
        replace(CLEAN_ARTICLE, id="no id"),
        replace(CLEAN_ARTICLE, schema="clean_article/2.0"),
        replace(CLEAN_ARTICLE, fetched_at="yesterday"),
        replace(CLEAN_ARTICLE, signals=replace(CLEAN_ARTICLE.signals, link_share=1.5)),
        replace(CLEAN_ARTICLE, signals=replace(CLEAN_ARTICLE.signals, forms=2**70)),
        replace(ANNOTATED_ARTICLE, language=Language(tag="en", confidence=float("nan"))),
        replace(ENRICHED_ARTICLE, in_language_confidence=float("nan")),
        replace(ENRICHED_ARTICLE, in_language_confidence=float("inf")),
        replace(ENRICHED_ARTICLE, headline=b"bytes"),
    ],
)
def test_an_invalid_record_dies_in_the_stage_that_made_it(article: Any) -> None:
    assert rejected(encode, article).code is Code.INVALID_OUTPUT


def test_every_topic_record_is_decoded_as_its_own_type() -> None:
    assert {name: record.SCHEMA.split("/")[0] for name, record in RECORD_TYPES.items()} == {n: n for n in RECORD_TYPES}


def raw(*headers: tuple[str, bytes | None], body: bytes | None = b"<p>") -> Message:
    """A raw message from a foreign publisher."""
    return Message(topic="news.raw.v1", key=None, value=body, headers=headers)


URL = ("url", b"https://news.example/story")


def test_a_raw_page_comes_back_as_it_was() -> None:
    assert read_raw_page(raw_message(RAW_PAGE)) == RAW_PAGE


@given(
    st.builds(
        RawPage,
        url=st.just("https://news.example/story"),
        body=st.binary(),
        fetched_at=st.none() | st.just("2026-01-09T16:41:07.123Z"),
        content_type=st.none() | _text,
        status=st.none() | st.integers(100, 599),
        source=st.none() | _text,
    )
)
def test_any_raw_page_comes_back_as_it_was(page: RawPage) -> None:
    assert read_raw_page(raw_message(page)) == page


def test_the_url_is_all_that_a_publisher_must_write() -> None:
    assert read_raw_page(raw(URL)) == RawPage(url="https://news.example/story", body=b"<p>")


def test_of_several_headers_with_one_name_the_last_counts() -> None:
    page = read_raw_page(raw(("url", b"https://first.example/"), ("status", b"500"), URL, ("status", b"200")))
    assert (page.url, page.status) == ("https://news.example/story", 200)


def test_a_raw_message_is_keyed_by_host() -> None:
    assert raw_message(RAW_PAGE).key == b"www.harbour-herald.example"


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (raw(), Code.BAD_URL),
        (raw(("url", None)), Code.BAD_URL),
        (raw(("url", b"")), Code.BAD_URL),
        (raw(("url", b"file:///etc/passwd")), Code.BAD_URL),
        (raw(("url", b"https://news.example/\xff")), Code.BAD_HEADERS),
        (raw(URL, ("source", b"\xff")), Code.BAD_HEADERS),
        (raw(URL, ("fetched_at", b"yesterday")), Code.BAD_HEADERS),
        (raw(URL, ("fetched_at", b"2026-01-09T16:41:07")), Code.BAD_HEADERS),
        (raw(URL, ("status", b"OK")), Code.BAD_HEADERS),
        (raw(URL, ("status", b"99")), Code.BAD_HEADERS),
        (raw(URL, body=None), Code.UNDECODABLE),
        (raw(URL, body=b"x" * (MAX_BODY_BYTES + 1)), Code.INPUT_TOO_LARGE),
    ],
    ids=lambda value: value if isinstance(value, Code) else "",
)
def test_a_raw_message_that_cannot_be_read_has_a_code(message: Message, code: Code) -> None:
    assert rejected(read_raw_page, message).code is code


def test_a_body_of_exactly_the_limit_passes() -> None:
    assert len(read_raw_page(raw(URL, body=b"x" * MAX_BODY_BYTES)).body) == MAX_BODY_BYTES


@given(st.lists(st.tuples(st.sampled_from(["url", "status", "fetched_at", "content-type", "source"]), st.binary())))
def test_no_headers_escape(headers: list[tuple[str, bytes]]) -> None:
    try:
        page = read_raw_page(raw(*headers))
    except Reject:
        return
    assert msgspec.convert(msgspec.to_builtins(page), RawPage) == page


def test_a_subscriber_can_filter_on_headers_alone() -> None:
    headers = dict(record_headers(ENRICHED_ARTICLE, **HEADERS))
    assert headers["ce_id"] == ENRICHED_ARTICLE.id.encode()
    assert headers["ce_type"] == b"newsflow.enriched_article.v1"
    assert headers["ce_dataschema"] == f"urn:newsflow:schema:{EnrichedArticle.SCHEMA.replace('/', ':')}".encode()
    assert (headers["lang"], headers["page_kind"], headers["revision"]) == (b"en", b"article", b"2")


def test_headers_that_are_not_known_are_absent() -> None:
    headers = dict(record_headers(WITHDRAWN_ARTICLE, **HEADERS))
    assert not {"lang", "page_kind"} & headers.keys()


HEADERS = {"stage": "relate", "trace": ENRICHED_ARTICLE.trace_id, "subject": None, "time": None}


def test_a_message_knows_its_size() -> None:
    message = Message(topic="t", key=b"key", value=b"value", headers=(("ä", b"1"), ("b", None)))
    assert message.size() == 3 + 5 + (2 + 1 + 10) + (1 + 10) + 256


@pytest.mark.parametrize(
    ("value", "attempts"), [(None, 0), (b"3", 3), (b"", 0), (b"-1", 0), (b"x", 0), (b"9" * 7, 0), ("²".encode(), 0)]
)
def test_attempts_are_a_small_number_or_none(value: bytes | None, attempts: int) -> None:
    assert attempts_of(raw(("dlq.attempts", value))) == attempts


@pytest.mark.parametrize("value", [b"", b"x", b"\xff", b"0" * 31, b"A" * 32, b"0" * 32 + b"\n"])
def test_a_header_that_is_no_id_is_none(value: bytes) -> None:
    assert header_id(raw(("trace_id", value)), "trace_id") is None


@given(st.text(), st.integers(0, 20))
def test_a_header_text_is_one_line_of_limited_bytes(text: str, limit: int) -> None:
    line = one_line(text, limit)
    assert len(line.encode()) <= limit
    assert not set(line) & {"\n", "\r", "\x00", "\t"}


def test_headers_are_taken_away_by_prefix() -> None:
    assert without_headers([("dlq.a", b"1"), URL, ("dlq.b", None)], "dlq.") == (URL,)


def test_a_topic_with_several_records_is_read_by_what_each_says_it_is() -> None:
    names = ("annotated_article", "withdrawal")
    assert decode_any(names, encode(WITHDRAWAL)) == WITHDRAWAL
    assert decode_any(names, encode(ANNOTATED_ARTICLE)) == ANNOTATED_ARTICLE


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (None, Code.BAD_JSON),
        (b"{", Code.BAD_JSON),
        (b'{"schema": "outcome/1.0"}', Code.UNSUPPORTED_VERSION),
        (b'{"schema": "withdrawal/2.0"}', Code.UNSUPPORTED_VERSION),
        (b'{"schema": "withdrawal/1.0"}', Code.BAD_RECORD),
        (b'{"schema": 3}', Code.BAD_RECORD),
    ],
)
def test_what_is_none_of_them_is_refused_as_the_topics_first_record(value: bytes | None, code: Code) -> None:
    with pytest.raises(Reject) as refused:
        decode_any(("annotated_article", "withdrawal"), value)
    assert refused.value.code == code
