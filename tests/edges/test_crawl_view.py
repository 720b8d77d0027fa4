"""What an operator sees: the table in a terminal, its log lines, the report at the end, and the metrics meanwhile."""

import asyncio
import os
import pty
import re
import signal
import urllib.request
from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp import web
from prometheus_client.parser import text_string_to_metric_families
from rich.console import Console

from pipeline.edges.clock import seconds_now
from pipeline.edges.connection import Connection
from pipeline.edges.crawling.crawl import explain_known
from pipeline.edges.crawling.crawl_report import SourceRow
from pipeline.edges.crawling.crawl_view import source_table
from pipeline.edges.crawling.frontier import Frontier
from pipeline.edges.crawling.frontier_rows import Entry, Found, Kind, SiteFile, State
from pipeline.edges.frontier_tables import ENTRIES
from pipeline.edges.store import has_table, open_store
from pipeline.errors import UsageError
from pipeline.settings import Settings
from tests.crawling import crawled, entry, settings_for, source, start_worker
from tests.site_server import Newspaper, SiteServer, answering, free_port, page, redirect

NOW = 1_800_000_000.0


def source_row(name: str, *, due: int = 0, failures: int = 0, next_at: float | None = None) -> SourceRow:
    document = Entry(
        key="document:k", kind=Kind.FEED, url="http://a.test/feed", host="a.test", source=name, state=State.WAITING,
        priority=0, due=NOW, discovered_at="2026-03-01T00:00:00Z", attempts=failures,
        outcome="http_500" if failures else "read", history=({"at": NOW, "outcome": "read"},),
    )  # fmt: skip
    return SourceRow(
        name=name, due=due, fetched=1, new=2, unchanged=0, errors={"http_500": failures} if failures else {},
        left_out={}, next_at=next_at, documents=(document,),
    )  # fmt: skip


def shown(rows: list[SourceRow], room: int) -> str:
    console = Console(width=100, record=True, file=open(os.devnull, "w"))  # noqa: SIM115
    console.print(source_table(rows, room=room, now=NOW))
    console.file.close()
    return console.export_text()


def test_the_table_has_a_row_for_each_source_and_their_sums() -> None:
    text = shown([source_row("one", due=3, next_at=NOW - 5), source_row("two", failures=4, next_at=NOW + 7200)], 9)
    assert re.search(r"one +│ +3 │ +1 │ +2 │ +0 │ +0 s │ ok ", text)
    assert re.search(r"two +│ +0 │ +1 │ +2 │ +4 │ +2 h │ http_500, 4 in a row ", text)
    assert re.search(r"all 2 +│ +3 │ +2 │ +4 │ +4 │ +│ 1 failing ", text)


def test_a_table_that_does_not_fit_shows_what_is_in_need_and_says_how_many_it_leaves_out() -> None:
    rows = [source_row(f"idle-{number}") for number in range(50)]
    rows[40], rows[45] = source_row("failing", failures=2), source_row("waiting", due=7)
    text = shown(rows, 4)
    assert [name for name in ("idle-0", "idle-1", "idle-2", "failing", "waiting") if name in text] == [
        "idle-0",
        "idle-1",
        "failing",
        "waiting",
    ]
    assert "all 50, 46 not shown" in text
    assert len(text.splitlines()) == 4 + 6


async def terminal_of(settings: Settings, connection: Connection, enough: bytes) -> str:
    """What a crawler writes to a terminal on stderr until it has written so much and is stopped."""
    ours, theirs = pty.openpty()
    worker = await start_worker(settings, connection, stderr=theirs, stdout=asyncio.subprocess.DEVNULL)
    os.close(theirs)
    os.set_blocking(ours, False)
    seen = b""
    async with asyncio.timeout(60):
        while not re.search(enough, seen, re.DOTALL):
            seen += await read_some(ours) or b""
        worker.send_signal(signal.SIGTERM)
        while (more := await read_some(ours)) is not None:
            seen += more
        assert await worker.wait() == 0
    os.close(ours)
    return seen.decode()


