"""Places by their official key (Amtlicher Gemeindeschlüssel, AGS)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from austausch.core.generation import public_content
from austausch.places.queries import PlaceQuerySet


@public_content
class Place(models.Model):
    """A state, district or municipality.

    Fields: `ags` (2 digits state, 5 district, 8 municipality; a prefix contains what begins with it), `name`,
    `kind`, `latitude`/`longitude` in degrees (WGS 84; absent where the source has none), `population` with the
    year of the source.
    """

    class Kind(models.TextChoices):
        STATE = "state", _("State")
        DISTRICT = "district", _("District")
        CITY = "city", _("District-free city")
        MUNICIPALITY = "municipality", _("Municipality")

    ags = models.CharField(_("municipality key (AGS)"), max_length=8, primary_key=True)
    name = models.CharField(_("name"), max_length=100)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    latitude = models.FloatField(_("latitude"), null=True, blank=True)
    longitude = models.FloatField(_("longitude"), null=True, blank=True)
    population = models.PositiveIntegerField(_("population"), null=True, blank=True)

    objects = PlaceQuerySet.as_manager()

    class Meta:
        ordering = ["name", "ags"]
        verbose_name = _("place")
        verbose_name_plural = _("places")

    def __str__(self) -> str:
        return self.name
