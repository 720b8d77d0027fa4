"""By-lines: declared, marked and plain, in many languages."""

from typing import Any

import pytest

from tests.cleaning.pages import HEADLINE, meta, names, news, read, script

BYLINES = [
    ("en", "By Nora Reed", ["Nora Reed"]),
    ("en", "By Nora Reed and Tom Hale, Staff Writers", ["Nora Reed", "Tom Hale"]),
    ("en", "By NORA REED | May 3, 2026", ["NORA REED"]),
    ("en", "By Nora Reed, nora.reed@news.example.org", ["Nora Reed"]),
    ("en", "Nora Reed May 3, 2026 14:20", ["Nora Reed"]),
    ("en", "By Nora Reed on Tuesday", ["Nora Reed"]),
    ("en", "By J. R. Moss @jrmoss", ["J. R. Moss"]),
    ("en", "By Sinéad O'Hara", ["Sinéad O'Hara"]),
    ("de", "Von Nora Reed und Max von der Au, Berlin", ["Nora Reed", "Max von der Au"]),
    ("de", "Von Nora Reed – 3. Mai 2026", ["Nora Reed"]),
    ("fr", "Par Maëlle Corvisart et Luc Dubreuil", ["Maëlle Corvisart", "Luc Dubreuil"]),
    ("fr", "Publié par Maëlle Corvisart le 3 mai 2026", ["Maëlle Corvisart"]),
    ("es", "Por Casilda Montañeros y Íñigo de la Vega", ["Casilda Montañeros", "Íñigo de la Vega"]),
    ("pt", "Por Caetano Villarinho", ["Caetano Villarinho"]),
    ("it", "di Ottavia Nardellotti", ["Ottavia Nardellotti"]),
    ("nl", "Door Marit Hogenbirk", ["Marit Hogenbirk"]),
    ("sv", "Text: Elin Åkerlund", ["Elin Åkerlund"]),
    ("pl", "Autor: Zofia Wierzbowska", ["Zofia Wierzbowska"]),
    ("tr", "Yazan: Gülşah Iğdır", ["Gülşah Iğdır"]),
    ("ru", "Автор: Анна Ветрова", ["Анна Ветрова"]),
    ("uk", "Авторка: Орися Вербівська", ["Орися Вербівська"]),
    ("el", "Γράφει η Μαρία Βρεττού", ["Μαρία Βρεττού"]),
    ("he", "מאת: תמר זרחין", ["תמר זרחין"]),
    ("ar", "بقلم: سلمى الدرعاوي", ["سلمى الدرعاوي"]),
    ("id", "Oleh Dewi Larasati", ["Dewi Larasati"]),
    ("ja", "【早坂ゆき乃】", ["早坂ゆき乃"]),
    ("zh", "记者 林晓溪", ["林晓溪"]),
    ("ko", "표은설 기자", ["표은설"]),
    ("th", "โดย พิมพ์ดาว ศรีวารินทร์", ["พิมพ์ดาว ศรีวารินทร์"]),
]


@pytest.mark.parametrize(("lang", "line", "expected"), BYLINES)
def test_a_marked_by_line_gives_its_names(lang: str, line: str, expected: list[str]) -> None:
    assert names(read("", f'<h1>{HEADLINE}</h1><p class="byline">{line}</p>', lang)) == expected


@pytest.mark.parametrize(
    "line", ["By Nora Reed", "<span>By</span> <a href='/authors/nora'>Nora Reed</a>", "By <b>Nora Reed</b>"]
)
def test_an_unmarked_line_that_begins_as_by_lines_do_is_one(line: str) -> None:
    metadata = read("", f"<h1>{HEADLINE}</h1><div>{line}</div><p>By the time the ferry came it was late.</p>")
    assert names(metadata) == ["Nora Reed"]


@pytest.mark.parametrize(
    "body",
    [
        "<p>By the time the ferry came it was late.</p>",
        "<p>From Monday On Ferries Run</p>",
        '<p class="author-note">Subscribe to our newsletter.</p>',
        '<div class="author">Share</div>',
        '<div class="comment"><span class="author">Old Salt</span></div>',
        '<aside><p class="byline">By Ann Other</p></aside>',
        '<div class="related"><p class="byline">By Ann Other</p></div>',
        "<p><strong>What happens next</strong></p>",
    ],
)
def test_prose_buttons_comments_and_neighbours_name_no_author(body: str) -> None:
    assert names(read("", f"<h1>{HEADLINE}</h1>{body}")) == []


