"""Names by their capitals, in languages where those tell one: not in German, not in scripts without capitals.

Precision first. The first word of a sentence has a capital anyway, so it needs another sign; a single word must be seen
twice amid sentences; headlines and lists in title case are not read at all.
"""

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from pipeline.enrichment.name_words import (
    ARTICLES,
    CONNECTORS,
    DEMONYMS,
    LEADING_PLACE_WORDS,
    LOCATIVE,
    NAME_STARTS,
    OF,
    ORGANISATION_WORDS,
    PLACE_WORDS,
    REPORTING,
    TITLES,
)
from pipeline.enrichment.reading import Reading, places_of
from pipeline.enrichment.stopwords import CAPITAL_NOUNS, has_stop_words, is_stop_word
from pipeline.enrichment.word_forms import bare
from pipeline.records import Mention, MentionMethod, MentionType
from pipeline.times import is_calendar_word

MAX_WORDS = 5
MAX_CANDIDATES = 60
MIN_SINGLE = 2
"""Times a single word must stand amid sentences."""
TITLE_CASE = 0.55
"""Share of words with a capital from which on a sentence is set in title case, or a list of names."""
MIN_TITLE_CASE = 4
MAX_ACRONYM = 6
MAX_PREFIXED = 8
"""Letters of "Jong-un" and its like, whose second part is small."""
MOSTLY = 0.7
"""Share of words that also stand without a capital from which on a run is a phrase in capitals, and no name."""
MAX_PERSON = 4
"""Words of a person's name."""
MIN_LOCATIVE = 0.6
"""Share of a name's occurrences after "in" that makes it a place."""

PERSON = MentionType.PERSON

_POSSESSIVES = ("'s", "’s")
_OPENERS = frozenset('“"„«»:(')
Run = tuple[str, ...]


@dataclass(slots=True)
class _Seen:
    """What the sentences say of a candidate."""

    inside: int = 0
    initial: int = 0
    titled: int = 0
    spoke: int = 0
    located: int = 0
    forms: Counter[Run] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    """What the different words of a text are like: each is looked at once, however often it stands there."""

    small: set[str]
    """Written without a capital."""
    upper: set[str]
    """Beginning with a capital letter."""
    capital: set[str]
    """Written as names are."""
    parting: set[str]
    """Those where a stretch of words with capitals may part: days, months, letters, possessives."""

    @classmethod
    def of(cls, words: Collection[str]) -> "_Words":
        small = {word for word in words if word.islower()}
        upper = {word for word in words if word not in small and word[0].isupper()}
        return cls(
            small=small,
            upper={word for word in upper if word[0].isalpha()},
            capital={word for word in upper if "-" not in word or not _is_compound(word)},
            parting={
                word
                for word in upper
                if word.endswith((*_POSSESSIVES, "'S", "’S")) or len(word) == 1 or is_calendar_word(word.lower())
            },
        )


def capital_mentions(reading: Reading) -> list[Mention]:
    """The names in the text, with their counts and first offsets."""
    if reading.tag in CAPITAL_NOUNS or not has_stop_words(reading.tag):
        return []
    words = _Words.of(reading.counts)
    seen: dict[Run, _Seen] = {}
    for tokens in reading.tokens:
        if not _is_title_case(tokens, words):
            for run, start, is_titled in _runs(tokens, reading.tag, words):
                _note(seen.setdefault(run, _Seen()), tokens, run, start, is_titled, reading.tag)
    accepted = {run: facts for run, facts in seen.items() if _is_name(run, facts, words.small, seen)}
    return _mentions(reading, accepted, seen, words.small)


def _is_title_case(tokens: list[str], words: _Words) -> bool:
    capitals = sum(map(words.upper.__contains__, tokens))
    if capitals <= TITLE_CASE * MIN_TITLE_CASE:
        return False
    count = sum([token[0].isalpha() for token in tokens])
    return count >= MIN_TITLE_CASE and capitals > TITLE_CASE * count


