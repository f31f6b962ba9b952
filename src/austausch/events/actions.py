"""What organisers do with events. Each function checks, writes, tells those concerned and logs, in one transaction."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from austausch.catalogue.models import Document
from austausch.catalogue.policy import NEEDED
from austausch.core.policy import Action, policy
from austausch.events import notices, registering
from austausch.events.errors import EventError
from austausch.events.models import AgendaItem, Event, EventDocument, Registration, Series
from austausch.people.models import User
from austausch.people.policy import organisations_of

State = Event.State
# What calendars and those who have registered must hear of.
TOLD = ("title", "format", "starts_on", "starts_at", "ends_on", "ends_at", "place_id", "venue", "access")
UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss"})


@dataclass(frozen=True)
class Parts:
    """What belongs to an event besides its own fields. None: leave as it is."""

    new_series: str = ""
    topics: list[Any] | None = None
    agenda: list[AgendaItem] | None = None
    documents: list[EventDocument] | None = None


@transaction.atomic
def create(event: Event, user: User, parts: Parts) -> Event:
    """Keeps a new draft under an address made of its title and year. Raises ValidationError, PermissionDenied."""
    _require_for(user, Action.CREATE, event)
    event.state = State.DRAFT
    event.slug = free_slug(f"{event.title} {event.starts_on.year}")
    _begin_series(event, user, parts.new_series)
    event.full_clean()
    event.save(force_insert=True)
    _write(event, parts)
    log(instance=event, action="austausch.event_created", user=user)
    return event


@transaction.atomic
def change(event: Event, user: User, parts: Parts) -> Event:
    """Writes what was changed. Of a published event, those who have registered hear of another time or place.

    Raises ValidationError, PermissionDenied, EventError.
    """
    before = Event.objects.select_for_update().get(pk=event.pk)
    policy.require(user, Action.EDIT, before)
    _require_for(user, Action.EDIT, event)
    # What others have decided meanwhile stays decided.
    event.state, event.sequence, event.participants = before.state, before.sequence, before.participants
    told = [name for name in TOLD if getattr(before, name) != getattr(event, name)]
    announced = event.state != State.DRAFT
    if announced and event.organiser_id != before.organiser_id:
        # The participants gave their names to the organiser: only who may see them hands them over.
        policy.require(user, Action.PUBLISH, before)
        _require_for(user, Action.PUBLISH, event)
    if announced:
        require_showable(parts.documents or [], user)
    if announced and told:
        event.sequence += 1
    event.changed_at = timezone.now()
    _begin_series(event, user, parts.new_series)
    event.full_clean()
    event.save()
    _write(event, parts)
    log(instance=event, action="austausch.event_changed", user=user)
    if event.state == State.PUBLISHED and told and not event.is_over():
        notices.tell_changed(event)
    registering.fill_up(event)
    return event


@transaction.atomic
def publish(event: Event, user: User) -> None:
    """Everybody sees it from now on. Raises EventError for one that was cancelled."""
    row = _locked(event, user, Action.PUBLISH)
    if row.state == State.PUBLISHED:
        return
    if row.state == State.CANCELLED:
        raise EventError(_("A cancelled event stays cancelled: calendars have struck it out. Make a new one."))
    require_showable(row.documents.all(), user)
    row.state, row.published_at, row.changed_at = State.PUBLISHED, timezone.now(), timezone.now()
    row.save(update_fields=["state", "published_at", "changed_at"])
    log(instance=row, action="austausch.event_published", user=user)


@transaction.atomic
def cancel(event: Event, user: User, *, because: str) -> None:
    """It does not take place: said on its page, in calendars and to everybody who has registered."""
    row = _locked(event, user, Action.PUBLISH)
    if row.state == State.CANCELLED:
        return
    if row.state == State.DRAFT:
        raise EventError(_("Nobody knows of a draft yet: delete it instead."))
    if row.is_over():
        raise EventError(_("This event is over; it cannot be cancelled any more."))
    row.state, row.cancelled_because = State.CANCELLED, " ".join(because.split())
    row.sequence += 1
    row.changed_at = timezone.now()
    row.full_clean()
    row.save()
    notices.tell_cancelled(row)
    log(instance=row, action="austausch.event_cancelled", user=user, data={"reason": row.cancelled_because})


@transaction.atomic
def delete(event: Event, user: User) -> None:
    """Removes a draft for good."""
    row = _locked(event, user, Action.DELETE)
    log(instance=row, action="austausch.event_deleted", user=user, deleted=True)
    row.delete()


def may_see_participants(event: Event, user: Any) -> bool:
    """Whether this user may see who comes: asked for the event, so that an empty list is not open to all."""
    probe = policy.scope(user, Action.VIEW, Registration)
    if isinstance(probe, bool):
        return probe
    return policy.may(user, Action.PUBLISH, event)


def free_slug(text: str) -> str:
    """An address made of the text, with a number where it is taken."""
    base = slugify(text.translate(UMLAUTS))[:110].strip("-") or "termin"
    taken = set(Event.objects.filter(slug__startswith=base).values_list("slug", flat=True)) | {*RESERVED}
    candidates = (base if number == 1 else f"{base}-{number}" for number in range(1, len(taken) + 2))
    return next(slug for slug in candidates if slug not in taken)


# Other pages below /termine/.
RESERVED = frozenset({"aktionen", "anmeldung", "kalender", "reihe"})


def _begin_series(event: Event, user: User, title: str) -> None:
    if title:
        policy.require(user, Action.CREATE, Series)
        slug = slugify(title.translate(UMLAUTS))[:80].strip("-") or "reihe"
        event.series = Series.objects.get_or_create(title=title, defaults={"slug": slug})[0]


def _write(event: Event, parts: Parts) -> None:
    if parts.topics is not None:
        event.topics.set(parts.topics)
    if parts.agenda is not None:
        event.agenda.all().delete()
        for position, item in enumerate(parts.agenda):
            item.pk, item.event, item.position = None, event, position
            item.full_clean()
            item.save(force_insert=True)
    if parts.documents is not None:
        EventDocument.objects.filter(event=event).delete()
        for document in parts.documents:
            document.pk, document.event = None, event
            document.full_clean()
            document.save(force_insert=True)


def require_showable(documents: Iterable[EventDocument], user: User) -> None:
    """An announced event makes its documents public: that is for their publishers to decide. Raises EventError."""
    rows = Document.objects.filter(pk__in=[one.document_id for one in documents])
    open_to_all = policy.which(AnonymousUser(), Action.VIEW, rows).values("pk")
    own = policy.which(user, Action.PUBLISH, rows).values("pk")
    hidden = rows.exclude(pk__in=open_to_all).exclude(pk__in=own).first()
    if hidden is not None:
        raise EventError(
            _("“%(title)s” is not public yet, and this event would show it. Ask a publisher of its organisation.")
            % {"title": hidden}
        )


def _locked(event: Event, user: User, action: Action) -> Event:
    row = Event.objects.select_for_update().get(pk=event.pk)
    policy.require(user, action, row)
    return row


def _require_for(user: User, action: Action, event: Event) -> None:
    """Nobody writes an event for an organisation that is not theirs, nor gives one away to it."""
    scope = policy.scope(user, action, Event)
    if scope is True:
        return
    if event.organiser_id not in organisations_of(user, NEEDED[action]):
        raise PermissionDenied("An event is written for an organisation in which one is an author.")
