"""The command `newsflow`. Each subcommand reads its options and calls one edge; heavy imports wait until then."""

import asyncio
import os
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipeline.errors import Failure, NewsflowError, UsageError
from pipeline.version import VERSION

if TYPE_CHECKING:
    from pipeline.edges.connection import Connection
    from pipeline.settings import Settings

EXIT_FAILURE, EXIT_USAGE, EXIT_INTERRUPTED = 1, 2, 130

PATHS = click.Path(path_type=Path)


def main() -> None:
    """Run the command line: errors become a line on stderr, a wrong file's as many as it has, and exit code 1 or 2."""
    try:
        sys.exit(cli.main(prog_name="newsflow", standalone_mode=False) or 0)
    except click.exceptions.Exit as stop:
        sys.exit(stop.exit_code)
    except click.UsageError as error:
        command = error.ctx.command_path if error.ctx else "newsflow"
        _fail(f"{error.format_message()} (see `{command} --help`)", EXIT_USAGE)
    except click.ClickException as error:
        _fail(error.format_message(), EXIT_FAILURE)
    except UsageError as error:
        _fail(str(error), EXIT_USAGE)
    except NewsflowError as error:
        _fail(str(error), EXIT_FAILURE)
    except (KeyboardInterrupt, click.Abort):
        sys.exit(EXIT_INTERRUPTED)
    except BrokenPipeError:
        # the reader has gone (`| head`); without this Python complains once more when it flushes at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(EXIT_FAILURE)
    except OSError as error:
        _fail(f"{error.strerror or error}{f': {error.filename}' if error.filename else ''}", EXIT_FAILURE)


def _fail(message: str, code: int) -> None:
    first, *more = [" ".join(line.split()) for line in message.splitlines()] or [""]
    say("\n".join([f"newsflow: {first}", *more]))
    sys.exit(code)


def say(message: str) -> None:
    """One line for a person, on stderr, so that stdout stays data."""
    click.echo(message, err=True)


def _settings() -> "Settings":
    from pipeline.settings import read_settings

    return read_settings()


def _external(bootstrap: str | None) -> "Connection":
    from pipeline.edges.connection import read_connection

    return read_connection(bootstrap=bootstrap)


def _run(coroutine: Coroutine[Any, Any, Any]) -> Any:
    from pipeline.edges.logs import quiet_libraries

    quiet_libraries()
    return asyncio.run(coroutine)


bootstrap_option = click.option(
    "--bootstrap", metavar="HOST:PORT", help="Kafka to use [default: KAFKA_BOOTSTRAP_SERVERS]."
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(VERSION, prog_name="newsflow")
def cli() -> None:
    """Raw news pages in, clean article records out, on Kafka."""


@cli.command()
@click.option("--data", type=PATHS, help="Folder of the embedded broker and the store [default: NEWSFLOW_DATA].")
@click.option("--fresh", is_flag=True, help="Clear the embedded broker's and the store's data first.")
@click.option("--replay", "paths", type=PATHS, multiple=True, help="Publish these pages, wait for them, and stop.")
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True, help="Processes for each stage.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Embedded broker's port [default: a free one].")
def run(data: Path | None, fresh: bool, paths: tuple[Path, ...], workers: int, port: int) -> None:
    """Run the whole pipeline on this machine: broker, topics, one process per stage.

    Uses the cluster in KAFKA_BOOTSTRAP_SERVERS; without it, starts an embedded Apache Kafka. Serves until SIGTERM or
    Ctrl-C; with --replay it publishes those pages, shows where each one ended, and stops.
    """
    from dataclasses import replace

    from pipeline.edges.logs import quiet_libraries
    from pipeline.edges.run import RunOptions, run_pipeline

    settings = _settings()
    if data is not None:
        settings = replace(settings, data=data)
    if paths and "NEWSFLOW_LOG_LEVEL" not in os.environ:
        settings = replace(settings, log_level="warning")  # the records that arrive are what one wants to see
    quiet_libraries()
    options = RunOptions(fresh=fresh, replay=paths, workers=workers, port=port)
    lost = run_pipeline(options, settings, say=say)
    if lost:
        raise Failure(f"{lost} pages have no outcome; the logs above say which worker stopped")


