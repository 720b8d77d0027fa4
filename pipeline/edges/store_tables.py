"""The store's own tables: what relate decided, how every page stands, and which messages the workers have in hand.

Their names have a prefix: a PostgreSQL database may hold other people's `pages`, and --fresh drops ours.
"""

from sqlalchemy import BigInteger, Column, Index, Integer, MetaData, Table, Text

TABLES = MetaData()

META = Table(
    "newsflow_meta",
    TABLES,
    Column("key", Text, primary_key=True),
    Column("value", Text, nullable=False),
    sqlite_with_rowid=False,
)

DECISIONS = Table(
    "newsflow_decisions",
    TABLES,
    Column("message_id", Text, primary_key=True),
    Column("outcome", Text, nullable=False),
    Column("reason", Text),  # of a drop
    Column("evidence", Text),
    Column("number", BigInteger),  # of a revision
    Column("change", Text),
    Column("previous_id", Text),
    Column("since", Text),  # of an unchanged page: the record that still holds
    Column("place", Text),  # of the message: "topic/partition/offset"
    Column("decided_at", Text, nullable=False),  # UTC in one notation, so that text sorts as time
    Index("newsflow_decisions_decided_at", "decided_at"),
    sqlite_with_rowid=False,
)

PAGES = Table(
    "newsflow_pages",
    TABLES,
    Column("page_id", Text, primary_key=True),
    Column("number", BigInteger, nullable=False),
    Column("record_id", Text, nullable=False),
    Column("trace_id", Text, nullable=False),
    Column("fetched_at", Text),
    Column("fingerprint", Text, nullable=False),
    sqlite_with_rowid=False,
)

MARKS = Table(
    "newsflow_marks",
    TABLES,
    Column("group_id", Text, primary_key=True),
    Column("topic", Text, primary_key=True),
    Column("partition", Integer, primary_key=True),
    Column("first", BigInteger, nullable=False),  # offsets in hand
    Column("last", BigInteger, nullable=False),
    Column("deaths", Integer, nullable=False),  # of workers that had them in hand before
    Column("suspects", Text, nullable=False),  # JSON: [first, last, deaths] of others that were in hand at a death
    sqlite_with_rowid=False,
)