DECLARED: list[tuple[Any, list[str]]] = [
    ("Nora Reed", ["Nora Reed"]),
    ({"@type": "Person", "name": "Nora Reed"}, ["Nora Reed"]),
    ([{"name": "Nora Reed"}, {"name": "Tom Hale"}, {"name": "Nora Reed"}], ["Nora Reed", "Tom Hale"]),
    ({"name": ["Nora Reed", "Tom Hale"]}, ["Nora Reed", "Tom Hale"]),
    ("Nora Reed and Tom Hale", ["Nora Reed", "Tom Hale"]),
    ("Nora Reed, Tom Hale und Ute Lenz", ["Nora Reed", "Tom Hale", "Ute Lenz"]),
    # a list is never split, and neither is what is not several full names
    ([{"name": "Reed and Hale Associates"}, {"name": "Tom Hale"}], ["Reed and Hale Associates", "Tom Hale"]),
    ("Nora Reed, MD", ["Nora Reed, MD"]),
    ("By Nora Reed", ["Nora Reed"]),
    ("Nora Reed (The Ledger)", ["Nora Reed"]),
    ("Nora Reed nora@example.org", ["Nora Reed"]),
    ("admin", []),
    ("ledger.example.org", []),
    ("https://example.org/nora", []),
    ({"@type": "Person"}, []),
    (None, []),
    (17, []),
]


@pytest.mark.parametrize(("author", "expected"), DECLARED)
def test_declared_authors(author: object, expected: list[str]) -> None:
    assert names(read(script(news(author=author)))) == expected


def test_a_visible_person_wins_over_the_publisher_that_stands_in() -> None:
    declared = script(news(author={"@type": "Organization", "name": "The Ledger"}, publisher={"name": "The Ledger"}))
    metadata = read(declared, f'<h1>{HEADLINE}</h1><p class="byline">By Nora Reed</p>')
    assert names(metadata) == ["Nora Reed"]
    assert metadata.provenance["authors"].source == "byline"
    assert metadata.provenance["authors"].dissent[0].value == "The Ledger"


def test_a_newsroom_stays_when_nobody_else_is_named() -> None:
    declared = script(news(author={"@type": "Organization", "name": "The Ledger newsroom"}))
    assert names(read(declared, f"<h1>{HEADLINE}</h1>")) == ["The Ledger newsroom"]


def test_an_agency_is_named_beside_the_person() -> None:
    assert names(read(script(news(author=["Nora Reed", "AFP"])))) == ["Nora Reed", "AFP"]


def test_metas_and_microdata_name_authors_too() -> None:
    assert names(read('<meta name="author" content="Nora Reed">')) == ["Nora Reed"]
    assert names(
        read(meta(article__author="https://example.org/nora") + '<meta name="parsely-author" content="Nora Reed">')
    ) == ["Nora Reed"]
    author = '<span itemprop="author" itemscope>By <a itemprop="name" href="/n">Nora Reed</a></span>'
    body = f'<article itemscope itemtype="https://schema.org/NewsArticle">{author}</article>'
    assert names(read("", body)) == ["Nora Reed"]


def test_a_link_to_the_authors_page_names_the_author_and_gives_the_address() -> None:
    author = read("", f'<h1>{HEADLINE}</h1><div><a href="/authors/nora-reed">Nora Reed</a></div>').authors[0]
    assert (author.name, author.url) == ("Nora Reed", "https://www.news.example.org/authors/nora-reed")


def test_a_name_alone_in_bold_above_the_first_paragraph_is_the_author() -> None:
    story = "The council voted on Tuesday to keep the old chain ferry running through the winter, as it has for years."
    assert names(read("", f"<h1>{HEADLINE}</h1><p><strong>Nora Reed/Tom Hale</strong></p><p>{story}</p>")) == [
        "Nora Reed",
        "Tom Hale",
    ]
    assert names(read("", f"<h1>{HEADLINE}</h1><p>{story}</p><p><strong>Nora Reed</strong></p>")) == []
