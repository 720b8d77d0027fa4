"""Seeds and schemas, which travel with the package: beside it in a clone, inside it in a wheel."""

import shutil
from pathlib import Path

from pipeline.errors import Failure, UsageError

_PACKAGE = Path(__file__).parents[1]


def _folder(name: str) -> Path:
    for place in (_PACKAGE / "data" / name, _PACKAGE.parent / name):
        if place.is_dir():
            return place
    raise Failure(f"this installation has no {name}: install newsflow from its wheel, or run it in its clone")


def copy_seeds(folder: Path) -> int:
    """Copy the seed articles and their manifest into a new or empty folder; how many articles there are."""
    source = _folder("seeds") / "articles"
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder} is not empty: name a new folder")
    try:
        shutil.copytree(source, folder, dirs_exist_ok=True)
    except OSError as error:
        raise Failure(f"cannot write {folder}: {error}") from error
    return len((folder / "manifest.jsonl").read_text(encoding="utf-8").splitlines())


def schema_names() -> list[str]:
    """The records that have a schema."""
    return sorted(path.name for path in _folder("schemas").iterdir() if path.is_dir())


def read_schema(record: str) -> str:
    """The newest JSON Schema of a record; UsageError names the records there are."""
    if record not in schema_names():
        raise UsageError(f"there is no record {record!r}; the records are: {', '.join(schema_names())}")
    versions = [path for path in (_folder("schemas") / record).glob("*.json") if not path.stem.endswith(".example")]
    newest = max(versions, key=lambda path: [int(part) for part in path.stem.split(".")])
    return newest.read_text(encoding="utf-8")