async def read_some(terminal: int) -> bytes | None:
    """What is there to read; None when nobody has the other side any more, which Linux calls an I/O error."""
    await asyncio.sleep(0.02)
    try:
        return os.read(terminal, 65536) or None
    except BlockingIOError:
        return b""
    except OSError:
        return None


async def test_in_a_terminal_the_table_is_drawn_and_log_lines_stand_above_it(
    server: SiteServer, raw: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("TERM", "xterm-256color"), ("COLUMNS", "160"), ("LINES", "40")):
        monkeypatch.setenv(name, value)
    server.sites["paper.test"] = Newspaper(name="paper.test", articles=400)
    rows = source("paper", "feed", server.url("paper.test", "/feed.xml"))
    settings = replace(
        settings_for(tmp_path, server, "sources:\n" + rows), log_level="debug", log_format="console", crawl_delay=0.05
    )
    text = await terminal_of(settings, raw, rb"paper .*outcome.*outcome.*paper ")
    lines = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text).replace("\r", "\n").splitlines()
    assert any(re.match(r"│ paper +│ +\d+ │", line) for line in lines)
    logged = [line for line in lines if "outcome=fetched" in line or "] visit" in line]
    assert logged
    assert not [line for line in logged if "─" in line or "│" in line], "no line of the log is written into the table"
    assert "stopping: what is in flight may take" in text


