"""What a worker counts of each batch, once the broker has it: from verdicts and measures, never from pages."""

import re
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from itertools import product

from pipeline.edges import metrics
from pipeline.errors import Code
from pipeline.records import Outcome
from pipeline.verdicts import STEPS, TIMES, Handled

MAX_SOURCES = 100
MAX_RULES = 200

OTHER = "other"
NO_SOURCE = "none"
PASSED = "passed"
SEND = "send"

WITH_RESULT = (None, Outcome.ENRICHED)

_NAME = re.compile(r"[\w .:-]{1,64}", re.ASCII)


class Few:
    """The first names that come are labels of their own, the rest is one: any publisher may name a source."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._known: set[str] = set()

    def label(self, name: str) -> str:
        """The name, or `other`."""
        if name in self._known:
            return name
        if len(self._known) >= self._limit or not _NAME.fullmatch(name):
            return OTHER
        self._known.add(name)
        return name


class Meter:
    """Counts the batches of one stage, 10 µs a message."""

    def __init__(self, stage: str) -> None:
        self._stage = stage
        self._sources = Few(MAX_SOURCES)
        self._rules = Few(MAX_RULES)
        self._fetched: dict[str, float] = {}
        for verdict in (PASSED, *Outcome):  # the first dead letter is then an increase, from 0
            metrics.STAGE_MESSAGES.labels(stage, verdict)
        for step, code in product(STEPS, Code):
            metrics.DEAD_LETTERS.labels(stage, step, code)
        self._steps = [metrics.STAGE_STEP_SECONDS.labels(stage, step) for step in (*STEPS, SEND)]
        self._batch_seconds = metrics.STAGE_BATCH_SECONDS.labels(stage)
        self._batch_messages = metrics.STAGE_BATCH_MESSAGES.labels(stage)
        self._ages = {
            since: metrics.AGE.labels(stage, since) for since in ("published", "discovered", "fetched", "cleaned")
        }

    def count(self, handled: Sequence[Handled], *, seconds: float, send_seconds: float, now: float) -> None:
        """Count a batch that is acknowledged; `now` in seconds since 1970."""
        self._batch_messages.observe(len(handled))
        self._batch_seconds.observe(seconds)
        self._steps[-1].observe(send_seconds)
        verdicts: Counter[tuple[str, str]] = Counter()
        rules: Counter[str] = Counter()
        for each in handled:
            source = NO_SOURCE if each.measures.source is None else self._sources.label(each.measures.source)
            verdicts[source, each.verdict.outcome or PASSED] += 1
            for step, took in zip(self._steps, each.measures.seconds, strict=False):
                step.observe(took)
            for rule, cuts in each.measures.rules:
                rules[self._rules.label(rule)] += cuts
            self._count_end(each)
            self._tell_ages(each, source, now)
        for (source, verdict), number in verdicts.items():
            metrics.STAGE_MESSAGES.labels(self._stage, verdict).inc(number)
            metrics.SOURCE_MESSAGES.labels(self._stage, source, verdict).inc(number)
        for rule, cuts in rules.items():
            metrics.RULE_CUTS.labels(rule).inc(cuts)

    def _count_end(self, handled: Handled) -> None:
        verdict = handled.verdict
        if verdict.outcome == Outcome.DROPPED:
            metrics.DROPPED.labels(self._stage, verdict.reason).inc()
        elif verdict.error is not None:
            metrics.DEAD_LETTERS.labels(self._stage, verdict.error.step, verdict.error.code).inc()

    def _tell_ages(self, handled: Handled, source: str, now: float) -> None:
        measures = handled.measures
        fetched = _seconds(handled.verdict.fetched_at)
        if fetched is not None and self._fetched.get(source, 0.0) < fetched <= now:
            self._fetched[source] = fetched
            metrics.SOURCE_FETCHED.labels(self._stage, source).set(fetched)
        if handled.verdict.outcome not in WITH_RESULT or measures.is_reprocessed:
            return
        self._observe("published", _seconds(measures.published_at), now)
        self._observe("discovered", _seconds(measures.discovered_at), now)
        self._observe("fetched", fetched, now)
        self._observe("cleaned", _seconds(_cleaned_at(handled)), now)

    def _observe(self, since: str, moment: float | None, now: float) -> None:
        if moment is not None:
            self._ages[since].observe(max(0.0, now - moment))


def _cleaned_at(handled: Handled) -> str | None:
    """When the clean stage took the page, as the result's headers say."""
    value = handled.messages[0].header(f"{TIMES}clean") if handled.messages else None
    return None if value is None else value.decode("ascii", "replace").partition(" ")[0]


def _seconds(instant: str | None) -> float | None:
    """Seconds since 1970; None for what is no instant."""
    if instant is None:
        return None
    try:
        moment = datetime.fromisoformat(instant)
    except ValueError:
        return None
    return moment.timestamp() if moment.tzinfo else None
