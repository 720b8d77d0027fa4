"""Topics in a cluster: create those that are missing, and say where existing ones differ from the table.

Nothing here changes or deletes an existing topic: that loses messages, so it is a person's decision.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import NoError, TopicAlreadyExistsError, for_code

from pipeline.edges.connection import Connection, admin_client
from pipeline.errors import Failure
from pipeline.topology import Topic

LEADER_PATIENCE_S = 30.0
"""How long new partitions may take to get a leader. One broker: 0.1 s; three brokers under load: seconds."""

BROKER_DEFAULT = -1
"""Kafka's own value for "the replication factor that the cluster is configured with"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """One difference between the table and a cluster. `what` is "topic", "partitions" or a configuration key."""

    topic: str
    what: str
    expected: str
    found: str


async def create_topics(
    connection: Connection, topics: Sequence[Topic], *, replication: int | None = None
) -> list[str]:
    """Create what is missing and wait until every partition has a leader; the names of the created ones, as in Kafka.

    `replication` is the number of copies, None for the cluster's default. Existing topics are left as they are: see
    `check_topics`. Raises Failure when the cluster cannot be reached, refuses a topic, or elects no leaders in time.
    """
    created: list[str] = []
    async with admin_client(connection) as admin:
        existing = await partition_leaders(admin)
        missing = [topic for topic in topics if connection.topic(topic.name) not in existing]
        if missing:
            reply = await admin.create_topics([_new_topic(connection, topic, replication) for topic in missing])
            for name, code, message, *_ in reply.topic_errors:
                kind = for_code(code)
                if kind is NoError:
                    created.append(name)
                elif kind is not TopicAlreadyExistsError:  # somebody was faster: as good as existing
                    raise Failure(f"Kafka refused to create topic {name}: {message or kind.__name__}")
        await _await_leaders(admin, [connection.topic(topic.name) for topic in topics])
    return created


async def check_topics(connection: Connection, topics: Sequence[Topic]) -> list[Drift]:
    """Every difference between the table and the cluster, in the order of the table; nothing is altered.

    Raises Failure when the cluster cannot be reached or does not let us read a topic's configuration.
    """
    drifts: list[Drift] = []
    async with admin_client(connection) as admin:
        existing = await partition_leaders(admin)
        present = [topic for topic in topics if connection.topic(topic.name) in existing]
        configs = await _configs(admin, {connection.topic(topic.name): topic.config() for topic in present})
    for topic in topics:
        name = connection.topic(topic.name)
        if name not in existing:
            drifts.append(Drift(topic=name, what="topic", expected="present", found="missing"))
            continue
        expected = {"partitions": str(topic.partitions), **topic.config()}
        found = {"partitions": str(len(existing[name])), **configs[name]}
        drifts += [
            Drift(topic=name, what=what, expected=value, found=found.get(what, "unset"))
            for what, value in expected.items()
            if _as_set(found.get(what, "unset")) != _as_set(value)
        ]
    return drifts


async def require_topics(connection: Connection, topics: Sequence[Topic]) -> list[TopicPartition]:
    """All partitions of these topics, as the cluster names them.

    Raises Failure, with what to do, when one of them is not there or the cluster cannot be reached.
    """
    async with admin_client(connection) as admin:
        existing = await partition_leaders(admin)
    missing = [name for topic in topics if (name := connection.topic(topic.name)) not in existing]
    if missing:
        raise Failure(f"topic {', '.join(missing)} is missing at {connection.bootstrap}: run `newsflow topics create`")
    names = [connection.topic(topic.name) for topic in topics]
    return [TopicPartition(name, number) for name in names for number in sorted(existing[name])]


async def partition_leaders(admin: AIOKafkaAdminClient) -> dict[str, dict[int, int]]:
    """Of every topic in the cluster, its partitions and the node that leads each (-1: none at the moment).

    It asks for all topics on purpose: asking for one by name creates it where `auto.create.topics.enable` is on.
    """
    return {
        topic["topic"]: {partition["partition"]: partition["leader"] for partition in topic["partitions"]}
        for topic in await admin.describe_topics(None)
    }


def _new_topic(connection: Connection, topic: Topic, replication: int | None) -> NewTopic:
    return NewTopic(
        name=connection.topic(topic.name),
        num_partitions=topic.partitions,
        replication_factor=replication or BROKER_DEFAULT,
        # aiokafka takes -1 only when assignments are given too, and an empty dict counts as given.
        replica_assignments=None if replication else {},
        topic_configs=topic.config(),
    )


async def _await_leaders(admin: AIOKafkaAdminClient, names: Sequence[str]) -> None:
    waiting: set[str] = set(names)
    try:
        async with asyncio.timeout(LEADER_PATIENCE_S):
            while waiting:
                leaders = await partition_leaders(admin)
                waiting = {name for name in waiting if not leaders.get(name) or -1 in leaders[name].values()}
                if waiting:
                    await asyncio.sleep(0.05)
    except TimeoutError:
        names = sorted(waiting)
        raise Failure(
            f"after {LEADER_PATIENCE_S:g} s there are partitions without a leader in {', '.join(names)}: "
            "are enough brokers running?"
        ) from None


async def _configs(admin: AIOKafkaAdminClient, wanted: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    """The values that the cluster has for the wanted keys, by topic."""
    if not wanted:
        return {}
    resources = [ConfigResource(ConfigResourceType.TOPIC, name, config) for name, config in wanted.items()]
    configs: dict[str, dict[str, str]] = {}
    for reply in await admin.describe_configs(resources):
        for code, message, _, name, entries in reply.resources:
            if code:
                raise Failure(f"cannot read the configuration of topic {name}: {message or for_code(code).__name__}")
            configs[name] = {entry[0]: entry[1] for entry in entries}
    return configs


def _as_set(value: str) -> set[str]:
    """`compact,delete` and `delete,compact` are one policy."""
    return set(value.split(","))
