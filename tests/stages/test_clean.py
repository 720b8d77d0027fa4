"""The clean stage: exactly one outcome for any bytes, and the right one for pages that are no article."""

import gzip
import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import identity
from pipeline.errors import Code, Drop, Reason, Reject
from pipeline.identity import page_id
from pipeline.records import CleanArticle, RawPage, RightsAtFetch, Withdrawal
from pipeline.stages.annotate import annotate
from pipeline.stages.clean import VERSION, clean
from pipeline.topology import MAX_BODY_BYTES

URL = "https://news.example.org/harbour/goats"
FETCHED = "2026-03-02T08:00:00Z"
STORY = [
    "The council of Little Skerry voted on Monday to let eleven goats use the public path to the lighthouse again.",
    "The path had been closed to animals since April, when a visitor from the mainland lost a sandwich and a hat.",
    "From June the goats will wear bells and stay away on the two days of the week when the ferry comes in.",
]
PAGE = "<html><head><title>Goats win</title></head><body><h1>Goats win the right of way</h1>{}</body></html>".format(
    "".join(f"<p>{paragraph}</p>" for paragraph in STORY)
)


def article(body: bytes, **fields: object) -> CleanArticle:
    result = clean(RawPage(url=URL, body=body, **fields))  # type: ignore[arg-type]
    assert isinstance(result, CleanArticle), result
    return result


def dropped(body: bytes, **fields: object) -> Reason:
    result = clean(RawPage(url=URL, body=body, **fields))  # type: ignore[arg-type]
    assert isinstance(result, Drop), result
    assert result.evidence is None or len(result.evidence) <= 200
    return result.reason


def code_of(body: bytes, url: str = URL) -> Code:
    with pytest.raises(Reject) as caught:
        clean(RawPage(url=url, body=body))
    return caught.value.code


def test_a_page_becomes_an_article() -> None:
    found = article(PAGE.encode())
    assert found.article_body == "\n\n".join(STORY)
    assert found.headline == "Goats win the right of way"
    assert found.host == "news.example.org"


def test_ids_are_those_of_identity() -> None:
    found = article(PAGE.encode(), fetched_at="2026-05-04T10:00:00Z")
    trace = identity.trace_id(URL, "2026-05-04T10:00:00Z", PAGE.encode())
    assert found.trace_id == trace
    assert found.id == identity.message_id(trace, "clean", CleanArticle.SCHEMA, VERSION)
    assert found.page_id == identity.page_id(URL)


def outcome(body: bytes, content_type: str | None = None) -> CleanArticle | Drop | Code:
    """The one thing that became of the bytes."""
    try:
        return clean(RawPage(url=URL, body=body, content_type=content_type))
    except Reject as error:
        return error.code


@settings(max_examples=300)
@given(st.binary(max_size=2000))
def test_random_bytes_are_never_an_article(body: bytes) -> None:
    found = outcome(body)
    assert found is Code.UNDECODABLE or isinstance(found, Drop)


@pytest.mark.parametrize("seed", range(30))
def test_many_random_bytes_are_never_an_article(seed: int) -> None:
    found = outcome(random.Random(seed).randbytes(50_000))
    assert found is Code.UNDECODABLE or isinstance(found, Drop)


@settings(max_examples=100)
@given(st.binary(min_size=1, max_size=400))
def test_random_bytes_in_a_page_harm_nothing_else(noise: bytes) -> None:
    found = outcome(PAGE.encode().replace(b"</body>", b"<div>" + noise + b"</div></body>"))
    assert found is Code.UNDECODABLE or isinstance(found, CleanArticle | Drop)


