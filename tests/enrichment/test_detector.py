"""The detector gives the answers of py3langid's own `classify`, whatever the text."""

from functools import cache
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipeline.enrichment.detector import BREAK, CODES, DEPTH, detector
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


def test_no_state_is_deeper_than_the_longest_feature() -> None:
    found = detector()
    moves = found.moves.reshape(-1, 256)[found.rows >> 8]
    known, newest = {0}, {0}
    for _ in range(DEPTH):
        newest = set(np.unique(moves[sorted(newest)]).tolist()) - known
        assert newest
        known |= newest
    assert len(known) == len(found.rows)
    assert not moves[:, BREAK[0]].any()


def test_the_committed_model_is_the_librarys() -> None:
    """After an upgrade of py3langid: `python -m tests.quality.language_model`."""
    found, library = detector(), library_model()
    every = np.arange(len(library.weights))
    assert np.array_equal(found.weights.of(every), library.weights)
    assert np.array_equal(found.weights.of(every[::-1]), library.weights[::-1])
    assert np.array_equal(found.priors, library.priors)
    assert found.labels == library.labels
    assert np.array_equal(found.features, library.features)
    ours = found.moves.reshape(-1, CODES)
    for states in np.array_split(np.arange(len(library.rows)), 20):
        assert np.array_equal(ours[found.rows[states] >> 8], library.moves[library.rows[states]])
