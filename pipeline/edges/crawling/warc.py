"""What was fetched, as WARC 1.1: files of a size that can be handled, which `newsflow replay` reads byte for byte."""

import asyncio
import fcntl
import os
import zlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from threading import Lock
from typing import Any, BinaryIO

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from pipeline.edges.clock import utc_now
from pipeline.edges.crawling.http import Response
from pipeline.edges.inputs import UNFINISHED
from pipeline.errors import Failure
from pipeline.version import VERSION

MAX_FILE_BYTES = 1024**3
"""The size that the WARC standard recommends."""

READ_BYTES = 256 * 1024

_UNDONE = ("content-encoding", "transfer-encoding", "content-length", "connection", "keep-alive")
"""Headers of the way, not of the page: the body is written as it was published, unpacked."""


@dataclass(slots=True, kw_only=True)
class Archive:
    """A folder of WARC files. The one in work ends in `.open` and is locked while its crawler lives."""

    folder: Path
    max_bytes: int = MAX_FILE_BYTES
    _stream: BinaryIO | None = None
    _path: Path | None = None
    _number: int = 0
    _turn: Lock = field(default_factory=Lock)  # many hosts are fetched at once, and a record is written in one piece

    async def write(self, answer: Response) -> None:
        """Append one response. Failure when the disk does not take it."""
        await asyncio.to_thread(self._write_alone, answer)

    def _write_alone(self, answer: Response) -> None:
        with self._turn:
            self._write(answer)

    def _write(self, answer: Response) -> None:
        try:
            if self._stream is not None and self._stream.tell() >= self.max_bytes:
                self.close()
            stream = self._stream or self._open()
            writer = WARCWriter(stream, gzip=True, warc_version="WARC/1.1")
            headers = [pair for pair in answer.headers if pair[0].lower() not in _UNDONE]
            headers.append(("Content-Length", str(len(answer.body))))
            http = StatusAndHeaders(f"{answer.status} OK", headers, protocol="HTTP/1.1")
            record = writer.create_warc_record(
                answer.url,
                "response",
                payload=BytesIO(answer.body),
                http_headers=http,
                warc_headers_dict={"WARC-Date": answer.fetched_at},
            )
            _put(writer, record)
            stream.flush()
        except OSError as error:
            raise Failure(f"cannot write to the archive {self.folder}: {error.strerror}") from error

    def _open(self) -> BinaryIO:
        self.folder.mkdir(parents=True, exist_ok=True)
        self._number += 1
        stamp = "".join(filter(str.isdigit, utc_now()))
        self._path = self.folder / f"newsflow-{stamp}-{os.getpid()}-{self._number:05d}.warc.gz{UNFINISHED}"
        self._stream = self._path.open("xb")
        fcntl.flock(self._stream, fcntl.LOCK_EX)
        writer = WARCWriter(self._stream, gzip=True, warc_version="WARC/1.1")
        info = {"software": f"newsflow/{VERSION}", "format": "WARC File Format 1.1"}
        _put(writer, writer.create_warcinfo_record(self._path.stem, info))
        return self._stream

    def close(self) -> None:
        """End the current file and give it its name."""
        if self._stream is not None and self._path is not None:
            self._stream.close()
            self._path.rename(self._path.with_suffix(""))
            self._stream = self._path = None


def _put(writer: WARCWriter, record: Any) -> None:
    writer.write_record(record)
    record.raw_stream.close()  # warcio has put a temporary file there to compute the digests


def finish_left_behind(folder: Path) -> list[Path]:
    """Give what a killed crawler left open its name, without the record that it was writing; the new names."""
    finished = []
    for path in sorted(folder.glob(f"*.warc.gz{UNFINISHED}")):
        with suppress(FileNotFoundError), path.open("r+b") as stream:  # another crawler may be doing the same
            try:
                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue  # its crawler lives
            if end := _whole(stream):
                stream.truncate(end)
                finished.append(path.rename(path.with_suffix("")))
    return finished


def _whole(stream: BinaryIO) -> int:
    """Where the last whole record ends: each one is a gzip member of its own."""
    end, unpack = 0, zlib.decompressobj(zlib.MAX_WBITS | 16)
    while chunk := stream.read(READ_BYTES):
        while chunk:
            try:
                unpack.decompress(chunk, READ_BYTES)
            except zlib.error:
                return end
            if unpack.eof:
                chunk = unpack.unused_data
                end = stream.tell() - len(chunk)
                unpack = zlib.decompressobj(zlib.MAX_WBITS | 16)
            else:
                chunk = unpack.unconsumed_tail
    return end


@asynccontextmanager
async def open_archive(folder: Path | None, say: Callable[[str], None]) -> AsyncIterator[Archive | None]:
    """The archive of a crawl, if there is to be one. Failure when the folder cannot be written."""
    if folder is None:
        yield None
        return
    try:
        for path in await asyncio.to_thread(finish_left_behind, folder):
            say(f"{path}: left open by a crawler that was killed; what is whole of it can be replayed")
    except OSError as error:
        raise Failure(f"cannot write to the archive {folder}: {error.strerror}") from error
    archive = Archive(folder=folder)
    try:
        yield archive
    finally:
        archive.close()
