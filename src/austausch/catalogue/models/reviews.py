"""When entries are to be checked, and who has been reminded of it."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from austausch.catalogue.models.entries import Entry
from austausch.catalogue.models.words import Kind


class ReviewInterval(models.Model):
    """After how many months entries of a kind are checked, unless the entry says otherwise. No row: twelve."""

    DEFAULT = 12

    kind = models.CharField(_("kind"), max_length=20, choices=Kind, unique=True)
    months = models.PositiveSmallIntegerField(
        _("check every … months"), default=DEFAULT, validators=[MinValueValidator(1), MaxValueValidator(60)]
    )

    class Meta:
        ordering = ["kind"]
        constraints = [models.CheckConstraint(condition=Q(months__range=(1, 60)), name="review_interval_in_range")]
        verbose_name = _("review interval")
        verbose_name_plural = _("review intervals")

    def __str__(self) -> str:
        return str(self.get_kind_display())


class ReviewReminder(models.Model):
    """Who was last reminded that an entry is due for a check, and when. A check makes it void; see `reviews`."""

    class Stage(models.IntegerChoices):
        EDITORS = 1, _("authors and publishers")
        ADMINISTRATORS = 2, _("organisation administrators")
        PORTAL_TEAM = 3, _("portal team")

    entry = models.OneToOneField(Entry, models.CASCADE, related_name="review_reminder")
    stage = models.PositiveSmallIntegerField(choices=Stage)
    sent_on = models.DateField()

    def __str__(self) -> str:
        return f"{self.entry_id}: {self.get_stage_display()}, {self.sent_on}"


class ReviewRun(models.Model):
    """Reminders of this week (known by its Monday) are posted. The row is written with them, so it is also the lock."""

    week = models.DateField(unique=True)

    def __str__(self) -> str:
        return str(self.week)
