"""Pages that can be read and hold no article. Each refusal names its sign; without a strong one, a page passes.

A wrong refusal loses a whole article, a missed one costs a subscriber one filter: annotate still says what kind of
page it is.
"""

import re
from collections.abc import Mapping, Sequence

from pipeline.cleaning.judging.line_features import Evidence
from pipeline.cleaning.kinds.kind_judge import judge_kind
from pipeline.cleaning.kinds.walls import MAX_WALL_WORDS, find_wall
from pipeline.cleaning.metadata.scan import Scan
from pipeline.cleaning.rules.engine import View
from pipeline.errors import Drop, Reason
from pipeline.text import count_words, ends_sentence, excerpt

MAX_REDIRECT_SECONDS = 10
MAX_STUB_WORDS = 80
"""Words of a page that only sends the browser on."""
MIN_ARTICLE_WORDS = 12
"""Words of the shortest article. Of 815 gold pages it refuses two, of which no text at all was found."""
LONG_LABEL = 80
"""Characters from which a line counts as a sentence without its full stop."""

KindShares = Mapping[str, float]
"""How like the page is each kind, by the words of its markup."""

_REFRESH = re.compile(r"\s*(\d+)(?:\.\d*)?\s*[;,]\s*url\s*=", re.IGNORECASE)


def redirect_stub(scan: Scan) -> Drop | None:
    """A page that sends the browser on at once and says nothing else."""
    for meta in scan.tagged("meta"):
        if (meta.get("http-equiv") or "").lower() == "refresh":
            match = _REFRESH.match(meta.get("content") or "")
            if match and int(match[1][:6]) <= MAX_REDIRECT_SECONDS:
                evidence = excerpt(f"meta refresh: {meta.get('content')}")
                is_stub = _words_shown(scan) < MAX_STUB_WORDS
                return Drop(reason=Reason.REDIRECT_STUB, evidence=evidence) if is_stub else None
    return None


def _words_shown(scan: Scan) -> int:
    body = scan.root.find(".//body")
    if body is None:
        return 0
    return count_words(
        " ".join(body.xpath("descendant::text()[not(parent::script or parent::style or parent::noscript)]"))
    )


def no_article(scan: Scan, url: str, evidence: Evidence, kept: Sequence[int]) -> Drop | KindShares:
    """A Drop for a page whose text is no article: a wall, a page of another kind, or nothing; else what it is like."""
    words = _words_of(evidence.view, kept, MAX_WALL_WORDS)
    if wall := find_wall(scan, evidence.view, words, evidence.metadata):
        return wall
    judgement = judge_kind(scan, url, evidence)
    return judgement.drop or nothing_left(evidence.view, kept) or judgement.shares


def _words_of(view: View, kept: Sequence[int], enough: int) -> int:
    """How many words stay of the page; more than enough are not counted to their end."""
    words = 0
    for index in kept:
        words += count_words(view.lines[index].text)
        if words >= enough:
            break
    return words


def _is_sentence(text: str) -> bool:
    return ends_sentence(text) or len(text) > LONG_LABEL


def nothing_left(view: View, kept: Sequence[int]) -> Drop | None:
    """A page on which no text is left; a page of links is named as one."""
    words = _words_of(view, kept, MIN_ARTICLE_WORDS)
    if words >= MIN_ARTICLE_WORDS and any(_is_sentence(view.lines[index].text) for index in kept):
        return None
    linked = sum(line.link_share * len(line.text) for line in view.lines)
    shown = sum(len(line.text) for line in view.lines)
    if shown and linked > shown / 2:
        return Drop(reason=Reason.INDEX_PAGE, evidence=f"{linked / shown:.0%} of its text are links")
    words = sum(count_words(view.lines[index].text) for index in kept)
    return Drop(reason=Reason.NO_ARTICLE, evidence=f"{words} words are left of {len(view.lines)} lines")
