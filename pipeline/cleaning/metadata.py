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
from pipeline.cleaning.jsonld import own_articles, page_key, read_jsonld
from pipeline.cleaning.page import Page
from pipeline.cleaning.scan import Scan, scan_page, visible_text
from pipeline.cleaning.strings import same_words, tidy, tidy_body
from pipeline.records import Author, Claim, Image, Provenance, Publisher, Rights

MAX_BODY_LENGTH = 1_000_000
MAX_DESCRIPTION_LENGTH = 2000
MAX_KEYWORDS = 50
MAX_TYPES = 20
MIN_BODY_LENGTH = 100
"""Shorter declared bodies are teasers or placeholders."""

_SITE_NAME_METAS = (
    "og:site_name",
    "application-name",
    "cxenseparse:pageclass:sitename",
    "apple-mobile-web-app-title",
    "publisher",
)
_DESCRIPTION_METAS = ("og:description", "description", "twitter:description", "dc.description", "sailthru.description")
_SECTION_METAS = (
    "article:section",
    "parsely-section",
    "cxenseparse:section",
    "section",
    "sailthru.section",
    "og:article:section",
)
_KEYWORD_METAS = ("news_keywords", "keywords", "article:tag", "parsely-tags", "sailthru.tags")
_IMAGE_METAS = (
    "og:image",
    "og:image:url",
    "og:image:secure_url",
    "twitter:image",
    "twitter:image:src",
    "parsely-image-url",
)


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


def read_metadata(tree: HtmlElement, url: str) -> Metadata:
    """Read all that the page at `url` declares of its article. Pure; hostile markup gives less, never an error."""
    page = _read_page(tree, url)
    site_names = [name for _, name in _site_names(page)]
    headlines = [text for _, text in page.own_values("headline", "name")]
    declared = declared_titles(page.scan, headlines, [*site_names, _host_label(url)])
    heading = find_heading(page.scan, declared)
    types = _declared_types(page)
    headline = choose_headline(heading and heading[1], declared, is_news="NewsArticle" in types)
    anchor = find_anchor(page.scan, heading and heading[0], headline and headline[0])
    authors = read_authors(page, anchor, site_names)
    description = _choose(
        [*page.metas(*_DESCRIPTION_METAS), *page.own_values("description", limit=MAX_DESCRIPTION_LENGTH)]
    )
    section = _choose([*page.own_values("articleSection"), *page.metas(*_SECTION_METAS)])
    chosen = {"headline": headline, "description": description, "article_section": section}
    provenance = {name: value[1] for name, value in chosen.items() if value}
    if authors:
        provenance["authors"] = authors[1]
    return Metadata(
        headline=headline and headline[0],
        alternative_headline=_alternative_headline(page, headline and headline[0]),
        description=description and description[0],
        canonical_url=_canonical_url(page),
        authors=authors[0] if authors else (),
        publisher=_publisher(page),
        published=published_claims(page, anchor) or guess_published(tree),
        modified=modified_claims(page, anchor),
        declared_language=page.language,
        article_section=section and section[0],
        keywords=_keywords(page),
        main_image=_main_image(page),
        rights=_rights(page),
        provenance=provenance,
        declared_types=types,
        article_bodies=_bodies(page),
    )


def _read_page(tree: HtmlElement, url: str) -> Page:
    scan = scan_page(tree)
    jsonld = read_jsonld(scan.json_scripts)
    titles = [value for _, value in scan.meta("og:title", "twitter:title")] + scan.titles[:1]
    titles += [text for spot in scan.headings[:5] if (text := tidy(visible_text(spot.element, 300)))]
    own = own_articles(jsonld, _page_keys(scan, url), titles)
    languages = [jsonld.text(node.data.get("inLanguage")) for node in own]
    return Page(url=url, scan=scan, jsonld=jsonld, own=own, language=_language(scan, tree, languages))


def guess_published(tree: HtmlElement) -> tuple[Claim, ...]:
    """htmldate's guess, for a page that says nothing itself.

    Imported here, for it costs 0.4 s; its latest date is fixed, for the result must not depend on the day it is made.
    """
    from htmldate import find_date

    try:
        found = find_date(
            tree, original_date=True, extensive_search=False, max_date="2100-01-01", outputformat="%Y-%m-%d"
        )
    except Exception:
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


