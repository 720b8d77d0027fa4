"""`newsflow doctor` on what is well and what is broken: a finding is about a real part, and says how to mend it."""

import asyncio
import re
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from aiokafka import AIOKafkaProducer

from pipeline.edges.connection import Cluster, Connection, connection_environment
from pipeline.edges.operations import doctor
from pipeline.edges.operations.doctor import (
    MACHINE,
    Finding,
    Scene,
    State,
    as_lines,
    check_data,
    check_python,
    check_store,
    examined,
)
from pipeline.edges.operations.doctor_kafka import KAFKA, diagnose, judge_release
from pipeline.edges.store import open_store
from pipeline.edges.topics import create_topics
from pipeline.settings import Settings
from pipeline.topology import ANNOTATED, CLEAN, DEAD, ENRICHED, OUTCOMES, RAW, TOPOLOGY
from tests.edges.test_local import ROOT

NAMES = {"kafka", *(name for name, _ in (*MACHINE, *KAFKA))}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path / "data")


@pytest.fixture
def scene(settings: Settings) -> Scene:
    return Scene(settings=settings, topology=TOPOLOGY)


@pytest.fixture
def cluster(connection: Connection, monkeypatch: pytest.MonkeyPatch) -> Connection:
    """A Kafka that the settings name, without topics."""
    for variable, text in connection_environment(connection).items():
        monkeypatch.setenv(variable, text)
    return connection


def by_name(findings: list[Finding]) -> Mapping[str, Finding]:
    """The findings by what they are about; of several the last."""
    return {finding.name: finding for finding in findings}


def wrong(findings: list[Finding]) -> list[str]:
    return [f"{each.name}: {each.found} -> {each.fix}" for each in findings if each.state == State.WRONG]


def test_everything_is_looked_at_and_found_well(cluster: Connection, broker: object, settings: Settings) -> None:
    asyncio.run(create_topics(cluster, TOPOLOGY.topics))
    open_store(settings.store_url, cluster_id=broker.cluster_id).close()  # type: ignore[attr-defined]
    findings = diagnose(None, settings)
    assert wrong(findings) == []
    assert [finding.name for finding in findings if finding.state == State.UNCHECKED] == []
    assert by_name(findings).keys() == NAMES
    assert "Kafka 4.0 or newer" in by_name(findings)["release"].found


def test_what_a_check_did_not_expect_is_its_finding(scene: Scene) -> None:
    def broken(_scene: Scene) -> list[Finding]:
        raise ValueError("not foreseen")

    assert wrong(list(examined("part", broken, scene))) == ["part: ValueError('not foreseen') -> "]


def test_missing_and_different_topics_are_named_with_the_command_that_mends_them(
    cluster: Connection, settings: Settings
) -> None:
    asyncio.run(create_topics(cluster, [replace(RAW, max_bytes=1_000_000), CLEAN, ANNOTATED, ENRICHED, DEAD]))
    found = wrong(diagnose(None, settings))
    raw, outcomes = cluster.topic(RAW.name), cluster.topic(OUTCOMES.name)
    assert found == [
        f"topics: {raw}: max.message.bytes is 1000000, should be {RAW.max_bytes} -> kafka-configs.sh --alter"
        f" --topic {raw} --add-config max.message.bytes={RAW.max_bytes}",
        f"topics: {outcomes}: topic is missing, should be present -> newsflow topics create",
    ]


def test_a_clock_that_is_ahead_shows_in_the_messages_it_wrote(cluster: Connection, settings: Settings) -> None:
    async def write() -> None:
        await create_topics(cluster, [RAW])
        async with AIOKafkaProducer(**cluster.aiokafka_options()) as producer:
            topic, now = cluster.topic(RAW.name), int(time.time() * 1000)
            await producer.send_and_wait(topic, b"now", partition=0, timestamp_ms=now)
            await producer.send_and_wait(topic, b"in ten minutes", partition=0, timestamp_ms=now + 600_000)

    asyncio.run(write())
    found = by_name(diagnose(None, settings))["clock"]
    assert found.state == State.WRONG
    assert f"1 in {cluster.topic(RAW.name)}" in found.found
    assert "NTP" in found.fix