@settings(max_examples=100)
@given(st.text(max_size=500), st.sampled_from(["text/plain", "text/html", None, "application/json"]))
def test_any_text_has_one_outcome(text: str, content_type: str | None) -> None:
    found = outcome(text.encode("utf-8", "surrogatepass"), content_type)
    assert found is Code.UNDECODABLE or isinstance(found, CleanArticle | Drop)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", Reason.EMPTY),
        (b" \r\n\t ", Reason.EMPTY),
        (b"<html></html>", Reason.NO_ARTICLE),
        (b"%PDF-1.7 goats", Reason.NOT_HTML),
        (b"\x89PNG\r\n\x1a\n....", Reason.NOT_HTML),
        (gzip.compress(b"goats", mtime=0), Reason.NOT_HTML),
        (b'{"headline": "Goats", "body": "many"}', Reason.NOT_HTML),
        (b'[{"a": 1}]', Reason.NOT_HTML),
        (b'<?xml version="1.0"?><rss version="2.0"><channel><title>Goats</title></channel></rss>', Reason.NOT_HTML),
        (b'<meta http-equiv="refresh" content="0; url=https://news.example.org/b"><p>Moved.</p>', Reason.REDIRECT_STUB),
        (b"<html><body><p>Goats.</p></body></html>", Reason.NO_ARTICLE),
        (
            b"<title>Log in to your account</title><h1>Log in</h1><form><label>Email</label><input type=email>"
            b"<input type=password></form><p>You need to be logged in to read this story about the island's goats.</p>",
            Reason.LOGIN_PAGE,
        ),
        (
            b"<title>Before you continue</title><h1>We value your privacy</h1><p>We and our 12 partners use cookies to"
            b" store and read information on your device, for advertising and for measuring how far goats walk.</p>",
            Reason.CONSENT_WALL,
        ),
    ],
)
def test_what_holds_no_article_is_dropped_with_its_reason(body: bytes, reason: Reason) -> None:
    assert dropped(body) is reason


@pytest.mark.parametrize("start", ["<html>", "<html><head>", "", "<!doctype html>"])
def test_a_page_that_never_opens_its_body_is_read(start: str) -> None:
    story = "<p>Forty-one goats came down to the harbour on Tuesday, and nobody had called them.</p>" * 3
    article = f"<article><h1>Goats at the harbour</h1>{story}</article>"
    body = f"{start}<title>Goats at the harbour</title>{article}<footer>Imprint</footer>"
    found = clean(RawPage(url="https://news.example.org/goats", body=body.encode(), content_type="text/html"))
    assert isinstance(found, CleanArticle)
    assert found.headline == "Goats at the harbour"
    assert found.article_body.startswith("Forty-one goats")


def test_a_list_of_titles_is_an_index_page() -> None:
    teasers = "".join(
        f'<article><h2><a href="/n/{n}">Title number {n} of the island news</a></h2><p>Teaser {n}.</p></article>'
        for n in range(25)
    )
    assert dropped(f"<title>News</title><h1>Island news</h1><main>{teasers}</main>".encode()) is Reason.INDEX_PAGE


def test_an_error_status_is_dropped_before_anything_is_read() -> None:
    assert dropped(b"\x00\x01\x02", status=404) is Reason.HTTP_ERROR


def test_undecodable_input_is_rejected() -> None:
    assert code_of(bytes(range(256)) * 20) is Code.UNDECODABLE
    assert code_of(b"\x01\x02\x03\x04goats") is Code.UNDECODABLE


def test_a_page_over_the_limit_is_rejected() -> None:
    assert code_of(b"x" * (MAX_BODY_BYTES + 1)) is Code.INPUT_TOO_LARGE


@pytest.mark.parametrize("url", ["", "goats", "ftp://example.org/x", "https://", "https://exa mple.org/"])
def test_input_without_a_url_is_rejected(url: str) -> None:
    assert code_of(PAGE.encode(), url) is Code.BAD_URL


POLISH = (
    "Źródło pod Żabieńcem znów bije, a mieszkańcy chcą pić jego wodę już dziś, choć urząd każe im jeszcze poczekać."
)


