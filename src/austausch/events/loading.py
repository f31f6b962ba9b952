"""The section `events` of catalogue files."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from pydantic import Field, model_validator

from austausch.catalogue.loading.bodies import note_change
from austausch.catalogue.loading.fields import Part, Points, address_part, day, line, may, must, one_of, wrong
from austausch.catalogue.loading.schema import without_empty
from austausch.catalogue.loading.sections import Load, Plan, Scope, Section, register
from austausch.catalogue.models import Entry, EventFormat, Topic
from austausch.core import generation
from austausch.core.policy import Action, policy
from austausch.events.actions import RESERVED, UMLAUTS
from austausch.events.models import Event, Series
from austausch.people.models import Organisation
from austausch.places.models import Place
from austausch.places.queries import PlaceError


class Announced(Part):
    """An event as a file describes it: days without times, because the sources give none."""

    slug: Annotated[str, must(address_part(120))]
    title: Annotated[str, must(line(200))]
    kind: Annotated[str, must(one_of(Event.Kind))]
    format: Annotated[str | None, may(one_of(EventFormat))] = None
    series: Annotated[str, must(line(200, empty=True))] = ""
    starts_on: Annotated[dt.date, must(day)] = Field(alias="from")
    ends_on: Annotated[dt.date, must(day)] = Field(alias="to")
    place: Annotated[str, must(line(100, empty=True))] = ""
    venue: Annotated[str, must(line(200, empty=True))] = ""
    body: Annotated[str, must(line(60))]
    entry: Annotated[str, must(line(120, empty=True))] = ""
    facts: Points = []
    results: Points = []
    topics: Points = []
    source: Annotated[str, must(line(300, empty=True))] = ""

    @model_validator(mode="after")
    def in_order(self) -> Announced:
        if self.ends_on < self.starts_on:
            raise wrong(_("The end lies before the beginning."), _("Swap “from” and “to” or mend one of them."))
        return self


@register
class Events(Section):
    """`events`: a list, known by its slugs. Events that a file does not name are left alone."""

    key, order = "events", 60

    def plan(self, load: Load) -> Plan:
        plan = Plan()
        found = load.root["events"]
        if not isinstance(found, list):
            load.problem((self.key,), _("A list is expected."), _("Begin each event with “- slug:”."))
            return plan
        current = {row.slug: described(row) for row in _rows(Event.objects.all())}
        writes: dict[str, dict[str, Any]] = {}
        for index in range(len(found)):
            parsed = load.parse(Announced, (self.key, index))
            if parsed is None or not _fits(load, parsed, index, writes):
                continue
            said = _said(parsed)
            if parsed.place:
                said["place"] = load.places.resolve(parsed.place).ags
            wanted = without_empty({**current.get(parsed.slug, {}), **said})
            writes[parsed.slug] = wanted
            note_change(plan, parsed.slug, parsed.title, current.get(parsed.slug), wanted)
        changed = {change.name for change in plan.changes}
        if changed:
            plan.apply = lambda: write([wanted for slug, wanted in writes.items() if slug in changed])
        return plan

    def export(self, scope: Scope) -> Any:
        rows = Event.objects.all() if scope.drafts else Event.objects.announced()
        return [described(row) for row in _rows(policy.which(scope.user, Action.VIEW, rows)) if row.all_day]


def described(event: Event) -> dict[str, Any]:
    """An event as files hold it."""
    return without_empty(
        {
            "slug": event.slug,
            "title": event.title,
            "kind": event.kind,
            "format": event.format,
            "series": event.series.title if event.series else "",
            "from": event.starts_on,
            "to": event.ends_on,
            "place": event.place_id or "",
            "venue": event.venue,
            "body": event.organiser.key,
            "entry": event.entry.slug if event.entry else "",
            "facts": _paragraphs(event.text),
            "results": _paragraphs(event.results),
            "topics": sorted(topic.key for topic in event.topics.all()),
            "source": event.source,
        }
    )


def _paragraphs(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.strip()]


def write(events: list[dict[str, Any]]) -> None:
    """Makes events, published as the file announces them, and changes those that are there."""
    with transaction.atomic():
        for said in events:
            event = Event.objects.filter(slug=said["slug"]).first() or Event(
                slug=said["slug"], state=Event.State.PUBLISHED, published_at=timezone.now()
            )
            event.title, event.kind, event.format = said["title"], said["kind"], said.get("format", "")
            event.starts_on, event.ends_on, event.starts_at, event.ends_at = said["from"], said["to"], None, None
            event.place = Place.objects.filter(pk=said["place"]).first() if said.get("place") else None
            event.venue, event.source = said.get("venue", ""), said.get("source", "")
            event.text, event.results = "\n\n".join(said.get("facts", [])), "\n\n".join(said.get("results", []))
            event.organiser = Organisation.objects.get(key=said["body"])
            event.entry = Entry.objects.filter(slug=said.get("entry", "")).first()
            event.series = _series(said.get("series", ""))
            if event.pk:
                event.sequence += 1
            event.changed_at = timezone.now()
            event.full_clean()
            event.save()
            event.topics.set(Topic.objects.filter(key__in=said.get("topics", [])))
        generation.advance()


def _fits(load: Load, parsed: Announced, index: int, writes: dict[str, Any]) -> bool:
    """Whether what it refers to is there; otherwise the problem is recorded."""
    before = len(load.problems)
    path = ("events", index)
    if parsed.slug in writes or parsed.slug in RESERVED:
        load.problem((*path, "slug"), _("Two events have this address, or it is taken."), _("Write another one."))
    bodies = load.keys("bodies")
    if parsed.body not in bodies and not Organisation.objects.filter(key=parsed.body).exists():
        load.problem((*path, "body"), _("No organisation has this key."), _("Add it to “bodies”, or mend the key."))
    if parsed.place:
        try:
            load.places.resolve(parsed.place)
        except PlaceError as error:
            load.problem((*path, "place"), str(error), _("Write its key, or put a place abroad into “venue”."))
    known = set(Topic.objects.filter(key__in=parsed.topics).values_list("key", flat=True))
    for topic in parsed.topics:
        if topic not in known:
            load.problem((*path, "topics"), _("No topic is called “%(topic)s”.") % {"topic": topic}, value=topic)
    return len(load.problems) == before


def _said(parsed: Announced) -> dict[str, Any]:
    """What the file says, by the names that files use."""
    names = {name: field.alias or name for name, field in Announced.model_fields.items()}
    said = {names[name]: getattr(parsed, name) for name in names if name in parsed.model_fields_set}
    return {**said, "topics": sorted(parsed.topics)} if "topics" in said else said


def _series(title: str) -> Series | None:
    if not title:
        return None
    slug = slugify(title.translate(UMLAUTS))[:80]
    return Series.objects.get_or_create(title=title, defaults={"slug": slug})[0]


def _rows(rows: Any) -> Any:
    return rows.select_related("series", "place", "organiser", "entry").prefetch_related("topics").order_by("slug")
