"""Enriched article -> the news industry's own formats: schema.org NewsArticle (JSON-LD) and IPTC ninjs 3.1.

Pure mappings. Only what the record knows is said: no empty values, no bare date stretched into a time of day.
"""

import re
from typing import Any

from pipeline.records import Author, EnrichedArticle

NINJS_STANDARD = {
    "name": "ninjs",
    "version": "3.1",
    "schema": "https://www.iptc.org/std/ninjs/ninjs-schema_3.1.json",
}

_DATE_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
_UNKNOWN_LANGUAGE = "und"

_AGENCIES = frozenset({
    "aap", "afp", "agence france-presse", "anp", "ansa", "ap", "apa", "associated press", "belga", "bloomberg", "cp",
    "dpa", "efe", "epd", "europa press", "interfax", "jiji press", "keystone-sda", "kna", "kyodo news", "lusa", "ntb",
    "pa media", "pap", "press association", "press trust of india", "pti", "reuters", "ritzau", "sda", "stt", "tass",
    "the associated press", "the canadian press", "tt", "united press international", "upi", "xinhua", "yonhap",
})  # fmt: skip
_NEWSROOM = re.compile(
    r"\b(agency|agencies|agence|agencia|agentur|desk|editors|editorial (board|team)|news ?room|newsdesk|newspaper"
    r"|redaktion|redactie|rédaction|redacción|redazione|redação|redakcja|redakcia|redakce|redaktionen|staff|team"
    r"|correspondents|reporters|writers)\b|редакция|редакція|編集部|编辑部|нов[оі]ст",
    re.IGNORECASE,
)


def to_jsonld(article: EnrichedArticle) -> dict[str, Any]:
    """The article as schema.org JSON-LD. A withdrawn one is a stub that says so, for there is no text to give."""
    page = article.canonical_url or article.url
    rights = article.rights
    withdrawn = article.withdrawn
    return _known(
        {
            "@context": "https://schema.org",
            "@type": "NewsArticle",
            "headline": article.headline,
            "alternativeHeadline": article.alternative_headline,
            "description": article.description,
            "articleBody": article.article_body,
            "articleSection": article.article_section,
            "author": [_jsonld_author(author, article) for author in article.authors],
            "publisher": article.publisher
            and {"@type": "Organization", "name": article.publisher.name, "identifier": article.publisher.domain},
            "datePublished": article.date_published,
            "dateModified": article.date_modified,
            "inLanguage": _language(article),
            "keywords": list(article.keywords),
            "image": article.main_image
            and _known({"@type": "ImageObject", "url": article.main_image.url, "caption": article.main_image.caption}),
            "mainEntityOfPage": {"@type": "WebPage", "@id": page},
            "url": page,
            "wordCount": article.word_count,
            "isAccessibleForFree": rights and rights.is_accessible_for_free,
            "license": _jsonld_license(rights.license if rights else None),
            "creativeWorkStatus": "Withdrawn" if withdrawn else None,
            "expires": withdrawn and withdrawn.at,
            "correction": article.revision.correction,
            "version": article.revision.number,
            "identifier": [
                {"@type": "PropertyValue", "propertyID": name, "value": value}
                for name, value in (("page_id", article.page_id), ("id", article.id))
            ],
        }
    )


