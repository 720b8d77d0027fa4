"""Which Kafka an operator's command means: the one that is named, or the embedded one of the data folder."""

import asyncio
import re
from contextlib import suppress
from pathlib import Path

from pipeline.edges.broker import kept_cluster_id
from pipeline.edges.connection import BOOTSTRAP_VARIABLE, Connection, describe_cluster, read_connection
from pipeline.errors import Failure
from pipeline.settings import Settings, configured

LOOK_SECONDS = 3.0
"""A broker on loopback answers within milliseconds."""


def operated_cluster(bootstrap: str | None, settings: Settings) -> Connection:
    """The cluster that was named, or that is set, or the broker that runs on the data folder.

    Raises UsageError when there is none of them; Failure when the data folder has a broker that is not running.
    """
    cluster_id = kept_cluster_id(settings.data)
    if bootstrap or BOOTSTRAP_VARIABLE in configured() or cluster_id is None:
        return read_connection(bootstrap=bootstrap)
    address = _address(settings.data)
    if address is not None:
        connection = read_connection(bootstrap=address)
        with suppress(Failure):
            if asyncio.run(describe_cluster(connection, deadline=LOOK_SECONDS)).cluster_id == cluster_id:
                return connection
    raise Failure(
        f"the Kafka of {settings.data} is not running: start it with `newsflow broker --data {settings.data}` in "
        "another terminal, or name another one with --bootstrap"
    )


def _address(data: Path) -> str | None:
    """Where the embedded broker of a data folder listens, or listened when it last ran."""
    try:
        text = (data / "kafka" / "server.properties").read_text(encoding="utf-8")
    except OSError:
        return None
    found = re.search(r"^advertised\.listeners=PLAINTEXT://(\S+)$", text, re.MULTILINE)
    return found[1] if found else None
