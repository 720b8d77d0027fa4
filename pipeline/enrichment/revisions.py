"""What a reader would call the article, whether two fetches of it say the same, and what an update changed.

Compared are normal forms: without lines that are only a time stamp or a counter, with white space and the variants
of quotes, dashes and dots made one.
"""

import json
import re
import unicodedata
import zlib
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, fields, replace
from hashlib import blake2b
from itertools import combinations

import orjson

from pipeline.enrichment.revision_words import CORRECTION, DURATIONS, STAMP_WORDS
from pipeline.identity import ID_BYTES
from pipeline.records import Author, Difference, Edit, EditedSentence, Permission, Rights
from pipeline.text import beyond_ascii, collapse, excerpt, fold
from pipeline.times import is_calendar_word

MAX_COMPARED = 65_536
"""So many characters of a body are kept for the next revision: some 30 kB compressed; 2 kB for a median article."""

LEVEL = 1
"""Of the compression: 0.13 ms less than the usual 6 for a median article, and a tenth longer."""

MAX_PAIRED = 200
"""So many added and removed sentences are paired to find those that were only altered: bounds a quadratic search."""

ALTERED = 0.5
"""Dice similarity of the words of two sentences from which one is an altered form of the other."""

MAX_EDITS = 6
MAX_SENTENCE, MAX_HEADLINE, MAX_NOTE = 160, 300, 300
"""What a record tells of the edits; a decision is small."""

MAX_STAMP = 120
"""Characters of a line that may be only a time stamp or a counter."""

USES = ("text_mining", "ai_training")
RIGHTS = "rights"

NOTE_CHARACTERS = 2000
"""A note on a correction opens a sentence so near to the beginning or the end of the text."""

