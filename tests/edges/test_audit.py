"""The audit on a real broker: it holds when it should, names what is missing or doubled, and takes nothing in motion
for missing."""

import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiokafka import TopicPartition
from aiokafka.admin import RecordsToDelete

from pipeline.codec import Message
from pipeline.edges.broker import Broker
from pipeline.edges.connection import Connection, admin_client
from pipeline.edges.offsets import end_offsets
from pipeline.edges.operations.audit import Audited, Period, audit
from pipeline.edges.operations.audit_report import write_json
from pipeline.edges.operations.ledger import Ledger, open_ledger
from pipeline.edges.topics import create_topics
from pipeline.handle import handle
from pipeline.topology import OUTCOMES, RAW
from tests.edges.workers import acknowledge, consume, newsflow, page, produce
from tests.faults import TOPOLOGY

NOW = "2026-01-02T03:04:05Z"
CLEAN_STAGE, ANNOTATE_STAGE, RELATE_STAGE = TOPOLOGY.stages


@pytest.fixture
async def topics(connection: Connection) -> Connection:
    """A connection with all topics."""
    await create_topics(connection, TOPOLOGY.topics)
    return connection


@pytest.fixture
def ledger() -> Iterator[Ledger]:
    with open_ledger(RAW.name, OUTCOMES.name) as opened:
        yield opened


async def look(connection: Connection, ledger: Ledger, period: Period | None = None, wait: float = 0.0) -> Audited:
    return await audit(connection, TOPOLOGY, ledger, period or Period(), wait=wait)


def trace_of(message: Message) -> str:
    return (message.header("ce_id") or b"").decode()


# ---- it holds


async def test_pages_that_wait_for_a_stage_are_in_flight_there(topics: Connection, ledger: Ledger) -> None:
    """One page before each stage, and one that clean has passed on without having committed it yet."""
    raws = [page(f"text {number}", "https://h.example/a") for number in range(4)]
    await produce(topics, raws[:3])
    cleans = [handle(CLEAN_STAGE, raw, now=NOW).messages[0] for raw in raws]
    await acknowledge(topics, CLEAN_STAGE)
    await produce(topics, [raws[3]])
    await produce(topics, cleans[:2])
    await acknowledge(topics, ANNOTATE_STAGE)
    await produce(topics, [*cleans[2:], handle(ANNOTATE_STAGE, cleans[0], now=NOW).messages[0]])
    audited = await look(topics, ledger)
    assert audited.in_flight == {"annotate": 2, "relate": 1}
    assert [missing.trace_id for missing in ledger.missing()] == [trace_of(raws[1])], "committed, and never passed on"


async def test_a_repeat_in_flight_of_a_page_that_has_ended_is_no_second_input(
    topics: Connection, ledger: Ledger
) -> None:
    raw = page("raise it", "https://h.example/a")
    await produce(topics, [raw, *handle(CLEAN_STAGE, raw, now=NOW).messages])
    await acknowledge(topics, CLEAN_STAGE)
    await produce(topics, [raw])
    audited = await look(topics, ledger)
    assert (audited.inputs, audited.in_flight, audited.again) == (1, {}, {"clean": 1})
    assert audited.holds
    assert not audited.at_rest


async def test_the_highest_attempt_counts_and_of_equal_ones_the_last(topics: Connection, ledger: Ledger) -> None:
    raw = page("raise it", "https://h.example/a")
    again = Message(topic=RAW.name, key=raw.key, value=raw.value, headers=(*raw.headers, ("dlq.attempts", b"1")))
    discarded = handle(TOPOLOGY.stage("clean"), again, now=NOW).messages[1]
    first = handle(CLEAN_STAGE, raw, now=NOW).messages[1]
    await produce(topics, [raw, discarded, first, first])
    await acknowledge(topics, CLEAN_STAGE)
    audited = await look(topics, ledger)
    assert audited.ended == (("dead", "clean", "stage_failed", 1),)
    assert audited.holds, "equal outcomes of one attempt are repeats; those of two attempts may differ"


