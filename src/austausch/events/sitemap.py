"""Events for search engines."""

from __future__ import annotations

import datetime as dt

from django.db.models import QuerySet

from austausch.catalogue.sitemaps import InBothLanguages, register
from austausch.events.listing import announced
from austausch.events.models import Event, Series
from austausch.events.queries import EventQuerySet


class Events(InBothLanguages):
    def items(self) -> EventQuerySet:
        return announced().only("slug", "changed_at").order_by("pk")

    def lastmod(self, item: Event) -> dt.datetime:
        return item.changed_at


class AllSeries(InBothLanguages):
    def items(self) -> QuerySet[Series]:
        return Series.objects.filter(pk__in=announced().values("series")).order_by("pk")


register("termine", Events)
register("reihen", AllSeries)
