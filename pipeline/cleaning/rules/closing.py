"""The predicates of what follows a story: readers' comments, tags, appeals, a second article.

A label and the box that it heads go together; a box is never cut when it holds a good part of the story.
"""

import re
from itertools import takewhile

from pipeline.cleaning.metadata.bylines import starts_like_byline
from pipeline.cleaning.rules.box import headed_box, inside
from pipeline.cleaning.rules.engine import View
from pipeline.cleaning.rules.lookup import phrases_at_start
from pipeline.cleaning.rules.matchers import (
    ENTRIES,
    HEAD_LINES,
    LINKED,
    MARKS,
    after_phrase,
    is_date,
)
from pipeline.cleaning.rules.signs import COUNTER_STARTS, LONG, MEDIUM, SHORT
from pipeline.text import ends_sentence

MAX_BOX_SHARE = 0.3
"""Part of the story's text that a box of boilerplate may hold; a story's own box holds more."""
MIN_STORY = 400
"""Characters that stand between the headline and a second article."""
BYLINE_WINDOW = 8
"""Lines after a second article's headline among which its by-line or date stands."""

_COUNTER = re.compile(r"^\s*[(\[]?\s*\d[\d.,\s]*\s*|\s*[(\[:]?\s*\d[\d.,\s]*\s*[개件条則건]?\s*[)\]]?\s*$")
_CONTACT = re.compile(r"@|\be-?mails?\b|\bcontact|newsdesk|\+?\d[\d ()/-]{7,}", re.IGNORECASE)


def box_of(view: View, index: int) -> int:
    """How many lines the box has that this line heads; 1 when it holds much of the story."""
    size = headed_box(view.lines, index)
    taken = sum(len(view.lines[at].text) for at in range(index, index + size) if at in view.kept)
    return size if taken <= MAX_BOX_SHARE * view.kept_length else 1


def reader_comments(view: View, index: int) -> int:
    """ "Comments (22)" with the comments under it; or what a comment box says of its rules."""
    line = view.lines[index]
    if "comment_rules" in view.hits[index] and len(line.text) <= LONG:
        return 1
    starts = "comments" in view.hits[index] or line.text.startswith(COUNTER_STARTS)
    if not starts or len(line.text) > SHORT or index <= view.headline_at:
        return 0
    label = phrases_at_start(bare(line.text)).get("comments")
    return box_of(view, index) if label is not None and label == bare(line.text) else 0


def bare(text: str) -> str:
    """A label without the number before or after it, folded."""
    return " ".join(re.findall(r"\w+", _COUNTER.sub("", text).casefold()))


def author_bio(view: View, index: int) -> int:
    """ "About the author", with its box, or with the paragraph under it after the story."""
    if view.hits[index].get("author_bio") != view.lines[index].folded:
        return 0
    if index > view.first and (size := box_of(view, index)) > 1:
        return size
    amid = view.first < index + 1 < view.last
    return 2 if not amid and index + 1 < len(view.lines) and view.lines[index + 1].link_share < LINKED else 1


def tags(view: View, index: int) -> int:
    """ "Tags: weather, harbour": the words under which the page is filed."""
    line = view.lines[index]
    phrase = view.hits[index].get("tags")
    if phrase is None or len(line.text) > LONG or index <= view.first or ends_sentence(line.text.rstrip(":：")):
        return 0
    if line.folded == phrase:
        end = index + 1
        while end < len(view.lines) and view.lines[end].link_share >= LINKED and len(view.lines[end].text) <= SHORT:
            end += 1
        return end - index if end > index + 1 and index >= view.last - HEAD_LINES else 0
    return int(after_phrase(line.text, phrase)[:1] in MARKS and (line.link_share > 0 or index >= view.last - 2))


def reader_appeal(view: View, index: int) -> int:
    """Readers are asked for tips, mistakes or help: a short line that begins so."""
    line = view.lines[index]
    if "appeal" not in view.hits[index] or len(line.text) > LONG or line.kind in ENTRIES:
        return 0
    return int(len(line.text) <= MEDIUM or line.link_share > 0 or _CONTACT.search(line.text) is not None)


def editor_line(view: View, index: int) -> int:
    """ "责任编辑：…": who edited the page, in brackets or after a mark."""
    line = view.lines[index]
    phrase = view.hits[index].get("editor")
    if phrase is None or len(line.text) > SHORT:
        return 0
    return int(after_phrase(line.text, phrase)[:1] in MARKS)


def appended_article(view: View, index: int) -> int:
    """A second article under the story, as sites load it while one scrolls: a headline with its own by-line or date.

    It takes all of the outermost element that holds this headline and nothing of the story. A headline of the second
    rank must have an `article` element of its own: stories name their parts so too.
    """
    line = view.lines[index]
    if line.tag not in ("h1", "h2") or not 0 <= view.headline_at < index or line.folded in view.headlines:
        return 0
    page = line.page
    if page is None or (line.tag != "h1" and all(page.tags[at] != "article" for at in page.above(line.above))):
        return 0
    if not _after_story(view, index) or not _is_signed(view, index, strictly=line.tag != "h1"):
        return 0
    story = [view.lines[at] for at in (view.headline_at, max(view.headline_at, view.first))]
    holders = list(takewhile(lambda box: not any(inside(each, box) for each in story), page.above(line.at)))
    if len(holders) < 2 or (line.tag != "h1" and all(page.tags[holder] != "article" for holder in holders)):
        return 0
    box, end = holders[-1], index + 1
    while end < len(view.lines) and inside(view.lines[end], box):
        end += 1
    return end - index


def _after_story(view: View, index: int) -> bool:
    length = 0
    for at in range(index - 1, view.headline_at, -1):
        length += len(view.lines[at].text) if at in view.kept else 0
        if length >= MIN_STORY:
            return True
    return False


def _is_signed(view: View, index: int, *, strictly: bool) -> bool:
    """Whether a by-line stands under a headline; where it need not be `strictly`, a date will do."""
    paragraphs = 0
    for line in view.lines[index + 1 : index + 1 + BYLINE_WINDOW]:
        is_sentence = ends_sentence(line.text)
        if len(line.text) <= MEDIUM:
            is_byline = not is_sentence and starts_like_byline(line.text)
            if is_byline or (not strictly and is_date(line)):
                return True
        paragraphs += is_sentence
        if paragraphs > 1:  # one may be its standfirst
            return False
    return False
