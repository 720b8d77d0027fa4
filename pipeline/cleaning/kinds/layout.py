"""The layout of a page in numbers: how its text lies, what repeats, where its links lead, what it declares.

Prose is long sentences without links. Cards are lines of one make (element and parent alike) that come back at even
distances with other lines between them: titles of a list, names under answers, prices. A teaser is text below a linked
title: a list has one after the other, where a story has its paragraphs beside each other in one holder.
"""

import re
from collections import Counter
from collections.abc import Sequence
from itertools import accumulate, compress, count, pairwise
from operator import mul

import numpy as np

from pipeline.cleaning.blocks import HEADING_TAGS, Line
from pipeline.cleaning.elements import NO_ELEMENT
from pipeline.cleaning.judging.line_features import PROSE_LENGTH, PROSE_LINKED
from pipeline.cleaning.kinds.page_words import (
    BODY_WORDS,
    CLASS_WORDS,
    DATE_LIKE,
    HAS_DIGIT,
    LINE_WORDS,
    PRICE,
    PRICE_SIGNS,
    TITLE_WORDS,
    URL_WORDS,
    kinds_of_line,
    times_said,
)
from pipeline.cleaning.kinds.sight import Sight
from pipeline.cleaning.metadata.scan import Scan
from pipeline.records import BlockKind
from pipeline.text import ends_sentence

LONG_PROSE = 300
"""Characters of a line of prose that need not end as sentences do."""
LINKED, TITLE_WORDS_MIN = 0.6, 4
SHORT, LINE_LABEL, TEXT_LIKE, PRICE_LINE, DATE_LINE = 25, 40, 60, 80, 50
"""Characters."""
RUN_GAP = 2
"""Other lines that may stand between two lines of prose of one run."""
MIN_CARDS, CARD_GAP, EVEN = 4, (2, 20), 0.6
"""Cards of a list, lines from one to the next, and how many of the distances must be about the same."""
TEASER_NEAR, TEASER_LINES = 3, 13
"""Lines after a linked title in which its teaser begins, and may stand."""
TYPES = {
    "news": "NewsArticle ReportageNewsArticle LiveBlogPosting OpinionNewsArticle AnalysisNewsArticle",
    "article": "Article BlogPosting og:article SocialMediaPosting",
    "collection": "CollectionPage ItemList SearchResultsPage OfferCatalog Blog DataFeed ImageGallery",
    "product": "Product Offer AggregateOffer og:product ProductGroup IndividualProduct Book og:book og:product.item "
    "AggregateRating",
    "forum": "DiscussionForumPosting QAPage Question Answer Comment Conversation InteractionCounter",
    "recipe": "Recipe",
    "person": "Person ProfilePage og:profile",
}
_SUBHEADINGS = HEADING_TAGS - {"h1"}
_TYPES = {name: frozenset(types.split()) for name, types in TYPES.items()}
_PAGE_LINK = re.compile(r"[?&](?:page|p)=\d|/page/?\d|[?&](?:start|offset)=")

Row = dict[str, float]


def layout_of(page: Sight) -> Row:
    """All numbers of a page, by name."""
    row: Row = {}
    sizes = [len(line.text) for line in page.lines]
    is_long = zip(page.lines, sizes, strict=True)
    prose = [size > PROSE_LENGTH and _is_prose(line) for line, size in is_long]
    _text(row, page, sizes, prose)
    _story(row, page, sizes, prose)
    _lines(row, page, sizes)
    makes = _makes(page.lines, page.evidence.page)
    _cards(row, page, sizes, prose, makes)
    _teasers(row, page, sizes, prose, makes)
    _links(row, page)
    _address(row, page)
    _names(row, page)
    _declared(row, page)
    return row


def _is_prose(line: Line) -> bool:
    """Whether a line that is long enough is prose."""
    return line.link_share < PROSE_LINKED and (len(line.text) >= LONG_PROSE or ends_sentence(line.text))


