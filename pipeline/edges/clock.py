"""The one place that asks for the time of day."""

from datetime import UTC, datetime, timedelta


def utc_now() -> str:
    """The current instant as RFC 3339 in UTC, to the millisecond."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def days_before(instant: str, days: int) -> str:
    """The instant so many days earlier."""
    return (datetime.fromisoformat(instant) - timedelta(days=days)).isoformat(timespec="milliseconds")
