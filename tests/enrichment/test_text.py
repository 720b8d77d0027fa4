"""Sentences, facts, keywords and summary of a text."""

import justext
import pytest

from pipeline.enrichment import stopwords
from pipeline.enrichment.facts import count_quotations, text_facts
from pipeline.enrichment.keywords import keywords
from pipeline.enrichment.readability import FORMULAS, readability
from pipeline.enrichment.reading import read
from pipeline.enrichment.sentences import all_spans
from pipeline.enrichment.summary import summarise
from pipeline.records import DescriptionDoubt, Image, Signals
from pipeline.text import count_words
from tests.enrichment.articles import FERRY, article


def split(text: str, language: str) -> list[str]:
    return [text[start:end] for start, end in all_spans(text, [(0, len(text))], language)]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        (
            "en",
            "Mr. J. R. Smith paid $3.50 at St. Mary's.| “Why?” she asked.| Nobody knew!| He left at 5 p.m. on Monday.",
        ),
        ("en", "The U.S. Senate met.| It ended... and nobody came."),
        ("de", "Am 3. Oktober kam Dr. Maier, z.B. mit dem Zug.| Er blieb bis zum 5. November."),
        ("fr", "M. Dupont est parti.| « Pourquoi ? »| Personne ne sait."),
        ("es", "¿Quién vino?| La Sra. Gómez llegó a las 5.| ¡Qué día!"),
        ("ja", "町議会が決めた。|「本当ですか。」|住民は喜んだ。"),
        ("zh", "他说：“好。”|然后走了！|没有人知道。"),
        ("hi", "परिषद ने फैसला किया।| लोग खुश हैं।"),
        ("ar", "هل جاء أحد؟| لم يأت أحد."),
    ],
)
def test_sentences_end_where_a_reader_ends_them(language: str, text: str) -> None:
    wanted = [part.strip() for part in text.split("|")]
    assert split(text.replace("|", ""), language) == wanted


def test_thai_marks_no_sentences_and_none_are_invented() -> None:
    facts = text_facts(thai := article("สภาท้องถิ่นลงมติเมื่อวันอังคาร ให้เรือข้ามฟากลำเก่าเดินเรือต่อไปตลอดฤดูหนาว"), read(thai))
    assert facts.sentences is None
    assert facts.readability is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("the old chain ferry", 4),
        ("旧渡船", 3),
        ("परिषद ने फैसला किया", 4),
        ("می‌رود به خانه", 3),
        ("cafe\u0301 noir", 2),
        ("הַמַּעְבֹּרֶת הַיְשָׁנָה", 2),
    ],
)
def test_marks_and_joiners_are_inside_words(text: str, words: int) -> None:
    assert count_words(text) == words


def test_the_facts_of_a_text() -> None:
    facts = text_facts(ferry := article(), read(ferry))
    assert facts.sentences == 10
    assert facts.reading_seconds == round(60 * count_words(FERRY) / 238)
    assert facts.readability is not None
    assert facts.readability.formula == "Flesch reading ease (1948)"
    assert 60 < facts.readability.value < 80
    assert facts.quotations == 1


def test_quotations_are_counted_in_the_marks_of_every_country_and_terms_are_none() -> None:
    text = "„Wir fahren heute noch“, sagte er. «On part tout de suite», dit-elle. »Wir fahren heute noch«,"
    text += " 「これは本当のことです」"
    text += ' and "we will leave today" but the “ferry” and "bridge" are terms.'
    assert count_quotations(article(text)) == 5


def test_a_formula_is_named_and_given_only_where_one_was_published() -> None:
    prose = "The ferry sails today. " * 30
    assert readability(prose, 30, "en") is not None
    assert readability(prose, 30, "vi") is None
    assert readability(prose[:40], 2, "en") is None
    assert len({formula.name for formula in FORMULAS.values()}) == 9


@pytest.mark.parametrize(
    ("language", "text", "syllables"),
    [
        ("en", "the little table was moved to houses by people who liked the late boats", 18),
        ("de", "die alte fähre soll auch im winter zwischen den dörfern fahren", 17),
        ("es", "la ciudad quiere un puente nuevo sobre el río antes del invierno", 22),
        ("fr", "la ville veut garder le vieux bac pendant les mois de grande pluie", 15),
        ("nl", "de oude veerpont blijft ook in de winter varen", 13),
        ("ru", "старый паром будет ходить и зимой", 12),
    ],
)
def test_syllables_are_counted_nearly_as_a_speaker_does(language: str, text: str, syllables: int) -> None:
    assert abs(FORMULAS[language].syllables(text) - syllables) <= 1


