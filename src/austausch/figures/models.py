"""Statistical series: figures with unit, source and date."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.admin.panels import FieldPanel, InlinePanel

from austausch.core.generation import public_content


@public_content
class Statistic(ClusterableModel):
    """A table of figures: several named series over the same years.

    Fields: `title`, `unit`, `source`, `note`; `position` orders them.
    """

    title = models.CharField(_("title"), max_length=200, unique=True)
    unit = models.CharField(_("unit"), max_length=60)
    source = models.CharField(
        _("source"),
        max_length=300,
        blank=True,
        help_text=_("Empty: the source that this installation states for all its figures."),
    )
    note = models.CharField(_("note"), max_length=500, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    panels = [
        *(FieldPanel(name) for name in ("title", "unit", "source", "note", "position")),
        InlinePanel("values", label=_("value"), heading=_("values")),
    ]

    class Meta:
        ordering = ["position", "title"]
        verbose_name = _("statistic")
        verbose_name_plural = _("statistics")

    def __str__(self) -> str:
        return self.title

    @property
    def stated_source(self) -> str:
        """Its own source or, where the catalogue names none, the one the installation states for its catalogue."""
        return self.source or settings.AUSTAUSCH_FIGURES_SOURCE


@public_content
class Value(models.Model):
    """One figure: which series, which year, how much (in the statistic's unit)."""

    statistic = ParentalKey(Statistic, on_delete=models.CASCADE, related_name="values", verbose_name=_("statistic"))
    series = models.CharField(_("series"), max_length=100)
    series_position = models.PositiveSmallIntegerField(_("position of the series"), default=0)
    year = models.PositiveSmallIntegerField(_("year"))
    number = models.DecimalField(_("value"), max_digits=16, decimal_places=3)

    panels = [FieldPanel(name) for name in ("series", "series_position", "year", "number")]

    class Meta:
        ordering = ["series_position", "series", "year"]
        constraints = [models.UniqueConstraint(fields=["statistic", "series", "year"], name="one_value_per_year")]
        verbose_name = _("value")
        verbose_name_plural = _("values")

    def __str__(self) -> str:
        return f"{self.series} {self.year}: {self.number}"
