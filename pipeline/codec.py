"""Records <-> messages: JSON values that orjson writes and msgspec checks, and CloudEvents headers in binary mode.

What leaves a stage is read back before it is sent, so that invalid data dies in the stage that made it.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import cache
from math import isfinite
from typing import Any, ClassVar, Protocol, TypeVar

import msgspec
import orjson

from pipeline.errors import Code, Reject
from pipeline.identity import trace_id
from pipeline.records import (
    WIRE_RECORDS,
    AnnotatedArticle,
    CleanArticle,
    EnrichedArticle,
    PageOutcome,
    Place,
    RawPage,
    Withdrawal,
)
from pipeline.topology import MAX_BODY_BYTES, RAW
from pipeline.traces import TRACEPARENT, span_of
from pipeline.urls import check_url, host_of

Headers = tuple[tuple[str, bytes | None], ...]

MESSAGE_OVERHEAD_BYTES = 256
"""Room for what Kafka adds to one message: batch and record framing, lengths, timestamps."""

ATTEMPTS = "dlq.attempts"
"""Header: how often this page has ended as a dead letter. It travels with the page through all stages."""

_RIGHTS_FIELDS = ("robots", "robots_tag", "tdm_reservation", "tdm_policy", "content_usage", "rights_reserved")
_RAW_TEXT_FIELDS = ("url", "fetched_at", "discovered_at", "source", "published", *_RIGHTS_FIELDS)
_ID = re.compile(r"[0-9a-f]{32}")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f]+")


class WireRecord(Protocol):
    """A dataclass that is a message's value: it names its schema and has an id."""

    SCHEMA: ClassVar[str]
    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def id(self) -> str: ...


R = TypeVar("R", bound=WireRecord)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One Kafka message. `topic` is the name in the topology, without a cluster's prefix."""

    topic: str
    key: bytes | None
    value: bytes | None
    headers: Headers = ()
    place: Place | None = None
    """Where it was read; None for a message yet to be sent."""

    def header(self, name: str) -> bytes | None:
        """The last header of that name, as Kafka's own clients choose it."""
        for key, value in reversed(self.headers):
            if key == name:
                return value
        return None

    def size(self) -> int:
        """Bytes this message needs in a topic, uncompressed."""
        headers = sum(len(key.encode()) + len(value or b"") + 10 for key, value in self.headers)
        return len(self.key or b"") + len(self.value or b"") + headers + MESSAGE_OVERHEAD_BYTES


def to_plain(record: Any) -> Any:
    """A record as plain dicts, lists and scalars, in field order, without the fields that are not known."""
    if is_dataclass(record) and not isinstance(record, type):
        plain = {}
        for name in _field_names(type(record)):
            value = getattr(record, name)
            if value is not None:
                plain[name] = to_plain(value)
        return plain
    if isinstance(record, tuple | list):
        return [to_plain(item) for item in record]
    if isinstance(record, dict):
        return {key: to_plain(item) for key, item in record.items()}
    if isinstance(record, float) and not isfinite(record):
        raise ValueError(f"{record} has no JSON form")  # orjson would write null, which an optional field lets pass
    return record


@cache
def _field_names(record_type: type) -> tuple[str, ...]:
    return tuple(field.name for field in fields(record_type))


def _dumped(record: Any) -> bytes:
    """`to_plain(record)` as JSON, in a third of the time: orjson walks it and asks for the fields of each dataclass."""
    value = orjson.dumps(record, default=_known_fields, option=orjson.OPT_PASSTHROUGH_DATACLASS)
    # "null" may be a number without a JSON form, which an error tells of
    return orjson.dumps(to_plain(record)) if b"null" in value else value


def _known_fields(record: Any) -> dict[str, Any]:
    return {name: value for name in _field_names(record.__class__) if (value := getattr(record, name)) is not None}


@cache
def _decoder(record_type: type[R]) -> msgspec.json.Decoder[R]:
    return msgspec.json.Decoder(record_type)


def encode(record: WireRecord) -> bytes:
    """A record as JSON. Reject(INVALID_OUTPUT) when its own schema would refuse it."""
    try:
        value = _dumped(record)
        _decoder(type(record)).decode(value)
    except (TypeError, ValueError, msgspec.DecodeError) as error:
        # orjson raises a TypeError for lone surrogates and whatever else has no JSON form
        raise Reject(Code.INVALID_OUTPUT, f"{type(record).SCHEMA}: {error}") from error
    return value


def decode(record_type: type[R], value: bytes | None) -> R:
    """JSON as a record. Unknown fields are passed over, so that a newer minor version can be read.

    Raises Reject with BAD_JSON, UNSUPPORTED_VERSION or BAD_RECORD.
    """
    if value is None:
        raise Reject(Code.BAD_JSON, "the message has no value")
    try:
        record: R = _decoder(record_type).decode(value)
    except msgspec.ValidationError as error:
        _check_version(record_type, value)
        raise Reject(Code.BAD_RECORD, f"no valid {record_type.SCHEMA}: {error}") from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Reject(Code.BAD_JSON, f"not JSON: {error}") from error
    return record


def decode_any(names: Sequence[str], value: bytes | None) -> Any:
    """JSON as one of the records with these names: the one that its `schema` names, else the first. As `decode`."""
    name = (_schema_in(value) or "").partition("/")[0] if len(names) > 1 and value is not None else ""
    return decode(RECORD_TYPES[name if name in names else names[0]], value)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Head:
    schema: str | None = None


_SCHEMA_FIRST = re.compile(rb'\{"schema":"([a-z_]{1,40}/[0-9.]{1,20})"')
_HEAD = msgspec.json.Decoder(_Head)


