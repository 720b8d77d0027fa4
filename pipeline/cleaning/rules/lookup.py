"""Finds the phrases by which boilerplate names itself at the beginning of a line."""

import re
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from pipeline.cleaning.rules.closing_phrases import CLOSING_PHRASES
from pipeline.cleaning.rules.notice_phrases import NOTICE_PHRASES
from pipeline.cleaning.rules.phrases import PHRASES, PICTURE_WORDS
from pipeline.text import fold, split_phrases

_ALL_PHRASES = PHRASES | CLOSING_PHRASES | NOTICE_PHRASES
_UNSPACED = (("\u0e00", "\u0eff"), ("\u1780", "\u17ff"), ("\u3040", "\u30ff"), ("\u3400", "\u9fff"))
"""First and last characters of scripts that set no space between words; those of Europe stand before."""


_Index = dict[str, list[tuple[str, str]]]


def _indices() -> tuple[_Index, _Index]:
    """The phrases that end where a word does, by their first word; those that end anywhere, by their first letter."""
    by_word: _Index = {}
    by_letter: _Index = {}
    for name, text in _ALL_PHRASES.items():
        for phrase in dict.fromkeys(map(fold, split_phrases(text))):
            if phrase and phrase[-1] >= _UNSPACED[0][0] and any(a <= phrase[-1] <= z for a, z in _UNSPACED):
                by_letter.setdefault(phrase[0], []).append((phrase, name))
            elif phrase:
                by_word.setdefault(phrase.partition(" ")[0], []).append((phrase, name))
    return by_word, by_letter


_BY_WORD, _BY_LETTER = _indices()
NO_HITS: Mapping[str, str] = MappingProxyType({})


def may_begin_phrase(word: str) -> bool:
    """Whether a folded line with this first word may begin with a phrase."""
    return word in _BY_WORD or word[:1] in _BY_LETTER


MAX_LABEL = 60
"""Characters of the longest line whose phrases are remembered: a menu's and a button's words stand on many pages."""


def phrases_at_start(folded: str) -> Mapping[str, str]:
    """By kind, the longest phrase that a folded line begins with.

    A phrase ends where a word ends, but in scripts that put no spaces between words.
    """
    return _of_label(folded) if len(folded) <= MAX_LABEL else _phrases(folded)


def _phrases(folded: str) -> Mapping[str, str]:
    of_word, of_letter = _BY_WORD.get(folded.partition(" ")[0]), _BY_LETTER.get(folded[:1])
    if of_word is None and of_letter is None:
        return NO_HITS
    found = [pair for pair in of_word or () if folded.startswith(pair[0]) and folded[len(pair[0]) :][:1] in ("", " ")]
    found += [pair for pair in of_letter or () if folded.startswith(pair[0])]
    return MappingProxyType({name: phrase for phrase, name in sorted(found, key=lambda pair: len(pair[0]))})


_of_label = lru_cache(maxsize=8192)(_phrases)


MIN_TELLING = 5
"""Letters of the shortest word of a phrase that tells boilerplate wherever it stands."""


def _telling_words() -> frozenset[str]:
    texts = (text for name, text in _ALL_PHRASES.items() if name != "home")
    return frozenset(word for text in texts for word in fold(text).split() if len(word) >= MIN_TELLING)


_TELLING_WORDS = _telling_words()


def phrase_words(folded: str) -> float:
    """The share of a folded line's words that stand in phrases by which boilerplate names itself."""
    words = folded.split()
    return sum(map(_TELLING_WORDS.__contains__, words)) / len(words) if words else 0.0


MAX_CREDIT, CREDIT_END = 400, 60
"""Characters of the longest caption, and of its end where the picture's credit stands."""
_WORD = re.compile(r"\w+")


def picture_words(text: str) -> int:
    """How many of the words at a line's end are such as stand in the credit of a picture."""
    if len(text) > MAX_CREDIT:
        return 0
    end = text[-CREDIT_END:].lower()
    return ("©" in end) + sum(map(PICTURE_WORDS.__contains__, _WORD.findall(end)))


def _home_words() -> tuple[str, ...]:
    words = {phrase.casefold() for phrase in split_phrases(PHRASES["home"])}
    return tuple(sorted(words, key=lambda word: (-len(word), word)))


HOME_WORDS = _home_words()
"""The words for the front page, the longest first."""
