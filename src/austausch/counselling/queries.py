"""Sets of offices, each with a name."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.utils import timezone

from austausch.core.policy import Action, policy
from austausch.languages import reading

if TYPE_CHECKING:
    from austausch.counselling.models import Office, Provider

ASSURED_FOR = dt.timedelta(days=182)
# Whoever entered an office knows it still.
NEW_FOR = dt.timedelta(days=30)


class ProviderQuerySet(models.QuerySet["Provider"]):
    pass


class OfficeQuerySet(models.QuerySet["Office"]):
    def with_parts(self) -> OfficeQuerySet:
        """With everything that a page, a file or the API says of an office, in a fixed number of queries."""
        rows = self.select_related("provider", "owner", "place", "entry")
        return rows.prefetch_related(
            "topics", "target_groups", "areas", "openings", "exceptions", "spoken", reading.prefetch()
        )

    def existing(self) -> OfficeQuerySet:
        return self.exclude(state="ended")

    def without_discretion(self) -> OfficeQuerySet:
        """Those of which nobody is in danger for looking at them; the opposite of `Office.is_discreet`."""
        return self.filter(sensitive="", is_protected=False)

    def about(self, topic: str) -> OfficeQuerySet:
        """Filed under the topic of this address or number; digits alone are a number."""
        return self.filter(
            **{"topics": int(topic)} if topic.isdecimal() and len(topic) < 10 else {"topics__slug": topic}
        )

    def speaking(self, code: str) -> OfficeQuerySet:
        """Where this language is spoken, by whomever."""
        return self.filter(pk__in=self.model._default_manager.filter(spoken__code=code).values("pk"))

    def advising_online(self) -> OfficeQuerySet:
        return self.filter(online="yes")

    def covering(self, ags: str) -> OfficeQuerySet:
        """Responsible for the place of this key, or for one that it lies in."""
        covering = self.model._default_manager.filter(areas__ags__in=_above(ags))
        return self.filter(pk__in=covering.values("pk"))

    def with_position(self) -> OfficeQuerySet:
        return self.filter(latitude__isnull=False)

    def open_at(self, moment: dt.datetime) -> OfficeQuerySet:
        """Open at this moment; those whose hours are not known are not among them."""
        from austausch.counselling.open_now import open_at

        return self.filter(open_at(moment))

    def due_for_assurance(self, today: dt.date | None = None) -> OfficeQuerySet:
        """Nobody has assured them for half a year; new ones get a month."""
        day = today or timezone.localdate()
        never = Q(assured_on__isnull=True, created_at__date__lt=day - NEW_FOR)
        return self.existing().filter(Q(assured_on__lt=day - ASSURED_FOR) | never)


def public_offices() -> OfficeQuerySet:
    """What everybody sees. Not asked for a user: pages on violence are the same for all, whoever is signed in."""
    from austausch.counselling.models import Office

    found: OfficeQuerySet = policy.which(AnonymousUser(), Action.VIEW, Office.objects.existing())  # type: ignore[assignment]
    return found


def _above(ags: str) -> list[str]:
    return sorted({ags[:length] for length in (2, 5, 8)})
