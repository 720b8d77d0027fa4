"""`newsflow crawl`: the sources file, the store, Kafka and the network put together into one crawler."""

import asyncio
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from aiohttp.abc import AbstractResolver
from aiokafka import AIOKafkaProducer

from pipeline.codec import raw_message
from pipeline.crawl.address import Refusal, refused_address, refused_url
from pipeline.crawl.rights import Policy
from pipeline.crawl.sources import Sources
from pipeline.edges.clients import producing, send_acknowledged
from pipeline.edges.clock import seconds_now
from pipeline.edges.connection import Connection, describe_cluster
from pipeline.edges.crawling.crawl_metrics import refresh
from pipeline.edges.crawling.crawl_report import summary
from pipeline.edges.crawling.crawl_view import wants_view, watching
from pipeline.edges.crawling.crawler import STOP_SECONDS, Crawler
from pipeline.edges.crawling.explain import Wanted, explain
from pipeline.edges.crawling.frontier import Frontier
from pipeline.edges.crawling.held_back import left_due
from pipeline.edges.crawling.http import Fetcher, Limits, open_fetcher
from pipeline.edges.crawling.site_files import SiteFiles
from pipeline.edges.crawling.sources_file import listing, load_sources
from pipeline.edges.crawling.sync import sync
from pipeline.edges.crawling.tdm_files import TdmFiles
from pipeline.edges.crawling.turn import Turns
from pipeline.edges.crawling.visit import Visitor
from pipeline.edges.crawling.warc import open_archive
from pipeline.edges.database import parse, place_of
from pipeline.edges.frontier_tables import ENTRIES
from pipeline.edges.health import Beat, Health
from pipeline.edges.logs import configure_logs
from pipeline.edges.metrics import CRAWL_PUBLISH_SECONDS
from pipeline.edges.observing import observed
from pipeline.edges.store import has_table, open_store
from pipeline.edges.topics import require_topics
from pipeline.edges.tracing import Tracer, open_tracer
from pipeline.errors import Reject, UsageError
from pipeline.records import RawPage
from pipeline.settings import Settings, read_networks, read_ports
from pipeline.text import shortened
from pipeline.topology import RAW
from pipeline.urls import normalize_url

Say = Callable[[str], None]

KIB = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawlOptions:
    """What the command line of `newsflow crawl` asks for."""

    once: bool = False
    warc: Path | None = None
    view: bool | None = None
    """Whether to draw the table of sources; None: in a terminal."""


def missing(settings: Settings) -> str | None:
    """What has to be set before anything is crawled; None when all is there."""
    if settings.sources is None:
        return (
            missing_contact(settings)
            or "NEWSFLOW_SOURCES is not set: the file with the feeds, sitemaps and sections to crawl"
        )
    return missing_contact(settings)


def missing_contact(settings: Settings) -> str | None:
    """Why nothing may be fetched: nobody has said who asks."""
    if not settings.contact:
        return "NEWSFLOW_CONTACT is not set: a URL or mailto: address that sites can complain to"
    return None


def run_crawl(options: CrawlOptions, settings: Settings, connection: Connection, *, say: Say) -> None:
    """Crawl until SIGTERM or SIGINT, or with `once` until nothing is due.

    Raises UsageError when contact or sources are missing or wrong, Failure when Kafka or the store fail for good.
    """
    reason = missing(settings)
    if reason:
        raise UsageError(f"the crawler does not start: {reason}")
    configure_logs(settings.log_format, level=settings.log_level)
    asyncio.run(crawl(options, settings, connection, say=say))


def explain_known(url: str, settings: Settings) -> list[str]:
    """What would happen to a URL, from what the store knows; UsageError when it is none."""
    try:
        normalize_url(url)
    except Reject as error:
        raise UsageError(str(error)) from error
    sources = load_sources(settings.sources) if settings.sources is not None else None
    listed = listing(sources, settings.sources.parent, url) if sources and settings.sources else frozenset()
    is_known = has_table(settings.store_url, ENTRIES)
    store = open_store(settings.store_url if is_known else ":memory:", cluster_id=None)
    place = f"store    {place_of(parse(settings.store_url))}"
    try:
        lines = explain(url, Frontier(store), settings, Wanted(sources=sources or Sources(), listed=listed))
    finally:
        store.close()
    return [place if is_known else f"{place}: nothing has been crawled with it yet", *lines]


