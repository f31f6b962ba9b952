"""Changes that somebody proposes for an entry of another organisation."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from austausch.catalogue.models.entries import Entry


class Proposal(models.Model):
    """Somebody proposes new values for fields of another organisation's entry.

    Fields: `entry`; `author`, who writes for `organisation`; `reason`; `made_at`; `settled_at`, once each change is
    decided; `withdrawn_at`, taken back by the author. No `str` says what was written: it ends up in logs.
    """

    entry = models.ForeignKey(Entry, models.CASCADE, related_name="proposals", verbose_name=_("entry"))
    organisation = models.ForeignKey(
        "people.Organisation", models.PROTECT, related_name="+", verbose_name=_("organisation")
    )
    author = models.ForeignKey(
        "people.User", models.SET_NULL, null=True, related_name="proposals", verbose_name=_("author")
    )
    reason = models.TextField(_("reason"), max_length=2000)
    made_at = models.DateTimeField(_("made at"), default=timezone.now)
    settled_at = models.DateTimeField(_("settled at"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)

    class Meta:
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(settled_at__isnull=True) | Q(withdrawn_at__isnull=True),
                name="a_proposal_is_settled_or_withdrawn",
            ),
            models.UniqueConstraint(
                fields=["entry", "author"],
                condition=Q(settled_at__isnull=True, withdrawn_at__isnull=True),
                name="one_open_proposal_of_a_person",
            ),
        ]
        indexes = [models.Index(fields=["author", "-made_at"])]
        verbose_name = _("proposal")
        verbose_name_plural = _("proposals")

    def __str__(self) -> str:
        return f"{self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("catalogue:proposal", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.settled_at is None and self.withdrawn_at is None


class ProposedChange(models.Model):
    """One field of a proposal.

    Fields: `field` (a name in `adoption.fields`); `before`, what the published entry said when it was proposed;
    `value`; `state`; of the decision `reason`, `own_before` (what the draft said before it was accepted), `decided_at`
    and `decided_by`.
    """

    class State(models.TextChoices):
        OPEN = "open", _("open")
        ACCEPTED = "accepted", _("accepted")
        DECLINED = "declined", _("declined")

    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="changes", verbose_name=_("proposal"))
    field = models.CharField(_("field"), max_length=30)
    before = models.JSONField(null=True)
    value = models.JSONField(null=True)
    state = models.CharField(_("decision"), max_length=8, choices=State, default=State.OPEN)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    own_before = models.JSONField(null=True)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decided_by = models.ForeignKey(
        "people.User", models.SET_NULL, null=True, related_name="+", verbose_name=_("decided by")
    )

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["proposal", "field"], name="a_field_is_proposed_once"),
            models.CheckConstraint(
                condition=~Q(state="declined", reason=""),
                name="a_declined_change_has_a_reason",
                violation_error_message=_("Say why the change is declined."),
            ),
        ]
        verbose_name = _("proposed change")
        verbose_name_plural = _("proposed changes")

    def __str__(self) -> str:
        return f"{self.field}: {self.get_state_display()}"

    @property
    def label(self) -> str:
        """The field's name in words."""
        from austausch.catalogue.adoption.fields import FIELDS

        return str(FIELDS[self.field].label) if self.field in FIELDS else self.field
