"""`newsflow trace`: one page's way through the topics, all its fetches or one.

Only those partitions are read in which Kafka's default partitioner puts the page's keys: raw and dead letters by host,
the stages' topics by page_id, outcomes by trace_id.
"""

import re
from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass, field
from math import inf

from aiokafka.partitioner import DefaultPartitioner

from pipeline.codec import decode, header_id
from pipeline.edges.clock import milliseconds_of
from pipeline.edges.connection import Connection
from pipeline.edges.offsets import OffsetClient, offset_client
from pipeline.edges.operations.letters import Letter, letter_of
from pipeline.edges.operations.snapshot import Snapshot, take_snapshot
from pipeline.edges.operations.spans import Offsets, Span, Stored, read_span
from pipeline.errors import Failure, Reject, UsageError
from pipeline.identity import page_id
from pipeline.records import EnrichedArticle, Outcome, PageOutcome, Place, StageTime
from pipeline.topology import DEAD, ENRICHED, OUTCOMES, Topology
from pipeline.urls import host_of
from pipeline.verdicts import times_of, trace_id_of

_TRACE_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Which page: a URL or a trace_id, from `since` on (ms since 1970); `everywhere` looks into all partitions."""

    page: str
    since: int | None = None
    everywhere: bool = False

    @property
    def trace_id(self) -> str | None:
        """The one fetch that is asked for."""
        return self.page if _TRACE_ID.fullmatch(self.page) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """The page's message waits for a stage, or is in work there; `times` tell of the stages before."""

    stage: str
    place: Place
    times: tuple[StageTime, ...]


@dataclass(slots=True, kw_only=True)
class Fetch:
    """All that is known of one fetch of a page. Instants of messages are in milliseconds since 1970."""

    trace_id: str
    url: str | None = None
    raw: list[tuple[Place, int]] = field(default_factory=list)
    outcomes: list[tuple[PageOutcome, Place]] = field(default_factory=list)
    records: list[tuple[EnrichedArticle, Place]] = field(default_factory=list)
    letters: list[Letter] = field(default_factory=list)
    waiting: list[Waiting] = field(default_factory=list)

    @property
    def latest(self) -> tuple[PageOutcome, Place] | None:
        """The outcome that counts."""
        return max(self.outcomes, key=lambda found: (found[0].attempt, found[1].offset), default=None)


async def follow_page(connection: Connection, topology: Topology, question: Question) -> list[Fetch]:
    """The fetches of a page, the earliest first. Raises UsageError for a wrong URL, Failure when nothing is known."""
    async with offset_client(connection) as client:
        raw_ends = await client.end(topology.stages[0].source.name)
        snapshot = await take_snapshot(client, topology, raw_ends)
        search = _Search(
            client=client, topology=topology, question=question, raw_ends=raw_ends, snapshot=snapshot, found={}
        )
        await (search.by_trace_id() if question.trace_id else search.by_url())
    if not search.found:
        hint = (
            ""
            if question.everywhere
            else "; --everywhere looks into every partition, for pages with a key of their own"
        )
        raise Failure(f"nothing is known of {question.page}: it never came in, or retention has taken it{hint}")
    return sorted(search.found.values(), key=_first_seen)


def _first_seen(fetch: Fetch) -> tuple[float, int, str]:
    """When it came in, as far as that is known, and in which order of its partition."""
    if fetch.raw:
        place, timestamp = min(fetch.raw, key=lambda raw: (raw[1], raw[0].offset))
        return (timestamp, place.offset, fetch.trace_id)
    latest = fetch.latest
    times = latest[0].times if latest else fetch.waiting[-1].times if fetch.waiting else ()
    return (milliseconds_of(times[0].at) if times else inf, 0, fetch.trace_id)


