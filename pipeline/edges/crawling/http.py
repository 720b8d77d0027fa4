"""One HTTP request: guarded, limited in time and size, its body unpacked as it arrives. Errors are data.

Redirects are returned, not followed: the target is a URL like any other, with a host, robots rules and a turn of its
own. Nothing a server sends makes memory grow past the cap of its request.
"""

import asyncio
import socket
import ssl
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import aiohttp
from aiohttp.abc import AbstractResolver

from pipeline.edges.clock import utc_now
from pipeline.edges.crawling.unpack import ENCODINGS, UnpackError, unpacker
from pipeline.edges.metrics import (
    CRAWL_RECEIVED_BYTES,
    CRAWL_REQUEST_SECONDS,
    CRAWL_REQUESTS,
    CRAWL_REQUESTS_IN_FLIGHT,
)
from pipeline.version import VERSION

CONNECT_SECONDS = 10.0
FIRST_BYTE_SECONDS = 20.0
"""The longest silence, before the first byte and between any two."""
WHOLE_SECONDS = 60.0

MAX_HEADERS = 128
MAX_HEADER_BYTES = 16 * 1024
"""One header line. aiohttp's 8 KiB refuses sites with long Content-Security-Policies."""

MAX_ALL_HEADER_BYTES = 64 * 1024
CHUNK_BYTES = 64 * 1024
FED_BYTES = 4 * 1024
BOMB_RATIO = 100
"""A body over the cap that arrived in less than a hundredth of it was packed to hurt."""

ACCEPT = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
REDIRECTS = frozenset({301, 302, 303, 307, 308})
_GUARD = "refused by the address guard: "


Sink = Callable[[bytes], bool]


class Cause(StrEnum):
    """Why an attempt brought no response, or none that can be used."""

    FORBIDDEN_URL = "forbidden_url"
    FORBIDDEN_ADDRESS = "forbidden_address"
    DNS = "dns"
    CONNECT = "connect"
    CONNECT_TIME = "connect_time"
    FIRST_BYTE_TIME = "first_byte_time"
    WHOLE_TIME = "whole_time"
    TLS = "tls"
    BAD_HTTP = "bad_http"
    HEADER_FLOOD = "header_flood"
    INCOMPLETE = "incomplete"
    BAD_ENCODING = "bad_encoding"
    TOO_LARGE = "too_large"
    BOMB = "bomb"


