"""Who wrote the page: names from structured lists, metas and visible by-lines, without what stands around them.

Sources in the order of their reliability on 815 gold pages: JSON-LD, meta, microdata, by-line class, "By …", links to
an author's page. The first that names a person wins; organisations only when no source names one.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from functools import cache

from pipeline.cleaning.metadata.byline_words import (
    AFTER_NAME,
    AND,
    BY,
    DEGREES,
    NO_NAME,
    NOBODY,
    ORGANISATION,
    PARTICLES,
    ROLE_SUFFIXES,
    ROLES,
    TITLES,
    WEAK_BY,
)
from pipeline.cleaning.metadata.strings import same_words, tidy, tokens
from pipeline.text import on_demand
from pipeline.times import is_calendar_word, parse_time

MAX_AUTHORS = 20
MAX_NAME_LENGTH = 80
MAX_NAME_WORDS = 6
MAX_BYLINE_LENGTH = 250
MIN_PUBLISHER = 3
"""Letters from which the beginning of a name tells whose it is."""

_WORDS = {word for words in BY.values() for word in words}
_STRONG = sorted(_WORDS - WEAK_BY, key=len, reverse=True)
_BY_LABELS = frozenset(_STRONG)
_NOT_IN_NAMES = ROLES | DEGREES | NO_NAME

_COLON = r"\s*[:：/／]\s*"
_PREFIX_MARKED = re.compile(
    rf"^\W*(?:{'|'.join(map(re.escape, sorted(_WORDS, key=len, reverse=True)))})(?:{_COLON}|\s+|$)", re.IGNORECASE
)
_PREFIX_PLAIN = re.compile(
    rf"^\W*(?:(?:{'|'.join(map(re.escape, _STRONG))})(?:{_COLON}|\s+)"
    rf"|(?:{'|'.join(map(re.escape, sorted(WEAK_BY, key=len, reverse=True)))}){_COLON})",
    re.IGNORECASE,
)
_BY_PHRASE = re.compile(rf"\s(?:{'|'.join(re.escape(words) for words in _STRONG if ' ' in words)})\s", re.IGNORECASE)
_SPLIT = re.compile(
    rf"\s*[,;、،؛&+]\s*|\s+(?:{'|'.join(sorted(set(AND), key=len, reverse=True))})\s+|\s*/\s*", re.IGNORECASE
)
_SPLIT_DECLARED = re.compile(
    rf"\s*[,;、]\s*|\s+(?:[&/]|{'|'.join(sorted(set(AND) - {'e', 'a', 'i', 'na', 'en'}, key=len, reverse=True))})\s+",
    re.IGNORECASE,
)
_END = re.compile(
    r"\d|[|•·»>【】\n]|\s[–—\-]\s|https?:|www\.|\S+@\S+|@\w|\((?!\w+\)\s+[^\W\d_a-z])|\["
    rf"|(?<=[a-z]{{3}})(?<!Prof)\.\s|…|\s(?:{'|'.join(AFTER_NAME)})\s",
    re.IGNORECASE,
)
_ASIDE = re.compile(r"\((?!\w+\)\s+[^\W\d_a-z])")
"""What begins in brackets behind a name; a maiden or call name within it does not: "Nora (Moss) Reed"."""
_EMAIL = re.compile(r"\S+@\S+\.\S+|(?<!\w)@\w+|https?://\S+")
_DIGIT = re.compile(r"\d")
_LAST_PART = re.compile(r"(?:,|\s[–—\-])\s*([^,–—]+?)$")
_HOST_NAME = re.compile(r"^(?:[\w\-]+\.)+[a-z]\w+$")
_HOST_WORD = re.compile(r"(?<!\S)[a-z][a-z\d\-]{2,}\.[a-z]{2,}(?![^\s,;])")
_GLUED_BY = re.compile(r"^(?:By|BY|Por|Von|Par)(?=[A-ZÀ-Þ][a-zà-ÿ])")
_GLUED_WORD = re.compile(r"(?<=[a-z])(?=[A-Z][a-z]{2,8}\.?$)")
_EDGES = " \t.,;:|/\\-–—·•*\"'“”„«»()[]{}<>【】〈〉《》「」=_~＝　"
_HAN_NAME = on_demand(r"^[\u3040-\u30ff\u3400-\u9fff々・＝]{2,8}(?:[ \u3000][\u3040-\u30ff\u3400-\u9fff々]{1,6})?$")
_HANGUL_NAME = on_demand(r"^[가-힣]{2,5}(?: [가-힣]{1,4})?$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A name that stands somewhere as the author's, and whether the page calls it an organisation."""

    name: str
    url: str | None = None
    is_organisation: bool = False


