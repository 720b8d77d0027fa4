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
    ("en", "By Dr. Nora Reed", ["Dr. Nora Reed"]),
    ("en", "May 3, 2026 · Nora Reed on behalf of the ferry team", ["Nora Reed"]),
    ("en", "Nora Reed, Director, Reed Institute of Transport", ["Nora Reed"]),
    ("en", "This story was written by Nora Reed, head of the ferry desk", ["Nora Reed"]),
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
        '<p class="author-description">Licensed Ferry Pilot, M.A. Navigation</p>',
        '<p>Photo: <span class="author">Ann Other</span></p>',
        '<div class="photo-credit"><span class="author">Ann Other</span></div>',
        "<p>By entering the ferry you agree to the Terms Of Carriage and the Ferry Licence Agreement.</p>",
        "<p>The old ferry was drawn and built <em>almost a hundred years ago</em> by Ann Other in a yard on the river, "
        "and it has carried farmers, cattle and the mail ever since.</p>",
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
    ("Dr. Nora Reed", ["Dr. Nora Reed"]),
    ("Nora (Moss) Reed", ["Nora (Moss) Reed"]),
    # a job and a date are no part of a name
    ("Nora Reed, Senior Editor", ["Nora Reed"]),
    ("Nora Reed - Staff Writer", ["Nora Reed"]),
    ("Nora Reed, May 3, 2026", ["Nora Reed"]),
    ("Nora Reed 03.05.2026", ["Nora Reed"]),
    ("Nora Reed / Tom Hale", ["Nora Reed", "Tom Hale"]),
    ("text: Nora Reed, layout: Tom Hale", []),
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


def test_the_label_that_a_page_gives_for_previews_of_its_link_names_the_author() -> None:
    labels = '<meta name="twitter:label1" content="{}"><meta name="twitter:data1" content="{}">'
    assert names(read(labels.format("Written by", "Nora Reed"))) == ["Nora Reed"]
    assert names(read(labels.format("Verfasst von", "Nora Reed"), lang="de")) == ["Nora Reed"]
    assert names(read(labels.format("Reading time", "Four Minutes"))) == []


@pytest.mark.parametrize(
    "line",
    [
        "<p>Written by</p><p>Nora Reed</p>",
        "<div><span>By</span><span>Nora Reed</span></div>",
        "<div><div><p>Article by</p></div><div>Nora Reed</div></div>",
        "<ul><li><strong>Autorin/Autor</strong> Nora Reed</li></ul>",
        "<p><strong>Contributors:</strong> Nora Reed</p>",
    ],
)
def test_a_label_in_an_element_of_its_own_names_who_follows(line: str) -> None:
    assert names(read("", f"<h1>{HEADLINE}</h1><div>{line}</div><p>3 May 2026</p>")) == ["Nora Reed"]


def test_the_part_of_a_by_line_that_is_marked_as_the_name_is_the_name() -> None:
    parts = '<span class="author__name">Nora Reed</span><span class="author__job">Founder at Example</span>'
    assert names(read("", f'<h1>{HEADLINE}</h1><div class="author">{parts}</div>')) == ["Nora Reed"]


def test_authors_that_stand_in_a_list_are_several() -> None:
    listed = "<ul><li><a href='/authors/nora'>Nora Reed</a></li><li><a href='/authors/tom'>Tom Hale</a></li></ul>"
    assert names(read("", f"<h1>{HEADLINE}</h1><div>By {listed}</div>")) == ["Nora Reed", "Tom Hale"]


def test_who_reviewed_or_edited_the_page_is_not_its_author() -> None:
    by = 'By <a href="/author/nora">Nora Reed</a>. Reviewed by <a href="/author/ann">Ann Other</a>'
    assert names(read("", f'<h1>{HEADLINE}</h1><div class="byline">{by}</div>')) == ["Nora Reed"]
    assert names(read("", f'<h1>{HEADLINE}</h1><p>Edited by <a href="/author/ann">Ann Other</a></p>')) == []


