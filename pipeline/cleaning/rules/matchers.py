"""The predicates of the rule table: each says how many lines, from one on, are a piece of boilerplate.

They rest on the words by which boilerplate names itself (`phrases`), on form (a temperature, a date alone), and on
where a line stands; never on class names, which cost 6 points of F1 when they were tried.
"""

import re
from functools import lru_cache

from pipeline.cleaning.blocks import HEADING_TAGS, Line
from pipeline.cleaning.elements import NO_ELEMENT
from pipeline.cleaning.metadata.bylines import looks_like_person
from pipeline.cleaning.metadata.calendar_words import FILLERS, MONTHS, WEEKDAYS
from pipeline.cleaning.rules.engine import View
from pipeline.cleaning.rules.lookup import HOME_WORDS, phrases_at_start
from pipeline.cleaning.rules.notices import ends_with_credit, opens_in_large, states_copyright
from pipeline.cleaning.rules.phrases import CHANNELS, NETWORKS
from pipeline.cleaning.rules.signs import ALL_LINK, DIGIT, LONG, MEDIUM, SHORT
from pipeline.records import BlockKind
from pipeline.text import count_words, ends_sentence, fold

LINKED = 0.6
"""Share of linked characters from which a line is a link."""
MAX_LIST_LINES = 40
HEAD_LINES = 5
ENTRIES = frozenset((BlockKind.LIST_ITEM, BlockKind.TABLE))
"""Kinds of lines that stand in lists and tables of the story, where a short line is no label."""
TOP_LINES = 25
"""Where a flattened page without a known headline may still have its head."""
SURE_SPACES = 3
"""Spaces in a wording of comment forms that nobody uses elsewhere."""
MAX_SHARE_WORDS = 12
_BETWEEN_BUTTONS = re.compile(r"[|·•]")
_BUTTONS = frozenset(("share", "comments", "comment_form"))
_NO_BUTTONS = frozenset(("news", "ok", "google", "line", "url", "x", "truth", "social", "pocket", "threads", "e"))
"""Names of networks, or parts of them, that alone are other words as well."""
MAX_WEATHER_WORDS = 4
FOLLOW_WORDS = 10
"""Words of an invitation to follow among which the channel is named."""
_OWN = frozenset(
    ("us", "our", "me", "uns", "unser", "unserem", "unseren", "unserer", "nous", "nos", "ons", "onze", "oss", "vårt",
     "ci", "nostro", "нас", "наш", "nás", "nas")
)  # fmt: skip
"""Words by which the publisher of an invitation speaks of itself."""
BYLINE_EXTRA_WORDS = 6
"""Words besides the authors' names that a by-line may have: "By", "Reporting from", a place, a role."""

_TEMPERATURE = re.compile(r"[-\u2212+]?\d{1,3}(?:[.,]\d)?\s?(?:°\s?[CF]?|º\s?[CF]?|℃|℉|[CF])", re.IGNORECASE)
_DATE_DIGITS = re.compile(r"\d{1,4}(?:st|nd|rd|th|er|º|ª|日|号|年|月|일|월|년)*$")
_CJK_DATE = re.compile(
    r"(?:(?:19|20)\d\d\s?[年년]\s?)?\d{1,2}\s?[月월]\s?\d{1,2}\s?[日일号]"
    r"(?:\s?[(（]?\s?(?:星期|周|週)?[一二三四五六日月火水木金土天월화수목금토일](?:曜日|요일)?\s?[)）]?)?"
)
_CLOCK = re.compile(r"\d{1,2}[:.h]\d{2}(?::\d{2})?\s?(?:[ap]\.?m\.?)?", re.IGNORECASE)
MARKS = frozenset(":：|/»>›]】©(（-–—")
"""What follows the words by which a line names itself, before its content."""
_QUOTES = frozenset("«»“”„‘’'\"")
_STEP = re.compile(r"\s*[>›»/|·•→＞]\s*|(?<=[^\W\d_A-ZÀ-Þ])(?=[A-ZÀ-Þ])")
"""Between two steps of a breadcrumb: a mark, or a capital right after a small letter where the mark is gone."""
_NUMBERS = re.compile(r"[\W\d_]+")


def before_headline(view: View, index: int) -> bool:
    """Whether a line stands above the page's headline, or in the head of a page whose headline is unknown."""
    return index < head_end(view)


