"""Prose against labels: where in a run of lines the story stands.

Prose counts for a stretch, labels and boilerplate against it, and the story is the stretch with the highest sum. In
flattened text that is all there is; in HTML it trims what the extractor left at both ends.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby

from pipeline.cleaning.blocks import FOLD_LENGTH, HEADING_TAGS, Line
from pipeline.cleaning.elements import NO_ELEMENT
from pipeline.cleaning.rules.box import inside, story_box
from pipeline.cleaning.rules.lookup import phrases_at_start
from pipeline.records import BlockKind
from pipeline.text import count_words, ends_sentence

MIN_PROSE_WORDS, MIN_SENTENCE_WORDS, LONG_PROSE_WORDS = 12, 5, 30
"""Words of a line that is prose if it ends like a sentence; of a short sentence; of prose whatever its end."""
MAX_CREDIT = 60
"""What one line counts at most: a single very long line must not make up for twenty labels."""
SENTENCE_CREDIT, LABEL_DEBIT = 3, 6
LINKED = 0.6
MAX_TRIMMED_SHARE = 0.15
MAX_OUTSIDE_SHARE = 0.3
"""Part of the kept text that may lie outside the story's box; more of it is a second part of the story."""
LONG_RUN, LONG_BRIDGED_RUN = 40, 120
"""Lines of prose in a row that are a story; with single labels between them. Of 1302 pages two and one have others."""
MIN_STANDFIRST = 60
BOILERPLATE = frozenset(
    (
        "advertisement",
        "appeal",
        "comment_form",
        "comment_rules",
        "cookie",
        "follow",
        "most_popular",
        "newsletter",
        "paywall",
        "photo_credit",
        "read_more",
        "related",
        "share",
    )
)
"""Kinds of phrases with which no line of a story begins, unless it is long."""
_NEUTRAL = frozenset((BlockKind.LIST_ITEM, BlockKind.TABLE, BlockKind.HEADING))


def begins_as_boilerplate(line: Line) -> bool:
    """Whether the line begins with words by which boilerplate names itself."""
    return not BOILERPLATE.isdisjoint(phrases_at_start(line.folded))


def credit(line: Line) -> int:
    """What a line of flattened text counts for the story."""
    words = _words(line)
    if words < LONG_PROSE_WORDS and begins_as_boilerplate(line):
        return -LABEL_DEBIT
    if words >= LONG_PROSE_WORDS or (words >= MIN_PROSE_WORDS and ends_sentence(line.text)):
        return min(words, MAX_CREDIT)
    return SENTENCE_CREDIT if words >= MIN_SENTENCE_WORDS and ends_sentence(line.text) else -LABEL_DEBIT


def _words(line: Line) -> int:
    """The words of a line; folding a short line of ASCII has counted them."""
    if line.text.isascii() and len(line.text) <= FOLD_LENGTH:
        return line.folded.count(" ") + 1 if line.folded else 0
    return count_words(line.text)


def html_credit(line: Line) -> int:
    """What a line of HTML counts: links and menus against the story; headings and short list items nothing."""
    counted = -LABEL_DEBIT if line.link_share > LINKED or line.chrome else credit(line)
    return 0 if counted < 0 and line.kind in _NEUTRAL else counted


def best_stretch(counts: Sequence[int]) -> tuple[int, int]:
    """First and last line of the stretch with the highest sum (Kadane); (0, -1) when no line counts for a story."""
    best, first, last = 0, 0, -1
    total = start = 0
    for index, count in enumerate(counts):
        if total <= 0:
            total, start = 0, index
        total += count
        if total > best:
            best, first, last = total, start, index
    return first, last


def long_prose(counts: Sequence[int]) -> tuple[int, ...]:
    """The lines of runs of prose so long that nothing but a story has them, single labels amid the longest included."""
    prose = [count > 0 for count in counts]
    bridged = [
        own or (0 < index < len(prose) - 1 and prose[index - 1] and prose[index + 1]) for index, own in enumerate(prose)
    ]
    return tuple(sorted({*_runs(prose, LONG_RUN), *_runs(bridged, LONG_BRIDGED_RUN)}))


def _runs(flags: Sequence[bool], least: int) -> Iterator[int]:
    """The indices of the runs of so many flags."""
    for flag, run in groupby(range(len(flags)), key=flags.__getitem__):
        if flag and len(indices := list(run)) >= least:
            yield from indices


def trim(lines: Sequence[Line], kept: Sequence[int], *, is_news: bool, standfirst_at: int) -> tuple[int, ...]:
    """The kept lines without labels before the story and, behind it, without what is no prose.

    A story of a publisher ends with prose (both ends +0.003); other articles end with lists and tables as often, so
    there only links and boilerplate go (start +0.0015, cutting their ends as well −0.005), and never a large part.
    """
    counts = {index: html_credit(lines[index]) for index in kept}
    first, last = best_stretch(list(counts.values()))
    if last < 0:
        return tuple(kept)
    if standfirst_at in kept:
        first = min(first, kept.index(standfirst_at))
    first -= _heads_story(lines, kept, first)
    if not is_news:
        if _length(lines, kept[:first]) > MAX_TRIMMED_SHARE * _length(lines, kept):
            first = next(at for at, index in enumerate(kept) if not _is_label(lines[index], counts[index]))
        last = len(kept) - 1
        while last > first and (lines[kept[last]].link_share > LINKED or begins_as_boilerplate(lines[kept[last]])):
            last -= 1
    kept = kept[first : last + 1]
    box = story_box([lines[index] for index in kept if counts[index] > 0])
    return tuple(kept) if box == NO_ELEMENT else _without_frame(lines, kept, box, is_news, standfirst_at)


def _heads_story(lines: Sequence[Line], kept: Sequence[int], first: int) -> bool:
    """Whether the line before the first prose is a heading such as others amid the story are, in the same box."""
    if not 0 < first < len(kept):
        return False
    line, below = lines[kept[first - 1]], lines[kept[first]]
    if line.tag not in HEADING_TAGS or line.above == NO_ELEMENT or line.chrome:
        return False
    return inside(below, line.above) and any(lines[index].tag == line.tag for index in kept[first:])


def _without_frame(
    lines: Sequence[Line], kept: Sequence[int], box: int, is_news: bool, standfirst_at: int
) -> tuple[int, ...]:
    """The kept lines without what stands before and behind the element that holds the story.

    Worth +0.0030 on publishers' pages and +0.0025 on others. A standfirst often stands above that element: it stays.
    """
    held = [inside(lines[index], box) for index in kept]
    first, last = held.index(True), len(held) - 1 - held[::-1].index(True)
    head = [index for index in kept[:first] if index == standfirst_at or _may_be_standfirst(lines[index], is_news)]
    frame = _length(lines, kept[:first]) - _length(lines, head) + _length(lines, kept[last + 1 :])
    if frame > MAX_OUTSIDE_SHARE * _length(lines, kept):
        return tuple(kept)
    return (*head, *kept[first : last + 1])


def _may_be_standfirst(line: Line, is_news: bool) -> bool:
    """Whether a line above the story may be its standfirst; publishers often end theirs without a full stop."""
    return len(line.text) >= MIN_STANDFIRST and line.link_share <= LINKED / 2 and (is_news or ends_sentence(line.text))


def _is_label(line: Line, counted: int) -> bool:
    return counted < 0 and (line.link_share > LINKED or _words(line) < MIN_PROSE_WORDS)


def _length(lines: Sequence[Line], indices: Sequence[int]) -> int:
    return sum([len(lines[index].text) for index in indices])
