"""`newsflow process`: files in, one JSON line per input out."""

import asyncio
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import orjson

from pipeline.edges.inputs import Inputs, open_inputs
from pipeline.edges.local import Processed, process
from pipeline.edges.own_enrichment import check, own_enrichment
from pipeline.edges.pool import Pool
from pipeline.edges.progress import progress
from pipeline.edges.warm import warm_up
from pipeline.errors import Failure, UsageError
from pipeline.settings import Settings
from pipeline.topology import Topology, load_topology

Say = Callable[[str], None]
FEW = 3
"""Pages, the first of which need not wait for what perhaps none of them needs."""


def load_last(topology: Topology) -> None:
    """Load and warm the stage that decides, which runs here, while the fork server does so with the others."""
    last = topology.stages[-1]
    warm_up(filter(None, (last.function, last.decide)), is_for_many=False)


def process_files(paths: Iterable[Path], settings: Settings, *, output: Path | None, articles: bool, say: Say) -> None:
    """Take the pages of `paths` through the topology, and write a line for each as soon as its turn comes.

    With `articles` only the enriched records are written. Raises UsageError or Failure as `open_inputs` does, and
    Failure when `output` cannot be written.
    """
    check(own_enrichment(settings))
    inputs = open_inputs(paths, say=say)
    with _writer(output) as stream:
        asyncio.run(_write(inputs, load_topology(settings.topology), settings, stream, articles))


@contextmanager
def _writer(output: Path | None) -> Iterator[BinaryIO]:
    """Where the lines go. A file gets its name only when it is whole, so an input may be named as output."""
    if output is None:
        if sys.stdout is None:
            raise UsageError("stdout is closed: name a file with --output")
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    special = output.exists() and not output.is_file()  # /dev/stdout, a pipe
    target = output if special else output.with_name(f".{output.name}.{os.getpid()}.partial")
    try:
        with target.open("wb") as stream:
            yield stream
        if not special:
            target.replace(output)
    except OSError as error:
        raise Failure(f"cannot write {output}: {error.strerror}") from error
    finally:
        if not special:
            target.unlink(missing_ok=True)


async def _write(inputs: Inputs, topology: Topology, settings: Settings, stream: BinaryIO, articles: bool) -> None:
    processes = settings.pool_processes if inputs.total is None else min(settings.pool_processes, inputs.total)
    with (
        Pool(
            processes=processes,
            page_seconds=settings.page_seconds,
            page_memory_mib=settings.page_memory_mib,
            stages=topology.stages,
            own=own_enrichment(settings),
            is_for_many=inputs.total is None or inputs.total > FEW,
        ) as pool,
        progress("process", inputs.total) as advance,
    ):
        done = 0
        async for item in process(inputs, topology=topology, pool=pool, processes=processes):
            stream.write(_line(item, articles))
            done += 1
            advance(done)


def _line(item: Processed, articles: bool) -> bytes:
    if not articles:
        return orjson.dumps(item.line(), option=orjson.OPT_APPEND_NEWLINE)
    return b"" if item.output is None or item.output.value is None else item.output.value + b"\n"
