"""Whom and what an article names: gazetteer, the page's own metadata, dateline, by-line, and capitals, in that order.

Each name stands once, by the surest method that found it.
"""

import re
from collections.abc import Iterator

from pipeline.enrichment.capitals import capital_mentions
from pipeline.enrichment.gazetteer import Gazetteer
from pipeline.enrichment.parties import is_organisation
from pipeline.enrichment.reading import MAX_CHARACTERS, Reading, places_of
from pipeline.enrichment.stopwords import CAPITAL_NOUNS
from pipeline.records import CleanArticle, Mention, MentionMethod, MentionType
from pipeline.text import fold

MAX_MENTIONS = 50
MAX_NAME = 5
"""Words of a name in a by-line; a longer one is a sentence about the author."""
MIN_DECLARED = 2
"""Letters of a declared name that is looked for in the text."""

_DATELINE = re.compile(
    r"(?P<place>[^\W\d_][^()\d—–:\n]{1,40}?)(?:,[^—–()\n]{1,40}?)?\s*(?:\((?P<agency>[^()\d]{2,25})\)\s*)?(?:[—–]|-{1,2}\s|(?<=\))\s)"
)
_SCHEMA_TYPES = {
    "person": MentionType.PERSON, "place": MentionType.PLACE, "city": MentionType.PLACE, "country": MentionType.PLACE,
    "state": MentionType.PLACE, "administrativearea": MentionType.PLACE, "localbusiness": MentionType.ORGANIZATION,
    "organization": MentionType.ORGANIZATION, "corporation": MentionType.ORGANIZATION, "landform": MentionType.PLACE,
    "newsmediaorganization": MentionType.ORGANIZATION, "governmentorganization": MentionType.ORGANIZATION,
    "sportsteam": MentionType.ORGANIZATION, "sportsorganization": MentionType.ORGANIZATION, "event": MentionType.EVENT,
    "collegeoruniversity": MentionType.ORGANIZATION, "politicalparty": MentionType.ORGANIZATION,
    "sportsevent": MentionType.EVENT, "movie": MentionType.WORK, "book": MentionType.WORK, "tvseries": MentionType.WORK,
    "creativework": MentionType.WORK, "product": MentionType.PRODUCT, "musicgroup": MentionType.ORGANIZATION,
    "softwareapplication": MentionType.PRODUCT, "videogame": MentionType.WORK,
}  # fmt: skip


def mentions(article: CleanArticle, reading: Reading, gazetteer: Gazetteer | None) -> tuple[Mention, ...]:
    """All that is named, the most frequent first within each method."""
    known = gazetteer_mentions(reading.body, gazetteer) if gazetteer else []
    chosen: dict[str, Mention] = {}
    for mention in (
        *known,
        *_declared(article, reading),
        *_dateline(reading),
        *_bylines(article, reading),
        *capital_mentions(reading),
    ):
        key = fold(mention.name)
        if key and key not in chosen and not _is_part(key, mention, chosen):
            chosen[key] = mention
    return tuple(chosen.values())[:MAX_MENTIONS]


def _is_part(key: str, mention: Mention, chosen: dict[str, Mention]) -> bool:
    """Whether capitals found what a surer method has found with fewer or more words, at the same place."""
    if mention.method is not MentionMethod.CAPITALISATION:
        return False
    padded = f" {key} "
    for other, surer in chosen.items():
        is_surer = surer.method is not MentionMethod.CAPITALISATION and surer.first is not None
        if is_surer and (padded in f" {other} " or (f" {other} " in padded and surer.type is not MentionType.UNKNOWN)):
            return True
    return False


def gazetteer_mentions(body: str, gazetteer: Gazetteer) -> list[Mention]:
    """The gazetteer's names in the text."""
    counts: dict[int, list[int]] = {}
    found = gazetteer.find(body)
    for place, match in enumerate(found):
        counts.setdefault(id(match.entry), []).append(place)
    return [
        Mention(
            name=found[places[0]].entry.name,
            type=found[places[0]].entry.type,
            count=len(places),
            first=found[places[0]].start,
            method=MentionMethod.GAZETTEER,
            id=found[places[0]].entry.id,
        )
        for places in sorted(counts.values(), key=lambda places: (-len(places), places[0]))
    ]


def _declared(article: CleanArticle, reading: Reading) -> Iterator[Mention]:
    """What the page says that it is about. Tags are often no names: those count that the text writes as one."""
    for declared in article.signals.declared_mentions:
        kind = _SCHEMA_TYPES.get((declared.type or "").casefold(), MentionType.UNKNOWN)
        first, count = occurrences(reading.body, declared.name)
        is_tag = kind is MentionType.UNKNOWN
        if is_tag and (first is None or not _is_written_as_name(declared.name, reading)):
            continue
        yield Mention(
            name=declared.name, type=kind, count=count, first=first, method=MentionMethod.DECLARED, id=declared.id
        )


def _is_written_as_name(name: str, reading: Reading) -> bool:
    """Whether a word that the page only tags is written as a name: with capitals, where those tell one."""
    return name[0].isupper() and (" " in name or not _is_common_noun(name, reading))


def _is_common_noun(name: str, reading: Reading) -> bool:
    return reading.tag in CAPITAL_NOUNS or occurrences(reading.body, name.lower())[0] is not None


def occurrences(body: str, name: str) -> tuple[int | None, int]:
    """Where a name first stands in the text as a word of its own, and how often."""
    if len(name) < MIN_DECLARED or name not in body:
        return None, 0
    starts = places_of(body, name)
    if not starts and not name.isascii():  # scripts without spaces have no such bounds
        return body.find(name), body.count(name)
    return (starts[0], len(starts)) if starts else (None, 0)


def _dateline(reading: Reading) -> Iterator[Mention]:
    """The place that an agency's story opens with: "GENEVA (AP) —", "Berlin (dpa) -"."""
    start, end = reading.paragraphs[0]
    match = _DATELINE.match(reading.body, start, min(end, start + 120))
    if match is None or not (match["agency"] or (match["place"].isupper() and len(match["place"]) > 2)):
        return
    place = match["place"].strip().split("/")[0]
    if len(place.split()) > 3 or not all(word[0].isupper() for word in place.split()):
        return
    name = place.title() if place.isupper() else place
    _, again = occurrences(reading.body[match.end() : MAX_CHARACTERS], name)
    yield Mention(
        name=name,
        type=MentionType.PLACE,
        count=1 + again,
        first=match.start("place"),
        method=MentionMethod.DATELINE,
    )


def _bylines(article: CleanArticle, reading: Reading) -> Iterator[Mention]:
    """The people who wrote it. Agencies and newsrooms among them are organisations."""
    for author in article.authors:
        is_org = is_organisation(author.name, article.publisher)
        words = author.name.split()
        if is_org or (2 <= len(words) <= MAX_NAME and all(word[0].isalpha() for word in words)):
            first, count = occurrences(reading.body, author.name)
            kind = MentionType.ORGANIZATION if is_org else MentionType.PERSON
            yield Mention(name=author.name, type=kind, count=count, first=first, method=MentionMethod.BYLINE)
