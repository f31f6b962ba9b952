"""Keys that sign, and the signed lists by which anybody can check."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from austausch.certificates.models.schools import School, SchoolYear
from austausch.certificates.queries import SigningKeyQuerySet, StatusListQuerySet
from austausch.core.generation import public_content


@public_content
class SigningKey(models.Model):
    """A key pair and its certificate. Private keys are encrypted, or lie in hardware and never come here.

    Fields: `purpose`; `school` and `school_year` (of a school's key only); `reference`, by which seals name it (hex);
    `store` and, by store, `encrypted_key` or `hardware_label`; `public_key` (DER, SubjectPublicKeyInfo);
    `certificate` (DER); `state`; the days from `valid_from` to `valid_until` on which it may sign; `retired_at`;
    `withdrawn_at` with `withdrawal_reason`, once nothing it ever signed may be believed.

    Public: the page /pruefen/ brings the keys for lists, so a change has to show in it at once.
    A prepared key is published but signs nothing yet, so that checkers know it before the first seal.
    """

    class Purpose(models.TextChoices):
        ROOT = "root", _("root: certifies the others")
        LISTS = "lists", _("signs the trust list and status lists")
        SCHOOL = "school", _("signs a school's certificates")

    class State(models.TextChoices):
        PREPARED = "prepared", _("published, does not sign yet")
        ACTIVE = "active", _("signs")
        RETIRED = "retired", _("signs no more, what it signed holds")
        WITHDRAWN = "withdrawn", _("withdrawn: nothing it signed holds")

    class Store(models.TextChoices):
        ENCRYPTED = "encrypted", _("encrypted in the database")
        HARDWARE = "hardware", _("hardware (PKCS#11)")

    purpose = models.CharField(_("purpose"), max_length=6, choices=Purpose)
    school = models.ForeignKey(
        School, models.PROTECT, null=True, blank=True, related_name="keys", verbose_name=_("school")
    )
    school_year = models.ForeignKey(
        SchoolYear, models.PROTECT, null=True, blank=True, related_name="keys", verbose_name=_("school year")
    )
    reference = models.CharField(_("reference"), max_length=64, unique=True)
    store = models.CharField(_("kept"), max_length=9, choices=Store)
    encrypted_key = models.BinaryField(blank=True)
    hardware_label = models.CharField(max_length=100, blank=True)
    public_key = models.BinaryField()
    certificate = models.BinaryField()
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.PREPARED)
    valid_from = models.DateField(_("signs from"))
    valid_until = models.DateField(_("signs until"))
    made_at = models.DateTimeField(_("made at"), default=timezone.now)
    retired_at = models.DateTimeField(_("retired at"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)
    withdrawal_reason = models.CharField(_("reason"), max_length=300, blank=True)

    objects = SigningKeyQuerySet.as_manager()

    class Meta:
        ordering = ["purpose", "school", "-valid_from", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(purpose="school", school__isnull=False, school_year__isnull=False)
                | (~Q(purpose="school") & Q(school__isnull=True, school_year__isnull=True)),
                name="school_key_names_school_and_year",
            ),
            models.CheckConstraint(condition=Q(valid_until__gte=F("valid_from")), name="signing_key_days_in_order"),
            models.CheckConstraint(
                condition=~Q(state="withdrawn") | Q(withdrawn_at__isnull=False), name="withdrawn_key_has_its_moment"
            ),
            models.UniqueConstraint(
                fields=["school", "school_year"],
                condition=Q(state="active", purpose="school"),
                name="one_active_key_per_school_and_year",
            ),
            models.UniqueConstraint(
                fields=["purpose"],
                condition=Q(state="active") & ~Q(purpose="school"),
                name="one_active_key_per_purpose",
            ),
        ]
        verbose_name = _("signing key")
        verbose_name_plural = _("signing keys")

    def __str__(self) -> str:
        return f"{self.get_purpose_display()}, {self.reference[:12]}"


class StatusList(models.Model):
    """A list of bits, one for each certificate at a random place, published as a whole.

    Fields: `number`, `uri` (its address as seals name it, fixed for ever), `size`, `used` (places given away),
    `changed_at` (the last revocation), `open` (whether it gives away places).
    """

    number = models.PositiveIntegerField(_("number"), unique=True)
    uri = models.CharField(_("address"), max_length=200, unique=True)
    size = models.PositiveIntegerField(_("places"))
    used = models.PositiveIntegerField(_("places given away"), default=0)
    open = models.BooleanField(_("open"), default=True)
    changed_at = models.DateTimeField(_("changed at"), default=timezone.now)

    objects = StatusListQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(condition=Q(used__lte=F("size")), name="status_list_not_overfull"),
            models.UniqueConstraint(fields=["open"], condition=Q(open=True), name="one_open_status_list"),
        ]
        verbose_name = _("status list")
        verbose_name_plural = _("status lists")

    def __str__(self) -> str:
        return str(self.number)


class PublishedList(models.Model):
    """A signed list as it is served at its stable address. The newest of a `name` counts.

    Fields: `name` ("vertrauen", or "status/1"), `serial` (grows with each issue of a name, so that an old one is
    recognised), `content` (as signed), `issued_at`, `expires_at`.
    """

    name = models.CharField(_("name"), max_length=40)
    serial = models.PositiveIntegerField(_("serial number"))
    content = models.BinaryField()
    issued_at = models.DateTimeField(_("issued at"))
    expires_at = models.DateTimeField(_("expires at"))

    class Meta:
        ordering = ["name", "-serial"]
        constraints = [
            models.UniqueConstraint(fields=["name", "serial"], name="one_list_per_serial"),
            models.CheckConstraint(condition=Q(expires_at__gt=F("issued_at")), name="published_list_times_in_order"),
        ]
        verbose_name = _("published list")
        verbose_name_plural = _("published lists")

    def __str__(self) -> str:
        return f"{self.name} {self.serial}"
