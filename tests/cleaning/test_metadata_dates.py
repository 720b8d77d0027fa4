"""Dates near the headline against declared ones, and what is a change."""

from urllib.parse import urlsplit

import pytest

from pipeline.enrichment.dates import choose_date
from pipeline.records import Claim, Date
from pipeline.times import language_of_dates
from tests.cleaning.pages import HEADLINE, meta, news, read, script

RENEWED = {"datePublished": "2026-05-09T08:00:00Z", "dateModified": "2026-05-09T08:00:00Z"}
SINCE = RENEWED | {"dateModified": "2026-05-12"}
POST = {"@type": "BlogPosting", "headline": HEADLINE}
SHOWN = f'<h1>{HEADLINE}</h1><p class="date">3 May 2026</p>'


def published(head: str, body: str) -> Date | None:
    metadata = read(head, body)
    return choose_date(metadata.published, fetched_at=None, language="en")


def test_a_declared_date_that_is_renewed_with_every_change_gives_way_to_the_one_shown() -> None:
    date = published(script(POST | RENEWED), SHOWN)
    assert date is not None
    assert (date.value, date.source) == ("2026-05-03", "dateline")


def test_a_declared_date_gives_way_to_one_shown_that_is_days_older() -> None:
    date = published(script(POST | SINCE), SHOWN)
    assert date is not None
    assert (date.value, date.source) == ("2026-05-03", "dateline")


@pytest.mark.parametrize(
    ("declared", "body"),
    [
        (news(**RENEWED), SHOWN),  # news sites do not renew it
        (POST | SINCE, SHOWN.replace("3 May", "8 May")),  # a day's difference, and changed since: a time zone's
        (POST | SINCE, f"{SHOWN}<p>9 May 2026</p>"),  # it is shown too
        (POST | SINCE, SHOWN.replace(' class="date"', "")),  # the other may be of anything
        (POST | RENEWED, SHOWN.replace("3 May", "Updated 3 May")),
        (POST | RENEWED, SHOWN.replace("3 May", "12 May")),
    ],
)
def test_a_declared_date_stays_otherwise(declared: dict[str, object], body: str) -> None:
    date = published(script(declared), body)
    assert date is not None
    assert date.value == "2026-05-09T08:00:00Z"


def test_a_visible_update_is_a_claim_of_change() -> None:
    metadata = read(script(news(datePublished="2026-05-01")), SHOWN.replace("3 May", "Updated: 3 May"))
    assert [(claim.source, claim.value) for claim in metadata.modified] == [("dateline", "Updated: 3 May 2026")]
    assert metadata.published[0].value == "2026-05-01"


def test_the_same_moment_in_the_pages_own_zone_is_chosen() -> None:
    claims = (
        Claim(source="meta", value="2026-05-04T02:30:00Z"),
        Claim(source="time", value="2026-05-03T19:30:00-07:00"),
    )
    date = choose_date(claims, fetched_at=None, language="en")
    assert date is not None
    assert (date.value, date.utc, date.source) == ("2026-05-03T19:30:00-07:00", "2026-05-04T02:30:00Z", "time")
    other = (claims[0], Claim(source="time", value="2026-05-03T19:31:00-07:00"))
    assert choose_date(other, fetched_at=None, language="en") == choose_date(claims[:1], fetched_at=None, language="en")


def test_a_plain_meta_of_publication_is_read() -> None:
    assert read(meta(published="July 17, 2026"), "").published[0].value == "July 17, 2026"


@pytest.mark.parametrize(
    "shown",
    ["<p>Last updated: <b>4 May 2026</b></p>", "<div><div>Updated on</div><div>4 May 2026</div></div>"],
)
def test_what_stands_before_a_date_says_that_it_is_that_of_a_change(shown: str) -> None:
    metadata = read("", f"<h1>{HEADLINE}</h1>{shown}<p>3 May 2026</p>")
    assert [claim.value for claim in metadata.published] == ["3 May 2026", "4 May 2026"]
    assert [claim.value for claim in metadata.modified] == ["4 May 2026"]


ELSEWHERE = [
    f"<header><p>Sunday, May 3, 2026</p></header><main><h1>{HEADLINE}</h1></main>",
    f"<header><time>Sunday, May 3, 2026</time></header><main><h1>{HEADLINE}</h1></main>",
    f"<h1>{HEADLINE}</h1><p>© The Ledger <span>3 May 2026</span></p>",
    f"<article><h1>{HEADLINE}</h1></article><article><h3>Bridge closes</h3><p class='date'>3 May 2026</p></article>",
    f"<article><h1>{HEADLINE}</h1></article><article><h3>Bridge</h3><time datetime='2026-05-03'></time></article>",
    f"<h1>{HEADLINE}</h1><ul><li><a href='/b'>The old bridge is closed</a> <span>3 May 2026</span></li></ul>",
    f"<h1>{HEADLINE}</h1><ul><li><a href='/b'>The old bridge is closed</a> <time>3 May 2026</time></li></ul>",
]


@pytest.mark.parametrize("body", ELSEWHERE)
def test_the_head_of_the_site_the_copyright_line_and_other_stories_date_nothing(body: str) -> None:
    assert read("", body).published == ()


def test_a_date_in_a_list_with_its_section_is_the_articles() -> None:
    facts = "<ul><li>3 May 2026 in <a href='/region'>Region</a></li></ul>"
    assert [claim.value for claim in read("", f"<h1>{HEADLINE}</h1>{facts}").published] == ["3 May 2026 in"]


def test_the_only_date_of_publication_counts_wherever_it_stands() -> None:
    far = "<div><i></i></div>" * 120
    said = '<p>Published <time datetime="2026-05-03">3 May</time></p>'
    other = '<p>Published <time datetime="2026-04-03">3 April</time></p>'
    assert [claim.value for claim in read("", f"<h1>{HEADLINE}</h1>{far}{said}").published] == ["2026-05-03"]
    assert not [
        claim for claim in read("", f"<h1>{HEADLINE}</h1>{far}{said}{other}").published if claim.source == "time"
    ]


def test_a_month_may_stand_by_its_name_in_the_address() -> None:
    published_at = read("", "", url="https://www.news.example.org/region/2026/may/03/ferry").published
    assert [(claim.source, claim.value) for claim in published_at] == [("url", "03 may 2026")]


def test_the_country_of_a_site_tells_the_order_of_day_and_month() -> None:
    shown = f'<h1>{HEADLINE}</h1><p class="date">03/05/2026</p>'
    for url, day in (("https://news.example.co.uk/a", "2026-05-03"), ("https://news.example.com/a", "2026-03-05")):
        metadata = read("", shown, url=url)
        language = language_of_dates(metadata.declared_language, urlsplit(url).hostname or "")
        date = choose_date(metadata.published, fetched_at=None, language=language)
        assert date is not None
        assert date.value == day