class Rank(IntEnum):
    """How well a name tells who wrote the page: an account or a first name is `BARE`."""

    NOBODY = 0
    ORGANISATION = 1
    BARE = 2
    PERSON = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A place that may name the authors, asked only where nobody better than `at_most` is known."""

    name: str
    read: Callable[[], list[Named]]
    at_most: Rank = Rank.BARE


@cache
def _role_pattern() -> re.Pattern[str]:
    return re.compile(rf"(?:{'|'.join(map(re.escape, ROLE_SUFFIXES))})\s*$")


def starts_like_byline(text: str) -> bool:
    """Whether an unmarked line begins as by-lines do: "By …", "Von …", "Автор: …"."""
    return bool(_PREFIX_PLAIN.match(text[:60]))


def after_by_phrase(text: str) -> list[str]:
    """What follows words such as "written by" amid a sentence: "This story was written by Nora Reed"."""
    found = _BY_PHRASE.search(text)
    return [text[found.end() :]] if found else []


def is_by_label(text: str) -> bool:
    """Whether a text is nothing but the words before a name: "Written by", "Author:", "Autorin/Autor"."""
    words = re.split(r"\s*[/|&]\s*", tidy(text, 60).casefold().strip(_EDGES))
    return bool(words) and all(word in _BY_LABELS for word in words)


def opening_names(text: str) -> list[str]:
    """The names in an unmarked line that begins with them as by-lines do, and not as prose: "By the end Nora Reed"."""
    names = names_in_byline(text) if starts_like_byline(text) else []
    rest = _GLUED_BY.sub("", text)
    while starts_like_byline(rest):
        rest = _PREFIX_PLAIN.sub("", rest).strip(_EDGES)
    return names if names and rest.startswith(names[0]) else []


def names_in_byline(text: str) -> list[str]:
    """The names in a visible by-line, without by-words, roles, dates, addresses and handles."""
    lines = [tidy(line) for line in text.split("\n")]
    text = " ".join(line for line in lines if line)[:MAX_BYLINE_LENGTH].strip(_EDGES)
    text = _GLUED_BY.sub("", text)
    while (match := _PREFIX_MARKED.match(text)) and match.end():
        text = text[match.end() :].strip(_EDGES)
    if end := _END.search(text):
        text = _without_calendar(text[: end.start()], cut=text[end.start()].isdigit())
    parts = [bare for part in _without_affiliations(_SPLIT.split(text)) if (bare := _bare_name(part))]
    names = [part for place, part in enumerate(parts) if looks_like_name(part, alone=place == 0 and len(parts) == 1)]
    return names or [part for part in parts[:1] if _looks_like_newsroom(part)]


def _without_affiliations(parts: list[str]) -> list[str]:
    """The parts of a by-line without the organisations behind a role: "Nora Reed, Director, Reed Institute"."""
    first = next((place for place, part in enumerate(parts) if place and _has_role(part)), len(parts))
    return parts[:first] + [part for part in parts[first:] if looks_like_person(part)]


def _has_role(part: str) -> bool:
    return any(_is_role(word.strip(".,").casefold()) for word in part.split())


def _without_calendar(text: str, *, cut: bool) -> str:
    """The text without the words at its end that belonged to a date after it: "Nora Reed le", "Nora Reed Mar"."""
    words = text.split()
    if cut and words and (glued := _GLUED_WORD.search(words[-1])) and is_calendar_word(words[-1][glued.start() :]):
        words[-1] = words[-1][: glued.start()]
    while words and (is_calendar_word(words[-1]) or words[-1].islower()) and (cut or len(words) == 1):
        words.pop()
    return " ".join(words)


def _looks_like_newsroom(text: str) -> bool:
    words = text.split()
    return 0 < len(words) <= MAX_NAME_WORDS and text[0].isupper() and any(t in ORGANISATION for t in tokens(text))


def clean_declared(name: str, *, split: bool) -> list[str]:
    """The names in one declared author string; `split` when the page had just this one string for all of them.

    It is split only where every part can be a full name: "Jane Doe, MD" and "Center for Drugs and Research" are one.
    """
    text = _EMAIL.sub(" ", tidy(name, 400))
    text = _without_date(_ASIDE.split(text)[0]).strip(_EDGES)
    text = _PREFIX_PLAIN.sub("", text) if len(text.split()) > 2 else text
    text = _without_job(text)
    parts = [bare for part in _SPLIT_DECLARED.split(text) if (bare := _bare_name(part))]
    full = [part for part in parts if looks_like_name(part, alone=False)]
    several = split and len(full) > 1 and len(full) >= len(parts) - 1  # a single word beside two full names is a place
    parts = full if several else [_bare_name(text)]
    return [part for part in parts if ":" not in part and 1 < len(part) <= MAX_NAME_LENGTH and not _is_nobody(part)]


def _without_date(text: str) -> str:
    digit = _DIGIT.search(text)
    return _without_calendar(text[: digit.start()], cut=True) if digit and parse_time(text, "en") else text


def _without_job(text: str) -> str:
    """The text without the job behind its last comma or dash; a degree there belongs to the name."""
    while found := _LAST_PART.search(text):
        words = [word.strip(".,").casefold() for word in found[1].split()]
        if not all(_is_role(word) for word in words) or any(word in DEGREES for word in words):
            break
        text = text[: found.start()].strip(_EDGES)
    return text


def _is_nobody(name: str) -> bool:
    return name.casefold() in NOBODY or name.isdigit() or bool(_HOST_NAME.match(name))


def _bare_name(part: str) -> str:
    """The part without roles before or after the name; "" when nothing but roles is left."""
    part = _role_pattern().sub("", part.strip(_EDGES)).strip(_EDGES)
    part = re.split(r"\s[|•·–—]\s", part)[0].strip(_EDGES)
    words = part.split()
    if words and all(_is_role(word.strip(".,").casefold()) for word in words):
        return ""
    return part


def _is_role(word: str) -> bool:
    return word in ROLES or word in DEGREES or word.removesuffix("s") in ROLES or word == "staff"


def looks_like_name(text: str, *, alone: bool) -> bool:
    """Whether a piece of a by-line can be a name; a single word only when it is `alone` in its line."""
    if not text or len(text) > MAX_NAME_LENGTH or text.casefold() in NOBODY:
        return False
    if not text.isascii() and (_HAN_NAME().match(text) or _HANGUL_NAME().match(text)):
        return True
    words = text.split()
    if not (2 - alone <= len(words) <= MAX_NAME_WORDS) or any(c in text for c in "?!:;%$€=©®"):
        return False
    titled = len(words) > 2 and words[0].strip(".").casefold() in TITLES
    if any(word.strip(".,").casefold() in _NOT_IN_NAMES for word in words[titled:]):
        return False
    small = [word for word in words if word[0].islower()]
    return all(word.casefold() in PARTICLES or "'" in word or "’" in word for word in small) and len(small) < len(words)


def looks_like_person(text: str) -> bool:
    """Whether an unmarked line can be nothing but a person's name: two to four words that all begin as names do."""
    words = text.split()
    if not 2 <= len(words) <= 4 or not looks_like_name(text, alone=False):
        return False
    letters = all(word.strip(".").replace("-", "").replace("'", "").replace("’", "").isalpha() for word in words)
    return (
        letters
        and words[0][0].isupper()
        and words[-1][0].isupper()
        and not any(t in ORGANISATION for t in tokens(text))
    )


