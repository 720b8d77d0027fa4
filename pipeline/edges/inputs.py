"""Pages from files: HTML, text, gzip, folders, WARC and manifests, as raw messages in a fixed order.

What names no page at all (a wrong path, a broken manifest) stops the command before it starts; what names a page
that is broken is handed on as it is, so that it gets its outcome like any other.
"""

import codecs
import gzip
import os
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import quote

import orjson

from pipeline.codec import Message, raw_message
from pipeline.errors import Failure, UsageError
from pipeline.records import RawPage
from pipeline.topology import MAX_BODY_BYTES
from pipeline.urls import BARE_FILE_HOST

MANIFEST_NAME = "manifest.jsonl"
MANIFEST_SUFFIXES = (".jsonl", ".ndjson")
WARC_SUFFIXES = (".warc", ".warc.gz")
UNFINISHED = ".open"
"""Stands after the name of a WARC file that a crawler is writing."""

CONTENT_TYPES = {
    ".html": "text/html",
    ".htm": "text/html",
    ".xhtml": "application/xhtml+xml",
    ".txt": "text/plain",
    ".json": "application/json",
    ".pdf": "application/pdf",
}

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """One page under the name by which its outcome is reported."""

    name: str
    message: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class _Source:
    """A file that holds pages, and how to read them; `count` is known before reading, except for a WARC."""

    count: int | None
    read: Callable[[], Iterator[Input]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """All pages that the arguments name. `total` is None when a WARC is among them: nobody knows before reading."""

    total: int | None
    sources: tuple[_Source, ...]

    def __iter__(self) -> Iterator[Input]:
        for source in self.sources:
            yield from source.read()


def open_inputs(paths: Iterable[Path], *, say: Say) -> Inputs:
    """Check every path and manifest, and return their pages, to be read lazily in the order given.

    `say` is told what was passed over. Raises UsageError for a path that is not there, a folder without a page or a
    manifest that cannot be read; reading raises Failure for a file that the system refuses or a damaged WARC.
    """
    sources = tuple(source for path in paths for source in _sources(path, say))
    if not sources:
        raise UsageError("no page to read: name HTML or text files, folders, WARC files or a manifest")
    counts = [source.count for source in sources]
    total = None if None in counts else sum(count for count in counts if count is not None)
    return Inputs(total=total, sources=sources)


def _sources(path: Path, say: Say) -> list[_Source]:
    if path.is_dir():
        return _folder(path, say)
    try:
        if not path.exists():
            raise UsageError(f"{path}: no such file or folder")
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}") from error
    if not path.is_file():
        raise UsageError(f"{path}: neither a file nor a folder")
    return [_file(path, say)]


def _folder(folder: Path, say: Say) -> list[_Source]:
    if (folder / MANIFEST_NAME).exists():
        return [_manifest(folder / MANIFEST_NAME)]
    files, passed_over = _walk(folder)
    if passed_over:
        names = ", ".join(sorted(_printable(path.relative_to(folder)) for path in passed_over)[:3])
        say(f"{folder}: {len(passed_over)} hidden or special files and linked folders passed over, such as {names}")
    if not files:
        raise UsageError(f"{folder}: no file in this folder")
    return [_file(path, say) for path in files]


def _walk(folder: Path) -> tuple[list[Path], list[Path]]:
    """The files below a folder in sorted order, and what is neither a plain file nor a folder to go into."""
    files: list[Path] = []
    passed_over: list[Path] = []

    def refuse(error: OSError) -> None:
        raise Failure(f"cannot read {error.filename}: {error.strerror}") from error

    for place, folders, names in os.walk(folder, onerror=refuse):
        here = Path(place)
        left_out = [name for name in folders if name.startswith(".") or (here / name).is_symlink()]
        folders[:] = [name for name in folders if name not in left_out]
        passed_over += [here / name for name in left_out]
        for name in names:
            path = here / name
            whole = path.is_file() and not name.startswith(".") and not name.endswith(f"{WARC_SUFFIXES[1]}{UNFINISHED}")
            (files if whole else passed_over).append(path)
    return sorted(files), passed_over


