"""XML from strangers, read in pieces without a tree: flat memory, linear time, no entities, and broken syntax mended.

libxml2 in recovery mode tells elements as they come. feedparser, tried first for feeds, reads as many broken ones, but
takes 5 s for each megabyte of open tags (here: 10 ms), three times as long for ordinary feeds, and all in memory.
"""

import re
from collections.abc import Mapping
from typing import Any, Protocol

from lxml import etree

from pipeline.crawl.ampersands import Ampersands
from pipeline.crawl.listing import Trouble

PIECE = 64 * 1024
MAX_PROLOG = 64 * 1024
"""Bytes before the first element."""

MAX_SILENCE = 256 * 1024
"""Bytes without an element or text: a tag of 10 MB of attributes took 450 MB."""

MAX_DEPTH = 1000
"""Broken feeds leave elements open, one or two for each entry; nothing else nests so deep."""

MAX_ELEMENTS = 2_000_000
"""50,000 pages with 40 elements each; 13 million, as 50 MB may hold, took 15 s."""

MAX_VALUE = 16 * 1024
"""Characters that are kept of one element's text."""


_WIDE = re.compile(rb"\0|iso-2022", re.IGNORECASE)
"""Encodings in which the byte of an ampersand may be half of another character."""


class Handler(Protocol):
    """Takes the elements, by their names without namespace. It may raise `Refused`."""

    def start(self, name: str, namespace: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""

    def end(self, name: str) -> None:
        """An element ends."""

    def data(self, text: str) -> None:
        """Some of the text inside."""


class Refused(Exception):
    """The document is read no further."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble)
        self.trouble = trouble


class XmlStream:
    """One document. After `feed` or `close` has raised Refused nothing more comes."""

    def __init__(self, handler: Handler, encoding: str | None = None) -> None:
        self._target = _Target(handler)
        self._parser = etree.XMLParser(
            target=self._target,
            encoding=encoding,
            recover=True,
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
        )
        self._ampersands: Ampersands | None = Ampersands()
        self._prolog = b""
        self._silence = 0

    @property
    def malformed(self) -> bool:
        """Whether the syntax had to be mended so far, or elements are still open."""
        errors = (error for error in self._parser.feed_error_log if error.level >= etree.ErrorLevels.ERROR)
        return self._target.depth > 0 or next(errors, None) is not None

    @property
    def begun(self) -> bool:
        """Whether there was any element."""
        return self._target.begun

    def feed(self, data: bytes) -> None:
        """The next bytes, in pieces small enough for the limits to be seen in time."""
        for at in range(0, len(data), PIECE):
            piece = data[at : at + PIECE]
            if not self._target.begun and _WIDE.search(self._prolog + piece[:MAX_PROLOG]):
                self._ampersands = None
            self._feed(self._ampersands.mend(piece) if self._ampersands else piece)

    def close(self) -> None:
        """The end of the document."""
        if self._ampersands:
            self._feed(self._ampersands.mend(b"", last=True))
        try:
            self._parser.close()
        except etree.LxmlError as error:
            raise Refused(Trouble.NOT_A_LISTING) from error

    def _feed(self, piece: bytes) -> None:
        if not self._target.begun:
            self._prolog += piece
            if b"<!ENTITY" in self._prolog.replace(b"\0", b"").upper():  # also UTF-16 and UTF-32
                raise Refused(Trouble.ENTITIES)
        before = self._target.events
        try:
            self._parser.feed(piece)
        except etree.LxmlError as error:
            raise Refused(Trouble.MALFORMED) from error
        if not self._target.begun and len(self._prolog) > MAX_PROLOG:
            raise Refused(Trouble.NOT_A_LISTING)
        self._silence = self._silence + len(piece) if self._target.events == before else 0
        if self._silence > MAX_SILENCE:
            raise Refused(Trouble.BOMB)


class _Target:
    """What lxml calls. It counts, so that the stream sees when nothing comes."""

    def __init__(self, handler: Handler) -> None:
        self._handler = handler
        self.events = 0
        self._elements = 0
        self.depth = 0
        self.begun = False

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self.begun = True
        self.events += 1
        self.depth += 1
        self._elements += 1
        if self.depth > MAX_DEPTH or self._elements > MAX_ELEMENTS:
            raise Refused(Trouble.BOMB)
        namespace, _, name = tag.rpartition("}")
        prefix, _, local = name.rpartition(":")
        self._handler.start(local.lower(), namespace.lstrip("{") or prefix, attributes)

    def end(self, tag: str) -> None:
        self.events += 1
        self.depth -= 1
        self._handler.end(tag.rpartition("}")[2].rpartition(":")[2].lower())

    def data(self, text: str) -> None:
        self.events += 1
        self._handler.data(text)

    def close(self) -> Any:
        return None