def _runs(tokens: list[str], language: str, words: _Words) -> Iterator[tuple[Run, int, bool]]:
    """(words, place of the first, whether a title stood before) of each stretch of words with capitals."""
    end = 0
    for at in [at for at, token in enumerate(tokens) if token in words.capital]:
        if at < end:
            continue
        end = at + 1
        while end < len(tokens):
            step = 1
            while end + step - 1 < len(tokens) and tokens[end + step - 1] in CONNECTORS and step <= 2:
                step += 1
            if end + step - 1 < len(tokens) and tokens[end + step - 1] in words.capital:
                end += step
            else:
                break
        stretches = [(at, end)] if words.parting.isdisjoint(tokens[at:end]) else _split(tokens, at, end)
        for start, stop in stretches:
            if trimmed := _trimmed(tokens, start, stop, language, words.small):
                yield trimmed


def _is_compound(word: str) -> bool:
    """Whether a word with a capital is none that names are written with, such as "London-based"."""
    return word.rpartition("-")[2].islower() and len(word) > MAX_PREFIXED


def _split(tokens: list[str], at: int, end: int) -> Iterator[tuple[int, int]]:
    """A stretch without days and months, which part the names around them."""
    start = at
    for index in range(at, end):
        lower = tokens[index].lower()
        if tokens[index][0].isupper() and (is_calendar_word(lower) or (len(lower) == 1 and index == start)):
            if index > start:
                yield start, index
            start = index + 1
        elif lower.endswith(_POSSESSIVES):
            yield start, index + 1
            start = index + 1
    if start < end:
        yield start, end


def _trimmed(tokens: list[str], start: int, end: int, language: str, small: set[str]) -> tuple[Run, int, bool] | None:
    """Without titles, and without the word that has its capital from the sentence."""
    lower = [token.lower() for token in tokens[start:end]]
    is_titled = False
    if not TITLES.isdisjoint(lower):
        behind = end - next(place for place, word in enumerate(reversed(lower)) if word in TITLES)
        if behind < end:
            start = behind
            is_titled = tokens[start] not in OF
    while start < end and (
        tokens[start] in CONNECTORS
        or (_opens(tokens, start) and _needs_no_capital(tokens[start].lower(), language, small))
        or tokens[start].lower() in ARTICLES
    ):
        start += 1
    while end > start and (tokens[end - 1] in CONNECTORS):
        end -= 1
    if not 0 < end - start <= MAX_WORDS:
        return None
    return (*tokens[start : end - 1], bare(tokens[end - 1], language)), start, is_titled


def _needs_no_capital(lower: str, language: str, small: set[str]) -> bool:
    """Whether a word would be written small if the sentence did not begin with it."""
    return lower in small or (lower not in NAME_STARTS and is_stop_word(lower, language))


def _opens(tokens: list[str], at: int) -> bool:
    return at == 0 or tokens[at - 1] in _OPENERS


def _note(facts: _Seen, tokens: list[str], run: Run, start: int, is_titled: bool, language: str) -> None:
    facts.initial += _opens(tokens, start)
    facts.inside += not _opens(tokens, start)
    facts.titled += is_titled
    before = tokens[start - 1].lower() if start else ""
    after = tokens[start + len(run)].lower() if start + len(run) < len(tokens) else ""
    facts.spoke += before in REPORTING or after in REPORTING
    facts.located += before in LOCATIVE.get(language, ())


def _is_name(run: Run, facts: _Seen, small: set[str], seen: dict[Run, _Seen]) -> bool:
    lower = [word.lower() for word in run]
    if len(run) == 1:
        word = run[0]
        if (
            len(word) < 2
            or lower[0] in small
            or lower[0] in DEMONYMS
            or lower[0] in TITLES
            or lower[0] in ORGANISATION_WORDS
        ):
            return False
        if word.isupper() and len(word) > MAX_ACRONYM:
            return False
        return facts.titled > 0 or facts.inside >= MIN_SINGLE
    if all(word in small or word in DEMONYMS or word in TITLES or word in CONNECTORS for word in lower):
        return False
    if sum(word in small for word in lower) > MOSTLY * len(lower):
        return False
    if facts.inside or facts.titled or facts.spoke:
        return True
    alone = seen.get(run[-1:])
    return not run[-1].isupper() and lower[-1] not in small and (facts.initial > 1 or bool(alone and alone.inside))