def _text(row: Row, page: Sight, sizes: Sequence[int], prose: Sequence[bool]) -> None:
    """How much text there is, how long its pieces are, and how much of it the story so far has."""
    lines, settled = page.lines, page.settled
    total, size = max(sum(sizes), 1), max(len(sizes), 1)
    prose_lines, in_prose = list(compress(lines, prose)), list(compress(sizes, prose))
    all_prose = max(sum(in_prose), 1)
    story, in_story = list(compress(lines, settled)), list(compress(sizes, settled))
    kept = sum(in_story)
    of_both = list(compress(in_prose, compress(settled, prose)))
    row["lines"], row["chars"], row["mean_length"] = size, total, total / size
    row["kept_lines"], row["kept_chars"], row["kept_share"] = len(story), kept, kept / total
    row["kept_prose"], row["kept_prose_lines"] = sum(of_both), len(of_both)
    linked = [length * line.link_share for line, length in zip(story, in_story, strict=True)]
    row["kept_linked"] = float(np.array(linked).sum()) / max(kept, 1)  # numpy's sum rounds as the trees were trained
    row["kept_short"] = sum(length < TEXT_LIKE for length in in_story) / max(len(story), 1)
    row["extracted_share"] = sum(compress(sizes, page.extracted)) / total
    row["prose_lines"], row["prose_chars"], row["prose_share"] = len(in_prose), sum(in_prose), all_prose / total
    row["prose_longest"] = max(in_prose, default=0)
    row["prose_median"] = _median(in_prose) if in_prose else 0.0
    row["prose_lost"] = (sum(in_prose) - sum(of_both)) / all_prose
    row["prose_in_chrome"] = sum(compress(in_prose, (line.chrome for line in prose_lines))) / all_prose
    row["prose_in_p"] = sum(compress(in_prose, (line.tag == "p" for line in prose_lines))) / all_prose
    run = _longest_run(sizes, prose)
    row["run"], row["run_share"] = run, run / all_prose
    row["prose_questions"] = sum("?" in line.text for line in prose_lines) / max(len(prose_lines), 1)
    row["prose_exclaims"] = sum("!" in line.text for line in prose_lines) / max(len(prose_lines), 1)
    row["headline_at"] = page.headline_at / size if page.headline_at >= 0 else -1.0
    row["headline_to_kept"] = settled.index(True) - page.headline_at if page.headline_at >= 0 and story else -99.0


