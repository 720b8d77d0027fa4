"""Whom a text is credited to: real agencies by their forms, and nobody who is only named. All texts are invented."""

import re

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.enrichment.agencies import AGENCIES, find_agencies
from pipeline.enrichment.agency_credits import MAX_CREDITS, agency_credits
from pipeline.records import AgencyCredit, Author, Claim, CleanArticle, Provenance, Publisher, Removed, Rights, Signals
from tests.enrichment.articles import article

STORY = (
    "The council met on Tuesday and voted to keep the chain ferry running through the winter, as its leader told"
    " reporters after the vote in the old town hall of Brackwater."
)


def opening(text: str) -> CleanArticle:
    return article(f"{text} {STORY}\n\n{STORY}")


def closing(text: str) -> CleanArticle:
    return article(f"{STORY}\n\n{STORY}\n\n{text}")


def ending(text: str) -> CleanArticle:
    return article(f"{STORY}\n\n{STORY} {text}")


def written_by(name: str) -> CleanArticle:
    return article(f"{STORY}\n\n{STORY}", authors=(Author(name=name),))


def cut(rule: str, excerpt: str) -> CleanArticle:
    removed = Removed(rule=rule, excerpt=excerpt, length=len(excerpt), place="/html/body/p[9]")
    return article(f"{STORY}\n\n{STORY}", removed=(removed,))


def declaring(source: str, value: str) -> CleanArticle:
    rights = Rights(claims=(Claim(source=source, value=value),))
    return article(f"{STORY}\n\n{STORY}", rights=rights)


def found(clean: CleanArticle, language: str) -> list[str]:
    return [credit.id for credit in agency_credits(clean, language)]