def head_end(view: View) -> int:
    """The page's headline, or the line at which the head of a page ends whose headline is unknown."""
    return view.headline_at if view.headline_at >= 0 else min(TOP_LINES, view.first or TOP_LINES)


def weather_widget(view: View, index: int) -> int:
    """A temperature alone, with the place beside it."""
    if not before_headline(view, index) or not _TEMPERATURE.fullmatch(view.lines[index].text):
        return 0
    following = _line(view, index + 1)
    is_place = (
        following is not None
        and before_headline(view, index + 1)
        and count_words(following.text) <= MAX_WEATHER_WORDS
        and following.link_share < LINKED
        and not any(character.isdigit() for character in following.text)
        and "home" not in view.hits[index + 1]
        and not is_date(following)
    )
    return 2 if is_place else 1


def is_date(line: Line) -> bool:
    """Whether the line is a date and nothing else: digits and names of days and months, in any language."""
    return len(line.text) <= SHORT + 20 and DIGIT.search(line.text) is not None and _states_date(line.text)


@lru_cache(maxsize=2048)
def _states_date(text: str) -> bool:
    if _CJK_DATE.fullmatch(text):
        return True
    words = re.findall(r"\w+", _CLOCK.sub(" ", text).casefold())
    named = sum(word in MONTHS or word in WEEKDAYS for word in words)
    if not named:
        return False
    numbers = sum(_DATE_DIGITS.match(word) is not None for word in words)
    filled = sum(word in FILLERS and word not in MONTHS for word in words)
    return numbers >= 1 and named + numbers + filled >= len(words)


def date_line(view: View, index: int) -> int:
    """The date of the visit, above the headline. A date below it is the story's, and none of this rule's business."""
    return int(before_headline(view, index) and is_date(view.lines[index]))


def glued_breadcrumb(view: View, index: int) -> int:
    """The way from the front page to the story, glued to the headline: "HomeU.S.US will ..."."""
    return int(glued_prefix(view, index) is not None)


def glued_prefix(view: View, index: int) -> str | None:
    """What stands between "Home" and the headline at a line's end; None when the line is no breadcrumb."""
    line = view.lines[index]
    if len(line.text) > LONG:
        return None
    folded = line.folded.replace(" ", "")
    for headline in view.headlines:
        if folded[-1:] != headline[-1:]:
            continue
        glued = headline.replace(" ", "")
        if len(glued) >= MIN_HEADLINE and folded.endswith(glued) and folded != glued:
            return _after_home(line.text, len(folded) - len(glued))
    return None


MIN_HEADLINE = 8
"""Letters of the shortest headline that is looked for at the end of a longer line."""


def _after_home(text: str, letters: int) -> str | None:
    """The first `letters` letters of the text without the word for the front page; None without that word."""
    count = 0
    prefix = text
    for at, character in enumerate(text):
        if count >= letters and (character.isalnum() or character in _QUOTES):
            prefix = text[:at]
            break
        count += character.isalnum()
    lowered = prefix.casefold()
    for home in HOME_WORDS:
        if lowered.startswith(home):
            return prefix[len(home) :].strip(" \t>›»/|·•→-–—:＞\u00a0")
    return None


def breadcrumb_section(view: View, index: int) -> str | None:
    """The section that a glued breadcrumb names: the last step before the headline."""
    prefix = glued_prefix(view, index)
    if not prefix:
        return None
    steps = [step.strip() for step in _STEP.split(prefix) if step.strip()]
    return steps[-1] if steps and len(steps[-1]) <= SHORT else None


def headline(view: View, index: int) -> int:
    """The headline where it stands as the page's headline: it has a field of its own."""
    return int(index == view.headline_at)


def repeated_headline(view: View, index: int) -> int:
    """The headline once more, at any place."""
    line = view.lines[index]
    if len(line.folded) < MIN_HEADLINE or line.folded not in view.headlines:
        return 0
    # guides name their chapters so too: there it is a repeat only near the top
    return int(view.is_news or index <= view.first + HEAD_LINES or not _amid_story(view, index))


def labelled_list(view: View, index: int, *kinds: str) -> int:
    """A line that is nothing but a label of one of these kinds, with the list of titles under it."""
    line = view.lines[index]
    if not any(line.folded == view.hits[index].get(kind) for kind in kinds):
        return 0
    if view.first <= index < view.last and line.at == NO_ELEMENT:
        return 1  # inside flattened text nothing tells a title from a short paragraph
    end = index + 1
    while end < len(view.lines) and end - index < MAX_LIST_LINES and _is_listed(view, end):
        end += 1
    return end - index


