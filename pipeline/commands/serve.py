"""`newsflow run`, `stage` and `broker`: what works until it is stopped."""

from pathlib import Path

import click

from pipeline.commands.shared import PATHS, bootstrap_option, external, loading, say, settings_now
from pipeline.errors import Failure


@click.command()
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

    with loading():
        from pipeline.edges.logs import quiet_libraries
        from pipeline.edges.run import RunOptions, run_pipeline
        from pipeline.settings import configured

    settings = settings_now()
    if data is not None:
        settings = replace(settings, data=data)
    if paths and "NEWSFLOW_LOG_LEVEL" not in configured():
        settings = replace(settings, log_level="warning")  # the records that arrive are what one wants to see
    quiet_libraries()
    options = RunOptions(fresh=fresh, replay=paths, workers=workers, port=port)
    lost = run_pipeline(options, settings, say=say)
    if lost:
        raise Failure(f"{lost} pages have no outcome; the logs above say which worker stopped")


@click.command()
@click.argument("name")
@bootstrap_option
def stage(name: str, bootstrap: str | None) -> None:
    """Run one worker of one stage (clean, annotate, relate) until SIGTERM."""
    from pipeline.edges import fork_server
    from pipeline.topology import load_topology

    settings = settings_now()
    row, connection = load_topology(settings.topology).stage(name), external(bootstrap)
    # it loads the stage while this loads the rest
    fork_server.start(fork_server.functions_of([row]), is_for_many=True)
    with loading():
        from pipeline.edges.kafka import run_stage

    run_stage(row, connection, settings)


@click.command()
@click.option("--data", type=PATHS, help="Folder of the broker's data [default: NEWSFLOW_DATA].")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Port on loopback [default: a free one].")
@click.option("--fresh", is_flag=True, help="Clear the broker's and the store's data first.")
def broker(data: Path | None, port: int, fresh: bool) -> None:
    """Run the embedded Apache Kafka alone, until SIGTERM or Ctrl-C."""
    from dataclasses import replace

    from pipeline.edges.run import serve_broker

    settings = settings_now()
    if data is not None:
        settings = replace(settings, data=data)
    serve_broker(settings, port=port, fresh=fresh, say=say)
