"""The declared fields around the story: address, publisher, language, keywords, picture.

A field that several places of the page name gives `(value, provenance)`: the first place that makes sense wins, the
others that say something else are its dissent.
"""

import re
from collections.abc import Iterable, Iterator
from typing import TypeAlias, TypeVar
from urllib.parse import urlsplit

from pipeline.cleaning.metadata.headline import dissent
from pipeline.cleaning.metadata.jsonld import Json, page_key
from pipeline.cleaning.metadata.page import Page
from pipeline.cleaning.metadata.scan import Scan, visible_text
from pipeline.cleaning.metadata.strings import same_words, tidy
from pipeline.records import Claim, DeclaredMention, Image, Provenance, Publisher
from pipeline.urls import path_of, registrable_domain

MAX_KEYWORDS = 50
MAX_MENTIONS = 50
MAX_NAME_LENGTH = 120
MAX_LANGUAGE_LENGTH = 35
MAX_STEP_LENGTH = 100
MAX_STEPS = 5
"""Sections in a breadcrumb; a longer list is a menu."""
YEAR_LENGTH = 4
"""Longer numbers among the keywords are the site's own ids."""

SECTION_METAS = (
    "article:section",
    "parsely-section",
    "cxenseparse:section",
    "section",
    "sailthru.section",
    "og:article:section",
)
_NO_SECTIONS = frozenset(
    {"uncategorized", "uncategorised", "allgemein", "sin categoría", "non classé", "sem categoria"}
)
STAND_IN = re.compile(r"(?:^|[/_\-])(?:logo|placeholder|no-?image|default-?image|blank|spacer)[^/]*$", re.IGNORECASE)

"""File names of pictures that show nothing."""

