"""What several commands need: the settings, the cluster, and a line for the person who types."""

import gc
from collections.abc import Coroutine, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from pipeline.edges.connection import Connection
    from pipeline.settings import Settings

PATHS = click.Path(path_type=Path)

bootstrap_option = click.option(
    "--bootstrap", metavar="HOST:PORT", help="Kafka to use [default: KAFKA_BOOTSTRAP_SERVERS]."
)


def say(message: str) -> None:
    """One line for a person, on stderr, so that stdout stays data."""
    click.echo(message, err=True)


def show(lines: Iterable[str]) -> None:
    """Lines of a report on stdout. What comes from pages and publishers cannot command the terminal."""
    from pipeline.text import printable

    for line in lines:
        click.echo(printable(line))


def settings_now() -> "Settings":
    """The settings in the environment; UsageError for a wrong one."""
    from pipeline.settings import read_settings

    return read_settings()


def external(bootstrap: str | None) -> "Connection":
    """The cluster that was named, or the environment's; UsageError when there is none."""
    from pipeline.edges.connection import read_connection

    return read_connection(bootstrap=bootstrap)


@contextmanager
def loading() -> Iterator[None]:
    """For the imports of a command: what is imported stays, and to look for garbage in it takes a tenth of the time.

    At the end too: Python would look through all of it twice more, for 30 ms.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def run_to_end(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """The result of a coroutine, with the libraries' own logs kept quiet."""
    import asyncio

    from pipeline.edges.logs import quiet_libraries

    quiet_libraries()
    return asyncio.run(coroutine)