OF_THE_PAGE = frozenset(
    {
        Cause.FORBIDDEN_URL,
        Cause.FORBIDDEN_ADDRESS,
        Cause.TOO_LARGE,
        Cause.BOMB,
        Cause.BAD_ENCODING,
        Cause.HEADER_FLOOD,
    }
)
"""These speak of the page, not of the host: asking for it again would bring the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """An attempt without a usable response."""

    cause: Cause
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """What a server answered: the body with its content-encoding undone, the headers as they came."""

    url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes = field(repr=False)
    fetched_at: str
    wire_bytes: int

    def header(self, name: str) -> str | None:
        """All values of that header, joined by commas; None when there is none."""
        return ", ".join(value for key, value in self.headers if key.lower() == name.lower()) or None


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What to ask for: the validators of last time, and the largest body that will be taken."""

    url: str
    max_bytes: int
    etag: str | None = None
    last_modified: str | None = None
    accept: str = ACCEPT

    def headers(self) -> dict[str, str]:
        """The request's own headers."""
        headers = {"Accept": self.accept, "Accept-Encoding": ", ".join(ENCODINGS)}
        if self.etag:
            headers["If-None-Match"] = self.etag
        if self.last_modified:
            headers["If-Modified-Since"] = self.last_modified
        return headers


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Seconds and bytes that every request of a fetcher keeps to; `bandwidth` is bytes a second for all of them."""

    connect: float = CONNECT_SECONDS
    first_byte: float = FIRST_BYTE_SECONDS
    whole: float = WHOLE_SECONDS
    connections: int = 64
    bandwidth: float | None = None


@dataclass(slots=True)
class _Bandwidth:
    """Bytes a second over all requests: each waits until its bytes have been paid for."""

    rate: float | None
    free_at: float = 0.0

    async def pay(self, count: int) -> None:
        if self.rate is None:
            return
        now = time.monotonic()
        self.free_at = max(self.free_at, now) + count / self.rate
        await asyncio.sleep(self.free_at - now)


def user_agent(contact: str) -> str:
    """How the crawler introduces itself."""
    return f"newsflow/{VERSION} (+{contact})"


@dataclass(slots=True, kw_only=True)
class Fetcher:
    """Makes requests with one session. `open_fetcher` makes one.

    `url_refusal` and `address_refusal` say why a URL may not be asked or an address not be connected to, else None.
    """

    session: aiohttp.ClientSession
    limits: Limits
    url_refusal: Callable[[str], str | None]
    _turns: asyncio.Semaphore
    _bandwidth: _Bandwidth

    async def fetch(
        self, request: Request, sink: Sink | None = None, *, before: Callable[[], None] | None = None
    ) -> Response | Failed:
        """Ask once. Never raises for what the network or a server does.

        With a `sink` the body of a 200 goes there piece by piece and is not kept; it says False when it has enough.
        `before` is called when a connection is free, which may take a while; what it raises keeps the request back.
        """
        refusal = self.url_refusal(request.url)
        if refusal:
            return Failed(cause=Cause.FORBIDDEN_URL, detail=refusal)
        async with self._turns:
            if before is not None:
                before()
            with CRAWL_REQUESTS_IN_FLIGHT.track_inprogress(), CRAWL_REQUEST_SECONDS.time():
                answer = await self._asked(request, sink)
        result = f"{answer.status // 100}xx" if isinstance(answer, Response) else answer.cause.value
        CRAWL_REQUESTS.labels(result).inc()
        return answer

    async def _asked(self, request: Request, sink: Sink | None) -> Response | Failed:
        """The answer; what is raised on the way is one too."""
        try:
            return await self._ask(request, sink)
        except UnpackError as error:
            return Failed(cause=Cause.BAD_ENCODING, detail=str(error))
        except (aiohttp.ClientError, OSError, ssl.SSLError, ValueError) as error:  # TimeoutError is an OSError
            return explained(error)

    async def _ask(self, request: Request, sink: Sink | None) -> Response | Failed:
        async with self.session.get(
            request.url, headers=request.headers(), allow_redirects=False, max_redirects=0
        ) as answer:
            headers = tuple((_clean(name), _clean(value)) for name, value in answer.headers.items())
            if sum(len(name) + len(value) + 4 for name, value in headers) > MAX_ALL_HEADER_BYTES:
                answer.close()
                return Failed(cause=Cause.HEADER_FLOOD, detail=f"more than {MAX_ALL_HEADER_BYTES} bytes of headers")
            body, wire = b"", 0
            if answer.status not in REDIRECTS and answer.status != 304:  # nobody reads what these say
                taken = await self._body(answer, request.max_bytes, sink if answer.status == 200 else None)
                if isinstance(taken, Failed):
                    answer.close()
                    return taken
                body, wire = taken
            else:
                answer.close()
            return Response(
                url=request.url,
                status=answer.status,
                headers=headers,
                body=body,
                fetched_at=utc_now(),
                wire_bytes=wire,
            )

    async def _body(self, answer: aiohttp.ClientResponse, cap: int, sink: Sink | None) -> tuple[bytes, int] | Failed:
        unpack = unpacker(answer.headers.get("Content-Encoding"))
        body, wire, size = bytearray(), 0, 0
        async for chunk in self._chunks(answer):
            wire += len(chunk)
            for piece in unpack.feed(chunk):
                size += len(piece)
                if size > cap:
                    return _over(cap, wire)
                if sink is None:
                    body += piece
                elif not sink(piece):
                    answer.close()
                    return b"", wire
        unpack.end()
        return bytes(body), wire

    async def _chunks(self, answer: aiohttp.ClientResponse) -> AsyncIterator[bytes]:
        """The body as it arrives, in pieces so small that their sum tells how much a bomb has packed."""
        async for chunk in answer.content.iter_chunked(CHUNK_BYTES):
            CRAWL_RECEIVED_BYTES.inc(len(chunk))
            await self._bandwidth.pay(len(chunk))
            for start in range(0, len(chunk), FED_BYTES):
                yield chunk[start : start + FED_BYTES]


def _clean(text: str) -> str:
    """A header as text: bytes that are no UTF-8 arrive as surrogates, which nothing can write on."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _over(cap: int, wire: int) -> Failed:
    if wire * BOMB_RATIO < cap:
        return Failed(cause=Cause.BOMB, detail=f"{wire} bytes unpack to more than {cap}")
    return Failed(cause=Cause.TOO_LARGE, detail=f"the body is larger than {cap} bytes")