@pytest.mark.parametrize(
    ("encoding", "declared", "content_type"),
    [
        ("utf-8", "utf-8", "text/html; charset=utf-8"),
        ("utf-8", "iso-8859-2", None),
        ("utf-8", "iso-8859-1", "text/html; charset=iso-8859-1"),
        ("iso-8859-2", "iso-8859-2", None),
        ("iso-8859-2", "utf-8", "text/html; charset=iso-8859-2"),
        ("windows-1250", "windows-1250", "text/html"),
        ("utf-8-sig", "windows-1250", None),
        ("utf-16", "utf-8", None),
        ("utf-16-le", "utf-8", None),
        ("windows-1250", "no-such-charset", "text/html; charset=windows-1250"),
    ],
)
def test_charsets(encoding: str, declared: str, content_type: str | None) -> None:
    page = f'<html><head><meta charset="{declared}"></head><body><p>{POLISH}</p><p>{POLISH} Dalej.</p></body></html>'
    assert POLISH in article(page.encode(encoding), content_type=content_type).article_body


def test_a_few_broken_bytes_do_not_cost_the_page() -> None:
    body = (PAGE.replace("</p>", " caf\u00e9</p>", 1)).encode() + b"<!-- \xff -->"
    assert "caf\u00e9" in article(body).article_body


def test_xml_declaration() -> None:
    found = article(b'<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE html>' + PAGE.encode())
    assert found.article_body == "\n\n".join(STORY)


def test_deep_nesting() -> None:
    body = b"<div>" * 100_000 + PAGE.encode() + b"</div>" * 100_000
    result = clean(RawPage(url=URL, body=body))
    assert isinstance(result, CleanArticle | Drop)


