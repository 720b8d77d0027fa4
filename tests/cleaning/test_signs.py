"""What lines show at a glance, found by the compiled library, is what Python finds line by line."""

from hypothesis import given
from hypothesis import strategies as st

from pipeline.cleaning.blocks import text_line
from pipeline.cleaning.rules.lookup import phrases_at_start
from pipeline.cleaning.rules.notices import copyright_signs
from pipeline.cleaning.rules.signs import COUNTER_STARTS, DIGIT, LONG, MEDIUM, SHORT, Signs
from pipeline.text import collapse

PARTS = (
    "Copy", "right", "(C)", " 2020", "all RIGHTS Reserv", "ed", "x", "vorbe", "halten", "é", "版权所有", "kopyalan",
    "h", "a" * 310, "reported from ", " contributed to this ", "hakk", "share ", "٣", "(", "·",
    "|", " click to enlarge", "\ud800",
)  # fmt: skip
PHRASES = ("reported from ", "contributed to this ")


@given(st.lists(st.lists(st.sampled_from(PARTS), min_size=1, max_size=4).map("".join), max_size=5))
def test_signs_are_those_of_each_line(texts: list[str]) -> None:
    lines = [text_line(text, number) for number, text in enumerate(map(collapse, texts)) if text]
    signs = Signs(lines)
    short = {index: line.text for index, line in enumerate(lines) if len(line.text) <= LONG}
    assert signs.rights == {index for index, text in short.items() if copyright_signs(text.lower())}
    assert signs.saying(*PHRASES) == {index for index, text in short.items() if any(each in text for each in PHRASES)}
    assert signs.numbers == [index for index, text in short.items() if len(text) <= MEDIUM and DIGIT.search(text)]
    counters = [index for index, text in short.items() if len(text) <= SHORT and text.startswith(COUNTER_STARTS)]
    assert set(counters) <= set(signs.counters)
    assert list(signs.hits) == [phrases_at_start(line.folded) for line in lines]
