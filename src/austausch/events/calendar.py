"""Events for calendars (RFC 5545): one, or a list to subscribe to.

An event keeps its UID for ever. What changes raises SEQUENCE, and a cancelled event stays with STATUS:CANCELLED, so
that calendars that have it strike it out instead of keeping it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.http import HttpResponse
from django.utils.translation import gettext as _
from icalendar import Calendar, Timezone, TimezoneDaylight, TimezoneStandard
from icalendar import Event as CalendarEvent

from austausch.catalogue.exports.about import About, calendar_text, stable_id
from austausch.events import display
from austausch.events.models import ZONE, Event

PRODUCT = "-//Strategieaustausch//Termine//DE"
# How often programs that subscribe to the list should look again.
REFRESH = dt.timedelta(hours=12)


def calendar_response(events: Iterable[Event], about: About) -> HttpResponse:
    return HttpResponse(
        calendar_of(events, about),
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": about.attachment("ics")},
    )


def calendar_of(events: Iterable[Event], about: About) -> bytes:
    calendar = Calendar()  # type: ignore[no-untyped-call]
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("name", calendar_text(about.title))
    calendar.add("x-wr-calname", calendar_text(about.title))
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT12H")
    calendar.add_component(_zone())
    for event in events:
        calendar.add_component(_component(event, about))
    written: bytes = calendar.to_ical()
    return written


def _component(event: Event, about: About) -> CalendarEvent:
    made = CalendarEvent()  # type: ignore[no-untyped-call]
    title = calendar_text(event.title)
    made.add("uid", f"{stable_id('event', event.slug)}")
    made.add("sequence", event.sequence)
    made.add("status", "CANCELLED" if event.is_cancelled else "CONFIRMED")
    made.add("summary", _("Cancelled: %(title)s") % {"title": title} if event.is_cancelled else title)
    if event.all_day:
        made.add("dtstart", event.starts_on)
        # The day after the last one: RFC 5545 counts the end of all-day events out.
        made.add("dtend", event.ends_on + dt.timedelta(days=1))
    else:
        made.add("dtstart", event.begins)
        made.add("dtend", event.ends)
    changed = event.changed_at.astimezone(dt.UTC).replace(microsecond=0)
    made.add("dtstamp", changed)
    made.add("last-modified", changed)
    made.add("transp", "TRANSPARENT" if event.all_day or event.is_cancelled else "OPAQUE")
    made.add("url", about.absolute(event.get_absolute_url()))
    if where := display.where_text(event):
        made.add("location", calendar_text(where))
    if text := _description(event):
        made.add("description", calendar_text(text))
    return made


def _description(event: Event) -> str:
    parts = [event.text]
    if event.is_cancelled and event.cancelled_because:
        parts.insert(0, event.cancelled_because)
    return "\n\n".join(part for part in parts if part)


def _zone() -> Timezone:
    """German time as rules, for programs that have no table of time zones: the European Union's since 1996."""
    zone = Timezone()  # type: ignore[no-untyped-call]
    zone.add("tzid", ZONE.key)
    winter, summer = dt.timedelta(hours=1), dt.timedelta(hours=2)
    for part, start, month, before, after, name in (
        (TimezoneDaylight(), dt.datetime(1996, 3, 31, 2), 3, winter, summer, "CEST"),  # type: ignore[no-untyped-call]
        (TimezoneStandard(), dt.datetime(1996, 10, 27, 3), 10, summer, winter, "CET"),  # type: ignore[no-untyped-call]
    ):
        part.add("dtstart", start)
        part.add("rrule", {"freq": "yearly", "bymonth": month, "byday": "-1su"})
        part.add("tzoffsetfrom", before)
        part.add("tzoffsetto", after)
        part.add("tzname", name)
        zone.add_component(part)
    return zone
