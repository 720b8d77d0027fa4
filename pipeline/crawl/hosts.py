"""Politeness towards one host: how long to wait, and when to stop asking. Each event gives the host's next state.

Jitter comes from a hash of the host, so that many hosts that failed together do not come back together, and the same
history still gives the same times.
"""

from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from enum import StrEnum
from hashlib import blake2b

DELAY_FLOOR = 2.0
"""Default of the setting: seconds between two requests to a host that asks for nothing."""

BASE_BACKOFF = 10.0
MAX_BACKOFF = 6 * 3600.0
BACKOFF_JITTER = 0.2
MAX_RETRY_AFTER = 24 * 3600.0
FAILURES_TO_OPEN = 5

PAGE_ATTEMPTS = 5
PAGE_BACKOFF = 60.0
PAGE_BACKOFF_GROWTH = 4.0
"""A page is tried again after 1, 4, 16 and 64 minutes."""

_TRANSIENT = frozenset({408, 425, 429})
_PERMANENT_SERVER_ERRORS = frozenset({501, 505, 511})
_MAX_DOUBLINGS = 32


class Circuit(StrEnum):
    """Whether a host is asked at all."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"
    """One probe may go out; its result closes the circuit or opens it again for longer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HostState:
    """What is remembered of a host."""

    failures: int = 0
    """In a row: no answer, 429, 5xx."""
    not_before: float = 0.0
    """No request before that time."""
    open_until: float | None = None
    """Set from the moment the circuit opens until a request succeeds."""

    def circuit(self, now: float) -> Circuit:
        """The circuit breaker's state."""
        if self.open_until is None:
            return Circuit.CLOSED
        return Circuit.OPEN if now < self.open_until else Circuit.HALF_OPEN


def host_delay(
    *, floor: float = DELAY_FLOOR, source_delay: float | None = None, crawl_delay: float | None = None
) -> float:
    """Seconds from the end of one request to a host to the begin of the next: the longest that anybody asks for."""
    return max(floor, source_delay or 0.0, crawl_delay or 0.0)


def retry_after(value: str | None, now: float) -> float | None:
    """Seconds that Retry-After (a number or an HTTP date) asks to wait, at most a day; None: it says nothing."""
    text = (value or "").strip()
    if text.isascii() and text.isdigit():
        return min(float(text[:12]), MAX_RETRY_AFTER)
    try:
        moment = parsedate_to_datetime(text).timestamp()
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return min(max(0.0, moment - now), MAX_RETRY_AFTER)


def is_host_trouble(status: int | None) -> bool:
    """Whether a status (None: no answer) tells of the host and not of the page."""
    return status is None or status == 429 or status >= 500


def after_success(state: HostState, *, now: float, delay: float) -> HostState:
    """The host answered, be it with 404. The next request may go out after `delay`."""
    return HostState(not_before=max(now + delay, 0.0 if state.failures else state.not_before))


def after_failure(
    state: HostState, *, host: str, now: float, delay: float, asked_to_wait: float | None = None
) -> HostState:
    """The host failed or asked to wait: twice as long with each failure; after several in a row the circuit opens."""
    failures = state.failures + 1
    wait = max(delay, _backoff(host, failures), asked_to_wait or 0.0)
    open_until = now + wait if failures >= FAILURES_TO_OPEN else None
    return HostState(failures=failures, not_before=now + wait, open_until=open_until)


def retry_page_at(status: int | None, *, attempts: int, url: str, now: float) -> float | None:
    """When a page that has failed `attempts` times is due again; None: it has failed for good.

    Only attempts that reached the wire count: a URL that waits for its host's circuit is not to blame.
    """
    transient = status is None or status in _TRANSIENT or (status >= 500 and status not in _PERMANENT_SERVER_ERRORS)
    if not transient or attempts >= PAGE_ATTEMPTS:
        return None
    wait = PAGE_BACKOFF * PAGE_BACKOFF_GROWTH ** (max(1, attempts) - 1)
    return now + wait * (1 + BACKOFF_JITTER * spread(url, attempts))


def spread(key: str, number: int) -> float:
    """A number from 0 to 1 that looks random and is always the same for the same key and number."""
    digest = blake2b(f"{number} {key}".encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest) / 2**64


def _backoff(host: str, failures: int) -> float:
    wait: float = min(MAX_BACKOFF, BASE_BACKOFF * 2.0 ** min(failures - 1, _MAX_DOUBLINGS))
    return wait * (1 + BACKOFF_JITTER * spread(host, failures))
