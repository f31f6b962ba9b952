"""What organisations do with their contacts. Each action asks the policy, checks, writes and logs in one transaction.

The log holds that something happened, when and by whom, never what stands in a contact.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from austausch.core.policy import Action, policy
from austausch.people import contact_uses
from austausch.people.contact_uses import Use
from austausch.people.models import Contact, Membership
from austausch.people.policy import organisations_of

if TYPE_CHECKING:
    from austausch.people.models import Organisation, User

# Consent is asked for again after so long at the latest.
LONGEST_CONSENT = dt.timedelta(days=3 * 366)
# From the smallest to the largest.
CIRCLES = (Contact.Visibility.ORGANISATION, Contact.Visibility.SIGNED_IN, Contact.Visibility.PUBLIC)
CONSENT = (
    "consent_given_on",
    "consent_expires_on",
    "consent_recorded_by",
    "consent_recorded_at",
    "consent_reminder",
)


class ContactError(Exception):
    """The change is not possible; the message says why."""


class ContactInUseError(ContactError):
    """It cannot be deleted while something refers to it. `uses`: what does."""

    def __init__(self, uses: Sequence[Use]) -> None:
        self.uses = list(uses)
        super().__init__(
            _("It is still named here: %(where)s. Name another contact there first.")
            % {"where": "; ".join(str(use.where) for use in self.uses)}
        )


@transaction.atomic
def make_contact(contact: Contact, user: User) -> None:
    """Saves a new contact, which is without consent yet. Raises ValidationError, PermissionDenied."""
    _require_author(user, contact.organisation)
    _require_visible_deputy(user, contact)
    _forget_consent(contact)
    contact.full_clean()
    contact.save(force_insert=True)
    log(instance=contact, action="austausch.contact_made", user=user)


@transaction.atomic
def change_contact(contact: Contact, user: User) -> None:
    """Saves what was changed. Raises ContactError, ValidationError, PermissionDenied.

    Consent was given by somebody, to be seen by some: for another person or a larger circle it has to be given anew.
    """
    before = _locked(contact, user, Action.EDIT)
    if before.organisation_id != contact.organisation_id:
        raise ContactError(_("A contact stays with its organisation. Make a new one at the other."))
    _require_visible_deputy(user, contact)
    for name in CONSENT:
        setattr(contact, name, getattr(before, name))
    other_person = (before.name, before.kind) != (contact.name, contact.kind)
    if other_person or _circle(contact) > _circle(before):
        _forget_consent(contact)
    contact.full_clean()
    contact.save()
    log(instance=contact, action="austausch.contact_changed", user=user)


@transaction.atomic
def record_consent(contact: Contact, user: User, *, given_on: dt.date, expires_on: dt.date) -> None:
    """Notes that the person has agreed to be shown. Raises ContactError for days that make no sense."""
    row = _locked(contact, user, Action.EDIT)
    today = timezone.localdate()
    if not row.is_person:
        raise ContactError(_("A functional address needs no consent."))
    if given_on > today:
        raise ContactError(_("Consent is recorded once it was given, not before."))
    if expires_on < max(given_on, today):
        raise ContactError(_("This consent would have run out already."))
    if expires_on - given_on > LONGEST_CONSENT:
        raise ContactError(_("Consent is asked for again after three years at the latest."))
    row.consent_given_on, row.consent_expires_on = given_on, expires_on
    row.consent_recorded_by, row.consent_recorded_at = user, timezone.now()
    row.consent_reminder = Contact.Reminder.NONE
    row.save(update_fields=[*CONSENT, "changed_at"])
    log(instance=row, action="austausch.consent_recorded", user=user, data={"until": expires_on.isoformat()})


@transaction.atomic
def withdraw_consent(contact: Contact, user: User) -> None:
    """Notes that the person no longer agrees. Others stop seeing it with the next request. Twice changes nothing."""
    row = _locked(contact, user, Action.EDIT)
    if row.consent_given_on is None:
        return
    _forget_consent(row)
    row.save(update_fields=[*CONSENT, "changed_at"])
    log(instance=row, action="austausch.consent_withdrawn", user=user)


@transaction.atomic
def delete_contact(contact: Contact, user: User) -> None:
    """Deletes a contact for good, also out of former versions. Raises ContactInUseError, PermissionDenied."""
    row = _locked(contact, user, Action.DELETE)
    if uses := contact_uses.of(row.pk, user):
        raise ContactInUseError(uses)
    contact_uses.forget(row.pk)
    log(instance=row, action="austausch.contact_deleted", user=user, deleted=True)
    row.delete()


def _locked(contact: Contact, user: User, action: Action) -> Contact:
    row = Contact.objects.select_for_update().get(pk=contact.pk)
    policy.require(user, action, row)
    return row


def _require_author(user: User, organisation: Organisation) -> None:
    """For a row that does not stand in the database yet, and so cannot be asked about."""
    if user.is_active and user.is_superuser:
        return
    if organisation.pk not in organisations_of(user, Membership.Role.AUTHOR):
        raise PermissionDenied("Contacts are kept by the authors of their organisation.")


def _require_visible_deputy(user: User, contact: Contact) -> None:
    if contact.deputy is not None and not policy.may(user, Action.VIEW, contact.deputy):
        # The same words as for one that does not exist.
        raise ContactError(_("There is no such deputy."))


def _circle(contact: Contact) -> int:
    return CIRCLES.index(Contact.Visibility(contact.visibility))


def _forget_consent(contact: Contact) -> None:
    contact.consent_given_on = contact.consent_expires_on = None
    contact.consent_recorded_by = contact.consent_recorded_at = None
    contact.consent_reminder = Contact.Reminder.NONE