_VARIANTS = {
    **dict.fromkeys("‘’‚‛′ʼ`´", "'"),
    **dict.fromkeys("“”„‟″«»‹›「」『』", '"'),
    **dict.fromkeys("‐‑‒–—―−", "-"),
}
_SPACED_MARKS = tuple((f" {mark}", mark) for mark in "!?:;,.")
"""French sets a space before these, and inside quotes. Replaced one by one: five times as fast as by a pattern."""
_AS_STOPS = bytes.maketrans(b"!?:;,", b".....")
"""Marks as full stops, so that one look tells whether a space stands before any."""
_STOPS, _WIDE_STOPS = ".!?…।॥؟۔։።", "。！？｡"
_BOUNDARY = re.compile(
    rf"[{_STOPS}{_WIDE_STOPS}\n](?:(?<=[{_STOPS}])[\"'»”’›)\]]*(?=\s)|(?<=[{_WIDE_STOPS}])[」』”’）)]*|(?<=\n))\s*"
)
"""All alternatives begin with one set of characters: the search for that takes a quarter of the time."""
_CLOCK_LINE = re.compile(r"[\s(\[|·•]*\d{1,2}[:h]\d\d(?::\d\d)?(?: ?[ap]\.?m\.?)?[\s)\]|·•]*", re.IGNORECASE)
_DIGIT = re.compile(r"\d")
_NUMBER = re.compile(r"\d+(?:st|nd|rd|th|k|m|h|am|pm)?|t\d+|[ap]|am|pm|h|z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """The parts of an article that a reader would miss. `date_published` is the day: publishers renew its hour."""

    headline: str
    description: str
    article_body: str
    authors: tuple[str, ...]
    date_published: str
    canonical_url: str
    reserved: tuple[str, ...] = ()
    """Uses of the text that page or site reserve: who has a copy must hear of a new reservation, or of its end."""


def content_of(
    *,
    headline: str | None,
    description: str | None,
    article_body: str | None,
    authors: Iterable[Author],
    date_published: str | None,
    canonical_url: str | None,
    rights: Rights | None = None,
) -> Content:
    """The content of an article, or of the record that was made of it."""
    return Content(
        headline=collapse(headline or ""),
        description=collapse(description or ""),
        article_body=article_body or "",
        authors=tuple(collapse(author.name) for author in authors),
        date_published=(date_published or "")[: len("2026-01-31")],
        canonical_url=canonical_url or "",
        reserved=reserved_uses(rights),
    )


def reserved_uses(rights: Rights | None) -> tuple[str, ...]:
    """The uses of the text that page or site reserve."""
    return tuple(use for use in USES if rights and getattr(rights, use) is Permission.RESERVED)


def unknown_uses(rights: Rights | None) -> frozenset[str]:
    """The uses of which this fetch could not tell whether they are reserved."""
    return frozenset(use for use in USES if rights is None or getattr(rights, use) in (None, Permission.UNKNOWN))


def with_reservations(content: Content, unknown: frozenset[str], before: Content | None, known: str) -> Content:
    """The content with those reservations of before that this fetch could not look for.

    Else a page that is read from a file, or while its site's files cannot be had, would end them. Where the content
    before is no longer kept, its fingerprint `known` tells what was reserved, as long as the rest is the same.
    """
    if before is not None:
        return _reserving(content, unknown.intersection(before.reserved))
    guesses = (_reserving(content, frozenset(uses)) for size in (1, 2) for uses in combinations(sorted(unknown), size))
    return next((guess for guess in guesses if fingerprint(guess) == known), content)


def _reserving(content: Content, uses: Collection[str]) -> Content:
    kept = {*content.reserved, *uses}
    return replace(content, reserved=tuple(use for use in USES if use in kept))


def fingerprint(content: Content) -> str:
    """Hash of what the content says: equal for two fetches that differ in nothing that a reader would notice."""
    normal = _normal(content)
    parts = [value for name, value in normal.items() if name != RIGHTS or value]  # as it was before there were any
    return blake2b(json.dumps(parts).encode(), digest_size=ID_BYTES).hexdigest()


def pack(content: Content) -> bytes:
    """The content as the store keeps it for the next revision, the body up to `MAX_COMPARED` characters."""
    kept = replace(content, article_body=content.article_body[:MAX_COMPARED])
    return zlib.compress(_as_json([getattr(kept, field.name) for field in fields(kept)]), LEVEL)


def _as_json(parts: list[object]) -> bytes:
    try:
        return orjson.dumps(parts)
    except TypeError:  # of lone surrogates, which stand in no message
        return json.dumps(parts, ensure_ascii=False).encode("utf-8", "surrogatepass")


def unpack(packed: bytes) -> Content:
    """The content that was packed."""
    headline, description, body, authors, date, url, *reserved = json.loads(
        zlib.decompress(packed).decode("utf-8", "surrogatepass")
    )
    return Content(
        headline=headline,
        description=description,
        article_body=body,
        authors=tuple(authors),
        date_published=date,
        canonical_url=url,
        reserved=tuple(reserved[0]) if reserved else (),  # packed without it by earlier versions
    )


def difference(before: Content, after: Content) -> Difference:
    """What changed between two contents of a page."""
    old, new = _normal(before), _normal(after)
    headlines: tuple[str | None, str | None] = (None, None)
    if old["headline"] != new["headline"]:
        headlines = (excerpt(before.headline, MAX_HEADLINE) or None, excerpt(after.headline, MAX_HEADLINE) or None)
    edits = _edits(_sentences_of(before), _sentences_of(after))
    counts = Counter(edit.edit for edit in edits)
    return Difference(
        fields=tuple(name for name in new if old[name] != new[name]),
        headline_before=headlines[0],
        headline_after=headlines[1],
        sentences_added=counts[Edit.ADDED],
        sentences_removed=counts[Edit.REMOVED],
        sentences_altered=counts[Edit.ALTERED],
        share=_share(edits, before, after),
        sentences=tuple(_short(edit) for edit in edits[:MAX_EDITS]),
    )


def correction_note(text: str) -> str | None:
    """The sentence near the text's beginning or end by which the publisher says that it was corrected."""
    ends = (text[:NOTE_CHARACTERS], text[max(NOTE_CHARACTERS, len(text) - NOTE_CHARACTERS) :])
    for sentence in (sentence for end in ends for sentence in sentences(end)):
        if CORRECTION.match(sentence):
            return excerpt(collapse(sentence), MAX_NOTE)
    return None


def sentences(text: str) -> list[str]:
    """The sentences of a text, in any script. Abbreviations divide some, the same ones in every revision."""
    found, start = [], 0
    for boundary in _BOUNDARY.finditer(text):
        found.append(text[start : boundary.end()].strip())
        start = boundary.end()
    found.append(text[start:].strip())
    return [sentence for sentence in found if sentence]


# ---- normal forms


def _normal(content: Content) -> dict[str, str | list[str]]:
    return {
        "headline": _plain(content.headline),
        "description": _plain(content.description),
        "article_body": _plain(" ".join(_lines(content.article_body))),
        "authors": [_plain(author) for author in content.authors],
        "date_published": content.date_published,
        "canonical_url": content.canonical_url,
        RIGHTS: [*content.reserved],
    }


def _lines(body: str) -> list[str]:
    return [line for line in body.split("\n") if line and (len(line) > MAX_STAMP or not is_stamp(line))]


def _plain(text: str) -> str:
    if not text.isascii():
        text = _with_one_variant(text)
        normal = unicodedata.normalize("NFKC", text)
        text = text if normal == text else _with_one_variant(normal)
    text = collapse(text)
    text = text.replace(' "', '"')
    if b" ." in text.encode("utf-8", "replace").translate(_AS_STOPS):
        for spaced, mark in _SPACED_MARKS:
            text = text.replace(spaced, mark)
    return text.replace('" ', '"')


def _with_one_variant(text: str) -> str:
    """One by one, as `str.translate` looks at each character: 20 times as long for a body."""
    for variant in _VARIANTS.keys() & set(beyond_ascii(text)) | {"`"}:
        text = text.replace(variant, _VARIANTS[variant])
    return text


def is_stamp(line: str) -> bool:
    """Whether a line is only a time stamp ("Updated 14:05", "3 hours ago") or a counter ("17 comments")."""
    if len(line) > MAX_STAMP or not _DIGIT.search(line):
        return False
    if _CLOCK_LINE.fullmatch(line):
        return True
    is_duration = True  # "4 years" in a list is content, "4 years ago" above a story is not
    for word in fold(line).split():
        if not _NUMBER.fullmatch(word):
            if not (word in STAMP_WORDS or is_calendar_word(word)):
                return False
            is_duration = is_duration and word in DURATIONS
    return not is_duration


# ---- edits


@dataclass(frozen=True, slots=True, kw_only=True)
class _Edit:
    edit: Edit
    before: str = ""
    after: str = ""


def _sentences_of(content: Content) -> list[str]:
    return [sentence for sentence in sentences(content.article_body[:MAX_COMPARED]) if not is_stamp(sentence)]


def _edits(old: Sequence[str], new: Sequence[str]) -> list[_Edit]:
    """What became of the sentences: altered, then added, then removed ones, each in the order of the text."""
    old_keys, new_keys = [*map(_plain, old)], [*map(_plain, new)]
    removed, added = _missing(old, old_keys, new_keys), _missing(new, new_keys, old_keys)
    altered = []
    if len(removed) <= MAX_PAIRED and len(added) <= MAX_PAIRED:
        altered = _paired(removed, added)
    gone, come = {old for old, _ in altered}, {new for _, new in altered}
    return [
        *(_Edit(edit=Edit.ALTERED, before=removed[old], after=added[new]) for old, new in altered),
        *(_Edit(edit=Edit.ADDED, after=text) for number, text in enumerate(added) if number not in come),
        *(_Edit(edit=Edit.REMOVED, before=text) for number, text in enumerate(removed) if number not in gone),
    ]


def _missing(these: Sequence[str], keys: Sequence[str], those: Sequence[str]) -> list[str]:
    """The sentences of these whose keys those have not, or not so often."""
    left = Counter(those)
    missing = []
    for sentence, key in zip(these, keys, strict=True):
        if left[key]:
            left[key] -= 1
        else:
            missing.append(sentence)
    return missing


def _paired(removed: Sequence[str], added: Sequence[str]) -> list[tuple[int, int]]:
    """Which removed sentence each added one is an altered form of: the most similar that is left."""
    words = [frozenset(_units(sentence)) for sentence in removed]
    left = set(range(len(removed)))
    pairs = []
    for number, sentence in enumerate(added):
        own = frozenset(_units(sentence))
        score, neg = max(((_dice(own, words[old]), -old) for old in left), default=(0.0, 0))
        if score >= ALTERED:
            pairs.append((-neg, number))
            left.discard(-neg)
    return pairs


def _units(sentence: str) -> Iterable[str]:
    """Words; pairs of characters where a text has no spaces."""
    folded = fold(sentence)
    words = folded.split()
    return words if len(folded) < 12 * len(words) else (folded[start : start + 2] for start in range(len(folded) - 1))


def _dice(one: frozenset[str], other: frozenset[str]) -> float:
    return 2 * len(one & other) / (len(one) + len(other)) if one or other else 0.0


def _share(edits: Iterable[_Edit], before: Content, after: Content) -> float:
    whole = len(before.article_body[:MAX_COMPARED]) + len(after.article_body[:MAX_COMPARED])
    changed = sum(len(edit.before) + len(edit.after) for edit in edits)
    return round(min(1.0, changed / whole), 3) if whole else 0.0


def _short(edit: _Edit) -> EditedSentence:
    before, after = collapse(edit.before), collapse(edit.after)
    if edit.edit is Edit.ALTERED and max(len(before), len(after)) > MAX_SENTENCE:
        start = _start_of_difference(before, after)
        before, after = (text if start == 0 else "…" + text[start:] for text in (before, after))
    return EditedSentence(
        edit=edit.edit, before=excerpt(before, MAX_SENTENCE) or None, after=excerpt(after, MAX_SENTENCE) or None
    )


def _start_of_difference(before: str, after: str) -> int:
    """Where to begin to quote two long sentences, so that the quotes reach what differs and some words before it."""
    pairs = enumerate(zip(before, after, strict=False))
    same = next((place for place, (one, other) in pairs if one != other), min(len(before), len(after)))
    return 0 if same < MAX_SENTENCE // 2 else before.find(" ", same - MAX_SENTENCE // 2, same) + 1
