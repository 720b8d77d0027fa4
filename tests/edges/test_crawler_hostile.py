"""The crawler among sites that mean it harm: each is refused by its name, and memory stays flat."""

import asyncio
import gzip
from pathlib import Path

import brotli
import pytest
from aiohttp import web

from pipeline.edges.connection import Connection
from pipeline.edges.crawling.frontier import Frontier
from pipeline.edges.crawling.frontier_rows import Entry, document_key
from pipeline.edges.store import open_store
from pipeline.edges.zstd import zstd
from pipeline.identity import page_id
from pipeline.settings import Settings
from tests.crawling import settings_for, source, start_worker
from tests.site_server import SiteServer, answering, endless, page

MIB = 1024 * 1024
MORE_MIB = 60
"""What all of them together may add to the memory of a crawler that has met nobody hostile: about 30 were measured."""


def packed(body: bytes, encoding: str, content_type: str) -> web.Response:
    return web.Response(body=body, headers={"Content-Encoding": encoding, "Content-Type": content_type})


async def huge_sitemap(request: web.Request) -> web.StreamResponse:
    answer = web.StreamResponse(headers={"Content-Type": "application/xml"})
    await answer.prepare(request)
    await answer.write(b'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">')
    row = b"<url><loc>http://elsewhere.test/a</loc>" + b"<x>" + b"y" * 4000 + b"</x></url>"
    for _ in range(100 * MIB // (len(row) * 16)):
        await answer.write(row * 16)
    return answer


async def endless_robots(request: web.Request) -> web.StreamResponse:
    answer = web.StreamResponse(headers={"Content-Type": "text/plain"})
    await answer.prepare(request)
    while True:
        await answer.write(b"User-agent: *\nDisallow: /private\n" * 2048)


ENTITIES = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "ha" * 10}">' for n in range(10))
ENTITY_BOMB = f"<!DOCTYPE rss [{ENTITIES}]><rss><channel><item><title>&e9;</title></item></channel></rss>"

PAGES = {
    "gzip.test": "bomb",
    "brotli.test": "bomb",
    "zstd.test": "bomb",
    "endless.test": "too_large",
    "flood.test": "header_flood",
    "robots.test": "fetched",
}
DOCUMENTS = {
    "entities.test": ("feed", "unreadable"),
    "sitemap.test": ("sitemap", "read"),
    "packed.test": ("sitemap", "unreadable"),
    "endless-feed.test": ("feed", "too_large"),
}


def sites(server: SiteServer) -> None:
    bomb = gzip.compress(bytes(256 * MIB), 1)
    bodies = {"gzip": bomb, "br": brotli.compress(bytes(256 * MIB), quality=1), "zstd": zstd.compress(bytes(256 * MIB))}
    for name, encoding in (("gzip", "gzip"), ("brotli", "br"), ("zstd", "zstd")):
        body = bodies[encoding]
        server.sites[f"{name}.test"] = answering(
            {"/it": lambda _, body=body, encoding=encoding: packed(body, encoding, "text/html")}
        )
    flood = {f"X-{number}": "flood" for number in range(1000)}
    entity_bomb = gzip.compress(ENTITY_BOMB.encode())
    server.sites |= {
        "endless.test": answering({"/it": endless}),
        "flood.test": answering({"/it": lambda _: web.Response(headers=flood)}),
        "robots.test": answering({"/robots.txt": endless_robots, "/it": lambda _: page("Allowed")}),
        "entities.test": answering({"/it": lambda _: packed(entity_bomb, "gzip", "application/rss+xml")}),
        "sitemap.test": answering({"/it": huge_sitemap}),
        "packed.test": answering({"/it": lambda _: web.Response(body=bomb, content_type="application/gzip")}),
        "endless-feed.test": answering({"/it": endless}),
    }


async def peak(settings: Settings, connection: Connection) -> int:
    """MiB that a crawler had in memory at the most, until it had nothing more to do."""
    worker = await start_worker(settings, connection, stdout=asyncio.subprocess.PIPE)
    out, _ = await worker.communicate()
    assert worker.returncode == 0
    return int(out.splitlines()[-1])


@pytest.fixture
def calm(tmp_path: Path) -> Path:
    folder = tmp_path / "calm"
    folder.mkdir()
    return folder


async def test_bombs_floods_and_endless_bodies_are_refused_in_flat_memory(
    server: SiteServer, raw: Connection, tmp_path: Path, calm: Path
) -> None:
    server.sites["calm.test"] = answering({"/it": lambda _: page("Calm")})
    usual = await peak(settings_for(calm, server, rows({"calm.test": "fetched"}, {}, server)), raw)
    sites(server)
    settings = settings_for(tmp_path, server, rows(PAGES, DOCUMENTS, server))
    most = await peak(settings, raw)
    print(f"{usual} MiB without and {most} MiB with hostile sites")
    urls = {name: server.url(name, "/it") for name in (*PAGES, *DOCUMENTS)}
    met = {name: met_as(settings, url, name in DOCUMENTS) for name, url in urls.items()}
    expected = PAGES | {name: outcome for name, (_, outcome) in DOCUMENTS.items()}
    assert {name: known.outcome for name, known in met.items()} == expected
    assert "1 too_large" in (met["sitemap.test"].detail or ""), "it is read up to the limit, and no further"
    assert usual > 0
    assert most < usual + MORE_MIB


def rows(pages: dict[str, str], documents: dict[str, tuple[str, str]], server: SiteServer) -> str:
    lists = [source(name, "urls", server.url(name, "/it")) for name in pages]
    lists += [source(name, kind, server.url(name, "/it")) for name, (kind, _) in documents.items()]
    return "sources:\n" + "".join(lists)


def met_as(settings: Settings, url: str, document: bool) -> Entry:
    store = open_store(settings.store_url, cluster_id=None)
    found = Frontier(store).entry(document_key(url) if document else page_id(url))
    store.close()
    assert found is not None
    return found
