"""Topics, offsets and the connection to a cluster, against the embedded Kafka."""

import asyncio
import dataclasses
import os
import socket
import time

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from pipeline.edges.connection import Connection, admin_client, describe_cluster
from pipeline.edges.offsets import committed_offsets, end_offsets, offset_client
from pipeline.edges.topics import Drift, check_topics, create_topics, partition_leaders
from pipeline.errors import Failure, UsageError
from pipeline.topology import MAX_BODY_BYTES, MIB, RAW, TOPOLOGY, Topic

SMALL = Topic(name="small.v1", record="outcome", key="trace_id", partitions=3, retention_days=1, max_bytes=MIB)
COMPACTED = dataclasses.replace(SMALL, name="compacted.v1", cleanup="delete,compact", compaction_lag_days=1)


async def test_every_partition_of_a_created_topic_has_a_leader(connection: Connection) -> None:
    assert await create_topics(connection, [SMALL]) == [connection.prefix + "small.v1"]
    async with admin_client(connection) as admin:
        leaders = (await partition_leaders(admin))[connection.prefix + "small.v1"]
    assert leaders == {0: 1, 1: 1, 2: 1}


async def test_creating_again_creates_nothing_and_leaves_what_is_there(connection: Connection) -> None:
    await create_topics(connection, [SMALL])
    larger = dataclasses.replace(SMALL, partitions=5, retention_days=9)
    assert await create_topics(connection, [larger, COMPACTED]) == [connection.prefix + "compacted.v1"]
    assert await check_topics(connection, [SMALL]) == []


async def test_kafka_takes_the_whole_table_as_it_is_written(connection: Connection) -> None:
    await create_topics(connection, TOPOLOGY.topics, replication=1)
    assert await check_topics(connection, TOPOLOGY.topics) == []


async def test_the_order_of_cleanup_policies_is_no_drift(connection: Connection) -> None:
    await create_topics(connection, [COMPACTED])
    assert await check_topics(connection, [dataclasses.replace(COMPACTED, cleanup="compact,delete")]) == []


async def test_a_missing_topic_is_drift_and_is_not_made_by_looking(connection: Connection) -> None:
    missing = Drift(topic=connection.prefix + "small.v1", what="topic", expected="present", found="missing")
    assert await check_topics(connection, [SMALL]) == [missing]
    assert await check_topics(connection, [SMALL]) == [missing]


async def test_another_partition_count_is_drift(connection: Connection) -> None:
    await create_topics(connection, [SMALL])
    drifts = await check_topics(connection, [dataclasses.replace(SMALL, partitions=4)])
    assert drifts == [Drift(topic=connection.prefix + "small.v1", what="partitions", expected="4", found="3")]


async def test_a_configuration_changed_by_hand_is_drift(connection: Connection) -> None:
    await create_topics(connection, [SMALL])
    name = connection.prefix + "small.v1"
    async with admin_client(connection) as admin:
        changed = SMALL.config() | {"retention.ms": "1000"}
        await admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, name, changed)])
    async with asyncio.timeout(20):
        while not (drifts := await check_topics(connection, [SMALL])):  # noqa: ASYNC110 - the broker sets no event
            await asyncio.sleep(0.05)
    assert drifts == [Drift(topic=name, what="retention.ms", expected="86400000", found="1000")]


async def test_a_refused_topic_is_named_with_kafkas_reason(connection: Connection) -> None:
    with pytest.raises(Failure, match=rf"refused to create topic {connection.prefix}small.v1: .*replication"):
        await create_topics(connection, [SMALL], replication=3)


async def test_the_largest_body_goes_through_and_comes_back_unchanged(connection: Connection) -> None:
    body = os.urandom(MAX_BODY_BYTES)  # no compressor makes it smaller
    headers = [("ce_type", b"newsflow.raw_page"), ("lang", b"pl")]
    await create_topics(connection, [RAW])
    topic = connection.topic(RAW.name)
    async with AIOKafkaProducer(
        **connection.aiokafka_options(), enable_idempotence=True, compression_type="zstd", max_request_size=8 * MIB
    ) as producer:
        await producer.send_and_wait(topic, body, key=b"example.org", headers=headers)
    async with AIOKafkaConsumer(
        topic, **connection.aiokafka_options(), auto_offset_reset="earliest", max_partition_fetch_bytes=8 * MIB
    ) as consumer:
        message = await asyncio.wait_for(consumer.getone(), 15)
    assert message.value == body
    assert (message.key, list(message.headers)) == (b"example.org", headers)