async def test_a_second_signal_ends_the_crawler_at_once(server: SiteServer, raw: Connection, tmp_path: Path) -> None:
    async def silent(_request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(60)
        return web.Response()

    server.sites["silent.test"] = answering({"/it": silent})
    rows = source("silent", "urls", server.url("silent.test", "/it"))
    worker = await start_worker(
        settings_for(tmp_path, server, "sources:\n" + rows), raw, stderr=asyncio.subprocess.PIPE
    )
    assert worker.stderr is not None
    await heard(worker.stderr, b"crawling 1 sources")
    await asyncio.sleep(0.5)  # until the page has been asked for
    worker.send_signal(signal.SIGTERM)
    await heard(worker.stderr, b"stopping")
    worker.send_signal(signal.SIGTERM)
    assert await asyncio.wait_for(worker.wait(), 3) == -signal.SIGTERM


async def heard(stream: asyncio.StreamReader, words: bytes) -> None:
    """Read on until a line with these words."""
    while words not in (line := await asyncio.wait_for(stream.readline(), 30)):
        assert line


async def test_the_report_says_what_cannot_be_read_and_what_has_moved(
    server: SiteServer, raw: Connection, tmp_path: Path
) -> None:
    at = server.url
    server.sites |= {
        "dead.test": answering({"/feed.xml": lambda _: web.Response(status=410)}),
        "old.test": answering({"/feed.xml": redirect(at("new.test", "/feed.xml"), 301)}),
        "new.test": Newspaper(name="new.test", articles=2),
    }
    rows = source("dead", "feed", at("dead.test", "/feed.xml")) + source("old", "feed", at("old.test", "/feed.xml"))
    said = "\n".join(await crawled(settings_for(tmp_path, server, "sources:\n" + rows), raw))
    assert f"  cannot be read: {at('dead.test', '/feed.xml')}: http_410; 1 in a row, asked again 20" in said
    assert f"  has moved: {at('old.test', '/feed.xml')} is now {at('new.test', '/feed.xml')}" in said
    assert "old: 2 fetched" in said, "its new place is read all the same"


def test_explain_says_who_has_the_host_what_is_planned_and_which_sources_would_take_a_url(tmp_path: Path) -> None:
    (tmp_path / "sources.yaml").write_text(
        "sources:\n"
        "  - {name: news, kind: sitemap, url: 'https://a.example/s.xml', exclude: [/video/]}\n"
        "  - {name: others, kind: section, url: 'https://b.example/'}\n"
    )
    settings = Settings(data=tmp_path / "data", sources=tmp_path / "sources.yaml")
    url = "https://a.example/2026/03/story?utm_source=feed"
    text = "\n".join(explain_known("https://a.example/video/1", settings))
    assert ": nothing has been crawled with it yet" in text
    assert "robots   https://a.example/robots.txt has not been fetched yet; it will be, first" in text
    assert "source   news: excluded" in text
    assert "source   others: off_site" in text
    assert not settings.data.exists(), "who only asks creates nothing"
    store = open_store(settings.store_url, cluster_id="one")
    frontier = Frontier(store)
    now = seconds_now()
    found = Found(
        kind=Kind.PAGE, url=url, source="news", priority=10, due=now, discovered_at="2026-03-01T00:00:00Z"
    )  # fmt: skip
    frontier.add([found])
    frontier.claim("crawler-7", now=now + 1, until=now + 60, count=1)
    body = b"User-agent: *\nDisallow: /2026/03/\n"
    frontier.keep_site_file(SiteFile(url="https://a.example/robots.txt", status=200, body=body, fetched_at=now))
    store.close()
    text = "\n".join(explain_known("https://A.example:443/2026/03/story#top", settings))
    assert "nothing has been crawled" not in text
    assert "robots   disallowed: Disallow: /2026/03/ (line 2) (fetched 20" in text
    assert "host     0 failures in a row, leased to crawler-7 until 20" in text
    assert "frontier page of source news, waiting, priority 10, discovered 2026-03-01T00:00:00Z" in text
    assert re.search(r"next     20\S+ \(now\)", text)
    assert "last     never asked" in text
    assert "guard    refused: a private or reserved address" in "\n".join(explain_known("http://10.0.0.1/", settings))


def test_explain_refuses_what_is_no_url_before_anything_is_made(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path / "data")
    for url in ("not a url", "http://", "ftp://a.example/", "https://a%20b.example/"):
        with pytest.raises(UsageError):
            explain_known(url, settings)
    assert not settings.data.exists()


def test_a_store_without_a_frontier_is_left_as_it_is(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    open_store(settings.store_url, cluster_id="one").close()
    assert "nothing has been crawled with it yet" in "\n".join(explain_known("https://a.example/1", settings))
    assert not has_table(settings.store_url, ENTRIES)


def test_explain_tells_sources_that_find_pages_from_those_that_have_a_list(tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text("https://A.example:443/listed?utm_source=x\n")
    (tmp_path / "old.warc.gz").write_bytes(b"")
    (tmp_path / "sources.yaml").write_text(
        "sources:\n"
        "  - {name: news, kind: feed, url: 'https://a.example/feed'}\n"
        "  - {name: some, kind: urls, urls: ['https://a.example/inline']}\n"
        "  - {name: list, kind: urls, path: list.txt}\n"
        "  - {name: old, kind: warc, path: old.warc.gz}\n"
    )
    settings = Settings(data=tmp_path / "data", sources=tmp_path / "sources.yaml")
    text = "\n".join(explain_known("https://a.example/listed", settings))
    assert "source   news: would take it, when its feed names it" in text
    assert "source   some: takes the URLs of its list alone, and this is none of them" in text
    assert "source   list: would take it: it is in its list" in text
    assert "source   old: publishes the pages in its file and fetches nothing" in text
    assert "source   some: would take it: it is in its list" in "\n".join(
        explain_known("https://a.example/inline", settings)
    )


async def test_urls_too_long_are_counted_and_long_ones_are_shortened_for_people(
    server: SiteServer, raw: Connection, tmp_path: Path
) -> None:
    long, too_long = server.url("a.test", "/" + "x" * 7000), server.url("a.test", "/" + "y" * 100_000)
    feed = "".join(f"<item><link>{url}</link></item>" for url in (long, too_long, "mailto:news@a.test"))
    server.sites["a.test"] = answering(
        {"/feed.xml": lambda _: web.Response(text=f"<rss><channel>{feed}</channel></rss>")}
    )
    settings = settings_for(tmp_path, server, "sources:\n" + source("a", "feed", server.url("a.test", "/feed.xml")))
    said = "\n".join(await crawled(settings, raw))
    assert "  left out, each time it was named: 1 bad_url, 1 url_too_long" in said
    assert f"  failed: {server.url('a.test', '/xxx')}" in said
    assert "xxx: http_404" in said
    assert max(map(len, said.splitlines())) < 400
    assert entry(settings, long).url == long, "the store has it in full"


async def test_a_running_crawler_tells_its_numbers_over_http(
    server: SiteServer, raw: Connection, tmp_path: Path
) -> None:
    """The slow site keeps it running, so that the numbers of the others can be read."""
    slow = "User-agent: *\nCrawl-delay: 50\n"
    feed = "<rss><channel><item><link>{url}</link><pubDate>{date}</pubDate></item></channel></rss>"
    url = server.url("feed.test", "/2026/03/the-only-story-of-the-day")
    server.sites |= {
        "slow.test": Newspaper(name="slow.test", articles=1, robots=slow),
        "dead.test": answering({"/feed.xml": lambda _: web.Response(status=404)}),
        "feed.test": answering(
            {
                "/feed.xml": lambda _: web.Response(
                    text=feed.format(url=url, date="Sun, 01 Mar 2026 08:00:00 GMT"), content_type="application/xml"
                ),
                "/2026/03/the-only-story-of-the-day": lambda _: page("Only"),
            }
        ),
    }
    rows = "".join(source(name, "feed", server.url(f"{name}.test", "/feed.xml")) for name in ("slow", "dead", "feed"))
    port = free_port()
    settings = replace(settings_for(tmp_path, server, "sources:\n" + rows), metrics=str(port))
    worker = await start_worker(settings, raw, stderr=asyncio.subprocess.PIPE)
    assert worker.stderr is not None
    await heard(worker.stderr, f"metrics at http://127.0.0.1:{port}/metrics".encode())
    values: dict[tuple[str, str, str], float] = {}
    awaited = [("newsflow_crawl_visits_total", "feed", "fetched"), ("newsflow_crawl_visits_total", "dead", "http_404")]
    while not all(values.get(sample) for sample in awaited):
        await asyncio.sleep(0.05)
        values = await asyncio.to_thread(scraped, port)
    worker.send_signal(signal.SIGTERM)
    assert await asyncio.wait_for(worker.wait(), 10) == 0
    assert values["newsflow_live", "", ""] == values["newsflow_ready", "", ""] == 1
    assert values["newsflow_crawl_visits_total", "feed", "read"] == 1
    assert values["newsflow_crawl_visits_total", "dead", "http_404"] == 1
    assert values["newsflow_crawl_urls_found_total", "feed", ""] == 1
    assert values["newsflow_crawl_published_to_fetched_seconds_count", "feed", ""] == 1
    assert values["newsflow_crawl_published_to_fetched_seconds_sum", "feed", ""] > 0
    assert values["newsflow_crawl_discovered_to_fetched_seconds_count", "feed", ""] == 1
    assert values["newsflow_crawl_source_failures", "dead", ""] == 1
    assert values["newsflow_crawl_source_failures", "feed", ""] == 0
    assert values["newsflow_crawl_source_read_timestamp_seconds", "feed", ""] > NOW - 1e8
    assert ("newsflow_crawl_source_read_timestamp_seconds", "dead", "") not in values
    assert values["newsflow_crawl_hosts_leased", "", ""] >= 1
    assert values["newsflow_crawl_requests_total", "", "2xx"] >= 2, "the feed and its page"
    assert values["newsflow_crawl_requests_total", "", "4xx"] >= 2, "its robots.txt and tdmrep.json"
    assert values["newsflow_crawl_publish_seconds_count", "", ""] == 1
    assert values["newsflow_crawl_received_bytes_total", "", ""] > 1000
    assert values["process_resident_memory_bytes", "", ""] > 1e7


def scraped(port: int) -> dict[tuple[str, str, str], float]:
    """The samples by name, source, and outcome or result."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
        families = text_string_to_metric_families(answer.read().decode())
        samples = [sample for family in families for sample in family.samples]
    values = {}
    for each in samples:
        if "le" not in each.labels:
            what = each.labels.get("outcome") or each.labels.get("result", "")
            values[each.name, each.labels.get("source", ""), what] = each.value
    return values