@cli.command()
@click.argument("name")
@bootstrap_option
def stage(name: str, bootstrap: str | None) -> None:
    """Run one worker of one stage (clean, annotate, relate) until SIGTERM."""
    from pipeline.edges.kafka import run_stage
    from pipeline.topology import load_topology

    settings = _settings()
    run_stage(load_topology(settings.topology).stage(name), _external(bootstrap), settings)


@cli.command()
@click.option("--data", type=PATHS, help="Folder of the broker's data [default: NEWSFLOW_DATA].")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Port on loopback [default: a free one].")
@click.option("--fresh", is_flag=True, help="Clear the broker's and the store's data first.")
def broker(data: Path | None, port: int, fresh: bool) -> None:
    """Run the embedded Apache Kafka alone, until SIGTERM or Ctrl-C."""
    from dataclasses import replace

    from pipeline.edges.run import serve_broker

    settings = _settings()
    if data is not None:
        settings = replace(settings, data=data)
    serve_broker(settings, port=port, fresh=fresh, say=say)


@cli.group(invoke_without_command=True)
@click.option("--once", is_flag=True, help="Fetch what is due and stop: for a scheduled job.")
@click.option("--warc", type=PATHS, help="Also write what is fetched to WARC files in this folder.")
@click.option("--view/--no-view", default=None, help="Draw a table of the sources [default: in a terminal].")
@bootstrap_option
@click.pass_context
def crawl(context: click.Context, once: bool, warc: Path | None, view: bool | None, bootstrap: str | None) -> None:
    """Fetch the pages of NEWSFLOW_SOURCES politely and publish them to news.raw.v1, until SIGTERM or Ctrl-C."""
    if context.invoked_subcommand is None:
        from pipeline.edges.crawling.crawl import CrawlOptions, run_crawl

        run_crawl(CrawlOptions(once=once, warc=warc, view=view), _settings(), _external(bootstrap), say=say)


@crawl.command("explain")
@click.argument("url")
def explain_url(url: str) -> None:
    """Say what would happen to URL and why: guard, robots rule, host, next due, history. Fetches nothing."""
    from pipeline.edges.crawling.crawl import explain_known

    for line in explain_known(url, _settings()):
        click.echo(line)


@crawl.command("retry")
@click.option("--url", help="This page, feed or sitemap.")
@click.option("--source", help="What this source has led to.")
@click.option("--host", help="What is on this host.")
@click.option("--cause", help="What failed for this reason, as the report calls it: robots, forbidden_url, http_404, …")
@click.option("--all", "everything", is_flag=True, help="Everything that failed for good.")
@click.option("--limit", type=click.IntRange(1), help="At most so many, those that failed longest ago.")
@click.option("--dry-run", is_flag=True, help="Only say how many there are.")
def retry(dry_run: bool, **selection: Any) -> None:
    """Make entries that failed for good due again, with all their attempts; several options narrow the choice.

    The crawler asks for them by the rules of then; its copy of a site's robots.txt may be a day old.
    """
    from pipeline.edges.crawling.retry import Selection, retry_failed

    for line in retry_failed(Selection(**selection), _settings(), dry_run=dry_run):
        click.echo(line)


@cli.group()
def sources() -> None:
    """Check the sources file, or discover the feeds and sitemaps of a site."""


@sources.command("check")
@click.argument("file", required=False, type=PATHS)
def check_file(file: Path | None) -> None:
    """Say what is wrong with FILE [default: NEWSFLOW_SOURCES], by line; exit 1 when anything is."""
    from pipeline.edges.crawling.discover import check_sources_file

    problems = check_sources_file(file or _settings().sources, say=say)
    for problem in problems:
        click.echo(problem)
    if problems:
        raise Failure(f"{len(problems)} problem{'s' * (len(problems) > 1)} in the sources file")


