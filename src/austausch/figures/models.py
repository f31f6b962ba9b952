"""Statistical series: figures with unit, source and date."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.admin.panels import FieldPanel, InlinePanel

from austausch.core.generation import public_content
from austausch.figures import times
from austausch.figures.forms import StatisticForm
from austausch.people.models import User
from austausch.places.models import Place


@public_content
class Statistic(ClusterableModel):
    """A table of figures: several named series over the same years.

    Fields: `title`, `unit`, `source`, `licence`, `retrieved_on` (from that source), `note`; `position` orders them;
    `is_population`: it counts inhabitants of places by year, and others are shown per 1,000 of these.
    """

    title = models.CharField(_("title"), max_length=200, unique=True)
    unit = models.CharField(_("unit"), max_length=60)
    source = models.CharField(
        _("source"),
        max_length=300,
        blank=True,
        help_text=_("Empty: the source that this installation states for all its figures."),
    )
    licence = models.CharField(_("licence"), max_length=100, blank=True)
    retrieved_on = models.DateField(_("retrieved on"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=500, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_population = models.BooleanField(
        _("counts inhabitants"),
        default=False,
        help_text=_("Other statistics of the same places are then shown per 1,000 of these inhabitants, year by year."),
    )

    panels = [
        *(FieldPanel(name) for name in ("title", "unit", "source", "licence", "retrieved_on", "note", "position")),
        FieldPanel("is_population"),
        InlinePanel("values", label=_("value"), heading=_("values")),
    ]
    base_form_class = StatisticForm

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
    """One figure: which series, which year, quarter or month (see `times`), how much (in the statistic's unit).

    `place`: the place that the series is about, where it is about one; then it can be seen per 1,000 inhabitants.
    """

    statistic = ParentalKey(Statistic, on_delete=models.CASCADE, related_name="values", verbose_name=_("statistic"))
    series = models.CharField(_("series"), max_length=100)
    series_position = models.PositiveSmallIntegerField(_("position of the series"), default=0)
    year = models.PositiveIntegerField(
        _("year"),
        validators=[times.check],
        help_text=_("A month as 202303 (March 2023), a quarter as 202333 (the first of 2023)."),
    )
    number = models.DecimalField(_("value"), max_digits=16, decimal_places=3)
    place = models.ForeignKey(Place, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("place"))

    panels = [FieldPanel(name) for name in ("series", "series_position", "year", "number")]

    class Meta:
        ordering = ["series_position", "series", "year"]
        constraints = [models.UniqueConstraint(fields=["statistic", "series", "year"], name="one_value_per_year")]
        verbose_name = _("value")
        verbose_name_plural = _("values")

    def __str__(self) -> str:
        return f"{self.series} {self.year}: {self.number}"


@public_content
class OlderValue(models.Model):
    """What a figure was before it was revised. Kept for good: somebody has quoted it."""

    statistic = models.ForeignKey(Statistic, models.CASCADE, related_name="older_values", verbose_name=_("statistic"))
    series = models.CharField(_("series"), max_length=100)
    year = models.PositiveIntegerField(_("year"))
    number = models.DecimalField(_("value"), max_digits=16, decimal_places=3)
    replaced_at = models.DateTimeField(_("replaced at"), default=timezone.now)

    class Meta:
        ordering = ["series", "year", "replaced_at", "pk"]
        indexes = [models.Index(fields=["statistic", "series", "year"])]
        verbose_name = _("older value")
        verbose_name_plural = _("older values")

    def __str__(self) -> str:
        return f"{self.series} {self.year}: {self.number}"


class StatisticImport(models.Model):
    """A file that was read and not yet taken over. `content` is what `importing.Reading` holds; gone after a day."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    read_at = models.DateTimeField(default=timezone.now)
    content = models.JSONField()

    def __str__(self) -> str:
        return f"{self.pk}"


class PageUse(models.Model):
    """How often a kind of page was asked for on a day. Neither person nor address nor time of day."""

    day = models.DateField(_("day"))
    kind = models.CharField(_("kind of page"), max_length=20)
    asked = models.PositiveIntegerField(_("asked for"))

    class Meta:
        ordering = ["-day", "kind"]
        constraints = [models.UniqueConstraint(fields=["day", "kind"], name="page_use_once_a_day")]

    def __str__(self) -> str:
        return f"{self.day} {self.kind}"
