"""Invented articles from word lists, and edited copies of them whose true similarity is known."""

import random
from collections.abc import Sequence

from pipeline.enrichment.near_duplicates import WORDS_PER_SHINGLE
from pipeline.text import fold

_ONSETS = [
    "b",
    "bl",
    "br",
    "c",
    "ch",
    "d",
    "dr",
    "f",
    "fl",
    "g",
    "gr",
    "h",
    "j",
    "k",
    "l",
    "m",
    "n",
    "p",
    "r",
    "s",
    "st",
]
_VOWELS = ["a", "e", "i", "o", "u", "ai", "ea", "ou"]
_CODAS = ["", "", "n", "r", "st", "l", "nd", "ck", "m", "t"]


def vocabulary(size: int = 6000, seed: int = 1) -> list[str]:
    """So many invented words, short ones first, as in a language."""
    chance = random.Random(seed)
    words: dict[str, None] = {}
    while len(words) < size:
        syllables = 1 + min(3, len(words) * 4 // size)
        parts = (chance.choice(_ONSETS) + chance.choice(_VOWELS) + chance.choice(_CODAS) for _ in range(syllables))
        words["".join(parts)] = None
    return list(words)


class Writer:
    """Writes stories with a generator of its own: the same seed gives the same stories."""

    def __init__(self, seed: int, words: Sequence[str] | None = None) -> None:
        self.chance = random.Random(seed)
        self.words = words or vocabulary()
        self._weights = [1 / (rank + 8) for rank in range(len(self.words))]
        self._drawn: list[str] = []

    def word(self) -> str:
        """A word, the frequent ones more often, as Zipf found."""
        if not self._drawn:
            self._drawn = self.chance.choices(self.words, self._weights, k=4096)
        return self._drawn.pop()

    def sentence(self, words: int) -> str:
        """A sentence of so many words."""
        return " ".join(self.word() for _ in range(words)).capitalize() + "."

    def paragraph(self) -> list[str]:
        """Two or three sentences."""
        return [self.sentence(self.chance.randint(9, 26)) for _ in range(self.chance.randint(2, 3))]

    def story(self, paragraphs: int | None = None) -> list[list[str]]:
        """Paragraphs of sentences: by default of 250 to 900 words."""
        return [self.paragraph() for _ in range(paragraphs or self.chance.randint(6, 20))]

    # ---- edits

    def replaced(self, story: list[list[str]], share: float) -> list[list[str]]:
        """With another word for this share of the words."""
        return [
            [
                " ".join(self.word() if self.chance.random() < share else word for word in sentence.split())
                for sentence in paragraph
            ]
            for paragraph in story
        ]

    def shortened(self, story: list[list[str]], share: float) -> list[list[str]]:
        """Without this share of its paragraphs."""
        kept = max(1, round(len(story) * (1 - share)))
        places = sorted(self.chance.sample(range(len(story)), kept))
        return [story[place] for place in places]

    def led_anew(self, story: list[list[str]], paragraphs: int) -> list[list[str]]:
        """With another lead of so many paragraphs."""
        return [self.paragraph() for _ in range(paragraphs)] + story[paragraphs:]

    def boxed(self, story: list[list[str]], paragraphs: int) -> list[list[str]]:
        """With so many paragraphs of the site's own words among it."""
        place = self.chance.randint(0, len(story))
        return story[:place] + [self.paragraph() for _ in range(paragraphs)] + story[place:]

    def edited(self, story: list[list[str]]) -> list[list[str]]:
        """As an editor of another site might leave it: hardly touched, or hardly known again."""
        edits = (
            lambda it: self.replaced(it, self.chance.choice((0.005, 0.01, 0.03, 0.06, 0.12))),
            lambda it: self.shortened(it, self.chance.choice((0.1, 0.2, 0.3, 0.5))),
            lambda it: self.led_anew(it, self.chance.choice((1, 1, 2, 4))),
            lambda it: self.boxed(it, self.chance.choice((1, 2, 4))),
        )
        for edit in self.chance.sample(edits, self.chance.randint(1, 3)):
            story = edit(story)
        return story


def text_of(story: list[list[str]]) -> str:
    """An article's body."""
    return "\n\n".join(" ".join(paragraph) for paragraph in story)


def true_similarity(one: str, other: str) -> float:
    """Jaccard index of the runs of words of two texts, counted and not estimated."""
    first, second = (_runs(fold(text).split()) for text in (one, other))
    return len(first & second) / len(first | second)


def _runs(words: list[str]) -> set[tuple[str, ...]]:
    return {tuple(words[start : start + WORDS_PER_SHINGLE]) for start in range(len(words) - WORDS_PER_SHINGLE + 1)}
