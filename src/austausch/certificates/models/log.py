"""The issue log, of which nothing can be changed unnoticed, and alarms."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from austausch.certificates.models.schools import School
from austausch.certificates.queries import AlarmQuerySet
from austausch.people.models import User


class LogChain(models.Model):
    """One chain of log entries: a school's, under its number, or the platform's, under "". Its row is the lock."""

    key = models.CharField(max_length=6, primary_key=True)
    length = models.PositiveIntegerField(default=0)
    head = models.CharField(max_length=64, blank=True)

    def __str__(self) -> str:
        return self.key or "platform"


class IssueLog(models.Model):
    """What happened at a school, in order. Each entry holds the digest of the one before; see `journal`.

    Fields: `position` in the chain from 1, `at`, `actor` (stays as a number when the account goes), `action`,
    `certificate_number` (no person is named), `purpose`, `data`, `previous` and `digest` (SHA-256, hex).
    The database refuses changes.
    """

    class Action(models.TextChoices):
        READ = "read", _("pupils read")
        ASKED = "asked", _("certificates asked for")
        ALLOWED = "allowed", _("allowed by a second person")
        REFUSED = "refused", _("refused")
        RESERVED = "reserved", _("numbers given")
        ISSUED = "issued", _("certificate issued")
        STOPPED = "stopped", _("batch stopped")
        FETCHED = "fetched", _("files fetched")
        REVOKED = "revoked", _("certificate revoked")
        IMPORTED = "imported", _("pupils imported")
        KEY = "key", _("key made or changed")
        PUBLISHED = "published", _("list published")
        ALARM = "alarm", _("alarm")
        FORGOTTEN = "forgotten", _("data deleted at the end of their retention")
        ROLE = "role", _("school or role changed")
        CHECKED = "checked", _("checked by an office")

    chain = models.ForeignKey(LogChain, models.PROTECT, related_name="entries")
    position = models.PositiveIntegerField()
    at = models.DateTimeField(_("at"))
    actor = models.ForeignKey(
        User, models.DO_NOTHING, null=True, blank=True, db_constraint=False, related_name="+", verbose_name=_("person")
    )
    action = models.CharField(_("what"), max_length=9, choices=Action)
    certificate_number = models.CharField(_("certificate number"), max_length=30, blank=True, db_index=True)
    purpose = models.CharField(_("purpose"), max_length=200, blank=True)
    data = models.JSONField(default=dict, blank=True)
    previous = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=64)

    class Meta:
        ordering = ["chain", "-position"]
        constraints = [models.UniqueConstraint(fields=["chain", "position"], name="one_log_entry_per_position")]
        verbose_name = _("entry of the issue log")
        verbose_name_plural = _("entries of the issue log")

    def __str__(self) -> str:
        return f"{self.chain_id or 'platform'} {self.position}: {self.action}"


class Alarm(models.Model):
    """Something unusual that people should look at. It names no pupil, so the portal team sees it, too."""

    class Kind(models.TextChoices):
        QUOTA = "quota", _("the quota of a day is reached")
        NIGHT = "night", _("issued at an unusual time")
        MANY_BY_HAND = "by_hand", _("many certificates outside an import")
        MANY_REISSUED = "reissued", _("many reissues")
        AGE = "age", _("an age that does not fit the school type")
        SHORT = "short", _("pupils who attended for a few days only")
        LOG = "log", _("the issue log does not agree with itself")

    school = models.ForeignKey(School, models.CASCADE, null=True, related_name="alarms", verbose_name=_("school"))
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    text = models.CharField(_("text"), max_length=300)
    raised_at = models.DateTimeField(_("raised at"), default=timezone.now)
    settled_at = models.DateTimeField(_("settled at"), null=True, blank=True)
    settled_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("settled by")
    )
    settlement = models.CharField(_("what came of it"), max_length=300, blank=True)

    objects = AlarmQuerySet.as_manager()

    class Meta:
        ordering = ["-raised_at", "-pk"]
        verbose_name = _("alarm")
        verbose_name_plural = _("alarms")

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.school}"
