"""What can come of a visit: the words that stand in the frontier, are counted per source, and label the metrics."""

from enum import StrEnum

from pipeline.edges.crawling.http import Cause


class Outcome(StrEnum):
    """What came of a visit that got so far; of one that did not, its `Cause`, and of a status, "http_404"."""

    FETCHED = "fetched"
    """A page was published for the first time."""
    UPDATED = "updated"
    """A page that has changed was published again."""
    READ = "read"
    """A feed, sitemap or section page was read."""
    UNCHANGED = "unchanged"
    """It says what it said before: 304, or the same bytes."""
    REDIRECTED = "redirected"
    """It names another place, which is an entry of its own from now on."""
    RESERVED = "reserved"
    """The policy leaves the page out, for its rights are reserved."""

    RIGHTS_UNKNOWN = "rights_unknown"
    """The site's tdmrep.json cannot be had now, and the policy would leave out what it reserves: the page waits."""

    ROBOTS = "robots"
    ROBOTS_UNREACHABLE = "robots_unreachable"
    BAD_REDIRECT = "bad_redirect"
    REDIRECT_LOOP = "redirect_loop"
    TOO_MANY_REDIRECTS = "too_many_redirects"
    UNWANTED = "unwanted"
    """A page that its source has come to exclude while it waited."""
    UNWANTED_REDIRECT = "unwanted_redirect"
    CONTENT_TYPE = "content_type"
    """Nothing that a stage could read as a page."""
    UNREADABLE = "unreadable"
    """A feed, sitemap or section page in which nothing could be read."""
    FORGOTTEN = "forgotten"
    """A sitemap that an index names, or a feed's new place, that was not there too often: it is asked no more."""
    INVALID = "invalid"
    """No raw message can be made of it."""
    OUR_ERROR = "our_error"


WELL = frozenset(
    {
        Outcome.FETCHED,
        Outcome.UPDATED,
        Outcome.READ,
        Outcome.UNCHANGED,
        Outcome.REDIRECTED,
        Outcome.RESERVED,
    }
)
"""What is no error."""

_NAMED_STATUSES = frozenset({"http_401", "http_403", "http_404", "http_410", "http_429", "http_451", "http_503"})
"""Statuses that mean something else for an operator than their class does."""

_LABELS = frozenset({*Outcome, *Cause, *_NAMED_STATUSES})


def of_status(status: int) -> str:
    """The outcome of a visit that got this status and nothing to read."""
    return f"http_{status}"


def label_of(outcome: str) -> str:
    """The outcome as a metric's label, of a closed set: rare statuses count by their class, "http_4xx"."""
    if outcome in _LABELS:
        return outcome
    return f"{outcome[:6]}xx" if outcome[:5] == "http_" else "other"
