"""Which articles tell the same story in almost the same words: MinHash over word shingles, with bands to find them by.

Similarity is the Jaccard index of the shingles of two texts: the share of runs of four words (seven characters in
scripts without spaces) that both have. So a wire copy with another lead counts as long as most of its runs are the
agency's; a translation or a story told anew does not. All arithmetic is on unsigned integers that wrap around:
the same on every machine, and frozen by a test, for the store keeps its results.
"""

from collections.abc import Callable, Sequence
from ctypes import c_double, c_size_t, py_object
from dataclasses import dataclass
from typing import Any

from pipeline.memory import Neighbour, TextState
from pipeline.native.library import function
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
"""So much of a text is compared: some 30,000 words, which take 5 ms."""

BANDS, ROWS = 20, 4
"""Two texts meet in a band with all its rows equal: 99.6 % of pairs of similarity 0.7 in one at least, 15 % of 0.3."""

SKETCH_SIZE = 512
"""Smallest shingle hashes kept of a text, 4 bytes each. Up to so many shingles the similarity is exact; for a median
article of 600 words its standard error is 0.01."""

_shingles: Callable[[list[bytes], int], bytes] = function("shingles", py_object, py_object, c_size_t)
_bands: Callable[[bytes, int, int], tuple[int, ...]] = function("bands", py_object, py_object, c_size_t, c_size_t)
_sketch: Callable[[bytes, int], bytes] = function("sketch", py_object, py_object, c_size_t)
_similarity: Callable[[bytes, bytes, int], float] = function("similarity", c_double, py_object, py_object, c_size_t)

HASH_BYTES = 8


def shingles(text: str) -> bytes:
    """The hashes of all shingles of a text, each once: 64-bit numbers, sorted, in this machine's order of bytes."""
    words, characters = split_words(text[:MAX_CHARACTERS])
    return _shingles(words, CHARACTERS_PER_SHINGLE if 2 * characters > len(words) else WORDS_PER_SHINGLE)


def bands(hashes: bytes) -> tuple[int, ...]:
    """The keys, signed 64-bit, under which the text meets others like it; none for a text too short to compare."""
    return _bands(hashes, BANDS, ROWS) if len(hashes) >= HASH_BYTES * MIN_SHINGLES else ()


def sketch(hashes: bytes) -> bytes:
    """What of the shingles is kept to compare the text with others: its smallest hashes, 32-bit, little-endian."""
    return _sketch(hashes, SKETCH_SIZE) if len(hashes) >= HASH_BYTES * MIN_SHINGLES else b""


def similarity(one: bytes, other: bytes) -> float:
    """Jaccard similarity of two texts by their sketches: over the range of hashes that both of them cover."""
    return _similarity(one, other, SKETCH_SIZE)


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
