"""What several enrichers ask of one article is found once."""

from collections.abc import Callable
from typing import TypeVar

from pipeline.records import CleanArticle

Result = TypeVar("Result")


def once(find: Callable[[CleanArticle], Result]) -> Callable[[CleanArticle], Result]:
    """The function, which remembers its result for the article that it was asked about last.

    By identity: the hash of an article, which `lru_cache` would ask for at every call, takes 0.05 ms.
    """
    latest: tuple[CleanArticle, Result] | None = None

    def found(article: CleanArticle) -> Result:
        nonlocal latest
        known = latest
        if known is None or known[0] is not article:
            known = latest = (article, find(article))
        return known[1]

    return found
