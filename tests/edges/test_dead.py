"""Dead letters from their death to their end: listed, shown, retried, discarded, taken home. On a real broker."""

import ast
import asyncio
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from aiokafka import TopicPartition
from aiokafka.admin import RecordsToDelete

from pipeline.codec import Message
from pipeline.edges.clients import producing, send_acknowledged
from pipeline.edges.connection import Connection, admin_client
from pipeline.edges.offsets import end_offsets
from pipeline.edges.operations.fixture import export_fixture, read_fixture, take_again
from pipeline.edges.operations.letter_report import letter_lines
from pipeline.edges.operations.letters import (
    Letter,
    Selection,
    original_of,
    read_letters,
    read_original,
    signature,
    with_attempts,
)
from pipeline.edges.operations.mending import Retried, discard_letters, retry_letters
from pipeline.edges.topics import create_topics
from pipeline.errors import Code, Failure, UsageError
from pipeline.handle import handle
from pipeline.identity import letter_trace_id
from pipeline.records import Place, StageTime
from pipeline.settings import Settings
from pipeline.topology import DEAD, OUTCOMES, RAW
from pipeline.verdicts import dead, error_report
from tests.edges.workers import acknowledge, consume, header, newsflow, page, stop, worker
from tests.faults import TOPOLOGY

NOW = "2026-01-02T03:04:05Z"
CLEAN_STAGE = TOPOLOGY.stage("clean")
ODD = Message(topic=RAW.name, key=None, value=b"\xff\x00\x01", headers=(("x", b"\xff\xfe"), ("y", None)))
EMPTY = Message(topic=RAW.name, key=None, value=None, headers=(("url", b"https://empty.example/"),))


@pytest.fixture
async def topics(connection: Connection) -> Connection:
    """A connection with all topics."""
    await create_topics(connection, TOPOLOGY.topics)
    return connection


async def publish(connection: Connection, messages: list[Message]) -> None:
    """Raw messages as any client of Kafka may write them, without key and value too."""
    async with producing(connection) as producer:
        for message in messages:
            await send_acknowledged(producer, connection, message)


async def die(connection: Connection, raws: list[Message]) -> list[Message]:
    """The raw messages, their dead letters and outcomes, as a worker of `clean` would leave them; the letters."""
    await publish(connection, raws)
    found = await consume(connection, RAW.name, lambda found: len(found) >= len(raws))
    letters = []
    for record in found:
        place = Place(topic=RAW.name, partition=record.partition, offset=record.offset)
        raw = Message(topic=RAW.name, key=record.key, value=record.value, headers=tuple(record.headers), place=place)
        handled = handle(CLEAN_STAGE, raw, now=NOW)
        assert handled.verdict.error is not None
        letters.append(handled.messages[0])
        await publish(connection, list(handled.messages))
    await acknowledge(connection, CLEAN_STAGE)
    return letters


async def letters_of(connection: Connection, **selection: object) -> list[Letter]:
    return await read_letters(connection, Selection(**selection))  # type: ignore[arg-type]


# ---- all of it, with workers


async def test_letters_are_retried_until_they_are_enriched_or_given_up_and_the_audit_holds(
    topics: Connection, tmp_path: Path
) -> None:
    raising = [page(f"raise {number}", f"https://h.example/{number}") for number in range(3)]
    await publish(topics, [*raising, ODD, EMPTY, page("fine", "https://h.example/fine")])
    with worker(topics, "clean", tmp_path) as process:
        await consume(topics, OUTCOMES.name, lambda found: len(found) == 5)
        listed = await newsflow(topics, "dead", "list")
        assert "     3  clean: stage_failed: RuntimeError: the stage has a bug\n" in listed.stdout
        first = await newsflow(topics, "dead", "retry", "--stage", "clean", "--limit", "1", "--cause", "has a bug")
        assert first.stderr == "1 sent again: 1 dead again\n"
        assert {letter.attempts for letter in await letters_of(topics, cause="stage_failed")} == {1, 2}
        odd = await newsflow(topics, "dead", "retry", "--cause", "undecodable", "--wait", "0")
        assert odd.stderr == "1 sent again: 1 still under way\n"
        await consume(topics, DEAD.name, lambda found: len(found) == 7)
        assert await stop(process) == 0
    mended = {"NEWSFLOW_TOPOLOGY": "tests.mended"}
    with (
        worker(topics, "clean", tmp_path, **mended),
        worker(topics, "annotate", tmp_path),
        worker(topics, "relate", tmp_path),
    ):
        retried = await newsflow(topics, "dead", "retry", "--cause", "stage_failed", "--wait", "60")
        assert retried.stderr == "3 sent again: 3 enriched\n"
    discarded = await newsflow(topics, "dead", "discard", "--all", "--reason", "no page at all")
    assert discarded.stderr == "2 discarded\n"
    assert (await newsflow(topics, "dead", "list")).stderr == "there is no open dead letter\n"
    audit = await newsflow(topics, "audit", "--json")
    assert audit.returncode == 0, audit.stdout
    found = json.loads(audit.stdout)
    assert (found["inputs"], found["messages"]) == (6, 11)
    assert {(row["outcome"], row.get("cause"), row["pages"]) for row in found["outcomes"]} == {
        ("enriched", None, 4),
        ("dropped", "discarded", 2),
    }


