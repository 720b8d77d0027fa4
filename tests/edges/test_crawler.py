"""The crawler against a server of many sites and a real broker: nothing missing, nobody bothered."""

import asyncio
import os
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp import web

from pipeline.codec import Message
from pipeline.edges.clients import consuming
from pipeline.edges.connection import Connection, connection_environment
from pipeline.edges.crawl import CrawlOptions, crawl
from pipeline.edges.frontier import Frontier
from pipeline.edges.frontier_rows import Entry, State
from pipeline.edges.inputs import open_inputs
from pipeline.edges.store import open_store
from pipeline.edges.supervisor import settings_environment
from pipeline.edges.topics import create_topics, require_topics
from pipeline.identity import page_id
from pipeline.settings import Settings
from pipeline.topology import RAW
from tests.site_server import LoopbackResolver, Newspaper, SiteServer, answering, html, page, redirect, serving

ROOT = Path(__file__).parents[2]
DELAY = 0.02


@pytest.fixture
async def server() -> AsyncIterator[SiteServer]:
    async with serving() as running:
        yield running


@pytest.fixture
async def raw(connection: Connection) -> Connection:
    await create_topics(connection, [RAW])
    return connection


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


async def test_five_hundred_pages_of_twenty_hosts_arrive_although_the_crawler_is_killed(
    server: SiteServer, raw: Connection, tmp_path: Path
) -> None:
    papers = [
        Newspaper(
            name=f"paper{number}.test",
            articles=25,
            kind=("feed", "sitemap")[number % 2],
            robots=None if number % 5 == 4 else "User-agent: *\nDisallow: /private/\n",
            packed=(None, "gzip", "br")[number % 3],
        )
        for number in range(20)
    ]
    server.sites |= {paper.name: paper for paper in papers}
    rows = [
        source(paper.name, paper.kind, server.url(paper.name, "/feed.xml" if paper.kind == "feed" else "/sitemap.xml"))
        for paper in papers
    ]
    settings = settings_for(tmp_path, server, "sources:\n" + "".join(rows))
    first = await start_worker(settings, raw)
    while sum(1 for hit in server.hits if "/2026/" in hit.path) < 200:
        await asyncio.sleep(0.02)
        assert first.returncode is None
    first.send_signal(signal.SIGKILL)
    await first.wait()
    before = len(server.hits)
    second = await start_worker(settings, raw)
    assert await asyncio.wait_for(second.wait(), 60) == 0
    assert len(server.hits) > before
    found = await messages(raw)
    urls = Counter(header(message, "url") for message in found)
    wanted = {server.url(paper.name, paper.path(number)) for paper in papers for number in range(paper.articles)}
    forbidden = {hit.host for hit in server.hits if hit.path.startswith("/private/")}
    assert wanted - set(urls) == set()
    assert {url for url in set(urls) - wanted if "/private/" not in url} == set()
    assert forbidden <= {paper.name for paper in papers if paper.robots is None}, "robots.txt was violated"
    repeats = sum(urls.values()) - len(urls)
    assert repeats <= len(papers), "only what was in flight may repeat: one page per host"
    assert server.impolite(DELAY) == []
    assert all(message.key == header(message, "url").split("/")[2].split(":")[0].encode() for message in found)


async def start_worker(settings: Settings, connection: Connection) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.crawl_worker",
        cwd=ROOT,
        env={**os.environ, **connection_environment(connection), **settings_environment(settings)},
    )
