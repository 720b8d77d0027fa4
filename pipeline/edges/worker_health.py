"""A stage worker's health and gauges: what its watchdog knows of Faust, and its event loop's pulse."""

from dataclasses import dataclass, field

from pipeline.edges import metrics
from pipeline.edges.health import Beat, Health
from pipeline.edges.watchdog import Watchdog


@dataclass(slots=True, kw_only=True)
class WorkerHealth:
    """The health of one worker of a stage; before `watchdog` is set it is on its way to Kafka and its topics.

    `patience` is how long the slowest batch may take: less than the watchdog's own, so that whoever asks knows first.
    """

    stage: str
    patience: float
    beat: Beat = field(default_factory=Beat)
    watchdog: Watchdog | None = None

    @property
    def health(self) -> Health:
        """As others ask for it."""
        return Health(live=self.live, ready=self.ready)

    def live(self) -> str | None:
        """None while the worker gets on, has nothing to do, or is starting."""
        return self.beat.stalled() or (self.watchdog.trouble(self.patience) if self.watchdog else None)

    def ready(self) -> str | None:
        """None while the worker has partitions."""
        watchdog = self.watchdog
        if watchdog is None or not self.beat.has_begun:
            return "starting: it waits for Kafka, its topics, the store and its processes"
        if watchdog.is_stopping:
            return "stopping: it finishes its batch"
        if watchdog.partitions is None:
            return "its consumer group has not shared out the partitions"
        if not watchdog.partitions:
            return "no partition is assigned to it: the group may have more workers than partitions"
        return self.live()

    def refresh(self) -> None:
        """Set the gauges that are only known when somebody asks. Partitions that were taken away are forgotten."""
        metrics.CONSUMER_LAG.clear()
        watchdog = self.watchdog
        if watchdog is None:
            return
        for partition, lag in watchdog.lag().items():
            metrics.CONSUMER_LAG.labels(self.stage, str(partition)).set(lag)
        metrics.IN_HAND.labels(self.stage).set(watchdog.in_hand)
        metrics.ASSIGNED_PARTITIONS.labels(self.stage).set(len(watchdog.partitions or ()))
