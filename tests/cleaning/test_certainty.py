"""How sure the cleaning is of a text: numbers in the signals, by what was taken and how lines were scored."""

import numpy as np
import pytest

from pipeline.cleaning.blocks import text_line
from pipeline.cleaning.certainty import certainty
from pipeline.cleaning.flattened_article import read_flattened
from pipeline.cleaning.html_article import read_html
from pipeline.errors import Drop
from pipeline.records import Certainty
from tests.cleaning.pages import URL, meta, tree

LINES = [text_line("x" * length, number) for number, length in enumerate((10, 60, 20, 10), 1)]
STORY = (
    "The town council voted on Tuesday evening to keep the old chain ferry running through the whole of the winter.",
    "Residents of the three villages on the east bank had asked for it in a petition that four hundred people signed.",
    "The repairs will cost forty thousand crowns, said the harbour board, which will pay for them from its reserve.",
)


def told(kept: set[int], scores: list[float] | None = None, **known: set[int]) -> Certainty:
    return certainty(
        LINES,
        kept,
        None if scores is None else np.array(scores),
        (known.get("extracted", kept), known.get("settled", kept)),
        known.get("cut", set()),
    )


def test_ways_that_took_the_same_agree() -> None:
    assert told({1, 2}).agreement == 1.0


def test_agreement_is_what_all_took_of_what_any_took_in_characters() -> None:
    assert told({1, 2}, extracted={1}, settled={1, 3}).agreement == pytest.approx(60 / 90, abs=1e-4)


def test_a_way_that_found_nothing_does_not_disagree() -> None:
    assert told({1, 2}, extracted=set()).agreement == 1.0


def test_the_scores_tell_what_to_expect_of_the_body_and_of_the_rest() -> None:
    found = told({1, 2}, [0.0, 1.0, 0.5, 1.0])
    assert found.boilerplate == pytest.approx(10 / 80, abs=1e-4)
    assert found.left_out == pytest.approx(10 / 80, abs=1e-4)
    assert found.doubt == pytest.approx(20 / 80, abs=1e-4)


def test_a_line_that_a_rule_cut_is_in_no_doubt() -> None:
    found = told({1, 2}, [0.5, 1.0, 1.0, 0.9], cut={0, 3})
    assert (found.doubt, found.left_out) == (0.0, 0.0)


def test_without_scores_only_the_agreement_is_known() -> None:
    assert told({1}) == Certainty(agreement=1.0)


@pytest.mark.parametrize("scores", [[0.0] * 4, [1.0] * 4, [0.5] * 4])
def test_every_number_is_a_share(scores: list[float]) -> None:
    found = told({1}, scores, extracted=set(), settled={0, 2})
    for value in (found.agreement, found.boilerplate, found.left_out, found.doubt):
        assert value is not None
        assert 0 <= value <= 1


def test_a_page_of_html_tells_its_certainty() -> None:
    article = read_html(tree(meta(og__type="article"), "".join(f"<p>{text}</p>" for text in STORY)), URL)
    assert not isinstance(article, Drop)
    found = article.signals.certainty
    assert found is not None
    assert found.agreement == 1.0
    assert found.doubt is not None


def test_a_page_of_flattened_text_tells_its_certainty() -> None:
    article = read_flattened("\n\n".join(("Council keeps the chain ferry", *STORY)), "news.example.org")
    assert not isinstance(article, Drop)
    assert article.signals.certainty is not None
    assert article.signals.certainty.doubt is not None
