"""An audit for a person, as a table and the pages it names, or as one JSON object."""

import sys
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any, TextIO

import orjson
from rich.console import Console
from rich.table import Table

from pipeline.codec import to_plain
from pipeline.edges.operations.audit import Audited
from pipeline.edges.operations.ledger import Doubled, Ended, Ledger, Missing
from pipeline.edges.operations.snapshot import Deleted
from pipeline.records import Outcome, Place
from pipeline.text import printable

NAMED = 20
"""Pages named in each list, unless all are asked for."""


def print_report(audited: Audited, ledger: Ledger, *, every: bool) -> None:
    """The account on stdout, and each missing and doubled page, at most `NAMED` of each unless `every` is set."""
    table = Table(title="Where the pages are", show_header=False)
    table.add_column()
    table.add_column(justify="right")
    bold = ("inputs", "in flight", "missing", "doubled")
    for name, count in rows(audited):
        table.add_row(name, str(count), style="bold" if name in bold else None)
    Console().print(table)
    limit = None if every else NAMED
    write = Console(soft_wrap=True, markup=False, highlight=False).print
    for deleted in audited.deleted:
        write(deleted_line(deleted))
    if audited.unreadable:
        write(
            f"{audited.unreadable} messages in the topic of outcomes are no outcomes of this version and do not count"
        )
    _listed(write, map(missing_line, ledger.missing(limit)), audited.missing, limit)
    _listed(write, map(doubled_line, ledger.doubled(limit)), audited.doubled, limit)


def _listed(write: Callable[[str], None], lines: Iterable[str], total: int, limit: int | None) -> None:
    for line in lines:
        write(printable(line))
    if limit is not None and total > limit:
        write(f"… and {total - limit} more: --all lists them")


def rows(audited: Audited) -> list[tuple[str, int]]:
    """The account: raw messages, inputs, each outcome with its causes, in flight by stage, missing, doubled."""
    found = [("raw messages", audited.messages), ("  repeats", audited.messages - audited.inputs)]
    found.append(("inputs", audited.inputs))
    for kind in Outcome:
        causes: Counter[str] = Counter()
        for outcome, stage, cause, count in audited.ended:
            causes[_cause(stage, kind, cause)] += count * (outcome == kind)
        found.append((str(kind), causes.total()))
        found += [(f"  {cause}", count) for cause, count in causes.most_common() if cause and count]
    found.append(("in flight", sum(audited.in_flight.values())))
    found += [(f"  {stage}", count) for stage, count in audited.in_flight.items()]
    found += [(f"  {stage}, repeats and retries", count) for stage, count in audited.again.items()]
    return [*found, ("missing", audited.missing), ("doubled", audited.doubled)]


def _cause(stage: str, outcome: str, cause: str) -> str:
    return f"{stage}: {cause}" if outcome == Outcome.DEAD else cause


def lies(place: Place) -> str:
    """A place, short."""
    return f"{place.topic}/{place.partition}/{place.offset}"


def deleted_line(deleted: Deleted) -> str:
    """What retention took."""
    before = f"had come to offset {deleted.committed}"
    if deleted.committed is None:
        before = "had committed nothing there, or so long ago that Kafka forgot it"
    return (
        f"deleted  {deleted.topic}, partition {deleted.partition}: up to {deleted.count} messages were deleted by "
        f"retention before {deleted.stage} took them; it begins at offset {deleted.beginning}, "
        f"and {deleted.stage} {before}"
    )


def missing_line(missing: Missing) -> str:
    """Who is missing, and where it was last seen."""
    return f"missing  {missing.trace_id}  {missing.url or '(no URL)'}  {lies(missing.place)}"


def doubled_line(doubled: Doubled) -> str:
    """Who has two outcomes, and which."""
    outcomes = " and ".join(_ended(ended) for ended in doubled.outcomes)
    return f"doubled  {doubled.trace_id}  {doubled.url or '(no URL)'}  attempt {doubled.attempt}: {outcomes}"


def _ended(ended: Ended) -> str:
    cause = f": {ended.cause}" if ended.cause else ""
    return f"{ended.outcome}{cause} by {ended.stage} ({lies(ended.place)})"


def write_json(audited: Audited, ledger: Ledger, stream: TextIO = sys.stdout) -> None:
    """One JSON object with everything; the lists are written as they are read, however long they are."""
    head = {
        "holds": audited.holds,
        "messages": audited.messages,
        "inputs": audited.inputs,
        "outcomes": [
            {"outcome": outcome, "stage": stage, **({"cause": cause} if cause else {}), "pages": count}
            for outcome, stage, cause, count in audited.ended
        ],
        "in_flight": audited.in_flight,
        "in_flight_again": audited.again,
        "deleted": [{**to_plain(deleted), "count": deleted.count} for deleted in audited.deleted],
        "unreadable_outcomes": audited.unreadable,
    }
    stream.write(_dumped(head)[:-1])
    for name, pages in (("missing", ledger.missing()), ("doubled", ledger.doubled())):
        stream.write(f',"{name}":[')
        for number, page in enumerate(pages):
            stream.write("," * bool(number) + _dumped(to_plain(page)))
        stream.write("]")
    stream.write("}\n")


def _dumped(value: Any) -> str:
    return orjson.dumps(value).decode()
