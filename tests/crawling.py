"""What the tests of the crawler share: settings for the local sites, a crawl, and what came of it."""

import asyncio
import os
import sys
from pathlib import Path

from pipeline.codec import Message
from pipeline.edges.clients import consuming
from pipeline.edges.connection import Connection, connection_environment
from pipeline.edges.crawling.crawl import CrawlOptions, crawl
from pipeline.edges.crawling.frontier import Frontier
from pipeline.edges.crawling.frontier_rows import Entry
from pipeline.edges.store import open_store
from pipeline.edges.supervisor import settings_environment
from pipeline.edges.topics import require_topics
from pipeline.identity import page_id
from pipeline.settings import Settings
from pipeline.topology import RAW
from tests.site_server import LoopbackResolver, Newspaper, SiteServer

ROOT = Path(__file__).parents[1]
DELAY = 0.02


def settings_for(folder: Path, server: SiteServer, sources: str) -> Settings:
    file = folder / "sources.yaml"
    file.write_text(sources, encoding="utf-8")
    return Settings(
        data=folder,
        contact="https://newsflow.test/bot",
        sources=file,
        crawl_delay=DELAY,
        crawl_networks="127.0.0.1/32",
        crawl_ports=str(server.port),
        log_format="json",
        log_level="warning",
    )


def source(name: str, kind: str, url: str, more: str = "") -> str:
    return f"  - name: {name}\n    kind: {kind}\n    url: {url}\n{more}"


async def crawled(settings: Settings, connection: Connection, **options: object) -> list[str]:
    said: list[str] = []
    chosen = CrawlOptions(once=True, **options)  # type: ignore[arg-type]
    await crawl(chosen, settings, connection, say=said.append, resolver=LoopbackResolver())
    return said


async def messages(connection: Connection) -> list[Message]:
    """Everything in the raw topic now."""
    found: list[Message] = []
    partitions = await require_topics(connection, [RAW])
    async with consuming(connection) as consumer:
        consumer.assign(partitions)
        ends = await consumer.end_offsets(partitions)
        await consumer.seek_to_beginning(*partitions)
        left = {partition for partition, end in ends.items() if end > 0}
        while left:
            for partition, records in (await consumer.getmany(timeout_ms=500)).items():
                for record in records:
                    headers = tuple(record.headers)
                    found.append(Message(topic=RAW.name, key=record.key, value=record.value, headers=headers))
                    if record.offset + 1 >= ends[partition]:
                        left.discard(partition)
    return found


def header(message: Message, name: str) -> str:
    return (message.header(name) or b"").decode()


def entry(settings: Settings, url: str) -> Entry:
    store = open_store(settings.store_url, cluster_id=None)
    found = Frontier(store).entry(page_id(url))
    store.close()
    assert found is not None, url
    return found


def newspapers(hosts: int, articles: int) -> list[Newspaper]:
    return [
        Newspaper(
            name=f"paper{number}.test",
            articles=articles,
            kind=("feed", "sitemap")[number % 2],
            robots=None if number % 5 == 4 else "User-agent: *\nDisallow: /private/\n",
            packed=(None, "gzip", "br")[number % 3],
        )
        for number in range(hosts)
    ]


def sources_of(papers: list[Newspaper], server: SiteServer) -> str:
    paths = {"feed": "/feed.xml", "sitemap": "/sitemap.xml"}
    rows = [source(paper.name, paper.kind, server.url(paper.name, paths[paper.kind])) for paper in papers]
    return "sources:\n" + "".join(rows)


def serve_papers(server: SiteServer, folder: Path, *, hosts: int, articles: int) -> tuple[list[Newspaper], Settings]:
    """So many newspapers on the server, and settings under which they are crawled."""
    papers = newspapers(hosts, articles)
    server.sites |= {paper.name: paper for paper in papers}
    return papers, settings_for(folder, server, sources_of(papers, server))


async def stories_asked_for(server: SiteServer, count: int, worker: asyncio.subprocess.Process) -> None:
    """Wait until so many requests for stories have come; the worker must not end before."""
    while sum(1 for hit in server.hits if "/2026/" in hit.path) < count:
        await asyncio.sleep(0.01)
        assert worker.returncode is None


async def start_worker(
    settings: Settings, connection: Connection, *, lease: float | None = None, **streams: int
) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.crawl_worker", *([] if lease is None else [str(lease)])),
        cwd=ROOT,
        env={**os.environ, **connection_environment(connection), **settings_environment(settings)},
        **streams,  # type: ignore[arg-type]
    )
