"""What an operator adds to the annotate stage: a gazetteer file, and enrichers of other packages."""

from dataclasses import dataclass
from pathlib import Path

from pipeline.enrichment import extensions, gazetteer
from pipeline.errors import UsageError
from pipeline.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnEnrichment:
    """The file and the enrichers' names, as the settings name them."""

    gazetteer: Path | None = None
    enrichers: tuple[str, ...] = ()


NOTHING = OwnEnrichment()

_configured = NOTHING


def own_enrichment(settings: Settings) -> OwnEnrichment:
    """What the settings name."""
    names = (name.strip() for name in settings.enrichers.split(","))
    return OwnEnrichment(gazetteer=settings.gazetteer, enrichers=tuple(dict.fromkeys(name for name in names if name)))


def check(own: OwnEnrichment) -> None:
    """Refuse (`UsageError`) a file that cannot be read, with its line, and a name that nothing offers.

    The enrichers themselves are made where they run, so that a process that only supervises loads no models.
    """
    if own.gazetteer is not None:
        _entries(own.gazetteer)
    if own.enrichers:
        offered = {point.name for point in extensions.offered_enrichers()}
        for name in own.enrichers:
            if name not in offered:
                extensions.load_enrichers((name,))


def configure(own: OwnEnrichment) -> None:
    """Make this process annotate with them; nothing to do where it already does. UsageError as `check`."""
    global _configured
    if own == _configured:
        return
    names = gazetteer.Gazetteer(_entries(own.gazetteer)) if own.gazetteer is not None else None
    enrichers = extensions.load_enrichers(own.enrichers)
    gazetteer.install(names)
    extensions.install(enrichers)
    _configured = own


def _entries(path: Path) -> list[gazetteer.Entry]:
    try:
        with path.open(encoding="utf-8-sig") as lines:
            entries = list(gazetteer.read_entries(lines, str(path)))
    except UnicodeDecodeError as error:
        raise UsageError(f"NEWSFLOW_GAZETTEER: {path} is not UTF-8: {error}") from error
    except OSError as error:
        raise UsageError(f"NEWSFLOW_GAZETTEER: cannot read {path}: {error.strerror}") from error
    if not entries:
        raise UsageError(f"NEWSFLOW_GAZETTEER: {path} holds no entry")
    return entries
