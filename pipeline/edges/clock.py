"""The one place that asks for the time of day, and its forms: RFC 3339 for records, milliseconds for Kafka."""

import time
from datetime import UTC, datetime, timedelta

from pipeline.errors import UsageError


def utc_now() -> str:
    """The current instant as RFC 3339 in UTC, to the millisecond."""
    return instant_of(seconds_now())


def instant_of(seconds: float) -> str:
    """Seconds since 1970 as RFC 3339 in UTC, to the millisecond."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def milliseconds_of(instant: str) -> int:
    """Milliseconds since 1970 of an RFC 3339 instant that somebody typed; UsageError when it is none."""
    try:
        moment = datetime.fromisoformat(instant)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise UsageError(f"{instant!r}: must be an instant such as 2026-05-03T14:00:00Z")
    return max(0, int(moment.timestamp() * 1000))  # Kafka knows no time before 1970


def days_before(instant: str, days: int) -> str:
    """The instant so many days earlier."""
    return (datetime.fromisoformat(instant) - timedelta(days=days)).isoformat(timespec="milliseconds")


def seconds_now() -> float:
    """The current instant in seconds since 1970."""
    return time.time()
