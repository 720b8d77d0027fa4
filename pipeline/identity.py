"""Deterministic ids: the same page, fetch or message has the same id on every machine and on every repeat."""

from hashlib import blake2b

from pipeline.urls import normalize_url

ID_BYTES = 16


def _hash(*parts: bytes) -> str:
    digest = blake2b(digest_size=ID_BYTES)
    for part in parts:
        digest.update(len(part).to_bytes(8, "big"))  # so that ("ab", "c") and ("a", "bc") differ
        digest.update(part)
    return digest.hexdigest()


def trace_id(url: str, fetched_at: str | None, body: bytes) -> str:
    """One fetch of one page. Without a fetch time, equal bodies of one URL are one fetch."""
    return _hash(url.encode(), (fetched_at or "").encode(), body)


def page_id(url: str) -> str:
    """One page through all its fetches; Reject(BAD_URL) when the URL is none."""
    return _hash(normalize_url(url).encode())


def message_id(parent: str, stage: str, schema: str, version: str) -> str:
    """One stage's result. `parent` is the trace_id in the first stage, the id of the record before in the others.

    So the id of a record names the versions of every stage it went through: a newer cleaner gives a new id all the
    way down, where a hash of the trace_id alone would take its result for a repeat.
    """
    return _hash(parent.encode(), stage.encode(), schema.encode(), version.encode())


def letter_trace_id(key: bytes | None, value: bytes | None) -> str:
    """Stands in for the trace_id of a message that nobody can read."""
    return _hash(b"unreadable", key or b"", value or b"")