def test_a_store_of_another_cluster_or_version_or_a_damaged_one_is_told(scene: Scene) -> None:
    scene = replace(scene, cluster=Cluster(cluster_id="mine", brokers=()))
    url = scene.settings.store_url
    assert check_store(scene)[0].state == State.OK
    assert not scene.settings.data.exists(), "a look makes no store"
    open_store(url, cluster_id="another").close()
    (finding,) = check_store(scene)
    assert "belongs to the Kafka another, and this is mine" in finding.found
    with closing(sqlite3.connect(scene.settings.data / "store.sqlite")) as store, store:
        store.execute("UPDATE newsflow_meta SET value = '1' WHERE key = 'schema_version'")
    (finding,) = check_store(scene)
    assert "has schema version 1" in finding.found
    assert "store rebuild" in finding.fix
    (scene.settings.data / "store.sqlite").write_bytes(b"no database, and longer than the head of one" * 99)
    (finding,) = examined("store", check_store, scene)
    assert "damaged" in finding.found


def test_without_a_kafka_all_else_is_looked_at_all_the_same(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:1")
    findings = diagnose(None, settings)
    (found,) = wrong(findings)
    assert found.startswith("kafka: cannot reach Kafka at 127.0.0.1:1 (connection refused)")
    assert by_name(findings).keys() == NAMES
    assert {each.name for each in findings if each.state == State.UNCHECKED} == {name for name, _ in KAFKA}


def test_the_command_ends_with_1_and_no_traceback_when_anything_is_wrong(tmp_path: Path) -> None:
    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), "KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1"}
    done = subprocess.run(
        [sys.executable, "-m", "pipeline.cli", "doctor"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert re.search(r"^wrong +kafka +cannot reach Kafka", done.stdout, re.MULTILINE)
    assert done.stderr.splitlines() == ["newsflow: 1 of 12 checks found something wrong"]


# ---- this machine


def test_another_python_is_told_and_the_bounds_are_the_packages(scene: Scene) -> None:
    assert check_python(scene, (3, 11))[0].state == State.OK
    for version in ((3, 10), doctor.PYTHON_BEFORE):
        (finding,) = check_python(scene, version)
        assert finding.state == State.WRONG
        assert finding.fix
    low, high = (".".join(map(str, version)) for version in (doctor.PYTHON_FROM, doctor.PYTHON_BEFORE))
    assert f'requires-python = ">={low},<{high}"' in (ROOT / "pyproject.toml").read_text()


def test_a_data_folder_that_is_none_or_has_no_room_is_told(
    scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert check_data(scene)[0].state == State.OK
    assert not scene.settings.data.exists(), "a look changes nothing"
    (tmp_path / "file").write_text("")
    (finding,) = check_data(replace(scene, settings=replace(scene.settings, data=tmp_path / "file" / "data")))
    assert "cannot be written: Not a directory" in finding.found
    monkeypatch.setattr(doctor, "FREE_BYTES", shutil.disk_usage(tmp_path).total)
    (finding,) = check_data(scene)
    assert finding.state == State.WRONG
    assert "make room" in finding.fix


@pytest.mark.parametrize(
    ("check", "changes", "words"),
    [
        ("crawler", {"sources": Path("nowhere.yaml")}, "NEWSFLOW_CONTACT is not set"),
        ("crawler", {"contact": "mailto:desk@example.org"}, "NEWSFLOW_SOURCES is not set"),
        ("crawler", {"contact": "mailto:a@example.org", "sources": Path("nowhere.yaml")}, "nowhere.yaml"),
        ("limits", {"page_seconds": 600.0}, "lower NEWSFLOW_BATCH_SIZE"),
        ("enrichment", {"enrichers": "nobodys"}, "nobodys"),
        ("enrichment", {"gazetteer": Path("nowhere.tsv")}, "nowhere.tsv"),
    ],
)
def test_a_wrong_setting_is_a_finding(check: str, changes: dict[str, object], words: str, scene: Scene) -> None:
    settings = replace(scene.settings, **changes)  # type: ignore[arg-type]
    (finding,) = examined(check, dict(MACHINE)[check], replace(scene, settings=settings))
    assert finding.state == State.WRONG
    assert words in finding.found


def test_an_old_kafka_is_told() -> None:
    (finding,) = judge_release({0: (0, 6), 1: (0, 9)})
    assert finding.state == State.WRONG
    assert "2.1" in finding.fix


def test_a_line_cannot_command_the_terminal() -> None:
    lines = as_lines([Finding(name="store", state=State.WRONG, found="\x1b[2J", fix="mend it")])
    assert list(lines) == ["wrong      store  \\x1b[2J", "                  -> mend it"]