# ---- it does not hold


async def test_a_page_without_an_outcome_is_named_with_its_place(topics: Connection, ledger: Ledger) -> None:
    ((partition, offset),) = await produce(topics, [page("lost", "https://h.example/lost")])
    await acknowledge(topics, CLEAN_STAGE)
    audited = await look(topics, ledger)
    assert not audited.holds
    (missing,) = ledger.missing()
    assert missing.url == "https://h.example/lost"
    assert (missing.place.topic, missing.place.partition, missing.place.offset) == (RAW.name, partition, offset)


async def test_differing_outcomes_of_one_attempt_are_named_with_their_places(
    topics: Connection, ledger: Ledger
) -> None:
    raw = page("raise it", "https://h.example/a")
    dead = handle(CLEAN_STAGE, raw, now=NOW).messages[1]
    fine = handle(CLEAN_STAGE, page("fine", "https://h.example/b"), now=NOW)
    other = Message(
        topic=OUTCOMES.name, key=dead.key, value=(dead.value or b"").replace(b"stage_failed", b"time_limit"), headers=()
    )
    assert fine.verdict.outcome is None
    places = await produce(topics, [raw, dead, other])
    await acknowledge(topics, CLEAN_STAGE)
    audited = await look(topics, ledger)
    assert (audited.doubled, audited.missing, audited.holds) == (1, 0, False)
    (doubled,) = ledger.doubled()
    assert doubled.trace_id == trace_of(raw)
    assert [(end.cause, end.place.partition, end.place.offset) for end in doubled.outcomes] == [
        ("stage_failed", *places[1]),
        ("time_limit", *places[2]),
    ]


async def test_a_range_asks_only_for_what_came_in_then(topics: Connection, ledger: Ledger) -> None:
    await produce(topics, [page("lost", "https://h.example/lost")])
    await acknowledge(topics, CLEAN_STAGE)
    (record,) = await consume(topics, RAW.name, lambda found: len(found) == 1)
    for period, inputs in (
        (Period(since=record.timestamp), 1),
        (Period(since=record.timestamp + 1), 0),
        (Period(until=record.timestamp + 1), 1),
        (Period(until=record.timestamp), 0),
    ):
        with open_ledger(RAW.name, OUTCOMES.name) as other:
            assert (await look(topics, other, period)).inputs == inputs, period


async def test_the_json_names_everything(topics: Connection, ledger: Ledger) -> None:
    await produce(topics, [page("lost", f"https://h.example/{number}") for number in range(30)])
    await acknowledge(topics, CLEAN_STAGE)
    audited = await look(topics, ledger)
    text = io.StringIO()
    write_json(audited, ledger, text)
    found = json.loads(text.getvalue())
    assert not found["holds"]
    assert {missing["url"] for missing in found["missing"]} == {f"https://h.example/{n}" for n in range(30)}
    assert found["doubled"] == []


# ---- the command


async def test_the_command_ends_with_0_when_it_holds_and_with_3_when_not(topics: Connection) -> None:
    raw = page("raise it", "https://h.example/a")
    await produce(topics, [raw, handle(CLEAN_STAGE, raw, now=NOW).messages[1]])
    await acknowledge(topics, CLEAN_STAGE)
    held = await newsflow(topics, "audit")
    assert (held.returncode, held.stderr) == (0, "")
    assert "  clean: stage_failed" in held.stdout
    await produce(topics, [page("lost", f"https://h.example/{number}") for number in range(22)])
    await acknowledge(topics, CLEAN_STAGE)
    broken = await newsflow(topics, "audit")
    assert broken.returncode == 3
    assert broken.stderr == (
        "newsflow: the account does not hold: 22 pages missing, 0 with differing outcomes, "
        "0 messages deleted before they were taken\n"
    )
    assert broken.stdout.count("\nmissing  ") == 20
    assert "… and 2 more: --all lists them" in broken.stdout
    assert (await newsflow(topics, "audit", "--all")).stdout.count("\nmissing  ") == 22


