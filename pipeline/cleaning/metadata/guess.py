"""htmldate's guess of a page's date, for pages that state none: its own steps, without work that cannot matter.

It asks of each element whether its names speak of dates, and searches the page's HTML three times. Here each set of
names is asked once, and a page whose HTML has nothing like a date is searched no further. A test compares the answers.
"""

import re
from copy import deepcopy
from functools import cache

from htmldate.core import (
    ALWAYS_TAGS,
    TIMESTAMP_LOOSE_PATTERN,
    TIMESTAMP_PATTERN,
    examine_abbr_elements,
    examine_elements,
    examine_header,
    examine_time_elements,
    is_date_candidate,
    serialize,
)
from htmldate.extractors import (
    FAST_TAGS,
    discard_unwanted,
    extract_url_date,
    idiosyncrasies_search,
    img_search,
    json_search,
    pattern_search,
)
from htmldate.settings import CLEANING_LIST
from htmldate.utils import Extractor, clean_html
from htmldate.validators import get_max_date, get_min_date
from lxml.html import HtmlElement

LATEST = "2100-01-01"
"""Fixed, for the result must not depend on the day it is made."""
_DAY = re.compile(r"-(?<=(?:19|20)[0-9][0-9]-)[01]?[0-9]-[0-3]?[0-9]")
_NUMBERS = tuple(re.compile(rf"{mark}(?<=[0-9]{mark})[0-9]{{1,2}}[./][0-9]{{2}}") for mark in (r"\.", "/"))
"""All that `TIMESTAMP_LOOSE_PATTERN` and `DATE_CORE_PATTERN` find has one of these, which begin with a character that
is looked for five times as fast as the digits at their beginnings."""


@cache
def _options() -> Extractor:
    """`find_date(original_date=True, extensive_search=False)`, for days."""
    return Extractor(False, get_max_date(LATEST), get_min_date(None), True, "%Y-%m-%d")


def guess_date(tree: HtmlElement) -> str | None:
    """The day on which a page seems to be published; what `htmldate.find_date` says of it."""
    options = _options()
    canonical = tree.find('.//link[@rel="canonical"]')
    stated = (
        extract_url_date(canonical.get("href") if canonical is not None else None, options)
        or examine_header(tree, options)
        or json_search(tree, options)
        or examine_abbr_elements(tree, options)
    )
    if stated is not None:
        return stated
    pruned = discard_unwanted(clean_html(deepcopy(tree), CLEANING_LIST))
    return (
        examine_elements(_candidates(pruned), options)
        or examine_elements(pruned.xpath(".//title|.//h1"), options)
        or examine_time_elements(pruned, options)
        or _searched(pruned, options)
    )


def _candidates(tree: HtmlElement) -> list[HtmlElement]:
    """The elements whose names speak of dates."""
    known: dict[tuple[str | None, str | None], bool] = {}
    found = []
    for element in tree.iterdescendants(*FAST_TAGS, *ALWAYS_TAGS):
        if element.tag in ALWAYS_TAGS:
            found.append(element)
            continue
        classes, identity = element.get("class"), element.get("id")
        if (classes is not None and identity is not None) or element.get("itemprop") is not None:
            telling = is_date_candidate(element)  # of id and class the first counts more
        elif (kept := known.get((classes, identity))) is not None:
            telling = kept
        else:
            telling = known[classes, identity] = is_date_candidate(element)
        if telling:
            found.append(element)
    return found


def _searched(tree: HtmlElement, options: Extractor) -> str | None:
    """The first date in the page's HTML, or in its text. This changes the tree."""
    source = serialize(tree)
    has_day = _DAY.search(source) is not None
    found = (pattern_search(source, TIMESTAMP_PATTERN, options) if has_day else None) or img_search(tree, options)
    if found is None and any(pattern.search(source) for pattern in _NUMBERS):
        found = idiosyncrasies_search(source, options)
    if found is not None or not has_day:
        return found
    clean_html(tree, ["script", "style"])
    return pattern_search(" ".join(tree.itertext()), TIMESTAMP_LOOSE_PATTERN, options)