async def crawl(
    options: CrawlOptions,
    settings: Settings,
    connection: Connection,
    *,
    say: Say,
    resolver: AbstractResolver | None = None,
) -> None:
    """The crawl itself; `resolver` stands in for the system's DNS."""
    assert settings.sources is not None  # noqa: S101 - `missing` has said so
    sources = load_sources(settings.sources)
    stop = asyncio.Event()
    told = CrawlHealth(sources=sources, stop=stop)
    told.beat.start(asyncio.get_running_loop())
    async with AsyncExitStack() as stack:
        watching = stack.enter_context(observed(settings, told.health, told.refresh))
        _stop_on_signals(stop, say, watching.notifier.stopping)
        if watching.url:
            say(f"metrics at {watching.url}/metrics")
        tracer = open_tracer(settings.otlp)
        if tracer is not None:
            stack.callback(tracer.close)
        await require_topics(connection, [RAW])
        cluster = await describe_cluster(connection)
        store = open_store(settings.store_url, cluster_id=cluster.cluster_id)
        stack.callback(store.close)
        frontier = Frontier(store)
        await sync(frontier, sources, settings.sources.parent, connection, say)
        producer = await stack.enter_async_context(producing(connection))
        fetcher = await stack.enter_async_context(fetching(settings, resolver))
        archive = await stack.enter_async_context(open_archive(options.warc, say))
        turns = Turns(frontier=frontier, fetcher=fetcher)
        sites = SiteFiles(frontier=frontier, floor=settings.crawl_delay, borrow=turns.borrow)
        visitor = Visitor(
            sources=sources,
            frontier=frontier,
            sites=sites,
            tdm=TdmFiles(frontier=frontier, floor=settings.crawl_delay),
            floor=settings.crawl_delay,
            policy=Policy(settings.rights),
            publish=partial(publish, producer, connection, tracer=tracer),
            archive=archive.write if archive else None,
        )
        crawler = Crawler(frontier=frontier, turns=turns, visitor=visitor, stop=stop, once=options.once)
        told.frontier = frontier
        say(f"crawling {len(sources.sources)} sources")
        await _report(crawler, sources, view=wants_view(options.view), say=say)


@dataclass(slots=True, kw_only=True)
class CrawlHealth:
    """The crawler's health and gauges; before `frontier` is set it waits for Kafka, or reads its sources."""

    sources: Sources
    stop: asyncio.Event
    beat: Beat = field(default_factory=Beat)
    frontier: Frontier | None = None

    @property
    def health(self) -> Health:
        """As others ask for it."""
        return Health(live=self.beat.stalled, ready=self._ready)

    def _ready(self) -> str | None:
        if self.frontier is None:
            return "starting: it waits for Kafka and the store, or takes in the sources file"
        return "stopping" if self.stop.is_set() else self.beat.stalled()

    def refresh(self) -> None:
        """Set the gauges that tell of the store."""
        if self.frontier is not None:
            refresh(self.frontier, self.sources)


def _stop_on_signals(stop: asyncio.Event, say: Say, tell: Callable[[], None]) -> None:
    """The first SIGTERM or SIGINT asks for a stop; a second one ends the process: what is in flight stays due."""
    loop, numbers = asyncio.get_running_loop(), (signal.SIGTERM, signal.SIGINT)

    def handle() -> None:
        stop.set()
        tell()
        for number in numbers:
            loop.remove_signal_handler(number)
        say(f"stopping: what is in flight may take {STOP_SECONDS:g} s, then it is given back")

    for number in numbers:
        loop.add_signal_handler(number, handle)


async def _report(crawler: Crawler, sources: Sources, *, view: bool, say: Say) -> None:
    """Let it run, show how the sources stand meanwhile, and say how they do at the end."""
    try:
        async with watching(crawler.frontier, sources, view=view):
            await crawler.run()
    finally:
        for line in await asyncio.to_thread(summary, crawler.frontier, sources):
            say(line)
        if crawler.once:
            for line in await asyncio.to_thread(partial(left_due, crawler.frontier, now=seconds_now())):
                say(line)


@asynccontextmanager
async def fetching(settings: Settings, resolver: AbstractResolver | None = None) -> AsyncIterator[Fetcher]:
    """A fetcher as the settings want it."""
    networks = read_networks(settings.crawl_networks)
    ports = read_ports(settings.crawl_ports)

    rate = settings.crawl_kib_per_second * KIB or None
    async with open_fetcher(
        contact=settings.contact or "",
        url_refusal=lambda url: _reason(refused_url(url, networks, ports)),
        address_refusal=lambda address: _reason(refused_address(address, networks)),
        limits=Limits(connections=settings.crawl_connections, bandwidth=rate),
        resolver=resolver,
    ) as fetcher:
        yield fetcher


def _reason(refusal: Refusal | None) -> str | None:
    return refusal.reason if refusal else None


async def publish(
    producer: AIOKafkaProducer, connection: Connection, page: RawPage, *, tracer: Tracer | None = None
) -> None:
    """Return when the broker has acknowledged the page; Failure when it does not in time."""
    message, began = raw_message(page), seconds_now()
    with CRAWL_PUBLISH_SECONDS.time():
        await send_acknowledged(producer, connection, message, what=shortened(page.url))
    if tracer is not None:
        tracer.published(message, start=began, end=seconds_now())
