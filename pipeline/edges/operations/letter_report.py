"""Dead letters for a person: grouped by cause, or one with all that it says."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from textwrap import wrap

from pipeline.codec import Message
from pipeline.edges.operations.audit_report import lies
from pipeline.edges.operations.letters import Letter
from pipeline.text import printable

SHORT_ID = 12
EXCERPT_BYTES = 400
EXCERPT_WIDTH = 100
MAX_HEADER = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Letters of one stage, error code and signature: how many, the first and last time, and the last one's id."""

    stage: str
    code: str
    signature: str
    count: int
    first: str
    last: str
    example: str


def grouped(letters: Iterable[Letter]) -> list[Group]:
    """The letters by cause, the most frequent first."""
    groups: dict[tuple[str, str, str], list[Letter]] = defaultdict(list)
    for letter in letters:
        groups[letter.stage, letter.code, letter.signature].append(letter)
    found = [
        Group(
            stage=stage,
            code=code,
            signature=signature,
            count=len(some),
            first=min(letter.failed_at for letter in some),
            last=max(letter.failed_at for letter in some),
            example=max(some, key=lambda letter: letter.failed_at).trace_id,
        )
        for (stage, code, signature), some in groups.items()
    ]
    return sorted(found, key=lambda group: (-group.count, group.stage, group.code, group.signature))


def group_lines(groups: Iterable[Group]) -> Iterator[str]:
    """Two lines for each cause: how many and why, and when with an example."""
    for group in groups:
        yield f"{group.count:6}  {group.stage}: {group.code}: {group.signature}"
        when = f"at {group.first}" if group.count == 1 else f"from {group.first} to {group.last}"
        yield f"        {when}; newsflow dead show {group.example[:SHORT_ID]}"


def letter_lines(letter: Letter, message: Message | None) -> Iterator[str]:
    """All that is to know of a letter; `message` is the one it was made of, None when its bytes are gone."""
    yield f"dead letter {letter.trace_id} ({lies(letter.place)})"
    yield f"  stage     {letter.stage}, step {letter.step}, newsflow {letter.version}"
    yield f"  error     {letter.code}: {letter.error}"
    yield f"  failed    {letter.failed_at}, attempt {letter.attempts}"
    if letter.source:
        yield f"  source    {lies(letter.source)}"
    yield f"  state     {_state(letter)}"
    if message is None:
        yield f"  body      {letter.size} bytes, too large for the letter, and no longer at its source"
    else:
        yield f"  key       {printable(_readable(message.key))}"
        for name, value in message.headers:
            yield f"  header    {printable(f'{name}: {_readable(value)}')}"
        yield f"  body      {_size(letter, message)}"
        for line in _readable(message.value or b"", EXCERPT_BYTES).splitlines():
            yield from (f"            {part}" for part in wrap(line, EXCERPT_WIDTH))
    yield from _what_to_do(letter)


def _size(letter: Letter, message: Message) -> str:
    if message.value is None:
        return "none: the message has no value"
    where = ", read from its source: it is too large for the letter" if letter.bytes_omitted else ""
    return f"{len(message.value)} bytes{where}"


def _state(letter: Letter) -> str:
    if letter.latest is None:
        return "open; its outcome is not there"
    if letter.is_open:
        return f"open after {letter.attempt} attempt{'s' * (letter.attempt > 1)}"
    reason = f": {letter.latest.reason}" if letter.latest.reason else ""
    return (
        f"closed: the page is {letter.latest.outcome}{reason} since {letter.latest.at}, attempt {letter.latest.attempt}"
    )


def _readable(value: bytes | None, limit: int = MAX_HEADER) -> str:
    """Bytes as text where they are text, else as Python writes them, and short."""
    if value is None:
        return "(none)"
    cut = "…" * (len(value) > limit)
    head = value[:limit]
    try:
        text = head.decode("utf-8", "ignore") if cut else head.decode("utf-8")
    except UnicodeDecodeError:
        return repr(head)[2:-1] + cut
    return "\n".join(map(printable, text.split("\n"))) + cut


def _what_to_do(letter: Letter) -> Iterator[str]:
    if not letter.is_open:
        return
    short = letter.trace_id[:SHORT_ID]
    yield f"to see why it fails:  newsflow dead export {short} FOLDER && newsflow dead explain FOLDER"
    yield f"once it is mended:    newsflow dead retry {short}"
    yield f"to give it up:        newsflow dead discard {short} --reason '…'"
