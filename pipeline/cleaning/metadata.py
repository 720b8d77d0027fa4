"""What a page declares of its article: JSON-LD, Open Graph, meta, microdata, and what stands visibly near the headline.

Declared metadata is evidence, never trusted blindly: each chosen field says in `provenance` where it is from and which
other places of the page say something else. Dates stay unparsed claims; the annotate stage reads them.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

import tld
from lxml.html import HtmlElement

from pipeline.cleaning.anchor import find_anchor
from pipeline.cleaning.authors import read_authors
from pipeline.cleaning.datelines import modified_claims, published_claims
from pipeline.cleaning.headline import choose_headline, declared_titles, dissent, find_heading
from pipeline.cleaning.jsonld import JsonLd, Node, own_articles, page_key, read_jsonld
from pipeline.cleaning.scan import Scan, scan_page
from pipeline.cleaning.strings import same_words, tidy, tidy_body
from pipeline.errors import Reject
from pipeline.records import Author, Claim, Image, Provenance, Publisher, Rights
from pipeline.urls import check_url

MAX_BODY_LENGTH = 1_000_000
MAX_DESCRIPTION_LENGTH = 2000
MAX_KEYWORDS = 50
MAX_TYPES = 20
MIN_BODY_LENGTH = 100
"""Shorter declared bodies are teasers or placeholders."""

_SITE_NAME_METAS = ("og:site_name", "application-name", "cxenseparse:pageclass:sitename", "apple-mobile-web-app-title", "publisher")
_DESCRIPTION_METAS = ("og:description", "description", "twitter:description", "dc.description", "sailthru.description")
_SECTION_METAS = ("article:section", "parsely-section", "cxenseparse:section", "section", "sailthru.section", "og:article:section")
_KEYWORD_METAS = ("news_keywords", "keywords", "article:tag", "parsely-tags", "sailthru.tags")
_IMAGE_METAS = ("og:image", "og:image:url", "og:image:secure_url", "twitter:image", "twitter:image:src", "parsely-image-url")


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """What a page declares of its article. The fields mean what they mean in `records.CleanArticle`."""

    headline: str | None = None
    alternative_headline: str | None = None
    description: str | None = None
    canonical_url: str | None = None
    authors: tuple[Author, ...] = ()
    publisher: Publisher | None = None
    published: tuple[Claim, ...] = ()
    modified: tuple[Claim, ...] = ()
    declared_language: str | None = None
    article_section: str | None = None
    keywords: tuple[str, ...] = ()
    main_image: Image | None = None
    rights: Rights = field(default_factory=Rights)
    provenance: dict[str, Provenance] = field(default_factory=dict)
    declared_types: tuple[str, ...] = ()
    article_bodies: tuple[str, ...] = ()
    """The body as the page's own JSON-LD states it, one line per paragraph."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    """What the readers below read from."""

    url: str
    scan: Scan
    jsonld: JsonLd
    own: list[Node]

    def own_values(self, *names: str, limit: int = 1000) -> Iterator[tuple[str, str]]:
        """(source, text) of a property of the page's own article objects."""
        for name in names:
            for node in self.own:
                if text := self.jsonld.text(node.data.get(name), limit):
                    yield f"json_ld:{name}", text

    def metas(self, *names: str) -> Iterator[tuple[str, str]]:
        """(source, content) of metas."""
        return ((f"meta:{name}", value) for name, value in self.scan.meta(*names))


