"""Which of the page's titles is the headline of its story.

The h1 that is most like what the page declares wins: right on .827 of 104 publishers' pages and .875 of 711 others. A
declared title is often written for search engines, an h1 is sometimes the site's name.
"""

import re
from collections.abc import Iterable

from lxml.html import HtmlElement

from pipeline.cleaning.anchor import Anchor
from pipeline.cleaning.scan import Scan, Spot, visible_text
from pipeline.cleaning.strings import likeness, same_words, tidy, tokens
from pipeline.records import Claim, Provenance

MIN_LIKENESS = 0.3
"""Share of words an h1 must have in common with a declared title. Below it, h1s are mostly section or site names."""

MIN_COMMON_WORDS = 2
AGREEING_SOURCES = 3
"""So many declared titles with the same words win over the h1 of a NewsArticle: it then holds a kicker or a teaser."""

MAX_HEADINGS = 20
MAX_DISSENT = 5
MAX_HEADLINE_LENGTH = 500
MAX_SITE_WORDS = 4

TITLE_METAS = (
    "og:title", "parsely-title", "sailthru.title", "cxenseparse:title", "dc.title", "dcterms.title",
    "twitter:title", "title",
)  # fmt: skip

_SEPARATOR = re.compile(r"\s+(?:[|\-–—·•:»«‹›~]|::|\|\|)\s+|\s*[|｜]\s*")


def cut_site_name(title: str, site_names: Iterable[str]) -> str:
    """The title without the site's name before or after it.

    Where the site's name is not known, a short last part after `|` or a dash is taken for it.
    """
    names = {"".join(tokens(name)) for name in site_names} - {""}
    separators = list(_SEPARATOR.finditer(title))
    while separators:
        last, first = separators[-1], separators[0]
        if _is_site(title[last.end() :], names):
            title, separators = title[: last.start()].strip(), separators[:-1]
        elif _is_site(title[: first.start()], names):
            title = title[first.end() :].strip()
            separators = list(_SEPARATOR.finditer(title))
        else:
            break
    return title


def _is_site(part: str, names: set[str]) -> bool:
    key = "".join(tokens(part))
    return not key or any(
        key == name or (len(key) > 3 and (key in name or (name in key and len(key) < 2 * len(name)))) for name in names
    )


def _cut_unknown_site(title: str) -> str:
    """Cut a short last part where no other title of the page says what belongs to it."""
    separators = list(_SEPARATOR.finditer(title))
    if separators:
        head, tail = title[: separators[-1].start()], title[separators[-1].end() :]
        if len(tokens(tail)) <= MAX_SITE_WORDS and len(tokens(head)) > len(tokens(tail)):
            return head.strip()
    return title


def declared_titles(scan: Scan, json_headlines: Iterable[str], site_names: Iterable[str]) -> list[Claim]:
    """What the page declares as its title, best source first, each without the site's name."""
    site_names = list(site_names)
    claims = [("json_ld:headline", headline) for headline in json_headlines]
    claims += [(f"meta:{name}", cut_site_name(value, site_names)) for name, value in scan.meta(*TITLE_METAS)]
    claims += [
        ("microdata:headline", visible_text(item.spot.element, MAX_HEADLINE_LENGTH))
        for item in scan.properties
        if item.name == "headline" and item.spot.element.tag != "h1" and _is_articles(item.scopes)
    ][:1]
    titles = [cut_site_name(title, site_names) for title in scan.titles[:1]]
    claims += [("title", title if len(claims) else _cut_unknown_site(title)) for title in titles]
    return [Claim(source=source, value=text) for source, value in claims if (text := tidy(value, MAX_HEADLINE_LENGTH))]


def _is_articles(scopes: tuple[str, ...]) -> bool:
    return bool(scopes) and (scopes[0].endswith("Article") or scopes[0].endswith("Posting"))


def find_heading(scan: Scan, declared: list[Claim]) -> tuple[Spot, str] | None:
    """The h1 most like what the page declares; without a declared title the first h1 of the content."""
    best: tuple[float, Spot, str] | None = None
    for spot in scan.headings[:MAX_HEADINGS]:
        text = tidy(visible_text(spot.element, MAX_HEADLINE_LENGTH), MAX_HEADLINE_LENGTH)
        if not text:
            continue
        if declared:
            score = max(_heading_likeness(text, claim.value) for claim in declared)
        else:
            score = 0.0 if Anchor().is_amid_noise(spot.element) else 1.0
        if score > (best[0] if best else MIN_LIKENESS):
            best = (score, spot, _declared_piece(spot.element, declared) or text)
    return best and (best[1], best[2])


def _declared_piece(heading: HtmlElement, declared: list[Claim]) -> str | None:
    """The part of a heading that is a declared title, where other parts hold a kicker, a date or a counter."""
    if not len(heading):
        return None
    for element in heading.iter():
        for text in (element.text, element.tail if element is not heading else None):
            if text and not text.isspace() and any(same_words(text, claim.value) for claim in declared):
                return tidy(text)
    return None


def _heading_likeness(heading: str, title: str) -> float:
    if same_words(heading, title):
        return 1.0
    common = set(tokens(heading)) & set(tokens(title))
    return likeness(heading, title) if len(common) >= MIN_COMMON_WORDS else 0.0


def choose_headline(heading: str | None, declared: list[Claim], *, is_news: bool) -> tuple[str, Provenance] | None:
    """The headline and where it is from, with the other titles as dissent."""
    claims = ([Claim(source="h1", value=heading)] if heading else []) + declared
    if not claims:
        return None
    winner = claims[0]
    if heading and is_news:
        agreeing = _majority(declared)
        if len(agreeing) >= AGREEING_SOURCES:
            winner = winner if same_words(agreeing[0].value, heading) else agreeing[0]
    return winner.value, Provenance(source=winner.source, dissent=dissent(winner.value, claims))


def _majority(claims: list[Claim]) -> list[Claim]:
    groups = [[other for other in claims if same_words(claim.value, other.value)] for claim in claims]
    return max(groups, key=len, default=[])


def dissent(value: str, claims: Iterable[Claim]) -> tuple[Claim, ...]:
    """The claims that say something else than `value`, each wording once."""
    others: list[Claim] = []
    for claim in claims:
        if not same_words(claim.value, value) and not any(same_words(claim.value, o.value) for o in others):
            others.append(claim)
    return tuple(others[:MAX_DISSENT])
