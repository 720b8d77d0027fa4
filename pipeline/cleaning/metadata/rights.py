"""What a page declares of its own use: licence, owner, credit, who may read it, and what machines may do with it."""

from collections.abc import Iterator
from itertools import islice

from pipeline.cleaning.metadata.jsonld import Json
from pipeline.cleaning.metadata.page import Page
from pipeline.cleaning.metadata.strings import tidy
from pipeline.records import Claim, Rights
from pipeline.reservations import PRODUCT_TOKEN, robots_tags

TIERS = {"free": True, "metered": False, "locked": False}
"""Open Graph's words for who may read an article; they agree with JSON-LD on the 12 gold pages that have both."""
MAX_CLAIMS = 40
MAX_LENGTH = 500
MAX_SELECTORS = 10

FREE_METAS = ("isaccessibleforfree",)
TIER_METAS = ("article:content_tier", "og:article:content_tier")
_LICENSE_METAS = ("dcterms.license", "dc.rights")
_NOTICE_METAS = ("copyright", "dcterms.rights", "rights")
_HOLDER_METAS = ("dcterms.rightsholder", "dc.rightsholder")
_SOURCE_METAS = ("syndication-source", "original-source", "dc.source", "dcterms.source")
_MACHINE_METAS = ("tdm-reservation", "tdm-policy", "content-usage")
_LICENSE_SOURCES = tuple(f"meta:{name}" for name in _LICENSE_METAS)
_NOTICE_SOURCES = tuple(f"meta:{name}" for name in _NOTICE_METAS)
_HOLDER_SOURCES = tuple(f"meta:{name}" for name in _HOLDER_METAS)
_TIER_SOURCES = frozenset(f"meta:{name}" for name in TIER_METAS)
_TEXTS = ("copyrightNotice", "copyrightHolder", "creditText", "sourceOrganization")
_LINKS = ("usageInfo", "acquireLicensePage")
_NO_LIMITS = frozenset(
    ("index", "follow", "all", "archive", "noodp", "noydir", "max-snippet", "max-image-preview", "max-video-preview")
)
"""Robots tags that forbid nothing, and stand on most pages; those with a value by their names."""


def read_rights(page: Page) -> Rights:
    """All that the page declares of its rights, and for each field the first claim that makes sense."""
    claims = [claim for claim in islice(_claims(page), MAX_CLAIMS) if claim.value]
    selectors = dict.fromkeys(claim.value for claim in claims if claim.source == "json_ld:hasPart")
    return Rights(
        is_accessible_for_free=_is_free(claims),
        license=_first(claims, "json_ld:license", "link:license", *_LICENSE_SOURCES),
        copyright_holder=_first(claims, "json_ld:copyrightHolder", *_HOLDER_SOURCES),
        copyright_notice=_first(claims, "json_ld:copyrightNotice", *_NOTICE_SOURCES),
        credit_text=_first(claims, "json_ld:creditText"),
        usage_info=_first(claims, "json_ld:usageInfo", "json_ld:acquireLicensePage"),
        closed_parts=tuple(selectors)[:MAX_SELECTORS],
        claims=tuple(claims),
    )


def _claims(page: Page) -> Iterator[Claim]:
    stated = [*page.metas(*_MACHINE_METAS), *_robots(page)]  # what machines must obey comes before any limit
    stated += [*_free(page), *_closed_parts(page), *_license(page)]
    stated += page.own_values(*_TEXTS, limit=MAX_LENGTH)
    for name in _LINKS:
        links = (page.absolute(page.jsonld.link(node.data.get(name))) for node in page.own)
        stated += ((f"json_ld:{name}", link) for link in links if link)
    stated += page.metas(*_NOTICE_METAS, *_HOLDER_METAS, *_SOURCE_METAS)
    for source, value in dict.fromkeys(stated):
        yield Claim(source=source, value=tidy(value, MAX_LENGTH))


def _robots(page: Page) -> Iterator[tuple[str, str]]:
    """What robots metas forbid."""
    for source, value in page.metas("robots", PRODUCT_TOKEN):
        limits = [tag for tag in robots_tags(value) if tag.partition(":")[0].strip() not in _NO_LIMITS]
        yield source, ", ".join(limits)


def _free(page: Page) -> Iterator[tuple[str, str]]:
    for node in page.own:
        value = node.data.get("isAccessibleForFree")
        if isinstance(value, bool) or (isinstance(value, str) and tidy(value)):
            yield "json_ld:isAccessibleForFree", str(value).rpartition("/")[2].lower()  # also "http://schema.org/True"
    yield from page.metas(*FREE_METAS, *TIER_METAS)


def _closed_parts(page: Page) -> Iterator[tuple[str, str]]:
    """The parts of the article that are not free, as Google asks publishers to mark them."""
    for node in page.own:
        for part in page.jsonld.each(node.data.get("hasPart")):
            if isinstance(part, dict) and _is_false(part.get("isAccessibleForFree")):
                for selector in page.jsonld.each(part.get("cssSelector")):
                    yield "json_ld:hasPart", tidy(selector, MAX_LENGTH)


def _is_false(value: Json) -> bool:
    return value is False or tidy(value).lower() == "false"


def _license(page: Page) -> Iterator[tuple[str, str]]:
    yield from (("json_ld:license", page.jsonld.link(node.data.get("license"))) for node in page.own)
    yield from (("link:license", link) for link in page.scan.links.get("license", ()))
    yield from page.metas(*_LICENSE_METAS)


def _is_free(claims: list[Claim]) -> bool | None:
    """JSON-LD's word before the tier's; a word that is none of theirs says nothing."""
    words = {"true": True, "false": False}
    stated = [words.get(claim.value.lower()) for claim in claims if claim.source.lower().endswith(FREE_METAS)]
    stated += [TIERS.get(claim.value.lower()) for claim in claims if claim.source in _TIER_SOURCES]
    return next((is_free for is_free in stated if is_free is not None), None)


def _first(claims: list[Claim], *sources: str) -> str | None:
    return next((claim.value for source in sources for claim in claims if claim.source == source), None)