async def test_the_command_says_why_it_could_not_run(connection: Connection, tmp_path: Path) -> None:
    no_topics = await newsflow(connection, "audit")
    assert no_topics.returncode == 1
    assert "there is no topic" in no_topics.stderr
    assert (await newsflow(connection, "audit", "--from", "yesterday")).returncode == 2
    silent = await newsflow(connection, "audit", "--bootstrap", "127.0.0.1:1")
    assert (silent.returncode, silent.stderr.count("\n")) == (1, 1)
    properties = tmp_path / "kafka" / "server.properties"
    meta = tmp_path / "kafka" / "data" / "meta.properties"
    meta.parent.mkdir(parents=True)
    meta.write_text("cluster.id=somebody\n")
    properties.write_text(f"advertised.listeners=PLAINTEXT://{connection.bootstrap}\n")  # the port is another's now
    stopped = await newsflow(connection, "audit", KAFKA_BOOTSTRAP_SERVERS="", NEWSFLOW_DATA=str(tmp_path))
    assert stopped.returncode == 1
    assert f"start it with `newsflow broker --data {tmp_path}`" in stopped.stderr


async def test_commands_find_the_broker_of_the_data_folder_unless_another_is_set(
    broker: Broker, connection: Connection, tmp_path: Path
) -> None:
    here = {"KAFKA_BOOTSTRAP_SERVERS": "", "NEWSFLOW_DATA": str(broker.log_file.parents[1])}
    for command in (["audit"], ["store", "rebuild"]):
        assert "newsflow topics create" in (await newsflow(connection, *command, **here)).stderr
    config = tmp_path / "newsflow.toml"
    config.write_text('kafka_bootstrap_servers = "127.0.0.1:1"\n')
    assert "127.0.0.1:1" in (await newsflow(connection, "audit", **here, NEWSFLOW_CONFIG=str(config))).stderr


async def test_what_a_publisher_writes_cannot_command_the_terminal(topics: Connection) -> None:
    hostile = Message(topic=RAW.name, key=b"k", value=b"x", headers=(("url", b"https://h.example/\x1b[2J\nmissing  "),))
    await produce(topics, [hostile])
    await acknowledge(topics, CLEAN_STAGE)
    audited = await newsflow(topics, "audit")
    assert audited.stdout.count("\nmissing  ") == 1
    assert audited.stdout.replace("\n", "").isprintable()
    assert json.loads((await newsflow(topics, "audit", "--json")).stdout)["missing"][0]["url"].endswith("\nmissing  ")


async def test_an_outcome_that_is_none_of_ours_may_say_anything(topics: Connection, ledger: Ledger) -> None:
    raw = page("raise it", "https://h.example/a")
    outcome = handle(CLEAN_STAGE, raw, now=NOW).messages[1]
    huge = (outcome.value or b"").replace(b'"attempt":1', b'"attempt":' + b"9" * 30)
    await produce(topics, [raw, Message(topic=OUTCOMES.name, key=outcome.key, value=huge, headers=())])
    await acknowledge(topics, CLEAN_STAGE)
    assert (await look(topics, ledger)).ended == (("dead", "clean", "stage_failed", 1),)


async def test_pages_that_retention_took_before_their_stage_did_are_said(topics: Connection, ledger: Ledger) -> None:
    await produce(topics, [page("gone", "https://h.example/a")] * 3)
    ends = await end_offsets(topics, RAW.name)
    async with admin_client(topics) as admin:
        name = topics.topic(RAW.name)
        await admin.delete_records({TopicPartition(name, n): RecordsToDelete(end) for n, end in ends.items()})
    audited = await look(topics, ledger)
    (deleted,) = audited.deleted
    assert (deleted.stage, deleted.count, deleted.committed, audited.holds) == ("clean", 3, None, False)
