"""`newsflow run`: the broker, the topics, one process per stage, and on request a replay with its account."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from pipeline.edges.broker import clear_data, embedded_broker
from pipeline.edges.connection import BOOTSTRAP_VARIABLE, Connection, describe_cluster, read_connection
from pipeline.edges.follow import Account, follow
from pipeline.edges.inputs import Inputs, open_inputs
from pipeline.edges.replay import Replayed, replay
from pipeline.edges.show import pretty
from pipeline.edges.store import clear_store, open_store
from pipeline.edges.supervisor import Supervisor
from pipeline.edges.topics import check_topics, create_topics
from pipeline.errors import Failure
from pipeline.records import EnrichedArticle, PageOutcome
from pipeline.settings import WATCHDOG_SECONDS, Settings
from pipeline.topology import Topology, load_topology

PATIENCE_SECONDS = WATCHDOG_SECONDS + 60
"""A replay in which nothing arrives for so long is over: by then the watchdog has restarted whatever hung."""

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOptions:
    """What the command line of `newsflow run` asks for."""

    fresh: bool = False
    replay: tuple[Path, ...] = ()
    workers: int = 1
    port: int = 0


def run_pipeline(options: RunOptions, settings: Settings, *, say: Say) -> int:
    """Run until SIGTERM or Ctrl-C, or until the replayed pages have ended; the number of pages that were lost.

    Raises UsageError or Failure for a wrong path, a broker that does not start and a store of another cluster.
    """
    topology = load_topology(settings.topology)
    inputs = open_inputs(options.replay, say=say) if options.replay else None
    with ExitStack() as stack, _stop_signals() as stop:
        connection = _connect(options, settings, stack, say)
        return asyncio.run(_run(options, settings, topology, connection, inputs, stop, say))


def serve_broker(settings: Settings, *, port: int, fresh: bool, say: Say) -> None:
    """The embedded broker alone, until SIGTERM or Ctrl-C."""
    with _stop_signals() as stop:
        if fresh:
            _clear(settings)
        with embedded_broker(settings.data, port=port, say=say) as broker:
            say(f"Apache Kafka answers at {broker.bootstrap}; to use it: export {BOOTSTRAP_VARIABLE}={broker.bootstrap}")
            while not stop.is_set():
                time.sleep(0.2)
    say("the broker has stopped")


def _connect(options: RunOptions, settings: Settings, stack: ExitStack, say: Say) -> Connection:
    """The cluster that is set, or the embedded one."""
    if os.environ.get(BOOTSTRAP_VARIABLE):
        connection = read_connection()
        say(f"using Kafka at {connection.bootstrap}")
        if options.fresh:
            say("--fresh clears only the embedded broker: this cluster and its store stay as they are")
        return connection
    if options.fresh:
        _clear(settings)
    broker = stack.enter_context(embedded_broker(settings.data, port=options.port, say=say))
    say(f"Apache Kafka answers at {broker.bootstrap} (data in {settings.data}, log in {broker.log_file})")
    return read_connection(bootstrap=broker.bootstrap)


def _clear(settings: Settings) -> None:
    clear_data(settings.data)
    clear_store(settings.store_url)
