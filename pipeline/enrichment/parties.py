"""Whether a by-line names a person, or an agency or newsroom."""

import re

from pipeline.enrichment.agencies import AGENCIES
from pipeline.records import Publisher

_AGENCY_NAMES = frozenset(name.casefold() for agency in AGENCIES for name in agency.names)
_AGENCY_MARKS = frozenset(mark for agency in AGENCIES for mark in agency.marks if not mark.istitle())
"""Not those that are names of persons too, such as Hina and Antara."""
_NEWSROOM = re.compile(
    r"\b(agency|agencies|agence|agencia|agentur|desk|editors|editorial (board|team)|news ?room|newsdesk|newspaper"
    r"|redaktion|redactie|rédaction|redacción|redazione|redação|redakcja|redakcia|redakce|redaktionen|staff|team"
    r"|correspondents|reporters|writers)\b|редакция|редакція|編集部|编辑部|нов[оі]ст",
    re.IGNORECASE,
)


def is_organisation(name: str, publisher: Publisher | None) -> bool:
    """Whether a by-line names an agency or a newsroom.

    schema.org takes either type as author, and readers link and credit by it. "Person" for all would be wrong for
    every agency story, so what is plainly no person (the publisher itself, a known agency, a newsroom word) is an
    organisation; in doubt a person, for that is what most by-lines name.
    """
    folded = name.casefold()
    if publisher and folded in (publisher.name.casefold(), publisher.domain.casefold()):
        return True
    return folded in _AGENCY_NAMES or name in _AGENCY_MARKS or _NEWSROOM.search(folded) is not None
