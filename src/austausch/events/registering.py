"""Registering for an event: asked, confirmed by mail, with a place or on the waiting list, cancelled, forgotten.

Each change locks the event first, so two people who confirm at once for the last place come one after the other.
A place is given when the mail was answered, not before: addresses that somebody made up hold none.
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from austausch.core.models import Mail
from austausch.core.policy import Action, policy
from austausch.events import notices
from austausch.events.errors import EventError
from austausch.events.models import PARTICIPANTS_KEPT, UNCONFIRMED_KEPT, Event, Registration
from austausch.events.queries import RegistrationQuerySet
from austausch.people.models import User

State = Registration.State
# Between two mails that somebody can make us send to one address about one event.
PAUSE = dt.timedelta(minutes=15)
# Unanswered mails about any event to one address: nobody's mailbox is filled through us.
MOST_UNANSWERED = 3


@transaction.atomic
def register(event: Event, *, name: str, organisation: str, email: str) -> None:
    """Keeps what was asked and sends the link that confirms it. Raises EventError where nobody can register now.

    Whoever has registered before gets their link again instead; the page says the same, so it tells nobody who comes.
    """
    row = _locked(event)
    if not row.takes_registrations():
        raise EventError(_("Registration for this event is closed."))
    address = email.strip().lower()
    known = Registration.objects.filter(event=row, email=address).first()
    if known is not None:
        _send_again(known)
        return
    unanswered = Registration.objects.filter(email=address, state=State.UNCONFIRMED)
    if unanswered.count() >= MOST_UNANSWERED:
        return
    made = Registration(event=row, name=" ".join(name.split()), organisation=" ".join(organisation.split()))
    made.email = address
    made.full_clean()
    made.save(force_insert=True)
    notices.ask_to_confirm(made)


@transaction.atomic
def confirm(registration: Registration) -> Registration:
    """The link was followed: a place if there is one, otherwise the waiting list. A second time changes nothing.

    Raises EventError where the event takes nobody any more, Registration.DoesNotExist where it is forgotten.
    """
    event = _locked(registration.event)
    row = Registration.objects.get(pk=registration.pk)
    if row.state != State.UNCONFIRMED:
        return row
    if not event.takes_registrations():
        raise EventError(_("Registration for this event is closed."))
    # Who waits goes first, even where a place is free for a moment.
    free = has_room(event) and not Registration.objects.filter(event=event).waiting().exists()
    row.state, row.confirmed_at = State.COMING if free else State.WAITING, timezone.now()
    row.save(update_fields=["state", "confirmed_at"])
    notices.tell_state(row)
    return row


@transaction.atomic
def cancel(registration: Registration) -> None:
    """Whoever cannot come is forgotten at once, and the next one moves up. A second time changes nothing."""
    event = _locked(registration.event)
    _forget(Registration.objects.filter(pk=registration.pk))
    fill_up(event)


@transaction.atomic
def remove(registration: Registration, user: User) -> None:
    """The organiser takes somebody off the list who cancelled by telephone; the person is told."""
    policy.require(user, Action.DELETE, registration)
    event = _locked(registration.event)
    row = Registration.objects.filter(pk=registration.pk).first()
    if row is None:
        return
    address = row.email
    _forget(Registration.objects.filter(pk=row.pk))
    notices.tell_removed(event, address, number=registration.pk)
    log(instance=event, action="austausch.event_participant_removed", user=user)
    fill_up(event)


def fill_up(event: Event) -> int:
    """Gives free places to those who wait, longest first; within the caller's transaction. Returns how many."""
    if event.state != Event.State.PUBLISHED or timezone.now() >= event.begins:
        return 0
    moved = 0
    for row in list(Registration.objects.filter(event=event).waiting()):
        if not has_room(event):
            break
        row.state = State.COMING
        row.save(update_fields=["state"])
        notices.tell_moved_up(row)
        moved += 1
    return moved


def has_room(event: Event) -> bool:
    return event.capacity is None or Registration.objects.filter(event=event).coming().count() < event.capacity


def forget_old(now: dt.datetime | None = None) -> None:
    """Deletes what was never confirmed, and the participants of what is long over. Run by the worker."""
    moment = now or timezone.now()
    stale = Registration.objects.filter(state=State.UNCONFIRMED, asked_at__lt=moment - UNCONFIRMED_KEPT)
    with transaction.atomic():
        _forget(stale)
    last_day = timezone.localdate(moment) - PARTICIPANTS_KEPT
    for event in Event.objects.filter(ends_on__lt=last_day, registrations__isnull=False).distinct():
        with transaction.atomic():
            row = _locked(event)
            people = Registration.objects.filter(event=row)
            Event.objects.filter(pk=row.pk).update(participants=(row.participants or 0) + people.coming().count())
            _forget(people)


def _forget(rows: RegistrationQuerySet) -> None:
    """Deletes registrations, and mails to these people that have not gone out or that nobody knows of."""
    for number in list(rows.values_list("pk", flat=True)):
        Mail.objects.filter(key__startswith=notices.prefix(number)).exclude(state=Mail.State.SENT).delete()
    rows.delete()


def _send_again(row: Registration) -> None:
    now = timezone.now()
    if row.last_mail_at > now - PAUSE:
        return
    row.last_mail_at = now
    row.save(update_fields=["last_mail_at"])
    if row.state == State.UNCONFIRMED:
        notices.ask_to_confirm(row)
    else:
        notices.tell_state(row)


def _locked(event: Event) -> Event:
    return Event.objects.select_for_update().get(pk=event.pk)
