"""SQLite and PostgreSQL where they differ: how to connect, how to take turns, and what their errors mean."""

import sqlite3
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.pool import StaticPool

from pipeline.errors import Damaged, Failure, NewsflowError, Unavailable, UsageError

LOCK_SECONDS = 10.0
"""How long a transaction waits for its turn. A batch holds it for milliseconds: who waits longer waits in vain."""

IDLE_SECONDS = 60
"""PostgreSQL ends a transaction whose worker has been silent for so long, or a frozen machine would stop all others."""

ALIVE: dict[str, int] = {
    "connect_timeout": 10,
    "tcp_user_timeout": 30_000,  # ms
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 4,
}
"""PostgreSQL: how a server that vanished without a word is noticed within half a minute. TCP alone takes a quarter of

an hour; by then the watchdog has ended the worker, and the page that it had in hand would be to blame.
"""

ADVISORY_LOCK = 0x6E657773666C6F77  # "newsflow"

CACHE_KIB = 16_384
"""SQLite: how much of the file a connection keeps. Beside 1,000,000 texts a batch of relate looks at some 560 pages of

the bands alone, and its writes want them again: with the usual 2 MiB an article takes 80 reads of the file, so 36.
"""

LOG_PAGES = 4_000
"""SQLite: pages in the write-ahead log from which on it is copied into the file; the usual are 1,000. A page that

several batches change is copied once, and the file is synchronised a third less often.
"""

_BROKEN_FILE = ("SQLITE_CORRUPT", "SQLITE_NOTADB")
_UNUSABLE_FILE = ("SQLITE_CANTOPEN", "SQLITE_READONLY", "SQLITE_PERM", "SQLITE_AUTH")
_NOT_NOW = ("08", "25006", "25P03", "40", "53", "55", "57", "58")
"""PostgreSQL: connection, read-only after a failover, idle too long, serialisation, resources, locks, shutdown, I/O."""


def connect(url: str, *, durable: bool = True) -> Engine:
    """The engine of a store's URL; it connects at the first use. UsageError when the URL is none.

    What is committed outlives the process; without `durable` a power loss may undo the last commits.
    """
    parsed = parse(url)
    if parsed.get_backend_name() == "sqlite":
        return _sqlite(parsed, durable)
    if parsed.drivername in ("postgresql", "postgres", "postgresql+psycopg"):
        return _postgresql(parsed.set(drivername="postgresql+psycopg"), durable)
    raise UsageError(_bad_url(parsed.render_as_string()))


def parse(url: str) -> URL:
    """A store's URL; UsageError when it is none."""
    try:
        return make_url("sqlite://" if url == ":memory:" else url)
    except (ArgumentError, ValueError) as error:
        raise UsageError(_bad_url(url.rpartition("@")[2])) from error  # before the @ may stand a password


def is_there(url: str) -> bool:
    """Whether there may be a store: an SQLite file that exists, or a server that would have to be asked."""
    parsed = parse(url)
    return parsed.get_backend_name() != "sqlite" or bool(parsed.database and Path(parsed.database).exists())


def _bad_url(url: str) -> str:
    return f"{url!r} is no store: use sqlite:///path/to/file, :memory:, or postgresql://user@host/database"


def place_of(url: URL) -> str:
    """How messages name a store: the file's path, or the URL without its password."""
    if url.get_backend_name() == "sqlite":
        return url.database or ":memory:"
    return url.render_as_string(hide_password=True)


@cache
def spelled(statement: str, dialect: str) -> str:
    """A statement by hand, whose places are written "?", as the dialect's driver writes them."""
    return statement if dialect == "sqlite" else statement.replace("?", "%s")


def serialise(connection: Connection) -> None:
    """Wait until this transaction is the only one. SQLite's BEGIN IMMEDIATE has done so already."""
    if connection.dialect.name != "postgresql":
        return
    connection.execute(
        text("SELECT set_config('lock_timeout', :lock, true), set_config(:name, :idle, true)"),
        {
            "lock": f"{int(LOCK_SECONDS * 1000)}ms",
            "name": "idle_in_transaction_session_timeout",
            "idle": f"{IDLE_SECONDS}s",
        },
    )
    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ADVISORY_LOCK})


