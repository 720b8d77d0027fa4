"""Pages in and records out: `newsflow process`, `replay`, `subscribe`, and the packaged seeds and schemas."""

from pathlib import Path

import click

from pipeline.commands.shared import PATHS, bootstrap_option, external, loading, run_to_end, say, settings_now
from pipeline.errors import Failure


@click.command()
@click.argument("paths", metavar="INPUT...", nargs=-1, required=True, type=PATHS)
@click.option("-o", "--output", type=PATHS, help="Write here instead of stdout.")
@click.option("--articles", is_flag=True, help="Only the enriched records, one a line.")
@click.option("--workers", type=click.IntRange(1, 256), help="Pool processes [default: NEWSFLOW_POOL_PROCESSES].")
def process(paths: tuple[Path, ...], output: Path | None, articles: bool, workers: int | None) -> None:
    """Take pages through every stage without a broker; one JSON line per input, in input order.

    INPUT is an HTML or text file (also .gz), a folder, a WARC file or a manifest (NDJSON lines of id, url, path).
    """
    from dataclasses import replace

    from pipeline.topology import load_topology

    settings = settings_now()
    if workers is not None:
        settings = replace(settings, pool_processes=workers)
    topology = load_topology(settings.topology)
    with loading():  # as the fork server does since `pipeline.main`
        from pipeline.edges.process import load_last, process_files

        if all(path.exists() for path in paths):  # else an error is what follows
            load_last(topology)

    process_files(paths, settings, output=output, articles=articles, say=say)


@click.command()
@click.argument("folder", type=PATHS)
def seeds(folder: Path) -> None:
    """Copy the seed articles into FOLDER, to replay or to try rules on."""
    from pipeline.edges.packaged import copy_seeds

    count = copy_seeds(folder)
    say(f"{count} seed articles in {folder}: newsflow run --replay {folder}")


@click.command()
@click.argument("record", required=False)
def schema(record: str | None) -> None:
    """Print the JSON Schema of a record; without RECORD, the names of the records."""
    from pipeline.edges.packaged import read_schema, schema_names

    click.echo("\n".join(schema_names()) if record is None else read_schema(record), nl=record is None)


@click.command()
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
    connection = external(bootstrap)
    done = Replayed()
    try:
        with progress("replay", inputs.total) as advance:
            run_to_end(publish(inputs, connection, rate=rate, progress=advance, done=done))
    finally:
        if done.started:
            say(f"{done.acknowledged} pages acknowledged by the broker")
    for line in done.refused:
        say(f"not published: {line}")
    if done.refused:
        raise Failure(f"{len(done.refused)} pages were not published")


@click.command()
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
        run_to_end(print_records(deliver(external(bootstrap), wish, skipped), form=form))
    finally:
        if skipped.count:
            say(f"{skipped.count} messages were no enriched records and were passed over; the last: {skipped.last}")
