"""Which news agencies a text is credited to, by evidence: dateline, by-line, closing line, or what the page declares.

A credit is a phrase that holds nothing else than agencies and the words of credits, where credits stand. An agency
amid a sentence ("told Reuters") is somebody's source, and one beside a picture word the picture's.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from pipeline.enrichment.agencies import Named, find_agencies
from pipeline.enrichment.credit_words import AND, CREDIT, NO_DATELINE, NO_PLACES, PICTURE, WITH, WORDLIKE
from pipeline.records import AgencyCredit, BlockKind, CleanArticle, CreditEvidence
from pipeline.text import collapse, excerpt, on_demand

MAX_CREDITS = 8
MAX_EXCERPT = 120
MAX_DATELINE = 140
"""Characters in which a dateline stands: places, a date, and the agency."""
OPENING = 2
"""Paragraphs that may begin with a dateline: some pages set a standfirst before the first."""
MAX_PLACE_WORDS, MAX_SMALL = 10, 1
"""Words before the agency in a dateline, and how many of more than three letters may be small: a month is."""
MAX_UNDATED = 3
"""Spaces in a place before an agency without brackets and date."""
MAX_CLOSING = 240
STORY = 160
"""Characters from which a paragraph is the story's: behind its last one credits stand, and at its end."""
CLOSING_BLOCKS = 6
MAX_TAIL = 80
MAX_ABBREVIATION = 2
"""Letters of a word whose full stop may be an abbreviation's: no credit without a mark stands behind it."""
MAX_INITIALS, MAX_PERSON = 3, 4
"""How many initials a credit may have beside the agency ("abc/dpa"), and the letters of one."""
CREDITED_RULES = ("by_line", "contributors", "copyright_notice", "learned")
"""Rules that cut lines of credit. What `photo_credit` cuts is the picture's, and what stood outside another story's."""

