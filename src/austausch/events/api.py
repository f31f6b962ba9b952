"""Events in the API: what the public list shows."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from django.http import Http404, HttpRequest, HttpResponse
from ninja import Field, P, PathEx, Query, Router, Schema

from austausch.catalogue.models import EventFormat
from austausch.core.api import Listing, Paging, Part, Term, absolute
from austausch.events import display
from austausch.events.listing import announced
from austausch.events.models import Event

router = Router()


class AgendaOut(Schema):
    title: str
    starts_at: dt.time | None
    ends_at: dt.time | None
    day: dt.date | None
    speakers: list[str]


class EventItem(Schema):
    """An event. Times are German clock times with their offset; of an all-day event they are null."""

    slug: str = Field(examples=["grenzlandkonferenz-2023"])
    title: str
    url: str
    kind: Term
    format: Term | None
    state: Literal["published", "cancelled"]
    starts_on: dt.date
    ends_on: dt.date
    starts_at: dt.datetime | None
    ends_at: dt.datetime | None
    where: str = Field(description="May be empty.")
    place: str | None = Field(description="Official municipality key (AGS).", examples=["05334002"])
    organiser: str = Field(description="The body's key.", examples=["mhkbd"])
    series: str | None
    topics: list[str]
    measure: str | None = Field(description="The measure it belongs to.")
    calendar: str = Field(description="Address of its iCalendar file.")


class EventOut(EventItem):
    text: str
    results: str
    source: str
    agenda: list[AgendaOut]


class EventQuery(Paging):
    time: Literal["", "upcoming", "past"] = Field("", description="Only what is to come, or only what is over.")


@router.get("/events", response=Listing[EventItem], summary="Events", tags=["events"])
def events(request: HttpRequest, response: HttpResponse, query: Query[EventQuery]) -> dict[str, Any]:
    """Announced events, cancelled ones included: what is to come the next first, otherwise the latest first."""
    rows = announced()
    if query.time == "upcoming":
        rows = rows.upcoming()
    elif query.time == "past":
        rows = rows.past()
    else:
        rows = rows.order_by("-starts_on", "-starts_at", "-pk")
    items = [_item(row, request) for row in rows.for_showing()[query.offset : query.offset + query.limit]]
    return Part(query, rows.count(), items).answer(request, response)


@router.get("/events/{slug}", response=EventOut, summary="One event", tags=["events"], url_name="event")
def event(
    request: HttpRequest,
    slug: PathEx[str, P(pattern=r"^[-a-zA-Z0-9_]+$", description="The event's address.")],
) -> dict[str, Any]:
    """One event with its agenda and results."""
    found = announced().for_showing().filter(slug=slug).first()
    if found is None:
        raise Http404("No event has this address. All of them are listed at /api/v1/events.")
    agenda = [
        {"title": item.title, "starts_at": item.starts_at, "ends_at": item.ends_at, "day": item.day,
         "speakers": item.speaker_list}
        for item in found.agenda.all()
    ]  # fmt: skip
    more = {"text": found.text, "results": found.results, "source": found.source, "agenda": agenda}
    return {**_item(found, request), **more}


def _item(event: Event, request: HttpRequest) -> dict[str, Any]:
    path = event.get_absolute_url()
    return {
        "slug": event.slug,
        "title": event.title,
        "url": absolute(request, path),
        "kind": Term.of(Event.Kind(event.kind)),
        "format": Term.of(EventFormat(event.format)) if event.format else None,
        "state": event.state,
        "starts_on": event.starts_on,
        "ends_on": event.ends_on,
        "starts_at": None if event.all_day else event.begins,
        "ends_at": None if event.all_day else event.ends,
        "where": display.where_text(event),
        "place": event.place_id,
        "organiser": event.organiser.key,
        "series": event.series.slug if event.series else None,
        "topics": [topic.slug for topic in event.topics.all()],
        "measure": event.entry.slug if event.entry and event.entry.live else None,
        "calendar": absolute(request, f"{path.rstrip('/')}.ics"),
    }
