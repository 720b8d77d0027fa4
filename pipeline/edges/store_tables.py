"""The store's own tables: what relate decided, how every page stands and what it says, what the workers have in hand.

Their names have a prefix: a PostgreSQL database may hold other people's `pages`, and --fresh drops ours.
"""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, LargeBinary, MetaData, Table, Text

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
    Column("details", Text),  # JSON of a revision: {"difference"?, "near_duplicate"?}
    Column("decided_at", Text, nullable=False),  # UTC in one notation, so that text sorts as time
    Index("newsflow_decisions_decided_at", "decided_at"),
    sqlite_with_rowid=False,
)

PAGES = Table(
    "newsflow_pages",
    TABLES,
    Column("page_id", Text, primary_key=True),
    Column("number", BigInteger, nullable=False),
    Column("record_id", Text),
    Column("trace_id", Text, nullable=False),
    Column("fetched_at", Text),
    Column("fingerprint", Text, nullable=False),
    Column("withdrawn", Text),  # why
    sqlite_with_rowid=False,
)

TEXTS = Table(
    "newsflow_texts",
    TABLES,
    # in the order in which they came, so that the oldest are found without an index, and SQLite only appends
    Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("page_id", Text, nullable=False, unique=True),
    Column("cluster_id", Text),
    Column("is_first", Boolean, nullable=False),
    Column("kept_at", Text, nullable=False),  # as `decided_at`
    Column("sketch", LargeBinary, nullable=False),
    Column("bands", LargeBinary, nullable=False),  # signed 64-bit, little-endian: the text's rows in BANDS
    Column("content", LargeBinary, nullable=False),
)

BANDS = Table(
    "newsflow_bands",
    TABLES,
    Column("band", BigInteger, primary_key=True, autoincrement=False),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)

MERGES = Table(
    "newsflow_merges",
    TABLES,
    Column("cluster_id", Text, primary_key=True),
    Column("into_id", Text, nullable=False),
    Column("merged_at", Text, nullable=False),
    Index("newsflow_merges_merged_at", "merged_at"),
    sqlite_with_rowid=False,
)

MARKS = Table(
    "newsflow_marks",
    TABLES,
    Column("group_id", Text, primary_key=True),
    Column("topic", Text, primary_key=True),
    Column("partition", Integer, primary_key=True),
    Column("owner", Text, nullable=False),  # the worker that has them in hand
    Column("first", BigInteger, nullable=False),  # offsets in hand
    Column("last", BigInteger, nullable=False),
    Column("deaths", Integer, nullable=False),  # of workers that had them in hand before
    Column("suspects", Text, nullable=False),  # JSON: [first, last, deaths] of others that were in hand at a death
    sqlite_with_rowid=False,
)
