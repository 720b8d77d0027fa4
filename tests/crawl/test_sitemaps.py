"""Sitemaps of every kind, in pieces, and the ones that are refused."""

import gzip
import resource
import subprocess
import sys
import textwrap
import zlib
from collections.abc import Iterable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.crawl.listing import Entry, Listing, Trouble
from pipeline.crawl.sitemaps import MAX_BYTES, MAX_URLS, SitemapReader, read_url_list

URL = "https://news.example/sitemap.xml"
NS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
NEWS = f"""<?xml version="1.0" encoding="UTF-8"?>
<urlset {NS} xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"
  xmlns:image="http://www.google.com/schemas/sitemap-image/1.1" xmlns:xhtml="http://www.w3.org/1999/xhtml">
  <url><loc> https://news.example/2026/rain?a=1&amp;b=2 </loc><lastmod>2026-05-03T15:00:00Z</lastmod>
    <xhtml:link rel="alternate" href="https://news.example/fr"/>
    <news:news><news:publication><news:name>News</news:name><news:language>en</news:language></news:publication>
      <news:publication_date>2026-05-03T14:20:00+02:00</news:publication_date><news:title>Rain &amp; wind</news:title>
    </news:news>
    <image:image><image:loc>https://news.example/rain.jpg</image:loc><image:title>Picture</image:title></image:image>
  </url>
  <url><loc>/relative</loc></url><url><lastmod>2026</lastmod></url><url><loc>mailto:x</loc></url>
</urlset>""".encode()
NEWS_LISTING = Listing(
    entries=(
        Entry(
            url="https://news.example/2026/rain?a=1&b=2",
            title="Rain & wind",
            published="2026-05-03T14:20:00+02:00",
            updated="2026-05-03T15:00:00Z",
            language="en",
        ),
        Entry(url="https://news.example/relative"),
    ),
    troubles={Trouble.NO_URL: 1, Trouble.BAD_URL: 1},
)


def read_sitemap(body: bytes | Iterable[bytes], url: str) -> Listing:
    """A whole sitemap that was fetched from `url`. Never raises."""
    reader = SitemapReader(url)
    entries: list[Entry] = []
    for chunk in (body,) if isinstance(body, bytes) else body:
        entries += reader.feed(chunk)
        if reader.refused:
            break
    entries += reader.close()
    return Listing(entries=tuple(entries), children=tuple(reader.children), troubles=reader.troubles)


def urlset(count: int) -> Iterator[bytes]:
    yield f"<urlset {NS}>".encode()
    for number in range(count):
        yield b"<url><loc>https://news.example/%d</loc></url>" % number
    yield b"</urlset>"


def test_a_news_sitemap() -> None:
    assert read_sitemap(NEWS, URL) == NEWS_LISTING


@pytest.mark.parametrize(
    "packed", [gzip.compress(NEWS), gzip.compress(NEWS[:300]) + gzip.compress(NEWS[300:]) + b"\0\0"]
)
def test_gzip_is_undone_whatever_the_name_says(packed: bytes) -> None:
    assert read_sitemap(packed, URL) == NEWS_LISTING


@pytest.mark.parametrize("size", [1, 2, 3, 7, 100])
@pytest.mark.parametrize("body", [NEWS, gzip.compress(NEWS)])
def test_pieces_of_any_size_give_the_same(body: bytes, size: int) -> None:
    assert read_sitemap((body[at : at + size] for at in range(0, len(body), size)), URL) == NEWS_LISTING


def test_entries_come_as_they_are_complete() -> None:
    reader = SitemapReader(URL)
    half = NEWS.index(b"<url><loc>/relative")
    assert [entry.title for entry in reader.feed(NEWS[: half + 40])] == ["Rain & wind"]
    rest = [*reader.feed(NEWS[half + 40 :]), *reader.close()]
    assert [entry.url for entry in rest] == ["https://news.example/relative"]


def test_bare_ampersands_do_not_hold_up_a_large_sitemap() -> None:
    reader = SitemapReader(URL)
    chunks = [b"<urlset>", *(b"<url><loc>https://news.example/?a=1&b=%d</loc></url>" % n for n in range(20_000))]
    assert len([entry for chunk in chunks for entry in reader.feed(chunk)]) > 15_000
    assert reader.refused is None


