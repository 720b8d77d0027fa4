"""Politeness towards one host."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.crawl.hosts import (
    BACKOFF_JITTER,
    FAILURES_TO_OPEN,
    MAX_BACKOFF,
    MAX_RETRY_AFTER,
    PAGE_ATTEMPTS,
    Circuit,
    HostState,
    after_failure,
    after_success,
    host_delay,
    is_host_trouble,
    retry_after,
    retry_page_at,
    spread,
)

NOW = 1_777_818_000.0  # Sunday 3 May 2026, 14:20 UTC


@pytest.mark.parametrize(
    ("floor", "source", "crawl", "delay"),
    [(2, None, None, 2), (2, 5, None, 5), (2, 1, None, 2), (2, 5, 30, 30), (2, 90, 30, 90), (0.02, None, 0.0, 0.02)],
)
def test_the_longest_delay_that_anybody_asks_for_wins(
    floor: float, source: float | None, crawl: float | None, delay: float
) -> None:
    assert host_delay(floor=floor, source_delay=source, crawl_delay=crawl) == delay


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0),
        (" 0 ", 0.0),
        ("99999999999999999999", MAX_RETRY_AFTER),
        ("Sun, 03 May 2026 14:21:00 GMT", 60.0),
        ("Sun, 03 May 2026 14:00:00 GMT", 0.0),
        ("Fri, 01 Jan 2100 00:00:00 GMT", MAX_RETRY_AFTER),
        ("Sunday, 03-May-26 14:22:00 GMT", 120.0),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("٣", None),
        ("", None),
        (None, None),
    ],
)
def test_retry_after(value: str | None, seconds: float | None) -> None:
    assert retry_after(value, NOW) == seconds


@given(st.text())
def test_no_retry_after_escapes(value: str) -> None:
    seconds = retry_after(value, NOW)
    assert seconds is None or 0 <= seconds <= MAX_RETRY_AFTER


def test_back_off_doubles_up_to_its_limit() -> None:
    state, waits = HostState(), []
    for _ in range(40):
        state = after_failure(state, host="news.example", now=NOW, delay=2)
        waits.append(state.not_before - NOW)
    assert 10 <= waits[0] <= 12
    assert all(later > earlier * 1.5 for earlier, later in pairwise(waits[:9]))
    assert max(waits) <= MAX_BACKOFF * (1 + BACKOFF_JITTER)


def test_what_the_host_asks_for_is_waited_for() -> None:
    state = after_failure(HostState(), host="news.example", now=NOW, delay=2, asked_to_wait=3600)
    assert state.not_before == NOW + 3600


def test_hosts_that_failed_together_do_not_come_back_together() -> None:
    times = {after_failure(HostState(), host=f"n{i}.example", now=NOW, delay=2).not_before for i in range(100)}
    assert len(times) == 100


def test_the_circuit_opens_lets_one_probe_through_and_closes() -> None:
    state = HostState()
    for _ in range(FAILURES_TO_OPEN - 1):
        state = after_failure(state, host="news.example", now=NOW, delay=2)
        assert state.circuit(NOW) is Circuit.CLOSED
    state = after_failure(state, host="news.example", now=NOW, delay=2)
    assert state.circuit(NOW) is Circuit.OPEN
    later = state.not_before
    assert state.circuit(later) is Circuit.HALF_OPEN
    again = after_failure(state, host="news.example", now=later, delay=2)
    assert again.circuit(later) is Circuit.OPEN
    assert again.not_before - later > later - NOW
    assert after_success(state, now=later, delay=2) == HostState(not_before=later + 2)


@pytest.mark.parametrize(
    ("status", "trouble"),
    [(None, True), (500, True), (503, True), (429, True), (404, False), (200, False), (403, False)],
)
def test_which_statuses_tell_of_the_host(status: int | None, trouble: bool) -> None:
    assert is_host_trouble(status) is trouble


@pytest.mark.parametrize("status", [None, 408, 425, 429, 500, 502, 503, 504, 520])
def test_a_passing_failure_is_tried_again_ever_later_and_then_given_up(status: int | None) -> None:
    due = [retry_page_at(status, attempts=n, url="https://news.example/a", now=NOW) for n in range(1, PAGE_ATTEMPTS)]
    waits = [at - NOW for at in due if at is not None]
    assert len(waits) == PAGE_ATTEMPTS - 1
    assert waits == sorted(waits)
    assert waits[0] >= 60
    assert retry_page_at(status, attempts=PAGE_ATTEMPTS, url="https://news.example/a", now=NOW) is None


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 451, 501, 505])
def test_a_lasting_failure_is_not_tried_again(status: int) -> None:
    assert retry_page_at(status, attempts=1, url="https://news.example/a", now=NOW) is None


@given(st.text(), st.integers())
def test_spread_is_a_share_and_always_the_same(key: str, number: int) -> None:
    assert 0 <= spread(key, number) < 1
    assert spread(key, number) == spread(key, number)
