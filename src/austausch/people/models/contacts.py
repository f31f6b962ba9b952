"""Whom one can reach: contact persons, and offices that are no person's."""

from __future__ import annotations

import datetime as dt
import re

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from austausch.core.generation import public_content
from austausch.people.models.accounts import User
from austausch.people.models.organisations import Organisation
from austausch.people.queries import ContactQuerySet

PHONE = re.compile(r"\+?[0-9 ()/.\-–]{3,}")


@public_content
class Contact(models.Model):
    """A contact person of an organisation, or its functional address. Entries refer to it, so a change is one edit.

    Fields: `kind`, `name` (of the person or the office), `role`, `responsibility`, `phone`, `email`, `office_hours`,
    `languages` (spoken there; shown, never searched or filtered), `deputy`, `visibility`; for a person the consent:
    `consent_given_on`, `consent_expires_on` (the last day), `consent_recorded_by` and `consent_recorded_at`, all empty
    without one; `consent_reminder`, the last reminder that was sent.

    Shown only through the policy. `str` therefore says nothing about the person: it ends up in logs, lists of uses
    and messages that nobody asks the policy about.
    """

    class Kind(models.TextChoices):
        PERSON = "person", _("Person")
        OFFICE = "office", _("Functional address")

    class Visibility(models.TextChoices):
        PUBLIC = "public", _("everybody")
        SIGNED_IN = "signed-in", _("everybody who is signed in")
        ORGANISATION = "organisation", _("the organisation only")

    class Reminder(models.IntegerChoices):
        NONE = 0, _("none")
        EXPIRES_SOON = 1, _("expires soon")
        EXPIRED = 2, _("expired")

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="contacts", verbose_name=_("organisation")
    )
    kind = models.CharField(_("kind"), max_length=6, choices=Kind, default=Kind.PERSON)
    name = models.CharField(_("name"), max_length=150)
    role = models.CharField(_("job title"), max_length=150, blank=True)
    responsibility = models.CharField(_("area of responsibility"), max_length=300, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    email = models.EmailField(_("e-mail address"), blank=True)
    office_hours = models.CharField(_("office hours"), max_length=200, blank=True)
    languages = models.CharField(_("languages"), max_length=200, blank=True)
    deputy = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="deputises_for", verbose_name=_("deputy")
    )
    visibility = models.CharField(_("visible to"), max_length=12, choices=Visibility, default=Visibility.ORGANISATION)

    consent_given_on = models.DateField(_("consent given on"), null=True, blank=True)
    consent_expires_on = models.DateField(_("consent valid until"), null=True, blank=True)
    consent_recorded_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("recorded by")
    )
    consent_recorded_at = models.DateTimeField(_("recorded at"), null=True, blank=True)
    consent_reminder = models.PositiveSmallIntegerField(
        _("last reminder"), choices=Reminder, default=Reminder.NONE, editable=False
    )
    changed_at = models.DateTimeField(_("changed at"), auto_now=True)

    objects = ContactQuerySet.as_manager()

    class Meta:
        ordering = ["organisation__name", "kind", "name", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(consent_given_on__isnull=True, consent_expires_on__isnull=True)
                | Q(
                    consent_given_on__isnull=False,
                    consent_expires_on__isnull=False,
                    consent_expires_on__gte=F("consent_given_on"),
                ),
                name="contact_consent_in_order",
                violation_error_message=_(
                    "Consent has a day on which it was given, and a last day that is not before it."
                ),
            ),
            models.CheckConstraint(
                condition=~Q(phone="", email=""),
                name="contact_can_be_reached",
                violation_error_message=_("Give a phone number or an e-mail address, or both."),
            ),
            models.CheckConstraint(
                condition=Q(deputy__isnull=True) | ~Q(deputy=F("id")),
                name="contact_is_not_own_deputy",
                violation_error_message=_("Nobody is their own deputy."),
            ),
        ]
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")

    def __str__(self) -> str:
        return str(_("Contact %(number)s") % {"number": self.pk})

    def get_absolute_url(self) -> str:
        return reverse("people:contact", args=[self.pk])

    def clean(self) -> None:
        if self.phone and not PHONE.fullmatch(self.phone):
            raise ValidationError({"phone": _("Digits, spaces and the signs + ( ) / - . only.")})

    @property
    def phone_url(self) -> str:
        """For a link that dials: RFC 3966, as far as the number is written so that one can."""
        written = self.phone.replace("(0)", "") if self.phone.startswith("+") else self.phone
        return "tel:" + re.sub(r"[^+\d]", "", written)

    @property
    def is_person(self) -> bool:
        return self.kind == self.Kind.PERSON

    def may_be_shown(self, today: dt.date | None = None) -> bool:
        """Whether others than those who keep it may see it at all: there is consent, or nobody who has to give it."""
        if not self.is_person:
            return True
        today = today or timezone.localdate()
        if self.consent_given_on is None or self.consent_expires_on is None:
            return False
        return self.consent_given_on <= today <= self.consent_expires_on
