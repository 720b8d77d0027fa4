"""The map: names that Kafka takes, stages that meet, limits that leave room, and a clear word for a wrong one."""

import re

import pytest

from pipeline.codec import RECORD_TYPES
from pipeline.errors import UsageError
from pipeline.topology import BATCH_BYTES, CLEAN, DEAD, ENRICHED, OUTCOMES, RAW, TOPOLOGY, Topic, load_topology

LEGAL_NAME = re.compile(r"[a-zA-Z0-9._-]{1,249}")
ROOM_FOR_DLQ_HEADERS = 256 * 1024

topics = pytest.mark.parametrize("topic", TOPOLOGY.topics, ids=lambda topic: topic.name)


@topics
def test_kafka_takes_the_topics_name(topic: Topic) -> None:
    assert LEGAL_NAME.fullmatch(topic.name)


@topics
def test_no_name_collides_in_metrics(topic: Topic) -> None:
    """Kafka turns dots into underscores there, so a name with both may collide with another."""
    assert not ("." in topic.name and "_" in topic.name)


@topics
def test_a_topic_carries_a_record_that_has_a_type(topic: Topic) -> None:
    assert all(record in RECORD_TYPES or record in ("raw_page", "dead_letter") for record in topic.records)


@topics
def test_a_topic_is_kept_for_some_time_and_can_be_read_in_parallel(topic: Topic) -> None:
    assert topic.retention_days > 0
    assert topic.partitions > 1


def test_topic_names_are_unique() -> None:
    names = [topic.name for topic in TOPOLOGY.topics]
    assert len(names) == len(set(names))


def test_every_stage_reads_and_writes_topics_of_the_map() -> None:
    for stage in TOPOLOGY.stages:
        assert stage.source in TOPOLOGY.topics, stage.name
        assert stage.target in TOPOLOGY.topics, stage.name


def test_each_stage_reads_what_the_one_before_wrote() -> None:
    for before, after in zip(TOPOLOGY.stages, TOPOLOGY.stages[1:], strict=False):
        assert after.source == before.target
    assert TOPOLOGY.stages[0].source == RAW
    assert TOPOLOGY.stages[-1].target == ENRICHED


def test_stage_names_groups_and_functions_are_one_word_each() -> None:
    for stage in TOPOLOGY.stages:
        assert stage.group == f"newsflow.{stage.name}"
        assert stage.function == f"pipeline.stages.{stage.name}:{stage.name}"


def test_a_dead_letter_has_room_for_its_headers() -> None:
    assert DEAD.max_bytes - RAW.max_bytes >= ROOM_FOR_DLQ_HEADERS
    assert all(stage.source.max_bytes <= RAW.max_bytes for stage in TOPOLOGY.stages)


def test_a_producers_batch_fits_every_topic() -> None:
    assert all(topic.max_bytes >= 2 * BATCH_BYTES for topic in TOPOLOGY.topics)


def test_what_an_audit_counts_is_never_compacted() -> None:
    assert OUTCOMES.cleanup == DEAD.cleanup == "delete"
    assert OUTCOMES.retention_days >= RAW.retention_days
    assert DEAD.retention_days >= RAW.retention_days


def test_the_enriched_topic_keeps_the_latest_revision_of_every_page() -> None:
    config = ENRICHED.config()
    assert config["cleanup.policy"] == "compact,delete"
    assert config["min.compaction.lag.ms"] == str(7 * 24 * 60 * 60 * 1000)
    assert config["retention.ms"] == str(365 * 24 * 60 * 60 * 1000)


def test_a_topic_without_compaction_sets_no_compaction_lag() -> None:
    assert "min.compaction.lag.ms" not in CLEAN.config()


def test_an_unknown_stage_is_answered_with_the_ones_there_are() -> None:
    with pytest.raises(UsageError, match="clean, annotate, relate"):
        TOPOLOGY.stage("clen")


@pytest.mark.parametrize("module", ["no.such.module", "pipeline.errors"])
def test_a_module_without_a_topology_is_a_usage_error(module: str) -> None:
    with pytest.raises(UsageError, match=module):
        load_topology(module)


def test_the_default_topology_loads() -> None:
    assert load_topology() is TOPOLOGY
