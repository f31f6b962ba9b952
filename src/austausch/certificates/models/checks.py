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


class OfficeKeyQuerySet(models.QuerySet["OfficeKey"]):
    def good(self, now: dt.datetime | None = None) -> OfficeKeyQuerySet:
        """Neither withdrawn nor past its end, and of an office that may still check."""
        now = now or timezone.now()
        return self.filter(revoked_at=None, expires_at__gt=now, organisation__checking_office__isnull=False)

    def ending(self, now: dt.datetime, within: dt.timedelta) -> OfficeKeyQuerySet:
        """Good ones that end soon and that no other key follows."""
        return self.good(now).filter(expires_at__lte=now + within, replaced_by=None)


class OfficeKey(models.Model):
    """A key with which an office's program checks through the API. It is shown once; only its hash is kept.

    Fields: `label`; `expires_at`, after which it opens nothing; `replaced_by`, the key that follows it; `used_at`, when
    it was last used (to some minutes); `revoked_at`; `reminded_at`, when administrators were told of its end.
    """

    organisation = models.ForeignKey(
        Organisation, models.CASCADE, related_name="checking_keys", verbose_name=_("organisation")
    )
    label = models.CharField(_("program"), max_length=100)
    token_sha256 = models.CharField(max_length=64, unique=True)
    made_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("made by"))
    made_at = models.DateTimeField(_("made at"), default=timezone.now)
    expires_at = models.DateTimeField(_("ends at"))
    replaced_by = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="replaces")
    used_at = models.DateTimeField(_("last used at"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)

    objects = OfficeKeyQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "-pk"]
        verbose_name = _("key of a program")
        verbose_name_plural = _("keys of programs")

    def __str__(self) -> str:
        return self.label

    @property
    def state(self) -> str:
        """In one word: good, withdrawn or ended."""
        if self.revoked_at is not None:
            return "withdrawn"
        return "good" if self.expires_at > timezone.now() else "ended"


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


class CheckChain(models.Model):
    """The log of one office, under the key of its organisation. Its row is the lock.

    Fields: `length` and `head`, position and digest of the last entry; `cut` and `cut_digest`, those of the last entry
    that was deleted at the end of its retention: from there the rest is verified.
    """

    key = models.CharField(max_length=60, primary_key=True)
    length = models.PositiveIntegerField(default=0)
    head = models.CharField(max_length=64, blank=True)
    cut = models.PositiveIntegerField(default=0)
    cut_digest = models.CharField(max_length=64, blank=True)

    def __str__(self) -> str:
        return self.key


class CheckLog(models.Model):
    """Who asked about which certificate, when, for which purpose and case, and what was answered. Append-only.

    Each entry holds the digest of the one before in its office's chain; see `checks.journal`.

    Fields: `organisation_key` and `actor` (text and number, so that nothing in a row changes when these go), `program`
    (of a key), `purpose`, `case_number`, `subject` (a certificate number, or the SHA-256 of what was presented),
    `outcome`, `code`, `place` (unique: check, position and part, so that a repeated run writes nothing twice);
    `position` in the office's chain from 1, `previous` and `digest` (SHA-256, hex).
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
    position = models.PositiveIntegerField()
    previous = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=64)

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["at"])]
        constraints = [
            models.UniqueConstraint(fields=["organisation_key", "position"], name="one_check_entry_per_position")
        ]
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
