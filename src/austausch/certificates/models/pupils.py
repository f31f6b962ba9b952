"""Pupils as a school's own administration knows them, and the imports that brought them here.

There is no field for nationality, origin, language or religion, and none may be added: a certificate says that
somebody attends a school, and nothing else.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from austausch.certificates.models.schools import School, SchoolYear
from austausch.certificates.queries import ImportBatchQuerySet, PupilQuerySet
from austausch.people.models import User


class Grade(models.TextChoices):
    """Grades by their codes in XSchule's list `jahrgangsstufe`."""

    G1 = "jahrgangsstufe_1", "1"
    G2 = "jahrgangsstufe_2", "2"
    G3 = "jahrgangsstufe_3", "3"
    G4 = "jahrgangsstufe_4", "4"
    G5 = "jahrgangsstufe_5", "5"
    G6 = "jahrgangsstufe_6", "6"
    G7 = "jahrgangsstufe_7", "7"
    G8 = "jahrgangsstufe_8", "8"
    G9 = "jahrgangsstufe_9", "9"
    G10 = "jahrgangsstufe_10", "10"
    G11 = "jahrgangsstufe_11", "11"
    G12 = "jahrgangsstufe_12", "12"
    G13 = "jahrgangsstufe_13", "13"
    EF = "einfuehrungsphase", "EF"
    Q1 = "qualifikationsphase_1", "Q1"
    Q2 = "qualifikationsphase_2", "Q2"
    Y1 = "1_jahr", _("1st year")
    Y2 = "2_jahr", _("2nd year")
    Y3 = "3_jahr", _("3rd year")
    Y4 = "4_jahr", _("4th year")


class ImportBatch(models.Model):
    """One reading of a school's pupils from its own administration.

    Fields: `source`, `state`, `file_name` and `file_sha256` of what was uploaded (the file itself is not kept),
    `made_by`/`made_at`, `applied_by`/`applied_at` (once a person has looked at it and said yes), and how many rows
    were `read`, `new`, `changed`, `same`, `refused`, `departed`. `complete`: the file holds all pupils of the school,
    so that whoever is missing may have left. `encoding` as read or as the uploader said; `problems`, what is wrong with
    the file as a whole; `done` of `total` while somebody waits; `undone_by`/`undone_at`. `claimed_at`: when somebody
    last said that it is at work; `attempts`, how often it was begun; `last_day` of those confirmed to have left, for
    whom the file gives none.
    """

    class Source(models.TextChoices):
        SVWS = "svws", "SVWS-Server"
        SCHILD = "schild", _("SchILD export (.dat)")
        CSV = "csv", _("CSV table")
        XLSX = "xlsx", _("Excel table")

    class State(models.TextChoices):
        READING = "reading", _("being read")
        ASKING = "asking", _("waits for answers")
        APPLYING = "applying", _("being applied")
        APPLIED = "applied", _("applied")
        REFUSED = "refused", _("refused")
        DROPPED = "dropped", _("not applied")
        UNDONE = "undone", _("undone")

    school = models.ForeignKey(School, models.CASCADE, related_name="imports", verbose_name=_("school"))
    school_year = models.ForeignKey(SchoolYear, models.PROTECT, related_name="+", verbose_name=_("school year"))
    source = models.CharField(_("source"), max_length=6, choices=Source)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.READING)
    file_name = models.CharField(_("file"), max_length=200, blank=True)
    file_sha256 = models.CharField(max_length=64, blank=True)
    made_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("made by"))
    made_at = models.DateTimeField(_("made at"), default=timezone.now)
    applied_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("applied by")
    )
    applied_at = models.DateTimeField(_("applied at"), null=True, blank=True)
    read = models.PositiveIntegerField(_("read"), default=0)
    new = models.PositiveIntegerField(_("new"), default=0)
    changed = models.PositiveIntegerField(_("changed"), default=0)
    refused = models.PositiveIntegerField(_("refused"), default=0)
    departed = models.PositiveIntegerField(_("departed"), default=0)
    same = models.PositiveIntegerField(_("unchanged"), default=0)
    complete = models.BooleanField(_("all pupils of the school"), default=False)
    encoding = models.CharField(_("encoding"), max_length=12, blank=True)
    problems = models.JSONField(default=list, blank=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    undone_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("undone by")
    )
    undone_at = models.DateTimeField(_("undone at"), null=True, blank=True)
    claimed_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_day = models.DateField(null=True, blank=True)

    objects = ImportBatchQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="applied") | Q(applied_at__isnull=False), name="applied_import_has_its_moment"
            )
        ]
        verbose_name = _("import")
        verbose_name_plural = _("imports")

    def __str__(self) -> str:
        return f"{self.get_source_display()}, {self.made_at:%Y-%m-%d %H:%M}"

    def get_absolute_url(self) -> str:
        return reverse("certificates:import", args=[self.school.number, self.pk])


