"""`newsflow dead explain`: a message through a stage in this very process, so that a failure shows its traceback.

A page that crashes the process or hangs shows where, too: Python writes the stacks before the process ends.
"""

import faulthandler
import platform
import resource
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.codec import Message
from pipeline.edges.clock import utc_now
from pipeline.edges.inputs import open_inputs
from pipeline.edges.local_memory import LocalMemory
from pipeline.edges.operations.fixture import MESSAGE, read_fixture
from pipeline.handle import Turn
from pipeline.settings import Settings
from pipeline.topology import Stage, load_topology
from pipeline.verdicts import Handled, Verdict

MIB = 1024 * 1024

Say = Callable[[str], None]


def explain_file(path: Path, settings: Settings, *, write: Say, say: Say) -> int:
    """Take an exported message through its stage, or a file's pages through all stages; how many failed.

    Raises UsageError for a file that cannot be read. Does not return from a page that hangs or crashes.
    """
    failed = 0
    memory = LocalMemory()
    for name, message, stages in _messages(path, settings, say):
        write(name)
        failed += not all(_explained(message, stages, settings, memory, write))
    return failed


def _messages(path: Path, settings: Settings, say: Say) -> Iterator[tuple[str, Message, tuple[Stage, ...]]]:
    """Every message of the file with the stages that it is to go through."""
    if path.is_dir() and (path / MESSAGE).exists():
        path = path / MESSAGE
    if path.suffix == ".json":
        fixture = read_fixture(path)
        yield str(path), fixture.message, (fixture.load_stage(),)
        return
    stages = load_topology(settings.topology).stages
    for item in open_inputs([path], say=say):
        yield item.name, item.message, stages


def _explained(
    message: Message, stages: tuple[Stage, ...], settings: Settings, memory: LocalMemory, write: Say
) -> Iterator[bool]:
    """Whether each stage could take the message, until one ends its way."""
    for stage in stages:
        handled = _take(stage, message, settings, memory, write)
        yield handled is not None
        if handled is None or handled.verdict.outcome is not None:
            return
        message = handled.messages[0]


def _take(stage: Stage, message: Message, settings: Settings, memory: LocalMemory, write: Say) -> Handled | None:
    """One stage's turn; None when it failed, with the traceback written."""
    now = utc_now()
    sys.stdout.flush()
    with _limits(settings):
        turn = Turn(stage=stage, message=message, now=now, memory=memory)
        try:
            handled, keep = turn.take()
            if keep is not None:
                keep()
        except Exception as error:  # whatever it is, it is what was asked for
            write(f"  {stage.name}: failed in step {turn.step}: {type(error).__name__}")
            write(traceback.format_exc().rstrip())
            return None
    write(f"  {stage.name}: {verdict_line(handled.verdict)}")
    return handled


def verdict_line(verdict: Verdict) -> str:
    """A verdict in words."""
    if verdict.outcome is None:
        return "passed on"
    reason = f": {verdict.reason}" if verdict.reason else ""
    return f"{verdict.outcome}{reason}" + (f" ({verdict.evidence})" if verdict.evidence else "")


@contextmanager
def _limits(settings: Settings) -> Iterator[None]:
    """A page's limits of time and memory, on this process."""
    faulthandler.enable()
    faulthandler.dump_traceback_later(settings.page_seconds, exit=True)
    before = resource.getrlimit(resource.RLIMIT_AS)
    if platform.system() == "Linux":
        resource.setrlimit(resource.RLIMIT_AS, (settings.page_memory_mib * MIB, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)
        faulthandler.cancel_dump_traceback_later()
