"""Rows that belong to an office: when it is open, and which languages are spoken there."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey

from austausch.core.generation import public_content
from austausch.counselling import languages
from austausch.counselling.models.offices import Office
from austausch.counselling.models.words import SpokenBy


class Weekday(models.IntegerChoices):
    MONDAY = 0, _("Monday")
    TUESDAY = 1, _("Tuesday")
    WEDNESDAY = 2, _("Wednesday")
    THURSDAY = 3, _("Thursday")
    FRIDAY = 4, _("Friday")
    SATURDAY = 5, _("Saturday")
    SUNDAY = 6, _("Sunday")


@public_content
class Opening(models.Model):
    """Open every week on this day. `closes` not after `opens`: on the next day; the same: for 24 hours."""

    office = ParentalKey(
        Office, on_delete=models.CASCADE, related_name="openings", verbose_name=_("counselling office")
    )
    weekday = models.PositiveSmallIntegerField(_("day"), choices=Weekday)
    opens = models.TimeField(_("from"))
    closes = models.TimeField(_("to"))
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=120, blank=True)

    class Meta:
        ordering = ["weekday", "opens", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(weekday__range=(0, 6)), name="opening_on_a_day"),
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True) | Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="opening_days_in_order",
                violation_error_message=_("The end lies before the beginning."),
            ),
        ]
        verbose_name = _("opening hours")
        verbose_name_plural = _("opening hours")

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.opens:%H:%M}–{self.closes:%H:%M}"


@public_content
class OpeningException(models.Model):
    """Days on which other hours hold than every week; without hours: closed. Holds against public holidays, too."""

    office = ParentalKey(
        Office, on_delete=models.CASCADE, related_name="exceptions", verbose_name=_("counselling office")
    )
    first = models.DateField(_("first day"))
    last = models.DateField(_("last day"))
    opens = models.TimeField(_("from"), null=True, blank=True)
    closes = models.TimeField(_("to"), null=True, blank=True)
    note = models.CharField(_("reason"), max_length=120, blank=True)

    class Meta:
        ordering = ["first", "opens", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(last__gte=F("first")),
                name="exception_days_in_order",
                violation_error_message=_("The end lies before the beginning."),
            ),
            models.CheckConstraint(
                condition=Q(opens__isnull=True, closes__isnull=True) | Q(opens__isnull=False, closes__isnull=False),
                name="exception_hours_are_whole",
                violation_error_message=_("Give both times, or none where it is closed."),
            ),
        ]
        verbose_name = _("other hours")
        verbose_name_plural = _("other hours")

    def __str__(self) -> str:
        days = f"{self.first:%d.%m.%Y}" if self.first == self.last else f"{self.first:%d.%m.%Y}–{self.last:%d.%m.%Y}"
        return f"{days} {self.opens:%H:%M}–{self.closes:%H:%M}" if self.opens and self.closes else days

    def clean(self) -> None:
        if self.first and self.last and self.last - self.first > dt.timedelta(days=366):
            raise ValidationError({"last": _("Other hours hold for at most a year. Change the opening hours instead.")})


@public_content
class SpokenLanguage(models.Model):
    """A language in which an office advises. About the office, never about those who seek help."""

    office = ParentalKey(Office, on_delete=models.CASCADE, related_name="spoken", verbose_name=_("counselling office"))
    code = models.CharField(_("language"), max_length=3, choices=languages.choices)
    by = models.CharField(_("spoken"), max_length=11, choices=SpokenBy, default=SpokenBy.UNKNOWN, blank=True)
    note = models.CharField(_("note"), max_length=120, blank=True)

    class Meta:
        ordering = ["code"]
        constraints = [models.UniqueConstraint(fields=["office", "code", "by"], name="language_once_per_office")]
        verbose_name = _("language")
        verbose_name_plural = _("languages")

    def __str__(self) -> str:
        return languages.name(self.code)
