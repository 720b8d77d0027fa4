"""From what a page says of its dates to one date: the first claim that can be read and is not absurd."""

from datetime import UTC, date, datetime, timedelta

from pipeline.records import Claim, Date, DateDoubt, Precision
from pipeline.times import Moment, parse_time, readings

EARLIEST_YEAR = 1990
"""The web's first news pages are from then; earlier dates are defaults such as 1970-01-01."""
LATEST_YEAR = 2100
SHOWN = ("visible", "dateline")
MAX_AHEAD = timedelta(days=2)
"""How far after its fetch a page may be dated: time zones, clocks, and newspapers dated tomorrow."""

CLOCK_SLACK = timedelta(minutes=5)
"""By which clocks differ that are right."""
ZONE_SLACK = timedelta(hours=14)
"""The easternmost zone: a date without an offset may be so far ahead of UTC."""
MINUTE_LENGTH = len("2026-01-31T09:00")
DAY_LENGTH = len("2026-01-31")


def choose_date(claims: tuple[Claim, ...], *, fetched_at: str | None, language: str | None) -> Date | None:
    """The first claim that is a date; claims come best source first."""
    stated = [(claim, readings(claim.value, language)) for claim in claims]
    sure = {found[0].day for _, found in stated if len(found) == 1}
    read = [(claim, _confirmed(found, sure)) for claim, found in stated if parse_time(claim.value, language)]
    read = [(claim, moment) for claim, moment in read if is_plausible(moment, fetched_at)]
    if not read:
        return None
    first = next((pair for pair in read if _is_better(pair, read[0], fetched_at)), read[0])
    claim, moment = next((pair for pair in read if _is_in_own_zone(pair[1], first[1])), first)
    return Date(
        value=moment.value,
        precision=moment.precision,
        raw=claim.value,
        utc=moment.utc,
        source=claim.source,
        zone=moment.zone,
    )


def date_doubts(published: Date | None, modified: Date | None, fetched_at: str | None) -> tuple[DateDoubt, ...]:
    """What does not fit together in the chosen dates."""
    doubts: list[DateDoubt] = []
    if published and modified and _is_before(modified, published):
        doubts.append(DateDoubt.MODIFIED_BEFORE_PUBLISHED)
    if _is_after_fetch(published, fetched_at):
        doubts.append(DateDoubt.PUBLISHED_AFTER_FETCH)
    if _is_after_fetch(modified, fetched_at):
        doubts.append(DateDoubt.MODIFIED_AFTER_FETCH)
    return tuple(doubts)


def _is_before(date: Date, other: Date) -> bool:
    """Whether a date is surely earlier, as exactly as both are stated; without an offset it may be a day off."""
    if date.utc and other.utc and Precision.DAY not in (date.precision, other.precision):
        return datetime.fromisoformat(date.utc[:MINUTE_LENGTH]) < datetime.fromisoformat(other.utc[:MINUTE_LENGTH])
    return date.value[:DAY_LENGTH] < other.value[:DAY_LENGTH]


def _is_after_fetch(date: Date | None, fetched_at: str | None) -> bool:
    fetched = parse_time(fetched_at) if fetched_at else None
    if date is None or fetched is None:
        return False
    stated = datetime.fromisoformat(date.utc or date.value).replace(tzinfo=UTC)
    return stated > _latest(fetched) + (CLOCK_SLACK if date.utc else ZONE_SLACK)


def _is_better(pair: tuple[Claim, Moment], first: tuple[Claim, Moment], fetched_at: str | None) -> bool:
    """Whether the address names another day than a line which may be the visit's: it names the day of the fetch."""
    fetched = parse_time(fetched_at) if fetched_at else None
    is_todays = first[0].source in SHOWN and fetched is not None and first[1].day == fetched.day
    return is_todays and pair[0].source == "url" and pair[1].day != first[1].day


def _confirmed(found: tuple[Moment, ...], sure: set[date]) -> Moment:
    """Which of 3 October and 10 March "03/10/2026" is: the one that another claim names, else the language's."""
    return next((moment for moment in found if moment.day in sure), found[0])


def _is_in_own_zone(moment: Moment, chosen: Moment) -> bool:
    """Whether a claim states the chosen moment, which is given in UTC, in the page's own zone."""
    return chosen.is_in_utc and not moment.is_in_utc and moment.utc is not None and moment.utc == chosen.utc


def is_plausible(moment: Moment, fetched_at: str | None) -> bool:
    """Whether a page can have that date: not before the web, not after it was fetched."""
    if not EARLIEST_YEAR <= moment.year <= LATEST_YEAR:
        return False
    fetched = parse_time(fetched_at) if fetched_at else None
    if fetched is None:
        return True
    return _latest(moment) <= _latest(fetched) + MAX_AHEAD


def _latest(moment: Moment) -> datetime:
    """A moment in UTC; one without an offset is taken as it stands, and a bare day at its beginning."""
    return datetime.fromisoformat(moment.utc or moment.value).replace(tzinfo=UTC)
