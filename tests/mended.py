"""The topology of `tests.faults` after its clean stage was mended: NEWSFLOW_TOPOLOGY=tests.mended."""

from dataclasses import replace

from pipeline.records import CleanArticle, RawPage
from pipeline.topology import Topology
from tests.faults import TOPOLOGY as FAULTY
from tests.faults import article


def clean(page: RawPage) -> CleanArticle:
    """Whatever the first word is, the page passes."""
    return article(page, "mended")


TOPOLOGY = Topology(
    topics=FAULTY.topics,
    stages=tuple(
        replace(stage, function="tests.mended:clean") if stage.name == "clean" else stage for stage in FAULTY.stages
    ),
)
