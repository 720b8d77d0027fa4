"""One visit: what is due is asked for, and what came of it is written down. Nothing a site does raises here."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from hashlib import blake2b

from pipeline.codec import raw_message, read_raw_page
from pipeline.crawl.hosts import host_delay, retry_page_at
from pipeline.crawl.listing import Listing, Trouble
from pipeline.crawl.polling import after_failed_poll, after_poll, next_poll, next_update
from pipeline.crawl.rights import Policy, TdmRule, judge, rights_of
from pipeline.crawl.robots import RobotsRules, RobotsState
from pipeline.crawl.source import DEFAULT_LIMIT
from pipeline.crawl.sources import Source, Sources
from pipeline.edges.clock import seconds_now
from pipeline.edges.crawling.admission import OVER_LIMIT, Admitted
from pipeline.edges.crawling.frontier import Frontier
from pipeline.edges.crawling.frontier_rows import Entry, Found, Kind, State, Visit
from pipeline.edges.crawling.http import OF_THE_PAGE, REDIRECTS, Cause, Failed, Request, Response
from pipeline.edges.crawling.reading import Reading, next_page, read_as
from pipeline.edges.crawling.site_files import ForbiddenError, SiteFiles, redirect_target
from pipeline.edges.crawling.tdm_files import TdmFiles
from pipeline.edges.crawling.turn import Turn
from pipeline.edges.crawling.visit_outcomes import Outcome, of_status
from pipeline.errors import Reject
from pipeline.records import GONE, RawPage
from pipeline.text import shortened
from pipeline.times import parse_time
from pipeline.topology import MAX_BODY_BYTES

MAX_REDIRECTS = 5
MOVED_SECONDS = 86_400.0
"""A feed that has moved is asked at its old address once a day; its new one is an entry of its own."""

GONE_TIMES = 8
"""So often in a row; with ever longer intervals that takes two days, and six hours at the busiest."""

NOT_WHOLE = frozenset(Trouble) - {Trouble.NO_URL, Trouble.BAD_URL, Trouble.URL_TOO_LONG, Trouble.REPEATED}
"""After one of these an index may name more than could be read."""

JUST_NOW_SECONDS = 0.5
"""A robots.txt so young was fetched in this visit."""

NAMED_ONCE = (Kind.PAGE, Kind.FEED_PAGE)
"""What is asked no more once it was read."""

PAGE_TYPES = ("text/html", "application/xhtml+xml", "text/plain", "application/xml", "text/xml")

Publish = Callable[[RawPage], Awaitable[None]]
Archive = Callable[[Response], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What a page's site says of it."""

    robots: RobotsRules
    tdm: tuple[TdmRule, ...] | None = ()
    """None: not known."""