def explained(error: SQLAlchemyError, place: str) -> NewsflowError:
    """What a database error means for us: not now, or a person must act. One line that names the store."""
    reason = " ".join(str(getattr(error, "orig", None) or error).split())
    name = getattr(getattr(error, "orig", None), "sqlite_errorname", None) or ""
    if name.startswith(_BROKEN_FILE):
        return Damaged(
            f"the store {place} is damaged ({reason}): stop newsflow and run `newsflow store rebuild`, which makes it "
            "again from the topics, or restore the file"
        )
    if name.startswith(_UNUSABLE_FILE):
        return Failure(f"the store {place} cannot be opened for writing ({reason}): check the path and its permissions")
    if _passes(error):
        return Unavailable(f"the store {place} cannot serve now: {reason}")
    return Failure(f"the store {place} cannot be used: {reason}")


def _passes(error: SQLAlchemyError) -> bool:
    if isinstance(error, OperationalError | PoolTimeoutError):
        return True
    if not isinstance(error, DBAPIError):
        return False
    state = getattr(error.orig, "sqlstate", None) or ""
    return error.connection_invalidated or state.startswith(_NOT_NOW)


def remove_file(engine: Engine) -> None:
    """Delete an SQLite store, also a damaged one. Failure when another process has it open.

    SQLite would let go of the name and write on into the deleted file: two stores, and neither complete.
    """
    if not engine.url.database:
        return
    path = Path(engine.url.database)
    if not path.exists():
        return
    try:
        with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as connection:
            connection.execute("PRAGMA journal_mode=DELETE")  # needs the file for itself alone
    except sqlite3.OperationalError as error:
        if error.sqlite_errorname.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
            raise Failure(f"the store {path} is in use: stop the other newsflow first") from error
    except sqlite3.DatabaseError:
        pass  # damaged: that is why it goes
    for suffix in ("-wal", "-shm", "-journal", ""):
        try:
            path.with_name(path.name + suffix).unlink(missing_ok=True)
        except OSError as error:
            raise Failure(f"the store {path} cannot be deleted: {error.strerror}") from error


def _sqlite(url: URL, durable: bool) -> Engine:
    options: dict[str, Any] = {"connect_args": {"check_same_thread": False, "timeout": LOCK_SECONDS}}
    if not url.database or url.database == ":memory:":
        options["poolclass"] = StaticPool  # the data live as long as the one connection
    else:
        folder = Path(url.database).parent
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise Failure(f"the store's folder {folder} cannot be created: {error.strerror}") from error
    engine = create_engine(url.set(drivername="sqlite+pysqlite"), **options)
    event.listen(engine, "connect", _prepare_sqlite)
    if not durable:
        event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=NORMAL"))
    event.listen(engine, "begin", _begin_immediate)
    return engine


def _prepare_sqlite(connection: Any, _: Any) -> None:
    connection.isolation_level = None  # the driver begins a transaction only before the first write: too late
    connection.execute("PRAGMA journal_mode=WAL")
    # NORMAL loses the last commits when the machine loses power. Their records may have been sent, and their messages
    # acknowledged: the next revision would take a number that subscribers have seen. FULL costs one fsync per batch.
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute(f"PRAGMA cache_size={-CACHE_KIB}")
    connection.execute(f"PRAGMA wal_autocheckpoint={LOG_PAGES}")


def _begin_immediate(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _postgresql(url: URL, durable: bool) -> Engine:
    options = {name: value for name, value in ALIVE.items() if name not in url.query}
    engine = create_engine(
        url,
        connect_args=options,
        pool_size=1,
        max_overflow=0,
        pool_pre_ping=True,
        # the snapshot is taken per statement, so after the lock; under REPEATABLE READ it would be older than the lock
        isolation_level="READ COMMITTED",
    )
    if not durable:
        event.listen(engine, "begin", _commit_without_waiting)
    return engine


def _commit_without_waiting(connection: Connection) -> None:
    connection.exec_driver_sql("SET LOCAL synchronous_commit = off")
