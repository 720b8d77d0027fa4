"""Feeds: every format, and whatever can be read of a broken one."""

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.crawl.ampersands import Ampersands
from pipeline.crawl.feeds import MAX_BYTES, MAX_ENTRIES, read_feed
from pipeline.crawl.listing import Entry, Listing, Trouble

URL = "https://news.example/feeds/all.xml"
DATE = "Sun, 03 May 2026 14:20:00 +0200"


def rss(*items: str, head: str = '<?xml version="1.0"?><rss version="2.0">') -> bytes:
    return (
        f"{head}<channel><title>News</title><link>https://news.example/</link>{''.join(items)}</channel></rss>".encode()
    )


def item(number: int, extra: str = "") -> str:
    return f"<item><title>Story {number}</title><link>https://news.example/{number}</link>{extra}</item>"


def urls(listing: Listing) -> list[str]:
    return [entry.url for entry in listing.entries]


def test_rss() -> None:
    extra = f"<pubDate>{DATE}</pubDate><guid isPermaLink='false'>7</guid><description>Text</description>"
    assert read_feed(rss(item(1, extra)), URL) == Listing(
        entries=(Entry(url="https://news.example/1", title="Story 1", published=DATE),)
    )


def test_atom() -> None:
    body = """<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://news.example/atom/">
      <title>News</title><link rel="next" href="?page=2"/><id>urn:x</id><updated>2026-05-04T00:00:00Z</updated>
      <entry><title type="html">Rain &amp;amp; &lt;b&gt;wind&lt;/b&gt;</title><id>tag:news.example,2026:1</id>
        <link rel="enclosure" href="/sound.mp3"/><link rel="edit" href="/edit"/><link href="../2026/rain"/>
        <published>2026-05-03T14:20:00Z</published><updated>2026-05-03T15:00:00Z</updated>
        <source><title>Other</title><id>https://other.example/</id><updated>2020-01-01</updated></source>
        <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><title>N</title>
        <link href="no"/></div></content>
      </entry></feed>"""
    assert read_feed(body.encode(), URL) == Listing(
        entries=(
            Entry(
                url="https://news.example/2026/rain",
                title="Rain & wind",
                published="2026-05-03T14:20:00Z",
                updated="2026-05-03T15:00:00Z",
            ),
        ),
        next_page="https://news.example/atom/?page=2",
    )


