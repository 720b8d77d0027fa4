"""The frontier's rows as the tables hold them, and back."""

from dataclasses import asdict, fields
from typing import Any

import orjson

from pipeline.crawl.hosts import HostState
from pipeline.crawl.polling import History
from pipeline.edges.crawling.frontier_rows import Entry, Found, Host, Kind, State
from pipeline.urls import host_of

_POLL_FIELDS = tuple(field.name for field in fields(History))
_HOST_FIELDS = tuple(field.name for field in fields(HostState))
_PLANNED_FIELDS = ("source", "due", "etag", "last_modified", "body_hash")
_PLAIN_FIELDS = tuple(field.name for field in fields(Entry) if field.name != "poll")


def new_row(key: str, item: Found) -> dict[str, Any]:
    """What is inserted for a URL that was found."""
    return entry_row(
        Entry(
            key=key,
            kind=item.kind,
            url=item.url,
            host=host_of(item.url),
            source=item.source,
            state=State.WAITING,
            priority=item.priority,
            due=item.due,
            discovered_at=item.discovered_at,
            published=item.published,
            chain=item.chain,
        )
    )


def entry_row(entry: Entry) -> dict[str, Any]:
    """The columns of an entry."""
    row = {name: getattr(entry, name) for name in _PLAIN_FIELDS} | asdict(entry.poll)
    row |= {"kind": entry.kind.value, "state": entry.state.value}
    return row | {"chain": "\n".join(entry.chain), "history": orjson.dumps(entry.history).decode()}


def plan_row(entry: Entry) -> dict[str, Any]:
    """The columns that the sources file decides: whose an entry is, when it is due, and whether it is read anew."""
    return {name: getattr(entry, name) for name in _PLANNED_FIELDS} | {"state": entry.state.value}


def read_entry(row: Any) -> Entry:
    """The entry of a row's mapping."""
    values = {name: row[name] for name in _PLAIN_FIELDS}
    values |= {"kind": Kind(row["kind"]), "state": State(row["state"]), "chain": tuple(row["chain"].split())}
    poll = History(**{name: row[name] for name in _POLL_FIELDS})
    return Entry(**values | {"history": tuple(orjson.loads(row["history"])), "poll": poll})


def read_host(row: Any) -> Host:
    """The host of a row's mapping."""
    state = HostState(**{name: row[name] for name in _HOST_FIELDS})
    return Host(host=row["host"], state=state, next_at=row["next_at"], owner=row["owner"])


def host_row(host: str, *, rank: int, next_at: float, owner: str | None) -> dict[str, Any]:
    """What is inserted for a host that was never asked."""
    return {"host": host, "rank": rank, "next_at": next_at, "owner": owner, **asdict(HostState())}
