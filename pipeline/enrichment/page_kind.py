"""What kind of page it is, and by what signs. What comes here is text to read: the clean stage refuses all other pages.

The surest signs are asked first: what the page declares, then words in URL, section and headline together with how the
text lies. A page without any sign is an article.
"""

import re
from collections.abc import Iterator
from functools import cache
from itertools import islice

from pipeline.enrichment.kind_words import HEADLINES, SECTIONS, TEXTS, URL_WORDS
from pipeline.enrichment.reading import word_count
from pipeline.records import BlockKind, CleanArticle, PageKind, Paywall
from pipeline.text import excerpt, fold, split_phrases

ARTICLE = "article"
LIVE_BLOG, GALLERY, VIDEO, PRESS_RELEASE, OPINION = "live_blog", "gallery", "video", "press_release", "opinion"
PAYWALL_STUB, DOCUMENTATION, SERVICE, OTHER = "paywall_stub", "documentation", "service", "other"
KINDS = (ARTICLE, LIVE_BLOG, GALLERY, VIDEO, PRESS_RELEASE, OPINION, PAYWALL_STUB, DOCUMENTATION, SERVICE, OTHER)
MAX_EVIDENCE = 5
MAX_START = 40
"""Characters of a paragraph among which the words stand that mark a press release."""
LETTERS = 3
"""Which tell of nearly every other paragraph that it does not begin so."""
MIN_STAMPS, MIN_STAMPS_ALONE = 3, 8
"""Paragraphs that begin with a time of day in a live blog: with another sign, and without."""
MIN_PICTURES, MAX_WORDS_PER_PICTURE = 4, 80
"""Pictures of a gallery, and words of the text for each of them."""
MAX_VIDEO_WORDS = 250
"""Words of the longest text under a video that is the page's matter."""
SURE_SHARE = 0.7
"""Share from which the words of the markup tell documentation or a service's page; on real ones of other sites 0.6
named articles so."""
_DECLARED = {
    LIVE_BLOG: ("LiveBlogPosting",),
    GALLERY: ("ImageGallery", "MediaGallery"),
    OPINION: ("OpinionNewsArticle",),
    VIDEO: ("og:video", "og:video.other", "og:video.episode", "og:video.movie"),
}
_OTHER_TYPES = ("Recipe", "Event", "JobPosting", "ProfilePage", "SoftwareApplication", "Movie", "Course")
_STAMP = re.compile(
    r"(?:\d{1,2}\s?[:.h]\s?\d{2}(?:\s?[ap]\.?m\b\.?)?|\d{1,2}\s?[ap]\.?m\b\.?)(?:\s?(?:uhr|gmt|bst|cet|cest|est|edt|ist|utc))?(?:\s|$|[:|–—-])",
    re.IGNORECASE,
)
_SECTION_PARTS = re.compile(r"\s*[>›»|/,;]\s*")
_HEADLINE_PART = re.compile(r"\s*[:|–—/•]\s*|\s+-\s+")


def kind_of_page(article: CleanArticle, paywall: Paywall | None = None) -> PageKind:
    """The kind, with its signs; `paywall` tells whether the text is only the beginning that a wall leaves."""
    if paywall is not None and paywall.is_stub:
        seen = tuple(f"{claim.source}: {claim.value}" for claim in paywall.evidence)
        return PageKind(kind=PAYWALL_STUB, evidence=seen[:MAX_EVIDENCE])
    for kind, signs in (
        (LIVE_BLOG, _live_blog(article)),
        (GALLERY, _gallery(article)),
        (VIDEO, _video(article)),
        (OPINION, _signs(article, OPINION)),
        (PRESS_RELEASE, _press_release(article)),
        *((kind, _likeness(article, kind)) for kind in (DOCUMENTATION, SERVICE)),
        (OTHER, _other(article)),
    ):
        if signs:
            return PageKind(kind=kind, evidence=tuple(dict.fromkeys(signs))[:MAX_EVIDENCE])
    declared = tuple(f"declares {name}" for name in article.signals.declared_types if _speaks_for_article(name))
    return PageKind(kind=ARTICLE, evidence=declared[:MAX_EVIDENCE])


