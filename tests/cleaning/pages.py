"""Small invented pages for the tests of declared metadata."""

import json
from typing import Any

from lxml import html
from lxml.html import HtmlElement

from pipeline.cleaning.metadata.reader import Metadata, read_metadata
from pipeline.cleaning.metadata.scan import scan_page

URL = "https://www.news.example.org/region/ferry-stays"
HEADLINE = "Council keeps the chain ferry running"


def tree(head: str = "", body: str = "", lang: str = "en") -> HtmlElement:
    return html.document_fromstring(f'<html lang="{lang}"><head>{head}</head><body>{body}</body></html>')


def read(head: str = "", body: str = "", lang: str = "en", url: str = URL) -> Metadata:
    return read_metadata(scan_page(tree(head, body, lang)), url)


def script(value: Any) -> str:
    """A JSON-LD script; a string stands in it as it is."""
    text = value if isinstance(value, str) else json.dumps(value)
    return f'<script type="application/ld+json">{text}</script>'


def news(**fields: Any) -> dict[str, Any]:
    return {"@context": "https://schema.org", "@type": "NewsArticle", "headline": HEADLINE, **fields}


def meta(**contents: str) -> str:
    """`og__title="…"` becomes `<meta property="og:title" content="…">`."""
    return "".join(f'<meta property="{name.replace("__", ":")}" content="{text}">' for name, text in contents.items())


def names(metadata: Metadata) -> list[str]:
    return [author.name for author in metadata.authors]
