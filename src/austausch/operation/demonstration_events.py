"""The made-up events of the demonstration: one to come, with registration and waiting list, and one that is over."""

from __future__ import annotations

import datetime as dt

from django.core.files.base import ContentFile
from django.db.models import QuerySet
from django.utils import timezone

from austausch.catalogue.models import DocumentKind, EventFormat, Topic
from austausch.core.models import Mail
from austausch.events import actions, attaching, notices, registering
from austausch.events.models import AgendaItem, Event, Registration, Series
from austausch.people.models import Organisation, User

SERIES = "Fachtage für Beispiele"
SEATS = 3
# (first part of the address, name, organisation): one more than there are seats.
PARTICIPANTS = (
    ("anna.angemeldet", "Anna Angemeldet", "Stadt Musterhausen"),
    ("bo.bestaetigt", "Bo Bestätigt", "Stadt Beispielberg"),
    ("chris.kommt", "Chris Kommt", ""),
    ("wanda.wartend", "Wanda Wartend", "Gemeinde Neudorf an der Aue"),
)
AGENDA = (
    (dt.time(9, 30), dt.time(10), "Begrüßung", "Mara Ministerium, Ministerium für Beispiele"),
    (dt.time(10), dt.time(11), "Ein Jahr Lotsinnen und Lotsen", "Sami Schreibend, Stadt Musterhausen"),
    (dt.time(11, 15), dt.time(12, 30), "Werkstatt: Was sich übertragen lässt", ""),
)
RESULTS = "Vier Absprachen (erfunden):\n\nDie Sprechstunden beginnen überall um neun Uhr."


def make(organiser: Organisation, user: User, *, suffix: str, domain: str) -> None:
    """`suffix`: marks what is made up; `domain`: where its people have their addresses."""
    day = _working_day(timezone.localdate() + dt.timedelta(days=45))
    coming = Event(
        organiser=organiser,
        title=f"Lotsinnen und Lotsen: was trägt?{suffix}",
        kind=Event.Kind.CONFERENCE,
        format=EventFormat.HYBRID,
        starts_on=day,
        starts_at=dt.time(9, 30),
        ends_on=day,
        ends_at=dt.time(12, 30),
        venue="Rathaus Musterhausen, Saal 1",
        text="Ein erfundener Fachtag: Drei Städte berichten, und alle überlegen, was sich übertragen lässt.",
        registers=True,
        capacity=SEATS,
        registration_until=day - dt.timedelta(days=3),
        access="https://konferenz.example.org/fachtag",
    )
    agenda = [AgendaItem(starts_at=one, ends_at=end, title=title, speakers=who) for one, end, title, who in AGENDA]
    topics = list(Topic.objects.order_by("key")[:2])
    event = actions.create(coming, user, actions.Parts(f"{SERIES}{suffix}", topics=topics, agenda=agenda))
    _attach(event, user, f"Einladung zum Fachtag{suffix}", "Alle sind willkommen. Dieser Fachtag ist erfunden.")
    actions.publish(event, user)
    for address, name, organisation in PARTICIPANTS:
        email = f"{address}{domain}"
        registering.register(event, name=f"{name}{suffix}", organisation=organisation, email=email)
        registering.confirm(Registration.objects.get(event=event, email=email))
    _past(event, user, suffix=suffix)


def clear_mails(organisers: QuerySet[Organisation]) -> None:
    """What was written to those who registered; a mail that was sent no longer knows to whom."""
    for number in Registration.objects.filter(event__organiser__in=organisers).values_list("pk", flat=True):
        Mail.objects.filter(key__startswith=notices.prefix(number)).delete()


def clear_series(*, suffix: str) -> None:
    """The series that only the demonstration's events were in."""
    Series.objects.filter(title__endswith=suffix, events__isnull=True).delete()


def _past(event: Event, user: User, *, suffix: str) -> None:
    day = _working_day(timezone.localdate() - dt.timedelta(days=200))
    over = Event(
        organiser=event.organiser,
        title=f"Sprechstunden im Quartier{suffix}",
        kind=Event.Kind.WORKSHOP,
        format=EventFormat.ONLINE,
        series=event.series,
        starts_on=day,
        ends_on=day,
        text="Eine erfundene Werkstatt.",
        results=RESULTS,
    )
    made = actions.create(over, user, actions.Parts())
    _attach(made, user, f"Absprachen der Werkstatt{suffix}", RESULTS, is_result=True)
    actions.publish(made, user)


def _attach(event: Event, user: User, title: str, text: str, *, is_result: bool = False) -> None:
    file = ContentFile(text.encode(), name="demonstration.txt")
    attaching.attach(event, user, attaching.Upload(file, title, DocumentKind.REPORT, is_result=is_result))


def _working_day(day: dt.date) -> dt.date:
    return day - dt.timedelta(days=max(0, day.weekday() - 4))
