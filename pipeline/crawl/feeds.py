"""RSS 0.9 to 2.0, Atom and JSON Feed as entries. A broken feed gives what can be read of it."""

import codecs
import json
import re
from collections.abc import Iterator, Mapping
from html import unescape
from typing import Any

from pipeline.crawl.feed_salvage import salvage
from pipeline.crawl.listing import Entry, Listing, Trouble, absolute, count, gather, link_trouble, short
from pipeline.crawl.xml_stream import MAX_VALUE, Refused, XmlStream

MAX_BYTES = 8 * 1024 * 1024
"""The largest of 1,000 ordinary news feeds has less than 2 MB. A larger one is read up to here."""

MAX_ENTRIES = 2000
MAX_JUNK = 64 * 1024

_ROOTS = frozenset({"rss", "feed", "rdf", "channel"})
_ENTRIES = frozenset({"item", "entry"})
_FIELDS = {
    "title": "title",
    "link": "link",
    "origlink": "original",  # feedburner's: the page itself, where `link` is its redirector
    "guid": "id",
    "id": "id",
    "pubdate": "published",
    "published": "published",
    "issued": "published",
    "date": "published",
    "created": "published",
    "updated": "updated",
    "modified": "updated",
}
_FOREIGN = ("mrss", "itunes", "media", "podcast", "googleplay", "georss")
"""Namespaces that name titles and links of pictures and sound."""

_BASE = "{http://www.w3.org/XML/1998/namespace}base"
_TAG = re.compile(r"</?[A-Za-z][^<>]{0,500}>")
_BEGINNING = re.compile(rb"<(?:\?xml|rss|feed|rdf:RDF)\b", re.IGNORECASE)
_DECLARED = re.compile(rb"^\s*<\?xml[^>]{0,200}?encoding", re.IGNORECASE)
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
_BOMS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_JSON_VERSION = "jsonfeed.org"


def read_feed(body: bytes, url: str, content_type: str | None = None) -> Listing:
    """What the feed that was fetched from `url` (after redirects) offers. Never raises."""
    troubles: dict[Trouble, int] = {}
    if len(body) > MAX_BYTES:
        count(troubles, Trouble.TOO_LARGE)
        body = body[:MAX_BYTES]
    text = body.lstrip(b"\xef\xbb\xbf \t\r\n")
    if text.startswith(b"{"):
        return _read_json(text, url, troubles)
    if not text.startswith(b"<") and (beginning := _BEGINNING.search(body, 0, MAX_JUNK)):
        text = body[beginning.start() :]  # a warning of the site's own program stands before it
    return _read_xml(text if text.startswith(b"<") else body, url, content_type, troubles)


def _read_xml(body: bytes, url: str, content_type: str | None, troubles: dict[Trouble, int]) -> Listing:
    encoding = _encoding(body, content_type)
    reader = _XmlFeed(url)
    refused, malformed = _run(reader, body, encoding)
    found = reader.found
    if refused is Trouble.ENTITIES:
        return Listing(troubles={refused: 1})
    if not reader.is_feed:
        return Listing(troubles=troubles | {Trouble.NOT_A_LISTING: 1})
    if malformed or refused:
        count(troubles, refused or Trouble.MALFORMED)
        found = max(found, _salvaged(body, reader.base, encoding), key=_readable)
    return Listing(entries=gather(found, MAX_ENTRIES, troubles), next_page=reader.next_page, troubles=troubles)


def _run(reader: "_XmlFeed", body: bytes, encoding: str | None) -> tuple[Trouble | None, bool]:
    stream = XmlStream(reader, encoding)
    refused = None
    try:
        stream.feed(body)
        stream.close()
        malformed = stream.malformed
    except Refused as refusal:
        refused, malformed = refusal.trouble, True
    reader.finish()
    return refused, malformed


def _salvaged(body: bytes, base: str, encoding: str | None) -> list[Entry | Trouble]:
    try:
        text = body.decode(encoding or "utf-8")
    except (UnicodeDecodeError, LookupError):
        text = body.decode("windows-1252", "replace")
    found = []
    for fields in salvage(text, _FIELDS, MAX_ENTRIES):
        named = {
            name: unescape(value) if name in ("link", "original", "id") else value for name, value in fields.items()
        }
        found.append(_entry(named, base))
    return found


def _readable(found: list[Entry | Trouble]) -> int:
    return sum(isinstance(entry, Entry) for entry in found)


