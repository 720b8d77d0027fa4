"""The places near the headline where a reader sees who wrote the page: marked by-lines, lines, links, pictures."""

import re
from collections.abc import Sequence
from itertools import islice

from lxml.html import HtmlElement

from pipeline.cleaning.elements import NO_ELEMENT, is_author_url
from pipeline.cleaning.metadata.anchor import Anchor
from pipeline.cleaning.metadata.byline_words import OTHER_CREDITS
from pipeline.cleaning.metadata.bylines import (
    MAX_BYLINE_LENGTH,
    Named,
    after_by_phrase,
    is_by_label,
    looks_like_person,
    names_in_byline,
    opening_names,
    starts_like_byline,
)
from pipeline.cleaning.metadata.scan import Scan, visible_text
from pipeline.cleaning.metadata.strings import same_words, tidy, tokens

LINKS_TOGETHER = 12
"""Elements between two links to authors of one by-line."""
MAX_LINE_LENGTH = 150
MAX_BYLINES = 50
MAX_PARTS = 500
"""Elements looked at in one by-line: a real one has some ten, and a hostile page thousands in each of a hundred."""
MAX_LABEL_LENGTH = 40
LABEL_LEVELS = 2
"""How many elements around a label such as "Written by" may hold the name."""
NAME_LINE_WINDOW = 60
MARK_WINDOW, MARK_REACH, MAX_MARK_LINES = 60, 15, 6
"""Elements after the headline with a writer's picture, elements and lines after that with the name."""
LONG_PARAGRAPH = 80
"""Characters from which a paragraph is the story's own."""

_PARTS = re.compile(r"\s*[|•·]\s*")
_LINE_TAGS = frozenset(
    ("p", "div", "span", "li", "address", "small", "strong", "b", "em", "i",
     "a", "cite", "h2", "h3", "h4", "h5", "td", "font")
)  # fmt: skip
_DESCRIPTION = re.compile(r"descri", re.IGNORECASE)
_NAME_CLASS = re.compile(r"name", re.IGNORECASE)
_PERSON_ICON = re.compile(
    r"avatar|gravatar|headshot|(?:fa|bi|icon|glyphicon)-(?:user|person|author|pen(?:cil)?)\b", re.I
)
_SMALL_WORDS = re.compile(r"(?:\s+[^\W\dA-Z]+)+$")
_PICTURE_CREDIT = re.compile(
    r"licen[sc]e|lizenz|copyright|caption|(?:photo|image|foto|picture)-?_?credit", re.IGNORECASE
)
_OTHER_CREDIT = re.compile(rf"\b(?:{'|'.join(map(re.escape, sorted(OTHER_CREDITS)))})\b\W*(?:\w+\W*)?$", re.IGNORECASE)


def from_bylines(scan: Scan, anchor: Anchor) -> list[Named]:
    """Names in elements whose class speaks of the author, those after the headline first, outermost first."""
    spots = [spot for spot in scan.bylines if anchor.is_near(spot.at) and not anchor.is_amid_noise(spot.at)]
    spots.sort(key=lambda spot: (anchor.at is not None and spot.at < anchor.at, spot.at))
    for spot in spots[:MAX_BYLINES]:
        if (names := _names_in(spot.element)) and not _is_other_credit(spot.element):
            return names
    return []


def _names_in(element: HtmlElement) -> list[Named]:
    if linked := _linked_names(element):
        return linked
    text = visible_text(element, MAX_BYLINE_LENGTH, breaks="\n")
    if len(text) > MAX_BYLINE_LENGTH:
        return []
    if named := _names_in_named_parts(element):
        return named
    lines = [line for line in text.split("\n") if line.strip()]
    if _DESCRIPTION.search(element.get("class") or ""):
        lines = [part for line in lines for part in after_by_phrase(line)]
    for line in (" ".join(lines[:2]), *lines) if lines and len(lines[0].split()) == 1 else lines:
        for part in (line, *_parts(line), *after_by_phrase(line)):
            if names := names_in_byline(part):
                return [Named(name=name) for name in names]
    return []


def _linked_names(element: HtmlElement) -> list[Named]:
    links = [a for a in element.iter("a") if "author" in (a.get("rel") or "") or is_author_url(a.get("href"))]
    return [
        Named(name=name, url=a.get("href"))
        for a in links
        if not _is_other_credit(a)
        for name in names_in_byline(visible_text(a, 120))
    ]


