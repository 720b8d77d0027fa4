"""The map of newsflow: every topic and every stage, one row each. Read this first.

    raw ──[ clean ]──> clean ──[ annotate ]──> annotated ──[ relate ]──> enriched

Besides its target, every stage writes what became of a page to `news.outcomes.v1`, and what it could not process to
`news.dead.v1`. Topic creation, the supervisor and the README's table are made from these rows or tested against them.
"""

from dataclasses import dataclass
from importlib import import_module

from pipeline.errors import UsageError

MIB = 1024 * 1024

MAX_BODY_BYTES = 4 * MIB
"""The largest page body, in bytes as received, that goes through newsflow."""

MAX_RECORD_BYTES = 3 * MAX_BODY_BYTES + MIB
"""The largest message of a page on its way, uncompressed: its body, or its record with key and headers.

A character of one byte in a legacy charset has up to three in UTF-8, and the record adds its ledger and blocks.
"""

MAX_DEAD_BYTES = MAX_RECORD_BYTES + MIB // 4
"""A dead letter is its message with the `dlq.*` headers added, so it may be that much larger."""

BATCH_BYTES = MIB // 4
"""What a producer puts into one batch, uncompressed: far below every topic's limit, which counts a batch as a whole."""

DAY_MS = 24 * 60 * 60 * 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """One Kafka topic: what it carries, in what order, and for how long it is kept."""

    name: str
    record: str
    key: str
    partitions: int
    retention_days: int
    max_bytes: int
    cleanup: str = "delete"
    compaction_lag_days: int = 0
    also: tuple[str, ...] = ()
    """Other records that travel among those, in their order; a message's `schema` tells which it is."""

    @property
    def records(self) -> tuple[str, ...]:
        """Every record that the topic carries."""
        return (self.record, *self.also)

    def config(self) -> dict[str, str]:
        """The topic's configuration, in Kafka's own names and units."""
        config = {
            "cleanup.policy": self.cleanup,
            "compression.type": "producer",  # the producers use zstd; the broker keeps what they wrote
            "max.message.bytes": str(self.max_bytes),
            "retention.ms": str(self.retention_days * DAY_MS),
        }
        if self.compaction_lag_days:
            config["min.compaction.lag.ms"] = str(self.compaction_lag_days * DAY_MS)
        return config


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One step of a page's way. Its `name` is also its metric label and the suffix of its consumer group.

    `function` is the pure function "module:name" that turns one record into the next, or into a verdict. A stage with
    memory also has `decide`, which makes the decision that `function` then applies, and `result_id`, which makes of a
    record's id the one under which the decision is kept (see `pipeline.memory`). They are named, not imported, so that
    reading the map loads no extractor.
    """

    name: str
    source: Topic
    target: Topic
    function: str
    decide: str | None = None
    result_id: str | None = None

    @property
    def group(self) -> str:
        """The consumer group. A rename would start again from the beginning of the topic."""
        return f"newsflow.{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Topology:
    """All topics and the stages in the order of the flow."""

    topics: tuple[Topic, ...]
    stages: tuple[Stage, ...]

    def stage(self, name: str) -> Stage:
        """The stage of that name; `UsageError` names the ones there are."""
        for stage in self.stages:
            if stage.name == name:
                return stage
        raise UsageError(f"there is no stage {name!r}; the stages are: {', '.join(s.name for s in self.stages)}")


RAW = Topic(
    name="news.raw.v1", record="raw_page", key="host", partitions=12, retention_days=7, max_bytes=MAX_RECORD_BYTES
)
CLEAN = Topic(
    name="news.clean.v1",
    record="clean_article",
    also=("withdrawal",),
    key="page_id",
    partitions=12,
    retention_days=3,
    max_bytes=MAX_RECORD_BYTES,
)
ANNOTATED = Topic(
    name="news.annotated.v1",
    record="annotated_article",
    also=("withdrawal",),
    key="page_id",
    partitions=12,
    retention_days=3,
    max_bytes=MAX_RECORD_BYTES,
)
ENRICHED = Topic(
    name="news.enriched.v1",
    record="enriched_article",
    key="page_id",
    partitions=12,
    retention_days=365,
    max_bytes=MAX_RECORD_BYTES,
    cleanup="compact,delete",  # a late subscriber still gets the latest revision of every page
    compaction_lag_days=7,
)
OUTCOMES = Topic(
    name="news.outcomes.v1",
    record="outcome",
    key="trace_id",
    partitions=12,
    retention_days=30,  # by time, never compacted: an audit counts them
    max_bytes=MIB,
)
DEAD = Topic(
    name="news.dead.v1",
    record="dead_letter",
    key="the message's own",
    partitions=12,
    retention_days=30,
    max_bytes=MAX_DEAD_BYTES,
)

TOPOLOGY = Topology(
    topics=(RAW, CLEAN, ANNOTATED, ENRICHED, OUTCOMES, DEAD),
    stages=(
        Stage(name="clean", source=RAW, target=CLEAN, function="pipeline.stages.clean:clean"),
        Stage(name="annotate", source=CLEAN, target=ANNOTATED, function="pipeline.stages.annotate:annotate"),
        Stage(
            name="relate",
            source=ANNOTATED,
            target=ENRICHED,
            function="pipeline.stages.relate:relate",
            decide="pipeline.stages.relate:decide",
            result_id="pipeline.stages.relate:record_id",
        ),
    ),
)


def load_topology(module: str = "pipeline.topology") -> Topology:
    """The `TOPOLOGY` of a module: this one, or that of an operator or a test with stages of its own.

    Raises UsageError when the module is not there or defines none.
    """
    try:
        topology = import_module(module).TOPOLOGY
    except (ImportError, AttributeError) as error:
        raise UsageError(f"no topology in {module!r}: {error}; name a module that defines TOPOLOGY") from error
    if not isinstance(topology, Topology):
        raise UsageError(f"{module}.TOPOLOGY is no pipeline.topology.Topology")
    return topology
