"""Sitemaps, sitemap indexes, news sitemaps and text sitemaps as entries, also gzipped, in flat memory."""

import re
import zlib
from collections.abc import Iterable, Iterator, Mapping

from pipeline.crawl.listing import MAX_STATED, Entry, Listing, Trouble, absolute, count, gather, link_trouble, short
from pipeline.crawl.xml_stream import MAX_VALUE, PIECE, Refused, XmlStream

MAX_BYTES = 50 * 1024 * 1024
"""Unpacked: the protocol's limit, as is the next one."""

MAX_URLS = 50_000
MAX_DEPTH = 3
"""An index may name indexes that name sitemaps; the caller counts and goes no deeper."""

MAX_LINE = 16 * 1024
MAX_OTHER_LINES = 1000
"""A text without a URL in so many lines is no list of them."""

_GZIP = b"\x1f\x8b"
_LINE_END = rb"\r\n|\r|\n"
ENTRIES = ("url", "sitemap")
_Found = tuple[str, Entry | Trouble]
_FIELDS = {
    ("url", "loc"): "url",
    ("sitemap", "loc"): "url",
    ("url", "lastmod"): "updated",
    ("sitemap", "lastmod"): "updated",
    ("news", "publication_date"): "published",
    ("news", "title"): "title",
    ("publication", "language"): "language",
}
"""Parent and name: `image:loc` has another parent."""


class SitemapReader:
    """Takes a sitemap in pieces as they arrive and gives its entries as they are complete.

    Once `refused` is set the caller stops reading: nothing more will come. Entries that came before it are good.
    """

    def __init__(self, url: str) -> None:
        self.children: list[Entry] = []
        """The sitemaps that an index names; `updated` is their lastmod."""
        self.troubles: dict[Trouble, int] = {}
        self.refused: Trouble | None = None
        self._url = url
        self._head: bytes | None = b""
        self._unzip: _Unzip | None = None
        self._reader: _Xml | _Lines | None = None
        self._size = 0
        self._given = 0

    def feed(self, chunk: bytes) -> list[Entry]:
        """The entries that this piece completes. Never raises."""
        if self._head is not None:  # the first two bytes tell gzip from the rest, whatever the headers say
            chunk = self._head + chunk
            if len(chunk) < len(_GZIP):
                self._head = chunk
                return []
            self._head = None
            self._unzip = _Unzip() if chunk.startswith(_GZIP) else None
        return self._guarded(self._unzip.feed(chunk) if self._unzip else _cut(chunk))

    def close(self) -> list[Entry]:
        """The entries that only the end completes. Call it once."""
        return self._guarded(_cut(self._head or b""), last=True)

    def _guarded(self, pieces: Iterable[bytes], last: bool = False) -> list[Entry]:
        entries: list[Entry] = []
        if self.refused:
            return entries
        try:
            for piece in pieces:
                self._take(self._read(piece), entries)
            if last:
                self._take(self._end(), entries)
        except Refused as refusal:
            self.refused = refusal.trouble
            count(self.troubles, refusal.trouble)
        return entries

    def _read(self, piece: bytes) -> list[_Found]:
        self._size += len(piece)
        if self._size > MAX_BYTES:
            raise Refused(Trouble.BOMB if self._unzip else Trouble.TOO_LARGE)
        if self._reader is None:
            self._reader = _Xml(self._url) if _is_xml(piece) else _Lines(self._url)
        return self._reader.feed(piece)

    def _end(self) -> list[_Found]:
        if self._reader is None:
            raise Refused(Trouble.NOT_A_LISTING)
        found = self._reader.close()
        if self._reader.malformed or (self._unzip and not self._unzip.complete):
            count(self.troubles, Trouble.MALFORMED)
        return found

    def _take(self, found: Iterable[_Found], entries: list[Entry]) -> None:
        for kind, entry in found:
            if isinstance(entry, Trouble):
                count(self.troubles, entry)
                continue
            self._given += 1
            if self._given > MAX_URLS:
                raise Refused(Trouble.TOO_MANY_ENTRIES)
            (self.children if kind == "sitemap" else entries).append(entry)


def read_url_list(data: bytes) -> Listing:
    """A file with one URL on each line, of any length; empty lines and those that begin with `#` are passed over."""
    lines = _Lines("")
    troubles: dict[Trouble, int] = {}
    found = [entry for _, entry in (*lines.feed(data), *lines.close())]
    return Listing(entries=gather(found, len(found), troubles), troubles=troubles)


