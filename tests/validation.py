"""Any record against its committed JSON Schema, by a validator that shares no code with the one that reads records."""

import copy
import json
from functools import cache
from typing import Any

import jsonschema_rs

from pipeline.schemas import FOLDER, committed


@cache
def schema_of(record: str) -> dict[str, Any]:
    """The latest committed schema of a record, as "clean_article"."""
    return committed(FOLDER, record)[-1][1]


@cache
def validator_of(record: str) -> jsonschema_rs.Draft202012Validator:
    """Its validator."""
    return jsonschema_rs.Draft202012Validator(schema_of(record))


def problems(record: str, value: bytes | dict[str, Any]) -> list[str]:
    """What the schema has against a message's value, or against headers as text; empty when it is valid."""
    plain = json.loads(value) if isinstance(value, bytes) else value
    errors = validator_of(record).iter_errors(plain)
    return [f"{'.'.join(map(str, error.instance_path))}: {error.message}" for error in errors]


def changed_at(value: Any, path: tuple[Any, ...], change: Any) -> Any:
    """A copy of a plain record that is different in one place."""
    if not path:
        return change
    value = copy.deepcopy(value)
    holder = value
    for step in path[:-1]:
        holder = holder[step]
    if change is ...:
        del holder[path[-1]]
    else:
        holder[path[-1]] = change
    return value
