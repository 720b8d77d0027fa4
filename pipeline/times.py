"""Dates as pages write them, made RFC 3339: the page's own offset, its own precision, nothing added.

A date that names no year, or whose order of day and month is anyone's guess, is no date: nothing is ever completed from
today. So the same words give the same result on every day. dateparser as a last resort was tried: of the 206 texts that
got there on 815 pages it read 17, and 15 of them by guessing which number is the month.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache
from pathlib import Path

from pipeline.records import Precision, ZoneBasis

NAMES = Path(__file__).with_name("calendar_names.txt")
"""A language a line: its tag, its names of the months, and of the weekdays. `tests/calendar_names.py` writes it."""

MAX_LENGTH = 200
MONTHS = 12
MAX_OFFSET_HOURS = 14
EPOCH_SECONDS = (10**8, 10**10)
"""Plain numbers in this range are seconds since 1970 (1973 to 2286); a thousand times that, milliseconds."""

BUDDHIST_YEARS = 543
"""Thai pages count years from the Buddha's: 2569 is 2026."""
BUDDHIST_ERA = (2533, 2643)

_ZONE = r"(?P<z>Z\b|[A-Z]{2,5}\b(?:\s?[+-]\d{1,2}(?::?\d\d)?)?|[+-]\d\d(?::?\d\d)?)?"
_ISO = re.compile(
    rf"""(?P<y>\d{{4}})(?P<sep>[-/.]?)(?P<m>\d{{1,2}})(?P=sep)(?P<d>\d{{1,2}})
    (?:[T_,\s]+(?P<H>\d{{1,2}}):?(?P<M>\d\d)(?::?(?P<S>\d\d)(?:[.,:](?P<f>\d{{1,12}}))?)?(?P<half>\s*[ap]\.?m\.?)?
    \s*{_ZONE}(?:\[[\w/]+\])?)?(?P<rest>.*)""",
    re.IGNORECASE | re.DOTALL | re.VERBOSE,
)
_MONTH = r"(?P<month>[^\W\d_][^\d\s,،;|/()\-]*)"
_DATES_BY_NUMBER = tuple(
    map(
        re.compile,
        (
            r"(?P<y>\d{4})\s*[年년]\s*(?P<m>\d{1,2})\s*[月월]\s*(?P<d>\d{1,2})\s*[日일號号]?",
            r"(?P<d>\d{1,2})\s+[Tt]háng\s+(?P<m>\d{1,2})[,\s]+(?:năm\s+)?(?P<y>\d{4})",
            r"(?<!\d)(?P<y>\d{4})\s?[-/.•]\s?(?P<m>\d{1,2})\s?[-/.•]\s?(?P<d>\d{1,2})(?!\d)",
        ),
    )
)
_DATES_BY_NAME = tuple(
    re.compile(pattern, re.IGNORECASE | re.VERBOSE)
    for pattern in (
        rf"""(?<!\d)(?P<d>\d{{1,2}})(?:st|nd|rd|th|er|º|ª|\.)?[\s\-]*(?:(?:de|di|of)\s|d['’])?[\s\-]*
        {_MONTH}[\s.,،\-]*(?:(?:de|del|of)\s)?\s*(?P<y>\d{{4}})(?!\d)""",
        rf"{_MONTH}\.?\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\s*[,،.]?\s+(?P<y>\d{{4}})(?!\d)",
        rf"(?<!\d)(?P<y>\d{{4}})[.,]?\s+(?:m\.\s+)?{_MONTH}\.?\s+(?P<d>\d{{1,2}})(?!\d)",
    )
)
_NUMERIC = re.compile(
    r"""(?<![\d.:])(?P<a>\d{1,2})\s?(?P<sep>[-/.])\s?(?P<b>\d{1,2})\s?(?P=sep)\s?(?P<y>\d{4}|\d\d)(?![\d:])""",
)
_CLOCK = re.compile(
    rf"""(?<![\d.])(?P<before>오전|오후|上午|下午|午前|午後)?\s*
    (?P<H>[01]?\d|2[0-3])\s?[:h.時时點点시]\s?(?P<M>[0-5]\d)(?:[:分분]\s?(?P<S>[0-5]\d))?[분分]?(?![\d.])
    \s*(?P<half>[ap]\.?\s?m\b\.?)?\s*(?:Uhr\b|hrs?\b|h\b)?\s*\(?{_ZONE}""",
    re.IGNORECASE | re.VERBOSE,
)
_AFTERNOON = ("오후", "下午", "午後")