def _schema_in(value: bytes) -> str | None:
    if first := _SCHEMA_FIRST.match(value):  # as newsflow writes it; of several the first counts
        return first[1].decode()
    try:
        return _HEAD.decode(value).schema
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None  # it is broken; what is found first will be said


def _check_version(record_type: type[R], value: bytes) -> None:
    found = _schema_in(value)
    family = record_type.SCHEMA.rsplit(".", 1)[0]
    if found is not None and found.rsplit(".", 1)[0] != family:
        raise Reject(Code.UNSUPPORTED_VERSION, f"this version reads {family}.x and found {found[:100]!r}")


def read_raw_page(message: Message) -> RawPage:
    """A raw message as the page it carries.

    Raises Reject with BAD_HEADERS, BAD_URL or INPUT_TOO_LARGE.
    """
    if message.value is None:
        raise Reject(Code.UNDECODABLE, "the message has no value: a raw page needs a body")
    if len(message.value) > MAX_BODY_BYTES:
        raise Reject(Code.INPUT_TOO_LARGE, f"the body is larger than the {MAX_BODY_BYTES} bytes that a page may have")
    text = {name: _text_header(message, name) for name in (*_RAW_TEXT_FIELDS, "content-type", "status")}
    url = text["url"]
    if not url:
        raise Reject(Code.BAD_URL, "the message has no header 'url'")
    check_url(url)
    plain = {
        **{name: text[name] for name in _RAW_TEXT_FIELDS},
        "body": b"",
        "content_type": text["content-type"],
        "status": text["status"],
    }
    try:
        page = msgspec.convert(plain, RawPage, strict=False)  # not strict: the status is text in a header
    except msgspec.ValidationError as error:
        raise Reject(Code.BAD_HEADERS, f"no valid {RawPage.SCHEMA}: {error}") from error
    return replace(page, body=message.value)


def _text_header(message: Message, name: str) -> str | None:
    value = message.header(name)
    if value is None:
        return None
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Reject(Code.BAD_HEADERS, f"header {name!r} is not UTF-8: {error}") from error


def raw_message(page: RawPage) -> Message:
    """A page as the message that starts its way. A page with a bad URL gets no key; the clean stage will refuse it."""
    try:
        key = host_of(page.url).encode()
    except Reject:
        key = None
    trace = trace_id(page.url, page.fetched_at, page.body)
    pairs = {
        "ce_specversion": "1.0",
        "ce_id": trace,
        "ce_type": "newsflow.raw_page.v1",
        "ce_source": f"/newsflow/{page.source or 'replay'}",
        "ce_time": page.fetched_at,
        "content-type": page.content_type,
        "url": page.url,
        "fetched_at": page.fetched_at,
        "discovered_at": page.discovered_at,
        "status": None if page.status is None else str(page.status),
        "source": page.source,
        "published": page.published,
        **{name: getattr(page, name) for name in _RIGHTS_FIELDS},
        TRACEPARENT: span_of(None, trace, "publish").traceparent.decode(),
    }
    return Message(topic=RAW.name, key=key, value=page.body, headers=_headers(pairs))


def record_headers(record: WireRecord, *, stage: str, trace: str, subject: str | None, time: str | None) -> Headers:
    """CloudEvents attributes of a record, and what a subscriber filters on without decoding the value."""
    name, version = type(record).SCHEMA.split("/")
    pairs: dict[str, str | None] = {
        "ce_specversion": "1.0",
        "ce_id": record.id,
        "ce_type": f"newsflow.{name}.v{version.split('.')[0]}",
        "ce_source": f"/newsflow/{stage}",
        "ce_time": time,
        "ce_subject": subject,
        "ce_dataschema": f"urn:newsflow:schema:{name}:{version}",
        "content-type": "application/json",
        "trace_id": trace,
    }
    if isinstance(record, EnrichedArticle):
        pairs |= {
            "lang": record.in_language,
            "host": record.host,
            "page_kind": record.page_kind.kind if record.page_kind else None,
            "revision": str(record.revision.number),
        }
    return _headers(pairs)


def _headers(pairs: dict[str, str | None]) -> Headers:
    return tuple((name, value.encode("utf-8")) for name, value in pairs.items() if value is not None)


def one_line(text: str, limit: int) -> str:
    """Text for a header or a log: control characters folded into spaces, cut to `limit` bytes of UTF-8."""
    folded = _UNPRINTABLE.sub(" ", text).strip()
    return folded.encode("utf-8", "replace")[:limit].decode("utf-8", "ignore")


def header_id(message: Message, name: str) -> str | None:
    """A header that holds a valid id, else None."""
    value = (message.header(name) or b"").decode("ascii", "ignore")
    return value if _ID.fullmatch(value) else None


def attempts_of(message: Message) -> int:
    """How often this page has already ended as a dead letter; 0 when it says nothing sensible."""
    value = message.header(ATTEMPTS) or b""
    return int(value) if value.isdigit() and len(value) <= 6 else 0


def without_headers(headers: Iterable[tuple[str, bytes | None]], prefix: str) -> Headers:
    """The headers whose names do not begin with `prefix`."""
    return tuple(pair for pair in headers if not pair[0].startswith(prefix))


RecordType = type[CleanArticle] | type[AnnotatedArticle] | type[Withdrawal] | type[EnrichedArticle] | type[PageOutcome]

RECORD_TYPES: dict[str, RecordType] = {record.SCHEMA.split("/")[0]: record for record in WIRE_RECORDS}


def warm() -> None:
    """Make the decoders now, for a process that will read records: each looks at all types of its record first."""
    for record in WIRE_RECORDS:
        _decoder(record)
