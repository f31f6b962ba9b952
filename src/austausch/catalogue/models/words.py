"""The words of the catalogue: fixed choices, and topics and target groups that the portal team keeps."""

from __future__ import annotations

from django.db import models
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from austausch.core.generation import public_content


class Kind(models.TextChoices):
    """What an entry is."""

    MODEL_PROJECT = "model_project", _("Model project")
    PILOT = "pilot", _("Pilot")
    FUNDING = "funding", _("Funding programme")
    COUNSELLING = "counselling", _("Counselling")
    SHELTER = "shelter", _("Shelter")
    QUALIFICATION = "qualification", _("Qualification")
    STAFFING = "staffing", _("Staffing")
    NETWORK = "network", pgettext_lazy("kind of measure", "Network")
    COORDINATION = "coordination", _("Coordination")
    JOINT_INSPECTION = "joint_inspection", _("Joint inspection")
    EVENT = "event", _("Event")
    EVENT_SERIES = "event_series", _("Series of events")
    RESEARCH = "research", _("Research")
    DECREE = "decree", _("Decree")
    LAW = "law", _("Law")


class Approach(models.TextChoices):
    """How an entry works: social-integrative, by law and intervention, or by coordinating others."""

    INTEGRATIVE = "integrative", _("Integrative")
    REGULATORY = "regulatory", _("Regulatory")
    COORDINATION = "coordination", _("Coordinating")


class Level(models.TextChoices):
    """The level of government that is responsible."""

    FEDERAL = "federal", _("Federal")
    STATE = "state", _("State")
    DISTRICT = "district", _("District")
    MUNICIPALITY = "municipality", _("Municipality")


class Precision(models.TextChoices):
    """How exactly the source gives a date."""

    DAY = "day", _("Day")
    MONTH = "month", _("Month")
    YEAR = "year", _("Year")
    SCHOOL_YEAR = "school_year", _("School year")


class Status(models.TextChoices):
    """Where an entry stands today. Derived from its period, never stored."""

    PLANNED = "planned", _("Planned")
    RUNNING = "running", _("Running")
    ENDED = "ended", _("Ended")
    UNDATED = "undated", _("No period given")


class Evidence(models.TextChoices):
    """How well the effect is known. Says nothing about cost."""

    NOT_ASSESSED = "", _("Not assessed")
    DESCRIBED = "described", _("Described by those who do it")
    MONITORED = "monitored", _("Monitored with figures")
    EVALUATED = "evaluated", _("Evaluated independently")
    PROVEN = "proven", _("Effect shown against a comparison")


class FundingPer(models.TextChoices):
    TOTAL = "total", _("in total")
    YEAR = "year", _("per year")


class EventFormat(models.TextChoices):
    ON_SITE = "on_site", _("on site")
    ONLINE = "online", _("online")
    HYBRID = "hybrid", _("hybrid")


class DocumentKind(models.TextChoices):
    BROCHURE = "brochure", _("Brochure")
    DECREE = "decree", _("Decree")
    REPORT = "report", _("Report")
    LAW = "law", _("Law")


class Word(models.Model):
    """A word that entries are filed under. `key` is the word in catalogue files, `slug` the one in addresses."""

    key = models.CharField(_("key"), max_length=60, unique=True)
    slug = models.SlugField(_("address"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=80)
    name_en = models.CharField(_("name in English"), max_length=80, blank=True)

    class Meta:
        abstract = True
        ordering = ["name"]

    def __str__(self) -> str:
        return (self.name_en if get_language() == "en" else "") or self.name


@public_content
class Topic(Word):
    class Meta(Word.Meta):
        verbose_name = _("topic")
        verbose_name_plural = _("topics")


@public_content
class TargetGroup(Word):
    """Whom an entry is for, by need or role (tenants, school children). Never by origin, language or religion."""

    class Meta(Word.Meta):
        verbose_name = _("target group")
        verbose_name_plural = _("target groups")
