"""The real stages, and poison: NEWSFLOW_TOPOLOGY=tests.chaos.stages. Ordinary pages meet nothing but the real code."""

import re
from dataclasses import replace

from pipeline.errors import Drop
from pipeline.records import CleanArticle, RawPage
from pipeline.stages.clean import clean as real_clean
from pipeline.topology import TOPOLOGY as REAL
from pipeline.topology import Topology
from tests import faults

POISON = re.compile(rb"(hang|segfault|exit|killed|eat|grow|invalid|raise|slay|end relate) poison \d+")
"""The whole body of a page that does what its first word says (see `tests.faults`)."""


def clean(page: RawPage) -> CleanArticle | Drop:
    """The real stage, but for poison."""
    return faults.clean(page) if POISON.fullmatch(page.body) else real_clean(page)


TOPOLOGY = Topology(
    topics=REAL.topics,
    stages=(
        replace(REAL.stage("clean"), function="tests.chaos.stages:clean"),
        REAL.stage("annotate"),
        replace(REAL.stage("relate"), decide="tests.faults:decide"),
    ),
)