def _median(numbers: Sequence[float]) -> float:
    """The middle one, or the mean of the middle two. numpy's takes 30 µs to begin with."""
    ordered = sorted(numbers)
    return (ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2


def _longest_run(sizes: Sequence[int], prose: Sequence[bool]) -> int:
    """Characters of the longest stretch of prose that little else interrupts."""
    longest = run = previous = 0
    for index in compress(count(), prose):
        run = run + sizes[index] if index - previous <= RUN_GAP + 1 else sizes[index]
        longest, previous = max(longest, run), index
    return longest


def _story(row: Row, page: Sight, sizes: Sequence[int], prose: Sequence[bool]) -> None:
    """Whether the prose stands together, as a story's does, and how much lies between what the story so far has."""
    in_holder: dict[int, int] = {}
    for line, size, is_kept in compress(zip(page.lines, sizes, page.settled, strict=True), prose):
        holder = line.above
        in_holder[holder] = in_holder.get(holder, 0) + (size if is_kept else 0)
    most = max(in_holder.values(), default=0)
    row["kept_holder"], row["kept_holder_share"] = most, most / max(row["kept_chars"], 1)
    row["prose_per_holder"] = row["prose_lines"] / max(len(in_holder), 1)
    row["prose_adjacent"] = sum(map(mul, prose, prose[1:])) / max(row["prose_lines"], 1)
    gaps = [after - before - 1 for before, after in pairwise(compress(count(), page.settled))]
    row["kept_breaks"] = sum(gap > 0 for gap in gaps) / max(row["kept_lines"], 1)
    row["kept_between"] = sum(gaps) / max(row["kept_lines"], 1)


def _lines(row: Row, page: Sight, sizes: Sequence[int]) -> None:
    """What short lines say, headings, titles with a link."""
    lines, size = page.lines, max(len(page.lines), 1)
    texts, shares = [line.text for line in lines], [line.link_share for line in lines]
    linked = [text for text, share in zip(texts, shares, strict=True) if share >= LINKED]
    titles = sum([text.count(" ") >= TITLE_WORDS_MIN - 1 for text in linked])
    row["titles"], row["titles_share"], row["linked_lines"] = titles, titles / size, len(linked) / size
    row["link_share"] = sum(map(mul, shares, sizes)) / max(sum(sizes), 1)
    row["short_share"] = sum(map(SHORT.__gt__, sizes)) / size
    headings = [index for index, line in enumerate(lines) if line.tag in HEADING_TAGS]
    row["headings"], row["headings_kept"] = len(headings), sum(page.settled[index] for index in headings)
    row["headings_linked"] = sum(lines[index].link_share >= LINKED for index in headings)
    row["headings_linked_share"] = row["headings_linked"] / max(len(headings), 1)
    row["repeated"] = 1 - len({line.squeezed for line in lines}) / size
    row["items_kept"] = sum(line.kind is BlockKind.LIST_ITEM for line in compress(lines, page.settled)) / max(
        row["kept_lines"], 1
    )
    short = [
        (index, text)
        for index, text, length in zip(count(), texts, sizes)
        if length < PRICE_LINE and HAS_DIGIT.search(text)
    ]
    prices = _prices(short)
    row["prices"], row["price_first"] = len(prices), prices[0] / size if prices else 1.0
    dates = sum(len(text) < DATE_LINE and DATE_LIKE.search(text) is not None for _, text in short)
    row["dates"], row["dates_share"] = dates, dates / size
    said = Counter(map(kinds_of_line, compress(texts, map(LINE_LABEL.__gt__, sizes))))
    for number, name in enumerate(LINE_WORDS):
        found = sum([times for kinds, times in said.items() if kinds >> number & 1])
        row[f"says_{name}"], row[f"says_{name}_share"] = found, found / size


def _prices(short: Sequence[tuple[int, str]]) -> list[int]:
    """The short lines that hold a price. Many pages have nothing of what prices are written with."""
    text = "\n".join(line for _, line in short)
    if not any(sign in text for sign in PRICE_SIGNS):
        return []
    return [index for index, line in short if PRICE.search(line)]


def _makes(lines: Sequence[Line], scan: Scan) -> list[list[int]]:
    """The lines of each make that comes back often enough for a list."""
    makes: dict[tuple[object, ...], list[int]] = {}
    known: dict[int, list[int]] = {}
    tags, classes, parents = scan.tags, scan.classes, scan.parents
    for index, line in enumerate(lines):
        at = line.at
        if at != NO_ELEMENT:
            members = known.get(at)
            if members is None:
                above = parents[at]
                holder = () if above == NO_ELEMENT else (tags[above], classes[above])
                members = known[at] = makes.setdefault((tags[at], classes[at], holder), [])
            members.append(index)
    return [members for members in makes.values() if len(members) >= MIN_CARDS]


def _cards(row: Row, page: Sight, sizes: Sequence[int], prose: Sequence[bool], makes: Sequence[Sequence[int]]) -> None:
    """Lines of one make that come back."""
    total, settled = max(sum(sizes), 1), page.settled
    names = ("cards", "cards_linked", "cards_share", "cards_prose", "cards_kept", "makes_share")
    row.update(dict.fromkeys(names, 0.0))
    for members in makes:
        gaps = [after - before for before, after in pairwise(members)]
        usual = _median(gaps)
        share = sum(sizes[index] for index in members) / total
        row["makes_share"] += share
        if usual >= CARD_GAP[0]:
            row["cards_kept"] += sum(sizes[index] for index in members if settled[index]) / max(row["kept_chars"], 1)
        near = max(2, usual / 2)
        if CARD_GAP[0] <= usual <= CARD_GAP[1] and sum(abs(gap - usual) <= near for gap in gaps) / len(gaps) >= EVEN:
            linked = sum(page.lines[index].link_share >= LINKED for index in members)
            row["cards"] = max(row["cards"], len(members))
            row["cards_linked"] = max(row["cards_linked"], linked)
            row["cards_share"] += share
            if sum(prose[index] for index in members) / len(members) > 1 / 2:
                row["cards_prose"] = max(row["cards_prose"], len(members))


def _teasers(
    row: Row, page: Sight, sizes: Sequence[int], prose: Sequence[bool], makes: Sequence[Sequence[int]]
) -> None:
    """Linked titles with text below them, and how much of the page stands below those of one make."""
    lines, end = page.lines, len(page.lines)
    linked = [line.link_share >= LINKED for line in lines]
    is_text = [size >= TEXT_LIKE and line.link_share < PROSE_LINKED for line, size in zip(lines, sizes, strict=True)]
    texts = [0, *accumulate(is_text)]  # of the lines before each
    teasing = [
        index for index in compress(range(end), linked) if texts[min(index + 1 + TEASER_NEAR, end)] > texts[index]
    ]
    row["titles_teasing"] = sum(lines[index].text.count(" ") >= TITLE_WORDS_MIN - 1 for index in teasing)
    row["headings_teasing"] = sum(lines[index].tag in _SUBHEADINGS for index in teasing)
    in_prose, in_kept = [0, *accumulate(map(mul, sizes, prose))], [0, *accumulate(map(mul, sizes, page.settled))]
    most = of_prose = of_kept = 0
    for members in makes:
        titles = [index for index in members if linked[index] and " " in lines[index].text]
        if len(titles) < MIN_CARDS:
            continue
        spans = [(title, min(after, title + 1 + TEASER_LINES)) for title, after in pairwise((*titles, end))]
        teasers = sum(texts[after] > texts[title] for title, after in spans)
        if teasers > most:
            most = teasers
            of_prose = sum(in_prose[after] - in_prose[title] for title, after in spans)
            of_kept = sum(in_kept[after] - in_kept[title] for title, after in spans)
    row["teased_prose"], row["teased_kept"] = of_prose / max(row["prose_chars"], 1), of_kept / max(row["kept_chars"], 1)


def _links(row: Row, page: Sight) -> None:
    """Where the links lead."""
    own, host = page.path.rstrip("/"), page.url.hostname or ""
    beside = own.rpartition("/")[0]
    of_own, of_beside = f"{own}/", f"{beside}/"
    below = siblings = pages = others = 0
    for href in page.hrefs:
        if href[:4] == "http":
            site, _, rest = href.partition("//")[2].partition("/")
            others += host not in site
            path = f"/{rest}"
        else:
            path = href
        below += own != "" and path.startswith(of_own)
        siblings += len(beside) > 1 and path.startswith(of_beside)
        if "?" in href or "&" in href or "/page" in href:
            pages += _PAGE_LINK.search(href) is not None
    row["links_below"], row["links_beside"], row["links_paging"] = below, siblings, pages
    row["links"], row["links_away"] = len(page.hrefs), others / max(len(page.hrefs), 1)


def _address(row: Row, page: Sight) -> None:
    """The URL."""
    parts = [part for part in page.path.split("/") if part]
    last = parts[-1] if parts else ""
    row["url_depth"], row["url_length"] = len(parts), len(last)
    row["url_hyphens"] = last.count("-") + last.count("_")
    row["url_digits"] = sum(character.isdigit() for character in last)
    row["url_slash"], row["url_query"], row["url_file"] = page.path.endswith("/"), len(page.url.query), "." in last
    address = page.url.geturl()
    for prefix, patterns, text in (
        ("url", URL_WORDS, address),
        ("title", TITLE_WORDS, page.title),
        ("body", BODY_WORDS, page.frame),
    ):
        row.update((f"{prefix}_{name}", times) for name, times in times_said(patterns, text).items())


def _names(row: Row, page: Sight) -> None:
    """Classes, ids and tags."""
    tally: dict[int, tuple[int, int]] = {}
    for (kinds, _), elements in zip(page.told, page.names.values(), strict=True):
        names, total = tally.get(kinds, (0, 0))
        tally[kinds] = names + 1, total + elements
    for number, name in enumerate(CLASS_WORDS):
        found = [counts for kinds, counts in tally.items() if kinds >> number & 1]
        row[f"class_{name}"] = sum(names for names, _ in found)
        row[f"class_{name}_elements"] = sum(total for _, total in found)
    row["classes"] = len(page.names)
    for tag in ("article", "button", "figure", "form", "img", "input", "li", "p", "textarea", "time", "ul"):
        row[f"tag_{tag}"] = page.tags[tag]
    row["p_per_line"] = page.tags["p"] / max(len(page.lines), 1)
    row["img_per_line"] = page.tags["img"] / max(len(page.lines), 1)


def _declared(row: Row, page: Sight) -> None:
    """What the page says of itself."""
    metadata = page.evidence.metadata
    for name, types in _TYPES.items():
        row[f"type_{name}"] = len(page.types & types)
    row["types"] = len(page.types)
    row["published"], row["authors"] = len(metadata.published), len(metadata.authors)
    row["section"], row["description"] = metadata.article_section is not None, len(metadata.description or "")
    row["headline_words"] = len((metadata.headline or "").split())
    row["title_words"] = len(page.title.split())
