"""When sources are asked again, which page goes first, when an article is looked at again."""

import pytest

from pipeline.crawl.polling import (
    FIRST_INTERVAL,
    MAX_INTERVAL,
    MIN_INTERVAL,
    POLL_PRIORITY,
    UNDATED_PRIORITY,
    History,
    after_failed_poll,
    after_poll,
    next_poll,
    next_update,
    priority,
)
from pipeline.crawl.sources import Updates

NOW = 1_777_818_000.0  # Sunday 3 May 2026, 14:20 UTC
HOUR = 3600.0


def simulate(gap: float, *, seconds: float, history: History | None = None) -> tuple[History, int]:
    """A feed with a new entry every `gap` seconds: the history after so much time, and the number of polls."""
    history = history or History()
    at, seen, polls = 0.0, 0, 0
    while at < seconds:
        at += history.interval
        new, seen = int(at / gap) - seen, int(at / gap)
        history, polls = after_poll(history, new_entries=new, elapsed=history.interval), polls + 1
    return history, polls


def test_a_feed_that_never_changes_is_asked_once_a_day() -> None:
    history, polls = simulate(10**9, seconds=30 * 24 * HOUR)
    assert history.interval == MAX_INTERVAL
    assert polls < 45


def test_a_busy_feed_is_asked_every_90_seconds() -> None:
    history, _ = simulate(30, seconds=3 * HOUR)
    assert history.interval == MIN_INTERVAL


@pytest.mark.parametrize("gap", [600, 3600, 6 * 3600])
def test_the_interval_settles_near_the_time_between_entries(gap: float) -> None:
    history, polls = simulate(gap, seconds=14 * 24 * HOUR)
    entries = 14 * 24 * HOUR / gap
    assert entries * 0.3 <= polls <= entries * 4
    assert history.interval <= gap * 2.5


def test_a_sleepy_feed_that_wakes_up_is_noticed_within_a_few_polls() -> None:
    history = History(interval=MAX_INTERVAL, polls=60, changes=1, quiet=40)
    for _ in range(6):
        history = after_poll(history, new_entries=max(1, int(history.interval / 120)), elapsed=history.interval)
    assert history.interval < 15 * 60


def test_the_first_poll_teaches_nothing() -> None:
    assert after_poll(History(), new_entries=500).interval == FIRST_INTERVAL


def test_a_failed_poll_teaches_patience_alone() -> None:
    history = History(interval=600, polls=9, changes=5, quiet=1)
    assert after_failed_poll(history) == History(interval=1200, polls=9, changes=5, quiet=1)
    assert after_failed_poll(History(interval=MAX_INTERVAL)).interval == MAX_INTERVAL


def test_the_sources_own_interval_wins() -> None:
    due = next_poll(History(interval=9000), fixed=600, key="https://news.example/feed", now=NOW)
    assert NOW + 600 <= due <= NOW + 630


def test_sources_started_together_spread() -> None:
    assert len({next_poll(History(), fixed=None, key=f"https://n{i}.example/", now=NOW) for i in range(100)}) == 100


def test_fresh_news_goes_first() -> None:
    dates = [
        "Sun, 03 May 2026 14:00:00 GMT",
        "2026-05-03T10:00:00Z",
        "2026-05-02T20:00:00+02:00",
        "2026-04-30",
        "2026-04-10T00:00:00Z",
        "2019-01-01",
    ]
    places = [priority(date, discovered_at=NOW) for date in dates]
    assert places == sorted(set(places))
    assert places[0] > POLL_PRIORITY


@pytest.mark.parametrize("date", [None, "", "yesterday", "2031-01-01", "9999-99-99"])
def test_a_date_that_says_nothing_counts_as_none(date: str | None) -> None:
    assert priority(date, discovered_at=NOW) == UNDATED_PRIORITY


def test_a_clock_that_is_an_hour_ahead_is_still_fresh() -> None:
    assert priority("2026-05-03T15:20:00Z", discovered_at=NOW) == priority("2026-05-03T14:19:00Z", discovered_at=NOW)


def test_an_article_is_never_fetched_again_by_default() -> None:
    assert next_update(None, first_fetched_at=NOW, fetches=1) is None


def test_updates_come_at_growing_intervals_until_the_window_closes() -> None:
    updates = Updates(window=48 * HOUR, first=HOUR, growth=2)
    hours = []
    while (at := next_update(updates, first_fetched_at=NOW, fetches=len(hours) + 1)) is not None:
        hours.append((at - NOW) / HOUR)
    assert hours == [1, 3, 7, 15, 31]
    assert next_update(updates, first_fetched_at=NOW, fetches=10**6) is None