ZONES = {
    "Z": 0, "UTC": 0, "GMT": 0, "WET": 0, "BST": 1, "WEST": 1, "CET": 1, "MEZ": 1, "WAT": 1, "CEST": 2, "MESZ": 2,
    "EET": 2,
    "SAST": 2, "CAT": 2, "EEST": 3, "MSK": 3, "EAT": 3, "TRT": 3, "PKT": 5, "WIB": 7, "ICT": 7, "WITA": 8, "HKT": 8,
    "SGT": 8, "MYT": 8, "AWST": 8, "WIT": 9, "JST": 9, "KST": 9, "AEST": 10, "AEDT": 11, "NZST": 12, "NZDT": 13,
    "EST": -5, "EDT": -4, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7, "BRT": -3, "ART": -3,
}  # fmt: skip
"""Hours of the zone names that mean one offset. CST, IST and AST mean several and stay unknown."""

UTC_NAMES = ("Z", "UTC", "GMT")
"""Zones whose offset nobody has to look up. London's clocks show BST in summer, and pages that say GMT mean it."""

COMMON_LANGUAGES = (
    "en", "de", "fr", "es", "it", "pt", "nl", "sv", "nb", "da", "fi", "pl", "cs", "tr", "ru", "uk", "id", "el", "ro",
    "hu",
)  # fmt: skip
"""Whose month names are tried where the page's language is not known or is declared wrongly."""

MONTH_FIRST = ("en", "en-us", "en-ca", "en-ph")
"""Where 5/3/2026 is in May. Plain "en" is American in the locale data of Unicode; everybody else puts the day first."""


DAY_FIRST_DOMAINS = (
    "uk", "au", "nz", "ie", "za", "in", "sg", "hk", "my", "ng", "ke", "gh", "pk", "lk", "bd", "eu", "mt",
)  # fmt: skip
"""Top-level domains of countries whose English pages put the day first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A date as stated: RFC 3339, how exact, and in UTC where the offset is known."""

    value: str
    precision: Precision
    utc: str | None = None
    zone: ZoneBasis | None = None
    """What `utc` was computed with."""

    @property
    def year(self) -> int:
        """The year as stated."""
        return int(self.value[:4])

    @property
    def day(self) -> date:
        """The calendar day as stated."""
        return date.fromisoformat(self.value[:10])

    @property
    def is_in_utc(self) -> bool:
        """Whether it is stated without an offset of its own: as "Z" or "+00:00"."""
        return self.value.endswith(("Z", "+00:00"))


def language_of_dates(declared: str | None, host: str) -> str | None:
    """The language to read a page's dates in: its own, but British English where just "en" stands on a site that is."""
    is_plain = declared is None or declared.lower() == "en"
    return "en-GB" if is_plain and host.rpartition(".")[2] in DAY_FIRST_DOMAINS else declared


def readings(raw: str, language: str | None = None) -> tuple[Moment, ...]:
    """The date in a string, the likeliest reading first; two where its numbers leave open which is the month."""
    first = parse_time(raw, language)
    if _is_iso(_western(raw.strip()[:MAX_LENGTH])):
        return (first,) if first else ()
    others = (parse_time(raw, tag) for tag in ("en-GB", "en-US"))
    return tuple(dict.fromkeys(moment for moment in (first, *others) if moment))


def parse_time(raw: str, language: str | None = None) -> Moment | None:
    """The date in a string as a page states it, or None. `language` is the page's BCP 47 tag, for months and order."""
    return _parsed(raw.strip()[:MAX_LENGTH], (language or "").lower().replace("_", "-"))


@lru_cache(maxsize=256)
def _parsed(stated: str, language: str) -> Moment | None:
    """Of one page's dates most are asked for several times."""
    text = _western(stated)
    if not any(map(str.isdigit, text)):
        return None
    try:
        return _parse(text, language)
    except (ValueError, OverflowError):
        return None