DATELINES = [
    ("en", "LITTLE SKERRY, Maine (AP) — The", "ap"),
    ("en", "BRACKWATER (AP) - The", "ap"),
    ("en", "PORT ALDER, 3 May (Reuters) — The", "reuters"),
    ("en", "EASTMOUTH/GREY ISLAND, March 7 (Reuters) - An", "reuters"),
    ("en", "SEOUL, May 3 (Yonhap) -- The", "yonhap"),
    ("en", "New Delhi, May 3 (PTI) The", "pti"),
    ("en", "Mumbai [India], May 3 (ANI): The", "ani"),
    ("en", "Chennai, May 3 (IANS) The", "ians"),
    ("en", "RAJSHAHI, Dec 20, 2026 (BSS) - The", "bss"),
    ("en", "TOKYO (Kyodo) -- The", "kyodo"),
    ("en", "KUALA LUMPUR, May 3 (Bernama) -- The", "bernama"),
    ("en", "ABU DHABI, 3rd May, 2026 (WAM) -- The", "wam"),
    ("en", "CANBERRA, May 3 (Xinhua) -- The", "xinhua"),
    ("de", "Kesselfurt (dpa) - Der", "dpa"),
    ("de", "Kesselfurt (dpa/lno) – Trotz", "dpa"),
    ("de", "KESSELFURT dpa | Der", "dpa"),
    ("de", "KESSELFURT epd/dpa | Der", "epd dpa"),
    ("de", "Kesselfurt (KNA/tb). Der", "kna"),
    ("de", "WIEN (APA) - Der", "apa"),
    ("de", "Bern (sda) - Der", "keystone-sda"),
    ("fr", "(AFP) - Le", "afp"),
    ("fr", "AFP - Le", "afp"),
    ("fr", "Vaubrune, 3 mai 2026 (AFP) - Le", "afp"),
    ("fr", "Vaubrune, 3 mai (Belga) - Le", "belga"),
    ("es", "Villa Nava, 3 may (EFE).- El", "efe"),
    ("es", "VILLA NAVA, 3 May. (EUROPA PRESS) - El", "europa-press"),
    ("it", "(ANSA) - BORGO ALTO, 03 MAG - Il", "ansa"),
    ("pt", "Vila Seca, 03 mai 2026 (Lusa) - O", "lusa"),
    ("sv", "Norrvik (TT) – Rådet", "tt"),
    ("no", "Skarvsund (NTB): Rådet", "ntb"),
    ("hr", "Zagreb, 3. svibnja (Hina) - Vijeće", "hina"),
    ("pl", "Warszawa, PAP – Rada", "pap"),
    ("tr", "ANKARA (AA) - Belediye", "anadolu"),
    ("id", "Jakarta (ANTARA) - Dewan", "antara"),
    ("ru", "МОСКВА, 3 мая. /ТАСС/. Совет", "tass"),
    ("ru", "МОСКВА, 3 мая — РИА Новости. Совет", "ria-novosti"),
    ("ru", "Москва. 3 мая. INTERFAX.RU - Совет", "interfax"),
    ("ar", "القاهرة (رويترز) - قال", "reuters"),
    ("ko", "(서울=연합뉴스) 홍길동 기자 = 시의회", "yonhap"),
    ("ja", "【ワシントン共同】町議会は", "kyodo"),
    ("ja", "【パリ時事】町議会は", "jiji"),
    ("ja", "[北京　３日　ロイター] 町議会は", "reuters"),
    ("zh", "新华社北京5月3日电（记者张三）市议会", "xinhua"),
    ("zh", "（中央社記者王五台北3日電）市議會", "cna-taiwan"),
]
NO_DATELINES = [
    ("en", "Andhra Pradesh (AP) — The"),
    ("en", "Vijayawada (AP): The"),
    ("en", "Advanced Placement (AP) – Students of"),
    ("en", "AP classes - the hard ones - are"),
    ("en", "Philadelphia (PA) – The"),
    ("en", "The news agency Associated Press (AP) - founded long ago - said"),
    ("en", "A report by the agency (AFP) - said"),
    ("en", "Reuters said on Tuesday - a day late - that"),
    ("en", "The editor (told Reuters) – said"),
    ("en", "Bloomberg — the former mayor — said"),
    ("en", "The paper (Ap. J. 12) — found"),
    ("en", "SKERRY (Photo: AFP) — The"),
    ("en", "Skerry (Herald) - The"),
    ("de", "Die TT (Tiroler Tal) - eine Zeitung -"),
    ("fr", "Le parti (SPA) – fondé en mai –"),
    ("de", "Die Partei (SPD) - gegründet 1863 -"),
    ("en", "The PTI (Pension Trust) - said"),
    ("en", "MENA - the region - has"),
    ("en", "Skerry Society. 2012. URL: https://www.apa.org/news/2012 - read in"),
    ("en", "The Middle East and North Africa (MENA) - a region -"),
]
CLOSINGS = [
    ("de", "(dpa)", "dpa"),
    ("de", "dpa/abc", "dpa"),
    ("de", "ab/cd (afp, dpa)", "afp dpa"),
    ("de", "Quelle: dpa", "dpa"),
    ("de", "(Mit Material von dpa und AFP)", "dpa afp"),
    ("en", "© AFP", "afp"),
    ("en", "— Reuters", "reuters"),
    ("en", "Source: Xinhua", "xinhua"),
    ("en", "(With inputs from PTI)", "pti"),
    ("en", "(Reporting by Jane Roe in Skerry; Editing by John Doe; Reuters)", "reuters"),
    ("en", "The Associated Press contributed to this report.", "ap"),
    ("en", "Associated Press writers Jane Roe in Skerry and John Doe in Brackwater contributed to this report.", "ap"),
    ("en", "Copyright 2026 The Associated Press. All rights reserved. It may not be published again.", "ap"),
    ("en", "With files from The Canadian Press and Jane Roe", "canadian-press"),
    ("fr", "Avec AFP", "afp"),
    ("fr", "(ats/nxp)", "keystone-sda"),
    ("es", "Con información de EFE", "efe"),
    ("nl", "Bron: ANP", "anp"),
    ("no", "Kilde: NTB", "ntb"),
    ("da", "/ritzau/", "ritzau"),
    ("fi", "Lähde: STT", "stt"),
    ("pl", "Źródło: PAP", "pap"),
    ("cs", "Zdroj: ČTK", "ctk"),
    ("hu", "Forrás: MTI", "mti"),
    ("tr", "Kaynak: AA", "anadolu"),
    ("zh", "来源：新华社", "xinhua"),
]
NO_CLOSINGS = [
    ("en", "Photo: AFP"),
    ("de", "Bild: dpa"),
    ("en", "AP Photo/Jane Roe"),
    ("en", "REUTERS/Jane Roe"),
    ("en", "AFP via Getty Images"),
    ("en", "The minister told Reuters."),
    ("en", "Follow AP on every network"),
    ("en", "Michael Bloomberg"),
    ("en", "(Reporting by Jane Roe, who once spoke to Reuters; Editing by John Doe)"),
    ("en", "Jane Roe contributed to this report."),
    ("en", "Brackwater, PA"),
    ("en", "AP classes begin in May"),
    ("es", "La ANP no respondió"),
    ("en", "Everything is a SPA now"),
    ("en", "APP"),
    ("en", "NAN"),
]
ENDINGS = [
    ("de", "Das sei so, sagte er. (dpa)", "dpa"),
    ("de", "Das sei so, sagte sie danach. dpa/abc", "dpa"),
    ("en", "Nobody was hurt, the harbour board said. — AFP", "afp"),
    ("en", "Nobody was hurt. AFP", "afp"),
    ("en", "Nobody was hurt. (NAN)", "nan"),
    ("it", "Nessun ferito. (ANSA)", "ansa"),
    ("zh", "会议将于明年举行。（新华社）", "xinhua"),
]
NO_ENDINGS = [
    ("en", "The board will meet in Andhra Pradesh (AP)."),
    ("en", "All this he told Reuters."),
    ("en", "It was so, according to the ministry (ANSA)."),
    ("de", "So berichten es Agenturen, z. B. dpa."),
    ("en", "He works for the AP."),
    ("en", "She passed it. Then she took four APs."),
    ("en", "He had read it on Bloomberg."),
]
BY_LINES = [
    ("de", "AFP", "afp"),
    ("de", "dpa/AFP", "dpa afp"),
    ("de", "det/dpa", "dpa"),
    ("de", "Redaktion/dpa", "dpa"),
    ("de", "SDA", "keystone-sda"),
    ("de", "SID", "sid"),
    ("de", "Deutsche Presse-Agentur", "dpa"),
    ("de", "Diana Roe mit AP", "ap"),
    ("en", "Jane Roe, Associated Press", "ap"),
    ("en", "Jane Roe Associated Press", "ap"),
    ("en", "By The Associated Press", "ap"),
    ("en", "Jane Roe | AP", "ap"),
    ("en", "Jane Roe (Reuters)", "reuters"),
    ("en", "Reuters Staff", "reuters"),
    ("en", "AFP/The Herald", "afp"),
    ("en", "Bloomberg News", "bloomberg"),
    ("en", "Press Trust of India", "pti"),
    ("es", "Agencia EFE", "efe"),
    ("sv", "TT", "tt"),
    ("ja", "共同通信", "kyodo"),
]
NO_BY_LINES = [
    ("en", "Michael Bloomberg"),
    ("en", "Eyal Press"),
    ("en", "AP Smith"),
    ("en", "A.P. Roe"),
    ("en", "Photo by Jane Roe/AFP"),
    ("en", "TT"),
    ("en", "Hina Roe"),
    ("en", "Anka Roe"),
    ("de", "Petra"),
    ("en", "Associated Students"),
    ("en", "The Skerry Press Association of Anglers"),
]
MAKERS = {"opening": opening, "closing": closing, "ending": ending, "by_line": written_by}
CREDITED = [
    *(("opening", *row) for row in DATELINES),
    *(("closing", *row) for row in CLOSINGS),
    *(("ending", *row) for row in ENDINGS),
    *(("by_line", *row) for row in BY_LINES),
]
UNCREDITED = [
    *(("opening", *row) for row in NO_DATELINES),
    *(("closing", *row) for row in NO_CLOSINGS),
    *(("ending", *row) for row in NO_ENDINGS),
    *(("by_line", *row) for row in NO_BY_LINES),
]