@dataclass(slots=True, kw_only=True)
class Visitor:
    """Visits entries. `publish` returns when the broker has acknowledged the page."""

    sources: Sources
    frontier: Frontier
    sites: SiteFiles
    tdm: TdmFiles
    floor: float
    policy: Policy
    publish: Publish
    archive: Archive | None = None

    async def visit(self, entry: Entry, turn: Turn) -> Visit:
        """What became of the entry. NotNowError when its host cannot be asked in this turn: then nothing has."""
        seen = replace(entry, last_at=seconds_now(), status=None, detail=None)
        refusal = turn.fetcher.url_refusal(entry.url)
        if refusal:
            return self._failed(seen, Cause.FORBIDDEN_URL.value, refusal, for_good=True)
        source = self.sources.named(entry.source)
        unwanted = source.unwanted(entry.url) if source and entry.kind is Kind.PAGE else None
        if unwanted is not None:  # the sources file has changed since it was found
            seen = replace(seen, outcome=Outcome.UNWANTED.value, detail=unwanted.value)
            return Visit(entry=replace(seen, state=State.RETIRED, due=None))
        turn.least_delay = host_delay(floor=self.floor, source_delay=source.delay if source else None)
        await turn.ready()
        try:
            rules = await self.sites.rules(entry.url, turn)
        except ForbiddenError as error:
            return self._failed(seen, Cause.FORBIDDEN_ADDRESS.value, str(error), for_good=True)
        return await self._allowed(replace(seen, last_at=seconds_now()), rules, turn)

    async def _allowed(self, seen: Entry, rules: RobotsRules, turn: Turn) -> Visit:
        """Ask, if robots.txt allows it."""
        if rules.state is RobotsState.UNREACHABLE:
            return self._unreachable(seen, rules, self.sites.why_unreachable(seen.url))
        if not rules.allows(seen.url):
            verdict = await asyncio.to_thread(rules.explain, seen.url)
            return self._failed(seen, Outcome.ROBOTS.value, verdict.reason, for_good=True)
        site = Site(robots=rules)
        if seen.kind is Kind.PAGE and self.policy is not Policy.IGNORE:
            # before the page: should its turn be too far away, the file is kept, where a page would be lost
            tdm = await self.tdm.standing(seen.url, turn, rules)
            if tdm.wait_until is not None and self.policy is Policy.SKIP:
                return _waiting(seen, Outcome.RIGHTS_UNKNOWN.value, tdm.detail, until=tdm.wait_until)
            site = replace(site, tdm=tdm.rules)
        delay = host_delay(floor=self.floor, crawl_delay=rules.crawl_delay)
        reading = read_as(seen) if seen.kind is not Kind.PAGE else None
        request = Request(
            url=seen.url,
            max_bytes=reading.max_bytes if reading else MAX_BODY_BYTES,
            etag=seen.etag,
            last_modified=seen.last_modified,
        )
        answer = await turn.ask(request, delay=delay, sink=reading.take if reading else None)
        seen = replace(seen, last_at=seconds_now())
        if isinstance(answer, Failed):
            return self._failed(seen, answer.cause.value, answer.detail, for_good=answer.cause in OF_THE_PAGE)
        return await self._answered(replace(seen, status=answer.status), answer, reading, site)

    async def _answered(self, seen: Entry, answer: Response, reading: Reading | None, site: Site) -> Visit:
        if answer.status == 304:
            return self._unchanged(seen)
        if answer.status in REDIRECTS:
            return self._redirected(seen, answer)
        if answer.status != 200:
            visit = self._failed(seen, of_status(answer.status), None)
            if answer.status in GONE and seen.kind is Kind.PAGE and seen.body_hash:
                await self.publish(_gone(seen, answer))  # published before: subscribers must hear of it
            return visit
        if reading is not None:
            return await self._document(seen, answer, reading)
        return await self._page(seen, answer, site)

    # ---- pages

    async def _page(self, seen: Entry, answer: Response, site: Site) -> Visit:
        kind = (answer.header("Content-Type") or "text/html").split(";")[0].strip().lower()
        if kind not in PAGE_TYPES:
            return self._failed(seen, Outcome.CONTENT_TYPE.value, kind[:100], for_good=True)
        digest = blake2b(answer.body, digest_size=16).hexdigest()
        seen = _validated(replace(seen, attempts=0), answer)
        if digest == seen.body_hash:
            return self._unchanged(seen)
        page, reason = await self._raw_page(seen, answer, site)
        if page is None:
            return Visit(entry=replace(seen, outcome=Outcome.RESERVED.value, detail=reason, state=State.DONE, due=None))
        try:
            read_raw_page(raw_message(page))  # what no stage could read must not reach the topic
        except Reject as error:
            return self._failed(seen, Outcome.INVALID.value, str(error)[:200], for_good=True)
        if self.archive is not None:
            await self.archive(answer)
        await self.publish(page)
        outcome = Outcome.UPDATED.value if seen.body_hash else Outcome.FETCHED.value
        return self._read(replace(seen, body_hash=digest, outcome=outcome), changed=True)

    async def _raw_page(self, seen: Entry, answer: Response, site: Site) -> tuple[RawPage | None, str | None]:
        """The record; None and why when the policy leaves the page out."""
        rights = await asyncio.to_thread(
            rights_of,
            answer.headers,
            url=seen.url,
            html=answer.body,
            tdm_rules=site.tdm,
            usage_rules=site.robots.usage,
        )
        verdict = judge(rights, self.policy)
        if not verdict.publish:
            return None, verdict.reason
        robots = await asyncio.to_thread(site.robots.explain, seen.url)
        published = parse_time(seen.published) if seen.published else None
        page = RawPage(
            url=seen.url,
            body=answer.body,
            fetched_at=answer.fetched_at,
            discovered_at=seen.discovered_at,
            content_type=answer.header("Content-Type"),
            status=answer.status,
            source=seen.source,
            published=published.value if published else None,
            robots=f"allowed ({site.robots.state.value}): {shortened(robots.reason)}",
            rights_reserved=verdict.reason if verdict.tagged else None,
            **rights.headers(),
        )
        return page, None

    def _read(self, seen: Entry, *, changed: bool) -> Visit:
        """A page that was read: done, unless its source wants to see its updates."""
        poll = after_poll(seen.poll, new_entries=int(changed))
        source = self.sources.named(seen.source)
        first = seen.first_at or seen.last_at or seconds_now()
        again = next_update(source.updates if source else None, first_fetched_at=first, fetches=poll.polls)
        state = State.DONE if again is None else State.WAITING
        return Visit(entry=replace(seen, state=state, due=again, first_at=first, attempts=0, poll=poll))

    # ---- documents

    async def _document(self, seen: Entry, answer: Response, reading: Reading) -> Visit:
        listing = await asyncio.to_thread(reading.listing, answer.header("Content-Type"))
        seen = _validated(replace(seen, attempts=0, first_at=seen.first_at or seen.last_at), answer)
        if reading.digest() == seen.body_hash:
            return self._unchanged(seen)
        source = self.sources.named(seen.source)
        found, unwanted = await asyncio.to_thread(partial(reading.found, listing, seen, source, now=seconds_now()))
        admitted = await asyncio.to_thread(self._admit, found, listing, seen, source)
        troubles = Counter({trouble.value: count for trouble, count in listing.troubles.items()}) + unwanted
        troubles += Counter({OVER_LIMIT: admitted.over_limit})
        words = [f"{len(found)} wanted, {admitted.new} new", *(f"{count} {name}" for name, count in troubles.items())]
        seen = replace(seen, body_hash=reading.digest(), detail=", ".join(words))
        failed = not listing.entries and not listing.children and bool(listing.troubles)
        if failed or admitted.over_limit:  # neither a 304 nor the same bytes may hide what was not taken
            seen = replace(seen, body_hash=None, etag=None, last_modified=None)
        if failed:
            visit = self._failed(seen, Outcome.UNREADABLE.value, seen.detail)
        else:
            visit = self._polled(replace(seen, outcome=Outcome.READ.value), admitted.new, whole=not admitted.over_limit)
        page = next_page(listing, seen, all_unknown=0 < admitted.unknown == len(found), now=seconds_now())
        return replace(visit, troubles=troubles, found=(page,) if page else ())

    def _admit(self, found: Sequence[Found], listing: Listing, seen: Entry, source: Source | None) -> Admitted:
        """Add what there is room for. A crash on the way only reads the listing again."""
        pages = [item for item in found if item.kind is Kind.PAGE]
        limit = source.limit if source else DEFAULT_LIMIT
        admitted = self.frontier.admit(pages, source=seen.source, limit=limit)
        if seen.kind is not Kind.SITEMAP:
            return admitted
        children = [item for item in found if item.kind is not Kind.PAGE]
        whole = not (listing.troubles.keys() & NOT_WHOLE)
        return admitted + self.frontier.admit_children(children, seen, whole=whole)

    def _polled(self, seen: Entry, new: int, *, whole: bool = True) -> Visit:
        """A document that was read is asked again; a further page of a feed only until it was taken as a `whole`."""
        if seen.kind is Kind.FEED_PAGE and whole:
            return Visit(entry=replace(seen, state=State.RETIRED, due=None, attempts=0), new=new)
        now = seconds_now()
        elapsed = now - seen.history[-1]["at"] if seen.history else None
        poll = after_poll(seen.poll, new_entries=new, elapsed=elapsed)
        due = next_poll(poll, fixed=self._interval(seen), key=seen.key, now=now)
        return Visit(entry=replace(seen, poll=poll, due=due, attempts=0), new=new)

    def _interval(self, seen: Entry) -> float | None:
        source: Source | None = self.sources.named(seen.source)
        return source.interval if source else None

    # ---- both

    def broken(self, entry: Entry, error: Exception) -> Visit:
        """A visit that failed by a mistake of ours: the entry is tried again, then given up; the others go on."""
        seen = replace(entry, last_at=seconds_now(), status=None)
        return self._failed(seen, Outcome.OUR_ERROR.value, f"{type(error).__name__}: {error}"[:200])

    def _unchanged(self, seen: Entry) -> Visit:
        seen = replace(seen, outcome=Outcome.UNCHANGED.value)
        return self._read(seen, changed=False) if seen.kind is Kind.PAGE else self._polled(seen, 0)

    def _failed(self, seen: Entry, cause: str, detail: str | None, *, for_good: bool = False) -> Visit:
        """A document is asked again, ever more rarely; a page some times, and then it has failed for good."""
        now = seconds_now()
        failed = replace(seen, outcome=cause, detail=detail, attempts=seen.attempts + 1)
        if seen.kind not in NAMED_ONCE:
            if _is_gone(failed):
                detail = f"{cause}, {failed.attempts} times in a row"
                forgotten = replace(failed, state=State.FAILED, due=None, outcome=Outcome.FORGOTTEN.value)
                return Visit(entry=replace(forgotten, detail=detail))
            poll = after_failed_poll(seen.poll)
            due = next_poll(poll, fixed=None, key=seen.key, now=now)
            return Visit(entry=replace(failed, poll=poll, due=due))
        again = None if for_good else retry_page_at(seen.status, attempts=failed.attempts, url=seen.url, now=now)
        gone = State.FAILED if seen.kind is Kind.PAGE else State.RETIRED
        state = gone if again is None else State.WAITING
        return Visit(entry=replace(failed, state=state, due=again))

    def _unreachable(self, seen: Entry, rules: RobotsRules, why: str) -> Visit:
        """Nothing is allowed until robots.txt is asked again; only the entry for which it was asked has had a try."""
        visit = self._failed(seen, Outcome.ROBOTS_UNREACHABLE.value, why)
        asked = (seen.last_at or 0.0) - rules.fetched_at < JUST_NOW_SECONDS
        if asked or seen.kind is not Kind.PAGE:
            return visit
        return _waiting(seen, Outcome.ROBOTS_UNREACHABLE.value, why, until=rules.expires_at)

    def _redirected(self, seen: Entry, answer: Response) -> Visit:
        """The target becomes an entry of its own host, with its own robots, guard and turn."""
        target = redirect_target(answer)
        chain = (*seen.chain, seen.url)
        if target is None:
            place = answer.header("Location") or "nowhere"
            return self._failed(seen, Outcome.BAD_REDIRECT.value, place[:200], for_good=True)
        if target in chain:
            return self._failed(seen, Outcome.REDIRECT_LOOP.value, target, for_good=True)
        if len(chain) > MAX_REDIRECTS:
            return self._failed(seen, Outcome.TOO_MANY_REDIRECTS.value, target, for_good=True)
        source = self.sources.named(seen.source)
        unwanted = source.unwanted(target) if source and seen.kind is Kind.PAGE else None
        if unwanted is not None:
            return self._failed(seen, Outcome.UNWANTED_REDIRECT.value, f"{unwanted.value}: {target}", for_good=True)
        now = seconds_now()
        try:
            found = Found(
                kind=seen.kind,
                url=target,
                source=seen.source,
                priority=seen.priority,
                due=now,
                discovered_at=seen.discovered_at,
                published=seen.published,
                chain=chain,
            )
            same = found.key == seen.key
        except Reject as error:
            return self._failed(seen, Outcome.BAD_REDIRECT.value, str(error)[:200], for_good=True)
        seen = replace(seen, outcome=Outcome.REDIRECTED.value, detail=target, attempts=0)
        if same:  # another spelling of the same page
            return Visit(entry=replace(seen, url=target, chain=chain, due=now))
        if seen.kind in NAMED_ONCE:
            state = State.DONE if seen.kind is Kind.PAGE else State.RETIRED
            return Visit(entry=replace(seen, state=state, due=None), found=(found,))
        return Visit(entry=replace(seen, due=now + MOVED_SECONDS), found=(found,))


def _waiting(seen: Entry, cause: str, detail: str | None, *, until: float) -> Visit:
    """The page waits for what its site says; that is no failure of its own."""
    return Visit(entry=replace(seen, outcome=cause, detail=detail, state=State.WAITING, due=until))


def _is_gone(failed: Entry) -> bool:
    """Whether a sitemap that an index named, or a feed that a redirect led to, has been answered "gone" too often."""
    before = [visit.get("status") for visit in failed.history[1 - GONE_TIMES :]]
    enough = failed.attempts >= GONE_TIMES and len(before) == GONE_TIMES - 1
    return bool(failed.chain) and enough and all(status in GONE for status in (*before, failed.status))


def _gone(seen: Entry, answer: Response) -> RawPage:
    """A page that is no longer there, as a raw page without a body: relate withdraws it."""
    return RawPage(
        url=seen.url,
        body=b"",
        fetched_at=answer.fetched_at,
        discovered_at=seen.discovered_at,
        status=answer.status,
        source=seen.source,
    )


def _validated(entry: Entry, answer: Response) -> Entry:
    """The entry with what a conditional request needs next time."""
    return replace(entry, etag=answer.header("ETag"), last_modified=answer.header("Last-Modified"))
