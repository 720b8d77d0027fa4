"""A damaged SQLite file: how it is recognised, and how it makes room for a new one without being lost."""

import sqlite3
from contextlib import closing
from pathlib import Path

from pipeline.edges.database import connect
from pipeline.errors import Failure

SUFFIXES = ("-wal", "-shm", "-journal", "")
"""What SQLite keeps beside a file, and the file itself, which goes last."""


def damaged_file(url: str) -> Path | None:
    """The SQLite file of a store when it is broken anywhere inside; None when it is whole, missing, or PostgreSQL."""
    engine = connect(url)
    name = engine.url.database
    if engine.dialect.name != "sqlite" or not name or not Path(name).is_file():
        return None
    try:
        with closing(sqlite3.connect(name, timeout=0)) as connection:
            (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.OperationalError as error:
        raise Failure(f"the store {name} cannot be examined ({error}): stop the other newsflow first") from error
    except sqlite3.DatabaseError:
        return Path(name)
    return None if verdict == "ok" else Path(name)


def set_aside(path: Path, suffix: str) -> Path:
    """Give a file and what SQLite keeps beside it another name, `path` with `suffix`; the new one."""
    aside = path.with_name(path.name + suffix)
    try:
        for end in SUFFIXES:
            part = path.with_name(path.name + end)
            if part.exists():
                part.rename(path.with_name(aside.name + end))
    except OSError as error:
        raise Failure(f"the damaged store {path} cannot be moved aside: {error.strerror}") from error
    return aside
