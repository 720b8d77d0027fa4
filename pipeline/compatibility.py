"""Whether a newer schema keeps the promise of its major version: only optional fields are added.

Readers of both directions live on that promise: an old subscriber reads new records, and a new one those that lie in
the topic for a year. A wider enum or pattern would serve the second and break the first, so any change is refused.
"""

from collections.abc import Iterator
from typing import Any

_ANNOTATIONS = frozenset({"$schema", "$id", "$defs", "title", "description", "default", "examples"})
"""Keywords that say nothing about what is valid."""

_Schema = dict[str, Any]


def compatible(old: _Schema, new: _Schema) -> list[str]:
    """What `new` breaks of `old`, one line each; empty when it only adds optional fields."""
    return list(_problems("", old, new, old, new))


def _problems(place: str, old: Any, new: Any, old_root: _Schema, new_root: _Schema) -> Iterator[str]:
    old, new = _resolved(old, old_root), _resolved(new, new_root)
    if not (isinstance(old, dict) and isinstance(new, dict)):
        if old != new:
            yield f"{place or 'the record'}: changed from {old} to {new}"
        return
    yield from _field_problems(place, old, new)
    for field, schema in old.get("properties", {}).items():
        if field in new.get("properties", {}):
            inner = f"{place}.{field}" if place else field
            yield from _problems(inner, schema, new["properties"][field], old_root, new_root)
    for keyword in ("items", "additionalProperties"):
        if keyword in old and keyword in new:
            yield from _problems(f"{place}[]", old[keyword], new[keyword], old_root, new_root)
        elif (keyword in old) != (keyword in new):
            yield f"{place or 'the record'}: {keyword} {'removed' if keyword in old else 'added'}"
    yield from _changed_keywords(place or "the record", old, new)


def _field_problems(place: str, old: _Schema, new: _Schema) -> Iterator[str]:
    dot = f"{place}." if place else ""
    fields, new_fields = old.get("properties", {}), new.get("properties", {})
    required, new_required = set(old.get("required", ())), set(new.get("required", ()))
    for field in fields:
        if field not in new_fields:
            yield f"{dot}{field}: removed"
        elif field in new_required - required:
            yield f"{dot}{field}: was optional and is required now"
        elif field in required - new_required:
            yield f"{dot}{field}: was always there and is optional now"
    for field in new_fields:
        if field not in fields and field in new_required:
            yield f"{dot}{field}: a new field must be optional"


def _changed_keywords(place: str, old: _Schema, new: _Schema) -> Iterator[str]:
    """Type, enum, pattern, bounds and whatever else decides on validity."""
    handled = _ANNOTATIONS | {"properties", "required", "items", "additionalProperties"}
    for keyword in sorted((old.keys() | new.keys()) - handled):
        before, after = old.get(keyword), new.get(keyword)
        if keyword == "enum" and before and after and set(before) != set(after):
            lost, gained = sorted(set(before) - set(after)), sorted(set(after) - set(before))
            yield f"{place}: enum " + "; ".join(
                f"{verb} {', '.join(map(str, values))}"
                for verb, values in (("lost", lost), ("gained", gained))
                if values
            )
        elif before != after and keyword != "enum":
            yield f"{place}: {keyword} changed from {before} to {after}"
        elif (before is None) != (after is None):
            yield f"{place}: enum {'removed' if after is None else 'added'}"


def _resolved(schema: Any, root: _Schema) -> Any:
    """A schema with its `$ref` followed, so that a renamed definition is no change."""
    if isinstance(schema, dict) and "$ref" in schema:
        target = root["$defs"][schema["$ref"].removeprefix("#/$defs/")]
        return _resolved(target, root) | {key: value for key, value in schema.items() if key != "$ref"}
    return schema