def test_an_index() -> None:
    body = f"<sitemapindex {NS}><sitemap><loc>/a.xml.gz</loc><lastmod>2026</lastmod></sitemap><sitemap/></sitemapindex>"
    assert read_sitemap(body.encode(), URL) == Listing(
        children=(Entry(url="https://news.example/a.xml.gz", updated="2026"),), troubles={Trouble.NO_URL: 1}
    )


@pytest.mark.parametrize(
    "head", ["<urlset>", "<urlset xmlns='http://www.google.com/schemas/sitemap/0.84'>", "<x:urlset>"]
)
def test_any_namespace_will_do(head: str) -> None:
    assert read_sitemap(f"{head}<url><loc>/1</loc></url></urlset>".encode(), URL).entries == (
        Entry(url="https://news.example/1"),
    )


def test_a_text_sitemap() -> None:
    body = "\ufeffhttps://news.example/1\r\n\nhttps://news.example/2\rnothing\nhttps://news.example/3".encode()
    listing = read_sitemap((body[at : at + 5] for at in range(0, len(body), 5)), URL)
    assert [entry.url[-1] for entry in listing.entries] == ["1", "2", "3"]
    assert listing.troubles == {Trouble.BAD_URL: 1}


def test_a_url_list_has_comments_and_no_limit() -> None:
    lines = [
        "# mine",
        "https://news.example/a",
        "",
        "https://news.example/a",
        "what",
        *(f"https://n{i}.example/" for i in range(60_000)),
    ]
    listing = read_url_list("\n".join(lines).encode())
    assert len(listing.entries) == 60_001
    assert listing.troubles == {Trouble.REPEATED: 1, Trouble.BAD_URL: 1}
    assert read_url_list(b"# nothing\n") == Listing()


@pytest.mark.parametrize(
    ("body", "entries"),
    [
        (NEWS[:-30], 2),
        (NEWS.replace(b"</loc></url>", b"</lok></url>"), 2),
        (NEWS.replace(b"</urlset>", b""), 2),
        (gzip.compress(NEWS)[:-8], 2),
        (b"\n <!-- x -->" + NEWS, 2),
        (b"<urlset><url><loc>/1</loc></lastmod></url><url><loc>/2</loc></url></urlset>", 1),
    ],
)
def test_a_malformed_sitemap_gives_what_can_be_read(body: bytes, entries: int) -> None:
    listing = read_sitemap(body, URL)
    assert len(listing.entries) == entries
    assert listing.troubles[Trouble.MALFORMED] == 1


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b"<",
        b"<html><body>Not found</body></html>",
        b"<rss/>",
        b"no\nURL\n",
        b"\x89PNG\r\n\x1a\n",
        b"word\n" * 5000,
        b"<!DOCTYPE html><html/>",
    ],
)
def test_what_is_no_sitemap_is_said_to_be_none(body: bytes) -> None:
    assert Trouble.NOT_A_LISTING in read_sitemap(body, URL).troubles


ENTITY = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "ha" * 10}">' for n in range(10))


