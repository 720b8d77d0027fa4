"""The memory of one run without a broker, in dictionaries: it begins with nothing, and nothing is kept.

A store in SQLite's memory gives the same answers, but SQLAlchemy takes longer to import than all stages take.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice

from pipeline.memory import BUCKET_TEXTS, MAX_NEIGHBOURS, Decision, Memory, Neighbour, PageState, TextState


class LocalMemory:
    """A memory, and what opens transactions on it. They roll nothing back: after an exception the run is over."""

    def __init__(self) -> None:
        self._decisions: dict[str, Decision] = {}
        self._pages: dict[str, PageState] = {}
        self._numbers: dict[str, int] = {}
        self._texts: dict[int, TextState] = {}
        self._buckets: defaultdict[int, dict[int, None]] = defaultdict(dict)
        """The numbers of a band's texts, the newest last; dicts, for a text is forgotten out of the midst."""
        self._merges: dict[str, str] = {}
        self._last = 0

    @contextmanager
    def transaction(self, *, now: str) -> Iterator[Memory]:
        """Itself; when anything was decided is nothing that this run will ask."""
        yield self

    def decision(self, message_id: str) -> Decision | None:
        return self._decisions.get(message_id)

    def page(self, page_id: str) -> PageState | None:
        return self._pages.get(page_id)

    def text(self, page_id: str) -> TextState | None:
        number = self._numbers.get(page_id)
        state = None if number is None else self._texts[number]
        if state is None or state.cluster_id is None:
            return state
        now = self._now(state.cluster_id)
        return state if now == state.cluster_id else replace(state, cluster_id=now, is_first=False)

    def neighbours(self, bands: Sequence[int], *, page_id: str) -> Sequence[Neighbour]:
        buckets = (islice(reversed(self._buckets.get(band, {})), BUCKET_TEXTS) for band in dict.fromkeys(bands))
        shared = Counter(number for bucket in buckets for number in bucket)
        wanted = sorted(shared, key=lambda number: (-shared[number], -number))[:MAX_NEIGHBOURS]
        found = ((number, self._texts[number]) for number in wanted)
        return [
            Neighbour(
                page_id=state.page_id,
                number=number,
                cluster_id=self._now(state.cluster_id or ""),
                sketch=state.sketch,
            )
            for number, state in found
            if state.page_id != page_id
        ]

    def keep(self, message_id: str, decision: Decision) -> None:
        self._decisions[message_id] = replace(decision, page=None, text=None)
        if decision.page is not None:
            self._pages[decision.page.page_id] = decision.page
            if decision.page.withdrawn is not None:
                self._forget(decision.page.page_id)
        if decision.text is not None:
            self._forget(decision.text.page_id)
            self._last += 1
            self._numbers[decision.text.page_id] = self._last
            self._texts[self._last] = decision.text
            for band in set(decision.text.bands):
                self._buckets[band][self._last] = None
        if decision.near_duplicate is not None:
            self._merges |= dict.fromkeys(decision.near_duplicate.merged, decision.near_duplicate.cluster_id)

    def _forget(self, page_id: str) -> None:
        number = self._numbers.pop(page_id, None)
        if number is not None:
            for band in set(self._texts.pop(number).bands):
                del self._buckets[band][number]
                if not self._buckets[band]:
                    del self._buckets[band]

    def _now(self, cluster_id: str) -> str:
        """What has become of a cluster that was merged into others, however often."""
        while cluster_id in self._merges:
            cluster_id = self._merges[cluster_id]
        return cluster_id
