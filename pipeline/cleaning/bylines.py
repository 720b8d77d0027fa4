"""Who wrote the page: names from structured lists, metas and visible by-lines, without what stands around them.

Sources in the order of their reliability on 815 gold pages: JSON-LD, meta, microdata, by-line class, "By …", links to
an author's page. The first that names a person wins; organisations only when no source names one.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from pipeline.cleaning.byline_words import (
    AFTER_NAME,
    AND,
    BY,
    NO_NAME,
    NOBODY,
    ORGANISATION,
    PARTICLES,
    ROLE_SUFFIXES,
    ROLES,
    WEAK_BY,
)
from pipeline.cleaning.strings import same_words, tidy, tokens
from pipeline.times import is_calendar_word

MAX_AUTHORS = 20
MAX_NAME_LENGTH = 80
MAX_NAME_WORDS = 6
MAX_BYLINE_LENGTH = 250

_WORDS = {word for words in BY.values() for word in words}
_STRONG = sorted(_WORDS - WEAK_BY, key=len, reverse=True)
_NOT_IN_NAMES = ROLES | NO_NAME

_COLON = r"\s*[:：/／]\s*"
_PREFIX_MARKED = re.compile(
    rf"^\W*(?:{'|'.join(map(re.escape, sorted(_WORDS, key=len, reverse=True)))})(?:{_COLON}|\s+|$)", re.IGNORECASE
)
_PREFIX_PLAIN = re.compile(
    rf"^\W*(?:(?:{'|'.join(map(re.escape, _STRONG))})(?:{_COLON}|\s+)"
    rf"|(?:{'|'.join(map(re.escape, sorted(WEAK_BY, key=len, reverse=True)))}){_COLON})",
    re.IGNORECASE,
)
_SPLIT = re.compile(
    rf"\s*[,;、،؛&+]\s*|\s+(?:{'|'.join(sorted(set(AND), key=len, reverse=True))})\s+|\s*/\s*", re.IGNORECASE
)
_SPLIT_DECLARED = re.compile(
    rf"\s*[,;、]\s*|\s+(?:&|{'|'.join(sorted(set(AND) - {'e', 'a', 'i', 'na', 'en'}, key=len, reverse=True))})\s+",
    re.IGNORECASE,
)
_END = re.compile(
    r"\d|[|•·»>【】\n]|\s[–—\-]\s|https?:|www\.|\S+@\S+|@\w|\(|\[|(?<=[a-z]{3})(?<!Prof)\.\s|…"
    rf"|\s(?:{'|'.join(AFTER_NAME)})\s",
    re.IGNORECASE,
)
_EMAIL = re.compile(r"\S+@\S+\.\S+|(?<!\w)@\w+|https?://\S+")
_HOST_NAME = re.compile(r"^(?:[\w\-]+\.)+[a-z]\w+$")
_GLUED_BY = re.compile(r"^(?:By|BY|Por|Von|Par)(?=[A-ZÀ-Þ][a-zà-ÿ])")
_GLUED_WORD = re.compile(r"(?<=[a-z])(?=[A-Z][a-z]{2,8}\.?$)")
_EDGES = " \t.,;:|/\\-–—·•*\"'“”„«»()[]{}<>【】〈〉《》「」=_~＝　"
_HAN_NAME = re.compile(r"^[\u3040-\u30ff\u3400-\u9fff々・＝]{2,8}(?:[ \u3000][\u3040-\u30ff\u3400-\u9fff々]{1,6})?$")
_HANGUL_NAME = re.compile(r"^[가-힣]{2,5}(?: [가-힣]{1,4})?$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A name that stands somewhere as the author's, and whether the page calls it an organisation."""

    name: str
    url: str | None = None
    is_organisation: bool = False


@cache
def _role_pattern() -> re.Pattern[str]:
    return re.compile(rf"(?:{'|'.join(map(re.escape, ROLE_SUFFIXES))})\s*$")


def starts_like_byline(text: str) -> bool:
    """Whether an unmarked line begins as by-lines do: "By …", "Von …", "Автор: …"."""
    return bool(_PREFIX_PLAIN.match(text[:60]))


def names_in_byline(text: str) -> list[str]:
    """The names in a visible by-line, without by-words, roles, dates, addresses and handles."""
    lines = [tidy(line) for line in text.split("\n")]
    text = " ".join(line for line in lines if line)[:MAX_BYLINE_LENGTH].strip(_EDGES)
    text = _GLUED_BY.sub("", text)
    while (match := _PREFIX_MARKED.match(text)) and match.end():
        text = text[match.end() :].strip(_EDGES)
    if end := _END.search(text):
        text = _without_calendar(text[: end.start()], cut=text[end.start()].isdigit())
    parts = [bare for part in _SPLIT.split(text) if (bare := _bare_name(part))]
    names = [part for place, part in enumerate(parts) if looks_like_name(part, alone=place == 0 and len(parts) == 1)]
    return names or [part for part in parts[:1] if _looks_like_newsroom(part)]


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
    text = _EMAIL.sub(" ", tidy(name, 400)).partition("(")[0].strip(_EDGES)
    text = _PREFIX_PLAIN.sub("", text) if len(text.split()) > 2 else text
    parts = [bare for part in _SPLIT_DECLARED.split(text) if (bare := _bare_name(part))]
    full = [part for part in parts if looks_like_name(part, alone=False)]
    several = split and len(full) > 1 and len(full) >= len(parts) - 1  # a single word beside two full names is a place
    parts = full if several else [_bare_name(text)]
    return [part for part in parts if 1 < len(part) <= MAX_NAME_LENGTH and not _is_nobody(part)]


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
    return word in ROLES or word.removesuffix("s") in ROLES or word == "staff"


def looks_like_name(text: str, *, alone: bool) -> bool:
    """Whether a piece of a by-line can be a name; a single word only when it is `alone` in its line."""
    if not text or len(text) > MAX_NAME_LENGTH or text.casefold() in NOBODY:
        return False
    if _HAN_NAME.match(text) or _HANGUL_NAME.match(text):
        return True
    words = text.split()
    if not (2 - alone <= len(words) <= MAX_NAME_WORDS) or any(c in text for c in "?!:;%$€=©®"):
        return False
    if any(word.strip(".,").casefold() in _NOT_IN_NAMES for word in words):
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
    if any(word in ORGANISATION for word in words):
        return True
    joined = "".join(words)
    return any(joined and joined == "".join(tokens(other)) for other in publisher_names)


def choose_authors(
    sources: Iterable[tuple[str, Callable[[], list[Named]]]], publisher_names: Iterable[str]
) -> tuple[str, list[Named]] | None:
    """The first source that names a person, else the first that names an organisation.

    Sources are called one after the other: the later ones cost a search of the page.
    """
    publisher_names = list(publisher_names)
    fallback: tuple[str, list[Named]] | None = None
    for source, read in sources:
        names = list(_distinct(read()))[:MAX_AUTHORS]
        if any(not (named.is_organisation or is_organisation(named.name, publisher_names)) for named in names):
            return source, [n for n in names if not _is_publisher(n, publisher_names)] or names
        if names and fallback is None:
            fallback = (source, names)
    return fallback


def _is_publisher(named: Named, publisher_names: list[str]) -> bool:
    return any(same_words(named.name, name) for name in publisher_names)


def _distinct(names: Iterable[Named]) -> Iterator[Named]:
    seen: set[tuple[str, ...]] = set()
    for named in names:
        key = tokens(named.name)
        if key and key not in seen:
            seen.add(key)
            yield named
