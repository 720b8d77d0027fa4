"""Ampersands of feeds and sitemaps made XML, in pieces as they arrive.

At a bare `&` libxml2 waits for a `;`: a sitemap whose addresses have `?a=1&b=2` gave nothing before its end. And it
drops HTML's named characters, which XML does not know.
"""

import re
from html.entities import html5

_TOKEN = re.compile(
    rb"<!\[CDATA\[|\]\]>|(?:&(?=&))+|&(#[0-9]{1,7};|#[xX][0-9a-fA-F]{1,6};|[A-Za-z][A-Za-z0-9]{0,31};)?"
)
"""A row of ampersands is one token: one by one, three million of them took 3 s."""

_LONGEST = 40
"""No other token is longer: one that begins before the last 40 bytes is in the piece as a whole."""

_XML_NAMES = frozenset({b"amp;", b"lt;", b"gt;", b"quot;", b"apos;"})


class Ampersands:
    """Mends one document. CDATA sections stay as they are."""

    def __init__(self) -> None:
        self._rest = b""
        self._in_cdata = False

    def mend(self, piece: bytes, last: bool = False) -> bytes:
        """What can be said of the document so far."""
        text = self._rest + piece
        limit = len(text) if last else max(0, len(text) - _LONGEST)
        mended: list[bytes] = []
        at = 0
        for match in _TOKEN.finditer(text):
            if match.start() >= limit:
                break
            mended += (text[at : match.start()], self._replace(match))
            at = match.end()
        cut = max(at, limit)
        self._rest = text[cut:]
        return b"".join((*mended, text[at:cut]))

    def _replace(self, match: re.Match[bytes]) -> bytes:
        token, name = match[0], match[1]
        if not token.startswith(b"&"):
            self._in_cdata = token.startswith(b"<")
            return token
        if self._in_cdata or name in _XML_NAMES or (name and name.startswith(b"#")):
            return token
        if name is None:
            return b"&amp;" * len(token)
        characters = html5.get(name.decode("ascii"))
        return "".join(f"&#{ord(each)};" for each in characters).encode("ascii") if characters else token
