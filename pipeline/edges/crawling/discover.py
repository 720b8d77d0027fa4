"""`newsflow sources`: what is wrong with a sources file, and what a site offers to be put into one."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urljoin

from aiohttp.abc import AbstractResolver

from pipeline.crawl.discovery import as_yaml, guesses
from pipeline.crawl.discovery import discover as find
from pipeline.crawl.robots import MAX_BYTES, MAX_REDIRECTS, RobotsRules, RobotsState, robots_url
from pipeline.crawl.sources import Kind
from pipeline.edges.clock import seconds_now
from pipeline.edges.crawling.crawl import fetching, missing_contact
from pipeline.edges.crawling.http import Failed, Fetcher, Request, Response
from pipeline.edges.crawling.site_files import redirect_target
from pipeline.edges.crawling.sources_file import check_file, url_list
from pipeline.errors import Failure, Reject, UsageError
from pipeline.settings import Settings
from pipeline.topology import MAX_BODY_BYTES
from pipeline.urls import check_url

Say = Callable[[str], None]


def check_sources_file(path: Path | None, *, say: Say) -> list[str]:
    """Every problem as file:line: reason, those of its URL lists too. UsageError when there is no file to read."""
    if path is None:
        raise UsageError("name a sources file, or set NEWSFLOW_SOURCES")
    found, problems = check_file(path)
    if not problems:
        for source in found.sources:
            if source.kind is Kind.URLS:
                problems += url_list(source, path.parent)[1]
    if not problems:
        say(f"{path}: {len(found.sources)} sources, nothing wrong")
    return [str(problem) for problem in problems]


async def discover_site(url: str, settings: Settings, *, say: Say, resolver: AbstractResolver | None = None) -> str:
    """Rows for the sources file: what robots.txt and the front page name. Politely: two or three requests.

    Raises UsageError without a contact URL or for a bad URL; Failure when the site does not answer or forbids it.
    """
    reason = missing_contact(settings)
    if reason:
        raise UsageError(f"nothing is fetched: {reason}")
    try:
        front = urljoin(check_url(url if "://" in url else f"https://{url}"), "/")
    except Reject as error:
        raise UsageError(str(error)) from error
    async with fetching(settings, resolver) as fetcher:
        asking = _Asking(fetcher, settings.crawl_delay)
        rules = await asking.rules(front)
        if not rules.allows(front):
            raise Failure(f"{front}: {(await asyncio.to_thread(rules.explain, front)).reason}")
        answer = await asking.follow(front, MAX_BODY_BYTES, robots=True)
        if isinstance(answer, Failed):
            raise Failure(f"{front}: {answer.cause.value}: {answer.detail}")
        found = await asyncio.to_thread(find, answer.body, answer.url, rules.sitemaps)
    if not found:
        say(f"{front} names no feed or sitemap; many sites have one at {', '.join(guesses(front)[:3])}")
    return as_yaml(found) if found else ""


class _Asking:
    """Requests one after the other, each hop with its delay, its robots rules and the guard."""

    def __init__(self, fetcher: Fetcher, delay: float) -> None:
        self._fetcher = fetcher
        self._delay = delay
        self._rules: dict[str, RobotsRules] = {}
        self._asked = False

    async def rules(self, url: str) -> RobotsRules:
        where = robots_url(url)
        if where not in self._rules:
            answer = await self.follow(where, MAX_BYTES, robots=False)
            got = isinstance(answer, Response)
            status, body = (answer.status, answer.body) if isinstance(answer, Response) else (None, b"")
            rules = RobotsRules.from_response(status, body if got else b"", url=where, now=seconds_now())
            if rules.state is RobotsState.UNREACHABLE:
                detail = answer.detail if isinstance(answer, Failed) else f"status {answer.status}"
                raise Failure(f"{where} cannot be had, so nothing is allowed: {detail}")
            self._rules[where] = rules
        return self._rules[where]

    async def follow(self, url: str, cap: int, *, robots: bool) -> Response | Failed:
        """The answer after at most five redirects."""
        for _ in range(MAX_REDIRECTS + 1):
            if robots and not (await self.rules(url)).allows(url):
                raise Failure(f"{url}: robots.txt does not allow it")
            if self._asked:
                await asyncio.sleep(self._delay)
            self._asked = True
            answer = await self._fetcher.fetch(Request(url=url, max_bytes=cap))
            target = redirect_target(answer) if isinstance(answer, Response) else None
            if target is None:
                return answer
            url = target
        raise Failure(f"{url}: more than {MAX_REDIRECTS} redirects")