# ---- what a retry sends


async def test_a_retry_sends_the_same_message_and_adds_only_its_attempts(topics: Connection) -> None:
    """Without a key, without a value, without both; with headers that are no text, and one without a value."""
    raws = [
        ODD,
        EMPTY,
        replace(ODD, key=b"\xff"),
        replace(EMPTY, key=b"k", headers=()),
        page("raise", "https://h.example/"),
    ]
    await die(topics, raws)
    before = await consume(topics, RAW.name, lambda found: len(found) == 5)
    letters = await letters_of(topics)
    done = Retried()
    await retry_letters(topics, TOPOLOGY, letters, rate=None, wait=0, done=done)
    assert sorted(done.sent) == sorted(letter.trace_id for letter in letters)
    found = await consume(topics, RAW.name, lambda found: len(found) == 10)
    old = {(r.partition, r.offset) for r in before}
    again = [r for r in found if (r.partition, r.offset) not in old]
    assert sorted((repr(r.key), repr(r.value), *map(repr, r.headers)) for r in again) == sorted(
        (repr(r.key), repr(r.value), *map(repr, r.headers), repr(("dlq.attempts", b"1"))) for r in before
    )


async def test_a_second_retry_counts_from_the_latest_attempt(topics: Connection) -> None:
    await die(topics, [page("raise", "https://h.example/")])
    (letter,) = await letters_of(topics)
    for attempts in (1, 2):
        done = Retried()
        await retry_letters(topics, TOPOLOGY, await letters_of(topics), rate=None, wait=0, done=done)
        assert done.sent == {letter.trace_id: attempts}
        (*_, last) = await consume(topics, RAW.name, lambda found, n=attempts: len(found) == n + 1)
        assert header(last, "dlq.attempts") == str(attempts)
        raw = Message(topic=RAW.name, key=last.key, value=last.value, headers=tuple(last.headers))
        await publish(topics, list(handle(CLEAN_STAGE, raw, now=NOW).messages))


async def test_bytes_that_the_letter_could_not_hold_come_from_the_source_while_they_are_there(
    topics: Connection,
) -> None:
    raw = Message(topic=RAW.name, key=b"k", value=bytes(DEAD.max_bytes), headers=(("url", b"https://h.example/"),))
    (letter,) = await die(topics, [raw])
    assert letter.value is None
    (read,) = await letters_of(topics)
    assert (read.bytes_omitted, read.size) == (True, DEAD.max_bytes)
    found = await read_original(topics, read, TOPOLOGY)
    assert found is not None
    assert (found.key, found.value, found.headers) == (raw.key, raw.value, raw.headers)
    async with admin_client(topics) as admin:
        name, ends = topics.topic(RAW.name), await end_offsets(topics, RAW.name)
        await admin.delete_records({TopicPartition(name, n): RecordsToDelete(end) for n, end in ends.items()})
    retried = await newsflow(topics, "dead", "retry", "--all", "--wait", "0")
    assert retried.returncode == 1
    assert f"not sent: {read.trace_id}: its bytes were too large for the letter" in retried.stderr
    shown = await newsflow(topics, "dead", "show", read.trace_id[:6])
    assert "no longer at its source" in shown.stdout
    exported = await newsflow(topics, "dead", "export", read.trace_id, "nowhere")
    assert (exported.returncode, exported.stderr.count("\n")) == (1, 1)


