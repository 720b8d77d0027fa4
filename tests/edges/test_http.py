"""One request against a server that does what servers do: errors are data, limits hold, memory stays flat."""

import asyncio
import gzip
import socket
import ssl
import subprocess
import tracemalloc
import zlib
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path

import brotli
import pytest
from aiohttp import web

from pipeline.crawl.address import refused_address, refused_url
from pipeline.edges.crawling.http import Cause, Failed, Fetcher, Limits, Request, Response, open_fetcher
from pipeline.edges.crawling.unpack import UnpackError, unpacker
from pipeline.edges.zstd import zstd
from pipeline.settings import read_networks
from tests.site_server import (
    LoopbackResolver,
    SiteServer,
    answering,
    dripping,
    endless,
    html,
    page,
    redirect,
    serving,
    silent,
)

MIB = 1024 * 1024
CAP = MIB
FAST = Limits(connect=1.0, first_byte=0.5, whole=1.5)
STORY = html("A story").encode()


@asynccontextmanager
async def fetching(
    server: SiteServer,
    *,
    allowed: str = "127.0.0.1/32",
    limits: Limits = FAST,
    names: dict[str, list[str]] | None = None,
) -> AsyncIterator[Fetcher]:
    networks, ports = read_networks(allowed), frozenset({80, 443, server.port})
    async with open_fetcher(
        contact="https://newsflow.test/bot",
        url_refusal=lambda url: refused_url(url, networks, ports),
        address_refusal=lambda address: refused_address(address, networks),
        limits=limits,
        resolver=LoopbackResolver(names),
    ) as fetcher:
        yield fetcher


async def fetched(server: SiteServer, path: str = "/", host: str = "site.test", cap: int = CAP) -> Response | Failed:
    async with fetching(server) as fetcher:
        return await fetcher.fetch(Request(url=server.url(host, path), max_bytes=cap))


def cause(answer: Response | Failed) -> Cause:
    assert isinstance(answer, Failed), answer
    return answer.cause


def packed(body: bytes, encoding: str) -> web.Response:
    return web.Response(body=body, headers={"Content-Encoding": encoding, "Content-Type": "text/html"})


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush()


PACKED: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "gzip": ("gzip", gzip.compress),
    "zlib": ("deflate", zlib.compress),
    "deflate": ("deflate", raw_deflate),
    "br": ("br", brotli.compress),
    "zstd": ("zstd", zstd.compress),
}


@pytest.mark.parametrize("name", PACKED)
async def test_every_encoding_that_is_asked_for_is_undone(server: SiteServer, name: str) -> None:
    encoding, pack = PACKED[name]
    server.sites["site.test"] = answering({"/": lambda _: packed(pack(STORY), encoding)})
    answer = await fetched(server)
    assert isinstance(answer, Response), answer
    assert answer.body == STORY
    assert encoding in server.hits[0].headers["Accept-Encoding"]


@pytest.mark.parametrize("name", PACKED)
@pytest.mark.parametrize("size", [1, 777, 10**9])
def test_a_body_is_unpacked_the_same_however_it_arrives(name: str, size: int) -> None:
    encoding, pack = PACKED[name]
    stream, data = pack(STORY * 40), bytearray()
    unpack = unpacker(encoding)
    for start in range(0, len(stream), size):
        for piece in unpack.feed(stream[start : start + size]):
            data += piece
    unpack.end()
    assert data == STORY * 40
    cut = unpacker(encoding)
    list(cut.feed(stream[:-9]))
    with pytest.raises(UnpackError):
        cut.end()


@pytest.mark.parametrize("name", PACKED)
async def test_a_bomb_is_refused_in_flat_memory(server: SiteServer, name: str) -> None:
    encoding, pack = PACKED[name]
    bomb = pack(bytes(256 * MIB)) if name != "br" else brotli.compress(bytes(256 * MIB), quality=3)
    server.sites["site.test"] = answering({"/": lambda _: packed(bomb, encoding)})
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    answer = await fetched(server, cap=64 * MIB if name in ("gzip", "zlib", "deflate") else CAP)
    peak = tracemalloc.get_traced_memory()[1] - before
    tracemalloc.stop()
    assert cause(answer) is (Cause.BOMB)
    assert peak < 80 * MIB