def wrong_lines(data: bytes) -> tuple[int, ...]:
    """The numbers of the lines of a URL list that name no page."""
    lines = enumerate(re.split(_LINE_END, data), start=1)
    return tuple(number for number, line in lines if isinstance(_url_line(line), Trouble))


def _url_line(line: bytes) -> Entry | Trouble | None:
    """What a line of a list says; None: nothing."""
    text = line.decode("utf-8", "replace").strip("\ufeff \t\0")
    if not text or text.startswith("#"):
        return None
    url = absolute("", text)
    return Entry(url=url) if url else link_trouble(text)


class _Xml:
    """A sitemap or sitemap index."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._stream = XmlStream(self)
        self._found: list[_Found] = []
        self._names: list[str] = []
        self._fields: dict[str, str] = {}
        self._field: str | None = None
        self._text = ""
        self._known = False
        self.malformed = False

    def feed(self, piece: bytes) -> list[_Found]:
        self._stream.feed(piece)
        if self._stream.begun and not self._known:  # HTML, a feed or anything else
            raise Refused(Trouble.NOT_A_LISTING)
        return self._taken()

    def close(self) -> list[_Found]:
        self._stream.close()
        self.malformed = self._stream.malformed
        if not self._known:
            raise Refused(Trouble.NOT_A_LISTING)
        return self._taken()

    def _taken(self) -> list[_Found]:
        found, self._found = self._found, []
        return found

    def start(self, name: str, namespace: str, attributes: Mapping[str, str]) -> None:
        parent = self._names[-1] if self._names else ""
        self._known = self._known or (not parent and name in ("urlset", "sitemapindex"))
        self._names.append(name)
        self._field, self._text = _FIELDS.get((parent, name)), ""
        if name in ENTRIES:
            self._fields = {}

    def data(self, text: str) -> None:
        if self._field and len(self._text) < MAX_VALUE:
            self._text += text[:MAX_VALUE]

    def end(self, name: str) -> None:
        if self._names:
            self._names.pop()
        if self._field and self._text.strip():
            self._fields.setdefault(self._field, self._text.strip())
        self._field = None
        if name in ENTRIES:
            self._found.append((name, self._entry()))

    def _entry(self) -> Entry | Trouble:
        href = self._fields.get("url")
        url = absolute(self._url, href)
        if url is None:
            return link_trouble(href)
        return Entry(
            url=url,
            title=short(self._fields.get("title")),
            published=short(self._fields.get("published"), MAX_STATED),
            updated=short(self._fields.get("updated"), MAX_STATED),
            language=short(self._fields.get("language"), MAX_STATED),
        )


class _Lines:
    """A text sitemap: one URL on each line."""

    malformed = False

    def __init__(self, url: str) -> None:
        self._url = url
        self._rest = b""
        self._urls = 0
        self._others = 0

    def feed(self, piece: bytes) -> list[_Found]:
        lines = re.split(_LINE_END, self._rest + piece)
        self._rest = lines.pop()[:MAX_LINE]
        return self._found(lines)

    def close(self) -> list[_Found]:
        found = self._found([self._rest])
        if self._urls == 0 and self._url:  # an empty list of the operator's own is no trouble
            raise Refused(Trouble.NOT_A_LISTING)
        return found

    def _found(self, lines: list[bytes]) -> list[_Found]:
        found: list[_Found] = []
        for line in lines:
            entry = _url_line(line)
            if entry is not None:
                found.append(("url", entry))
                self._urls += isinstance(entry, Entry)
                self._others += isinstance(entry, Trouble)
        if self._url and self._others > MAX_OTHER_LINES and self._urls == 0:
            raise Refused(Trouble.NOT_A_LISTING)
        return found


class _Unzip:
    """gzip undone piece by piece, so that a bomb is stopped at the limit and not unpacked first."""

    def __init__(self) -> None:
        self._stream = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)

    @property
    def complete(self) -> bool:
        """Whether the packed stream has ended."""
        return self._stream.eof

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        while chunk:
            if self._stream.eof:  # further members may follow; zeros may pad
                if not chunk.startswith(_GZIP[:1]):
                    return
                self._stream = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
            try:
                piece = self._stream.decompress(chunk, PIECE)
            except zlib.error as error:
                raise Refused(Trouble.MALFORMED) from error
            chunk = self._stream.unconsumed_tail or self._stream.unused_data
            if piece:
                yield piece


def _cut(chunk: bytes) -> Iterator[bytes]:
    for at in range(0, len(chunk), PIECE):
        yield chunk[at : at + PIECE]


def _is_xml(head: bytes) -> bool:
    return head.lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n").startswith(b"<")