def _mentions(reading: Reading, accepted: dict[Run, _Seen], seen: dict[Run, _Seen], small: set[str]) -> list[Mention]:
    """One mention for each name; a surname alone counts for the person whose full name ends in it."""
    types: dict[Run, MentionType] = {}
    for run, facts in accepted.items():
        alone = seen.get(run[-1:]) if len(run) > 1 else None
        types[run] = _type(run, facts, alone, is_common=run[-1].lower() in small, language=reading.tag)
    persons = {
        run[-1]: run
        for run in sorted(accepted, key=lambda run: (len(run), accepted[run].inside))
        if types[run] is PERSON
    }
    found: list[Mention] = []
    for run, _ in sorted(accepted.items(), key=lambda item: (-(item[1].inside + item[1].initial), item[0])):
        if len(found) == MAX_CANDIDATES or (len(run) == 1 and persons.get(run[0], run) != run):
            continue
        first, count = _occurrences(reading.body, run)
        if first is not None:
            alone = seen.get(run[-1:]) if len(run) > 1 and persons.get(run[-1]) == run else None
            count += alone.inside + alone.initial if alone else 0
            method = MentionMethod.CAPITALISATION
            found.append(Mention(name=" ".join(run), type=types[run], count=count, first=first, method=method))
    return found


def _occurrences(body: str, run: Run) -> tuple[int | None, int]:
    """Where a name first stands as it was read, word for word, and how often."""
    starts = places_of(body, " ".join(run))
    return (starts[0], len(starts)) if starts else (None, 0)


def _type(run: Run, facts: _Seen, alone: _Seen | None, *, is_common: bool, language: str) -> MentionType:
    lower = [word.lower() for word in run]
    if len(run) > 1 and _has_head(lower, ORGANISATION_WORDS, language):
        return MentionType.ORGANIZATION
    is_office = bool(OF.intersection(lower))
    is_place = lower[-1] in PLACE_WORDS - LEADING_PLACE_WORDS or lower[0] in LEADING_PLACE_WORDS
    if len(run) > 1 and is_place and not is_office:
        return MentionType.PLACE
    if (facts.titled or (alone is not None and alone.titled)) and not is_office and not is_common:
        return PERSON
    spoke, seen = facts.spoke + (alone.spoke if alone else 0), facts.inside + facts.initial
    is_plain = all(word in CONNECTORS or (word[1:].islower() and word.isalpha()) or _is_double(word) for word in run)
    if is_plain and not spoke and facts.located >= MIN_SINGLE and facts.located >= MIN_LOCATIVE * seen:
        return MentionType.PLACE
    is_shaped = is_plain and 1 < len(run) <= MAX_PERSON and not is_office and not is_common
    goes_by_surname = alone is not None and alone.inside >= MIN_SINGLE and not alone.located
    return PERSON if is_shaped and (spoke or goes_by_surname) else MentionType.UNKNOWN


def _is_double(word: str) -> bool:
    """Whether it is such as "Jean-Noël" or "Won-gon"."""
    parts = word.split("-")
    return len(parts) > 1 and all(part.isalpha() and part[1:].islower() for part in parts)


def _has_head(lower: list[str], words: frozenset[str], language: str) -> bool:
    """Whether the word that says what it is stands where heads of names stand: last, before "of", or first abroad."""
    before_of = any(word in words and after in OF for word, after in pairwise(lower))
    return lower[-1] in words or before_of or (language != "en" and lower[0] in words)