def _names_in_named_parts(element: HtmlElement) -> list[Named]:
    """The names in the parts of a by-line that are marked as names, where others hold a role or a place."""
    inside = islice(element.iterdescendants(), MAX_PARTS)
    parts = (part for part in inside if _NAME_CLASS.search(part.get("class") or ""))
    names = [name for part in parts for name in names_in_byline(visible_text(part, 120))]
    return [Named(name=name) for name in names] if all(map(looks_like_person, names)) else []


def _is_other_credit(element: HtmlElement) -> bool:
    """Whether a name is that of who made a picture, or reviewed, edited or checked the page.

    What stands before it says so, or the class of one of the elements around it.
    """
    node: HtmlElement | None = element
    for _ in range(LABEL_LEVELS):
        parent = node.getparent() if node is not None else None
        if node is None or parent is None:
            return False
        if any(_PICTURE_CREDIT.search(each.get("class") or "") for each in (node, parent, *node[:1])):
            return True
        around = visible_text(parent, MAX_BYLINE_LENGTH)
        before = around.partition(visible_text(node, 120) or "\0")[0]
        if before.strip():
            return bool(_OTHER_CREDIT.search(before[-MAX_LABEL_LENGTH:]))
        node = parent
    return False


def from_lines(scan: Scan, anchor: Anchor) -> list[Named]:
    """Names in an unmarked line near the headline, or a part of one, that begins with "By", "Von", "Por" …"""
    near = anchor.window(before=20)
    for at, (text, tail) in zip(near, scan.elements.texts(near), strict=True):
        lines = [tail] if tail and _holds_byline(tail) and not _is_prose(scan.elements[at].getparent()) else []
        if text and scan.tags[at] in _LINE_TAGS and _holds_byline(text):
            lines.insert(0, visible_text(scan.elements[at], MAX_BYLINE_LENGTH))
            lines += _after_label(scan.elements[at])
        for part in (part for line in lines if len(tidy(line)) <= MAX_LINE_LENGTH for part in _parts(tidy(line))):
            names = opening_names(part)
            if names and not anchor.is_amid_noise(at):
                linked = [named for named in _linked_names(scan.elements[at]) if named.name in part]
                return linked or [Named(name=name) for name in names]
    return []


def _parts(text: str) -> list[str]:
    """The parts of a line. Most lines have one: to look for the marks first takes a tenth of the time."""
    return _PARTS.split(text) if "|" in text or "•" in text or "·" in text else [text]


def _is_prose(element: HtmlElement | None) -> bool:
    return element is not None and len(tidy(visible_text(element, 2 * MAX_LINE_LENGTH))) > MAX_LINE_LENGTH


def _after_label(element: HtmlElement) -> list[str]:
    """A label such as "Written by" that fills an element, with the line that follows it."""
    label = tidy(visible_text(element, MAX_LABEL_LENGTH))
    if not is_by_label(label):
        return []
    node = element
    for _ in range(LABEL_LEVELS):
        parent = node.getparent()
        if parent is None:
            break
        text = visible_text(parent, MAX_BYLINE_LENGTH, breaks="\n")
        if not same_words(text, label):
            line = text.partition(label)[2].strip(" :\n\t").partition("\n")[0]
            return [f"{label} {line}"]
        node = parent
    return []


def _holds_byline(text: str) -> bool:
    """Whether a text has a part that begins as by-lines do; the name may stand in the next element."""
    if len(text) > MAX_LINE_LENGTH:
        return False
    return any(starts_like_byline(part.strip() + " ") for part in _parts(text))


def from_links(scan: Scan, anchor: Anchor) -> list[Named]:
    """Names of the first links to authors' pages, as long as they stand together."""
    names: list[Named] = []
    last: int | None = None
    for spot in scan.author_links:
        if not anchor.is_near(spot.at) or anchor.is_amid_noise(spot.at):
            continue
        if last is not None and spot.at - last > LINKS_TOGETHER:
            break
        found = [] if _is_other_credit(spot.element) else names_in_byline(visible_text(spot.element, 120))
        names += [Named(name=name, url=spot.element.get("href")) for name in found]
        last = spot.at if names else None
    return names