def to_ninjs(article: EnrichedArticle) -> dict[str, Any]:
    """The article as an IPTC ninjs 3.1 news item. A withdrawn one has `pubstatus` "canceled" and no content.

    `uri` names the page through all its revisions and `version` counts them, as ninjs means both. The page's address
    is an alternative id, because it may change and ninjs has no property for a link to the original.
    """
    published = _instant(article.date_published, article.date_published_utc)
    page = article.canonical_url or article.url
    people, organisations = _ninjs_authors(article)
    return _known(
        {
            "uri": f"urn:newsflow:page:{article.page_id}",
            "standard": dict(NINJS_STANDARD),
            "type": "text",
            "version": str(article.revision.number),
            "firstcreated": published,
            "versioncreated": _instant(article.date_modified, article.date_modified_utc) or published,
            "pubstatus": "canceled" if article.withdrawn else "usable",
            "ednote": article.withdrawn and f"Withdrawn at {article.withdrawn.at}: {article.withdrawn.reason}",
            "language": _language(article),
            "headlines": _roles(main=article.headline, alternative=article.alternative_headline),
            "descriptions": _roles(summary=article.description),
            "bodies": _ninjs_bodies(article),
            "by": ", ".join(author.name for author in article.authors),
            "people": people,
            "organisations": organisations,
            "infosources": [{"name": article.publisher.name, "rel": "publisher"}] if article.publisher else None,
            "subjects": _ninjs_subjects(article),
            "associations": _ninjs_associations(article),
            "usageterms": article.rights and article.rights.license,
            "altids": _roles(url=page, record=article.id),
        }
    )


def _known(plain: dict[str, Any]) -> dict[str, Any]:
    """Without what is not known: None, and empty text and lists. False and 0 are knowledge."""
    return {key: value for key, value in plain.items() if value is not None and value not in ("", [])}


def _language(article: EnrichedArticle) -> str | None:
    return None if article.in_language == _UNKNOWN_LANGUAGE else article.in_language


def _is_organisation(author: Author, article: EnrichedArticle) -> bool:
    """Whether a by-line names an agency or a newsroom.

    schema.org takes either type as author, and readers link and credit by it. "Person" for all would be wrong for
    every agency story, so what is plainly no person (the publisher itself, a known agency, a newsroom word) is an
    organisation; in doubt a person, for that is what most by-lines name.
    """
    name = author.name.casefold()
    publisher = article.publisher
    if publisher and name in (publisher.name.casefold(), publisher.domain.casefold()):
        return True
    return name in _AGENCIES or _NEWSROOM.search(name) is not None


def _jsonld_author(author: Author, article: EnrichedArticle) -> dict[str, Any]:
    kind = "Organization" if _is_organisation(author, article) else "Person"
    return _known({"@type": kind, "name": author.name, "url": author.url})


def _jsonld_license(text: str | None) -> Any:
    """schema.org wants a URL or a work: a licence that is only named becomes a work of that name."""
    if not text or text.startswith(("http://", "https://")):
        return text
    return {"@type": "CreativeWork", "name": text}


def _instant(stated: str | None, utc: str | None) -> str | None:
    """The date as ninjs needs it, a full date-time: as the page states it, else in UTC, else not at all."""
    return stated if stated and _DATE_TIME.fullmatch(stated) else utc


def _roles(**values: str | None) -> list[dict[str, Any]]:
    return [{"role": role, "value": value} for role, value in values.items() if value]


def _ninjs_bodies(article: EnrichedArticle) -> list[dict[str, Any]]:
    if article.article_body is None:
        return []
    body = {
        "role": "main",
        "contenttype": "text/plain",
        "charcount": len(article.article_body),
        "wordcount": article.word_count,
        "value": article.article_body,
    }
    return [_known(body)]


def _ninjs_authors(article: EnrichedArticle) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    people: list[dict[str, Any]] = []
    organisations: list[dict[str, Any]] = []
    for author in article.authors:
        parties = organisations if _is_organisation(author, article) else people
        parties.append(_known({"name": author.name, "rel": "author", "uri": author.url}))
    return people, organisations


def _ninjs_subjects(article: EnrichedArticle) -> list[dict[str, Any]]:
    """The publisher's section and keywords: subjects by name, for they belong to no vocabulary that has URIs."""
    section = [{"name": article.article_section, "rel": "section"}] if article.article_section else []
    return section + [{"name": keyword, "rel": "keyword"} for keyword in article.keywords if keyword]


def _ninjs_associations(article: EnrichedArticle) -> list[dict[str, Any]]:
    image = article.main_image
    if image is None:
        return []
    picture = {
        "name": "main_image",
        "uri": image.url,
        "type": "picture",
        "descriptions": _roles(caption=image.caption),
        "renditions": [{"name": "original", "href": image.url}],
    }
    return [_known(picture)]
