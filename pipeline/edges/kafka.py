"""The Kafka shell: one Faust worker for one stage, used so that no message is lost.

A batch is taken, handled, sent in offset order, and awaited; only then may Faust acknowledge it. The one other way
out of a batch is the end of the process: whatever goes wrong, the batch is still in Kafka and is done again.
"""

import asyncio
import os
import signal
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, NoReturn, TypeVar

import structlog
from aiokafka.errors import KafkaError
from faust.exceptions import ProducerSendError

from pipeline.codec import Message
from pipeline.edges.batches import Teller
from pipeline.edges.clock import days_before, utc_now
from pipeline.edges.connection import Connection, admin_client, describe_cluster
from pipeline.edges.faust_app import Worker, check_producer, make_app
from pipeline.edges.heap import bound_heap
from pipeline.edges.logs import configure_logs
from pipeline.edges.marks import Marks, Turn
from pipeline.edges.metrics import STORE_UNAVAILABLE
from pipeline.edges.observing import observed
from pipeline.edges.own_enrichment import own_enrichment
from pipeline.edges.pool import Pool
from pipeline.edges.pool_metrics import PoolMetrics
from pipeline.edges.refusals import not_written
from pipeline.edges.safety import SEND_SECONDS, UNAVAILABLE_SECONDS, check_bounds, has_time, slowest_batch_seconds
from pipeline.edges.stage_metrics import Meter
from pipeline.edges.store import DECISION_DAYS, Store, open_store
from pipeline.edges.topics import check_topics, partition_leaders
from pipeline.edges.tracing import open_tracer
from pipeline.edges.watchdog import Watchdog
from pipeline.edges.worker_health import WorkerHealth
from pipeline.errors import Code, Failure, NewsflowError, NoProcess, Unavailable
from pipeline.handle import announced, handle
from pipeline.records import Place, StageTime
from pipeline.settings import WATCHDOG_SECONDS, Settings
from pipeline.topology import DEAD, OUTCOMES, RAW, Stage, Topic
from pipeline.verdicts import Handled, dead, error_report

WITHIN_SECONDS = 0.02
"""How long a batch waits for company. 0.2 s makes the p50 latency of three stages 487 ms, this makes it 107 ms."""

BROKER_SECONDS = 60.0
"""At the start: time for the broker to answer and for the topics to be created."""

BATCH_EXIT = 70
"""Exit code of a worker that could not finish a batch."""

OUTSIDE = (OSError, KafkaError, Unavailable, Failure, asyncio.CancelledError)
"""Why a batch may fail with no page to blame: broker, store, disk, a stop. Of anything else a page may be the cause."""

T = TypeVar("T")

Handler = Callable[[Sequence[Message]], Awaitable[list[Handled]]]


def run_stage(stage: Stage, connection: Connection, settings: Settings) -> None:
    """Work on one stage until SIGTERM or SIGINT, which finish the batch; a second one ends the process at once.

    Returns by SystemExit, as Faust does. Raises UsageError for settings under which messages would be repeated or
    lost; Failure when the broker does not answer, a topic is missing, the stage cannot be loaded, or the store belongs
    to another cluster.
    """
    check_bounds(settings)
    # whole pages are that large: to give each back takes .2 ms, and the heap of their worker does not grow
    if stage.source != RAW:
        bound_heap()
    configure_logs(settings.log_format, level=settings.log_level)
    structlog.contextvars.bind_contextvars(stage=stage.name)
    told = WorkerHealth(stage=stage.name, patience=slowest_batch_seconds(settings))
    with ExitStack() as stack:
        tracer = open_tracer(settings.otlp)
        if tracer is not None:
            stack.callback(tracer.close)
        with _leaving_at_once():
            watching = stack.enter_context(observed(settings, told.health, told.refresh))
            cluster_id = asyncio.run(_await_topics(stage, connection))
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        store = open_store(settings.store_url, cluster_id=cluster_id)
        stack.callback(store.close)
        marks = Marks(settings.store_url, connection.prefix + stage.group)
        stack.callback(marks.close)
        stack.callback(marks.release)  # who leaves by this way has no batch in hand, though perhaps one not committed
        handler = _handler(stage, settings, store, stack)
        app = make_app(connection.prefix + stage.group, connection, loop)
        source = app.topic(connection.topic(stage.source.name))
        watchdog = Watchdog(app=app, patience=WATCHDOG_SECONDS, marks=marks)
        shell = _Shell(
            stage=stage,
            connection=connection,
            settings=settings,
            marks=marks,
            handler=handler,
            producer=app.producer,
            watchdog=watchdog,
            teller=Teller(meter=Meter(stage.name), tracer=tracer),
        )

        def stopping() -> None:
            watchdog.stop()
            watching.notifier.stopping()

        async def work(stream: Any) -> None:
            check_producer(app)
            async for events in stream.take_events(settings.batch_size, within=WITHIN_SECONDS):
                await shell.batch(events)

        app.agent(source, concurrency=1)(work)
        watchdog.start()
        told.watchdog = watchdog
        told.beat.start(loop)
        structlog.get_logger().info(
            "worker started", group=app.conf.id, bootstrap=connection.bootstrap, observed_at=watching.url
        )
        Worker(app, loop=loop, on_stop=stopping, release=marks.release).execute_from_commandline()


