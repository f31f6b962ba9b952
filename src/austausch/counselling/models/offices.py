"""Who runs offices, and the offices themselves."""

from __future__ import annotations

from django.contrib.contenttypes.fields import GenericRelation
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Floor
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from modelcluster.models import ClusterableModel

from austausch.core.generation import public_content
from austausch.counselling import hiding
from austausch.counselling.models.words import Confidentiality, Cost, Known, Precision, Sensitive, State, StepFree
from austausch.counselling.near import BANDS_PER_DEGREE
from austausch.counselling.queries import OfficeQuerySet, ProviderQuerySet

_postcode = RegexValidator(r"^[0-9]{5}$", _("A postcode has five digits."))
_phone = RegexValidator(r"^\+?[0-9][0-9 ()/-]{2,39}$", _("Write a telephone number as 0211 12345 or +49 211 12345."))


@public_content
class Provider(models.Model):
    """Who runs offices; HSDS: organization. Fields: `key` (stable), `name`, `description`, `website`, `owner` (the
    organisation of the portal whose people keep this up to date)."""

    key = models.SlugField(_("key"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=200, unique=True)
    description = models.TextField(_("description"), max_length=2000, blank=True)
    website = models.URLField(_("website"), max_length=300, blank=True)
    owner = models.ForeignKey(
        "people.Organisation", models.PROTECT, related_name="counselling_providers", verbose_name=_("kept by")
    )

    objects = ProviderQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name = _("provider of counselling")
        verbose_name_plural = _("providers of counselling")

    def __str__(self) -> str:
        return self.name


@public_content
class Office(ClusterableModel):
    """A service at one place: HSDS's service, location and service_at_location in one row.

    One row, so that the database itself can refuse an address where there must be none: a CHECK sees one row only.
    There are no versions of it for the same reason: an address entered by mistake must not survive in a history.

    Fields: `owner` keeps it up to date; `provider` runs it (empty: not yet known); `entry` is the measure it belongs
    to; `is_protected`: a place where people hide; `latitude`, `longitude` and what they are the position of,
    `precision`, are set by `actions.position`; `band` is computed by the database for finding what is near; `areas`:
    for whom it is there, by place; `assured_on`, `assured_by`: who last said that all this is right; `source`: where
    it was taken from; `live`: whether the public sees it.
    """

    slug = models.SlugField(_("address"), max_length=80, unique=True)
    name = models.CharField(_("name"), max_length=200)
    description = models.TextField(_("what it does"), max_length=4000, blank=True)
    provider = models.ForeignKey(
        Provider, models.PROTECT, null=True, blank=True, related_name="offices", verbose_name=_("run by")
    )
    owner = models.ForeignKey(
        "people.Organisation", models.PROTECT, related_name="counselling_offices", verbose_name=_("kept by")
    )
    entry = models.ForeignKey(
        "catalogue.Entry",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="counselling_offices",
        verbose_name=_("measure"),
    )
    topics = models.ManyToManyField("catalogue.Topic", blank=True, related_name="+", verbose_name=_("topics"))
    target_groups = models.ManyToManyField(
        "catalogue.TargetGroup", blank=True, related_name="+", verbose_name=_("for whom")
    )
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.ACTIVE)
    sensitive = models.CharField(
        _("helps against"), max_length=16, choices=Sensitive, default=Sensitive.NONE, blank=True
    )
    is_protected = models.BooleanField(_("protected accommodation"), default=False)

    place = models.ForeignKey(
        "places.Place", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("place")
    )
    street = models.CharField(_("street and number"), max_length=150, blank=True)
    postcode = models.CharField(_("postcode"), max_length=5, blank=True, validators=[_postcode])
    latitude = models.FloatField(_("latitude"), null=True, blank=True)
    longitude = models.FloatField(_("longitude"), null=True, blank=True)
    precision = models.CharField(max_length=12, choices=Precision, default=Precision.NONE, blank=True, editable=False)
    band = models.GeneratedField(
        expression=Floor(F("latitude") * float(BANDS_PER_DEGREE)),
        output_field=models.FloatField(null=True),
        db_persist=True,
    )
    transport = models.CharField(_("how to get there"), max_length=300, blank=True)
    step_free = models.CharField(_("getting in"), max_length=6, choices=StepFree, default=StepFree.UNKNOWN, blank=True)
    accessibility_note = models.CharField(_("note on accessibility"), max_length=300, blank=True)
    areas = models.ManyToManyField("places.Place", blank=True, related_name="+", verbose_name=_("responsible for"))

    phone = models.CharField(_("telephone"), max_length=40, blank=True, validators=[_phone])
    phone_note = models.CharField(_("note on the telephone"), max_length=200, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    website = models.URLField(_("website"), max_length=300, blank=True)
    online = models.CharField(_("advises online"), max_length=3, choices=Known, default=Known.UNKNOWN, blank=True)
    online_url = models.URLField(_("address of the online advice"), max_length=300, blank=True)
    emergency_note = models.CharField(_("in an emergency"), max_length=300, blank=True)
    admission = models.CharField(_("how to get an appointment"), max_length=300, blank=True)
    cost = models.CharField(_("cost"), max_length=7, choices=Cost, default=Cost.UNKNOWN, blank=True)
    cost_note = models.CharField(_("note on cost"), max_length=200, blank=True)
    confidentiality = models.CharField(
        _("confidentiality"), max_length=12, choices=Confidentiality, default=Confidentiality.UNKNOWN, blank=True
    )
    confidentiality_note = models.CharField(_("note on confidentiality"), max_length=300, blank=True)
    hours_note = models.CharField(_("note on opening hours"), max_length=300, blank=True)
    open_on_holidays = models.BooleanField(_("open on public holidays, too"), default=False)

    assured_on = models.DateField(_("assured on"), null=True, blank=True)
    assured_by = models.CharField(_("assured by"), max_length=200, blank=True)
    source = models.CharField(_("source"), max_length=300, blank=True)
    source_url = models.URLField(_("address of the source"), max_length=500, blank=True)
    live = models.BooleanField(_("shown to the public"), default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    language_versions = GenericRelation("languages.Version")

    objects = OfficeQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        # PostgreSQL has an index of points besides, which migration 0002 makes.
        indexes = [models.Index(fields=["band", "longitude", "latitude", "live"], name="office_near")]
        constraints = [
            models.CheckConstraint(
                condition=Q(is_protected=False)
                | Q(street="", postcode="", latitude__isnull=True, longitude__isnull=True),
                name="protected_office_has_no_address",
                violation_error_message=hiding.REASON,
            ),
            models.CheckConstraint(
                condition=Q(latitude__isnull=True, longitude__isnull=True, precision=Precision.NONE)
                | (Q(latitude__range=(-90, 90), longitude__range=(-180, 180)) & ~Q(precision=Precision.NONE)),
                name="office_position_is_whole",
                violation_error_message=_("Latitude and longitude belong together, in degrees."),
            ),
            models.CheckConstraint(
                condition=Q(assured_on__isnull=True) | ~Q(assured_by=""),
                name="office_assured_by_somebody",
                violation_error_message=_("Say who assured it."),
            ),
        ]
        verbose_name = _("counselling office")
        verbose_name_plural = _("counselling offices")

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("counselling:office", args=[self.slug])

    def clean(self) -> None:
        super().clean()
        problems = hiding.problems(self)
        if problems:
            raise ValidationError(problems)

    @property
    def is_discreet(self) -> bool:
        """Whether somebody may be in danger for having looked at this."""
        return bool(self.sensitive) or self.is_protected

    @property
    def state_of_holidays(self) -> str:
        """AGS of the state whose public holidays count here; "" where the place is not known."""
        return self.place_id[:2] if self.place_id else ""
