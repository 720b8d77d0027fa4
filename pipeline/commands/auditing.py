"""`newsflow audit` and `newsflow trace`: whether every page is accounted for, and where one is."""

import click

from pipeline.commands.shared import bootstrap_option, run_to_end, settings_now, show
from pipeline.edges.clock import milliseconds_of
from pipeline.errors import Disproved


@click.command()
@click.option(
    "--from", "since", type=milliseconds_of, metavar="INSTANT", help="Only pages that came in since then (RFC 3339)."
)
@click.option("--to", "until", type=milliseconds_of, metavar="INSTANT", help="Only pages that came in before then.")
@click.option("--wait", type=click.FloatRange(min=0), default=0.0, help="Seconds to wait until nothing is in flight.")
@click.option("--all", "every", is_flag=True, help="Name every missing and doubled page, not only the first 20.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object that names every page.")
@bootstrap_option
def audit(since: int | None, until: int | None, wait: float, every: bool, as_json: bool, bootstrap: str | None) -> None:
    """Prove that every page that came in has ended or is in flight; exit 3, with the pages named, when one has not.

    Reads all of news.raw.v1 in that time, and the outcomes. Pages in flight do not count against it.
    """
    from pipeline.edges.operations.audit import Period
    from pipeline.edges.operations.audit import audit as compare
    from pipeline.edges.operations.audit_report import print_report, write_json
    from pipeline.edges.operations.cluster import operated_cluster
    from pipeline.edges.operations.ledger import open_ledger
    from pipeline.topology import OUTCOMES, load_topology

    settings = settings_now()
    topology = load_topology(settings.topology)
    period = Period(since=since, until=until)
    connection = operated_cluster(bootstrap, settings)
    with open_ledger(topology.stages[0].source.name, OUTCOMES.name) as ledger:
        audited = run_to_end(compare(connection, topology, ledger, period, wait=wait))
        if as_json:
            write_json(audited, ledger)
        else:
            print_report(audited, ledger, every=every)
    if not audited.holds:
        deleted = sum(gone.count for gone in audited.deleted)
        raise Disproved(
            f"the account does not hold: {audited.missing} pages missing, {audited.doubled} with differing outcomes, "
            f"{deleted} messages deleted before they were taken"
        )


@click.command()
@click.argument("page", metavar="URL|TRACE_ID")
@click.option("--from", "since", type=milliseconds_of, metavar="INSTANT", help="Read only from then on (RFC 3339).")
@click.option("--everywhere", is_flag=True, help="Read every partition: for pages whose key is not their host.")
@bootstrap_option
def trace(page: str, since: int | None, everywhere: bool, bootstrap: str | None) -> None:
    """Show a page's way: when each stage took it, what was cut, where it ended. A URL shows all its fetches."""
    from pipeline.edges.operations.cluster import operated_cluster
    from pipeline.edges.operations.page_way import Question, follow_page
    from pipeline.edges.operations.way_report import way_lines
    from pipeline.topology import load_topology

    settings = settings_now()
    question = Question(page=page, since=since, everywhere=everywhere)
    connection = operated_cluster(bootstrap, settings)
    show(way_lines(run_to_end(follow_page(connection, load_topology(settings.topology), question))))
