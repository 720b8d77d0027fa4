"""What the README says of topics, commands, settings and files is so."""

import re
from pathlib import Path

import click
import pytest

from pipeline.cli import cli
from pipeline.edges import connection
from pipeline.settings import SETTINGS, VARIABLES
from pipeline.topology import MIB, TOPOLOGY, Topic

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def row(topic: Topic) -> str:
    """A topic's row of the table."""
    writers = [stage.name for stage in TOPOLOGY.stages if stage.target == topic]
    writer = ", ".join(writers) or ("any publisher" if topic.name == "news.raw.v1" else "every stage")
    kept = f"{topic.retention_days} days"
    if "compact" in topic.cleanup:
        kept += f", compacted after {topic.compaction_lag_days}"
    size = f"{topic.max_bytes / MIB:g} MiB"
    records = ", ".join(f"`{record}`" for record in topic.records)
    return f"| `{topic.name}` | {writer} | {records} | {topic.key} | {topic.partitions} | {kept} | {size} |"


def test_the_table_of_topics_is_the_topology() -> None:
    head = "| topic | written by | record | key | partitions | kept | largest message |\n|---|---|---|---|---|---|---|"
    table = "\n".join([head, *map(row, TOPOLOGY.topics)])
    assert table in README, f"the README's table must be:\n{table}"


def test_every_file_that_the_readme_links_to_is_there() -> None:
    for link in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (ROOT / link).exists(), link


def test_every_command_in_the_readme_exists() -> None:
    blocks = "\n".join(re.findall(r"^```.*?^```", README, flags=re.DOTALL | re.MULTILINE))
    called = re.findall(r"^newsflow ([a-z]+)(?: ([a-z]+))?", blocks, flags=re.MULTILINE)
    assert called
    for name, second in called:
        command = cli.commands[name]
        if isinstance(command, click.Group):
            assert second in command.commands
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE))
    assert set(re.findall(r"`?make ([a-z-]+)", README)) <= targets


def test_the_table_of_settings_is_the_list_of_settings() -> None:
    rows = "\n".join(f"| `{each.variable}` | {each.meaning} | {each.default} |" for each in SETTINGS)
    table = f"| variable | what it is | default |\n|---|---|---|\n{rows}"
    assert table in README, f"the README's table must be:\n{table}"


@pytest.mark.parametrize("variable", [*VARIABLES.values(), *connection.VARIABLES.values()])
def test_every_variable_that_is_read_is_in_the_list_of_settings(variable: str) -> None:
    assert variable in {setting.variable for setting in SETTINGS}
