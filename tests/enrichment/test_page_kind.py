"""What kind of article a page is, with its signs: read from whole invented pages, through the clean stage."""

from html import escape

import pytest

from pipeline.enrichment.page_kind import KINDS, kind_of_page
from pipeline.enrichment.paywall import paywall
from pipeline.records import CleanArticle, PageKind, RawPage
from pipeline.stages.clean import clean

STORY = "".join(
    f"<p>The {number} goat of the island came down to the harbour on Tuesday morning, said Ida Brandvik, who has kept "
    f"the landing for {number} years, and it stayed there until the last ferry of the evening had left the bay.</p>"
    for number in ("first", "second", "third", "fourth", "fifth", "sixth")
)  # fmt: skip


def kind(
    body: str, url: str = "https://news.example.org/2026/05/goats", title: str = "Goats at the harbour", head: str = ""
) -> PageKind:
    page = (
        f"<!doctype html><html><head><title>{escape(title)}</title>{head}</head>"
        f"<body><h1>{escape(title)}</h1><article>{body}</article></body></html>"
    )
    found = clean(RawPage(url=url, body=page.encode(), content_type="text/html; charset=utf-8"))
    assert isinstance(found, CleanArticle), found
    return kind_of_page(found)


def stamped(*stamps: str) -> str:
    texts = (
        "The ferry has left the landing with forty-one goats on board, says the harbour office.",
        "The mayor asks everybody to stay indoors and to keep the gardens shut until noon.",
        "The baker sells bread through the window, and a queue has formed behind the church.",
        "The first animals have been seen on the beach road, says a reader who lives there.",
        "The council has met and will speak to the press in the old customs house at five.",
    )
    return "".join(f"<p>{stamp} {texts[at % len(texts)]}</p>" for at, stamp in enumerate(stamps))


LIVE = '<script type="application/ld+json">{"@type": "LiveBlogPosting", "headline": "Goats at the harbour"}</script>'


HOURS = ("10:05", "10:20", "10:41", "11:02")


@pytest.mark.parametrize(
    ("title", "path", "stamps"),
    [
        ("Goats at the harbour: live updates", "live-blog/goats", HOURS),
        ("Liveticker: Ziegen am Hafen", "ziegen", ("10.05 Uhr:", "10.20 Uhr:", "10.41 Uhr:", "11.02 Uhr:")),
        ("EN DIRECT - Des chèvres au port", "chevres", ("10h05 :", "10h20 :", "10h41 :", "11h02 :")),
        ("En vivo: cabras en el puerto", "cabras", ("10:05 -", "10:20 -", "10:41 -", "11:02 -")),
        ("Ao vivo: cabras no porto", "cabras", ("10h05", "10h20", "10h41", "11h02")),
        ("Capre al porto", "diretta-live/capre", HOURS),
        ("Kozy w porcie", "relacja-live/kozy", HOURS),
        ("Онлайн: козы в порту", "kozy", HOURS),
        ("Goats at the harbour, minute by minute", "minute-by-minute/goats", ("9am", "9.30am", "10am", "10.45am")),
        ("Goats at the harbour", "goats", tuple(f"{hour}:15" for hour in range(8, 18))),
    ],
)
def test_a_live_blog_is_named_by_its_times(title: str, path: str, stamps: tuple[str, ...]) -> None:
    found = kind(stamped(*stamps), f"https://news.example.org/{path}", title)
    assert found.kind == "live_blog"
    assert found.evidence


def test_a_live_blog_is_named_by_what_it_declares() -> None:
    assert kind(STORY, head=LIVE).kind == "live_blog"


@pytest.mark.parametrize("stamps", [("10:05", "10:20"), ("At 10:05", "Until 11:00", "By noon")])
def test_a_story_that_names_hours_is_no_live_blog(stamps: tuple[str, ...]) -> None:
    assert kind(stamped(*stamps) + STORY).kind == "article"


