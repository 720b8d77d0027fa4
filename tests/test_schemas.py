"""The schemas say what the reader does, a committed one never changes, a minor version only adds."""

import copy
import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema_rs
import orjson
import pytest

from pipeline import records, schemas
from pipeline.codec import RECORD_TYPES, Message, decode, encode, to_plain
from pipeline.compatibility import compatible
from pipeline.errors import Code, Failure, Reject
from pipeline.examples import EXAMPLES, RAW_MESSAGE, RECORDS
from pipeline.records import CleanArticle, Place, StageTime
from pipeline.schemas import DEAD_LETTER, FOLDER, committed, generate, main, read_ledger, write_schemas
from pipeline.topology import MAX_RECORD_BYTES, RAW, TOPOLOGY
from pipeline.verdicts import dead, error_report
from tests.validation import changed_at, problems, schema_of

VERSIONS = sorted(generate())
VALUES = sorted(RECORD_TYPES)

Schema = dict[str, Any]


def test_every_topic_has_a_schema_and_an_example() -> None:
    described = {version.split("/")[0] for version in VERSIONS}
    assert described == {record for topic in TOPOLOGY.topics for record in topic.records} == set(EXAMPLES)


def test_what_is_committed_is_what_would_be_generated() -> None:
    assert write_schemas(FOLDER, check=True) == []


@pytest.mark.parametrize("version", VERSIONS)
def test_a_schema_is_valid_and_names_itself(version: str) -> None:
    schema = json.loads((FOLDER / f"{version}.json").read_text())
    jsonschema_rs.meta.validate(schema)
    assert schema["$id"] == f"urn:newsflow:schema:{version.replace('/', ':')}"
    assert schema["$schema"].endswith("2020-12/schema")


@pytest.mark.parametrize("version", VERSIONS)
def test_the_example_beside_a_schema_is_valid(version: str) -> None:
    example = json.loads((FOLDER / f"{version}.example.json").read_text())
    assert problems(version.split("/")[0], example) == []


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: type(record).__name__)
def test_what_codec_writes_is_valid(record: Any) -> None:
    assert problems(record.SCHEMA.split("/")[0], encode(record)) == []


