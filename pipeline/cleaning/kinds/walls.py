"""Pages that stand in an article's place, told by what their title or heading says: walls, challenges, not found.

Words alone would refuse stories about them: each needs a second sign, and a page that shows a story is never one.
"""

import re
from collections.abc import Sequence

from lxml.etree import XPath, _Element

from pipeline.cleaning.blocks import Line
from pipeline.cleaning.kinds.sight import title_of
from pipeline.cleaning.kinds.wall_phrases import BOT_CHALLENGE, NOT_FOUND
from pipeline.cleaning.metadata.reader import Metadata
from pipeline.cleaning.metadata.scan import Scan
from pipeline.cleaning.rules.engine import View
from pipeline.cleaning.rules.lookup import phrases_at_start
from pipeline.errors import Drop, Reason
from pipeline.text import excerpt, fold, split_phrases

MAX_WALL_WORDS = 500
"""Words of the longest consent or log-in page without its legal text."""
MAX_NOTICE_WORDS = 150
"""Words of the longest text that stays of a challenge or a page that says that nothing was found."""
MAX_TITLE = 80
"""Characters of the longest title or heading that names a wall."""
MAX_HEADINGS = 4
MAX_SPLIT = 500
"""Characters of a title that are looked at part by part."""
_PARTS = re.compile(r"\s+[|–—·•»:-]\s+|\s*\|\s*")
_NUMBER = re.compile(r"^(?:(?:http|error|status|code) )*(?:40[34]|410|429|5\d\d) ?")
_CHALLENGE_MARKS = re.compile(
    r"challenge-(?:platform|form|running|error)|cf-(?:challenge|turnstile|chl|browser)|turnstile|px-captcha|captcha-delivery"
    r"|_Incapsula_|awswaf|aws-waf|datadome|ddos-guard|anubis|[gh]-?re?captcha|hcaptcha|g-recaptcha|geetest|funcaptcha|arkose"
)
_MARKUP = XPath("descendant::script/@src | descendant::iframe/@src | descendant::*/@id | descendant::form/@action")
_CLASSES = XPath("descendant::*/@class", smart_strings=False)


def _phrases(text: str) -> tuple[str, ...]:
    return tuple(sorted(set(map(fold, split_phrases(text))), key=lambda phrase: (-len(phrase), phrase)))


_CHALLENGES, _NOT_FOUND = _phrases(BOT_CHALLENGE), _phrases(NOT_FOUND)


def find_wall(scan: Scan, view: View, words: int, metadata: Metadata) -> Drop | None:
    """A Drop for a wall, a challenge, a log-in page or a "not found"; `words` is how many stay of the page."""
    if words >= MAX_WALL_WORDS or metadata.article_bodies or view.is_news:
        return None
    heads = _heads(scan, view.lines)
    for head in heads:
        hits = phrases_at_start(fold(head))
        if "consent_wall" in hits and _mentions_cookies(view):
            return Drop(reason=Reason.CONSENT_WALL, evidence=excerpt(head))
        if "login" in hits and _asks_password(scan):
            return Drop(reason=Reason.LOGIN_PAGE, evidence=excerpt(head))
    if words >= MAX_NOTICE_WORDS or metadata.published:
        return None
    if challenge := _says(_CHALLENGES, heads):
        mark = _challenge_mark(scan.root)
        if mark or words < MAX_NOTICE_WORDS // 2:
            return Drop(reason=Reason.BOT_CHALLENGE, evidence=excerpt(f"{challenge}{f'; {mark}' if mark else ''}"))
    if notice := _says(_NOT_FOUND, heads):
        return Drop(reason=Reason.SOFT_404, evidence=excerpt(notice))
    return None


def _heads(scan: Scan, lines: Sequence[Line]) -> list[str]:
    """Title and first headings, and the parts of the title between bars and dashes: the site's name is one of them."""
    title = title_of(scan)
    # a page with a headline of its own has the wall's heading in a dialogue above or below its story
    h1s = [line.text for line in lines if line.tag == "h1"][:1]
    h2s = [line.text for line in lines if line.tag == "h2"][:MAX_HEADINGS]
    heads = [title, *(h1s or h2s)]
    parts = [part for part in _PARTS.split(title[:MAX_SPLIT]) if part != title]
    return [head for head in dict.fromkeys([*heads, *parts]) if head and len(head) < MAX_TITLE]


def _says(phrases: Sequence[str], heads: Sequence[str]) -> str | None:
    """The title or heading that begins with one of these phrases, a number such as 404 before it aside."""
    for head in heads:
        folded = _NUMBER.sub("", fold(head)) or "error 404"
        if any(folded.startswith(phrase) and _ends_there(folded, phrase) for phrase in phrases):
            return head
    return None


def _ends_there(folded: str, phrase: str) -> bool:
    return not folded[len(phrase) : len(phrase) + 1].isalnum() or not phrase.isascii()


def _challenge_mark(tree: _Element) -> str | None:
    for value in (*_MARKUP(tree), *_CLASSES(tree)):
        if match := _CHALLENGE_MARKS.search(value):
            return match.group()
    return None


def _mentions_cookies(view: View) -> bool:
    return any("cookie" in line.folded for line in view.lines)


def _asks_password(scan: Scan) -> bool:
    return any((each.get("type") or "").lower() == "password" for each in scan.tagged("input"))
