"""`newsflow run`: the broker, the topics, one process per stage, and on request a replay with its account."""

import asyncio
import signal
import threading
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from pipeline.edges.broker import clear_data, kept_cluster_id
from pipeline.edges.broker_keeper import kept_broker
from pipeline.edges.connection import BOOTSTRAP_VARIABLE, Connection, describe_cluster, read_connection
from pipeline.edges.crawling.crawl import missing
from pipeline.edges.crawling.sources_file import load_sources
from pipeline.edges.follow import Account, follow
from pipeline.edges.inputs import Inputs, open_inputs
from pipeline.edges.observing import observed
from pipeline.edges.offsets import committed_offsets
from pipeline.edges.own_enrichment import check, own_enrichment
from pipeline.edges.progress import progress
from pipeline.edges.replay import Replayed, replay
from pipeline.edges.run_health import RunHealth
from pipeline.edges.safety import check_bounds
from pipeline.edges.show import pretty
from pipeline.edges.store import clear_store, cluster_of, open_store
from pipeline.edges.supervisor import CRAWL_COMMAND, Supervisor
from pipeline.edges.topics import check_topics, create_topics
from pipeline.errors import Damaged, Failure
from pipeline.records import EnrichedArticle, PageOutcome
from pipeline.settings import WATCHDOG_SECONDS, Settings, configured
from pipeline.topology import Topology, load_topology

PATIENCE_SECONDS = WATCHDOG_SECONDS + 60
"""A replay in which nothing arrives for so long is over: by then the watchdog has restarted whatever hung."""

STOP_POLL_SECONDS = 0.1

GRACE_SECONDS = 0.5
"""After the last outcome: its record is in another topic and may be a moment behind."""

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
    load_topology(settings.topology)  # what is wrong with the settings must not cost the start of a broker
    check_bounds(settings)
    check(own_enrichment(settings))
    inputs = open_inputs(options.replay, say=say) if options.replay else None
    if inputs is None and settings.sources is not None:
        load_sources(settings.sources)
    with ExitStack() as stack, _stop_signals() as stop:
        connection = _connect(options, settings, stack, stop, say)
        return asyncio.run(_run(options, settings, connection, inputs, stop, say))


def serve_broker(settings: Settings, *, port: int, fresh: bool, say: Say) -> None:
    """The embedded broker alone, until SIGTERM or Ctrl-C."""
    with _stop_signals() as stop:
        if fresh:
            _clear(settings)
        with kept_broker(settings.data, port=port, stop=stop, say=say) as broker:
            say(f"to use it: export {BOOTSTRAP_VARIABLE}={broker.bootstrap}")
            stop.wait()
    say("the broker has stopped")


def _connect(options: RunOptions, settings: Settings, stack: ExitStack, stop: threading.Event, say: Say) -> Connection:
    """The cluster that is set, or the embedded one."""
    if BOOTSTRAP_VARIABLE in configured():
        connection = read_connection()
        say(f"using Kafka at {connection.bootstrap}")
        if options.fresh:
            say("--fresh clears only the embedded broker: this cluster and its store stay as they are")
        return connection
    if options.fresh:
        _clear(settings)
    broker = stack.enter_context(kept_broker(settings.data, port=options.port, stop=stop, say=say))
    say(f"data in {settings.data}, the broker's log in {broker.log_file}")
    return read_connection(bootstrap=broker.bootstrap)


def _clear(settings: Settings) -> None:
    """Forget the embedded broker's data and its store; Failure for a store of another cluster, which stays as it is."""
    ours = kept_cluster_id(settings.data)
    try:
        theirs = cluster_of(settings.store_url)
    except Damaged:  # nobody knows whose it was, and it is to go
        theirs = None
    if settings.store is not None and theirs is not None and theirs != ours:
        raise Failure(
            f"NEWSFLOW_STORE belongs to the Kafka cluster {theirs}, not to the one in {settings.data}: --fresh would "
            "clear it; unset NEWSFLOW_STORE, or name the data folder it belongs to"
        )
    clear_data(settings.data)
    clear_store(settings.store_url)


