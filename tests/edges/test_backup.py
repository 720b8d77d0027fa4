"""The copy of a store: whole while others write, never over another file, and as good as the store."""

import shutil
import threading
from pathlib import Path

import pytest

from pipeline.edges.backup import back_up
from pipeline.edges.store import Store, open_store
from pipeline.errors import Damaged, Failure, UsageError
from pipeline.records import Revision
from tests.articles import annotated, take

NOW = "2026-03-01T00:00:00Z"


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'data' / 'store.sqlite'}"


def number(store: Store, body: str, page: str = "one") -> int:
    """The revision that this text of the page is."""
    with store.transaction(now=NOW) as memory:
        verdict = take(annotated(body, url=f"https://www.example.org/{page}"), memory)[0].verdict
    assert isinstance(verdict, Revision)
    return verdict.number


def test_a_copy_that_is_put_back_goes_on_where_the_store_was(url: str, tmp_path: Path) -> None:
    store = open_store(url, cluster_id="mine")
    assert (number(store, "First."), number(store, "Second.")) == (1, 2)
    done = back_up(url, tmp_path / "backup")
    assert (done.cluster_id, done.size) == ("mine", (tmp_path / "backup").stat().st_size)
    assert (tmp_path / "backup").stat().st_mode & 0o077 == 0, "it holds whole texts"
    store.close()
    shutil.rmtree(tmp_path / "data")
    (tmp_path / "data").mkdir()
    shutil.copy(tmp_path / "backup", tmp_path / "data" / "store.sqlite")
    restored = open_store(url, cluster_id="mine")
    assert number(restored, "Third.") == 3
    restored.close()


def test_a_copy_is_of_one_moment_while_another_writes(url: str, tmp_path: Path) -> None:
    """Whatever is in it is a row of pages for each row of decisions, for both are written in one transaction."""
    store = open_store(url, cluster_id="mine")
    number(store, "Text.", "first")
    stop, written = threading.Event(), [1]

    def write() -> None:
        while not stop.is_set():
            number(store, "Text.", f"page-{written[0]}")
            written[0] += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for copy in range(5):
            before = written[0]
            back_up(url, tmp_path / f"backup-{copy}")
            after = written[0] + 1
            kept = open_store(f"sqlite:///{tmp_path / f'backup-{copy}'}", cluster_id="mine")
            with kept.begin() as connection:
                pages, decisions = (
                    connection.exec_driver_sql(f"SELECT count(*) FROM newsflow_{table}").scalar_one()
                    for table in ("pages", "decisions")
                )
            kept.close()
            assert pages == decisions
            assert before <= pages <= after
    finally:
        stop.set()
        writer.join()
        store.close()
    assert written[0] > 5, "it wrote meanwhile"


def test_no_file_is_replaced_and_nothing_is_left_of_a_copy_that_failed(url: str, tmp_path: Path) -> None:
    with pytest.raises(Failure, match="there is no store"):
        back_up(url, tmp_path / "backup")
    assert not (tmp_path / "data").exists(), "nothing is created by a look"
    open_store(url, cluster_id="mine").close()
    (tmp_path / "mine").write_text("precious")
    with pytest.raises(Failure, match="is there already"):
        back_up(url, tmp_path / "mine")
    assert (tmp_path / "mine").read_text() == "precious"
    with pytest.raises(Failure, match="cannot write"):
        back_up(url, tmp_path / "nowhere" / "backup")
    (tmp_path / "data" / "store.sqlite").write_bytes(b"no database, and longer than the head of one" * 99)
    with pytest.raises(Damaged, match="store rebuild"):
        back_up(url, tmp_path / "backup")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "mine"]


def test_for_postgresql_the_command_that_does_it_is_told_without_the_password() -> None:
    with pytest.raises(UsageError) as error:
        back_up("postgresql://me:hunter2@db.example.org/news", Path("news.dump"))
    assert "pg_dump --format=custom --file=news.dump 'postgresql://me@db.example.org/news'" in str(error.value)
