"""Whom and what an article names."""

import pytest

from pipeline.enrichment.gazetteer import Entry, Gazetteer, read_entries
from pipeline.enrichment.mentions import mentions
from pipeline.enrichment.reading import read
from pipeline.errors import UsageError
from pipeline.records import Author, CleanArticle, DeclaredMention, Mention, MentionMethod, MentionType, Signals
from tests.enrichment.articles import FERRY, article


def named(of: CleanArticle, gazetteer: Gazetteer | None = None) -> dict[str, Mention]:
    return {mention.name: mention for mention in mentions(of, read(of), gazetteer)}


def test_capitals_tell_names_and_what_they_are() -> None:
    found = named(article())
    kinds = {name: (mention.type, mention.count) for name, mention in found.items()}
    assert kinds["Nora Ellingwood"] == (MentionType.PERSON, 2)
    assert kinds["Tomas Veldkamp"] == (MentionType.PERSON, 3)
    assert kinds["Inge Morland"] == (MentionType.PERSON, 1)
    assert kinds["University of Eastmouth"] == (MentionType.ORGANIZATION, 1)
    assert kinds["Sallow Harbour Board"] == (MentionType.ORGANIZATION, 1)
    assert kinds["Brackwater"][0] is MentionType.PLACE
    assert "Tuesday" not in found
    assert "Passengers" not in found
    assert all(FERRY[mention.first :].startswith(name) for name, mention in found.items() if mention.first is not None)
    assert {mention.method for mention in found.values()} == {MentionMethod.CAPITALISATION}


def test_the_first_word_of_a_sentence_is_no_name_by_its_capital() -> None:
    assert (
        named(article("Passengers waited. Boats came. Passengers left. Nobody saw them. Boats are slow things here."))
        == {}
    )


def test_a_list_in_title_case_names_nobody() -> None:
    assert named(article("Ten Best Boats For Your Summer Holiday This Year And The Next One.")) == {}


def test_german_nouns_are_no_names() -> None:
    text = "Der Gemeinderat beschloss am Dienstag, dass die Fähre im Winter fährt. Die Fähre fährt, sagte der Wirt."
    assert named(article(text)) == {}


def test_a_dateline_names_a_place_and_a_by_line_a_person() -> None:
    of = article(
        "EASTMOUTH (Wirepress) — The ferry will sail, the city said. Eastmouth has one ferry and no bridge at all.",
        authors=(Author(name="Ines Oduya"), Author(name="Reuters"), Author(name="Staff")),
    )
    found = named(of)
    place = found["Eastmouth"]
    assert (place.type, place.method, place.count, place.first) == (MentionType.PLACE, MentionMethod.DATELINE, 2, 0)
    assert found["Ines Oduya"].method is MentionMethod.BYLINE
    assert (found["Ines Oduya"].count, found["Ines Oduya"].first) == (0, None)
    assert found["Reuters"].type is MentionType.ORGANIZATION


def test_what_the_page_declares_is_taken_with_its_id_and_tags_only_if_the_text_names_them() -> None:
    declared = (
        DeclaredMention(name="Nora Ellingwood", type="Person", id="https://id.example/7", source="json_ld:about"),
        DeclaredMention(name="Guild of Pilots", type="Organization", source="json_ld:mentions"),
        DeclaredMention(name="Brackwater", source="meta:article:tag"),
        DeclaredMention(name="ferry", source="meta:article:tag"),
        DeclaredMention(name="Oakhampton", source="meta:article:tag"),
    )
    found = named(article(signals=Signals(declared_mentions=declared)))
    person = found["Nora Ellingwood"]
    assert (person.method, person.id, person.count) == (MentionMethod.DECLARED, "https://id.example/7", 1)
    assert (found["Guild of Pilots"].count, found["Guild of Pilots"].first) == (0, None)
    assert found["Brackwater"].method is MentionMethod.DECLARED
    assert not {"ferry", "Oakhampton"} & found.keys()


def gazetteer(*rows: str) -> Gazetteer:
    return Gazetteer(read_entries(rows, "names.tsv"))


def test_the_gazetteer_finds_whole_names_the_longest_first_with_their_ids() -> None:
    names = gazetteer(
        "Sallow\tplace\tQ1", "Sallow Harbour\tplace\tQ2", "Sallow Harbour Board\torganization\tQ3", "Brack\tplace\tQ4"
    )
    found = named(article(), names)
    assert (found["Sallow Harbour Board"].id, found["Sallow Harbour Board"].count) == ("Q3", 1)
    assert (found["Sallow"].id, found["Sallow"].count, found["Sallow"].method) == ("Q1", 1, MentionMethod.GAZETTEER)
    assert not {"Brack", "Sallow Harbour"} & found.keys()


def test_a_longer_name_that_goes_on_in_a_word_hides_no_shorter_one() -> None:
    found = gazetteer("Ann\tperson", "Ann Ar\tperson").find("Ann Arbor")
    assert [match.entry.name for match in found] == ["Ann"]


def test_scripts_without_spaces_need_no_bounds() -> None:
    names = gazetteer("東川町\tplace\tQ9", "이순\tperson")
    assert [match.entry.name for match in names.find("町議会は東川町の渡し船を")] == ["東川町"]
    assert [match.entry.name for match in names.find("어제 이순은 말했다")] == ["이순"]


def test_both_forms_of_the_file_are_read_and_comments_are_none() -> None:
    rows = ["# names\n", "\n", "Nora Ellingwood\tperson\tQ5\n", '{"name": "Eastmouth", "type": "place"}\n']
    assert list(read_entries(rows, "names")) == [
        Entry(name="Nora Ellingwood", type=MentionType.PERSON, id="Q5"),
        Entry(name="Eastmouth", type=MentionType.PLACE),
    ]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("Eastmouth", "1 columns"),
        ("Eastmouth\ttown", "the type 'town' must be one of person, place"),
        ("E\tplace", "2 to 200 characters"),
        ('{"name": "Eastmouth"', "no JSON object"),
        ('{"name": "Eastmouth", "kind": "place"}', "unknown keys: kind"),
        ('{"name": "Eastmouth", "type": "place", "id": 7}', "the id 7 must be a text"),
        ("Sallow\tplace\tQ2", "'Sallow' stands in line 1 as something else"),
    ],
)
def test_a_wrong_line_is_named(row: str, reason: str) -> None:
    with pytest.raises(UsageError, match=rf"names\.tsv:2: .*{reason}"):
        list(read_entries(["Sallow\tplace\tQ1", row], "names.tsv"))