@pytest.mark.parametrize(
    ("title", "url", "section"),
    [
        ("Leave the goats alone", "https://news.example.org/opinion/leave-the-goats", ""),
        ("Kommentar: Lasst die Ziegen", "https://news.example.org/ziegen", ""),
        ("Laissez les chèvres", "https://news.example.org/chevres", "Tribune"),
        ("Lasst die Ziegen", "https://news.example.org/ziegen", "Politik > Gastkommentar"),
        ("Мнение: оставьте коз в покое", "https://news.example.org/kozy", ""),
    ],
)
def test_an_opinion_is_named_by_url_section_or_headline(title: str, url: str, section: str) -> None:
    head = f'<meta property="article:section" content="{section}">' if section else ""
    assert kind(STORY, url, title, head).kind == "opinion"


def test_a_word_within_the_headline_makes_no_opinion() -> None:
    assert kind(STORY, title="What the mayor's opinion of goats: a history").kind == "article"


def test_pictures_with_little_text_are_a_gallery() -> None:
    pictures = "".join(
        f'<figure><img src="https://news.example.org/goat-{n}.jpg" width="900"><figcaption>Goat number {n} looks at '
        f"the ferry and thinks of the grass beyond the bay.</figcaption></figure>"
        for n in range(9)
    )
    text = "<p>Nine pictures of the goats that came to the harbour on Tuesday, taken by our reader on the landing.</p>"
    found = kind(text + pictures, "https://news.example.org/in-pictures/goats")
    assert found.kind == "gallery"
    assert found.evidence[-1] == "9 pictures"


def test_a_story_with_a_picture_is_no_gallery() -> None:
    picture = '<figure><img src="https://news.example.org/goat.jpg"><figcaption>A goat.</figcaption></figure>'
    assert kind(STORY + picture, "https://news.example.org/photos/goats").kind == "article"


def test_a_short_text_under_a_video_is_one() -> None:
    declared = '<script type="application/ld+json">{"@type": "VideoObject", "name": "Goats at the harbour"}</script>'
    text = "<p>Forty-one goats came to the harbour on Tuesday. Our reader filmed them from the landing before noon.</p>"
    assert kind(text, "https://news.example.org/video/goats", head=declared).kind == "video"
    assert kind(STORY * 3, "https://news.example.org/video/goats", head=declared).kind == "article"


@pytest.mark.parametrize(
    "end", ["Media contact: Ida Brandvik, landing@example.org", "Notes to editors: goats may be photographed."]
)
def test_a_press_release_is_named_by_whom_it_asks_to_call(end: str) -> None:
    assert kind(f"{STORY}<p>{end} Pictures can be had from the harbour office.</p>").kind == "press_release"


def test_a_page_that_declares_something_else_is_other() -> None:
    declared = '<script type="application/ld+json">{"@type": "JobPosting", "title": "Goatherd"}</script>'
    found = kind(STORY, head=declared)
    assert (found.kind, found.evidence) == ("other", ("declares JobPosting",))


def test_what_has_no_other_sign_is_an_article_with_what_it_declares() -> None:
    declared = (
        '<script type="application/ld+json">{"@type": "NewsArticle", "headline": "Goats at the harbour"}</script>'
    )
    found = kind(STORY, head=declared)
    assert (found.kind, found.evidence) == ("article", ("declares NewsArticle",))
    assert found.kind in KINDS


def test_the_beginning_that_a_wall_leaves_is_a_stub() -> None:
    declared = '<script type="application/ld+json">{"@type": "NewsArticle", "isAccessibleForFree": false}</script>'
    text = (
        "<p>Forty-one goats came to the harbour on Tuesday, and nobody had called them. The council will discuss…</p>"
    )
    page = (
        f"<!doctype html><html><head><title>Goats</title>{declared}</head><body><h1>Goats</h1><article>{text}</article>"
    )
    found = clean(RawPage(url="https://news.example.org/goats", body=page.encode(), content_type="text/html"))
    assert isinstance(found, CleanArticle)
    assert kind_of_page(found, paywall(found)).kind == "paywall_stub"
