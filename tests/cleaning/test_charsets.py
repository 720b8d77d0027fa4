"""Pages in every charset of the web, declared rightly, wrongly, twice or not at all: the text comes out right."""

import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.cleaning.decoding import charset, document
from pipeline.cleaning.decoding.charset import decode
from pipeline.cleaning.decoding.document import Document, read_document
from pipeline.cleaning.decoding.mojibake import MIN_SEQUENCES, mend
from pipeline.errors import Code, Reject

TEXTS = {
    "en": "The ferry “Old Nan” won’t stop running – the council’s café keeps its £3 soup, and a €5 ticket stays.",
    "de": "Die Fähre fährt über Weihnachten weiter, sagte der Bürgermeister. Größere Schäden gäbe es früher.",
    "fr": "Le bac à chaîne restera en service tout l’été, a décidé le conseil après une journée très animée.",
    "es": "El transbordador seguirá navegando este año, según decidió anoche el ayuntamiento tras una sesión larga.",
    "pl": "Prom łańcuchowy będzie kursował także zimą, zdecydowała rada gminy. Mieszkańcy są wdzięczni, że się udało.",
    "cs": "Řetězový přívoz bude jezdit i v zimě, rozhodlo zastupitelstvo. Příští týden začnou opravy můstku.",
    "hu": "A kompjárat télen is közlekedik, döntött a képviselő-testület. Az őszi szünetben több járművet visz.",
    "ru": "Паромная переправа будет работать всю зиму, решил городской совет. Жители давно просили об этом решении.",
    "uk": "Поромна переправа працюватиме всю зиму, вирішила міська рада. Мешканці давно просили про її збереження.",
    "el": "Το πορθμείο θα συνεχίσει να λειτουργεί όλο τον χειμώνα, αποφάσισε το δημοτικό συμβούλιο μετά από συζήτηση.",
    "tr": "Zincirli feribot kış boyunca çalışmayı sürdürecek, diye açıkladı belediye başkanı. Işıklar değiştirilecek.",
    "he": "המעבורת תמשיך לפעול כל החורף, החליטה מועצת העיר אחרי דיון ארוך. התושבים ביקשו זאת כבר לפני שנים רבות.",
    "ar": "ستستمر العبارة في العمل طوال فصل الشتاء، هكذا قرر مجلس المدينة بعد نقاش طويل. وقد طالب السكان بذلك مرارا.",
    "lt": "Keltas plauks ir žiemą, nusprendė miesto taryba. Gyventojai šito prašė jau daugybę metų, todėl džiaugiasi.",
    "th": "เรือข้ามฟากจะให้บริการต่อไปตลอดฤดูหนาว สภาเมืองตัดสินใจเมื่อคืนนี้หลังจากการประชุมที่ยาวนานมาก",
    "ja": "渡し船は冬の間も運航を続けると、町議会が昨夜の長い会議のあとで決めました。住民は前から求めていました。",
    "zh": "市议会昨晚经过长时间的会议决定，渡船整个冬天都会继续运行。居民们早就提出了这样的要求。",
    "zh-Hant": "市議會昨晚經過長時間的會議決定，渡船整個冬天都會繼續運行。居民們早就提出了這樣的要求。",
    "ko": "나룻배는 겨울 동안에도 계속 운항한다고 시의회가 어젯밤 긴 회의 끝에 결정했다. 주민들이 오래 바라던 일이다.",
}


def page(
    language: str, encoding: str, *, declared: str = "", lang: str = "", errors: str = "xmlcharrefreplace"
) -> bytes:
    """A page in a charset, with what its meta element and its lang attribute say."""
    meta = f'<meta charset="{declared}">' if declared else ""
    attribute = f' lang="{lang}"' if lang else ""
    text = TEXTS[language]
    return f"<!DOCTYPE html><html{attribute}><head>{meta}</head><body><p>{text}</p></body></html>".encode(
        encoding, errors
    )


def text_of(body: bytes, content_type: str | None = None) -> str:
    document = read_document(body, content_type)
    assert isinstance(document, Document)
    assert document.tree is not None
    return " ".join(document.tree.findtext(".//p").split())