def test_longer_words_and_sentences_are_harder_by_every_formula() -> None:
    """LIX grows with the difficulty, the others fall."""
    short, long = "on va la ici. ", "internationalisation administrative considérable extraordinairement "
    cyrillic = {"short": "он там. мы тут. ", "long": "административная интернационализация чрезвычайная "}
    for language, formula in FORMULAS.items():
        easy_text = (cyrillic["short"] if language == "ru" else short) * 40
        hard_text = (cyrillic["long"] if language == "ru" else long) * 40
        easy, hard = readability(easy_text, 40, language), readability(hard_text, 4, language)
        assert easy is not None
        assert hard is not None
        assert (hard.value > easy.value) is formula.name.startswith("LIX")


def test_keywords_are_what_the_text_is_about_and_its_parts_are_not_said_twice() -> None:
    found = [keyword.text for keyword in keywords(read(article()))]
    assert found[0] == "chain ferry"
    assert "Brackwater" in found[:4]
    assert "Veldkamp" in found
    assert "ferry" not in found
    assert not {"said", "Tuesday", "people", "year"} & set(found)


def test_keywords_of_scripts_without_spaces_are_whole_words() -> None:
    chinese = article(
        "镇议会决定保留旧渡船。旧渡船每天运送三百人。镇议会认为旧渡船很重要，居民也支持旧渡船。", headline="旧渡船保留"
    )
    assert keywords(read(chinese))[0].text == "旧渡船"
    japanese = article(
        "町議会は渡し船の運航を決めた。運航にはフェリーを使う。フェリーの運航は町議会が決める。",
        headline="フェリー運航へ",
    )
    assert {keyword.text for keyword in keywords(read(japanese))[:3]} == {"フェリー", "運航", "町議会"}
    korean = article(
        "군의회는 나룻배를 운항하기로 했다. 나룻배가 오래됐다. 주민들은 나룻배의 운항을 반겼다. 군의회가 결정했다.",
        headline="나룻배 계속 운항",
    )
    assert keywords(read(korean))[0].text.startswith("나룻배")


def test_a_text_of_small_talk_has_no_keywords() -> None:
    assert keywords(read(article("And so it was that they said so. It was what it was.", headline=None))) == ()


def test_the_summary_is_verbatim_in_the_order_of_the_text() -> None:
    ferry = article()
    summary = summarise(ferry, read(ferry), keywords(read(ferry)))
    assert 1 < len(summary.sentences) <= 3
    assert summary.sentences[0].text == FERRY.split("\n")[0]
    for sentence in summary.sentences:
        assert ferry.article_body[sentence.start : sentence.end] == sentence.text
    assert [each.start for each in summary.sentences] == sorted(each.start for each in summary.sentences)


@pytest.mark.parametrize(
    ("description", "doubt"),
    [
        ("Brackwater's council keeps the chain ferry between the villages running, whatever repairs cost.", None),
        ("All the latest news and breaking stories from Harborshire and beyond", DescriptionDoubt.BOILERPLATE),
        ("Wild goats escaped from a circus tent yesterday near Oakhampton", DescriptionDoubt.ELSEWHERE),
        ("Old ferry", None),
    ],
)
def test_a_description_is_checked_against_the_text(description: str, doubt: DescriptionDoubt | None) -> None:
    ferry = article(description=description)
    assert summarise(ferry, read(ferry), ()).description_doubt is doubt


def test_links_and_pictures_come_from_the_page() -> None:
    linked = article(signals=Signals(links_out=7, images=(Image(url="https://example.org/a.jpg"),)))
    facts = text_facts(linked, read(linked))
    assert (facts.links_out, facts.images) == (7, linked.signals.images)


def test_stop_words_are_those_of_justext() -> None:
    for tag, name in stopwords._LISTS.items():
        words = justext.get_stoplist(name)
        assert stopwords._listed(tag) == {word.strip("\"'(),.:;").lower() for word in words}, tag