class Pupil(models.Model):
    """Somebody who attends, or attended, a school. Shown through the policy to that school's people only.

    Fields: `school`; `source_key`, by which the school's administration knows the pupil (its own number; SchILD has
    none, there it is made of name and birth date); names as in the register (`call_name`: of several first names the
    one in use); `birth_date`, `birth_place` (the town only); address; `grade`, `class_name`; `status` with the codes
    of the SVWS-Server; `attending_since`, `expected_end`, `ended_on` (of those who have left);
    `no_information_to_third_parties`; `import_batch`, the applied import that last confirmed these data, none for
    data entered or changed by hand since; `retention_ends_on`, the last day on which the data are kept, unless somebody
    holds them for a `hold_reason` (`held_by`, `held_at`). `name_doubt`: why the name looks damaged; no certificate is
    issued until a person has confirmed or corrected it. `name_in_source`: the names as the administration had them when
    a person did, so that the next import does not ask again.

    `str` says nothing about the person: it ends up in logs that nobody asks the policy about.
    """

    class Status(models.IntegerChoices):
        NEW = 0, _("new")
        WAITING = 1, _("waiting list")
        ACTIVE = 2, _("active")
        ON_LEAVE = 3, _("on leave")
        EXTERNAL = 6, _("external")
        GRADUATED = 8, _("graduated")
        LEFT = 9, _("left")
        FORMER = 10, _("former")

    school = models.ForeignKey(School, models.CASCADE, related_name="pupils", verbose_name=_("school"))
    source_key = models.CharField(max_length=100)
    family_name = models.CharField(_("family name"), max_length=120)
    first_names = models.CharField(_("first names"), max_length=120)
    call_name = models.CharField(_("name in use"), max_length=120, blank=True)
    birth_date = models.DateField(_("birth date"))
    birth_place = models.CharField(_("birth place"), max_length=100, blank=True)
    street = models.CharField(_("street"), max_length=100, blank=True)
    house_number = models.CharField(_("house number"), max_length=15, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=10, blank=True)
    town = models.CharField(_("town"), max_length=100, blank=True)
    grade = models.CharField(_("grade"), max_length=30, choices=Grade)
    class_name = models.CharField(_("class"), max_length=30, blank=True)
    status = models.PositiveSmallIntegerField(_("status"), choices=Status, default=Status.ACTIVE)
    attending_since = models.DateField(_("attending since"))
    expected_end = models.DateField(_("expected to attend until"), null=True, blank=True)
    ended_on = models.DateField(_("attended until"), null=True, blank=True)
    no_information_to_third_parties = models.BooleanField(_("no information to third parties"), default=False)
    import_batch = models.ForeignKey(
        ImportBatch, models.SET_NULL, null=True, blank=True, related_name="pupils", verbose_name=_("import")
    )
    changed_at = models.DateTimeField(_("changed at"), default=timezone.now)
    retention_ends_on = models.DateField(_("kept until"))
    name_doubt = models.CharField(_("name to be checked"), max_length=8, blank=True)
    name_in_source = models.CharField(max_length=250, blank=True)
    hold_reason = models.CharField(_("reason for keeping the data longer"), max_length=300, blank=True)
    held_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    held_at = models.DateTimeField(null=True, blank=True)

    objects = PupilQuerySet.as_manager()

    class Meta:
        ordering = ["class_name", "family_name", "first_names", "pk"]
        indexes = [
            models.Index(fields=["school", "class_name"]),
            models.Index(fields=["retention_ends_on"]),
        ]
        constraints = [
            models.UniqueConstraint(fields=["school", "source_key"], name="one_pupil_per_source_key"),
            models.CheckConstraint(condition=Q(status__in=[0, 1, 2, 3, 6, 8, 9, 10]), name="pupil_status_is_known"),
            models.CheckConstraint(condition=Q(attending_since__gt=F("birth_date")), name="pupil_attends_after_birth"),
            models.CheckConstraint(
                condition=Q(expected_end__isnull=True) | Q(expected_end__gte=F("attending_since")),
                name="pupil_expected_days_in_order",
                violation_error_message=_("The expected end lies before the beginning."),
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("attending_since")),
                name="pupil_days_in_order",
                violation_error_message=_("The end lies before the beginning."),
            ),
        ]
        verbose_name = _("pupil")
        verbose_name_plural = _("pupils")

    def __str__(self) -> str:
        return f"Pupil {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("certificates:pupil", args=[self.school.number, self.pk])

    @property
    def has_left(self) -> bool:
        return self.status in {self.Status.GRADUATED, self.Status.LEFT, self.Status.FORMER}
