"""What `newsflow doctor` looks at in Kafka: does it answer, which release, topics, sizes of messages, clocks."""

import asyncio
import time
from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any

from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.protocol.admin import ApiVersionRequest

from pipeline.edges.broker import kept_cluster_id
from pipeline.edges.connection import BOOTSTRAP_VARIABLE, Connection, admin_client, describe_cluster
from pipeline.edges.offsets import offset_client
from pipeline.edges.operations.cluster import operated_cluster
from pipeline.edges.operations.doctor import MACHINE, Check, Finding, Scene, examined, ok, unchecked, wrong
from pipeline.edges.topics import check_topics, partition_leaders
from pipeline.errors import NewsflowError, UsageError
from pipeline.settings import Settings, configured
from pipeline.topology import MAX_DEAD_BYTES, Topic, load_topology

PRODUCE, FETCH = 0, 1
"""Keys of two of Kafka's requests."""

ZSTD_PRODUCE = 7
"""The version of Produce, since Kafka 2.1, from which a broker takes zstd."""

RELEASES: tuple[tuple[str, Callable[[Mapping[int, tuple[int, int]]], bool]], ...] = (
    ("4.0", lambda known: known.get(FETCH, (0, 0))[0] >= 4),  # it dropped the requests of before 2.1
    ("3.8", lambda known: 75 in known),  # DescribeTopicPartitions
    ("3.0", lambda known: 65 in known),  # DescribeTransactions
    ("2.1", lambda known: known.get(PRODUCE, (0, 0))[1] >= ZSTD_PRODUCE),
)
"""A release and how it shows in the requests that a broker knows, the newest first: none says what it is called."""

SOCKET_BYTES = "socket.request.max.bytes"

CLOCK_SECONDS = 60.0
"""A message that is so far in the future was written by a clock that is wrong, or ours is."""


def diagnose(bootstrap: str | None, settings: Settings) -> list[Finding]:
    """All findings. Raises only UsageError, for a topology that there is none of."""
    scene, kafka = _scene(bootstrap, settings)
    checks = (*MACHINE, *KAFKA)
    findings = list(kafka)
    for name, check in checks:
        if scene.cluster is None and (name, check) in KAFKA:
            findings += unchecked(name, "Kafka does not answer")
        else:
            findings += examined(name, check, scene)
    return findings


def _scene(bootstrap: str | None, settings: Settings) -> tuple[Scene, Sequence[Finding]]:
    """What there is to look at, and whether Kafka is there."""
    topology = load_topology(settings.topology)
    scene = Scene(settings=settings, topology=topology)
    try:
        connection = operated_cluster(bootstrap, settings)
    except UsageError as error:
        return scene, wrong("kafka", str(error))
    except NewsflowError as error:
        return Scene(settings=settings, topology=topology, embedded=True), wrong("kafka", str(error))
    embedded = not bootstrap and BOOTSTRAP_VARIABLE not in configured() and kept_cluster_id(settings.data) is not None
    try:
        cluster = asyncio.run(describe_cluster(connection))
    except NewsflowError as error:
        scene = Scene(settings=settings, topology=topology, connection=connection, embedded=embedded)
        return scene, wrong("kafka", str(error))
    scene = Scene(settings=settings, topology=topology, connection=connection, cluster=cluster, embedded=embedded)
    security = connection.security_protocol + (f" as {connection.sasl_username}" if connection.sasl_username else "")
    return scene, ok("kafka", f"{cluster.cluster_id} at {', '.join(cluster.brokers)}, {security}")


def _asked(check: Callable[[Connection, Scene], Coroutine[Any, Any, Sequence[Finding]]]) -> Check:
    """A check that asks Kafka, as one that does not wait."""

    def asked(scene: Scene) -> Sequence[Finding]:
        if scene.connection is None:
            return []
        return asyncio.run(check(scene.connection, scene))

    return asked


async def check_release(connection: Connection, _scene: Scene) -> Sequence[Finding]:
    """The broker is new enough."""
    async with admin_client(connection) as admin:
        reply = await admin._send_request(ApiVersionRequest())
    known = {key: (low, high) for key, low, high in reply.api_versions}
    return judge_release(known)


