"""What others may know of a process while it runs: /metrics, /livez and /readyz, and word to the service manager."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from pipeline.edges.health import Health
from pipeline.edges.metrics import BUILD
from pipeline.edges.metrics_server import serving_metrics
from pipeline.edges.notify import Notifier
from pipeline.settings import Settings, read_address
from pipeline.version import VERSION


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """Where the process can be asked, if it can, and how its service manager learns that it stops."""

    url: str | None
    notifier: Notifier


@contextmanager
def observed(settings: Settings, health: Health, refresh: Callable[[], None]) -> Iterator[Observed]:
    """Let the process be observed for the length of a block; UsageError when it cannot listen where it is to.

    `refresh` sets the gauges that are only known when somebody asks.
    """
    BUILD.labels(VERSION).set(1)
    notifier = Notifier(health)
    try:
        notifier.start()  # a signal that ends us while it starts is a stop too, and is told
        if settings.metrics is None:
            yield Observed(url=None, notifier=notifier)
            return
        with serving_metrics(read_address(settings.metrics), health, refresh) as url:
            yield Observed(url=url, notifier=notifier)
    finally:
        notifier.end()
