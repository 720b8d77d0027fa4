"""What kind of page it is. So far all that comes here is an article; the evidence is what the page claims to be."""

from pipeline.records import PageKind

ARTICLE = "article"
MAX_EVIDENCE = 5


def kind_of_page(declared_types: tuple[str, ...]) -> PageKind:
    """The kind, with the declared types that speak for it."""
    evidence = tuple(kind for kind in declared_types if _speaks_for_article(kind))[:MAX_EVIDENCE]
    return PageKind(kind=ARTICLE, evidence=tuple(f"declares {kind}" for kind in evidence))


def _speaks_for_article(kind: str) -> bool:
    return kind.casefold().endswith(("article", "posting", "report"))
