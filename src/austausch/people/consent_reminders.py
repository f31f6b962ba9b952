"""Mail to those who keep a contact, before its consent ends and once it has.

For each organisation one transaction notes that the reminder was sent and writes the mails. Whoever is killed in
between has done neither, and the next run does both; the outbox takes each key once.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from austausch.core import outbox
from austausch.people.models import Contact, Membership, User
from austausch.people.queries import ContactQuerySet

CATEGORY = outbox.Category(key="consent", label=_("Consent of contact persons that runs out"))
BEFORE = dt.timedelta(days=30)
Reminder = Contact.Reminder


def remind(today: dt.date | None = None) -> int:
    """Posts what is due. Returns the number of mails. Safe to be killed anywhere, and to run twice at once."""
    today = today or timezone.localdate()
    organisations = _due(today).order_by().values_list("organisation_id", flat=True).distinct()
    return sum(_remind(organisation, today) for organisation in list(organisations))


@transaction.atomic
def _remind(organisation: int, today: dt.date) -> int:
    due = list(_due(today).filter(organisation=organisation).select_for_update().order_by("pk"))
    if not due:
        return 0
    ended = [contact for contact in due if _stage(contact, today) is Reminder.EXPIRED]
    for stage in (Reminder.EXPIRES_SOON, Reminder.EXPIRED):
        keys = [contact.pk for contact in due if _stage(contact, today) is stage]
        Contact.objects.filter(pk__in=keys).update(consent_reminder=stage)
    soon = [contact for contact in due if contact not in ended]
    what = hashlib.sha256(";".join(f"{one.pk}:{one.consent_expires_on}:{one in ended}" for one in due).encode())
    posted = 0
    for user in _keepers(organisation):
        posted += outbox.post(
            category=CATEGORY,
            key=f"consent:{user.pk}:{what.hexdigest()[:32]}",
            to=user,
            template="people/mails/consent.txt",
            context={"soon": _addressed(soon), "ended": _addressed(ended)},
        )
    return posted


def _due(today: dt.date) -> ContactQuerySet:
    """Whose reminder has not been sent: that consent ends soon, or that it has ended."""
    soon = Q(consent_expires_on__lte=today + BEFORE, consent_reminder__lt=Reminder.EXPIRES_SOON)
    ended = Q(consent_expires_on__lt=today, consent_reminder__lt=Reminder.EXPIRED)
    return Contact.objects.filter(soon | ended, kind=Contact.Kind.PERSON)


def _stage(contact: Contact, today: dt.date) -> Reminder:
    ended = contact.consent_expires_on is not None and contact.consent_expires_on < today
    return Reminder.EXPIRED if ended else Reminder.EXPIRES_SOON


def _keepers(organisation: int) -> list[User]:
    """The highest in the organisation who may do something about it; the portal team where there is nobody."""
    active = User.objects.filter(is_active=True)
    for role in (Membership.Role.ADMINISTRATOR, Membership.Role.PUBLISHER, Membership.Role.AUTHOR):
        if found := list(active.filter(memberships__organisation=organisation, memberships__role=role)):
            return found
    return list(active.filter(is_superuser=True))


def _addressed(contacts: Iterable[Contact]) -> list[tuple[str, dt.date | None]]:
    """Where each can be renewed, and its last day. A mail is forwarded: it names nobody."""
    return [(outbox.address("people:contact", contact.pk), contact.consent_expires_on) for contact in contacts]
