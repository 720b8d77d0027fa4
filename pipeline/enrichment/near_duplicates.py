"""Which articles tell the same story in almost the same words: MinHash over word shingles, with bands to find them by.

Similarity is the Jaccard index of the shingles of two texts: the share of runs of four words (seven characters in
scripts without spaces) that both have. So a wire copy with another lead counts as long as most of its runs are the
agency's; a translation or a story told anew does not. All arithmetic is on unsigned integers that wrap around:
the same on every machine, and frozen by a test, for the store keeps its results.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from pipeline.memory import Neighbour, TextState
from pipeline.records import NearDuplicate
from pipeline.text import split_words

THRESHOLD = 0.7
"""Similarity from which two articles are near-duplicates."""

WORDS_PER_SHINGLE = 4
CHARACTERS_PER_SHINGLE = 7
"""In texts of Chinese, Japanese, Thai and the like, where a character is the unit: about four words."""

MIN_SHINGLES = 20
"""Shorter texts are not compared: agreement of so few words is a coincidence of notices and captions."""

MAX_CHARACTERS = 200_000
"""So much of a text is compared: some 30,000 words, which take 15 ms."""

BANDS, ROWS = 20, 4
"""Two texts meet in a band with all its rows equal: 99.6 % of pairs of similarity 0.7 in one at least, 15 % of 0.3."""

SKETCH_SIZE = 512
"""Smallest shingle hashes kept of a text, 4 bytes each. Up to so many shingles the similarity is exact; for a median
article of 600 words its standard error is 0.01."""

_CHUNK = 512
_GOLDEN = 0x9E3779B97F4A7C15

Hashes = NDArray[np.uint64]


def _mixed(values: Hashes) -> Hashes:
    """The finaliser of splitmix64: every bit of the input moves every bit of the output."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def _constants(start: int, count: int) -> Hashes:
    return _mixed(np.arange(start, start + count, dtype=np.uint64) * np.uint64(_GOLDEN))


_FACTORS = (_constants(1, BANDS * ROWS) | np.uint64(1)).astype(np.uint32).reshape(-1, 1)
_OFFSETS = _constants(1001, BANDS * ROWS).astype(np.uint32).reshape(-1, 1)
_BAND_NUMBERS = _constants(2001, BANDS)


def shingles(text: str) -> Hashes:
    """The hashes of all shingles of a text, sorted, each once."""
    words, characters = split_words(text[:MAX_CHARACTERS])
    size = CHARACTERS_PER_SHINGLE if 2 * characters > len(words) else WORDS_PER_SHINGLE
    if len(words) < size:
        return np.empty(0, dtype=np.uint64)
    hashes = np.fromiter(map(crc32, words), dtype=np.uint64, count=len(words))
    count = len(words) - size + 1
    runs = np.full(count, np.uint64(size))
    for position in range(size):
        runs = _mixed(runs * np.uint64(_GOLDEN) + hashes[position : position + count])
    return _each_once(runs)


def _each_once(values: Hashes) -> Hashes:
    """`np.unique`, which looks for repeated values by their hashes and takes five times as long."""
    ordered = np.sort(values)
    return ordered[np.concatenate(([True], ordered[1:] != ordered[:-1]))]


def bands(hashes: Hashes) -> tuple[int, ...]:
    """The keys, signed 64-bit, under which the text meets others like it; none for a text too short to compare."""
    if len(hashes) < MIN_SHINGLES:
        return ()
    low = hashes.astype(np.uint32)  # the sketch has the other half; 32 bits are multiplied four times as fast
    lowest = np.full(BANDS * ROWS, np.iinfo(np.uint32).max, dtype=np.uint32)
    room = np.empty((BANDS * ROWS, min(_CHUNK, len(low))), dtype=np.uint32)  # new arrays take as long as the arithmetic
    for start in range(0, len(low), _CHUNK):
        part = low[start : start + _CHUNK]
        chunk = room[:, : len(part)]
        np.multiply(part, _FACTORS, out=chunk)
        np.add(chunk, _OFFSETS, out=chunk)
        np.minimum(lowest, chunk.min(axis=1), out=lowest)
    keys = _BAND_NUMBERS
    for row in lowest.astype(np.uint64).reshape(BANDS, ROWS).T:
        keys = _mixed(keys * np.uint64(_GOLDEN) + row)
    return tuple(keys.view(np.int64).tolist())


def sketch(hashes: Hashes) -> bytes:
    """What of the shingles is kept to compare the text with others: its smallest hashes, 32-bit, little-endian."""
    if len(hashes) < MIN_SHINGLES:
        return b""
    return _each_once(hashes >> np.uint64(32))[:SKETCH_SIZE].astype("<u4").tobytes()


def similarity(one: bytes, other: bytes) -> float:
    """Jaccard similarity of two texts by their sketches: over the range of hashes that both of them cover."""
    first, second = (np.frombuffer(kept, dtype="<u4") for kept in (one, other))
    full = [hashes for hashes, kept in ((first, one), (second, other)) if len(kept) >= 4 * SKETCH_SIZE]
    if full:
        limit = min(hashes[-1] for hashes in full)
        first, second = first[first <= limit], second[second <= limit]
    shared = len(np.intersect1d(first, second, assume_unique=True))
    union = len(first) + len(second) - shared
    return shared / union if union else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Match:
    similarity: float
    neighbour: Neighbour


def join_cluster(
    kept: bytes, *, record_id: str, own: TextState | None, neighbours: Sequence[Neighbour]
) -> NearDuplicate | None:
    """The cluster of a text with this sketch; None for one that is too short.

    `own` is what is kept of the page's revision before: as long as the new text is similar to it, the page stays in
    its cluster. Otherwise it joins the cluster of the oldest similar article, and other clusters that it is similar to
    are merged into that one. With nothing like it, it is the first of a cluster named after its record.
    """
    if not kept:
        return None
    compared = ((similarity(kept, neighbour.sketch), neighbour) for neighbour in neighbours)
    matches = [_Match(similarity=alike, neighbour=neighbour) for alike, neighbour in compared if alike >= THRESHOLD]
    matches.sort(key=lambda match: match.neighbour.number)
    clusters = [match.neighbour.cluster_id for match in matches]
    stays = own is not None and own.cluster_id is not None and similarity(kept, own.sketch) >= THRESHOLD
    if stays and own is not None and own.cluster_id is not None:
        clusters.insert(0, own.cluster_id)
    if not clusters:
        return NearDuplicate(cluster_id=record_id, is_first=True)
    first, *others = dict.fromkeys(clusters)
    return NearDuplicate(
        cluster_id=first, is_first=bool(stays and own and own.is_first), merged=tuple(others), **_closest(matches)
    )


def _closest(matches: Sequence[_Match]) -> dict[str, Any]:
    if not matches:
        return {}
    best = max(matches, key=lambda match: match.similarity)  # of equals the oldest
    return {"similarity": round(best.similarity, 3), "of": best.neighbour.page_id}
