"""`newsflow doctor`: everything that newsflow needs, looked at one by one, and how to mend what is wrong.

A check is a function of the scene that gives findings. It changes nothing. What it raises is a finding too, so that
one thing that is broken hides no other.
"""

import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path

from pipeline.edges.connection import Cluster, Connection
from pipeline.edges.crawling.crawl import missing
from pipeline.edges.crawling.sources_file import check_file
from pipeline.edges.database import parse
from pipeline.edges.jars import installed
from pipeline.edges.own_enrichment import check as check_enrichment
from pipeline.edges.own_enrichment import own_enrichment
from pipeline.edges.safety import check_bounds
from pipeline.edges.store import SCHEMA_VERSION, meta_of
from pipeline.errors import NewsflowError
from pipeline.settings import Settings
from pipeline.text import printable
from pipeline.topology import Topology

PYTHON_FROM, PYTHON_BEFORE = (3, 11), (3, 15)
"""As `requires-python` in pyproject.toml."""

FREE_BYTES = 2 * 1024**3
"""Less room than this is too little: Kafka writes segments of 1 GiB, and stops when a disk is full."""


class State(StrEnum):
    """How a thing is."""

    OK = "ok"
    WRONG = "wrong"
    UNCHECKED = "unchecked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What was looked at, how it is, and for what is wrong the way to mend it, where `found` does not say it."""

    name: str
    state: State
    found: str
    fix: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What the checks look at. Without a `connection` there is no Kafka, and without a `cluster` it did not answer."""

    settings: Settings
    topology: Topology
    connection: Connection | None = None
    cluster: Cluster | None = None
    embedded: bool = False
    """Whether the Kafka is that of the data folder."""


Check = Callable[[Scene], Sequence[Finding]]


def ok(name: str, found: str) -> list[Finding]:
    """One finding: nothing to mend."""
    return [Finding(name=name, state=State.OK, found=found)]


def wrong(name: str, found: str, fix: str = "") -> list[Finding]:
    """One finding: something to mend."""
    return [Finding(name=name, state=State.WRONG, found=found, fix=fix)]


def unchecked(name: str, why: str) -> list[Finding]:
    """One finding: it could not be looked at, for a reason that is a finding of its own."""
    return [Finding(name=name, state=State.UNCHECKED, found=why)]


def examined(name: str, check: Check, scene: Scene) -> Sequence[Finding]:
    """What a check finds; an error of it is what it found."""
    try:
        return check(scene)
    except NewsflowError as error:
        return wrong(name, str(error))
    except OSError as error:
        return wrong(name, f"{error.strerror or error}{f': {error.filename}' if error.filename else ''}")
    except Exception as error:  # whatever it is, the other checks are made
        return wrong(name, repr(error))


# ---- this machine


def check_python(_scene: Scene, version: tuple[int, int] = sys.version_info[:2]) -> Sequence[Finding]:
    """The interpreter is one that newsflow is made for."""
    said = f"{version[0]}.{version[1]}"
    if PYTHON_FROM <= version < PYTHON_BEFORE:
        return ok("python", said)
    wanted = f"{PYTHON_FROM[0]}.{PYTHON_FROM[1]} or newer, before {PYTHON_BEFORE[0]}.{PYTHON_BEFORE[1]}"
    return wrong("python", f"{said} is not {wanted}", f"install newsflow with Python {wanted}")


def check_limits(scene: Scene) -> Sequence[Finding]:
    """A batch of the slowest pages ends before Kafka or the watchdog loses patience."""
    check_bounds(scene.settings)
    return ok("limits", f"batches of {scene.settings.batch_size}, {scene.settings.page_seconds:g} s a page")


def check_own_enrichment(scene: Scene) -> Sequence[Finding]:
    """The gazetteer can be read, and the enrichers that are named can be made."""
    check_enrichment(own_enrichment(scene.settings))
    return ok("enrichment", scene.settings.enrichers or "no enrichers of other packages")


def check_data(scene: Scene) -> Sequence[Finding]:
    """The data folder can be written, and has room."""
    folder = scene.settings.data.absolute()
    if scene.settings.store is not None and scene.connection is not None and not scene.embedded:
        return ok("data", "not used: Kafka and the store are elsewhere")
    there = _nearest(folder)
    try:
        with tempfile.TemporaryFile(dir=there):
            pass
    except OSError as error:
        fix = "name another folder in NEWSFLOW_DATA, or give this one to the user that runs newsflow"
        return wrong("data", f"{folder} cannot be written: {error.strerror}", fix)
    free = shutil.disk_usage(there).free
    if free < FREE_BYTES:
        fix = "make room, or name a folder on a larger disk in NEWSFLOW_DATA: a full disk stops Kafka"
        return wrong("data", f"{folder} has {_gib(free)} left, less than {_gib(FREE_BYTES)}", fix)
    return ok("data", f"{folder} can be written, {_gib(free)} left")


def check_crawler(scene: Scene) -> Sequence[Finding]:
    """Sites can see who asks, and the sources file is right; or nothing is to be crawled."""
    settings = scene.settings
    if settings.sources is None and settings.contact is None:
        return ok("crawler", "nothing is crawled: NEWSFLOW_CONTACT and NEWSFLOW_SOURCES are not set")
    reason = missing(settings)
    if reason or settings.sources is None:
        return wrong("crawler", str(reason), "set both, or neither for a newsflow that only others publish to")
    sources, problems = check_file(settings.sources)
    if problems:
        found = f"{settings.sources} has {len(problems)} problem{'s' * (len(problems) > 1)}: {problems[0]}"
        return wrong("crawler", found, "`newsflow sources check` names all of them")
    return ok("crawler", f"{len(sources.sources)} sources, as {settings.contact}")


def check_embedded(scene: Scene) -> Sequence[Finding]:
    """Java and the jars' downloader are there when the embedded Kafka is to be used."""
    if scene.connection is not None and not scene.embedded:
        return ok("embedded kafka", "not used")
    java, _ = installed()
    return ok("embedded kafka", f"runs on {java}")


