"""Many web sites on one loopback port, told apart by host name: kind, slow, broken, hostile. It logs every request.

The names end in `.test`; `LoopbackResolver` takes them to 127.0.0.1, so that a crawler that is allowed to go there
meets what it would meet outside, and the guard still sees an address on every connection.
"""

import asyncio
import gzip
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import brotli
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult

Site = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One request as the server saw it."""

    host: str
    path: str
    began: float
    ended: float
    headers: dict[str, str]
    status: int


@dataclass(slots=True)
class SiteServer:
    """The sites by name, and the log of their requests. A host without a site answers 404."""

    sites: dict[str, Site] = field(default_factory=dict)
    hits: list[Hit] = field(default_factory=list)
    port: int = 0

    def url(self, host: str, path: str = "/") -> str:
        return f"http://{host}:{self.port}{path}"

    def paths(self, host: str) -> list[str]:
        return [hit.path for hit in self.hits if hit.host == host]

    async def handle(self, request: web.Request) -> web.StreamResponse:
        host, began, status = request.host.rsplit(":", 1)[0], time.monotonic(), 0
        try:
            site = self.sites.get(host, missing)
            response = await site(request)
            status = response.status
            return response
        except web.HTTPException as answer:
            status = answer.status
            raise
        finally:
            self.hits.append(
                Hit(
                    host=host,
                    path=request.path_qs,
                    began=began,
                    ended=time.monotonic(),
                    headers=dict(request.headers),
                    status=status,
                )
            )

    def impolite(self, delay: float) -> list[str]:
        """Requests that came while another one to the same host was served, or sooner after it than the delay."""
        found, last = [], {}
        for hit in sorted(self.hits, key=lambda hit: hit.began):
            before = last.get(hit.host)
            if before is not None and hit.began - before.ended < delay:
                found.append(f"{hit.host}{hit.path} {hit.began - before.ended:.4f} s after {before.path}")
            if before is None or hit.ended > before.ended:
                last[hit.host] = hit
        return found


@asynccontextmanager
async def serving(address: str = "127.0.0.1", port: int = 0) -> AsyncIterator[SiteServer]:
    """The server, for the length of a block."""
    server = SiteServer()
    runner = web.ServerRunner(web.Server(server.handle, access_log=None), shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, address, port)
    await site.start()
    server.port = runner.addresses[0][1]
    try:
        yield server
    finally:
        await runner.cleanup()


def free_port() -> int:
    """A port on loopback that nobody listens at."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


class LoopbackResolver(AbstractResolver):
    """`*.test` is here; other names go to the addresses given, or nowhere."""

    def __init__(self, names: dict[str, list[str]] | None = None) -> None:
        self.names = names or {}
        self.asked: list[str] = []

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        self.asked.append(host)
        addresses = self.names.get(host) or (["127.0.0.1"] if host.endswith(".test") else [])
        if not addresses:
            raise OSError(f"no such name: {host}")
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
            for address in addresses
        ]

    async def close(self) -> None:
        return


# ---- sites


async def missing(_request: web.Request) -> web.StreamResponse:
    return web.Response(status=404, text="not here")


def html(title: str, text: str = "") -> str:
    story = " ".join(f"{title}: sentence {number} of a story that is long enough to be one." for number in range(12))
    return (
        f"<!doctype html><html lang=en><head><title>{title}</title></head><body><article><h1>{title}</h1>"
        f"<p>{story}</p>{text}</article></body></html>"
    )


def page(title: str, **headers: str) -> web.Response:
    return web.Response(text=html(title), content_type="text/html", headers=headers)


@dataclass(slots=True)
class Newspaper:
    """A site with so many articles, which its feed, its sitemap or its section page names."""

    name: str
    articles: int
    kind: str = "feed"
    robots: str | None = "User-agent: *\nDisallow: /private/\n"
    packed: str | None = None
    asked_for_feed: int = 0

    def path(self, number: int) -> str:
        return f"/2026/03/{self.name.split('.')[0]}-story-number-{number}-of-the-day"

    async def __call__(self, request: web.Request) -> web.StreamResponse:
        if request.path == "/robots.txt":
            return web.Response(status=404) if self.robots is None else web.Response(text=self.robots)
        if request.path in ("/feed.xml", "/sitemap.xml", "/section"):
            self.asked_for_feed += 1
            return self._list(request)
        known = {self.path(number): number for number in range(self.articles)}
        if request.path not in known:
            return web.Response(status=404, text="gone")
        return self._pack(page(f"{self.name} story {known[request.path]}"))

    def _pack(self, answer: web.Response) -> web.Response:
        body = answer.body
        assert isinstance(body, bytes)
        if self.packed == "gzip":
            answer.body = gzip.compress(body)
        elif self.packed == "br":
            answer.body = brotli.compress(body)
        if self.packed:
            answer.headers["Content-Encoding"] = self.packed
        return answer

    def _list(self, request: web.Request) -> web.Response:
        urls = [f"http://{request.host}{self.path(number)}" for number in range(self.articles)]
        urls.append(f"http://{request.host}/private/secret-story-that-robots-forbid")
        if self.kind == "sitemap":
            rows = "".join(f"<url><loc>{url}</loc></url>" for url in urls)
            text = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</urlset>'
        else:
            rows = "".join(f"<item><title>t</title><link>{url}</link></item>" for url in urls)
            text = f'<rss version="2.0"><channel><title>{self.name}</title>{rows}</channel></rss>'
        etag = f'"{self.articles}"'
        if request.headers.get("If-None-Match") == etag:
            return web.Response(status=304)
        return web.Response(text=text, content_type="application/xml", headers={"ETag": etag})


def answering(answers: dict[str, Callable[[web.Request], web.StreamResponse] | Site]) -> Site:
    """A site of so many paths; everything else is 404."""

    async def site(request: web.Request) -> web.StreamResponse:
        make = answers.get(request.path)
        if make is None:
            return web.Response(status=404)
        made = make(request)
        return await made if asyncio.iscoroutine(made) else made  # type: ignore[return-value]

    return site


def redirect(target: str, status: int = 302) -> Callable[[web.Request], web.StreamResponse]:
    return lambda _request: web.Response(status=status, headers={"Location": target})


async def endless(request: web.Request) -> web.StreamResponse:
    """A body without an end."""
    answer = web.StreamResponse(headers={"Content-Type": "text/html"})
    await answer.prepare(request)
    while True:
        await answer.write(b"and on and on " * 4096)


async def dripping(request: web.Request) -> web.StreamResponse:
    """A body that comes byte by byte."""
    answer = web.StreamResponse(headers={"Content-Type": "text/html"})
    await answer.prepare(request)
    while True:
        await answer.write(b".")
        await asyncio.sleep(0.05)


async def silent(_request: web.Request) -> web.StreamResponse:
    """No answer in a time that anybody waits."""
    await asyncio.sleep(30)
    return web.Response()