def test_a_page_as_large_as_the_limit() -> None:
    filler = b"<p>" + b"The goats walked on along the path. " * 20 + b"</p>"
    body = b"<html><body>" + filler * (MAX_BODY_BYTES // len(filler) - 1) + b"</body></html>"
    assert article(body).article_body


def test_the_same_page_gives_the_same_record_after_other_pages() -> None:
    first = article(PAGE.encode())
    for number in range(5):
        clean(RawPage(url=URL, body=PAGE.replace("goats", f"{number} sheep").encode()))
    assert article(PAGE.encode()) == first


def test_a_bare_file_takes_the_url_that_it_declares() -> None:
    page = PAGE.replace("<head>", '<head><link rel="canonical" href="https://www.skerry.example/goats?utm_source=x">')
    found = clean(RawPage(url="https://input.invalid/goats.html", body=page.encode()))
    assert isinstance(found, CleanArticle)
    assert found.host == "www.skerry.example"
    assert found.page_id == identity.page_id("https://www.skerry.example/goats")


def test_only_a_bare_file_does() -> None:
    page = PAGE.replace("<head>", '<head><link rel="canonical" href="https://www.skerry.example/goats">')
    assert article(page.encode()).url == URL


def test_a_bare_file_without_a_url_of_its_own_keeps_the_one_it_came_with() -> None:
    found = clean(RawPage(url="https://input.invalid/goats.html", body=PAGE.encode()))
    assert isinstance(found, CleanArticle)
    assert found.url == "https://input.invalid/goats.html"


FLAT = "\n".join(
    [
        "-3.4 C", "Little Skerry", "Monday, May 4, 2026", "HomeIslandsGoats win the right of way", "",
        "Goats win the right of way", "", "Goats win the right of way", "", "\n\n".join(STORY), "", "",
        "Please enter your comment!", "Please enter your name here", "", "Most Popular", "Ferry steps to be scrubbed",
    ]
)  # fmt: skip


def test_flattened_text_of_the_seeds_kind() -> None:
    found = article(FLAT.encode(), content_type="text/plain")
    assert found.article_body == "\n\n".join(STORY)
    assert found.headline == "Goats win the right of way"
    assert found.article_section == "Islands"
    assert found.signals.visit_date == "Monday, May 4, 2026"
    assert [(entry.rule, entry.place) for entry in found.removed] == [
        ("weather_widget", "line 1"), ("date_line", "line 3"), ("glued_breadcrumb", "line 4"), ("headline", "line 6"),
        ("repeated_headline", "line 8"), ("comment_form", "line 17"), ("most_popular", "line 20"),
    ]  # fmt: skip


def test_an_html_page_of_the_seeds_kind() -> None:
    title = "Goats win the right of way"
    page = f"""<html><head><title>{title} - The Lamp</title></head><body>
<div class="td-weather-top-widget"><span class="td-big-degrees">-3.4</span><span>C</span><div>Little Skerry</div></div>
<div class="td_data_time"><div>Monday, May 4, 2026</div></div>
<div><span><a href="/">Home</a></span><span><a href="/i">Islands</a></span><span>{title}</span></div>
<h1 class="tdb-title-text">{title}</h1>
<div class="td-post-content"><h2>{title}</h2>{"".join(f"<p>{each}</p>" for each in STORY)}</div>
<div id="respond"><form><div>Please enter your comment!</div><div>Please enter your name here</div></form></div>
<div><h4>Most Popular</h4><h3><a href="/f">Ferry steps to be scrubbed</a></h3></div></body></html>"""
    found = article(page.encode())
    assert found.article_body == "\n\n".join(STORY)
    assert found.headline == title
    assert found.article_section == "Islands"
    assert found.signals.visit_date == "Monday, May 4, 2026"
    assert [entry.rule for entry in found.removed] == [
        "weather_widget",
        "date_line",
        "glued_breadcrumb",
        "headline",
        "repeated_headline",
        "comment_form",
        "most_popular",
    ]


def test_a_body_that_stands_in_json_ld_alone() -> None:
    body = "\\n\\n".join(STORY)
    page = (
        '<html><head><script type="application/ld+json">{"@context":"https://schema.org","@type":"NewsArticle",'
        f'"headline":"Goats win the right of way","articleBody":"{body}"}}</script></head>'
        '<body><nav><a href="/">Home</a></nav><div id="root"></div></body></html>'
    )
    found = article(page.encode())
    assert found.article_body == "\n\n".join(STORY)
    assert found.extraction.candidate == "json_ld"


@pytest.mark.parametrize("status", [404, 410])
def test_a_page_that_is_gone_is_a_withdrawal_for_relate_to_decide_on(status: int) -> None:
    page = RawPage(
        url="https://news.example/a?utm_source=x", body=b"", status=status, fetched_at=FETCHED, source="feed"
    )
    found = clean(page)
    assert isinstance(found, Withdrawal)
    assert (found.kind, found.reason, found.at, found.fetched_at) == ("gone", f"http_{status}", FETCHED, FETCHED)
    assert found.page_id == page_id("https://news.example/a")
    passed = annotate(found)
    assert passed == replace(found, id=passed.id)
    assert passed.id != found.id


def test_a_page_that_is_gone_since_nobody_knows_when_is_an_error() -> None:
    """Without a time it could not be put in order with the page's fetches."""
    gone = clean(RawPage(url="https://news.example/a", body=b"", status=404))
    assert gone == Drop(reason=Reason.HTTP_ERROR, evidence="status 404")


def test_the_rights_that_the_raw_message_tells_stand_in_the_article() -> None:
    told = {
        "robots": "allowed (read): Allow: /",
        "robots_tag": "noai",
        "tdm_reservation": "0",
        "rights_reserved": "noai",
    }
    assert article(PAGE.encode(), **told).rights.at_fetch == RightsAtFetch(**told)


def test_a_message_that_tells_of_no_rights_leaves_them_unknown() -> None:
    assert article(PAGE.encode(), fetched_at=FETCHED, status=200).rights.at_fetch is None


def test_flattened_text_declares_nothing_and_keeps_what_the_message_tells() -> None:
    text = "\n".join(["Goats win the right of way", *STORY]).encode()
    rights = article(text, content_type="text/plain", robots_tag="noai").rights
    assert (rights.claims, rights.at_fetch) == ((), RightsAtFetch(robots_tag="noai"))
