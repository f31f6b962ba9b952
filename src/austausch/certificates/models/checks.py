"""Offices that check certificates: who may, what they asked, what was answered, and what they want to hear of.

A check is not told to the school: that somebody had to prove attendance to an office is nobody else's business.
"""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from austausch.certificates.models.certificates import Certificate
from austausch.people.models import Organisation, User


class CheckingOffice(models.Model):
    """An organisation that the portal team has allowed to check. Fields: `task`, what law or duty it checks for."""

    organisation = models.OneToOneField(
        Organisation, models.CASCADE, related_name="checking_office", verbose_name=_("organisation")
    )
    task = models.CharField(_("task for which it checks"), max_length=200)
    allowed_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("allowed by"))
    allowed_at = models.DateTimeField(_("allowed at"), default=timezone.now)

    class Meta:
        ordering = ["organisation__name"]
        verbose_name = _("checking office")
        verbose_name_plural = _("checking offices")

    def __str__(self) -> str:
        return str(self.organisation)


class OfficeKey(models.Model):
    """A key with which an office's program checks through the API. It is shown once; only its hash is kept."""

    organisation = models.ForeignKey(
        Organisation, models.CASCADE, related_name="checking_keys", verbose_name=_("organisation")
    )
    label = models.CharField(_("program"), max_length=100)
    token_sha256 = models.CharField(max_length=64, unique=True)
    made_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("made by"))
    made_at = models.DateTimeField(_("made at"), default=timezone.now)
    revoked_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)

    class Meta:
        ordering = ["-made_at", "-pk"]
        verbose_name = _("key of a program")
        verbose_name_plural = _("keys of programs")

    def __str__(self) -> str:
        return self.label


class Check(models.Model):
    """Certificates that an office checks together, for one case.

    Fields: `purpose`, `case_number`; who asked (`made_by`, or a program with `key`); `watch`, whether the office
    wants to hear when the status of what was presented changes; `total` and `done`; `claimed_at`, when a worker last
    said that it is at work; `finished_at`; `forgotten_at`, when files' names and sealed data were deleted.
    """

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="checks", verbose_name=_("organisation")
    )
    purpose = models.CharField(_("purpose"), max_length=200)
    case_number = models.CharField(_("case number"), max_length=60)
    made_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("asked by"))
    key = models.ForeignKey(OfficeKey, models.SET_NULL, null=True, blank=True, related_name="+")
    made_at = models.DateTimeField(_("asked at"), default=timezone.now)
    watch = models.BooleanField(_("tell us when the status changes"), default=False)
    total = models.PositiveIntegerField(_("certificates"), default=0)
    done = models.PositiveIntegerField(_("done"), default=0)
    claimed_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)
    forgotten_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-made_at", "-pk"]
        indexes = [models.Index(fields=["organisation", "made_at"]), models.Index(fields=["finished_at"])]
        constraints = [models.CheckConstraint(condition=Q(done__lte=F("total")), name="check_not_more_than_all")]
        verbose_name = _("check")
        verbose_name_plural = _("checks")

    def __str__(self) -> str:
        return f"Check {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("certificates:office_check", args=[self.pk])


