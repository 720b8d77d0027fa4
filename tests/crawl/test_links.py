"""Links of a section page that look like articles."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.crawl.links import MAX_LINKS, THRESHOLD, read_section, score_link
from pipeline.crawl.listing import Listing, Trouble

PAGE = "https://www.news.example/world/"
SENTENCE = "Harbour bridge reopens after two years of repairs"


def page(*links: str) -> bytes:
    return f"<html><head><title>News</title></head><body>{''.join(links)}</body></html>".encode()


def link(href: str, text: str = SENTENCE, attributes: str = "") -> str:
    return f'<a href="{href}" {attributes}>{text}</a>'


def found(*links: str, url: str = PAGE) -> list[str]:
    return [entry.url for entry in read_section(page(*links), url).entries]


ARTICLES = [
    ("/2026/05/03/harbour-bridge-reopens", SENTENCE),
    ("/world/harbour-bridge-reopens-after-two-years", SENTENCE),
    ("/world/2026-05-03-bridge", SENTENCE),
    ("/world/20260503/bridge.html", SENTENCE),
    ("/2026/may/03/bridge", SENTENCE),
    ("/world/article-8812345.html", SENTENCE),
    ("/a/8812345", SENTENCE),
    ("/story.php?id=88123", SENTENCE),
    ("/news/articles/c4gx2jy1zq9o-bridge-reopens-harbour-town", SENTENCE),
    ("/harbour-bridge-reopens-after-repairs", SENTENCE),
    ("/world/harbour-bridge-reopens-after-two-years-of-repairs", "Bridge"),
    ("/s/3f2504e0-4f89-11d3-9a0c-0305e82c3301", SENTENCE),
    ("/wirtschaft/hafenbrücke-nach-zwei-jahren-wieder-offen", "Hafenbrücke nach zwei Jahren wieder offen"),
    ("/%D0%BD%D0%BE%D0%B2%D0%BE%D1%81%D1%82%D0%B8/8812345", "Мост в гавани снова открыт после двух лет ремонта"),
    ("/news/港口大橋維修兩年後重開", "港口大橋維修兩年後重開"),
    ("/articles/ASV5312345", "港の橋、二年の修理を経て再開"),
    ("/politics/12345678", "เปิดสะพานท่าเรืออีกครั้งหลังซ่อมสองปี"),
    ("https://m.news.example/2026/05/03/bridge-reopens", SENTENCE),
]

OTHERS = [
    ("/", "Home"),
    ("/world", "World"),
    ("/world/", SENTENCE),
    ("/world/#comments", SENTENCE),
    ("/world/africa/", "Africa"),
    ("/sport", "Sport"),
    ("/tag/harbour-bridge-repairs-2026", "Harbour bridge"),
    ("/author/jane-doe-of-the-harbour", "Jane Doe"),
    ("/login?next=/2026/05/03/bridge-reopens", "Sign in to read this story in full"),
    ("/subscribe/full-digital-access-for-one-year", "Subscribe now and get the first month free of charge"),
    ("/world/page/2", "Next page of all our stories from around the world"),
    ("/world/?page=2", "Next page of all our stories from around the world"),
    ("/2026/05/03/harbour-bridge-reopens.jpg", SENTENCE),
    ("/2026/05/03/report-on-the-bridge.pdf", SENTENCE),
    ("/feed/2026/05/03/all-of-our-stories", SENTENCE),
    ("https://other.example/2026/05/03/harbour-bridge-reopens", SENTENCE),
    ("https://www.facebook.example/sharer?u=https://www.news.example/2026/05/03/a", SENTENCE),
    ("mailto:desk@news.example", SENTENCE),
    ("javascript:void(0)", SENTENCE),
    ("#top", SENTENCE),
    ("", SENTENCE),
    ("http://[bad/2026/05/03/harbour-bridge-reopens", SENTENCE),
    ("/privacy", "Privacy policy and what we do with your data"),
    ("/contact", "Contact the people who make this newspaper every day"),
]


@pytest.mark.parametrize(("href", "text"), ARTICLES)
def test_an_article_is_found(href: str, text: str) -> None:
    assert len(found(link(href, text))) == 1


@pytest.mark.parametrize(("href", "text"), OTHERS)
def test_what_is_no_article_is_not(href: str, text: str) -> None:
    assert found(link(href, text)) == []


def test_the_best_come_first_each_once_with_its_longest_mention() -> None:
    listing = read_section(
        page(
            link("/world/article-8812345.html", "Read more of this story"),
            link("/2026/05/03/harbour-bridge-reopens-after-repairs-8812346", SENTENCE),
            link("/world/article-8812345.html#more", f"<h2>{SENTENCE}</h2>"),
        ),
        PAGE,
    )
    assert [entry.title for entry in listing.entries] == [SENTENCE, SENTENCE]
    assert "harbour" in listing.entries[0].url
    assert listing.entries[0].score > listing.entries[1].score >= THRESHOLD


def test_navigation_counts_against_a_link() -> None:
    bare = link("/service/8812345", "Weather in your region today")
    assert found(bare)
    assert found(f"<nav>{bare}</nav>") == []
    assert found(f"<footer>{bare}</footer>") == []


@pytest.mark.parametrize("relation", ["tag", "author", "next", "category tag"])
def test_relations_that_say_what_it_is(relation: str) -> None:
    assert found(link("/2026/05/03/harbour-bridge-reopens", attributes=f'rel="{relation}"')) == []


def test_links_are_relative_to_the_base() -> None:
    body = b'<base href="https://www.news.example/archive/"><a href="2026/05/03/bridge">' + SENTENCE.encode() + b"</a>"
    assert [entry.url for entry in read_section(body, PAGE).entries] == [
        "https://www.news.example/archive/2026/05/03/bridge"
    ]


def test_no_more_than_500_links() -> None:
    listing = read_section(page(*(link(f"/2026/05/03/story-{number}") for number in range(MAX_LINKS + 3))), PAGE)
    assert len(listing.entries) == MAX_LINKS
    assert listing.troubles == {Trouble.TOO_MANY_ENTRIES: 3}


@pytest.mark.parametrize("body", [b"", b"  ", b"<!-- nothing -->"])
def test_an_empty_page_is_no_listing(body: bytes) -> None:
    assert read_section(body, PAGE) == Listing(troubles={Trouble.NOT_A_LISTING: 1})


@pytest.mark.parametrize("charset", ["windows-1251", "none-such", ""])
def test_charsets(charset: str) -> None:
    text = "Мост в гавани снова открыт после двух лет ремонта"
    body = page(link("/a/8812345", text)).decode().encode("windows-1251" if charset == "windows-1251" else "utf-8")
    (entry,) = read_section(body, PAGE, f"text/html; charset={charset}").entries
    if charset == "windows-1251":
        assert entry.title == text


def test_nested_and_endless_pages_cost_little() -> None:
    begin = time.process_time()
    for body in (
        b"<div>" * 500_000,
        link("/2026/05/03/a").encode() * 100_000,
        b"<a href=" * 500_000,
        b"<a><h1>" * 300_000,
    ):
        read_section(body, PAGE)
    assert time.process_time() - begin < 8


@given(st.binary(max_size=200), st.text(max_size=40))
def test_nothing_escapes(body: bytes, href: str) -> None:
    read_section(body, PAGE)
    read_section(page(link(href)), PAGE)
    read_section(b'<a href="/' + body + b'">x</a>', PAGE, "text/html; charset=\x00")


def test_scores_add_up() -> None:
    assert score_link("https://news.example/") == 0
    assert score_link("https://news.example/2026/05/03/harbour-bridge-reopens-today-8812345", SENTENCE) == 12
