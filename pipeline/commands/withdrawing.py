"""`newsflow withdraw` and `newsflow reinstate`: take a page back from the subscribers, and allow it again."""

import click

from pipeline.commands.shared import bootstrap_option, external, run_to_end, say


@click.command()
@click.argument("url")
@click.option("--reason", required=True, help="Why; subscribers read it.")
@bootstrap_option
def withdraw(url: str, reason: str, bootstrap: str | None) -> None:
    """Withdraw the page at URL: subscribers get a record without text, the store forgets what it had.

    Later fetches of the page are dropped until it is reinstated.
    """
    _order(url, "withdraw", reason, bootstrap)
    say(f"ordered: {url} is withdrawn")


@click.command()
@click.argument("url")
@click.option("--reason", default="reinstated", show_default=True, help="Why.")
@bootstrap_option
def reinstate(url: str, reason: str, bootstrap: str | None) -> None:
    """Allow the withdrawn page at URL again: its next fetch is published, as its next revision."""
    _order(url, "reinstate", reason, bootstrap)
    say(f"ordered: {url} is reinstated; its next fetch is published")


def _order(url: str, kind: str, reason: str, bootstrap: str | None) -> None:
    from pipeline.edges.clock import utc_now
    from pipeline.edges.withdraw import order, send_order
    from pipeline.records import WithdrawalKind

    wanted = order(url, WithdrawalKind(kind), reason=reason, now=utc_now())
    run_to_end(send_order(wanted, external(bootstrap)))
