"""The predicates of what a publisher says about its page amid or after the story: embeds, commissions, translation."""

import re

from pipeline.cleaning.rules.engine import View
from pipeline.cleaning.rules.matchers import ENTRIES, after_phrase
from pipeline.cleaning.rules.signs import LONG
from pipeline.records import BlockKind
from pipeline.text import ends_sentence

MAX_NOTICE = 2 * LONG
"""Characters of the longest notice: consent to an embedded post tells of third parties and one's data."""
MAX_BEHIND = 4
"""Lines before the story's last one among which the contributors may stand: notes and links follow them."""
MAX_SMALL_SHARE = 0.5
"""Part of the words behind "Reporting by" or its like that may begin small: names do not, prose mostly does."""
FEW_WORDS = 4
"""So few words there are agencies that write themselves small, unless they end as a sentence."""
REPORTED = ("reported from ", "contributed to this ")
"""What is said of those who helped where no phrase opens the line."""
_REPORTED = re.compile(rf"^\W*(?:[A-Z][\w'’.-]+ ){{1,6}}{REPORTED[0]}[A-Z]|\b{REPORTED[1]}(?:report|story|article)\b")
_EARNING = frozenset(
    ("affiliate", "click", "commission", "commissions", "gekennzeichnet", "gekennzeichneten", "kaufen", "link", "links",
     "provision", "purchase", "purchases")
)  # fmt: skip
"""Words of which one stands behind the opening of a note on commissions; a story that opens so has none."""


def embed_notice(view: View, index: int) -> int:
    """What stands in the place of an embedded post until the reader agrees to load it."""
    is_label = view.hits[index].get("embed_label") == view.lines[index].folded
    return int(_is_notice(view, index) and (is_label or "embed" in view.hits[index]))


def affiliate_notice(view: View, index: int) -> int:
    """That the publisher earns by the links of the page."""
    if not _is_notice(view, index):
        return 0
    opening = view.hits[index].get("affiliate_opening")
    rest = view.lines[index].folded[len(opening) :].split() if opening else ()
    return int("affiliate" in view.hits[index] or not _EARNING.isdisjoint(rest))


def translation_note(view: View, index: int) -> int:
    """By whom, or by what machine, the text was translated."""
    if not _is_notice(view, index):
        return 0
    return int("translation" in view.hits[index] or _lists_names(view, index, "translators"))


def _is_notice(view: View, index: int) -> bool:
    line = view.lines[index]
    return len(line.text) <= MAX_NOTICE and line.kind not in ENTRIES


def _lists_names(view: View, index: int, kind: str) -> bool:
    """Whether names follow the phrase with which a line begins, and no prose."""
    phrase = view.hits[index].get(kind)
    if phrase is None:
        return False
    text = view.lines[index].text
    words = re.findall(r"\w+", after_phrase(text, phrase))
    small = sum(word[0].islower() for word in words)
    few = len(words) <= FEW_WORDS and not ends_sentence(text)
    return bool(words) and (few or small <= MAX_SMALL_SHARE * len(words))


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
    return _lists_names(view, index, "contributors") or _REPORTED.search(line.text) is not None