@dataclass(slots=True, kw_only=True)
class _Search:
    client: OffsetClient
    topology: Topology
    question: Question
    raw_ends: Offsets
    snapshot: Snapshot
    found: dict[str, Fetch]

    async def by_url(self) -> None:
        """From the URL's host and page_id to the fetches, and from their trace_ids to their outcomes."""
        url = self.question.page
        try:
            page, host = page_id(url), host_of(url)
        except Reject as error:
            raise UsageError(f"{url!r} is neither a URL nor a trace_id of 32 hexadecimal digits: {error}") from error
        await self._read_raw({host.encode()}, page)
        await self._read_records(page)
        await self._read_letters({host.encode(), page.encode()}, page)
        await self._read_waiting({page.encode()}, page)
        await self._read_outcomes({trace.encode() for trace in self.found}, page)

    async def by_trace_id(self) -> None:
        """From the outcome to the page's keys; of a fetch without one, all that waits for a stage is read."""
        trace = self.question.page
        await self._read_outcomes({trace.encode()}, None)
        latest = self.found[trace].latest if trace in self.found else None
        keys = None if latest is None else _keys_of(latest[0])
        if keys is not None or self.question.everywhere:
            await self._read_raw(keys, None)
        if latest is not None and latest[0].page_id:
            await self._read_records(latest[0].page_id)
        await self._read_letters(keys, None)
        if latest is not None and latest[0].outcome == Outcome.DEAD and not self.found[trace].letters:
            await self._read_letters(None, None)  # its message had another key than its host
        await self._read_waiting(keys, None)

    # ---- one topic

    async def _read_raw(self, keys: set[bytes] | None, page: str | None) -> None:
        source = self.topology.stages[0].source
        first = self.snapshot.waiting[self.topology.stages[0].name].start
        async for stored in self._stored(source.name, keys, self.raw_ends):
            url = (stored.message.header("url") or b"").decode("utf-8", "replace")
            if page is not None and not _is_page(url, page):
                continue
            trace = trace_id_of(stored.message, source.record)
            if page is None and trace != self.question.page:
                continue
            fetch = self._fetch(trace, url or None)
            fetch.raw.append((stored.place, stored.timestamp))
            if stored.place.offset >= first.get(stored.place.partition, 0):
                name = self.topology.stages[0].name
                fetch.waiting.append(Waiting(stage=name, place=stored.place, times=times_of(stored.message)))

    async def _read_waiting(self, keys: set[bytes] | None, page: str | None) -> None:
        """What the stages have not acknowledged; raw's is known already when raw was read."""
        for stage in self.topology.stages:
            if stage.source.name == self.topology.stages[0].source.name and (
                keys is not None or self.question.everywhere
            ):
                continue
            span = self.snapshot.waiting[stage.name]
            async for stored in self._stored(stage.source.name, keys, span.end, span.start):
                trace = trace_id_of(stored.message, stage.source.record)
                if page is None and trace != self.question.page:
                    continue
                if page is not None and stored.message.key != page.encode():
                    continue
                url = stored.message.header("url")
                fetch = self._fetch(trace, None if url is None else url.decode("utf-8", "replace"))
                if stage == self.topology.stages[0]:
                    fetch.raw.append((stored.place, stored.timestamp))
                fetch.waiting.append(Waiting(stage=stage.name, place=stored.place, times=times_of(stored.message)))

    async def _read_outcomes(self, keys: set[bytes], page: str | None) -> None:
        async for stored in self._stored(OUTCOMES.name, keys, self.snapshot.outcomes):
            try:
                outcome = decode(PageOutcome, stored.message.value)
            except Reject:
                continue
            ours = outcome.trace_id in self.found or (page is not None and outcome.page_id == page)
            if ours or outcome.trace_id == self.question.page:
                self._fetch(outcome.trace_id, outcome.url).outcomes.append((outcome, stored.place))

    async def _read_records(self, page: str) -> None:
        ends = await self.client.end(ENRICHED.name)
        async for stored in self._stored(ENRICHED.name, {page.encode()}, ends):
            if stored.message.key != page.encode():
                continue
            trace = header_id(stored.message, "trace_id")
            if self.question.trace_id not in (None, trace):
                continue
            try:
                record = decode(EnrichedArticle, stored.message.value)
            except Reject:
                continue
            self._fetch(record.trace_id, record.url).records.append((record, stored.place))

    async def _read_letters(self, keys: set[bytes] | None, page: str | None) -> None:
        ends = await self.client.end(DEAD.name)
        async for stored in self._stored(DEAD.name, keys, ends):
            letter = letter_of(stored)
            same = page is not None and (stored.message.key == page.encode() or _is_page(letter.url or "", page))
            if same or letter.trace_id in self.found or letter.trace_id == self.question.page:
                self._fetch(letter.trace_id, letter.url).letters.append(letter)

    async def _stored(
        self, topic: str, keys: Collection[bytes] | None, end: Offsets, start: Offsets | None = None
    ) -> AsyncIterator[Stored]:
        """What lies in the partitions of these keys, or in all of them."""
        if keys is not None and not self.question.everywhere:
            numbers = sorted(end)
            wanted = {DefaultPartitioner()(key, numbers, numbers) for key in keys}
            end = {number: offset for number, offset in end.items() if number in wanted}
        if start is None:
            start = await self.client.since(topic, self.question.since)
        async for batch in read_span(self.client.connection, Span(topic=topic, start=start, end=end)):
            for stored in batch:
                yield stored

    def _fetch(self, trace: str, url: str | None) -> Fetch:
        fetch = self.found.setdefault(trace, Fetch(trace_id=trace))
        fetch.url = fetch.url or url
        return fetch


def _keys_of(outcome: PageOutcome) -> set[bytes] | None:
    """The keys under which the page's messages lie; None when its outcome does not tell its host."""
    try:
        host = host_of(outcome.url or "")
    except Reject:
        return None
    return {host.encode(), *([outcome.page_id.encode()] if outcome.page_id else [])}


def _is_page(url: str, page: str) -> bool:
    try:
        return page_id(url) == page
    except Reject:
        return False