async def test_a_letter_given_up_while_its_retry_is_on_its_way_is_no_page_with_two_ends(topics: Connection) -> None:
    """Both outcomes are of the same attempt; the later one holds."""
    (letter,) = await die(topics, [page("raise", "https://h.example/")])
    again = with_attempts(original_of(letter), 1)
    await discard_letters(topics, await letters_of(topics), reason="noise", said=lambda _: None)
    await publish(topics, [again, *handle(CLEAN_STAGE, again, now=NOW).messages])
    await acknowledge(topics, CLEAN_STAGE)
    audit = await newsflow(topics, "audit", "--json")
    assert audit.returncode == 0, audit.stderr
    assert [row["outcome"] for row in json.loads(audit.stdout)["outcomes"]] == ["dead"]


# ---- which letters


async def test_letters_are_chosen_by_id_stage_cause_and_time(topics: Connection) -> None:
    await die(topics, [page("raise", "https://h.example/"), ODD])
    bug, odd = sorted(await letters_of(topics), key=lambda letter: letter.code, reverse=True)
    moment = 1767323045000  # NOW
    for chosen, expected in (
        ({"ids": (bug.trace_id[:6],)}, [bug]),
        ({"stage": "clean", "cause": "bad_url"}, [odd]),
        ({"cause": "has a bug"}, [bug]),
        ({"stage": "relate"}, []),
        ({"since": moment + 1}, []),
        ({"until": moment}, []),
        ({"until": moment + 1, "cause": "stage_failed"}, [bug]),
    ):
        assert await letters_of(topics, **chosen) == expected, chosen
    with pytest.raises(Failure, match="there is no dead letter ffffff"):
        await letters_of(topics, ids=("ffffff",))
    with pytest.raises(UsageError, match="at least 6"):
        Selection(ids=("abcde",))


async def test_a_closed_letter_is_not_retried_and_no_selector_means_none(topics: Connection) -> None:
    await die(topics, [ODD])
    letters = await letters_of(topics)
    await discard_letters(topics, letters, reason="noise\n" * 100, said=lambda _: None)
    (closed,) = await letters_of(topics)
    assert closed.latest is not None
    assert (closed.latest.reason, closed.latest.attempt, closed.is_open) == ("discarded", 2, False)
    assert closed.latest.evidence is not None
    assert closed.latest.evidence.startswith("noise noise")
    retried = await newsflow(topics, "dead", "retry", closed.trace_id)
    assert retried.returncode == 1
    assert "is closed: its page is dropped" in retried.stderr
    nothing = await newsflow(topics, "dead", "retry")
    assert (nothing.returncode, nothing.stderr.count("\n")) == (2, 1)
    assert not Selection(since=0).is_empty
    assert Selection(cause="").is_empty
    assert "discarded since" in (await newsflow(topics, "dead", "show", closed.trace_id)).stdout


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("no article in 'abc def' at 12:30", "no article in 'x' at 7:05"),
        ("https://a.example/x?y=1 is no page", "https://b.example/ is no page"),
        ("decision 0123456789abcdef of 3 MiB", "decision fedcba9876543210 of 14.5 MiB"),
    ],
)
def test_one_cause_has_one_signature(first: str, second: str) -> None:
    assert signature(first) == signature(second)


# ---- taken home


async def test_an_exported_letter_fails_in_its_test_until_the_stage_is_mended(
    topics: Connection, tmp_path: Path
) -> None:
    await die(topics, [page("raise", "https://h.example/")])
    (letter,) = await letters_of(topics)
    folder = tmp_path / "fixture"
    exported = await newsflow(topics, "dead", "export", letter.trace_id[:8], str(folder))
    assert exported.returncode == 0, exported.stderr
    assert (folder / "body.bin").read_bytes() == b"raise"
    assert run_test(folder).returncode == 1
    explained = await newsflow(topics, "dead", "explain", str(folder))
    assert explained.returncode == 1
    assert 'raise RuntimeError("the stage has a bug")' in explained.stdout, "its traceback"
    message = folder / "message.json"
    message.write_text(message.read_text().replace("tests.faults", "tests.mended"))
    again = run_test(folder)
    assert again.returncode == 0, again.stdout
    assert "1 passed" in again.stdout


def run_test(folder: Path) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(folder)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


