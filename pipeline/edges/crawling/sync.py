"""The sources file into the frontier, at every start: what is new, gone, renamed, or to be read another way."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.codec import raw_message, read_raw_page
from pipeline.crawl.polling import POLL_PRIORITY, next_poll, priority
from pipeline.crawl.sources import POLLED, Source, Sources
from pipeline.crawl.sources import Kind as SourceKind
from pipeline.edges.clock import instant_of, seconds_now
from pipeline.edges.connection import Connection
from pipeline.edges.crawling.frontier import Frontier
from pipeline.edges.crawling.frontier_rows import Entry, Found, Kind, SiteFile, State, document_key
from pipeline.edges.crawling.sources_file import url_list
from pipeline.edges.crawling.visit_outcomes import Outcome
from pipeline.edges.inputs import Input, open_inputs
from pipeline.edges.replay import replay
from pipeline.errors import Failure, Reject

Say = Callable[[str], None]

ADDED = 500
SHOWN_LINES = 3


async def sync(frontier: Frontier, sources: Sources, folder: Path, connection: Connection, say: Say) -> None:
    """Bring the frontier in line with the file, whose own paths are relative to `folder`; `say` is told what is left
    out. What the file no longer names is asked no more; its pages are still fetched.
    """
    await asyncio.to_thread(replan, frontier, sources, now=seconds_now())
    for source in sources.sources:
        if source.kind is SourceKind.WARC:
            await _replay_once(frontier, source, folder, connection, say)
            continue
        rows = await asyncio.to_thread(_rows, source, folder, say)
        new = 0
        for start in range(0, len(rows), ADDED):
            new += await asyncio.to_thread(frontier.add, rows[start : start + ADDED])
        if source.kind is SourceKind.URLS:
            await asyncio.to_thread(frontier.count_new, source.name, new)


# ---- documents that are known already


def replan(frontier: Frontier, sources: Sources, *, now: float) -> None:
    """What the file says now holds from now on for the documents that are known, and for the pages that wait."""
    roots = {document_key(url): source for source in sources.sources if source.kind in POLLED for url in source.urls}
    marks = {source.name: _links_wanted(source) for source in sources.sources if source.kind in POLLED}
    changed = {name for name, mark in marks.items() if _differs(frontier, mark)}
    plans = []
    for document in frontier.documents():
        source = roots.get(_root(document))
        anew = source is not None and source.name in changed
        plans.append((document, replanned(document, source, now=now, anew=anew)))
    frontier.replan([(before, after) for before, after in plans if before != after])
    renamed = {before.source: after.source for before, after in plans if before.source != after.source}
    for old, new in renamed.items():
        if sources.named(old) is None:
            frontier.rename(old, new)
    for mark in marks.values():
        frontier.keep_site_file(mark)


def replanned(document: Entry, source: Source | None, *, now: float, anew: bool) -> Entry:
    """A document as its source wants it now: of that name, due no later than its interval says, read `anew` when other
    links are wanted than before, and asked no more when nobody names it. One that failed keeps its back-off.
    """
    if source is None:
        return replace(document, state=State.RETIRED, due=None)
    document = replace(document, source=source.name)
    if document.attempts or document.due is None or document.last_at is None:
        return document
    if anew:
        return replace(document, due=min(document.due, now), etag=None, last_modified=None, body_hash=None)
    if document.outcome == Outcome.REDIRECTED:
        return document
    due = next_poll(document.poll, fixed=source.interval, key=document.key, now=document.last_at)
    return replace(document, due=min(document.due, due))


def _root(document: Entry) -> str:
    return document_key(document.chain[0] if document.chain else document.url)


def _links_wanted(source: Source) -> SiteFile:
    """What decides which links of a source are followed, to be kept beside the sites' files."""
    patterns = [[each.pattern for each in some] for some in (source.include, source.exclude)]
    return SiteFile(
        url=f"source:{source.name}", status=200, body=repr((patterns, source.hosts)).encode(), fetched_at=seconds_now()
    )


