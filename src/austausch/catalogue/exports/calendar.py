"""Dates for a calendar (RFC 5545): entries known to the day and the dated actions, as all-day events."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator

from django.http import HttpResponse
from django.utils import timezone
from icalendar import Calendar, Event

from austausch.catalogue import display
from austausch.catalogue.exports.about import About, calendar_text, in_chunks, stable_id
from austausch.catalogue.models import Entry, Precision

PRODUCT = "-//Strategieaustausch//Massnahmen//DE"


def is_dated(entry: Entry) -> bool:
    """Whether something of it can stand in a calendar."""
    return _known_to_the_day(entry) or bool(list(entry.actions.all()))


def calendar_response(entries: Iterable[Entry], about: About) -> HttpResponse:
    """All that is dated among the entries; a calendar without events where nothing is."""
    calendar = Calendar()  # type: ignore[no-untyped-call]
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", calendar_text(about.title))
    for entry in in_chunks(entries):
        for event in _events(entry, about):
            calendar.add_component(event)
    return HttpResponse(
        calendar.to_ical(),
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": about.attachment("ics")},
    )


def _events(entry: Entry, about: About) -> Iterator[Event]:
    if _known_to_the_day(entry) and entry.starts_on and entry.ends_on:
        yield _event(entry, about, "entry", entry.starts_on, entry.ends_on, entry.venue)
    seen: Counter[str] = Counter()
    for action in display.action_texts(entry):
        # From what the action is, not from its row: rows are made anew when an entry is loaded again.
        key = f"{action.starts_on}/{action.places}"
        seen[key] += 1
        yield _event(entry, about, f"action/{key}/{seen[key]}", action.starts_on, action.ends_on, action.where)


def _event(entry: Entry, about: About, key: str, first: dt.date, last: dt.date, where: str) -> Event:
    event = Event()  # type: ignore[no-untyped-call]
    event.add("uid", f"{stable_id(entry.slug, key)}")
    event.add("summary", calendar_text(entry.title))
    event.add("dtstart", first)
    # The day after the last one: RFC 5545 counts the end of all-day events out.
    event.add("dtend", last + dt.timedelta(days=1))
    changed = (entry.last_published_at or timezone.now()).astimezone(dt.UTC).replace(microsecond=0)
    event.add("dtstamp", changed)
    event.add("last-modified", changed)
    event.add("transp", "TRANSPARENT")
    event.add("url", about.absolute(entry.get_absolute_url()))
    if where:
        event.add("location", calendar_text(where))
    if text := display.teaser(entry):
        event.add("description", calendar_text(text))
    return event


def _known_to_the_day(entry: Entry) -> bool:
    return entry.starts_precision == entry.ends_precision == Precision.DAY