@pytest.mark.parametrize(
    ("mark", "expected"),
    [
        ('<img src="/n.jpg" alt="Nora Reed"><div><p>Nora Reed</p></div>', ["Nora Reed"]),
        ('<p><img src="/n.jpg" class="avatar"> Nora Reed in <a href="/region">Region</a></p>', ["Nora Reed"]),
        ('<ul><li><i class="bi bi-person"></i> Nora Reed</li></ul>', ["Nora Reed"]),
        ('<img src="/f.jpg" alt="The Old Ferry"><p>A ferry.</p>', []),
        (f'<img src="/f.jpg" alt="{HEADLINE}"><p>A ferry.</p>', []),
        ('<i class="fa fa-user"></i> <button>SIGN UP</button><span>LOG IN</span>', []),
    ],
)
def test_a_name_beside_the_picture_or_the_icon_of_a_person_is_the_authors(mark: str, expected: list[str]) -> None:
    assert names(read("", f"<h1>{HEADLINE}</h1><div>{mark}</div>")) == expected


def test_a_name_alone_near_the_headline_is_the_authors_where_an_author_box_names_it_too() -> None:
    box = '<aside class="author-box"><p>Nora Reed has written of ferries for years.</p></aside>'
    assert names(read("", f"<h1>{HEADLINE}</h1><p>Nora Reed</p>{box}")) == ["Nora Reed"]
    assert names(read("", f"<h1>{HEADLINE}</h1><p>Nora Reed</p>")) == []


FAR = "<div><i></i></div>" * 120


def test_a_by_line_far_from_the_headline_counts_where_it_is_the_pages_only_one() -> None:
    by = '<p class="byline">By Nora Reed</p>'
    assert names(read("", f"<h1>{HEADLINE}</h1>{FAR}{by}")) == ["Nora Reed"]
    assert names(read("", f'<h1>{HEADLINE}</h1>{FAR}{by}<p class="byline">By Ann Other</p>')) == []


def test_the_foot_of_the_article_is_its_own_and_another_articles_by_line_is_not() -> None:
    foot = f'<article><h1>{HEADLINE}</h1><footer class="meta"><p class="author">Nora Reed</p></footer></article>'
    assert names(read("", foot)) == ["Nora Reed"]
    teaser = '<article><h3>Bridge closes</h3><p class="author">Ann Other</p></article>'
    assert names(read("", f"<article><h1>{HEADLINE}</h1></article><div>{teaser}</div>")) == []


def test_an_account_or_a_first_name_gives_way_to_a_full_name_and_stays_without_one() -> None:
    declared = script(news(author="nreed"))
    assert names(read(declared, f'<h1>{HEADLINE}</h1><p class="byline">By Nora Reed</p>')) == ["Nora Reed"]
    assert names(read(declared, f"<h1>{HEADLINE}</h1>")) == ["nreed"]
    assert names(read(script(news(author="早坂ゆき乃")), f"<h1>{HEADLINE}</h1><p>By Nora Reed</p>")) == ["早坂ゆき乃"]


@pytest.mark.parametrize("stand_in", ["The Ledger Online", "The Ledger", "ledger.example, Brackwater"])
def test_a_name_like_the_publishers_gives_way_to_a_person(stand_in: str) -> None:
    declared = script(news(author=stand_in, publisher={"name": "The Ledger"}))
    assert names(read(declared, f'<h1>{HEADLINE}</h1><p class="byline">By Nora Reed</p>')) == ["Nora Reed"]


def test_a_marked_by_line_that_names_somebody_else_is_dissent() -> None:
    declared = script(news(author="Nora Reed"))
    metadata = read(declared, f'<h1>{HEADLINE}</h1><p class="byline">By Tom Hale</p>')
    assert names(metadata) == ["Nora Reed"]
    assert [(claim.source, claim.value) for claim in metadata.provenance["authors"].dissent] == [("byline", "Tom Hale")]
    same = read(declared, f'<h1>{HEADLINE}</h1><p class="byline">By NORA REED</p>')
    assert same.provenance["authors"].dissent == ()
    button = read(declared, f'<h1>{HEADLINE}</h1><p class="author">Sections</p>')
    assert button.provenance["authors"].dissent == ()
