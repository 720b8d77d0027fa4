"""A tdmrep.json that cannot be had is not one that reserves nothing: what is known meanwhile, and what waits for it."""

import itertools
from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp import web
from sqlalchemy import update

from pipeline.crawl import hosts
from pipeline.crawl.rights import TdmRule
from pipeline.edges.clock import seconds_now
from pipeline.edges.connection import Connection
from pipeline.edges.crawling import tdm_files
from pipeline.edges.crawling.crawl import explain_known
from pipeline.edges.crawling.frontier import Frontier
from pipeline.edges.crawling.frontier_rows import SiteFailure, SiteFile
from pipeline.edges.crawling.tdm_files import TdmStanding, standing
from pipeline.edges.frontier_tables import ENTRIES, HOSTS
from pipeline.edges.store import open_store
from pipeline.settings import Settings
from tests.crawling import crawled, entry, header, messages, settings_for, source
from tests.site_server import SiteServer, answering, page

NOW = 1_800_000_000.0
DAY = 86_400.0
WHERE = "http://a.test/.well-known/tdmrep.json"
RESERVED = b'[{"location": "/", "tdm-reservation": 1}]'
RULE = TdmRule(location="/", reservation=True)


def answered(at: float, status: int = 200) -> SiteFile:
    return SiteFile(url=WHERE, status=status, body=RESERVED, fetched_at=at)


def failed(times: int, *, since: float, last_at: float) -> SiteFailure:
    return SiteFailure(url=WHERE, failures=times, since=since, last_at=last_at, detail="http_503")


def test_an_answer_holds_for_a_day_and_a_failure_for_minutes_that_double() -> None:
    assert standing(None, None) is None
    assert standing(answered(NOW), None) == TdmStanding(rules=(RULE,), expires_at=NOW + DAY)
    assert standing(answered(NOW, 404), None) == TdmStanding(rules=(), expires_at=NOW + DAY)
    waits = []
    for times in (1, 2, 3, 50):
        known = standing(None, failed(times, since=NOW, last_at=NOW))
        assert known is not None
        assert known.rules is None
        assert known.wait_until == known.expires_at
        waits.append(known.expires_at - NOW)
    assert waits == [900.0, 1800.0, 3600.0, DAY]


def test_the_last_answer_holds_while_the_file_cannot_be_had_but_not_for_ever() -> None:
    for days, rules in ((2, (RULE,)), (29, (RULE,)), (31, None)):
        known = standing(answered(NOW), failed(3, since=NOW + DAY, last_at=NOW + days * DAY))
        assert known is not None
        assert known.rules == rules
        assert known.wait_until is None, "nobody waits: it is known, or has not been for long"


def test_a_page_waits_a_day_for_a_file_that_cannot_be_had() -> None:
    waiting = standing(None, failed(7, since=NOW, last_at=NOW + 0.9 * DAY))
    given_up = standing(None, failed(8, since=NOW, last_at=NOW + 1.1 * DAY))
    assert waiting is not None
    assert waiting.wait_until is not None
    assert given_up is not None
    assert (given_up.rules, given_up.wait_until) == (None, None)


def reserving_after(failures: int, server: SiteServer, folder: Path, policy: str) -> Settings:
    """A site whose file fails so often before it reserves everything."""
    asked = itertools.count()

    def tdmrep(_request: web.Request) -> web.StreamResponse:
        return web.Response(status=503) if next(asked) < failures else web.Response(body=RESERVED)

    server.sites["site.test"] = answering({"/.well-known/tdmrep.json": tdmrep, "/story": lambda _: page("Story")})
    rows = source("list", "urls", server.url("site.test", "/story"))
    return replace(settings_for(folder, server, "sources:\n" + rows), rights=policy)


async def test_a_page_whose_reservation_cannot_be_known_is_published_with_these_words(
    server: SiteServer, raw: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hosts, "BASE_BACKOFF", 0.05)
    settings = reserving_after(1, server, tmp_path, "tag")
    await crawled(settings, raw)
    (message,) = await messages(raw)
    assert header(message, "tdm_reservation") == "unknown"
    assert not header(message, "rights_reserved")
    text = "\n".join(explain_known(server.url("site.test", "/story"), settings))
    assert "tdmrep   nothing is known; http://site.test" in text
    assert "cannot be had: http_503, asked again 20" in text


async def test_with_skip_a_page_waits_for_the_file_and_keeps_to_it(
    server: SiteServer, raw: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hosts, "BASE_BACKOFF", 0.05)
    settings = reserving_after(2, server, tmp_path, "skip")
    url = server.url("site.test", "/story")
    await crawled(settings, raw)
    waiting = entry(settings, url)
    assert (waiting.outcome, waiting.attempts) == ("rights_unknown", 0)
    assert waiting.due == pytest.approx(seconds_now() + 900, abs=60), "minutes, not a day"
    make_failure_older(settings, server)
    monkeypatch.setattr(tdm_files, "RETRY_SECONDS", 0.1)
    await crawled(settings, raw)
    assert entry(settings, url).outcome == "reserved"
    assert await messages(raw) == []
    assert "/story" in server.paths("site.test")
    assert server.paths("site.test").index("/story") > 2, "not before the file was had"


def make_failure_older(settings: Settings, server: SiteServer) -> None:
    """As if the pause after the failure had passed, for the file and for the page."""
    store = open_store(settings.store_url, cluster_id=None)
    frontier = Frontier(store)
    failure = frontier.site_failure(server.url("site.test", "/.well-known/tdmrep.json"))
    assert failure is not None
    frontier.keep_site_failure(replace(failure, since=failure.since - 1000, last_at=failure.last_at - 1000))
    with store.begin() as connection:
        connection.execute(update(ENTRIES).values(due=0.0))
        connection.execute(update(HOSTS).values(next_at=0.0))
    store.close()


async def test_with_skip_nobody_waits_for_ever(
    server: SiteServer, raw: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hosts, "BASE_BACKOFF", 0.05)
    monkeypatch.setattr(tdm_files, "RETRY_SECONDS", 0.1)
    monkeypatch.setattr(tdm_files, "PATIENCE_SECONDS", 0.2)
    settings = reserving_after(1000, server, tmp_path, "skip")
    await crawled(settings, raw)
    (message,) = await messages(raw)
    assert header(message, "tdm_reservation") == "unknown"
    assert [visit["outcome"] for visit in entry(settings, server.url("site.test", "/story")).history][-2:] == [
        "rights_unknown",
        "fetched",
    ]