def _is_listed(view: View, index: int) -> bool:
    """Whether a line may be an entry of a list of titles: a link, a number, a date; in flattened text any title."""
    line = view.lines[index]
    if line.at == NO_ELEMENT:
        return len(line.text) <= MEDIUM + SHORT and not ends_sentence(line.text)
    if line.tag in HEADING_TAGS and not view.is_news and index < view.last:
        return False
    return line.link_share >= LINKED or _NUMBERS.fullmatch(line.text) is not None or is_date(line)


def most_popular(view: View, index: int) -> int:
    return labelled_list(view, index, "most_popular")


def related_list(view: View, index: int) -> int:
    return labelled_list(view, index, "related")


def read_more_link(view: View, index: int) -> int:
    """ "Read more: …": a short line that begins so and is a link or has a mark there; or the label with its links."""
    line = view.lines[index]
    phrase = view.hits[index].get("read_more")
    if phrase is None or len(line.text) > LONG:
        return 0
    if line.folded == phrase:
        return labelled_list(view, index, "read_more") if len(line.text) <= SHORT else 0
    return int(after_phrase(line.text, phrase)[:1] in MARKS or line.link_share >= LINKED / 2)


def after_phrase(text: str, phrase: str) -> str:
    """What follows a folded phrase with which the text begins."""
    letters = sum(character.isalnum() for character in phrase)
    for at, character in enumerate(text):
        if letters <= 0 and not character.isalnum():
            return text[at:].lstrip()
        letters -= character.isalnum()
    return ""


def comment_form(view: View, index: int) -> int:
    """What a comment form says; never inside the story, but for wordings that nothing else has."""
    phrase = view.hits[index].get("comment_form")
    if phrase is None or len(view.lines[index].text) > LONG:
        return 0
    return int(not _amid_story(view, index) or phrase.count(" ") >= SURE_SPACES)


def newsletter_box(view: View, index: int) -> int:
    """An invitation to a newsletter: a short line that begins as they do."""
    line = view.lines[index]
    phrase = view.hits[index].get("newsletter")
    if phrase is None or len(line.text) > LONG or line.kind in ENTRIES:
        return 0
    if line.kind is BlockKind.HEADING and len(line.text) <= 2 * SHORT:
        following = _line(view, index + 1)  # the promise under the box's heading
        promises = following is not None and len(following.text) <= MEDIUM and following.kind is not BlockKind.HEADING
        return 2 if promises and index + 1 in view.kept else 1
    whole = line.folded == phrase and len(line.text) <= SHORT
    return int(whole or " " in phrase)


def follow_us(view: View, index: int) -> int:
    line = view.lines[index]
    if line.link_share >= LINKED and view.hits[index].get("follow_button") == line.folded:
        return 1
    if len(line.text) > LONG:
        return 0
    return int("follow" in view.hits[index] or ("follow_verb" in view.hits[index] and _names_channel(line)))


def _names_channel(line: Line) -> bool:
    """Whether a channel is named, and a link, "us" or the form of a label tells it from news about the channel."""
    words = line.folded.split()[:FOLLOW_WORDS]
    is_label = line.kind is not BlockKind.HEADING and not ends_sentence(line.text)
    is_publishers = line.link_share >= LINKED / 2 or is_label or not _OWN.isdisjoint(words)
    return is_publishers and not CHANNELS.isdisjoint(words)


def share_bar(view: View, index: int) -> int:
    """Buttons that share, print or save: the words for it, or names of networks, and nothing else."""
    line = view.lines[index]
    if len(line.text) > MEDIUM:
        return 0
    words = line.folded.split()
    if not words or len(words) > MAX_SHARE_WORDS or _is_entry(view, index):
        return 0
    if view.hits[index].get("share") == line.folded or _are_buttons(line.text):
        return 1
    if "share" in view.hits[index]:
        words = words[len(view.hits[index]["share"].split()) :]
    if len(words) == 1 and words[0] in _NO_BUTTONS and "share" not in view.hits[index]:
        return 0
    return int(bool(words) and all(word in NETWORKS for word in words))


def _is_entry(view: View, index: int) -> bool:
    """Whether a line is an entry of the story's own lists and tables."""
    line = view.lines[index]
    return line.kind in ENTRIES and line.link_share < LINKED and _amid_story(view, index)


