"""Dates as pages write them, made RFC 3339: the page's own offset, its own precision, nothing added.

A date that names no year, or whose order of day and month is anyone's guess, is no date: nothing is ever completed from
today. So the same words give the same result on every day.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from functools import cache, lru_cache

from pipeline.records import Precision

MAX_LENGTH = 200
MAX_OFFSET_HOURS = 18
EPOCH_SECONDS = (10**8, 10**10)
"""Plain numbers in this range are seconds since 1970 (1973 to 2286); a thousand times that, milliseconds."""

BUDDHIST_YEARS = 543
"""Thai pages count years from the Buddha's: 2569 is 2026."""
BUDDHIST_ERA = (2533, 2643)

MAX_DATEPARSER_LENGTH = 60
"""dateparser takes 10 to 100 ms for a text it does not understand; longer texts are not dates."""

_ISO = re.compile(
    r"(?P<y>\d{4})(?P<sep>[-/.]?)(?P<m>\d{1,2})(?P=sep)(?P<d>\d{1,2})"
    r"(?:(?:[T_ ,]|\s)+(?P<H>\d{1,2}):?(?P<M>\d\d)(?::?(?P<S>\d\d)(?:[.,:](?P<f>\d{1,12}))?)?(?P<ap>\s*[ap]\.?m\.?)?"
    r"\s*(?P<z>Z|[A-Za-z]{2,5}\b(?:\s?[+-]\d{1,2}(?::?\d\d)?)?|[+-]\d\d(?::?\d\d)?)?(?:\[[\w/]+\])?)?(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)
_CJK = re.compile(r"(?P<y>\d{4})\s*[年년]\s*(?P<m>\d{1,2})\s*[月월]\s*(?P<d>\d{1,2})\s*[日일號号]?")
_YEAR_FIRST = re.compile(r"(?<!\d)(?P<y>\d{4})\s?[-/.]\s?(?P<m>\d{1,2})\s?[-/.]\s?(?P<d>\d{1,2})(?!\d)")
_NUMERIC = re.compile(
    r"(?<![\d.:])(?P<a>\d{1,2})\s?(?P<sep>[-/.])\s?(?P<b>\d{1,2})\s?(?P=sep)\s?(?P<y>\d{4}|\d\d)(?![\d:])"
)
_MONTH_WORD = r"(?P<month>[^\W\d_][^\d\s,،.;|/()]*(?:[ ]ថ្ងៃ)?)"
_DAY_MONTH_YEAR = re.compile(
    rf"(?<!\d)(?P<d>\d{{1,2}})(?:st|nd|rd|th|er|º|ª|\.)?[\s\-]*(?:de |di |of |d['’]|ngày )?[\s\-]*{_MONTH_WORD}[\s.,،\-]*(?:de |del |of )?\s*(?P<y>\d{{4}})(?!\d)",
    re.IGNORECASE,
)
_MONTH_DAY_YEAR = re.compile(
    rf"{_MONTH_WORD}\.?\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\s*[,،.]?\s+(?P<y>\d{{4}})(?!\d)", re.IGNORECASE
)
_YEAR_MONTH_DAY = re.compile(
    rf"(?<!\d)(?P<y>\d{{4}})[.,]?\s+(?:m\.\s+)?{_MONTH_WORD}\.?\s+(?P<d>\d{{1,2}})(?!\d)", re.IGNORECASE
)
_MONTH_NUMBER_YEAR = re.compile(r"(?P<d>\d{1,2})\s+(?:tháng|Tháng)\s+(?P<m>\d{1,2})[,\s]+(?:năm\s+)?(?P<y>\d{4})")
_CLOCK = re.compile(
    r"(?<![\d.])(?P<half>오전|오후|上午|下午|午前|午後)?\s*(?P<H>[01]?\d|2[0-3])\s?(?:[:h.]|時|时|點|点|시)\s?(?P<M>[0-5]\d)(?:(?::|分|분)\s?(?P<S>[0-5]\d))?"
    r"(?:분|分)?(?![\d.])\s*(?P<ap>[ap]\.?\s?m\b\.?)?\s*(?:Uhr\b|Uhr|hrs?\b|h\b)?\s*\(?(?P<z>Z\b|[A-Z]{2,5}\b(?:\s?[+-]\d{1,2}(?::?\d\d)?)?|[+-]\d\d:?\d\d)?",
    re.IGNORECASE,
)

ZONES = {
    "Z": 0, "UTC": 0, "GMT": 0, "WET": 0, "BST": 1, "WEST": 1, "CET": 1, "MEZ": 1, "WAT": 1, "CEST": 2, "MESZ": 2, "EET": 2,
    "SAST": 2, "CAT": 2, "EEST": 3, "MSK": 3, "EAT": 3, "TRT": 3, "PKT": 5, "WIB": 7, "ICT": 7, "WITA": 8, "HKT": 8,
    "SGT": 8, "MYT": 8, "AWST": 8, "WIT": 9, "JST": 9, "KST": 9, "AEST": 10, "AEDT": 11, "NZST": 12, "NZDT": 13,
    "EST": -5, "EDT": -4, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7, "BRT": -3, "ART": -3,
}  # fmt: skip
"""Hours of the zone names that mean one offset. CST, IST and AST mean several and stay unknown."""

COMMON_LANGUAGES = (
    "en",
    "de",
    "fr",
    "es",
    "it",
    "pt",
    "nl",
    "sv",
    "nb",
    "da",
    "fi",
    "pl",
    "cs",
    "tr",
    "ru",
    "uk",
    "id",
    "el",
    "ro",
    "hu",
)
"""Whose month names are tried where the page's language is not known or is declared wrongly."""

MONTH_FIRST = ("en-us", "en-ca", "en-ph")
"""Where 5/3/2026 is in May. Plain "en" is anyone's guess, and everybody else puts the day first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A date as stated: RFC 3339, how exact, and in UTC where the offset is known."""

    value: str
    precision: Precision
    utc: str | None = None

    @property
    def year(self) -> int:
        """The year as stated."""
        return int(self.value[:4])


def parse_time(raw: str, language: str | None = None) -> Moment | None:
    """The date in a string as a page states it, or None. `language` is the page's BCP 47 tag, for months and order."""
    text = _western(raw.strip()[:MAX_LENGTH])
    if not any(c.isdigit() for c in text):
        return None
    try:
        return _parse(text, (language or "").lower().replace("_", "-"))
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
    if (match := _ISO.match(text)) and (match["sep"] or match["m"] + match["d"] == text[4:8]):
        return _from_iso(match)
    for pattern in (_CJK, _MONTH_NUMBER_YEAR, _YEAR_FIRST):
        if found := pattern.search(text):
            return _with_clock(int(found["y"]), int(found["m"]), int(found["d"]), text, found)
    for pattern in (_DAY_MONTH_YEAR, _MONTH_DAY_YEAR, _YEAR_MONTH_DAY):
        for found in pattern.finditer(text):
            if month := month_number(found["month"], language):
                return _with_clock(int(found["y"]), month, int(found["d"]), text, found)
    if (found := _NUMERIC.search(text)) and (order := _order(found, language)):
        return _with_clock(*order, text, found)
    return _from_dateparser(text, language)


def _from_epoch(number: int) -> Moment | None:
    millis = number >= EPOCH_SECONDS[1]
    seconds = number // 1000 if millis else number
    if not EPOCH_SECONDS[0] <= seconds < EPOCH_SECONDS[1]:
        return None
    value = datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return Moment(value=value, precision=Precision.SECOND, utc=value)


def _from_iso(match: re.Match[str]) -> Moment | None:
    year, month, day = _year(int(match["y"])), int(match["m"]), int(match["d"])
    if match["H"] is None:
        rest = match["rest"]
        clock = _CLOCK.search(rest) if rest.strip() and not rest[0].isdigit() else None
        return None if rest[:1].isdigit() else _moment(year, month, day, clock)
    return _moment(year, month, day, match, fraction=match["f"])


def _year(year: int) -> int:
    return year - BUDDHIST_YEARS if BUDDHIST_ERA[0] <= year <= BUDDHIST_ERA[1] else year


def _with_clock(year: int, month: int, day: int, text: str, date: re.Match[str]) -> Moment | None:
    """A visible date with the time of day that stands after it, or else before it."""
    clock = _CLOCK.search(text, date.end()) or _CLOCK.search(text[: date.start()])
    return _moment(_year(year), month, day, clock)


def _moment(year: int, month: int, day: int, clock: re.Match[str] | None, fraction: str | None = None) -> Moment:
    """Put the parts together; ValueError when there is no such day or time."""
    if clock is None:
        return Moment(value=datetime(year, month, day).strftime("%Y-%m-%d").rjust(10, "0"), precision=Precision.DAY)
    groups = clock.groupdict()
    hour = _hour(int(clock["H"]), groups.get("ap") or groups.get("half") or "")
    second = int(clock["S"]) if clock["S"] else 0
    offset = _offset(clock["z"] or "")
    at = datetime(year, month, day, hour, int(clock["M"]), min(second, 59))
    if not clock["S"]:
        precision, stated = Precision.MINUTE, at.strftime("%Y-%m-%dT%H:%M")
    elif offset is None and (hour, at.minute, second) == (0, 0, 0):
        # midnight without a zone is how programs write a bare day
        return Moment(value=at.strftime("%Y-%m-%d"), precision=Precision.DAY)
    else:
        precision, stated = Precision.SECOND, at.strftime("%Y-%m-%dT%H:%M:%S")
    part = f".{fraction[:9]}" if fraction and int(fraction) else ""
    if offset is None:
        return Moment(value=stated + part, precision=precision)
    utc = (at - offset).replace(tzinfo=UTC).strftime("%Y-%m-%dT%H:%M:%S")
    zone = "Z" if (clock["z"] or "").upper() == "Z" else _zone(offset)
    return Moment(value=stated + part + zone, precision=precision, utc=f"{utc}{part}Z")


def _hour(hour: int, half: str) -> int:
    half = half.strip().casefold()
    if not half:
        return hour
    afternoon = half[0] == "p" or half in ("오후", "下午", "午後")
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
    minutes = int(timezone(offset).utcoffset(None).total_seconds()) // 60
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


def _order(found: re.Match[str], language: str) -> tuple[int, int, int] | None:
    """(year, month, day) of a numeric date with the year last; None when day and month could be either."""
    first, second, year = int(found["a"]), int(found["b"]), int(found["y"])
    if len(found["y"]) == 2:
        year += 2000
    if found["sep"] == "." or first == second or first > 12:
        return year, second, first
    if second > 12 or language in MONTH_FIRST:
        return year, first, second
    return None if language in ("", "en") else (year, second, first)


@lru_cache(maxsize=2048)
def month_number(word: str, language: str) -> int | None:
    """The month a word names in the page's language or in English."""
    key = word.casefold().strip(".")
    for tag in (language, "en"):
        if number := _months(tag.split("-")[0]).get(key):
            return number
    others = {number for tag in COMMON_LANGUAGES if (number := _months(tag).get(key))}
    return others.pop() if len(others) == 1 else None


@cache
def _months(language: str) -> dict[str, int]:
    """Month names of a language, wide and abbreviated, in the forms used in and out of dates."""
    import babel  # here: 20 ms that only visible dates need

    names: dict[str, int] = {"sept": 9} if language == "en" else {}
    try:
        months = babel.Locale.parse(_LOCALES.get(language, language)).months
    except (ValueError, TypeError, babel.UnknownLocaleError):
        return {}
    for context in ("format", "stand-alone"):
        for width in ("wide", "abbreviated"):
            for number, name in months[context][width].items():
                names.setdefault(name.casefold().strip("."), number)
    return names


@lru_cache(maxsize=2048)
def is_calendar_word(word: str) -> bool:
    """Whether a word is the name of a month or weekday in one of the most common languages."""
    return word.casefold().strip(".,") in _calendar_words()


@cache
def _calendar_words() -> frozenset[str]:
    import babel

    words = {"posted", "published", "updated", "sept"}
    for language in COMMON_LANGUAGES:
        days = babel.Locale.parse(language).days["format"]
        names = [*_months(language), *days["wide"].values(), *days["abbreviated"].values()]
        words.update(name.casefold().strip(".") for name in names)
    return frozenset(words)


_LOCALES = {"no": "nb", "iw": "he", "in": "id", "ji": "yi"}
"""Old and common tags under the names the locale data has."""


@lru_cache(maxsize=2048)
def _from_dateparser(text: str, language: str) -> Moment | None:
    """The last resort: dateparser knows 200 languages. Only complete, absolute dates count.

    `RELATIVE_BASE` is fixed, so that not even its guesses depend on the day of the run.
    """
    if len(text) > MAX_DATEPARSER_LENGTH or not re.search(r"(?<!\d)\d{4}(?!\d)", text):
        return None
    from dateparser.date import DateDataParser

    tag = language.split("-")[0]
    settings = {
        "PARSERS": ["absolute-time"],
        "REQUIRE_PARTS": ["day", "month", "year"],
        "STRICT_PARSING": True,
        "RELATIVE_BASE": datetime(2000, 1, 1),
        "RETURN_AS_TIMEZONE_AWARE": False,
        "RETURN_TIME_AS_PERIOD": True,
    }
    try:
        parser = DateDataParser(languages=[tag] if tag else None, settings=settings)
        found = parser.get_date_data(text)
    except Exception:
        return None
    if found.date_obj is None:
        return None
    return Moment(value=found.date_obj.strftime("%Y-%m-%d").rjust(10, "0"), precision=Precision.DAY)


def warm() -> None:
    """Load the locale data now, for a process that will read visible dates."""
    _calendar_words()
