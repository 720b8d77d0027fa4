"""`newsflow store`: look after what relate remembers."""

from pathlib import Path

import click

from pipeline.commands.shared import PATHS, bootstrap_option, run_to_end, say, settings_now


@click.group()
def store() -> None:
    """Back the store up, or make it again from the topics when it is damaged or lost."""


@store.command("rebuild")
@bootstrap_option
@click.option("--replace", is_flag=True, help="Also when the store holds revisions: they are replaced by the topics'.")
def rebuild(bootstrap: str | None, replace: bool) -> None:
    """Restore decisions and page states from news.enriched.v1 and news.outcomes.v1; stop newsflow first.

    A damaged SQLite file is moved aside, never deleted. All is written in one transaction: what stops halfway changes
    nothing. The crawler's frontier is in no topic: what of it was in a damaged file starts again from the sources.
    """
    from pipeline.edges.operations.cluster import operated_cluster
    from pipeline.edges.rebuild import rebuild_store

    settings = settings_now()
    run_to_end(rebuild_store(operated_cluster(bootstrap, settings), settings, replace=replace, say=say))


@store.command("backup")
@click.argument("file", type=PATHS)
def backup(file: Path) -> None:
    """Copy an SQLite store to FILE while newsflow works; for PostgreSQL, say how pg_dump does it.

    To restore it: stop newsflow, put FILE in the place of the store, without the -wal and -shm files beside it, and run
    `newsflow store rebuild --replace` when newsflow has worked since.
    """
    from pipeline.edges.backup import back_up

    done = back_up(settings_now().store_url, file)
    say(f"{file}: {done.size} bytes, schema version {done.schema_version}, of the Kafka {done.cluster_id or '(none)'}")