def _are_buttons(text: str) -> bool:
    """ "Print | Send to a friend | Discuss": several buttons in one line."""
    if _BETWEEN_BUTTONS.search(text) is None:
        return False
    pieces = [fold(piece) for piece in _BETWEEN_BUTTONS.split(text)]
    return all(not _BUTTONS.isdisjoint(phrases_at_start(piece)) for piece in pieces)


def cookie_notice(view: View, index: int) -> int:
    line = view.lines[index]
    return int("cookie" in view.hits[index] and len(line.text) <= 3 * LONG and not _amid_story(view, index))


def paywall_notice(view: View, index: int) -> int:
    line = view.lines[index]
    return int("paywall" in view.hits[index] and len(line.text) <= LONG)


def advertisement(view: View, index: int) -> int:
    return int(view.hits[index].get("advertisement") == view.lines[index].folded)


def photo_credit(view: View, index: int) -> int:
    """A short line that begins with "Photo:" or its like, or a caption on a page of a publisher."""
    line = view.lines[index]
    if "photo_credit" in view.hits[index] and len(line.text) <= MEDIUM and line.kind not in ENTRIES:
        after = after_phrase(line.text, view.hits[index]["photo_credit"])
        if after[:1] in MARKS:
            return 1
    if len(line.text) <= LONG and (opens_in_large(line) or (line.kind not in ENTRIES and ends_with_credit(line.text))):
        return 1
    return int(view.is_news and line.kind is BlockKind.CAPTION)


def by_line(view: View, index: int) -> int:
    """The names of the authors, with few words around them; or a person's name alone under the story."""
    line = view.lines[index]
    if _is_signature(view, index):
        return 1
    if len(line.text) > MEDIUM or not view.authors or (line.kind in ENTRIES and _amid_story(view, index)):
        return 0
    rest = f" {line.folded} "
    for author in view.authors:
        rest = rest.replace(f" {author} ", " ")
    extra = len(rest.split())
    if rest == f" {line.folded} " or extra > BYLINE_EXTRA_WORDS:
        return 0
    return int(extra == 0 or (line.tag not in HEADING_TAGS and not ends_sentence(line.text)))


def _is_signature(view: View, index: int) -> bool:
    line, before = view.lines[index], _line(view, index - 1)
    if view.authors or index not in view.kept or before is None or line.kind in ENTRIES or line.tag in HEADING_TAGS:
        return False
    if len(before.text) <= MEDIUM or not ends_sentence(before.text) or len(line.text) > SHORT:
        return False
    return looks_like_person(line.text) and _sentences_after(view, index, view.last) == 0


def copyright_notice(view: View, index: int) -> int:
    """A short line that states the copyright, at the end of the page."""
    line = view.lines[index]
    return int(len(line.text) <= LONG and states_copyright(line.text) and _sentences_after(view, index) == 0)


def _sentences_after(view: View, index: int, within: int = HEAD_LINES - 1) -> int:
    """Kept lines after this one, within a few, that are long sentences."""
    near = (view.lines[at] for at in range(index + 1, min(index + within, view.last) + 1) if at in view.kept)
    long = (line.text for line in near if len(line.text) > MEDIUM and ends_sentence(line.text))
    return sum(not states_copyright(text) for text in long)


def time_stamp(view: View, index: int) -> int:
    """ "Updated: 5 October, 10:45": a date alone, or with the word for it, at the top or the end of the story."""
    line = view.lines[index]
    if len(line.text) > MEDIUM or DIGIT.search(line.text) is None or line.kind in ENTRIES:
        return 0
    if is_date(line):
        return 1
    phrase = view.hits[index].get("updated")
    if phrase is None:
        return 0
    words = re.findall(r"\w+", _CLOCK.sub(" ", line.folded[len(phrase) :]))
    dated = sum(word.isdigit() or word in MONTHS or word in WEEKDAYS or word in FILLERS for word in words)
    return int(bool(words) and dated >= len(words) * 2 / 3)


def link_list(view: View, index: int) -> int:
    """A line that is all link, on a page of a publisher: their stories have none (+0.0043 there, −0.0007 elsewhere)."""
    line = view.lines[index]
    return int(
        view.is_news and line.link_share > ALL_LINK and len(line.text) > 2 and line.kind is not BlockKind.HEADING
    )


def _amid_story(view: View, index: int) -> bool:
    return view.first < index < view.last


def _line(view: View, index: int) -> Line | None:
    return view.lines[index] if 0 <= index < len(view.lines) else None