def _western(text: str) -> str:
    """The text with digits of all scripts as 0-9."""
    if text.isascii():
        return text
    return "".join(str(unicodedata.digit(c)) if not c.isascii() and c.isdecimal() else c for c in text)


def _parse(text: str, language: str) -> Moment | None:
    if text.isdigit() and len(text) in (9, 10, 12, 13):
        return _from_epoch(int(text))
    if text.isdigit() and len(text) == len("20260503142000"):
        text = f"{text[:8]}T{text[8:]}"
    if match := _is_iso(text):
        return _from_iso(match)
    for pattern in _DATES_BY_NUMBER:
        if found := pattern.search(text):
            return _with_clock(int(found["y"]), int(found["m"]), int(found["d"]), text, found)
    for pattern in _DATES_BY_NAME:
        for found in pattern.finditer(text):
            if month := month_number(found["month"], language):
                return _with_clock(int(found["y"]), month, int(found["d"]), text, found)
    if (found := _NUMERIC.search(text)) and (order := _order(found, language)):
        return _with_clock(*order, text, found)
    return None


def _is_iso(text: str) -> re.Match[str] | None:
    """The parts of a date that begins with the year: no language reads it in another way."""
    match = _ISO.match(text)
    return match if match and (match["sep"] or match["m"] + match["d"] == text[4:8]) else None


def _from_epoch(number: int) -> Moment | None:
    millis = number >= EPOCH_SECONDS[1]
    seconds = number // 1000 if millis else number
    if not EPOCH_SECONDS[0] <= seconds < EPOCH_SECONDS[1]:
        return None
    value = datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return Moment(value=value, precision=Precision.SECOND, utc=value, zone=ZoneBasis.OFFSET)


def _from_iso(match: re.Match[str]) -> Moment | None:
    year, month, day = _year(int(match["y"])), int(match["m"]), int(match["d"])
    if match["H"] is None:
        rest = match["rest"]
        clock = _CLOCK.search(rest) if rest.strip() and not rest[0].isdigit() else None
        return None if rest[:1].isdigit() else _moment(year, month, day, clock)
    return _moment(year, month, day, match, fraction=match["f"])


def _year(year: int) -> int:
    return year - BUDDHIST_YEARS if BUDDHIST_ERA[0] <= year <= BUDDHIST_ERA[1] else year


def _with_clock(year: int, month: int, day: int, text: str, stated: re.Match[str]) -> Moment | None:
    """A visible date with the time of day that stands after it, or else before it."""
    clock = _CLOCK.search(text, stated.end()) or _CLOCK.search(text[: stated.start()])
    return _moment(_year(year), month, day, clock)


def _moment(year: int, month: int, day: int, clock: re.Match[str] | None, fraction: str | None = None) -> Moment:
    """Put the parts together; ValueError when there is no such day or time."""
    if clock is None:
        return Moment(value=date(year, month, day).isoformat(), precision=Precision.DAY)
    groups = clock.groupdict()
    hour = _hour(int(clock["H"]), groups.get("half") or groups.get("before") or "")
    second = int(clock["S"]) if clock["S"] else 0
    offset = _offset(clock["z"] or "")
    at = datetime(year, month, day, hour, int(clock["M"]), min(second, 59))
    if not clock["S"]:
        precision, stated = Precision.MINUTE, at.isoformat(timespec="minutes")
    elif offset is None and (hour, at.minute, second) == (0, 0, 0):
        # midnight without a zone is how programs write a bare day
        return Moment(value=at.date().isoformat(), precision=Precision.DAY)
    else:
        precision, stated = Precision.SECOND, at.isoformat(timespec="seconds")
    part = f".{fraction[:9]}" if fraction and int(fraction) else ""
    if offset is None:
        return Moment(value=stated + part, precision=precision)
    utc = (at - offset).isoformat(timespec="seconds")
    written = (clock["z"] or "").strip().upper()
    zone = "Z" if written == "Z" else _zone(offset)
    is_name = written.isalpha() and written not in UTC_NAMES
    return Moment(
        value=stated + part + zone,
        precision=precision,
        utc=f"{utc}{part}Z",
        zone=ZoneBasis.NAME if is_name else ZoneBasis.OFFSET,
    )


