"""An event in words."""

from __future__ import annotations

import datetime as dt

from django.utils.formats import date_format, time_format
from django.utils.translation import gettext as _

from austausch.catalogue.display import days_text
from austausch.catalogue.models import EventFormat
from austausch.events.models import Event


def when_text(event: Event) -> str:
    """Days and times as a reader says them; the times are those of German clocks."""
    if event.starts_at is None or event.ends_at is None:
        return days_text(event.starts_on, event.ends_on)
    first, last = clock(event.starts_at), clock(event.ends_at)
    if event.starts_on == event.ends_on:
        values = {"day": date_format(event.starts_on), "first": first, "last": last}
        return _("%(day)s, %(first)s to %(last)s") % values
    values = {"day": date_format(event.starts_on), "first": first}
    values |= {"last_day": date_format(event.ends_on), "last": last}
    return _("%(day)s, %(first)s to %(last_day)s, %(last)s") % values


def where_text(event: Event) -> str:
    """Venue and place; the one need not repeat the other. Online events say so."""
    place = event.place.name if event.place else ""
    parts = [event.venue]
    if place and place not in event.venue:
        parts.append(place)
    if event.format == EventFormat.ONLINE:
        parts.append(_("online"))
    return ", ".join(part for part in parts if part)


def kind_and_format(event: Event) -> str:
    return ", ".join(str(text) for text in (event.get_kind_display(), event.get_format_display()) if text)


def clock(time: dt.time) -> str:
    return time_format(time, "H:i")
