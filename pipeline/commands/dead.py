"""`newsflow dead`: what could not be processed, and what to do about it."""

from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from pipeline.commands.shared import PATHS, bootstrap_option, run_to_end, say, settings_now, show
from pipeline.edges.clock import milliseconds_of
from pipeline.errors import Failure, UsageError

if TYPE_CHECKING:
    from pipeline.edges.connection import Connection
    from pipeline.edges.operations.letters import Letter, Selection
    from pipeline.settings import Settings

F = TypeVar("F", bound=Callable[..., Any])


def selecting(command: F) -> F:
    """The options by which letters are chosen; they come to the command as one mapping's worth of arguments."""
    for option in (
        click.option("--all", "every", is_flag=True, help="All of them."),
        click.option("--until", type=milliseconds_of, metavar="INSTANT", help="Those that failed before then."),
        click.option(
            "--since", type=milliseconds_of, metavar="INSTANT", help="Those that failed since then (RFC 3339)."
        ),
        click.option("--cause", metavar="TEXT", help="Those with this error code, or with these words in the error."),
        click.option("--stage", metavar="NAME", help="Those of this stage."),
    ):
        command = option(command)
    return click.argument("ids", metavar="[ID]...", nargs=-1)(command)


@click.group()
def dead() -> None:
    """See, retry, give up or take home the pages that could not be processed.

    A letter is named by its page's trace_id, or by the first 6 digits of it or more. It is open until its page has
    another outcome.
    """


@dead.command("list")
@selecting
@click.option("--closed", is_flag=True, help="Also those whose pages have ended otherwise since.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON lines.")
@bootstrap_option
def list_letters(closed: bool, as_json: bool, bootstrap: str | None, **chosen: Any) -> None:
    """List the open dead letters, grouped by stage, error and cause."""
    import orjson

    from pipeline.codec import to_plain
    from pipeline.edges.operations.letter_report import group_lines, grouped

    letters = _letters(_selection(chosen), bootstrap, only_open=not closed)
    groups = grouped(letters)
    if as_json:
        for group in groups:
            click.echo(orjson.dumps(to_plain(group)))
    else:
        show(group_lines(groups))
    if not groups:
        say("there is no open dead letter" if not closed else "there is no dead letter")


@dead.command("show")
@click.argument("identifier", metavar="ID")
@bootstrap_option
def show_letter(identifier: str, bootstrap: str | None) -> None:
    """Show one dead letter: its error, headers, how its body begins, and what to do next."""
    from pipeline.edges.operations.letter_report import letter_lines
    from pipeline.edges.operations.letters import Selection, read_original

    async def read(connection: "Connection", settings: "Settings") -> None:
        from pipeline.topology import load_topology

        (letter,) = await _read(connection, Selection(ids=(identifier,)))
        show(letter_lines(letter, await read_original(connection, letter, load_topology(settings.topology))))

    _with_cluster(bootstrap, read)


@dead.command("retry")
@selecting
@click.option("--limit", type=click.IntRange(min=1), help="At most so many, the oldest first.")
@click.option("--rate", type=click.FloatRange(min=0, min_open=True), help="At most so many a second.")
@click.option("--dry-run", is_flag=True, help="Only say which ones.")
@click.option(
    "--wait", type=click.FloatRange(min=0), default=30.0, show_default=True, help="Seconds for their outcomes."
)
@bootstrap_option
def retry(
    limit: int | None, rate: float | None, dry_run: bool, wait: float, bootstrap: str | None, **chosen: Any
) -> None:
    """Send open dead letters to their stage again: the same bytes, key and headers. Says how they ended."""
    from pipeline.edges.operations.mending import Retried, retry_letters
    from pipeline.topology import load_topology

    letters = _chosen(chosen, bootstrap)[:limit]
    if dry_run:
        _say_which(letters, "would be sent again")
        return
    done = Retried()

    async def send(connection: "Connection", settings: "Settings") -> None:
        await retry_letters(connection, load_topology(settings.topology), letters, rate=rate, wait=wait, done=done)

    try:
        _with_cluster(bootstrap, send)
    finally:
        ended = ", ".join(f"{count} {name}" for name, count in done.counts())
        say(f"{len(done.sent)} sent again" + (f": {ended}" if ended else ""))
    for letter in done.gone:
        say(f"not sent: {letter.trace_id}: its bytes were too large for the letter, and its source has them no longer")
    if done.gone:
        raise Failure(f"{len(done.gone)} letters could not be sent: discard them, or fetch their pages anew")


