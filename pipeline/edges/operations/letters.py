"""Dead letters as they lie in their topic, and which of them are open: whose page has not ended otherwise since."""

import re
from collections.abc import AsyncGenerator, Iterable
from dataclasses import dataclass, replace

from pipeline.codec import ATTEMPTS, Message, attempts_of, decode, header_id, without_headers
from pipeline.edges.clock import instant_of, milliseconds_of
from pipeline.edges.connection import Connection
from pipeline.edges.offsets import end_offsets, offset_client
from pipeline.edges.operations.spans import Offsets, Span, Stored, read_span
from pipeline.errors import Failure, Reject, UsageError
from pipeline.records import Outcome, PageOutcome, Place
from pipeline.topology import DEAD, OUTCOMES, Topology
from pipeline.verdicts import trace_id_of

CLOCKS_MS = 60 * 60 * 1000
"""How far the clocks of two workers may differ: outcomes are read from so long before the oldest letter."""

MIN_PREFIX = 6
MAX_SIGNATURE = 120
MAX_DIGITS = 18
"""Of a number in a header: an offset has 63 bits."""

_FOLDED = (
    (re.compile(r"https?://[^\s'\"]+"), "<url>"),
    (re.compile(r"'[^']*'|\"[^\"]*\"|«[^»]*»|“[^”]*”"), "'…'"),
    (re.compile(r"\b(?=[0-9a-f]*\d)[0-9a-f]{8,}\b|0x[0-9a-f]+", re.IGNORECASE), "#"),
    (re.compile(r"\d+(?:[.,:]\d+)*"), "#"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One dead letter without its bytes. `latest` is the page's last outcome, None when there is none."""

    trace_id: str
    stage: str
    step: str
    code: str
    error: str
    attempts: int
    failed_at: str
    version: str
    size: int
    url: str | None
    place: Place
    source: Place | None
    bytes_omitted: bool
    latest: PageOutcome | None = None

    @property
    def is_open(self) -> bool:
        """Whether its page has not ended otherwise since."""
        return self.latest is None or self.latest.outcome == Outcome.DEAD

    @property
    def attempt(self) -> int:
        """How often its page has been tried, by this letter or by its last outcome."""
        return max(self.attempts, self.latest.attempt if self.latest else 0)

    @property
    def signature(self) -> str:
        """The error's words without what differs from page to page."""
        return signature(self.error)


def signature(text: str) -> str:
    """An error's words with URLs, quoted strings, ids and numbers folded, so that one cause has one signature."""
    for pattern, sign in _FOLDED:
        text = pattern.sub(sign, text)
    return text[:MAX_SIGNATURE]


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which letters are meant. Ids are trace_ids or their beginnings; times are milliseconds since 1970."""

    ids: tuple[str, ...] = ()
    stage: str | None = None
    cause: str | None = None
    """An error code, or words of the error."""
    since: int | None = None
    until: int | None = None
    every: bool = False

    def __post_init__(self) -> None:
        for given in self.ids:
            if not re.fullmatch(rf"[0-9a-f]{{{MIN_PREFIX},32}}", given):
                raise UsageError(
                    f"{given!r} is no id of a dead letter: at least {MIN_PREFIX} of its hexadecimal digits"
                )

    @property
    def is_empty(self) -> bool:
        """Whether nothing was said."""
        said = self.every or self.ids or self.stage or self.cause
        return not said and self.since is None and self.until is None

    def takes(self, letter: Letter) -> bool:
        """Whether the letter is meant."""
        failed = milliseconds_of(letter.failed_at)
        cause = self.cause
        return (
            (not self.ids or any(letter.trace_id.startswith(given) for given in self.ids))
            and self.stage in (None, letter.stage)
            and (cause is None or cause == letter.code or cause in letter.error or cause in letter.signature)
            and (self.since is None or failed >= self.since)
            and (self.until is None or failed < self.until)
        )


async def read_letters(connection: Connection, selection: Selection) -> list[Letter]:
    """The last letter of each page that is meant, open or not, the oldest first.

    Raises Failure when an id is unknown or the cluster cannot be reached, UsageError when an id means several letters.
    """
    async with offset_client(connection) as client:
        span = Span(
            topic=DEAD.name, start=await client.since(DEAD.name, selection.since), end=await client.end(DEAD.name)
        )
    found: dict[str, Letter] = {}
    async for batch in read_span(connection, span):
        for stored in batch:
            letter = letter_of(stored)
            known = found.get(letter.trace_id)
            if known is None or letter.attempts >= known.attempts:
                found[letter.trace_id] = letter
    found = {trace: letter for trace, letter in found.items() if selection.takes(letter)}
    _check_ids(selection.ids, found)
    latest = await _latest(connection, found.values())
    letters = [replace(letter, latest=latest.get(trace)) for trace, letter in found.items()]
    return sorted(letters, key=lambda letter: (letter.failed_at, letter.trace_id))


def _check_ids(ids: Iterable[str], found: Iterable[str]) -> None:
    for given in ids:
        matches = [trace for trace in found if trace.startswith(given)]
        if not matches:
            raise Failure(
                f"there is no dead letter {given} that was asked for: `newsflow dead list` shows the open ones"
            )
        if len(matches) > 1:
            raise UsageError(f"{given} is the beginning of {len(matches)} ids: {', '.join(sorted(matches)[:3])}, …")


async def _latest(connection: Connection, letters: Iterable[Letter]) -> dict[str, PageOutcome]:
    """The last outcome of each letter's page, by trace_id."""
    wanted = {letter.trace_id: letter for letter in letters}
    if not wanted:
        return {}
    since = max(0, min(milliseconds_of(letter.failed_at) for letter in wanted.values()) - CLOCKS_MS)
    async with offset_client(connection) as client:
        start, end = await client.since(OUTCOMES.name, since), await client.end(OUTCOMES.name)
    latest: dict[str, PageOutcome] = {}
    async for outcome in read_outcomes(connection, start, end):
        known = latest.get(outcome.trace_id)
        if outcome.trace_id in wanted and (known is None or outcome.attempt >= known.attempt):
            latest[outcome.trace_id] = outcome
    return latest


async def read_outcomes(connection: Connection, start: Offsets, end: Offsets) -> AsyncGenerator[PageOutcome, None]:
    """The outcomes of a span; what is none is passed over."""
    async for batch in read_span(connection, Span(topic=OUTCOMES.name, start=start, end=end)):
        for stored in batch:
            try:
                yield decode(PageOutcome, stored.message.value)
            except Reject:
                continue


def letter_of(stored: Stored) -> Letter:
    """What a message of the dead letters says of itself. One that is none of ours has "?" where it says nothing."""
    message = stored.message
    omitted = message.header("dlq.value_omitted")
    url = message.header("url")
    size = _number(message, "dlq.value_omitted")
    return Letter(
        trace_id=header_id(message, "dlq.trace_id") or trace_id_of(message, "dead_letter"),
        stage=_text(message, "dlq.stage"),
        step=_text(message, "dlq.step"),
        code=_text(message, "dlq.error.type"),
        error=_text(message, "dlq.error.message"),
        attempts=max(1, attempts_of(message)),
        failed_at=_failed_at(stored),
        version=_text(message, "dlq.version"),
        size=len(message.value or b"") if size is None else size,
        url=None if url is None else url.decode("utf-8", "replace"),
        place=stored.place,
        source=_source(message),
        bytes_omitted=omitted is not None,
    )


def original_of(letter: Message) -> Message:
    """The message that a letter was made of: the same key, bytes and headers."""
    key = None if letter.header("dlq.key_null") else letter.key
    return Message(
        topic=_text(letter, "dlq.source.topic"),
        key=key,
        value=letter.value,
        headers=without_headers(letter.headers, "dlq."),
        place=_source(letter),
    )


def with_attempts(message: Message, attempts: int) -> Message:
    """The message as one that has ended so often as a dead letter."""
    headers = (*without_headers(message.headers, "dlq."), (ATTEMPTS, str(attempts).encode()))
    return replace(message, headers=headers)


async def read_letter(connection: Connection, letter: Letter) -> Message:
    """A letter with its bytes. Raises Failure when retention has taken it meanwhile."""
    message = await read_place(connection, letter.place)
    if message is None:
        raise Failure(f"the dead letter {letter.trace_id} is not there any more: retention took it")
    return message


async def read_original(connection: Connection, letter: Letter, topology: Topology) -> Message | None:
    """The message that a letter is about, with its bytes: those of its source when the letter has none; None: gone."""
    if not letter.bytes_omitted:
        return original_of(await read_letter(connection, letter))
    message = None if letter.source is None else await read_place(connection, letter.source)
    record = topology.stage(letter.stage).source.record
    # another cluster's history, or a topic that was made anew, has something else there
    return None if message is None or trace_id_of(message, record) != letter.trace_id else message


async def read_place(connection: Connection, place: Place) -> Message | None:
    """The message at a place; None when there is none any more."""
    ends = await end_offsets(connection, place.topic)
    if not place.offset < ends.get(place.partition, 0):
        return None
    span = Span(topic=place.topic, start={place.partition: place.offset}, end={place.partition: place.offset + 1})
    async for batch in read_span(connection, span):
        for stored in batch:
            return stored.message
    return None


def _source(message: Message) -> Place | None:
    topic, numbers = _text(message, "dlq.source.topic"), []
    for name in ("dlq.source.partition", "dlq.source.offset"):
        number = _number(message, name)
        if number is None:
            return None
        numbers.append(number)
    return Place(topic=topic, partition=numbers[0], offset=numbers[1])


def _number(message: Message, name: str) -> int | None:
    value = message.header(name) or b""
    return int(value) if value.isdigit() and len(value) <= MAX_DIGITS else None


def _failed_at(stored: Stored) -> str:
    text = _text(stored.message, "dlq.failed_at")
    try:
        milliseconds_of(text)
    except UsageError:
        return instant_of(stored.timestamp / 1000)
    return text


def _text(message: Message, name: str) -> str:
    return (message.header(name) or b"?").decode("utf-8", "replace")
