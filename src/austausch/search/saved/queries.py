"""The named states of saved searches, each filter once."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils import timezone

from austausch.core import editions

if TYPE_CHECKING:
    from austausch.search.models import SavedSearch

# For so long a deletion can be undone.
UNDO = dt.timedelta(days=1)


class SavedSearchQuerySet(models.QuerySet["SavedSearch"]):
    def kept(self) -> SavedSearchQuerySet:
        return self.filter(removed_at=None)

    def removed_lately(self) -> SavedSearchQuerySet:
        return self.filter(removed_at__gt=timezone.now() - UNDO).order_by("-removed_at")

    def removed_for_good(self) -> SavedSearchQuerySet:
        return self.filter(removed_at__lte=timezone.now() - UNDO)

    def to_be_told(self, day: dt.date) -> SavedSearchQuerySet:
        """Those whose owners want a mail with the edition of this day, and that were not looked at for it yet."""
        daily = Q(rhythm="daily", told_on__lt=day)
        weekly = Q(rhythm="weekly", told_on__lt=editions.week_of(day))
        return self.kept().filter(daily | weekly, paused=False, user__is_active=True)