@pytest.mark.parametrize(("place", "language", "text", "ids"), CREDITED)
def test_a_credit_names_its_agency(place: str, language: str, text: str, ids: str) -> None:
    assert found(MAKERS[place](text), language) == ids.split()


@pytest.mark.parametrize(("place", "language", "text"), UNCREDITED)
def test_what_only_looks_like_a_credit_is_none(place: str, language: str, text: str) -> None:
    assert found(MAKERS[place](text), language) == []


REMOVED = [
    ("by_line", "de", "SDA/sep", ["keystone-sda"]),
    ("by_line", "de", "Von dpa 30.04.2026, 18:58", ["dpa"]),
    ("by_line", "en", "Mayor of Skerry, Jane Roe / AFP", []),
    ("contributors", "en", "With files from The Associated Press and Jane Roe", ["ap"]),
    ("contributors", "en", "Associated Press writer John Doe in Skerry contributed to this report.", ["ap"]),
    ("copyright_notice", "en", "Copyright 2026 The Associated Press. All rights reserved.", ["ap"]),
    ("copyright_notice", "en", "© AFP", []),
    ("copyright_notice", "en", "Copyright Jane Roe/Copyright 2026 The AP. All rights reserved", []),
    ("learned", "pl", "aja/PAP", ["pap"]),
    ("learned", "de", "Quelle: AFP", []),
    ("learned", "de", "Die Halle in Kesselfurt. © AFP / JANE ROE", []),
    ("photo_credit", "de", "(dpa)", []),
    ("outside_article", "en", "AFP", []),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "language", "excerpt", "ids"), REMOVED)
