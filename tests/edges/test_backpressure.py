"""Memory stays bounded while a stage is slow and pages are large."""

from pathlib import Path

import pytest

from pipeline.edges.connection import Connection
from tests.bench.backpressure import measure, table

BOUND_MIB = 1000
"""536 MiB before the first page, 776 at most in 8.5 minutes; with buffers for twice the messages 823 within one."""


@pytest.mark.chaos
async def test_a_slow_stage_does_not_fill_the_memory(connection: Connection, tmp_path: Path) -> None:
    measured = await measure(connection, tmp_path, 20)
    print("\n".join(table(measured, 8)))
    assert measured.done > 0
    assert measured.maximum < BOUND_MIB
