"""The predicates of what a publisher says about its page amid or after the story: embeds, commissions, translation."""

import re

from pipeline.cleaning.engine import View
from pipeline.cleaning.matchers import ENTRIES, LONG
from pipeline.records import BlockKind

MAX_NOTICE = 2 * LONG
"""Characters of the longest notice: consent to an embedded post tells of third parties and one's data."""
MAX_BEHIND = 4
"""Lines before the story's last one among which the contributors may stand: notes and links follow them."""
_REPORTED = re.compile(
    r"\b(?:reported|contributed)\b[^.]{0,60}\b(?:from|to this (?:report|story|article))\b", re.IGNORECASE
)


def embed_notice(view: View, index: int) -> int:
    """What stands in the place of an embedded post until the reader agrees to load it."""
    return _notice(view, index, "embed")


def affiliate_notice(view: View, index: int) -> int:
    """That the publisher earns by the links of the page."""
    return _notice(view, index, "affiliate")


def translation_note(view: View, index: int) -> int:
    """By whom, or by what machine, the text was translated."""
    return _notice(view, index, "translation")


def _notice(view: View, index: int, kind: str) -> int:
    line = view.lines[index]
    return int(kind in view.hits[index] and len(line.text) <= MAX_NOTICE and line.kind not in ENTRIES)


def contributors(view: View, index: int) -> int:
    """Who helped to report and edit, in a line of its own behind the story, with the rule above it."""
    if index < view.last - MAX_BEHIND:
        return 0
    is_rule = not any(character.isalnum() for character in view.lines[index].text) and index + 1 < len(view.lines)
    if is_rule:
        return 2 if _names_contributors(view, index + 1) else 0
    return int(_names_contributors(view, index))


def _names_contributors(view: View, index: int) -> bool:
    line = view.lines[index]
    if len(line.text) > LONG or line.kind in ENTRIES or line.kind is BlockKind.HEADING:
        return False
    return "contributors" in view.hits[index] or _REPORTED.search(line.text) is not None
