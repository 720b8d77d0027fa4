"""What can go wrong, as types: a page that can never pass, a page that is filtered, a moment that is not right.

`Reject` is raised for input that no retry can mend and becomes a dead letter. `Drop` is returned, not raised: the
page was understood and is no article; so is `Unchanged`: the page brought nothing new. `Unavailable` means "not now":
the message stays unacknowledged. `UsageError`, `Failure` and `Disproved` are for the person at the command
line: one line that says what is wrong and what to do.
"""

from dataclasses import dataclass
from enum import StrEnum


class Code(StrEnum):
    """Why a message is a dead letter."""

    BAD_HEADERS = "bad_headers"
    BAD_URL = "bad_url"
    BAD_JSON = "bad_json"
    BAD_RECORD = "bad_record"
    UNSUPPORTED_VERSION = "unsupported_version"
    UNDECODABLE = "undecodable"
    INPUT_TOO_LARGE = "input_too_large"
    OUTPUT_TOO_LARGE = "output_too_large"
    INVALID_OUTPUT = "invalid_output"
    STAGE_FAILED = "stage_failed"
    TIME_LIMIT = "time_limit"
    MEMORY_LIMIT = "memory_limit"
    WORKER_DIED = "worker_died"
    STAGE_DIED = "stage_died"


class Reason(StrEnum):
    """Why a page that was understood yields no article."""

    EMPTY = "empty"
    NOT_HTML = "not_html"
    HTTP_ERROR = "http_error"
    REDIRECT_STUB = "redirect_stub"
    CONSENT_WALL = "consent_wall"
    BOT_CHALLENGE = "bot_challenge"
    LOGIN_PAGE = "login_page"
    SOFT_404 = "soft_404"
    INDEX_PAGE = "index_page"
    LISTING = "listing_page"
    COLLECTION = "collection_page"
    PRODUCT = "product_page"
    FORUM = "forum_page"
    NO_ARTICLE = "no_article"
    SUPERSEDED = "superseded"
    DISCARDED = "discarded"
    """An operator gave up its dead letter; the evidence says why."""
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Drop:
    """A page that was understood and is no article; `evidence` says by what sign, in at most 200 characters."""

    reason: Reason
    evidence: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unchanged:
    """A page that says what it said before; `since` is the id of the record that still holds."""

    since: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outdated:
    """A page that came again after its record had been sent and replaced: sending it would undo the newer one.

    `since` is the id of the record that stands.
    """

    since: str | None


class NewsflowError(Exception):
    """Base of every error this project raises on purpose."""


class Reject(NewsflowError):
    """This message can never pass this stage; `code` is the cause, the text says what was found."""

    def __init__(self, code: Code, message: str) -> None:
        super().__init__(message)
        self.code = code


class Unavailable(NewsflowError):
    """Not now: broker, store or disk cannot serve; nothing may be acknowledged."""


class NoProcess(Unavailable):
    """No process for pages can be started now; the store has nothing to do with it."""


class Failure(NewsflowError):
    """The command cannot go on; shown as one line, exit code 1."""


class Disproved(NewsflowError):
    """What the command was asked to prove is not so, as it has shown; exit code 3."""


class Damaged(Failure):
    """The store's file is broken: a person must restore it or have it rebuilt."""


class UsageError(NewsflowError):
    """The command was called wrongly; shown as one line, exit code 2."""
