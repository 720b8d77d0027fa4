"""Which changes of a page a reader would notice, and what is said of them."""

import json
import zlib
from typing import Any

import pytest

from pipeline.enrichment.revisions import (
    MAX_COMPARED,
    MAX_EDITS,
    Content,
    content_of,
    correction_note,
    difference,
    fingerprint,
    is_stamp,
    pack,
    sentences,
    unpack,
)
from pipeline.records import Difference, Edit, EditedSentence

BODY = "The ferry will sail again.\nThe city said so on Friday. It takes 40 cars.\nTickets cost 4.20."


def content(body: str = BODY, **fields: Any) -> Content:
    known = {"headline": "Ferry sails again", "description": None, "authors": (), "date_published": None}
    return content_of(article_body=body, **{**known, "canonical_url": None, **fields})


MINOR = {
    "white space": BODY.replace(" ", "  ").replace("\n", "\n\n"),
    "another division into paragraphs": BODY.replace("\n", " "),
    "a time stamp": "Updated 14:05\n" + BODY,
    "a renewed time stamp in German": BODY + "\nZuletzt aktualisiert: 3. März 2026, 14:05 Uhr",
    "a relative time": "3 hours ago\n" + BODY,
    "a date line": "Monday, 2 March 2026\n" + BODY,
    "a bare clock": "14:05\n" + BODY,
    "a counter": BODY + "\n1,204 views",
    "a counter in French": BODY + "\n17 commentaires",
    "a reading time": "4 min read\n" + BODY,
}


@pytest.mark.parametrize("body", MINOR.values(), ids=MINOR)
def test_a_minor_change_is_none(body: str) -> None:
    assert fingerprint(content(body)) == fingerprint(content())


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("“We missed the bell,” she said – twice…", '"We missed the bell," she said - twice...'),
        ("It’s back", "It's back"),
        ("« Nous voilà » , dit-elle !", '"Nous voilà", dit-elle!'),
        ("Cafe\u0301 re\u00adopens", "Café reopens"),
        ("１２日、再開", "12日、再開"),
    ],
)
def test_variants_of_punctuation_and_characters_are_one(one: str, other: str) -> None:
    assert fingerprint(content(one)) == fingerprint(content(other))


@pytest.mark.parametrize(
    "other",
    [
        content(BODY.replace("40", "45")),
        content(BODY.replace("again.", "again?")),
        content(BODY + "\nThe mayor will be aboard."),
        content(headline="Ferry sails"),
        content(date_published="2026-03-02"),
        content(BODY.replace("Friday", "Thursday at 14:05")),
        content("3 – 1\n" + BODY),
        content("1,204 votes\n" + BODY),
    ],
)
def test_a_real_change_is_seen(other: Content) -> None:
    assert fingerprint(other) != fingerprint(content())


def test_another_hour_of_publication_is_no_change_but_another_day_is() -> None:
    one, hour, day = (content(date_published=f"2026-03-0{when}:00Z") for when in ("2T08:00", "2T09:30", "3T08:00"))
    assert fingerprint(one) == fingerprint(hour) != fingerprint(day)


@pytest.mark.parametrize(
    "line",
    [
        "He waited 3 hours.",
        "Three people died on Monday",
        "Update",
        "",
        "12",
        "Page 3 of 9 is here",
        "x" * 500,
        "4 years",
        "$14.55",
    ],
)
def test_prose_is_no_stamp(line: str) -> None:
    assert not is_stamp(line)


def test_a_difference_says_what_became_of_the_sentences() -> None:
    after = "The ferry will sail again.\nIt takes 45 cars.\nTickets cost 4.20.\nThe mayor will be aboard!"
    assert difference(content(), content(after, headline="Ferry back")) == Difference(
        fields=("headline", "article_body"),
        headline_before="Ferry sails again",
        headline_after="Ferry back",
        sentences_added=1,
        sentences_removed=1,
        sentences_altered=1,
        share=0.478,
        sentences=(
            EditedSentence(edit=Edit.ALTERED, before="It takes 40 cars.", after="It takes 45 cars."),
            EditedSentence(edit=Edit.ADDED, after="The mayor will be aboard!"),
            EditedSentence(edit=Edit.REMOVED, before="The city said so on Friday."),
        ),
    )


