"""W3C trace context: the header that ties a page's way through all stages together, for whoever collects traces.

Computed, never drawn: the same message gives the same span in every worker and at every repeat.
"""

import re
from dataclasses import dataclass
from hashlib import blake2b

TRACEPARENT = "traceparent"

SAMPLED = "01"

_TRACEPARENT = re.compile(rb"(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-.*)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """One stage's work on one message: its trace, its own id, that of the span before it, and the trace's flags."""

    trace_id: str
    span_id: str
    parent_id: str | None = None
    flags: str = SAMPLED

    @property
    def traceparent(self) -> bytes:
        """The header of whatever the span sends."""
        return f"00-{self.trace_id}-{self.span_id}-{self.flags}".encode()

    @property
    def is_sampled(self) -> bool:
        """Whether whoever began the trace wants it to be collected."""
        return bool(int(self.flags, 16) & 1)


def span_of(header: bytes | None, trace_id: str, *parts: str) -> Span:
    """The span of work on a message with that `traceparent` header; `parts` tell it from others on the same message.

    Without a valid header a trace begins here, with the page's own trace_id.
    """
    before = read_span(header)
    if before is None:
        return Span(trace_id=trace_id, span_id=_span_id(trace_id, "", *parts))
    trace, parent = before.trace_id, before.span_id
    return Span(trace_id=trace, span_id=_span_id(trace, parent, *parts), parent_id=parent, flags=before.flags)


def read_span(header: bytes | None) -> Span | None:
    """The span that a `traceparent` header names; None when it is no valid one."""
    found = _TRACEPARENT.fullmatch(header or b"")
    if found is None or (found[1] == b"00" and found[5]):
        return None
    trace, span, flags = (found[number].decode() for number in (2, 3, 4))
    return Span(trace_id=trace, span_id=span, flags=flags)


def _span_id(*parts: str) -> str:
    return blake2b("\0".join(parts).encode(), digest_size=8).hexdigest()
