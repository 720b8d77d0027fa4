"""A dead letter as a folder: its body, its message, and a test that fails until the stage can take it."""

import asyncio
import base64
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from pipeline.codec import Message, to_plain
from pipeline.edges.clock import utc_now
from pipeline.edges.local_memory import LocalMemory
from pipeline.edges.operations.letters import Letter
from pipeline.edges.pool import Pool
from pipeline.errors import Failure, UsageError
from pipeline.handle import handle
from pipeline.records import Place
from pipeline.settings import Settings, read_settings
from pipeline.topology import Stage, load_topology
from pipeline.verdicts import Handled

BODY = "body.bin"
MESSAGE = "message.json"

TEST = '''\
"""A page that ended as a dead letter of stage {stage}: {error}

Written by `newsflow dead export`; it passes once the stage can take the page.
"""

from pathlib import Path

from pipeline.edges.operations.fixture import read_fixture, take_again


def test_{name}_is_no_dead_letter() -> None:
    handled = take_again(read_fixture(Path(__file__).parent / "{message}"))
    assert handled.verdict.error is None, handled.verdict.error
'''


@dataclass(frozen=True, slots=True, kw_only=True)
class Fixture:
    """A message and the stage, by name and topology, that could not take it."""

    stage: str
    topology: str
    message: Message

    def load_stage(self) -> Stage:
        """The stage itself; UsageError when it is not there any more."""
        return load_topology(self.topology).stage(self.stage)


def export_fixture(folder: Path, letter: Letter, message: Message, topology: str) -> list[Path]:
    """Write the message that a letter is about into a folder, with a test; the files.

    Raises Failure, and UsageError when the letter's stage is not in the topology.
    """
    name = letter.trace_id[:12]
    stage = load_topology(topology).stage(letter.stage)
    error = re.sub(r"[^\w .:-]", "?", f"{letter.code} in {letter.step}")
    test = TEST.format(stage=stage.name, error=error, name=name, message=MESSAGE)
    plain = {
        "trace_id": letter.trace_id,
        "stage": letter.stage,
        "topology": topology,
        "error": {"step": letter.step, "code": letter.code, "message": letter.error},
        "topic": message.topic,
        "key": _packed(message.key),
        "headers": [[header, _packed(value)] for header, value in message.headers],
        "body": None if message.value is None else BODY,
        "place": None if message.place is None else to_plain(message.place),
    }
    files = {MESSAGE: orjson.dumps(plain, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)}
    files |= {f"test_{name}.py": test.encode(), **({} if message.value is None else {BODY: message.value})}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if (folder / MESSAGE).exists():
            raise Failure(f"{folder} holds a fixture already: name another folder")
        for file, content in files.items():
            (folder / file).write_bytes(content)
    except OSError as error:
        raise Failure(f"cannot write to {folder}: {error.strerror}") from error
    return [folder / file for file in files]


def _packed(value: bytes | None) -> dict[str, str] | None:
    """Bytes in JSON: as text where they are UTF-8, else in base64."""
    if value is None:
        return None
    try:
        return {"text": value.decode("utf-8")}
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(value).decode("ascii")}


def _unpacked(packed: dict[str, str] | None) -> bytes | None:
    if packed is None:
        return None
    return packed["text"].encode() if "text" in packed else base64.b64decode(packed["base64"], validate=True)


def read_fixture(path: Path) -> Fixture:
    """A message as `export_fixture` wrote it; UsageError when the file is something else."""
    try:
        plain: dict[str, Any] = orjson.loads(path.read_bytes())
        body = plain["body"]
        return Fixture(
            stage=plain["stage"],
            topology=plain["topology"],
            message=Message(
                topic=plain["topic"],
                key=_unpacked(plain["key"]),
                value=None if body is None else (path.parent / body).read_bytes(),
                headers=tuple((name, _unpacked(value)) for name, value in plain["headers"]),
                place=None if plain["place"] is None else Place(**plain["place"]),
            ),
        )
    except OSError as error:
        raise UsageError(f"cannot read {error.filename}: {error.strerror}") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(f"{path} is no message that `newsflow dead export` wrote: {error!r}") from error


def take_again(fixture: Fixture, settings: Settings | None = None) -> Handled:
    """What the stage makes of the message today: in a process that may be killed, with the limits of a page."""
    settings, stage = settings or read_settings(), fixture.load_stage()
    if stage.decide is not None:
        return handle(stage, fixture.message, now=utc_now(), memory=LocalMemory())
    pool = Pool(
        processes=1, page_seconds=settings.page_seconds, page_memory_mib=settings.page_memory_mib, stages=(stage,)
    )
    with pool:
        return asyncio.run(pool.run(stage, [fixture.message], now=utc_now()))[0]
