"""`newsflow store`: look after what relate remembers."""

import click

from pipeline.commands.shared import bootstrap_option, run_to_end, say, settings_now


@click.group()
def store() -> None:
    """Make the store again from the topics when it is damaged or lost."""


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