@sources.command("discover")
@click.argument("url")
def discover(url: str) -> None:
    """Print the feeds and sitemaps that a site names in robots.txt and on its front page, as rows for the file."""
    from pipeline.edges.crawling.discover import discover_site

    click.echo(_run(discover_site(url, _settings(), say=say)), nl=False)


@cli.group()
def topics() -> None:
    """Create the topics, or check a cluster's topics against the table."""


@topics.command("create")
@bootstrap_option
@click.option("--replication", type=click.IntRange(1, 9), help="Copies of each partition [default: the cluster's].")
def create(bootstrap: str | None, replication: int | None) -> None:
    """Create the topics that are missing; existing ones are left as they are."""
    from pipeline.edges.topics import check_topics, create_topics
    from pipeline.topology import load_topology

    connection, table = _external(bootstrap), load_topology(_settings().topology).topics
    created = _run(create_topics(connection, table, replication=replication))
    for name in created:
        say(f"created {name}")
    if not created:
        say("nothing to create: every topic is there")
    drifts = _run(check_topics(connection, table))
    for drift in drifts:
        say(f"differs: {drift.topic}: {drift.what} is {drift.found}, should be {drift.expected}")


@topics.command("check")
@bootstrap_option
def check(bootstrap: str | None) -> None:
    """Say where a cluster's topics differ from the table; exit 1 when they do. Changes nothing."""
    from pipeline.edges.topics import check_topics
    from pipeline.topology import load_topology

    drifts = _run(check_topics(_external(bootstrap), load_topology(_settings().topology).topics))
    for drift in drifts:
        click.echo(f"{drift.topic}: {drift.what} is {drift.found}, should be {drift.expected}")
    if drifts:
        raise Failure(
            f"{len(drifts)} differences; create what is missing with `newsflow topics create`, and change the others "
            "with Kafka's own tools"
        )
    say("every topic is as it should be")


@cli.command()
@click.argument("paths", metavar="INPUT...", nargs=-1, required=True, type=PATHS)
@click.option("-o", "--output", type=PATHS, help="Write here instead of stdout.")
@click.option("--articles", is_flag=True, help="Only the enriched records, one a line.")
@click.option("--workers", type=click.IntRange(1, 256), help="Pool processes [default: NEWSFLOW_POOL_PROCESSES].")
def process(paths: tuple[Path, ...], output: Path | None, articles: bool, workers: int | None) -> None:
    """Take pages through every stage without a broker; one JSON line per input, in input order.

    INPUT is an HTML or text file (also .gz), a folder, a WARC file or a manifest (NDJSON lines of id, url, path).
    """
    from dataclasses import replace

    from pipeline.edges.process import process_files

    settings = _settings()
    if workers is not None:
        settings = replace(settings, pool_processes=workers)
    process_files(paths, settings, output=output, articles=articles, say=say)


@cli.command()
@click.argument("folder", type=PATHS)
def seeds(folder: Path) -> None:
    """Copy the seed articles into FOLDER, to replay or to try rules on."""
    from pipeline.edges.packaged import copy_seeds

    count = copy_seeds(folder)
    say(f"{count} seed articles in {folder}: newsflow run --replay {folder}")


@cli.command()
@click.argument("record", required=False)
def schema(record: str | None) -> None:
    """Print the JSON Schema of a record; without RECORD, the names of the records."""
    from pipeline.edges.packaged import read_schema, schema_names

    click.echo("\n".join(schema_names()) if record is None else read_schema(record), nl=record is None)


