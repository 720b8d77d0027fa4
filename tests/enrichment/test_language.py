"""The language found from the text."""

import pytest

from pipeline.enrichment.language import detect_language

TEXTS = {
    "en": "The council voted on Tuesday to keep the old chain ferry running through the winter.",
    "de": "Der Gemeinderat stimmte am Dienstag dafür, die alte Kettenfähre den Winter über fahren zu lassen.",
    "fr": "Le conseil a voté mardi le maintien du vieux bac à chaîne pendant tout l'hiver.",
    "es": "El concejo votó el martes a favor de mantener el viejo transbordador durante el invierno.",
    "ru": "Совет проголосовал во вторник за то, чтобы старый паром ходил всю зиму.",
    "el": "Το συμβούλιο ψήφισε την Τρίτη να συνεχίσει το παλιό πορθμείο όλο τον χειμώνα.",
    "ja": "町議会は火曜日、古い渡し船を冬の間も運航させることを決めた。",
    "ko": "군의회는 화요일에 낡은 나룻배를 겨울에도 운항하기로 의결했다.",
    "zh": "镇议会星期二投票决定，让这条旧渡船在整个冬天继续运行。",
    "ar": "صوّت المجلس يوم الثلاثاء على إبقاء العبّارة القديمة تعمل طوال فصل الشتاء.",
    "th": "สภาท้องถิ่นลงมติเมื่อวันอังคารให้เรือข้ามฟากลำเก่าเดินเรือต่อไปตลอดฤดูหนาว",
}


@pytest.mark.parametrize(("tag", "text"), TEXTS.items())
def test_a_sentence_tells_its_language(tag: str, text: str) -> None:
    assert detect_language(None, text).tag == tag


def test_the_confidence_is_a_plain_rounded_number() -> None:
    language = detect_language("The ferry", TEXTS["en"])
    assert type(language.confidence) is float
    assert language.confidence == round(language.confidence, 4)
    assert 0.5 <= language.confidence <= 1


@pytest.mark.parametrize("text", ["", "12 34", "Hello.", "§ 5.3", "\ud800 lone surrogate"])
def test_a_text_that_tells_nothing_is_undetermined(text: str) -> None:
    assert detect_language(None, text).tag == "und"


def test_the_same_text_gives_the_same_answer() -> None:
    assert detect_language("a", TEXTS["fr"]) == detect_language("a", TEXTS["fr"])
