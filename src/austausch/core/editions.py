"""When what is collected goes out: once a day or once a week, in the morning. Nobody is written to at night."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from austausch.core.models import MailRhythm

BEGINS_AT = dt.time(7)
Rhythm = MailRhythm.Rhythm


def day_of(now: dt.datetime) -> dt.date:
    """The day of the latest edition: before seven in the morning it is still yesterday's."""
    local = timezone.localtime(now)
    return local.date() if local.time() >= BEGINS_AT else local.date() - dt.timedelta(days=1)


def week_of(day: dt.date) -> dt.date:
    """The Monday on which the latest weekly edition came out."""
    return day - dt.timedelta(days=day.weekday())


def next_one(rhythm: str, now: dt.datetime) -> dt.datetime:
    """The moment of the next edition."""
    day = day_of(now) + dt.timedelta(days=1) if rhythm == Rhythm.DAILY else week_of(day_of(now)) + dt.timedelta(days=7)
    return timezone.make_aware(dt.datetime.combine(day, BEGINS_AT))