def test_rss_1_with_dublin_core() -> None:
    body = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
      xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="https://news.example/"><title>N</title></channel>
      <item rdf:about="https://news.example/1"><title>One</title><dc:date>2026-05-03</dc:date></item></rdf:RDF>"""
    assert read_feed(body.encode(), URL).entries == (
        Entry(url="https://news.example/1", title="One", published="2026-05-03"),
    )


def test_json_feed() -> None:
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "next_url": "/feed.json?2",
        "items": [
            {
                "id": "1",
                "url": "/1",
                "external_url": "https://other.example/",
                "title": "One",
                "date_published": "2026-05-03",
            },
            {"id": "https://news.example/2", "content_text": "x"},
            {"id": "3", "external_url": "https://other.example/3"},
            {"id": 4},
            "five",
        ],
    }
    listing = read_feed(json.dumps(feed).encode(), URL)
    assert urls(listing) == ["https://news.example/1", "https://news.example/2", "https://other.example/3"]
    assert listing.entries[0].published == "2026-05-03"
    assert listing.next_page == "https://news.example/feed.json?2"
    assert listing.troubles == {Trouble.NO_URL: 2}


def test_links_by_guid_and_by_feedburner() -> None:
    body = rss(
        "<item><guid>https://news.example/by-guid</guid></item>",
        "<item><link>https://feeds.example/~r/1</link><feedburner:origLink>https://news.example/orig</feedburner:origLink></item>",
        '<item><atom:link href="https://news.example/atom" rel="self"/><link>https://news.example/text</link></item>',
        "<item><guid isPermaLink='false'>https://news.example/no</guid></item>",
        "<item><link>javascript:alert(1)</link></item>",
        '<item><link>/x</link><media:title>Picture</media:title><title>Story</title></item>',
        head='<rss xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0" xmlns:atom="http://www.w3.org/2005/Atom"'
        ' xmlns:media="http://search.yahoo.com/mrss/">',
    )  # fmt: skip
    listing = read_feed(body, URL)
    assert urls(listing) == [f"https://news.example/{name}" for name in ("by-guid", "orig", "text", "x")]
    assert listing.entries[-1].title == "Story"
    assert listing.troubles == {Trouble.NO_URL: 1, Trouble.BAD_URL: 1}


ITEMS = [item(number) for number in range(20)]

MALFORMED = [
    ("cut off", rss(*ITEMS)[:-60], 18),
    ("bare ampersands", rss(*(each.replace("Story", "Q & A") for each in ITEMS)), 20),
    ("unclosed markup in titles", rss(*(each.replace("Story", "<b>Story<br>") for each in ITEMS)), 20),
    ("stray end tags", rss(*(each.replace("</title>", "</title></p></div></p>") for each in ITEMS)), 20),
    ("HTML's characters", rss(*(each.replace("Story", "Caf&eacute;&nbsp;") for each in ITEMS)), 20),
    ("junk before", b"\n\nWarning: something in line 3\n" + rss(*ITEMS), 20),
    ("junk after", rss(*ITEMS) + b"</body></html>", 20),
    ("two declarations", b'<?xml version="1.0"?>\n' + rss(*ITEMS), 20),
    ("control characters", rss(*(each.replace("Story", "St\x01or\x00y") for each in ITEMS)), 20),
    ("undeclared namespaces", rss(*(each.replace("</item>", "<dc:date>2026</dc:date></item>") for each in ITEMS)), 20),
    ("unquoted attributes", rss(*(each.replace("<title>", "<title type=html>") for each in ITEMS)), 20),
    ("an unknown encoding", rss(*ITEMS, head="<?xml version='1.0' encoding='x-none'?><rss>"), 20),
    ("no end of any entry", rss(*ITEMS).replace(b"</item>", b""), 20),
    ("a stray less-than", rss(*(each.replace("Story", "1 < 2") for each in ITEMS)), 20),
    ("an open CDATA", rss(*ITEMS[:10], "<item><title><![CDATA[open</title></item>", *ITEMS[10:]), 10),
    ("an open comment", rss(*ITEMS[:10], "<!-- open", *ITEMS[10:]), 10),
]


@pytest.mark.parametrize(("body", "readable"), [row[1:] for row in MALFORMED], ids=[row[0] for row in MALFORMED])
def test_a_malformed_feed_gives_its_readable_entries(body: bytes, readable: int) -> None:
    assert len(read_feed(body, URL).entries) >= readable


def test_bare_ampersands_do_not_hold_up_a_large_feed() -> None:
    body = rss(*(f"<item><title>Q & A</title><link>https://news.example/?a=1&b={n}</link></item>" for n in range(2000)))
    listing = read_feed(body * 1, URL)
    assert len(body) > 128 * 1024
    assert len(listing.entries) == 2000
    assert listing.entries[7].url == "https://news.example/?a=1&b=7"


@pytest.mark.parametrize("size", [1, 2, 5, 39, 40, 41, 1000])
def test_ampersands_are_mended_in_pieces_of_any_size(size: int) -> None:
    text = b"a & b &amp; &eacute; &#233; &none; <![CDATA[c & d &eacute;]]> e&f;&"
    mender = Ampersands()
    mended = b"".join(mender.mend(text[at : at + size]) for at in range(0, len(text), size)) + mender.mend(
        b"", last=True
    )
    assert mended == b"a &amp; b &amp; &#233; &#233; &none; <![CDATA[c & d &eacute;]]> e&f;&amp;"


def test_a_broken_json_feed_gives_what_comes_before_the_break() -> None:
    feed = {"version": "https://jsonfeed.org/version/1", "items": [{"url": f"/{number}"} for number in range(9)]}
    listing = read_feed(json.dumps(feed).encode()[:-20], URL)
    assert len(listing.entries) == 7
    assert listing.troubles == {Trouble.MALFORMED: 1}


def cafe(encoding: str, head: str = "", title: str = "Café") -> bytes:
    return f"{head}<rss><item><title>{title}</title><link>/1</link></item></rss>".encode(encoding)


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (cafe("latin-1"), None),
        (cafe("latin-1"), "text/xml; charset=iso-8859-1"),
        (cafe("latin-1", "<?xml version='1.0' encoding='iso-8859-1'?>"), "text/xml; charset=utf-8"),
        (cafe("utf-8"), "text/xml; charset=none-such"),
        (cafe("ascii", title="Caf&eacute;"), "text/xml"),
        (cafe("ascii", title="<![CDATA[Caf&eacute;]]>"), "text/xml"),
        (cafe("utf-8-sig"), "text/xml"),
        (cafe("utf-16", "<?xml version='1.0' encoding='utf-16'?>"), None),
    ],
)
def test_encodings(body: bytes, content_type: str | None) -> None:
    (entry,) = read_feed(body, URL, content_type).entries
    assert (entry.url, entry.title) == ("https://news.example/1", "Café")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"  \n",
        b"<html><body><p>No</p></body></html>",
        b"text",
        b"{}",
        b'{"items": []}',
        b"[1]",
        b"\x00\x01",
        b"<",
        b"\x1f\x8b\x08",
    ],
)
def test_what_is_no_feed_is_said_to_be_none(body: bytes) -> None:
    assert read_feed(body, URL) == Listing(troubles={Trouble.NOT_A_LISTING: 1})


ENTITY = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "ha" * 10}">' for n in range(10))
STORY = "<rss><item><title>&e9;&x;</title><link>/1</link></item></rss>"
REFUSED = [
    f"<!DOCTYPE rss [{ENTITY}]>{STORY}".encode(),
    f"<!DOCTYPE rss [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>{STORY}".encode(),
    f"<!DOCTYPE rss [<!ENTITY % x SYSTEM 'http://127.0.0.1/x.dtd'> %x;]>{STORY}".encode(),
    f"<?xml version='1.0' encoding='utf-16'?><!DOCTYPE rss [<!ENTITY x 'y'>]>{STORY}".encode("utf-16"),
]


@pytest.mark.parametrize("body", REFUSED)
def test_entities_are_refused(body: bytes) -> None:
    assert read_feed(body, URL) == Listing(troubles={Trouble.ENTITIES: 1})


HOSTILE = {
    "nested": b"<rss><channel>" + b"<a>" * 500_000,
    "nested entries": b"<rss><channel>" + b"<item>" * 500_000,
    "attributes": b"<rss><item " + b'a="b" ' * 500_000 + b">",
    "one attribute": b'<rss><item a="' + b"b" * 5_000_000 + b'">',
    "open tags": b"<" * 3_000_000,
    "open tags with attributes": b"<rss><item>" + b"<p a=" * 500_000,
    "ampersands": b"<rss><item><title>" + b"&" * 3_000_000,
    "numbers": b"<rss><item><title>" + b"&#x41;" * 500_000 + b"</title></item>",
    "comments": b"<rss><item><title>" + b"<!--" * 500_000,
    "doctypes": b"<!DOCTYPE " * 300_000,
    "white space": b"<rss>" + b" " * 5_000_000 + b"</rss>",
    "declaration": b"<?xml " + b" " * 3_000_000,
    "one title": b"<rss><item><title>" + b"<" * 10 + b"word " * 1_000_000 + b"</title><link>/1</link></item></rss>",
    "json nested": b'{"version": "https://jsonfeed.org/version/1", "items": [' + b"[" * 1_000_000,
    "json spaces": b'{"version": "https://jsonfeed.org/version/1", "items": [' + b" ," * 1_000_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_feed_costs_less_than_three_seconds(name: str) -> None:
    begin = time.process_time()
    read_feed(HOSTILE[name], URL)
    assert time.process_time() - begin < 3


def test_limits_are_counted() -> None:
    listing = read_feed(rss(*(item(number) for number in range(MAX_ENTRIES + 5)), item(1)), URL)
    assert len(listing.entries) == MAX_ENTRIES
    assert listing.troubles == {Trouble.TOO_MANY_ENTRIES: 5, Trouble.REPEATED: 1}
    long = rss(item(1), f"<item><description>{'x' * MAX_BYTES}</description></item>", item(2))
    assert urls(read_feed(long, URL)) == ["https://news.example/1"]
    assert read_feed(long, URL).troubles[Trouble.TOO_LARGE] == 1


def test_titles_and_dates_are_cut_to_a_length() -> None:
    (entry,) = read_feed(rss(item(1, f"<pubDate>{'9' * 5000}</pubDate>").replace("Story", "x" * 5000)), URL).entries
    assert len(entry.title or "") <= 300
    assert len(entry.published or "") <= 100


@given(st.binary(max_size=300), st.text(max_size=30))
def test_no_bytes_escape(body: bytes, content_type: str) -> None:
    read_feed(body, URL, content_type)
    read_feed(b"<rss><item><link>/a</link>" + body + b"</item></rss>", URL, content_type)
    read_feed(b'{"version": "https://jsonfeed.org/version/1", "items": [' + body, URL)


PIECES = [
    "<rss>",
    "<channel>",
    "<item>",
    "</item>",
    "<entry>",
    "</entry>",
    "<title>",
    "</title>",
    "<link>",
    "</link>",
    "/a",
    "<source>",
    "</source>",
    "&amp;",
    "&x;",
    "<![CDATA[",
    "]]>",
    "<!--",
    "-->",
    "<guid>",
    "</rss>",
    "text",
    "<link/href='/b'/>",
    "<content/type='xhtml'>",
]


@given(st.lists(st.sampled_from(PIECES), max_size=30))
def test_no_mixture_of_tags_escapes(pieces: list[str]) -> None:
    read_feed("".join(pieces).replace("/href", " href").replace("/type", " type").encode(), URL)