# ---- the store


def check_store(scene: Scene) -> Sequence[Finding]:
    """The store answers, is of our version, and belongs to the Kafka that is used."""
    place = parse(scene.settings.store_url).render_as_string(hide_password=True)
    meta = meta_of(scene.settings.store_url)
    if not meta:
        return ok("store", f"{place} is made at the first start")
    version, owner = meta.get("schema_version"), meta.get("cluster_id")
    if version != str(SCHEMA_VERSION):
        fix = "use the newsflow that wrote it; `newsflow store rebuild --replace` makes it again from the topics"
        return wrong("store", f"{place} has schema version {version}, this newsflow has {SCHEMA_VERSION}", fix)
    if scene.cluster is not None and owner and owner != scene.cluster.cluster_id:
        fix = "set NEWSFLOW_STORE and KAFKA_BOOTSTRAP_SERVERS to a store and a Kafka that belong together"
        return wrong("store", f"{place} belongs to the Kafka {owner}, and this is {scene.cluster.cluster_id}", fix)
    return ok("store", f"{place}, schema version {version}, of the Kafka {owner or '(none yet)'}")


MACHINE: tuple[tuple[str, Check], ...] = (
    ("python", check_python),
    ("limits", check_limits),
    ("enrichment", check_own_enrichment),
    ("data", check_data),
    ("crawler", check_crawler),
    ("embedded kafka", check_embedded),
    ("store", check_store),
)
"""What is looked at without Kafka."""


def as_lines(findings: Sequence[Finding]) -> Iterator[str]:
    """A line for each finding, and below what is wrong how to mend it."""
    width = max((len(finding.name) for finding in findings), default=0)
    for finding in findings:
        yield printable(f"{finding.state:<9}  {finding.name:<{width}}  {finding.found}")
        if finding.fix:
            yield printable(f"{'':<9}  {'':<{width}}  -> {finding.fix}")


def as_plain(findings: Sequence[Finding]) -> list[dict[str, str]]:
    """The findings as JSON has them."""
    return [asdict(finding) for finding in findings]


def _nearest(folder: Path) -> Path:
    """The folder, or what there is of the way to it."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return folder


def _gib(count: int) -> str:
    return f"{count / 1024**3:.1f} GiB"
