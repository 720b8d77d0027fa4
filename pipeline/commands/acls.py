"""`newsflow acls`: the access rules that a Kafka with logins must have for newsflow."""

import click

from pipeline.commands.shared import settings_now, show


@click.command()
@click.argument("parts", nargs=-1, metavar="[PART]...")
@click.option("--bootstrap", metavar="HOST:PORT", default="localhost:9092", show_default=True, help="Kafka to name.")
@click.option("--principal", default="User:newsflow-{part}", show_default=True, help="Who does a part.")
def acls(parts: tuple[str, ...], bootstrap: str, principal: str) -> None:
    """Print the kafka-acls.sh lines for all parts, or for some: a stage, crawl, publisher, subscriber, operator, run.

    `run` is for `newsflow run`, whose workers all have its login. Asks no Kafka, and changes nothing.
    """
    from pipeline.edges.operations.acls import command_lines, rules_by_part
    from pipeline.errors import UsageError
    from pipeline.settings import configured
    from pipeline.topology import load_topology

    topology = load_topology(settings_now().topology)
    known = rules_by_part(topology, configured().get("NEWSFLOW_TOPIC_PREFIX", ""))
    for part in parts:
        if part not in known:
            raise UsageError(f"there is no part {part!r}; the parts are: {', '.join(known)}")
    chosen = {part: rules for part, rules in known.items() if not parts or part in parts}
    show(command_lines(chosen, bootstrap=bootstrap, principal=principal))
