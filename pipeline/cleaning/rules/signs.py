"""The cheap signs of lines without which no rule takes them, looked for in all lines of a page at once.

Most lines show none, and to ask every rule about each of them took more than twice as long.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from ctypes import c_int, py_object
from functools import cached_property

from pipeline.cleaning.blocks import Line, visible_length
from pipeline.cleaning.rules.lookup import NO_HITS, may_begin_phrase, phrases_at_start
from pipeline.cleaning.rules.notices import ASCII_SIGNS, copyright_signs, may_open_in_large
from pipeline.cleaning.rules.phrases import NETWORKS
from pipeline.native.library import function, memo
from pipeline.records import BlockKind

SHORT, MEDIUM, LONG = 40, 120, 300
"""Characters: a label, a title, a short paragraph."""
DIGIT = re.compile(r"\d")
COUNTER_STARTS = tuple("0123456789([")
"""How a label may begin that has a number before it."""
ALL_LINK = 0.8
"""Share of linked characters above which a line is nothing but a link."""

_DIGIT, _COUNTER, _MARK, _FOREIGN, _CREDIT, _SHORT = (1 << number for number in range(6))
"""A digit of ASCII; a beginning as of counters; what stands between buttons; other than ASCII; an end as of credits; no
long paragraph."""
_glance: Callable[[list[str], list[int], int], bytes] = function("glance", py_object, py_object, py_object, c_int)
"""Which of these each text has, as bits; texts of more than so many characters are not looked at."""

_texts_with: Callable[[list[str], bytes, tuple[str, ...], bool], list[int]] = function(
    "texts_with", py_object, py_object, py_object, py_object, c_int
)
"""The numbers of the texts of ASCII that are no long paragraphs and hold one of the phrases, perhaps in any case."""
_PHRASE, _NETWORK, _IN_LARGE = 1, 2, 4
"""A first word with which phrases begin, one that is the name of a network, a last word of captions."""
_edge_words: Callable[[object, object, list[str]], bytes] = function(
    "edge_words", py_object, py_object, py_object, py_object
)
"""Which of these each folded text has, as bits."""
_FIRST = memo(lambda word: _PHRASE * may_begin_phrase(word) | _NETWORK * (word in NETWORKS))
_LAST = memo(lambda word: _IN_LARGE * may_open_in_large(word))


class Signs:
    """What the lines of a page show at a glance; each sign is looked for once, when a rule first asks for it."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self._lines = lines
        self._texts = [line.text for line in lines]
        folded = [line.folded for line in lines]
        self._edges = _edge_words(_FIRST, _LAST, folded)
        self.hits: Sequence[Mapping[str, str]] = [
            phrases_at_start(text) if edges & _PHRASE else NO_HITS
            for text, edges in zip(folded, self._edges, strict=True)
        ]
        """The phrases that each line begins with, by kind."""
        self.lengths = list(map(len, self._texts))
        self._shown = _glance(self._texts, self.lengths, LONG)

    @cached_property
    def visible_length(self) -> int:
        """Characters of the lines that are not hidden."""
        return visible_length(self._lines)

    @cached_property
    def _by_phrase(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for index, hits in enumerate(self.hits):
            for kind in hits:
                found.setdefault(kind, []).append(index)
        return found

    def with_phrase(self, *kinds: str) -> set[int]:
        """Lines that begin with a phrase of one of these kinds."""
        return {index for kind in kinds for index in self._by_phrase.get(kind, ())}

    @cached_property
    def numbers(self) -> list[int]:
        """Short lines with a digit."""
        return [
            index
            for index, shown in enumerate(self._shown)
            if shown & (_DIGIT | _FOREIGN)
            and self.lengths[index] <= MEDIUM
            and (shown & _DIGIT or DIGIT.search(self._texts[index]) is not None)
        ]

    @cached_property
    def counters(self) -> list[int]:
        """Labels that begin with a number or in brackets."""
        return [index for index, shown in enumerate(self._shown) if shown & _COUNTER and self.lengths[index] <= SHORT]

    @cached_property
    def titles(self) -> list[int]:
        """Headings of the first two ranks."""
        return [index for index, line in enumerate(self._lines) if line.tag in ("h1", "h2")]

    @cached_property
    def buttons(self) -> list[int]:
        """Short lines that begin with the name of a network, or hold a mark that stands between buttons."""
        return [
            index
            for index, (edges, shown) in enumerate(zip(self._edges, self._shown, strict=True))
            if (shown & _MARK or edges & _NETWORK) and self.lengths[index] <= MEDIUM
        ]

    @cached_property
    def rights(self) -> set[int]:
        """Lines that may state the copyright."""
        lowered = self._foreign.lower()
        return {
            *_texts_with(self._texts, self._shown, ASCII_SIGNS, True),
            *_lines_with(lowered, copyright_signs(lowered)),
        }

    def saying(self, *phrases: str) -> set[int]:
        """Lines that have one of these phrases of ASCII in them, in this spelling; long paragraphs are not asked."""
        return {*_texts_with(self._texts, self._shown, phrases, False), *_lines_with(self._foreign, phrases)}

    @cached_property
    def _foreign(self) -> str:
        """All lines that are not ASCII alone, but for long paragraphs; the others are empty."""
        asked = _SHORT | _FOREIGN
        return "\n".join(
            [text if shown & asked == asked else "" for text, shown in zip(self._texts, self._shown, strict=True)]
        )

    @cached_property
    def credits(self) -> list[int]:
        """Lines that may end with a credit, or as captions do whose picture opens in large."""
        return [
            index
            for index, (edges, shown) in enumerate(zip(self._edges, self._shown, strict=True))
            if shown & _CREDIT or (edges & _IN_LARGE and self.lengths[index] <= LONG)
        ]

    @cached_property
    def captions(self) -> list[int]:
        """Captions of pictures and tables."""
        return [index for index, line in enumerate(self._lines) if line.kind is BlockKind.CAPTION]

    @cached_property
    def links(self) -> list[int]:
        """Lines that are all link."""
        return [index for index, line in enumerate(self._lines) if line.link_share > ALL_LINK]


def _lines_with(joined: str, phrases: Iterable[str]) -> Iterator[int]:
    """The numbers of the lines with one of these phrases in a text of lines."""
    for phrase in phrases:
        line, end, at = 0, 0, joined.find(phrase)
        while at >= 0:
            line += joined.count("\n", end, at)
            yield line
            end = joined.find("\n", at)
            at = joined.find(phrase, end) if end >= 0 else -1
