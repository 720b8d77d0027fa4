"""Records -> `schemas/<record>/<major>.<minor>.json`, each with an example beside it.

JSON Schema 2020-12, generated from `records.py`: a field's type, constraints and docstring stand there and nowhere
else. A committed version never changes; a change of a record is a new minor version. `python -m pipeline.schemas
write` adds what is missing, `python -m pipeline.schemas check` says whether all is as it would be generated.
"""

import ast
import hashlib
import inspect
import json
import sys
from functools import cache
from pathlib import Path
from typing import Any, get_args

import msgspec

from pipeline import records
from pipeline.compatibility import compatible
from pipeline.errors import Failure
from pipeline.examples import EXAMPLES
from pipeline.records import WIRE_RECORDS, RawPage

DIALECT = "https://json-schema.org/draft/2020-12/schema"
FOLDER = Path(__file__).parent.parent / "schemas"

LEDGER = "versions.sha256"
"""The hash of every schema ever committed, one a line, in the format of sha256sum. The writer only appends.

A comparison with `git show HEAD:` was the alternative: it is blind once the change itself is HEAD, as it is in CI, and
cannot run in a source archive. The ledger needs no history, and whoever alters a version has to alter its line too,
which nobody does by accident and no reviewer overlooks. Examples are not in it: they illustrate, and may be improved.
"""

DEAD_LETTER = "dead_letter/1.2"

_Schema = dict[str, Any]

_RAW_HEADERS = {"content_type": "content-type"}
"""Fields of `RawPage` whose header has another name."""

_CLOUD_EVENTS = {
    "ce_specversion": "version of the specification, 1.0",
    "ce_id": "id of the event",
    "ce_type": "newsflow.<record>.v<major>",
    "ce_source": "/newsflow/<what wrote the message>",
    "ce_time": "when the page was fetched",
}

_NUMBER = r"^(0|[1-9][0-9]{0,18})$"


def _portable(pattern: str) -> str:
    """A pattern that means the same in every language: Python's `\\d` takes digits of any script, `\\Z` is its own."""
    return pattern.replace(r"\d", "[0-9]").replace(r"\Z", "$")


_INSTANT = _portable(get_args(records.Instant)[1].pattern)

_DLQ_HEADERS: dict[str, _Schema] = {
    "dlq.trace_id": {
        "description": "the page's trace_id, as in its outcome",
        "pattern": _portable(get_args(records.Id)[1].pattern),
    },
    "dlq.stage": {"description": "the stage that could not process the message", "minLength": 1},
    "dlq.step": {
        "description": "where in the stage: decode, process or encode, or the shell around it",
        "minLength": 1,
    },
    "dlq.error.type": {"description": "why, as a code in snake_case; new codes may come", "minLength": 1},
    "dlq.error.message": {"description": "why, in words: one line of at most 2048 bytes"},
    "dlq.source.topic": {"description": "topic the message was read from; retry by producing it there", "minLength": 1},
    "dlq.source.partition": {"description": "absent, as the offset, when it came from a file", "pattern": _NUMBER},
    "dlq.source.offset": {"description": "offset of the message in its partition", "pattern": _NUMBER},
    "dlq.attempts": {
        "description": "how often this page has ended as a dead letter, this one included; a retry keeps it",
        "pattern": r"^[1-9][0-9]{0,6}$",
    },
    "dlq.failed_at": {"description": "RFC 3339 date-time", "pattern": _INSTANT},
    "dlq.version": {"description": "version of newsflow that gave up", "minLength": 1},
    "dlq.traceparent": {
        "description": "W3C trace context of the stage that gave up: the span that failed",
        "pattern": "^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$",
    },
    "dlq.value_omitted": {
        "description": "only if the value was too large for this topic: its length. The letter then has no value, and"
        " the message lies at its source",
        "pattern": _NUMBER,
    },
    "dlq.key_null": {"description": "only if the message had neither key nor value; the letter's key is empty then"},
}
_DLQ_OPTIONAL = {
    "dlq.trace_id",
    "dlq.source.partition",
    "dlq.source.offset",
    "dlq.value_omitted",
    "dlq.key_null",
    "dlq.traceparent",
}


def generate() -> dict[str, _Schema]:
    """The schema of every record as it is now, by "<record>/<major>.<minor>"."""
    schemas = {record.SCHEMA: _value_schema(record) for record in WIRE_RECORDS}
    schemas[RawPage.SCHEMA] = _raw_page_schema()
    schemas[DEAD_LETTER] = _dead_letter_schema()
    return {version: _head(version) | schema for version, schema in sorted(schemas.items())}


def _head(version: str) -> _Schema:
    return {"$schema": DIALECT, "$id": f"urn:newsflow:schema:{version.replace('/', ':')}"}


def _value_schema(record: type) -> _Schema:
    schema = msgspec.json.schema(record)
    definitions = {name: _object(name, definition) for name, definition in schema["$defs"].items()}
    root = definitions.pop(record.__name__)
    return root | {"$defs": dict(sorted(definitions.items()))}


def _object(name: str, definition: _Schema) -> _Schema:
    """One definition: known fields in the order of `records.py`, absent instead of null, with their docstrings."""
    result: _Schema = {"title": name, "description": _folded(definition.get("description", ""))}
    result |= {key: value for key, value in definition.items() if key not in result}
    if "properties" not in definition:
        return result
    texts = _field_texts(name)
    properties = {field: _property(definition["properties"][field], texts[field]) for field in texts}
    required = set(definition.get("required", ()))
    if "schema" in properties:  # has a default in the dataclass, but a record without it would not stand alone
        required.add("schema")
        del properties["schema"]["default"]
        properties["schema"]["description"] = "record/major.minor; within a major only optional fields are added"
    result["properties"] = properties
    result["required"] = [field for field in properties if field in required]
    return result