_PROSE = (BlockKind.PARAGRAPH, BlockKind.QUOTE, BlockKind.LIST_ITEM)
_FULL_STOP = re.compile(r"[^\W\d_][.!?…]")
_DASH = r"[-–—‒―]"
_BRACKETED = re.compile(
    r"(?P<before>[^()\[\]|]{0,90}?)\s*[(\[（](?P<credit>[^()\[\]（）]{2,50})[)\]）]\s*(?P<after>.?)", re.DOTALL
)
_COUNTRY = re.compile(r"(?<=\w )\[[^\[\]()]{1,30}\]")
""" "Mumbai [India], May 3 (ANI)"."""
_SLASHED = re.compile(r"(?P<before>[^()\[\]|/]{3,60}?)\s/(?P<credit>[^/()\[\]]{2,40})/(?P<after>.?)", re.DOTALL)
_BARRED = re.compile(r"(?P<before>[^()\[\]|a-zß-ÿ]{3,50})\s(?P<credit>[^()\[\]|]{2,40}?)\s(?P<after>\|)")
_LEADING = re.compile(rf"(?P<credit>[^()\[\]|]{{2,40}}?)\s+{_DASH}\s")
_DASHES = frozenset("-–—‒―")
_JOINTS = _DASHES | {".", ","}
_AFTER = _DASHES | {".", ":", "=", "|"}
_CJK_BOX = on_demand(r"[【［\[(（](?P<inside>[^】］\])）\n]{2,40})[】］\])）]")
_CJK_WIRE = on_demand(
    r"[（(【]?(?P<credit>[一-鿿]{2,6}?社|[一-鿿]{2,3}网)[^，。\s]{0,14}?\d{1,2}月?\d{0,2}日?[专專]?[电電讯]"
)
_CJK_SHORT = re.compile(r"(?:共同|時事)$")
_CJK = on_demand("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
_SPLIT = re.compile(rf"[,;/|·•()\[\]（）：:、，；＝=+]|\s{_DASH}+\s|^\W*{_DASH}+|\n")
_TOKEN = re.compile(r"§|&|\d[\w.:/-]*|[^\W\d_]+(?:[.'’-][^\W\d_]+)*")
_BREAK = on_demand(
    r"(?:(?<![^\W_])(?P<word>[^\W\d_]{2,})|[\d\"'»”’)\]%])[.!?…]+[\"'»”’“)\]]*\s+(?=\S)|[。！？]+[」』”）)]*\s*(?=\S)"
)
"""A sentence's end before what follows it; a full stop behind one letter is an abbreviation's."""
_WITH_FILES = re.compile(
    r"\W*(?:with (?:additional |further )?(?:files|reporting|reports|inputs?|material|agency inputs) (?:from|by)"
    r"|mit material von|mit informationen von|con información de|com informações d[aeo]s?|avec|met medewerking van)\b",
    re.IGNORECASE,
)
_COPYRIGHT = re.compile(r"[^\w©]*(?:all contents? )?(?:©|\(c\)|copyright)", re.IGNORECASE)
_SOURCE_WAY = re.compile(r"(?:[,;/(–—-]|\b(?:for|at|of|from|by|the))\s*$", re.IGNORECASE)
_REPORTING = re.compile(r"\W*(?:additional )?(?:reporting|writing|editing|compiled) by\b", re.IGNORECASE)
_CONTRIBUTED = re.compile(r"\bcontributed (?:reporting )?(?:to this|from)\b", re.IGNORECASE)
_JOB = re.compile(r"\s(?:staff )?(?:writers?|journalists?|reporters?|correspondents?|staff)\b")
_STATED_YEAR = re.compile(r"(?:19|20)\d\d|reserv|vorbehalten|infocom", re.IGNORECASE)
_INITIALS = re.compile(r"\W*(?:[a-zà-ž]{2,4}(?:/[a-zà-ž]{2,4})?/[^/\s]+|[^/\s]+/[a-zà-ž]{2,4})\W*$")
_BY_PHRASE = re.compile(r"\W*(?:by|von|por|par|door|av|af|di|de|от|od)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Credited:
    named: Named
    contributed: bool


def agency_credits(article: CleanArticle, language: str) -> tuple[AgencyCredit, ...]:
    """The agencies, each by the surest evidence. `language` is the text's, for short forms mean others in others."""
    found: dict[str, AgencyCredit] = {}
    for credit in (
        *_datelines(article, language),
        *_by_lines(article, language),
        *_closing(article, language),
        *_removed(article, language),
        *_declared(article, language),
    ):
        found.setdefault(credit.id, credit)
    return tuple(found.values())[:MAX_CREDITS]


def _credit(
    credited: _Credited, evidence: CreditEvidence, source: str, text: str, start: int | None = None
) -> AgencyCredit:
    agency = credited.named.agency
    return AgencyCredit(
        id=agency.id,
        name=agency.name,
        wikidata=agency.wikidata,
        evidence=evidence,
        source=source,
        excerpt=excerpt(text if start is not None else collapse(text), MAX_EXCERPT),
        start=start,
        contributed=credited.contributed,
    )


# ---- dateline


def _datelines(article: CleanArticle, language: str) -> Iterator[AgencyCredit]:
    prose = [block.start for block in article.blocks if block.kind in _PROSE][:OPENING] or [0]
    for start in prose:
        opening = article.article_body[start : start + MAX_DATELINE].partition("\n")[0]
        for end, credited in _in_dateline(opening, language):
            yield _credit(credited, CreditEvidence.DATELINE, "article_body", opening[:end], start)


def _in_dateline(text: str, language: str) -> Iterator[tuple[int, _Credited]]:
    """(where the dateline ends, agency) of a paragraph's beginning."""
    if not find_agencies(text, language) and "共同" not in text and "時事" not in text:
        return
    plain = _COUNTRY.sub(lambda country: " " * len(country.group()), text)
    for pattern in (_BRACKETED, _SLASHED, _BARRED, _LEADING):
        match = pattern.match(plain)
        credited = _pure(match["credit"], language) if match else []
        if match and credited and _opens(match, credited):
            yield from ((match.end("credit") + (pattern in (_BRACKETED, _SLASHED)), each) for each in credited)
            return
    yield from _unmarked(text, language)
    if _CJK().search(text):
        yield from _east_asian(text, language)


def _opens(match: re.Match[str], credited: list[_Credited]) -> bool:
    """Whether what stands around the agency is a dateline's."""
    groups = match.groupdict()
    if "before" not in groups:  # "AFP - …": a name that is a word too needs capitals
        named = credited[0].named
        if match["credit"] in WORDLIKE:
            return False
        return named.is_mark or named.agency.id == "reuters" or match["credit"].isupper()
    before, after = match["before"].strip(), match["after"]
    marks = {match["credit"][each.named.start : each.named.end] for each in credited}
    if not before:
        return match.start() == 0
    if not _is_place(before) or not NO_DATELINE.isdisjoint(marks) or _is_acronym(before, match["credit"]):
        return False
    closed = after == "" or after in _AFTER
    return closed or before.isupper() or any(character.isdigit() for character in before)


def _is_place(text: str) -> bool:
    words = re.findall(r"[^\W\d_]+", text)
    small = [word for word in words if word[0].islower() and len(word) > 3]
    few = 0 < len(words) <= MAX_PLACE_WORDS and len(small) <= MAX_SMALL and not words[0][0].islower()
    few = few and CREDIT.isdisjoint(small)
    return few and NO_PLACES.isdisjoint(word.casefold() for word in words) and not find_agencies(text, "")


def _is_acronym(before: str, credit: str) -> bool:
    """Whether the bracket is the short form of the words before it: "Advanced Placement (AP)"."""
    initials = "".join(word[0] for word in re.findall(r"[^\W\d_]+", before) if word not in ("of", "and", "the"))
    return len(credit) > 1 and initials.casefold().endswith(credit.casefold())


def _unmarked(text: str, language: str) -> Iterator[tuple[int, _Credited]]:
    """ "Moscow. May 3. INTERFAX - …", "Warszawa, PAP – …"."""
    for named in find_agencies(text[:90], language)[:1]:
        before, after = text[: named.start].rstrip(), text[named.end :].lstrip()[:1]
        dated = any(character.isdigit() for character in before)
        ends = before[-1:] in _JOINTS if dated else before[-1:] == "," and before.count(" ") < MAX_UNDATED
        if ends and after in (_JOINTS if dated else _DASHES) and _is_place(before):
            yield named.end, _Credited(named=named, contributed=False)


def _east_asian(text: str, language: str) -> Iterator[tuple[int, _Credited]]:
    if wire := _CJK_WIRE().match(text):
        for named in find_agencies(wire["credit"], language)[:1]:
            yield wire.end(), _Credited(named=named, contributed=False)
    box = _CJK_BOX().match(text)
    if box is None or not _CJK().search(box["inside"]):
        return
    inside = box["inside"].strip()
    short = _CJK_SHORT.search(inside)
    inside += {"共同": "通信", "時事": "通信"}.get(short.group(), "") if short else ""
    for named in find_agencies(inside, language):
        dated = re.search(r"\d", inside) is not None
        if named.end == len(inside) or dated or inside[named.start - 1 : named.start] == "=":
            yield box.end(), _Credited(named=named, contributed=False)


# ---- by-line


def _by_lines(article: CleanArticle, language: str) -> Iterator[AgencyCredit]:
    for author in article.authors:
        for credited in _in_by_line(author.name, language):
            yield _credit(credited, CreditEvidence.BY_LINE, "authors", author.name)


def _in_by_line(text: str, language: str) -> Iterator[_Credited]:
    """The agencies that are a part of their own in a by-line, beside people and newsrooms."""
    found = find_agencies(text, language)
    if not found or _is_pictures(text):
        return
    start, with_others = 0, False
    for part, connective in _parts(text):
        with_others = with_others or connective in WITH
        at = text.index(part, start)
        start = at + len(part)
        for named in found:
            if at <= named.start and named.end <= start:
                rest = f"{part[: named.start - at]} {part[named.end - at :]}"
                words = [word.casefold() for word in _TOKEN.findall(rest)]
                is_whole = all(word in CREDIT or word[0].isdigit() or word == "§" for word in words)
                is_last = named.end == start and " " in text[named.start : named.end]
                if is_whole or is_last:
                    yield _Credited(named=named, contributed=with_others)


def _parts(text: str) -> Iterator[tuple[str, str]]:
    """(part, the connective before it) of a by-line: what marks, "and" and "with" set apart."""
    for piece in _SPLIT.split(text):
        connective = ""
        begun: list[str] = []
        for word in piece.split():
            folded = word.casefold().strip(".")
            if folded in AND or folded in WITH:
                if begun:
                    yield _within(piece, begun), connective
                connective, begun = folded, []
            else:
                begun.append(word)
        if begun:
            yield _within(piece, begun), connective


def _within(piece: str, words: list[str]) -> str:
    """The stretch of the piece that these words are, with its own white space."""
    match = re.search(r"\s+".join(map(re.escape, words)), piece)
    return match.group() if match else piece


# ---- closing line


def _closing(article: CleanArticle, language: str) -> Iterator[AgencyCredit]:
    body = article.article_body
    blocks = [block for block in article.blocks if block.kind in _PROSE]
    for number, block in zip(range(CLOSING_BLOCKS), reversed(blocks), strict=False):
        text = body[block.start : block.end]
        is_line = len(text) <= MAX_CLOSING and number < len(blocks) - 1
        if find_agencies(text if is_line else text[-MAX_TAIL:], language):
            at, found = (0, _in_credit_line(text, language)) if is_line else (0, [])
            if not found:
                at, found = _at_end(text, language)
            for credited in found:
                yield _credit(credited, CreditEvidence.CLOSING, "article_body", text[at:], block.start + at)
        if len(text) > STORY:
            return


def _in_credit_line(text: str, language: str) -> list[_Credited]:
    """The agencies of a line of its own behind the story."""
    first = text.partition(". ")[0] if _COPYRIGHT.match(text) else text
    if pure := _pure(first, language):
        return [] if text.strip() in WORDLIKE else pure
    named = find_agencies(text, language)
    if not named or _is_pictures(text):
        return []
    if _REPORTING.match(text):
        credited = [each for each in named if _SOURCE_WAY.search(text[: each.start])]
        return [_Credited(named=each, contributed=False) for each in credited]
    if _WITH_FILES.match(text):
        return [replace(each, contributed=True) for each in _in_by_line(text, language)]
    if _CONTRIBUTED.search(text):
        staff = [each for each in named if _JOB.match(text, each.end)]
        return [_Credited(named=each, contributed=True) for each in staff]
    return []


def _at_end(text: str, language: str) -> tuple[int, list[_Credited]]:
    """Where a credit begins that stands behind the last sentence of a paragraph, and its agencies."""
    for end in list(_BREAK().finditer(text, max(0, len(text) - MAX_TAIL)))[-1:]:
        tail = text[end.end() :]
        is_apart = not tail[:1].isalnum() or "/" in tail or end["word"] is None or len(end["word"]) > MAX_ABBREVIATION
        if tail.strip(" .") not in WORDLIKE and is_apart and (credited := _pure(tail, language)):
            return end.end(), credited
    return len(text), []


def _pure(phrase: str, language: str) -> list[_Credited]:
    """The agencies of a phrase that is a credit and nothing else; [] for any other phrase."""
    named = find_agencies(phrase, language)
    if not named or _is_pictures(phrase):
        return []
    rest, last = "", 0
    for each in named:
        rest, last = rest + phrase[last : each.start] + " § ", each.end
    rest += phrase[last:]
    initials, with_others = 0, False
    for part in _SPLIT.split(rest):
        words = [word.casefold() for word in _TOKEN.findall(part)]
        with_others = with_others or not WITH.isdisjoint(words)
        others = [word for word in words if word != "§" and word not in CREDIT and not word[0].isdigit()]
        initials += len(others)
        if len(others) > 1 or any(len(word) > MAX_PERSON or not word.isalpha() for word in others):
            return []
        if others and len(words) > 1 and ("§" not in words or len(others[0]) >= MAX_PERSON):
            return []
        if others and _FULL_STOP.search(part):
            return []
    if initials > MAX_INITIALS:
        return []
    return [_Credited(named=each, contributed=with_others) for each in named]


def _is_pictures(text: str) -> bool:
    return not PICTURE.isdisjoint(word.casefold() for word in re.findall(r"[^\W\d_]+", text))


# ---- what was cut, and what is declared


def _removed(article: CleanArticle, language: str) -> Iterator[AgencyCredit]:
    for cut in article.removed:
        if cut.rule not in CREDITED_RULES:
            continue
        text, found, evidence = cut.excerpt, [], CreditEvidence.CLOSING
        if cut.rule == "by_line":
            evidence = CreditEvidence.BY_LINE
            found = list(_in_by_line(text, language)) if _BY_PHRASE.match(text) else _pure(text, language)
        elif cut.rule == "contributors":
            found = _in_credit_line(text.removesuffix("…"), language)
        elif cut.rule == "learned":  # without initials it may be a picture's
            found = _pure(text, language) if _INITIALS.match(text) else []
        elif _STATED_YEAR.search(text):  # "© AFP" alone is a picture's more often than not
            found = _in_credit_line(text, language)
        yield from (_credit(each, evidence, f"removed:{cut.rule}", text) for each in found)


_DECLARED = ("json_ld:creditText", "json_ld:sourceOrganization", "json_ld:copyrightHolder")


def _declared(article: CleanArticle, language: str) -> Iterator[AgencyCredit]:
    stated = [(claim.source, claim.value) for claim in article.rights.claims if claim.source in _DECLARED]
    authors = article.provenance.get("authors")
    for claim in authors.dissent if authors else ():
        stated += [(claim.source, name) for name in claim.value.split(";")]
    if article.publisher and "NewsArticle" in article.signals.declared_types:
        provenance = article.provenance.get("publisher")
        stated.append((provenance.source if provenance else "publisher", article.publisher.name))
    for source, text in stated:
        for credited in _in_by_line(text, language):
            yield _credit(credited, CreditEvidence.DECLARED, source, text)
    for claim in article.rights.claims:
        if claim.source in ("json_ld:copyrightNotice", "meta:copyright"):
            for credited in _pure(claim.value, language):
                yield _credit(credited, CreditEvidence.DECLARED, claim.source, claim.value)
