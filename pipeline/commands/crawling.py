"""`newsflow crawl` and `newsflow sources`: find pages, fetch them, and look after what is crawled."""

from pathlib import Path
from typing import Any

import click

from pipeline.commands.shared import PATHS, bootstrap_option, external, run_to_end, say, settings_now
from pipeline.errors import Failure


@click.group(invoke_without_command=True)
@click.option("--once", is_flag=True, help="Fetch what is due and stop: for a scheduled job.")
@click.option("--warc", type=PATHS, help="Also write what is fetched to WARC files in this folder.")
@click.option("--view/--no-view", default=None, help="Draw a table of the sources [default: in a terminal].")
@bootstrap_option
@click.pass_context
def crawl(context: click.Context, once: bool, warc: Path | None, view: bool | None, bootstrap: str | None) -> None:
    """Fetch the pages of NEWSFLOW_SOURCES politely and publish them to news.raw.v1, until SIGTERM or Ctrl-C."""
    if context.invoked_subcommand is None:
        from pipeline.edges.crawling.crawl import CrawlOptions, run_crawl

        run_crawl(CrawlOptions(once=once, warc=warc, view=view), settings_now(), external(bootstrap), say=say)


@crawl.command("explain")
@click.argument("url")
def explain_url(url: str) -> None:
    """Say what would happen to URL and why: guard, robots rule, host, next due, history. Fetches nothing."""
    from pipeline.edges.crawling.crawl import explain_known

    for line in explain_known(url, settings_now()):
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

    for line in retry_failed(Selection(**selection), settings_now(), dry_run=dry_run):
        click.echo(line)


@click.group()
def sources() -> None:
    """Check the sources file, or discover the feeds and sitemaps of a site."""


@sources.command("check")
@click.argument("file", required=False, type=PATHS)
def check_file(file: Path | None) -> None:
    """Say what is wrong with FILE [default: NEWSFLOW_SOURCES], by line; exit 1 when anything is."""
    from pipeline.edges.crawling.discover import check_sources_file

    problems = check_sources_file(file or settings_now().sources, say=say)
    for problem in problems:
        click.echo(problem)
    if problems:
        raise Failure(f"{len(problems)} problem{'s' * (len(problems) > 1)} in the sources file")


@sources.command("discover")
@click.argument("url")
def discover(url: str) -> None:
    """Print the feeds and sitemaps that a site names in robots.txt and on its front page, as rows for the file."""
    from pipeline.edges.crawling.discover import discover_site

    click.echo(run_to_end(discover_site(url, settings_now(), say=say)), nl=False)
