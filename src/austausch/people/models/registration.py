"""How people get to their account: an organisation's mail domains, requests and invitations."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from austausch.people.models.organisations import Membership, Organisation

INVITATION_VALID_FOR = dt.timedelta(days=14)


def end_of_invitation() -> dt.datetime:
    return timezone.now() + INVITATION_VALID_FOR


class EmailDomain(models.Model):
    """A domain whose mail addresses belong to one organisation's people. It holds for exactly itself.

    Fields: `organisation`, `domain` (ASCII, lower case). Never one at which anybody can get an address.
    """

    organisation = models.ForeignKey(
        Organisation, models.CASCADE, related_name="email_domains", verbose_name=_("organisation")
    )
    domain = models.CharField(_("domain"), max_length=253, unique=True)

    class Meta:
        ordering = ["domain"]
        verbose_name = _("e-mail domain")
        verbose_name_plural = _("e-mail domains")

    def __str__(self) -> str:
        return self.domain


class Registration(models.Model):
    """Somebody who has confirmed an official address asks to belong to its organisation.

    Fields: `organisation`, `email` (lower case), `name`, `password` (hashed; empty once decided), `state`, `asked_at`,
    `decided_at`, `decided_by`, `reason` (of a refusal, as it was sent).
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        APPROVED = "approved", _("Approved")
        REFUSED = "refused", _("Refused")

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="registrations")
    email = models.EmailField(_("e-mail address"))
    name = models.CharField(_("name"), max_length=150)
    password = models.CharField(max_length=128, blank=True)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.WAITING)
    asked_at = models.DateTimeField(_("asked at"), auto_now_add=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    reason = models.TextField(_("reason"), max_length=1000, blank=True)

    class Meta:
        ordering = ["asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["email"], condition=models.Q(state="waiting"), name="one_waiting_registration_per_address"
            ),
            models.CheckConstraint(
                condition=models.Q(state="waiting") | models.Q(password=""), name="decided_registration_has_no_password"
            ),
        ]
        verbose_name = _("registration")
        verbose_name_plural = _("registrations")

    def __str__(self) -> str:
        return f"{self.name}, {self.organisation}"


class Invitation(models.Model):
    """An administrator's invitation of one address to one organisation; its link works once.

    Fields: `organisation`, `email` (lower case), `role`, `token_sha256` (the token itself stands only in the mail),
    `made_by`, `made_at`, `expires_at`, `accepted_at`, `revoked_at`.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="invitations")
    email = models.EmailField(_("e-mail address"))
    role = models.PositiveSmallIntegerField(_("role"), choices=Membership.Role, default=Membership.Role.READER)
    token_sha256 = models.CharField(max_length=64, unique=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(_("valid until"), default=end_of_invitation)
    accepted_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-made_at"]
        constraints = [
            models.CheckConstraint(condition=models.Q(role__range=(1, 4)), name="invited_role_is_known"),
        ]
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")

    def __str__(self) -> str:
        return f"{self.email}, {self.organisation}"
