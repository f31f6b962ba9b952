"""Organisations and the roles of people in them."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel

from austausch.core.generation import public_content
from austausch.people.models.accounts import User


@public_content
class Organisation(ClusterableModel):
    """A body that leads or takes part in entries, and to which people belong.

    Fields: `key` (stable, as in catalogue files and addresses), `name`, `kind`, `place` (its municipality or
    district, where it has one).
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
    members = models.ManyToManyField(User, through="Membership", related_name="organisations")

    class Meta:
        ordering = ["name"]
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")

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
