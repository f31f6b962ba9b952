"""Which offices are open at a moment, asked of the database at once, however many there are.

The rules are those of `hours`, put into conditions on rows; a test holds both against each other. What is open at a
moment began today, or yesterday and goes on past midnight: no hours are longer than a day.
"""

from __future__ import annotations

import datetime as dt

from django.db.models import F, Q

from austausch.counselling import hours
from austausch.counselling.holidays_of import CODES, name_of
from austausch.counselling.models import Opening, OpeningException


def open_at(moment: dt.datetime) -> Q:
    """The offices that are open at the moment, which must be aware of its zone."""
    today, time = hours.on_the_clock(moment)
    late = Q(closes__lte=F("opens"))
    began_today = Q(opens__lte=time) & (late | Q(closes__gt=time))
    began_yesterday = late & Q(closes__gt=time)
    return _open_on(today, began_today) | _open_on(today - hours.DAY, began_yesterday)


def _open_on(day: dt.date, open_then: Q) -> Q:
    other = OpeningException.objects.filter(first__lte=day, last__gte=day)
    weekly = Opening.objects.filter(
        Q(valid_from__isnull=True) | Q(valid_from__lte=day),
        Q(valid_to__isnull=True) | Q(valid_to__gte=day),
        open_then,
        weekday=day.weekday(),
    )
    as_every_week = Q(pk__in=weekly.values("office")) & ~Q(pk__in=other.values("office")) & ~_closed_for_holiday(day)
    return as_every_week | Q(pk__in=other.filter(open_then, opens__isnull=False).values("office"))


def _closed_for_holiday(day: dt.date) -> Q:
    """Offices where the day is a public holiday, and which do not say that they are open then."""
    where = Q(place__isnull=True) if name_of(day) else Q(pk__in=[])
    for state in CODES:
        if name_of(day, state):
            where |= Q(place__ags__startswith=state)
    return where & Q(open_on_holidays=False)