def _differs(frontier: Frontier, mark: SiteFile) -> bool:
    known = frontier.site_file(mark.url)
    return known is not None and known.body != mark.body


# ---- what the file names


def _rows(source: Source, folder: Path, say: Say) -> list[Found]:
    now = seconds_now()
    if source.kind is not SourceKind.URLS:
        return [_row(Kind(source.kind.value), url, source, POLL_PRIORITY, now) for url in source.urls]
    listing, wrong = url_list(source, folder)
    for problem in wrong[:SHOWN_LINES]:
        say(f"{source.name}: left out: {problem}")
    if len(wrong) > SHOWN_LINES:
        say(f"{source.name}: left out: {len(wrong) - SHOWN_LINES} more lines like these")
    rows = []
    unwanted: Counter[str] = Counter()
    for each in listing.entries:
        why = source.unwanted(each.url)
        row = _row(Kind.PAGE, each.url, source, priority(None, discovered_at=now), now)
        if why is not None:
            unwanted[why.value] += 1
        elif not _has_key(row):
            unwanted["bad_url"] += 1
        else:
            rows.append(row)
    if unwanted:
        say(f"{source.name}: left out of its list: {', '.join(f'{n} {what}' for what, n in unwanted.items())}")
    return rows


def _has_key(row: Found) -> bool:
    try:
        return bool(row.key)
    except Reject:
        return False


def _row(kind: Kind, url: str, source: Source, place: int, now: float) -> Found:
    return Found(kind=kind, url=url, source=source.name, priority=place, due=now, discovered_at=instant_of(now))


# ---- WARC files


@dataclass(slots=True)
class _Reading:
    """The pages of a WARC file that its source wants, under its name; and what became of the rest."""

    source: Source
    unwanted: int = 0
    damage: str | None = None

    def pages(self, inputs: Iterator[Input]) -> Iterator[Input]:
        """A damaged file ends early: that is no reason to stop the crawl."""
        try:
            for item in inputs:
                named = self._named(item)
                if named is None:
                    self.unwanted += 1
                else:
                    yield named
        except Failure as error:
            self.damage = str(error)

    def _named(self, item: Input) -> Input | None:
        try:
            page = read_raw_page(item.message)
        except Reject:
            return item  # the clean stage says what is wrong with it
        if self.source.unwanted(page.url) is not None:
            return None
        return replace(item, message=raw_message(replace(page, source=self.source.name)))

    def said(self, refused: Sequence[str]) -> Iterator[str]:
        """What was not published, for a person."""
        if self.unwanted:
            yield f"{self.unwanted} pages are not wanted by its patterns"
        if self.damage:
            yield self.damage
        for line in refused[:SHOWN_LINES]:
            yield f"not published: {line}"
        if len(refused) > SHOWN_LINES:
            yield f"not published: {len(refused) - SHOWN_LINES} more pages like these"


async def _replay_once(frontier: Frontier, source: Source, folder: Path, connection: Connection, say: Say) -> None:
    """Publish a WARC file's pages, unless this very file has been published."""
    path = folder / (source.path or "")
    try:
        status = path.stat()
    except OSError as error:
        raise Failure(f"source {source.name}: cannot read {path}: {error.strerror}") from error
    mark = f"warc:{path.resolve()}"
    version = f"{status.st_size} {status.st_mtime_ns}".encode()
    known = await asyncio.to_thread(frontier.site_file, mark)
    if known is None or known.body != version:
        reading = _Reading(source)
        done = await replay(reading.pages(iter(open_inputs([path], say=say))), connection)
        say(f"{source.name}: {done.acknowledged} pages of {path} published")
        for line in reading.said(done.refused):
            say(f"{source.name}: {line}")
        file = SiteFile(url=mark, status=200, body=version, fetched_at=seconds_now())
        await asyncio.to_thread(frontier.keep_site_file, file)
