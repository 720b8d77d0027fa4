"""`newsflow score` and `newsflow rules`: what cleaning does to real pages."""

from pathlib import Path

import click

from pipeline.commands.shared import PATHS, settings_now
from pipeline.errors import Failure


@click.command()
@click.argument("folder", metavar="SET", type=PATHS)
@click.option("--worst", type=click.IntRange(min=0), help="List so many of the pages that were read worst.")
@click.option("--show", is_flag=True, help="Show what those pages lost and have too much [default: of 3 pages].")
@click.option("--flattened", "flat", is_flag=True, help="Score the pages with their tags gone, one line per block.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def score(folder: Path, worst: int | None, show: bool, flat: bool, as_json: bool) -> None:
    """Score a gold set: a folder with manifest.jsonl, and truth.jsonl that says what stands on its pages.

    Lost text is shown with the rule that cut it, text that is too much with where on the page it stands.
    """
    from pipeline.edges.score import DEFAULT_SHOWN
    from pipeline.edges.score import score as score_set

    count = worst if worst is not None else DEFAULT_SHOWN if show else 0
    for line in score_set(folder, settings_now(), worst=count, show=show, as_json=as_json, flat=flat):
        click.echo(line)


@click.command()
@click.argument("folders", metavar="[GOLD]...", nargs=-1, type=PATHS)
@click.option("--worst", type=click.IntRange(min=0), default=1, show_default=True, help="Wrong cuts to show per rule.")
@click.option("--check", is_flag=True, help="Exit 1 when a rule cuts more story than boilerplate.")
def rules(folders: tuple[Path, ...], worst: int, check: bool) -> None:
    """List the cleaning rules: how often each one hits, and what it cuts of the story.

    GOLD is a gold set or a folder of them; without one, hits are counted on the seed articles.
    """
    from pipeline.edges.rules_report import report_rules, shown

    report = report_rules(folders, settings_now().pool_processes)
    for line in shown(report, worst=worst):
        click.echo(line)
    if check and (harmful := report.harmful()):
        raise Failure(f"these rules cut more story than boilerplate: {', '.join(harmful)}")