RIGHT = [
    ("en", "utf-8", "utf-8"), ("en", "cp1252", "windows-1252"), ("en", "cp1252", "iso-8859-1"),
    ("en", "cp1252", "us-ascii"), ("de", "latin-1", "iso-8859-1"), ("fr", "iso8859-15", "iso-8859-15"),
    ("pl", "cp1250", "windows-1250"), ("pl", "iso8859-2", "iso-8859-2"), ("cs", "cp1250", "windows-1250"),
    ("hu", "iso8859-2", "iso-8859-2"), ("ru", "cp1251", "windows-1251"), ("ru", "koi8-r", "koi8-r"),
    ("ru", "iso8859-5", "iso-8859-5"), ("uk", "koi8-u", "koi8-u"), ("el", "cp1253", "windows-1253"),
    ("el", "iso8859-7", "iso-8859-7"), ("tr", "cp1254", "windows-1254"), ("tr", "iso8859-9", "iso-8859-9"),
    ("he", "cp1255", "windows-1255"), ("he", "iso8859-8", "iso-8859-8"), ("ar", "cp1256", "windows-1256"),
    ("ar", "iso8859-6", "iso-8859-6"), ("lt", "cp1257", "windows-1257"), ("th", "cp874", "windows-874"),
    ("th", "tis-620", "tis-620"), ("ja", "cp932", "shift_jis"), ("ja", "cp932", "x-sjis"),
    ("ja", "euc_jp", "euc-jp"), ("ja", "iso2022_jp", "iso-2022-jp"), ("zh", "gb2312", "gb2312"),
    ("zh", "gbk", "gbk"), ("zh", "gb18030", "gb18030"), ("zh-Hant", "big5", "big5"), ("ko", "euc_kr", "euc-kr"),
    ("ko", "cp949", "ks_c_5601-1987"),
]  # fmt: skip


@pytest.mark.parametrize(("language", "encoding", "label"), RIGHT)
def test_a_declared_charset_is_read(language: str, encoding: str, label: str) -> None:
    assert text_of(page(language, encoding, declared=label)) == TEXTS[language]
    assert text_of(page(language, encoding), f"text/html; charset={label}") == TEXTS[language]


@pytest.mark.parametrize("language", TEXTS)
@pytest.mark.parametrize("label", ["iso-8859-1", "windows-1251", "gbk", "no-such-charset", ""])
def test_utf_8_is_read_whatever_is_declared(language: str, label: str) -> None:
    assert text_of(page(language, "utf-8", declared=label), label and f"text/html; charset={label}") == TEXTS[language]


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("language", ["en", "ru", "zh", "ja"])
def test_utf_16_is_read_with_and_without_its_mark(language: str, encoding: str, mark: str) -> None:
    body = mark.encode(encoding) + page(language, encoding, declared="utf-8")
    assert text_of(body, "text/html; charset=utf-8") == TEXTS[language]


@pytest.mark.parametrize("mark", ["utf-8-sig", "utf-32"])
def test_a_byte_order_mark_wins_over_declarations(mark: str) -> None:
    assert text_of(page("ru", mark, declared="windows-1251"), "text/html; charset=koi8-r") == TEXTS["ru"]


def test_a_page_that_calls_itself_utf_16_in_ascii_is_not() -> None:
    assert text_of(page("de", "utf-8", declared="utf-16")) == TEXTS["de"]


WRONG = [
    # language, charset, what the page says, what the header says, lang
    ("ru", "cp1251", "iso-8859-1", "", ""),
    ("ru", "cp1251", "utf-8", "utf-8", ""),
    ("ru", "koi8-r", "windows-1251", "", ""),
    ("ru", "cp1251", "windows-1251", "iso-8859-1", ""),
    ("ru", "cp1251", "koi8-r", "windows-1251", ""),
    ("uk", "cp1251", "iso-8859-1", "", "uk"),
    ("pl", "cp1250", "iso-8859-1", "", "pl"),
    ("pl", "iso8859-2", "iso-8859-1", "", "pl"),
    ("pl", "iso8859-2", "iso-8859-2", "utf-8", "pl"),
    ("cs", "cp1250", "utf-8", "", "cs"),
    ("el", "cp1253", "iso-8859-1", "", ""),
    ("tr", "cp1254", "iso-8859-1", "", "tr"),
    ("he", "cp1255", "iso-8859-1", "", ""),
    ("ar", "cp1256", "windows-1252", "", "ar"),
    ("de", "cp1252", "utf-8", "utf-8", ""),
    ("fr", "cp1252", "windows-1251", "", "fr"),
    ("en", "cp1252", "utf-8", "", "en"),
    ("ja", "cp932", "utf-8", "", "ja"),
    ("ja", "euc_jp", "shift_jis", "", "ja"),
    ("ja", "cp932", "shift_jis", "iso-8859-1", ""),
    ("zh", "gb18030", "iso-8859-1", "", "zh"),
    ("zh-Hant", "big5", "utf-8", "", "zh"),
    ("ko", "cp949", "iso-8859-1", "", "ko"),
    ("ko", "cp949", "utf-8", "euc-kr", ""),
]