def read_metadata(tree: HtmlElement, url: str) -> Metadata:
    """Read all that the page at `url` declares of its article. Pure; hostile markup gives less, never an error."""
    scan = scan_page(tree)
    jsonld = read_jsonld(scan.json_scripts)
    titles = [value for _, value in scan.meta("og:title", "twitter:title")] + scan.titles[:1]
    titles += [text for spot in scan.headings[:5] if (text := tidy(spot.element.text_content(), 300))]
    page = _Page(url=url, scan=scan, jsonld=jsonld, own=own_articles(jsonld, _page_keys(scan, url), titles))

    site_names = [value for _, value in _site_names(page)]
    headlines = [text for _, text in page.own_values("headline", "name")]
    declared = declared_titles(scan, headlines, [*site_names, _host_label(url)])
    heading = find_heading(scan, declared)
    types = _declared_types(page)
    headline = choose_headline(heading and heading[1], declared, is_news="NewsArticle" in types)
    anchor = find_anchor(scan, heading and heading[0], headline and headline[0])
    language = _language(page, tree)
    authors = read_authors(scan, jsonld, page.own, site_names, anchor, url)
    description = _choose([*page.metas(*_DESCRIPTION_METAS), *page.own_values("description", limit=MAX_DESCRIPTION_LENGTH)])
    section = _choose([*page.own_values("articleSection"), *page.metas(*_SECTION_METAS)])
    chosen = {"headline": headline, "description": description, "article_section": section}
    provenance = {name: value[1] for name, value in chosen.items() if value}
    if authors:
        provenance["authors"] = authors[1]
    return Metadata(
        headline=headline and headline[0],
        alternative_headline=_alternative_headline(page, headline and headline[0]),
        description=description and description[0],
        canonical_url=_canonical_url(scan, url),
        authors=authors[0] if authors else (),
        publisher=_publisher(page),
        published=published_claims(scan, jsonld, page.own, anchor, url, language) or guess_published(tree),
        modified=modified_claims(scan, jsonld, page.own, anchor),
        declared_language=language,
        article_section=section and section[0],
        keywords=_keywords(page),
        main_image=_main_image(page),
        rights=_rights(page),
        provenance=provenance,
        declared_types=types,
        article_bodies=_bodies(page),
    )


def guess_published(tree: HtmlElement) -> tuple[Claim, ...]:
    """htmldate's guess, for a page that says nothing itself.

    Imported here, for it costs 0.4 s; its latest date is fixed, for the result must not depend on the day it is made.
    """
    from htmldate import find_date

    try:
        found = find_date(tree, original_date=True, extensive_search=False, max_date="2100-01-01", outputformat="%Y-%m-%d")
    except Exception:  # noqa: BLE001 - a guess that fails on odd markup is no guess
        return ()
    return (Claim(source="htmldate", value=found),) if found else ()


def _choose(claims: list[tuple[str, str]]) -> tuple[str, Provenance] | None:
    """The first claim, with those that say something else."""
    if not claims:
        return None
    source, value = claims[0]
    others = dissent(value, (Claim(source=s, value=v) for s, v in claims[1:]))
    return value, Provenance(source=source, dissent=others)


def _page_keys(scan: Scan, url: str) -> frozenset[str]:
    urls = [url, *scan.links.get("canonical", ()), *(value for _, value in scan.meta("og:url"))]
    return frozenset(page_key(urljoin(url, each)) for each in urls if _joinable(url, each)) - {""}


def _joinable(url: str, other: str) -> bool:
    try:
        urljoin(url, other)
    except ValueError:
        return False
    return True


def absolute_url(url: str, base: str) -> str | None:
    """The URL made absolute, if it then is one that a record may hold."""
    try:
        return check_url(urljoin(base, url.strip()))
    except (ValueError, Reject):
        return None


def registrable_domain(url: str) -> str:
    """The domain that someone registered: "example.co.uk" of "news.example.co.uk"; the host where no list knows it."""
    host = (urlsplit(url).hostname or "").rstrip(".")
    return tld.get_fld(url, fail_silently=True) or host


def _host_label(url: str) -> str:
    return registrable_domain(url).partition(".")[0]


def _canonical_url(scan: Scan, url: str) -> str | None:
    """The page's own idea of its address, if it is on the same site: a foreign one would hand the page to another."""
    for href in (*scan.links.get("canonical", ()), *(value for _, value in scan.meta("og:url"))):
        absolute = absolute_url(href, url)
        if absolute and registrable_domain(absolute) == registrable_domain(url):
            return absolute
    return None


