"""`python -m tests.calendar_names`: writes `pipeline/calendar_names.txt` from Unicode's locale data in babel."""

import babel

from pipeline.times import COMMON_LANGUAGES, MONTHS, NAMES, unicode_months


def text() -> str:
    """The file."""
    return "".join(map(_line, COMMON_LANGUAGES))


def _line(language: str) -> str:
    numbers = unicode_months(language)
    months = [",".join(name for name, number in numbers.items() if number == month + 1) for month in range(MONTHS)]
    days = babel.Locale.parse(language).days["format"]
    names = (name.casefold().strip(".") for width in ("wide", "abbreviated") for name in days[width].values())
    return "\t".join([language, *months, ",".join(dict.fromkeys(names))]) + "\n"


if __name__ == "__main__":
    NAMES.write_text(text(), encoding="utf-8")