_SITE_NAME_METAS = (
    "og:site_name",
    "application-name",
    "cxenseparse:pageclass:sitename",
    "apple-mobile-web-app-title",
    "publisher",
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

Value = TypeVar("Value")
Chosen: TypeAlias = tuple[Value, Provenance]


def choose(claims: Iterable[tuple[str, str]]) -> Chosen[str] | None:
    """The first claim, with those that say something else."""
    found = [Claim(source=source, value=value) for source, value in claims]
    return _chosen(found[0].value, found) if found else None


def _chosen(value: Value, claims: list[Claim]) -> Chosen[Value]:
    return value, Provenance(source=claims[0].source, dissent=dissent(claims[0].value, claims[1:]))


def read_canonical_url(page: Page) -> Chosen[str] | None:
    """The page's own idea of its address, if it is on the same site: a foreign one would hand the page to another."""
    hrefs = [("link:canonical", href) for href in page.scan.links.get("canonical", ())]
    stated = [(source, page.absolute(href)) for source, href in (*hrefs, *page.metas("og:url"))]
    claims = [Claim(source=source, value=url) for source, url in stated if url]
    own = [claim for claim in claims if registrable_domain(claim.value) == registrable_domain(page.url)]
    return _chosen(own[0].value, [own[0], *claims]) if own else None


def site_names(page: Page) -> Iterator[tuple[str, str]]:
    """(source, name) of everything that names the site or its publisher."""
    yield from page.own_values("publisher")
    yield from page.metas(*_SITE_NAME_METAS)
    for node in page.main_nodes():
        is_site = any(kind in ("WebSite", "NewsMediaOrganization", "Organization") for kind in node.types)
        if is_site and (name := page.jsonld.text(node.data.get("name"))):
            yield "json_ld:name", name


def read_publisher(page: Page) -> Chosen[Publisher] | None:
    """Who published the page, with the domain that it is registered under."""
    domain = registrable_domain(page.url)
    names = [(source, name[:200]) for source, name in site_names(page) if "://" not in name and name[0] != "@"]
    if not names or not domain:
        return None
    return _chosen(Publisher(name=names[0][1], domain=domain), [Claim(source=s, value=name) for s, name in names])


def read_language(scan: Scan, declared: Iterable[str]) -> Chosen[str] | None:
    """The language that the page says it is in; another region of the same language is no dissent."""
    root = scan.root.getroottree().getroot()
    names = ("lang", "{http://www.w3.org/XML/1998/namespace}lang", "xml:lang")
    stated = [("html:lang", root.get(name)) for name in names] + [("json_ld:inLanguage", tag) for tag in declared]
    metas = scan.meta("og:locale", "content-language", "language", "dc.language")
    stated += [(f"meta:{name}", text) for name, text in metas]
    claims = [Claim(source=source, value=tag) for source, value in stated if (tag := _language_tag(value))]
    if not claims:
        return None
    chosen = _main_tag(claims[0])
    others = [claim for claim in claims if _main_tag(claim) != chosen]
    return _chosen(claims[0].value, [claims[0], *others])


def _language_tag(value: str | None) -> str:
    tag = tidy(value, MAX_LANGUAGE_LENGTH).split(",")[0].strip().replace("_", "-")
    return tag if tag.replace("-", "").isalnum() and tag.isascii() and tag[0].isalpha() else ""


def _main_tag(claim: Claim) -> str:
    return claim.value.partition("-")[0].lower()


def read_section(page: Page, headline: str | None) -> Chosen[str] | None:
    """The section that the page declares, else the way to the page that its breadcrumb shows."""
    stated = [*page.own_values("articleSection"), *page.metas(*SECTION_METAS)]
    stated += [("json_ld:breadcrumb", path) for path in _breadcrumbs(page, headline)]
    stated += [("microdata:breadcrumb", path) for path in _marked_breadcrumb(page, headline)]
    return choose((source, name) for source, name in stated if name.lower() not in _NO_SECTIONS)


def _breadcrumbs(page: Page, headline: str | None) -> Iterator[str]:
    """The breadcrumbs of the page's JSON-LD as "Sport > Football"."""
    for node in page.main_nodes():
        if "BreadcrumbList" in node.types:
            steps: list[tuple[str, str]] = []
            for item in page.jsonld.each(node.data.get("itemListElement")):
                if isinstance(item, dict):
                    name = page.jsonld.text(item.get("name"), MAX_STEP_LENGTH) or page.jsonld.text(
                        item.get("item"), MAX_STEP_LENGTH
                    )
                    steps.append((name, page.jsonld.link(item.get("item")) or page.jsonld.link(item)))
            yield from _section_path(page, headline, steps)


def _marked_breadcrumb(page: Page, headline: str | None) -> Iterator[str]:
    """The breadcrumb that is marked as one in the page, likewise."""
    steps: list[tuple[str, str]] = []
    for item in page.scan.properties:
        if item.name == "name" and "BreadcrumbList" in item.scopes:
            element = item.spot.element
            link = next(element.iterancestors("a"), None) if element.tag != "a" else element
            name = element.get("content") or visible_text(element, MAX_STEP_LENGTH)
            steps.append((tidy(name, MAX_STEP_LENGTH), link.get("href") or "" if link is not None else ""))
    yield from _section_path(page, headline, steps)


def _section_path(page: Page, headline: str | None, steps: list[tuple[str, str]]) -> Iterator[str]:
    """The steps of a breadcrumb, without the front page and the page itself."""
    names: list[str] = []
    for name, link in steps:
        target = page.absolute(link) or page.url
        is_page = page_key(target) in page.keys or (headline is not None and same_words(name, headline))
        if name and not is_page and urlsplit(target).path.strip("/") and "://" not in name:
            names.append(name)
    if 0 < len(names) <= MAX_STEPS:
        yield " > ".join(names)


def read_keywords(page: Page) -> tuple[str, ...]:
    """The article's tags: from its JSON-LD, else from the first meta that has some."""
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
    words = (word.strip()[:100] for word in value.split("\n"))
    return [word for word in words if word and not (word.isdigit() and len(word) > YEAR_LENGTH)]


def read_mentions(page: Page) -> tuple[DeclaredMention, ...]:
    """Whom and what the page says that it is about, with identifiers: JSON-LD's about and mentions, and the tags."""
    found: dict[str, DeclaredMention] = {}
    for source in ("about", "mentions"):
        for node in page.own:
            for item in page.jsonld.each(node.data.get(source)):
                name = page.jsonld.text(item, MAX_NAME_LENGTH)
                if name and "://" not in name:
                    kind = page.jsonld.text(item.get("@type"), 60) if isinstance(item, dict) else ""
                    found.setdefault(
                        name.casefold(),
                        DeclaredMention(
                            name=name, type=kind or None, id=_identity(page, item), source=f"json_ld:{source}"
                        ),
                    )
    for source, value in page.metas("article:tag", "og:article:tag"):
        for name in _split_keywords(value):
            found.setdefault(name.casefold(), DeclaredMention(name=name, source=source))
    return tuple(found.values())[:MAX_MENTIONS]


def _identity(page: Page, item: Json) -> str | None:
    """The URL that tells who is meant: Wikidata's where there is one, else the first that leads elsewhere."""
    if not isinstance(item, dict):
        return None
    links = [page.jsonld.link(each) for each in page.jsonld.each(item.get("sameAs"))]
    links += [each for each in (item.get("@id"),) if isinstance(each, str)]
    known = [link for link in links if link.startswith(("http://", "https://")) and page_key(link) not in page.keys]
    return next((link for link in known if "wikidata.org/" in link), known[0] if known else None)


def read_image(page: Page) -> Chosen[Image] | None:
    """The picture of the article; a logo or a placeholder is none."""
    found: list[tuple[str, Image]] = []
    for node in page.own:
        for item in page.jsonld.each(node.data.get("image")):
            if url := page.absolute(page.jsonld.link(item)):
                caption = page.jsonld.text(item.get("caption")) if isinstance(item, dict) else ""
                found.append(("json_ld:image", Image(url=url, caption=caption or None)))
    metas = [(source, page.absolute(value)) for source, value in page.metas(*_IMAGE_METAS)]
    found += [(source, Image(url=url)) for source, url in metas if url]
    found = [(source, image) for source, image in found if not STAND_IN.search(path_of(image.url))]
    if not found:
        return None
    return _chosen(found[0][1], [Claim(source=source, value=image.url) for source, image in found])
