"""Memory stays bounded while a stage is slow and pages are large."""

from pathlib import Path

import pytest

from pipeline.edges.connection import Connection
from tests.bench.backpressure import measure, table

BOUND_MIB = 1000
"""Worker, fork server and two processes for pages are 400 MiB before the first page; 10 minutes added 420 at most."""


@pytest.mark.chaos
async def test_a_slow_stage_does_not_fill_the_memory(connection: Connection, tmp_path: Path) -> None:
    measured = await measure(connection, tmp_path, 20)
    print("\n".join(table(measured, 8)))
    assert measured.maximum < BOUND_MIB