@contextmanager
def _stop_signals() -> Iterator[threading.Event]:
    """Set on SIGTERM and SIGINT, so that workers and broker are stopped in their order; a second one ends at once."""
    stop = threading.Event()

    def handle(number: int, _frame: object) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()

    before = {number: signal.signal(number, handle) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


async def _run(
    options: RunOptions,
    settings: Settings,
    connection: Connection,
    inputs: Inputs | None,
    stop: threading.Event,
    say: Say,
) -> int:
    topology = load_topology(settings.topology)
    created = await create_topics(connection, topology.topics)
    say(f"topics: {len(created)} created, {len(topology.topics) - len(created)} were there")
    for drift in await check_topics(connection, topology.topics):
        say(f"warning: {drift.topic}: {drift.what} is {drift.found}, should be {drift.expected}")
    cluster = await describe_cluster(connection)
    store = open_store(settings.store_url, cluster_id=cluster.cluster_id)  # a store of another cluster stops us here
    store.close()
    if store.is_new and await _has_worked(connection, topology):
        say(f"warning: the store {store.place} is new and this cluster is not: revision numbers start again at 1")
    names = ", ".join(stage.name for stage in topology.stages)
    say(f"starting {options.workers} worker{'s' * (options.workers > 1)} per stage: {names}")
    supervisor = Supervisor(
        topology=topology,
        connection=connection,
        settings=settings,
        say=say,
        workers=options.workers,
        crawl_command=None if inputs is not None else _crawl_command(settings, say),
        give_up=stop.set,
    )
    lost = await _supervised(supervisor, inputs, stop, say)
    if supervisor.failure is not None:
        raise Failure(supervisor.failure)
    return lost


async def _supervised(supervisor: Supervisor, inputs: Inputs | None, stop: threading.Event, say: Say) -> int:
    """Let the workers work until they are to stop, or until the replayed pages have ended; the pages that were lost."""
    told = RunHealth(supervisor=supervisor)
    told.beat.start(asyncio.get_running_loop())
    with observed(supervisor.settings, told.health, _nothing) as watching, told.asking():
        if watching.url:
            say(f"health and metrics of this process: {watching.url}")
        for (name, _), address in supervisor.addresses.items():
            say(f"health and metrics of a worker of {name}: http://{address}")
        async with supervisor:
            try:
                if not await _until(supervisor.ready(), stop):
                    return 0
                told.is_ready = True
                if inputs is not None:
                    return await replay_and_account(inputs, supervisor.connection, stop=stop, say=say)
                say("ready: Ctrl-C or SIGTERM stops; `newsflow replay` and `newsflow subscribe` in another terminal")
                await asyncio.to_thread(stop.wait)
                say("stopping: the workers finish their batches")
                return 0
            finally:
                told.is_stopping = True
                watching.notifier.stopping()


def _nothing() -> None:
    """The gauges of `newsflow run` are set as things happen."""


def _crawl_command(settings: Settings, say: Say) -> Sequence[str] | None:
    """What starts the crawler; None, with the reason said, when it is not set up. A wrong sources file is an error."""
    reason = missing(settings)
    if reason or settings.sources is None:
        say(f"nothing is crawled: {reason}")
        return None
    sources = load_sources(settings.sources)
    say(f"crawling {len(sources.sources)} sources as {settings.contact}")
    return CRAWL_COMMAND


async def _has_worked(connection: Connection, topology: Topology) -> bool:
    """Whether a stage with memory has committed anything in this cluster before."""
    for stage in topology.stages:
        if stage.decide and await committed_offsets(connection, connection.prefix + stage.group, stage.source.name):
            return True
    return False


async def _until(work: Coroutine[Any, Any, object], stop: threading.Event) -> bool:
    """Do the work; False when it was stopped by a signal before it was done."""
    task = asyncio.create_task(work)
    while not task.done():
        if stop.is_set():
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
            return False
        await asyncio.wait([task], timeout=STOP_POLL_SECONDS)
    task.result()
    return True


def print_record(article: EnrichedArticle) -> None:
    """Show a record that has arrived."""
    click.echo(pretty(article) + "\n")


async def replay_and_account(
    inputs: Inputs,
    connection: Connection,
    *,
    stop: threading.Event,
    say: Say,
    show: Callable[[EnrichedArticle], None] = print_record,
) -> int:
    """Publish pages, show each enriched record as it arrives, print the account; how many pages have no outcome.

    Waits until every page has one, nothing has arrived for `PATIENCE_SECONDS`, or `stop` is set.
    """
    account, done = Account(), Replayed()
    began = time.monotonic()
    try:
        async with follow(connection) as arrivals:
            watching = asyncio.create_task(_watch(arrivals, account, show))
            publishing = asyncio.create_task(replay(inputs, connection, done=done))
            try:
                with progress("pages ended", inputs.total) as advance:
                    await _ended(publishing, watching, account, done, stop, advance)
            finally:
                for task in (publishing, watching):
                    task.cancel()
                await asyncio.gather(publishing, watching, return_exceptions=True)
    finally:  # whatever ended it, what is known is shown
        for line in done.refused:
            say(f"not published: {line}")
        _print_account(account, done, time.monotonic() - began)
    return len(account.missing(done.trace_ids))


async def _watch(
    arrivals: AsyncIterator[PageOutcome | EnrichedArticle], account: Account, show: Callable[[EnrichedArticle], None]
) -> None:
    async for arrival in arrivals:
        if isinstance(arrival, PageOutcome):
            account.add(arrival)
        else:
            show(arrival)


async def _ended(
    publishing: "asyncio.Task[Replayed]",
    watching: "asyncio.Task[None]",
    account: Account,
    done: Replayed,
    stop: threading.Event,
    advance: Callable[[int], None],
) -> None:
    """Wait until all that was published has ended; raises what publishing or watching raised."""
    seen, since = -1, time.monotonic()
    while not stop.is_set() and time.monotonic() - since < PATIENCE_SECONDS:
        if publishing.done():
            publishing.result()
            if done.trace_ids.keys() <= account.outcomes.keys():
                await asyncio.sleep(GRACE_SECONDS)
                return
        if watching.done():
            watching.result()
        if len(account.outcomes) + done.acknowledged != seen:
            seen, since = len(account.outcomes) + done.acknowledged, time.monotonic()
            advance(len(account.outcomes))
        await asyncio.wait([publishing, watching], timeout=STOP_POLL_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        if publishing.done():
            await asyncio.sleep(STOP_POLL_SECONDS)


def _print_account(account: Account, done: Replayed, seconds: float) -> None:
    table = Table(title=f"Where {done.acknowledged} pages ended ({seconds:.1f} s)", show_header=False)
    table.add_column()
    table.add_column(justify="right")
    for name, count in account.rows(done.trace_ids):
        table.add_row(name, str(count), style="bold" if name in ("inputs", "lost") else None)
    Console().print(table)