def _printable(path: Path) -> str:
    """A path as text: bytes of its name that are no UTF-8 are escaped."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def _file(path: Path, say: Say) -> _Source:
    name = path.name.lower()
    if name.endswith(WARC_SUFFIXES):
        return _Source(count=None, read=lambda: _read_warc(path, say))
    if name.endswith(MANIFEST_SUFFIXES):
        return _manifest(path)
    return _Source(count=1, read=lambda: _read_file(path))


def _read_file(path: Path) -> Iterator[Input]:
    page = RawPage(url=bare_url(path), body=read_body(path), content_type=_content_type(path))
    yield Input(name=_printable(path), message=raw_message(page))


def bare_url(path: Path) -> str:
    """The stand-in URL of a file that came without one."""
    parts = [part for part in PurePosixPath(path.as_posix()).parts if part not in ("/", "..", ".")]
    return f"https://{BARE_FILE_HOST}/{quote(os.fsencode('/'.join(parts)))}"


def _content_type(path: Path) -> str | None:
    name = path.name.lower().removesuffix(".gz")
    return CONTENT_TYPES.get(Path(name).suffix)


def read_body(path: Path) -> bytes:
    """A file's bytes, unpacked when it ends in .gz; one byte more than a page may have at the most.

    So neither a huge file nor a gzip bomb fills the memory, and the excess still shows. A file that ends in .gz and
    is no gzip file is handed on as it is.
    """
    try:
        if path.name.lower().endswith(".gz"):
            try:
                with gzip.open(path) as stream:
                    return stream.read(MAX_BODY_BYTES + 1)
            except (gzip.BadGzipFile, EOFError, zlib.error):
                pass
        with path.open("rb") as plain:
            return plain.read(MAX_BODY_BYTES + 1)
    except OSError as error:
        raise Failure(f"cannot read {path}: {error.strerror}") from error


def _manifest(path: Path) -> _Source:
    lines = _manifest_lines(path)
    return _Source(count=len(lines), read=lambda: (_manifest_input(path, line) for line in lines))


def _manifest_lines(path: Path) -> list[dict[str, Any]]:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise Failure(f"cannot read {path}: {error.strerror}") from error
    lines = []
    for number, text in enumerate(raw.removeprefix(codecs.BOM_UTF8).split(b"\n"), start=1):
        if text.strip():
            lines.append(_manifest_line(path, number, text))
    if not lines:
        raise UsageError(f"{path}: the manifest has no line")
    return lines


def _manifest_line(path: Path, number: int, text: bytes) -> dict[str, Any]:
    where = f"{path}, line {number}"
    try:
        line = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise UsageError(f"{where}: not JSON ({error}); a manifest has one JSON object a line") from error
    if not isinstance(line, dict):
        raise UsageError(f"{where}: not a JSON object with id, url and path")
    for name in ("id", "url", "path", "content_type", "fetched_at"):
        if not isinstance(line.get(name, ""), str):
            raise UsageError(f"{where}: {name!r} must be a string")
    for name in ("id", "path"):
        if not line.get(name):
            raise UsageError(f"{where}: {name!r} is missing")
    try:
        found = (path.parent / line["path"]).is_file()
    except (OSError, ValueError) as error:  # a name that is too long, or holds a NUL
        raise UsageError(f"{where}: {line['path'][:100]!r} is no path: {error}") from error
    if not found:
        raise UsageError(f"{where}: {line['path']}: no such file beside the manifest")
    return line


def _manifest_input(manifest: Path, line: dict[str, Any]) -> Input:
    path = manifest.parent / line["path"]
    page = RawPage(
        url=line.get("url", "").strip(),  # white space around it is no part of a URL
        body=read_body(path),
        fetched_at=line.get("fetched_at"),
        content_type=line.get("content_type") or _content_type(path),
    )
    return Input(name=line["id"], message=raw_message(page))


def _read_warc(path: Path, say: Say) -> Iterator[Input]:
    from warcio.archiveiterator import ArchiveIterator  # here: of no use to other files
    from warcio.exceptions import ArchiveLoadFailed

    pages = passed_over = 0
    try:
        with path.open("rb") as stream:
            for record in ArchiveIterator(stream):
                if record.format != "warc":
                    raise ArchiveLoadFailed("no WARC record")
                if record.rec_type == "response" and _status(record) == "200":
                    pages += 1
                    yield _warc_input(path, record)
                else:
                    passed_over += 1
    except (ArchiveLoadFailed, zlib.error, EOFError) as error:
        raise Failure(f"{path}: damaged WARC file ({error}); the pages before the damage were read") from error
    except OSError as error:
        raise Failure(f"cannot read {path}: {error.strerror}") from error
    if not pages and not passed_over:
        say(f"{path}: no record in this WARC file")
    if passed_over:
        say(f"{path}: {passed_over} records that are no response with status 200 passed over")


def _status(record: Any) -> str | None:
    return record.http_headers.get_statuscode() if record.http_headers else None


def _warc_input(path: Path, record: Any) -> Input:
    body = record.content_stream().read(MAX_BODY_BYTES + 1)
    if len(body) <= MAX_BODY_BYTES and not record.raw_stream.read(1) and record.raw_stream.limit > 0:
        # warcio takes the end of a file that was cut short for the end of the page
        raise EOFError(f"the file ends {record.raw_stream.limit} bytes before the end of its last page")
    page = RawPage(
        url=record.rec_headers.get_header("WARC-Target-URI") or "",
        body=body,
        fetched_at=record.rec_headers.get_header("WARC-Date"),
        content_type=record.http_headers.get_header("Content-Type"),
        status=200,
    )
    identifier = (record.rec_headers.get_header("WARC-Record-ID") or "").strip("<>")
    return Input(name=f"{path}#{identifier}", message=raw_message(page))
