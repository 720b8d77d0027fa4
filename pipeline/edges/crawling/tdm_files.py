"""tdmrep.json of every origin: asked for once a day, and when it cannot be had, soon again.

Meanwhile the last answer holds. Without one nobody knows what the site reserves, which is not the same as nothing.
"""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass, field

from pipeline.crawl.hosts import host_delay, is_host_trouble
from pipeline.crawl.rights import MAX_FILE_BYTES, TdmRule, read_tdmrep, tdmrep_url
from pipeline.crawl.robots import KEPT_SECONDS, RETRY_SECONDS, RobotsRules
from pipeline.edges.clock import seconds_now
from pipeline.edges.crawling.frontier import Frontier
from pipeline.edges.crawling.frontier_rows import SiteFailure, SiteFile
from pipeline.edges.crawling.http import Failed, Request
from pipeline.edges.crawling.site_files import REMEMBERED, first_bytes
from pipeline.edges.crawling.turn import Turn

REMEMBERED_RULES = 20
"""Of a site; a longer tdmrep.json, of which few are honest, is read from the store each time."""

TDM_SECONDS = 86_400.0
"""How long an answer holds, and the longest pause between two tries while there is none."""

PATIENCE_SECONDS = 86_400.0
"""So long a page waits for a file that cannot be had; then the site is taken for one that answers so for ever."""

MAX_DOUBLINGS = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class TdmStanding:
    """What is known of a site's tdmrep.json; `rules` None: nothing."""

    rules: tuple[TdmRule, ...] | None
    expires_at: float
    """When it is asked for again."""
    wait_until: float | None = None
    """Nothing is known, and it is worth waiting so long."""
    detail: str | None = None
    """Why nothing newer is known."""


def standing(file: SiteFile | None, failure: SiteFailure | None) -> TdmStanding | None:
    """What follows from the last answer and from the failures since; None when neither is there."""
    rules = None if file is None else read_tdmrep(file.body) if file.status == 200 else ()
    if failure is None:
        return None if file is None else TdmStanding(rules=rules, expires_at=file.fetched_at + TDM_SECONDS)
    if file is not None and failure.last_at > file.fetched_at + KEPT_SECONDS:
        rules = None
    retry_at = failure.last_at + min(TDM_SECONDS, RETRY_SECONDS * 2.0 ** min(failure.failures - 1, MAX_DOUBLINGS))
    patient = rules is None and failure.last_at - failure.since < PATIENCE_SECONDS
    return TdmStanding(
        rules=rules,
        expires_at=retry_at,
        wait_until=retry_at if patient else None,
        detail=f"{failure.url} cannot be had: {failure.detail}",
    )


Stored = tuple[SiteFile | None, SiteFailure | None]


@dataclass(slots=True, kw_only=True)
class TdmFiles:
    """What sites say in their tdmrep.json."""

    frontier: Frontier
    floor: float
    _known: OrderedDict[str, TdmStanding] = field(default_factory=OrderedDict)

    async def standing(self, url: str, turn: Turn, robots: RobotsRules) -> TdmStanding:
        """What is known for this URL's origin, asked for if it is time. NotNowError when it cannot be asked now."""
        where, now = tdmrep_url(url), seconds_now()
        known = self._known.get(where)
        if known is None or known.expires_at <= now:
            before = await asyncio.to_thread(stored, self.frontier, where)
            known = standing(*before)
            if known is None or known.expires_at <= now:
                if not robots.allows(where):
                    return TdmStanding(rules=(), expires_at=now)
                known = await self._ask(where, turn, robots, before)
        self._remember(where, known)
        return known

    async def _ask(self, where: str, turn: Turn, robots: RobotsRules, before: Stored) -> TdmStanding:
        body, (file, failure) = bytearray(), before
        delay = host_delay(floor=self.floor, crawl_delay=robots.crawl_delay)
        request = Request(url=where, max_bytes=2 * MAX_FILE_BYTES, accept="application/json")
        answer = await turn.ask(request, delay=delay, sink=first_bytes(body, MAX_FILE_BYTES))
        now = seconds_now()
        if isinstance(answer, Failed) or is_host_trouble(answer.status):
            said = f"{answer.cause.value}: {answer.detail}" if isinstance(answer, Failed) else f"http_{answer.status}"
            since, times = (failure.since, failure.failures + 1) if failure else (now, 1)
            failure = SiteFailure(url=where, failures=times, since=since, last_at=now, detail=said)
            await asyncio.to_thread(self.frontier.keep_site_failure, failure)
        else:
            file, failure = SiteFile(url=where, status=answer.status, body=bytes(body), fetched_at=now), None
            await asyncio.to_thread(self.frontier.keep_site_file, file)
        known = standing(file, failure)
        assert known is not None  # noqa: S101 - one of the two is there
        return known

    def _remember(self, where: str, known: TdmStanding) -> None:
        self._known.pop(where, None)
        if len(known.rules or ()) <= REMEMBERED_RULES:
            self._known[where] = known
        if len(self._known) > REMEMBERED:
            self._known.popitem(last=False)


def stored(frontier: Frontier, where: str) -> Stored:
    """The file as it last was, and how often it could not be had since."""
    return frontier.site_file(where), frontier.site_failure(where)