def registrable_domain(url: str) -> str:
    """The domain that someone registered: "example.co.uk" of "news.example.co.uk"; an address stays itself."""
    host = (urlsplit(url).hostname or "").rstrip(".")
    known = tld.get_fld(url, fail_silently=True)
    if known or ":" in host or host.rpartition(".")[2].isdigit():
        return known or host
    return ".".join(host.split(".")[-2:])  # the list's own rule for a top-level domain it does not know


def _host_label(url: str) -> str:
    return registrable_domain(url).partition(".")[0]


def _canonical_url(page: Page) -> str | None:
    """The page's own idea of its address, if it is on the same site: a foreign one would hand the page to another."""
    for href in (*page.scan.links.get("canonical", ()), *(value for _, value in page.scan.meta("og:url"))):
        absolute = page.absolute(href)
        if absolute and registrable_domain(absolute) == registrable_domain(page.url):
            return absolute
    return None


def _site_names(page: Page) -> Iterator[tuple[str, str]]:
    yield from page.own_values("publisher")
    yield from page.metas(*_SITE_NAME_METAS)
    for node in page.main_nodes():
        is_site = any(kind in ("WebSite", "NewsMediaOrganization", "Organization") for kind in node.types)
        if is_site and (name := page.jsonld.text(node.data.get("name"))):
            yield "json_ld:name", name


def _publisher(page: Page) -> Publisher | None:
    domain = registrable_domain(page.url)
    for _, name in _site_names(page):
        if "://" not in name and not name.startswith("@"):
            return Publisher(name=name[:200], domain=domain) if domain else None
    return None


def _alternative_headline(page: Page, headline: str | None) -> str | None:
    for _, value in page.own_values("alternativeHeadline", "alternateName"):
        if headline is None or not same_words(value, headline):
            return value
    return None


def _language(scan: Scan, tree: HtmlElement, declared: list[str]) -> str | None:
    root = tree.getroottree().getroot()
    values = [root.get("lang"), root.get("{http://www.w3.org/XML/1998/namespace}lang"), root.get("xml:lang"), *declared]
    values += [text for _, text in scan.meta("og:locale", "content-language", "language", "dc.language")]
    for value in values:
        tag = tidy(value, 35).split(",")[0].strip().replace("_", "-")
        if tag and tag.replace("-", "").isalnum() and tag.isascii():
            return tag
    return None


def _keywords(page: Page) -> tuple[str, ...]:
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


def _main_image(page: Page) -> Image | None:
    for node in page.own:
        for item in page.jsonld.each(node.data.get("image")):
            if url := page.absolute(page.jsonld.link(item)):
                caption = page.jsonld.text(item.get("caption")) if isinstance(item, dict) else ""
                return Image(url=url, caption=caption or None)
    for _, value in page.metas(*_IMAGE_METAS):
        if url := page.absolute(value):
            return Image(url=url)
    return None


def _rights(page: Page) -> Rights:
    free = None
    for node in page.own:
        value = node.data.get("isAccessibleForFree")
        stated = value if isinstance(value, bool) else {"true": True, "false": False}.get(tidy(value).lower())
        free = stated if free is None else free
    licenses = [page.jsonld.link(node.data.get("license")) for node in page.own]
    licenses += [*page.scan.links.get("license", ()), *(v for _, v in page.scan.meta("dcterms.license", "dc.rights"))]
    license_ = next((tidy(value) for value in licenses if tidy(value)), None)
    return Rights(is_accessible_for_free=free, license=license_)


def _declared_types(page: Page) -> tuple[str, ...]:
    types = [kind for node in page.own for kind in node.types]
    types += [kind for node in page.main_nodes() for kind in node.types]
    types += [p.scopes[0] for p in page.scan.properties if p.scopes and p.name in ("headline", "articleBody")]
    types += [f"og:{value}"[:60] for _, value in page.scan.meta("og:type")]
    return tuple(dict.fromkeys(kind for kind in types if kind))[:MAX_TYPES]


def _bodies(page: Page) -> tuple[str, ...]:
    bodies = (
        tidy_body(page_body, MAX_BODY_LENGTH)
        for node in page.own
        for name in ("articleBody", "text")
        if isinstance(page_body := node.data.get(name), str)
    )
    return tuple(dict.fromkeys(body for body in bodies if len(body) >= MIN_BODY_LENGTH))


def warm() -> None:
    """Import htmldate now, for a process that will guess dates."""
    import htmldate  # noqa: F401
