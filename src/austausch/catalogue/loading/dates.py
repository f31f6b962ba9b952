"""Dates as sources give them: "2017", "2023-04", "2022-08-16", "Schuljahr 2021/2022"; German order is read too."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

from austausch.catalogue.models import Precision

EARLIEST, LATEST = 1800, 2200
# A school year begins on 1 August in all German states, whatever its first day of teaching (KMK, 28 October 1964).
SCHOOL_YEAR = (8, 1)


@dataclass(frozen=True)
class When:
    """A stretch of time named by one date: its first and last day, and how exactly it is known."""

    first: dt.date
    last: dt.date
    precision: Precision

    @property
    def written(self) -> int | str | dt.date:
        """As catalogue files hold it."""
        return written(self.first, self.precision)


def written(day: dt.date, precision: str) -> int | str | dt.date:
    """A stored day as catalogue files hold it: no more exact than its precision."""
    if precision == Precision.YEAR:
        return day.year
    if precision == Precision.MONTH:
        return f"{day:%Y-%m}"
    if precision == Precision.SCHOOL_YEAR:
        first = day.year if (day.month, day.day) >= SCHOOL_YEAR else day.year - 1
        return f"Schuljahr {first}/{first + 1}"
    return day


def read_when(value: object) -> When:
    """The stretch of time that `value` names. Raises ValueError with a message for the person who wrote it."""
    text = value.isoformat() if isinstance(value, dt.date) else "" if isinstance(value, bool) else str(value).strip()
    for pattern, reader in _FORMS:
        if found := re.fullmatch(pattern, text):
            try:
                when = reader(*(int(number) for number in found.groups()))
            except ValueError as error:
                raise ValueError(_("There is no such day.")) from error
            if not EARLIEST <= when.first.year <= when.last.year <= LATEST:
                raise ValueError(_("The year must lie between %(first)s and %(last)s.") % _span())
            return when
    raise ValueError(_("This is not a date."))


def read_day(value: object) -> dt.date:
    """As `read_when`, for where only a day makes sense."""
    when = read_when(value)
    if when.precision != Precision.DAY:
        raise ValueError(_("An exact day is needed."))
    return when.first


def _span() -> dict[str, int]:
    return {"first": EARLIEST, "last": LATEST}


def _day(year: int, month: int, day: int) -> When:
    date = dt.date(year, month, day)
    return When(date, date, Precision.DAY)


def _month(year: int, month: int) -> When:
    first = dt.date(year, month, 1)
    return When(first, first.replace(day=calendar.monthrange(year, month)[1]), Precision.MONTH)


def _year(year: int) -> When:
    return When(dt.date(year, 1, 1), dt.date(year, 12, 31), Precision.YEAR)


def _school_year(first: int, second: int) -> When:
    if second not in {first + 1, (first + 1) % 100}:
        raise ValueError
    start = dt.date(first, *SCHOOL_YEAR)
    return When(start, start.replace(year=first + 1) - dt.timedelta(days=1), Precision.SCHOOL_YEAR)


_FORMS = (
    (r"([0-9]{4})", _year),
    (r"([0-9]{4})-([0-9]{2})", _month),
    (r"([0-9]{1,2})\.([0-9]{4})", lambda month, year: _month(year, month)),
    (r"([0-9]{4})-([0-9]{2})-([0-9]{2})", _day),
    (r"([0-9]{1,2})\. ?([0-9]{1,2})\. ?([0-9]{4})", lambda day, month, year: _day(year, month, day)),
    (r"Schuljahr ([0-9]{4})/([0-9]{4}|[0-9]{2})", _school_year),
)
