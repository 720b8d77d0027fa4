"""From a page's bytes to something to work on: a tree for HTML, the text itself for a page without tags.

Declared charsets and content types are wrong often, so the bytes are asked first. What cannot be text at all is
`Reject(UNDECODABLE)`; what is something else than a page is a `Drop`.
"""

import re
from collections.abc import Callable
from ctypes import c_bool, py_object
from dataclasses import dataclass

from lxml import etree, html
from lxml.html import HtmlElement

from pipeline.cleaning.decoding.charset import HEAD_BYTES, Decoded, decode, has_controls
from pipeline.errors import Drop, Reason
from pipeline.native.library import function

_MAGIC = (
    (b"%PDF-", "PDF"),
    (b"\x89PNG\r\n", "PNG image"),
    (b"\xff\xd8\xff", "JPEG image"),
    (b"GIF8", "GIF image"),
    (b"PK\x03\x04", "ZIP archive"),
    (b"\x1f\x8b\x08", "gzip data"),
    (b"\x28\xb5\x2f\xfd", "zstd data"),
    (b"OggS", "Ogg media"),
    (b"ID3", "MP3 audio"),
    (b"\x1aE\xdf\xa3", "Matroska video"),
    (b"wOFF", "font"),
    (b"wOF2", "font"),
    (b"\x7fELF", "program"),
    (b"7z\xbc\xaf\x27\x1c", "7-Zip archive"),
)
_OTHER_TYPES = re.compile(
    r"\s*(?:image|video|audio|font)/|\s*application/(?:pdf|zip|gzip|msword|vnd\.|octet-stream)", re.I
)
_HTML_START = re.compile(r"<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_MARKUP = re.compile(
    r"</?(?:html|head|body|div|p|article|section|main|table|span|h[1-6]|br|a|ul|ol|li|meta|title|script|strong|em)"
    r"(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_FEED = re.compile(r"<(?:rss|feed|urlset|sitemapindex|rdf:RDF|svg|opml|ncx)\b", re.IGNORECASE)
_JSON_START = re.compile(r"""\s*(?:\{\s*["}]|\[\s*[\[{"\d\]])""")
_LOOKUP = etree.ElementDefaultClassLookup(element=HtmlElement)
"""One class for all elements: lxml.html chooses among its own for every element touched, 4,350 times a page."""
_SECTIONS = frozenset(
    ("article", "aside", "details", "dialog", "figure", "footer", "header", "main", "nav", "search", "section")
)
"""Elements of the body that libxml2, which knows HTML 4, leaves in the head of a page that never opens its body."""
_LOW_REFERENCE = re.compile(r"&#(?:0*(1[2-5]\d)|x0*([89][0-9a-f]));?", re.IGNORECASE)
_has_low_reference: Callable[[bytes], bool] = function("has_low_reference", c_bool, py_object)
"""Whether `_LOW_REFERENCE` is in a text, in UTF-8. Of a page's bytes the pattern takes half a millisecond."""
_VISIBLE = re.compile(rb"[^\0 \t\r\n\f\v]")
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A decoded page: `tree` for HTML, None for flattened text."""

    decoded: Decoded
    tree: HtmlElement | None

    @property
    def text(self) -> str:
        """The whole page."""
        return self.decoded.text


def read_document(body: bytes, content_type: str | None) -> Document | Drop:
    """The page as a tree or as text; a Drop when it is empty or no page; Reject(UNDECODABLE) when it is noise."""
    if _VISIBLE.search(body) is None:
        return Drop(reason=Reason.EMPTY, evidence=f"{len(body)} bytes, none of them visible")
    if other := _other_format(body, content_type):
        return Drop(reason=Reason.NOT_HTML, evidence=other)
    decoded = decode(body, content_type)
    head = decoded.head
    if _HTML_START.search(head):
        return _parse(decoded)
    text = decoded.text
    if not text or text.isspace():
        return Drop(reason=Reason.EMPTY, evidence=f"{len(body)} bytes, none of them visible")
    if _JSON_START.match(text):
        return Drop(reason=Reason.NOT_HTML, evidence="JSON")
    if feed := _FEED.search(head):
        return Drop(reason=Reason.NOT_HTML, evidence=f"XML: {feed.group()[1:]}")
    declared_plain = (content_type or "").strip().lower().startswith("text/plain")
    if not declared_plain and _MARKUP.search(text):
        return _parse(decoded)
    return Document(decoded=decoded, tree=None)


def _other_format(body: bytes, content_type: str | None) -> str | None:
    for magic, name in _MAGIC:
        if body.startswith(magic):
            return name
    if body[4:8] == b"ftyp":
        return "MP4 media"
    if body[:4] == b"RIFF" and body[8:12] in (b"WEBP", b"WAVE", b"AVI "):
        return "RIFF media"
    if content_type and _OTHER_TYPES.match(content_type) and b"<" not in body[:HEAD_BYTES]:
        return f"content type {content_type.strip()[:80]}"
    return None


def _parse(decoded: Decoded) -> Document | Drop:
    """Parse HTML.

    The parser takes UTF-8 bytes, never str, which it refuses when an XML declaration stands in it. libxml2 bounds the
    tree's depth by itself (`huge_tree` stays off), so that no copy of it can overflow the stack.
    """
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, collect_ids=False)
    parser.set_element_class_lookup(_LOOKUP)
    data = decoded.body
    if data is None or _has_low_reference(data):
        data = _utf8(_LOW_REFERENCE.sub(_windows, decoded.text))
    try:
        tree = html.document_fromstring(data, parser=parser, ensure_head_body=False)
    except (etree.ParserError, etree.XMLSyntaxError, AssertionError) as error:
        return Drop(reason=Reason.EMPTY, evidence=f"no element in it: {error}"[:200])
    _open_body(tree)
    return Document(decoded=decoded, tree=tree)


def _open_body(tree: HtmlElement) -> None:
    """Move what stands in the head from the first section on into the body, as browsers read it."""
    head = tree.find("head")
    first = next((at for at, each in enumerate(head) if each.tag in _SECTIONS), None) if head is not None else None
    if head is None or first is None:
        return
    body = tree.find("body")
    if body is None:
        body = etree.SubElement(tree, "body")
    body[:0] = head[first:]  # one by one, each insertion would walk from the front: 20,000 took a second


def _utf8(text: str) -> bytes:
    """The text without what no XML tree may hold. To look for it in bytes takes a fifth of the time."""
    try:
        data = text.encode("utf-8")
    except UnicodeEncodeError:  # lone surrogates
        return _NOT_XML.sub("", text).encode("utf-8")
    if has_controls(data) or _has_no_character(text):
        return _NOT_XML.sub("", text).encode("utf-8")
    return data


def _has_no_character(text: str) -> bool:
    """Whether U+FFFE or U+FFFF is in a text, which are no characters."""
    return "\ufffe" in text or "\uffff" in text


def _windows(reference: re.Match[str]) -> str:
    """A reference to one of the controls 128 to 159 means windows-1252's character of that number, as in browsers."""
    number = int(reference[1]) if reference[1] else int(reference[2], 16)
    return bytes([number]).decode("cp1252", "ignore") if 128 <= number <= 159 else reference[0]
