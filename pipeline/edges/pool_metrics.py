"""What a worker counts of its pool."""

from pipeline.edges.metrics import POOL_BUSY, POOL_BUSY_SECONDS, POOL_KILLS, POOL_PROCESSES, POOL_WAITING
from pipeline.errors import Code


class PoolMetrics:
    """An observer of the process's one pool."""

    def started(self, processes: int) -> None:
        """Tell how many there are."""
        POOL_PROCESSES.set(processes)

    def waiting(self, chunks: int) -> None:
        """Count what waits."""
        POOL_WAITING.inc(chunks)

    def busy(self, processes: int, seconds: float = 0.0) -> None:
        """Count who has pages, and for how long."""
        POOL_BUSY.inc(processes)
        POOL_BUSY_SECONDS.inc(seconds)

    def lost(self, code: Code) -> None:
        """Count it by its cause."""
        POOL_KILLS.labels(code).inc()
