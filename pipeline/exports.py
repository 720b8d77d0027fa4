"""Enriched article -> the news industry's own formats: schema.org NewsArticle (JSON-LD) and IPTC ninjs 3.1.

Pure mappings. Only what the record knows is said: no empty values, no bare date stretched into a time of day.
"""

import re
from typing import Any

from pipeline.enrichment.parties import is_organisation
from pipeline.records import AgencyCredit, Author, EnrichedArticle, Permission, Rights

NINJS_STANDARD = {
    "name": "ninjs",
    "version": "3.1",
    "schema": "https://www.iptc.org/std/ninjs/ninjs-schema_3.1.json",
}

ODRL = "http://www.w3.org/ns/odrl/2/"
"""The rights expression language of TDMRep policies."""

_DATE_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
_UNKNOWN_LANGUAGE = "und"


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
            **(_jsonld_rights(rights, article) if rights else {}),
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
    """The article as an IPTC ninjs 3.1 news item. A withdrawn one has `pubStatus` "canceled" and no content.

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
            "firstCreated": published,
            "versionCreated": _instant(article.date_modified, article.date_modified_utc) or published,
            "pubStatus": "canceled" if article.withdrawn else "usable",
            "edNote": article.withdrawn and f"Withdrawn at {article.withdrawn.at}: {article.withdrawn.reason}",
            "language": _language(article),
            "headlines": _roles(main=article.headline, alternative=article.alternative_headline),
            "descriptions": _roles(summary=article.description),
            "bodies": _ninjs_bodies(article),
            "by": ", ".join(author.name for author in article.authors),
            "people": people,
            "organisations": organisations,
            "infoSources": _ninjs_sources(article),
            "subjects": _ninjs_subjects(article),
            "associations": _ninjs_associations(article),
            "copyrightHolder": article.rights and article.rights.copyright_holder,
            "copyrightNotice": article.rights and article.rights.copyright_notice,
            "usageTerms": article.rights and _usage_terms(article.rights),
            "rightsInfo": article.rights and _ninjs_rights(article.rights),
            "altIds": _roles(url=page, record=article.id),
        }
    )


def _known(plain: dict[str, Any]) -> dict[str, Any]:
    """Without what is not known: None, and empty text and lists. False and 0 are knowledge."""
    return {key: value for key, value in plain.items() if value is not None and value not in ("", [])}


def _language(article: EnrichedArticle) -> str | None:
    return None if article.in_language == _UNKNOWN_LANGUAGE else article.in_language


def _jsonld_author(author: Author, article: EnrichedArticle) -> dict[str, Any]:
    kind = "Organization" if is_organisation(author.name, article.publisher) else "Person"
    return _known({"@type": kind, "name": author.name, "url": author.url})


def _jsonld_rights(rights: Rights, article: EnrichedArticle) -> dict[str, Any]:
    """What schema.org has words for. The creator worked for an agency, or it is a contributor where it is only that."""
    sources = [_jsonld_agency(credit) for credit in rights.agencies if not credit.contributed]
    helpers = [_jsonld_agency(credit) for credit in rights.agencies if credit.contributed]
    holder = rights.copyright_holder
    authors = [_jsonld_author(author, article) for author in article.authors]
    kind = next((author["@type"] for author in authors if author["name"] == holder), "Organization")
    return {
        "isAccessibleForFree": False if rights.closed_parts else rights.is_accessible_for_free,
        "license": _jsonld_license(rights.license),
        "copyrightHolder": {"@type": kind, "name": holder} if holder else None,
        "copyrightNotice": rights.copyright_notice,
        "creditText": rights.credit_text,
        "usageInfo": rights.usage_info,
        "sourceOrganization": sources,
        "contributor": helpers,
    }


def _jsonld_agency(credit: AgencyCredit) -> dict[str, Any]:
    return _known({"@type": "Organization", "name": credit.name, "sameAs": _wikidata(credit)})


def _wikidata(credit: AgencyCredit) -> str | None:
    return f"http://www.wikidata.org/entity/{credit.wikidata}" if credit.wikidata else None


def _jsonld_license(text: str | None) -> Any:
    """schema.org wants a URL or a work: a licence that is only named becomes a work of that name."""
    if not text or _is_url(text):
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
        "contentType": "text/plain",
        "charCount": len(article.article_body),
        "wordCount": article.word_count,
        "value": article.article_body,
    }
    return [_known(body)]


def _ninjs_authors(article: EnrichedArticle) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    people: list[dict[str, Any]] = []
    organisations: list[dict[str, Any]] = []
    for author in article.authors:
        parties = organisations if is_organisation(author.name, article.publisher) else people
        parties.append(_known({"name": author.name, "rel": "author", "uri": author.url}))
    return people, organisations


def _ninjs_sources(article: EnrichedArticle) -> list[dict[str, Any]]:
    """The publisher, and the agencies that the text is credited to."""
    sources: list[dict[str, Any]] = []
    if article.publisher:
        sources.append({"name": article.publisher.name, "role": "publisher"})
    for credit in article.rights.agencies if article.rights else ():
        role = "contributor" if credit.contributed else "agency"
        sources.append(_known({"name": credit.name, "role": role, "uri": _wikidata(credit)}))
    return sources


def _usage_terms(rights: Rights) -> str:
    """The licence as the page names it, and the uses that it or its site reserves, in words."""
    named = {"text and data mining": rights.text_mining, "training of AI models": rights.ai_training}
    reserved = [use for use, answer in named.items() if answer is Permission.RESERVED]
    terms = [rights.license] if rights.license else []
    return "; ".join([*terms, *([f"reserved: {', '.join(reserved)}"] if reserved else [])])


def _ninjs_rights(rights: Rights) -> dict[str, Any] | None:
    """One link, as ninjs wants it: the TDMRep policy, which is ODRL, else where the terms or the licence stand."""
    policies = [claim.value for claim in rights.claims if claim.source == "meta:tdm-policy"]
    policies += [rights.at_fetch.tdm_policy] if rights.at_fetch and rights.at_fetch.tdm_policy else []
    if policies and _is_url(policies[0]):
        return {"langId": ODRL, "linkedRights": policies[0]}
    link = next((link for link in (rights.usage_info, rights.license) if link and _is_url(link)), None)
    return {"linkedRights": link} if link else None


def _is_url(text: str) -> bool:
    return text.startswith(("http://", "https://"))


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
