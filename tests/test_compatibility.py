"""What a minor version may change: invented pairs of schemas, each different in one thing."""

from typing import Any

import pytest

from pipeline.compatibility import compatible
from tests.validation import changed_at

OLD: dict[str, Any] = {
    "type": "object",
    "properties": {
        "id": {"type": "string", "pattern": "^[a-f]+$"},
        "kind": {"$ref": "#/$defs/Kind"},
        "tags": {"type": "array", "items": {"type": "string"}},
        "by": {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]},
        "notes": {"type": "object", "additionalProperties": {"type": "string"}},
        "share": {"type": "number", "maximum": 1},
    },
    "required": ["id"],
    "$defs": {"Kind": {"enum": ["a", "b"]}},
}


def test_a_schema_is_compatible_with_itself() -> None:
    assert compatible(OLD, OLD) == []


@pytest.mark.parametrize(
    ("path", "change"),
    [
        (("properties", "mood"), {"type": "string"}),
        (("properties", "by", "properties", "url"), {"type": "string"}),
        (("properties", "id", "description"), "in other words"),
        (("title",), "Another"),
        (("$defs", "New"), {"type": "object"}),
        (("properties", "kind"), {"enum": ["b", "a"]}),
    ],
    ids=["optional field", "optional field inside", "description", "title", "definition", "reference dissolved"],
)
def test_these_changes_are_compatible(path: tuple[str, ...], change: Any) -> None:
    assert compatible(OLD, changed_at(OLD, path, change)) == []


@pytest.mark.parametrize(
    ("path", "change", "problem"),
    [
        (("properties", "share"), ..., "share: removed"),
        (("properties", "by", "properties", "name"), ..., "by.name: removed"),
        (("required",), ["id", "share"], "share: was optional and is required now"),
        (("required",), [], "id: was always there and is optional now"),
        (("properties", "by", "required"), [], "by.name: was always there and is optional now"),
        (("properties", "share", "type"), "string", "share: type changed from number to string"),
        (("properties", "share", "maximum"), 2, "share: maximum changed from 1 to 2"),
        (("properties", "share", "minimum"), 0, "share: minimum changed from None to 0"),
        (("properties", "id", "pattern"), "^[a-z]+$", "id: pattern changed from ^[a-f]+$ to ^[a-z]+$"),
        (("properties", "id", "pattern"), ..., "id: pattern changed from ^[a-f]+$ to None"),
        (("$defs", "Kind", "enum"), ["a"], "kind: enum lost b"),
        (("$defs", "Kind", "enum"), ["a", "b", "c"], "kind: enum gained c"),
        (("$defs", "Kind", "enum"), ["a", "c"], "kind: enum lost b; gained c"),
        (("$defs", "Kind", "enum"), ..., "kind: enum removed"),
        (("properties", "share", "enum"), [0, 1], "share: enum added"),
        (("properties", "tags", "items", "type"), "integer", "tags[]: type changed from string to integer"),
        (("properties", "tags", "items"), ..., "tags: items removed"),
        (("properties", "notes", "additionalProperties"), False, "notes[]: changed from {'type': 'string'} to False"),
        (("additionalProperties",), False, "the record: additionalProperties added"),
    ],
)
def test_these_changes_break_a_reader(path: tuple[str, ...], change: Any, problem: str) -> None:
    assert compatible(OLD, changed_at(OLD, path, change)) == [problem]


def test_a_new_required_field_breaks_old_records() -> None:
    new = changed_at(OLD, ("properties", "mood"), {"type": "string"})
    assert compatible(OLD, new | {"required": ["id", "mood"]}) == ["mood: a new field must be optional"]