@asynccontextmanager
async def open_fetcher(
    *,
    contact: str,
    url_refusal: Callable[[str], str | None],
    address_refusal: Callable[[str], str | None],
    limits: Limits | None = None,
    resolver: AbstractResolver | None = None,
) -> AsyncIterator[Fetcher]:
    """A fetcher whose every connection passes `address_refusal` with the address that the name resolved to."""
    limits = limits or Limits()
    connector = aiohttp.TCPConnector(
        limit=limits.connections,
        limit_per_host=1,
        resolver=resolver,
        socket_factory=_guarded(address_refusal),
    )
    timeout = aiohttp.ClientTimeout(
        total=limits.whole, connect=limits.connect, sock_connect=limits.connect, sock_read=limits.first_byte
    )
    async with aiohttp.ClientSession(
        connector=connector,
        timeout=timeout,
        headers={"User-Agent": user_agent(contact)},
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
        trust_env=False,
        max_line_size=MAX_HEADER_BYTES,
        max_field_size=MAX_HEADER_BYTES,
        max_headers=MAX_HEADERS,
    ) as session:
        yield Fetcher(
            session=session,
            limits=limits,
            url_refusal=url_refusal,
            _turns=asyncio.Semaphore(limits.connections),
            _bandwidth=_Bandwidth(limits.bandwidth),
        )


def _guarded(refusal: Callable[[str], str | None]) -> Callable[[Any], socket.socket]:
    """aiohttp calls this with the resolved address of every connection: names, literals, redirects and rebinding."""

    def factory(address: Any) -> socket.socket:
        family, kind, protocol, _, place = address
        why = refusal(str(place[0]))
        if why:
            raise PermissionError(f"{_GUARD}{place[0]}: {why}")
        return socket.socket(family=family, type=kind, proto=protocol)

    return factory


def explained(error: Exception) -> Failed:
    """What an exception of aiohttp means for us."""
    inner = getattr(error, "os_error", None)  # of several addresses it holds all the errors, which the other does not
    said = str(inner or error)
    detail = " ".join(said.split())[:200] or type(error).__name__
    if _GUARD in said:
        return Failed(cause=Cause.FORBIDDEN_ADDRESS, detail=detail)
    for kinds, cause in _CAUSES:
        if isinstance(error, kinds):
            flood = cause is Cause.BAD_HTTP and _is_flood(error)
            return Failed(cause=Cause.HEADER_FLOOD if flood else cause, detail=detail)
    return Failed(cause=Cause.BAD_HTTP, detail=detail)


def _is_flood(error: Exception) -> bool:
    return any(words in str(error) for words in ("Got more than", "Too many headers", "too many headers"))


_CAUSES: tuple[tuple[tuple[type[Exception], ...], Cause], ...] = (
    ((aiohttp.ConnectionTimeoutError,), Cause.CONNECT_TIME),
    ((aiohttp.SocketTimeoutError,), Cause.FIRST_BYTE_TIME),
    ((TimeoutError,), Cause.WHOLE_TIME),
    ((aiohttp.ClientConnectorDNSError,), Cause.DNS),
    ((aiohttp.ClientSSLError, ssl.SSLError), Cause.TLS),
    ((aiohttp.ClientConnectorError,), Cause.CONNECT),
    ((aiohttp.ClientPayloadError,), Cause.INCOMPLETE),
    ((aiohttp.ServerDisconnectedError, aiohttp.ClientOSError, ConnectionError), Cause.INCOMPLETE),
    ((aiohttp.ClientResponseError, aiohttp.ClientError, ValueError), Cause.BAD_HTTP),
)
"""The more special kinds first."""