@pytest.mark.parametrize(
    "document",
    [
        f"<!DOCTYPE urlset [{ENTITY}]><urlset><url><loc>&e9;</loc></url></urlset>",
        "<!DOCTYPE urlset [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><urlset><url><loc>&x;</loc></url></urlset>",
        "<!DOCTYPE urlset [<!ENTITY % x SYSTEM 'http://127.0.0.1/'> %x;]><urlset><url><loc>/1</loc></url></urlset>",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
def test_entities_are_refused(document: str, encoding: str) -> None:
    body = f'<?xml version="1.0" encoding="{encoding}"?>{document}'.encode(encoding)
    assert read_sitemap(body, URL) == Listing(troubles={Trouble.ENTITIES: 1})


def test_no_external_file_is_read() -> None:
    body = b"<!DOCTYPE urlset SYSTEM 'file:///etc/passwd'><urlset><url><loc>/1</loc></url></urlset>"
    assert len(read_sitemap(body, URL).entries) <= 1


def test_more_than_50000_urls_are_refused() -> None:
    listing = read_sitemap(urlset(MAX_URLS + 1), URL)
    assert len(listing.entries) == MAX_URLS
    assert listing.troubles == {Trouble.TOO_MANY_ENTRIES: 1}
    assert read_sitemap(urlset(MAX_URLS), URL).troubles == {}


def test_nothing_comes_after_a_refusal() -> None:
    reader = SitemapReader(URL)
    reader.feed(b"<html>" + b" " * 100_000)
    assert reader.refused is Trouble.NOT_A_LISTING
    assert reader.feed(b"<urlset><url><loc>/1</loc></url></urlset>") == []
    assert reader.close() == []
    assert reader.troubles == {Trouble.NOT_A_LISTING: 1}


FLAT = """
    import gzip, resource, zlib
    from pipeline.crawl.sitemaps import SitemapReader
    MIB = 2**20
    URL = b"<url><loc>https://news.example/2026/05/03/a-story</loc><x/></url>"
    def repeated(head, unit, mib, packed):
        packer = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16)
        block = unit * (MIB // len(unit))
        for number in range(mib + 2):
            piece = head if number == 0 else block
            yield packer.compress(piece) if packed else piece
        if packed:
            yield packer.flush()
    def run(head, unit, mib=100, packed=False):
        reader, fed = SitemapReader("https://news.example/s.xml"), 0
        for chunk in repeated(head, unit, mib, packed):
            reader.feed(chunk)
            fed += len(chunk)
            if reader.refused:
                break
        reader.close()
        return reader.refused
    warm = run(b"<urlset>", URL, 1)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(run({head!r}, {unit!r}, packed={packed}))
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


@pytest.mark.parametrize(
    ("head", "unit", "packed", "refused"),
    [
        (b"<urlset>", b"<url><loc>https://news.example/%0100d</loc></url>" % 1 + b" " * 2000, False, Trouble.TOO_LARGE),
        (b"<urlset>", b"<x/>", False, Trouble.BOMB),
        (b"<urlset>", b"<x/>", True, Trouble.BOMB),
        (b"<urlset><url><loc>", b"a", False, Trouble.TOO_LARGE),
        (b"<urlset><url><loc>", b"a", True, Trouble.BOMB),
        (b"<urlset>", b"<x>", False, Trouble.BOMB),
        (b"<urlset><url", b' a="b"', False, Trouble.BOMB),
        (b"<urlset><!--", b"a ", False, Trouble.BOMB),
        (b"", b" ", False, Trouble.TOO_LARGE),
        (b"<!DOCTYPE x [", b" ", True, Trouble.NOT_A_LISTING),
        (b"https://news.example/", b"a", False, Trouble.TOO_LARGE),
    ],
)
def test_100_mb_are_refused_in_flat_memory(head: bytes, unit: bytes, packed: bool, refused: Trouble) -> None:
    """In a process of its own, whose peak is its own; the limit is 24 MiB over a small sitemap."""
    code = textwrap.dedent(FLAT).format(head=head, unit=unit, packed=packed)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    trouble, grown = done.stdout.split()
    assert trouble == refused.value
    assert int(grown) < 24 * 1024 * (1 if sys.platform != "darwin" else 1024)


def test_a_bomb_of_bombs_is_stopped_while_it_unpacks() -> None:
    bomb = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    body = bomb.compress(b"<urlset>") + b"".join(bomb.compress(b" " * 2**20) for _ in range(300)) + bomb.flush()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert read_sitemap(body, URL).troubles == {Trouble.BOMB: 1}
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 32 * 1024
    assert MAX_BYTES == 50 * 2**20


@given(
    st.lists(st.binary(max_size=100), max_size=5),
    st.sampled_from([b"", b"<urlset>", b"<sitemapindex><sitemap>", b"\x1f\x8b", b"http"]),
)
def test_no_bytes_escape(chunks: list[bytes], head: bytes) -> None:
    read_sitemap([head, *chunks], URL)
    read_url_list(b"".join(chunks))


PIECES = [
    "<urlset>",
    "<url>",
    "</url>",
    "<loc>",
    "</loc>",
    "/a",
    "<sitemapindex>",
    "<sitemap>",
    "</sitemap>",
    "<news:news>",
    "&",
    "<lastmod>",
    "<![CDATA[",
    "]]>",
    "</urlset>",
]


@given(st.lists(st.sampled_from(PIECES), max_size=30))
def test_no_mixture_of_tags_escapes(pieces: list[str]) -> None:
    read_sitemap("".join(pieces).encode(), URL)
