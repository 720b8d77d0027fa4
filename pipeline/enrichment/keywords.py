"""What a text is about, in its own words: frequent phrases of content words that stand early and in the headline.

Statistical, one text at a time, so that no corpus ages with it. A phrase counts as often as it stands alone: what
belongs to a longer phrase is subtracted, as in C-value (Frantzi and others 2000). Scripts without spaces: `ngrams`.
"""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, pairwise
from math import log2

from pipeline.enrichment.language import UNDETERMINED
from pipeline.enrichment.ngrams import UNSPACED, repeated_strings
from pipeline.enrichment.reading import Reading
from pipeline.enrichment.stopwords import CAPITAL_NOUNS, has_stop_words, is_small_talk, silent_words
from pipeline.enrichment.word_forms import MIN_ALIKE, are_forms_of_one, bare, stem
from pipeline.records import Keyword
from pipeline.times import is_calendar_word

MAX_KEYWORDS = 10
MAX_PHRASE = 4
"""Words; "Fairmont Jasper Park Lodge" has as many."""
MIN_LETTERS = 3
MIN_UNKNOWN = 6
"""Letters of a word in a language without a list of stop words, whose short words are mostly such."""
CANDIDATES = 40
"""Of the best, among which variants of one word are looked for."""
MIN_SCORE = 0.15
"""Of the best one's: what is less says as much of the next story."""
MAX_LENGTH = 80
MIN_NAME = 6
"""Letters from which on a word with a capital amid a sentence counts though it is in an encyclopedia's list of stop
words: "Deutsche", "Army"."""

TERM_POWER = 0.7
"""Of the count: a word that is said ten times says more than one said twice, but not five times as much."""
NESTED = 0.8
"""Part of a longer phrase's count that its parts lose."""
IN_HEADLINE = 2.0
NAME = 1.4
"""Factor of what is written with a capital amid sentences, in languages where that tells a name."""
SINGLE = 0.7
"""Factor of a word that stands alone and is no name: "bank" says less than "central bank"."""
WEAK = 0.5
"""Factor of an adverb, of a word that only begins sentences, and in German of what is no noun."""
EARLY = 8.0
"""Sentences over which half of the weight of a first occurrence falls by half."""

Key = tuple[str, ...]


@dataclass(slots=True)
class _Phrase:
    """A candidate: in which sentence first, how often, how often amid a sentence and there with a capital."""

    first: int
    count: int = 0
    inside: int = 0
    capital: int = 0
    form: str = ""
    """The most frequent one, of equals the first."""


@lru_cache(maxsize=1)
def keywords(reading: Reading) -> tuple[Keyword, ...]:
    """At most ten, the best first; the same text gives the same."""
    if reading.tag == UNDETERMINED:
        return ()
    scored = repeated_strings(reading) if reading.tag in UNSPACED else _spaced(reading)
    best = sorted(scored.items(), key=lambda item: (-item[1], item[0]))[:CANDIDATES]
    chosen = _without_variants(best, reading.tag)
    top = chosen[0][1] if chosen else 1.0
    return tuple(
        Keyword(text=text[:MAX_LENGTH], score=round(score / top, 3))
        for text, score in chosen
        if score >= MIN_SCORE * top
    )


def _spaced(reading: Reading) -> dict[str, float]:
    """Score by phrase, in its most frequent form."""
    counts, inside = reading.counts, dict(reading.counts)
    for tokens in reading.tokens:
        if tokens:
            inside[tokens[0]] -= 1
    stems = _stems(inside, reading.tag)
    frequency: dict[str, int] = defaultdict(int)
    for token, count in counts.items():
        frequency[stems[token]] += count
    headline = frozenset(
        stem(word.strip("\"'.,:;!?()“”„«»‘’").lower(), reading.tag) for word in reading.headline.split()
    )
    frequent = {token: key for token, key in stems.items() if key and (frequency[key] > 1 or key in headline)}
    row = _Row.of(reading.tokens, frequent)
    phrases = dict(_words(row, frequent, counts, inside)) | _phrases(row, headline)
    nested = _nested(phrases)
    return {
        phrase.form: _score(key, phrase, nested.get(key, 0), reading.tag)
        * (IN_HEADLINE if headline.issuperset(key) else 1.0)
        for key, phrase in phrases.items()
    }


def _stems(inside: dict[str, int], language: str) -> dict[str, str]:
    """What each word is counted as; "" for one that is about nothing. `inside`: how often it stands amid a sentence."""
    silent = silent_words(language)
    knows_stop_words = has_stop_words(language)
    has_particles = language == "ko"
    stems: dict[str, str] = {}
    for token, count in inside.items():
        stems[token] = ""
        is_bare = token.isalpha() and not has_particles  # nothing is written onto it
        if is_bare and token in silent:
            continue
        if len(token) < MIN_LETTERS and not (token.isupper() and len(token) > 1):
            continue
        lower = token.lower() if is_bare else bare(token.lower(), language)
        if not lower or lower[0].isdigit() or (len(lower) < MIN_UNKNOWN and not knows_stop_words):
            continue
        found = stem(lower, language) if lower[-1] == "s" else lower
        if count > 0 and len(lower) >= MIN_NAME and token[0].isupper():
            is_silent = is_small_talk(lower, language)
        else:
            is_silent = lower in silent or found in silent
            is_silent = is_silent or (not lower.isascii() and (is_calendar_word(lower) or is_calendar_word(found)))
        if not is_silent:
            stems[token] = found
    return stems