@contextmanager
def _leaving_at_once() -> Iterator[None]:
    """As long as nothing is in work, SIGTERM is an end like any other."""

    def leave(_number: int, _frame: object) -> NoReturn:
        raise SystemExit(0)

    before = signal.signal(signal.SIGTERM, leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


async def _await_topics(stage: Stage, connection: Connection) -> str:
    """The cluster's id, once it answers and has the topics that this stage needs; how they differ is said."""
    topics = (stage.source, stage.target, OUTCOMES, DEAD)
    needed = [connection.topic(topic.name) for topic in topics]
    deadline = time.monotonic() + BROKER_SECONDS
    said = False
    while True:
        try:
            cluster = await describe_cluster(connection)
            async with admin_client(connection) as admin:
                present = await partition_leaders(admin)
            missing = [name for name in needed if name not in present]
            if missing:
                raise Failure(
                    f"topic {missing[0]} is missing: run `newsflow topics create`, or allow this user DESCRIBE on it"
                )
        except Failure as failure:
            if time.monotonic() > deadline:
                raise
            if not said:
                structlog.get_logger().warning("waiting for Kafka", reason=str(failure), seconds=BROKER_SECONDS)
                said = True
            await asyncio.sleep(0.5)
        else:
            await _warn_of_drifts(connection, topics)
            return cluster.cluster_id


async def _warn_of_drifts(connection: Connection, topics: Sequence[Topic]) -> None:
    """A person's decision may be behind a difference, so it stops nobody; but it explains what fails later."""
    log = structlog.get_logger()
    try:
        for drift in await check_topics(connection, topics):
            log.warning("topic differs", topic=drift.topic, what=drift.what, found=drift.found, expected=drift.expected)
    except Failure as failure:
        log.warning("topics not checked", reason=str(failure))


# ---- a batch


def _handler(stage: Stage, settings: Settings, store: Store, stack: ExitStack) -> Handler:
    """What takes a batch through the stage: a pool, or a thread with the store for a stage with memory."""
    if stage.decide is None:
        pool = stack.enter_context(
            Pool(
                processes=settings.pool_processes,
                page_seconds=settings.page_seconds,
                page_memory_mib=settings.page_memory_mib,
                stages=(stage,),
                own=own_enrichment(settings),
                observer=PoolMetrics(),
            )
        )
        return partial(_in_pool, stage, pool)
    return _Deciding(stage=stage, store=store).batch


async def _in_pool(stage: Stage, pool: Pool, messages: Sequence[Message]) -> list[Handled]:
    return await pool.run(stage, messages, now=utc_now())


@dataclass(slots=True, kw_only=True)
class _Deciding:
    """A stage with memory and its store, whose old decisions and texts are forgotten once a day."""

    stage: Stage
    store: Store
    pruned_on: str = ""

    async def batch(self, messages: Sequence[Message]) -> list[Handled]:
        """In a thread: the store's waits must not hold up the heartbeats."""
        return await asyncio.to_thread(self._decide, messages)

    def _decide(self, messages: Sequence[Message]) -> list[Handled]:
        """In one transaction, in offset order; it is committed when this returns, so before anything is sent."""
        now = utc_now()
        if now[:10] != self.pruned_on:
            self.store.prune(before=days_before(now, DECISION_DAYS))
            self.pruned_on = now[:10]
        results, pages = announced(self.stage, messages)
        with self.store.transaction(now=now, decisions=results, pages=pages) as memory:
            return [
                handle(self.stage, message, now=now, memory=memory, clock=time.perf_counter) for message in messages
            ]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shell:
    """What one batch needs. `producer` is Faust's, for bytes: its topics would prepare each message for other uses."""

    stage: Stage
    connection: Connection
    settings: Settings
    marks: Marks
    handler: Handler
    producer: Any
    watchdog: Watchdog
    teller: Teller

    async def batch(self, events: Sequence[Any]) -> None:
        """Take a batch all the way. When this returns, Faust acknowledges it; it never raises."""
        try:
            messages = [read_event(event, self.connection.prefix) for event in events]
            turns = await _patiently(lambda: asyncio.to_thread(self.marks.begin, messages))
            batch_began = time.monotonic()
            for number, turn in enumerate(turns):
                began = time.monotonic()
                if number:
                    self._check_time(turns[:number], turn, began - batch_began)
                    await _patiently(partial(asyncio.to_thread, self.marks.mark, turn))
                handled = await self._handle(turn)
                sending = time.monotonic()
                await self._send(handled)
                ended = time.monotonic()
                self.teller.done(turn.messages, handled, seconds=ended - began, send_seconds=ended - sending)
            self.marks.finish()
        except BaseException as error:  # also a cancellation: Faust would acknowledge what it cancels
            if isinstance(error, OUTSIDE):
                self.marks.release()
            give_up(error)

    def _check_time(self, taken: Sequence[Turn], turn: Turn, elapsed: float) -> None:
        """Failure when the next turn may outlast the rebalance: Kafka would hand the batch to another, again and again.

        The next worker takes together what was taken, so one page alone is enough to get on; there is time for one.
        """
        alone = any(before.deaths for before in taken)
        if alone and self.stage.decide is None and not has_time(elapsed, len(turn.messages), self.settings):
            raise Failure("its pages are taken one at a time, and are slow: the rest is left to the next worker")

    async def _handle(self, turn: Turn) -> list[Handled]:
        if turn.deadly:
            text = f"{turn.deaths} workers ended while they had this message in hand"
            took = StageTime(stage=self.stage.name, at=utc_now())
            return [dead(self.stage, turn.messages[0], error_report("process", Code.STAGE_DIED, text), took)]
        return await _patiently(lambda: self.handler(turn.messages))

    async def _send(self, handled: Sequence[Handled]) -> None:
        """Send everything in offset order, then await everything. Failure says which topic refused it or was silent.

        Not after a standstill: another worker may have sent it, and newer records of the same pages besides.
        """
        if self.watchdog.stood_still:
            raise Unavailable("the worker stood still and may have lost its partitions")
        sent: list[tuple[str, Any]] = []
        topic = ""
        try:
            async with asyncio.timeout(SEND_SECONDS):
                for message in (message for result in handled for message in result.messages):
                    topic = message.topic
                    sent.append((topic, await self._begin(message)))
                await self._acknowledged(sent)
        except TimeoutError as error:
            late = {name for name, each in sent if not each.done() or each.cancelled()} or {topic}
            names = ", ".join(self.connection.topic(name) for name in sorted(late))
            raise Failure(f"{names} acknowledged nothing within {SEND_SECONDS:g} s") from error

    async def _begin(self, message: Message) -> Any:
        """Hand a message to the producer; what it gives back says when the broker has it."""
        topic, headers = self.connection.topic(message.topic), list(message.headers)
        try:
            return await self.producer.send(topic, message.key, message.value, None, None, headers)
        except ProducerSendError as error:
            if isinstance(error.__cause__, KafkaError):
                raise self._refusal(message.topic, error.__cause__) from error
            raise

    async def _acknowledged(self, sent: Sequence[tuple[str, Any]]) -> None:
        """Wait for all, or until one is refused."""
        if sent:
            await asyncio.wait([each for _, each in sent], return_when=asyncio.FIRST_EXCEPTION)
        refused = [(topic, error) for topic, each in sent if each.done() and (error := each.exception())]
        for topic, error in refused:
            if isinstance(error, KafkaError):
                raise self._refusal(topic, error) from error
            raise error

    def _refusal(self, topic: str, error: KafkaError) -> Failure:
        row = next(row for row in (self.stage.target, OUTCOMES, DEAD) if row.name == topic)
        return Failure(not_written(row, self.connection.topic(topic), error))


async def _patiently(work: Callable[[], Awaitable[T]]) -> T:
    """Try again while store or pool cannot serve. Heartbeats go on meanwhile: Faust's consumer has its own thread."""
    deadline = time.monotonic() + UNAVAILABLE_SECONDS
    pause = 0.5
    while True:
        try:
            return await work()
        except Unavailable as error:
            if not isinstance(error, NoProcess):
                STORE_UNAVAILABLE.inc()
            if time.monotonic() + pause > deadline:
                raise
            structlog.get_logger().warning("not now", reason=str(error), retry_seconds=pause)
        await asyncio.sleep(pause)
        pause = min(2 * pause, 8.0)


def read_event(event: Any, prefix: str) -> Message:
    """What Faust hands over, as a message of ours."""
    message = event.message
    topic = message.topic.removeprefix(prefix)
    headers = message.headers.items() if isinstance(message.headers, dict) else message.headers or ()
    return Message(
        topic=topic,
        key=message.key,
        value=message.value,
        headers=tuple(headers),
        place=Place(topic=topic, partition=message.partition, offset=message.offset),
    )


def give_up(error: BaseException) -> NoReturn:
    """End the process before the batch can be acknowledged."""
    reason = str(error) if isinstance(error, NewsflowError) else repr(error)
    try:
        structlog.get_logger().error("the batch failed and will be repeated", reason=reason[:500], exit=BATCH_EXIT)
    finally:
        os._exit(BATCH_EXIT)
