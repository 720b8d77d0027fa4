"""What a page declares of its article: JSON-LD, Open Graph, meta, microdata, and what stands visibly near the headline.

Declared metadata is evidence, never trusted blindly: each chosen field says in `provenance` where it is from and which
other places of the page say something else. Dates stay unparsed claims; the annotate stage reads them.
"""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

from lxml.html import HtmlElement

from pipeline.cleaning.metadata.anchor import Anchor, find_anchor
from pipeline.cleaning.metadata.authors import read_authors
from pipeline.cleaning.metadata.datelines import date_claims, days_of_others
from pipeline.cleaning.metadata.declared import (
    SECTION_METAS,
    Chosen,
    choose,
    read_canonical_url,
    read_image,
    read_keywords,
    read_language,
    read_mentions,
    read_publisher,
    read_section,
    site_names,
)
from pipeline.cleaning.metadata.headings import find_heading
from pipeline.cleaning.metadata.headline import Names, choose_headline, declared_titles, name_keys
from pipeline.cleaning.metadata.jsonld import own_articles, page_key, read_jsonld
from pipeline.cleaning.metadata.page import Page
from pipeline.cleaning.metadata.rights import read_rights
from pipeline.cleaning.metadata.scan import Scan, visible_text
from pipeline.cleaning.metadata.strings import same_words, tidy, tidy_body
from pipeline.records import Author, Claim, DeclaredMention, Image, Provenance, Publisher, Rights
from pipeline.times import language_of_dates
from pipeline.urls import is_plain_url, readable_host, registrable_domain

MAX_BODY_LENGTH = 1_000_000
MAX_DESCRIPTION_LENGTH = 2000
MAX_TYPES = 20
MIN_BODY_LENGTH = 100
"""Shorter declared bodies are teasers or placeholders."""

_DESCRIPTION_METAS = ("og:description", "description", "twitter:description", "dc.description", "sailthru.description")


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
    mentions: tuple[DeclaredMention, ...] = ()
    main_image: Image | None = None
    rights: Rights = field(default_factory=Rights)
    provenance: dict[str, Provenance] = field(default_factory=dict)
    declared_types: tuple[str, ...] = ()
    article_bodies: tuple[str, ...] = ()
    """The body as the page's own JSON-LD states it, one line per paragraph."""


def read_metadata(scan: Scan, url: str) -> Metadata:
    """Read all that the page at `url` declares of its article. Pure; hostile markup gives less, never an error."""
    page, language = _read_page(scan, url)
    sites = [name for _, name in site_names(page)]
    types = _declared_types(page)
    headline, anchor = _headline(page, sites, types)
    authors = read_authors(page, anchor, sites)
    description = choose(
        [*page.metas(*_DESCRIPTION_METAS), *page.own_values("description", limit=MAX_DESCRIPTION_LENGTH)]
    )
    chosen: dict[str, tuple[Any, Provenance] | None] = {
        "headline": headline,
        "description": description,
        "canonical_url": read_canonical_url(page),
        "authors": authors,
        "publisher": read_publisher(page),
        "declared_language": language,
        "article_section": read_section(page, headline and headline[0]),
        "main_image": read_image(page),
    }
    published, modified = date_claims(page, anchor)
    return Metadata(
        **{name: value[0] for name, value in chosen.items() if value},
        provenance={name: value[1] for name, value in chosen.items() if value},
        alternative_headline=_alternative_headline(page, headline and headline[0]),
        published=published or guess_published(scan.root, days_of_others(page, anchor)),
        modified=modified,
        keywords=read_keywords(page),
        mentions=read_mentions(page),
        rights=read_rights(page),
        declared_types=types,
        article_bodies=_bodies(page),
    )


def _headline(page: Page, sites: list[str], types: tuple[str, ...]) -> tuple[Chosen[str] | None, Anchor]:
    """The headline, and where it stands on the page."""
    names = _names(page, sites)
    declared = declared_titles(page.scan, [text for _, text in page.own_values("headline", "name")], names)
    heading = find_heading(page, declared, names)
    can_be_outvoted = heading is not None and heading.is_confirmed and "NewsArticle" in types
    headline = choose_headline(heading.text if heading else None, declared, may_be_outvoted=can_be_outvoted)
    return headline, find_anchor(page.scan, heading.spot if heading else None, headline and headline[0])


def _names(page: Page, sites: list[str]) -> Names:
    """What may stand beside the headline in a title: the site, and the sections that the page or its address names."""
    folders = unquote(urlsplit(page.url).path).replace("-", " ").split("/")[:-1]
    sections = [value for _, value in (*page.own_values("articleSection"), *page.metas(*SECTION_METAS))]
    return Names(sites=name_keys([*sites, _host_label(page.url)]), sections=name_keys([*sections, *folders]))


def _read_page(scan: Scan, url: str) -> tuple[Page, Chosen[str] | None]:
    jsonld = read_jsonld(scan.json_scripts)
    titles = [value for _, value in scan.meta("og:title", "twitter:title")] + scan.titles[:1]
    titles += [text for spot in scan.headings[:5] if (text := tidy(visible_text(spot.element, 300)))]
    keys = _page_keys(scan, url)
    own = own_articles(jsonld, keys, titles)
    language = read_language(scan, [jsonld.text(node.data.get("inLanguage")) for node in own])
    dated_in = language_of_dates(language and language[0], urlsplit(url).hostname or "")
    page = Page(url=url, scan=scan, jsonld=jsonld, own=own, keys=keys, language=dated_in)
    return page, language


def guess_published(tree: HtmlElement, others: frozenset[str]) -> tuple[Claim, ...]:
    """htmldate's guess, for a page that says nothing itself, unless it is one of the days of other stories.

    Imported here, for it costs 0.4 s.
    """
    from pipeline.cleaning.metadata.guess import guess_date

    try:
        found = guess_date(tree)
    except Exception:
        return ()
    return (Claim(source="htmldate", value=found),) if found and found not in others else ()


def _page_keys(scan: Scan, url: str) -> frozenset[str]:
    urls = [url, *scan.links.get("canonical", ()), *(value for _, value in scan.meta("og:url"))]
    return frozenset(_key_of(url, each) for each in dict.fromkeys(urls)) - {""}


def _key_of(url: str, link: str) -> str:
    try:
        return page_key(link if is_plain_url(link) else urljoin(url, link))
    except ValueError:
        return ""


def _host_label(url: str) -> str:
    return readable_host(registrable_domain(url)).partition(".")[0]


def _alternative_headline(page: Page, headline: str | None) -> str | None:
    for _, value in page.own_values("alternativeHeadline", "alternateName"):
        if headline is None or not same_words(value, headline):
            return value
    return None


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


def warm_for_many() -> None:
    """Import htmldate now: one page of five says no date, and it is asked."""
    import pipeline.cleaning.metadata.guess  # noqa: F401
