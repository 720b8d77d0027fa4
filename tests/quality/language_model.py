"""`python -m tests.quality.language_model`: makes the detector's files of py3langid's own model.

For a new version of py3langid. `tests/enrichment/test_detector.py` compares every move and weight with the library's.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from py3langid.langid import MODEL_DIR, MODEL_FILE
from py3langid.modelio import load_model

from pipeline.enrichment.detector import MODEL, VALUES

Arrays = dict[str, NDArray[Any]]
DEPTH = 6
"""Bytes of the longest feature."""
CODES = 256


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LibraryModel:
    """The library's model: weights by feature and label, moves by row and byte, row and feature of each state."""

    weights: NDArray[np.float16]
    priors: NDArray[np.float32]
    labels: tuple[str, ...]
    moves: NDArray[np.uint32]
    rows: NDArray[np.intp]
    features: NDArray[np.int32]


def library_model() -> LibraryModel:
    """As the installed py3langid has it."""
    weights, priors, labels, moves, rows, features = load_model(MODEL_DIR / MODEL_FILE)
    return LibraryModel(
        weights=np.asarray(weights),
        priors=np.asarray(priors),
        labels=tuple(labels),
        moves=np.asarray(moves).reshape(-1, CODES),
        rows=np.asarray(rows, dtype=np.intp),
        features=np.asarray(features, dtype=np.int32),
    )


def arrays_of(model: LibraryModel) -> Arrays:
    """What `detector` reads, without the weights that are not a label's least."""
    least = model.weights.min(axis=0)
    others = model.weights != least
    return {
        **_automaton(model.moves, model.rows),
        "features": model.features,
        "labels": np.array(" ".join(model.labels)),
        "priors": model.priors,
        "least": least,
        "counts": others.sum(axis=1, dtype=np.uint8),
        "others": np.packbits(others, axis=1),
    }


def _automaton(moves: NDArray[np.uint32], rows: NDArray[np.intp]) -> Arrays:
    """The tree of strings that the states stand for, and which state stands for a string without its first byte.

    A state moves as that one does, but where the tree goes on. Only states where it does have rows of their own.
    """
    depth, before, byte, shorter = (np.zeros(len(rows), dtype=np.intp) for _ in range(4))
    depth[1:] = -1
    newest = np.zeros(1, dtype=np.intp)
    for level in range(1, DEPTH + 1):
        reached = moves[rows[newest]]
        at, code = np.nonzero(depth[reached] < 0)
        states = reached[at, code]
        depth[states], before[states], byte[states] = level, newest[at], code
        if level > 1:
            shorter[states] = moves[rows[shorter[newest[at]]], code]
        newest = states
    owners = np.unique(before[1:])
    owners = owners[np.argsort(depth[owners], kind="stable")]
    numbers = np.empty(len(moves), dtype=np.intp)
    numbers[rows[owners]] = np.arange(len(owners))
    order = np.lexsort((byte[1:], numbers[rows[before[1:]]])) + 1
    return {
        "rows": numbers[rows].astype(np.uint16),
        "likes": numbers[rows[shorter[owners]]].astype(np.uint16),
        "edges": np.bincount(numbers[rows[before[1:]]], minlength=len(moves)).astype(np.uint16),
        "bytes": byte[order].astype(np.uint8),
        "to": order.astype(np.uint32),
    }


def main() -> None:
    """Write the files."""
    model = library_model()
    np.savez(MODEL, allow_pickle=False, **arrays_of(model))
    np.save(VALUES, model.weights[model.weights != model.weights.min(axis=0)], allow_pickle=False)


if __name__ == "__main__":
    main()
