"""robots.txt of every origin: fetched when it is needed, kept in the frontier for all crawlers."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field, replace
from urllib.parse import urljoin, urlsplit

from pipeline.crawl.hosts import host_delay, is_host_trouble
from pipeline.crawl.robots import MAX_AGE, MAX_BYTES, MAX_REDIRECTS, RobotsRules, RobotsState, robots_url
from pipeline.edges.clock import seconds_now
from pipeline.edges.crawling.frontier import Frontier
from pipeline.edges.crawling.frontier_rows import SiteFile
from pipeline.edges.crawling.http import REDIRECTS, Cause, Failed, Request, Response
from pipeline.edges.crawling.turn import NotNowError, Turn
from pipeline.errors import Reject
from pipeline.urls import check_url, host_of

REMEMBERED = 2000
"""Origins whose parsed rules are kept in memory."""

REMEMBERED_RULES = 100_000
"""Their rules together: some 80 MiB. Most sites have under a hundred; a file of 500 KiB has 16,000, in 12 MiB."""

ELSEWHERE_SECONDS = 60.0
"""How soon a robots.txt is asked again that was moved to a host which cannot be asked now."""


class ForbiddenError(Exception):
    """The guard does not let us connect to this site."""


Borrow = Callable[[str], AbstractAsyncContextManager[Turn]]


@dataclass(slots=True, kw_only=True)
class SiteFiles:
    """What sites say of themselves. `borrow` gives the turn of another host, for a robots.txt that was moved there."""

    frontier: Frontier
    floor: float
    borrow: Borrow
    _rules: OrderedDict[str, RobotsRules] = field(default_factory=OrderedDict)
    _rules_kept: int = 0
    _met: dict[str, str] = field(default_factory=dict)

    async def rules(self, url: str, turn: Turn) -> RobotsRules:
        """What robots.txt of this URL's origin says, at most a day old.

        NotNowError when it cannot be asked now, ForbiddenError when it never may.
        """
        where = robots_url(url)
        now = seconds_now()
        known = self._rules.get(where) or await self._stored(where)
        if known is None or known.expires_at <= now:
            known = await self._ask(where, turn, known)
        self._remember(where, known)
        return known

    def _remember(self, where: str, rules: RobotsRules) -> None:
        """Keep the rules, and forget those that were asked for longest ago when they are too many."""
        before = self._rules.pop(where, None)
        self._rules[where] = rules
        self._rules_kept += _weight(rules) - (_weight(before) if before else 0)
        while len(self._rules) > 1 and (len(self._rules) > REMEMBERED or self._rules_kept > REMEMBERED_RULES):
            place, oldest = self._rules.popitem(last=False)
            self._rules_kept -= _weight(oldest)
            self._met.pop(place, None)

    def why_unreachable(self, url: str) -> str:
        """What the last fetch of robots.txt for this URL met, as far as this process knows."""
        return self._met.get(robots_url(url), "robots.txt could not be had")

    async def _stored(self, where: str) -> RobotsRules | None:
        file = await asyncio.to_thread(self.frontier.site_file, where)
        if file is None:
            return None
        return await asyncio.to_thread(
            RobotsRules.from_response, file.status, file.body, url=where, now=file.fetched_at
        )

    async def _ask(self, where: str, turn: Turn, known: RobotsRules | None) -> RobotsRules:
        delay = host_delay(floor=self.floor, crawl_delay=known.crawl_delay if known else None)
        file = await self._fetch(where, turn, delay)
        rules = await asyncio.to_thread(
            RobotsRules.from_response, file.status, file.body, url=where, now=file.fetched_at, previous=known
        )
        turn.crawl_delay = rules.crawl_delay or 0.0
        turn.postpone(host_delay(floor=self.floor, crawl_delay=rules.crawl_delay))
        if rules.state is not RobotsState.KEPT:  # the copy that still holds stays stored
            await asyncio.to_thread(self.frontier.keep_site_file, file)
        return rules

    async def _fetch(self, where: str, turn: Turn, delay: float) -> SiteFile:
        """The file after at most five redirects; its status is None when nobody answered."""
        url, seen = where, {where}
        for _ in range(MAX_REDIRECTS + 1):
            body = bytearray()
            if host_of(url) == turn.host:
                answer = await turn.ask(_request(url), delay=delay, sink=first_bytes(body))
            else:
                copy = await self._copy(url)
                if copy is not None:
                    self._met[where] = f"robots.txt answered {copy.status}"
                    return replace(copy, url=where)
                answer = await self._ask_elsewhere(url, turn, delay, body)
            if isinstance(answer, Failed):
                if answer.cause is Cause.FORBIDDEN_ADDRESS and url == where:
                    raise ForbiddenError(answer.detail)
                self._met[where] = f"{answer.cause.value}: {answer.detail}"
                return _file(where, None)
            target = redirect_target(answer)
            if target is None:
                self._met[where] = f"robots.txt answered {answer.status}"
                return _file(where, answer.status, bytes(body))
            if target in seen:
                return _file(where, answer.status)
            seen.add(target)
            url = target
        return _file(where, 310)  # too many redirects: as a 4xx

    async def _copy(self, url: str) -> SiteFile | None:
        """A robots.txt that was moved to another site's own is known when that one is: who has that host may be busy

        there for hours.
        """
        file = await asyncio.to_thread(self.frontier.site_file, url)
        if file is None or is_host_trouble(file.status) or file.fetched_at + MAX_AGE <= seconds_now():
            return None
        return file

    async def _ask_elsewhere(self, url: str, turn: Turn, delay: float, body: bytearray) -> Response | Failed:
        """A robots.txt that was moved to another host, with that host's delay."""
        try:
            async with self.borrow(host_of(url)) as other:
                # only now: who had the host until now may have learned its delay
                there = self._rules.get(robots_url(url)) or await self._stored(robots_url(url))
                delay = max(delay, there.crawl_delay or 0.0) if there else delay
                return await other.ask(_request(url), delay=delay, sink=first_bytes(body))
        except NotNowError:
            turn.postpone(ELSEWHERE_SECONDS)
            raise


def _weight(rules: RobotsRules) -> int:
    return len(rules.rules) + len(rules.sitemaps) + len(rules.usage)


def _file(where: str, status: int | None, body: bytes = b"") -> SiteFile:
    return SiteFile(url=where, status=status, body=body, fetched_at=seconds_now())


def _request(url: str) -> Request:
    return Request(url=url, max_bytes=2 * MAX_BYTES, accept="text/plain,*/*;q=0.5")


def first_bytes(body: bytearray, limit: int = MAX_BYTES) -> Callable[[bytes], bool]:
    """Takes the beginning of a body, up to `limit` bytes."""

    def take(piece: bytes) -> bool:
        body.extend(piece[: limit - len(body)])
        return len(body) < limit

    return take


def redirect_target(answer: Response) -> str | None:
    """Where an answer sends us: an absolute URL without fragment; None when it is no redirect or names nothing sane."""
    place = answer.header("Location")
    if answer.status not in REDIRECTS or not place:
        return None
    try:
        return check_url(urlsplit(urljoin(answer.url, place.strip()))._replace(fragment="").geturl())
    except (ValueError, Reject):
        return None
