"""What counts as noise in a text, and as a word."""

from hypothesis import given
from hypothesis import strategies as st

from pipeline.text import LONG, control_share, count_words, fold, split_words


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