@pytest.mark.parametrize(("language", "encoding", "declared", "header", "lang"), WRONG)
def test_a_wrong_declaration_is_not_believed(
    language: str, encoding: str, declared: str, header: str, lang: str
) -> None:
    body = page(language, encoding, declared=declared, lang=lang)
    assert text_of(body, f"text/html; charset={header}" if header else None) == TEXTS[language]


MISSING = [
    ("de", "cp1252", ""), ("fr", "cp1252", ""), ("es", "cp1252", ""), ("pl", "cp1250", "pl"), ("cs", "cp1250", "cs"),
    ("hu", "cp1250", "hu"), ("ru", "cp1251", ""), ("ru", "koi8-r", ""), ("uk", "cp1251", "uk"), ("el", "cp1253", ""),
    ("tr", "cp1254", "tr"), ("he", "cp1255", ""), ("ar", "cp1256", ""), ("lt", "cp1257", "lt"), ("th", "cp874", "th"),
    ("ja", "cp932", ""), ("ja", "euc_jp", ""), ("ja", "iso2022_jp", ""), ("zh", "gb18030", ""), ("zh-Hant", "big5", ""),
    ("ko", "cp949", ""),
]  # fmt: skip


@pytest.mark.parametrize(("language", "encoding", "lang"), MISSING)
def test_a_missing_declaration_is_made_up_for(language: str, encoding: str, lang: str) -> None:
    assert text_of(page(language, encoding, lang=lang)) == TEXTS[language]


def test_the_first_of_two_metas_that_makes_sense_is_read() -> None:
    body = page("ru", "cp1251", declared="utf-8").replace(b"</head>", b'<meta charset="windows-1251"></head>')
    assert text_of(body) == TEXTS["ru"]
    assert text_of(b'<?xml version="1.0" encoding="windows-1251"?>' + page("ru", "cp1251")) == TEXTS["ru"]


@pytest.mark.parametrize(("language", "encoding", "cut"), [("ru", "utf-8", 1), ("zh", "utf-8", 2), ("ja", "cp932", 1)])
def test_a_page_cut_within_a_character_loses_that_character_only(language: str, encoding: str, cut: int) -> None:
    whole = f"{TEXTS[language]}{TEXTS[language][0]}".encode(encoding)[:-cut]
    body = f"<html><head><meta charset={encoding}></head><body><p>".encode() + whole
    assert text_of(body) == TEXTS[language]


@pytest.mark.parametrize("language", ["de", "ru", "zh"])
def test_one_bad_byte_does_not_change_the_charset(language: str) -> None:
    text = text_of(page(language, "utf-8", declared="utf-8").replace(b"<p>", b"<p>\xff", 1))
    assert text.strip("\ufffd") == TEXTS[language]


def test_a_part_in_another_charset_is_read_in_that() -> None:
    body = page("de", "utf-8", declared="utf-8").replace(b"<p>", b"<p>Caf\xe9 \x93Anker\x94: ")
    assert text_of(body) == f"Café “Anker”: {TEXTS['de']}"


def test_a_broken_character_is_replaced_and_never_guessed() -> None:
    body = page("de", "utf-8", declared="utf-8").replace(b"<p>", "<p>Café".encode()[:-1] + b"\xe2\x80 ")
    assert "â" not in text_of(body)


def test_smart_quotes_in_a_page_declared_as_iso() -> None:
    for label in ("iso-8859-1", "iso-8859-15", "latin1"):
        body = f"<html><head><meta charset={label}></head><body><p>".encode() + "“Anker” – d’été…".encode("cp1252")
        assert text_of(body) == "“Anker” – d’été…"


