"""Dates near the headline against declared ones, and what is a change."""

import pytest

from pipeline.enrichment.dates import choose_date
from pipeline.records import Claim, Date
from tests.cleaning.pages import HEADLINE, meta, news, read, script

RENEWED = {"datePublished": "2026-05-09T08:00:00Z", "dateModified": "2026-05-09T08:00:00Z"}
POST = {"@type": "BlogPosting", "headline": HEADLINE}
SHOWN = f'<h1>{HEADLINE}</h1><p class="date">3 May 2026</p>'


def published(head: str, body: str) -> Date | None:
    metadata = read(head, body)
    return choose_date(metadata.published, fetched_at=None, language="en")


def test_a_declared_date_that_is_renewed_with_every_change_gives_way_to_the_one_shown() -> None:
    date = published(script(POST | RENEWED), SHOWN)
    assert date is not None
    assert (date.value, date.source) == ("2026-05-03", "dateline")


@pytest.mark.parametrize(
    ("declared", "body"),
    [
        (POST | RENEWED | {"dateModified": "2026-05-12"}, SHOWN),  # changed since: the declared one was not renewed
        (POST | {"datePublished": "2026-05-09T08:00:00Z"}, SHOWN),  # nothing says that it is that of a change
        (news(**RENEWED), SHOWN),  # news sites do not renew it
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
