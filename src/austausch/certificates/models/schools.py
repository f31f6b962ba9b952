"""Schools, school years, and who does what at a school."""

from __future__ import annotations

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from austausch.certificates.queries import SchoolQuerySet, SchoolYearQuerySet
from austausch.people.models import Organisation, User

SCHOOL_NUMBER = RegexValidator(r"^[0-9]{6}\Z", _("A school number has six digits."))
POSTAL_CODE = RegexValidator(r"^[0-9]{5}\Z", _("A postal code has five digits."))


class School(models.Model):
    """A school that issues certificates under its own name and with its own keys.

    Fields: `number` (the six digits by which the state knows it), `name`, `kind`, `body` (who runs it, as XSchule
    has it), `organisation` (that runs it, as the platform knows it), `place` (its municipality), address, contact,
    `certificates_per_day` (a quota of its own; none: the platform's rule), `closed_on` (the last day on which it
    issued).
    """

    class Kind(models.TextChoices):
        PRIMARY = "grundschule", "Grundschule"
        SECONDARY_GENERAL = "hauptschule", "Hauptschule"
        INTERMEDIATE = "realschule", "Realschule"
        SECONDARY = "sekundarschule", "Sekundarschule"
        COMPREHENSIVE = "gesamtschule", "Gesamtschule"
        GRAMMAR = "gymnasium", "Gymnasium"
        SPECIAL = "foerderschule", "Förderschule"
        VOCATIONAL = "berufskolleg", "Berufskolleg"
        FURTHER = "weiterbildungskolleg", "Weiterbildungskolleg"
        WALDORF = "waldorfschule", "Freie Waldorfschule"
        OTHER = "sonstige", _("another type")

    class Body(models.TextChoices):
        MUNICIPALITY = "kommune", _("municipality")
        DISTRICT = "kreis", _("district")
        STATE = "land", _("federal state")
        CHURCH = "kirchlich", _("church")
        PRIVATE = "privat", _("private")
        OTHER = "sonstige", _("another body")

    number = models.CharField(_("school number"), max_length=6, unique=True, validators=[SCHOOL_NUMBER])
    name = models.CharField(_("name"), max_length=150)
    kind = models.CharField(_("school type"), max_length=20, choices=Kind)
    body = models.CharField(_("run by"), max_length=10, choices=Body, default=Body.MUNICIPALITY)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="schools", verbose_name=_("organisation that runs it")
    )
    place = models.ForeignKey("places.Place", models.PROTECT, related_name="+", verbose_name=_("municipality"))
    street = models.CharField(_("street"), max_length=100)
    house_number = models.CharField(_("house number"), max_length=15)
    postal_code = models.CharField(_("postal code"), max_length=5, validators=[POSTAL_CODE])
    town = models.CharField(_("town"), max_length=100)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    email = models.EmailField(_("e-mail address"), blank=True)
    website = models.CharField(_("website"), max_length=150, blank=True)
    certificates_per_day = models.PositiveIntegerField(_("certificates per day"), null=True, blank=True)
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    members = models.ManyToManyField(User, through="SchoolRole", related_name="schools")

    objects = SchoolQuerySet.as_manager()

    class Meta:
        ordering = ["name", "number"]
        verbose_name = _("school")
        verbose_name_plural = _("schools")

    def __str__(self) -> str:
        return f"{self.name} ({self.number})"

    def get_absolute_url(self) -> str:
        return reverse("certificates:school", args=[self.number])


class SchoolRole(models.Model):
    """What a person may do at one school. Only the school's own people read its pupils; roles build on each other."""

    class Role(models.IntegerChoices):
        OFFICE = 1, _("School office")
        HEAD = 2, _("School management")

    school = models.ForeignKey(School, models.CASCADE, related_name="roles", verbose_name=_("school"))
    user = models.ForeignKey(User, models.CASCADE, related_name="school_roles", verbose_name=_("person"))
    role = models.PositiveSmallIntegerField(_("role"), choices=Role, default=Role.OFFICE)

    class Meta:
        ordering = ["school", "-role", "user"]
        constraints = [
            models.UniqueConstraint(fields=["school", "user"], name="one_role_per_school"),
            models.CheckConstraint(condition=Q(role__range=(1, 2)), name="school_role_is_known"),
        ]
        verbose_name = _("role at a school")
        verbose_name_plural = _("roles at schools")

    def __str__(self) -> str:
        return f"{self.get_role_display()}, {self.school}"


class SchoolYear(models.Model):
    """A school year. Fields: `code` as in certificate numbers (2627), `starts_on`, `ends_on` (the last day)."""

    code = models.CharField(_("code"), max_length=4, unique=True, validators=[RegexValidator(r"^[0-9]{4}\Z")])
    starts_on = models.DateField(_("begins on"), unique=True)
    ends_on = models.DateField(_("ends on"))

    objects = SchoolYearQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gt=F("starts_on")), name="school_year_days_in_order")
        ]
        verbose_name = _("school year")
        verbose_name_plural = _("school years")

    def __str__(self) -> str:
        return f"{self.starts_on:%Y}/{self.ends_on:%y}"