def _property(schema: _Schema, text: str | None) -> _Schema:
    present = [option for option in schema.get("anyOf", ()) if option != {"type": "null"}]
    if present:
        rest = {key: value for key, value in schema.items() if key not in ("anyOf", "default")}
        schema = rest | (present[0] if len(present) == 1 else {"anyOf": present})
    if "pattern" in schema:
        schema = schema | {"pattern": _portable(schema["pattern"])}
    if "items" in schema:
        schema = schema | {"items": _property(schema["items"], None)}
    return {"description": text} | {k: v for k, v in schema.items() if k != "description"} if text else schema


@cache
def _field_texts(name: str) -> dict[str, str | None]:
    """The fields of a dataclass in their order, with the string literal that follows a field as its description."""
    body = ast.parse(inspect.getsource(getattr(records, name))).body[0]
    assert isinstance(body, ast.ClassDef)  # noqa: S101 - every record is a class
    texts: dict[str, str | None] = {}
    last = None
    for node in body.body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            last = node.target.id if not ast.unparse(node.annotation).startswith("ClassVar") else None
            if last:
                texts[last] = None
        elif last and isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            texts[last] = _folded(inspect.cleandoc(str(node.value.value)))
            last = None
    return texts


def _folded(text: str) -> str:
    """A docstring without the line breaks of its source; paragraphs stay apart."""
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in text.split("\n\n"))


def _raw_page_schema() -> _Schema:
    """The headers of a raw message, as text; its value is the body."""
    schema = _value_schema(RawPage)
    properties = {_RAW_HEADERS.get(name, name): value for name, value in schema["properties"].items() if name != "body"}
    properties["status"] = {"type": "string", "pattern": "^[1-5][0-9][0-9]$", "description": "HTTP status"}
    properties["content-type"]["description"] = "media type and charset as the server named them"
    for name, text in _CLOUD_EVENTS.items():
        properties[name] = {"type": "string", "description": f"CloudEvents, optional: {text}"}
    return {
        "title": "RawPage",
        "description": schema["description"] + "\n\nThis schema describes the headers (UTF-8); of several headers with"
        " one name the last counts.",
        "type": "object",
        "properties": properties,
        "required": ["url"],
    }


def _dead_letter_schema() -> _Schema:
    """The headers that a dead letter has besides those of the message it was."""
    return {
        "title": "DeadLetter",
        "description": "A message that a stage could not process: its value, key and headers untouched, and these"
        " headers (UTF-8) with what went wrong. A retry produces the same bytes to the source topic again.",
        "type": "object",
        "properties": {name: {"type": "string"} | schema for name, schema in _DLQ_HEADERS.items()},
        "required": [name for name in _DLQ_HEADERS if name not in _DLQ_OPTIONAL],
    }


def write_schemas(folder: Path = FOLDER, *, check: bool = False) -> list[Path]:
    """Write what is missing and return it; with `check`, write nothing.

    Failure when a committed version would change, when a new minor version is not compatible with the one before it,
    and with `check` also when anything is missing or not as generated.
    """
    ledger = read_ledger(folder)
    pending: dict[Path, str] = {}
    entries = []
    for version, schema in generate().items():
        text = _text(schema)
        digest = _digest(text)
        path = folder / f"{version}.json"
        if ledger.get(f"{version}.json", digest) != digest or (path.exists() and path.read_text("utf-8") != text):
            raise Failure(f"schema {version} is already committed and differs: raise the minor version in records.py")
        _refuse_incompatible(folder, version, schema)
        pending[path] = text
        pending[folder / f"{version}.example.json"] = _text(EXAMPLES[version.split("/")[0]])
        if f"{version}.json" not in ledger:
            entries.append(f"{digest}  {version}.json\n")
    stale = [path for path, text in pending.items() if not path.exists() or path.read_text("utf-8") != text]
    if check and (stale or entries):
        names = ", ".join(str(path.relative_to(folder)) for path in stale) or LEDGER
        raise Failure(f"schemas are not up to date ({names}): run make schemas")
    if not check:
        for path in stale:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(pending[path], "utf-8")
        if entries:
            with (folder / LEDGER).open("a", encoding="utf-8") as file:
                file.writelines(entries)
    return stale


def read_ledger(folder: Path = FOLDER) -> dict[str, str]:
    """File name -> hash of every version ever committed."""
    path = folder / LEDGER
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    return {name: digest for digest, name in (line.split("  ", 1) for line in lines)}


def committed(folder: Path, record: str) -> list[tuple[tuple[int, int], _Schema]]:
    """The versions of a record that lie in the folder, oldest first."""
    found = []
    for path in (folder / record).glob("*.json"):
        if not path.name.endswith(".example.json"):
            major, minor = path.stem.split(".")
            found.append(((int(major), int(minor)), json.loads(path.read_text("utf-8"))))
    return sorted(found, key=lambda pair: pair[0])


def _refuse_incompatible(folder: Path, version: str, schema: _Schema) -> None:
    record, number = version.split("/")
    major, minor = (int(part) for part in number.split("."))
    for (old_major, old_minor), old in committed(folder, record):
        problems = compatible(old, schema) if old_major == major and old_minor < minor else []
        if problems:
            raise Failure(f"schema {version} breaks {old_major}.{old_minor}: {'; '.join(problems)}")


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def main(arguments: list[str]) -> int:
    """`write` or `check`."""
    if arguments not in (["write"], ["check"]):
        sys.stderr.write("usage: python -m pipeline.schemas write|check\n")
        return 2
    try:
        written = write_schemas(check=arguments == ["check"])
    except Failure as error:
        sys.stderr.write(f"{error}\n")
        return 1
    for path in written:
        sys.stdout.write(f"wrote {path}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