def judge_release(known: Mapping[int, tuple[int, int]]) -> Sequence[Finding]:
    """What the requests that a broker knows tell of it."""
    for release, shows in RELEASES:
        if shows(known):
            return ok("release", f"Kafka {release} or newer")
    fix = "use Kafka 2.1 or newer: newsflow writes zstd"
    return wrong("release", "this Kafka is older than 2.1", fix)


async def check_table(connection: Connection, scene: Scene) -> Sequence[Finding]:
    """The topics are there and as the topology wants them."""
    drifts = await check_topics(connection, scene.topology.topics)
    findings: list[Finding] = []
    for drift in drifts:
        found = f"{drift.topic}: {drift.what} is {drift.found}, should be {drift.expected}"
        if drift.what == "topic":
            fix = "newsflow topics create"
        elif drift.what == "partitions":
            fix = "more: kafka-topics.sh --alter --partitions, when no page is in flight; fewer is not possible"
        else:
            value = f"[{drift.expected}]" if "," in drift.expected else drift.expected
            fix = f"kafka-configs.sh --alter --topic {drift.topic} --add-config {drift.what}={value}"
        findings += wrong("topics", found, fix)
    return findings or ok("topics", f"all {len(scene.topology.topics)} are as they should be")


async def check_sizes(connection: Connection, _scene: Scene) -> Sequence[Finding]:
    """The broker takes requests as large as the largest message."""
    async with admin_client(connection) as admin:
        leaders = await partition_leaders(admin)
        nodes = sorted({node for topic in leaders.values() for node in topic.values() if node >= 0})
        if not nodes:
            return unchecked("sizes", "there is no topic yet")
        resource = ConfigResource(ConfigResourceType.BROKER, str(nodes[0]), {SOCKET_BYTES: None})
        (reply,) = await admin.describe_configs([resource])
    for code, message, _, _, entries in reply.resources:
        if code:
            return unchecked("sizes", f"this user may not read the broker's settings ({message})")
        found = {entry[0]: entry[1] for entry in entries}
        limit = int(found.get(SOCKET_BYTES) or 0)
        if limit < MAX_DEAD_BYTES:
            fix = f"set {SOCKET_BYTES} of every broker to {MAX_DEAD_BYTES} or more"
            return wrong("sizes", f"{SOCKET_BYTES} is {limit}", fix)
    return ok("sizes", f"requests of {limit} bytes, messages of {MAX_DEAD_BYTES}")


async def check_clock(connection: Connection, scene: Scene) -> Sequence[Finding]:
    """No message is of a time that has not come."""
    horizon = int((time.time() + CLOCK_SECONDS) * 1000)
    ahead: dict[str, int] = {}
    async with offset_client(connection) as client:
        leaders = await partition_leaders(client.admin)
        present = [topic for topic in scene.topology.topics if connection.topic(topic.name) in leaders]
        for topic in present:
            count = await _from_the_future(client, topic, horizon)
            if count:
                ahead[connection.topic(topic.name)] = count
    if ahead:
        names = ", ".join(f"{count} in {name}" for name, count in ahead.items())
        fix = "set this machine's clock and the publishers' by NTP (timedatectl set-ntp true)"
        return wrong("clock", f"messages from more than {CLOCK_SECONDS:g} s in the future: {names}", fix)
    return ok("clock", "no message is from the future" if present else "no message to compare with")


async def _from_the_future(client: Any, topic: Topic, horizon: int) -> int:
    """How many messages of a topic lie at or after the first one that is later than `horizon`."""
    ends = await client.end(topic.name)
    since = await client.since(topic.name, horizon)
    return sum(max(0, ends[number] - since[number]) for number in ends)


KAFKA: tuple[tuple[str, Check], ...] = (
    ("release", _asked(check_release)),
    ("topics", _asked(check_table)),
    ("sizes", _asked(check_sizes)),
    ("clock", _asked(check_clock)),
)
"""What is looked at once Kafka answers."""