@dataclass(frozen=True, slots=True)
class _Row:
    """The words of all sentences in a row, "" behind each sentence, and what they are counted as, "" for the others.

    Counting is done over the whole row at once: a loop over all phrases of all sentences took twice as long.
    """

    tokens: list[str]
    keys: list[str]
    starts: list[int]
    """Of the sentences."""

    @classmethod
    def of(cls, sentences: tuple[list[str], ...], frequent: dict[str, str]) -> "_Row":
        tokens: list[str] = []
        for sentence in sentences:
            tokens += sentence
            tokens.append("")
        starts = [0, *accumulate(len(sentence) + 1 for sentence in sentences)]
        return cls(tokens=tokens, keys=[frequent.get(token, "") for token in tokens], starts=starts)

    def sentence(self, at: int) -> int:
        """The number of the sentence that a word is in."""
        return bisect_right(self.starts, at) - 1


def _words(
    row: _Row, frequent: dict[str, str], counts: dict[str, int], inside: dict[str, int]
) -> Iterator[tuple[Key, _Phrase]]:
    """The words that are said more than once or in the headline."""
    places = range(len(row.keys) - 1, -1, -1)
    first = dict(zip(reversed(row.keys), places, strict=True))
    forms: dict[str, list[str]] = defaultdict(list)
    for token, key in frequent.items():
        forms[key].append(token)
    for key, tokens in forms.items():
        form = tokens[0] if len(tokens) == 1 else max(tokens, key=counts.__getitem__)
        phrase = _Phrase(row.sentence(first[key]), form=form)
        for token in tokens:
            phrase.count += counts[token]
            phrase.inside += inside[token]
            phrase.capital += inside[token] if token[0].isupper() else 0
        yield (key,), phrase


def _phrases(row: _Row, headline: frozenset[str]) -> dict[Key, _Phrase]:
    """The phrases of several such words that are said more than once or in the headline: so is all that is in them."""
    pairs = {at: (one, other) for at, (one, other) in enumerate(pairwise(row.keys)) if one and other}
    counts = Counter(pairs.values())
    joints = {at: pair for at, pair in pairs.items() if counts[pair] > 1 or headline.issuperset(pair)}
    phrases: dict[Key, _Phrase] = {}
    forms: dict[Key, list[str]] = defaultdict(list)
    for at in joints:
        number = row.sentence(at)
        is_inside = row.starts[number] < at
        is_capital = is_inside and row.tokens[at][0].isupper()
        for end in range(at + 2, at + MAX_PHRASE + 1):
            if end - 2 not in joints:
                break
            key = tuple(row.keys[at:end])
            phrase = phrases.get(key)
            if phrase is None:
                phrase = phrases[key] = _Phrase(number)
            phrase.count += 1
            phrase.inside += is_inside
            phrase.capital += is_capital
            forms[key].append(" ".join(row.tokens[at:end]))
    kept = {key: phrase for key, phrase in phrases.items() if phrase.count > 1 or headline.issuperset(key)}
    for key, phrase in kept.items():
        phrase.form = Counter(forms[key]).most_common(1)[0][0]
    return kept


def _nested(phrases: dict[Key, _Phrase]) -> dict[Key, int]:
    """How often each phrase stands as a part of a longer one."""
    nested: dict[Key, int] = defaultdict(int)
    for key in sorted((key for key in phrases if len(key) > 1), key=lambda each: (-len(each), each)):
        own = max(0, phrases[key].count - nested[key])
        for length in range(1, len(key)):
            for start in range(len(key) - length + 1):
                nested[key[start : start + length]] += own
    return nested


def _score(key: Key, phrase: _Phrase, nested: int, language: str) -> float:
    own = phrase.count - NESTED * min(nested, phrase.count)
    score: float = own**TERM_POWER * log2(1 + len(key)) * (0.5 + 0.5 / (1 + phrase.first / EARLY))
    capital = phrase.capital > 0.7 * phrase.inside > 0
    if capital and language not in CAPITAL_NOUNS:
        return score * NAME
    if len(key) > 1:
        return score
    is_weak = (language == "en" and key[0].endswith("ly")) or (language in CAPITAL_NOUNS and not capital)
    is_weak = is_weak or not phrase.inside
    return score * SINGLE * (WEAK if is_weak else 1.0)


def _without_variants(best: list[tuple[str, float]], language: str) -> list[tuple[str, float]]:
    """Without what another, better one says too: a part of it, or another form of the same words."""
    chosen: list[tuple[str, float]] = []
    seen: list[tuple[frozenset[str], list[str]]] = []
    for text, score in best:
        words = text.lower().split(" ")
        begins = frozenset(word[:MIN_ALIKE] for word in words)
        if not any(_says_the_same(words, other) for some, other in seen if begins <= some or some <= begins):
            chosen.append((bare(text, language), score))
            seen.append((begins, words))
            if len(chosen) == MAX_KEYWORDS:
                break
    return chosen


def _says_the_same(words: list[str], other: list[str]) -> bool:
    short, long = (words, other) if len(words) <= len(other) else (other, words)
    return all(any(are_forms_of_one(word, each) for each in long) for word in short)
