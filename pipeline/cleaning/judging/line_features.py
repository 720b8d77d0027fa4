"""What the learned judge asks of each line: one matrix for a page, a row for each line, no word of any language in it.

Everything is counted for all lines at once, in one call of the library (`native/source/judge.c`): line by line in
Python it took 35-50 ms a page, with numpy 2. What a column is for says its name: `settled` is what stays after the
rules, `extracted` what trafilatura took, `prose` long sentences without links, `near_` a class or id of the line's
element or the one above it, `page_` the whole page.
"""

import ctypes
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.cleaning.blocks import Line
from pipeline.cleaning.judging.characters import character_classes
from pipeline.cleaning.judging.places import told_by_name, told_by_tag
from pipeline.cleaning.metadata.reader import Metadata
from pipeline.cleaning.metadata.scan import Scan
from pipeline.cleaning.rules.engine import View
from pipeline.native.library import function, memo, native
from pipeline.records import BlockKind
from pipeline.text import fold

NAMES = tuple((ctypes.c_char_p.in_dll(native, "newsflow_line_columns").value or b"").decode().split())
PROSE_LENGTH, PROSE_LINKED = 80, 0.3
MIN_SITE_NAME = 4
"""Letters of the shortest name of a site that is looked for in a line."""
_KINDS = tuple(BlockKind)
_features = function(
    "line_features",
    ctypes.c_int,
    *(ctypes.py_object, ctypes.py_object, ctypes.py_object, ctypes.py_object),
    *(ctypes.py_object, ctypes.py_object, ctypes.py_object),
    *(ctypes.c_void_p, ctypes.c_longlong, ctypes.c_void_p, ctypes.c_void_p),
)
_MEMOS = (memo(told_by_tag), memo(told_by_name))


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What is known of a page's lines before they are judged."""

    page: Scan
    view: View
    cut: Mapping[int, str]
    """The lines that rules cut."""
    extracted: Collection[int]
    """The lines that trafilatura takes for the article."""
    settled: Sequence[int]
    """The lines that stay after extraction, recovery, rules and trimming."""
    description: str
    """The page's description, folded."""
    metadata: Metadata
    host: str


def features(lines: Sequence[Line], evidence: Evidence) -> NDArray[np.float32]:
    """A row for each line of one page, by the columns of `NAMES`; in memory a column lies in one piece."""
    page, metadata = evidence.page, evidence.metadata
    lines = list(lines)
    matrix = np.empty((len(NAMES), len(lines)), dtype=np.float32)
    declared = (
        evidence.view.is_news,
        "Article" in metadata.declared_types,
        len(metadata.declared_types),
        len(metadata.authors),
        len(metadata.published),
        metadata.article_section is not None,
        len(metadata.description or ""),
    )
    _features(
        lines,
        [line.at for line in lines],
        (page.parents, page.tags, page.classes, page.ids),
        _MEMOS,
        (list(evidence.extracted), list(evidence.settled), list(evidence.cut)),
        (f"{fold(metadata.headline or '')} {evidence.description}", evidence.description, _site_names(evidence)),
        _KINDS,
        character_classes().ctypes.data,
        evidence.view.headline_at,
        (ctypes.c_double * len(declared))(*declared),
        matrix.ctypes.data,
    )
    return matrix.T


def _site_names(evidence: Evidence) -> tuple[str, ...]:
    """What the page's site is called, without spaces."""
    publisher = evidence.metadata.publisher
    names = (fold(publisher.name) if publisher else "", evidence.host.removeprefix("www.").partition(".")[0])
    return tuple(name.replace(" ", "") for name in names if len(name) >= MIN_SITE_NAME)
