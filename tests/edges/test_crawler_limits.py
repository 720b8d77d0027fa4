"""How much one source may add: what is over its limit is taken later, and what is gone is forgotten."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp import web
from sqlalchemy import select

from pipeline.crawl.polling import POLL_PRIORITY
from pipeline.edges.connection import Connection
from pipeline.edges.crawling import admission, visit
from pipeline.edges.crawling.admission import Admitted, choose_children
from pipeline.edges.crawling.frontier import Frontier
from pipeline.edges.crawling.frontier_rows import Entry, Found, Kind, State, document_key
from pipeline.edges.frontier_tables import DOCUMENT, ENTRIES, UNREAD_PAGE, WAITING
from pipeline.edges.store import open_store
from pipeline.settings import Settings
from pipeline.urls import MAX_URL_LENGTH
from tests.crawling import crawled, header, messages, settings_for, source
from tests.edges.test_crawler import make_due
from tests.edges.test_frontier import NOW, claim, done, found
from tests.site_server import SiteServer, answering, page

INDEX = "http://a.test/index.xml"


def child(name: str, index: str = INDEX) -> Found:
    return found(f"http://a.test/{name}.xml", kind=Kind.SITEMAP, priority=POLL_PRIORITY, chain=(index,))


def read(frontier: Frontier, address: str) -> Entry:
    entry = frontier.entry(document_key(address))
    assert entry is not None
    return entry


def polled(frontier: Frontier) -> set[str]:
    rows = frontier.entries([document_key(f"http://a.test/{name}.xml") for name in "abcdefgh"])
    return {row.url.removeprefix("http://a.test/").removesuffix(".xml") for row in rows if row.due is not None}


def test_pages_are_admitted_up_to_a_limit_of_those_that_wait_the_most_urgent_first(frontier: Frontier) -> None:
    pages = [found(f"http://a.test/{number}", priority=60) for number in range(4)]
    fresh = found("http://a.test/fresh", priority=10)
    assert frontier.admit([*pages, fresh], source="s", limit=3) == Admitted(new=3, over_limit=2)
    assert frontier.entry(fresh.key) is not None
    assert frontier.admit([*pages, fresh], source="s", limit=3) == Admitted(new=0, over_limit=2)
    assert frontier.admit([found("http://b.test/1", source="other")], source="other", limit=3) == Admitted(new=1)
    claim(frontier)
    first, second = frontier.take("a.test", now=NOW, count=2)
    frontier.finish([done(first, first_at=NOW)])
    updated = replace(done(second, first_at=NOW).entry, state=State.WAITING, due=NOW + 3600)
    frontier.finish([replace(done(second), entry=updated)])
    assert frontier.admit(pages, source="s", limit=3) == Admitted(new=2), "what is looked at again was read"
    assert frontier.admit([found("http://a.test/feed", kind=Kind.FEED)], source="s", limit=4) == Admitted(new=1)


def test_a_page_that_was_excluded_and_is_wanted_again_needs_room_as_a_new_one_does(frontier: Frontier) -> None:
    back, other = found("http://a.test/back"), found("http://a.test/other")
    frontier.admit([back], source="s", limit=1)
    known = frontier.entry(back.key)
    assert known is not None
    frontier.finish([visit.Visit(entry=replace(known, state=State.RETIRED, due=None, outcome="unwanted"))])
    assert frontier.admit([other], source="s", limit=1) == Admitted(new=1)
    assert frontier.admit([back], source="s", limit=1) == Admitted(over_limit=1)
    assert frontier.admit([back], source="s", limit=2) == Admitted(new=0)
    known = frontier.entry(back.key)
    assert known is not None
    assert (known.state, known.due) == (State.WAITING, NOW)


def test_an_index_polls_what_it_names_now_the_first_up_to_a_limit(
    frontier: Frontier,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(admission.choose_children, "__kwdefaults__", {"limit": 3})
    frontier.add([found(INDEX, kind=Kind.SITEMAP, priority=POLL_PRIORITY)])
    index = read(frontier, INDEX)
    assert frontier.admit_children([child(name) for name in "abcd"], index, whole=True) == Admitted(new=3, over_limit=1)
    assert polled(frontier) == {*"abc"}
    again = frontier.admit_children([child(name) for name in "eabcd"], index, whole=True)
    assert again == Admitted(new=1, over_limit=2), "a newer one takes the place of the last"
    assert polled(frontier) == {*"eab"}
    assert frontier.admit_children([child("f")], index, whole=False) == Admitted(over_limit=1)
    assert polled(frontier) == {*"eab"}, "what could not be read to its end drops nothing"
    assert frontier.admit_children([child("a"), child("c")], index, whole=True) == Admitted(new=0)
    assert polled(frontier) == {*"ac"}, "one that was dropped and is named again comes back"
    second = replace(index, url="http://a.test/index2.xml")
    others = [child(name, second.url) for name in "agh"]
    assert frontier.admit_children(others, second, whole=True) == Admitted(new=1, over_limit=1)
    assert polled(frontier) == {*"acg"}, "the places are the source's"


def test_a_sitemap_that_its_index_drops_while_it_is_visited_is_asked_no_more(frontier: Frontier) -> None:
    frontier.add([found(INDEX, kind=Kind.SITEMAP, priority=POLL_PRIORITY), child("a")])
    claim(frontier)
    taken = {entry.url: entry for entry in frontier.take("a.test", now=NOW, count=4)}
    frontier.admit_children([], taken[INDEX], whole=True)
    frontier.finish([visit.Visit(entry=replace(taken[child("a").url], due=NOW + 60, last_at=NOW, outcome="read"))])
    assert (read(frontier, child("a").url).state, polled(frontier)) == (State.RETIRED, set())


def test_a_forgotten_sitemap_takes_no_place_and_does_not_come_back(frontier: Frontier) -> None:
    frontier.add([found(INDEX, kind=Kind.SITEMAP, priority=POLL_PRIORITY), child("a")])
    gone = replace(read(frontier, child("a").url), state=State.FAILED, due=None, outcome="forgotten", last_at=NOW)
    frontier.finish([visit.Visit(entry=gone)])
    assert frontier.admit_children([child("a"), child("b")], read(frontier, INDEX), whole=True) == Admitted(new=1)
    assert polled(frontier) == {"b"}
    moved = visit.Visit(entry=replace(read(frontier, INDEX), last_at=NOW, outcome="redirected"), found=(child("a"),))
    frontier.finish([moved])
    assert polled(frontier) == {"a", "b"}, "a redirect leads there again"


def test_an_index_that_is_full_of_another_s_sitemaps_keeps_its_own() -> None:
    index = Entry(
        key="k", kind=Kind.SITEMAP, url=INDEX, host="a.test", source="s", state=State.WAITING, priority=0, due=NOW,
        discovered_at="2026-03-01T00:00:00Z",
    )  # fmt: skip
    named = {name: child(name) for name in "abc"}
    full = {"a": INDEX, "b": INDEX} | dict.fromkeys("xyz", "http://a.test/other.xml")
    chosen = choose_children(named, full, index, whole=True, limit=3)
    assert (set(chosen.added), chosen.dropped, chosen.over_limit) == (set(), (), 1)
    fresh = choose_children({"c": named["c"], **named}, full, index, whole=True, limit=3)
    assert (set(fresh.added), fresh.dropped, fresh.over_limit) == ({"c"}, ("b",), 1)


@pytest.mark.parametrize(("rows", "name"), [(DOCUMENT & WAITING, "documents"), (UNREAD_PAGE, "unread")])
def test_what_a_source_has_is_counted_without_reading_all_there_is(tmp_path: Path, rows: object, name: str) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'store.sqlite'}", cluster_id="one")
    Frontier(store)
    statement = select(ENTRIES.c.source).where(ENTRIES.c.source == "s", rows)  # type: ignore[arg-type]
    text = str(statement.compile(store.engine, compile_kwargs={"literal_binds": True}))
    with store.begin() as connection:
        plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}")]
    store.close()
    assert f"INDEX newsflow_frontier_{name}" in plan[0]


# ---- the whole crawl

URLSET = '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{}</urlset>'
INDEX_OF = '<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{}</sitemapindex>'


def sitemap(stories: list[str]) -> Callable[[web.Request], web.StreamResponse]:
    """A sitemap with validators: a 304 for who has seen it."""

    def answer(request: web.Request) -> web.StreamResponse:
        if request.headers.get("If-None-Match") == '"1"':
            return web.Response(status=304)
        rows = "".join(f"<url><loc>http://{request.host}{story}</loc></url>" for story in stories)
        return web.Response(text=URLSET.format(rows), content_type="application/xml", headers={"ETag": '"1"'})

    return answer


def index(sitemaps: list[str]) -> Callable[[web.Request], web.StreamResponse]:
    rows = "".join(f"<sitemap><loc>{each}</loc></sitemap>" for each in sitemaps)
    return lambda _: web.Response(text=INDEX_OF.format(rows), content_type="application/xml")


def opened(settings: Settings) -> Iterator[Frontier]:
    store = open_store(settings.store_url, cluster_id=None)
    yield Frontier(store)
    store.close()


async def test_what_is_over_a_source_s_limit_is_counted_shown_and_taken_at_later_polls(
    server: SiteServer, raw: Connection, tmp_path: Path
) -> None:
    stories = [f"/2026/03/story-number-{number}-of-the-day" for number in range(7)]
    server.sites["big.test"] = answering(
        {"/sitemap.xml": sitemap(stories)} | {story: lambda request: page(request.path) for story in stories}
    )
    row = source("big", "sitemap", server.url("big.test", "/sitemap.xml"), "    limit: 3\n")
    settings = settings_for(tmp_path, server, f"sources:\n{row}")
    for number, left in ((3, 4), (6, 5), (7, 5)):
        make_due(settings)
        said = "\n".join(await crawled(settings, raw))
        assert {header(message, "url") for message in await messages(raw)} == {
            server.url("big.test", story) for story in stories[:number]
        }
        assert f"left out, each time it was named: {left} over_limit" in said
        assert "no errors" in said
    make_due(settings)
    await crawled(settings, raw)
    asked = [hit.status for hit in server.hits if hit.path == "/sitemap.xml"]
    assert asked == [200, 200, 200, 304], "what was taken as a whole is asked for conditionally again"


async def test_the_sitemaps_of_an_index_are_of_its_own_site_and_forgotten_when_they_are_gone(
    server: SiteServer, raw: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(visit, "GONE_TIMES", 3)
    at = server.url
    story = "/2026/03/story-number-one-of-the-day"
    named = [at("www.site.test", "/own.xml"), at("other.test", "/no.xml"), at("cdn.test", "/news/yes.xml")]
    named.append(at("site.test", "/gone.xml"))
    sites = {"site.test": {"/index.xml": index(named)}, "www.site.test": {"/own.xml": sitemap([story])}}
    sites |= {"cdn.test": {"/news/yes.xml": sitemap([story])}, "other.test": {"/no.xml": sitemap([story])}}
    server.sites |= {name: answering(answers) for name, answers in sites.items()}
    row = source("site", "sitemap", at("site.test", "/index.xml"), "    include: ['/news/', '/2026/']\n")
    settings = settings_for(tmp_path, server, f"sources:\n{row}")
    for _ in range(5):
        make_due(settings)
        said = "\n".join(await crawled(settings, raw))
    assert server.paths("other.test") == []
    assert "/news/yes.xml" in server.paths("cdn.test")
    assert "/own.xml" in server.paths("www.site.test")
    assert server.paths("site.test").count("/gone.xml") == 3
    assert "1 forgotten, 3 http_404" in said, "twice the sitemap and once the story of www.site.test"
    assert f"failed: {at('site.test', '/gone.xml')}: forgotten: http_404, 3 times in a row" in said
    (known,) = opened(settings)
    assert known.counts()["site"]["forgotten"] == 1


async def test_an_index_with_a_url_that_is_too_long_was_read_as_a_whole_all_the_same(
    server: SiteServer, raw: Connection, tmp_path: Path
) -> None:
    own, long = server.url("site.test", "/own.xml"), server.url("site.test", "/" + "x" * MAX_URL_LENGTH)
    row = source("site", "sitemap", server.url("site.test", "/index.xml"))
    settings = settings_for(tmp_path, server, f"sources:\n{row}")
    for named, state in (([own, long], State.WAITING), ([long], State.RETIRED)):
        server.sites["site.test"] = answering({"/index.xml": index(named), "/own.xml": sitemap(["/2026/03/story"])})
        make_due(settings)
        said = "\n".join(await crawled(settings, raw))
        (known,) = opened(settings)
        assert read(known, own).state is state
    assert "2 url_too_long" in said