async def test_what_nobody_can_read_is_shown_and_exported_byte_for_byte(topics: Connection, tmp_path: Path) -> None:
    raws = [ODD, EMPTY, replace(ODD, key=b"\xff\xfe")]
    await die(topics, raws)
    exported = []
    for letter in await letters_of(topics):
        message = await read_original(topics, letter, TOPOLOGY)
        assert message is not None
        assert any("body" in line for line in letter_lines(letter, message))
        folder = tmp_path / letter.trace_id
        export_fixture(folder, letter, message, "tests.faults")
        exported.append(replace(read_fixture(folder / "message.json").message, place=None))
        with pytest.raises(Failure, match="holds a fixture already"):
            export_fixture(folder, letter, message, "tests.faults")
    assert sorted(map(repr, exported)) == sorted(map(repr, raws))
    shown = await newsflow(topics, "dead", "show", letter_trace_id(b"\xff\xfe", ODD.value)[:6])
    assert "  header    x: \\xff\\xfe\n" in shown.stdout


HOSTILE = {
    "stage": '"""\nraise SystemExit(9)\n"""',
    "step": '"""+1/0+"""',
    "error.type": "\x1b[2J\u202e",
    "failed_at": "now",
}


async def test_a_letter_that_somebody_else_wrote_commands_neither_terminal_nor_test(
    topics: Connection, tmp_path: Path
) -> None:
    headers = {**HOSTILE, "source.topic": RAW.name, "source.partition": "²", "source.offset": "9" * 5000}
    pairs = tuple((f"dlq.{name}", value.encode()) for name, value in headers.items())
    foreign = Message(topic=DEAD.name, key=None, value=b"x", headers=(*pairs, ("url", b"https://h.example/\x1b[2J\n")))
    await publish(topics, [foreign])
    (letter,) = await letters_of(topics)
    assert (letter.source, letter.size) == (None, 1)
    for command in (["list"], ["show", letter.trace_id], ["retry", "--all", "--dry-run"]):
        shown = await newsflow(topics, "dead", *command)
        assert shown.returncode == 0, shown.stderr
        assert "\\x1b[2J" in shown.stdout
        assert shown.stdout.replace("\n", "").isprintable()
    exported = await newsflow(topics, "dead", "export", letter.trace_id, str(tmp_path / "fixture"))
    assert (exported.returncode, exported.stderr.count("\n")) == (2, 1)
    harmless = replace(letter, stage="clean")
    (_, test, _) = export_fixture(
        tmp_path / "fixture", harmless, Message(topic="t", key=None, value=b""), "tests.faults"
    )
    assert [type(node).__name__ for node in ast.parse(test.read_text()).body] == [
        "Expr",
        "ImportFrom",
        "ImportFrom",
        "FunctionDef",
    ]


@pytest.mark.parametrize(("word", "code"), [("hang", Code.TIME_LIMIT), ("segfault", Code.WORKER_DIED)])
async def test_a_page_that_kills_its_process_is_explained_by_its_stack(
    topics: Connection, tmp_path: Path, word: str, code: Code
) -> None:
    raw = page(word, "https://h.example/")
    took = StageTime(stage="clean", at=NOW)
    await publish(topics, list(dead(CLEAN_STAGE, raw, error_report("process", code, "it died"), took).messages))
    await newsflow(topics, "dead", "export", (await letters_of(topics))[0].trace_id, str(tmp_path / "fixture"))
    limits = {"NEWSFLOW_PAGE_SECONDS": "1"}
    explained = await newsflow(topics, "dead", "explain", str(tmp_path / "fixture"), **limits)
    assert explained.returncode != 0
    assert "in clean" in explained.stderr, "the stack that Python wrote before the end"
    fixture = read_fixture(tmp_path / "fixture" / "message.json")
    handled = await asyncio.to_thread(take_again, fixture, Settings(page_seconds=1.0))
    assert handled.verdict.error is not None
    assert handled.verdict.error.code == code


async def test_explain_takes_any_page_through_all_stages(topics: Connection, tmp_path: Path) -> None:
    story = tmp_path / "story.html"
    story.write_text("fine")
    explained = await newsflow(topics, "dead", "explain", str(story))
    assert explained.stdout == f"{story}\n  clean: passed on\n  annotate: passed on\n  relate: enriched\n"
    assert (await newsflow(topics, "dead", "explain", str(tmp_path / "none.html"))).returncode == 2
