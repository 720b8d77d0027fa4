"""Among which lines those stand that a rule may take, for rules whose lines begin with no phrase.

Each holds all lines that the predicate of that name takes and few others: a test says so.
"""

from collections.abc import Iterable

from pipeline.cleaning.rules.closing import MIN_STORY
from pipeline.cleaning.rules.editorial import REPORTED
from pipeline.cleaning.rules.engine import View
from pipeline.cleaning.rules.matchers import MIN_HEADLINE, head_end
from pipeline.cleaning.rules.signs import SHORT


def appended_article(view: View) -> Iterable[int]:
    titles, length = view.signs.titles, 0
    for at in sorted(view.kept) if titles and view.headline_at >= 0 else ():
        length += view.signs.lengths[at] if at > view.headline_at else 0
        if length >= MIN_STORY:
            return [index for index in titles if index > at]
    return ()


def weather_widget(view: View) -> Iterable[int]:
    return date_line(view)


def share_bar(view: View) -> Iterable[int]:
    return view.signs.with_phrase("share").union(view.signs.buttons)


def date_line(view: View) -> Iterable[int]:
    end = head_end(view)
    return [index for index in view.signs.numbers if index < end]


def glued_breadcrumb(view: View) -> Iterable[int]:
    ends: list[str] = []
    for headline in view.headlines:
        if len(glued := headline.replace(" ", "")) >= MIN_HEADLINE:
            first, second, third = tuple(glued[-3:])
            ends += (f"{first}{one}{second}{two}{third}" for one in ("", " ") for two in ("", " "))
    last = tuple(ends)
    return [index for index, line in enumerate(view.lines) if line.folded.endswith(last)] if last else ()


def headline(view: View) -> Iterable[int]:
    return (view.headline_at,) if view.headline_at >= 0 else ()


def repeated_headline(view: View) -> Iterable[int]:
    headlines = frozenset(view.headlines)
    return [index for index, line in enumerate(view.lines) if line.folded in headlines] if headlines else ()


def reader_comments(view: View) -> Iterable[int]:
    return view.signs.with_phrase("comments", "comment_rules").union(view.signs.counters)


def contributors(view: View) -> Iterable[int]:
    found = view.signs.with_phrase("contributors").union(view.signs.saying(*REPORTED))
    return {at for index in found for at in (index - 1, index) if at >= 0}  # the rule above them is taken too


def copyright_notice(view: View) -> Iterable[int]:
    return view.signs.rights


def photo_credit(view: View) -> Iterable[int]:
    found = view.signs.with_phrase("photo_credit").union(view.signs.credits)
    return found.union(view.signs.captions) if view.is_news else found


def by_line(view: View) -> Iterable[int]:
    if not view.authors:
        return [index for index in view.kept if view.signs.lengths[index] <= SHORT]
    return {index for author in view.authors for index, line in enumerate(view.lines) if author in line.folded}


def time_stamp(view: View) -> Iterable[int]:
    return view.signs.numbers


def link_list(view: View) -> Iterable[int]:
    return view.signs.links if view.is_news else ()
