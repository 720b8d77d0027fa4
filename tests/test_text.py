"""What counts as noise in a text, and as a word."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.text import LONG, control_share, count_words, fold, split_words, squeeze


def test_controls_and_replacements_are_noise_and_the_rests_of_utf_8_read_twice_are_not() -> None:
    assert control_share("\x00\x07ab\ufffdcdefg") == 0.3
    assert control_share("the Earth\u00e2\u0080\u0099s natural systems") == 0.0
    assert control_share("") == 0.0


@given(
    st.lists(
        st.text(
            st.sampled_from("abcXYZ 019.,_-\u2019\u201c\u00e9\u00df\u0130\u0131\u0307\ufb01\u4e00\u0e01\u0943\ud800")
        ),
        max_size=60,
    )
)
def test_a_long_text_folds_and_counts_as_its_words_do(words: list[str]) -> None:
    long = " ".join(words) + " plain words" * LONG
    folded = [fold(word) for word in words]
    assert fold(long) == " ".join([*filter(None, folded), *["plain words"] * LONG])
    assert count_words(long) == sum(map(count_words, words)) + 2 * LONG
    assert split_words(long)[0][-2:] == [b"plain", b"words"]
    assert b"".join(split_words(long)[0]).decode() == fold(long).replace(" ", "")


def test_a_text_of_very_many_signs_takes_no_longer_than_another() -> None:
    text = "".join(f"word{chr(0xF0000 + number)}  " for number in range(40_000))
    began = time.process_time()
    assert count_words(text) == 40_000
    assert fold(text).count(" ") == 39_999
    assert time.process_time() - began < 2  # it took 14 s with a look at the text for each sign


@pytest.mark.parametrize("text", ["a\u00a0\ufffc b", "a\n\u034fb\u115f", "a\u200bb"])
def test_squeezed_text_has_no_invisible_character_beside_white_space(text: str) -> None:
    assert squeeze(text) == "ab"
