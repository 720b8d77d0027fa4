"""What a page declares: the headline, the address, the publisher, rights, and hostile pages."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html

from pipeline.cleaning.metadata.reader import read_metadata
from pipeline.cleaning.metadata.scan import scan_page
from pipeline.codec import encode
from pipeline.identity import message_id, page_id
from pipeline.records import CleanArticle, Extraction, Image, Publisher, Signals
from pipeline.urls import registrable_domain
from tests.cleaning.pages import HEADLINE, URL, meta, names, news, read, script, tree

HEADLINES = [
    # the h1 that is like the declared title, and not the site's name
    (meta(og__title=HEADLINE), f"<h1>The Ledger</h1><h1>{HEADLINE} again</h1>", f"{HEADLINE} again", "h1"),
    # no h1: the declared titles, without the site's name
    (f"<title>{HEADLINE} | The Ledger</title>", "<p>x</p>", HEADLINE, "title"),
    (f"<title>The Ledger - {HEADLINE}</title>{meta(og__site_name='The Ledger')}", "", HEADLINE, "title"),
    (meta(og__title=f"{HEADLINE} – News.example"), "", HEADLINE, "meta:og:title"),
    # an h1 about something else
    (meta(og__title=HEADLINE), "<h1>Subscribe to our newsletter</h1>", HEADLINE, "meta:og:title"),
    # nothing declared: the h1 of the content, not that of the site's frame
    ("", f"<footer><h1>Contact</h1></footer><main><h1>{HEADLINE}</h1></main>", HEADLINE, "h1"),
    # a kicker inside the h1
    (meta(og__title=HEADLINE), f"<h1><span>Transport</span> <span>{HEADLINE}</span></h1>", HEADLINE, "h1"),
    # three sources that agree against the h1 of a news article
    (
        script(news()) + meta(og__title=HEADLINE, twitter__title=HEADLINE),
        f"<h1>Live: {HEADLINE} after long debate</h1>",
        HEADLINE,
        "json_ld:headline",
    ),
    # entities escaped twice, tags, line breaks
    (
        meta(og__title="Ferry &amp;quot;stays&amp;quot; &lt;em&gt;on&lt;/em&gt;  line"),
        "",
        'Ferry "stays" on line',
        "meta:og:title",
    ),
    # a script without spaces between words
    (
        meta(og__title="渡し船、冬も運航へ"),
        "<h1>ニュース</h1><h1>渡し船、冬も運航へ 町議会</h1>",
        "渡し船、冬も運航へ 町議会",
        "h1",
    ),
]


@pytest.mark.parametrize(("head", "body", "headline", "source"), HEADLINES)
def test_the_headline_is_the_title_that_the_page_confirms(head: str, body: str, headline: str, source: str) -> None:
    metadata = read(head, body)
    assert metadata.headline == headline
    assert metadata.provenance["headline"].source == source


def test_other_titles_are_kept_as_dissent() -> None:
    metadata = read(meta(og__title="Ferry stays: council keeps the chain ferry"), f"<h1>{HEADLINE}</h1>")
    assert [claim.source for claim in metadata.provenance["headline"].dissent] == ["meta:og:title"]


def test_a_canonical_url_of_another_site_is_refused() -> None:
    assert read('<link rel="canonical" href="https://elsewhere.example.com/a">').canonical_url is None
    assert (
        read('<link rel="canonical" href="/region/ferry">').canonical_url == "https://www.news.example.org/region/ferry"
    )


def test_the_publisher_has_the_registrable_domain() -> None:
    metadata = read(script(news(publisher={"@type": "Organization", "name": "The Ledger"})))
    assert metadata.publisher == Publisher(name="The Ledger", domain="example.org")


@pytest.mark.parametrize(
    ("url", "domain"),
    [
        ("https://news.example.co.uk/a", "example.co.uk"),
        ("https://www.ledger.example/a", "ledger.example"),
        ("http://127.0.0.1:8000/a", "127.0.0.1"),
        ("http://localhost/a", "localhost"),
        ("http://[::1]/a", "::1"),
    ],
)
def test_registrable_domains(url: str, domain: str) -> None:
    assert registrable_domain(url) == domain


def test_rights_section_keywords_and_image() -> None:
    metadata = read(
        script(
            news(
                isAccessibleForFree="False",
                license="https://example.org/licence",
                articleSection="Region",
                keywords="ferry, council , ferry",
                image=[{"@type": "ImageObject", "url": "/ferry.jpg", "caption": "The ferry"}],
                alternativeHeadline="No bridge after all",
                inLanguage="en-GB",
            )
        ),
        lang="",
    )
    assert metadata.rights.is_accessible_for_free is False
    assert metadata.rights.license == "https://example.org/licence"
    assert metadata.article_section == "Region"
    assert metadata.keywords == ("ferry", "council")
    assert metadata.main_image == Image(url="https://www.news.example.org/ferry.jpg", caption="The ferry")
    assert metadata.alternative_headline == "No bridge after all"
    assert metadata.declared_language == "en-GB"


def test_declared_types_name_schema_and_open_graph_types() -> None:
    metadata = read(script(news()) + meta(og__type="article"))
    assert metadata.declared_types == ("NewsArticle", "og:article")


DATES = [
    (meta(article__published_time="2026-05-03T14:20:00Z"), "", "meta:article:published_time", "2026-05-03T14:20:00Z"),
    (script(news(datePublished="2026-05-03")), "", "json_ld:datePublished", "2026-05-03"),
    ("", f'<h1>{HEADLINE}</h1><time datetime="2026-05-03">3 May</time>', "time", "2026-05-03"),
    ("", f'<h1>{HEADLINE}</h1><p class="date">3 May 2026, 14:20</p>', "dateline", "3 May 2026, 14:20"),
    ("", f"<h1>{HEADLINE}</h1><div><b>3 May 2026</b></div>", "visible", "3 May 2026"),
    (
        "",
        f'<article itemscope itemtype="https://schema.org/NewsArticle"><h1>{HEADLINE}</h1>'
        '<meta itemprop="datePublished" content="2026-05-03T10:00:00Z"></article>',
        "meta:datepublished",
        "2026-05-03T10:00:00Z",
    ),
]


@pytest.mark.parametrize(("head", "body", "source", "value"), DATES)
def test_the_best_claim_of_publication_comes_first(head: str, body: str, source: str, value: str) -> None:
    first = read(head, body).published[0]
    assert (first.source, first.value) == (source, value)


def test_the_url_is_a_claim() -> None:
    published = read("", f"<h1>{HEADLINE}</h1>", url="https://news.example.org/2026/5/3/ferry").published
    assert [(claim.source, claim.value) for claim in published] == [("url", "2026-05-03")]


@pytest.mark.parametrize(
    "body",
    [
        f'<div class="top-strip"><span class="today">Saturday 3 May 2026</span></div><h1>{HEADLINE}</h1>',
        f"<h1>{HEADLINE}</h1><footer>© 2026-05-03 The Ledger</footer>",
        f"<h1>{HEADLINE}</h1><p>© The Ledger 3 May 2026</p>",
        f'<h1>{HEADLINE}</h1><aside><time datetime="2026-05-01">1 May</time></aside>',
        f"<h1>{HEADLINE}</h1><p>The council said at length that it had met on 3 May 2026 to talk of ferries.</p>",
    ],
)
def test_date_line_copyright_neighbours_and_prose_are_no_claims(body: str) -> None:
    assert not [claim for claim in read("", body).published if claim.source != "htmldate"]


def test_a_date_of_a_change_does_not_come_before_that_of_publication() -> None:
    times = '<p>Updated: <time datetime="2026-05-04">4 May</time></p><time datetime="2026-05-03">3 May</time>'
    body = f"<h1>{HEADLINE}</h1>{times}"
    assert [claim.value for claim in read("", body).published if claim.source == "time"] == ["2026-05-03", "2026-05-04"]


def test_reading_leaves_the_tree_as_it_was() -> None:
    page = tree("", f"<h1>{HEADLINE}</h1><p>Once upon a time, 2026.</p><script>var a = 1</script><!-- c -->")
    before = html.tostring(page)
    read_metadata(scan_page(page), URL)
    assert html.tostring(page) == before


def test_the_same_page_gives_the_same_metadata() -> None:
    head, body = script(news(author=["A. Reed", "B. Moss"])), f"<h1>{HEADLINE}</h1><p>3 May 2026</p>"
    assert read(head, body) == read(head, body)


def test_an_empty_page_declares_nothing() -> None:
    metadata = read_metadata(scan_page(html.document_fromstring("<html></html>")), URL)
    assert (metadata.headline, metadata.authors, metadata.published, metadata.provenance) == (None, (), (), {})


def _record(head: str, body: str) -> CleanArticle:
    metadata = read(head, body)
    trace = message_id("", "", "", "")
    return CleanArticle(
        id=trace,
        trace_id=trace,
        page_id=page_id(URL),
        url=URL,
        canonical_url=metadata.canonical_url,
        host="www.news.example.org",
        headline=metadata.headline,
        description=metadata.description,
        article_body="x",
        blocks=(),
        authors=metadata.authors,
        publisher=metadata.publisher,
        published=metadata.published,
        modified=metadata.modified,
        declared_language=metadata.declared_language,
        keywords=metadata.keywords,
        main_image=metadata.main_image,
        rights=metadata.rights,
        provenance=metadata.provenance,
        extraction=Extraction(engine="test", version="1", rules_version="1"),
        signals=Signals(declared_types=metadata.declared_types, declared_mentions=metadata.mentions),
    )


KEYS = ["@id", "@type", "@graph", "@value", "author", "name", "headline", "url", "image", "publisher", "datePublished"]
KEYS += ["articleBody", "license", "keywords", "mainEntityOfPage", "isAccessibleForFree", "inLanguage", "caption"]
KEYS += ["itemListElement", "contentUrl", "articleSection", "liveBlogUpdate", "about", "mentions", "sameAs"]
HOSTILE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(KEYS) | st.text(max_size=5),
            inner,
            max_size=6,
        )
    ),
    max_leaves=25,
)


@settings(max_examples=150)
@given(HOSTILE, st.sampled_from(["NewsArticle", "WebPage", "http://schema.org/BlogPosting"]))
def test_hostile_json_ld_gives_a_valid_record(value: object, kind: str) -> None:
    fields = value if isinstance(value, dict) else {"author": value, "datePublished": value, "image": value}
    encode(_record(script({**fields, "@type": kind}), f"<h1>{HEADLINE}</h1>"))


@settings(max_examples=100)
@given(st.text(max_size=200))
def test_no_text_in_a_script_or_a_by_line_raises(text: str) -> None:
    clean = "".join(c for c in text if c.isprintable() and c not in "<>")
    page = tree(script(clean), f'<h1>{HEADLINE}</h1><p class="byline">By {clean}</p><p class="date">{clean} 2026</p>')
    names(read_metadata(scan_page(page), URL))


def test_a_deep_page_and_deep_json_end() -> None:
    deep = '{"@graph":[' * 5000 + "]}" * 5000
    metadata = read(script(deep) + script(news()), "<div>" * 3000 + f"<h1>{HEADLINE}</h1>")
    assert metadata.headline == HEADLINE


HOSTILE_SECONDS = 5
"""Of processor time: other work on the machine does not count."""

HOSTILE_PAGES = {
    "openings of comments": script(news(articleBody="<!--" * 200_000)),
    "openings of scripts": script(news(articleBody="<sCript>" * 100_000)),
    "many articles": script([news(url=f"https://news.example.org/{n}") for n in range(5000)]),
    "many authors": script(news(author=[f"Nora Reed {n}" for n in range(50_000)])),
    "many by-lines": '<h1>x</h1><div class="author">' * 200 + "<i></i>" * 20_000,
    "many properties": '<div itemprop="author" itemscope><i itemprop="name"></i></div>' * 5000,
    "many dates": f"<h1>{HEADLINE}</h1>" + "<time>3 May</time>" * 5000,
    "open strings": script('{"a": "' + '", ,' * 50_000),
}


@pytest.mark.parametrize("name", HOSTILE_PAGES)
def test_a_hostile_page_takes_no_longer_than_a_large_one(name: str) -> None:
    before = time.process_time()
    read("", HOSTILE_PAGES[name])
    assert time.process_time() - before < HOSTILE_SECONDS