def _signs(article: CleanArticle, kind: str) -> list[str]:
    """What declares the kind, or names it: type, URL, section, the words before the headline."""
    signs = [f"declares {name}" for name in article.signals.declared_types if name in _DECLARED.get(kind, ())]
    if match := _url_pattern(kind).search(article.url.lower()):
        signs.append(f"URL says {match.group().strip('/')}")
    sections = _SECTION_PARTS.split(article.article_section or "")
    signs += [f"section {section}" for section in sections if fold(section) in _folded("section", kind)]
    first, *rest = _HEADLINE_PART.split(article.headline or "", maxsplit=1)
    if rest and fold(first) in _folded("headline", kind):
        signs.append(f"headline begins with {first}")
    return signs


@cache
def _url_pattern(kind: str) -> re.Pattern[str]:
    return re.compile(URL_WORDS[kind])


@cache
def _folded(place: str, kind: str) -> frozenset[str]:
    words = {"section": SECTIONS, "headline": HEADLINES, "text": TEXTS}[place][kind]
    return frozenset(map(fold, split_phrases(words)))


def _begins_as(kind: str, text: str) -> bool:
    """Whether a paragraph begins as such a page's do."""
    starts, letters = _starts(kind)
    first = text[:LETTERS]
    if first.isalpha() and text[: LETTERS + 1].isascii() and first.lower() not in letters:
        return False
    return fold(text[:MAX_START]).startswith(starts)


@cache
def _starts(kind: str) -> tuple[tuple[str, ...], frozenset[str]]:
    """How paragraphs of the kind begin, and the first letters of that."""
    starts = tuple(_folded("text", kind))
    return starts, frozenset(start[:LETTERS] for start in starts)


def _live_blog(article: CleanArticle) -> list[str]:
    signs = _signs(article, LIVE_BLOG)
    stamps = sum(text[:1].isdecimal() and _STAMP.match(text) is not None for text in _paragraphs(article))
    if stamps >= (MIN_STAMPS if signs else MIN_STAMPS_ALONE):
        signs.append(f"{stamps} paragraphs with the time of day")
    is_sure = bool(signs) and (signs[0].startswith("declares") or len(signs) > 1 or stamps >= MIN_STAMPS_ALONE)
    return signs if is_sure else []


def _gallery(article: CleanArticle) -> list[str]:
    signs, pictures = _signs(article, GALLERY), len(article.signals.images)
    captions = sum(block.kind is BlockKind.CAPTION for block in article.blocks)
    shown = max(pictures, captions)
    if not signs or shown < MIN_PICTURES or word_count(article) > MAX_WORDS_PER_PICTURE * shown:
        return []
    return [*signs, f"{shown} pictures"]


def _video(article: CleanArticle) -> list[str]:
    signs = _signs(article, VIDEO)
    if "VideoObject" in article.signals.declared_types:
        signs.append("declares VideoObject")
    if len(signs) < 2 or (words := word_count(article)) > MAX_VIDEO_WORDS:
        return []
    return [*signs, f"{words} words"]


def _press_release(article: CleanArticle) -> list[str]:
    signs = _signs(article, PRESS_RELEASE)
    found = (text for text in _paragraphs(article) if _begins_as(PRESS_RELEASE, text))
    return [*signs, *(f"paragraph begins with {excerpt(text, MAX_START)}" for text in islice(found, 1))]


def _likeness(article: CleanArticle, kind: str) -> list[str]:
    share = article.signals.kind_shares.get(kind, 0.0)
    return [f"{share:.2f} by the words of its markup"] if share >= SURE_SHARE else []


def _other(article: CleanArticle) -> list[str]:
    declared = article.signals.declared_types
    if any(map(_speaks_for_article, declared)):
        return []
    return [f"declares {name}" for name in declared if name in _OTHER_TYPES]


def _paragraphs(article: CleanArticle) -> Iterator[str]:
    return (article.article_body[block.start : block.end] for block in article.blocks)


def _speaks_for_article(kind: str) -> bool:
    return kind.casefold().endswith(("article", "posting", "report")) and kind != "JobPosting"