def _hour(hour: int, half: str) -> int:
    half = half.strip().casefold()
    if not half:
        return hour
    afternoon = half[0] == "p" or half in _AFTERNOON
    if hour > 12 or (hour == 0 and half[0] in "ap"):
        return hour
    return hour % 12 + 12 * afternoon


def _offset(zone: str) -> timedelta | None:
    """The offset of a zone; None when it is not stated or its name means several."""
    zone = zone.strip().upper()
    sign = max(zone.find("+"), zone.find("-"))
    if sign >= 0:
        digits = zone[sign + 1 :].replace(":", "")
        hours, minutes = (int(digits), 0) if len(digits) <= 2 else (int(digits[:-2]), int(digits[-2:]))
        if hours > MAX_OFFSET_HOURS or minutes > 59:
            return None
        offset = timedelta(hours=hours, minutes=minutes)
        return offset if zone[sign] == "+" else -offset
    return timedelta(hours=ZONES[zone]) if zone in ZONES else None


def _zone(offset: timedelta) -> str:
    minutes = int(offset.total_seconds()) // 60
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


def _order(found: re.Match[str], language: str) -> tuple[int, int, int] | None:
    """(year, month, day) of a numeric date with the year last; None when day and month could be either."""
    first, second, year = int(found["a"]), int(found["b"]), int(found["y"])
    if len(found["y"]) == 2:
        year += 2000
    if second > MONTHS or (language in MONTH_FIRST and found["sep"] != "." and first <= MONTHS):
        return year, first, second
    if found["sep"] == "." or first == second or first > MONTHS:
        return year, second, first
    return (year, second, first) if language else None


@lru_cache(maxsize=2048)
def month_number(word: str, language: str) -> int | None:
    """The month a word names in the page's language or in English."""
    key = word.casefold().strip(".")
    if language.startswith("he"):
        key = key.removeprefix("ב")  # "in", written together with the month
    for tag in (language, "en"):
        if number := _months(tag.split("-")[0]).get(key):
            return number
    others = {number for tag in COMMON_LANGUAGES if (number := _months(tag).get(key))}
    return others.pop() if len(others) == 1 else None


@lru_cache(maxsize=256)
def _months(language: str) -> dict[str, int]:
    """Month names of a language, wide and abbreviated, in the forms used in and out of dates."""
    common = _common_names().get(language)
    return unicode_months(language) if common is None else common.months


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarNames:
    """What a language calls the months and weekdays, case-folded."""

    months: dict[str, int]
    days: tuple[str, ...]


@cache
def _common_names() -> dict[str, CalendarNames]:
    """Those of the most common languages, from a file: Unicode's data of twenty languages take 0.1 s to read."""
    found = {}
    for line in NAMES.read_text(encoding="utf-8").splitlines():
        language, *months, days = line.split("\t")
        numbers = {name: number for number, names in enumerate(months, start=1) for name in names.split(",")}
        found[language] = CalendarNames(months=numbers, days=tuple(days.split(",")))
    return found


def unicode_months(language: str) -> dict[str, int]:
    """Those of any language, from Unicode's locale data."""
    import babel  # here: 20 ms that only visible dates in rare languages need

    names: dict[str, int] = {"sept": 9} if language == "en" else {}
    if not language.isalpha() or not language.isascii():
        return names
    try:
        months = babel.Locale.parse(_LOCALES.get(language, language)).months
    except (ValueError, babel.UnknownLocaleError):
        return names
    for context in ("format", "stand-alone"):
        for width in ("wide", "abbreviated"):
            for number, name in months[context][width].items():
                names.setdefault(name.casefold().strip("."), number)
    return names


def is_calendar_word(word: str) -> bool:
    """Whether a word is the name of a month or weekday in one of the most common languages."""
    return word.casefold().strip(".,") in calendar_words()


@cache
def calendar_words() -> frozenset[str]:
    """These names, case-folded."""
    words = {"posted", "published", "updated", "sept"}
    for names in _common_names().values():
        words.update(names.months, names.days)
    return frozenset(words)


_LOCALES = {"no": "nb", "iw": "he", "in": "id", "ji": "yi"}
"""Old and common tags under the names the locale data has."""


def warm() -> None:
    """Read the names now, for a process that will read visible dates."""
    calendar_words()
