"""How hard a text is to read: for each language the formula that was published for it, by name, and none elsewhere."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from pipeline.records import Readability
from pipeline.text import beyond_ascii, without_signs


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


MIN_WORDS = 60
"""Formulas are means over samples of a hundred words; a few sentences give any number."""
MAX_CHARACTERS = 4000
"""Of the prose: a longer sample moves the mean by less than the formulas differ among themselves."""
LONG_WORD = 7
"""Letters from which LIX counts a word as long."""

_WORD = re.compile(r"[^\W\d_]+(?:['’\-][^\W\d_]+)*")
_OUTLINE = bytes(39 if code in b"'-" else 120 if code > 127 or chr(code).isalpha() else 32 for code in range(256))
"""Letters as x, what joins them as an apostrophe, all else as a space."""
_VOWELS = frozenset("aeiouyàáâãäåæèéêëìíîïòóôõöøùúûüýÿ")
_VOWEL_TABLE = bytes(118 if chr(code) in _VOWELS else 32 for code in range(256))
"""Each character of Latin-1 as a v or a space: groups are counted so in a tenth of a regular expression's time."""
_SINGLE = re.compile(r"[аеёиоуыэюяіїє]")
_ROMANCE = re.compile(r"[aeoáéíóúàâêôãõ]|(?<![aeoáéíóúàâêôãõ])[iuüy]++(?![aeoáéíóúàâêôãõ])")
_SILENT_ENGLISH = re.compile(r"[aeiouy]([bcdfghklmnpqrstvwxz]+)(e[ds]?)\b")
_SOUNDED_AFTER = {"e": frozenset("l"), "ed": frozenset("dt"), "es": frozenset("cgsxz")}
"""The consonants after which these endings are syllables."""
_SILENT_FRENCH = re.compile(r"[aeiouyàâéèêëîïôûùü][^\W\daeiouyàâéèêëîïôûùü]+(?:e|es|ent)\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """What the formulas are made of: counts over one text."""

    words: int
    sentences: int
    letters: int
    long_words: int
    syllables: int

    @property
    def length(self) -> float:
        """Words per sentence."""
        return self.words / self.sentences

    @property
    def weight(self) -> float:
        """Syllables per word."""
        return self.syllables / self.words


@dataclass(frozen=True, slots=True, kw_only=True)
class Formula:
    """A published formula, and how its language's syllables are counted."""

    name: str
    value: Callable[[Sample], float]
    by_length: bool = False
    """Whether the length of each word counts."""
    syllables: Callable[[str], int] = lambda text: 0


def _english(text: str) -> int:
    endings = _SILENT_ENGLISH.findall(text)
    return _groups(text) - sum([_SOUNDED_AFTER[ending].isdisjoint(before) for before, ending in endings])


def _french(text: str) -> int:
    return _groups(text) - len(_SILENT_FRENCH.findall(text))


def _groups(text: str) -> int:
    """Groups of vowels."""
    latin = text.replace("œ", "o").encode("latin-1", "replace")
    return (b" " + latin.translate(_VOWEL_TABLE)).count(b" v")


def _romance(text: str) -> int:
    return len(_ROMANCE.findall(text))


def _singles(text: str) -> int:
    return len(_SINGLE.findall(text))


_LIX = Formula(name="LIX (Björnsson 1968)", value=lambda s: s.length + 100 * s.long_words / s.words, by_length=True)

FORMULAS: dict[str, Formula] = {
    "en": Formula(
        name="Flesch reading ease (1948)",
        value=lambda s: 206.835 - 1.015 * s.length - 84.6 * s.weight,
        syllables=_english,
    ),
    "de": Formula(name="Flesch-Amstad (1978)", value=lambda s: 180 - s.length - 58.5 * s.weight, syllables=_groups),
    "es": Formula(
        name="Fernández Huerta (1959)",
        value=lambda s: 206.84 - 1.02 * s.length - 60 * s.weight,
        syllables=_romance,
    ),
    "fr": Formula(
        name="Kandel-Moles (1958)", value=lambda s: 207 - 1.015 * s.length - 73.6 * s.weight, syllables=_french
    ),
    "it": Formula(
        name="Gulpease (1988)", value=lambda s: 89 + (300 * s.sentences - 10 * s.letters) / s.words, by_length=True
    ),
    "nl": Formula(
        name="Flesch-Douma (1960)", value=lambda s: 206.84 - 0.93 * s.length - 77 * s.weight, syllables=_groups
    ),
    "pt": Formula(
        name="Flesch-Martins (1996)",
        value=lambda s: 248.835 - 1.015 * s.length - 84.6 * s.weight,
        syllables=_romance,
    ),
    "ru": Formula(
        name="Flesch-Oborneva (2006)",
        value=lambda s: 206.835 - 1.3 * s.length - 60.1 * s.weight,
        syllables=_singles,
    ),
    **dict.fromkeys(
        _words(
    """
    sv da nb nn is fo fi et lv lt pl cs sk sl hr bs hu ro ca gl eu sq tr az id ms af lb fy
    """
), _LIX
    ),
}  # fmt: skip
"""LIX is Swedish, and was made to need nothing that a language has of its own; it stands for other Latin scripts with
words between spaces, not for Vietnamese, whose syllables are written apart."""


def readability(prose: str, sentences: int, language: str) -> Readability | None:
    """The formula of the language and its value; None where there is none, or too little text."""
    formula = FORMULAS.get(language)
    if formula is None or not sentences:
        return None
    text = prose[:MAX_CHARACTERS]
    lengths = [*map(len, _WORD.findall(text))] if formula.by_length else []
    words = len(lengths) if formula.by_length else _count_words(text)
    if words < MIN_WORDS:
        return None
    lower = text.lower()
    sample = Sample(
        words=words,
        sentences=max(1, round(sentences * len(text) / len(prose))),
        letters=sum(lengths),
        long_words=sum([length >= LONG_WORD for length in lengths]),
        syllables=max(words, formula.syllables(lower)),
    )
    return Readability(formula=formula.name, value=round(formula.value(sample), 1))


def _count_words(text: str) -> int:
    """How many words there are: of a text that is mostly ASCII by its outline, in a fifth of the time."""
    text = text.replace("’", "'")
    plain = without_signs(text, beyond_ascii(text), _WORD)
    if plain is None:
        return len(_WORD.findall(text))
    outline = b" " + plain.encode("utf-8", "replace").translate(_OUTLINE)
    joined = outline.replace(b"x'", b"xy").count(b"yx")
    return outline.count(b" x") + outline.count(b"'x") - joined
