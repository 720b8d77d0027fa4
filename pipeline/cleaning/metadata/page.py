"""A page as the readers of declared metadata see it: what one walk found, its JSON-LD, and which of that is its own."""

from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.cleaning.metadata.jsonld import JsonLd, Node
from pipeline.cleaning.metadata.scan import Scan
from pipeline.errors import Reject
from pipeline.urls import absolute_url


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """`own` are the JSON-LD objects of the page's own article, the surest first."""

    url: str
    scan: Scan
    jsonld: JsonLd
    own: list[Node]
    keys: frozenset[str] = frozenset()
    """The addresses by which the page goes, see `page_key`."""
    language: str | None = None
    """That of its dates."""

    def own_values(self, *names: str, limit: int = 1000) -> Iterator[tuple[str, str]]:
        """(source, text) of properties of the page's own article objects."""
        for name in names:
            for node in self.own:
                if text := self.jsonld.text(node.data.get(name), limit):
                    yield f"json_ld:{name}", text

    def metas(self, *names: str) -> Iterator[tuple[str, str]]:
        """(source, content) of metas."""
        return ((f"meta:{name}", value) for name, value in self.scan.meta(*names))

    def main_nodes(self) -> Iterator[Node]:
        """The JSON-LD objects that are not parts or neighbours of another."""
        return (node for node in self.jsonld.nodes if not node.aside)

    def absolute(self, link: str | None) -> str | None:
        """A link made absolute, if it then is a URL that a record may hold."""
        try:
            return absolute_url(self.url, link.strip()) if link else None
        except (ValueError, Reject):
            return None
