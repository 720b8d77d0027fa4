"""The exporters say what the record knows, in the words of the two standards, and nothing else."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import orjson
import pytest

from pipeline.examples import ENRICHED_ARTICLE, WITHDRAWN_ARTICLE
from pipeline.exports import to_jsonld, to_ninjs
from pipeline.records import AgencyCredit, Author, Claim, CreditEvidence, Image, Permission, Publisher, Rights

NINJS_PROPERTIES: dict[str, set[str]] = {
    "": {
        *("uri", "standard", "type", "representationType", "profile", "version", "firstCreated", "versionCreated"),
        *("contentCreated", "embargoedUntil", "pubStatus", "urgency", "copyrightHolder", "copyrightNotice"),
        *("usageTerms", "edNote", "language", "descriptions", "bodies", "headlines", "people", "organisations"),
        *("places", "subjects", "events", "objects", "infoSources", "title", "by", "slugline", "located"),
        *("renditions", "associations", "altIds", "trustIndicators", "genres", "expires", "rightsInfo"),
    },
    "standard": {"name", "version", "schema"},
    "headlines": {"role", "contentType", "value"},
    "descriptions": {"role", "contentType", "value"},
    "bodies": {"role", "contentType", "charCount", "wordCount", "value"},
    "people": {"name", "rel", "uri", "literal", "contactInfo"},
    "organisations": {"name", "rel", "uri", "literal", "symbols", "contactInfo"},
    "infoSources": {"name", "role", "uri", "literal", "contactInfo"},
    "subjects": {"name", "rel", "uri", "literal", "creator", "relevance", "confidence"},
    "renditions": {"name", "href", "contentType", "title", "height", "width", "sizeInBytes", "duration", "format"},
    "altIds": {"role", "value"},
    "rightsInfo": {"langId", "linkedRights", "encodedRights"},
}
"""The names of the standard, by the property they stand in: ninjs refuses every other (`unevaluatedProperties: false`).
An association is an item like the whole, with a name."""

MINIMAL = replace(
    WITHDRAWN_ARTICLE, withdrawn=None, article_body="Rain.", revision=replace(WITHDRAWN_ARTICLE.revision, number=1)
)
BY_LINES = [
    ("Mara Lindqvist", "Person"),
    ("Eyal Press", "Person"),
    ("Maria Redaktionsmann", "Person"),
    ("大谷太郎", "Person"),
    ("The Harbour Herald", "Organization"),
    ("harbour-herald.example", "Organization"),
    ("AFP", "Organization"),
    ("dpa", "Organization"),
    ("Reuters", "Organization"),
    ("Herald Staff", "Organization"),
    ("Politics Desk", "Organization"),
    ("Redaktion Harbour", "Organization"),
    ("Редакция", "Organization"),
]


def strange_names(item: dict[str, Any], place: str = "") -> Iterator[str]:
    """Every property name that ninjs does not have where it stands."""
    allowed = NINJS_PROPERTIES[place]
    for name, value in item.items():
        if name not in allowed:
            yield f"{place}.{name}"
        elif name == "associations":
            for association in value:
                yield from strange_names({key: v for key, v in association.items() if key != "name"})
        elif isinstance(value, dict):
            yield from strange_names(value, name)
        elif isinstance(value, list):
            for inner in value:
                yield from strange_names(inner, name)


def empty_places(value: Any, place: str = "") -> Iterator[str]:
    """Every place that holds nothing."""
    if value is None or value in ("", [], {}):
        yield place
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from empty_places(inner, f"{place}.{name}")
    elif isinstance(value, list):
        for inner in value:
            yield from empty_places(inner, place)


@pytest.mark.parametrize("export", [to_jsonld, to_ninjs])
@pytest.mark.parametrize("article", [ENRICHED_ARTICLE, WITHDRAWN_ARTICLE, MINIMAL])
def test_an_export_is_json_without_empty_values(export: Any, article: Any) -> None:
    exported = export(article)
    assert orjson.loads(orjson.dumps(exported)) == exported
    assert list(empty_places(exported)) == []


def test_an_article_as_jsonld() -> None:
    exported = to_jsonld(ENRICHED_ARTICLE)
    body = exported.pop("articleBody")
    assert body == ENRICHED_ARTICLE.article_body
    page = "https://www.harbour-herald.example/local/ferry-line-reopens"
    assert exported == {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": "Ferry line to Grey Island reopens",
        "alternativeHeadline": "Ferry back on Monday",
        "description": "Eleven months after the storm, the pier is repaired.",
        "articleSection": "Local",
        "author": [
            {
                "@type": "Person",
                "name": "Mara Lindqvist",
                "url": "https://www.harbour-herald.example/staff/mara-lindqvist",
            }
        ],
        "publisher": {"@type": "Organization", "name": "The Harbour Herald", "identifier": "harbour-herald.example"},
        "datePublished": "2026-01-09T17:30:00+01:00",
        "dateModified": "2026-01-09",
        "inLanguage": "en",
        "keywords": ["ferry", "Grey Island", "harbour"],
        "image": {
            "@type": "ImageObject",
            "url": "https://www.harbour-herald.example/img/ferry.jpg",
            "caption": "The ferry Aurora at the new pier",
        },
        "mainEntityOfPage": {"@type": "WebPage", "@id": page},
        "url": page,
        "wordCount": ENRICHED_ARTICLE.word_count,
        "isAccessibleForFree": True,
        "license": "https://creativecommons.org/licenses/by/4.0/",
        "copyrightHolder": {"@type": "Organization", "name": "The Harbour Herald"},
        "copyrightNotice": "© 2026 The Harbour Herald",
        "creditText": "Mara Lindqvist, The Harbour Herald",
        "usageInfo": "https://www.harbour-herald.example/terms",
        "contributor": [
            {"@type": "Organization", "name": "Associated Press", "sameAs": "http://www.wikidata.org/entity/Q40469"}
        ],
        "correction": "An earlier version of this article named the wrong cost of the repairs.",
        "version": 2,
        "identifier": [
            {"@type": "PropertyValue", "propertyID": "page_id", "value": ENRICHED_ARTICLE.page_id},
            {"@type": "PropertyValue", "propertyID": "id", "value": ENRICHED_ARTICLE.id},
        ],
    }


def test_a_withdrawn_article_as_jsonld_says_so_and_has_no_text() -> None:
    exported = to_jsonld(WITHDRAWN_ARTICLE)
    assert exported["creativeWorkStatus"] == "Withdrawn"
    assert exported["expires"] == "2026-01-12T08:00:00Z"
    assert "articleBody" not in exported


def test_an_article_behind_a_wall_is_said_to_be() -> None:
    walled = replace(ENRICHED_ARTICLE, rights=Rights(is_accessible_for_free=False))
    assert to_jsonld(walled)["isAccessibleForFree"] is False


def test_an_article_with_a_closed_part_is_not_free_whatever_it_says() -> None:
    walled = replace(ENRICHED_ARTICLE, rights=Rights(is_accessible_for_free=True, closed_parts=(".more",)))
    assert to_jsonld(walled)["isAccessibleForFree"] is False


DPA = AgencyCredit(
    id="dpa",
    name="Deutsche Presse-Agentur",
    evidence=CreditEvidence.DATELINE,
    source="article_body",
    excerpt="EASTMOUTH (dpa)",
    start=0,
)


def test_an_agency_is_whom_the_text_was_written_for() -> None:
    article = replace(ENRICHED_ARTICLE, rights=Rights(agencies=(DPA,)))
    assert to_jsonld(article)["sourceOrganization"] == [{"@type": "Organization", "name": "Deutsche Presse-Agentur"}]
    assert to_ninjs(article)["infoSources"][-1] == {"name": "Deutsche Presse-Agentur", "role": "agency"}


def test_an_author_who_holds_the_rights_is_a_person() -> None:
    article = replace(ENRICHED_ARTICLE, rights=Rights(copyright_holder="Mara Lindqvist"))
    assert to_jsonld(article)["copyrightHolder"] == {"@type": "Person", "name": "Mara Lindqvist"}


@pytest.mark.parametrize(
    ("rights", "info"),
    [
        (Rights(), None),
        (Rights(license="CC BY 4.0"), None),
        (Rights(license="https://licence.example/by"), {"linkedRights": "https://licence.example/by"}),
        (
            Rights(license="https://licence.example/by", usage_info="https://news.example/terms"),
            {"linkedRights": "https://news.example/terms"},
        ),
        (
            Rights(claims=(Claim(source="meta:tdm-policy", value="https://news.example/tdm"),)),
            {"langId": "http://www.w3.org/ns/odrl/2/", "linkedRights": "https://news.example/tdm"},
        ),
    ],
)
def test_ninjs_links_one_statement_of_rights(rights: Rights, info: dict[str, str] | None) -> None:
    assert to_ninjs(replace(ENRICHED_ARTICLE, rights=rights)).get("rightsInfo") == info


def test_ninjs_tells_what_is_reserved_and_not_what_is_unknown() -> None:
    reserved = Rights(text_mining=Permission.RESERVED, ai_training=Permission.RESERVED)
    assert (
        to_ninjs(replace(ENRICHED_ARTICLE, rights=reserved))["usageTerms"]
        == "reserved: text and data mining, training of AI models"
    )
    unknown = Rights(text_mining=Permission.UNKNOWN, ai_training=Permission.UNDECLARED)
    assert "usageTerms" not in to_ninjs(replace(ENRICHED_ARTICLE, rights=unknown))


def test_a_licence_that_is_only_named_is_a_work() -> None:
    named = replace(ENRICHED_ARTICLE, rights=Rights(license="CC BY 4.0"))
    assert to_jsonld(named)["license"] == {"@type": "CreativeWork", "name": "CC BY 4.0"}


@pytest.mark.parametrize("export", [to_jsonld, to_ninjs])
def test_a_language_that_is_not_known_is_not_named(export: Any) -> None:
    assert not {"language", "inLanguage"} & export(replace(ENRICHED_ARTICLE, in_language="und")).keys()


@pytest.mark.parametrize(("name", "kind"), BY_LINES)
def test_both_formats_agree_on_who_is_a_person(name: str, kind: str) -> None:
    article = replace(ENRICHED_ARTICLE, authors=(Author(name=name),))
    assert to_jsonld(article)["author"] == [{"@type": kind, "name": name}]
    group = "people" if kind == "Person" else "organisations"
    exported = to_ninjs(article)
    assert exported[group] == [{"name": name, "rel": "author"}]
    assert ("people" in exported) != ("organisations" in exported)


def test_an_article_as_ninjs() -> None:
    exported = to_ninjs(ENRICHED_ARTICLE)
    body = ENRICHED_ARTICLE.article_body or ""
    words = ENRICHED_ARTICLE.word_count
    assert exported == {
        "uri": f"urn:newsflow:page:{ENRICHED_ARTICLE.page_id}",
        "standard": {
            "name": "ninjs",
            "version": "3.1",
            "schema": "https://www.iptc.org/std/ninjs/ninjs-schema_3.1.json",
        },
        "type": "text",
        "version": "2",
        "firstCreated": "2026-01-09T17:30:00+01:00",
        "versionCreated": "2026-01-09T17:30:00+01:00",
        "pubStatus": "usable",
        "language": "en",
        "headlines": [
            {"role": "main", "value": "Ferry line to Grey Island reopens"},
            {"role": "alternative", "value": "Ferry back on Monday"},
        ],
        "descriptions": [{"role": "summary", "value": "Eleven months after the storm, the pier is repaired."}],
        "bodies": [
            {"role": "main", "contentType": "text/plain", "charCount": len(body), "wordCount": words, "value": body}
        ],
        "by": "Mara Lindqvist",
        "people": [
            {
                "name": "Mara Lindqvist",
                "rel": "author",
                "uri": "https://www.harbour-herald.example/staff/mara-lindqvist",
            }
        ],
        "infoSources": [
            {"name": "The Harbour Herald", "role": "publisher"},
            {"name": "Associated Press", "role": "contributor", "uri": "http://www.wikidata.org/entity/Q40469"},
        ],
        "subjects": [
            {"name": "Local", "rel": "section"},
            {"name": "ferry", "rel": "keyword"},
            {"name": "Grey Island", "rel": "keyword"},
            {"name": "harbour", "rel": "keyword"},
        ],
        "associations": [
            {
                "name": "main_image",
                "uri": "https://www.harbour-herald.example/img/ferry.jpg",
                "type": "picture",
                "descriptions": [{"role": "caption", "value": "The ferry Aurora at the new pier"}],
                "renditions": [{"name": "original", "href": "https://www.harbour-herald.example/img/ferry.jpg"}],
            }
        ],
        "copyrightHolder": "The Harbour Herald",
        "copyrightNotice": "© 2026 The Harbour Herald",
        "usageTerms": "https://creativecommons.org/licenses/by/4.0/; reserved: training of AI models",
        "rightsInfo": {
            "langId": "http://www.w3.org/ns/odrl/2/",
            "linkedRights": "https://www.harbour-herald.example/tdm-policy.json",
        },
        "altIds": [
            {"role": "url", "value": "https://www.harbour-herald.example/local/ferry-line-reopens"},
            {"role": "record", "value": ENRICHED_ARTICLE.id},
        ],
    }


@pytest.mark.parametrize(
    "article",
    [
        ENRICHED_ARTICLE,
        WITHDRAWN_ARTICLE,
        MINIMAL,
        replace(
            ENRICHED_ARTICLE,
            authors=(Author(name="AFP", url="https://www.afp.com/"), Author(name="Mara Lindqvist")),
            publisher=Publisher(name="AFP", domain="afp.com"),
            main_image=Image(url="https://news.example/i.jpg"),
        ),
    ],
)
def test_ninjs_has_no_property_that_the_standard_has_not(article: Any) -> None:
    assert list(strange_names(to_ninjs(article))) == []


def test_a_withdrawn_article_as_ninjs_is_cancelled_in_its_own_name() -> None:
    exported = to_ninjs(WITHDRAWN_ARTICLE)
    assert exported["pubStatus"] == "canceled"
    assert exported["uri"] == to_ninjs(ENRICHED_ARTICLE)["uri"]
    assert exported["edNote"] == "Withdrawn at 2026-01-12T08:00:00Z: http_410"
    assert "bodies" not in exported


@pytest.mark.parametrize(
    ("stated", "utc", "expected"),
    [
        ("2026-01-09T17:30:00+01:00", "2026-01-09T16:30:00Z", "2026-01-09T17:30:00+01:00"),
        ("2026-01-09T17:30+01:00", "2026-01-09T16:30:00Z", "2026-01-09T16:30:00Z"),
        ("2026-01-09T17:30:00", None, None),
        ("2026-01-09", None, None),
        (None, None, None),
    ],
)
def test_ninjs_gets_a_full_date_time_or_none(stated: str | None, utc: str | None, expected: str | None) -> None:
    article = replace(ENRICHED_ARTICLE, date_published=stated, date_published_utc=utc, date_modified=None)
    assert to_ninjs(article).get("firstCreated") == expected