class _XmlFeed:
    """Goes by names, not by depth: in a broken feed an entry may begin inside another's title."""

    def __init__(self, url: str) -> None:
        self.found: list[Entry | Trouble] = []
        self.base = url
        self.is_feed = False
        self.next_page: str | None = None
        self._entry: dict[str, str] | None = None
        self._base = url
        self._field: str | None = None
        self._text: list[str] = []
        self._size = 0
        self._inside: str | None = None  # `source` (whose title is another feed's) or XHTML content

    def start(self, name: str, namespace: str, attributes: Mapping[str, str]) -> None:
        self.is_feed = self.is_feed or name in _ROOTS or name in _ENTRIES
        if name in _ENTRIES:
            self.finish()
            self._entry = {}
            self._base = absolute(self.base, attributes.get(_BASE)) or self.base
            if about := attributes.get("{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"):
                self._entry["id"] = about
        elif self._entry is None:
            self._start_of_feed(name, attributes)
        elif self._inside is None:
            self._start_in_entry(name, namespace, attributes)

    def _start_of_feed(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "feed":
            self.base = absolute(self.base, attributes.get(_BASE)) or self.base
        if name == "link" and attributes.get("rel") == "next":
            self.next_page = absolute(self.base, attributes.get("href"))

    def _start_in_entry(self, name: str, namespace: str, attributes: Mapping[str, str]) -> None:
        if name == "source" or (name == "content" and attributes.get("type") == "xhtml"):
            self._keep()
            self._inside = name
        elif name in _FIELDS and not any(word in namespace for word in _FOREIGN):
            self._keep()
            self._field = _FIELDS[name]
            if name == "link" and "href" in attributes:
                self._link(attributes)
            elif name == "guid" and attributes.get("isPermaLink", "").lower() == "false":
                self._field = None

    def _link(self, attributes: Mapping[str, str]) -> None:
        self._field = None
        if self._entry is not None and attributes.get("rel", "alternate") == "alternate":
            self._entry.setdefault("link", attributes["href"])

    def data(self, text: str) -> None:
        if self._field and self._size < MAX_VALUE:
            self._text.append(text[: MAX_VALUE - self._size])
            self._size += len(text)

    def end(self, name: str) -> None:
        if name == self._inside:
            self._inside = None
        elif _FIELDS.get(name) == self._field:
            self._keep()
        elif name in _ENTRIES:
            self.finish()

    def _keep(self) -> None:
        if self._field and self._entry is not None and (text := "".join(self._text).strip()):
            self._entry.setdefault(self._field, text)
        self._field, self._text, self._size = None, [], 0

    def finish(self) -> None:
        """The entry at hand is complete, or there is no more of it."""
        self._keep()
        if self._entry is not None and len(self.found) <= 2 * MAX_ENTRIES:
            self.found.append(_entry(self._entry, self._base))
        self._entry, self._inside = None, None


def _entry(fields: Mapping[str, str], base: str) -> Entry | Trouble:
    named = [fields[name] for name in ("original", "link") if name in fields]
    if "id" in fields and re.match("https?://", fields["id"], re.IGNORECASE):
        named.append(fields["id"])
    url = next(filter(None, (absolute(base, href) for href in named)), None)
    if url is None:
        return link_trouble(*named)
    return Entry(
        url=url,
        title=_title(fields.get("title")),
        published=short(fields.get("published"), 100),
        updated=short(fields.get("updated"), 100),
    )


def _title(text: object) -> str | None:
    """Feeds write titles as text, as HTML and as HTML escaped twice; all of them are text here."""
    return short(_TAG.sub(" ", unescape(unescape(text)))) if isinstance(text, str) else None


def _encoding(body: bytes, content_type: str | None) -> str | None:
    """The encoding to impose: none where the document states one; else HTTP's, else UTF-8 or what is likely instead."""
    if body.startswith(_BOMS) or b"\0" in body[:4] or _DECLARED.match(body):
        return None
    stated = _CHARSET.search(content_type or "")
    try:
        if stated:
            return codecs.lookup(stated[1]).name
        body.decode("utf-8")
    except LookupError:
        return None
    except UnicodeDecodeError as error:
        return None if error.start > len(body) - 4 else "windows-1252"
    return None


def _read_json(text: bytes, url: str, troubles: dict[Trouble, int]) -> Listing:
    try:
        decoded = text.decode("utf-8", "replace")
        feed = json.loads(decoded, strict=False)
    except (ValueError, RecursionError):
        if _JSON_VERSION not in decoded:
            return Listing(troubles=troubles | {Trouble.NOT_A_LISTING: 1})
        count(troubles, Trouble.MALFORMED)
        feed = {"version": _JSON_VERSION, "items": list(_items_before_the_break(decoded))}
    items = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(items, list) or _JSON_VERSION not in str(feed.get("version")):
        return Listing(troubles=troubles | {Trouble.NOT_A_LISTING: 1})
    entries = gather((_json_entry(item, url) for item in items), MAX_ENTRIES, troubles)
    return Listing(entries=entries, next_page=absolute(url, feed.get("next_url")), troubles=troubles)


def _items_before_the_break(text: str) -> Iterator[Any]:
    """The items of a JSON feed that is cut off or broken somewhere."""
    begin = re.search(r'"items"\s*:\s*\[', text)
    decoder = json.JSONDecoder(strict=False)
    at = begin.end() if begin else len(text)
    try:
        while at < len(text):
            at += len(text[at : at + 1000]) - len(text[at : at + 1000].lstrip(", \t\r\n"))
            item, at = decoder.raw_decode(text, at)
            yield item
    except (ValueError, RecursionError):
        return


def _json_entry(item: Any, base: str) -> Entry | Trouble:
    if not isinstance(item, dict):
        return Trouble.NO_URL
    names = {"link": "url", "original": "external_url", "id": "id", "title": "title"}
    dates = {"published": "date_published", "updated": "date_modified"}
    fields = {ours: item[theirs] for ours, theirs in (names | dates).items() if isinstance(item.get(theirs), str)}
    if "link" in fields:  # `external_url` is what a link blog writes about; its own page goes before
        fields.pop("original", None)
    return _entry(fields, base)
