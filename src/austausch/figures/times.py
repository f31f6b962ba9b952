"""The time a figure is of, as one number that sorts: a year, a quarter or a month.

A year is itself (2023). A month is year and month (202303), a quarter is written as EDTF writes it (202333 is the first
of 2023). A statistic holds times of one kind only: a quarter cannot be compared with a year.
"""

from __future__ import annotations

import datetime as dt
import re
from enum import StrEnum

from django.core.exceptions import ValidationError
from django.utils.formats import date_format
from django.utils.translation import gettext as _

EARLIEST, LATEST = 1800, 2200
_BEFORE_QUARTERS = 32
_WRITTEN = re.compile(r"(\d{4})(?:-(?:Q([1-4])|(0[1-9]|1[0-2])))?")


class Kind(StrEnum):
    YEAR = "year"
    QUARTER = "quarter"
    MONTH = "month"


def of_quarter(year: int, quarter: int) -> int:
    return year * 100 + _BEFORE_QUARTERS + quarter


def of_month(year: int, month: int) -> int:
    return year * 100 + month


def read(text: str) -> int | None:
    """`2023`, `2023-Q1` or `2023-03`; None for anything else."""
    match = _WRITTEN.fullmatch(text)
    if not match or not EARLIEST <= int(match[1]) <= LATEST:
        return None
    year, quarter, month = int(match[1]), match[2], match[3]
    return of_quarter(year, int(quarter)) if quarter else of_month(year, int(month)) if month else year


def parsed(text: str) -> int:
    """What `read` reads. Raises ValueError for anything else."""
    time = read(text)
    if time is None:
        raise ValueError(text)
    return time


def kind_of(time: int) -> Kind:
    if time <= LATEST:
        return Kind.YEAR
    return Kind.QUARTER if time % 100 > _BEFORE_QUARTERS else Kind.MONTH


def year_of(time: int) -> int:
    return time if time <= LATEST else time // 100


def written(time: int) -> str:
    """As files have it: what `read` reads."""
    kind = kind_of(time)
    if kind is Kind.YEAR:
        return str(time)
    part = f"Q{time % 100 - _BEFORE_QUARTERS}" if kind is Kind.QUARTER else f"{time % 100:02}"
    return f"{time // 100}-{part}"


def words(time: int) -> str:
    """As people say it."""
    kind = kind_of(time)
    if kind is Kind.QUARTER:
        return _("Q%(quarter)s %(year)s") % {"quarter": time % 100 - _BEFORE_QUARTERS, "year": time // 100}
    return date_format(dt.date(time // 100, time % 100, 1), "F Y") if kind is Kind.MONTH else str(time)


def short(time: int) -> str:
    """Beside a bar of a chart, where there is room for five signs; the table beside it has the whole."""
    kind = kind_of(time)
    if kind is Kind.YEAR:
        return str(time)
    part = f"Q{time % 100 - _BEFORE_QUARTERS}" if kind is Kind.QUARTER else f"{time % 100:02}"
    return f"{part}/{time // 100 % 100:02}"


def check(time: int) -> None:
    """Raises ValidationError for a number that is no time."""
    if read(written(time)) != time:
        raise ValidationError(_("Write a year as 2023, a month as 202303 and the first quarter as 202333."))
