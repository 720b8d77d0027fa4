"""A feed that goes on over further pages: read as far as there may be something new, and no further."""

from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from pipeline.edges.connection import Connection
from pipeline.edges.crawling.frontier import Frontier
from pipeline.edges.crawling.frontier_rows import State, document_key
from pipeline.edges.store import open_store
from tests.crawling import DELAY, crawled, header, messages, settings_for, source
from tests.edges.test_crawler import make_due
from tests.site_server import SiteServer, page


@dataclass(slots=True)
class Paged:
    """A site whose feed has two stories on each page, the newest first, as Atom or JSON Feed."""

    stories: int
    form: str = "atom"
    next_host: str | None = None

    async def __call__(self, request: web.Request) -> web.StreamResponse:
        if request.path == "/feed":
            number = int(request.query.get("page", "1"))
            end = self.stories - 2 * (number - 1)
            paths = [f"/2026/03/story-{story}" for story in range(end, max(0, end - 2), -1)]
            more = f"http://{self.next_host or request.host}/feed?page={number + 1}" if end > 2 else None
            return self._atom(paths, more) if self.form == "atom" else self._json(paths, more, request.host)
        return page(request.path) if request.path.startswith("/2026/") else web.Response(status=404)

    def _atom(self, paths: list[str], more: str | None) -> web.Response:
        entries = "".join(f"<entry><link href='{path}'/></entry>" for path in paths)
        link = f"<link rel='next' href='{more}'/>" if more else ""
        return web.Response(text=f"<feed xmlns='http://www.w3.org/2005/Atom'>{link}{entries}</feed>")

    def _json(self, paths: list[str], more: str | None, host: str) -> web.Response:
        items = [{"id": path, "url": f"http://{host}{path}"} for path in paths]
        feed = {"version": "https://jsonfeed.org/version/1.1", "items": items}
        return web.json_response(feed | ({"next_url": more} if more else {}))


def pages_read(server: SiteServer, host: str) -> list[str]:
    return [path for path in server.paths(host) if path.startswith("/feed")]


async def test_further_pages_are_read_at_the_first_time_and_while_all_is_new(
    server: SiteServer, raw: Connection, tmp_path: Path
) -> None:
    server.sites |= {
        "atom.test": Paged(stories=7),
        "json.test": Paged(stories=7, form="json"),
        "long.test": Paged(stories=60),
        "astray.test": Paged(stories=7, next_host=f"elsewhere.test:{server.port}"),
    }
    hosts = [*server.sites]
    rows = "".join(source(name, "feed", server.url(name, "/feed")) for name in hosts)
    settings = settings_for(tmp_path, server, "sources:\n" + rows)
    await crawled(settings, raw)
    four = ["/feed", "/feed?page=2", "/feed?page=3", "/feed?page=4"]
    assert pages_read(server, "atom.test") == pages_read(server, "json.test") == four
    assert len(pages_read(server, "long.test")) == 10, "no more in one poll"
    assert server.paths("elsewhere.test") == [], "nobody follows a feed to another site"
    assert len(await messages(raw)) == 7 + 7 + 20 + 2

    server.hits.clear()
    make_due(settings)
    await crawled(settings, raw)
    assert {name: pages_read(server, name) for name in hosts} == {name: ["/feed"] for name in hosts}, "nothing is new"

    server.hits.clear()
    site = server.sites["atom.test"]
    assert isinstance(site, Paged)
    site.stories = 10
    make_due(settings)
    await crawled(settings, raw)
    assert pages_read(server, "atom.test") == four[:2], "the second page brings one new story and one that is known"
    assert [header(message, "source") for message in await messages(raw)].count("atom.test") == 10
    assert server.impolite(DELAY) == []
    store = open_store(settings.store_url, cluster_id=None)
    second = Frontier(store).entry(document_key(server.url("atom.test", "/feed?page=2")))
    store.close()
    assert second is not None
    assert (second.state, second.due) == (State.RETIRED, None), "it is not polled by itself"


async def test_a_further_page_counts_against_the_limit_and_is_asked_again_until_it_was_taken_as_a_whole(
    server: SiteServer, raw: Connection, tmp_path: Path
) -> None:
    server.sites["long.test"] = Paged(stories=7)
    row = source("long", "feed", server.url("long.test", "/feed"), "    limit: 3\n")
    settings = settings_for(tmp_path, server, "sources:\n" + row)
    said = "\n".join(await crawled(settings, raw))
    assert pages_read(server, "long.test") == ["/feed", *(f"/feed?page={number}" for number in (2, 3, 4))]
    assert len(await messages(raw)) == 6
    assert "left out, each time it was named: 1 over_limit" in said
    for polled in (["/feed", "/feed?page=2"], ["/feed"]):
        server.hits.clear()
        make_due(settings)
        await crawled(settings, raw)
        assert sorted(pages_read(server, "long.test")) == polled
        assert len(await messages(raw)) == 7


async def test_a_further_page_that_fails_is_given_up_and_the_feed_goes_on(
    server: SiteServer, raw: Connection, tmp_path: Path
) -> None:
    paged = Paged(stories=7)

    async def broken(request: web.Request) -> web.StreamResponse:
        return web.Response(status=404) if "page" in request.query else await paged(request)

    server.sites["broken.test"] = broken
    settings = settings_for(tmp_path, server, "sources:\n" + source("b", "feed", server.url("broken.test", "/feed")))
    said = "\n".join(await crawled(settings, raw))
    assert "b: 2 fetched" in said
    assert "1 http_404" in said
    assert pages_read(server, "broken.test") == ["/feed", "/feed?page=2"]
