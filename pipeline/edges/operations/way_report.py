"""A page's way as lines for a person."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime

from pipeline.edges.clock import instant_of
from pipeline.edges.operations.audit_report import lies
from pipeline.edges.operations.letters import Letter
from pipeline.edges.operations.page_way import Fetch, Waiting
from pipeline.records import EnrichedArticle, PageOutcome, Place, Removed, StageTime


def way_lines(fetches: list[Fetch]) -> Iterator[str]:
    """A paragraph for each fetch: where it came in, what each stage took, what was cut, where it ended."""
    for number, fetch in enumerate(fetches):
        if number:
            yield ""
        yield from _fetch_lines(fetch)


def _fetch_lines(fetch: Fetch) -> Iterator[str]:
    latest = fetch.latest
    fetched = latest[0].fetched_at if latest else None
    yield f"{fetch.url or '(no URL that can be read)'}"
    yield f"  fetch     {fetch.trace_id}" + (f", fetched at {fetched}" if fetched else "")
    for place, timestamp in fetch.raw:
        yield f"  raw       {lies(place)} at {instant_of(timestamp / 1000)}"
    if not fetch.raw:
        yield _unseen_raw_line(latest[0] if latest else None)
    times = latest[0].times if latest else fetch.waiting[-1].times if fetch.waiting else ()
    yield from _time_lines(times, _taken_from(fetch, times))
    for record, _ in fetch.records[-1:]:
        yield from _cut_lines(record.removed)
    for outcome, place in sorted(fetch.outcomes, key=lambda found: (found[0].attempt, found[1].offset)):
        yield from _outcome_lines(outcome, place)
    for record, place in fetch.records:
        yield _revision_line(record, place)
    for letter in fetch.letters:
        yield from _letter_lines(letter)
    for waiting in fetch.waiting:
        yield _waiting_line(waiting, ended=bool(fetch.outcomes))
    if not (fetch.outcomes or fetch.waiting):
        yield "  missing   it has no outcome and waits for no stage: `newsflow audit` looks at every page"


def _waiting_line(waiting: Waiting, *, ended: bool) -> str:
    if ended:
        return f"  again     {lies(waiting.place)} waits for {waiting.stage} again, or it has just left it"
    return f"  in flight {lies(waiting.place)} waits for {waiting.stage}, or is in work there"


def _unseen_raw_line(outcome: PageOutcome | None) -> str:
    if outcome is not None and outcome.input is not None and len(outcome.times) == 1:  # the first stage ended it
        return f"  raw       {lies(outcome.input)}; not read: gone since, or its key is not the host"
    return "  raw       not among the messages that were read: gone since, or its key is not the host"


def _taken_from(fetch: Fetch, times: tuple[StageTime, ...]) -> float | None:
    """When the raw message was written that the first stage took: the last one before it was taken."""
    if not times:
        return None
    taken = _seconds(times[0].at)
    before = [timestamp / 1000 for _, timestamp in fetch.raw if timestamp / 1000 <= taken]
    return max(before, default=None)


def _time_lines(times: tuple[StageTime, ...], ready: float | None) -> Iterator[str]:
    """A stage waits from the end of the stage before; `ready` is when the first one could have begun."""
    for time in times:
        began = _seconds(time.at)
        waited = "" if ready is None else f", after {max(0.0, began - ready):.3f} s of waiting"
        worked = "its process was killed" if time.ms is None else f"worked {time.ms:.1f} ms"
        yield f"  {time.stage:9} took it at {time.at}{waited}; {worked}"
        ready = began + (time.ms or 0.0) / 1000


def _seconds(instant: str) -> float:
    return datetime.fromisoformat(instant).timestamp()


def _cut_lines(removed: tuple[Removed, ...]) -> Iterator[str]:
    cuts: dict[str, list[int]] = defaultdict(list)
    for cut in removed:
        cuts[cut.rule].append(cut.length)
    for rule, lengths in sorted(cuts.items(), key=lambda item: -sum(item[1])):
        times = "once" if len(lengths) == 1 else f"{len(lengths)} times"
        yield f"  cut       {rule}: {times}, {sum(lengths)} characters"


def _outcome_lines(outcome: PageOutcome, place: Place) -> Iterator[str]:
    cause = f": {outcome.reason}" if outcome.reason else ""
    yield (
        f"  outcome   {outcome.outcome}{cause} by {outcome.stage} at {outcome.at}, attempt {outcome.attempt}, "
        f"newsflow {outcome.version} ({lies(place)})"
    )
    if outcome.evidence:
        yield f"            evidence: {outcome.evidence}"
    if outcome.error:
        yield f"            {outcome.error.code} in {outcome.error.step}: {outcome.error.message}"


def _revision_line(record: EnrichedArticle, place: Place) -> str:
    revision = record.revision
    return f"  revision  {revision.number} ({revision.change}), record {record.id} ({lies(place)})"


def _letter_lines(letter: Letter) -> Iterator[str]:
    yield (
        f"  letter    of {letter.stage}, attempt {letter.attempts}, at {letter.failed_at}: {letter.code} in "
        f"{letter.step} ({lies(letter.place)})"
    )
    yield f"            newsflow dead show {letter.trace_id[:12]}"
