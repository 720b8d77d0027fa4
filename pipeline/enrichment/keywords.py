"""What a text is about, in its own words: frequent phrases of content words that stand early and in the headline.

Statistical, one text at a time, so that no corpus ages with it. A phrase counts as often as it stands alone: what
belongs to a longer phrase is subtracted, as in C-value (Frantzi and others 2000). Scripts without spaces: `ngrams`.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from math import log2

from pipeline.enrichment.language import UNDETERMINED
from pipeline.enrichment.ngrams import UNSPACED, repeated_strings
from pipeline.enrichment.reading import Reading
from pipeline.enrichment.stopwords import CAPITAL_NOUNS, has_stop_words, is_small_talk, is_stop_word
from pipeline.enrichment.word_forms import MIN_ALIKE, are_forms_of_one, bare, stem
from pipeline.records import Keyword

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
    """A candidate: how often, in which sentence first, how often amid a sentence and there with a capital."""

    first: int
    count: int = 0
    inside: int = 0
    capital: int = 0


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
    counts = Counter(chain.from_iterable(reading.tokens))
    initial = Counter(tokens[0] for tokens in reading.tokens if tokens)
    stems = {token: _stem(token, reading.tag, count > initial[token]) for token, count in counts.items()}
    frequency = Counter[str]()
    for token, count in counts.items():
        frequency[stems[token]] += count
    headline = frozenset(
        stem(word.strip("\"'.,:;!?()“”„«»‘’").lower(), reading.tag) for word in reading.headline.split()
    )
    frequent = {token: key for token, key in stems.items() if key and (frequency[key] > 1 or key in headline)}
    phrases, forms = _phrases(reading.tokens, frequent)
    kept = {key: phrase for key, phrase in phrases.items() if phrase.count > 1 or headline.issuperset(key)}
    nested = _nested(kept)
    return {
        forms[key].most_common(1)[0][0]: _score(key, phrase, nested[key], reading.tag)
        * (IN_HEADLINE if headline.issuperset(key) else 1.0)
        for key, phrase in kept.items()
    }


@lru_cache(maxsize=65536)
def _stem(token: str, language: str, is_inside: bool) -> str:
    """What a word is counted as; "" for one that is about nothing. `is_inside`: it stands amid a sentence."""
    if len(token) < MIN_LETTERS and not (token.isupper() and len(token) > 1):
        return ""
    lower = bare(token.lower(), language)
    if not lower or lower[0].isdigit():
        return ""
    if len(lower) < MIN_UNKNOWN and not has_stop_words(language):
        return ""
    found = stem(lower, language)
    if is_inside and token[0].isupper() and len(lower) >= MIN_NAME:
        return "" if is_small_talk(lower, language) else found
    return "" if is_stop_word(lower, language) or is_stop_word(found, language) else found


def _phrases(
    sentences: tuple[list[str], ...], frequent: dict[str, str]
) -> tuple[dict[Key, _Phrase], dict[Key, Counter[str]]]:
    """All phrases of words that are said more than once, and the forms in which they stand."""
    phrases: dict[Key, _Phrase] = {}
    forms: dict[Key, Counter[str]] = {}
    for number, tokens in enumerate(sentences):
        for at, run in _runs(tokens, frequent):
            keys = [frequent[token] for token in run]
            for start in range(len(run)):
                is_inside, is_capital = at + start > 0, run[start][0].isupper()
                for end in range(start + 1, min(start + MAX_PHRASE, len(run)) + 1):
                    key = tuple(keys[start:end])
                    phrase = phrases.get(key)
                    if phrase is None:
                        phrase, forms[key] = _Phrase(number), Counter()
                        phrases[key] = phrase
                    phrase.count += 1
                    phrase.inside += is_inside
                    phrase.capital += is_inside and is_capital
                    forms[key][" ".join(run[start:end])] += 1
    return phrases, forms


def _runs(tokens: list[str], frequent: dict[str, str]) -> Iterator[tuple[int, list[str]]]:
    """The stretches of such words, with the place of each in its sentence."""
    start = -1
    for at, token in enumerate(tokens):
        if token in frequent:
            start = at if start < 0 else start
        elif start >= 0:
            yield start, tokens[start:at]
            start = -1
    if start >= 0:
        yield start, tokens[start:]


def _nested(phrases: dict[Key, _Phrase]) -> Counter[Key]:
    """How often each phrase stands as a part of a longer one."""
    nested = Counter[Key]()
    for key in sorted(phrases, key=lambda each: (-len(each), each)):
        own = phrases[key].count - nested[key]
        for length in range(1, len(key)):
            for start in range(len(key) - length + 1):
                nested[key[start : start + length]] += max(0, own)
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