async def test_offsets_say_where_a_topic_ends_and_how_far_a_group_came(connection: Connection) -> None:
    await create_topics(connection, [SMALL])
    name, group = connection.topic(SMALL.name), connection.prefix + "group"
    async with AIOKafkaProducer(**connection.aiokafka_options()) as producer:
        for _ in range(4):
            await producer.send_and_wait(name, b"x", partition=1)
    async with AIOKafkaConsumer(**connection.aiokafka_options(), group_id=group, enable_auto_commit=False) as consumer:
        consumer.assign([TopicPartition(name, 1)])
        await consumer.commit({TopicPartition(name, 1): 3})
    assert await end_offsets(connection, SMALL.name) == {0: 0, 1: 4, 2: 0}
    async with offset_client(connection) as client:
        assert await client.beginning(SMALL.name) == {0: 0, 1: 0, 2: 0}
    assert await committed_offsets(connection, group, SMALL.name) == {1: 3}


async def test_a_group_that_never_committed_has_no_offsets(connection: Connection) -> None:
    assert await committed_offsets(connection, connection.prefix + "nobody", SMALL.name) == {}


async def test_offsets_of_a_missing_topic_are_a_failure(connection: Connection) -> None:
    with pytest.raises(Failure, match=f"no topic {connection.prefix}small.v1"):
        await end_offsets(connection, SMALL.name)


async def test_a_refused_connection_is_one_line_that_says_what_to_do() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(Failure) as failure:
        await create_topics(Connection(bootstrap=address), [SMALL])
    assert str(failure.value) == (
        f"cannot reach Kafka at {address} (connection refused): is it running? "
        "set KAFKA_BOOTSTRAP_SERVERS to HOST:PORT of yours"
    )


async def test_servers_that_accept_and_stay_silent_are_given_up_within_the_deadline() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        address = f"127.0.0.1:{silent.getsockname()[1]}"
        began = time.monotonic()
        with pytest.raises(Failure, match="no answer in time"):
            await describe_cluster(Connection(bootstrap=f"{address},{address}"), deadline=1.0)
    assert time.monotonic() - began < 2


async def test_the_second_bootstrap_server_is_asked_when_the_first_is_down(connection: Connection) -> None:
    both = dataclasses.replace(connection, bootstrap=f"127.0.0.1:1, {connection.bootstrap}")
    assert (await describe_cluster(both)).brokers == (connection.bootstrap,)
    assert await check_topics(both, []) == []


async def test_tls_to_a_port_without_it_is_called_a_tls_problem(connection: Connection) -> None:
    tls = dataclasses.replace(connection, security_protocol="SSL")
    with pytest.raises(Failure, match=r"TLS with Kafka at .* failed"):
        await describe_cluster(tls)


async def test_a_login_to_a_port_without_one_is_called_a_login_problem(connection: Connection) -> None:
    login = dataclasses.replace(
        connection,
        security_protocol="SASL_PLAINTEXT",
        sasl_mechanism="PLAIN",
        sasl_username="ann",
        sasl_password="hidden",
    )
    with pytest.raises(Failure, match="refused the login of ann") as failure:
        await describe_cluster(login)
    assert "hidden" not in str(failure.value)


def test_no_secret_shows_in_a_connection() -> None:
    shown = repr(Connection(bootstrap="kafka:9092", ssl_password="hidden", sasl_password="hidden"))
    assert "kafka:9092" in shown
    assert "hidden" not in shown


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"security_protocol": "TLS"}, "'TLS' is unknown; allowed: PLAINTEXT, SSL, SASL_PLAINTEXT, SASL_SSL"),
        (
            {"security_protocol": "SASL_SSL", "sasl_mechanism": "GSSAPI"},
            "'GSSAPI' is unknown; allowed: PLAIN, SCRAM-SHA-256, SCRAM-SHA-512, OAUTHBEARER",
        ),
        ({"security_protocol": "SASL_SSL", "sasl_mechanism": "PLAIN"}, "needs a user name and a password"),
        ({"bootstrap": "kafka:port"}, "must be HOST:PORT"),
        ({"prefix": "a/b"}, "only letters, digits"),
    ],
)
def test_a_wrong_setting_is_told_with_what_is_allowed(wrong: dict[str, str], told: str) -> None:
    with pytest.raises(UsageError, match=told):
        Connection(**{"bootstrap": "kafka:9092", **wrong})  # type: ignore[arg-type]


def test_a_missing_ca_file_is_named() -> None:
    connection = Connection(bootstrap="kafka:9092", security_protocol="SSL", ssl_cafile="missing.pem")
    with pytest.raises(UsageError, match=r"missing\.pem: .*No such file"):
        connection.aiokafka_options()


async def test_a_token_is_given_to_aiokafka_by_a_provider() -> None:
    options = Connection(
        bootstrap="kafka:9092", security_protocol="SASL_PLAINTEXT", sasl_mechanism="OAUTHBEARER", sasl_password="token"
    ).aiokafka_options()
    assert await options["sasl_oauth_token_provider"].token() == "token"