@pytest.mark.parametrize(
    ("reference", "character"),
    [("&#146;", "’"), ("&#x96;", "–"), ("&#8217;", "’"), ("&eacute;", "é"), ("&#1046;", "Ж"), ("&#0150;", "–")],
)
def test_references_are_read_as_browsers_do(reference: str, character: str) -> None:
    assert text_of(f"<html><body><p>a{reference}b</p></body></html>".encode()) == f"a{character}b"


@pytest.mark.parametrize("wrong", ["latin-1", "cp1252"])
@pytest.mark.parametrize("language", ["de", "fr", "es"])
def test_utf_8_encoded_twice_is_undone(language: str, wrong: str) -> None:
    text = TEXTS[language].encode().decode(wrong, "replace")
    assert text_of(f"<html><body><p>{text}</p></body></html>".encode()) == TEXTS[language]


@given(st.text(st.sampled_from("ab <>\n’“éÄß£\xa0中ферж\U0001f600"), max_size=40))
def test_any_text_encoded_twice_is_undone(text: str) -> None:
    doubtless = text + "é" * MIN_SEQUENCES
    assert mend(doubtless.encode().decode("latin-1")) == doubtless


def test_a_text_about_mojibake_keeps_it() -> None:
    text = f"{TEXTS['de']} Aus einem ü wird dann Ã¼, das ist ärgerlich für Leserinnen und Leser in Köln."
    assert text_of(f"<html><body><p>{text}</p></body></html>".encode()) == text


@pytest.mark.parametrize(
    "body",
    [
        bytes(range(128, 256)) * 40,
        b"<html><body><p>" + bytes((i * 89 + i * i * 31) % 256 for i in range(4000)) + b"</p></body></html>",
        b"<html><p>" + b"\x01\x02\x03\x04" * 500,
    ],
)
def test_what_is_no_text_in_any_charset_is_a_dead_letter(body: bytes) -> None:
    with pytest.raises(Reject) as rejected:
        decode(body, "text/html")
    assert rejected.value.code is Code.UNDECODABLE


HOSTILE_SECONDS = 10
"""Of processor time: other work on the machine does not count."""

HOSTILE = {
    "openings of tags": b"<" * 400_000,
    "openings of scripts": b"<script>" * 50_000,
    "one long word": b"a" * 400_000,
    "one long word of another script": "ж".encode("cp1251") * 400_000,
    "leads of twice encoded characters": "Ã".encode() * 200_000,
    "wide white space": b" \0" * 200_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_page_takes_no_longer_than_a_large_one(name: str) -> None:
    before = time.process_time()
    for body in (HOSTILE[name] + b"\xe9\xe8\xff", b"\xe9\xe8\xff" + HOSTILE[name]):
        with suppress(Reject):
            decode(b"<html><body>" + body, None)
    assert time.process_time() - before < HOSTILE_SECONDS


@given(st.text("abc ~\t\n\r\x00\x0b\x1f\x7f\x80é漢", max_size=100))
def test_the_telling_bytes_are_all_but_plain_ascii(text: str) -> None:
    body = text.encode()
    plain = bytes(code for code in range(127) if code >= 32 or code in b"\t\n\r")
    assert charset._telling(body) == body.translate(None, plain)


@given(st.lists(st.sampled_from(["&", "#", "x", "X", "0", "1", "2", "5", "8", "9", "a", "F", ";", "&#", "&#x"])))
def test_low_references_are_found_as_the_pattern_finds_them(parts: list[str]) -> None:
    text = "".join(parts)
    assert document._has_low_reference(text.encode()) == bool(document._LOW_REFERENCE.search(text))


@given(
    st.lists(
        st.sampled_from(
            [
                b"a",
                b"<p>",
                b"\xc3",
                b"\xa9",
                b"\xe2\x82",
                b"\xac",
                b"\xed\xa0\x80",
                b"\xf0\x9f",
                b"\x98\x80",
                b"\xc0\xaf",
                b"\xf4\x90\x80\x80",
                b"\xe0\x80\x80",
                b"x" * 32,
            ]
        )
    )
)
def test_utf8_is_what_python_reads_strictly(parts: list[bytes]) -> None:
    body = b"".join(parts)
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        assert not charset._is_utf8(body)
    else:
        assert charset._is_utf8(body)
