"""The figures, against cases computed by hand and, where the gold sets are, against the scorer beside them."""

import importlib.util
import json
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from pipeline.scoring import (
    Answer,
    Difference,
    PageScore,
    Passages,
    Truth,
    differences,
    figures,
    score_page,
    shingles,
    stands_in,
)

SHARED = Path(__file__).parents[2] / "shared"


def scored(text: str, answer: str) -> PageScore:
    return score_page(Truth(id="page", text=text), Answer(text=answer))


def test_a_shingle_is_four_words_and_a_shorter_text_is_one_shingle() -> None:
    assert shingles("The goats, it's said, won") == [
        ("The", "goats", "it", "s"),
        ("goats", "it", "s", "said"),
        ("it", "s", "said", "won"),
    ]
    assert shingles("Goats won") == [("Goats", "won")]
    assert shingles(" — ") == []


def test_precision_and_recall_are_averaged_over_pages_before_f1() -> None:
    perfect = scored("a b c d e", "a b c d e")  # 2 shingles of 2
    half = scored("a b c d e", "a b c d x y z")  # 1 common; the answer has 4, the truth 2
    found = figures([perfect, half])
    assert found["shingle_p"] == pytest.approx((1 + 1 / 4) / 2)
    assert found["shingle_r"] == pytest.approx((1 + 1 / 2) / 2)
    assert found["shingle_f1"] == pytest.approx(2 * 0.625 * 0.75 / (0.625 + 0.75))


def test_a_page_without_an_answer_lowers_recall_and_says_nothing_on_precision() -> None:
    found = figures([scored("a b c d", "a b c d"), scored("a b c d", "")])
    assert (found["shingle_p"], found["shingle_r"], found["word_f1"]) == (1.0, 0.5, 0.5)


def test_a_repeated_paragraph_counts_twice() -> None:
    shingle = scored("a b c d", "a b c d a b c d").shingles
    assert shingle is not None
    assert (shingle.common, shingle.surplus, shingle.lost) == (1, 4, 0)


def test_words_are_compared_in_lower_case_and_shingles_as_they_stand() -> None:
    page = scored("Goats Win The Right", "goats win the right")
    assert page.words is not None
    assert page.words.f1 == 1.0
    assert page.shingles is not None
    assert page.shingles.common == 0


def test_segments_are_counted_over_all_pages_with_white_space_as_one_space() -> None:
    first = Truth(id="one", required=("the goats\nwon", "a quay"), forbidden=("Most Popular",))
    second = Truth(id="two", required=("rain",), forbidden=("Subscribe",))
    found = figures(
        [score_page(first, Answer(text="So the  goats won. Most\nPopular")), score_page(second, Answer(text="rain"))]
    )
    assert found == {
        "segment_p": pytest.approx(2 / 3),
        "segment_r": pytest.approx(2 / 3),
        "segment_f1": pytest.approx(2 / 3),
    }


def test_headline_authors_and_date() -> None:
    truth = Truth(id="page", headline="Goats win!", authors=("Ada Quay", "Ben Tarn"), date="2026-05-03T10:00:00Z")
    page = score_page(truth, Answer(headline="goats WIN", authors=("ada quay",), date="2026-05-03"))
    assert (page.headline, page.authors, page.date) == (True, pytest.approx(2 / 3), True)
    nothing = score_page(truth, Answer())
    assert (nothing.headline, nothing.authors, nothing.date) == (False, 0.0, False)


def test_a_figure_on_which_no_truth_says_anything_is_absent() -> None:
    assert figures([score_page(Truth(id="page"), Answer(text="a b c d"))]) == {}


def test_differences_are_told_in_the_order_of_the_truth_and_marked_by_word() -> None:
    truth = "one two three four five six seven eight nine ten eleven twelve"
    answer = "one two three four Subscribe now five six seven eight"
    assert differences(truth, answer) == [
        Difference(lost=False, text="Subscribe now", context="one two three four "),
        Difference(lost=True, text="nine ten eleven twelve", context="four five six seven eight "),
    ]
    assert differences(truth, truth) == []
    assert differences("", "too much") == [Difference(lost=False, text="too much", context="")]


def test_text_is_found_in_passages_by_its_shingles_and_short_text_as_a_line_of_its_own() -> None:
    passages = Passages("the goats won the right of way\nShare\nPrint", "Print")
    assert passages.length_in("goats won the right") == len("goats won the right")
    assert passages.length_in("goats won the right x y z ö") == round(len("goats won the right x y z ö") / 2)
    assert passages.length_in("Share") == 5
    assert passages.length_in("Print") == 0, "the other text has it too"
    assert passages.length_in("goats") == 0
    assert passages.length_in("—") == 0
    assert stands_in("won  the", "goats won\nthe right")


def answered(number: int, line: dict[str, Any]) -> dict[str, Any]:
    """An answer with errors of every kind: what it lacks and has too much depends on the page's number alone."""
    paragraphs = (line.get("text") or " ".join(line.get("with", ()))).split("\n")
    kept = [each for place, each in enumerate(paragraphs) if (place + number) % 7]
    if number % 5 == 0:
        kept += [kept[0] if kept else "", *line.get("without", ())[:1]]
    return {
        "id": line["id"],
        "text": "" if number % 31 == 0 else "\n\n".join(kept),
        "headline": line.get("headline", "").upper() if number % 3 else "Another",
        "authors": [*(line.get("authors") or ())[number % 2 :], *(["Ada Quay"] if number % 4 == 0 else [])],
        "date": line.get("date") if number % 3 else None,
    }


def reference() -> ModuleType:
    spec = importlib.util.spec_from_file_location("reference_score", SHARED / "tools/score.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.skipif(not (SHARED / "tools/score.py").is_file(), reason="the gold sets are not part of the repository")
@pytest.mark.parametrize("name", ["publishers", "articles", "segments"])
def test_the_figures_are_those_of_the_scorer_beside_the_gold_sets(name: str) -> None:
    from pipeline.edges.gold import open_gold

    folder = SHARED / "gold" / name
    raw = (folder / "truth.jsonl").read_bytes()
    lines = [json.loads(line) for line in raw.split(b"\n") if line]
    answers = {line["id"]: answered(number, line) for number, line in enumerate(lines)}
    expected, _ = reference().score(lines, answers)
    pages = []
    for truth in open_gold(folder).truths:
        answer = answers[truth.id]
        plain = {key: answer[key] for key in ("text", "headline", "date")}
        pages.append(score_page(truth, Answer(authors=tuple(answer["authors"]), **plain)))
    found = figures(pages)
    assert found == pytest.approx({key: expected[key] for key in found}, abs=1e-12)
    assert set(expected) == set(found) | {"pages", "answered"}
