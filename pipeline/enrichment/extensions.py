"""The operator's own enrichers: packages offer them as entry points, NEWSFLOW_ENRICHERS names those that run.

What one finds stands in `extensions` under its name, as plain JSON. It runs after the built-in ones, with a time limit
of its own; one that fails or is late is recorded in `enrichments`, and the article goes on without it.
"""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

import orjson

from pipeline.errors import UsageError
from pipeline.records import CleanArticle

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP = "newsflow.enrichers"
MAX_BYTES = 262_144
"""Of the JSON that one enricher adds to a record."""
MAX_SECONDS = 60.0


@runtime_checkable
class Enricher(Protocol):
    """What an entry point's callable makes, once for each process. Called with one article at a time."""

    version: str
    """Stands in the record, and in its id: change it with whatever changes the results."""
    seconds: float
    """Its time limit for one article."""

    def enrich(self, article: CleanArticle, language: str) -> dict[str, Any]:
        """What it finds, as plain JSON. `language` is the BCP 47 tag that was found, "und" where none was."""
        ...


def offered_enrichers() -> "Iterable[EntryPoint]":
    """What the installed packages offer. To read the metadata of all takes long: nobody waits for it without need."""
    from importlib.metadata import entry_points

    return entry_points(group=GROUP)


def load_enrichers(names: Iterable[str], offered: "Iterable[EntryPoint] | None" = None) -> dict[str, Enricher]:
    """The enrichers of these names, made; UsageError says what is wrong with one, or which ones there are."""
    points = {point.name: point for point in (offered_enrichers() if offered is None else offered)}
    made: dict[str, Enricher] = {}
    for name in names:
        if name not in points:
            there = ", ".join(sorted(points)) or "none"
            raise UsageError(f"NEWSFLOW_ENRICHERS: no installed package offers {name!r} (offered: {there})")
        made[name] = _made(name, points[name])
    return made


def _made(name: str, point: "EntryPoint") -> Enricher:
    try:
        make: Callable[[], Any] = point.load()
        enricher = make()
    except UsageError as error:
        raise UsageError(f"enricher {name!r}: {error}") from error
    except Exception as error:
        raise UsageError(f"enricher {name!r} ({point.value}): {type(error).__name__}: {error}") from error
    if not isinstance(enricher, Enricher):
        raise UsageError(f"enricher {name!r} ({point.value}) needs version, seconds and enrich(article, language)")
    if not 0 < enricher.seconds <= MAX_SECONDS:
        raise UsageError(f"enricher {name!r}: its limit of {enricher.seconds:g} s must be above 0 and at most 60")
    return enricher


def as_json(found: Any) -> dict[str, Any]:
    """What an enricher has found as plain JSON; ValueError or TypeError when it is none, or too much."""
    if not isinstance(found, dict):
        raise TypeError(f"enrich gave {type(found).__name__}, and must give a dict")
    text = orjson.dumps(found)
    if len(text) > MAX_BYTES:
        raise ValueError(f"{len(text)} bytes of JSON; at most {MAX_BYTES} are allowed")
    plain: dict[str, Any] = orjson.loads(text)
    return plain


_installed: dict[str, Enricher] = {}


def install(enrichers: dict[str, Enricher]) -> None:
    """Make them the ones that this process annotates with; the shell calls this, before the first page."""
    _installed.clear()
    _installed.update(enrichers)


def installed() -> dict[str, Enricher]:
    """The enrichers of this process, in the order in which they run."""
    return dict(_installed)
