"""A copy of an SQLite store while workers use it, whole and checked, in one file."""

import os
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL

from pipeline.edges.database import is_there, parse, place_of
from pipeline.errors import Damaged, Failure, UsageError


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """What was copied: the file's size, and what the store says of itself."""

    size: int
    schema_version: str
    cluster_id: str


def back_up(url: str, target: Path) -> Backup:
    """Copy the store to a file that is not there yet; it gets its name once it is whole and found sound.

    The copy is of one moment: in SQLite's write-ahead log a reader stops no writer. Raises UsageError for a store that
    is no file, with the command that copies it; Failure when there is none, it is damaged, or the file cannot be
    written.
    """
    parsed = parse(url)
    if parsed.get_backend_name() != "sqlite":
        named = URL.create("postgresql", parsed.username, None, parsed.host, parsed.port, parsed.database, parsed.query)
        address = named.render_as_string()
        raise UsageError(f"the store is a PostgreSQL database: pg_dump --format=custom --file={target} '{address}'")
    place = place_of(parsed)
    if not is_there(url):
        raise Failure(f"there is no store {place} to back up: is NEWSFLOW_DATA or NEWSFLOW_STORE that of newsflow?")
    if target.exists():
        raise Failure(f"{target} is there already: name another file")
    partial = target.with_name(f".{target.name}.{os.getpid()}.partial")
    try:
        backup = _copied(Path(place), partial)
        _kept(partial, target)
        return backup
    except sqlite3.DatabaseError as error:
        if (error.sqlite_errorname or "").startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
            raise Damaged(f"the store {place} is damaged ({error}): `newsflow store rebuild` makes it again") from error
        raise Failure(f"the store {place} cannot be copied to {target}: {error}") from error
    except OSError as error:
        raise Failure(f"cannot write {target}: {error.strerror}") from error
    finally:
        partial.unlink(missing_ok=True)


def _copied(store: Path, partial: Path) -> Backup:
    partial.touch(mode=0o600, exist_ok=False)
    source = f"{store.absolute().as_uri()}?mode=ro"
    with closing(sqlite3.connect(source, uri=True)) as ours, closing(sqlite3.connect(partial)) as copy:
        ours.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")  # the log of the original is in it: it is one file
        (verdict,) = copy.execute("PRAGMA quick_check(1)").fetchone()
        if verdict != "ok":
            raise Damaged(f"the store {store} is damaged ({verdict}): `newsflow store rebuild` makes it again")
        meta = dict(copy.execute("SELECT key, value FROM newsflow_meta").fetchall())
    return Backup(
        size=partial.stat().st_size,
        schema_version=meta.get("schema_version", ""),
        cluster_id=meta.get("cluster_id", ""),
    )


def _kept(partial: Path, target: Path) -> None:
    """On the disk before it has its name, and then its name too."""
    _synced(partial)
    os.link(partial, target)  # as a rename, but refuses to replace
    _synced(target.parent)


def _synced(path: Path) -> None:
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