class CheckItem(models.Model):
    """One file, seal or number of a check, and what was answered.

    Fields: `kind`; `name`, the file's own; `given`, the file until it has been read, a seal, or a number; `outcome`
    and `code` as in vdseal.verifying, empty until there is an answer; `certificate_number`, `valid_until`; `sealed`,
    what the seal says by field. `name`, `given` and `sealed` are deleted a day after the check.
    A file with several certificates becomes several items of one `position`, told apart by `part`.
    """

    class Kind(models.TextChoices):
        FILE = "file", _("file")
        SEAL = "seal", _("seal")
        NUMBER = "number", _("number")

    # Named "request" because Django's models have a method `check`.
    request = models.ForeignKey(Check, models.CASCADE, related_name="items", verbose_name=_("check"))
    position = models.PositiveIntegerField()
    part = models.PositiveSmallIntegerField(default=0)
    kind = models.CharField(_("kind"), max_length=6, choices=Kind)
    name = models.CharField(_("file"), max_length=200, blank=True)
    given = models.BinaryField(blank=True)
    outcome = models.CharField(_("answer"), max_length=12, blank=True)
    code = models.CharField(_("code"), max_length=30, blank=True)
    certificate_number = models.CharField(_("certificate number"), max_length=30, blank=True)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    sealed = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["request", "position", "part"]
        constraints = [
            models.UniqueConstraint(fields=["request", "position", "part"], name="one_item_per_place_of_a_check")
        ]
        verbose_name = _("checked certificate")
        verbose_name_plural = _("checked certificates")

    def __str__(self) -> str:
        return f"Item {self.pk}"


class CheckLog(models.Model):
    """Who asked about which certificate, when, for which purpose and case, and what was answered. Append-only.

    Fields: `organisation_key` and `actor` (text and number, so that nothing in a row changes when these go), `program`
    (of a key), `purpose`, `case_number`, `subject` (a certificate number, or the SHA-256 of what was presented),
    `outcome`, `code`, `place` (unique: check, position and part, so that a repeated run writes nothing twice).
    """

    at = models.DateTimeField(_("at"), default=timezone.now)
    organisation_key = models.CharField(_("organisation"), max_length=60, db_index=True)
    actor = models.PositiveBigIntegerField(_("person"), null=True)
    program = models.CharField(_("program"), max_length=100, blank=True)
    purpose = models.CharField(_("purpose"), max_length=200)
    case_number = models.CharField(_("case number"), max_length=60)
    subject = models.CharField(_("certificate"), max_length=64)
    outcome = models.CharField(_("answer"), max_length=12)
    code = models.CharField(_("code"), max_length=30)
    place = models.CharField(max_length=40, unique=True)

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = _("entry of the log of checks")
        verbose_name_plural = _("entries of the log of checks")

    def __str__(self) -> str:
        return self.place


class WatchQuerySet(models.QuerySet["Watch"]):
    def open(self) -> WatchQuerySet:
        """Whose status may still change."""
        return self.filter(changed_at=None)

    def changed(self, today: dt.date | None = None) -> WatchQuerySet:
        """Open ones whose certificate holds no longer."""
        today = today or timezone.localdate()
        return self.open().filter(
            Q(certificate__state=Certificate.State.REVOKED) | Q(certificate__valid_until__lt=today)
        )


class Watch(models.Model):
    """An office wants to hear when a certificate that was presented to it holds no longer.

    Fields: `case_number`; `made_by`; `changed_at` and `code` (revoked, expired) once that has happened; `seen_at`,
    `seen_by`, when somebody has noted it. What follows from it is for people to decide.
    """

    organisation = models.ForeignKey(
        Organisation, models.CASCADE, related_name="watches", verbose_name=_("organisation")
    )
    certificate = models.ForeignKey(Certificate, models.CASCADE, related_name="+", verbose_name=_("certificate"))
    case_number = models.CharField(_("case number"), max_length=60)
    made_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("asked by"))
    made_at = models.DateTimeField(_("asked at"), default=timezone.now)
    changed_at = models.DateTimeField(_("changed at"), null=True, blank=True)
    code = models.CharField(_("code"), max_length=30, blank=True)
    seen_at = models.DateTimeField(_("noted at"), null=True, blank=True)
    seen_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("noted by")
    )

    objects = WatchQuerySet.as_manager()

    class Meta:
        ordering = ["-changed_at", "-made_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "certificate", "case_number"], name="one_watch_per_certificate_and_case"
            )
        ]
        verbose_name = _("watched certificate")
        verbose_name_plural = _("watched certificates")

    def __str__(self) -> str:
        return f"Watch {self.pk}"
