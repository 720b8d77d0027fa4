"""The files that a sources file names: what is wrong with them is said with file and line, before anything starts."""

from pathlib import Path

import pytest
from aiohttp import web
from click.testing import CliRunner

from pipeline.cli import cli
from pipeline.edges.clock import instant_of, seconds_now
from pipeline.edges.connection import Connection, describe_cluster
from pipeline.edges.crawling.frontier import Frontier
from pipeline.edges.crawling.frontier_rows import Found, Kind
from pipeline.edges.crawling.http import Response
from pipeline.edges.crawling.sources_file import load_sources
from pipeline.edges.crawling.warc import Archive
from pipeline.edges.store import open_store
from pipeline.errors import UsageError
from tests.crawling import crawled, entry, header, messages, settings_for, source
from tests.site_server import SiteServer, answering, page


def written(folder: Path, text: str) -> Path:
    file = folder / "sources.yaml"
    file.write_text("sources:\n" + text, encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("{name: a, kind: urls, path: none.txt}", "'path' of source a: cannot read {0}/none.txt: No such file"),
        ("{name: a, kind: warc, path: none.warc}", "'path' of source a: cannot read {0}/none.warc: No such file"),
        ("{name: a, kind: warc, path: folder.warc}", "'path' of source a: {0}/folder.warc is no file"),
        ("{name: a, kind: urls, path: '.'}", "'path' of source a: {0} is no file"),
        ("{name: a, kind: warc, path: page.html}", "'path' of source a: {0}/page.html must end in .warc or .warc.gz"),
        ('{name: a, kind: urls, path: "a\\0b"}', "'path' of source a: cannot read {0}/a\0b: embedded null byte"),
    ],
)
def test_a_file_that_cannot_be_read_is_named_by_check_and_stops_the_start(
    tmp_path: Path, row: str, reason: str
) -> None:
    (tmp_path / "folder.warc").mkdir()
    (tmp_path / "page.html").write_text("<p>")
    file = written(tmp_path, f"  - {{name: good, kind: feed, url: 'https://a.example/feed'}}\n  - {row}\n")
    expected = f"{file}:3: {reason.format(tmp_path)}"
    with pytest.raises(UsageError) as refused:
        load_sources(file)
    assert expected in str(refused.value)
    run = CliRunner().invoke(cli, ["sources", "check", str(file)])
    assert expected in run.stdout
    assert "1 problem in the sources file" in str(run.exception)


def test_check_names_the_lines_of_a_url_list_that_are_no_urls(tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text(
        "# list\nhttps://a.example/1\n\nno url\r\nftp://a.example/\nhttps://a.example/2\n"
    )
    file = written(tmp_path, "  - {name: a, kind: urls, path: list.txt}\n")
    run = CliRunner().invoke(cli, ["sources", "check", str(file)])
    wrong = [line.split(": ")[0] for line in run.stdout.splitlines() if "no absolute http" in line]
    assert wrong == [f"{tmp_path}/list.txt:4", f"{tmp_path}/list.txt:5"]
    assert "2 problems" in str(run.exception)


async def test_a_url_list_s_wrong_and_unwanted_lines_are_left_out_with_a_word(
    server: SiteServer, raw: Connection, tmp_path: Path
) -> None:
    at = server.url
    lines = [at("a.test", "/1"), *["no url"] * 5, at("a.test", "/video/2"), "http://a%20b.test/"]
    (tmp_path / "list.txt").write_text("\n".join(lines))
    server.sites["a.test"] = answering({"/1": lambda _: page("One"), "/video/2": lambda _: page("Two")})
    row = "  - {name: list, kind: urls, path: list.txt, exclude: [/video/]}\n"
    said = "\n".join(await crawled(settings_for(tmp_path, server, "sources:\n" + row), raw))
    assert f"list: left out: {tmp_path}/list.txt:2: no absolute http or https URL" in said
    assert "list: left out: 2 more lines like these" in said
    assert "list: left out of its list: 1 excluded, 1 bad_url" in said
    assert [header(message, "url") for message in await messages(raw)] == [at("a.test", "/1")]


async def test_a_page_that_waits_and_is_excluded_now_is_not_fetched_until_it_is_wanted_again(
    server: SiteServer, raw: Connection, tmp_path: Path
) -> None:
    story, asked = server.url("a.test", "/video/1"), server.url("a.test", "/feed.xml")
    feed = f"<rss><channel><item><link>{story}</link></item></channel></rss>"
    server.sites["a.test"] = answering(
        {"/feed.xml": lambda _: web.Response(text=feed), "/video/1": lambda _: page("One")}
    )
    outcomes = []
    settings = settings_for(tmp_path, server, "sources:\n" + source("a", "feed", asked))
    store = open_store(settings.store_url, cluster_id=(await describe_cluster(raw)).cluster_id)
    now = seconds_now()
    Frontier(store).add(
        [Found(kind=Kind.PAGE, url=story, source="a", priority=10, due=now, discovered_at=instant_of(now))]
    )
    store.close()
    for more in ("    exclude: [/video/]\n", ""):
        settings = settings_for(tmp_path, server, "sources:\n" + source("a", "feed", asked, more))
        await crawled(settings, raw)
        outcomes.append(entry(settings, story).outcome)
    assert outcomes == ["unwanted", "fetched"], "the feed was read anew for its other patterns"
    assert server.paths("a.test").count("/video/1") == 1


def archived(url: str) -> Response:
    return Response(
        url=url, status=200, headers=(("Content-Type", "text/html"),), body=b"<p>Old",
        fetched_at="2026-03-01T00:00:00.000Z", wire_bytes=9,
    )  # fmt: skip


async def test_a_damaged_warc_file_is_reported_and_the_crawl_goes_on(
    server: SiteServer, raw: Connection, tmp_path: Path
) -> None:
    """Its readable pages are published once, under the source's name, and those that are excluded are not."""
    archive = Archive(folder=tmp_path / "old")
    for path in ("/1", "/video/2", "/3"):
        await archive.write(archived(f"http://old.test{path}"))
    archive.close()
    (file,) = (tmp_path / "old").iterdir()
    (tmp_path / "old.warc.gz").write_bytes(file.read_bytes() + b"no gzip at all")
    server.sites["a.test"] = answering({"/story": lambda _: page("Story")})
    rows = "  - {name: old, kind: warc, path: old.warc.gz, exclude: [/video/]}\n"
    rows += source("list", "urls", server.url("a.test", "/story"))
    settings = settings_for(tmp_path, server, "sources:\n" + rows)
    said = "\n".join([*await crawled(settings, raw), *await crawled(settings, raw)])
    found = [(header(message, "url"), header(message, "source")) for message in await messages(raw)]
    assert found.count(("http://old.test/1", "old")) == 1
    assert {url for url, _ in found} == {"http://old.test/1", "http://old.test/3", server.url("a.test", "/story")}
    assert said.count("old: 2 pages of ") == 1
    assert "old: 1 pages are not wanted by its patterns" in said
    assert "damaged WARC file" in said
