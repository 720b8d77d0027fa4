"""The language found from the text."""

import pytest

from pipeline.enrichment.language import detect_language
from pipeline.enrichment.scripts import script_shares
from tests.enrichment.languages import BY_TAG

UNTOLD = {"xh"}
"""So near to Zulu that two sentences do not tell: then the answer is that they do not."""


def test_two_sentences_tell_more_than_sixty_languages(capsys: pytest.CaptureFixture[str]) -> None:
    found = {tag: detect_language(None, text).tag for tag, text in BY_TAG.items()}
    right = {tag for tag, answer in found.items() if tag == answer}
    with capsys.disabled():
        print(f"\nlanguages: {len(right)} of {len(BY_TAG)} right, {len(UNTOLD)} undetermined")
    assert len(right) >= 60
    assert found.keys() - right == UNTOLD
    assert all(found[tag] == "und" for tag in UNTOLD)


def test_the_confidence_is_a_plain_rounded_number() -> None:
    language = detect_language("The ferry", BY_TAG["en"])
    assert type(language.confidence) is float
    assert language.confidence == round(language.confidence, 4)
    assert 0.5 <= language.confidence <= 1


@pytest.mark.parametrize("text", ["", "12 34", "Hello.", "§ 5.3", "\ud800 lone surrogate"])
def test_a_text_that_tells_nothing_is_undetermined(text: str) -> None:
    assert detect_language(None, text, "en").tag == "und"


def test_a_text_in_two_languages_is_undetermined() -> None:
    for one, other in (("en", "de"), ("fr", "fi"), ("ru", "uk")):
        mixed = f"{BY_TAG[one]} {BY_TAG[one]} {BY_TAG[other]} {BY_TAG[other]}"
        assert detect_language(None, mixed).tag == "und"


def test_a_list_of_names_amid_prose_does_not_change_the_language() -> None:
    names = "Saoirse Ní Bhriain, Wojciech Kaczmarek, Ngozi Okonkwo, Thanakorn Srisai. "
    assert detect_language(None, BY_TAG["en"] * 3 + names).tag == "en"


@pytest.mark.parametrize(
    ("tag", "declared", "conflict"),
    [
        ("en", "de-DE", True),
        ("en", "en-GB", False),
        ("zh-Hans", "zh-CN", False),
        ("zh-Hant", "zh", False),
        ("nb", "no", False),
        ("sr-Cyrl", "sr-Latn-RS", False),
        ("he", "iw", False),
        ("fr", None, False),
        ("fr", "mul", False),
    ],
)
def test_another_declared_language_is_a_conflict_and_another_name_of_it_is_none(
    tag: str, declared: str | None, conflict: bool
) -> None:
    language = detect_language(None, BY_TAG[tag], declared)
    assert (language.tag, language.conflict) == (tag, conflict)


def test_between_languages_that_are_written_alike_the_page_decides() -> None:
    assert detect_language(None, BY_TAG["hr"], "bs").tag == "bs"
    assert detect_language(None, BY_TAG["hr"], "sr").tag == "sr-Latn"
    assert detect_language(None, BY_TAG["hr"], "en").tag == "hr"


def test_the_scripts_are_counted() -> None:
    shares = {found.script: found.share for found in script_shares("Паром Fährt 渡し船 12 %")}
    assert shares == {"Cyrl": 0.3846, "Latn": 0.3846, "Hani": 0.1538, "Hira": 0.0769}


def test_the_same_text_gives_the_same_answer() -> None:
    assert detect_language("a", BY_TAG["fr"]) == detect_language("a", BY_TAG["fr"])
