"""One visit: what is due is asked for, and what came of it is written down. Nothing a site does raises here."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from hashlib import blake2b

from pipeline.codec import raw_message, read_raw_page
from pipeline.crawl.hosts import host_delay, retry_page_at
from pipeline.crawl.polling import after_failed_poll, after_poll, next_poll, next_update
from pipeline.crawl.rights import Policy, judge, rights_of
from pipeline.crawl.robots import RobotsRules, RobotsState
from pipeline.crawl.sources import Source, Sources
from pipeline.edges.clock import seconds_now
from pipeline.edges.crawling.frontier import Frontier
from pipeline.edges.crawling.frontier_rows import Entry, Found, Kind, State, Visit
from pipeline.edges.crawling.http import OF_THE_PAGE, REDIRECTS, Cause, Failed, Request, Response
from pipeline.edges.crawling.reading import Reading, read_as
from pipeline.edges.crawling.site_files import ForbiddenError, SiteFiles, redirect_target
from pipeline.edges.crawling.turn import Turn
from pipeline.edges.crawling.visit_outcomes import Outcome, of_status
from pipeline.errors import Reject
from pipeline.records import GONE, RawPage
from pipeline.times import parse_time
from pipeline.topology import MAX_BODY_BYTES

MAX_REDIRECTS = 5
MOVED_SECONDS = 86_400.0
"""A feed that has moved is asked at its old address once a day; its new one is an entry of its own."""

JUST_NOW_SECONDS = 0.5
"""A robots.txt so young was fetched in this visit."""

PAGE_TYPES = ("text/html", "application/xhtml+xml", "text/plain", "application/xml", "text/xml")

Publish = Callable[[RawPage], Awaitable[None]]
Archive = Callable[[Response], Awaitable[None]]


@dataclass(slots=True, kw_only=True)
class Visitor:
    """Visits entries. `publish` returns when the broker has acknowledged the page."""

    sources: Sources
    frontier: Frontier
    sites: SiteFiles
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
        if seen.kind is Kind.PAGE and self.policy is not Policy.IGNORE:
            # before the page: should its turn be too far away, the file is kept, where a page would be lost
            await self.sites.tdm_rules(seen.url, turn, rules)
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
        return await self._answered(replace(seen, status=answer.status), answer, reading, rules, turn)

    async def _answered(
        self, seen: Entry, answer: Response, reading: Reading | None, rules: RobotsRules, turn: Turn
    ) -> Visit:
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
        return await self._page(seen, answer, rules, turn)

    # ---- pages

    async def _page(self, seen: Entry, answer: Response, rules: RobotsRules, turn: Turn) -> Visit:
        kind = (answer.header("Content-Type") or "text/html").split(";")[0].strip().lower()
        if kind not in PAGE_TYPES:
            return self._failed(seen, Outcome.CONTENT_TYPE.value, kind[:100], for_good=True)
        digest = blake2b(answer.body, digest_size=16).hexdigest()
        seen = _validated(replace(seen, attempts=0), answer)
        if digest == seen.body_hash:
            return self._unchanged(seen)
        page, reason = await self._raw_page(seen, answer, rules, turn)
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

    async def _raw_page(
        self, seen: Entry, answer: Response, rules: RobotsRules, turn: Turn
    ) -> tuple[RawPage | None, str | None]:
        """The record; None and why when the policy leaves the page out."""
        tdm = () if self.policy is Policy.IGNORE else await self.sites.tdm_rules(seen.url, turn, rules)
        rights = await asyncio.to_thread(
            rights_of,
            answer.headers,
            url=seen.url,
            html=answer.body,
            tdm_rules=tdm,
            usage_rules=rules.usage,
        )
        verdict = judge(rights, self.policy)
        if not verdict.publish:
            return None, verdict.reason
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
            robots=f"allowed ({rules.state.value})",
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
        found, unwanted = reading.found(listing, seen, source, now=seconds_now())
        new = 0
        for start in range(0, len(found), 500):  # each a transaction: a crash in between only reads the list again
            new += await asyncio.to_thread(self.frontier.add, found[start : start + 500])
        troubles = Counter({trouble.value: count for trouble, count in listing.troubles.items()}) + unwanted
        words = [f"{len(found)} wanted, {new} new", *(f"{count} {name}" for name, count in troubles.items())]
        failed = not listing.entries and not listing.children and bool(listing.troubles)
        seen = replace(seen, body_hash=None if failed else reading.digest(), detail=", ".join(words))
        visit = (
            self._failed(seen, Outcome.UNREADABLE.value, seen.detail)
            if failed
            else self._polled(replace(seen, outcome=Outcome.READ.value), new)
        )
        return replace(visit, troubles=troubles)

    def _polled(self, seen: Entry, new: int) -> Visit:
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
        if seen.kind is not Kind.PAGE:
            poll = after_failed_poll(seen.poll)
            due = next_poll(poll, fixed=None, key=seen.key, now=now)
            return Visit(entry=replace(failed, poll=poll, due=due))
        again = None if for_good else retry_page_at(seen.status, attempts=failed.attempts, url=seen.url, now=now)
        state = State.FAILED if again is None else State.WAITING
        return Visit(entry=replace(failed, state=state, due=again))

    def _unreachable(self, seen: Entry, rules: RobotsRules, why: str) -> Visit:
        """Nothing is allowed until robots.txt is asked again; only the entry for which it was asked has had a try."""
        visit = self._failed(seen, Outcome.ROBOTS_UNREACHABLE.value, why)
        asked = (seen.last_at or 0.0) - rules.fetched_at < JUST_NOW_SECONDS
        if asked or seen.kind is not Kind.PAGE:
            return visit
        waiting = replace(visit.entry, state=State.WAITING, attempts=seen.attempts, due=rules.expires_at)
        return replace(visit, entry=waiting)

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
        if seen.kind is Kind.PAGE:
            return Visit(entry=replace(seen, state=State.DONE, due=None), found=(found,))
        return Visit(entry=replace(seen, due=now + MOVED_SECONDS), found=(found,))


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
