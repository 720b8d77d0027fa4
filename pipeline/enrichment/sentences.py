"""Where sentences begin and end, in any script that marks their ends; Thai and Lao do not, and give none.

Wrong splits come from full stops that end no sentence: initials, titles, German ordinals.
"""

import re
from collections.abc import Iterable, Iterator


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


Span = tuple[int, int]

MAX_ABBREVIATION = 6
"""Letters of the longest abbreviation in the list."""

UNMARKED = frozenset({"th", "lo"})
"""Languages that write no sentence's end."""

_STOPS, _WIDE_STOPS = ".!?…؟۔։።", "。！？｡।॥။។"
_END = re.compile(
    rf"[{_STOPS}{_WIDE_STOPS}](?:(?<=[{_STOPS}])(?<![{_STOPS}][{_STOPS}])[{_STOPS}]*"
    r"[\"'»”’“‘›)\]]*(?:[ \u00a0\u202f]»)?(?=\s)"
    rf"|(?<=[{_WIDE_STOPS}])[{_WIDE_STOPS}]*[」』）”’\"]*)"
)
"""All alternatives begin with one set of characters: the search for that takes a quarter of the time. A run of
full stops is tried from its first one only: 40,000 of them took 35 s."""
_INITIAL = re.compile(r"(?:^|[\s(\[\"'“„«.\-])([^\W\d_]{1,6}|\d{1,3})$")
_ABBREVIATIONS = _words(
    """
    mr mrs ms dr prof st sr jr gen col sgt lt capt cpl maj adm gov sen rep rev hon pres supt insp messrs mt ft
    vs inc ltd co corp bros dept est approx jan feb apr jun jul aug sept sep oct nov dec mon tue thu fri fig vol
    pp ed al e.g i.e u.s u.k hr fr nr bzw ca evtl ggf inkl usw vgl z.b d.h u.a o.ä str dipl ing jh mio mrd tel
    bsp dgl sog mme mlle m. av env chap sra srta dra da sres lic ud uds ee.uu pág núm sig.ra sig dott avv geom
    prof.ssa bv dhr mevr drs mw ir bijv o.a i.v.m t.a.v kr ca. bl.a f.eks dvs osv m.fl tzn np tzw ul im r rr pt
    tzv atd např mj tj č resp ul. г гг ул им др пр см тыс млн млрд руб проф акад рис стр п пп напр т.е т.д
    """
)
_ORDINALS = _words("de da nb nn no fi et cs sk sl hr bs sr pl hu lv lt is tr fo lb mk")
"""Languages that write "3." for "third"."""


def sentence_spans(text: str, start: int, end: int, language: str) -> Iterator[Span]:
    """(start, end) of the sentences of a paragraph. What follows the last full stop is one too."""
    at = _skip_space(text, start, end)
    for mark in _END.finditer(text, start, end):
        before, stop = mark.span()
        after = _skip_space(text, stop, end)
        if stop < end and not _ends_here(text, before, stop, after, language):
            continue
        if stop > at:
            yield at, stop
        at = after
    if at < end and (last := len(text[at:end].rstrip())):
        yield at, at + last


def _skip_space(text: str, at: int, end: int) -> int:
    while at < end and text[at].isspace():
        at += 1
    return at


def _ends_here(text: str, start: int, stop: int, after: int, language: str) -> bool:
    """Whether a sentence can end at this mark: a lower-case letter after it says no, and so does an abbreviation."""
    following = text[after : after + 2].lstrip("\"'«“„‘(¿¡—–-")[:1]
    if following.islower():
        return False
    if text[start] != "." or stop - start > 1:
        return True
    low = max(0, start - MAX_ABBREVIATION - 1)
    if start - low > MAX_ABBREVIATION and text[low:start].isalpha():
        return True  # a longer word
    before = _INITIAL.search(text, low, start)
    if before is None:
        return True
    word = before[1]
    if word.isdigit():
        return not (language in _ORDINALS and not following.isdigit())
    if len(word) == 1:  # an initial, but "I" and "vitamin B." at an end are rarer than "J. Smith"
        return not word.isupper() and word.casefold() not in _ABBREVIATIONS
    return word.casefold() not in _ABBREVIATIONS


def all_spans(text: str, paragraphs: Iterable[Span], language: str) -> list[Span]:
    """The sentences of all paragraphs; none in a language that marks no ends."""
    if language in UNMARKED:
        return []
    return [span for start, end in paragraphs for span in sentence_spans(text, start, end, language)]
