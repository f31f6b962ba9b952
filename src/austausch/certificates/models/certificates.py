"""Certificates, the batches in which they are issued, and their revocations."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from austausch.certificates.models.keys import SigningKey, StatusList
from austausch.certificates.models.pupils import ImportBatch, Pupil
from austausch.certificates.models.schools import School, SchoolYear
from austausch.certificates.queries import CertificateQuerySet, IssueBatchQuerySet
from austausch.people.models import User


class Numbering(models.Model):
    """The last number given in a school's year. Its row is the lock under which numbers are given."""

    school = models.ForeignKey(School, models.CASCADE, related_name="+")
    school_year = models.ForeignKey(SchoolYear, models.PROTECT, related_name="+")
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["school", "school_year"], name="one_numbering_per_year")]

    def __str__(self) -> str:
        return str(self.last)


class IssueBatch(models.Model):
    """Certificates that are issued together, at one school.

    Fields: `scope`; `class_name` (of a class); `pupils`, exactly those for whom somebody asked; `import_batch`, the
    import whose pupils these are and that makes a second person unnecessary; `purpose`, why they are issued;
    `valid_until`, the last day of each; `state`; who asked (`made_by`, `made_at`), who allowed or refused
    (`decided_by`, `decided_at`, `refusal`); `total` and `done`; `left_out`, pupils whose data made no certificate any
    more when their turn came; `archive` and `print_files`, names in the private storage; `started_at`, `finished_at`;
    `claimed_at`, when a worker last said that it is at work; `problem`, why it stopped; `run`, one text for the
    batches of all schools of a municipality; `replaces`, the certificate of which this is a reissue.
    """

    class Scope(models.TextChoices):
        ONE = "one", _("one pupil")
        CLASS = "class", _("one class")
        SCHOOL = "school", _("the school")
        MUNICIPALITY = "municipality", _("the schools of a municipality")

    class State(models.TextChoices):
        WAITING = "waiting", _("waits for a second person")
        QUEUED = "queued", _("waits for its turn")
        RUNNING = "running", _("is being issued")
        FINISHED = "finished", _("finished")
        STOPPED = "stopped", _("stopped")
        REFUSED = "refused", _("refused")

    school = models.ForeignKey(School, models.PROTECT, related_name="batches", verbose_name=_("school"))
    school_year = models.ForeignKey(SchoolYear, models.PROTECT, related_name="+", verbose_name=_("school year"))
    scope = models.CharField(_("scope"), max_length=12, choices=Scope)
    class_name = models.CharField(_("class"), max_length=30, blank=True)
    import_batch = models.ForeignKey(
        ImportBatch, models.SET_NULL, null=True, blank=True, related_name="batches", verbose_name=_("import")
    )
    pupils = models.ManyToManyField(Pupil, related_name="batches", verbose_name=_("pupils"))
    purpose = models.CharField(_("purpose"), max_length=200)
    valid_until = models.DateField(_("valid until"))
    run = models.CharField(max_length=40, blank=True)
    replaces = models.ForeignKey(
        "Certificate", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("replaces")
    )
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.WAITING)
    made_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("asked for by"))
    made_at = models.DateTimeField(_("asked for at"), default=timezone.now)
    decided_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    refusal = models.CharField(_("reason of the refusal"), max_length=300, blank=True)
    total = models.PositiveIntegerField(_("certificates"), default=0)
    done = models.PositiveIntegerField(_("done"), default=0)
    started_at = models.DateTimeField(_("started at"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)
    claimed_at = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(_("problem"), max_length=300, blank=True)
    left_out = models.PositiveIntegerField(_("left out"), default=0)
    archive = models.CharField(max_length=150, blank=True)
    print_files = models.JSONField(default=list, blank=True)

    objects = IssueBatchQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "-pk"]
        indexes = [models.Index(fields=["run"]), models.Index(fields=["state"])]
        constraints = [
            models.CheckConstraint(condition=Q(done__lte=F("total")), name="issue_batch_not_more_than_all"),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | Q(made_by__isnull=True) | ~Q(decided_by=F("made_by")),
                name="issue_batch_has_four_eyes",
            ),
        ]
        verbose_name = _("batch of certificates")
        verbose_name_plural = _("batches of certificates")

    def __str__(self) -> str:
        return f"{self.school.number}, {self.made_at:%Y-%m-%d %H:%M}"

    def get_absolute_url(self) -> str:
        return reverse("certificates:batch", args=[self.school.number, self.pk])

    @property
    def whom(self) -> str:
        """For whom, as a title says it."""
        return str(_("class %(name)s") % {"name": self.class_name} if self.class_name else self.get_scope_display())