def test_of_what_rules_cut_only_lines_of_credit_count(rule: str, language: str, excerpt: str, ids: list[str]) -> None:
    clean = cut(rule, excerpt)
    assert found(clean, language) == ids
    assert {credit.source for credit in agency_credits(clean, language)} <= {f"removed:{rule}"}


DECLARED = [
    ("json_ld:creditText", "AFP/The Herald", ["afp"]),
    ("json_ld:creditText", "Photo: AFP", []),
    ("json_ld:sourceOrganization", "Reuters", ["reuters"]),
    ("json_ld:copyrightHolder", "The Associated Press", ["ap"]),
    ("json_ld:copyrightNotice", "© 2026 AFP", ["afp"]),
    ("json_ld:copyrightNotice", "© 2026 The Herald, with pictures of AFP", []),
    ("json_ld:license", "https://example.org/reuters", []),
]


@pytest.mark.parametrize(("source", "value", "ids"), DECLARED)
def test_a_declared_source_is_evidence(source: str, value: str, ids: list[str]) -> None:
    given_to = agency_credits(declaring(source, value), "en")
    assert [(each.id, each.evidence, each.source) for each in given_to] == [(each, "declared", source) for each in ids]


def test_an_author_that_another_place_of_the_page_names_is_evidence() -> None:
    dissent = (Claim(source="meta:author", value="Jane Roe; AFP"),)
    clean = article(STORY, provenance={"authors": Provenance(source="byline", dissent=dissent)})
    assert [(each.id, each.source) for each in agency_credits(clean, "en")] == [("afp", "meta:author")]


@pytest.mark.parametrize(("types", "ids"), [(("NewsArticle",), ["reuters"]), (("Article",), [])])
def test_an_agency_wrote_the_news_that_it_publishes_but_not_its_other_pages(
    types: tuple[str, ...], ids: list[str]
) -> None:
    publisher = Publisher(name="Reuters", domain="example.org")
    clean = article(STORY, publisher=publisher, signals=Signals(declared_types=types))
    assert found(clean, "en") == ids


