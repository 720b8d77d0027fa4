"""What stands in a story besides its text."""

from pipeline.records import CleanArticle, DeclaredMention, Image, LinkedDomain, RawPage
from pipeline.stages.clean import clean

URL = "https://www.harbour-herald.example/local/ferry"
STORY = "".join(
    f"<p>The chain ferry number {number} crossed the river <a href='https://{site}/a'>again</a> on a cold morning, and"
    " nobody on either bank was surprised by it, for it has done so for sixty years.</p>"
    for number, site in enumerate(
        ("port.example.org", "PORT.example.org", "weather.example.com", "www.harbour-herald.example")
    )
)
PAGE = f"""<html><head><title>Ferry</title>
<script type="application/ld+json">{{"@type": "NewsArticle", "headline": "The ferry sails again", "url": "{URL}",
"about": [{{"@type": "Person", "name": "Nora Ellingwood",
  "sameAs": ["https://social.example/nora", "https://www.wikidata.org/wiki/Q0"]}}],
"mentions": [{{"@type": "Place", "name": "Brackwater"}}, {{"@type": "Person", "name": "nora ellingwood"}}]}}</script>
<meta property="article:tag" content="ferries"><meta property="article:tag" content="Brackwater"></head>
<body><nav><a href="https://shop.example.net">Shop</a><img src="/nav.jpg"></nav>
<article><h1>The ferry sails again</h1>
<figure><img src="/img/ferry.jpg" width="800"><figcaption>The ferry on Tuesday</figcaption></figure>
{STORY}
<img src="data:image/gif;base64,AA" data-src="https://cdn.example.com/pier.webp"><img src="/logo.png">
<img src="/face.jpg" width="40"><a href="/other-story"><img src="/teaser.jpg"></a>
<div class="related"><img src="/related.jpg"></div></article>
<footer><a href="https://ads.example.net/">Ads</a><img src="/footer.jpg"></footer></body></html>"""


def cleaned(page: str = PAGE) -> CleanArticle:
    article = clean(RawPage(url=URL, body=page.encode(), content_type="text/html; charset=utf-8"))
    assert isinstance(article, CleanArticle)
    return article


def test_links_of_the_story_to_other_sites_are_counted_by_domain() -> None:
    signals = cleaned().signals
    assert signals.links_out == 3
    assert signals.linked_domains == (
        LinkedDomain(domain="example.org", count=2),
        LinkedDomain(domain="example.com", count=1),
    )


def test_a_link_that_is_no_address_is_not_counted() -> None:
    signals = cleaned(
        PAGE.replace("again</a>", "again</a> <a href='http://[a'>here</a> <a href='//[a'>there</a>")
    ).signals
    assert signals.links_out == 3


def test_pictures_of_the_story_are_told_from_all_others_on_the_page() -> None:
    assert cleaned().signals.images == (
        Image(url="https://www.harbour-herald.example/img/ferry.jpg", caption="The ferry on Tuesday"),
        Image(url="https://cdn.example.com/pier.webp"),
    )


def test_a_page_of_many_pictures_and_links_gives_a_bounded_record() -> None:
    pictures = "".join(f"<img src='/p{number}.jpg'>" for number in range(500))
    links = "<p>" + STORY[3:] + "".join(f"<a href='https://s{n}.example/'>w</a> " for n in range(300)) + "</p>"
    signals = cleaned(PAGE.replace(STORY, STORY + pictures + links)).signals
    assert len(signals.images) == 30
    assert len(signals.linked_domains) <= 50


def test_what_the_page_is_about_is_carried_with_its_identifier() -> None:
    assert cleaned().signals.declared_mentions == (
        DeclaredMention(
            name="Nora Ellingwood", type="Person", id="https://www.wikidata.org/wiki/Q0", source="json_ld:about"
        ),
        DeclaredMention(name="Brackwater", type="Place", source="json_ld:mentions"),
        DeclaredMention(name="ferries", source="meta:article:tag"),
    )
