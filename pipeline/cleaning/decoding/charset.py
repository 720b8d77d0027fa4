"""A page's bytes as text: from its byte order mark, its bytes, what it declares, its language, in this order.

Declarations are wrong often and contradict each other, so each is tried on the text: one that makes letters of other
scripts inside words, symbols between letters or capitals after small ones is not believed. What stays unreadable is
`Reject(UNDECODABLE)`: a dead letter is better than mojibake.
"""

import codecs
import re
from collections.abc import Callable
from ctypes import c_bool, py_object

from pipeline.cleaning.decoding.mojibake import mend, suspicion, suspicion_of_han
from pipeline.errors import Code, Reject
from pipeline.native.library import function
from pipeline.text import control_share

HEAD_BYTES = 4096
"""How far into the page declarations are looked for."""
MAX_CONTROL_SHARE = 0.005
"""Controls and replacements among the characters; no page of the two gold sets exceeds it, random bytes have 0.1."""
MIN_REPLACED, MAX_REPLACED_SHARE = 2, 0.002
"""Undecodable places up to which a charset is right and the page has a few broken bytes."""
MAX_STRAY_SHARE = 0.5
"""Stray bytes for each good UTF-8 sequence up to which a page is UTF-8 with parts of another charset in it."""
NUL_SHARE = 0.2
"""From here on NUL bytes mean UTF-16 without a byte order mark."""
DETECTION_BYTES = 20_000
MIN_GAIN = 0.03
"""By how much letters of another charset must look more like a language than those of windows-1252."""
MAX_SUSPICION, HOPELESS = 0.15, 0.5
"""Share of suspicious words from which another charset is looked for, and from which none is right. Right charsets
have 0 to 0.05 in the tests' 30 languages, wrong ones 0.3 to 1."""

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
_LABELS = {
    "x-sjis": "cp932",
    "windows-31j": "cp932",
    "x-gbk": "gb18030",
    "x-euc-jp": "euc_jp",
    "ks_c_5601-1987": "cp949",
    "x-cp1251": "cp1251",
    "x-cp1250": "cp1250",
    "windows-874": "cp874",
}
"""Labels of the web that Python does not know."""
_BY_LANGUAGE = {
    **dict.fromkeys(("cs", "sk", "pl", "hu", "sl", "hr", "bs", "ro", "sq"), ("cp1250", "iso8859-2")),
    **dict.fromkeys(("ru", "bg", "uk", "be", "mk", "sr"), ("cp1251", "koi8-r", "koi8-u", "iso8859-5", "cp866")),
    "el": ("cp1253", "iso8859-7"),
    **dict.fromkeys(("tr", "az", "ku"), ("cp1254",)),
    **dict.fromkeys(("he", "iw", "yi"), ("cp1255",)),
    **dict.fromkeys(("ar", "fa", "ur"), ("cp1256", "iso8859-6")),
    **dict.fromkeys(("lt", "lv", "et"), ("cp1257", "iso8859-13")),
    "vi": ("cp1258",),
    "th": ("cp874",),
    "ja": ("cp932", "euc_jp"),
    "ko": ("cp949",),
    "zh": ("gb18030", "big5hkscs"),
    **dict.fromkeys(("en", "de", "fr", "es", "pt", "it", "nl", "sv", "da", "no", "nb", "fi", "is", "ca"), ("cp1252",)),
}
"""The charsets in which pages of a language were written before UTF-8."""
_DETECTABLE = sorted({name for names in _BY_LANGUAGE.values() for name in names} - {"cp1258", "iso8859-13"})
_EAST_ASIAN = frozenset(name for tag in ("ja", "ko", "zh") for name in _BY_LANGUAGE[tag])
_TURKISH = ("tr", "az", "ku")
_NO_CHARSETS = frozenset(("unicode_escape", "raw_unicode_escape", "utf-7", "idna", "punycode"))
_SEVEN_BITS = ("iso2022", "hz")
_CONTROLS = bytes(sorted({*range(32), 127} - {*b"\t\n\r"}))
_NO_TEXT = re.compile(rb"\xc2[\x80-\x9f]|\xef\xbf[\xbe\xbf]")
"""The controls from U+0080 on, and U+FFFE and U+FFFF, which are no characters, in UTF-8."""
_REPLACED = "\ufffd".encode()
_CHARSET = re.compile(rb"""charset\s*=\s*["']?\s*([\w.:-]+)""", re.IGNORECASE)
_XML_ENCODING = re.compile(rb"""^\s*<\?xml[^>]*encoding\s*=\s*["']([\w.:-]+)""", re.IGNORECASE)
_LANGUAGE = re.compile(rb"""<html[^>]{0,500}?\slang\s*=\s*["']?\s*([a-zA-Z]{2,3})\b""", re.IGNORECASE)
_UTF16_START = re.compile(rb"(?:\s\x00|\x00\s)*(?:(<\x00[!?a-zA-Z]\x00)|(\x00<\x00[!?a-zA-Z]))")
_TAGS = re.compile(rb"<[^<>]*>")
_TWICE = re.compile(rb"\xc3[\x82-\xb4](?:\xc2[\x80-\xbf]|[\xc5\xc6\xcb][\x80-\xbf]|\xe2[\x80\x82\x84])")
"""The bytes of UTF-8 encoded a second time, for `mend` to look at."""
_LOW = re.compile("[\x80-\x9f]")