def test_a_credit_in_the_body_says_where_it_stands() -> None:
    clean = article(f"What happened on the river.\n\nBRACKWATER (AP) — {STORY}\n\n{STORY} — AFP")
    dateline, tail = agency_credits(clean, "en")
    for credit, words in ((dateline, "BRACKWATER (AP)"), (tail, "— AFP")):
        assert credit.start is not None
        assert credit.excerpt == clean.article_body[credit.start : credit.start + len(words)] == words


def test_an_agency_stands_once_by_its_surest_evidence() -> None:
    clean = article(f"BRACKWATER (AP) — {STORY}\n\n{STORY}\n\n(AP)", authors=(Author(name="AP"),))
    assert [(each.id, each.evidence) for each in agency_credits(clean, "en")] == [("ap", "dateline")]


@pytest.mark.parametrize(
    ("clean", "contributed"),
    [
        (closing("(Mit Material von dpa)"), True),
        (closing("The Associated Press contributed to this report."), True),
        (written_by("Diana Roe mit AP"), True),
        (written_by("AP"), False),
        (closing("(dpa)"), False),
    ],
)
def test_material_of_an_agency_is_told_from_its_text(clean: CleanArticle, contributed: bool) -> None:
    (credit,) = agency_credits(clean, "de")
    assert credit.contributed is contributed


def test_a_credit_amid_the_story_is_none() -> None:
    assert found(article(f"{STORY}\n\nAFP\n\n{STORY}\n\n{STORY}"), "en") == []


def test_ids_are_stable_slugs_and_names_are_not_ambiguous() -> None:
    ids = [agency.id for agency in AGENCIES]
    assert len(ids) == len(set(ids)) >= 100
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", each) for each in ids)
    names = [name for agency in AGENCIES for name in {name.casefold() for name in agency.names}]
    assert len(names) == len(set(names))
    marks = [(mark, language) for each in AGENCIES for mark in each.marks for language in each.languages or ("",)]
    assert len(marks) == len(set(marks))


@pytest.mark.parametrize("agency", AGENCIES, ids=lambda agency: agency.id)
def test_every_form_of_an_agency_is_found_as_itself(agency: object) -> None:
    assert isinstance(agency, type(AGENCIES[0]))
    for form in (*agency.names, *agency.marks):
        named = find_agencies(f"({form})", agency.languages[0] if agency.languages else "en")
        assert [(each.agency.id, f"({form})"[each.start : each.end]) for each in named] == [(agency.id, form)]


PIECES = st.sampled_from(
    [*"()[]/,;|–-.=:。 \x1c\u3000", "AP", "dpa", "afp", "Reuters", "共同", "新华社", "and", "mit", "von", "Jane Roe",
     "3 May", "BRACKWATER", "© 2026", "Photo", "said", "5月3日电", "Reporting by", "contributed to this report"]
)  # fmt: skip
CREDITISH = st.lists(PIECES, min_size=1, max_size=12).map("".join)


@given(st.one_of(st.text(min_size=1, max_size=300), CREDITISH), st.sampled_from(["", "de", "en", "zh"]))
def test_any_text_gives_few_valid_credits(text: str, language: str) -> None:
    removed = tuple(
        Removed(rule=rule, excerpt=text[:200], length=1, place="/p") for rule in ("by_line", "contributors", "learned")
    )
    clean = article(f"{text}\n\n{STORY}\n\n{text}", authors=(Author(name=text),), removed=removed)
    given_to = agency_credits(clean, language)
    assert len(given_to) <= MAX_CREDITS
    for credit in given_to:
        assert msgspec.convert(msgspec.to_builtins(credit), AgencyCredit) == credit
        if credit.start is not None:
            assert clean.article_body[credit.start :].startswith(credit.excerpt.removesuffix("…"))
