"""Nothing is lost, doubled or changed while workers and the broker die: the short form, and the long one in many runs.

CHAOS_SEED=N repeats a run; `python -m tests.chaos` runs many and prints a table.
"""

import os
import random
from pathlib import Path

import pytest

from tests.chaos.__main__ import say, tell
from tests.chaos.expected import expected_ends
from tests.chaos.injection import KINDS, plan
from tests.chaos.pages import make_pages
from tests.chaos.scenario import Run, run_chaos

LEFT_OPEN = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning")
"""aiokafka does not close the connection of a client whose broker is killed while it starts."""


async def chaos(folder: Path, *, count: int, faults: int) -> None:
    seed = int(os.environ.get("CHAOS_SEED") or random.randrange(1_000_000))
    pages = make_pages(count)
    say(f"seed {seed}")
    run = Run(seed=seed, pages=pages, expected=await expected_ends(pages), faults=faults, say=say)
    report = await run_chaos(run, folder)
    tell(report)
    assert report.judgement.problems == [], f"CHAOS_SEED={seed} repeats it"


@LEFT_OPEN
@pytest.mark.timeout(600)
async def test_no_page_is_lost_while_workers_and_the_broker_die(tmp_path: Path) -> None:
    await chaos(tmp_path, count=100, faults=len(KINDS))


@LEFT_OPEN
@pytest.mark.chaos
@pytest.mark.timeout(3600)
async def test_ten_thousand_pages(tmp_path: Path) -> None:
    await chaos(tmp_path, count=10_000, faults=20)


def test_a_seed_repeats_its_faults_and_has_every_kind() -> None:
    first, again = (plan(7, len(KINDS), ("clean", "relate")) for _ in range(2))
    assert first == again
    assert {fault.kind for fault in first} == set(KINDS)
    assert plan(8, len(KINDS), ("clean", "relate")) != first