@dead.command("discard")
@selecting
@click.option("--reason", required=True, help="Why they are given up; it stands in the outcome.")
@click.option("--dry-run", is_flag=True, help="Only say which ones.")
@bootstrap_option
def discard(reason: str, dry_run: bool, bootstrap: str | None, **chosen: Any) -> None:
    """Give open dead letters up: their pages end as dropped, with the reason `discarded`."""
    from pipeline.edges.operations.mending import discard_letters

    if not reason.strip():
        raise UsageError("--reason is empty: say why the letters are given up")
    letters = _chosen(chosen, bootstrap)
    if dry_run:
        _say_which(letters, "would be discarded")
        return
    done = [0]

    async def write(connection: "Connection", _settings: "Settings") -> None:
        await discard_letters(connection, letters, reason=reason, said=lambda count: done.__setitem__(0, count))

    try:
        _with_cluster(bootstrap, write)
    finally:
        say(f"{done[0]} discarded")


@dead.command("export")
@click.argument("identifier", metavar="ID")
@click.argument("folder", metavar="DIR", type=PATHS)
@bootstrap_option
def export(identifier: str, folder: Path, bootstrap: str | None) -> None:
    """Write a dead letter into DIR as a fixture: its bytes, its message, and a test that passes once it is mended."""
    from pipeline.edges.operations.fixture import export_fixture
    from pipeline.edges.operations.letters import Selection, read_original
    from pipeline.topology import load_topology

    async def write(connection: "Connection", settings: "Settings") -> None:
        (letter,) = await _read(connection, Selection(ids=(identifier,)))
        message = await read_original(connection, letter, load_topology(settings.topology))
        if message is None:
            raise Failure(
                f"the bytes of {letter.trace_id} are gone: they were too large for the letter, and its source "
                "has them no longer"
            )
        for path in export_fixture(folder, letter, message, settings.topology):
            say(f"wrote {path}")

    _with_cluster(bootstrap, write)


@dead.command("explain")
@click.argument("file", type=PATHS)
def explain(file: Path) -> None:
    """Take FILE through its stage in this process, and show the verdict, or the traceback of its failure.

    FILE is a message.json of `dead export` or its folder, or pages as for `newsflow process`, which go through all
    stages.
    """
    from pipeline.edges.operations.explain import explain_file

    if failed := explain_file(file, settings_now(), write=click.echo, say=say):
        raise Failure(f"{failed} page{'s' * (failed > 1)} failed")


# ---- shared by them


def _with_cluster(bootstrap: str | None, work: "Callable[[Connection, Settings], Coroutine[Any, Any, Any]]") -> Any:
    from pipeline.edges.operations.cluster import operated_cluster

    settings = settings_now()
    return run_to_end(work(operated_cluster(bootstrap, settings), settings))


def _selection(chosen: dict[str, Any]) -> "Selection":
    from pipeline.edges.operations.letters import Selection

    return Selection(**chosen)


async def _read(connection: "Connection", selection: "Selection") -> "list[Letter]":
    from pipeline.edges.operations.letters import read_letters

    return await read_letters(connection, selection)


def _letters(selection: "Selection", bootstrap: str | None, *, only_open: bool) -> "list[Letter]":
    async def read(connection: "Connection", _settings: "Settings") -> "list[Letter]":
        return await _read(connection, selection)

    letters: list[Letter] = _with_cluster(bootstrap, read)
    return [letter for letter in letters if letter.is_open or not only_open]


def _chosen(chosen: dict[str, Any], bootstrap: str | None) -> "list[Letter]":
    """The open letters that are meant; UsageError when nobody said which, Failure when none of them is open."""
    selection = _selection(chosen)
    if selection.is_empty:
        raise UsageError("say which dead letters: ids, --stage, --cause, --since, --until, or --all")
    letters = _letters(selection, bootstrap, only_open=False)
    found = [letter for letter in letters if letter.is_open]
    if selection.ids and len(found) < len(letters):
        closed = next(letter for letter in letters if not letter.is_open)
        outcome = closed.latest.outcome if closed.latest else ""
        raise Failure(f"the dead letter {closed.trace_id} is closed: its page is {outcome}")
    if not found:
        raise Failure("none of the open dead letters is meant by that: `newsflow dead list` shows them")
    return found


def _say_which(letters: "list[Letter]", what: str) -> None:
    show(f"{letter.trace_id}  {letter.stage}  {letter.code}  {letter.url or '(no URL)'}" for letter in letters)
    say(f"{len(letters)} {what}")