class Certificate(models.Model):
    """One certificate. What was sealed and printed is kept as it was; the pupil's data may change or go.

    Fields: `number` (`sequence` is its running part, without gaps in a school's year), `kind`, `state`, `batch`,
    `pupil` (none once the pupil's data are deleted), `key` that sealed it, `status_list` and `status_index`,
    `issued_on`, `valid_until` (the last day), `content` (what was sealed and printed, see `content.Content`; empty
    once its retention has ended), `seal` (bytes as in the codes), `file` (name in the private storage) with
    `file_sha256`, `issued_at` (when it was finished), `retention_ends_on`, `replaces`.

    A reserved certificate has its number and place and is not out yet. `str` names no person.
    """

    class Kind(models.TextChoices):
        ATTENDS = "attends", _("attends the school")
        ATTENDED = "attended", _("attended the school")

    class State(models.TextChoices):
        RESERVED = "reserved", _("not finished")
        ISSUED = "issued", _("issued")
        REVOKED = "revoked", _("revoked")

    number = models.CharField(_("certificate number"), max_length=30, unique=True)
    school = models.ForeignKey(School, models.PROTECT, related_name="certificates", verbose_name=_("school"))
    school_year = models.ForeignKey(SchoolYear, models.PROTECT, related_name="+", verbose_name=_("school year"))
    sequence = models.PositiveIntegerField()
    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.ATTENDS)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.RESERVED)
    batch = models.ForeignKey(IssueBatch, models.PROTECT, related_name="certificates", verbose_name=_("batch"))
    pupil = models.ForeignKey(
        Pupil, models.SET_NULL, null=True, blank=True, related_name="certificates", verbose_name=_("pupil")
    )
    key = models.ForeignKey(
        SigningKey, models.PROTECT, null=True, blank=True, related_name="certificates", verbose_name=_("key")
    )
    status_list = models.ForeignKey(StatusList, models.PROTECT, related_name="certificates")
    status_index = models.PositiveIntegerField()
    issued_on = models.DateField(_("issued on"))
    valid_until = models.DateField(_("valid until"))
    content = models.JSONField(default=dict, blank=True)
    seal = models.BinaryField(blank=True)
    file = models.CharField(max_length=150, blank=True)
    file_sha256 = models.CharField(max_length=64, blank=True)
    issued_at = models.DateTimeField(_("finished at"), null=True, blank=True)
    retention_ends_on = models.DateField(_("kept until"))
    replaces = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="replaced_by", verbose_name=_("replaces")
    )

    objects = CertificateQuerySet.as_manager()

    class Meta:
        ordering = ["school", "-school_year", "-sequence"]
        indexes = [
            models.Index(fields=["batch", "state", "sequence"]),
            models.Index(fields=["school", "state", "valid_until"]),
            models.Index(fields=["retention_ends_on"]),
        ]
        constraints = [
            models.UniqueConstraint(fields=["school", "school_year", "sequence"], name="no_number_twice"),
            models.UniqueConstraint(fields=["status_list", "status_index"], name="no_status_place_twice"),
            models.UniqueConstraint(fields=["batch", "pupil"], name="one_certificate_per_pupil_and_batch"),
            models.CheckConstraint(condition=Q(valid_until__gte=F("issued_on")), name="certificate_days_in_order"),
            models.CheckConstraint(
                condition=Q(state="reserved") | Q(issued_at__isnull=False, key__isnull=False),
                name="issued_certificate_has_key_and_moment",
            ),
        ]
        verbose_name = _("certificate")
        verbose_name_plural = _("certificates")

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("certificates:certificate", args=[self.school.number, self.number])

    def is_valid_on(self, day: dt.date) -> bool:
        return self.state == self.State.ISSUED and self.issued_on <= day <= self.valid_until


class Revocation(models.Model):
    """Why a certificate holds no longer, and who said so. `explanation` is for the school; checkers see no reason."""

    class Reason(models.TextChoices):
        LEFT = "left", _("the pupil has left the school")
        WRONG = "wrong", _("the certificate contains an error")
        REPLACED = "replaced", _("replaced by another certificate")
        LOST = "lost", _("lost or stolen")
        MISUSED = "misused", _("issued or used without right")
        OTHER = "other", _("another reason")

    certificate = models.OneToOneField(
        Certificate, models.PROTECT, related_name="revocation", verbose_name=_("certificate")
    )
    reason = models.CharField(_("reason"), max_length=8, choices=Reason)
    explanation = models.CharField(_("explanation"), max_length=300, blank=True)
    revoked_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("revoked by"))
    revoked_at = models.DateTimeField(_("revoked at"), default=timezone.now)
    import_batch = models.ForeignKey(
        ImportBatch, models.SET_NULL, null=True, blank=True, related_name="revocations", verbose_name=_("import")
    )

    class Meta:
        ordering = ["-revoked_at", "-pk"]
        verbose_name = _("revocation")
        verbose_name_plural = _("revocations")

    def __str__(self) -> str:
        return f"{self.certificate}: {self.get_reason_display()}"
