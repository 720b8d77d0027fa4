"""What failed for good can be tried again by who knows that the reason has gone: `newsflow crawl retry`."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp import web

from pipeline.edges.connection import Connection
from pipeline.edges.crawling.frontier import Frontier
from pipeline.edges.crawling.frontier_rows import State, Visit
from pipeline.edges.crawling.retry import Selection, retry_failed
from pipeline.edges.store import clear_store, open_store
from pipeline.edges.supervisor import settings_environment
from pipeline.errors import UsageError
from pipeline.settings import Settings
from tests.crawling import ROOT, crawled, entry, header, messages, settings_for
from tests.edges.test_frontier import NOW, found
from tests.site_server import SiteServer, answering, page

FAILURES = [
    ("http://a.test/1", "s", "robots"),
    ("http://a.test/2", "s", "http_404"),
    ("http://b.test/1", "t", "http_404"),
    ("http://bücher.test/1", "t", "forbidden_url"),
]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return filled(Settings(data=tmp_path))


def filled(settings: Settings) -> Settings:
    """With a store in which everything has failed but one page that is done and one that waits."""
    store = open_store(settings.store_url, cluster_id=None)
    frontier = Frontier(store)
    rows = [found(address, source=source) for address, source, _ in FAILURES]
    frontier.add([*rows, found("http://a.test/done"), found("http://c.test/waits", due=NOW + 9e9)])
    for number, (row, (_, _, cause)) in enumerate(zip(rows, FAILURES, strict=True)):
        known = frontier.entry(row.key)
        assert known is not None
        failed = replace(known, state=State.FAILED, due=None, outcome=cause, attempts=5, last_at=NOW + number)
        frontier.finish([Visit(entry=failed)])
    known = frontier.entry(found("http://a.test/done").key)
    assert known is not None
    frontier.finish([Visit(entry=replace(known, state=State.DONE, due=None, outcome="fetched", last_at=NOW))])
    store.close()
    return settings


@pytest.mark.parametrize(
    ("selection", "words", "urls"),
    [
        (Selection(everything=True), "4 (1 forbidden_url, 2 http_404, 1 robots)", {row[0] for row in FAILURES}),
        (Selection(url="http://a.test:80/1#top"), "1 (1 robots)", {"http://a.test/1"}),
        (Selection(source="t"), "2 (1 forbidden_url, 1 http_404)", {"http://b.test/1", "http://bücher.test/1"}),
        (Selection(host="a.test"), "2 (1 http_404, 1 robots)", {"http://a.test/1", "http://a.test/2"}),
        (Selection(host="BÜCHER.test"), "1 (1 forbidden_url)", {"http://bücher.test/1"}),
        (Selection(cause="http_404", source="s"), "1 (1 http_404)", {"http://a.test/2"}),
        (Selection(everything=True, limit=2), "2 (1 http_404, 1 robots)", {"http://a.test/1", "http://a.test/2"}),
    ],
)
def test_what_is_selected_is_due_again_with_all_its_attempts(
    settings: Settings, selection: Selection, words: str, urls: set[str]
) -> None:
    assert retry_failed(selection, settings, dry_run=True) == [f"would be due again: {words}"]
    assert all(entry(settings, address).state is State.FAILED for address, _, _ in FAILURES)
    assert retry_failed(selection, settings, dry_run=False) == [f"due again: {words}"]
    assert_due(settings, urls)


def test_a_shared_store_is_served_too(tmp_path: Path, postgres: str) -> None:
    clear_store(postgres)
    settings = filled(Settings(data=tmp_path, store=postgres))
    selection = Selection(source="t", limit=9)
    assert retry_failed(selection, settings, dry_run=False) == ["due again: 2 (1 forbidden_url, 1 http_404)"]
    assert_due(settings, {"http://b.test/1", "http://bücher.test/1"})


def assert_due(settings: Settings, urls: set[str]) -> None:
    """Of all that had failed, these are due and nothing else is; and so are their hosts."""
    store = open_store(settings.store_url, cluster_id=None)
    frontier = Frontier(store)
    rows = {address: frontier.entry(found(address).key) for address, _, _ in FAILURES}
    hosts = {host.host for host in frontier.claim("a", now=9e8 * 9, until=9e9, count=9)}
    done = frontier.entry(found("http://a.test/done").key)
    store.close()
    for address, row in rows.items():
        assert row is not None
        assert (row.state, row.attempts) == ((State.WAITING, 0) if address in urls else (State.FAILED, 5))
        assert (row.due is not None) == (address in urls)
    assert {row.host for address, row in rows.items() if row is not None and address in urls} <= hosts
    assert done is not None
    assert done.due is None


def test_without_a_choice_nothing_is_retried_and_a_wrong_one_says_what_there_is(settings: Settings) -> None:
    for selection in (Selection(), Selection(limit=5), Selection(everything=True, source="s")):
        with pytest.raises(UsageError, match="--url, --source, --host or --cause, or --all"):
            retry_failed(selection, settings, dry_run=False)
    with pytest.raises(UsageError, match="not an absolute http or https URL"):
        retry_failed(Selection(url="story"), settings, dry_run=False)
    assert retry_failed(Selection(cause="robot"), settings, dry_run=False) == [
        "nothing that failed is meant; failed for good: 4 (1 forbidden_url, 2 http_404, 1 robots)"
    ]


def test_a_store_with_which_nothing_was_crawled_is_left_as_it_is(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    (said,) = retry_failed(Selection(everything=True), settings, dry_run=False)
    assert said.startswith("nothing has been crawled with the store")
    assert list(tmp_path.iterdir()) == []


def test_the_command_refuses_to_guess_and_says_what_it_did(settings: Settings) -> None:
    def newsflow(*arguments: str) -> tuple[int, str]:
        done = subprocess.run(
            [sys.executable, "-m", "pipeline.cli", "crawl", "retry", *arguments],
            cwd=ROOT,
            env={**os.environ, **settings_environment(settings)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        return done.returncode, done.stdout

    code, said = newsflow("--limit", "3")
    assert code == 2
    assert "or --all for every one" in said
    assert newsflow("--cause", "http_404", "--dry-run") == (0, "would be due again: 2 (2 http_404)\n")
    assert newsflow("--cause", "http_404") == (0, "due again: 2 (2 http_404)\n")


async def test_a_page_that_is_there_again_is_fetched_after_a_retry(
    server: SiteServer, raw: Connection, tmp_path: Path
) -> None:
    there: list[bool] = []
    server.sites["a.test"] = answering({"/story": lambda _: page("Story") if there else web.Response(status=404)})
    (tmp_path / "urls.txt").write_text(server.url("a.test", "/story"), encoding="utf-8")
    settings = settings_for(tmp_path, server, "sources:\n  - name: list\n    kind: urls\n    path: urls.txt\n")
    await crawled(settings, raw)
    there.append(True)
    await crawled(settings, raw)
    assert await messages(raw) == []
    assert retry_failed(Selection(source="list"), settings, dry_run=False) == ["due again: 1 (1 http_404)"]
    await crawled(settings, raw)
    assert [header(message, "url") for message in await messages(raw)] == [server.url("a.test", "/story")]