_telling: Callable[[bytes], bytes] = function("telling", py_object, py_object)
"""The bytes of a text that are no plain ASCII: the upper half, and controls but for white space."""
_is_utf8: Callable[[bytes], bool] = function("is_utf8", c_bool, py_object)
"""Whether a text is valid UTF-8: to decode it, which makes a copy of it, takes five times as long."""


class Decoded:
    """A page's text; decoded when it is asked for, for a page in good UTF-8 is parsed as it is."""

    def __init__(self, *, text: str | None = None, body: bytes | None = None) -> None:
        """Of a text, or of its bytes in UTF-8 where these are at hand, valid and without a control."""
        self._text = text
        self.body = body

    @property
    def text(self) -> str:
        if self._text is None:
            assert self.body is not None  # noqa: S101 - one of them is given
            self._text = self.body.decode("utf-8")
        return self._text

    @property
    def head(self) -> str:
        """Its first `HEAD_BYTES` characters."""
        if self._text is None and self.body is not None:
            return self.body[: 4 * HEAD_BYTES].decode("utf-8", "ignore")[:HEAD_BYTES]
        return self.text[:HEAD_BYTES]


def decode(body: bytes, content_type: str | None) -> Decoded:
    """The page's text.

    Valid UTF-8 with other than ASCII characters in it is UTF-8, whatever is declared: a text of another charset is
    practically never valid UTF-8 by accident, and wrong declarations are common. Reject(UNDECODABLE) when no charset
    makes text of the page.
    """
    for mark, encoding in _BOMS:
        if body.startswith(mark):
            return _checked(body[len(mark) :].decode(encoding, "replace"), encoding)
    telling = _telling(body)  # one pass, and a small part of most pages: all else is asked of it
    controls = has_controls(telling)
    if controls and (wide := _utf16(body)):
        return _checked(body.decode(wide, "replace").rstrip("\ufffd"), wide)
    declared = _declared(body, content_type)
    if escaped := _escaped(body, declared, controls=controls):
        return _checked(body.decode(escaped, "replace"), escaped)
    is_twice = _TWICE.search(telling) is not None and _TWICE.search(body) is not None
    is_doubtful = controls or _REPLACED in telling or _NO_TEXT.search(telling) is not None
    if not is_twice and not is_doubtful and _is_utf8(body):
        return Decoded(body=body)
    text = _strictly(body, "utf-8")
    if text is None:
        text = _mixed_utf8(body, declared)
    if text is None:
        return _checked(*_legacy(body, [name for name in declared if not name.startswith(_SEVEN_BITS)]))
    if is_twice:
        text = mend(text)
    return _checked(text, "utf-8") if is_doubtful else Decoded(text=text)


def _utf16(body: bytes) -> str | None:
    """UTF-16 without a byte order mark, by how it begins or by its NUL bytes."""
    if start := _UTF16_START.match(body):
        return "utf-16-le" if start[1] else "utf-16-be"
    if body.count(0) > NUL_SHARE * len(body):
        return "utf-16-le" if body[1::2].count(0) >= body[::2].count(0) else "utf-16-be"
    return None


def _escaped(body: bytes, declared: list[str], *, controls: bool) -> str | None:
    """One of the charsets of seven bits, whose other characters stand between escapes."""
    if controls and b"\x1b$" in body:
        declared_ones = [name for name in declared if name.startswith("iso2022")]
        return next(iter(declared_ones), "iso2022_jp" if body.isascii() else None)
    return "hz" if "hz" in declared and b"~{" in body else None


def has_controls(body: bytes) -> bool:
    """Whether a control of ASCII other than white space is in the bytes of a text."""
    return len(body.translate(None, _CONTROLS)) != len(body)


def _declared(body: bytes, content_type: str | None) -> list[str]:
    """Charsets that the header, the XML declaration or meta elements name, by the names that Python knows."""
    head = body[:HEAD_BYTES]
    labels = [match[1] for match in (_CHARSET.search((content_type or "").encode("utf-8", "replace")),) if match]
    labels += [match[1] for match in (_XML_ENCODING.search(head),) if match]
    labels += _CHARSET.findall(head)
    names = []
    for label in labels:
        text = label.decode("ascii", "replace").lower()
        try:
            name = codecs.lookup(_LABELS.get(text, text)).name
        except (LookupError, ValueError):
            continue
        name = _WEB_NAMES.get(name, name)
        if name not in names and not name.startswith(("utf-8", "utf-16", "utf-32")):
            names.append(name)
    return [name for name in names if _is_text_encoding(name)]


