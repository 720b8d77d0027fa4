"""Content-encodings undone piece by piece: no call makes more than one piece, however much a bomb has packed."""

import zlib
from collections.abc import Iterator
from typing import Any, Protocol

import brotli

from pipeline.edges.zstd import zstd

PIECE_BYTES = 64 * 1024
ENCODINGS = ("gzip", "deflate", "br", "zstd")

MAX_WINDOW_LOG = 23
"""RFC 9659: a zstd body on the web needs no window over 8 MiB, and a decoder may refuse a larger one."""


class UnpackError(ValueError):
    """The body is not what its content-encoding says."""


class Unpacker(Protocol):
    """Takes packed bytes as they arrive, gives pieces of at most `PIECE_BYTES`."""

    def feed(self, data: bytes) -> Iterator[bytes]: ...

    def end(self) -> None:
        """Raises UnpackError when the stream was cut short."""


def unpacker(encoding: str | None) -> Unpacker:
    """What undoes a Content-Encoding; UnpackError for one that we never asked for, or for several."""
    name = (encoding or "identity").strip().lower()
    if name in ("", "identity", "none", "utf-8"):  # the last two are common mistakes for "none at all"
        return _Plain()
    if name in ("gzip", "x-gzip"):
        return _Zlib(zlib.MAX_WBITS | 16)
    if name == "deflate":
        return _Zlib(None)
    if name == "br":
        return _Brotli()
    if name == "zstd":
        return _Zstd()
    raise UnpackError(f"content-encoding {name[:50]!r}")


class _Plain:
    def feed(self, data: bytes) -> Iterator[bytes]:
        yield data

    def end(self) -> None:
        return


class _Zlib:
    """gzip (also of several members), and deflate with or without the zlib header that servers forget."""

    def __init__(self, wbits: int | None) -> None:
        self._wbits = wbits
        self._stream: Any = None
        self._members = 0
        self._done = False

    def feed(self, data: bytes) -> Iterator[bytes]:
        while data and not self._done:
            if self._stream is None:
                if self._members and not data.startswith(b"\x1f"):
                    self._done = True  # padding after the last member, which every browser passes over
                    return
                wbits = self._wbits
                if wbits is None:
                    wbits = zlib.MAX_WBITS if data[0] & 0x0F == 8 else -zlib.MAX_WBITS
                self._stream = zlib.decompressobj(wbits)
            try:
                piece = self._stream.decompress(data, PIECE_BYTES)
            except zlib.error as error:
                raise UnpackError(str(error)) from error
            if piece:
                yield piece
            if self._stream.eof:
                data, self._stream = self._stream.unused_data, None
                self._members += 1
            else:
                data = self._stream.unconsumed_tail
                if not data and len(piece) == PIECE_BYTES:
                    yield from self._rest()

    def _rest(self) -> Iterator[bytes]:
        """What zlib has taken in and not yet given out."""
        while piece := self._stream.decompress(b"", PIECE_BYTES):
            yield piece

    def end(self) -> None:
        if self._stream is not None:
            raise UnpackError("the packed body ends early")


class _Brotli:
    def __init__(self) -> None:
        self._stream = brotli.Decompressor()
        self._fed = False

    def feed(self, data: bytes) -> Iterator[bytes]:
        self._fed = True
        try:
            piece = self._stream.process(data, output_buffer_limit=PIECE_BYTES)
            while piece:
                yield piece
                if self._stream.is_finished():
                    return
                piece = self._stream.process(b"", output_buffer_limit=PIECE_BYTES)
        except brotli.error as error:
            raise UnpackError(f"brotli: {error}") from error

    def end(self) -> None:
        if self._fed and not self._stream.is_finished():
            raise UnpackError("the packed body ends early")


class _Zstd:
    def __init__(self) -> None:
        self._stream: Any = None

    def feed(self, data: bytes) -> Iterator[bytes]:
        try:
            while data or (self._stream is not None and not self._stream.needs_input):
                if self._stream is None:
                    options = {int(zstd.DecompressionParameter.window_log_max): MAX_WINDOW_LOG}
                    self._stream = zstd.ZstdDecompressor(options=options)
                piece = self._stream.decompress(data, PIECE_BYTES)
                if piece:
                    yield piece
                data = b""
                if self._stream.eof:
                    data, self._stream = self._stream.unused_data, None
        except zstd.ZstdError as error:
            raise UnpackError(str(error)) from error

    def end(self) -> None:
        if self._stream is not None:
            raise UnpackError("the packed body ends early")