async def test_bodies_over_the_cap_endless_dripping_and_cut_short_are_each_counted_by_their_cause(
    server: SiteServer,
) -> None:
    async def short(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse(headers={"Content-Length": "1000", "Content-Type": "text/html"})
        await answer.prepare(request)
        await answer.write(b"short")
        assert request.transport is not None
        request.transport.close()
        return answer

    server.sites["site.test"] = answering(
        {
            "/large": lambda _: web.Response(body=bytes(range(256)) * 8192),
            "/endless": endless,
            "/dripping": dripping,
            "/silent": silent,
            "/short": short,
            "/flood": lambda _: web.Response(headers={f"X-{number}": "flood" for number in range(1000)}),
            "/long-header": lambda _: web.Response(headers={"X-Long": "x" * 200_000}),
            "/garbled": lambda _: packed(b"no gzip at all", "gzip"),
            "/twice": lambda _: packed(gzip.compress(gzip.compress(STORY)), "gzip, gzip"),
        }
    )
    expected = {
        "/large": Cause.TOO_LARGE,
        "/endless": Cause.TOO_LARGE,
        "/dripping": Cause.WHOLE_TIME,
        "/silent": Cause.FIRST_BYTE_TIME,
        "/short": Cause.INCOMPLETE,
        "/flood": Cause.HEADER_FLOOD,
        "/long-header": Cause.HEADER_FLOOD,
        "/garbled": Cause.BAD_ENCODING,
        "/twice": Cause.BAD_ENCODING,
    }
    answers = await asyncio.gather(*(fetched(server, path) for path in expected))
    assert {path: cause(answer) for path, answer in zip(expected, answers, strict=True)} == expected


async def test_what_the_network_does_is_counted_by_its_cause(server: SiteServer) -> None:
    with_nobody = {"nobody.test": ["127.0.0.1"], "unknown.test": []}
    async with fetching(server, names=with_nobody) as fetcher:
        closed = SiteServer(port=80)
        assert cause(await fetcher.fetch(Request(url=closed.url("nobody.test"), max_bytes=CAP))) is Cause.CONNECT
        assert cause(await fetcher.fetch(Request(url="http://unknown.invalid/", max_bytes=CAP))) is Cause.DNS


async def test_who_does_not_take_the_connection_is_not_waited_for_longer_than_the_connect_time(
    server: SiteServer,
) -> None:
    """A listening socket whose queue is full does not answer a SYN, as a firewall that drops packets."""
    with socket.socket() as full, ExitStack() as stack:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        server.port = full.getsockname()[1]
        for _ in range(4):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(full.getsockname())
        began = asyncio.get_running_loop().time()
        async with fetching(server, limits=Limits(connect=0.3, first_byte=5.0, whole=10.0)) as fetcher:
            answer = await fetcher.fetch(Request(url=server.url("site.test"), max_bytes=CAP))
        assert cause(answer) is Cause.CONNECT_TIME
        assert asyncio.get_running_loop().time() - began < 3


async def test_no_more_connections_are_open_at_once_than_are_allowed(server: SiteServer) -> None:
    async def slow(_request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(0.05)
        return page("Slow")

    names = [f"site{number}.test" for number in range(9)]
    server.sites |= {name: answering({"/": slow}) for name in names}
    async with fetching(server, limits=Limits(connections=3)) as fetcher:
        requests = [Request(url=server.url(name), max_bytes=CAP) for name in names]
        answers = await asyncio.gather(*map(fetcher.fetch, requests))
    assert all(isinstance(answer, Response) for answer in answers)
    at_once = [sum(other.began <= hit.began < other.ended for other in server.hits) for hit in server.hits]
    assert max(at_once) == 3


@pytest.fixture
def self_signed(tmp_path: Path) -> ssl.SSLContext:
    key, certificate = tmp_path / "key.pem", tmp_path / "cert.pem"
    make = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=site.test", "-days", "1"]
    subprocess.run([*make, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context


async def test_a_certificate_that_nobody_vouches_for_is_refused(self_signed: ssl.SSLContext) -> None:
    server = SiteServer()
    runner = web.ServerRunner(web.Server(server.handle))
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=self_signed)
    await site.start()
    server.port = runner.addresses[0][1]
    async with fetching(server) as fetcher:
        answer = await fetcher.fetch(Request(url=f"https://site.test:{server.port}/", max_bytes=CAP))
    await runner.cleanup()
    assert cause(answer) is Cause.TLS
    assert server.hits == []


async def test_a_request_says_who_asks_sends_validators_and_no_cookies(
    server: SiteServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    server.sites["site.test"] = answering({"/": lambda _: page("Hello", **{"Set-Cookie": "a=b"})})
    async with fetching(server) as fetcher:
        request = Request(url=server.url("site.test"), max_bytes=CAP, etag='"1"', last_modified="yesterday")
        for _ in range(2):
            assert isinstance(await fetcher.fetch(request), Response)
    sent = server.hits[-1].headers
    assert sent["User-Agent"].startswith("newsflow/")
    assert sent["User-Agent"].endswith("(+https://newsflow.test/bot)")
    assert (sent["If-None-Match"], sent["If-Modified-Since"]) == ('"1"', "yesterday")
    assert "Cookie" not in sent


async def test_a_redirect_is_returned_not_followed(server: SiteServer) -> None:
    server.sites["site.test"] = answering({"/": redirect("http://127.0.0.2/")})
    answer = await fetched(server)
    assert isinstance(answer, Response)
    assert (answer.status, answer.header("location")) == (302, "http://127.0.0.2/")


BYPASSES = [
    *(f"http://{host}:PORT/" for host in (
        "127.0.0.2", "127.1.1.1", "localhost", "0.0.0.0", "0", "127.2", "0x7f.2", "0x7f000002", "2130706434",
        "0177.0.0.2", "017700000002", "127.0.2", "0x7f.0.0.0x2", "[::1]", "[::]", "[::ffff:127.0.0.2]",
        "[::ffff:7f00:2]", "[0:0:0:0:0:ffff:127.0.0.2]", "[::127.0.0.2]", "[64:ff9b::7f00:2]", "[64:ff9b:1::7f00:2]",
        "[2002:7f00:2::]", "[2002:7f00:0002::1]", "[fe80::1]", "[fc00::1]", "[ff02::1]", "10.0.0.1", "172.16.0.1",
        "192.168.1.1", "169.254.169.254", "100.64.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "①27.0.0.2",
        "127。0。0。2", "127.0.0.2.", "user:pass@127.0.0.2", "site.test@127.0.0.2", "site.test#@127.0.0.2:PORT/",
        "rebinding.test", "mapped.test", "nat64.test", "sixtofour.test", "private.test", "both.test",
    )),
    "file:///etc/passwd",
    "gopher://127.0.0.2:PORT/",
    "ftp://127.0.0.2/",
    "http://site.test:22/",
    "http://site.test:PORT@127.0.0.2:PORT/",
    "http://127.0.0.2:PORT\\@site.test/",
]  # fmt: skip
"""Ways to a server on 127.0.0.2, which nobody has allowed. `127.0.0.1` is."""

REBOUND = {
    "rebinding.test": ["127.0.0.2"],
    "mapped.test": ["::ffff:127.0.0.2"],
    "nat64.test": ["64:ff9b::7f00:2"],
    "sixtofour.test": ["2002:7f00:2::"],
    "private.test": ["10.0.0.1"],
    "both.test": ["127.0.0.2", "::ffff:127.0.0.2"],
    "localhost": ["127.0.0.2", "::1"],
    **{name: ["127.0.0.2"] for name in ("0", "127.2", "0x7f.2", "0x7f000002", "2130706434", "0177.0.0.2", "127.0.2")},
}


async def test_no_bypass_reaches_a_server_that_is_not_allowed(server: SiteServer) -> None:
    assert len(BYPASSES) >= 40
    server.sites["site.test"] = answering({"/": lambda _: page("Allowed")})
    async with serving("127.0.0.2", server.port) as forbidden, fetching(server, names=REBOUND) as fetcher:
        for case in BYPASSES:
            url = case.replace("PORT", str(server.port))
            answer = await fetcher.fetch(Request(url=url, max_bytes=CAP))
            if url.startswith("http://site.test") and "#" in url:
                continue
            assert cause(answer) in (Cause.FORBIDDEN_URL, Cause.FORBIDDEN_ADDRESS), url
        assert forbidden.hits == []


async def test_the_guard_looks_at_every_new_connection(server: SiteServer) -> None:
    """The name is good the first time, and somebody else's the second."""
    server.sites["site.test"] = answering({"/": lambda _: page("Allowed", Connection="close")})
    names = {"site.test": ["127.0.0.1"]}
    async with serving("127.0.0.2", server.port) as forbidden:
        async with fetching(server, names=names) as fetcher:
            request = Request(url=server.url("site.test"), max_bytes=CAP)
            assert isinstance(await fetcher.fetch(request), Response)
            names["site.test"] = ["127.0.0.2"]
            connector = fetcher.session.connector
            assert connector is not None
            connector.clear_dns_cache()  # type: ignore[attr-defined]
            assert cause(await fetcher.fetch(request)) is Cause.FORBIDDEN_ADDRESS
        assert forbidden.hits == []


async def test_all_requests_together_keep_to_the_bandwidth(server: SiteServer) -> None:
    server.sites["site.test"] = answering({"/": lambda _: web.Response(body=bytes(200_000))})
    limits = Limits(bandwidth=1_000_000)
    began = asyncio.get_running_loop().time()
    async with fetching(server, limits=limits) as fetcher:
        requests = [Request(url=server.url("site.test"), max_bytes=CAP)] * 4
        answers = await asyncio.gather(*map(fetcher.fetch, requests))
    assert all(isinstance(answer, Response) for answer in answers)
    assert asyncio.get_running_loop().time() - began > 0.7
