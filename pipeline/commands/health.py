"""`newsflow health`: whether a process lives, for container health checks and people."""

import click


@click.command()
@click.option("--url", metavar="URL", help="Where the process serves [default: http:// and NEWSFLOW_METRICS].")
@click.option("--ready", is_flag=True, help="Ask whether it is at its work, not only whether it lives.")
@click.option("--timeout", "seconds", type=click.FloatRange(0.1, 600), default=5.0, show_default=True, help="Seconds.")
def health(url: str | None, ready: bool, seconds: float) -> None:
    """Say whether a worker, the crawler or `newsflow run` is live; exit code 1 and the reason when it is not.

    Asks /livez, with --ready /readyz, of the process that serves at NEWSFLOW_METRICS or at a URL.
    """
    from pipeline.commands.shared import settings_now
    from pipeline.edges.health_check import ask, health_url

    click.echo(ask(health_url(url, settings_now()), "/readyz" if ready else "/livez", seconds=seconds))
