"""From a page's bytes to something to work on: a tree for HTML, the text itself for a page without tags.

Declared charsets and content types are wrong often, so the bytes are asked first. What cannot be text at all is
`Reject(UNDECODABLE)`; what is something else than a page is a `Drop`.
"""

import codecs
import re
from dataclasses import dataclass

from charset_normalizer import from_bytes
from lxml import etree, html
from lxml.html import HtmlElement

from pipeline.errors import Code, Drop, Reason, Reject
from pipeline.text import control_share

HEAD_BYTES = 4096
"""How far into the page declarations are looked for."""
MAX_CONTROL_SHARE = 0.005
"""Controls and replacements among the characters; no page of the two gold sets exceeds it, random bytes have 0.1."""
MIN_REPLACED, MAX_REPLACED_SHARE = 2, 0.002
"""Undecodable places up to which a charset is right and the page has a few broken bytes."""
NUL_SHARE = 0.2
"""From here on NUL bytes mean UTF-16 without a byte order mark."""
DETECTION_BYTES = 20_000

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_WEB_NAMES = {  # browsers read these labels as their supersets (WHATWG Encoding Standard)
    "iso8859-1": "cp1252",
    "ascii": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "big5": "big5hkscs",
}
_ESCAPED_ENCODINGS = frozenset(("iso2022_jp", "iso2022_kr", "hz"))
_NO_CHARSETS = frozenset(("unicode_escape", "raw_unicode_escape", "utf-7", "idna", "punycode"))
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
_CHARSET = re.compile(rb"""charset\s*=\s*["']?\s*([\w.:-]+)""", re.IGNORECASE)
_XML_ENCODING = re.compile(rb"""^\s*<\?xml[^>]*encoding\s*=\s*["']([\w.:-]+)""", re.IGNORECASE)
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
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A decoded page: `tree` for HTML, None for flattened text; `text` is the whole of it, decoded."""

    text: str
    tree: HtmlElement | None


def read_document(body: bytes, content_type: str | None) -> Document | Drop:
    """The page as a tree or as text; a Drop when it is empty or no page; Reject(UNDECODABLE) when it is noise."""
    if not body.strip(b"\0 \t\r\n\f\v"):
        return Drop(reason=Reason.EMPTY, evidence=f"{len(body)} bytes, none of them visible")
    if other := _other_format(body, content_type):
        return Drop(reason=Reason.NOT_HTML, evidence=other)
    text = decode(body, content_type)
    if not text.strip():
        return Drop(reason=Reason.EMPTY, evidence=f"{len(body)} bytes, none of them visible")
    head = text[:HEAD_BYTES]
    is_page = _HTML_START.search(head) is not None
    if not is_page and _JSON_START.match(text):
        return Drop(reason=Reason.NOT_HTML, evidence="JSON")
    if not is_page and (feed := _FEED.search(head)):
        return Drop(reason=Reason.NOT_HTML, evidence=f"XML: {feed.group()[1:]}")
    declared_plain = (content_type or "").strip().lower().startswith("text/plain")
    if is_page or (not declared_plain and _MARKUP.search(text)):
        return _parse(text)
    return Document(text=text, tree=None)


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


def decode(body: bytes, content_type: str | None) -> str:
    """The page's text; Reject(UNDECODABLE) when no charset makes text of it.

    Valid UTF-8 with other than ASCII characters in it is UTF-8, whatever is declared: a text of another charset is
    practically never valid UTF-8 by accident, and wrong declarations are common.
    """
    for mark, encoding in _BOMS:
        if body.startswith(mark):
            return _checked(body[len(mark) :].decode(encoding, "replace"), encoding)
    if body.count(0) > NUL_SHARE * len(body):
        encoding = "utf-16-le" if body[1::2].count(0) >= body[::2].count(0) else "utf-16-be"
        return _checked(body.decode(encoding, "replace"), encoding)
    declared = _declared(body, content_type)
    if declared and declared[0] in _ESCAPED_ENCODINGS:
        return _checked(body.decode(declared[0], "replace"), declared[0])
    for encoding in ("utf-8", *declared):
        try:
            return _checked(body.decode(encoding), encoding)
        except UnicodeDecodeError:
            continue
    for encoding in (*declared, "utf-8"):
        text = body.decode(encoding, "replace")
        if text.count("\ufffd") <= max(MIN_REPLACED, MAX_REPLACED_SHARE * len(text)):
            return _checked(text, encoding)
    return _checked(_detected(body), "detected")


def _declared(body: bytes, content_type: str | None) -> list[str]:
    """Charsets that the header, the XML declaration or a meta element names, by the names that Python knows."""
    head = body[:HEAD_BYTES]
    labels = [match.group(1) for match in (_CHARSET.search((content_type or "").encode("utf-8", "replace")),) if match]
    labels += [match.group(1) for match in (_XML_ENCODING.search(head), _CHARSET.search(head)) if match]
    names = []
    for label in labels:
        try:
            name = codecs.lookup(label.decode("ascii")).name
        except (LookupError, UnicodeDecodeError, ValueError):
            continue
        name = _WEB_NAMES.get(name, name)
        if name not in names and name != "utf-8" and not name.startswith(("utf-16", "utf-32")):
            names.append(name)
    return [name for name in names if _is_text_encoding(name)]


def _is_text_encoding(name: str) -> bool:
    """Not one of Python's bytes-to-bytes or escape codecs, which a page may name too."""
    return codecs.lookup(name)._is_text_encoding and name not in _NO_CHARSETS


def _detected(body: bytes) -> str:
    sample = body if len(body) <= DETECTION_BYTES else body[: DETECTION_BYTES // 2] + body[-DETECTION_BYTES // 2 :]
    best = from_bytes(sample).best()
    if best is None:
        raise Reject(Code.UNDECODABLE, f"no charset makes text of these {len(body)} bytes")
    return body.decode(best.encoding, "replace")


def _checked(text: str, encoding: str) -> str:
    share = control_share(text)
    if share > MAX_CONTROL_SHARE:
        raise Reject(Code.UNDECODABLE, f"read as {encoding}, {share:.1%} of the characters are none of any text")
    return text


def _parse(text: str) -> Document | Drop:
    """Parse HTML. The parser takes UTF-8 bytes, never str, which it refuses when an XML declaration stands in it.

    libxml2 bounds the tree's depth by itself (`huge_tree` stays off), so that no copy of it can overflow the stack.
    """
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, collect_ids=False)
    parser.set_element_class_lookup(_LOOKUP)
    try:
        tree = html.document_fromstring(_NOT_XML.sub("", text).encode("utf-8"), parser=parser, ensure_head_body=False)
    except (etree.ParserError, etree.XMLSyntaxError, AssertionError) as error:
        return Drop(reason=Reason.EMPTY, evidence=f"no element in it: {error}"[:200])
    return Document(text=text, tree=tree)
