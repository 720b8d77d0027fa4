"""The list that `newsflow settings` prints: secrets are shown as set or not, never as what they are."""

from collections.abc import Iterator, Sequence

from pipeline.edges.connection import read_connection
from pipeline.settings import SETTINGS, given_settings, read_settings

HIDDEN = "(set)"
Row = dict[str, str]


def settings_rows() -> list[Row]:
    """One row a setting: variable, key in a file, meaning, default, value, origin. UsageError for a wrong setting."""
    read_settings()
    given = given_settings()
    if "KAFKA_BOOTSTRAP_SERVERS" in given:
        read_connection()
    rows = []
    for setting in SETTINGS:
        found = given.get(setting.variable)
        value = "" if found is None else HIDDEN if setting.secret else found.text
        rows.append(
            {
                "variable": setting.variable,
                "key": setting.key,
                "meaning": setting.meaning.replace("`", ""),
                "default": setting.default.replace("`", ""),
                "value": value,
                "origin": found.origin if found else "default",
            }
        )
    return rows


def as_text(rows: Sequence[Row]) -> Iterator[str]:
    """Two lines a setting: its value and where it was set, its meaning and default."""
    for row in rows:
        value = f"{row['value']}  ({row['origin']})" if row["origin"] != "default" else f"{row['default']}  (default)"
        yield f"{row['variable']} = {value}"
        yield f"    {row['meaning']}" + ("" if row["origin"] == "default" else f" [default: {row['default']}]")