def _is_text_encoding(name: str) -> bool:
    """Not one of Python's bytes-to-bytes or escape codecs, which a page may name too."""
    return codecs.lookup(name)._is_text_encoding and name not in _NO_CHARSETS


def _strictly(body: bytes, encoding: str) -> str | None:
    """The text without errors; only at its end a character may be cut through."""
    try:
        return codecs.getincrementaldecoder(encoding)().decode(body)
    except UnicodeDecodeError:
        return None


def _mixed_utf8(body: bytes, declared: list[str]) -> str | None:
    """UTF-8 with stray bytes of another charset in it; None when there are too many of them."""
    text = body.decode("utf-8", "surrogateescape")
    strays = len(_STRAY.findall(text))
    good = sum(character > "\x7f" for character in text) - strays
    few = strays <= MIN_REPLACED and (good > 0 or not declared)
    if not few and strays > MAX_STRAY_SHARE * good:
        return None
    return _STRAYS.sub(_stray, text)


_STRAY = re.compile("[\udc80-\udcff]")
_STRAYS = re.compile("[\udc80-\udcff]+")


def _stray(match: re.Match[str]) -> str:
    """A single stray byte is read as windows-1252; more of them are a broken character."""
    byte = ord(match[0][0]) - 0xDC00
    if len(match[0]) > 1:
        return "\ufffd"
    character = bytes([byte]).decode("cp1252", "replace")
    return character if (character.isalpha() and byte < 0xFE) or 0x82 <= byte <= 0x97 or byte == 0x80 else "\ufffd"


def _legacy(body: bytes, declared: list[str]) -> tuple[str, str]:
    """The text in the declared charset that makes sense, else in one of the page's language, else in a detected one."""
    match = _LANGUAGE.search(body[:HEAD_BYTES])
    language = match[1].decode().lower() if match else ""
    if language in _TURKISH:  # often labelled as the charset that differs from theirs in six letters
        declared = ["cp1254" if name == "cp1252" else name for name in declared]
    hinted = [name for name in _BY_LANGUAGE.get(language, ()) if name not in declared]
    best: tuple[float, str, str] | None = None
    for names in (declared, hinted, None):
        for name in _detected(body) if names is None else names:
            text = _tolerantly(body, name)
            doubt = _doubt(text, name) if text is not None else 1.0
            if text is not None and (best is None or doubt < best[0]):
                best = (doubt, text, name)
            if best and names is declared and best[0] <= MAX_SUSPICION:
                break
        if best and best[0] <= MAX_SUSPICION:
            break
    if best is None or best[0] >= HOPELESS:
        raise Reject(Code.UNDECODABLE, f"no charset makes text of these {len(body)} bytes")
    return best[1], best[2]


def _doubt(text: str, encoding: str) -> float:
    doubt = suspicion(text)
    return max(doubt, suspicion_of_han(text, encoding)) if encoding in _EAST_ASIAN else doubt


def _tolerantly(body: bytes, encoding: str) -> str | None:
    """The text in a charset, with a few broken places at most. Where ISO has controls, Windows has quotes."""
    text = _strictly(body, encoding)
    if text is None:
        text = body.decode(encoding, "replace")
        if text.count("\ufffd") > max(MIN_REPLACED, MAX_REPLACED_SHARE * len(text)):
            return None
    if encoding.startswith("iso8859") and _LOW.search(text):
        windows = "cp1250" if encoding == "iso8859-2" else "cp1252"
        text = _LOW.sub(lambda low: low[0].encode("latin-1").decode(windows, "replace"), text)
    return text


def _detected(body: bytes) -> list[str]:
    """The charsets that the text's letters speak for, the likeliest first.

    Windows-1252, the web's default, comes before another that reads hardly better: that one was mostly wrong.
    """
    from charset_normalizer import from_bytes  # here: few pages are neither UTF-8 nor declare what they are

    visible = _TAGS.sub(b" ", body[: 10 * DETECTION_BYTES])
    lines = b"\n".join(line for line in visible.splitlines() if not line.isascii())[:DETECTION_BYTES]
    matches = list(from_bytes(lines or body[:DETECTION_BYTES], cp_isolation=_DETECTABLE))
    for match in matches:
        if "cp1252" in match.could_be_from_charset and matches[0].coherence - match.coherence < MIN_GAIN:
            return ["cp1252", *(other.encoding for other in matches)]
    return [match.encoding for match in matches]


def _checked(text: str, encoding: str) -> Decoded:
    share = control_share(text)
    if share > MAX_CONTROL_SHARE and share * len(text) > MIN_REPLACED:
        raise Reject(Code.UNDECODABLE, f"read as {encoding}, {share:.1%} of the characters are none of any text")
    return Decoded(text=text)


def warm_for_many() -> None:
    """Import the detector now."""
    import charset_normalizer  # noqa: F401