@cli.command()
@click.argument("paths", metavar="INPUT...", nargs=-1, required=True, type=PATHS)
@click.option("--rate", type=click.FloatRange(min=0, min_open=True), help="Pages a second at the most.")
@bootstrap_option
def replay(paths: tuple[Path, ...], rate: float | None, bootstrap: str | None) -> None:
    """Publish pages to news.raw.v1 and count those that the broker acknowledged. Inputs as for `process`."""
    from pipeline.edges.inputs import open_inputs
    from pipeline.edges.progress import progress
    from pipeline.edges.replay import Replayed
    from pipeline.edges.replay import replay as publish

    inputs = open_inputs(paths, say=say)
    connection = _external(bootstrap)
    done = Replayed()
    try:
        with progress("replay", inputs.total) as advance:
            _run(publish(inputs, connection, rate=rate, progress=advance, done=done))
    finally:
        if done.started:
            say(f"{done.acknowledged} pages acknowledged by the broker")
    for line in done.refused:
        say(f"not published: {line}")
    if done.refused:
        raise Failure(f"{len(done.refused)} pages were not published")


@cli.command()
@click.option("--from", "start", default="end", show_default=True, help="beginning, end, or an RFC 3339 instant.")
@click.option("--lang", multiple=True, metavar="TAG", help="Only records in this language (repeatable).")
@click.option("--host", multiple=True, metavar="HOST", help="Only records of this host (repeatable).")
@click.option(
    "--format", "form", type=click.Choice(["json", "jsonld", "ninjs", "pretty"]), default="json", show_default=True
)
@click.option("--count", type=click.IntRange(min=1), help="Stop after so many records.")
@click.option("--group", help="Consumer group: go on where it stopped last time.")
@bootstrap_option
def subscribe(
    start: str,
    lang: tuple[str, ...],
    host: tuple[str, ...],
    form: str,
    count: int | None,
    group: str | None,
    bootstrap: str | None,
) -> None:
    """Print enriched records as they arrive, one a line."""
    from pipeline.edges.show import print_records
    from pipeline.edges.subscriber import Skipped, Wish, deliver

    skipped = Skipped()
    wish = Wish(start=start, lang=frozenset(lang), host=frozenset(host), group=group, count=count)
    try:
        _run(print_records(deliver(_external(bootstrap), wish, skipped), form=form))
    finally:
        if skipped.count:
            say(f"{skipped.count} messages were no enriched records and were passed over; the last: {skipped.last}")


@cli.command()
@click.argument("folder", metavar="SET", type=PATHS)
@click.option("--worst", type=click.IntRange(min=0), help="List so many of the pages that were read worst.")
@click.option("--show", is_flag=True, help="Show what those pages lost and have too much [default: of 3 pages].")
@click.option("--flattened", "flat", is_flag=True, help="Score the pages with their tags gone, one line per block.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def score(folder: Path, worst: int | None, show: bool, flat: bool, as_json: bool) -> None:
    """Score a gold set: a folder with manifest.jsonl, and truth.jsonl that says what stands on its pages.

    Lost text is shown with the rule that cut it, text that is too much with where on the page it stands.
    """
    from pipeline.edges.score import DEFAULT_SHOWN
    from pipeline.edges.score import score as score_set

    count = worst if worst is not None else DEFAULT_SHOWN if show else 0
    for line in score_set(folder, _settings(), worst=count, show=show, as_json=as_json, flat=flat):
        click.echo(line)


@cli.command()
@click.argument("folders", metavar="[GOLD]...", nargs=-1, type=PATHS)
@click.option("--worst", type=click.IntRange(min=0), default=1, show_default=True, help="Wrong cuts to show per rule.")
@click.option("--check", is_flag=True, help="Exit 1 when a rule cuts more story than boilerplate.")
def rules(folders: tuple[Path, ...], worst: int, check: bool) -> None:
    """List the cleaning rules: how often each one hits, and what it cuts of the story.

    GOLD is a gold set or a folder of them; without one, hits are counted on the seed articles.
    """
    from pipeline.edges.rules_report import report_rules, shown

    report = report_rules(folders, _settings().pool_processes)
    for line in shown(report, worst=worst):
        click.echo(line)
    if check and (harmful := report.harmful()):
        raise Failure(f"these rules cut more story than boilerplate: {', '.join(harmful)}")


if __name__ == "__main__":
    main()
