"""The settings under which Faust loses no message, each with its reason, and the check that they hold.

Faust lets an environment variable (STREAM_WAIT_EMPTY, WEB_ENABLED, …) win over the code, so what was asked for is not
enough: the check reads what the app ended up with.
"""

from dataclasses import dataclass
from typing import Any

from pipeline.errors import UsageError
from pipeline.settings import REBALANCE_SECONDS, STAGE_CHUNK, WATCHDOG_SECONDS, Settings
from pipeline.topology import BATCH_BYTES, MIB

MARGIN_SECONDS = 10.0
"""Of the rebalance: for new children, the store, sending and the commit."""

SEND_SECONDS = 30.0
"""How long the broker may take to acknowledge a batch. An idempotent send by itself retries for ever."""

UNAVAILABLE_SECONDS = 30.0
"""How long a batch waits for a store that cannot serve before the worker gives up and is restarted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Safe:
    """One setting of Faust: its safe value, and what happens with another."""

    setting: str
    value: Any
    why: str


SAFE = (
    Safe(setting="store", value="memory:", why="tables lose data after a crash, and nothing here uses them"),
    Safe(setting="key_serializer", value="raw", why="a key that Faust cannot decode is acknowledged unseen"),
    Safe(setting="value_serializer", value="raw", why="a value that Faust cannot decode is acknowledged unseen"),
    Safe(setting="topic_allow_declare", value=False, why="Faust would make topics with its own settings"),
    Safe(setting="topic_disable_leader", value=True, why="the leader election needs a topic of its own"),
    Safe(setting="table_standby_replicas", value=0, why="there are no tables"),
    Safe(setting="stream_wait_empty", value=True, why="without it a stop acknowledges what is still in work"),
    Safe(setting="stream_publish_on_commit", value=False, why="outputs would wait for the commit of their inputs"),
    Safe(setting="stream_buffer_maxsize", value=32, why="bounds the messages, of 4 MiB each, that lie in memory"),
    Safe(setting="broker_max_poll_records", value=32, why="bounds the messages, of 4 MiB each, that lie in memory"),
    Safe(setting="consumer_max_fetch_size", value=5 * MIB, why="a message larger than a fetch comes alone, at least"),
    Safe(
        setting="consumer_metadata_max_age_ms",
        value=5000,
        why="after a restart of the broker a leader may share out no partitions, until its metadata are new",
    ),
    Safe(setting="producer_metadata_max_age_ms", value=5000, why="as the consumer's"),
    Safe(setting="consumer_auto_offset_reset", value="earliest", why="'latest' skips what came before the first start"),
    Safe(
        setting="broker_commit_interval",
        value=1.0,
        why="what is acknowledged and not committed is repeated after a crash; four commits a second took a tenth of a "
        "worker's time",
    ),
    Safe(setting="broker_session_timeout", value=15.0, why="so long a dead worker keeps its partitions"),
    Safe(
        setting="broker_heartbeat_interval",
        value=3.0,
        why="a third of the session timeout at most, or a slow machine seems dead",
    ),
    Safe(setting="broker_request_timeout", value=60.0, why="must be longer than the session timeout"),
    Safe(setting="broker_rebalance_timeout", value=REBALANCE_SECONDS, why="a longer batch is repeated for ever"),
    Safe(setting="broker_max_poll_interval", value=600.0, why="longer than any batch: the watchdog judges instead"),
    Safe(setting="producer_acks", value=-1, why="fewer acknowledgements lose messages with a broker"),
    Safe(setting="producer_linger", value=0.002, why="records of a batch, handed over at once, travel together"),
    Safe(setting="producer_compression_type", value="zstd", why="a page shrinks to a quarter"),
    Safe(setting="producer_max_batch_size", value=BATCH_BYTES, why="a larger batch may exceed the topic's size limit"),
    Safe(setting="producer_max_request_size", value=64 * MIB, why="it counts uncompressed: the topics' limits decide"),
    Safe(setting="web_enabled", value=False, why="it would listen on all addresses"),
)


def check_settings(conf: Any) -> None:
    """Refuse (`UsageError`) a Faust configuration in which a setting is not the safe one, and say why."""
    for safe in SAFE:
        found = getattr(conf, safe.setting)
        if str(found) != str(safe.value):  # Faust makes URLs and enums of some
            raise UsageError(
                f"Faust's setting {safe.setting} is {found!r} and must be {safe.value!r}: {safe.why}; "
                f"is the environment variable {safe.setting.upper()} set?"
            )
    guarantee = str(getattr(conf.processing_guarantee, "value", conf.processing_guarantee))
    if guarantee != "at_least_once":
        raise UsageError(f"Faust's setting processing_guarantee is {guarantee!r}: only 'at_least_once' works")


def turn_seconds(pages: int, settings: Settings) -> float:
    """How long so many pages taken together can keep a worker busy.

    In the worst case every page hangs: each chunk runs into its limit, then each page alone, shared by the processes.
    """
    if pages == 1:
        return settings.page_seconds
    chunks = max(-(-pages // STAGE_CHUNK), min(settings.pool_processes, pages))
    rounds = -(-chunks // settings.pool_processes) + -(-pages // settings.pool_processes)
    return rounds * settings.page_seconds


def worst_batch_seconds(settings: Settings) -> float:
    """How long a worker can be busy at most before it lets go of its partitions.

    When partitions are taken away, Faust holds back one message more, which is a batch of its own. And of a batch that
    is taken in turns, at least one page is taken alone after the others.
    """
    return turn_seconds(settings.batch_size, settings) + 2 * turn_seconds(1, settings)


def has_time(elapsed: float, pages: int, settings: Settings) -> bool:
    """Whether so many pages more, taken together, surely end before the rebalance does, and one held back after them.

    A batch that is taken in turns may last longer than one that is taken at once.
    """
    ahead = turn_seconds(pages, settings) + turn_seconds(1, settings)
    return elapsed + ahead + MARGIN_SECONDS <= REBALANCE_SECONDS


def slowest_batch_seconds(settings: Settings) -> float:
    """How long a worker that is well may commit nothing: its slowest batch, with its waits for store and broker."""
    return worst_batch_seconds(settings) + SEND_SECONDS + UNAVAILABLE_SECONDS


def check_bounds(settings: Settings) -> None:
    """Refuse (`UsageError`) settings under which a slow batch outlives the rebalance or the watchdog's patience."""
    worst = worst_batch_seconds(settings)
    if worst + MARGIN_SECONDS > REBALANCE_SECONDS:
        raise UsageError(
            f"a batch of hanging pages would take {worst:g} s, and Kafka hands it to another worker after "
            f"{REBALANCE_SECONDS:g} s, again and again: lower NEWSFLOW_BATCH_SIZE ({settings.batch_size}) or "
            f"NEWSFLOW_PAGE_SECONDS ({settings.page_seconds:g}), or raise NEWSFLOW_POOL_PROCESSES "
            f"({settings.pool_processes})"
        )
    if slowest_batch_seconds(settings) > WATCHDOG_SECONDS:
        raise UsageError(
            f"a batch of hanging pages would take {worst:g} s, and the watchdog ends a worker that stands still for "
            f"{WATCHDOG_SECONDS:g} s: lower NEWSFLOW_BATCH_SIZE or NEWSFLOW_PAGE_SECONDS"
        )
