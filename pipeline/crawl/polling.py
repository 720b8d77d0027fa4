"""When a source is asked again, which page goes first, and when an article is looked at again."""

import math
from dataclasses import dataclass, replace
from datetime import datetime

from pipeline.crawl.hosts import spread
from pipeline.crawl.source import Updates
from pipeline.times import parse_time

MIN_INTERVAL = 90.0
MAX_INTERVAL = 24 * 3600.0
FIRST_INTERVAL = 900.0

GROWTH = ((0.5, 1.25), (0.1, 1.5), (0.0, 2.0))
"""Share of polls that brought something -> how much longer the next interval is after one that brought nothing."""

FAILURE_GROWTH = 2.0
REMEMBERED_POLLS = 64
"""Past this many, old polls count half: a site that changes its habits is noticed."""

POLL_JITTER = 0.05

POLL_PRIORITY = 0
UNDATED_PRIORITY = 30
OLD_PRIORITY = 60
AGE_PRIORITIES = ((3600.0, 10), (6 * 3600.0, 20), (24 * 3600.0, 30), (7 * 24 * 3600.0, 40), (30 * 24 * 3600.0, 50))
"""Age of a page by its stated date -> priority. Undated ones go with those of the day: a feed names new pages."""
MAX_FUTURE = 24 * 3600.0
"""A date further ahead says nothing; up to here it is a time zone left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What a polled URL's own past says."""

    interval: float = FIRST_INTERVAL
    """The time between polls that was learned so far."""
    polls: int = 0
    changes: int = 0
    """Polls that brought something new."""
    quiet: int = 0
    """Polls in a row that brought nothing."""


def after_poll(history: History, *, new_entries: int, elapsed: float | None = None) -> History:
    """The history with one more poll that brought so many new URLs (0: also a 304), `elapsed` after the one before.

    It aims at one new entry per poll. The first poll teaches nothing: everything is new to it.
    """
    polls, changes = history.polls + 1, history.changes + (new_entries > 0)
    if polls > REMEMBERED_POLLS:
        polls, changes = polls // 2, changes // 2
    interval = history.interval
    if new_entries > 1 and history.polls > 0:
        gap = (elapsed or interval) / new_entries
        interval = min(interval, math.sqrt(interval * gap))
    elif new_entries == 0:
        interval *= next(growth for share, growth in GROWTH if changes >= share * polls)
    quiet = 0 if new_entries else history.quiet + 1
    return History(interval=_bounded(interval), polls=polls, changes=changes, quiet=quiet)


def after_failed_poll(history: History) -> History:
    """The history with a poll that failed: it teaches nothing but patience."""
    return replace(history, interval=_bounded(history.interval * FAILURE_GROWTH))


def next_poll(history: History, *, fixed: float | None, key: str, now: float) -> float:
    """When the URL `key` is due: after `fixed`, the source's own interval, or after the learned one.

    Up to 5 % later, by a hash, so that sources which were started together spread.
    """
    interval = history.interval if fixed is None else fixed
    return now + interval * (1 + POLL_JITTER * spread(key, history.polls))


def priority(published: str | None, *, discovered_at: float, language: str | None = None) -> int:
    """The place of a page in the queue: lower goes first. `POLL_PRIORITY` is that of feeds and sitemaps themselves."""
    stated = _timestamp(published, language) if published else None
    age = discovered_at - stated if stated is not None else None
    if age is None or age < -MAX_FUTURE:
        return UNDATED_PRIORITY
    return next((place for limit, place in AGE_PRIORITIES if age <= limit), OLD_PRIORITY)


def next_update(updates: Updates | None, *, first_fetched_at: float, fetches: int) -> float | None:
    """When an article that was fetched `fetches` times is looked at again; None: never, the default of every source."""
    if updates is None:
        return None
    after, gap = 0.0, updates.first
    for _ in range(max(1, fetches)):
        after += gap
        gap *= updates.growth
        if after > updates.window:
            return None
    return first_fetched_at + after


def _bounded(interval: float) -> float:
    return min(MAX_INTERVAL, max(MIN_INTERVAL, interval))


def _timestamp(published: str, language: str | None) -> float | None:
    moment = parse_time(published, language)
    if moment is None:
        return None
    try:
        stated = datetime.fromisoformat(moment.utc or moment.value)
        # a time without zone is taken for UTC: half a day off at most, and only the queue's order depends on it
        return (
            stated.timestamp() if stated.tzinfo else datetime.fromisoformat(f"{stated.isoformat()}+00:00").timestamp()
        )
    except (ValueError, OverflowError):
        return None