def test_a_sentence_that_moves_or_a_stamp_that_comes_is_no_edit() -> None:
    found = difference(content(), content("Updated 14:05\nTickets cost 4.20.\n" + BODY.rpartition("\n")[0]))
    assert (found.sentences_added, found.sentences_removed, found.sentences_altered, found.share) == (0, 0, 0, 0.0)


def test_a_difference_is_small_however_much_changed() -> None:
    one, other = (" ".join(f"{word}{number} {'y' * 300}." for number in range(3000)) for word in ("a", "b"))
    found = difference(content(one, headline="h" * 900), content(other, headline="k" * 900))
    assert len(found.sentences) == MAX_EDITS
    assert found.sentences_added > 100
    assert found.share > 0.9
    assert len(repr(found)) < 3500


def test_a_long_sentence_is_quoted_where_it_differs() -> None:
    long = "The council decided " + "on this and on that and " * 12 + "to spend {} million on the pier."
    (edit,) = difference(content(long.format(4)), content(long.format(9))).sentences
    assert "4 million" in (edit.before or "")
    assert "9 million" in (edit.after or "")
    assert all(text.startswith("…") and len(text) <= 160 for text in (edit.before or "", edit.after or ""))


def test_a_sentence_that_came_back_twice_is_added_once() -> None:
    assert difference(content(), content(BODY + " Tickets cost 4.20.")).sentences_added == 1


def test_japanese_sentences_are_told_apart_and_altered_ones_found() -> None:
    one = "市議会は金曜日に決定した。渡し船は四十台の車を運ぶ。"
    found = difference(content(one), content(one.replace("四十", "四十五")))
    assert (found.sentences_altered, found.sentences_added) == (1, 0)


def test_contents_are_kept_and_read_back_up_to_a_bound() -> None:
    kept = content(BODY + "\ud800", authors=(), date_published="2026-03-02T08:00:00Z", canonical_url="https://x.test/")
    assert unpack(pack(kept)) == kept
    assert len(unpack(pack(content("word " * 50_000))).article_body) == MAX_COMPARED


def test_content_that_was_packed_before_reservations_were_known_is_read_without() -> None:
    parts = ["Headline", "", "Body", ["Mara Reed"], "2026-01-31", ""]
    assert unpack(zlib.compress(json.dumps(parts).encode())).reserved == ()


def test_a_page_without_reservations_has_the_fingerprint_that_it_had() -> None:
    assert fingerprint(content()) == "2082d31aa773d05691bd402faf3ceec5"


def test_sentences() -> None:
    assert sentences('He said: "No." She left.\n\nIt was 4.20.') == ['He said: "No."', "She left.", "It was 4.20."]


NOTES = [
    "Correction: The bridge is 40 metres long.",
    "Correction (March 3): the mayor's name.",
    "An earlier version of this article named the wrong mayor.",
    "This article was amended on 3 March 2026 to correct a name.",
    "Editor’s note: this story has been corrected.",
    "Berichtigung: Die Brücke ist 40 Meter lang.",
    "In einer früheren Version dieses Artikels hieß es, die Brücke sei länger.",
    "Rectificatif : le pont mesure 40 mètres.",
    "Une version précédente de cet article donnait un autre nom.",
    "Fe de errores: el puente mide 40 metros.",
    "Una versión anterior de este artículo decía otra cosa.",
    "Errata corrige: il ponte è lungo 40 metri.",
    "Correção: a ponte tem 40 metros.",
    "In een eerdere versie van dit artikel stond een andere naam.",
    "Rättelse: bron är 40 meter lång.",
    "Sprostowanie: most ma 40 metrów.",
    "Уточнение: длина моста 40 метров.",
    "В более ранней версии статьи было указано другое имя.",
    "【訂正】橋の長さは四十メートルです。",
    "更正：桥长四十米。",
    "Düzeltme: Köprü 40 metre uzunluğunda.",
]


@pytest.mark.parametrize("note", NOTES)
def test_a_note_on_a_correction_is_found_in_many_languages(note: str) -> None:
    assert correction_note(f"{BODY * 60}\n\n{note}") == note
    assert correction_note(f"{note}\n\n{BODY * 60}") == note


@pytest.mark.parametrize(
    "text",
    [
        "The market saw a correction on Monday.",
        "Correction officers went on strike.",
        "The new version of this phone is thinner.",
        "Die Korrektur der Zahlen dauert an.",
        "Editor's note: we will be on holiday.",
        "更正的机会不多。",
    ],
)
def test_other_sentences_are_no_note(text: str) -> None:
    assert correction_note(text) is None
