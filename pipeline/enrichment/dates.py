"""From what a page says of its dates to one date: the first claim that can be read and is not absurd."""

from datetime import UTC, datetime, timedelta

from pipeline.records import Claim, Date
from pipeline.times import Moment, parse_time

EARLIEST_YEAR = 1990
"""The web's first news pages are from then; earlier dates are defaults such as 1970-01-01."""
LATEST_YEAR = 2100
MAX_AHEAD = timedelta(days=2)
"""How far after its fetch a page may be dated: time zones, clocks, and newspapers dated tomorrow."""


def choose_date(claims: tuple[Claim, ...], *, fetched_at: str | None, language: str | None) -> Date | None:
    """The first claim that is a date; claims come best source first."""
    read = [(claim, moment) for claim in claims if (moment := parse_time(claim.value, language))]
    read = [(claim, moment) for claim, moment in read if is_plausible(moment, fetched_at)]
    if not read:
        return None
    claim, moment = next((pair for pair in read if _is_in_own_zone(pair[1], read[0][1])), read[0])
    return Date(value=moment.value, precision=moment.precision, raw=claim.value, utc=moment.utc, source=claim.source)


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
