"""Organisations, what they were called before, and the roles of people in them."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel

from austausch.core.generation import public_content
from austausch.people.models.accounts import User
from austausch.people.queries import OrganisationQuerySet


@public_content
class Organisation(ClusterableModel):
    """A body that leads or takes part in entries, and to which people belong.

    Fields: `key` (stable, as in catalogue files and addresses), `name`, `kind`, `place` (its municipality or
    district, where it has one), `parent` (the body above it), `merged_into` with `ended_on` (the body that does its
    work since; never one that has ended itself, so one step always leads to the present).
    """

    class Kind(models.TextChoices):
        FEDERAL = "federal", _("Federal authority")
        MINISTRY = "ministry", _("Ministry")
        MUNICIPALITY = "municipality", _("Municipality")
        DISTRICT = "district", _("District")
        AGENCY = "agency", _("Agency")
        ASSOCIATION = "association", _("Association")

    key = models.SlugField(_("key"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=200, unique=True)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    place = models.ForeignKey(
        "places.Place", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("place")
    )
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("belongs to")
    )
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged", verbose_name=_("merged into")
    )
    ended_on = models.DateField(_("ended on"), null=True, blank=True)
    members = models.ManyToManyField(User, through="Membership", related_name="organisations")

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=F("id")),
                name="organisation_not_below_itself",
                violation_error_message=_("An organisation cannot belong to itself."),
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | (~Q(merged_into=F("id")) & Q(ended_on__isnull=False)),
                name="organisation_merged_has_ended",
                violation_error_message=_("A merged organisation has ended on a day, and not in itself."),
            ),
        ]
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("people:organisation", args=[self.key])


@public_content
class FormerName(models.Model):
    """What an organisation was called until a day. Fields: `name`, `used_from` (where known), `used_until`."""

    organisation = models.ForeignKey(
        Organisation, models.CASCADE, related_name="former_names", verbose_name=_("organisation")
    )
    name = models.CharField(_("former name"), max_length=200)
    used_from = models.DateField(_("used from"), null=True, blank=True)
    used_until = models.DateField(_("used until"))

    class Meta:
        ordering = ["-used_until", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(used_from__isnull=True) | Q(used_until__gte=F("used_from")),
                name="former_name_days_in_order",
                violation_error_message=_("The end lies before the beginning."),
            )
        ]
        verbose_name = _("former name")
        verbose_name_plural = _("former names")

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """A person's role in one organisation. Roles build on each other: a publisher is also an author."""

    class Role(models.IntegerChoices):
        READER = 1, _("Reader")
        AUTHOR = 2, _("Author")
        PUBLISHER = 3, _("Publisher")
        ADMINISTRATOR = 4, _("Organisation administrator")

    user = models.ForeignKey(User, models.CASCADE, related_name="memberships", verbose_name=_("person"))
    organisation = ParentalKey(
        Organisation, on_delete=models.CASCADE, related_name="memberships", verbose_name=_("organisation")
    )
    role = models.PositiveSmallIntegerField(_("role"), choices=Role, default=Role.READER)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "organisation"], name="one_membership_per_organisation"),
            models.CheckConstraint(condition=models.Q(role__range=(1, 4)), name="membership_role_is_known"),
        ]
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()}, {self.organisation}"