def nodes(schema: Any) -> Iterator[Schema]:
    """A schema and every schema in it."""
    if isinstance(schema, dict):
        yield schema
        for value in schema.values():
            yield from nodes(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from nodes(value)


@pytest.mark.parametrize("version", VERSIONS)
def test_what_is_not_known_is_absent_and_never_null(version: str) -> None:
    for node in nodes(generate()[version]):
        assert node.get("type") != "null"
        assert node.get("default", 0) is not None


@pytest.mark.parametrize("version", VERSIONS)
def test_every_reference_is_defined_and_every_definition_used(version: str) -> None:
    schema = generate()[version]
    used = {node["$ref"].removeprefix("#/$defs/") for node in nodes(schema) if isinstance(node.get("$ref"), str)}
    assert used == set(schema.get("$defs", {}))


@pytest.mark.parametrize("version", VERSIONS)
def test_every_object_and_enum_says_what_it_is(version: str) -> None:
    schema = generate()[version]
    assert all(definition["description"] for definition in [schema, *schema.get("$defs", {}).values()])


def test_a_fields_docstring_is_its_description() -> None:
    signals = generate()[CleanArticle.SCHEMA]["$defs"]["Signals"]
    assert signals["properties"]["link_share"]["description"].startswith("Share of the page's visible characters")


def test_a_record_stands_alone_because_it_must_name_its_schema() -> None:
    for name in VALUES:
        assert schema_of(name)["required"][0] == "schema"


def test_unknown_fields_are_allowed_so_that_old_readers_read_new_records() -> None:
    assert problems("outcome", {**EXAMPLES["outcome"], "mood": "cheerful"}) == []


# Reader and schema: each constraint violated once, found by walking the schema along the example.


def resolved(schema: Schema, root: Schema) -> Schema:
    """The schema with its reference followed."""
    return root["$defs"][schema["$ref"].removeprefix("#/$defs/")] if "$ref" in schema else schema


def wrong_values(schema: Schema) -> Iterator[tuple[str, Any]]:
    """One value for each keyword of the schema that violates it."""
    other = {"string": 17, "integer": "17", "number": "0.5", "boolean": "true", "object": [], "array": {}}
    if "type" in schema:
        yield "type", other[schema["type"]]
    if "enum" in schema:
        yield "enum", "no such value"
    if "pattern" in schema:
        yield "pattern", "!"
    if schema.get("minLength"):
        yield "minLength", ""
    if "maxLength" in schema:
        yield "maxLength", "https://" + "x" * schema["maxLength"]
    if "minimum" in schema:
        yield "minimum", schema["minimum"] - 1
    if "maximum" in schema:
        yield "maximum", schema["maximum"] + 1


def violations(schema: Schema, value: Any, root: Schema, path: tuple[Any, ...] = ()) -> Iterator[tuple[str, Any]]:
    """(what is wrong, the whole example with it); `...` as value means that the field is taken away."""
    schema = resolved(schema, root)
    for keyword, wrong in wrong_values(schema):
        yield ".".join(map(str, (*path, keyword))), (path, wrong)
    if isinstance(value, dict):
        for name, inner in value.items():
            inner_schema = schema.get("properties", {}).get(name) or schema.get("additionalProperties")
            if inner_schema:
                yield from violations(inner_schema, inner, root, (*path, name))
        for name in schema.get("required", ()):
            if name != "schema":
                yield ".".join((*map(str, path), name, "required")), ((*path, name), ...)
    if isinstance(value, list) and value:
        yield from violations(schema["items"], value[0], root, (*path, 0))


def all_violations() -> list[Any]:
    """Every violation of every record as a test case."""
    cases = []
    for position, record in enumerate(RECORDS):
        schema = generate()[record.SCHEMA]
        for what, (path, change) in violations(schema, to_plain(record), schema):
            cases.append(pytest.param(record, path, change, id=f"{position}-{type(record).__name__}.{what}"))
    return cases


@pytest.mark.parametrize(("record", "path", "change"), all_violations())
def test_reader_and_schema_refuse_the_same(record: Any, path: tuple[Any, ...], change: Any) -> None:
    broken = changed_at(to_plain(record), path, change)
    assert problems(record.SCHEMA.split("/")[0], broken), "the schema takes it"
    with pytest.raises(Reject):
        decode(type(record), orjson.dumps(broken))


def test_the_examples_reach_every_field_of_every_record() -> None:
    """Else the cases above would pass over a field without a word. The exceptions share their types with others."""
    fields = set()
    for name in VALUES:
        schema = generate()[RECORD_TYPES[name].SCHEMA]
        for node in [schema, *schema.get("$defs", {}).values()]:
            fields |= {f"{node['title']}.{field}" for field in node.get("properties", {})}
    reached = {f"{type(node).__name__}.{field}" for node in walk(RECORDS) for field in known_fields(node)}
    assert fields - reached == {"EnrichedArticle.date_modified_utc", "EnrichedArticle.date_modified_zone"}


def walk(value: Any) -> Iterator[Any]:
    """Every dataclass instance in a record."""
    if hasattr(value, "__dataclass_fields__"):
        yield value
        for name in value.__dataclass_fields__:
            yield from walk(getattr(value, name))
    elif isinstance(value, tuple | list | dict):
        for item in value.values() if isinstance(value, dict) else value:
            yield from walk(item)


def known_fields(record: Any) -> list[str]:
    """The fields of a dataclass instance that are set."""
    return [name for name in record.__dataclass_fields__ if getattr(record, name) is not None]


@pytest.mark.parametrize("change", [None, ...], ids=["null for absent", "no schema"])
def test_the_reader_takes_a_little_more_than_the_schema(change: Any) -> None:
    """Be liberal in what you accept: no foreign record is refused for these two, which we never write."""
    broken = changed_at(EXAMPLES["clean_article"], ("headline",) if change is None else ("schema",), change)
    assert problems("clean_article", broken)
    assert decode(records.CleanArticle, orjson.dumps(broken))


@pytest.mark.parametrize(
    ("field", "value"),
    [("id", "0" * 32 + "\n"), ("fetched_at", "٢٠٢٦-01-09T16:41:07Z"), ("schema", "clean_article/1.0\n")],
)
def test_reader_and_schema_agree_on_where_a_pattern_ends(field: str, value: str) -> None:
    broken = changed_at(EXAMPLES["clean_article"], (field,), value)
    assert problems("clean_article", broken)
    with pytest.raises(Reject):
        decode(records.CleanArticle, orjson.dumps(broken))


# Dead letters: handle writes the headers that the schema documents.


def letter_headers(message: Message) -> dict[str, str]:
    """The dlq headers of the dead letter that handle makes of a message."""
    error, took = (
        error_report("process", Code.STAGE_FAILED, "a bug"),
        StageTime(stage="clean", at="2026-01-09T16:41:19Z"),
    )
    letter = dead(TOPOLOGY.stages[0], message, error, took).messages[0]
    return {name: (value or b"").decode() for name, value in letter.headers}


PLACE = Place(topic=RAW.name, partition=3, offset=1842)


@pytest.mark.parametrize(
    "message",
    [
        RAW_MESSAGE,
        replace(RAW_MESSAGE, place=PLACE),
        Message(topic=RAW.name, key=None, value=b"x" * 2 * MAX_RECORD_BYTES, place=PLACE),
    ],
    ids=["from a file", "from Kafka", "too large for any topic"],
)
def test_a_dead_letter_has_the_headers_of_its_schema(message: Message) -> None:
    headers = letter_headers(message)
    assert problems("dead_letter", headers) == []
    written = {name for name in headers if name.startswith("dlq.")}
    assert written <= set(schema_of("dead_letter")["properties"])


def test_every_documented_dead_letter_header_is_written_by_some_letter() -> None:
    small = letter_headers(replace(RAW_MESSAGE, place=PLACE))
    large = letter_headers(Message(topic=RAW.name, key=None, value=b"x" * 2 * MAX_RECORD_BYTES, place=PLACE))
    bare = letter_headers(Message(topic=RAW.name, key=None, value=None, place=PLACE))
    assert {name for name in small | large | bare if name.startswith("dlq.")} == set(
        generate()[DEAD_LETTER]["properties"]
    )


@pytest.mark.parametrize(
    ("header", "value"),
    [("url", "ftp://news.example"), ("fetched_at", "yesterday"), ("status", "OK"), ("status", "99"), ("url", ...)],
)
def test_the_raw_schema_refuses_what_the_reader_refuses(header: str, value: Any) -> None:
    assert problems("raw_page", changed_at(EXAMPLES["raw_page"], (header,), value))


# Immutability

OUTCOME = records.PageOutcome.SCHEMA
NEXT = "1.{}".format(int(OUTCOME.rpartition(".")[2]) + 1)
NEXT_OUTCOME = f"outcome/{NEXT}"


def test_no_committed_version_was_changed_or_taken_away() -> None:
    for name, digest in read_ledger().items():
        assert hashlib.sha256((FOLDER / name).read_bytes()).hexdigest() == digest, name


def test_every_schema_that_lies_there_is_in_the_ledger() -> None:
    lying = {str(p.relative_to(FOLDER)) for p in FOLDER.glob("*/*.json") if not p.name.endswith(".example.json")}
    assert lying == set(read_ledger())


@pytest.mark.parametrize("record", sorted(EXAMPLES))
def test_each_minor_version_is_compatible_with_all_before_it(record: str) -> None:
    versions = committed(FOLDER, record)
    for position, ((major, minor), old) in enumerate(versions):
        for (new_major, new_minor), new in versions[position + 1 :]:
            if new_major == major:
                assert compatible(old, new) == [], f"{major}.{minor} -> {new_major}.{new_minor}"


def test_writing_twice_writes_nothing_the_second_time(tmp_path: Path) -> None:
    assert len(write_schemas(tmp_path)) == 2 * len(VERSIONS)
    ledger = (tmp_path / schemas.LEDGER).read_bytes()
    assert write_schemas(tmp_path) == []
    assert (tmp_path / schemas.LEDGER).read_bytes() == ledger
    assert write_schemas(tmp_path, check=True) == []


def test_check_writes_nothing_and_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(Failure, match=rf"{CleanArticle.SCHEMA}\.json.*make schemas"):
        write_schemas(tmp_path, check=True)
    assert list(tmp_path.iterdir()) == []


def test_a_changed_file_is_refused(tmp_path: Path) -> None:
    write_schemas(tmp_path)
    path = tmp_path / f"{OUTCOME}.json"
    path.write_text(path.read_text().replace('"attempt"', '"attempts"'))
    with pytest.raises(Failure, match=rf"^schema {OUTCOME} is already committed and differs: raise the minor version"):
        write_schemas(tmp_path)


def test_a_changed_record_is_refused_even_if_its_file_was_taken_away(tmp_path: Path, monkeypatch: Any) -> None:
    write_schemas(tmp_path)
    (tmp_path / f"{OUTCOME}.json").unlink()
    changed = generate() | {OUTCOME: {"type": "object"}}
    monkeypatch.setattr(schemas, "generate", lambda: changed)
    with pytest.raises(Failure, match=f"{OUTCOME} is already committed"):
        write_schemas(tmp_path)


def test_a_new_minor_version_is_written_beside_the_old_one(tmp_path: Path, monkeypatch: Any) -> None:
    write_schemas(tmp_path)
    newer = copy.deepcopy(generate()[OUTCOME])
    newer["properties"]["mood"] = {"type": "string"}
    monkeypatch.setattr(schemas, "generate", lambda: {NEXT_OUTCOME: newer})
    written = write_schemas(tmp_path)
    assert [path.name for path in written] == [f"{NEXT}.json", f"{NEXT}.example.json"]
    assert list(read_ledger(tmp_path))[-1] == f"{NEXT_OUTCOME}.json"
    assert len(read_ledger(tmp_path)) == len(VERSIONS) + 1


def test_a_minor_version_that_breaks_an_older_one_is_not_written(tmp_path: Path, monkeypatch: Any) -> None:
    write_schemas(tmp_path)
    newer = copy.deepcopy(generate()[OUTCOME])
    del newer["properties"]["attempt"]
    monkeypatch.setattr(schemas, "generate", lambda: {NEXT_OUTCOME: newer})
    with pytest.raises(Failure, match=f"{NEXT_OUTCOME} breaks {OUTCOME.partition('/')[2]}: attempt: removed"):
        write_schemas(tmp_path)
    assert not (tmp_path / f"{NEXT_OUTCOME}.json").exists()


def test_the_command_says_how_it_is_called(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert "write|check" in capsys.readouterr().err
    assert main(["check"]) == 0
