"""Words are counted in their outline as the pattern finds them."""

from hypothesis import given
from hypothesis import strategies as st

from pipeline.enrichment.readability import _WORD, _count_words


@given(st.text(st.sampled_from("abcdefghABC'’-- .9_\n") | st.sampled_from("é“½²٣ß\ud800中ж"), max_size=300))
def test_words_are_counted_as_the_pattern_finds_them(text: str) -> None:
    for one in (text, text + " plain words" * 100):
        assert _count_words(one) == len(_WORD.findall(one))
