"""The crawler's tables beside the store's: what there is to fetch, whose turn a host has, and what was counted.

Instants are seconds since 1970, as in `pipeline.crawl`; both databases keep them as 64-bit floats.
"""

from sqlalchemy import BigInteger, Column, Double, Index, LargeBinary, MetaData, Table, Text, literal_column

FRONTIER_TABLES = MetaData()

ENTRIES = Table(
    "newsflow_frontier",
    FRONTIER_TABLES,
    Column("key", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("host", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("priority", BigInteger, nullable=False),
    Column("due", Double),  # nothing is to be done without one
    Column("discovered_at", Text, nullable=False),
    Column("published", Text),
    Column("visits", BigInteger, nullable=False),
    Column("attempts", BigInteger, nullable=False),  # failures since the last success
    Column("interval", Double, nullable=False),
    Column("polls", BigInteger, nullable=False),
    Column("changes", BigInteger, nullable=False),
    Column("quiet", BigInteger, nullable=False),
    Column("first_at", Double),
    Column("last_at", Double),
    Column("status", BigInteger),
    Column("outcome", Text),
    Column("detail", Text),
    Column("etag", Text),
    Column("last_modified", Text),
    Column("body_hash", Text),
    Column("chain", Text, nullable=False),  # the redirects that led here, one URL a line
    Column("history", Text, nullable=False),  # JSON: the latest visits
    sqlite_with_rowid=False,
)

HOSTS = Table(
    "newsflow_hosts",
    FRONTIER_TABLES,
    Column("host", Text, primary_key=True),
    Column("rank", BigInteger, nullable=False),  # the best priority among what is due
    Column("next_at", Double),  # when it may be claimed: its next due time, or the end of its lease
    Column("failures", BigInteger, nullable=False),
    Column("not_before", Double, nullable=False),  # delay, back-off, Retry-After
    Column("open_until", Double),  # of the circuit breaker
    Column("owner", Text),
    sqlite_with_rowid=False,
)

SITE_FILES = Table(
    "newsflow_site_files",
    FRONTIER_TABLES,
    Column("url", Text, primary_key=True),
    Column("status", BigInteger),  # none: not reachable
    Column("body", LargeBinary, nullable=False),
    Column("fetched_at", Double, nullable=False),
)

SITE_FAILURES = Table(
    "newsflow_site_failures",
    FRONTIER_TABLES,
    Column("url", Text, primary_key=True),
    Column("failures", BigInteger, nullable=False),  # in a row
    Column("since", Double, nullable=False),
    Column("last_at", Double, nullable=False),
    Column("detail", Text, nullable=False),
    sqlite_with_rowid=False,
)

COUNTS = Table(
    "newsflow_crawl_counts",
    FRONTIER_TABLES,
    Column("source", Text, primary_key=True),
    Column("what", Text, primary_key=True),
    Column("number", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)


def _partial(name: str, table: Table, columns: tuple[str, ...], present: str) -> None:
    """An index over the rows where `present` is known: what is done weighs nothing in it, however many millions."""
    where = table.c[present].is_not(None)
    Index(name, *(table.c[column] for column in columns), sqlite_where=where, postgresql_where=where)


_partial("newsflow_frontier_turn", ENTRIES, ("host", "priority", "due"), "due")
_partial("newsflow_frontier_source", ENTRIES, ("source", "due"), "due")
_partial("newsflow_frontier_body", ENTRIES, ("body_hash",), "body_hash")
_partial("newsflow_hosts_turn", HOSTS, ("rank", "next_at"), "next_at")

DOCUMENT = ENTRIES.c.kind != literal_column("'page'")
WAITING = ENTRIES.c.state == literal_column("'waiting'")
"""What has a due time; said of `due`, SQLite would rather read all that waits."""

UNREAD_PAGE = (ENTRIES.c.kind == literal_column("'page'")) & WAITING & ENTRIES.c.first_at.is_(None)
"""A page that waits to be read for the first time."""

FAILED = ENTRIES.c.state == literal_column("'failed'")
"""As literals: SQLite uses the indexes below for no other way to say it."""

for _name, _rows in (("failed", FAILED), ("documents", DOCUMENT), ("unread", UNREAD_PAGE)):
    Index(f"newsflow_frontier_{_name}", ENTRIES.c.source, sqlite_where=_rows, postgresql_where=_rows)
