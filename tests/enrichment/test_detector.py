"""The detector gives the answers of py3langid's own `classify`, whatever the text."""

from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from pipeline.enrichment.detector import BREAK, Detector, detector
from tests.enrichment.languages import BY_TAG
from tests.quality.language_model import library_model


@cache
def _library() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def _assert_alike(*texts: str) -> None:
    assert detector().classify(*texts) == [_library().classify(text) for text in texts]


def test_languages_and_their_halves_are_classified_alike() -> None:
    for text in BY_TAG.values():
        _assert_alike(text, text[: len(text) // 2], text[len(text) // 2 :], text.upper(), text[:9] * 50)
    _assert_alike(*BY_TAG.values())
    _assert_alike(" ".join(BY_TAG.values()))


@given(st.lists(st.text(st.characters()), min_size=1, max_size=4))
def test_any_texts_are_classified_alike(texts: list[str]) -> None:
    _assert_alike(*texts)


def test_the_committed_model_is_the_librarys() -> None:
    """After an upgrade of py3langid: `python -m tests.quality.language_model`."""
    found, library = detector(), library_model()
    every = np.arange(len(library.weights))
    assert np.array_equal(found.weights.of(every), library.weights)
    assert np.array_equal(found.weights.of(every[::-1]), library.weights[::-1])
    assert np.array_equal(found.priors, library.priors)
    assert found.labels == library.labels
    assert np.array_equal(found.features, library.features)
    ours = _moves(found)
    assert not ours[:, BREAK[0]].any()
    for states in np.array_split(np.arange(len(library.rows)), 20):
        assert np.array_equal(ours[found.rows[states]], library.moves[library.rows[states]])


def _moves(found: Detector) -> NDArray[np.uint32]:
    """The next state by row and byte, as a table. The row that another is like stands before it."""
    moves = np.zeros((len(found.likes), 256), dtype=np.uint32)
    for row, (start, end) in enumerate(pairwise(found.starts.tolist())):
        moves[row] = moves[found.likes[row]]
        moves[row, found.codes[start:end]] = found.to[start:end]
        assert np.all(np.diff(found.codes[start:end].astype(int)) > 0)
    return moves
