"""`newsflow topics`: create a cluster's topics, and compare them with the table."""

import click

from pipeline.commands.shared import bootstrap_option, external, run_to_end, say, settings_now
from pipeline.errors import Failure


@click.group()
def topics() -> None:
    """Create the topics, or check a cluster's topics against the table."""


@topics.command("create")
@bootstrap_option
@click.option("--replication", type=click.IntRange(1, 9), help="Copies of each partition [default: the cluster's].")
def create(bootstrap: str | None, replication: int | None) -> None:
    """Create the topics that are missing; existing ones are left as they are."""
    from pipeline.edges.topics import check_topics, create_topics
    from pipeline.topology import load_topology

    connection, table = external(bootstrap), load_topology(settings_now().topology).topics
    created = run_to_end(create_topics(connection, table, replication=replication))
    for name in created:
        say(f"created {name}")
    if not created:
        say("nothing to create: every topic is there")
    drifts = run_to_end(check_topics(connection, table))
    for drift in drifts:
        say(f"differs: {drift.topic}: {drift.what} is {drift.found}, should be {drift.expected}")


@topics.command("check")
@bootstrap_option
def check(bootstrap: str | None) -> None:
    """Say where a cluster's topics differ from the table; exit 1 when they do. Changes nothing."""
    from pipeline.edges.topics import check_topics
    from pipeline.topology import load_topology

    drifts = run_to_end(check_topics(external(bootstrap), load_topology(settings_now().topology).topics))
    for drift in drifts:
        click.echo(f"{drift.topic}: {drift.what} is {drift.found}, should be {drift.expected}")
    if drifts:
        raise Failure(
            f"{len(drifts)} differences; create what is missing with `newsflow topics create`, and change the others "
            "with Kafka's own tools"
        )
    say("every topic is as it should be")
