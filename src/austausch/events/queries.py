"""The named states of events and registrations, each filter once."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Count, Q
from django.utils import timezone

if TYPE_CHECKING:
    from austausch.events.models import Event, Registration


class EventQuerySet(models.QuerySet["Event"]):
    def announced(self) -> EventQuerySet:
        """What the public knows of: published, or cancelled after it was."""
        return self.exclude(state="draft")

    def upcoming(self, today: dt.date | None = None) -> EventQuerySet:
        """Not over yet; the next one first."""
        return self.filter(ends_on__gte=today or timezone.localdate()).order_by("starts_on", "starts_at", "pk")

    def past(self, today: dt.date | None = None) -> EventQuerySet:
        """Over; the latest first."""
        return self.filter(ends_on__lt=today or timezone.localdate()).order_by("-starts_on", "-starts_at", "-pk")

    def for_showing(self) -> EventQuerySet:
        return self.select_related("organiser", "series", "place", "entry").prefetch_related("topics", "documents")

    def with_numbers(self) -> EventQuerySet:
        """With `coming` and `waiting`, how many of each."""
        return self.annotate(
            coming=Count("registrations", filter=Q(registrations__state="coming"), distinct=True),
            waiting=Count("registrations", filter=Q(registrations__state="waiting"), distinct=True),
        )


class RegistrationQuerySet(models.QuerySet["Registration"]):
    def coming(self) -> RegistrationQuerySet:
        return self.filter(state="coming")

    def waiting(self) -> RegistrationQuerySet:
        """Whoever confirmed first is the first to move up."""
        return self.filter(state="waiting").order_by("confirmed_at", "pk")

    def confirmed(self) -> RegistrationQuerySet:
        return self.exclude(state="unconfirmed")