def is_organisation(name: str, publisher_names: Iterable[str]) -> bool:
    """Whether a name is that of a newsroom, an agency or the publisher rather than a person's."""
    words = tokens(name)
    return (
        any(word in ORGANISATION for word in words)
        or _HOST_WORD.search(name) is not None
        or any(_begins_alike(words, tokens(other)) for other in publisher_names)
    )


def _begins_alike(words: tuple[str, ...], publisher: tuple[str, ...]) -> bool:
    """Whether one name is the other, or the beginning of it: "The Ledger" and "The Ledger Online"."""
    if "".join(words) == "".join(publisher):
        return bool(words)
    shorter, longer = sorted((words, publisher), key=len)
    return len("".join(shorter)) >= MIN_PUBLISHER and longer[: len(shorter)] == shorter


def choose_authors(sources: Iterable[Source], publisher_names: Iterable[str]) -> tuple[str, list[Named]] | None:
    """The first source that names a person in full, else the first with an account or a first name, else any.

    Sources are called one after the other, and only where needed: the later ones cost a search of the page.
    """
    publisher_names = list(publisher_names)
    best, found = Rank.NOBODY, None
    for source in sources:
        names = list(distinct(source.read()))[:MAX_AUTHORS] if best <= source.at_most else []
        rank = max((_rank(named, publisher_names) for named in names), default=Rank.NOBODY)
        if rank > best:
            best, found = rank, (source.name, names)
    if found is None or best is Rank.ORGANISATION:
        return found
    return found[0], [named for named in found[1] if not _is_publisher(named, publisher_names)] or found[1]


def _rank(named: Named, publisher_names: list[str]) -> Rank:
    if named.is_organisation or is_organisation(named.name, publisher_names):
        return Rank.ORGANISATION
    return Rank.BARE if _is_bare(named.name) else Rank.PERSON


def _is_bare(name: str) -> bool:
    """Whether a name is a single word in letters with case: a first name or the name of an account."""
    return len(name.split()) == 1 and name.lower() != name.upper()


def _is_publisher(named: Named, publisher_names: list[str]) -> bool:
    return any(same_words(named.name, name) for name in publisher_names)


def distinct(names: Iterable[Named]) -> Iterator[Named]:
    """Each wording of a name once, in order."""
    seen: set[tuple[str, ...]] = set()
    for named in names:
        key = tokens(named.name)
        if key and key not in seen:
            seen.add(key)
            yield named
