"""`newsflow store rebuild`: decisions and page states from the topics, in one transaction that is whole or nothing."""

from collections.abc import AsyncIterator, Callable
from typing import TypeVar

from sqlalchemy import func, select

from pipeline.codec import WireRecord, decode
from pipeline.edges.clock import days_before, instant_of, utc_now
from pipeline.edges.connection import Connection, admin_client, describe_cluster
from pipeline.edges.damage import damaged_file, set_aside
from pipeline.edges.membership import describe_group
from pipeline.edges.offsets import offset_client
from pipeline.edges.operations.spans import Span, Stored, read_span
from pipeline.edges.progress import progress
from pipeline.edges.restoring import Restorer, Tally
from pipeline.edges.store import DECISION_DAYS, Store, open_store, utc
from pipeline.edges.store_tables import PAGES
from pipeline.edges.topics import require_topics
from pipeline.errors import Failure, Reject
from pipeline.records import EnrichedArticle, PageOutcome
from pipeline.settings import Settings
from pipeline.topology import OUTCOMES, Stage, Topic, load_topology

BATCH_RECORDS = 500

Say = Callable[[str], None]
R = TypeVar("R", bound=WireRecord)


async def rebuild_store(connection: Connection, settings: Settings, *, replace: bool, say: Say) -> None:
    """Make the store again from enriched records and outcomes, and say what was restored and what cannot be.

    Raises Failure while workers of the stage are in their group, when the store belongs to another cluster, when it
    holds pages and `replace` is not set, and when the topics cannot be read to their end; nothing is changed then,
    except that a damaged SQLite file is moved aside.
    """
    stage = next(stage for stage in load_topology(settings.topology).stages if stage.decide)
    await require_topics(connection, [stage.target, OUTCOMES])
    await _require_no_workers(connection, stage)
    cluster = await describe_cluster(connection)
    broken = damaged_file(settings.store_url)
    if broken is not None:
        aside = set_aside(broken, f".damaged-{utc_now().replace(':', '')}")
        say(f"the store is damaged: it was moved to {aside}")
    store = open_store(settings.store_url, cluster_id=cluster.cluster_id)
    try:
        tally = await _rebuild(store, stage, connection, replace)
    finally:
        store.close()
    for line in _report(tally, frontier_lost=store.is_new):
        say(line)


async def _require_no_workers(connection: Connection, stage: Stage) -> None:
    async with admin_client(connection) as admin:
        group = await describe_group(admin, connection.prefix + stage.group)
    if count := len(group.members):
        at_work = f"{count} worker{'s' * (count > 1)} of {stage.name} at work"
        raise Failure(f"{at_work}: stop newsflow first (Kafka forgets one that was killed after 15 s)")


async def _rebuild(store: Store, stage: Stage, connection: Connection, replace: bool) -> Tally:
    """In one transaction: meanwhile no worker gets at the store."""
    with store.begin() as transaction:
        pages = transaction.execute(select(func.count()).select_from(PAGES)).scalar_one()
        if pages and not replace:
            raise Failure(f"the store {store.place} holds {pages} pages: `--replace` puts the topics' in their place")
        await _require_no_workers(connection, stage)  # again, now that nobody can begin a batch
        restorer = Restorer(connection=transaction, oldest=utc(days_before(utc_now(), DECISION_DAYS)))
        restorer.begin()
        async for batch in _read(connection, stage.target):
            found = _decoded(EnrichedArticle, batch, restorer.tally)
            restorer.take_records([(article, instant_of(stored.timestamp / 1000)) for stored, article in found])
        async for batch in _read(connection, OUTCOMES):
            outcomes = [outcome for _, outcome in _decoded(PageOutcome, batch, restorer.tally)]
            restorer.take_outcomes([outcome for outcome in outcomes if outcome.stage == stage.name])
        restorer.end()
    return restorer.tally


def _decoded(record_type: type[R], batch: list[Stored], tally: Tally) -> list[tuple[Stored, R]]:
    """The records that can be read, each with its message; the others are counted."""
    found = []
    for stored in batch:
        try:
            found.append((stored, decode(record_type, stored.message.value)))
        except Reject:
            tally.unreadable += 1
    return found


# ---- a topic from its beginning to its present end


async def _read(connection: Connection, topic: Topic) -> AsyncIterator[list[Stored]]:
    """All messages of a topic in batches, partition by partition, so that only one of them is fetched ahead."""
    async with offset_client(connection) as client:
        start, end = await client.beginning(topic.name), await client.end(topic.name)
    done = 0
    with progress(topic.name, len(Span(topic=topic.name, start=start, end=end))) as advance:
        for number in end:
            part = Span(topic=topic.name, start={number: start[number]}, end={number: end[number]})
            async for batch in read_span(connection, part, at_once=BATCH_RECORDS):
                yield batch
                done += len(batch)
                advance(done)


# ---- what is said


def _report(tally: Tally, *, frontier_lost: bool) -> list[str]:
    decisions = tally.revisions + tally.unchanged + tally.dropped
    lines = [
        f"restored: {tally.pages} pages and {decisions} decisions of the last {DECISION_DAYS} days "
        f"({tally.revisions} revisions, {tally.unchanged} unchanged, {tally.dropped} dropped)",
        "not restored: reinstatements that no fetch has followed; such pages are withdrawn again",
        f"not restored: what outcomes older than {DECISION_DAYS} days told; a repeat of so old a page is decided anew",
    ]
    if frontier_lost:
        lines.append("not restored: the crawler's frontier; it starts again from its sources")
    if tally.nameless:
        lines.append(f"not restored: {tally.nameless} decisions from before outcomes named their record")
    if tally.compacted:
        lines.append(f"not restored: {tally.compacted} decisions on revisions that compaction has removed")
    if tally.unreadable:
        lines.append(f"not read: {tally.unreadable} messages that are no records of newsflow")
    return lines
