"""The one place that asks for the time of day."""

import time
from datetime import UTC, datetime, timedelta


def utc_now() -> str:
    """The current instant as RFC 3339 in UTC, to the millisecond."""
    return instant_of(seconds_now())


def instant_of(seconds: float) -> str:
    """Seconds since 1970 as RFC 3339 in UTC, to the millisecond."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def days_before(instant: str, days: int) -> str:
    """The instant so many days earlier."""
    return (datetime.fromisoformat(instant) - timedelta(days=days)).isoformat(timespec="milliseconds")


def seconds_now() -> float:
    """The current instant in seconds since 1970."""
    return time.time()