def from_marks(scan: Scan, anchor: Anchor) -> list[Named]:
    """The name beside the writer's picture, or beside the icon of a person."""
    window = [at for at in anchor.window(after=MARK_WINDOW, before=10) if at != anchor.at]
    for place, at in enumerate(window):
        if _is_paragraph(scan, at):
            break
        following = window[place + 1 : place + MARK_REACH]
        if (name := _name_beside(scan, at, following)) and not anchor.is_amid_noise(at):
            return [Named(name=name)]
    return []


def _name_beside(scan: Scan, mark: int, following: Sequence[int]) -> str | None:
    """The name that a picture's description repeats, or that comes next to a picture or icon marked as a person's."""
    alt = tidy(scan.elements[mark].get("alt"), 100) if scan.tags[mark] == "img" else ""
    is_person = _PERSON_ICON.search(f"{scan.classes[mark] or ''} {scan.ids[mark] or ''}")
    if not alt and not is_person:
        return None
    beside = [scan.elements[at] for at in following]
    texts = [scan.elements[mark].tail, *(text for element in beside for text in (element.text, element.tail))]
    lines = [line for text in texts if (line := tidy(text, 100))][:MAX_MARK_LINES]
    repeated = [line for line in lines if same_words(alt[: len(line)], line)]
    next_to = names_in_byline(_SMALL_WORDS.sub("", lines[0]))[:1] if is_person and lines else []
    names = [name for name in (*repeated, *next_to) if looks_like_person(name) and not name.isupper()]
    return names[0] if names else None


def from_named_twice(scan: Scan, anchor: Anchor) -> list[Named]:
    """A name alone near the headline that also stands in an element whose class speaks of the author, wherever it is.

    Without that second place 3 of 40 such lines were the author's: the others were sections, menus and tags.
    """
    boxes = [(spot.at, tidy(visible_text(spot.element, MAX_BYLINE_LENGTH))) for spot in scan.bylines[:MAX_BYLINES]]
    near = anchor.window(after=MARK_WINDOW, before=10) if boxes else range(0)
    for at, (stated, _) in zip(near, scan.elements.texts(near), strict=True):
        text = tidy(stated, 80)
        if not looks_like_person(text) or anchor.is_amid_noise(at):
            continue
        if any(text in said and not scan.elements.holds(box, at) for box, said in boxes):
            return [Named(name=text)]
    return []


def _is_paragraph(scan: Scan, at: int) -> bool:
    if scan.tags[at] != "p":
        return False
    return len(tidy(visible_text(scan.elements[at], 2 * LONG_PARAGRAPH))) >= LONG_PARAGRAPH


def from_elsewhere(scan: Scan, anchor: Anchor) -> list[Named]:
    """The names in marked by-lines and links far from the headline, where the whole page names the same there."""
    spots = (*scan.bylines[:MAX_BYLINES], *scan.author_links[:MAX_BYLINES])
    elements = [spot.element for spot in spots if not anchor.is_amid_noise(spot.at)]
    found = [names for each in elements if (names := _names_in(each)) and not _is_other_credit(each)]
    wordings = {tuple(tokens(named.name) for named in names) for names in found}
    return found[0] if len(wordings) == 1 and all(looks_like_person(named.name) for named in found[0]) else []


def from_name_lines(scan: Scan, anchor: Anchor) -> list[Named]:
    """A person's name alone in bold above the first paragraph, as newspapers without a by-line field put it.

    A name beside the date, or in bold anywhere, was tried too: 5 of 27 on 711 pages were the author's.
    """
    for at in anchor.window(after=NAME_LINE_WINDOW, before=0):
        if _is_paragraph(scan, at):
            break
        above = scan.parents[at]
        if scan.tags[at] not in ("strong", "b") or above == NO_ELEMENT or scan.tags[above] != "p":
            continue
        if text := tidy(scan.elements[at].text, 200):
            alone = tidy(visible_text(scan.elements[above], 200)) == text
            names = [name for name in text.split("/") if looks_like_person(name.strip())]
            if alone and len(names) == text.count("/") + 1 and not anchor.is_amid_noise(at):
                return [Named(name=name.strip()) for name in names]
    return []