def _site_names(page: _Page) -> Iterator[tuple[str, str]]:
    yield from page.own_values("publisher")
    yield from page.metas(*_SITE_NAME_METAS)
    for node in page.jsonld.nodes:
        if any(kind in ("WebSite", "NewsMediaOrganization", "Organization") for kind in node.types) and not node.aside:
            if name := page.jsonld.text(node.data.get("name")):
                yield "json_ld:name", name


def _publisher(page: _Page) -> Publisher | None:
    domain = registrable_domain(page.url)
    for _, name in _site_names(page):
        if "://" not in name and not name.startswith("@"):
            return Publisher(name=name[:200], domain=domain) if domain else None
    return None


def _alternative_headline(page: _Page, headline: str | None) -> str | None:
    for _, value in page.own_values("alternativeHeadline", "alternateName"):
        if headline is None or not same_words(value, headline):
            return value
    return None


def _language(page: _Page, tree: HtmlElement) -> str | None:
    root = tree.getroottree().getroot()
    values = [root.get("lang"), root.get("{http://www.w3.org/XML/1998/namespace}lang"), root.get("xml:lang")]
    values += [text for _, text in page.own_values("inLanguage")]
    values += [text for _, text in page.scan.meta("og:locale", "content-language", "language", "dc.language")]
    for value in values:
        tag = tidy(value, 35).split(",")[0].strip().replace("_", "-")
        if tag and tag.replace("-", "").isalnum() and tag.isascii():
            return tag
    return None


def _keywords(page: _Page) -> tuple[str, ...]:
    words: list[str] = []
    for node in page.own[:1]:
        for item in page.jsonld.each(node.data.get("keywords")):
            words += _split_keywords(page.jsonld.text(item, 2000))
    for name in _KEYWORD_METAS:
        if not words:
            words = [word for value in page.scan.metas.get(name, ()) for word in _split_keywords(value)]
    return tuple(dict.fromkeys(words))[:MAX_KEYWORDS]


def _split_keywords(value: str) -> list[str]:
    for mark in (";", ",", "،", "、"):
        value = value.replace(mark, "\n")
    return [word.strip()[:100] for word in value.split("\n") if word.strip()]


def _main_image(page: _Page) -> Image | None:
    for node in page.own:
        for item in page.jsonld.each(node.data.get("image")):
            if url := absolute_url(page.jsonld.link(item), page.url):
                caption = page.jsonld.text(item.get("caption")) if isinstance(item, dict) else ""
                return Image(url=url, caption=caption or None)
    for _, value in page.metas(*_IMAGE_METAS):
        if url := absolute_url(value, page.url):
            return Image(url=url)
    return None


def _rights(page: _Page) -> Rights:
    free = None
    for node in page.own:
        value = node.data.get("isAccessibleForFree")
        stated = value if isinstance(value, bool) else {"true": True, "false": False}.get(tidy(value).lower())
        free = stated if free is None else free
    licenses = [page.jsonld.link(node.data.get("license")) for node in page.own]
    licenses += [*page.scan.links.get("license", ()), *(v for _, v in page.scan.meta("dcterms.license", "dc.rights"))]
    license_ = next((tidy(value) for value in licenses if tidy(value)), None)
    return Rights(is_accessible_for_free=free, license=license_)


def _declared_types(page: _Page) -> tuple[str, ...]:
    types = [kind for node in page.own for kind in node.types]
    types += [kind for node in page.jsonld.nodes if not node.aside for kind in node.types]
    types += [p.scopes[0] for p in page.scan.properties if p.scopes and p.name in ("headline", "articleBody")]
    types += [f"og:{value}"[:60] for _, value in page.scan.meta("og:type")]
    return tuple(dict.fromkeys(kind for kind in types if kind))[:MAX_TYPES]


def _bodies(page: _Page) -> tuple[str, ...]:
    bodies = (
        tidy_body(page_body, MAX_BODY_LENGTH)
        for node in page.own
        for name in ("articleBody", "text")
        if isinstance(page_body := node.data.get(name), str)
    )
    return tuple(dict.fromkeys(body for body in bodies if len(body) >= MIN_BODY_LENGTH))
