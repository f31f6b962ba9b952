"""School years: from 1 August to 31 July, made before anybody needs them."""

from __future__ import annotations

import datetime as dt

from austausch.certificates.models import SchoolYear

FIRST_MONTH = 8


def ensure(today: dt.date) -> list[SchoolYear]:
    """The school year of this day and the next one, made where they are missing."""
    first = today.year - (today.month < FIRST_MONTH)
    return [_ensure(year) for year in (first, first + 1)]


def current(today: dt.date) -> SchoolYear:
    return SchoolYear.objects.on(today).first() or ensure(today)[0]


def _ensure(first: int) -> SchoolYear:
    year, _made = SchoolYear.objects.get_or_create(
        code=f"{first % 100:02d}{(first + 1) % 100:02d}",
        defaults={"starts_on": dt.date(first, FIRST_MONTH, 1), "ends_on": dt.date(first + 1, FIRST_MONTH - 1, 31)},
    )
    return year
